"""Ruled tables of PDF pages: the text of their cells, and tables that go on over pages put together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.read.pdf.columns import rows_of, together
from ingest.read.pdf.glyphs import Piece
from ingest.read.pdf.paper import Line
from ingest.read.pdf.paragraphs import Area, Placed, habits_of, is_full, joined, paragraphs
from ingest.read.pdf.rules import Grid
from ingest.read.table import EMPTY, ORDINAL, Cell, Row
from ingest.types import Block

MAX_PADDING = 6.0
"""Points between a cell's side and its text; Word's own is 5.4, LibreOffice's 2.8."""
SAME_WIDTH = 4.0
"""Points by which the columns of a table's two parts may differ."""
FRAMED_LINES = 6
"""A first or last row that is one cell with so many lines is text in a frame."""
X_HEIGHT = 0.3
"""Of the font size: how far over its baseline a letter's middle is."""

LinesOf = Callable[[Iterable[Piece]], list[Line]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that ends on `page`, or the part of it there. `unfinished` are cells of its last row in which the text
    fills its last line, so that it may go on."""

    page: int
    top: float
    bottom: float
    xs: tuple[float, ...]
    rows: tuple[Row, ...]
    unfinished: frozenset[Cell] = frozenset()


def table_of(
    grid: Grid, pieces: Sequence[Piece], turned: Sequence[Line], page: int, lines_of: LinesOf
) -> tuple[Table | None, list[Piece], list[Line]]:
    """A grid filled with the page's text, and the text outside of it; `turned` are lines that run up or down. A grid
    with text in one cell only is a frame or a drawing, and no table."""
    inside: dict[int, list[Piece]] = {}
    for piece in pieces:
        cell = _cell_at(grid, (piece.left + piece.right) / 2, piece.base - X_HEIGHT * piece.size)
        inside.setdefault(-1 if cell is None else cell, []).append(piece)
    upright: dict[int, list[Line]] = {}
    for line in turned:
        cell = _cell_at(grid, (line.left + line.right) / 2, (line.top + line.bottom) / 2)
        upright.setdefault(-1 if cell is None else cell, []).append(line)
    lines = {cell: lines_of(parts) for cell, parts in inside.items() if cell >= 0}
    framed = _framed(grid, lines)
    lines = {cell: found for cell, found in lines.items() if cell not in framed and found}
    if len(lines) < 2:
        return None, list(pieces), list(turned)
    outside = [piece for cell, parts in inside.items() if cell < 0 or cell in framed for piece in parts]
    made = _table(_without(grid, framed), lines, upright, page)
    return made, outside, upright.get(-1, [])


def _cell_at(grid: Grid, x: float, y: float) -> int | None:
    column, row = bisect_right(grid.xs, x) - 1, bisect_right(grid.ys, y) - 1
    if 0 <= column < len(grid.xs) - 1 and 0 <= row < len(grid.ys) - 1:
        return grid.owner[row][column]
    return None


def _framed(grid: Grid, lines: dict[int, list[Line]]) -> set[int]:
    """First and last rows that are text in a frame: a form printed round a table."""
    framed: set[int] = set()
    for rows in (grid.owner, grid.owner[::-1]):
        for row in rows:
            cell = row[0]
            if cell is None or len(set(row)) > 1 or len(row) < 2 or len(lines.get(cell, ())) < FRAMED_LINES:
                break
            framed.add(cell)
    return framed


def _without(grid: Grid, cells: set[int]) -> Grid:
    kept = [index for index, row in enumerate(grid.owner) if row[0] not in cells]
    if len(kept) == len(grid.owner):
        return grid
    return Grid(grid.xs, grid.ys[kept[0] : kept[-1] + 2], tuple(grid.owner[index] for index in kept))


def _table(grid: Grid, lines: dict[int, list[Line]], upright: dict[int, list[Line]], page: int) -> Table:
    areas = _areas(grid)
    padding = _padding(lines, areas)
    placed = {
        cell: _placed(found, Area(areas[cell].left + padding, areas[cell].right - padding), page)
        for cell, found in lines.items()
    }
    habits = replace(habits_of([one for found in placed.values() for one in found]), indented=False, spaced=False)
    cells = {cell: Cell(tuple(paragraphs(found, habits))) for cell, found in placed.items()}
    for cell, found in upright.items():
        if cell >= 0:
            turned = Block(joined([line.text for line in found]), bold=all(line.bold for line in found), page=page)
            cells[cell] = Cell((*cells[cell].blocks, turned) if cell in cells else (turned,))
    empty = {cell: Cell() for cell in areas if cell not in cells}
    rows = tuple(
        Row(tuple(EMPTY if cell is None else cells.get(cell) or empty[cell] for cell in row)) for row in grid.owner
    )
    last = {cell for cell in grid.owner[-1] if cell in placed}
    unfinished = frozenset(cells[cell] for cell in last if cell is not None and is_full(placed[cell][-1], None))
    return Table(page, grid.ys[0], grid.ys[-1], grid.xs, rows, unfinished)


def _areas(grid: Grid) -> dict[int, Area]:
    """Each cell from side to side."""
    areas: dict[int, Area] = {}
    for row in grid.owner:
        for column, cell in enumerate(row):
            if cell is not None:
                before = areas.get(cell, Area(grid.xs[column], grid.xs[column + 1]))
                areas[cell] = Area(min(before.left, grid.xs[column]), max(before.right, grid.xs[column + 1]))
    return areas


def _padding(lines: dict[int, list[Line]], areas: dict[int, Area]) -> float:
    insets = [
        min(line.left - areas[cell].left, areas[cell].right - line.right)
        for cell, found in lines.items()
        for line in found
    ]
    return min(max(min(insets, default=0.0), 0.0), MAX_PADDING)


def _placed(lines: Sequence[Line], area: Area, page: int) -> list[Placed]:
    rows = [together(row) for row in rows_of(lines)]
    return [Placed(line, page, area, fresh=index == 0) for index, line in enumerate(rows)]


def join(upper: Table, lower: Table) -> Table | None:
    """The two parts of a table that goes on over a page, as one: the header repeated on the second page left out, a
    row that the page parts put together. None where their columns differ."""
    widths = [[right - left for left, right in pairwise(table.xs)] for table in (upper, lower)]
    if len(widths[0]) != len(widths[1]):
        return None
    if any(abs(one - other) > SAME_WIDTH for one, other in zip(*widths, strict=True)):
        return None
    repeated = _repeated(upper.rows, lower.rows)
    head = tuple(Row(row.cells, heading=row.heading or index < repeated) for index, row in enumerate(upper.rows))
    rest = lower.rows[repeated:]
    if rest and _is_parted(upper, rest[0]):
        new = {id(above): _whole(above, below) for above, below in zip(head[-1].cells, rest[0].cells, strict=True)}
        new |= {id(below): new[id(above)] for above, below in zip(head[-1].cells, rest[0].cells, strict=True)}
        head = tuple(_replaced(row, new) for row in head)
        rest = tuple(_replaced(row, new) for row in rest[1:])
    elif rest:
        rest = _merged_down(head[-1], rest)
    return replace(lower, rows=head + rest)


def _repeated(upper: Sequence[Row], lower: Sequence[Row]) -> int:
    """How many rows at the top of both say the same: the header."""
    count = 0
    while count < min(len(upper), len(lower)):
        texts = [[cell.text(header=True) for cell in rows[count].cells] for rows in (upper, lower)]
        if texts[0] != texts[1] or not any(texts[0]):
            break
        count += 1
    return count


def _is_parted(upper: Table, row: Row) -> bool:
    """Whether a row goes on with the one at the foot of the page before: it has no number of its own, and text only
    under cells whose own text goes on."""
    above = upper.rows[-1]
    pairs = {(a, b) for a, b in zip(above.cells, row.cells, strict=True) if b.blocks}
    if not pairs or not above.cells[0].blocks or ORDINAL.fullmatch(row.cells[0].text()):
        return False
    return all(a in upper.unfinished and _follows(a.text(), b.text()) for a, b in pairs)


def _follows(before: str, after: str) -> bool:
    return after[0].islower() or before[-1] not in ".;:!?"


def _whole(above: Cell, below: Cell) -> Cell:
    if not above.blocks or not below.blocks:
        return above if above.blocks else below
    last, first = above.blocks[-1], below.blocks[0]
    seam = replace(last, text=joined([last.text, first.text]), bold=last.bold and first.bold)
    return Cell((*above.blocks[:-1], seam, *below.blocks[1:]))


def _replaced(row: Row, new: dict[int, Cell]) -> Row:
    return replace(row, cells=tuple(new.get(id(cell), cell) for cell in row.cells))


def _merged_down(above: Row, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """A cell merged over rows on both pages has its text on the first one: the empty one at the top of the second,
    which reaches over several rows, is the one above."""
    if len(rows) < 2:
        return rows
    new = {
        id(cell): over
        for over, cell, under in zip(above.cells, rows[0].cells, rows[1].cells, strict=True)
        if cell is under and not cell.blocks and cell is not EMPTY
    }
    return tuple(_replaced(row, new) for row in rows)
