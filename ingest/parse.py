"""One file to one parsed document: read, clean, header, structure, passages, facts, and what is known about it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from ingest import vocabulary
from ingest.clean import clean
from ingest.effect.days import read_effect
from ingest.errors import UnreadableFile
from ingest.facts import find_facts
from ingest.health import health_of, refuse_unreadable
from ingest.passages import build_passages
from ingest.read import read_file
from ingest.secrecy import mark
from ingest.structure.address import slug
from ingest.structure.header import Header, adopted_on, read_header
from ingest.structure.units import build_units
from ingest.types import Block, Document, ParsedDocument, Reading, Relation
from ingest.values import document_key, find_values

STAMP_LINES = 12  # a letterhead with a stamp takes no more

PARSER_VERSION = "7"  # raise it when the same file would give other units, facts or metadata


def parser_version() -> str:
    """Another one wherever the same file could give something else, by our rules or by the office's own words."""
    return "-".join(filter(None, (PARSER_VERSION, vocabulary.edition())))


def parse_file(path: Path, source: str) -> ParsedDocument:
    """Parse the file at `path`, recorded as `source`. Raises UnreadableFile with what to do about it."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return parse_reading(read_file(path), source=source, sha256=digest)


def parse_reading(reading: Reading, *, source: str, sha256: str) -> ParsedDocument:
    blocks = reading.blocks
    text = clean("\n".join(block.text.replace("\n", " ") for block in blocks)).text
    lines = text.split("\n")
    health = health_of(reading, text)
    refuse_unreadable(text, health)
    header = read_header(lines, blocks)
    _refuse_secret(_above_text(lines, header), reading.margins)
    units = build_units(text, blocks, header.body)
    issued_on = header.issued_on or adopted_on(lines)
    effect = read_effect(text, units, header, issued_on, _offset(lines, header.body))
    document = Document(
        id=_document_id(header, source),
        kind=header.kind,
        number=header.number,
        title=header.title,
        issuer=header.issuer,
        issued_on=issued_on,
        source=source,
        sha256=sha256,
        text=text,
        illustrative=header.illustrative,
        effective_from=effect.effective_from,
        effective_to=effect.effective_to,
        period=effect.period,
        relations=_legible(effect.relations, text) if reading.scanned else effect.relations,
        page_starts=_page_starts(lines, blocks),
        health=health,
    )
    return ParsedDocument(document, units, build_passages(units), find_facts(document, units))


def _offset(lines: Sequence[str], index: int) -> int:
    """Where line `index` begins in the text."""
    return sum(len(line) + 1 for line in lines[:index])


def _above_text(lines: Sequence[str], header: Header) -> Sequence[str]:
    """The lines where a stamp may stand: the header, or where none was recognised the first lines."""
    return lines[: max(header.body, STAMP_LINES)]


def _refuse_secret(above: Sequence[str], margins: Sequence[str]) -> None:
    for found, place in ((mark(above), "ở phần đầu văn bản"), (mark((), margins), "ở đầu hoặc chân trang")):
        if found:
            raise UnreadableFile(
                f"văn bản có dấu “{found}” {place}; tài liệu mật hoặc hạn chế lưu hành không được đưa vào hệ thống; "
                "hãy bỏ tệp khỏi thư mục nạp; nếu văn bản đã được giải mật, hãy nạp bản không còn dấu"
            )


def _legible(relations: Sequence[Relation], text: str) -> tuple[Relation, ...]:
    """The relations of a scan whose numbers it has more than once: a single reading may be of a misread digit, and then
    another document would be said to have ended."""
    met = Counter(value.key for value in find_values(text) if value.kind == "document")
    return tuple(relation for relation in relations if met[document_key(relation.number)] > 1)


def _page_starts(lines: Sequence[str], blocks: Sequence[Block]) -> tuple[int, ...]:
    """Where each page begins; a page on which no line begins starts where the next one does."""
    starts: list[int] = []
    offsets = accumulate((len(line) + 1 for line in lines), initial=0)
    for offset, block in zip(offsets, blocks, strict=False):
        starts.extend([offset] * ((block.page or 0) - len(starts)))
    return tuple(starts)


def _document_id(header: Header, source: str) -> str:
    """The number's slug, with the year of issue where the number has none; without a number the file's name."""
    if header.number is None:
        return slug(Path(source).stem) or "van-ban"
    name = slug(header.number)
    year = str(header.issued_on.year) if header.issued_on else ""
    return name if not year or year in name.split("-") else f"{name}-{year}"
