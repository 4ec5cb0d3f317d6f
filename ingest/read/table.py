"""A table's rows, merged cells resolved, so that each row can be understood by itself.

The format readers place cells on a grid; what follows from the grid alone is here: the text of a row, which rows are
headers, and whether a table only places text side by side.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.errors import UnreadableFile
from ingest.read.lines import MARKER, MOTTO
from ingest.types import Block

MAX_GRID = 1_000_000
"""Cells in one table, merged ones counted once a place. The largest statistics tables have tens of thousands."""

MAX_TEXT = 20_000_000
"""Characters in one table's rows: a long cell merged over thousands of rows repeats in each."""

MAX_HEADER_CHARS = 80
ORDINAL_TITLES = {"stt", "tt", "số tt", "số thứ tự", "no", "no."}
ORDINAL = re.compile(r"\(?(?:\d{1,4}(?:\.\d{1,3})*|[IVXL]{1,5}|[a-zđA-Z])[.)]?")
COLUMN_NUMBER = re.compile(r"\(?(\d{1,2}|[A-Z])\)?(?: *=.*)?")
NAMELESS = re.compile(
    r"(?:ubnd )?(?:thành phố|thị xã|thị trấn|tỉnh|huyện|quận|phường|xã|đặc khu)|sở|bộ|cục|vụ|viện|đài|trường|công ty",
    re.IGNORECASE,
)
"""A line of a narrow cell that ends before the name: `Thành phố` over `Hồ Chí Minh`."""

MAX_LAYOUT_ROWS = 6
MAX_LAYOUT_COLUMNS = 3
"""Headers and signatures stand in two columns, rarely three, and a few rows."""
MAX_LAYOUT_LINES = 30
"""In a cell; past it the table lays out a whole page, and its text is no header or signature."""


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A cell as written, once, however many places of the grid it covers: compared by identity."""

    blocks: tuple[Block, ...] = ()
    heading: bool = False

    @property
    def bold(self) -> bool:
        return bool(self.blocks) and all(block.bold for block in self.blocks)

    def text(self, *, header: bool = False) -> str:
        """The cell's lines as one: list items parted by `; `, the rest by a space."""
        return _join([block.text for block in self.blocks], header=header)


@dataclass(frozen=True, slots=True)
class Row:
    """One grid row, a cell for each column; `heading` is what the file itself declares."""

    cells: tuple[Cell, ...]
    heading: bool = False


EMPTY = Cell()


def place(rows: Iterable[tuple[bool, list[tuple[Cell, int, int]]]]) -> list[Row]:
    """Grid rows from rows of (cell, column span, row span), each with whether it is declared a header.

    Raises `UnreadableFile` for a grid past `MAX_GRID`.
    """
    grid: list[Row] = []
    hanging: dict[int, tuple[Cell, int]] = {}
    size = 0
    for heading, spans in rows:
        placed, hanging = _place_row(spans, hanging)
        size += len(placed)
        check_size(size)
        grid.append(Row(tuple(placed), heading))
    return grid


def check_size(cells: int) -> None:
    if cells > MAX_GRID:
        raise UnreadableFile(f"bảng quá lớn (hơn {MAX_GRID} ô); hãy tách bảng thành nhiều tệp nhỏ hơn")


def _place_row(
    spans: list[tuple[Cell, int, int]], hanging: dict[int, tuple[Cell, int]]
) -> tuple[list[Cell], dict[int, tuple[Cell, int]]]:
    """One row on the grid; `hanging` holds, by column, a cell from above and how many more rows it covers."""
    placed: list[Cell] = []
    below: dict[int, tuple[Cell, int]] = {}

    def put(cell: Cell, more: int) -> None:
        if more > 0:
            below[len(placed)] = (cell, more)
        placed.append(cell)

    def put_hanging() -> None:
        while (above := hanging.get(len(placed))) is not None:
            put(above[0], above[1] - 1)

    for cell, columns, rows in spans:
        put_hanging()
        for _ in range(columns):
            put(cell, rows - 1)
    put_hanging()
    last = max(hanging, default=-1)
    while len(placed) <= last:
        put(EMPTY, 0)
        put_hanging()
    return placed, below


