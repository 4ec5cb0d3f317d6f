"""`python -m evals run retrieval`: how well questions find texts, in any collection or in the bundled documents."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import cast

from evals.bench import SHARED, Bench, LeftOut, Measured
from evals.metrics import Figures, Ranges
from evals.retrieval import bundled, suite
from evals.retrieval.figures import figures, intervals
from evals.retrieval.variants import VARIANTS

WHAT = "how well questions find texts, in any collection or the bundled documents"
IN_ALL = ("--bundled",)
NAMES = ("seed", "bundled", "citizens", "procedures", "followups")


def arguments(parser: argparse.ArgumentParser) -> None:
    suite.add_arguments(parser, SHARED)
    parser.add_argument("--bundled", action="store_true", help="the project's own cases over the bundled documents")
    parser.add_argument("--variant", nargs="+", choices=VARIANTS, default=(), help="ask once more, typed so")
    parser.add_argument("--changes", type=int, default=0, metavar="N", help="time a second run with N changed texts")
    parser.add_argument("--failures", type=int, default=0, metavar="N", help="print the N worst (none that is held)")


def measure(bench: Bench, options: argparse.Namespace) -> Measured:
    if not options.bundled:
        found = suite.run(options)
        variants = cast("Mapping[str, Figures]", found["variants"])
        return Measured({"": cast("Figures", found["metrics"]), **variants}, {"": cast("Ranges", found["intervals"])})
    metrics: dict[str, Figures] = {}
    ranges: dict[str, Ranges] = {}
    left_out: dict[str, str] = {}
    for name in NAMES:
        try:
            rankings = bundled.rank(bench.assistant, bench.own(name))
        except LeftOut as reason:
            left_out[name] = str(reason)
            continue
        metrics[name] = figures(rankings) | {"questions": len(rankings)}
        ranges[name] = intervals(rankings)
    if not metrics:
        raise LeftOut(next(iter(left_out.values())))
    return Measured(metrics, ranges, left_out=left_out)
