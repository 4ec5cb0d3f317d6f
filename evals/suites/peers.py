"""`python -m evals run peers`: the same questions through hoidap and what could be had instead."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any, cast

from evals.bench import SHARED, Bench, LeftOut, Measured
from evals.retrieval import bundled, peers, suite

WHAT = "the same beside what could be had instead"
IN_ALL = ("--bundled",)


def arguments(parser: argparse.ArgumentParser) -> None:
    suite.add_arguments(parser, SHARED)
    peers.add_arguments(parser)
    parser.add_argument("--bundled", action="store_true", help="over the passages of the bundled documents")


def measure(bench: Bench, options: argparse.Namespace) -> Measured:
    if missing := peers.missing():
        raise LeftOut(f"chưa có {', '.join(missing)}; cài bằng lệnh: pip install 'hoidap[peers]'")
    if not options.bundled:
        return _measured(peers.run(options))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with bench.assistant.shelf.reading() as library:
            bundled.write(library, bench.own("bundled"), folder)
        files = {"corpus": folder / "corpus.jsonl", "queries": folder / "queries.jsonl", "qrels": folder / "qrels.tsv"}
        return _measured(peers.run(argparse.Namespace(**vars(options) | files)))


def _measured(found: dict[str, Any]) -> Measured:
    return Measured(cast("Any", found["metrics"]), cast("Any", found["intervals"]))
