"""Rich text: as docx by LibreOffice, with its fonts and tables; else its plain text by striprtf."""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.errors import UnreadableFile
from ingest.read import docx, legacy, office
from ingest.read.lines import is_visible
from ingest.types import Block, Reading

BRACE = re.compile(rb"\\[\\{}]|[{}]")
BINARY = re.compile(rb"\\bin(\d{1,10})")

TRUNCATED = "tệp .rtf bị cắt cụt (thiếu phần cuối); hãy tải lại hoặc mở bằng Word, lưu lại dạng .docx"


def read(data: bytes) -> Reading:
    """Raises `UnreadableFile` for a file that is damaged or breaks off."""
    if _breaks_off(data):
        raise UnreadableFile(TRUNCATED)
    converted = office.to_docx(data, ".rtf")
    if converted is not None:
        return replace(docx.read(converted), format="rtf")
    blocks, encodings = legacy.repair(_blocks(data))
    return Reading(tuple(blocks), "rtf", encodings=encodings)


def _breaks_off(data: bytes) -> bool:
    """Whether a group is left open, or raw bytes are to come; pictures stored as such hold braces of their own."""
    raw = list(BINARY.finditer(data))
    if raw:
        return any(int(match[1]) > len(data) - match.end() for match in raw)
    braces = BRACE.findall(data)
    return braces.count(b"{") > braces.count(b"}")


def _blocks(data: bytes) -> list[Block]:
    """A block a paragraph. High bytes are escaped in RTF, so that reading it as Latin-1 loses nothing."""
    from striprtf.striprtf import rtf_to_text

    text = rtf_to_text(data.decode("latin-1"), errors="replace")  # type: ignore[no-untyped-call]
    return [Block(line.strip()) for line in text.splitlines() if is_visible(line)]
