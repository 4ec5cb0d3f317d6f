"""One file to one parsed document: read, clean, header, structure, passages, and what is known about it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from ingest.address import slug
from ingest.clean import clean
from ingest.errors import UnreadableFile
from ingest.layout import Header, read_header
from ingest.passages import build_passages
from ingest.read import read_file
from ingest.structure import build_units
from ingest.syllables import count_syllables
from ingest.types import Block, Document, Health, ParsedDocument, Reading

PARSER_VERSION = "2"  # raise it when the same file would give other units or metadata


def parse_file(path: Path, source: str) -> ParsedDocument:
    """Parse the file at `path`, recorded as `source`. Raises UnreadableFile with what to do about it."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return parse_reading(read_file(path), source=source, sha256=digest)


def parse_reading(reading: Reading, *, source: str, sha256: str) -> ParsedDocument:
    blocks = reading.blocks
    text = clean("\n".join(block.text.replace("\n", " ") for block in blocks)).text
    lines = text.split("\n")
    if not any(c.isalpha() for c in text):
        raise UnreadableFile("Tệp không có chữ nào đọc được. Hãy mở tệp kiểm tra rồi lưu lại nội dung dạng văn bản.")
    header = read_header(lines, blocks)
    units = build_units(text, blocks, header.body)
    document = Document(
        id=_document_id(header, source),
        kind=header.kind,
        number=header.number,
        title=header.title,
        issuer=header.issuer,
        issued_on=header.issued_on,
        source=source,
        sha256=sha256,
        text=text,
        illustrative=header.illustrative,
        page_starts=_page_starts(lines, blocks),
        health=_health(reading, text),
    )
    return ParsedDocument(document, units, build_passages(units))


def _page_starts(lines: Sequence[str], blocks: Sequence[Block]) -> tuple[int, ...]:
    """Where each page begins; a page on which no line begins starts where the next one does."""
    starts: list[int] = []
    offsets = accumulate((len(line) + 1 for line in lines), initial=0)
    for offset, block in zip(offsets, blocks, strict=False):
        starts.extend([offset] * ((block.page or 0) - len(starts)))
    return tuple(starts)


def _health(reading: Reading, text: str) -> Health:
    syllables, words = count_syllables(text)
    return Health(
        format=reading.format,
        words=words,
        syllables=syllables,
        tables=len({block.table for block in reading.blocks if block.table is not None}),
        encodings=reading.encodings,
        pages=reading.pages,
        scanned=reading.scanned,
        blank=reading.blank,
    )


def _document_id(header: Header, source: str) -> str:
    """The number's slug, with the year of issue where the number has none; without a number the file's name."""
    if header.number is None:
        return slug(Path(source).stem) or "van-ban"
    name = slug(header.number)
    year = str(header.issued_on.year) if header.issued_on else ""
    return name if not year or year in name.split("-") else f"{name}-{year}"
