"""What could be quoted: the sentences, rows and headed units of a passage, with their forms for matching.

These are made once a passage and kept, so that a question only compares strings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.cells import is_ordinal, notes
from assistant.library import Library
from assistant.match import flat
from assistant.types import Found
from assistant.understand import most_named, nulls
from ingest.text import CAPITALS, search_form, sentences
from ingest.types import Document, ParsedDocument, Unit
from ingest.values import bare, find_values

LIST_LENGTH = 1800  # characters; a longer headed unit is quoted by its first line only
SHORT_LIST = 300  # characters; what stands under so short a heading counts as its own words
AFTER_NUMBER = 24  # characters that may hold a number's unit

_BULLET = re.compile(r"(?:[-–—•▪●+○◦]|\*(?!\*))\s*")  # belongs to the list, not to the words quoted from it
_RANK = re.compile(
    r"thứ (?:\d|nhất|nhì|hai|ba)|hạng|(?:đứng|xếp|dẫn) (?:đầu|nhất)|vị trí|ngôi đầu|nhóm \d", re.IGNORECASE
)
_DATE = re.compile(
    r"\d{1,2}/\d|ngày \d|tháng \d|quý [IVX\d]|hằng (?:năm|quý|tháng)|thường xuyên|ngày làm việc|giờ", re.IGNORECASE
)
_PERSON = re.compile(rf"(?i:đồng chí|ông|bà) [{CAPITALS}]|(?:Chủ tịch|Bí thư|Giám đốc|Chánh|Trưởng)\b")
_CONTACT = re.compile(r"(?<!\d)0\d{2,3}[ .]?\d{3}[ .]?\d{3,4}(?!\d)|(?<!\d)1[89]00[ .]?\d{4}|\S@\S|https?://")
_AGENCY = re.compile(
    r"\b(?:Sở|Ban|Ủy ban|UBND|HĐND|Văn phòng|Công an|Cục|Chi cục|Trung tâm|Thanh tra|Bộ|Chủ tịch|Cơ quan|Quân)\b"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that could be quoted, `own` being its words and `above` the headings and columns that it stands under.

    `line` is the whole paragraph, row or heading that it is taken from; all three are in flat form.

    `after_numbers` holds what follows each of its numbers, in bare searchable form; `kinds` the kinds of value in it.
    """

    unit: Unit
    start: int
    end: int
    own: str
    above: str
    line: str
    after_numbers: tuple[str, ...]
    kinds: frozenset[str]
    commas: int
    headed: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """What a whole document is about; `title` and `whole` in flat form."""

    title: str
    heading: str
    place: str
    agency: str
    whole: str


@dataclass(frozen=True, slots=True)
class View:
    """A passage ready to be compared with questions, `around` being its text in flat form."""

    document: Document
    about: About
    around: str
    candidates: tuple[Candidate, ...]


def view(passage: Found, library: Library) -> View | None:
    """The passage's candidates with their context; None where the document is gone."""
    parsed = library.document(passage.document_id)
    if parsed is None:
        return None
    key = ("view", passage.document_id, passage.start, passage.end)
    return library.derived(key, lambda: _view(parsed, passage, library))


def whole_unit(unit: Unit, document: Document) -> Candidate:
    """A unit with all that stands under it, as one candidate."""
    return _candidate(unit, document, unit.start, unit.end, document.text[unit.start : unit.end], headed=True)


def about(parsed: ParsedDocument, library: Library) -> About:
    document = parsed.document
    return library.derived(("about", document.id), lambda: _about(document))


def _about(document: Document) -> About:
    heading = f"{document.kind} {document.number or ''} {document.title}"
    whole = flat(document.text)
    return About(flat(heading), heading, most_named("places", whole), most_named("agencies", whole), whole)


def _view(parsed: ParsedDocument, passage: Found, library: Library) -> View:
    document = parsed.document
    around = flat(document.text[passage.start : passage.end])
    return View(document, about(parsed, library), around, tuple(_candidates(parsed, passage, library)))


def _candidates(parsed: ParsedDocument, passage: Found, library: Library) -> Iterator[Candidate]:
    document = parsed.document
    parents = library.derived(("parents", document.id), lambda: {unit.parent for unit in parsed.units})
    first = bisect_left(parsed.units, passage.start, key=lambda unit: unit.start)
    for unit in parsed.units[first:]:
        if unit.start >= passage.end:
            return
        if unit.kind == "bang" or unit.head > passage.end:
            continue
        if unit.kind == "hang":
            own = " | ".join(value for column, value in unit.cells if not is_ordinal(column))
            yield _candidate(unit, document, unit.start, unit.end, own)
        else:
            yield from _lines(unit, document, headed=unit.path in parents)


def _lines(unit: Unit, document: Document, *, headed: bool) -> Iterator[Candidate]:
    marker = _BULLET.match(document.text, unit.start, unit.head)
    spans = sentences(document.text, marker.end() if marker else unit.start, unit.head)
    if headed:
        end = unit.end if unit.end - unit.start <= LIST_LENGTH else unit.head
        yield _candidate(unit, document, unit.start, end, document.text[unit.start : unit.head], headed=True)
        titled = not document.text[unit.start : unit.head].rstrip().endswith((".", ";", ":"))
        spans = spans if len(spans) > 1 and not titled else []  # `Điều 2. Đối tượng áp dụng` says nothing alone
    for start, end in spans:
        if document.text[start:end].strip().lower() in nulls():
            continue  # its heading, of which there is nothing to say, is there already
        yield _candidate(unit, document, start, end, document.text[start:end])


def _candidate(unit: Unit, document: Document, start: int, end: int, own: str, *, headed: bool = False) -> Candidate:
    counted = own if end - start > SHORT_LIST else document.text[start:end]
    numbers = [value.end for value in find_values(counted) if value.kind == "number"]
    return Candidate(
        unit=unit,
        start=start,
        end=end,
        own=flat(own),
        line=flat(document.text[unit.start : unit.head]),
        above=flat(" . ".join((*unit.heading, *_columns(unit)))),
        after_numbers=tuple(bare(search_form(counted[at : at + AFTER_NUMBER])).lstrip() for at in numbers),
        kinds=frozenset(_kinds(counted)),
        commas=own.count(",") + 2 * own.count(";"),
        headed=headed,
    )


def _columns(unit: Unit) -> Iterator[str]:
    """Of a row, those with something in them: an empty cell says nothing of its time or place, unless a note does."""
    noted = bool(notes(unit))
    return (column for column, value in unit.cells if noted or value.strip())


_KINDS = (("rank", _RANK), ("date", _DATE), ("person", _PERSON), ("agency", _AGENCY), ("contact", _CONTACT))


def _kinds(text: str) -> Iterator[str]:
    if any(value.years for value in find_values(text)):
        yield "years"
    for kind, pattern in _KINDS:
        if pattern.search(text):
            yield kind
