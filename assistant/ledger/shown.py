"""What answers from the ledger show of a fact: its citation, its value, its period, its document's name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.about import formal_name
from assistant.cells import notes
from assistant.compose import cite, inert
from assistant.ledger.entries import Entry, Ledger, fields_of, make_ledger
from assistant.library import Library
from assistant.types import Citation
from ingest.facts.measures import RANK
from ingest.text import sentences
from ingest.types import Document, Fact, Figure, Unit

_ABBREVIATIONS = re.compile(r"\b(?:usd|vnđ)\b")


def ledger_of(library: Library) -> Ledger:
    """The ledger of what the library shows, made once."""
    return library.derived(
        "ledger", lambda: make_ledger(library.facts(), lambda id_, path: _context(library, id_, path))
    )


def _context(library: Library, id_: str, path: str) -> str:
    """The headings of a unit and the name of its document."""
    document = document_of(id_, library)
    unit = library.unit(id_, path)
    return " . ".join((document.kind, document.number or "", document.title, *(unit.heading if unit else ())))


def document_of(id_: str, library: Library) -> Document:
    found = library.described(id_)
    assert found is not None  # a fact's document is there as long as the fact is
    return found


def address_of(entry: Entry, library: Library) -> str:
    unit = library.unit(entry.document_id, entry.fact.path)
    return unit.address if unit else ""


def cite_fact(entry: Entry, citations: list[Citation], library: Library) -> int:
    parsed = library.document(entry.document_id)
    unit = library.unit(entry.document_id, entry.fact.path)
    assert parsed is not None
    assert unit is not None
    start, end = sentence_of(parsed.document.text, entry.fact, unit)
    for citation in citations:
        if (citation.document_id, citation.start, citation.end) == (entry.document_id, start, end):
            return citation.marker
    return cite(citations, parsed.document, unit, start, end)


def sentence_of(text: str, fact: Fact, unit: Unit) -> tuple[int, int]:
    """The whole sentences that tell a fact: its clause alone may leave out what it is about, or when."""
    spans = [span for span in sentences(text, unit.start, unit.head) if span[1] > fact.start and span[0] < fact.end]
    return (spans[0][0], spans[-1][1]) if spans and unit.kind != "hang" else (fact.start, fact.end)


def name_of(document_id: str, library: Library) -> str:
    return formal_name(document_of(document_id, library))


def short_name(document: Document) -> str:
    """`Nghị quyết số 05-NQ/TU`; without a number, its title."""
    return f"{document.kind} số {document.number}" if document.number else document.title


def indicator_shown(figure: Figure) -> str:
    """The indicator at the beginning of a line."""
    return inert(figure.indicator[:1].upper() + figure.indicator[1:])


def difference_unit(figure: Figure) -> str:
    """What a difference is counted in: of shares, points; else the unit."""
    return "điểm phần trăm" if figure.unit == "%" else unit_shown(figure)


def unit_shown(figure: Figure) -> str:
    """The unit, its abbreviations in capitals (`tỷ USD`)."""
    return _ABBREVIATIONS.sub(lambda match: match.group().upper(), figure.unit)


def value_shown(figure: Figure) -> str:
    """The value as written, with the unit where a column or a heading gives it."""
    unit = unit_shown(figure)
    if not unit or figure.unit == RANK or unit.lower() in figure.written.lower():
        return inert(figure.written)
    return inert(f"{figure.written}%" if unit == "%" else f"{figure.written} {unit}")


def when_shown(figure: Figure) -> str:
    """The period, in the middle of a line; empty for none."""
    period = figure.period.lower() if figure.period.isupper() else figure.period
    return ("năm " + period if period.isdigit() else period[:1].lower() + period[1:]) if period else ""


def row_notes(entry: Entry, library: Library) -> list[str]:
    """What the fact's row says itself about it (`Đánh giá: Hoàn thành trước hạn`)."""
    unit = library.unit(entry.document_id, entry.fact.path)
    return [f"{column}: {value}" for column, value in notes(unit)] if unit and unit.kind == "hang" else []


def told(entries: Iterable[Entry]) -> tuple[dict[str, str], ...]:
    """The facts of an answer as it carries them: every field as text, with its document and unit."""
    return tuple(
        {name: str(value) for name, value in fields_of(entry).items()}
        | {"document_id": entry.document_id, "path": entry.fact.path}
        for entry in entries
    )
