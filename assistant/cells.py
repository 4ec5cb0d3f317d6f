"""A table's row: what it is about, what it counts in, and the cells of it that a question asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.lead import POINTED, Marks, asks_several, likely, matched
from assistant.match import flat, holds
from assistant.types import Query
from ingest.types import Unit
from ingest.values import find_values

BETWEEN = "; "  # cells that are read
_ORDINAL = re.compile(r"^(?:stt|tt|số tt|#)\.?$", re.IGNORECASE)
_NOTES = re.compile(r"^(?:ghi chú|đánh giá|nhận xét|giải trình)", re.IGNORECASE)  # not `Năm đánh giá`
_MEASURE = re.compile(r"đơn vị(?: tính)?$|^đvt$", re.IGNORECASE)
_COLUMNS = {
    "date": re.compile(r"thời (?:gian|hạn)|ngày|tiến độ|hoàn thành", re.IGNORECASE),
    "agency": re.compile(r"chủ trì|cơ quan|đơn vị(?! tính)", re.IGNORECASE),
    "person": re.compile(r"chủ trì|cơ quan|đơn vị(?! tính)|người", re.IGNORECASE),
    "rank": re.compile(r"hạng|xếp|vị trí", re.IGNORECASE),
}
_ROLES = ("chủ trì", "phối hợp", "theo dõi", "đôn đốc", "sản phẩm")


def asked_columns(query: Query, unit: Unit, marks: Marks = ()) -> list[tuple[str, str]]:
    """The cells of a row that the question asks for, as (column, value); empty where no column stands out. `marks` are
    by the places of the cells as `read_cells` joins them."""
    cells = [(column, value) for column, value in unit.cells if column and not _ORDINAL.match(column)]
    named = _named_cells(query, cells) or _dated(query, cells)
    if named:
        return named
    matching, pointed = _by_header(query, cells), _pointed_cell(unit, marks)
    if pointed not in cells or pointed in matching:
        return matching
    return [cell for cell in cells if cell == pointed or (cell in matching and asks_several(query))]


def read_cells(unit: Unit) -> list[str]:
    """A row's cells with their columns, as they are read, with `BETWEEN` between them."""
    return [" ".join((f"{column}: {cell}" if column else cell).split()) for column, cell in unit.cells]


def _pointed_cell(unit: Unit, marks: Marks) -> tuple[str, str] | None:
    """The cell that the reader is sure of."""
    begun = 0
    for cell, text in zip(unit.cells, read_cells(unit), strict=True):
        if likely((begun - 1, begun + len(text)), marks) >= POINTED:  # a word may begin with the space before it
            return cell
        begun += len(text) + len(BETWEEN)
    return None


def _named_cells(query: Query, cells: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The columns of the part that the question names, who leads or who helps, or of the kind of value asked for."""
    form = flat(query.text)
    roles = [role for role in _ROLES if holds(form, role)]
    by_role = [cell for cell in cells if any(role in cell[0].lower() for role in roles)]
    named = [cell for cell in cells if query.wanted in _COLUMNS and _COLUMNS[query.wanted].search(cell[0])]
    if by_role:
        return [cell for cell in cells if cell in by_role or (query.wanted == "date" and cell in named)]
    return named[:1] if query.wanted in {"agency", "person"} else named


def _dated(query: Query, cells: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The columns of the time asked for, the part of the year before the year."""
    for kind in ("quarter", "year"):
        times = {c.key for c in query.constraints if c.kind == kind}
        dated = [cell for cell in cells if any(holds(flat(cell[0]), time) for time in times)]
        if dated:
            return dated
    return []


def _by_header(query: Query, cells: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Columns whose header shares most with the question, or else the columns with numbers where one is asked for."""
    weights = {cell: sum(term.weight for term in matched(query, cell[0])) for cell in cells[1:]}
    best = max(weights.values(), default=0.0)
    if best > 0:
        return [cell for cell in cells if weights.get(cell) == best]
    numeric = [cell for cell in cells[1:] if any(v.kind == "number" for v in find_values(cell[1]))]
    return numeric[:1] if query.wanted == "quantity" else []


def measure_of(unit: Unit) -> str:
    """What the numbers of a row are counted in, where a column says so."""
    return next((cell for column, cell in unit.cells if _MEASURE.search(column)), "")


def measured(unit: Unit, value: str) -> str:
    """A number of a row with the row's unit of measure (`≥ 80` → `≥ 80%`), anything else as it is."""
    measure = measure_of(unit)
    numeric = bool(re.fullmatch(r"[<>≤≥=~\s]*[\d.,]+", value))
    if not measure or not numeric:
        return value
    return f"{value}%" if measure == "%" else f"{value} {measure.lower()}"


def is_ordinal(column: str) -> bool:
    """Whether a column only numbers its rows."""
    return bool(_ORDINAL.match(column))


def notes(unit: Unit) -> list[tuple[str, str]]:
    """The cells of a row that comment on its values."""
    return [(column, value) for column, value in unit.cells if value and _NOTES.search(column)]


def row_name(unit: Unit) -> str:
    """What a row is about: its first cell that is no ordinal number."""
    named = [value for column, value in unit.cells if value and not _ORDINAL.match(column)]
    return named[0] if named else ""
