"""The document's own unit tree, with the addresses that a person would write, from its lines.

A unit opens at a line that carries a label (`Điều 5.`, `II.`, `1.1.`, `a)`, `-`), is a declared or bold heading, or
is a paragraph or a table; it closes where a unit of the same or a higher rank opens.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.layout import appendix_label, is_closing
from ingest.tables import Row, read_table
from ingest.text import bare
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

_LABELS: tuple[tuple[UnitKind, re.Pattern[str]], ...] = (
    ("phan", re.compile(r"^(?P<label>phần\s+(?:thứ\s+\w+|[IVXLC]+|\d+|[A-Z]))\b[.:]?\s*", re.IGNORECASE)),
    ("chuong", re.compile(r"^(?P<label>chương\s+(?:[IVXLC]+|\d+))\b[.:]?\s*", re.IGNORECASE)),
    ("tieu_muc", re.compile(r"^(?P<label>tiểu mục\s+(?:[IVXLC]+|\d+))\b[.:]?\s*", re.IGNORECASE)),
    ("muc", re.compile(r"^(?P<label>mục\s+(?:[IVXLC]+|\d+))(?=[.:\s]|$)[.:]?\s*(?=[A-ZÀ-ỸĐ]|$)", re.IGNORECASE)),
    ("muc", re.compile(r"^(?P<label>(?:bảng|biểu)\s+(?:số\s+)?\d+)\s*[.:]\s*", re.IGNORECASE)),
    ("dieu", re.compile(r"^(?P<label>điều\s+\d+[a-zđ]?)\s*(?:[.:]\s*|$)", re.IGNORECASE)),
    ("muc", re.compile(r"^(?P<label>[IVX]{1,6})\s*(?:[./)]|\s?[-–]\s)\s*(?=\S)")),
    ("muc", re.compile(r"^(?P<label>[A-H])\s*[./)]\s+(?=[A-ZÀ-ỸĐ])")),
    ("khoan", re.compile(r"^(?P<label>\d{1,2}(?:\.\d{1,2})+)\s*[.\-)]?\s+(?=\S)")),
    ("khoan", re.compile(r"^(?P<label>\d{1,3}[a-zđ]?)\s*(?:[.)]|\s?[-–])\s*(?=[^\d\s%])")),
    ("diem", re.compile(r"^(?P<label>[a-zđ])\s*(?:\)|\.(?=\s))\s*(?=\S)")),
    ("gach", re.compile(r"^(?P<label>[-–—•*▪●])\s+(?=\S)|^(?P<label2>[-–])(?=[A-ZÀ-ỸĐ])")),
    ("cong", re.compile(r"^(?P<label>[+○◦])\s*(?=\S)")),
)


_CAPTION = re.compile(r"bảng|biểu", re.IGNORECASE)


@dataclass(slots=True)
class _Node:
    kind: UnitKind
    label: str
    title: str
    start: int
    head: int
    rank: float
    level: int | None = None
    parent: _Node | None = None
    end: int = 0
    children: list[_Node] = field(default_factory=list)
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    end: int
    block: Block


def build_units(text: str, blocks: Sequence[Block], body: int) -> tuple[Unit, ...]:
    """Units of `text`, whose line `i` is `blocks[i]`, from line `body` on, in reading order."""
    lines = _lines(text, blocks)[body:]
    root = _Node("phu_luc", "", "", 0, 0, -1)
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


def _add_line(opened: list[_Node], lines: Sequence[_Line], index: int) -> int:
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
    if kind == "doan" and _is_heading(line):
        kind, title = "muc", line.text
        rank = _RANKS["muc"] + 0.1 * line.block.level if line.block.level else BOLD_HEADING_RANK
    elif rank > _RANKS["doan"] and _is_heading(line):
        rank = POINT_HEADING_RANK
    elif _CAPTION.match(label):
        rank = CAPTION_RANK if label[1] in "ảẢ" else _RANKS["phu_luc"]  # forms (biểu) are annexed, tables stand within
    elif kind == "muc" and label in "ABCDEFGH":
        rank = LETTER_RANK
    if kind == "doan":
        title = ""
    node = _Node(kind, label, title, line.start, head, rank, line.block.level)
    _open(opened, node)
    if kind == "doan" and not line.text.endswith(":"):
        opened.pop()
    return after


def _is_heading(line: _Line) -> bool:
    if line.block.level:
        return True
    short = len(line.text) <= HEADING_LENGTH and not re.search(r"[.;,…]$", line.text)
    return line.block.bold and short


def _title_below(lines: Sequence[_Line], index: int, head: int) -> tuple[str, int, int]:
    """The title on the lines under `Chương I` or `PHỤ LỤC`: capitals, bold or centred, and notes in brackets."""
    parts: list[str] = []
    while index < len(lines) and len(parts) < 4:
        line = lines[index]
        titled = line.text.isupper() or line.block.bold or line.text.startswith("(") or not parts
        labelled = _label(line.text)[0] != "doan" or appendix_label(line.text) is not None
        if line.block.kind == "row" or line.block.layout or labelled or not titled or len(line.text) > 300:
            break
        parts.append(line.text)
        head = line.end
        index += 1
    return " ".join(part for part in parts if not part.startswith("(")), head, index


def _open(opened: list[_Node], node: _Node) -> None:
    while len(opened) > 1 and _closes(node, opened[-1]):
        opened.pop()
    node.parent = opened[-1]
    opened[-1].children.append(node)
    opened.append(node)


def _closes(new: _Node, old: _Node) -> bool:
    """By the levels that the file declares where both have one, else by rank."""
    if new.level and old.level and new.kind != "phu_luc":
        return old.level >= new.level
    return old.rank >= new.rank


def _add_table(opened: list[_Node], lines: Sequence[_Line], index: int) -> int:
    """A table unit with one unit a row; a table goes under the heading it follows, or under its caption line."""
    number = lines[index].block.table
    end = index
    while end < len(lines) and lines[end].block.kind == "row" and lines[end].block.table == number:
        end += 1
    rows = lines[index:end]
    table = _Node("bang", "", "", rows[0].start, rows[0].start, _RANKS["bang"])
    _open(opened, table)
    cells = read_table([row.block for row in rows])
    table.head = rows[sum(row.is_header for row in cells)].start - 1 if cells[0].is_header else table.start
    for line, row in zip(rows, cells, strict=True):
        if not row.is_header:
            node = _Node("hang", row.label, "", line.start, line.end, _RANKS["hang"], parent=table, row=row)
            table.children.append(node)
    return end


def _close(node: _Node, end: int) -> None:
    """Fill in the ends: a unit reaches to its last descendant's last line."""
    for child in node.children:
        _close(child, end)
    node.end = max(node.head, node.children[-1].end if node.children else 0)


