"""One page of a PDF: its lines and tables from the text layer, or from OCR where that layer is missing or wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import pypdfium2

from ingest.read import legacy
from ingest.read.pdf.glyphs import Letters, Piece, Turn, letters
from ingest.read.pdf.lines import lines_of
from ingest.read.pdf.paper import Line, Page
from ingest.read.pdf.plumber import Plumber
from ingest.read.pdf.rules import Drawing, drawing, grids
from ingest.read.pdf.tables import Table, table_of
from ingest.read.scan import ocr
from ingest.syllables import count_syllables
from ingest.types import Block

STAMP = 300
"""Letters. A digital signature's stamp on a scan has some 150; a page of text has 1,000 and more."""
IMAGE = 0.6
"""Share of the page covered by images, from which a page with so little text is a scan."""
PICTURE = 0.05
"""The same for a page without any text: less is a logo or a line of ornament."""
DRAWN_TEXT = 200
"""Shapes on a page without text, from which its text may have been turned into shapes."""
UNKNOWN = 0.2
"""Share of a page's letters that the file doesn't name."""
GOOD = 0.9
"""Share of syllables from which text needs no second look. Right text has 0.95 and more, unless it is names or figures;
one where a font's letters are lost 0.8, one in the wrong encoding under 0.6."""
CLEARLY = 0.05
"""How much better another reading must be to be taken."""
WHOLE = 0.8
"""Share of the letters that another reading must have too."""
ENOUGH = 5
"""Words to judge by."""
LOOKALIKES = str.maketrans("\u2212\u2219", "\xad\xb7")
"""A legacy font's ư and ã, by the names that PDF programs give to their places."""
LONE = re.compile(r"(?<![^\W_])(?:[^\W\d_a-z]|[bcdghklmnpqrstvx])(?![^\W_]|[).])")
"""A letter with marks, or a consonant, that is a word by itself and no list's mark."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with its tables; `asides` is the text that runs up, down or across it outside of them."""

    page: Page
    tables: tuple[Table, ...] = ()
    asides: tuple[str, ...] = ()


@dataclass(slots=True)
class Fonts:
    """Converts text by its font's name, and keeps what encodings it met."""

    encodings: set[str] = field(default_factory=set)

    def convert(self, text: str, font: str) -> str:
        encoding = _encoding(font)
        if encoding is None:
            return text
        shown = legacy.convert(text.translate(LOOKALIKES), font)
        if shown != text:
            self.encodings.add(encoding)
        return shown


@cache
def _encoding(font: str) -> str | None:
    return legacy.encoding_of_font(font)


class Source:
    """A file being read: how its fonts are converted, and its text by pdfplumber where a page needs that."""

    def __init__(self, data: bytes) -> None:
        self.fonts = Fonts()
        self._data = data

    @cached_property
    def plumber(self) -> Plumber:
        return Plumber(self._data)


def read_page(page: pypdfium2.PdfPage, number: int, source: Source) -> Sheet:
    """Raises `UnreadableFile` for a scan where tesseract is missing, or fails."""
    drawn = letters(page)
    shapes = drawing(page, drawn.turn)
    width, height = drawn.turn.size
    if _is_scan(drawn, shapes, width * height):
        return _scanned(page, number, source.fonts)
    read = _lay_out(drawn, shapes, number, source.fonts)
    return _better(read, page, drawn, shapes, source) if drawn.count and _quality(read) < GOOD else read


def _is_scan(drawn: Letters, shapes: Drawing, area: float) -> bool:
    """Whether a page's text can only be seen: little text over a page's image, none over some image or drawing, or
    letters that the file doesn't name."""
    if drawn.count == 0:
        return shapes.images > PICTURE * area or shapes.count > DRAWN_TEXT
    unnamed = drawn.unknown > UNKNOWN * drawn.count
    return unnamed or (drawn.count < STAMP and shapes.images > IMAGE * area)


def _scanned(page: pypdfium2.PdfPage, number: int, fonts: Fonts) -> Sheet:
    """The page read from its image, as if its words and ruled lines had been drawn."""
    found = ocr.scan(page, number)
    drawn = Letters(found.turn, found.pieces, sum(len(piece.text) for piece in found.pieces), unknown=0)
    sheet = _lay_out(drawn, found.rulings, number, fonts)
    return replace(sheet, page=replace(sheet.page, scanned=True))


def _lay_out(drawn: Letters, shapes: Drawing, number: int, fonts: Fonts) -> Sheet:
    """Lines and filled tables from letters and rulings."""

    def lines(pieces: Iterable[Piece]) -> list[Line]:
        return lines_of(pieces, fonts.convert)

    pieces = list(drawn.pieces)
    turned = [_as_read(line, turn, drawn.turn) for turn, aside in drawn.aside for line in lines(aside)]
    tables: list[Table] = []
    for grid in grids(shapes):
        table, pieces, turned = table_of(grid, pieces, turned, number, lines)
        if table is not None:
            tables.append(table)
    width, height = drawn.turn.size
    page = Page(number, width, height, tuple(lines(pieces)))
    asides = (*(line.text for line in turned), *drawn.oblique)
    return Sheet(page, tuple(tables), tuple(text.strip() for text in asides if text.strip()))


def _as_read(line: Line, drawn: Turn, read: Turn) -> Line:
    """A line that runs up or down the page, in the places of the lines that don't."""
    corners = [read.place(*drawn.back(x, y)) for x, y in ((line.left, line.top), (line.right, line.bottom))]
    (x1, y1), (x2, y2) = corners
    return replace(line, left=min(x1, x2), top=min(y1, y2), right=max(x1, x2), bottom=max(y1, y2))


def _better(read: Sheet, page: pypdfium2.PdfPage, drawn: Letters, shapes: Drawing, source: Source) -> Sheet:
    """The page read by pdfplumber or, where its text lies under a page's image, by OCR, if that makes clearly more
    words syllables."""
    number = read.page.number
    again = _lay_out(source.plumber.letters(number, drawn), shapes, number, source.fonts)
    best = again if _is_better(again, read) else read
    width, height = drawn.turn.size
    if shapes.images > IMAGE * width * height and _quality(best) < GOOD and ocr.missing() is None:
        scanned = _scanned(page, number, source.fonts)
        best = scanned if _is_better(scanned, best) else best
    return best


def _is_better(new: Sheet, old: Sheet) -> bool:
    letters = [sum(map(len, _texts(sheet))) for sheet in (new, old)]
    return letters[0] >= WHOLE * letters[1] and _quality(new) >= _quality(old) + CLEARLY


def _quality(sheet: Sheet) -> float:
    """Share of the words that are syllables, as they are or in a legacy encoding."""
    texts = list(_texts(sheet))
    share = _share(" ".join(texts))
    if share >= GOOD:
        return share
    blocks, _ = legacy.repair(map(Block, texts))
    return max(share, _share(" ".join(block.text for block in blocks)))


def _share(text: str) -> float:
    """1 where there are too few words to judge; a letter alone is a part of a word torn apart."""
    good, words = count_syllables(text)
    torn = len(LONE.findall(text.lower()))
    return (good - torn) / words if words >= ENOUGH else 1.0


def _texts(sheet: Sheet) -> Iterator[str]:
    for line in sheet.page.lines:
        yield line.text
    for table in sheet.tables:
        for row in table.rows:
            yield from (block.text for cell in dict.fromkeys(row.cells) for block in cell.blocks)
