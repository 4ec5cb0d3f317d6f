"""Marked answers to figures: shares of 1 with the range that chance may have moved them in, and milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evals.chance import interval
from evals.marks import Result

Figures = dict[str, float]
Ranges = dict[str, tuple[float, float]]
Mark = tuple[Callable[[Result], bool], Callable[[Result], bool]]


def _answerable(result: Result) -> bool:
    return result.case.status == "answered"


# Each figure: of which cases it is the share, and of those which count. A failed answer counts as wrong in each.
SHARES: Mapping[str, Mark] = {
    "right": (lambda _: True, lambda r: r.right),
    "answered_right": (_answerable, lambda r: r.right),
    "values_right": (_answerable, lambda r: r.values and r.recognised),
    "citation_right": (_answerable, lambda r: r.cited and r.recognised),
    "lead_right": (lambda r: r.right and r.led is not None, lambda r: r.led is True),
    "refusal_precision": (lambda r: r.delivered.status == "not_found", lambda r: r.case.status == "not_found"),
    "refusal_recall": (lambda r: r.case.status == "not_found", lambda r: r.recognised),
    "answerable_refused": (_answerable, lambda r: not r.recognised),
}


def figures(results: Sequence[Result]) -> Figures:
    """A share is left out where there is no case that it is about; `unsupported` counts answers."""
    shares = {name: float(marks.mean()) for name, marks in _marks(results).items()}
    return {"cases": len(results), **shares, "unsupported": sum(bool(r.unsupported) for r in results)} | _times(results)


def ranges(results: Sequence[Result]) -> Ranges:
    """For each share the range that holds 95 of 100 shares over as many cases drawn with replacement."""
    return {name: interval(marks) for name, marks in _marks(results).items()}


def by_tag(results: Sequence[Result]) -> dict[str, Figures]:
    """The figures of each tag and audience, the most frequent first."""
    parts: dict[str, list[Result]] = {}
    for result in results:
        for tag in dict.fromkeys((*result.case.tags, *filter(None, [result.case.audience]))):
            parts.setdefault(tag, []).append(result)
    return {tag: figures(part) for tag, part in sorted(parts.items(), key=lambda item: (-len(item[1]), item[0]))}


def _marks(results: Sequence[Result]) -> dict[str, NDArray[np.float64]]:
    marks = {name: [float(good(r)) for r in results if among(r)] for name, (among, good) in SHARES.items()}
    return {name: np.array(each) for name, each in marks.items() if each}


def _times(results: Sequence[Result]) -> Figures:
    spent = [result.delivered.milliseconds for result in results if not result.delivered.error]
    if not spent:
        return {}
    p50, p95 = np.percentile(spent, [50, 95])
    return {"p50_ms": float(p50), "p95_ms": float(p95)}
