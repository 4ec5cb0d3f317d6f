"""What a unit is called: its name in the document's tree, and its address as a person would write it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from ingest.structure.tables import Row
from ingest.text import bare
from ingest.types import UnitKind

_PLAIN: dict[UnitKind, str] = {"diem": "điểm", "gach": "gạch đầu dòng", "cong": "ý", "doan": "đoạn"}
_CAPTION = re.compile(r"bảng|biểu", re.IGNORECASE)


@dataclass(slots=True)
class Node:
    """A unit while the tree grows. `ordinal` counts the siblings of its kind; `counts` are its children's by kind."""

    kind: UnitKind
    label: str
    title: str
    start: int
    head: int
    rank: float
    level: int | None = None
    parent: Node | None = None
    end: int = 0
    children: list[Node] = field(default_factory=list)
    row: Row | None = None
    ordinal: int = 1
    counts: Counter[str] = field(default_factory=Counter)
    has_labelled_rows: bool = False


def count_children(node: Node) -> None:
    for child in node.children:
        node.counts[child.kind] += 1
        child.ordinal = node.counts[child.kind]
    node.has_labelled_rows = any(child.row and child.label for child in node.children)


def is_caption(label: str) -> bool:
    """`Bảng 1`, `Biểu số 02`: the label of a table, not of a section."""
    return bool(_CAPTION.match(label))


def is_form(label: str) -> bool:
    """`Mẫu số 01`: one of the forms that are annexed together."""
    return label.startswith("Mẫu")


def name_of(node: Node) -> str:
    """The last part of the unit's path."""
    match node.kind:
        case "cong" if _is_labelled(node):
            return slug(node.label)
        case "gach" | "cong" | "doan" | "bang":
            return f"{node.kind}-{node.ordinal}"
        case "hang":
            return slug(_row_address(node))
        case "diem":
            return node.label.lower()  # đ follows d
        case "muc" | "phu_luc" if not node.label:
            return slug(node.title)[:40].strip("-") or f"{node.kind.replace('_', '-')}-{node.ordinal}"
        case _:
            return slug(node.label)


def _is_labelled(node: Node) -> bool:
    """`(i)`, `(1)`, `a.1`: a part of a point that is called by its own sign, not counted."""
    return any(character.isalnum() for character in node.label)


def slug(text: str) -> str:
    """`05-NQ/TU` → `05-nq-tu`: bare lower-case letters and digits, the rest as single hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", bare(text).lower()).strip("-")


def address_of(node: Node) -> str:
    """As a person writes it: `điểm a khoản 2 Điều 3`, `Mục II.1`, `hàng 7, Bảng 1, Phụ lục I`."""
    own = _own_address(node)
    above = node.parent
    while above is not None and above.parent is not None and not _is_addressed(above, node):
        above = above.parent
    if above is None or above.parent is None:
        return own or f"Bảng {node.ordinal}"
    if node.kind == "muc" and node.label and above.kind in {"phu_luc", "phan", "chuong"}:
        return f"{own}, {address_of(above)}"
    if _is_numbered(node) and _is_numbered(above):
        word, _, rest = address_of(above).partition(" ")
        return f"{word} {_number(node, above)}{rest.removeprefix(_number(above, above.parent))}"
    if not address_of(above):
        return own
    joint = " " if own.startswith(("khoản", "điểm")) and address_of(above).startswith(("khoản", "Điều")) else ", "
    return f"{own}{joint}{address_of(above)}" if own else address_of(above)


def _is_addressed(above: Node, node: Node) -> bool:
    """Điều are numbered through the document, so the chapters above them are left out."""
    if node.kind == "dieu":
        return above.kind == "phu_luc"
    return above.kind != "doan" or node.kind in {"gach", "diem", "cong"}


def _is_numbered(node: Node) -> bool:
    """A numbered section, whose number goes on from the one above it; a table's caption counts by itself."""
    return node.kind in {"muc", "khoan"} and bool(node.label) and not is_caption(node.label)


def _number(node: Node, above: Node | None) -> str:
    """`II.1.2`; a label that repeats the one above (`1.2` under `1`) is not written twice."""
    own = node.label.rpartition(" ")[2]
    if above is None or above.parent is None or not _is_numbered(above):
        return own
    if own.startswith(above.label + "."):
        own = own[len(above.label) + 1 :]
    return f"{_number(above, above.parent)}.{own}"


def _written(label: str) -> str:
    """`CHƯƠNG II` → `Chương II`, `ĐIỀU 5A` → `Điều 5a`, `PHẦN THỨ NHẤT` → `Phần thứ nhất`."""
    word, *rest = label.split()
    numbers = (part if re.fullmatch("[IVXLC]+|[A-Z]", part) else part.lower() for part in rest)
    return " ".join((word.capitalize(), *numbers))


def _own_address(node: Node) -> str:
    match node.kind:
        case "dieu" | "chuong" | "phan" | "tieu_muc":
            own = _written(node.label)
        case "phu_luc" if not node.label:
            own = f"Phụ lục “{node.title}”"
        case "phu_luc":
            own = node.label if node.label.startswith(("Phụ lục", "Mẫu")) else f"{node.label} kèm theo"
        case "muc" if not node.label:
            own = f"Mục “{node.title}”"
        case "muc" | "khoan":
            inside_article = node.parent is not None and node.parent.kind == "dieu"
            own = f"{'khoản' if inside_article else 'Mục'} {node.label}"
            own = _written(node.label) if " " in node.label else own
        case "bang":
            alone = node.parent is not None and node.parent.parent is not None and node.parent.counts["bang"] == 1
            own = "" if alone else f"Bảng {node.ordinal}"
        case "hang":
            own = _row_address(node)
        case _:
            own = f"{_PLAIN[node.kind]} {node.label if _is_labelled(node) else node.ordinal}"
    return own


def _row_address(node: Node) -> str:
    """The printed number; among numbered rows one without is told by its place: `hàng thứ 8` isn't `hàng 8`."""
    numbered = node.parent is not None and node.parent.has_labelled_rows
    return f"hàng {node.label}" if node.label else f"hàng {'thứ ' if numbered else ''}{node.ordinal}"
