"""Titles as the official gazette prints them, with what a letterhead says elsewhere: issuer, number and date.

`QUYẾT ĐỊNH / CỦA BỘ TRƯỞNG BỘ Y TẾ SỐ 12/1999/QĐ-BYT NGÀY 3/2/1999 / VỀ VIỆC …`
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ingest.values import as_date, find_values

_OPENS = re.compile(r"(?:của|liên tịch|số\s*:?\s*\d)\b", re.IGNORECASE)
_NOT_ISSUER = re.compile(r"^(?:liên tịch\s+|của\s+)+", re.IGNORECASE)
_NUMBER = re.compile(r"\bsố\s*:?\s*(?=\d)", re.IGNORECASE)
_SUBJECT = re.compile(r"(?:^|(?<=\s))(?:về việc|về|v/v|hướng dẫn|quy định|ban hành|sửa đổi|bổ sung)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a title says before its subject; all but `title` may be missing."""

    title: str
    issuer: str | None = None
    number: str | None = None
    issued_on: date | None = None
    joint: bool = False

    def kind(self, kind: str) -> str:
        """A circular is a joint one where the line under its name says so."""
        return f"{kind} liên tịch" if self.joint and kind in {"Thông tư", "Nghị quyết"} else kind


def opens_imprint(words: str) -> bool:
    """Whether a title's first words name its issuer or number."""
    return bool(_OPENS.match(words))


def read_imprint(title: str) -> Imprint:
    """A title apart from its imprint; as it is where it has none."""
    if not opens_imprint(title):
        return Imprint(title)
    joint = title.lower().startswith("liên tịch")
    mark = _NUMBER.search(title)
    values = find_values(title[mark.end() :]) if mark else []
    if not mark or not values or values[0].kind != "document" or values[0].start > 0:
        subject = _SUBJECT.search(title)
        return Imprint(title[subject.start() :] if subject else title, joint=joint)
    issuer = _NOT_ISSUER.sub("", title[: mark.start()]).strip(" ,") or None
    number = title[mark.end() : mark.end() + values[0].end]
    end = mark.end() + values[0].end
    issued_on = None
    if len(values) > 1 and values[1].kind == "date" and values[1].start - values[0].end < len(" ngày  "):
        issued_on = as_date(values[1].key)
        end = mark.end() + values[1].end
    return Imprint(title[end:].strip(" ,.") or title, issuer, number, issued_on, joint)
