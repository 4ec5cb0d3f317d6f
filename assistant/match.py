"""Flat form: text as space-separated syllables and value keys, so that a phrase is found by plain substring search."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from ingest.text import canonical, search_form, syllables
from ingest.values import bare, find_values

# Number words and their digits; `năm` (five or year) is left to its neighbours.
DIGITS = {
    "một": "1",
    "hai": "2",
    "ba": "3",
    "bốn": "4",
    "tư": "4",
    "sáu": "6",
    "bảy": "7",
    "tám": "8",
    "chín": "9",
    "mười": "10",
}
LEVELS = ("cấp tỉnh", "cấp huyện", "cấp xã")
_LEVEL = re.compile(rf" ({'|'.join(LEVELS)})(?= )")
_QUARTERS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_QUARTER = re.compile(r" quý (i{1,3}|iv) ")
# `sáu tháng đầu năm`, `06 tháng đầu năm`: a part of a year, in digits.
_MONTHS = re.compile(rf" (0[2-9]|{'|'.join(DIGITS)}) (?=tháng (?:đầu|cuối|qua) )")


@functools.lru_cache(maxsize=20_000)
def flat(text: str) -> str:
    """` syllable syllable key `: values by their keys, abbreviations written out, folded spelling, a space each end."""
    parts: list[str] = []
    position = 0
    for value in find_values(text):
        parts += syllables(canonical(text[position : value.start]))
        parts += _value_parts(value.key, value.years)
        position = value.end
    parts += syllables(canonical(text[position:]))
    said = _QUARTER.sub(lambda m: f" quý {_QUARTERS[m[1]]} ", " " + " ".join(parts) + " ")
    return _MONTHS.sub(lambda m: f" {DIGITS.get(m[1], m[1][-1])} ", said)


def _value_parts(key: str, years: tuple[int, ...]) -> list[str]:
    """A date also stands for its year, a range for its last year: what is set or reached by its end."""
    return [key, str(years[-1])] if years and key != str(years[-1]) else [key]


@functools.lru_cache(maxsize=20_000)
def flat_bare(text: str) -> str:
    """The flat form without diacritics."""
    return bare(flat(text))


@functools.cache
def bare_pattern(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """The pattern for text without diacritics."""
    return re.compile(bare(pattern.pattern))


def holds(flat_text: str, phrase: str) -> bool:
    return f" {phrase} " in flat_text


def phrase(text: str) -> str:
    """A phrase in flat form without the spaces round it."""
    return re.sub(r"\s+", " ", " ".join(syllables(search_form(text)))).strip()


def longest_run(asked: Sequence[str], named: Sequence[str]) -> tuple[int, int]:
    """Where the longest run of words that both have ends in `asked`, and how long it is."""
    best, before = (0, 0), [0] * (len(named) + 1)
    for i, word in enumerate(asked, 1):
        row = [0] * (len(named) + 1)
        for j, other in enumerate(named, 1):
            if word == other:
                row[j] = before[j - 1] + 1
                if row[j] > best[1]:
                    best = (i, row[j])
        before = row
    return best


def find_levels(flat_text: str) -> list[str]:
    """The levels of government that a flat text names, in its order."""
    return _LEVEL.findall(flat_text)


@functools.lru_cache(maxsize=20_000)
def single_years(text: str) -> frozenset[str]:
    """Years named by themselves or in a date, not as the end of a range."""
    return frozenset(str(value.years[0]) for value in find_values(text) if len(value.years) == 1)
