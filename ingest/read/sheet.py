"""A worksheet's cells as a reader sees them: title lines, the tables between them, notes and signatures.

A sheet has no paragraphs and does not say where a table begins. Lines drawn round cells tell it; where an author drew
none, several filled columns in a row do. Hidden rows and columns are read like the others: filters hide rows, narrow
pages columns, and a list must be whole. Hidden sheets are the author's workings, and left out by the readers.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, groupby, takewhile

from ingest.errors import UnreadableFile
from ingest.read import table
from ingest.read.lines import lines
from ingest.types import Block

Place = tuple[int, int]  # row and column, from 0

MAX_CELLS = 200_000
"""In a workbook, empty ones with a format too. The largest tables of statistics have tens of thousands; these take
some 350 MB and ten seconds."""
MAX_TITLE_ROWS = 4
"""Column titles take two rows, three in large statistics tables, seldom four."""
GENERIC_NAME = re.compile(r"(?:sheet|trang tính|bảng tính)\s*\d*(?:\s*\(\d+\))?|0+", re.IGNORECASE)
FIGURE = re.compile(r"(?!(?:19|20)\d\d$)[-+(]?\d[\d.,]*\s*%?\)?")
"""Not a year, which may name a column."""
PLACED = re.compile(
    r"cộng h[oò][aà] xã hội|đảng cộng sản việt nam|độc lập\s*[-–]\s*tự do|số\s*:|tên đơn vị\s*:|nơi nhận\s*:"
    r"|(?:t/?m|k/?t|tl|tuq|q)\.\s|người lập|(?:phụ trách )?kế toán|thủ trưởng|(?:phó )?(?:giám đốc|chủ tịch)\b"
    r"|\W*ký\b.*(?:tên|dấu)|.*\bngày(?:\s*[\d.…]+\s*|\s{2,})tháng\b",
    re.IGNORECASE,
)
"""What stands side by side in a letterhead or over signatures, and heads no column."""


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell as shown; `sides` are those with a line drawn, of `lrtb`."""

    text: str = ""
    bold: bool = False
    sides: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells by place, those with text or lines. `merged` holds first row, last row, first column, last column;
    `titles` are the rows that the author declares to be column titles or has repeated on each printed page."""

    name: str
    cells: Mapping[Place, SheetCell]
    merged: Sequence[tuple[int, int, int, int]] = ()
    titles: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Line:
    """A row: the cells with text at its columns, those of them that begin here, and the lines drawn."""

    at: dict[int, table.Cell] = field(default_factory=dict)
    begins: list[tuple[int, table.Cell]] = field(default_factory=list)
    sides: dict[int, frozenset[str]] = field(default_factory=dict)
    gap: bool = False
    title: bool = False

    @property
    def ruled(self) -> bool:
        """Whether a reader sees boxes: two places with lines on two sides. A letterhead has single lines under it,
        and a title the table's upper edge."""
        return sum(len(sides) > 1 for sides in self.sides.values()) > 1

    @property
    def texts(self) -> list[str]:
        return [cell.text() for _, cell in self.begins]


def check_cells(cells: int) -> None:
    if cells > MAX_CELLS:
        raise UnreadableFile(
            f"bảng tính quá lớn (hơn {MAX_CELLS} ô, kể cả ô trống có định dạng); "
            "hãy xóa các dòng, cột trống có định dạng hoặc tách thành nhiều tệp"
        )


def sheet_blocks(sheets: Iterable[Sheet]) -> list[Block]:
    """The blocks of a workbook. A sheet's name heads it, but for the first one where that has a title of its own.

    Raises `UnreadableFile` for tables past the limits.
    """
    tables = count()
    blocks: list[Block] = []
    for sheet in sheets:
        found = [block for region in _regions(_rows(sheet)) for block in _region_blocks(region, tables)]
        untitled = bool(found) and found[0].kind == "row" and not GENERIC_NAME.fullmatch(sheet.name.strip())
        if found and (blocks or untitled):
            found.insert(0, Block(" ".join(sheet.name.split()), level=1))
        blocks += found
    return blocks


def _rows(sheet: Sheet) -> list[_Line]:
    """The rows with text or lines, in order."""
    at = {place: _cell(cell) for place, cell in sheet.cells.items() if lines(cell.text)}
    sides = {place: cell.sides for place, cell in sheet.cells.items() if cell.sides}
    _merge(sheet, at, sides)
    found: dict[int, _Line] = {}
    seen: set[int] = set()
    for row, column in sorted({*at, *sides}):
        line = found.setdefault(row, _Line(gap=row - 1 not in found, title=row in sheet.titles))
        line.sides[column] = sides.get((row, column), frozenset())
        cell = at.get((row, column))
        if cell is not None:
            line.at[column] = cell
            if id(cell) not in seen:
                line.begins.append((column, cell))
                seen.add(id(cell))
    return list(found.values())


