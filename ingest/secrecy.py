"""Marks that forbid passing a document on: degrees of secrecy, and limits on who may read it.

They stand where stamps and headers are: above the text, and in the margins of pages. The same words in running text
speak of secrecy, they don't impose it; Nghị định 30/2020 alone has them a dozen times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_DEGREES = ("tuyệt mật", "tối mật", "mật")
_LIMITS = (
    "lưu hành nội bộ", "tài liệu lưu hành nội bộ", "tài liệu nội bộ", "xem xong trả lại", "tài liệu thu hồi",
    "không phổ biến",
)  # fmt: skip


def _spaced(mark: str) -> str:
    """The mark's letters, with spaces between them or without: `M Ậ T`."""
    return r"\s+".join(r"\s?".join(word) for word in mark.split())


_DEGREE = "|".join(_spaced(mark) for mark in _DEGREES)
_MARK = rf"(?:{_DEGREE}|{'|'.join(_spaced(mark) for mark in _LIMITS)})"
_FRAME = r"[\s\[\](){}<>|*_.:–—=-]*"  # what is drawn round a stamp in plain text
_ALONE = re.compile(rf"{_FRAME}(?P<mark>{_MARK}){_FRAME}", re.IGNORECASE)
_DECLARED = re.compile(rf"(?:độ|mức độ|dấu chỉ độ)\s+mật\s*:\s*(?P<mark>{_DEGREE})\s*[.;]?", re.IGNORECASE)
_WITH_NUMBER = re.compile(rf"số\s*:.*\d.*[\s(](?P<mark>(?i:{_DEGREE}))\s*\)?", re.IGNORECASE)
# Two columns read as one line: the stamp beside the national motto.
_BESIDE = re.compile(
    rf"(?P<mark>{_MARK})\s+(?:cộng hòa|cộng hoà|đảng cộng sản)\s.*|.*(?:việt nam|hạnh phúc)\s+(?P<after>{_MARK})",
    re.IGNORECASE,
)
_PIECES = re.compile(r"\s*[|•·–—/\t]\s*|\s+-\s+|\s{2,}|\btrang\b", re.IGNORECASE)


def mark(lines: Sequence[str], margins: Sequence[str] = ()) -> str | None:
    """The secrecy mark found, in capitals, in the header's `lines` or in the lines of page `margins`; None without."""
    pieces = [piece for line in margins for piece in (line, *_PIECES.split(line))]
    return next((found for line in (*lines, *pieces) if (found := _mark_in(line.strip()))), None)


def _mark_in(line: str) -> str | None:
    for pattern in (_ALONE, _DECLARED, _WITH_NUMBER, _BESIDE):
        if match := pattern.fullmatch(line):
            written = match["mark"] or match["after"]
            return _plain(written)
    return None


def _plain(written: str) -> str:
    """`M Ậ T` → `MẬT`."""
    letters = re.sub(r"\s", "", written).lower()
    return next(mark for mark in (*_DEGREES, *_LIMITS) if mark.replace(" ", "") == letters).upper()
