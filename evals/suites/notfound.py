"""`python -m evals run notfound`: near misses, which the documents do not answer."""

from __future__ import annotations

import argparse

from evals.bench import Bench, Measured
from evals.suites import asked
from evals.suites.asked import arguments

__all__ = ["IN_ALL", "NAMES", "WHAT", "arguments", "measure"]

WHAT = "near misses, which the documents do not answer"
IN_ALL: tuple[str, ...] = ()
NAMES = ("nearmiss",)


def measure(bench: Bench, options: argparse.Namespace) -> Measured:
    return asked.measure(bench, options, NAMES)
