"""`python -m evals run elsewhere`: questions about documents of other provinces, over an index of these alone.

Nothing of `unseen` is trained on, and no wrong answer to its questions was looked at.
"""

from __future__ import annotations

import argparse

from evals import marks
from evals.bench import Bench, LeftOut, Measured, indexed
from evals.case import FOLDER, half, load
from evals.suites.asked import halves, measured

WHAT = "questions about documents of other provinces"
IN_ALL: tuple[str, ...] = ()
GROUPS = ("elsewhere", "unseen")


def arguments(parser: argparse.ArgumentParser) -> None:
    halves(parser)


def measure(bench: Bench, options: argparse.Namespace) -> Measured:
    if bench.url:
        raise LeftOut("chỉ đo được khi không dùng --url")
    results = {}
    for name in GROUPS:
        with indexed(lambda writing, name=name: writing.paths([FOLDER / name], prune=False)) as respondent:  # type: ignore[misc]
            cases = half(load(FOLDER / f"{name}.jsonl"), options.split)
            results[name] = marks.run(respondent, cases, project=True)
    return measured(results)
