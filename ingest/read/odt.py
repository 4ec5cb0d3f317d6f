"""OpenDocument texts: the body's paragraphs, lists and tables in order, with the numbers that Writer shows."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from lxml import etree

from ingest.errors import UnreadableFile
from ingest.read import archive, legacy, table
from ingest.read.lines import is_visible
from ingest.read.numbering import Numbering
from ingest.read.odfstyles import FO, OUTLINE, STYLE, TEXT, Key, OdfStyles, load_odf_styles
from ingest.read.runs import Lines, Piece
from ingest.types import Block, Reading

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"

PARAGRAPHS = {f"{TEXT}p", f"{TEXT}h"}
ROW_GROUPS = {f"{TABLE}table-rows", f"{TABLE}table-row-group", f"{TABLE}table-header-rows"}
CHARACTERS = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
UNSEEN = {f"{OFFICE}annotation", f"{TEXT}ruby-text", f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph"}
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SIDES = ("", "-top", "-bottom", "-left", "-right")

MAX_DEPTH = 60
"""Lists in cells of tables in frames: a form nests ten of them at the most."""
MAX_SPAN = 100
MAX_REPEATED = 1000

ENCRYPTED = "tệp được đặt mật khẩu; hãy gỡ mật khẩu rồi lưu lại"
NOT_TEXT = (
    "tệp OpenDocument này không phải văn bản (.odt); nếu là bảng tính hãy lưu lại dạng .xlsx, "
    "nếu là trang trình chiếu hãy lưu nội dung dạng .docx"
)
TOO_DEEP = "bảng, danh sách lồng nhau quá nhiều lớp; hãy tách nội dung bên trong ra ngoài rồi lưu lại"


def read(data: bytes) -> Reading:
    """Raises `UnreadableFile` for a damaged or encrypted package, what is no text, and what is past the limits."""
    with archive.open_package(data) as package:
        _refuse_encrypted(package)
        content = archive.part(package, "content.xml")
        styles = archive.part(package, "styles.xml")
    body = None if content is None else content.find(f"{OFFICE}body/{OFFICE}text")
    if content is None or body is None:
        raise UnreadableFile(NOT_TEXT)
    roots = [content] if styles is None else [styles, content]
    reader = _Reader(load_odf_styles(roots))
    blocks, repaired = legacy.repair(table.renumber([*reader.blocks(body), *reader.notes]))
    margins, _ = legacy.repair(block for page in _page_margins(styles) for block in reader.blocks(page))
    encodings = tuple(name for name in legacy.ENCODINGS if name in reader.encodings or name in repaired)
    lines = dict.fromkeys(block.text for block in margins)
    return Reading(tuple(blocks), "odt", encodings=encodings, margins=tuple(lines))


def _refuse_encrypted(package: zipfile.ZipFile) -> None:
    manifest = archive.part(package, "META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter(f"{MANIFEST}encryption-data"), None) is not None:
        raise UnreadableFile(ENCRYPTED)


def _page_margins(styles: etree._Element | None) -> Iterator[etree._Element]:
    """Headers and footers of every kind of page: `style:header`, `style:footer-first` …"""
    for page in () if styles is None else styles.iter(f"{STYLE}master-page"):
        for part in page.iterchildren(etree.Element):
            if etree.QName(part).localname.startswith(("header", "footer")):
                yield part


@dataclass(slots=True)
class _Paragraph(Lines):
    """A paragraph being read: its lines, and the frames anchored in it."""

    frames: list[etree._Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Open:
    """A list being read: its style, its counts' id and its level from 0."""

    style: str
    id: str
    level: int


