"""A page's text as it stands on the paper: lines with their places, from a text layer or from OCR."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or one column's part of it, left to right. Places are in points from the page's top left corner.

    `size` is the height of its letters' font in points.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Lines in the order met, not yet in reading order. `number` counts from 1, `width` and `height` are in points."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    scanned: bool = False
