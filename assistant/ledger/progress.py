"""How targets stand: each beside the result that reports on it, and whether that reaches it.

A target whose results can't be compared with it is `none`, with why: another unit, an estimate, another body. It is
never called unmet. The same rules serve questions (`comparisons`) and the board.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import numpy as np

from assistant.ledger.entries import Entry, Ledger, level_of
from assistant.ledger.shown import document_of
from assistant.library import Library
from assistant.match import flat
from assistant.understand import most_named
from ingest.facts.sections import SETTING
from ingest.types import Figure

SAME = 0.5  # share of the words of one indicator that another must have to be the same thing, where a question names it
# Where no question does, nearly all words of the shorter and most of the longer.
ALIKE, ALIKE_LONGER = 0.85, 0.6

LOOKED_AT, KEPT = 100, 20  # results that are looked into, and of those the likest that agree

_UNITLESS = "số không ghi đơn vị"

State = Literal["met", "unmet", "none"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A target with the result that it is measured by, or the nearest one that can't be compared, and `why` not.

    `share` is how much of the target is reached, from 0 to 1, where it is one to rise to and neither is below zero.
    """

    target: Entry
    result: Entry | None
    state: State
    why: str = ""
    share: float | None = None


def comparable(result: Figure, target: Figure) -> bool:
    """The same thing of the same scope in the same unit, no estimate."""
    if result.unit != target.unit or flat(result.scope) != flat(target.scope) or result.basis == "estimate":
        return False
    one, other = _words(result), _words(target)
    return bool(one and other) and len(one & other) / min(len(one), len(other)) >= SAME


def reported_before(result: Entry, target: Entry, library: Library) -> bool:
    """Whether a result is of a time before the target was set: where things stood then, not what was reached.

    A report only repeats what others have set.
    """
    setting = document_of(target.document_id, library)
    if setting.kind not in SETTING or setting.issued_on is None or result.period is None:
        return False
    return result.period.last < setting.issued_on


def of_elsewhere(result: Entry, target: Entry, library: Library) -> bool:
    """Whether a result is of another place than the target: both documents name one in their issuer or their title."""
    here, there = (_place_of(entry.document_id, library) for entry in (result, target))
    return bool(here and there) and here != there


def _place_of(document_id: str, library: Library) -> str:
    document = document_of(document_id, library)
    named = f"{document.issuer or ''} {document.title}"
    return library.derived(("place of", document_id), lambda: most_named("places", flat(named)))


def is_met(result: Figure, target: Figure) -> bool:
    """Both have values that are comparable."""
    assert result.value is not None
    assert target.value is not None
    gap = result.value - target.value
    at_most = target.comparator in {"<", "<="}
    met = {">": gap > 0, "<": gap < 0}.get(target.comparator, gap <= 0 if at_most else gap >= 0)
    return met or (gap == 0 and result.comparator == target.comparator)


def progress_of(library: Library, ledger: Ledger) -> list[Progress]:
    """Every target that is a number, in the ledger's order, as it stands; made once."""
    return library.derived("progress", lambda: _progress(library, ledger))


def _progress(library: Library, ledger: Ledger) -> list[Progress]:
    figures = [entry for entry in ledger.entries if entry.figure and entry.figure.value is not None]
    results = _Results(entry for entry in figures if entry.figure and entry.figure.kind == "result")
    targets = [entry for entry in figures if entry.figure and entry.figure.kind == "target"]
    steps = _steps(targets)
    about = [results.about(target) for target in targets]
    likest: dict[tuple[Hashable, int], float] = defaultdict(float)
    for target, each in zip(targets, about, strict=True):
        for result in each:
            key = _beside(target), id(result)
            likest[key] = max(likest[key], _likeness(result, target))
    # Of the targets that one document sets for one time, a result is about the one that it is most like.
    own = [
        [result for result in each if _likeness(result, target) >= likest[_beside(target), id(result)]]
        for target, each in zip(targets, about, strict=True)
    ]
    return [
        _stand(target, each, library, is_step=_place(target) in steps)
        for target, each in zip(targets, own, strict=True)
    ]


def _beside(target: Entry) -> Hashable:
    """What the targets of one document for one time in one unit have in common."""
    period = (target.period.first, target.period.last) if target.period else None
    return target.document_id, period, target.figure.unit if target.figure else ""


def _place(entry: Entry) -> tuple[str, str]:
    return entry.document_id, entry.fact.path


def _steps(targets: Iterable[Entry]) -> set[tuple[str, str]]:
    """Rows that set a value for several years: each is to be reached by its year, what came before may count."""
    years: dict[tuple[str, str], set[date]] = defaultdict(set)
    for target in targets:
        if target.period:
            years[_place(target)].add(target.period.last)
    return {place for place, ends in years.items() if len(ends) > 1}


