"""The ledger as a table: filtered, and written as CSV or XLSX with numbers as numbers and days as days."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Protocol

from assistant.about import formal_name
from assistant.bodies import body_key
from assistant.ledger.entries import ROLES, Entry, Ledger, fields_of
from assistant.match import flat, flat_bare, holds
from assistant.types import place_url
from ingest.facts.periods import read_period
from ingest.types import Document, Unit
from ingest.values import bare

Kind = Literal["target", "result", "task"]

_KINDS = {"target": "Chỉ tiêu", "result": "Kết quả", "task": "Nhiệm vụ"}
_SIGNS = {"=": "", "~": "≈", ">=": "≥", "<=": "≤"}
_BASES = {"estimate": "ước thực hiện", "cumulative": "lũy kế"}
# The columns of a sheet, in their order: header, field, width in characters.
Column = tuple[str, str, int]
COLUMNS: tuple[Column, ...] = (
    ("Loại", "kind", 10),
    ("Chỉ tiêu, nhiệm vụ", "about", 60),
    ("So sánh", "comparator", 8),
    ("Giá trị", "value", 12),
    ("Đơn vị", "unit", 14),
    ("Nguyên văn", "written", 20),
    ("Kỳ, thời hạn", "when", 24),
    ("Ngày cuối", "due", 12),
    ("Phạm vi", "scope", 18),
    ("Chủ trì", "lead", 30),
    ("Phối hợp", "coordinate", 30),
    ("Theo dõi", "monitor", 30),
    ("Sản phẩm", "deliverable", 30),
    ("Nhóm", "group", 24),
    ("So với kế hoạch", "plan", 12),
    ("Ghi chú", "note", 16),
    ("Văn bản", "document_title", 50),
    ("Vị trí", "address", 24),
    ("Liên kết", "url", 30),
)


class Shown(Protocol):
    """Where a fact's document and unit are looked up."""

    def described(self, id_: str) -> Document | None: ...
    def unit(self, id_: str, path: str) -> Unit | None: ...


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; empty fields ask for everything. `agency` may be written in any way, `indicator` in part."""

    kind: Kind | None = None
    agency: str = ""
    indicator: str = ""
    period: str = ""
    document: str = ""


def select(ledger: Ledger, wanted: Filter) -> list[Entry]:
    """The entries that fit, in the ledger's order."""
    return [entry for entry in ledger.entries if fits(entry, wanted)]


def fits(entry: Entry, wanted: Filter) -> bool:
    if wanted.kind and fields_of(entry)["kind"] != wanted.kind:
        return False
    if wanted.document and wanted.document != entry.document_id:
        return False
    if wanted.agency and not _has(entry, wanted.agency):
        return False
    if wanted.indicator and not _says(entry.about, wanted.indicator):
        return False
    return not wanted.period or _in_period(entry, wanted.period)


def _has(entry: Entry, agency: str) -> bool:
    """Whether a body has some part in it; one typed without diacritics, by its bare letters."""
    bodies = {body for role in ROLES for body in entry.bodies[role]}
    key = body_key(agency)
    return key in bodies or (bare(agency) == agency and bare(key) in map(bare, bodies))


def _says(about: str, words: str) -> bool:
    """Whether all the words stand there; those typed without diacritics, in any form."""
    if bare(words) == words:
        return all(holds(bare(about), word) for word in flat_bare(words).split())
    return all(holds(about, word) for word in flat(words).split())


def _in_period(entry: Entry, written: str) -> bool:
    asked = read_period(written)
    own = entry.period
    if asked is None or own is None:
        return holds(flat(str(fields_of(entry).get("when", ""))), flat(written).strip())
    return own.first <= asked.last and asked.first <= own.last


def table(entries: Iterable[Entry], shown: Shown) -> list[dict[str, Any]]:
    """A row for each entry: its fields, and where it stands."""
    return [_row(entry, shown) for entry in entries]


def _row(entry: Entry, shown: Shown) -> dict[str, Any]:
    document, unit = shown.described(entry.document_id), shown.unit(entry.document_id, entry.fact.path)
    place = {
        "document_id": entry.document_id,
        "document_title": formal_name(document) if document else "",
        "document_number": document.number if document else None,
        "address": unit.address if unit else "",
        "start": entry.fact.start,
        "end": entry.fact.end,
        "url": place_url(entry.document_id, entry.fact.start, entry.fact.end),
    }
    return {**fields_of(entry), **place}


def as_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column] = COLUMNS) -> str:
    """Comma-separated, with a byte order mark, which spreadsheet programs want for Vietnamese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([header for header, _, _ in columns])
    writer.writerows([[_harmless(_cell(row, field)) for _, field, _ in columns] for row in rows])
    return "\ufeff" + out.getvalue()


def as_xlsx(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column] = COLUMNS) -> bytes:
    """One sheet with a filter and a header that stays; text is never a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "Sổ theo dõi"
    sheet.append([header for header, _, _ in columns])
    for number, row in enumerate(rows, 2):
        for column, (_, field, _) in enumerate(columns, 1):
            value = _cell(row, field)
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # `=…` of a document stays text
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            elif isinstance(value, date):
                cell.number_format = "dd/mm/yyyy"
    for column, (_, _, width) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.cell(1, column).font = Font(bold=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(row: Mapping[str, Any], field: str) -> Any:  # noqa: ANN401 (what a sheet's cell holds)
    value = row.get(field)
    if field == "kind":
        return _KINDS[str(value)]
    if field == "comparator":
        return _SIGNS.get(str(value), value)
    if field == "note":
        return "; ".join(filter(None, (str(row.get("change", "")), _BASES.get(str(row.get("basis", "")), ""))))
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, str):
        return "".join(c for c in value if c >= " " or c in "\t\n")  # a sheet refuses control characters
    return value


def _harmless(value: Any) -> Any:  # noqa: ANN401 (what a cell holds)
    """Text that a spreadsheet program would run as a formula is kept from it by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t"} else value
