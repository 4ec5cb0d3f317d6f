"""Word files: the body's paragraphs and tables in order, with what Word shows but does not store as text.

Read from the XML itself: python-docx leaves out content controls, text boxes, insertions, footnotes and numbering, and
its merged cells cost quadratic time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from lxml import etree

from ingest.errors import UnreadableFile
from ingest.read import archive, legacy, table
from ingest.read.fonts import Fonts
from ingest.read.lines import is_visible
from ingest.read.numbering import W
from ingest.read.runs import Line, Lines, Piece
from ingest.read.styles import as_level, flag, value
from ingest.read.wordparts import Parts, load_parts
from ingest.types import Block, Reading

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

WRAPPERS = frozenset(
    f"{W}{name}" for name in ("ins", "moveTo", "hyperlink", "smartTag", "fldSimple", "customXml", "dir", "bdo")
)
"""What stands round content without being any."""
SYMBOLS = {"A3": "≤", "B3": "≥", "B1": "±", "B4": "×", "B0": "°", "B9": "≠", "BB": "≈", "AE": "→", "B7": "•", "2D": "-"}
"""Characters of the Symbol font, which a target's comparator may be written in."""
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SOFT_HYPHEN = "\xad"
"""Nothing to see, but the letter ư in fonts of TCVN3."""
CHARACTERS = {f"{W}{name}": "\t" for name in ("tab", "ptab")} | {f"{W}{name}": "\n" for name in ("br", "cr")}
CHARACTERS |= {f"{W}noBreakHyphen": "-", f"{W}softHyphen": SOFT_HYPHEN}
SIDES = ("top", "left", "bottom", "right", "start", "end", "insideH", "insideV")
MAX_TABLE_DEPTH = 20
MAX_SPAN = 100


def read(data: bytes) -> Reading:
    """Raises `UnreadableFile` for a damaged or encrypted package and for one past the limits."""
    with archive.open_package(data) as package:
        parts = load_parts(package)
    reader = _Reader(parts)
    blocks, repaired = legacy.repair(table.renumber([*reader.blocks(parts.body), *reader.notes()]))
    margins, _ = legacy.repair(block for root in parts.margins for block in reader.blocks(root))
    encodings = tuple(found for found in legacy.ENCODINGS if found in reader.encodings.union(repaired))
    lines = dict.fromkeys(block.text.replace(SOFT_HYPHEN, "") for block in margins)
    return Reading(tuple(map(_without_hyphens, blocks)), "docx", encodings=encodings, margins=tuple(lines))


@dataclass(slots=True, kw_only=True)
class _Paragraph(Lines):
    """A paragraph as read: its lines, and the text boxes anchored in it."""

    style: str | None
    boxes: list[etree._Element] = field(default_factory=list)


