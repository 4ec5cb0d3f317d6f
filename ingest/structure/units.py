"""The document's own unit tree, with the addresses that a person would write, from its lines.

A unit opens at a line that carries a label (`Điều 5.`, `II.`, `1.1.`, `a)`, `-`), is a declared or bold heading, or
is a paragraph or a table; it closes where a unit of the same or a higher rank opens.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.structure.address import Node, address_of, count_children, is_caption, is_form, name_of
from ingest.structure.annexes import appendix_label, attached_label, form_label, is_attached_note
from ingest.structure.header import (
    ends_text,
    is_closing,
    is_motto,
    is_preamble,
    is_signatory,
    opens_grounds,
    opens_note,
)
from ingest.structure.labels import label_of, quoted_lines
from ingest.structure.tables import read_table
from ingest.types import Block, Unit, UnitKind

# Ranks: a unit closes every open unit whose rank is not smaller than its own.
_RANKS: dict[UnitKind, float] = {
    "phu_luc": 0, "phan": 1, "chuong": 2, "muc": 3, "tieu_muc": 3.5, "dieu": 4, "khoan": 5,
    "doan": 8, "bang": 8.5, "diem": 9, "gach": 10, "cong": 11, "hang": 12,
}  # fmt: skip
FORM_RANK = 0.5  # forms are annexed one by one, or all together in an appendix
ROMAN_CLAUSE_RANK = 4.4  # I.1 stands over 1, and under I
PART_OF_POINT_RANK = 9.5  # (i), (1), a.1) under a)
STAR_RANK = 9.7  # in reports an asterisk heads the dashes after it
QUOTED_RANK = 12  # goes under whatever announces it
BOLD_HEADING_RANK = 7  # below numbered headings, above lettered points
LETTER_RANK = 2.5  # A, B, C stand over I, II, III
POINT_HEADING_RANK = 7.5  # a lettered point that is a heading has the paragraphs after it under it
CAPTION_RANK = 8  # a table's caption has only its table under it
LETTERS = "ABCDEFGH"
PLUSES = "+○◦"
LAYOUT_LENGTH = 80  # a line of a letterhead or of recipients is shorter
HEADING_LENGTH = 150  # a longer bold line is an emphasised paragraph


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the document; one that is quoted is another text's wording, whatever its label says."""

    text: str
    start: int
    end: int
    block: Block
    quoted: bool = False

    def label(self) -> tuple[UnitKind, str, int]:
        return ("doan", "", 0) if self.quoted else label_of(self.text)


def build_units(text: str, blocks: Sequence[Block], body: int) -> tuple[Unit, ...]:
    """Units of `text`, whose line `i` is `blocks[i]`, from line `body` on, in reading order."""
    lines = _lines(text, blocks)[body:]
    root = Node("phu_luc", "", "", 0, 0, -1)
    opened = [root]
    index = 0
    closing = False
    while index < len(lines):
        line = lines[index]
        was_closing, closing = closing, _is_closing(lines, index, closing=closing)
        if was_closing and not closing:
            while opened[-1].kind != "phu_luc":
                opened.pop()
        if closing or not _is_text(line):
            index += 1
        elif line.block.kind == "row":
            index = _add_table(opened, lines, index)
        else:
            index = _add_line(opened, lines, index)
    _close(root, len(text))
    return tuple(_units(root))


def _is_text(line: _Line) -> bool:
    """No rule, no motto, no letterhead; a clause is none, even where a reader took what stands round it for one."""
    if is_motto(line.text) or not any(c.isalnum() for c in line.text):
        return False
    kind = line.label()[0]
    long = len(line.text) > LAYOUT_LENGTH and kind != "gach"
    return not line.block.layout or line.quoted or long or kind in {"chuong", "dieu", "khoan", "diem"}


def _lines(text: str, blocks: Sequence[Block]) -> list[_Line]:
    parts = text.split("\n")
    quoted = quoted_lines(parts)
    lines: list[_Line] = []
    start = 0
    for index, (part, block) in enumerate(zip(parts, blocks, strict=True)):
        lines.append(_Line(part, start, start + len(part), block, index in quoted))
        start += len(part) + 1
    return lines


def _is_closing(lines: Sequence[_Line], index: int, *, closing: bool) -> bool:
    """Whether line `index` belongs to the recipients and the signature, as the line before it did if `closing`."""
    line = lines[index]
    if line.quoted:
        return False
    if is_closing(line.text) or (is_signatory(line.text) and _has_ended(lines, index)):
        return True
    if not closing:
        return False
    body_again = _annex(lines, index) or line.label()[0] in {"phan", "chuong", "dieu"} or line.block.level is not None
    return not (body_again or line.block.kind == "row" or opens_note(line.text))


