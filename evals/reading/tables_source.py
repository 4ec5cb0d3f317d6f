"""The tables of the bundled documents as their files hold them, taken without the readers that are measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

MIN_ROWS = 3
MIN_COLUMNS = 4
"""Letterheads and signatures have two columns; a procedure's fields are no table of tasks or figures."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceCell:
    """A cell with its lines, the columns and rows that it covers, and whether it is a title."""

    lines: tuple[str, ...] = ()
    columns: int = 1
    rows: int = 1
    bold: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.lines)


@dataclass(frozen=True, slots=True)
class SourceTable:
    """`rows` holds for each row the cells that begin in it; `titles` counts the rows of column titles."""

    name: str
    rows: tuple[tuple[SourceCell, ...], ...]
    titles: int = 1

    def grid(self) -> list[list[SourceCell]]:
        """A cell for each place: one that covers several stands at each of them."""
        places: dict[tuple[int, int], SourceCell] = {}
        for row, cells in enumerate(self.rows):
            column = 0
            for cell in cells:
                while (row, column) in places:
                    column += 1
                for down in range(cell.rows):
                    for across in range(cell.columns):
                        places[row + down, column + across] = cell
                column += cell.columns
        width = 1 + max(column for _, column in places)
        return [[places.get((row, column), SourceCell()) for column in range(width)] for row in range(len(self.rows))]

    def columns(self) -> list[str]:
        """One name a column, the titles over each other joined by a slash."""
        names: list[str] = []
        for titles in zip(*self.grid()[: self.titles], strict=True):
            distinct = dict.fromkeys(cell.text for cell in titles if not re.fullmatch(r"\(?\d{1,2}\)?", cell.text))
            names.append(" / ".join(distinct))
        return names

    def records(self) -> list[list[SourceCell]]:
        """The rows under the titles that hold anything."""
        return [row for row in self.grid()[self.titles :] if any(cell.lines for cell in row)]


def corpus_tables(folder: Path) -> list[tuple[Path, list[SourceTable]]]:
    """The tables of tasks and figures in each bundled document that has some."""
    read = {".docx": docx_tables, ".html": html_tables, ".md": markdown_tables}
    found = [(path, list(read[path.suffix](path))) for path in sorted(folder.iterdir()) if path.suffix in read]
    kept = [(path, [table for table in tables if _is_data(table)]) for path, tables in found]
    return [(path, tables) for path, tables in kept if tables]


def _is_data(table: SourceTable) -> bool:
    return len(table.rows) >= MIN_ROWS and len(table.grid()[0]) >= MIN_COLUMNS


def docx_tables(path: Path) -> Iterator[SourceTable]:
    import docx

    for number, table in enumerate(docx.Document(str(path)).tables, 1):
        places = [list(row.cells) for row in table.rows]  # a merged cell is the same object's text at all its places
        rows = tuple(tuple(_docx_cells(places, row)) for row in range(len(places)))
        yield SourceTable(f"{path.stem} {number}", rows, _reach(rows))


def _docx_cells(places: list[list[Any]], row: int) -> Iterator[SourceCell]:
    elements = [[cell._tc for cell in line] for line in places]  # noqa: SLF001
    for column, cell in enumerate(places[row]):
        own = elements[row][column]
        if (column and elements[row][column - 1] is own) or (row and own in elements[row - 1]):
            continue
        across = sum(other is own for other in elements[row])
        down = sum(own in line for line in elements[row:])
        lines = [line.strip() for paragraph in cell.paragraphs for line in paragraph.text.split("\n")]
        bold = all(run.bold for paragraph in cell.paragraphs for run in paragraph.runs)
        yield SourceCell(tuple(filter(None, lines)), across, down, bold)


def _reach(rows: tuple[tuple[SourceCell, ...], ...]) -> int:
    """How many rows the first row's cells cover: the rows of titles."""
    return max(cell.rows for cell in rows[0])


def html_tables(path: Path) -> Iterator[SourceTable]:
    parser = _Tables()
    parser.feed(path.read_text(encoding="utf-8"))
    for number, rows in enumerate(parser.tables, 1):
        table = tuple(tuple(row) for row in rows)
        yield SourceTable(f"{path.stem} {number}", table, _reach(table))


