"""Two runs of the same cases: the paired difference, whether chance explains it, and which cases flipped.

Right or wrong is compared by the exact McNemar test: of the cases that flipped, as many would go one way as the other.
The range of the difference is a paired bootstrap's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evals.chance import interval
from evals.record import Kept
from ingest.errors import HoidapError

SIGNIFICANT = 0.05


class OtherCases(HoidapError):
    """Two runs that aren't of the same cases can't be compared pair by pair."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one suite's group: how many are right in each, which turned right (`won`) and wrong (`lost`), by id."""

    suite: str
    group: str
    cases: int
    before: float
    after: float
    low: float
    high: float
    p: float
    won: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def significant(self) -> bool:
        return self.p < SIGNIFICANT


def compare(one: Kept, other: Kept) -> list[Difference]:
    """By suite and group, those that both runs have. Raises OtherCases, naming where the cases differ."""
    both = [name for name in one.hashes if name in other.hashes]
    if differing := [name for name in both if one.hashes[name] != other.hashes[name]]:
        raise OtherCases(
            f"Hai lần chạy không cùng bộ câu hỏi ở: {', '.join(differing)}. "
            "Chạy lại cả hai trên cùng một tệp câu hỏi rồi so sánh."
        )
    if not both:
        raise OtherCases("Hai lần chạy không có bộ câu hỏi nào chung. Chọn hai lần chạy của cùng một bộ.")
    return [_difference(name, one, other) for name in both]


def _difference(name: str, one: Kept, other: Kept) -> Difference:
    suite, group = name.split("/", 1)
    ids = [id_ for of, part, id_ in one.cases if (of, part) == (suite, group)]
    before, after = (_right(kept, suite, group, ids) for kept in (one, other))
    won = tuple(id_ for id_, was, is_ in zip(ids, before, after, strict=True) if is_ and not was)
    lost = tuple(id_ for id_, was, is_ in zip(ids, before, after, strict=True) if was and not is_)
    change = np.array(after, dtype=float) - np.array(before, dtype=float)
    low, high = interval(change) if ids else (0.0, 0.0)
    share = (float(np.mean(before)), float(np.mean(after))) if ids else (0.0, 0.0)
    return Difference(suite, group, len(ids), *share, low, high, mcnemar(len(won), len(lost)), won, lost)


def _right(kept: Kept, suite: str, group: str, ids: Sequence[str]) -> list[bool]:
    return [bool(kept.cases[suite, group, id_]["right"]) for id_ in ids]


def mcnemar(won: int, lost: int) -> float:
    """Two-sided p of the exact test: how often a fair coin is at least as uneven."""
    from scipy.stats import binomtest

    return float(binomtest(won, won + lost).pvalue) if won + lost else 1.0


def as_json(one: Kept, other: Kept, found: Sequence[Difference]) -> Mapping[str, Any]:
    rows = [
        {name: getattr(each, name) for name in Difference.__slots__} | {"significant": each.significant}
        for each in found
    ]
    return {"before": one.name, "after": other.name, "differences": rows}
