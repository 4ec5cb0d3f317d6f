"""The letters of a page by pdfplumber, for a file whose text pdfium does not get right. Fifty times slower."""

from __future__ import annotations

import io
from typing import Any

import pdfplumber

from ingest.read.pdf.glyphs import Letters, Piece, is_bold


class Plumber:
    """Holds the file open as pdfplumber parsed it."""

    def __init__(self, data: bytes) -> None:
        self._document = pdfplumber.open(io.BytesIO(data))

    def letters(self, number: int, drawn: Letters) -> Letters:
        """Page `number`'s letters, each a piece; nothing where the text is turned."""
        page = self._document.pages[number - 1]
        upright = [] if drawn.turn.quarters else [char for char in page.dedupe_chars().chars if char["upright"]]
        pieces = tuple(_piece(char, drawn) for char in upright)
        page.close()
        return Letters(drawn.turn, pieces, len(pieces), 0, drawn.aside, drawn.oblique)


def _piece(char: dict[str, Any], drawn: Letters) -> Piece:
    left, base = drawn.turn.place(*char["matrix"][4:6])
    font = char["fontname"]
    return Piece(char["text"], left, left + char["x1"] - char["x0"], base, char["size"], is_bold(font), font)
