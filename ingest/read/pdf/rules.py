"""The ruled lines of a PDF page, and the grids of cells that they make; also how much of the page is images.

Word draws a table's lines as thin filled rectangles, a cell's side each; others stroke lines or whole cells. What is
here is geometry only, and takes time in proportion to the lines: pdfplumber finds the same cells in seconds where a
statistics table has a thousand.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

from ingest.read.pdf.glyphs import Turn

THIN = 3.0
"""Points. A filled shape not wider than this is a line; borders are 0.5 to 2.25."""
SNAP = 2.0
"""Points. Lines that lie so near to each other are one: the sides of neighbouring cells, double borders."""
REACH = 3.0
"""Points. Line ends so near are joined."""
MIN_LENGTH = 4.0
"""Points. Shorter strokes are parts of drawings."""
MAX_SHAPES = 20_000
"""On a page, forms and their insides counted. Statistics tables have some thousands; past it the page is a map."""
MAX_SEGMENTS = 2_000
"""Of one shape."""
MAX_DEPTH = 4
"""Of forms within forms."""
MAX_LINES = 2_000
"""On a page after joining; the work grows with horizontal times vertical ones."""


MAX_PLACES = 200_000
"""Of one grid."""
MIN_TOGETHER = 3
"""Lines that end at one place, for them to be a table's open side and no chance."""


class Edge(NamedTuple):
    """A line at `at` (down the page for a horizontal one, across for a vertical one) from `start` to `end`."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Drawing:
    """What a page draws besides text: its straight lines, joined, how many shapes there are, and the area of its
    images in square points."""

    horizontal: list[Edge] = field(default_factory=list)
    vertical: list[Edge] = field(default_factory=list)
    images: float = 0.0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: `xs` and `ys` are the places of its lines; `owner[row][column]` tells the cell, counted from 0,
    that each place between lines belongs to, None for places outside."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    owner: tuple[tuple[int | None, ...], ...]


@dataclass(slots=True)
class _Matrix:
    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def apply(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def within(self, outer: _Matrix) -> _Matrix:
        """What it is to apply it first, then the outer one."""
        e, f = outer.apply(self.e, self.f)
        return _Matrix(
            outer.a * self.a + outer.c * self.b,
            outer.b * self.a + outer.d * self.b,
            outer.a * self.c + outer.c * self.d,
            outer.b * self.c + outer.d * self.d,
            e,
            f,
        )


def drawing(page: pypdfium2.PdfPage, turn: Turn) -> Drawing:
    """The page's lines, joined, and images, as read; a page of more than `MAX_SHAPES` shapes has no lines."""
    found = Drawing()
    lines: list[tuple[float, float, float, float]] = []
    for kind, shape, matrix in _shapes(page):
        found.count += 1
        if found.count > MAX_SHAPES:
            return Drawing(images=found.images, count=found.count)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            lines.extend(_strokes(shape, matrix))
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            found.images += abs(matrix.a * matrix.d - matrix.b * matrix.c)
    for x1, y1, x2, y2 in lines:
        left, top = turn.place(x1, y1)
        right, bottom = turn.place(x2, y2)
        if abs(bottom - top) < abs(right - left):
            found.horizontal.append(Edge((top + bottom) / 2, min(left, right), max(left, right)))
        else:
            found.vertical.append(Edge((left + right) / 2, min(top, bottom), max(top, bottom)))
    found.horizontal, found.vertical = joined(found.horizontal), joined(found.vertical)
    return found


def _shapes(page: pypdfium2.PdfPage) -> Iterator[tuple[int, raw.FPDF_PAGEOBJECT, _Matrix]]:
    """The page's objects other than text with their places, those within forms too."""
    opened = [(raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, page.raw, _Matrix(), 0)]
    while opened:
        count, get, holder, outer, depth = opened.pop()
        for index in range(min(count(holder), 4 * MAX_SHAPES)):
            shape = get(holder, index)
            kind = raw.FPDFPageObj_GetType(shape)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                continue
            matrix = _matrix(shape).within(outer)
            if kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
                opened.append((raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, shape, matrix, depth + 1))
            yield kind, shape, matrix