class _Reader:
    """Reads one file; it holds the styles and how far the lists and notes have counted."""

    def __init__(self, parts: Parts) -> None:
        self._styles = parts.styles
        self._numbering = parts.numbering
        self._notes = parts.notes
        self._fonts = Fonts(parts.styles, parts.roots)
        self._referred: dict[tuple[str, str], str] = {}
        self._tables = count()
        self._depth = 0

    @property
    def encodings(self) -> set[str]:
        """Those of the fonts met so far."""
        return self._fonts.met

    def blocks(self, container: etree._Element) -> Iterator[Block]:
        """The blocks of a body, cell, text box or note."""
        for element in _content(container):
            if element.tag == f"{W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{W}tbl":
                yield from self._table(element)

    def notes(self) -> Iterator[Block]:
        """The notes referred to in what was read, in order, each behind the raised number of its reference."""
        found = {
            (kind, note.get(f"{W}id", "")): note
            for kind, root in self._notes.items()
            for note in root.iterchildren(f"{W}{kind}")
        }
        for key, mark in list(self._referred.items()):
            if key in found:
                yield Block(f"{mark} " + " ".join(block.text for block in self.blocks(found[key])))

    def _paragraph(self, element: etree._Element) -> Iterator[Block]:
        properties = element.find(f"{W}pPr")
        paragraph = _Paragraph(style=value(properties, "pStyle") or self._styles.default)
        self._inline(element, paragraph)
        if self._styles.is_contents(paragraph.style):
            return
        shown = any(is_visible(line.text) for line in paragraph.lines)
        deleted = properties is not None and properties.find(f"{W}rPr/{W}del") is not None
        mark = "" if deleted and not shown else self._label(properties, paragraph.style)
        if mark and not shown and _in_cell(element):  # an automatic row number, alone in its cell
            paragraph.lines = [Line([Piece(mark, bold=False)])]
        elif mark and shown:
            _put_before(paragraph.lines, mark)
        yield from self._lines(paragraph, self._level(properties, paragraph.style))
        for box in paragraph.boxes:
            yield from self.blocks(box)

    def _lines(self, paragraph: _Paragraph, level: int | None) -> Iterator[Block]:
        for line in paragraph.lines:
            for text in line.text.splitlines():
                if is_visible(text):
                    yield Block(text.strip(), level=level, bold=line.bold)

    def _level(self, properties: etree._Element | None, style: str | None) -> int | None:
        outline = value(properties, "outlineLvl")
        return self._styles.level(style) if outline is None else as_level(outline)

    def _label(self, properties: etree._Element | None, style: str | None) -> str:
        """The automatic number or bullet of a paragraph, which counts it."""
        own = None if properties is None else properties.find(f"{W}numPr")
        list_id, level = value(own, "numId"), value(own, "ilvl")
        if list_id is None:
            list_id, level = self._style_list(style, level)
        if list_id in {None, "0"}:
            return ""
        return self._numbering.next_label(list_id or "", min(int(level or 0), 8)).strip()

    def _style_list(self, style: str | None, level: str | None) -> tuple[str | None, str | None]:
        """The list that a paragraph style belongs to, and the level there."""
        for element in self._styles.chain(style):
            list_id = value(element, "pPr/numPr/numId")
            if list_id is not None:
                tied = self._numbering.level_of_style(list_id, (style or "", element.get(f"{W}styleId", "")))
                return list_id, level or value(element, "pPr/numPr/ilvl") or str(tied)
        return None, None

    def _inline(self, container: etree._Element, paragraph: _Paragraph) -> None:
        for run in _content(container):
            if run.tag != f"{W}r" or self._is(run, paragraph.style, "vanish"):
                continue
            bold = self._is(run, paragraph.style, "b")
            font = self._fonts.of(run, paragraph.style)
            for piece in _content(run):
                paragraph.add(Piece(self._piece(piece, paragraph), bold, font))

    def _piece(self, piece: etree._Element, paragraph: _Paragraph) -> str:
        """What a part of a run shows; a text box is kept for after the paragraph."""
        if piece.tag == f"{W}t":
            return (piece.text or "").replace("\n", " ")  # only `w:br` breaks a line
        if piece.tag == f"{W}sym":
            return _symbol(piece)
        if piece.tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
            key = (etree.QName(piece).localname.removesuffix("Reference"), piece.get(f"{W}id", ""))
            return self._referred.setdefault(key, str(len(self._referred) + 1).translate(SUPERSCRIPT))
        if piece.tag in {f"{W}drawing", f"{W}pict", f"{W}object"}:
            paragraph.boxes.extend(_boxes(piece))
        return CHARACTERS.get(piece.tag, "")

    def _is(self, run: etree._Element, paragraph_style: str | None, name: str) -> bool:
        """An on/off property of a run: its own, its style's, or its paragraph's."""
        properties = run.find(f"{W}rPr")
        for found in (flag(properties, name), self._styles.flag(value(properties, "rStyle"), name)):
            if found is not None:
                return found
        return self._styles.flag(paragraph_style, name) or False

    def _table(self, element: etree._Element) -> Iterator[Block]:
        if self._depth >= MAX_TABLE_DEPTH:
            raise UnreadableFile("bảng lồng trong bảng quá nhiều lớp; hãy tách các bảng bên trong ra ngoài rồi lưu lại")
        self._depth += 1
        grid = self._grid(element)
        self._depth -= 1
        if table.is_box(grid):
            yield from grid[0].cells[0].blocks
        elif table.is_layout(grid, bordered=self._is_bordered(element)):
            yield from table.layout_blocks(grid)
        else:
            yield from table.row_blocks(grid, next(self._tables))

    def _grid(self, element: etree._Element) -> list[table.Row]:
        """The table's cells on its grid; a cell merged downwards is the one above again."""
        grid: list[table.Row] = []
        above: tuple[table.Cell, ...] = ()
        size = 0
        for row in _content(element):
            properties = row.find(f"{W}trPr")
            if row.tag != f"{W}tr" or (properties is not None and properties.find(f"{W}del") is not None):
                continue
            above = self._row(row, properties, above)
            grid.append(table.Row(above, heading=flag(properties, "tblHeader") or False))
            size += len(above)
            table.check_size(size)
        return grid

    def _row(
        self, row: etree._Element, properties: etree._Element | None, above: tuple[table.Cell, ...]
    ) -> tuple[table.Cell, ...]:
        placed = [table.EMPTY] * _span(properties, "gridBefore", 0)
        for element in _content(row):
            if element.tag == f"{W}tc":
                cell_properties = element.find(f"{W}tcPr")
                blocks = tuple(self.blocks(element))
                cell = table.Cell(blocks)
                if _continues(cell_properties) and not blocks and len(placed) < len(above):
                    cell = above[len(placed)]
                placed.extend([cell] * _span(cell_properties, "gridSpan", 1))
        return tuple(placed)

    def _is_bordered(self, element: etree._Element) -> bool:
        """Whether a reader sees a grid: lines set for the table and not taken back by its cells, or by its cells."""
        cells = list(element.iterfind(f"{W}tr/{W}tc/{W}tcPr/{W}tcBorders"))
        total = sum(1 for _ in element.iterfind(f"{W}tr/{W}tc"))
        drawn = sum(_drawn(borders) > 1 for borders in cells)
        if self._table_drawn(element):
            erased = sum(_drawn(borders) == 0 and len(borders) > 3 for borders in cells)
            return erased < total
        return 2 * drawn > total

    def _table_drawn(self, element: etree._Element) -> bool:
        own = element.find(f"{W}tblPr/{W}tblBorders")
        styled = self._styles.chain(value(element, "tblPr/tblStyle"))
        for borders in (own, *(style.find(f"{W}tblPr/{W}tblBorders") for style in styled)):
            if borders is not None:
                return _drawn(borders) > 1
        return False