def row_blocks(grid: list[Row], table: int) -> list[Block]:
    """The table's rows as blocks. A row that only repeats merged cells from above, or is empty, is dropped."""
    above: set[int] = set()
    blocks: list[Block] = []
    size = 0
    width = max((len(row.cells) for row in grid), default=0)
    for row, header in zip(grid, _headers(grid), strict=True):
        own = [cell for cell in row.cells if id(cell) not in above]
        above = {id(cell) for cell in row.cells}
        if any(cell.blocks for cell in own):
            blocks.append(_row_block(row, table, width, header=header))
            size += len(blocks[-1].text)
            if size > MAX_TEXT:
                raise UnreadableFile("bảng lặp lại quá nhiều chữ từ các ô gộp; hãy tách ô gộp rồi lưu lại")
    return blocks


def _row_block(row: Row, table: int, width: int, *, header: bool) -> Block:
    texts = {id(cell): cell.text(header=header) for cell in row.cells}
    cells = [texts[id(cell)] for cell in row.cells] + [""] * (width - len(row.cells))
    printed = [texts[id(cell)] for cell in _once(row.cells)]
    text = printed[0] + "".join(f" | {cell}" if cell else " |" for cell in printed[1:])
    bold = all(cell.bold for cell in row.cells if cell.blocks)
    page = max((cell.blocks[0].page or 0 for cell in row.cells if cell.blocks), default=0) or None
    return Block(text.strip(), kind="row", bold=bold, table=table, cells=tuple(cells), header=header, page=page)


def _once(cells: tuple[Cell, ...]) -> Iterator[Cell]:
    """Each cell once, where it begins; a row merged across prints its text a single time."""
    previous: Cell | None = None
    for cell in cells:
        if cell is EMPTY or cell is not previous:
            yield cell
        previous = cell


def _headers(grid: list[Row]) -> list[bool]:
    """Which rows are headers: those declared, or a first row that looks like one with the rows its cells reach into;
    the row of column numbers under them; and their repetitions further down."""
    count = _declared(grid) or _guessed(grid)
    if 0 < count < len(grid) and _numbers_columns(grid[count]):
        count += 1
    flags = [index < count or row.heading for index, row in enumerate(grid)]
    titles = {_key(row) for row in grid[:count]}
    return [flag or (bool(titles) and _key(row) in titles) for flag, row in zip(flags, grid, strict=True)]


def _declared(grid: list[Row]) -> int:
    return next((index for index, row in enumerate(grid) if not row.heading), len(grid))


def _guessed(grid: list[Row]) -> int:
    if len(grid) < 2 or not _looks_like_header(grid[0], grid[1]):
        return 0
    count = 1
    while count < len(grid) - 1 and _reaches_into(grid[count - 1], grid[count]):
        count += 1
    return count


def _looks_like_header(first: Row, second: Row) -> bool:
    """Short labels in every column, and either all bold or over a column that counts rows."""
    texts = [cell.text() for cell in first.cells]
    if len(set(texts)) < 2 or not all(0 < len(text) <= MAX_HEADER_CHARS for text in texts):
        return False
    if texts[0].lower() in ORDINAL_TITLES or all(cell.bold for cell in first.cells):
        return not ORDINAL.fullmatch(texts[0])
    below = second.cells[0].text() if second.cells else ""
    return not ORDINAL.fullmatch(texts[0]) and ORDINAL.fullmatch(below) is not None


