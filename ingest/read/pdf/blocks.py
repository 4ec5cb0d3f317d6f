"""Read pages to the document's blocks: margins and notes taken out, columns, tables and paragraphs over page breaks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, groupby
from statistics import median

from ingest.read import table
from ingest.read.pdf import margins
from ingest.read.pdf.columns import rows_of, strips, together
from ingest.read.pdf.page import Sheet
from ingest.read.pdf.paper import Line, Page
from ingest.read.pdf.paragraphs import Area, Habits, Placed, area_of, habits_of, joined, paragraphs
from ingest.read.pdf.tables import Table, join
from ingest.types import Block

NOTE_SIZE = 0.92
"""Of the text's size: notes are set two points smaller."""
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
PLAIN = str.maketrans(RAISED, "0123456789")
MIN_ROWS = 8
"""On a page, to tell its margins from its own lines."""
CONTENTS = re.compile(r".*(?:\.{4,}|…{2,}|_{4,})\s*\d{1,4}")
"""A line of a table of contents."""
MIN_CONTENTS = 3


@dataclass(frozen=True, slots=True)
class Aside:
    """One column of a header or signature."""

    lines: tuple[Line, ...]
    page: int


Part = Table | Aside | list[Placed]


def blocks_of(sheets: Sequence[Sheet]) -> tuple[list[Block], tuple[str, ...]]:
    """The blocks, notes last, and the lines of the margins."""
    taken = [_taken(sheet) for sheet in sheets]
    pages, margin = margins.strip([sheet.page for sheet in sheets], taken)
    sheets = [replace(sheet, page=page) for sheet, page in zip(sheets, pages, strict=True)]
    size = _size(pages)
    noted = [_notes(sheet, size) for sheet in sheets]
    parts = _joined_over_pages(
        part for sheet, area in _areas([sheet for sheet, _ in noted]) for part in _parts(sheet, area)
    )
    habits = habits_of([one for part in parts if isinstance(part, list) for one in part])
    numbers = count()
    made = [block for part in parts for block in _blocks(part, habits, numbers)]
    made += [note for _, notes in noted for note in notes]
    asides = (text for sheet in sheets for text in sheet.asides)
    return made, tuple(dict.fromkeys((*margin, *asides)))


def _taken(sheet: Sheet) -> tuple[float, float]:
    """From where to where tables stand on a page; nowhere, where there are none."""
    if not sheet.tables:
        return sheet.page.height, 0.0
    return min(table.top for table in sheet.tables), max(table.bottom for table in sheet.tables)


def _size(pages: Iterable[Page]) -> float:
    """The size that most text has."""
    counted = Counter[float]()
    for page in pages:
        for line in page.lines:
            counted[round(line.size, 1)] += len(line.text)
    return counted.most_common(1)[0][0] if counted else 0.0


def _notes(sheet: Sheet, size: float) -> tuple[Sheet, list[Block]]:
    """The page without its footnotes, and these. Raised digits that refer to none are units' powers: m³."""
    rows = [] if sheet.page.scanned else rows_of(sheet.page.lines)
    start = len(rows)
    while start and all(line.size < NOTE_SIZE * size for line in rows[start - 1]):
        start -= 1
    while start < len(rows) and rows[start][0].text[0] not in RAISED:
        start += 1
    if start == len(rows):
        lines = tuple(replace(line, text=line.text.translate(PLAIN)) for line in sheet.page.lines)
        return replace(sheet, page=replace(sheet.page, lines=lines)), []
    texts: list[list[str]] = []
    for row in map(together, rows[start:]):
        if row.text[0] in RAISED:
            texts.append([])
        texts[-1].append(row.text)
    lines = tuple(line for row in rows[:start] for line in row)
    notes = [Block(re.sub(rf"^([{RAISED}]+)\s*", r"\1 ", joined(text)), page=sheet.page.number) for text in texts]
    return replace(sheet, page=replace(sheet.page, lines=lines)), notes


def _areas(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, Area]]:
    """Each page with the area of its lines; a page with few of them has that of the others of its size."""
    own = [area_of(sheet.page.lines, sheet.page.width) for sheet in sheets]
    usual: dict[tuple[int, int], Area] = {}
    shape = [(round(sheet.page.width), round(sheet.page.height)) for sheet in sheets]
    for key in set(shape):
        full = [
            area
            for sheet, area, found in zip(sheets, own, shape, strict=True)
            if found == key and len(sheet.page.lines) >= MIN_ROWS
        ]
        if full:
            usual[key] = Area(median(area.left for area in full), median(area.right for area in full))
    for sheet, area, key in zip(sheets, own, shape, strict=True):
        few = len(sheet.page.lines) < MIN_ROWS
        yield sheet, usual.get(key, area) if few else area


def _parts(sheet: Sheet, area: Area) -> Iterator[Part]:
    """A page's tables, columns and lines in reading order. The first line of a page may go on from the one before."""
    rest = sorted(sheet.page.lines, key=lambda line: line.bottom)
    first = True
    for below in (*sheet.tables, None):
        above = [line for line in rest if below is None or line.top < below.top]
        rest = rest[len(above) :] if below is None else [line for line in rest if line.top >= below.top]
        for strip in strips(above):
            if strip.aside:
                yield Aside(strip.lines, sheet.page.number)
            else:
                own = area_of(strip.lines, 0.0) if strip.column else area
                yield _placed(strip.lines, sheet.page, own, first=first or strip.column)
            first = False
        if below is not None:
            yield below
            first = False


def _placed(lines: Sequence[Line], page: Page, area: Area, *, first: bool) -> list[Placed]:
    return [
        Placed(line, page.number, area, scanned=page.scanned, fresh=index == 0 and not first, far=index == 0)
        for index, line in enumerate(lines)
    ]


def _joined_over_pages(parts: Iterable[Part]) -> list[Part]:
    """Text and tables that go on over a page as one part."""
    made: list[Part] = []
    for part in parts:
        last = made[-1] if made else None
        if isinstance(part, Table) and isinstance(last, Table) and (whole := _over_page(last, part)):
            made[-1] = whole
        elif isinstance(part, list) and isinstance(last, list):
            last.extend(part)
        else:
            made.append(part)
    return made


def _over_page(last: Table, part: Table) -> Table | None:
    return join(last, part) if part.page == last.page + 1 else None


def _blocks(part: Part, habits: Habits, numbers: Iterator[int]) -> Iterator[Block]:
    if isinstance(part, Table):
        yield from table.row_blocks(list(part.rows), next(numbers))
    elif isinstance(part, Aside):
        yield from _aside(part)
    else:
        yield from _without_contents(paragraphs(part, habits))


def _aside(part: Aside) -> Iterator[Block]:
    """A line that begins with a small letter goes on with the one above it; the others were broken by hand."""
    groups: list[list[Line]] = []
    for line in part.lines:
        if groups and line.text[:1].islower():
            groups[-1].append(line)
        else:
            groups.append([line])
    for group in groups:
        text = joined([line.text for line in group])
        yield Block(text, bold=all(line.bold for line in group), layout=True, page=part.page)


def _without_contents(made: Iterable[Block]) -> Iterator[Block]:
    """A table of contents names each unit a second time."""
    for listed, group in groupby(made, key=lambda block: CONTENTS.fullmatch(block.text) is not None):
        entries = list(group)
        if not listed or len(entries) < MIN_CONTENTS:
            yield from entries
