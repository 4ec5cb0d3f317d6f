"""Pieces of text to lines: sorted by place, spaces set by the gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from ingest.read.lines import MARKER
from ingest.read.pdf.glyphs import Piece
from ingest.read.pdf.paper import Line

Convert = Callable[[str, str], str]
"""The text of a legacy font, named second, in Unicode."""

SAME_LINE = 0.42
"""Of the font size: baselines that differ less are one line's. A raised note number stands 0.33 higher, the next
line 1.0 lower."""
SPACE = 0.1
"""Of the font size: a gap that is a space though the file draws none. Spaces are 0.2 to 0.28, letters set apart for
emphasis have 0.15."""
DRAWN_SPACE = 0.05
"""The same where the file does draw a space: some draw spaces that take no room."""
SPLIT = 0.9
"""Of the font size: a wider gap may part two columns. Justified lines have such gaps too: `columns` decides."""
MARKED = 4.5
"""The same after a list's mark."""
RAISED = 0.15
SMALLER = 0.8
"""Of the font size: digits so much higher and smaller are a note's number."""
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

ASCENT = 0.8
DESCENT = 0.2
"""Of the font size, above and below the baseline: fonts state theirs so differently that they can't be compared."""


def lines_of(pieces: Iterable[Piece], convert: Convert) -> list[Line]:
    """The lines from the top down, each cut at wide gaps."""
    return [_line(part, convert) for row in _rows(pieces) for part in _split(sorted(row, key=lambda p: p.left))]


def _rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    base = size = 0.0
    for piece in sorted(pieces, key=lambda piece: piece.base):
        if not rows or piece.base - base > SAME_LINE * max(size, piece.size):
            rows.append([])
            base = size = 0.0
        rows[-1].append(piece)
        if piece.size > size:
            base, size = piece.base, piece.size
    return rows


def _split(row: Sequence[Piece]) -> list[list[Piece]]:
    """The parts of a line between wide gaps; a list's mark stays with its text."""
    parts: list[list[Piece]] = []
    right = 0.0
    for piece in row:
        if not piece.text.strip():
            if parts:
                parts[-1].append(piece)
            continue
        gap = (piece.left - right) / piece.size
        if not parts or (gap > SPLIT and (gap > MARKED or not _is_marker(parts[-1]))):
            parts.append([])
        parts[-1].append(piece)
        right = max(right, piece.right)
    return parts


def _is_marker(part: Sequence[Piece]) -> bool:
    return MARKER.fullmatch("".join(piece.text for piece in part).strip() + " ") is not None


def _line(pieces: Sequence[Piece], convert: Convert) -> Line:
    seen = [piece for piece in pieces if piece.text.strip()]
    main = _main(seen)
    texts = [(_raised(piece, main) or piece.text, piece.font) for piece in _spaced(pieces)]
    runs = ((font, "".join(text for text, _ in group)) for font, group in groupby(texts, key=lambda part: part[1]))
    lettered = [piece for piece in seen if any(map(str.isalnum, piece.text))]
    return Line(
        text=" ".join("".join(convert(text, font) for font, text in runs).split()),
        left=seen[0].left,
        top=main.base - ASCENT * main.size,
        right=max(piece.right for piece in seen),
        bottom=main.base + DESCENT * main.size,
        size=main.size,
        bold=all(piece.bold for piece in lettered or seen),
    )


def _main(pieces: Sequence[Piece]) -> Piece:
    """A piece of the size that most letters have."""
    counted = Counter[float]()
    for piece in pieces:
        counted[piece.size] += len(piece.text)
    size = counted.most_common(1)[0][0]
    return next(piece for piece in pieces if piece.size == size)


def _raised(piece: Piece, main: Piece) -> str | None:
    """A note's number, in raised digits."""
    small = piece.size < SMALLER * main.size and piece.base < main.base - RAISED * main.size
    return piece.text.translate(SUPERSCRIPT) if small and piece.text.strip().isdecimal() else None


def _spaced(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with spaces where the gaps are, and only there."""
    spaced: list[Piece] = []
    right, drawn = 0.0, False
    for piece in pieces:
        text = piece.text.strip()
        if not text:
            drawn = True
            continue
        gap = piece.left - right
        drawn = drawn or piece.text[0] == " "
        apart = bool(spaced) and gap > (DRAWN_SPACE if drawn else SPACE) * piece.size
        spaced.append(piece._replace(text=f" {text}" if apart else text))
        right, drawn = max(right, piece.right), piece.text[-1] == " "
    return spaced
