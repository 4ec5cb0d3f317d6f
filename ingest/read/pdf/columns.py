"""Lines of a page to lines in reading order: what stands side by side is read left, then right.

Headers and signatures stand in two columns (the body left, the motto right; the number left, the date right), now and
then in three, and some print whole pages in two. A line that is only stretched, or a form's blanks, is put together
again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from ingest.read.pdf.paper import Line

SAME_ROW = 0.35
"""Of the font size: bottoms that differ less stand beside each other."""
SEED = 1.6
"""Of the font size: a gap that may part columns. Justified lines seldom have gaps over 1.2."""
GUTTER = 0.6
"""Of the font size: what must stay free between two columns over all of their rows. A table's padding gives 0.8."""
FAR = 8.0
"""Of the font size: rows further below are no more of these columns. A signature takes five or six lines."""
LEFT_FAR = 3.0
"""The same for a line centred below the left column: the number below the body's name."""
NEAR = 1.8
ALIGNED = 0.7
"""Of the font size: a row with one side only goes on with columns that it stands so near below and so much in line
with."""
SAME_SIZE = 0.1
"""Share."""
LOWER = 0.75
"""Of the font size: how much lower one column may begin than the other."""
NEW_BAND = 1.5
"""Of the font size: where both columns have such a gap above a common row, a new row of the header begins."""
MAX_ROWS = 12
"""Rows with two sides. Headers and signatures have fewer; more are an unruled table, or a page in two columns."""
MAX_LINES = 30
"""In one column of a header or signature, as for tables without lines."""
MAX_WIDTH = 0.65
"""Of both columns: a longer line of a header or signature is an exception."""
MAX_WIDE = 2
FILLED = 0.6
"""Share of the lines that fill their column, in pages printed in two."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Lines under each other. `aside` marks those of a header or signature, which has another beside it, `column`
    those of a page in columns."""

    lines: tuple[Line, ...]
    aside: bool = False
    column: bool = False


class Gutter(NamedTuple):
    left: float
    right: float


class _Region(NamedTuple):
    """Rows from `start` up to `end`, with nothing in the gutter."""

    start: int
    end: int
    gutter: Gutter


def strips(lines: Iterable[Line]) -> list[Strip]:
    """The lines of a page, or of a part of it, in reading order."""
    rows = rows_of(lines)
    found: list[Strip] = []
    plain = index = 0
    while index < len(rows):
        region = _region(rows, index, plain)
        parted = _columns(rows, region) if region else None
        if region is None or parted is None:
            index += 1
            continue
        found += [Strip(tuple(map(together, rows[plain : region.start]))), *parted]
        plain = index = region.end
    found.append(Strip(tuple(map(together, rows[plain:]))))
    return [strip for strip in found if strip.lines]


