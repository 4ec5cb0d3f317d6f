"""The letters of a PDF page with their places, by pdfium, in whatever order the file draws them.

A piece is a run of letters of one font without a gap. Where a font lacks `ạ`, the program that made the file drew the
other letters first, then all the `ạ` from another font into the gaps: only places tell the words.

pdfium is called through `map`, without a step of Python a letter: some 3,000 letters a page, two calls each.
"""

from __future__ import annotations

import ctypes
import math
import re
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, repeat
from typing import NamedTuple
from unicodedata import combining

import pypdfium2
from pypdfium2 import raw

from ingest.errors import UnreadableFile

GAP = 0.1
"""Of the font size: letters further apart have a space or another font's letter between them. A space is 0.25."""
OVERLAP = 0.4
"""Of the font size: letters that overlap more are not kerned, but drawn over or before each other."""
MAX_LETTERS = 200_000
"""On a page. A page of small print has 10,000; past it the file is a drawing or an attack."""
OBLIQUE = math.radians(8)
"""Off a quarter turn. Past it text is a watermark across the page; scans read by other programs lean less."""
SUBSET_TAG = re.compile(r"^[A-Z]{6}\+")
"""Before the name of a font of which a file holds some letters only. One font may come in several such parts."""
BOLD_NAMES = ("bold", "black", "heavy", "demi")
PRIVATE = re.compile("[\ue000-\uefff]")
"""Letters that mean something to the file's own fonts only; Word's bullets, from U+F000 on, are known."""
FONT_NAME = 128
"""Bytes of a font's name that are looked at."""
FILL_AND_STROKE = 2
"""The rendering mode of a letter made bold by drawing its outline."""
SPECIAL = str.maketrans({"\ufffe": "-", "\x02": "-", "\u2011": "-", "\r": " ", "\n": " ", "\t": " ", "\xa0": " "})
"""pdfium's own sign for a hyphen at the end of a line, and the hyphen and space that don't break."""

# The same functions as pypdfium2's, with plain addresses: made for `map`.
_object_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(raw.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)
_box_of = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)


class Piece(NamedTuple):
    """`base` is the baseline, in points down from the top of the page as read; `left` and `right`, from its left, are
    those of the letters that show: `text` may begin or end with a space."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    font: str


@dataclass(frozen=True, slots=True)
class Turn:
    """How a page is turned for its text to run left to right: `quarters` anticlockwise as drawn.

    The page's own box is `(x, y)` to `(x + width, y + height)`, y upwards.
    """

    quarters: int
    x: float
    y: float
    width: float
    height: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A drawn point, from the top left corner as read."""
        x, y = x - self.x, y - self.y
        return (
            (x, self.height - y),
            (y, x),
            (self.width - x, y),
            (self.height - y, self.width - x),
        )[self.quarters]  # fmt: skip

    def back(self, left: float, top: float) -> tuple[float, float]:
        """The drawn point of a place as read."""
        x, y = (
            (left, self.height - top),
            (top, left),
            (self.width - left, top),
            (self.width - top, self.height - left),
        )[self.quarters]  # fmt: skip
        return x + self.x, y + self.y

    @property
    def size(self) -> tuple[float, float]:
        return (self.height, self.width) if self.quarters % 2 else (self.width, self.height)


@dataclass(frozen=True, slots=True)
class Letters:
    """A page's pieces as read in the direction of most of its text; `aside` are those that run otherwise, each
    direction by its own turn, and `oblique` the text across the page. Of its `count` letters, `unknown` are ones that
    the file draws but does not name."""

    turn: Turn
    pieces: tuple[Piece, ...]
    count: int
    unknown: int
    aside: tuple[tuple[Turn, tuple[Piece, ...]], ...] = ()
    oblique: tuple[str, ...] = ()


_Place = tuple[str, float, float]
"""A letter and where it begins and ends along its line."""


class _Run(NamedTuple):
    """Letters of one text object, which share font, size and baseline; boxes are in the page's own places."""

    text: str
    boxes: array[float]
    x: float
    y: float
    angle: float
    size: float
    bold: bool
    font: str
    unnamed: bool


def letters(page: pypdfium2.PdfPage) -> Letters:
    """Raises `UnreadableFile` for a page with more letters than any page has."""
    left, bottom, right, top = page.get_cropbox()
    turns = [Turn(quarters, left, bottom, right - left, top - bottom) for quarters in range(4)]
    pieces: list[list[Piece]] = [[], [], [], []]
    counts = [0, 0, 0, 0]
    oblique: list[str] = []
    unknown = 0
    for run in _runs(page):
        unknown += len(run.text) if run.unnamed else len(PRIVATE.findall(run.text))
        quarters = _quarters(run.angle)
        if quarters is None:
            oblique.append(run.text)
        else:
            counts[quarters] += len(run.text)
            pieces[quarters].extend(_pieces(run, turns[quarters]))
    main = counts.index(max(counts)) if any(counts) else page.get_rotation() // 90 % 4
    aside = tuple((turns[other], tuple(pieces[other])) for other in range(4) if other != main and pieces[other])
    return Letters(turns[main], tuple(pieces[main]), sum(counts), unknown, aside, tuple(oblique))


def _quarters(angle: float) -> int | None:
    """The quarter turn nearest to a direction of text; None for text across the page."""
    quarters = round(angle / (math.pi / 2))
    return quarters % 4 if abs(angle - quarters * math.pi / 2) < OBLIQUE else None


