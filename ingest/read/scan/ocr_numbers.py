"""Numbers on a scan looked at twice: a word that is wrong gets noticed, a figure doesn't.

Tesseract reads `15` as `1Š` and `87,59` as `8759`, mostly unsure of it. Doubtful figures are cut out and read
again with nothing but digits and their signs allowed. Of 77 such on nineteen pages of known text the second look
changed eleven, each to what is printed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ingest.read.scan.ocr_strip import look
from ingest.read.scan.tesseract import Image, Row, Word

DIGITS = "0123456789.,/-%()"
FIGURE = re.compile(r"\(?(?P<body>\d+(?:[.,/-]\d+)*)%?\)?(?P<stop>[.,;:]?)")
LOOKS_LIKE = re.compile(r"(?=.*[\d§])[\dlI|OoŠ§.,/%()-]+[.,;:]?")
"""Digits, and what they are taken for."""

PLAINLY_ONE = re.compile(r"^l(?=\d+[.,;:]?$)|(?<=^\d)I(?=[.,;:]?$)")
"""`l6` and `1I`, where the second look fails: there is nothing else that they could be."""

SURE = 90
"""Of 100: one in four figures is wrong below it, one in twenty above."""
CLEAR = 60
"""For the second look, where the first saw no figure."""
AT_LEAST = {">": "≥", "<": "≤"}
BAR = 0.75
"""Share of the sign's width that its lowest quarter takes: all of it in `≥`, half in `>`."""
INK = 128
MAX_WORDS = 400
"""A page of figures that are all doubtful is a bad scan of a table, or dirt."""


def compared(rows: Sequence[Row], image: Image) -> list[Row]:
    """The lines with `≥` and `≤` where tesseract, whose Vietnamese data lacks them, reads `>` and `<`."""
    return [replace(row, words=tuple(_compared(word, row.size, image) for word in row.words)) for row in rows]


def _compared(word: Word, size: float, image: Image) -> Word:
    if word.text[0] not in AT_LEAST:
        return word
    sign = _first_sign(image[word.top : word.bottom, word.left : min(word.right, word.left + round(size))] < INK)
    foot = sign[-max(len(sign) // 4, 1) :]
    barred = sign.size and foot.any(axis=0).mean() >= BAR
    return replace(word, text=AT_LEAST[word.text[0]] + word.text[1:]) if barred else word


def _first_sign(ink: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The ink up to the first gap, without what is white around it."""
    columns = np.flatnonzero(ink.any(axis=0))
    if not len(columns):
        return ink[:0]
    gaps = np.flatnonzero(np.diff(columns) > 1)
    sign = ink[:, columns[0] : (columns[gaps[0]] if len(gaps) else columns[-1]) + 1]
    rows = np.flatnonzero(sign.any(axis=1))
    return sign[rows[0] : rows[-1] + 1]


def checked(rows: Sequence[Row], image: Image) -> list[Row]:
    """The lines with their doubtful figures as the second look reads them, where that is surer."""
    doubtful = [word for row in rows for word in row.words if _is_doubtful(word)][:MAX_WORDS]
    if not doubtful:
        return list(rows)
    again = dict(zip(doubtful, look(doubtful, image, DIGITS), strict=True))
    return [replace(row, words=tuple(_better(word, again.get(word)) for word in row.words)) for row in rows]


def _is_doubtful(word: Word) -> bool:
    plain = FIGURE.fullmatch(word.text) is not None
    return LOOKS_LIKE.fullmatch(word.text) is not None and (not plain or word.confidence < SURE)


def _better(first: Word, second: Word | None) -> Word:
    """Of two readings that differ in their separators only, the one that has some, and rather the first."""
    again = None if second is None else FIGURE.fullmatch(second.text)
    if second is None or again is None:
        return replace(first, text=PLAINLY_ONE.sub("1", first.text))
    once = FIGURE.fullmatch(first.text)
    if once is None:
        clear = second.confidence >= CLEAR
        return second if clear else replace(first, text=PLAINLY_ONE.sub("1", first.text))
    same = _digits(once["body"]) == _digits(again["body"])
    if same and not once["body"].isdecimal():
        return first
    if second.confidence <= first.confidence:
        return first
    return replace(second, text=second.text.removesuffix(again["stop"]) + once["stop"])


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))
