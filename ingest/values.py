"""Written values: document numbers, procedure codes, dates, years and quantities, found with their spans.

One reading of each form for everybody: segmentation protects these spans, questions are understood by them and
answers are verified by them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

ValueKind = Literal["document", "procedure", "date", "day", "years", "year", "number"]

_DASH = r"\s?[-–—]\s?"
_SLASH = r"\s?/\s?"
# Type abbreviations of Nghị định 30/2020 (annex III) and of Party documents; Đ may be typed D.
_TYPE = (
    r"(?:NQ|NĐ|ND|QĐ|QD|CTr|CT|QC|QyĐ|TC|HD|KH|PA|ĐA|DA|BC|BB|TTr|TTLT|TT|TB|KL|CĐ|BGN|GM|CV|LCT|L|PL|VBHN"
    r"|(?:UBTV)?QH\d{1,2})"
)
# Who sends a letter, which has no type in its number: `987/UBND-HCC`.
_SENDER = r"(?-i:UBND|HĐND|VPCP|VPUBND|VPTU|BTC|BNV|BTP|BKHĐT|BTTTT|BTNMT|S[A-ZĐ]{2,6})"
# A joint circular names up to four ministries; a dash between spaces before a small letter goes on with the sentence.
_BODY = r"[A-ZĐƯa-zđư]{1,12}(?:[-–—][A-ZĐa-zđ]{2,10}|\s?[-–—]\s?(?-i:[A-ZĐ]{2,10})){0,3}"

PATTERNS: tuple[tuple[ValueKind, re.Pattern[str]], ...] = (
    (
        "document",
        re.compile(
            rf"\b\d{{1,5}}[a-z]?(?:{_SLASH}(?:19|20)\d\d{_SLASH}(?:(?:UBTV)?QH\d{{1,2}}|{_TYPE}(?:{_DASH}{_BODY})?)"
            rf"|{_DASH}{_TYPE}{_SLASH}{_BODY}|{_SLASH}{_TYPE}{_DASH}{_BODY}|{_SLASH}{_SENDER}{_DASH}{_BODY})\b",
            re.IGNORECASE,
        ),
    ),
    ("procedure", re.compile(r"\b\d\.\d{6}(?:\.\d{3}\.\d\d\.\d\d\.H\d\d)?\b", re.IGNORECASE)),
    (
        "date",
        re.compile(
            r"\b(?:ngày\s+)?(?P<d>0?[1-9]|[12]\d|3[01])\s+tháng\s+(?P<m>0?[1-9]|1[0-2])\s+năm\s+(?P<y>(?:19|20)\d\d)\b"
            r"|\b(?P<d2>0?[1-9]|[12]\d|3[01])(?P<sep>[/.-])(?P<m2>0?[1-9]|1[0-2])(?P=sep)(?P<y2>(?:19|20)\d\d)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "day",  # without its year; `15/21` is a share unless a word of time stands before it
        re.compile(
            r"(?:(?<=ngày )|(?<=sáng )|(?<=trưa )|(?<=chiều )|(?<=tối )|(?<=hôm ))"
            r"(?P<d>0?[1-9]|[12]\d|3[01])[/.-](?P<m>0?[1-9]|1[0-2])\b(?![/.,-]\d)",
            re.IGNORECASE,
        ),
    ),
    ("years", re.compile(r"\b(?P<from>(?:19|20)\d\d)\s?(?:[-–—]|đến|tới)\s?(?:năm\s)?(?P<to>(?:19|20)\d\d)\b")),
    ("year", re.compile(r"\b(?:19|20)\d\d\b(?![.,/]\d)")),
    ("number", re.compile(r"\b\d{1,3}(?:\.\d{3})+(?:,\d+)?(?![\d])|\b\d+(?:[.,]\d+)?(?![\d])")),
)

# Where a form can begin: at a digit with no letter or digit before it, or at the word before a date. The lookbehind
# comes second, as only a pattern that begins with characters is searched for fast.
_START = re.compile(r"[\dnN](?<!\w.)(?:(?<=\d)|(?i:gày)\s+(?=\d))")


@dataclass(frozen=True, slots=True)
class Value:
    """A value as written at `[start, end)`; `key` is the same for every way to write it.

    `years` holds the years that a date, a year or a range covers.
    """

    kind: ValueKind
    start: int
    end: int
    key: str
    years: tuple[int, ...] = ()


def find_values(text: str) -> list[Value]:
    """Every value in `text`, in order, none inside another; the more specific form wins."""
    starts = [match.start() for match in _START.finditer(text)]
    if not starts:
        return []
    found: list[Value] = []
    taken = bytearray(len(text))
    for kind, pattern in PATTERNS:
        for match in _matches(pattern, text, starts):
            start, end = match.span()
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\1" * (end - start)
                found.append(_read(kind, match))
    return sorted(found, key=lambda value: value.start)


def _matches(pattern: re.Pattern[str], text: str, starts: list[int]) -> Iterator[re.Match[str]]:
    """What `finditer` gives, tried only at the starts."""
    end = 0
    for start in starts:
        if start >= end and (match := pattern.match(text, start)):
            yield match
            end = match.end()


def _read(kind: ValueKind, match: re.Match[str]) -> Value:
    start, end = match.span()
    written = match.group()
    if kind == "document":
        return Value(kind, start, end, document_key(written))
    if kind == "date":
        day, month, year = (match.group(name) or match.group(name + "2") for name in ("d", "m", "y"))
        return Value(kind, start, end, f"{int(year):04d}-{int(month):02d}-{int(day):02d}", (int(year),))
    if kind == "day":
        return Value(kind, start, end, f"--{int(match['m']):02d}-{int(match['d']):02d}")
    if kind == "years":
        first, last = int(match["from"]), int(match["to"])
        early, late = sorted((first, last))  # 1250–1240 happens, in history and by slips
        return Value(kind, start, end, f"{first}-{last}", tuple(range(early, min(late, early + 100) + 1)))
    if kind == "year":
        return Value(kind, start, end, written, (int(written),))
    # A code's long form adds where it is handled: `1.004194.000.00.00.H49`.
    return Value(kind, start, end, number_key(written) if kind == "number" else written[:8])


def document_key(number: str) -> str:
    """The same for `05-NQ/TU`, `5 – nq/tu`, `05-NQ/TƯ`: bare letters, one kind of dash, no leading zeros."""
    key = re.sub(r"\s", "", bare(number).lower())
    return re.sub(r"[‐-―−]", "-", key).lstrip("0")


def decimal(written: str) -> Decimal:
    """Vietnamese notation: `1.234,5` is 1234.5; a single dot before one, two or four and more digits is a decimal."""
    if "," in written:
        return Decimal(written.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", written):
        return Decimal(written.replace(".", ""))
    return Decimal(written)


def number_key(written: str) -> str:
    """The plain decimal, so that `02`, `2` and `2,0` are one number."""
    return f"{decimal(written).normalize():f}"


def bare(text: str) -> str:
    """The text as typed without diacritics, đ as d; as long as `text` itself when that is composed."""
    stripped = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return stripped.replace("đ", "d").replace("Đ", "D")


def as_date(key: str) -> date | None:
    """The day with a date's key (`2020-03-05`); None where the calendar has no such day."""
    try:
        return date.fromisoformat(key)
    except ValueError:
        return None
