"""The program tesseract, with its Vietnamese data: an image to lines of words.

A user may lack it; `missing` says so, with the command that installs it.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from lxml import etree

from ingest.errors import UnreadableFile
from ingest.read.pulse import beat

DPI = 300
SECONDS = 120
"""For one page, which takes two to four on one core."""

INSTALL = "sudo apt install tesseract-ocr tesseract-ocr-vie"

XHTML = "{http://www.w3.org/1999/xhtml}"
TITLE = re.compile(r"(\w+) ([^;]+)")
LINES = {"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"}

Image = npt.NDArray[np.uint8]
"""Grey, `[row, column]`; 255 is white."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as read, with its place in pixels; `confidence` goes from 0 to 100."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line of words; `base` is the middle of its baseline and `size` the height of its font, in pixels."""

    words: tuple[Word, ...]
    base: float
    size: float


@functools.cache
def missing() -> str | None:
    """Why scans can't be read here, for the user; None where they can."""
    try:
        listed = _run("--list-langs", seconds=30).decode(errors="replace")
    except (OSError, subprocess.SubprocessError):
        return f"chưa cài chương trình nhận dạng chữ tesseract; hãy cài bằng lệnh: {INSTALL}"
    if "vie" not in listed.split():
        return f"tesseract chưa có dữ liệu tiếng Việt (vie); hãy cài bằng lệnh: {INSTALL}"
    return None


def recognise(image: Image, layout: int, letters: str = "") -> list[Row]:
    """The lines of an image; `layout` is 4 for a column of text of any size, 6 for an even block, and `letters` are
    those that alone may occur. Raises `UnreadableFile` where the program fails."""
    height, width = image.shape
    netpbm = b"P5\n%d %d\n255\n" % (width, height) + image.tobytes()
    only = ("-c", f"tessedit_char_whitelist={letters}") if letters else ()
    try:
        marked = _run(
            "stdin", "stdout", "-l", "vie", "--psm", str(layout), "--dpi", str(DPI), *only, "hocr", given=netpbm
        )
        beat()
        return list(_rows(marked))
    except (subprocess.SubprocessError, OSError, etree.XMLSyntaxError) as problem:
        cause = f"quá {SECONDS} giây" if isinstance(problem, subprocess.TimeoutExpired) else "tesseract báo lỗi"
        raise UnreadableFile(f"không nhận dạng được chữ trên ảnh quét ({cause}); hãy quét lại rõ hơn") from problem


def _run(*arguments: str, given: bytes = b"", seconds: float = SECONDS) -> bytes:
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


def _rows(marked: bytes) -> Iterator[Row]:
    """The lines of its hOCR output. Boxes of lines reach over others where marks are stacked; baselines hold."""
    root = etree.fromstring(marked, etree.XMLParser(resolve_entities=False, no_network=True))
    for line in root.iter(f"{XHTML}span"):
        about = _about(line)
        if line.get("class") in LINES and "baseline" in about:  # lines that run up the page have none
            left, _, right, bottom = about["bbox"]
            slope, offset = about["baseline"]
            spans = (span for span in line.iter(f"{XHTML}span") if span.get("class") == "ocrx_word")
            words = tuple(word for word in map(_word, spans) if word.text)
            yield Row(words, bottom + offset + slope * (right - left) / 2, about["x_size"][0])


def _word(span: etree._Element) -> Word:
    about = _about(span)
    left, top, right, bottom = map(int, about["bbox"])
    return Word("".join(span.itertext()).strip(), left, top, right, bottom, about["x_wconf"][0])


def _about(element: etree._Element) -> dict[str, list[float]]:
    """The numbers in an element's title: `bbox 1 2 3 4; baseline 0 -5; x_size 60`."""
    return {name: [float(n) for n in numbers.split()] for name, numbers in TITLE.findall(element.get("title", ""))}