def _matrix(shape: raw.FPDF_PAGEOBJECT) -> _Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(shape, found):
        return _Matrix()
    return _Matrix(found.a, found.b, found.c, found.d, found.e, found.f)


def _strokes(shape: raw.FPDF_PAGEOBJECT, matrix: _Matrix) -> Iterator[tuple[float, float, float, float]]:
    """The straight lines, across or down, that a shape shows: those it strokes, and thin filled parts."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(shape, fill, stroke)
    if not fill.value and not stroke.value:
        return
    for points in _outlines(shape, matrix):
        xs, ys = [x for x, _ in points], [y for _, y in points]
        width, height = max(xs) - min(xs), max(ys) - min(ys)
        if min(width, height) <= THIN:
            if max(width, height) >= MIN_LENGTH:
                x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
                yield (min(xs), y, max(xs), y) if width > height else (x, min(ys), x, max(ys))
        elif stroke.value:
            for (x1, y1), (x2, y2) in pairwise(points):
                straight = min(abs(x1 - x2), abs(y1 - y2)) < THIN / 3
                if straight and max(abs(x1 - x2), abs(y1 - y2)) >= MIN_LENGTH:
                    yield x1, y1, x2, y2


def _outlines(shape: raw.FPDF_PAGEOBJECT, matrix: _Matrix) -> Iterator[list[tuple[float, float]]]:
    """The corners of each part of a shape, closed where it closes itself; parts with curves are left out."""
    count = raw.FPDFPath_CountSegments(shape)
    if count > MAX_SEGMENTS:
        return
    points: list[tuple[float, float]] = []
    curved = False
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(shape, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1 and not curved:
                yield points
            points, curved = [], False
        curved = curved or kind == raw.FPDF_SEGMENT_BEZIERTO
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(matrix.apply(x.value, y.value))
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if len(points) > 1 and not curved:
        yield points


def joined(edges: Sequence[Edge]) -> list[Edge]:
    """Lines at one place as one place, those end to end as one line."""
    joined: list[Edge] = []
    for group in _near(edges, lambda edge: edge.at, SNAP):
        at = sum(edge.at for edge in group) / len(group)
        for edge in sorted(group, key=lambda edge: edge.start):
            if joined and joined[-1].at == at and edge.start <= joined[-1].end + REACH:
                joined[-1] = joined[-1]._replace(end=max(joined[-1].end, edge.end))
            else:
                joined.append(Edge(at, edge.start, edge.end))
    return joined


def _near(edges: Iterable[Edge], key: Callable[[Edge], float], tolerance: float) -> Iterator[list[Edge]]:
    """Edges in groups whose neighbours' keys differ by no more than the tolerance."""
    group: list[Edge] = []
    for edge in sorted(edges, key=key):
        if group and key(edge) - key(group[-1]) > tolerance:
            yield group
            group = []
        group.append(edge)
    if group:
        yield group


def grids(found: Drawing) -> list[Grid]:
    """The tables that the lines make, from the top down."""
    if len(found.horizontal) + len(found.vertical) > MAX_LINES:
        return []
    made = [_grid(*_closed(horizontal, vertical)) for horizontal, vertical in _connected(found)]
    return sorted((grid for grid in made if grid is not None), key=lambda grid: (grid.ys[0], grid.xs[0]))


def _connected(found: Drawing) -> Iterator[tuple[list[Edge], list[Edge]]]:
    """The lines in groups that touch each other."""
    across = len(found.horizontal)
    above = list(range(across + len(found.vertical)))

    def top(index: int) -> int:
        while above[index] != index:
            above[index] = above[above[index]]
            index = above[index]
        return index

    for i, h in enumerate(found.horizontal):
        for j, v in enumerate(found.vertical, across):
            if h.start - REACH <= v.at <= h.end + REACH and v.start - REACH <= h.at <= v.end + REACH:
                above[top(i)] = top(j)
    groups: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for index, edge in enumerate((*found.horizontal, *found.vertical)):
        groups.setdefault(top(index), ([], []))[index >= across].append(edge)
    yield from groups.values()