class _Results:
    """Results by the words of what they are about, so that thousands are looked through at once."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = [entry for entry in entries if entry.figure and not entry.figure.change]
        words = [_words(entry.figure) for entry in self._entries if entry.figure]
        self._sizes = np.array([len(each) for each in words], dtype=np.int64)
        self._numbers = [_numbers(each) for each in words]
        holding: dict[str, list[int]] = defaultdict(list)
        self._at: dict[tuple[str, str], list[int]] = defaultdict(list)
        for at, (entry, each) in enumerate(zip(self._entries, words, strict=True)):
            self._at[_place(entry)].append(at)
            for word in each:
                holding[word].append(at)
        self._holding = {word: np.array(each, dtype=np.int64) for word, each in holding.items()}

    def about(self, target: Entry) -> list[Entry]:
        """Those about the same thing, or that stand in the same row or sentence: the likest, in the ledger's order."""
        assert target.figure is not None
        own = _words(target.figure)
        held = [self._holding[word] for word in own if word in self._holding]
        if not held:
            return []
        common = np.bincount(np.concatenate(held), minlength=len(self._entries))
        shorter, longer = np.minimum(self._sizes, len(own)), np.maximum(self._sizes, len(own))
        alike = (common >= ALIKE * shorter) & (common >= ALIKE_LONGER * longer)
        beside = self._at.get(_place(target), [])
        alike[beside] |= common[beside] >= SAME * shorter[beside]
        found = np.flatnonzero(alike & (common > 0))
        likeness = common[found] / (self._sizes[found] + len(own) - common[found])
        likest = found[np.argsort(-likeness, kind="stable")][:LOOKED_AT]
        numbers = _numbers(own)
        fitting = [at for at in likest.tolist() if _agree(numbers, self._numbers[at])]
        return [self._entries[at] for at in sorted({*fitting[:KEPT], *(at for at in beside if alike[at])})]


def _numbers(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if any(character.isdigit() for character in word))


def _agree(one: frozenset[str], other: frozenset[str]) -> bool:
    """Kind 3 is not kind 4, however alike all the other words are."""
    return one <= other or other <= one


def _stand(target: Entry, about: Sequence[Entry], library: Library, *, is_step: bool) -> Progress:
    obstacles = [(result, _obstacle(result, target, library, is_step=is_step)) for result in about]
    fitting = [result for result, why in obstacles if not why]
    if not fitting:
        nearest, why = max(obstacles, key=lambda each: _preferred(each[0], target), default=(None, ""))
        return Progress(target, nearest, "none", why)
    result = max(fitting, key=lambda each: _preferred(each, target))
    assert result.figure is not None
    assert target.figure is not None
    met = is_met(result.figure, target.figure)
    return Progress(target, result, "met" if met else "unmet", share=_share(result.figure, target.figure))


def _obstacle(result: Entry, target: Entry, library: Library, *, is_step: bool) -> str:
    """Why a result about the same thing tells nothing of whether the target is reached; empty where it does."""
    one, other = result.figure, target.figure
    assert one is not None
    assert other is not None
    if one.unit != other.unit:
        return f"kết quả tính bằng {one.unit or _UNITLESS}, mục tiêu tính bằng {other.unit or _UNITLESS}"
    if flat(one.scope) != flat(other.scope) or level_of(one) != level_of(other):
        return "kết quả của phạm vi khác"
    if of_elsewhere(result, target, library):
        return "kết quả của nơi khác"
    if one.basis == "estimate":
        return "kết quả mới là ước thực hiện"
    if reported_before(result, target, library):
        return "kết quả của thời gian trước khi đặt mục tiêu"
    return "" if _in_time(result, target, is_step=is_step) else "kết quả của thời kỳ khác"


def _in_time(result: Entry, target: Entry, *, is_step: bool) -> bool:
    """Whether a result is of the time of the target: of one to be reached by a year, of what came before as well.

    Where the target says no time any result is; where the result says none, only one of the same row is.
    """
    if target.period is None:
        return True
    if result.period is None:
        return _place(result) == _place(target)
    by_then = is_step or target.period.until or target.period.kind in {"day", "month"}
    begins = date.min if by_then else target.period.first
    return begins <= result.period.last <= target.period.last


def _preferred(result: Entry, target: Entry) -> tuple[bool, date, bool, float]:
    """In the unit of the target, then the latest, then of the same row, then the likest in words."""
    assert result.figure is not None
    assert target.figure is not None
    latest = result.period.last if result.period else date.min
    in_unit = result.figure.unit == target.figure.unit
    return in_unit, latest, _place(result) == _place(target), _likeness(result, target)


def _likeness(result: Entry, target: Entry) -> float:
    """Share of the words of both that both have."""
    assert result.figure is not None
    assert target.figure is not None
    one, other = _words(result.figure), _words(target.figure)
    return len(one & other) / max(len(one | other), 1)


def _share(result: Figure, target: Figure) -> float | None:
    assert result.value is not None
    assert target.value is not None
    if target.comparator in {"<", "<="} or target.value <= 0 or result.value < 0:
        return None
    return float(min(result.value / target.value, Decimal(1)))


def _words(figure: Figure) -> frozenset[str]:
    return frozenset(flat(figure.indicator).split())
