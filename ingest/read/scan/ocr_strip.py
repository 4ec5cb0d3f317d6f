"""Small pieces of a scan read by themselves: cut out and put under each other in one strip.

What tesseract drops or mistakes on a crowded page, it often reads when nothing else is near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ingest.read.pdf.rules import Drawing, Grid, grids
from ingest.read.scan.tesseract import Image, Row, Word, recognise

BLOCK = 6
"""Tesseract's layout: an even block of text."""
PADDING = 14
GAP = 40
"""Pixels round a piece that is cut out, and between pieces."""

MARKS = "0123456789IVXx.,%/+-"
"""What stands alone in a cell: a row's number, a figure, a cross."""
SURE = 50
"""Of 100."""
INK = 128
FRAME = 6
"""Pixels inside a cell that may be left of its sides."""
SPECK = 40
"""Pixels of ink. A figure has 150."""
NARROW = 2.5
"""Of the font size. Wider text in a cell isn't overlooked."""
MAX_CELLS = 400


def look(words: Sequence[Word], image: Image, letters: str) -> list[Word]:
    """The same places read again, with only `letters` allowed; an empty text where nothing is read."""
    cuts = [
        image[max(word.top - PADDING, 0) : word.bottom + PADDING, max(word.left - PADDING, 0) : word.right + PADDING]
        for word in words
    ]
    ends = np.cumsum([len(cut) + GAP for cut in cuts])
    strip = np.full((int(ends[-1]), max(cut.shape[1] for cut in cuts) + 2 * GAP), 255, np.uint8)
    for cut, end in zip(cuts, ends, strict=True):
        strip[end - GAP - len(cut) : end - GAP, GAP : GAP + cut.shape[1]] = cut
    found: list[list[Word]] = [[] for _ in words]
    for row in recognise(strip, BLOCK, letters):
        for part in row.words:
            found[int(np.searchsorted(ends, (part.top + part.bottom) / 2))].append(part)
    return [_joined(word, parts) for word, parts in zip(words, found, strict=True)]


def _joined(word: Word, parts: Sequence[Word]) -> Word:
    sure = min((part.confidence for part in parts), default=0.0)
    return replace(word, text="".join(part.text for part in parts), confidence=sure)


def overlooked(rows: Sequence[Row], image: Image, rulings: Drawing, scale: float) -> list[Row]:
    """Lines for the cells of ruled tables that hold a little ink and no word: tesseract takes a figure that stands
    alone for dirt."""
    if not rows:
        return []
    size = float(np.median([row.size for row in rows]))
    taken = [((word.left + word.right) / 2, row.base - 0.3 * row.size) for row in rows for word in row.words]
    places = [
        place
        for grid in grids(rulings)
        for left, top, right, bottom in _cells(grid, scale)
        if not any(left < x < right and top < y < bottom for x, y in taken)
        if (place := _inked(image, left, top, right, bottom)) and place.right - place.left < NARROW * size
    ][:MAX_CELLS]
    read = look(places, image, MARKS) if places else []
    return [Row((word,), float(word.bottom), size) for word in read if word.text and word.confidence >= SURE]


def _cells(grid: Grid, scale: float) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of each cell in pixels."""
    boxes: dict[int, tuple[float, float, float, float]] = {}
    for row, owners in enumerate(grid.owner):
        for column, cell in enumerate(owners):
            if cell is not None:
                left, top, *_ = boxes.get(cell, (grid.xs[column], grid.ys[row]))
                boxes[cell] = (left, top, grid.xs[column + 1], grid.ys[row + 1])
    return [
        (round(left * scale), round(top * scale), round(right * scale), round(bottom * scale))
        for left, top, right, bottom in boxes.values()
    ]


def _inked(image: Image, left: int, top: int, right: int, bottom: int) -> Word | None:
    """The place of the ink in a cell, as a word without text."""
    left, top = left + FRAME, top + FRAME
    ink = image[top : bottom - FRAME, left : right - FRAME] < INK
    if ink.sum() < SPECK:
        return None
    across, down = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    return Word("", left + int(across[0]), top + int(down[0]), left + int(across[-1]) + 1, top + int(down[-1]) + 1, 0.0)
