"""Evidence to an answer's text and citations: the lead, the quotation, rows with their columns, whole lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.about import formal_name
from assistant.cells import asked_columns, measured, notes, row_name
from assistant.lead import lead_of_sentence
from assistant.library import Library
from assistant.match import flat, holds
from assistant.types import Answer, Citation, Evidence, Query
from assistant.understand import nulls
from ingest.types import Document, ParsedDocument, Unit

_FORGED = re.compile(r"\*\*|\[\d+\]")
_WIDE = str.maketrans("*[]", "＊［］")
SHORT_NAME = 40  # characters; a row's name this short (`Cấp huyện`) is told with the heading it stands under


def compose(query: Query, sources: Sequence[Evidence], library: Library) -> Answer:
    """One part a source, each with its own citations, in the order given."""
    parts: list[str] = []
    citations: list[Citation] = []
    for evidence in sources:
        parsed = library.document(evidence.document_id)
        assert parsed is not None
        rows = _matching_rows(query, evidence, parsed)
        if len(rows) > 1:
            marks = [cite(citations, parsed.document, row, row.start, row.end) for row in rows]
            parts.append(_row_list(rows, marks))
        else:
            mark = cite(citations, parsed.document, evidence.unit, evidence.start, evidence.end)
            parts.append(_part(query, evidence, parsed, mark))
    return Answer("answered", "extractive", "\n\n".join(parts), tuple(citations))


def inert(text: str) -> str:
    """A document's words with whatever our own marks mean made harmless: `**` and `[1]` are not for it to give."""
    return _FORGED.sub(lambda m: m.group().translate(_WIDE), text)


def cite(citations: list[Citation], document: Document, unit: Unit, start: int, end: int) -> int:
    marker = len(citations) + 1
    page = document.page(start)
    citations.append(
        Citation(
            marker=marker,
            document_id=document.id,
            document_title=formal_name(document),
            document_number=document.number,
            address=unit.address,
            quote=document.text[start:end],
            start=start,
            end=end,
            page=page,
            scanned=page in document.health.scanned,
        )
    )
    return marker


def _part(query: Query, evidence: Evidence, parsed: ParsedDocument, mark: int) -> str:
    text = parsed.document.text
    unit = evidence.unit
    if unit.kind == "hang":
        return _row(query, evidence, mark)
    if evidence.end > unit.head:
        return _headed(parsed, evidence, mark)
    quote = text[evidence.start : evidence.end]
    marks = [(at - evidence.start, share) for at, share in evidence.marks]
    lead = formal_name(parsed.document) if query.wanted == "document" else lead_of_sentence(query, quote, marks)
    shown = inert(quote)
    return f"**{inert(lead)}** [{mark}]\n\n“{shown}”" if lead else f"“{shown}” [{mark}]"


def _row(query: Query, evidence: Evidence, mark: int) -> str:
    """The cells asked for, then the whole row with its columns."""
    unit = evidence.unit
    asked = asked_cells(query, evidence)
    rest = [cell for cell in _filled(unit) if cell not in asked]
    named = (*unit.heading[-1:], row_name(unit)) if len(row_name(unit)) < SHORT_NAME else (row_name(unit),)
    name = inert(" — ".join(named))
    is_name = any(value == row_name(unit) for _, value in asked)
    lines = [f"**{name}**" if is_name else name]
    lines += [f"**{_cell(c, measured(unit, value))}**" for c, value in asked if value != row_name(unit)]
    lines[-1] += f" [{mark}]"
    lines += [f"- {_cell(column, value)}" for column, value in rest]
    return "\n".join(lines)


def asked_cells(query: Query, evidence: Evidence) -> list[tuple[str, str]]:
    """The cells of a row that are asked for; where these are blank, the notes that say why."""
    asked = asked_columns(query, evidence.unit, evidence.marks)
    blank = bool(asked) and all(value.lower() in nulls() for _, value in asked)
    return notes(evidence.unit) or asked if blank else asked


def _filled(unit: Unit) -> list[tuple[str, str]]:
    """The cells of a row that say something, besides its number and its name."""
    return [
        (column, value)
        for column, value in unit.cells
        if value.lower() not in nulls() and value != row_name(unit) and column.lower() not in {"stt", "tt"}
    ]


def _cell(column: str, value: str) -> str:
    return inert(f"{column}: {value}" if column else value)


def _headed(parsed: ParsedDocument, evidence: Evidence, mark: int) -> str:
    """The heading, then each thing that stands directly under it, verbatim."""
    text = parsed.document.text
    lines = [f"{inert(text[evidence.start : evidence.unit.head])} [{mark}]"]
    for unit in parsed.units:
        if unit.start < evidence.unit.head or unit.end > evidence.end or unit.kind == "bang":
            continue
        if unit.kind == "hang":
            cells = [(c, v) for c, v in unit.cells if v.lower() not in nulls() and v != row_name(unit)]
            lines.append("- " + "; ".join((inert(row_name(unit)), *(_cell(c, v) for c, v in cells))))
        else:
            line = inert(text[unit.start : unit.head])
            lines.append(line if line.startswith("-") else f"- {line}")
    return "\n".join(lines)


def _matching_rows(query: Query, evidence: Evidence, parsed: ParsedDocument) -> list[Unit]:
    """Where an agency's rows are asked for: every row of that table with the agency in the column asked about."""
    agencies = [c.key for c in query.constraints if c.kind == "agency"]
    if evidence.unit.kind != "hang" or not agencies or query.wanted not in {"list", "agency", "text"}:
        return []
    columns = {column for column, value in asked_columns(query, evidence.unit) if _names(value, agencies)}
    columns = columns or {column for column, value in evidence.unit.cells if _names(value, agencies)}
    return [
        unit
        for unit in parsed.units
        if unit.kind == "hang"
        and unit.parent == evidence.unit.parent
        and any(column in columns and _names(value, agencies) for column, value in unit.cells)
    ]


def _names(value: str, agencies: Sequence[str]) -> bool:
    return all(holds(flat(value), agency) for agency in agencies)


def _row_list(rows: Sequence[Unit], marks: Sequence[int]) -> str:
    lines: list[str] = []
    for unit, mark in zip(rows, marks, strict=True):
        lines.append(f"- **{inert(row_name(unit))}** [{mark}]: " + "; ".join(_cell(*cell) for cell in _filled(unit)))
    return "\n".join(lines)
