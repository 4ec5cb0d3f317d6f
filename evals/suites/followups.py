"""`python -m evals run followups`: questions that leave out what those before them said."""

from __future__ import annotations

import argparse

from evals.bench import Bench, Measured
from evals.suites import asked
from evals.suites.asked import arguments

__all__ = ["IN_ALL", "NAMES", "WHAT", "arguments", "measure"]

WHAT = "questions that leave out what those before them said"
IN_ALL: tuple[str, ...] = ()
NAMES = ("followups",)


def measure(bench: Bench, options: argparse.Namespace) -> Measured:
    return asked.measure(bench, options, NAMES)
