"""Lines that open what is annexed to a document: an appendix, a regulation attached to a decision, a form."""

from __future__ import annotations

import re

from ingest.text import CAPITALS

ATTACHED = ("Quy chế", "Quy định", "Danh mục", "Đề án", "Chương trình", "Kế hoạch", "Điều lệ", "Nội quy")

_ATTACHED = re.compile(rf"^(?P<kind>{'|'.join(ATTACHED)})(?=$|\s)", re.IGNORECASE)
# A sentence may begin with an appendix too: `Phụ lục I của Nghị định này gồm …`.
_APPENDIX = re.compile(
    rf"^(?i:phụ lục)(?:\s+(?i:số\s+)?(?P<number>[IVXLC]+|\d+|[A-Z])(?![^\W_]))?+"
    rf"\s*(?:$|[.:(–-]|(?=[{CAPITALS}“])|(?=(?i:(?:ban hành )?kèm theo)\b.*[^.;]$))"
)
_FORM = re.compile(
    r"^(?i:(?:biểu )?mẫu)\s+(?:(?i:số)\s*:?\s*)?"
    r"(?P<number>(?:[A-Z]{1,3}[-.]?)?\d{1,3}[a-zđ]?(?:[./-][\dA-ZĐ][\dA-Za-zĐđ]*)*)"
    rf"\s*(?:$|[-–:.]\s*(?=[{CAPITALS}])|(?=\())"
)
_NOTE = re.compile(r"^\(?\s*(?:được )?(?:ban hành )?kèm theo\b", re.IGNORECASE)
MAX_LABEL_LINE = 200


def appendix_label(line: str) -> str | None:
    """`Phụ lục II`, or the attached text's type (`Quy chế`), where this line opens one."""
    if len(line) < MAX_LABEL_LINE and (match := _APPENDIX.match(line)):
        return f"Phụ lục {match['number']}" if match["number"] else "Phụ lục"
    attached = _ATTACHED.fullmatch(line)
    return attached["kind"].capitalize() if attached and line.isupper() else None


def form_label(line: str) -> tuple[str, int] | None:
    """`Mẫu số 01`, alone on its line or before its title, and where the title begins."""
    match = _FORM.match(line) if len(line) < MAX_LABEL_LINE else None
    if match is None:
        return None
    word = "Mẫu số" if re.search(r"\bsố\b", match.group(), re.IGNORECASE) else "Mẫu"
    return f"{word} {match['number']}", match.end()


def attached_label(title: str) -> tuple[str, int]:
    """The type that an attached text's title begins with, and where the rest begins; "" for `BIỂU PHÍ …`."""
    attached = _ATTACHED.match(title)
    return (attached["kind"].capitalize(), attached.end()) if attached else ("", 0)


def is_attached_note(line: str) -> bool:
    """`(Ban hành kèm theo Quyết định số …)` stands under the title of what is annexed."""
    return bool(_NOTE.match(line))