def _without_hyphens(block: Block) -> Block:
    """A block without what is left of its soft hyphens once legacy text is converted."""
    if SOFT_HYPHEN not in block.text:
        return block
    cells = tuple(cell.replace(SOFT_HYPHEN, "") for cell in block.cells)
    return replace(block, text=block.text.replace(SOFT_HYPHEN, ""), cells=cells)


def _content(container: etree._Element) -> Iterator[etree._Element]:
    """The children that count: content controls, insertions and links opened, one of two alternatives taken,
    deletions left out."""
    for child in container.iterchildren(etree.Element):
        if child.tag in WRAPPERS:
            yield from _content(child)
        elif child.tag == f"{W}sdt":
            for content in child.iterchildren(f"{W}sdtContent"):
                yield from _content(content)
        elif child.tag == f"{MC}AlternateContent":
            for chosen in list(child.iterchildren(f"{MC}Choice", f"{MC}Fallback"))[:1]:
                yield from _content(chosen)
        elif child.tag not in {f"{W}del", f"{W}moveFrom"}:
            yield child


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The outermost text boxes of a drawing; those within them come with their text."""
    for box in element.iter(f"{W}txbxContent"):
        inner = next(above for above in box.iterancestors() if above is element or above.tag == f"{W}txbxContent")
        if inner is element:
            yield box


def _symbol(piece: etree._Element) -> str:
    code = piece.get(f"{W}char", "").upper()
    if code.startswith("F0"):
        return SYMBOLS.get(code[2:], "") if piece.get(f"{W}font") == "Symbol" else ""
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""


def _put_before(lines: list[Line], mark: str) -> None:
    """The label belongs to the paragraph's first visible line, and is as bold as that is."""
    line = next(line for line in lines if is_visible(line.text))
    label = legacy.convert(mark, line.pieces[0].font)
    line.pieces = [Piece(f"{label} {line.text}", line.bold)]


def _in_cell(paragraph: etree._Element) -> bool:
    return any(above.tag == f"{W}tc" for above in paragraph.iterancestors())


def _continues(properties: etree._Element | None) -> bool:
    """Whether a cell is the lower part of a vertical merge."""
    merge = None if properties is None else properties.find(f"{W}vMerge")
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


def _span(properties: etree._Element | None, name: str, default: int) -> int:
    written = value(properties, name)
    return min(int(written), MAX_SPAN) if written and written.isdecimal() else default


def _drawn(borders: etree._Element) -> int:
    """How many sides have a visible line."""
    sides = (borders.find(f"{W}{side}") for side in SIDES)
    return sum(side is not None and side.get(f"{W}val", "none") not in {"none", "nil"} for side in sides)
