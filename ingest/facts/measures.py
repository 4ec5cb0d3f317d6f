"""Numbers with what they count or measure, and ranks: `trên 5 tỷ USD`, `từ 90% trở lên`, `vị trí thứ 7`."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from ingest.types import Comparator
from ingest.values import decimal, find_values
from ingest.vocabulary import any_of, phrases, rows

RANK = "thứ hạng"

_NUMBERS = {"hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
_RANKS = {"nhất": 1, "đầu": 1, "nhì": 2, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8}
_RANK = re.compile(
    r"(?:(?:xếp|đứng|giữ|ở|lên|xuống|lùi xuống|từ)\s+)*(?:(?:vị\s+trí|thứ\s+hạng|hạng|ngôi)\s+)?(?:thứ|hạng)\s+"
    rf"(?P<rank>\d{{1,2}}|(?-i:{any_of(_RANKS)}))(?![\w.,/]\w|\w)"
    r"|(?P<first>(?<!người )(?:dẫn|đứng)\s+(?:đầu|nhất)|(?:xếp|ngôi)\s+(?:đầu|nhất)|đầu\s+bảng|cao\s+nhất\s+cả\s+nước)"
    r"|(?:thuộc\s+)?(?:trong\s+)?(?:nhóm|top)\s+(?P<group>\d{1,2})(?:\s+(?:tỉnh|địa\s+phương)[^,;.]*?"
    r"(?:dẫn\s+đầu|đứng\s+đầu|tốt\s+nhất|cao\s+nhất)(?:\s+cả\s+nước)?)?"
    r"|(?P<leading>(?:(?:giữ\s+vững\s+)?(?:vị\s+trí|trong|thuộc)\s+){0,2}nhóm\s+(?:địa\s+phương\s+)?(?:dẫn\s+|đứng\s+)?đầu)",
    re.IGNORECASE,
)
# A dot or a comma of a number, or a share: `102/118 nhiệm vụ`, `1.007 trong tổng số 1.786 thủ tục`.
_WHOLE = re.compile(r"\s*(?:/|(?:trong|trên)(?:\s+tổng\s+số)?)\s*(?P<whole>\d[\d.,]*\d|\d)(?![\d/%])")
# After these a number is a name: of a day, an article, a table.
_NAMED = re.compile(rf"(?:{phrases('clauses.tsv', 'named')}|[A-Z]{{2,}}[-–])\s*$", re.IGNORECASE)
_NEVER = re.compile(r"(?<!\w)(?:chưa|không)(?:\s+[^\s,;]+){0,3}\s*$", re.IGNORECASE)  # `chưa năm nào xuống dưới`
_PLACE = re.compile(r"^(?:thứ|hạng)\s+", re.IGNORECASE)
_GROUP = re.compile(r"^(?:nhóm|top)\s+(?=\d)", re.IGNORECASE)
_UPWARD = re.compile(r"\s+trở\s+lên\b")
_DOWNWARD = re.compile(r"\s+trở\s+xuống\b")
# `hai lần`, `sáu năm liền`: counted in words.
_IN_WORDS = re.compile(
    r"(?<!\w)(?P<number>hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)\s+(?P<unit>lần(?!\s+(?:hai|thứ|\d))"
    r"|năm(?=\s+(?:liền|liên\s+tiếp|liên\s+tục|đứng\s+đầu|dẫn\s+đầu)))",
    re.IGNORECASE,
)
_FALLBACK = re.compile(r"\s+([a-zà-ỹđ]+)")
_CUMULATIVE = re.compile(r"lũy kế|luỹ kế|cộng dồn", re.IGNORECASE)
_ESTIMATE = re.compile(r"(?<!\w)ước(?!\w)|dự kiến", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measure:
    """A value at `[start, end)`, its comparator and its unit included; `number_at` is where the number begins."""

    start: int
    end: int
    number_at: int  # for a rank in words (`dẫn đầu`) where they begin
    comparator: Comparator
    value: Decimal | None
    unit: str
    whole: Decimal | None = None
    described: bool = False  # a rank that only `dẫn đầu` or the like tells


def read_basis(words: str) -> Literal["", "cumulative", "estimate"]:
    """How the values that these words tell of were counted: a sum up to some day, an estimate; else empty."""
    return "cumulative" if _CUMULATIVE.search(words) else "estimate" if _ESTIMATE.search(words) else ""


def find_measures(text: str) -> list[Measure]:
    """Every number with its unit and every rank, in order; none inside a date, a year or a document's number."""
    ranks = [_rank(match) for match in _RANK.finditer(text)]
    taken = [(rank.start, rank.end) for rank in ranks]
    found = [*ranks, *(_in_words(text, match) for match in _IN_WORDS.finditer(text))]
    behind = 0
    for value in find_values(text):
        named = _NAMED.search(text, max(0, value.start - 14), value.start)
        if value.kind != "number" or named or value.start < behind or any(a <= value.start < b for a, b in taken):
            continue
        measure = _measure(text, value.start, value.end)
        behind = measure.end
        found.append(measure)
    return _ranges(text, sorted(found, key=lambda measure: measure.start))