def _closed(horizontal: list[Edge], vertical: list[Edge]) -> tuple[list[Edge], list[Edge]]:
    """Tables without lines at their sides, or at the foot or head of a page: where lines all end together, they are
    closed."""
    if not horizontal or not vertical:
        return horizontal, vertical
    return (
        [*horizontal, *_sides(vertical, horizontal)],
        [*vertical, *_sides(horizontal, vertical)],
    )


def _sides(ending: Sequence[Edge], closing: Sequence[Edge]) -> Iterator[Edge]:
    first, last = min(edge.start for edge in ending), max(edge.end for edge in ending)
    reach = min(edge.at for edge in ending), max(edge.at for edge in ending)
    for place, outer, ends in (
        (first, min(edge.at for edge in closing) - first, [edge.start for edge in ending]),
        (last, last - max(edge.at for edge in closing), [edge.end for edge in ending]),
    ):
        together = sum(abs(end - place) <= SNAP for end in ends)
        if outer > MIN_LENGTH and together >= MIN_TOGETHER and 2 * together > len(ends):
            yield Edge(place, *reach)


def _grid(horizontal: Sequence[Edge], vertical: Sequence[Edge]) -> Grid | None:
    xs, ys = sorted({edge.at for edge in vertical}), sorted({edge.at for edge in horizontal})
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > MAX_PLACES:
        return None
    beside = _walls(vertical, xs, ys)
    below = _walls(horizontal, ys, xs)
    owner = _owners(len(ys) - 1, len(xs) - 1, beside, below)
    rows = [0, *(row for row in range(1, len(owner)) if owner[row] != owner[row - 1])]
    columns = list(zip(*owner, strict=True))
    kept = [0, *(column for column in range(1, len(columns)) if columns[column] != columns[column - 1])]
    return Grid(
        (*(xs[column] for column in kept), xs[-1]),
        (*(ys[row] for row in rows), ys[-1]),
        tuple(tuple(owner[row][column] for column in kept) for row in rows),
    )


def _walls(edges: Sequence[Edge], places: Sequence[float], steps: Sequence[float]) -> set[tuple[int, int]]:
    """(place, step): a line at `places[place]` along most of the way from `steps[step]` to the next."""
    index = {at: place for place, at in enumerate(places)}
    walls: set[tuple[int, int]] = set()
    for edge in edges:
        for step, (start, end) in enumerate(pairwise(steps)):
            if edge.start <= start + 0.3 * (end - start) and edge.end >= end - 0.3 * (end - start):
                walls.add((index[edge.at], step))
    return walls


def _owners(
    rows: int, columns: int, beside: set[tuple[int, int]], below: set[tuple[int, int]]
) -> list[list[int | None]]:
    """The cell of each place of the grid: places without a wall between them are one cell, what is open to the
    outside is none. Cells count from the top left."""
    owner: list[list[int | None]] = [[None] * columns for _ in range(rows)]
    seen: set[tuple[int, int]] = set()
    cells = 0
    for start in ((row, column) for row in range(rows) for column in range(columns)):
        if start in seen:
            continue
        cell = _flood(start, rows, columns, beside, below)
        seen |= cell
        if all(0 <= row < rows and 0 <= column < columns for row, column in cell):
            for row, column in cell:
                owner[row][column] = cells
            cells += 1
    return owner


def _flood(
    start: tuple[int, int], rows: int, columns: int, beside: set[tuple[int, int]], below: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """The places that can be reached without crossing a wall; (-1, -1) stands for the outside."""
    reached = {start}
    waiting = [start]
    while waiting:
        row, column = waiting.pop()
        for next_row, next_column, wall in (
            (row, column - 1, (column, row) in beside),
            (row, column + 1, (column + 1, row) in beside),
            (row - 1, column, (row, column) in below),
            (row + 1, column, (row + 1, column) in below),
        ):
            inside = 0 <= next_row < rows and 0 <= next_column < columns
            place = (next_row, next_column) if inside else (-1, -1)
            if not wall and place not in reached:
                reached.add(place)
                if inside:
                    waiting.append(place)
    return reached
