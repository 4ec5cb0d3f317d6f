"""A procedure's card: the parts of its text by what they tell, the rows of its tables by their columns.

Everything points at the units of the document, so that it is cited as it stands. Parts and columns are known by what
stands over them (`data/procedure_card.tsv`), whichever way the document is laid out; what is not there is empty, and
a part that only says that there is nothing keeps those words as `blank`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

from assistant.library import Library
from assistant.match import flat
from assistant.understand import nulls
from ingest.types import Document, ParsedDocument, Unit
from ingest.vocabulary import rows

PROCEDURE = "Thủ tục hành chính"
Field = Literal[
    "steps", "ways", "time", "fee", "papers", "who", "agency", "authority", "delegate", "partner", "place", "result",
    "basis", "conditions", "code", "decision", "level", "sector", "kind", "way", "note", "paper", "form", "copies",
    "number", "about", "issued", "issuer",
]  # fmt: skip

_NUMBERED = re.compile(r"^\s*(?:(?:\d{1,2}|[IVX]{1,4}|[a-zđ])[.)]\s*)+")
_INLINE = re.compile(r"^(?P<name>[^:]{4,60}):\s*(?P<value>\S.*)$")
_ALONE = 4  # syllables; a shorter name before a colon may be said of anything (`Hồ sơ: …`)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says something: its unit and its span; `case` is the heading within the part that it stands under."""

    unit: Unit
    start: int
    end: int
    case: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of one of the procedure's tables, its cells that say something by what they tell."""

    unit: Unit
    cells: Mapping[Field, str]
    case: str = ""


@dataclass(slots=True)
class Part:
    """What stands under one heading, in order."""

    heading: Unit
    lines: list[Line] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    blank: Unit | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """`facts` holds the rows at its head by what they tell: code, decision, level, sector."""

    document: Document
    parts: Mapping[Field, Part]
    facts: Mapping[Field, Row]

    def rows(self, name: Field) -> Sequence[Row]:
        part = self.parts.get(name)
        return part.rows if part else ()

    def lines(self, name: Field) -> Sequence[Line]:
        part = self.parts.get(name)
        return part.lines if part else ()

    def shown(self, line: Line) -> str:
        return self.document.text[line.start : line.end]


def procedure_of(id_: str, library: Library) -> Procedure | None:
    """The card of a document, made once; None for what is no procedure."""
    parsed = library.document(id_)
    if parsed is None or parsed.document.kind != PROCEDURE:
        return None
    return library.derived(("procedure", id_), lambda: read_procedure(parsed))


def read_procedure(parsed: ParsedDocument) -> Procedure:
    text = parsed.document.text
    parts: dict[Field, Part] = {}
    facts: dict[Field, Row] = {}
    current: Part | None = None
    case: Unit | None = None
    for unit in parsed.units:
        if unit.kind == "bang":
            continue
        if unit.kind == "hang":
            row = _row(unit, _said(case, unit, text))
            if current is None:
                facts |= {name: row for name in row.cells if name not in facts}
            elif row.cells:
                current.rows.append(row)
            continue
        line = text[unit.start : unit.head]
        opened = _opened(unit, line, current)
        if opened is not None and opened[0] not in parts:
            name, start = opened
            current = parts.setdefault(name, Part(unit))
            case = None
            if start is not None:
                _add(current, Line(unit, unit.start + start, unit.head), text)
        elif current is not None and unit.kind == "muc":
            case = unit
        elif current is not None:
            _add(current, Line(unit, unit.start, unit.head, _said(case, unit, text)), text)
    return Procedure(parsed.document, parts, facts)


def _opened(unit: Unit, line: str, current: Part | None) -> tuple[Field, int | None] | None:
    """The part that a line opens, and where what it says of it begins, if it says it itself."""
    if unit.kind not in {"gach", "cong"}:
        name = named_field(line)
        if name:
            return name, None
    inline = _INLINE.match(line)
    if inline is None or unit.parent is not None or (current is not None and current.heading.kind == "muc"):
        return None
    name = named_field(inline["name"])
    told = name is not None and len(flat(inline["name"]).split()) >= _ALONE
    return (name, inline.start("value")) if name and told else None


def _add(part: Part, line: Line, text: str) -> None:
    if is_blank(text[line.start : line.end]):
        part.blank = part.blank or line.unit
    else:
        part.lines.append(line)


def _said(case: Unit | None, unit: Unit, text: str) -> str:
    """The case of a unit: the heading that it stands under."""
    return text[case.start : case.head].strip() if case is not None and unit.start < case.end else ""


def _row(unit: Unit, case: str) -> Row:
    """A row by its columns, or by its first cell where the table is one of names and values."""
    cells = list(unit.cells)
    if len(cells) == 2 and not any(column for column, _ in cells):
        cells = [(cells[0][1], cells[1][1])]
    return Row(unit, dict(_known(cells)), case)


def _known(cells: Sequence[tuple[str, str]]) -> Iterator[tuple[Field, str]]:
    for column, value in cells:
        name = named_field(column)
        if name and not is_blank(value):
            yield name, value


def is_blank(text: str) -> bool:
    return text.strip(" -+*").lower().rstrip(" .") in nulls()


def named_field(heading: str) -> Field | None:
    """What stands under a heading or in a column of that name."""
    return _names().get(flat(_NUMBERED.sub("", heading)).strip()) if len(heading) < 100 else None


def field_name(name: Field) -> str:
    """How documents name a field: `Thời hạn giải quyết`."""
    said = next(said for field, said, *_ in rows("procedure_card.tsv", "assistant") if field == name)
    return said[:1].upper() + said[1:]


@functools.cache
def _names() -> dict[str, Field]:
    named = reversed(rows("procedure_card.tsv", "assistant"))
    return {flat(said).strip(): cast("Field", name) for name, *every in named for said in every}