def _cell(cell: SheetCell) -> table.Cell:
    return table.Cell(tuple(Block(line, bold=cell.bold) for line in lines(cell.text)))


def _merge(sheet: Sheet, at: dict[Place, table.Cell], sides: dict[Place, frozenset[str]]) -> None:
    """Put a merged cell at all of its places, as far as the sheet is used."""
    rows = sorted({row for row, _ in sheet.cells})
    columns = sorted({column for _, column in sheet.cells})
    size = 0
    for top, bottom, left, right in sheet.merged:
        across = columns[bisect_left(columns, left) : bisect_right(columns, right)]
        covered = [(row, col) for row in rows[bisect_left(rows, top) : bisect_right(rows, bottom)] for col in across]
        size += len(covered)
        table.check_size(size)
        drawn = frozenset[str]().union(*(sides.get(place, frozenset()) for place in covered))
        cell = at.get((top, left))
        for place in covered:
            sides[place] = drawn
            if cell is not None:
                at[place] = cell


def _regions(rows: Iterable[_Line]) -> list[list[_Line]]:
    """The rows in runs: those of a table with lines, and those between two."""
    regions: list[list[_Line]] = []
    for line in rows:
        if regions and _belongs(regions[-1], line):
            regions[-1].append(line)
        elif _mends(regions, line):
            between = regions.pop()
            regions[-1] += [*between, line]
        else:
            regions.append([line])
    return regions


def _belongs(region: list[_Line], line: _Line) -> bool:
    if line.ruled and region[-1].ruled:
        return not line.gap or (line.sides.keys() == region[-1].sides.keys() and not _is_titled(line))
    if region[0].ruled and not line.ruled:  # lines drawn round the column titles only
        ruled = sum(line.ruled and bool(line.begins) for line in region)
        return not line.gap and ruled < MAX_TITLE_ROWS and len(line.begins) > 1
    return not region[0].ruled and not line.ruled


def _mends(regions: list[list[_Line]], line: _Line) -> bool:
    """Whether a row with lines goes on with the table that a single row without lines has interrupted."""
    if len(regions) < 2 or not line.ruled or line.gap or _is_titled(line):
        return False
    between = regions[-1]
    return regions[-2][0].ruled and len(between) == 1 and not between[0].ruled and not between[0].gap


def _is_titled(line: _Line) -> bool:
    """Whether a row looks like column titles: it begins with STT, or is all words and bold."""
    texts = line.texts
    if not texts or texts[0].lower() in table.ORDINAL_TITLES:
        return bool(texts)
    return _is_wordy(line) and all(cell.bold for _, cell in line.begins)


def _is_wordy(line: _Line) -> bool:
    texts = line.texts
    return len(texts) > 1 and not table.ORDINAL.fullmatch(texts[0]) and not any(map(FIGURE.fullmatch, texts))


def _region_blocks(region: list[_Line], tables: Iterator[int]) -> Iterator[Block]:
    if region[0].ruled:
        yield from _table(region, tables)
        return
    for group in _groups(region):
        start = next((index for index in range(len(group)) if _opens_table(group[index:])), len(group))
        end = len(group)
        while end > start and len(group[end - 1].begins) < 2:
            end -= 1  # the source and notes under a table
        yield from _texts(group[:start])
        if start < end:
            yield from _table(group[start:end], tables)
        yield from _texts(group[end:])


def _groups(region: list[_Line]) -> list[list[_Line]]:
    """Rows between blank ones."""
    groups: list[list[_Line]] = [[]]
    for line in region:
        if line.gap:
            groups.append([])
        groups[-1].append(line)
    return groups


def _opens_table(rows: list[_Line]) -> bool:
    """Whether a table without lines begins here: titles from STT on, or three columns filled over two rows, or two
    columns over three."""
    first, *rest = rows
    texts = first.texts
    if len(texts) < 2 or not rest or any(map(PLACED.match, texts)):
        return False
    if texts[0].lower() in table.ORDINAL_TITLES:
        return True
    filled = len(list(takewhile(lambda line: len(line.begins) > 1, rest)))
    return filled > 1 or (filled > 0 and len(texts) > 2)


