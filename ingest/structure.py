"""The document's own unit tree, with the addresses that a person would write, from its lines.

A unit opens at a line that carries a label (`Điều 5.`, `II.`, `1.1.`, `a)`, `-`), is a declared or bold heading, or
is a paragraph or a table; it closes where a unit of the same or a higher rank opens.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.address import Node, address_of, count_children, is_caption, name_of
from ingest.layout import appendix_label, is_closing, is_preamble, opens_grounds
from ingest.tables import read_table
from ingest.text import CAPITALS
from ingest.types import Block, Unit, UnitKind

# Ranks: a unit closes every open unit whose rank is not smaller than its own.
_RANKS: dict[UnitKind, float] = {
    "phu_luc": 0, "phan": 1, "chuong": 2, "muc": 3, "tieu_muc": 3.5, "dieu": 4, "khoan": 5,
    "doan": 8, "bang": 8.5, "diem": 9, "gach": 10, "cong": 11, "hang": 12,
}  # fmt: skip
BOLD_HEADING_RANK = 7  # below numbered headings, above lettered points
LETTER_RANK = 2.5  # A, B, C stand over I, II, III
POINT_HEADING_RANK = 7.5  # a lettered point that is a heading has the paragraphs after it under it
CAPTION_RANK = 8  # a table's caption has only its table under it
HEADING_LENGTH = 150  # a longer bold line is an emphasised paragraph

# A sentence may begin with the name of a part too: `Chương II của Nghị định này …`.
_TITLED = rf"(?:\s*[.:–-])?\s*(?=[{CAPITALS}“\"(]|$)"

_LABELS: tuple[tuple[UnitKind, re.Pattern[str]], ...] = (
    ("phan", re.compile(rf"^(?P<label>(?i:phần\s+(?:thứ\s+\w+|[IVXLC]+|\d+|[A-Z]))\b){_TITLED}")),
    ("chuong", re.compile(rf"^(?P<label>(?i:chương\s+(?:[IVXLC]+|\d+))\b){_TITLED}")),
    ("tieu_muc", re.compile(rf"^(?P<label>(?i:tiểu mục\s+(?:[IVXLC]+|\d+))\b){_TITLED}")),
    ("muc", re.compile(rf"^(?P<label>(?i:mục\s+(?:[IVXLC]+|\d+))\b){_TITLED}")),
    ("muc", re.compile(r"^(?P<label>(?:bảng|biểu)\s+(?:số\s+)?\d+)\s*[.:]\s*", re.IGNORECASE)),
    ("dieu", re.compile(r"^(?P<label>điều\s+\d+[a-zđ]?)\s*(?:[.:]\s*|$)", re.IGNORECASE)),
    ("muc", re.compile(r"^(?P<label>[IVX]{1,6})\s*(?:[./)]|\s?[-–]\s)\s*(?=\S)")),
    ("muc", re.compile(rf"^(?P<label>[A-H])\s*[./)]\s+(?=[{CAPITALS}])")),
    ("khoan", re.compile(r"^(?P<label>\d{1,2}(?:\.\d{1,2})+)\s*[.\-)]?\s+(?=\S)")),
    ("khoan", re.compile(r"^(?P<label>\d{1,3}[a-zđ]?)\s*(?:[.)]|\s?[-–])\s*(?=[^\d\s%])")),
    ("diem", re.compile(r"^(?P<label>[a-zđ])\s*(?:\)|\.(?=\s))\s*(?=\S)")),
    ("gach", re.compile(rf"^(?P<label>[-–—•*▪●])\s+(?=\S)|^(?P<label2>[-–])(?=[{CAPITALS}])")),
    ("cong", re.compile(r"^(?P<label>[+○◦])\s*(?=\S)")),
)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    end: int
    block: Block


def build_units(text: str, blocks: Sequence[Block], body: int) -> tuple[Unit, ...]:
    """Units of `text`, whose line `i` is `blocks[i]`, from line `body` on, in reading order."""
    lines = _lines(text, blocks)[body:]
    root = Node("phu_luc", "", "", 0, 0, -1)
    opened = [root]
    index = 0
    closing = False
    while index < len(lines):
        line = lines[index]
        was_closing, closing = closing, _still_closing(line, closing=closing)
        if was_closing and not closing:
            del opened[1:]
        if closing or line.block.layout or not any(c.isalnum() for c in line.text):
            index += 1
        elif line.block.kind == "row":
            index = _add_table(opened, lines, index)
        else:
            index = _add_line(opened, lines, index)
    _close(root, len(text))
    return tuple(_units(root))


def _lines(text: str, blocks: Sequence[Block]) -> list[_Line]:
    lines: list[_Line] = []
    start = 0
    for part, block in zip(text.split("\n"), blocks, strict=True):
        lines.append(_Line(part, start, start + len(part), block))
        start += len(part) + 1
    return lines


def _still_closing(line: _Line, *, closing: bool) -> bool:
    if is_closing(line.text):
        return True
    if not closing:
        return False
    kind = _label(line.text)[0]
    body_again = appendix_label(line.text) or kind in {"phan", "chuong", "dieu"} or line.block.level is not None
    return not (body_again or line.block.kind == "row")


def _label(text: str) -> tuple[UnitKind, str, int]:
    """Kind, label and where the wording begins; an unlabelled line is a paragraph."""
    for kind, pattern in _LABELS:
        match = pattern.match(text)
        if match:
            label = next(group for group in match.groups() if group)
            return kind, label, match.end()
    return "doan", "", 0


def _add_line(opened: list[Node], lines: Sequence[_Line], index: int) -> int:
    """Open the unit that begins at line `index`; returns the index of the next line to look at."""
    line = lines[index]
    appendix = appendix_label(line.text)
    kind, label, wording = _label(line.text)
    if appendix:
        kind, label, wording = "phu_luc", appendix, len(line.text)
    title, head, after = line.text[wording:].strip(), line.end, index + 1
    if kind in {"phu_luc", "chuong", "phan", "muc", "tieu_muc"} and not title:
        title, head, after = _title_below(lines, after, head)
    rank = _RANKS[kind]
    if kind == "khoan":
        rank += 0.3 * label.count(".")
    if kind == "doan" and _is_heading(line) and not _in_preamble(lines, index):
        kind, title = "muc", line.text
        rank = _RANKS["muc"] + 0.1 * line.block.level if line.block.level else BOLD_HEADING_RANK
    elif rank > _RANKS["doan"] and (_is_heading(line) or (kind == "diem" and _heads_below(lines, index))):
        rank = POINT_HEADING_RANK
    elif is_caption(label):
        rank = CAPTION_RANK if label[1] in "ảẢ" else _RANKS["phu_luc"]  # forms (biểu) are annexed, tables stand within
    elif kind == "muc" and label in "ABCDEFGH":
        rank = LETTER_RANK
    if kind == "doan":
        title = ""
    node = Node(kind, label, title, line.start, head, rank, line.block.level)
    _open(opened, node)
    if kind == "doan" and not line.text.endswith(":"):
        opened.pop()
    return after


def _is_heading(line: _Line) -> bool:
    if line.block.level:
        return True
    short = len(line.text) <= HEADING_LENGTH and not re.search(r"[.;,…]$", line.text)
    return line.block.bold and short and bool(re.search(r"[^\W\d_]{2}", line.text))  # no bold number of a drawing


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
    plain = not is_closing(below.text) and _label(below.text)[0] == "doan"
    return plain and not re.search(r"[^\w”)]$", lines[index].text)


def _title_below(lines: Sequence[_Line], index: int, head: int) -> tuple[str, int, int]:
    """The title on the lines under `Chương I` or `PHỤ LỤC`: capitals, bold or centred, and notes in brackets."""
    parts: list[str] = []
    while index < len(lines) and len(parts) < 4:
        line = lines[index]
        titled = line.text.isupper() or line.block.bold or line.text.startswith("(") or not parts
        appendix = appendix_label(line.text) or ""
        # `DANH MỤC` right under `PHỤ LỤC` is its title; further down it is an attached text of its own.
        labelled = _label(line.text)[0] != "doan" or appendix.startswith("Phụ lục") or (parts and appendix)
        if line.block.kind == "row" or line.block.layout or labelled or not titled or len(line.text) > 300:
            break
        parts.append(line.text)
        head = line.end
        index += 1
    return " ".join(part for part in parts if not part.startswith("(")), head, index


def _open(opened: list[Node], node: Node) -> None:
    while len(opened) > 1 and _closes(node, opened[-1]):
        opened.pop()
    node.parent = opened[-1]
    opened[-1].children.append(node)
    opened.append(node)


def _closes(new: Node, old: Node) -> bool:
    """By the levels that the file declares where both have one, else by rank; b) never goes under a)."""
    if new.level and old.level and new.kind != "phu_luc":
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
