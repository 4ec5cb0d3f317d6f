"""The sentences in which a document can say something of itself, with what must not be read as its own words left out:
annexes, grounds, tables, and quotations of other texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from ingest.structure.labels import label_of, quoted_lines
from ingest.text import sentences
from ingest.types import Unit

ENACTING = frozenset((
    "Hiến pháp", "Bộ luật", "Luật", "Pháp lệnh", "Nghị quyết", "Nghị quyết liên tịch", "Nghị định", "Thông tư",
    "Thông tư liên tịch", "Quyết định", "Chỉ thị", "Quy chế", "Quy định",
))  # fmt: skip
"""The types whose articles make, change and end rules."""

_QUOTED = re.compile(r"“[^”]*”?|\"[^\"]*\"")
_LEAD = re.compile(
    r"(?:(?:hiệu lực|điều khoản|tổ chức|trách nhiệm)(?:\s+\w+){0,4}\s*:\s*|đồng thời\s*,?\s*)(?=\w)", re.IGNORECASE
)
_SELF = ("Luật", "Bộ luật", "Pháp lệnh", "Nghị quyết", "Nghị định", "Thông tư", "Quyết định", "Chỉ thị", "Quy chế",
         "Quy định", "Hướng dẫn", "Kế hoạch", "Chương trình", "Kết luận", "Thông báo", "Đề án", "Văn bản")  # fmt: skip
SELF = rf"(?:{'|'.join(_SELF)})(?: liên tịch)? này\b"
_SUBJECT = re.compile(SELF)


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence's words from `start` on, quotations in it blotted out; as long as what it was made from.

    `own` is true where the document itself is the subject, `orders` where the sentence stands in an article or is the
    title. `items` are the entries of the list that the sentence announces.
    """

    text: str
    start: int
    own: bool = False
    orders: bool = False
    items: tuple[Clause, ...] = ()

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def own_clauses(text: str, units: Sequence[Unit], kind: str) -> Iterator[Clause]:
    """The clauses of the body, in reading order: of its articles where it has any, else of all its lines."""
    body = list(_body(text, units))
    children: dict[str | None, list[Unit]] = defaultdict(list)
    for unit in body:
        children[unit.parent].append(unit)
    in_articles = _in_articles(body)
    orders = bool(in_articles) and kind in ENACTING
    for unit in body:
        if unit.path in in_articles or not in_articles:
            yield from _clauses(text, unit, children[unit.path], orders=orders)


def title_clause(text: str, title: str, body: int) -> Clause | None:
    """The title as it stands in `text[:body]`; None where it can't be found there as one run of words."""
    at = text[:body].replace("\n", " ").rfind(title[1:])
    return Clause(_blot(text[at - 1 : at + len(title) - 1]), at - 1, orders=True) if title and at > 0 else None


def _body(text: str, units: Sequence[Unit]) -> Iterator[Unit]:
    """The units that speak for the document: no annex, no table, no quotation."""
    quoted = _quoted_starts(text)
    annexes: set[str | None] = set()
    for unit in units:
        if unit.kind == "phu_luc" or unit.parent in annexes:
            annexes.add(unit.path)
        elif unit.kind not in {"bang", "hang"} and unit.start not in quoted:
            yield unit


def _quoted_starts(text: str) -> frozenset[int]:
    lines = text.split("\n")
    quoted = quoted_lines(lines)
    starts = accumulate((len(line) + 1 for line in lines), initial=0)
    return frozenset(start for index, start in enumerate(starts) if index in quoted)


def _in_articles(body: Sequence[Unit]) -> frozenset[str]:
    found: set[str | None] = set()
    for unit in body:
        if unit.kind == "dieu" or unit.parent in found:
            found.add(unit.path)
    return frozenset(path for path in found if path is not None)


def _clauses(text: str, unit: Unit, below: Sequence[Unit], *, orders: bool) -> Iterator[Clause]:
    for start, end in sentences(text, _wording(text, unit), unit.head):
        listed = below if end == unit.head and text[end - 1] == ":" else ()
        items = tuple(_clause(text, _wording(text, item), item.head) for item in listed)
        yield _clause(text, start, end, orders=orders, items=items)


def _clause(text: str, start: int, end: int, *, orders: bool = False, items: tuple[Clause, ...] = ()) -> Clause:
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead else start
    return Clause(_blot(text[start:end]), start, bool(_SUBJECT.match(text, start, end)), orders, items)


def _wording(text: str, unit: Unit) -> int:
    return unit.start + label_of(text[unit.start : unit.head])[2]


def _blot(words: str) -> str:
    return _QUOTED.sub(lambda quotation: "…" * len(quotation[0]), words)