def _texts(rows: Sequence[_Line]) -> Iterator[Block]:
    """Lines of text; what stands side by side is a letterhead or signatures, or a remark behind its label."""
    for beside, group in groupby((line for line in rows if line.begins), key=lambda line: len(line.begins) > 1):
        run = [[cell for _, cell in line.begins] for line in group]
        if beside and any(PLACED.match(block.text) for cells in run for cell in cells for block in cell.blocks):
            ordered = [cells[index] for index in range(max(map(len, run))) for cells in run if index < len(cells)]
            yield from (replace(block, layout=True) for cell in ordered for block in cell.blocks)
        else:
            yield from (block for cells in run for block in _remark(cells))


def _remark(cells: Sequence[table.Cell]) -> Iterator[Block]:
    """The paragraphs of a row of text: `Ghi chú:` goes on in the next cell."""
    label, *rest = cells
    if rest and label.text().endswith(":"):
        text = " ".join(cell.text() for cell in cells)
        yield Block(text, bold=all(cell.bold for cell in cells))
    else:
        yield from (block for cell in cells for block in cell.blocks)


def _table(rows: Sequence[_Line], tables: Iterator[int]) -> list[Block]:
    rows = _filled(rows)
    columns = sorted({column for line in rows for column, _ in line.begins})
    if len(columns) < 2:  # a frame round a title
        return [block for line in rows for _, cell in line.begins for block in cell.blocks]
    grid = [table.Row(tuple(line.at.get(column, table.EMPTY) for column in columns), line.title) for line in rows]
    grid = _join_titles(grid, rows, columns)
    if not grid[0].heading and _names_columns(rows, len(columns)):
        grid[0] = replace(grid[0], heading=True)
    return table.row_blocks(grid, next(tables))


def _filled(rows: Sequence[_Line]) -> list[_Line]:
    """The rows with text; the lines under an empty one are the lower edge of the row above."""
    filled: list[_Line] = []
    for line in rows:
        if line.at:
            filled.append(line)
        elif filled:
            edges = {
                column: filled[-1].sides.get(column, frozenset()) | (sides & {"b"})
                for column, sides in line.sides.items()
            }
            filled[-1] = replace(filled[-1], sides=filled[-1].sides | edges)
    return filled


def _names_columns(rows: Sequence[_Line], columns: int) -> bool:
    """Whether the first row has a word for every column, and figures stand below."""
    first, below = rows[0], [text for line in rows[1:4] for text in line.texts]
    return len(first.begins) == columns and _is_wordy(first) and any(map(FIGURE.fullmatch, below))


def _join_titles(grid: list[table.Row], rows: Sequence[_Line], columns: Sequence[int]) -> list[table.Row]:
    """Column titles reach down to the first line drawn under all columns. Cells of theirs with no line between them
    are one cell to the reader, though the author did not merge them: `Đơn vị` over `tính`."""
    depth = _title_depth(grid, rows, columns)
    titled = any(map(_is_titled, rows[:depth])) or (depth > 1 and _is_wordy(rows[0]))
    if not titled or any(FIGURE.fullmatch(text) for line in rows[: depth - 1] for text in line.texts):
        return grid
    top = [list(row.cells) for row in grid[:depth]]
    for place, column in enumerate(columns):
        for index in range(1, depth):
            above, cell = top[index - 1][place], top[index][place]
            if above is not cell and not _parted(rows[index - 1], rows[index], column):
                whole = table.Cell(above.blocks + cell.blocks)
                for row in top[: index + 1]:
                    row[place] = whole if row[place] in {above, cell} else row[place]
    return [*(table.Row(tuple(cells), heading=True) for cells in top), *grid[depth:]]


def _title_depth(grid: list[table.Row], rows: Sequence[_Line], columns: Sequence[int]) -> int:
    """How many rows stand above the first line under all columns; 0 where none is near."""
    boxed = [column for column in columns if rows[0].sides.get(column)]  # not what stands beside the table
    for index in range(min(len(grid) - 1, MAX_TITLE_ROWS) if boxed else 0):
        upper, lower = grid[index].cells, grid[index + 1].cells
        merged = any(a is b and a is not table.EMPTY for a, b in zip(upper, lower, strict=True))
        if not merged and all(_parted(rows[index], rows[index + 1], column) for column in boxed):
            return index + 1
    return 0


def _parted(upper: _Line, lower: _Line, column: int) -> bool:
    return "b" in upper.sides.get(column, ()) or "t" in lower.sides.get(column, ())
