"""`python -m evals run elsewhere`: questions about documents of other provinces, over an index of these alone.

Of `unseen` no document and no question was ever looked at by whoever tunes, nor trained on.
"""

from __future__ import annotations

import argparse

from evals import marks
from evals.bench import Bench, LeftOut, Measured, indexed
from evals.case import FOLDER, half, load
from evals.suites.asked import measured

WHAT = "questions about documents of other provinces"
IN_ALL: tuple[str, ...] = ()
GROUPS = ("elsewhere", "unseen")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--split", choices=("dev", "held", "all"), default="all", help="halves of the cases, by hash")
    parser.add_argument("--failures", action="store_true", help="print every wrong answer (not of the held half)")


def measure(bench: Bench, options: argparse.Namespace) -> Measured:
    if bench.url:
        raise LeftOut("chỉ đo được khi không dùng --url")
    results = {}
    for name in GROUPS:
        with indexed(lambda writing, name=name: writing.paths([FOLDER / name], prune=False)) as respondent:  # type: ignore[misc]
            cases = half(load(FOLDER / f"{name}.jsonl"), options.split)
            results[name] = marks.run(respondent, cases, project=True)
    return measured(results)
