"""Scanned pages: an image of the page to lines with their places, by tesseract with its Vietnamese data.

Tesseract is a program that a user may lack; `missing` says so, with the command that installs it.
"""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pypdfium2

from ingest.errors import UnreadableFile
from ingest.read.page import Line, Page

DPI = 300
MAX_PIXELS = 40_000_000
"""Of a page's image; A3 at 300 dpi has 17 million. Larger sheets are drawn smaller."""

PAGE_SECONDS = 120
"""A page of dense text takes two to four on one core."""

INSTALL = "sudo apt install tesseract-ocr tesseract-ocr-vie"

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Word:
    """A word on the page's image, places in pixels; `confidence` from 0 to 100; `line` tells its line from others."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    line: tuple[int, ...]


@functools.cache
def missing() -> str | None:
    """Why scans can't be read here, for the user; None where they can."""
    try:
        listed = _tesseract("--list-langs", seconds=30).decode(errors="replace")
    except FileNotFoundError:
        return f"chưa cài chương trình nhận dạng chữ tesseract; hãy cài bằng lệnh: {INSTALL}"
    if "vie" not in listed.split():
        return f"tesseract chưa có dữ liệu tiếng Việt (vie); hãy cài bằng lệnh: {INSTALL}"
    return None


def scan(page: pypdfium2.PdfPage, number: int) -> Page:
    """The lines of a page read from its image. Raises `UnreadableFile` where tesseract is missing or fails."""
    if (reason := missing()) is not None:
        raise UnreadableFile(f"trang {number} là ảnh quét, cần nhận dạng chữ (OCR): {reason}")
    width, height = page.get_size()
    scale = min(DPI / 72, (MAX_PIXELS / (width * height)) ** 0.5)
    words = _recognise(_draw(page, scale), number)
    lines = (list(group) for _, group in groupby(words, key=lambda word: word.line))
    return Page(number, width, height, tuple(_line(line, scale) for line in lines), scanned=True)


def _draw(page: pypdfium2.PdfPage, scale: float) -> Image:
    """The page in grey, as it is shown; `[row, column]`, 255 is white."""
    bitmap = page.render(scale=scale, grayscale=True)
    return np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)


def _recognise(image: Image, number: int) -> list[Word]:
    height, width = image.shape
    netpbm = b"P5\n%d %d\n255\n" % (width, height) + image.tobytes()
    try:
        table = _tesseract("stdin", "stdout", "-l", "vie", "--dpi", str(DPI), "tsv", given=netpbm)
    except subprocess.SubprocessError as problem:
        raise UnreadableFile(
            f"không nhận dạng được chữ trên trang {number} ({_cause(problem)}); hãy quét lại trang này rõ hơn"
        ) from problem
    return list(_words(table.decode(errors="replace")))


def _cause(problem: subprocess.SubprocessError) -> str:
    if isinstance(problem, subprocess.TimeoutExpired):
        return f"quá {PAGE_SECONDS} giây"
    return "tesseract báo lỗi"


def _tesseract(*arguments: str, given: bytes = b"", seconds: float = PAGE_SECONDS) -> bytes:
    """What the program prints. One thread: its own threads make it slower on few cores."""
    run = subprocess.run(  # noqa: S603
        ["tesseract", *arguments],  # noqa: S607
        input=given,
        capture_output=True,
        check=True,
        timeout=seconds,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    return run.stdout


def _words(table: str) -> Iterator[Word]:
    """The words of tesseract's table: level, page, block, paragraph, line, word, left, top, width, height,
    confidence, text."""
    for row in table.splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) == 12 and fields[0] == "5" and fields[11].strip():
            left, top, width, height = map(int, fields[6:10])
            place = tuple(map(int, fields[2:5]))
            yield Word(fields[11].strip(), left, top, left + width, top + height, float(fields[10]), place)


def _line(words: list[Word], scale: float) -> Line:
    return Line(
        text=" ".join(word.text for word in words),
        left=min(word.left for word in words) / scale,
        top=min(word.top for word in words) / scale,
        right=max(word.right for word in words) / scale,
        bottom=max(word.bottom for word in words) / scale,
        size=float(np.median([word.bottom - word.top for word in words])) / scale,
    )