def rows_of(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines beside each other, left to right, from the top down."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.bottom):
        if rows and line.bottom - rows[-1][0].bottom <= SAME_ROW * max(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def together(row: Sequence[Line]) -> Line:
    """The parts of a row as one line."""
    if len(row) == 1:
        return row[0]
    longest = max(row, key=lambda line: len(line.text))
    return replace(
        longest,
        text=" ".join(line.text for line in row),
        left=row[0].left,
        right=max(line.right for line in row),
        bold=all(line.bold for line in row),
    )


def _region(rows: Sequence[Sequence[Line]], first: int, top: int) -> _Region | None:
    """The columns that the rows at `first` begin, with rows from `top` on that belong to their right side."""
    end = first + 1
    gutter = _gap(rows[first])
    if gutter is None and end < len(rows) and _drop(rows[first], rows[end]) <= LOWER:
        gutter = _gap(sorted((*rows[first], *rows[end]), key=lambda line: line.left))
        end += 1
    if gutter is None:
        return None
    narrowed: Gutter | None = gutter
    for index in range(end, len(rows)):
        row = rows[index]
        narrowed = _narrowed(narrowed, row) if narrowed else None
        if narrowed is None or _drop(rows[index - 1], row) > FAR:
            break
        if _is_two_sided(row, narrowed) or _goes_on(row, rows[first:end], narrowed):
            end, gutter = index + 1, narrowed
    while first > top and (above := _heads(rows[first - 1], rows[first:end], gutter)):
        first, gutter = first - 1, above
    return _Region(first, end, gutter) if end > first + 1 else None


def _drop(row: Sequence[Line], below: Sequence[Line]) -> float:
    """How far one row is below the other, over their size."""
    return (below[0].bottom - row[0].bottom) / max(row[0].size, below[0].size)


def _gap(row: Sequence[Line]) -> Gutter | None:
    """The widest gap in a row, if it may part columns."""
    gaps = [Gutter(left.right, right.left) for left, right in pairwise(row)]
    widest = max(gaps, key=lambda gap: gap.right - gap.left, default=None)
    if widest is None or widest.right - widest.left < SEED * max(line.size for line in row):
        return None
    return widest


def _heads(row: Sequence[Line], below: Sequence[Sequence[Line]], gutter: Gutter) -> Gutter | None:
    """What of the gutter is left by a row above that is parted there too, by a smaller gap, or stands over the right
    column only, which begins higher than the left one: `TM. CHÍNH PHỦ`; None where it is neither."""
    line = together(row)
    narrowed = _narrowed(gutter, row)
    if narrowed and _is_two_sided(row, narrowed) and _drop(row, below[0]) <= NEAR:
        return narrowed
    right = next((part for other in below for part in other if part.left >= gutter.right), None)
    if narrowed is None or right is None or line.left < narrowed.right:
        return None
    near = right.bottom - line.bottom <= NEAR * line.size
    return narrowed if near and _off_centre(line, right) <= ALIGNED * line.size else None


def _narrowed(gutter: Gutter, row: Sequence[Line]) -> Gutter | None:
    """What of the gutter a row leaves free; None where it goes across."""
    middle = (gutter.left + gutter.right) / 2
    left = [line.right for line in row if (line.left + line.right) / 2 < middle]
    right = [line.left for line in row if (line.left + line.right) / 2 >= middle]
    narrowed = Gutter(max([gutter.left, *left]), min([gutter.right, *right]))
    return narrowed if narrowed.right - narrowed.left >= GUTTER * row[0].size else None


def _is_two_sided(row: Sequence[Line], gutter: Gutter) -> bool:
    return any(line.right <= gutter.left for line in row) and any(line.left >= gutter.right for line in row)


def _goes_on(row: Sequence[Line], above: Sequence[Sequence[Line]], gutter: Gutter) -> bool:
    """Whether a row with one side only belongs to that side's column above it: next to it, or centred below it, as the
    signer's name is."""
    line = together(row)
    on_left = line.right <= gutter.left
    column = [part for other in above for part in other if (part.right <= gutter.left) == on_left][-3:]
    if not column:
        return False
    distance = (line.bottom - column[-1].bottom) / max(line.size, column[-1].size)
    if distance <= NEAR:
        return any(_aligned(line, part) for part in column)
    far = LEFT_FAR if on_left else FAR
    return distance <= far and any(_off_centre(line, part) <= ALIGNED * line.size for part in column)


def _aligned(line: Line, other: Line) -> bool:
    """Centred below another line, or a list's next line, which looks the same or is smaller than its heading."""
    same = line.bold == other.bold and abs(line.size - other.size) <= SAME_SIZE * line.size
    smaller = line.size < (1 - SAME_SIZE) * other.size
    off_left = abs(line.left - other.left) if same or smaller else math.inf
    return min(_off_centre(line, other), off_left) <= ALIGNED * line.size


def _off_centre(line: Line, other: Line) -> float:
    return abs(line.left + line.right - other.left - other.right) / 2


def _columns(page: Sequence[Sequence[Line]], region: _Region) -> list[Strip] | None:
    """The columns' lines, band by band; None where the rows are lines after all."""
    gutter, rows = region.gutter, page[region.start : region.end]
    if any(_narrowed(gutter, row) is None for row in rows):
        return None
    left = [line for row in rows for line in row if line.right <= gutter.left]
    right = [line for row in rows for line in row if line.left >= gutter.right]
    two_sided = sum(_is_two_sided(row, gutter) for row in rows)
    header = two_sided <= MAX_ROWS and not any(_is_text(side, rows) for side in (left, right))
    if not header and not (_is_filled(left) and _is_filled(right)):
        return None
    found: list[Strip] = []
    for band in _bands(rows, gutter):
        for side in ([p for p in band if p.right <= gutter.left], [p for p in band if p.left >= gutter.right]):
            found += [replace(strip, aside=header, column=not header) for strip in strips(side)]
    return found


def _is_text(column: Sequence[Line], rows: Sequence[Sequence[Line]]) -> bool:
    """Whether one column is the page's text, with a stamp or a mark beside it."""
    width = max(row[-1].right for row in rows) - min(row[0].left for row in rows)
    wide = sum(line.right - line.left > MAX_WIDTH * width for line in column)
    return len(column) > MAX_LINES or wide > MAX_WIDE


def _bands(rows: Sequence[Sequence[Line]], gutter: Gutter) -> list[list[Line]]:
    bands: list[list[Line]] = [[]]
    lowest: list[float | None] = [None, None]
    for row in rows:
        sides = [[p for p in row if p.right <= gutter.left], [p for p in row if p.left >= gutter.right]]
        gaps = [
            side[0].bottom - low if side and low is not None else 0.0 for side, low in zip(sides, lowest, strict=True)
        ]
        if min(gaps) > NEW_BAND * row[0].size:
            bands.append([])
        bands[-1].extend(row)
        lowest = [side[0].bottom if side else low for side, low in zip(sides, lowest, strict=True)]
    return bands


def _is_filled(column: Sequence[Line]) -> bool:
    """Whether most lines reach across their column, as running text does."""
    if not column:
        return False
    left, right = min(line.left for line in column), max(line.right for line in column)
    return sum(line.right - line.left >= 0.8 * (right - left) for line in column) >= FILLED * len(column)