def _has_ended(lines: Sequence[_Line], index: int) -> bool:
    """Whether one of the last lines closes a text: `./.`, or the day on which a law was adopted."""
    return any(ends_text(line.text) for line in lines[max(0, index - 4) : index])


def _annex(lines: Sequence[_Line], index: int) -> tuple[str, int] | None:
    """The label of the appendix, attached text or form that line `index` opens, and where its title begins."""
    line = lines[index]
    if line.quoted or line.block.kind == "row":
        return None
    label = appendix_label(line.text)
    if label:
        return label, len(line.text)
    form = form_label(line.text)
    if form and not any(form_label(beside.text) for beside in lines[max(0, index - 1) : index + 2] if beside != line):
        return form
    return attached_label(line.text) if _has_note_below(lines, index) else None


def _has_note_below(lines: Sequence[_Line], index: int) -> bool:
    """Whether a title in capitals is that of an annex without a number: `(Ban hành kèm theo …)` stands under it."""
    if not lines[index].text.isupper() or lines[index].label()[0] != "doan":
        return False
    for line in lines[index + 1 : index + 5]:
        if is_attached_note(line.text):
            return True
        if not (line.text.isupper() or line.block.bold) or line.block.kind == "row":
            return False
    return False


def _add_line(opened: list[Node], lines: Sequence[_Line], index: int) -> int:
    """Open the unit that begins at line `index`; returns the index of the next line to look at."""
    line = lines[index]
    kind, label, wording = line.label()
    if kind == "muc" and label in LETTERS and not _has_letter_before(opened, label):
        kind, label, wording = "doan", "", 0
    if annex := _annex(lines, index):
        kind, (label, wording) = "phu_luc", annex
    title, head, after = line.text[wording:].strip(), line.end, index + 1
    if kind in {"phu_luc", "chuong", "phan", "muc", "tieu_muc"} and not (title and label):
        title, head, after = _title_below(lines, after, head, title)
    rank = _rank(kind, label)
    if kind == "doan" and _is_heading(line) and not _in_preamble(lines, index):
        kind, title = "muc", line.text
        rank = _RANKS["muc"] + 0.1 * line.block.level if line.block.level else BOLD_HEADING_RANK
    elif rank > _RANKS["doan"] and (_is_heading(line) or (kind == "diem" and _heads_below(lines, index))):
        rank = POINT_HEADING_RANK
    if line.quoted:
        rank = QUOTED_RANK
    if kind == "doan":
        title = ""
    node = Node(kind, label, title, line.start, head, rank, line.block.level)
    _open(opened, node)
    if kind == "doan" and not line.text.endswith(":"):
        opened.pop()
    return after


def _has_letter_before(opened: Sequence[Node], label: str) -> bool:
    """A goes before B: a lone `F.` is a misread number, or somebody's initial."""
    before = chr(ord(label) - 1)
    return label == "A" or any(child.label == before for node in opened for child in node.children)


def _rank(kind: UnitKind, label: str) -> float:
    """What the unit closes: everything opened with this rank or a greater one."""
    rank = _RANKS[kind]
    if kind == "khoan":
        rank = ROMAN_CLAUSE_RANK if label[0] in "IVX" else rank
        rank += 0.3 * (label.count(".") - (label[0] in "IVX"))
    elif kind == "phu_luc" and is_form(label):
        rank = FORM_RANK
    elif is_caption(label):
        rank = CAPTION_RANK if label[1] in "ảẢ" else _RANKS["phu_luc"]  # forms (biểu) are annexed, tables stand within
    elif kind == "muc" and label in LETTERS:
        rank = LETTER_RANK
    elif kind == "cong" and label not in PLUSES:
        rank = PART_OF_POINT_RANK
    elif label == "*":
        rank = STAR_RANK
    return rank


def _is_heading(line: _Line) -> bool:
    if line.quoted or not re.search(r"[^\W\d_]{2}", line.text):  # no bold number of a drawing
        return False
    if line.block.level:
        return True
    short = len(line.text) <= HEADING_LENGTH and not re.search(r"[.;,…]$", line.text)
    return line.block.bold and short


def _in_preamble(lines: Sequence[_Line], index: int) -> bool:
    below = lines[index + 1].text if index + 1 < len(lines) else ""
    return is_preamble(lines[index].text) or (opens_grounds(below) and lines[index].text.isupper())


