"""`python -m evals run robustness`: of the questions that are answered rightly, the share that still is, typed
otherwise."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from evals.bench import Bench, Measured
from evals.case import half, typed
from evals.chance import interval
from evals.marks import Result
from evals.metrics import Figures, Ranges
from evals.retrieval.variants import VARIANTS
from evals.suites import asked

WHAT = "the share of right answers that stay right when questions are typed otherwise"
IN_ALL: tuple[str, ...] = ()
NAMES = ("seed", "bundled", "procedures")


def arguments(parser: argparse.ArgumentParser) -> None:
    asked.arguments(parser)
    parser.add_argument("--variant", nargs="+", choices=VARIANTS, default=list(VARIANTS), help="only these")


def measure(bench: Bench, options: argparse.Namespace) -> Measured:
    """A group for each way to type. Cases that it leaves as they are aren't counted."""
    groups, left_out = asked.chosen(bench, options, NAMES)
    metrics: dict[str, Figures] = {}
    ranges: dict[str, Ranges] = {}
    results: dict[str, Sequence[Result]] = {}
    for variant in options.variant:
        again: list[Result] = []
        for cases, project in groups.values():
            plain = bench.results(half(cases, options.split), project=project)
            right = [(result.case, typed(result.case, variant)) for result in plain if result.right]
            again += bench.results([other for case, other in right if other != case], project=project)
        kept = np.array([float(result.right) for result in again])
        loose = sum(bool(result.unsupported) for result in again)
        metrics[variant] = {"cases": len(again), "unsupported": loose}
        results[variant] = again
        if again:
            metrics[variant]["stay_right"] = float(kept.mean())
            ranges[variant] = {"stay_right": interval(kept)}
    return Measured(metrics, ranges, results, left_out)
