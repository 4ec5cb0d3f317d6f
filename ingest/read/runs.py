"""Runs of text as word processors keep them: pieces in fonts and weights of their own, which make up lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.read import legacy
from ingest.read.lines import is_visible


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one run; `font` where the run is in a font of an old encoding."""

    text: str
    bold: bool
    font: str | None = None


@dataclass(slots=True)
class Line:
    """A paragraph's line being read."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def text(self) -> str:
        return legacy.convert_runs((piece.text, piece.font) for piece in self.pieces).strip()

    @property
    def bold(self) -> bool:
        return all(piece.bold for piece in self.pieces if is_visible(piece.text))


@dataclass(slots=True)
class Lines:
    """The lines of a paragraph, broken where its runs break them."""

    lines: list[Line] = field(default_factory=lambda: [Line()])

    def add(self, piece: Piece) -> None:
        first, *rest = piece.text.split("\n")
        self.lines[-1].pieces.append(Piece(first, piece.bold, piece.font))
        self.lines.extend(Line([Piece(line, piece.bold, piece.font)]) for line in rest)