def _ranges(text: str, measures: list[Measure]) -> list[Measure]:
    """The ends of a range as bounds: `trong khoảng 99,2% đến 99,9%` is at least the one and at most the other."""
    bounded = list(measures)
    for i, (low, high) in enumerate(itertools.pairwise(measures)):
        if low.unit in {high.unit, ""} and re.fullmatch(r"\s*(?:đến|tới)\s*", text[low.end : high.start]):
            bounded[i] = replace(low, comparator=">=", unit=high.unit)
            bounded[i + 1] = replace(high, comparator="<=")
    return bounded


def read_measure(cell: str, unit: str = "") -> Measure | None:
    """The value that a table's cell holds, `unit` being its column's or row's; None where it holds something else."""
    text = re.sub(r"\s*\([^()]*\)\s*$", "", cell.strip())
    if unit == RANK:
        text = _GROUP.sub("≤ ", _PLACE.sub("", text))
    values = find_values(text)
    if len(values) != 1 or values[0].kind not in {"number", "year"}:
        return None
    start, end = values[0].start, values[0].end
    measure = _measure(text, start, end)
    rest = text[: measure.start] + text[measure.end :]
    own = measure.unit if measure.end > end and text[end : measure.end].strip() != "trở lên" else ""
    if rest.strip():
        return None
    return Measure(0, len(cell), start, measure.comparator, measure.value, unit or own, measure.whole)


def _measure(text: str, start: int, end: int) -> Measure:
    whole = _WHOLE.match(text, end)
    after = whole.end() if whole else end
    unit = _units().match(text, after)
    fallback = None if unit else _FALLBACK.match(text, after)
    stop = unit.end() if unit else fallback.end() if fallback else after
    before = _comparators().search(text, max(0, start - 24), start)
    comparator: Comparator = _signs()[" ".join(before["words"].lower().split())] if before else "="
    if match := _UPWARD.match(text, stop):
        comparator, stop = ">=", match.end()
    elif match := _DOWNWARD.match(text, stop):
        comparator, stop = "<=", match.end()
    elif before and before["words"].lower() == "từ":
        comparator, before = "=", None
    if before and comparator == "<" and _NEVER.search(text, 0, before.start()):
        comparator = ">="
    return Measure(
        start=before.start("words") if before else start,
        end=stop,
        number_at=start,
        comparator=comparator,
        value=decimal(text[start:end]),
        unit=" ".join((unit["unit"] if unit else fallback[1] if fallback else "").lower().split()),
        whole=decimal(whole["whole"]) if whole else None,
    )


def _in_words(text: str, match: re.Match[str]) -> Measure:
    before = _comparators().search(text, max(0, match.start() - 24), match.start())
    return Measure(
        start=before.start("words") if before else match.start(),
        end=match.end(),
        number_at=match.start(),
        comparator=_signs()[" ".join(before["words"].lower().split())] if before else "=",
        value=Decimal(_NUMBERS[match["number"].lower()]),
        unit=match["unit"].lower(),
    )


def _rank(match: re.Match[str]) -> Measure:
    if match["leading"]:
        return Measure(match.start(), match.end(), match.start(), "=", None, RANK)
    written = match["rank"] or match["group"] or "nhất"
    value = Decimal(written) if written.isdigit() else Decimal(_RANKS[written.lower()])
    sign: Comparator = "<=" if match["group"] else "="
    return Measure(match.start(), match.end(), match.start(), sign, value, RANK, described=bool(match["first"]))


@functools.cache
def amounts() -> frozenset[str]:
    """The units of what is measured, not counted: shares, money, points, time."""
    return frozenset((RANK, *(row[0] for row in rows("measures.tsv") if row[1:] == ["amount"])))


@functools.cache
def _units() -> re.Pattern[str]:
    """A unit right after a number, a space between or none."""
    return re.compile(rf"\s*(?P<unit>{any_of(row[0] for row in rows('measures.tsv'))})(?!\w)", re.IGNORECASE)


@functools.cache
def _signs() -> dict[str, Comparator]:
    return {words: row[0] for row in rows("comparators.tsv") for words in row[1:]}  # type: ignore[misc]


@functools.cache
def _comparators() -> re.Pattern[str]:
    """The words that compare, right before a number."""
    return re.compile(rf"(?<!\w)(?P<words>{any_of(_signs())})\s*$", re.IGNORECASE)
