"""`python -m evals run reading`: how well and how fast files are read."""

from __future__ import annotations

import argparse

from evals.bench import SHARED, Bench, LeftOut, Measured
from evals.reading.suite import MEASUREMENTS, missing_for, run_reading

WHAT = "how well and how fast files are read"
# What takes seconds; the others take a minute or more each.
IN_ALL = ("--only", "units", "twins", "tables")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, default=(), help="these measurements")
    parser.add_argument("--failures", action="store_true", help="print what was read wrongly")


def measure(_bench: Bench, options: argparse.Namespace) -> Measured:
    if reason := missing_for():
        raise LeftOut(reason)
    left_out: dict[str, str] = {}
    if tuple(options.only) == IN_ALL[1:]:
        others = [name for name in MEASUREMENTS if name not in options.only]
        left_out = dict.fromkeys(others, "mất hàng phút; đo riêng bằng `python -m evals run reading`")
    metrics = {}
    for name, figures in run_reading(SHARED, options.only, failures=options.failures):
        if isinstance(figures, str):
            left_out[name] = figures
        else:
            metrics[name] = figures
    return Measured(metrics, left_out=left_out)
