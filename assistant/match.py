"""Flat form: text as space-separated syllables and value keys, so that a phrase is found by plain substring search."""

from __future__ import annotations

import functools
import re

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


_QUARTERS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_QUARTER = re.compile(r" quý (i{1,3}|iv) ")


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
    return _QUARTER.sub(lambda m: f" quý {_QUARTERS[m[1]]} ", " " + " ".join(parts) + " ")


def _value_parts(key: str, years: tuple[int, ...]) -> list[str]:
    """A date also stands for its year, a range for its last year: what is set or reached by its end."""
    return [key, str(years[-1])] if years and key != str(years[-1]) else [key]


@functools.lru_cache(maxsize=20_000)
def flat_bare(text: str) -> str:
    """The flat form without diacritics."""
    return bare(flat(text))


def holds(flat_text: str, phrase: str) -> bool:
    return f" {phrase} " in flat_text


def phrase(text: str) -> str:
    """A phrase in flat form without the spaces round it."""
    return re.sub(r"\s+", " ", " ".join(syllables(search_form(text)))).strip()


@functools.lru_cache(maxsize=20_000)
def single_years(text: str) -> frozenset[str]:
    """Years named by themselves or in a date, not as the end of a range."""
    return frozenset(str(value.years[0]) for value in find_values(text) if len(value.years) == 1)