class _Tables(HTMLParser):
    """Collects `<table>`s, which are not nested in the bundled pages."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[SourceCell]]] = []
        self._open: tuple[str, dict[str, str | None]] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self._open, self._text = (tag, dict(attrs)), ""
        elif tag == "br":
            self._text += "\n"

    def handle_data(self, data: str) -> None:
        self._text += data.replace("\n", " ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._open is not None:
            lines = tuple(filter(None, (" ".join(line.split()) for line in self._text.split("\n"))))
            columns, rows = (int(self._open[1].get(name) or 1) for name in ("colspan", "rowspan"))
            self.tables[-1][-1].append(SourceCell(lines, columns, rows, bold=self._open[0] == "th"))
            self._open = None


def markdown_tables(path: Path) -> Iterator[SourceTable]:
    block: list[str] = []
    number = 0
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("|"):
            block.append(line)
        elif block:
            number += 1
            rows = [
                [cell.strip() for cell in row.strip("|").split("|")]
                for row in block
                if not re.fullmatch(r"[|: -]+", row)
            ]
            yield from _plain(f"{path.stem} {number}", rows)
            block = []


def _plain(name: str, rows: Iterable[Iterable[str]]) -> Iterator[SourceTable]:
    yield SourceTable(name, tuple(tuple(SourceCell((text,) if text else ()) for text in row) for row in rows))


def _cell(text: str = "", columns: int = 1, rows: int = 1, *, bold: bool = False) -> SourceCell:
    return SourceCell(tuple(filter(None, text.split("\n"))), columns, rows, bold)


def drawn_table(groups: int = 4, tasks: int = 12) -> SourceTable:
    """What the bundled tables lack, in one: titles over each other with the columns' numbers, group rows over the
    whole width, numbering that begins again in each group, a deliverable over two tasks, blanks, `02`, and cells of
    several lines; long enough for three pages."""
    rows: list[tuple[SourceCell, ...]] = [
        (
            *(_cell(text, rows=2, bold=True) for text in ("STT", "Nhiệm vụ", "Sản phẩm")),
            _cell("Kết quả", columns=2, bold=True),
            *(_cell(text, rows=2, bold=True) for text in ("Chủ trì", "Thời hạn")),
        ),
        (_cell("Năm 2023", bold=True), _cell("Năm 2024", bold=True)),
        tuple(_cell(f"({number})") for number in range(1, 8)),
    ]
    for group in range(groups):
        rows.append(
            (_cell(("I", "II", "III", "IV", "V", "VI")[group], bold=True), _cell(GROUPS[group % 4], 6, bold=True))
        )
        rows.extend(tuple(_task(group, task)) for task in range(tasks))
    return SourceTable("bảng tự dựng", tuple(rows), titles=3)


GROUPS = ("Cải cách thể chế", "Cải cách thủ tục hành chính", "Chuyển đổi số", "Nâng cao chất lượng nguồn nhân lực")
TASKS = (
    "Rà soát văn bản quy phạm pháp luật do tỉnh ban hành, kiến nghị sửa đổi những quy định chồng chéo",
    "Cắt giảm thời gian giải quyết hồ sơ đất đai, xây dựng, đầu tư",
    "Đưa vào vận hành kho dữ liệu hồ sơ đã số hóa và kết nối với các hệ thống dùng chung",
)


def _task(group: int, task: int) -> Iterator[SourceCell]:
    yield _cell(f"{task + 1:02d}")
    yield _cell(f"{TASKS[task % 3]} (đợt {group + 1}.{task + 1})")
    if task % 4 != 1:  # the row above holds it too
        yield _cell(f"Báo cáo số {group + 1}{task + 1}\nQuyết định của UBND tỉnh", rows=2 if task % 4 == 0 else 1)
    yield _cell(
        "" if task % 3 == 0 else f"{1000 + 37 * task}".replace("1", "1.", 1) if task % 3 == 1 else f"{60 + task},5%"
    )
    yield _cell("" if task % 5 == 0 else f"{task}")
    yield _cell("Sở Tư pháp\nSở Nội vụ\nUBND các địa phương" if task % 2 else "Văn phòng UBND tỉnh")
    yield _cell("Thường xuyên" if task % 6 == 5 else f"{28 - task}/6/2024")