def _heads_below(lines: Sequence[_Line], index: int) -> bool:
    """A point without a closing mark is the title of the paragraph under it, or of the table, then with a colon too."""
    if index + 1 == len(lines):
        return False
    below = lines[index + 1]
    if below.block.kind == "row":
        return not re.search(r"[^\w”):]$", lines[index].text)
    plain = not is_closing(below.text) and below.label()[0] == "doan"
    return plain and not re.search(r"[^\w”)]$", lines[index].text)


def _title_below(lines: Sequence[_Line], index: int, head: int, begun: str = "") -> tuple[str, int, int]:
    """The title on the lines under `Chương I` or `PHỤ LỤC`: capitals, bold or centred, and notes in brackets."""
    parts = [begun] if begun else []
    in_note = False
    while index < len(lines) and len(parts) < 5:
        line = lines[index]
        in_note = line.text.startswith("(") or in_note
        titled = line.text.isupper() or line.block.bold or in_note or not parts
        if not titled or len(line.text) > 300 or not _is_plain(line) or _is_annex_label(line.text, first=not parts):
            break
        if not in_note:
            parts.append(line.text)
        in_note = in_note and ")" not in line.text
        head = line.end
        index += 1
    return " ".join(parts), head, index


def _is_plain(line: _Line) -> bool:
    placed = line.block.layout or is_motto(line.text)
    return line.block.kind == "paragraph" and not placed and line.label()[0] == "doan"


def _is_annex_label(text: str, *, first: bool) -> bool:
    """`DANH MỤC` right under `PHỤ LỤC` is its title; further down it is an attached text of its own."""
    label = appendix_label(text)
    return form_label(text) is not None or (label is not None and (not first or label.startswith("Phụ lục")))


def _open(opened: list[Node], node: Node) -> None:
    while len(opened) > 1 and _closes(node, opened[-1]):
        opened.pop()
    node.parent = opened[-1]
    opened[-1].children.append(node)
    opened.append(node)


def _closes(new: Node, old: Node) -> bool:
    """By the levels that the file declares where both have one, else by rank; b) never goes under a).

    What the wording ranks needs no level: Word files have Chương VI a level below Chương V.
    """
    if new.level and old.level and new.kind != "phu_luc" and not {new.kind, old.kind} <= {"phan", "chuong", "dieu"}:
        return old.level >= new.level
    return old.rank >= new.rank or new.kind == old.kind == "diem"


def _add_table(opened: list[Node], lines: Sequence[_Line], index: int) -> int:
    """A table unit with one unit a row; a table goes under the heading it follows, or under its caption line."""
    number = lines[index].block.table
    end = index
    while end < len(lines) and lines[end].block.kind == "row" and lines[end].block.table == number:
        end += 1
    rows = lines[index:end]
    table = Node("bang", "", "", rows[0].start, rows[0].start, _RANKS["bang"])
    _open(opened, table)
    cells = read_table([row.block for row in rows])
    headers = next((i for i, row in enumerate(cells) if not row.is_header), len(cells))
    table.head = rows[headers - 1].end if headers else table.start
    for line, row in zip(rows, cells, strict=True):
        if not row.is_header:
            node = Node("hang", row.label, "", line.start, line.end, _RANKS["hang"], parent=table, row=row)
            table.children.append(node)
    opened.pop()
    return end


def _close(node: Node, end: int) -> None:
    """Fill in the ends: a unit reaches to its last descendant's last line."""
    for child in node.children:
        _close(child, end)
    node.end = max(node.head, node.children[-1].end if node.children else 0)


def _units(root: Node) -> list[Unit]:
    units: list[Unit] = []
    _emit(root, "", (), units)
    return units


def _emit(node: Node, path: str, heading: tuple[str, ...], units: list[Unit]) -> None:
    names: Counter[str] = Counter()
    count_children(node)
    for child in node.children:
        name = name_of(child)
        names[name] += 1
        if names[name] > 1:
            name = f"{name}~{names[name]}"
        child_path = f"{path}/{name}" if path else name
        child_heading = heading + (child.row.group if child.row else ())
        units.append(
            Unit(
                path=child_path,
                parent=path or None,
                kind=child.kind,
                label=child.label,
                address=address_of(child),
                start=child.start,
                head=child.head,
                end=child.end,
                heading=child_heading,
                cells=child.row.cells if child.row else (),
            )
        )
        _emit(child, child_path, (*heading, child_title) if (child_title := _heading_of(child)) else heading, units)


def _heading_of(node: Node) -> str:
    """What this unit's children stand under: its title, or the line that announces them."""
    if node.kind in {"gach", "cong", "hang", "bang"}:
        return ""
    named = {"phu_luc", "phan", "chuong", "tieu_muc", "dieu"}
    prefix = node.label if node.kind in named else ""
    return ". ".join(part for part in (prefix, node.title) if part)
