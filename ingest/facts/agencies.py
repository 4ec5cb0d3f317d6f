"""Bodies and officers that tasks are given to, found by name, and lists of them as cells and sentences write them."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from ingest.text import CAPITALS, segmented
from ingest.vocabulary import any_of, phrases, rows

# A name may be written out or not, and may go on with the province's own name.
_SHORT = {
    "UBND": "(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân)",
    "HĐND": "(?:HĐND|Hội đồng nhân dân)",
    "MTTQ": "(?:MTTQ|Mặt trận Tổ quốc)(?: Việt Nam)?",
}
_PROVINCE = r"(?:(?: tỉnh| thành phố)?(?: [" + CAPITALS + r"]\w+){2,3}(?=[\s,;.:)]|$))?"
_HEAD = re.compile(rf"(?:{phrases('clauses.tsv', 'body')})(?=\s)")
_BETWEEN = re.compile(r"\s*(?:[,;]|và|cùng(?:\s+với)?)(?:\s+và)?\s+")
_SEPARATOR = re.compile(rf"\s*(?:;|\n|,(?=\s*(?:[{CAPITALS}]|các\s|và\s)))\s*")


@dataclass(frozen=True, slots=True)
class Agencies:
    """Names read one after the other from where they begin to `end`."""

    names: tuple[str, ...]
    end: int


def read_agencies(text: str, start: int) -> Agencies | None:
    """The names that the text has at `start`, with commas or `và` between them; None where it has none."""
    names: list[str] = []
    end = start
    while (found := _name_at(text, end)) is not None:
        names.append(text[end:found])
        between = _BETWEEN.match(text, found)
        if between is None:
            return Agencies(tuple(names), found)
        last, end = found, between.end()
    return Agencies(tuple(names), last) if names else None


def split_agencies(cell: str) -> tuple[str, ...]:
    """The names in a table's cell: between semicolons, else between commas that don't belong to a name."""
    if ";" in cell or "\n" in cell:
        return tuple(filter(None, (part.strip(" .,") for part in re.split(r"[;\n]", cell))))
    whole = read_agencies(cell.strip(), 0)
    if whole and whole.end >= len(cell.strip()) - 1:
        return whole.names
    return tuple(filter(None, (part.strip(" .") for part in _SEPARATOR.split(cell))))


def _name_at(text: str, start: int) -> int | None:
    """Where the name that begins at `start` ends; None where none does."""
    group, body = _groups().match(text, start), _bodies().match(text, start)
    ends = [match.end() for match in (group, body) if match]
    return max(ends) if ends else _unknown_name_at(text, start)


def _unknown_name_at(text: str, start: int) -> int | None:
    """A name that no list has: a word that such names begin with, and the words in capitals after it."""
    head = _HEAD.match(text, start)
    if head is None:
        return None
    end = head.end()
    for word in segmented(text[end : end + 120]).split():
        written = re.compile(r"\s*" + r"\s*".join(map(re.escape, word.split("_")))).match(text, end)
        if written is None or not (word[0].isupper() or word in {"tỉnh", "huyện", "xã"}):
            break
        end = written.end()
    return end if end > head.end() else None


@functools.cache
def _bodies() -> re.Pattern[str]:
    names = (name for row in rows("agencies.tsv") for name in row)
    return re.compile(rf"(?=[{CAPITALS}])(?i:{_written(tuple(names))}){_PROVINCE}(?!\w)")


@functools.cache
def _groups() -> re.Pattern[str]:
    names = (name for row in rows("agency_groups.tsv") for name in row)
    return re.compile(rf"(?:{_written(tuple(names))})(?!\w)", re.IGNORECASE)


def _written(names: tuple[str, ...]) -> str:
    pattern = any_of(names)
    for short, forms in _SHORT.items():
        pattern = re.sub(rf"\b{short}\b", forms, pattern)
    return pattern
