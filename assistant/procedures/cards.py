"""A procedure's card: the parts of its text by what they tell, its tables' rows by their columns.

Everything points at the units of the document, so that it is cited as it stands; what is missing or blank is empty.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal, cast

from assistant.library import Library
from assistant.match import flat
from assistant.understand import nulls
from ingest.types import Document, ParsedDocument, Unit

PROCEDURE = "Thủ tục hành chính"
Field = Literal[
    "steps", "ways", "time", "fee", "papers", "copies", "who", "agency", "authority", "partner", "place", "result",
    "basis", "conditions", "code", "decision", "level", "field", "way", "note", "paper", "form", "number", "about",
    "amount",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row of one of the procedure's tables: its filled cells by what they tell, the case it holds for."""

    unit: Unit
    cells: Mapping[Field, str]
    case: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one heading: all of it, the rows of its tables and the lines beside them; blank lines aside."""

    heading: Unit
    lines: tuple[Unit, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Card:
    document: Document
    parts: Mapping[Field, Part]
    units: tuple[Unit, ...]
    facts: Mapping[Field, Row]  # of the table at its head: code, decision, level, field

    def rows(self, field: Field) -> tuple[Row, ...]:
        part = self.parts.get(field)
        return part.rows if part else ()

    def lines(self, field: Field) -> tuple[Unit, ...]:
        part = self.parts.get(field)
        return part.lines if part else ()


def card_of(id_: str, library: Library) -> Card | None:
    """The card of a document, made once; None for what is no procedure."""
    parsed = library.document(id_)
    if parsed is None or parsed.document.kind != PROCEDURE:
        return None
    return library.derived(("card", id_), lambda: read_card(parsed))


def read_card(parsed: ParsedDocument) -> Card:
    parts: dict[Field, Part] = {}
    for unit in parsed.units:
        field = named_field(parsed.document.text[unit.start : unit.head]) if unit.kind == "muc" else None
        if field and field not in parts:
            parts[field] = _part(unit, parsed)
    first = min((part.heading.start for part in parts.values()), default=0)
    facts: dict[Field, Row] = {}
    for unit in parsed.units:
        if unit.kind == "hang" and unit.end <= first:
            row = _fact_row(unit)
            facts |= {field: row for field in row.cells if field not in facts}
    return Card(parsed.document, parts, parsed.units, facts)


def _part(heading: Unit, parsed: ParsedDocument) -> Part:
    text = parsed.document.text
    below = [unit for unit in parsed.units if heading.head <= unit.start and unit.end <= heading.end]
    headings = {unit.path: text[unit.start : unit.head] for unit in below if unit.kind == "muc"}
    rows = tuple(_row(unit, headings) for unit in below if unit.kind == "hang")
    lines = tuple(u for u in below if u.kind not in {"hang", "bang"} and not is_blank(text[u.start : u.head]))
    return Part(heading, lines, tuple(row for row in rows if row.cells))


def _row(unit: Unit, headings: Mapping[str, str]) -> Row:
    above = [title for path, title in headings.items() if unit.path.startswith(f"{path}/")]
    return Row(unit, dict(_known_cells(unit.cells)), above[-1] if above else "")


def _fact_row(unit: Unit) -> Row:
    """A row with columns, or a line of a table of names and values."""
    if len(unit.cells) == 2 and not any(column for column, _ in unit.cells):
        return Row(unit, dict(_known_cells([(unit.cells[0][1], unit.cells[1][1])])))
    return Row(unit, dict(_known_cells(unit.cells)))


def _known_cells(cells: Sequence[tuple[str, str]]) -> Iterator[tuple[Field, str]]:
    for column, value in cells:
        field = named_field(column)
        if field and not is_blank(value):
            yield field, value


def is_blank(text: str) -> bool:
    return text.strip(" -+*").lower().rstrip(" .") in nulls()


def named_field(heading: str) -> Field | None:
    """What stands under a heading or in a column of that name."""
    return _names().get(flat(heading).strip())


def field_name(field: Field) -> str:
    """How documents name a field: `Thời hạn giải quyết`."""
    name = next(row[1] for row in data_rows("procedure_card.tsv") if row[0] == field)
    return name[:1].upper() + name[1:]


@functools.cache
def _names() -> dict[str, Field]:
    rows = data_rows("procedure_card.tsv")
    return {flat(name).strip(): cast("Field", row[0]) for row in reversed(rows) for name in row[1:]}


def data_rows(file: str) -> list[list[str]]:
    text = (resources.files("assistant") / "data" / file).read_text(encoding="utf-8")
    return [row for row in csv.reader(text.splitlines(), delimiter="\t") if row and not row[0].startswith("#")]
