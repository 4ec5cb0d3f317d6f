"""One file to one parsed document: read, clean, header, structure, passages."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ingest.address import slug
from ingest.clean import clean
from ingest.errors import UnreadableFile
from ingest.layout import Header, read_header
from ingest.passages import build_passages
from ingest.read import read_file
from ingest.structure import build_units
from ingest.types import Block, Document, ParsedDocument

PARSER_VERSION = "1"  # raise it when the same file would give other units or metadata


def parse_file(path: Path, source: str) -> ParsedDocument:
    """Parse the file at `path`, recorded as `source`. Raises UnreadableFile with what to do about it."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return parse_blocks(read_file(path), source=source, sha256=digest)


def parse_blocks(blocks: list[Block], *, source: str, sha256: str) -> ParsedDocument:
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
    )
    return ParsedDocument(document, units, build_passages(units))


def _document_id(header: Header, source: str) -> str:
    """The number's slug, with the year of issue where the number has none; without a number the file's name."""
    if header.number is None:
        return slug(Path(source).stem) or "van-ban"
    name = slug(header.number)
    year = str(header.issued_on.year) if header.issued_on else ""
    return name if not year or year in name.split("-") else f"{name}-{year}"
