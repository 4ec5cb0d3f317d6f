"""`python -m evals run sentences`: how often the sentence that answers is quoted first, over XQuAD-vi's paragraphs."""

from __future__ import annotations

import argparse
from pathlib import Path

from evals.bench import SHARED, Bench, LeftOut, Measured
from evals.sentences import FILE, run_sentences

WHAT = "how often the sentence that answers is quoted first"
IN_ALL: tuple[str, ...] = ()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=SHARED, help="the folder with xquad-vi")
    parser.add_argument("--failures", action="store_true", help="print every question that is answered wrongly")


def measure(_bench: Bench, options: argparse.Namespace) -> Measured:
    if not (options.data / FILE).is_file():
        raise LeftOut(f"không có {options.data / FILE}")
    return Measured(dict(run_sentences(options.data, failures=options.failures)))
