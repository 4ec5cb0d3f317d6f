"""Tables written to files as an office would: in Word with a repeated header, in Excel with typed values, and what
LibreOffice makes of both."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from evals.reading.tables_source import SourceCell, SourceTable

OFFICE_SECONDS = 300
TITLE = "PHỤ LỤC"
SUBJECT = "Biểu tổng hợp {name}"
NOTE = "Ghi chú: số liệu tổng hợp từ báo cáo của các cơ quan, đơn vị."
MARKS = {"thousands": re.compile(r"\d{1,3}(?:\.\d{3})+"), "decimal": re.compile(r"\d+,\d+")}


def write_docx(table: SourceTable, path: Path) -> None:
    """A landscape page with a title over the table, whose titles are repeated on each page."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    document.styles["Normal"].font.name = "Times New Roman"
    document.add_paragraph().add_run(TITLE).bold = True
    document.add_paragraph().add_run(SUBJECT.format(name=table.name)).bold = True
    grid = table.grid()
    written = document.add_table(len(grid), len(grid[0]), style="Table Grid")
    places = [list(row.cells) for row in written.rows]
    for row, column, cell in _corners(grid):
        target = places[row][column]
        if cell.rows > 1 or cell.columns > 1:
            target = target.merge(places[row + cell.rows - 1][column + cell.columns - 1])
        _write_lines(target, cell)
    for row in written.rows[: table.titles]:
        row._tr.get_or_add_trPr().append(_flag())  # noqa: SLF001
    document.add_paragraph(NOTE)
    document.save(str(path))


def _corners(grid: list[list[SourceCell]]) -> list[tuple[int, int, SourceCell]]:
    """Each cell once, at its first place."""
    seen: dict[int, tuple[int, int, SourceCell]] = {}
    for row, cells in enumerate(grid):
        for column, cell in enumerate(cells):
            seen.setdefault(id(cell), (row, column, cell))
    return list(seen.values())


def _write_lines(target: Any, cell: SourceCell) -> None:  # noqa: ANN401
    first, *rest = cell.lines or ("",)
    target.text = ""
    paragraphs = [target.paragraphs[0], *(target.add_paragraph() for _ in rest)]
    for paragraph, line in zip(paragraphs, (first, *rest), strict=True):
        paragraph.add_run(line).bold = cell.bold


def _flag() -> Any:  # noqa: ANN401
    from docx.oxml import OxmlElement

    return OxmlElement("w:tblHeader")


def write_xlsx(table: SourceTable, path: Path) -> None:
    """A sheet with a title, a unit line, the table with thin lines, and a note. Figures and dates are typed values
    that show as written by their number formats."""
    import openpyxl
    from openpyxl.styles import Alignment, Border, Font, Side

    book = openpyxl.Workbook()
    sheet = book.active
    grid = table.grid()
    side = Side(style="thin")
    sheet.append([TITLE])
    sheet.append([SUBJECT.format(name=table.name)])
    for row in (1, 2):
        sheet.cell(row, 1).font = Font(bold=True)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(grid[0]))
    top = 4
    for row in range(len(grid)):
        for column in range(len(grid[0])):
            sheet.cell(top + row, 1 + column).border = Border(left=side, right=side, top=side, bottom=side)
    for row, column, cell in _corners(grid):
        place = sheet.cell(top + row, 1 + column)
        place.value, place.number_format = typed("\n".join(cell.lines))
        place.font, place.alignment = Font(bold=cell.bold), Alignment(wrap_text=True)
        if cell.rows > 1 or cell.columns > 1:
            end = {"end_row": top + row + cell.rows - 1, "end_column": column + cell.columns}
            sheet.merge_cells(start_row=top + row, start_column=1 + column, **end)
    sheet.cell(top + len(grid), 1, NOTE)
    book.save(path)


def typed(text: str) -> tuple[object, str]:
    """What an office types for a text that it wants to see, and the number format."""
    number, percent = text.removesuffix("%"), text.endswith("%")
    if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", text):
        day, month, year = map(int, text.split("/"))
        padded = "/".join("dm"[index] * len(part) for index, part in enumerate(text.split("/")[:2]))
        return date(year, month, day), f"{padded}/yyyy"
    if MARKS["thousands"].fullmatch(number) and not percent:
        return int(number.replace(".", "")), "#,##0"
    if MARKS["decimal"].fullmatch(number):
        decimals = "0" * len(number.partition(",")[2])
        value = float(number.replace(",", "."))
        return (round(value / 100, 12), f"0.{decimals}%") if percent else (value, f"0.{decimals}")
    if re.fullmatch(r"[1-9]\d{0,3}", text):
        return int(text), "General"
    return text, "@" if re.fullmatch(r"0\d+", text) else "General"


def converted(files: Sequence[Path], kind: str) -> list[Path]:
    """These files as LibreOffice saves them in another format, beside them; none where it isn't installed."""
    office = shutil.which("soffice")
    if office is None:
        return []
    with tempfile.TemporaryDirectory() as profile:
        command = [office, "--headless", f"-env:UserInstallation={Path(profile).as_uri()}", "--convert-to", kind]
        command += ["--outdir", str(files[0].parent), *map(str, files)]
        subprocess.run(command, check=True, timeout=OFFICE_SECONDS, capture_output=True)  # noqa: S603
    return [file.with_suffix(f".{kind}") for file in files]