def _reaches_into(upper: Row, lower: Row) -> bool:
    """A two-line header: some cell of the upper line covers the lower one too, another is divided there."""
    shared = {id(cell) for cell in upper.cells} & {id(cell) for cell in lower.cells if cell.blocks}
    spread = any(left is right and id(left) not in shared for left, right in pairwise(upper.cells))
    return bool(shared) and spread


def _numbers_columns(row: Row) -> bool:
    """A row like `(1) | (2) | (3)` or `A | B | 1 | 2`, by which forms name their columns."""
    marks = [COLUMN_NUMBER.fullmatch(cell.text()) for cell in _once(row.cells) if cell.blocks]
    numbers = [mark[1] for mark in marks if mark]
    digits = [int(number) for number in numbers if number.isdecimal()]
    return len(numbers) == len(marks) > 2 and len(digits) > 1 and digits == list(range(1, len(digits) + 1))


def _key(row: Row) -> tuple[str, ...]:
    """A header's words, by which its repetition is known: note marks, case and tone placement may differ."""
    texts = (unicodedata.normalize("NFD", cell.text(header=True)).casefold() for cell in row.cells)
    return tuple("".join(sign for sign in text if sign.isalpha() or sign.isdecimal()) for text in texts)


def _join(texts: list[str], *, header: bool) -> str:
    if not texts:
        return ""
    joined = texts[0]
    for before, after in pairwise(texts):
        joined += (" " if header or not _parted(before, after) else "; ") + after
    return joined


def _parted(before: str, after: str) -> bool:
    """Whether two lines of a cell are two entries (agencies, deliverables), not one wrapped by hand."""
    if before[-1] in ".;:,!?-–" or NAMELESS.fullmatch(before):
        return False
    return MARKER.match(after) is not None or (after[0].isupper() and not after.isupper() and not before.isupper())


def is_layout(grid: list[Row], *, bordered: bool) -> bool:
    """Whether a table only places text: no lines round its cells, few columns and rows, and no header."""
    columns = max((len(row.cells) for row in grid), default=0)
    if bordered or len(grid) > MAX_LAYOUT_ROWS or not 1 < columns <= MAX_LAYOUT_COLUMNS:
        return False
    return not any(row.heading for row in grid) and (not _guessed(grid) or _looks_like_letterhead(grid[0]))


def is_letterhead(grid: list[Row]) -> bool:
    """Whether a table with lines or without is a document's letterhead: the motto of state or Party stands in it."""
    said = (cell.text() for row in grid[:MAX_LAYOUT_ROWS] for cell in row.cells)
    return len(grid) <= MAX_LAYOUT_ROWS and any(map(MOTTO.match, said))


def _looks_like_letterhead(first: Row) -> bool:
    """Letterheads are bold like column titles, but stand in capitals or in several lines, and count nothing."""
    spread = any(len(cell.blocks) > 1 or cell.text().isupper() for cell in first.cells)
    return spread and first.cells[0].text().lower() not in ORDINAL_TITLES


def layout_blocks(grid: list[Row]) -> list[Block]:
    """The paragraphs of a layout table, cell by cell in reading order; rows of a real table within stay rows."""
    cells = list({id(cell): cell for row in grid for cell in row.cells}.values())
    placing = all(len(cell.blocks) <= MAX_LAYOUT_LINES for cell in cells)
    return [
        replace(block, layout=True, level=None) if placing and block.kind == "paragraph" else block
        for cell in cells
        for block in cell.blocks
    ]


def is_box(grid: list[Row]) -> bool:
    """Whether a table is a single cell: a frame round paragraphs."""
    return len(grid) == 1 and len(set(map(id, grid[0].cells))) == 1


def renumber(blocks: list[Block], first: int = 0) -> list[Block]:
    """The blocks with their tables counted from `first` in reading order."""
    ordinals: dict[int, int] = {}
    for block in blocks:
        if block.table is not None:
            ordinals.setdefault(block.table, first + len(ordinals))
    return [block if block.table is None else replace(block, table=ordinals[block.table]) for block in blocks]
