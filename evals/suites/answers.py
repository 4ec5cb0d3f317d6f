"""`python -m evals run answers`: values, citations and refusals of whole answers."""

from __future__ import annotations

import argparse

from evals.bench import Bench, Measured
from evals.suites import asked
from evals.suites.asked import arguments

__all__ = ["IN_ALL", "NAMES", "WHAT", "arguments", "measure"]

WHAT = "values, citations and refusals of whole answers"
IN_ALL: tuple[str, ...] = ()
NAMES = ("seed", "bundled", "citizens", "independent")


def measure(bench: Bench, options: argparse.Namespace) -> Measured:
    return asked.measure(bench, options, NAMES)
