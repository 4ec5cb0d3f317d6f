"""`python -m evals run sentences`: how often the sentence that answers is quoted first, over XQuAD-vi's paragraphs."""

from __future__ import annotations

import argparse
from pathlib import Path

from evals.bench import SHARED, Bench, LeftOut, Measured
from evals.sentences import FILE, run_sentences

WHAT = "how often the sentence that answers is quoted first"
IN_ALL: tuple[str, ...] = ()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=SHARED, help="the folder with xquad-vi and alqac2022")
    parser.add_argument("--bundled", action="store_true", help="by the scorer that ships, trained on all of this")
    parser.add_argument("--failures", action="store_true", help="print every question that is answered wrongly")


def measure(_bench: Bench, options: argparse.Namespace) -> Measured:
    if not (options.data / FILE).is_file():
        raise LeftOut(f"không có {options.data / FILE}")
    if options.bundled:
        scorer_of = None
    else:
        from evals.train.sentences import scorers  # each article is judged by one that was trained on none of it

        scorer_of = scorers(options.data)
    return Measured(dict(run_sentences(options.data, scorer_of, failures=options.failures)))
