"""Excel workbooks: what the sheets show, values under their number formats."""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from ingest.errors import UnreadableFile
from ingest.read import archive, legacy, table
from ingest.read.lines import lines
from ingest.read.numberformat import shown
from ingest.read.sheet import Place, Sheet, SheetCell, check_cells, sheet_blocks
from ingest.types import Reading

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet


RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")
SIDES = {"left": "l", "right": "r", "top": "t", "bottom": "b"}
HEADER_CODE = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-F]{6}|[A-Z&])')
"""Fonts, sizes, page numbers and the like in a printed header."""

STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
BROKEN = "tệp Excel bị hỏng, không mở được; hãy mở bằng Excel, sửa chữa rồi lưu lại dạng .xlsx"


def read(data: bytes) -> Reading:
    """Raises `UnreadableFile` for a damaged or encrypted workbook, one past the limits, and one whose formulas have
    never been computed."""
    try:
        return _read(data)
    except UnreadableFile:
        raise
    except Exception as problem:  # whatever a damaged part does to openpyxl
        raise UnreadableFile(BROKEN) from problem


def _read(data: bytes) -> Reading:
    with archive.open_package(data) as package:
        _check(package)
        margins = list(_drawn_text(package))
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that openpyxl would lose on saving
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, rich_text=True)
    encodings: set[str] = set()
    sheets = [_sheet(sheet, encodings) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    margins += [line for sheet in book.worksheets for line in _printed(sheet)]
    blocks, repaired = legacy.repair(sheet_blocks(sheets))
    found = tuple(name for name in legacy.ENCODINGS if name in encodings or name in repaired)
    return Reading(tuple(blocks), "xlsx", encodings=found, margins=tuple(dict.fromkeys(margins)))


def _check(package: zipfile.ZipFile) -> None:
    """Refuse what would take all memory, before anything is built."""
    if STRICT in package.read("xl/workbook.xml"):
        raise UnreadableFile(
            "bảng tính lưu ở dạng Strict Open XML chưa được hỗ trợ; hãy mở bằng Excel rồi lưu lại dạng "
            "Excel Workbook (.xlsx)"
        )
    if not set(_declared(package)) <= set(package.namelist()):
        raise UnreadableFile(BROKEN)  # openpyxl leaves out a sheet that is missing
    cells = merged = waiting = 0
    for entry in package.infolist():
        if not entry.filename.startswith("xl/") or not entry.filename.endswith(".xml"):
            continue
        if entry.file_size > archive.MAX_XML_BYTES or b"<!DOCTYPE" in package.open(entry).read(1024):
            archive.part(package, entry.filename)
            raise UnreadableFile(BROKEN)
        if entry.filename.startswith("xl/worksheets/"):
            for counted in _counts(package, entry):
                cells, merged, waiting = cells + counted[0], merged + counted[1], waiting + counted[2]
                check_cells(cells)
                table.check_size(merged)  # openpyxl makes all places of a merged cell
    if waiting:
        raise UnreadableFile(
            f"bảng tính có {waiting} ô công thức chưa được tính; hãy mở bằng Excel, lưu lại rồi nạp lại"
        )


def _declared(package: zipfile.ZipFile) -> Iterator[str]:
    """The parts that the workbook's sheets are said to be in."""
    relations = archive.part(package, "xl/_rels/workbook.xml.rels")
    for relation in () if relations is None else relations.iter(RELATIONSHIP):
        if relation.get("Type", "").endswith("/worksheet"):
            yield posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")


def _counts(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[tuple[int, int, int]]:
    """For each cell and merged cell of a sheet: one cell, places merged, one formula without a value."""
    try:
        with package.open(entry) as part:
            for _, element in etree.iterparse(
                part, tag=("{*}c", "{*}mergeCell"), resolve_entities=False, no_network=True
            ):
                if element.tag.endswith("mergeCell"):
                    yield 0, _area(element.get("ref", "")), 0
                else:
                    computed = element.find("{*}f") is None or element.find("{*}v") is not None
                    yield 1, 0, 0 if computed else 1
                element.clear(keep_tail=False)
    except (etree.XMLSyntaxError, zipfile.BadZipFile, EOFError) as problem:
        raise UnreadableFile(BROKEN) from problem


def _area(reference: str) -> int:
    from openpyxl.utils.cell import range_boundaries

    if not RANGE.fullmatch(reference):
        return 1
    left, top, right, bottom = map(int, range_boundaries(reference))
    return (right - left + 1) * (bottom - top + 1)


def _drawn_text(package: zipfile.ZipFile) -> Iterator[str]:
    """The text boxes, where stamps such as secrecy marks stand."""
    for name in package.namelist():
        if name.startswith("xl/drawings/drawing") and name.endswith(".xml"):
            tree = archive.part(package, name)
            for paragraph in () if tree is None else tree.iter(f"{DRAWING}p"):
                yield from lines("".join(text.text or "" for text in paragraph.iter(f"{DRAWING}t")))


@dataclass(frozen=True, slots=True)
class _Style:
    """What of a cell's style says how it reads. Thousands of cells share one."""

    font: str | None
    bold: bool
    code: str
    sides: frozenset[str]


def _style(cell: Cell) -> _Style:
    drawn = ((mark, getattr(cell.border, side, None)) for side, mark in SIDES.items())
    return _Style(
        font=cell.font.name if cell.font else None,
        bold=bool(cell.font and cell.font.b),
        code=cell.number_format,
        sides=frozenset(mark for mark, line in drawn if line is not None and line.style not in {None, "none"}),
    )


def _sheet(sheet: Worksheet, encodings: set[str]) -> Sheet:
    cells: dict[Place, SheetCell] = {}
    styles: dict[int, _Style] = {}
    # Not by rows: that would make every cell between the used ones.
    for (row, column), cell in sheet._cells.items():  # noqa: SLF001
        style = styles.get(cell.style_id) or styles.setdefault(cell.style_id, _style(cell))
        written = _cell(cell, style, encodings)
        if written.text or written.sides:
            cells[row - 1, column - 1] = written
    return Sheet(
        name=sheet.title,
        cells=cells,
        merged=[(m.min_row - 1, m.max_row - 1, m.min_col - 1, m.max_col - 1) for m in sheet.merged_cells.ranges],
        titles=_titles(sheet),
    )


def _titles(sheet: Worksheet) -> frozenset[int]:
    """Rows repeated on each printed page, and the titles of what Excel itself calls a table."""
    rows = {int(number) for number in re.findall(r"\d+", sheet.print_title_rows or "")}
    titles = set(range(min(rows), max(rows) + 1)) if rows else set()
    for listed in sheet.tables.values():
        if match := RANGE.fullmatch(listed.ref):
            titles |= set(range(int(match[2]), int(match[2]) + (listed.headerRowCount or 0)))
    return frozenset(row - 1 for row in titles)


def _cell(cell: Cell, style: _Style, encodings: set[str]) -> SheetCell:
    if cell.data_type == "e" or cell.value is None:  # an error value says nothing that could be cited
        return SheetCell(sides=style.sides)
    return SheetCell(_text(cell, style, encodings), bold=style.bold, sides=style.sides)


def _text(cell: Cell, style: _Style, encodings: set[str]) -> str:
    if cell.data_type not in {"s", "inlineStr"}:
        return shown(cell.value, style.code)
    runs = [cell.value] if isinstance(cell.value, str) else list(cell.value)
    pieces = [(str(run), getattr(getattr(run, "font", None), "rFont", None) or style.font) for run in runs]
    encodings.update(filter(None, (legacy.encoding_of_font(name) for text, name in pieces if text.strip())))
    return legacy.convert_runs(pieces)


def _printed(sheet: Worksheet) -> Iterator[str]:
    """What stands in the printed pages' headers and footers."""
    for part in (sheet.oddHeader, sheet.oddFooter, sheet.firstHeader, sheet.firstFooter):
        for side in (part.left, part.center, part.right):
            yield from lines(HEADER_CODE.sub("", side.text or ""))