class _Reader:
    """Reads one file; it holds the styles and how far the lists and notes have counted."""

    def __init__(self, styles: OdfStyles) -> None:
        self.notes: list[Block] = []
        self.encodings: set[str] = set()
        self._styles = styles
        self._numbering = Numbering()
        self._numbering.abstract[OUTLINE] = styles.lists.get(OUTLINE, {})
        self._numbering.lists[OUTLINE] = OUTLINE
        self._latest: dict[str, str] = {}
        self._lists: dict[str | None, str] = {}
        self._tables = count()
        self._depth = 0

    def blocks(self, container: etree._Element, mark: str = "") -> Iterator[Block]:
        """The blocks of a body, section, item, cell or frame; `mark` stands before the first paragraph."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UnreadableFile(TOO_DEEP)
        for element in container.iterchildren(etree.Element):
            if element.tag in PARAGRAPHS:
                yield from self._paragraph(element, mark)
                mark = ""
            elif element.tag == f"{TEXT}list":
                yield from self._list(element, None)
            elif element.tag == f"{TABLE}table":
                yield from self._table(element)
            elif element.tag.startswith(DRAW) or _is_open_section(element):
                yield from self.blocks(element)
        self._depth -= 1

    def _paragraph(self, element: etree._Element, mark: str) -> Iterator[Block]:
        paragraph = _Paragraph()
        style: Key = ("paragraph", element.get(f"{TEXT}style-name"))
        self._inline(element, (style, ("paragraph", None)), paragraph)
        level = _integer(element.get(f"{TEXT}outline-level"), 1) if element.tag == f"{TEXT}h" else None
        lines = [(line.text, line.bold) for line in paragraph.lines if is_visible(line.text)]
        numbered = element.get(f"{TEXT}is-list-header") != "true" and not self._styles.is_unlisted(style)
        if level and lines and numbered and not mark:
            mark = self._numbering.next_label(OUTLINE, min(level, 9) - 1).strip()
        if mark and not lines and any(True for _ in element.iterancestors(f"{TABLE}table-cell")):
            lines = [("", False)]  # an automatic row number, alone in its cell
        for text, bold in lines:
            yield Block(f"{mark} {text}".strip(), level=level, bold=bold)
            mark = ""
        for frame in paragraph.frames:
            yield from self.blocks(frame)

    def _inline(self, element: etree._Element, keys: tuple[Key, ...], paragraph: _Paragraph) -> None:
        self._add(element.text, keys, paragraph)
        for child in element.iterchildren():
            if isinstance(child.tag, str):
                self._child(child, keys, paragraph)
            self._add(child.tail, keys, paragraph)

    def _child(self, child: etree._Element, keys: tuple[Key, ...], paragraph: _Paragraph) -> None:
        tag = child.tag
        if tag in CHARACTERS:
            self._add(CHARACTERS[tag], keys, paragraph, raw=True)
        elif tag == f"{TEXT}s":
            self._add(" ", keys, paragraph)
        elif tag == f"{TEXT}note":
            self._note(child, keys, paragraph)
        elif tag.startswith(DRAW):
            paragraph.frames.append(child)
        elif tag not in UNSEEN:
            named = tag == f"{TEXT}span"
            self._inline(child, (("text", child.get(f"{TEXT}style-name")), *keys) if named else keys, paragraph)

    def _add(self, text: str | None, keys: tuple[Key, ...], paragraph: _Paragraph, *, raw: bool = False) -> None:
        if not text or self._styles.is_hidden(keys):
            return
        font = self._styles.font(keys)
        encoding = legacy.encoding_of_font(font)
        if encoding and text.strip():
            self.encodings.add(encoding)
        shown = text if raw else text.replace("\n", " ")
        paragraph.add(Piece(shown, self._styles.is_bold(keys), font if encoding else None))

    def _note(self, note: etree._Element, keys: tuple[Key, ...], paragraph: _Paragraph) -> None:
        """A note's raised number here, and its text after the body."""
        mark = "".join(note.findtext(f"{TEXT}note-citation", "").split()).translate(SUPERSCRIPT)
        self._add(mark, keys, paragraph)
        body = note.find(f"{TEXT}note-body")
        said = " ".join(block.text for block in self.blocks(body)) if body is not None else ""
        if said:
            self.notes.append(Block(f"{mark} {said}"))

    def _list(self, element: etree._Element, outer: _Open | None) -> Iterator[Block]:
        opened = self._opened(element, outer)
        for item in element.iterchildren(f"{TEXT}list-item", f"{TEXT}list-header"):
            start = item.get(f"{TEXT}start-value")
            if start is not None:
                opened = self._started(opened, _integer(start, 1))
            first = next(item.iterchildren(etree.Element), None)
            labelled = first is not None and first.tag in PARAGRAPHS and item.tag == f"{TEXT}list-item"
            mark = self._numbering.next_label(opened.id, opened.level).strip() if labelled else ""
            yield from self._item(item, mark, opened)

    def _item(self, item: etree._Element, mark: str, opened: _Open) -> Iterator[Block]:
        """An item's paragraphs, and the lists under it."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UnreadableFile(TOO_DEEP)
        for element in item.iterchildren(etree.Element):
            if element.tag in PARAGRAPHS:
                yield from self._paragraph(element, mark)
                mark = ""
            elif element.tag == f"{TEXT}list":
                yield from self._list(element, opened)
        self._depth -= 1

    def _opened(self, element: etree._Element, outer: _Open | None) -> _Open:
        """A list that goes on with another one shares its counts; one within another counts its next level."""
        style = element.get(f"{TEXT}style-name") or (outer.style if outer else "-")
        level = min(outer.level + 1, 8) if outer else 0
        if outer and style == outer.style:
            return _Open(style, outer.id, level)
        goes_on = element.get(f"{TEXT}continue-numbering") == "true"
        key = self._lists.get(element.get(f"{TEXT}continue-list")) or (self._latest.get(style) if goes_on else None)
        if key is None:
            key = f"{style}/{len(self._numbering.lists)}"
            self._numbering.abstract[key] = self._styles.lists.get(style, {})
            self._numbering.lists[key] = key
        self._latest[style] = key
        if element.get(XML_ID):
            self._lists[element.get(XML_ID)] = key
        return _Open(style, key, level)

    def _started(self, opened: _Open, start: int) -> _Open:
        """The same counts under another id, whose first item has the number given."""
        key = f"{opened.style}/{len(self._numbering.lists)}"
        self._numbering.lists[key] = self._numbering.lists[opened.id]
        self._numbering.starts[key] = {opened.level: start}
        return _Open(opened.style, key, opened.level)

    def _table(self, element: etree._Element) -> Iterator[Block]:
        grid = table.place(self._rows(element, heading=False))
        if table.is_box(grid):
            yield from grid[0].cells[0].blocks
        elif table.is_layout(grid, bordered=self._is_bordered(element)):
            yield from table.layout_blocks(grid)
        else:
            yield from table.row_blocks(grid, next(self._tables))

    def _rows(
        self, container: etree._Element, *, heading: bool
    ) -> Iterator[tuple[bool, list[tuple[table.Cell, int, int]]]]:
        for element in container.iterchildren(etree.Element):
            if element.tag in ROW_GROUPS:
                yield from self._rows(element, heading=heading or element.tag == f"{TABLE}table-header-rows")
            elif element.tag == f"{TABLE}table-row":
                cells = [placed for cell in element.iterchildren(f"{TABLE}table-cell") for placed in self._cells(cell)]
                repeated = _integer(element.get(f"{TABLE}number-rows-repeated"), 1)
                for _ in range(min(repeated, MAX_REPEATED)):
                    yield heading, cells

    def _cells(self, element: etree._Element) -> Iterator[tuple[table.Cell, int, int]]:
        """A cell, as often as it is repeated, with the columns and rows it covers."""
        cell = table.Cell(tuple(self.blocks(element)))
        columns = min(_integer(element.get(f"{TABLE}number-columns-spanned"), 1), MAX_SPAN)
        rows = min(_integer(element.get(f"{TABLE}number-rows-spanned"), 1), MAX_REPEATED)
        for _ in range(min(_integer(element.get(f"{TABLE}number-columns-repeated"), 1), MAX_SPAN)):
            yield cell, columns, rows
            cell = table.Cell(cell.blocks)

    def _is_bordered(self, element: etree._Element) -> bool:
        """Whether a reader sees a grid: lines on most cells."""
        cells = [cell.get(f"{TABLE}style-name") for cell in element.iter(f"{TABLE}table-cell")]
        return 2 * sum(map(self._is_drawn, cells)) > len(cells)

    def _is_drawn(self, style: str | None) -> bool:
        key = (("table-cell", style),)
        borders = (self._styles.property("table-cell", f"{FO}border{side}", key) for side in SIDES)
        return any(border and border.split()[0] not in {"none", "hidden"} for border in borders)


def _is_open_section(element: etree._Element) -> bool:
    return bool(element.tag == f"{TEXT}section" and element.get(f"{TEXT}display") != "none")


def _integer(written: str | None, default: int) -> int:
    """A number from 1 as an attribute gives it."""
    return max(int(written), 1) if written and written.isdecimal() and len(written) < 7 else default
