"""Running headers, footers and page numbers: lines at the edge of the pages that say the same on many of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.read.pdf.columns import rows_of, together
from ingest.read.pdf.paper import Line, Page

DEPTH = 3
"""Rows at an edge that are looked at."""
MIN_SHARE = 0.4
"""Of the pages: odd and even pages may differ."""
SAME_PLACE = 8.0
"""Points, up and down."""
EXACT = 2.0
"""Points, where there are two pages only."""
MAX_LENGTH = 200
LETTERHEAD = re.compile(r"cộng h[oò][aà] xã hội chủ nghĩa|đảng cộng sản việt nam", re.IGNORECASE)
"""A page that begins so begins a document: files may hold several, each with the same one."""
NUMBER = re.compile(r"\W*(?:trang\W*)?(?P<number>\d{1,4})(?:\W*(?:/|trên)\W*\d{1,4})?\W*", re.IGNORECASE)
"""`2`, `- 2 -`, `Trang 2/15`."""

Edges = Callable[[Sequence[list[Line]]], Sequence[list[Line]]]


@dataclass(frozen=True, slots=True)
class _Found:
    """A row at an edge; `place` is how far down it stands, `key` what stays the same from page to page."""

    page: int
    row: list[Line]
    text: str
    place: float
    key: str


def strip(pages: Sequence[Page], taken: Sequence[tuple[float, float]]) -> tuple[list[Page], tuple[str, ...]]:
    """The pages without their margins, and the different lines of these, once each. `taken` are the places, from and
    to, that tables take on each page: only what stands beyond them is at the edge."""
    rows = [rows_of(page.lines) for page in pages]
    dropped: dict[int, list[_Found]] = {}
    for edge in (_top, _bottom):
        for depth in range(DEPTH):
            found = list(_at(pages, rows, taken, edge, depth, dropped))
            for row in _margins(found, len(pages)):
                dropped.setdefault(row.page, []).append(row)
    kept = [
        _without(page, [line for found in dropped.get(index, ()) for line in found.row])
        for index, page in enumerate(pages)
    ]
    texts: dict[str, str] = {}
    for index in sorted(dropped):
        for row in dropped[index]:
            texts.setdefault(row.key, row.text)
    return kept, tuple(texts.values())


def _top(rows: Sequence[list[Line]]) -> Sequence[list[Line]]:
    return rows


def _bottom(rows: Sequence[list[Line]]) -> Sequence[list[Line]]:
    return rows[::-1]


def _at(
    pages: Sequence[Page],
    rows: Sequence[Sequence[list[Line]]],
    taken: Sequence[tuple[float, float]],
    edge: Edges,
    depth: int,
    dropped: dict[int, list[_Found]],
) -> Iterator[_Found]:
    """The rows at one depth from an edge, on pages where all the rows further out are margins."""
    for index, page in enumerate(pages):
        ordered = edge(rows[index])
        outer = ordered[:depth]
        if len(ordered) <= depth or not all(any(f.row is row for f in dropped.get(index, ())) for row in outer):
            continue
        line = together(ordered[depth])
        first, last = taken[index]
        inside = line.bottom > first if edge is _top else line.top < last
        half = line.bottom < page.height / 2 if edge is _top else line.top > page.height / 2
        if half and not inside and len(line.text) <= MAX_LENGTH and not LETTERHEAD.search(line.text):
            key = "".join(sign for sign in line.text.casefold() if sign.isalpha())
            yield _Found(index, ordered[depth], line.text, line.bottom, key)


def _margins(found: Sequence[_Found], pages: int) -> Iterator[_Found]:
    """Those that are the same on many pages, and those that count the pages."""
    counted = Counter(_offset(row) for row in found)
    counted.pop(None, None)
    offset, times = counted.most_common(1)[0] if counted else (None, 0)
    places: dict[str, list[float]] = {}
    for row in found:
        places.setdefault(row.key, []).append(row.place)
    for row in found:
        if row.key in {"", "trang"}:
            if offset is not None and _offset(row) == offset and (times > 1 or offset == 1):
                yield row
        elif _repeats(row.place, places[row.key], pages):
            yield row


def _offset(row: _Found) -> int | None:
    """The page number printed, less the number of pages before it in the file."""
    number = NUMBER.fullmatch(row.text)
    return int(number["number"]) - row.page if number else None


def _repeats(place: float, places: Sequence[float], pages: int) -> bool:
    enough = max(2, MIN_SHARE * pages)
    tolerance = EXACT if pages < 3 else SAME_PLACE
    return len(places) >= enough and sum(abs(other - place) <= tolerance for other in places) >= enough


def _without(page: Page, lines: Sequence[Line]) -> Page:
    gone = set(map(id, lines))
    return Page(
        page.number, page.width, page.height, tuple(line for line in page.lines if id(line) not in gone), page.scanned
    )