def _units(root: _Node) -> list[Unit]:
    units: list[Unit] = []
    _emit(root, "", (), units)
    return units


def _emit(node: _Node, path: str, heading: tuple[str, ...], units: list[Unit]) -> None:
    names: Counter[str] = Counter()
    for ordinal, child in enumerate(node.children, 1):
        name = _name(child, sum(c.kind == child.kind for c in node.children[:ordinal]))
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
                address=_address(child),
                start=child.start,
                head=child.head,
                end=child.end,
                heading=child_heading,
                cells=child.row.cells if child.row else (),
            )
        )
        _emit(child, child_path, (*heading, child_title) if (child_title := _heading_of(child)) else heading, units)


def _heading_of(node: _Node) -> str:
    """What this unit's children stand under: its title, or the line that announces them."""
    if node.kind in {"gach", "cong", "hang", "bang"}:
        return ""
    named = {"phu_luc", "phan", "chuong", "tieu_muc", "dieu"}
    prefix = node.label if node.kind in named else ""
    return ". ".join(part for part in (prefix, node.title) if part)


def _name(node: _Node, ordinal: int) -> str:
    match node.kind:
        case "gach" | "cong" | "doan" | "bang":
            return f"{node.kind}-{ordinal}"
        case "hang":
            return f"hang-{slug(node.label) or ordinal}"
        case "diem":
            return node.label.lower()  # đ follows d
        case "muc" if not node.label:
            return slug(node.title)[:40].strip("-") or f"muc-{ordinal}"
        case _:
            return slug(node.label)


def slug(text: str) -> str:
    """`05-NQ/TU` → `05-nq-tu`: bare lower-case letters and digits, the rest as single hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", bare(text).lower()).strip("-")


def _address(node: _Node) -> str:
    """As a person writes it: `điểm a khoản 2 Điều 3`, `Mục II.1`, `hàng 7, Bảng 1, Phụ lục I`."""
    own = _own_address(node)
    above = node.parent
    while above is not None and above.parent is not None and not _is_addressed(above, node):
        above = above.parent
    if above is None or above.parent is None:
        return own
    if node.kind == "muc" and node.label and above.kind in {"phu_luc", "phan", "chuong"}:
        return f"{own}, {_address(above)}"
    if node.kind in {"muc", "khoan"} and node.label and above.kind in {"muc", "khoan"} and not _is_caption(node):
        return _dotted(node, above)
    if not _address(above):
        return own
    joint = " " if own.startswith(("khoản", "điểm")) and _address(above).startswith(("khoản", "Điều")) else ", "
    return f"{own}{joint}{_address(above)}" if own else _address(above)


def _is_caption(node: _Node) -> bool:
    return bool(_CAPTION.match(node.label))


def _is_addressed(above: _Node, node: _Node) -> bool:
    """Điều are numbered through the document, so the chapters above them are left out."""
    if node.kind == "dieu":
        return above.kind == "phu_luc"
    return above.kind != "doan" or node.kind in {"gach", "diem", "cong"}


def _dotted(node: _Node, above: _Node) -> str:
    """`Mục II.1.2`; a label that repeats the one above (`1.2` under `1`) is not written twice."""
    if not above.label:
        return f"{node.label}, {_address(above)}"
    if above.kind == "khoan" and node.label.startswith(above.label + "."):
        return _address(above) + node.label[len(above.label) :]
    return f"{_address(above)}.{node.label}"


def _own_address(node: _Node) -> str:
    same = [child for child in node.parent.children if child.kind == node.kind] if node.parent else []
    ordinal = next((i for i, child in enumerate(same, 1) if child is node), 1)
    match node.kind:
        case "dieu" | "chuong" | "phan" | "tieu_muc":
            return node.label[:1].upper() + node.label[1:].lower() if node.kind == "dieu" else node.label
        case "phu_luc":
            return node.label if node.label.startswith("Phụ lục") else f"{node.label} kèm theo"
        case "muc" if node.label:
            return node.label if " " in node.label else f"Mục {node.label}"
        case "muc":
            return f"Mục “{node.title}”"
        case "khoan":
            inside_article = node.parent is not None and node.parent.kind == "dieu"
            return f"khoản {node.label}" if inside_article else f"Mục {node.label}"
        case "diem":
            return f"điểm {node.label}"
        case "gach" | "cong":
            return f"gạch đầu dòng {ordinal}" if node.kind == "gach" else f"ý {ordinal}"
        case "bang":
            alone = len(same) == 1 and node.parent is not None and node.parent.parent is not None
            return "" if alone else f"Bảng {ordinal}"
        case "hang":
            return f"hàng {node.label or ordinal}"
        case _:
            return f"đoạn {ordinal}"
