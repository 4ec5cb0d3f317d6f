"""How a line says what it is (`Điều 5a.`, `II.`, `1.1.`, `a)`, `-`), and which lines are quotations.

A line of an amending law such as `“Điều 5. …` is the wording of another law: it opens no article of this one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.text import CAPITALS
from ingest.types import UnitKind

# A sentence may begin with the name of a part too: `Chương II của Nghị định này …`, `Mục 1 Phụ lục IV ban hành …`.
_OTHER_PART = r"(?i:phụ lục|phần|chương|mục|điều|khoản|luật|nghị định|thông tư|quyết định)\b"
_TITLED = rf"(?:\s*[.:–-]\s*|\s*(?!\s*{_OTHER_PART})(?=[{CAPITALS}“\"(]|$))"
# Scans have commas for full stops, and specks of dirt before a line: `3, Việc …`, `.Điều 6. …`.
_COMMA = rf",\s+(?!{_OTHER_PART})(?=[{CAPITALS}])"
_SPECKS = re.compile(r"^[.,'`´’_#§~|]{1,2}(?=(?i:điều|chương)\s+[\dIVX]|\d{1,2}[.,]\s|[a-zđ]\)\s)")
_NUMBER_OF_A_DOCUMENT = r"\d{1,5}\s?-\s?[A-ZĐ]{2,4}[A-Za-z]?/"

_LABELS: tuple[tuple[UnitKind, re.Pattern[str]], ...] = (
    ("phan", re.compile(rf"^(?P<label>(?i:phần\s+(?:thứ\s+\w+|[IVXLC]+|\d+|[A-Z]))\b){_TITLED}")),
    ("chuong", re.compile(rf"^(?P<label>(?i:chương\s+(?:[IVXLC]+|\d+))\b){_TITLED}")),
    ("tieu_muc", re.compile(rf"^(?P<label>(?i:tiểu mục\s+(?:[IVXLC]+|\d+))\b){_TITLED}")),
    ("muc", re.compile(rf"^(?P<label>(?i:mục\s+(?:[IVXLC]+|\d+[a-z]?))\b){_TITLED}")),
    ("muc", re.compile(r"^(?P<label>(?:bảng|biểu)\s+(?:số\s+)?\d+)\s*[.:]\s*", re.IGNORECASE)),
    ("dieu", re.compile(rf"^(?P<label>(?i:điều\s+\d+[a-zđ]?))(?:\s*[.:/]\s*[-–]?\s*|\s?[-–]\s+|\s*$|{_COMMA})")),
    ("khoan", re.compile(r"^(?P<label>[IVX]{1,5}(?:\.\d{1,2})+)\s*[.)]?\s+(?=\S)")),
    (
        "muc",
        re.compile(rf"^(?P<label>[IVX]{{1,6}})\s*(?:[./)](?!v\s)|\s?[-–]\s|\s?[-–](?=[{CAPITALS}]{{2}}))\s*(?=\S)"),
    ),
    ("muc", re.compile(rf"^(?P<label>[A-H])\s*[./)]\s+(?=[{CAPITALS}])")),
    ("khoan", re.compile(r"^(?P<label>\d{1,2}(?:\.\d{1,2})+)\s*[.\-)]?\s+(?=\S)")),
    (
        "khoan",
        re.compile(
            rf"^(?!{_NUMBER_OF_A_DOCUMENT})(?P<label>\d{{1,3}}[a-zđ]?)(?:\s*(?:[.)]|/\s|\s?[-–])\s*(?=[^\d\s%])|{_COMMA})"
        ),
    ),
    ("cong", re.compile(r"^(?P<label>\([ivx]{1,5}\)|\(\d{1,2}\)|[a-zđ]\.?\d{1,2}(?=[.)]))[.):]?\s*(?=\S)")),
    ("diem", re.compile(r"^(?P<label>[a-zđ])\s*(?:\)|[./](?=\s)|[-–](?=\s))\s*(?=\S)")),
    ("gach", re.compile(rf"^(?P<label>[-–—•*▪●])\s+(?=\S)|^(?P<label2>[-–])(?=[{CAPITALS}])")),
    ("cong", re.compile(r"^(?P<label>[+○◦])\s*(?=\S)")),
)


def label_of(text: str) -> tuple[UnitKind, str, int]:
    """Kind, label and where the wording begins; an unlabelled line is a paragraph."""
    specks = _SPECKS.match(text)
    begin = specks.end() if specks else 0
    for kind, pattern in _LABELS:
        match = pattern.match(text[begin:])
        if match:
            label = next(group for group in match.groups() if group)
            return kind, label, begin + match.end()
    return "doan", "", 0


_OPENS = re.compile(r"^[“\"]|:\s*[“\"][^“”\"]*$")
LONGEST_QUOTATION = 500  # lines; a chapter of a law, replaced as a whole, is shorter


def quoted_lines(texts: Sequence[str]) -> frozenset[int]:
    """The lines that begin within a quotation of several lines, its first line too where the mark begins that line.

    A quotation opens at a line's start or after a colon. One that nothing closes is a slip of the pen, and is none.
    """
    quoted: set[int] = set()
    index = 0
    while index < len(texts):
        last = _closing_line(texts, index) if _OPENS.search(texts[index]) else None
        if last is not None:
            quoted.update(range(index + (texts[index][0] not in '“"'), last + 1))
        index = index + 1 if last is None else last + 1
    return frozenset(quoted)


def _closing_line(texts: Sequence[str], first: int) -> int | None:
    """The line in which the quotation opened in line `first` closes, if it closes."""
    depth = 0
    for index in range(first, min(first + LONGEST_QUOTATION, len(texts))):
        text = texts[index]
        opened = text.count("“") + (0 if depth else text.count('"') % 2)
        closed = text.count("”") + (text.count('"') % 2 if depth else 0)
        if depth and text.startswith("“") and opened > closed:
            if texts[index - 1].endswith(":"):
                return None  # another quotation is announced: the closing mark of this one was forgotten
            opened -= 1  # in some prints every paragraph of a quotation opens with the mark
        depth += opened - closed
        if depth <= 0:
            return index
    return None
