"""Bodies and officers by one key, however they are written: abbreviated, by another name, with the province's after."""

from __future__ import annotations

import functools
import re

from assistant.match import flat, holds
from ingest.vocabulary import any_of, rows

_FILES = ("agencies.tsv", "agency_groups.tsv")
PROVINCE = 3  # syllables: `Quảng Ninh`, `tỉnh Quảng Ninh`


@functools.lru_cache(maxsize=4096)
def body_key(name: str) -> str:
    """One key for all ways to write a body's name: abbreviations, aliases, the province's name after it."""
    written = flat(name).strip()
    aliases = _aliases()
    if written in aliases:
        return aliases[written]
    longest = max((alias for alias in aliases if written.startswith(alias + " ")), key=len, default="")
    rest = written[len(longest) :].split()
    return aliases[longest] if longest and len(rest) <= PROVINCE else written


@functools.cache
def _aliases() -> dict[str, str]:
    names = [row for file in _FILES for row in rows(file)]
    return {flat(alias).strip(): flat(row[0]).strip() for row in names for alias in row}


@functools.cache
def alias_pattern() -> re.Pattern[str]:
    """A body's name in written text, by any of its names."""
    names = (name for file in _FILES for row in rows(file) for name in row)
    return re.compile(rf"(?<!\w)(?:{any_of(names)})(?!\w)", re.IGNORECASE)


def named_bodies(flat_text: str) -> list[str]:
    """The keys of the bodies that a flat text names, the longest names first, none inside another."""
    found: list[str] = []
    rest = flat_text
    for alias in sorted(_aliases(), key=len, reverse=True):
        if holds(rest, alias):
            found.append(_aliases()[alias])
            rest = rest.replace(f" {alias} ", "  ")
    return found
