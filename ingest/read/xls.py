"""Excel workbooks before 2007: the same sheets from another container, their text often in a legacy encoding."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.errors import UnreadableFile
from ingest.read import legacy
from ingest.read.numberformat import shown
from ingest.read.sheet import Place, Sheet, SheetCell, check_cells, sheet_blocks
from ingest.types import Reading

if TYPE_CHECKING:
    from xlrd.book import Book
    from xlrd.formatting import XF
    from xlrd.sheet import Cell
    from xlrd.sheet import Sheet as Worksheet

BOLD_WEIGHT = 600
SIDES = {"left": "l", "right": "r", "top": "t", "bottom": "b"}

BROKEN = "tệp Excel (.xls) bị hỏng, không mở được; hãy mở bằng Excel, sửa chữa rồi lưu lại dạng .xlsx"
ENCRYPTED = "tệp Excel được đặt mật khẩu; hãy gỡ mật khẩu rồi lưu lại"


def read(data: bytes) -> Reading:
    """Raises `UnreadableFile` for a damaged or encrypted workbook and for tables past the limits."""
    try:
        return _read(data)
    except UnreadableFile:
        raise
    except Exception as problem:  # whatever a damaged record does to xlrd
        raise UnreadableFile(ENCRYPTED if "encrypted" in str(problem) else BROKEN) from problem


def _read(data: bytes) -> Reading:
    import xlrd

    book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
    visible = [sheet for sheet in book.sheets() if sheet.visibility == 0]
    check_cells(sum(sheet.row_len(row) for sheet in visible for row in range(sheet.nrows)))
    encodings: set[str] = set()
    sheets = [_sheet(book, sheet, encodings) for sheet in visible]
    blocks, repaired = legacy.repair(sheet_blocks(sheets))
    found = tuple(name for name in legacy.ENCODINGS if name in encodings or name in repaired)
    return Reading(tuple(blocks), "xls", encodings=found)


def _sheet(book: Book, sheet: Worksheet, encodings: set[str]) -> Sheet:
    cells: dict[Place, SheetCell] = {}
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            style = book.xf_list[cell.xf_index]
            sides = _sides(style)
            text = _text(book, sheet, (row, column), encodings)
            if text or sides:
                cells[row, column] = SheetCell(text, bold=_is_bold(book, style), sides=sides)
    return Sheet(
        name=sheet.name,
        cells=cells,
        merged=[(top, bottom - 1, left, right - 1) for top, bottom, left, right in sheet.merged_cells],
    )


def _sides(style: XF) -> frozenset[str]:
    return frozenset(mark for side, mark in SIDES.items() if getattr(style.border, f"{side}_line_style"))


def _is_bold(book: Book, style: XF) -> bool:
    font = book.font_list[style.font_index]
    return bool(font.bold or font.weight >= BOLD_WEIGHT)


def _text(book: Book, sheet: Worksheet, place: Place, encodings: set[str]) -> str:
    import xlrd

    cell = sheet.cell(*place)
    if cell.ctype == xlrd.XL_CELL_TEXT:
        runs = list(_runs(book, sheet, place, cell))
        encodings.update(filter(None, (legacy.encoding_of_font(font) for text, font in runs if text.strip())))
        return legacy.convert_runs(runs)
    code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    if cell.ctype == xlrd.XL_CELL_DATE:
        return shown(_moment(book, cell), code)
    if cell.ctype in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_BOOLEAN}:
        return shown(bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value, code)
    return ""  # empty, or an error value, which says nothing that could be cited


def _moment(book: Book, cell: Cell) -> object:
    """A date, a time where there is no day, or the bare number where it is no date at all."""
    import xlrd

    try:
        moment = xlrd.xldate_as_datetime(cell.value, book.datemode)
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        return cell.value
    return moment.time() if 0 <= cell.value < 1 else moment


def _runs(book: Book, sheet: Worksheet, place: Place, cell: Cell) -> Iterator[tuple[str, str]]:
    """The pieces of a cell, each with the name of its font. A cell's first piece is in the cell's own font."""
    starts = [(0, book.xf_list[cell.xf_index].font_index), *sheet.rich_text_runlist_map.get(place, ())]
    for (start, font), (end, _) in pairwise([*starts, (len(cell.value), 0)]):
        if cell.value[start:end]:
            yield cell.value[start:end], book.font_list[font].name