def _runs(page: pypdfium2.PdfPage) -> Iterator[_Run]:
    text_page = page.get_textpage()
    count = raw.FPDFText_CountChars(text_page)
    if count > MAX_LETTERS:
        raise UnreadableFile(
            f"một trang có tới {count} ký tự, không phải trang văn bản; hãy mở tệp và in lại thành PDF khác"
        )
    if count <= 0:
        return
    text, boxes, probe = _text(text_page, count), _boxes(text_page, count), _Probe(text_page)
    address = _address(text_page)
    objects = map(_object_of, repeat(address, count), range(count))
    start = 0
    for found, group in groupby(objects):
        end = start + sum(1 for _ in group)
        if found is not None:  # None where pdfium thinks that a line ends
            yield probe.run(text[start:end], boxes[4 * start : 4 * end], start, found)
        start = end


def _address(text_page: pypdfium2.PdfTextPage) -> int:
    return ctypes.cast(text_page.raw, ctypes.c_void_p).value or 0


def _text(text_page: pypdfium2.PdfTextPage, count: int) -> str:
    """The page's letters, one code point each, at their indices; a letter that the file doesn't name is U+0000."""
    buffer = (ctypes.c_ushort * (2 * count + 1))()
    written = raw.FPDFText_GetText(text_page, 0, count, buffer)
    text = bytes(buffer)[: 2 * max(written - 1, 0)].decode("utf-16-le", errors="replace")
    if len(text) != count:
        text = "".join(chr(raw.FPDFText_GetUnicode(text_page, index)) for index in range(count))
    return text.translate(SPECIAL)


def _boxes(text_page: pypdfium2.PdfTextPage, count: int) -> array[float]:
    """Left, top, right and bottom of each letter: its advance by its font's height."""
    boxes = array("f", bytes(16 * count))
    first = boxes.buffer_info()[0]
    address = _address(text_page)
    deque(map(_box_of, repeat(address), range(count), range(first, first + 16 * count, 16)), maxlen=0)
    return boxes


class _Probe:
    """Asks a page's text what a letter looks like; it keeps the places where pdfium writes its answers."""

    def __init__(self, text_page: pypdfium2.PdfTextPage) -> None:
        self._page = text_page.raw
        self._matrix, self._flags = raw.FS_MATRIX(), ctypes.c_int()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._name = ctypes.create_string_buffer(FONT_NAME)

    def run(self, text: str, boxes: array[float], index: int, found: int) -> _Run:
        """The run of text object `found`, whose first letter is at `index`."""
        page, matrix = self._page, self._matrix
        raw.FPDFText_GetMatrix(page, index, matrix)
        raw.FPDFText_GetCharOrigin(page, index, self._x, self._y)
        raw.FPDFText_GetFontInfo(page, index, self._name, FONT_NAME, self._flags)
        font, bold = _font(self._name.value)
        outlined = raw.FPDFTextObj_GetTextRenderMode(ctypes.cast(found, raw.FPDF_PAGEOBJECT)) == FILL_AND_STROKE
        size = raw.FPDFText_GetFontSize(page, index) * math.hypot(matrix.c, matrix.d)
        angle = math.atan2(matrix.b, matrix.a) if matrix.b or matrix.a < 0 else 0.0
        unnamed = raw.FPDFText_HasUnicodeMapError(page, index) == 1
        return _Run(text, boxes, self._x.value, self._y.value, angle, size, bold or outlined, font, unnamed)


@cache
def _font(name: bytes) -> tuple[str, bool]:
    """A font's name, and whether it is bold."""
    font = SUBSET_TAG.sub("", name.decode("utf-8", errors="replace"))
    return font, is_bold(font)


def is_bold(font: str) -> bool:
    return any(word in font.lower() for word in BOLD_NAMES)


def _pieces(run: _Run, turn: Turn) -> Iterator[Piece]:
    """The run cut where letters are not next to each other. pdfium's own spaces have no width: they are left out."""
    begin, end, sign = ((0, 2, 1), (3, 1, 1), (2, 0, -1), (1, 3, -1))[turn.quarters]
    offset = (-turn.x, -turn.y, turn.width + turn.x, turn.height + turn.y)[turn.quarters]
    places = [
        (letter, offset + sign * left, offset + sign * right)
        for letter, left, right in zip(run.text, run.boxes[begin::4], run.boxes[end::4], strict=True)
        if letter not in " \0" or (letter == " " and abs(right - left) > 0.01)
    ]
    _, base = turn.place(run.x, run.y)
    start = 0
    for index in range(1, len(places) + 1):
        if index == len(places) or _parts(places[index - 1], places[index], run.size):
            yield _piece(places[start:index], base, run)
            start = index


def _parts(before: _Place, after: _Place, size: float) -> bool:
    """Whether a piece ends between two letters: at a gap, at a step back, at a second space."""
    gap = after[1] - before[2]
    if -OVERLAP * size <= gap <= GAP * size:
        return before[0] == after[0] == " "
    return not (combining(before[0]) or combining(after[0]))


def _piece(places: Sequence[_Place], base: float, run: _Run) -> Piece:
    text = "".join(letter for letter, _, _ in places)
    seen = [place for place in places if place[0] != " "] or places
    return Piece(text, seen[0][1], seen[-1][2], base, run.size, run.bold, run.font)
