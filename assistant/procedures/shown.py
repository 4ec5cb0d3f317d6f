"""A card's fields as answers: the value asked for leads, lists are whole, steps in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.about import formal_name
from assistant.compose import cite, inert
from assistant.match import flat, holds
from assistant.procedures.cards import Card, Field, Row, field_name, is_blank
from assistant.procedures.question import Asked, subject_of, ways
from assistant.types import Answer, Citation, Query, Term
from ingest.types import Unit

LONG = 4000  # characters of a part that one citation quotes whole
_MONEY = re.compile(r"\d[\d.,]*\s*(?:nghìn |triệu |tỷ )?đồng", re.IGNORECASE)
_BY_WAY: tuple[Field, ...] = ("time", "fee")
_OF_HEAD: tuple[Field, ...] = ("code", "level", "field", "decision")


@dataclass(slots=True)
class _Page:
    """What is being written: lines with their citations."""

    card: Card
    asked: Asked
    query: Query
    lines: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def cited(self, unit: Unit, end: int | None = None) -> int:
        """The marker of a citation of a unit's own lines, or up to `end`."""
        stop = end if end is not None else unit.head
        for citation in self.citations:
            if (citation.start, citation.end) == (unit.start, stop):
                return citation.marker
        return cite(self.citations, self.card.document, unit, unit.start, stop)


def shown(card: Card, asked: Asked, query: Query) -> Answer | None:
    """The fields asked for; None where the procedure says nothing of the first of them."""
    page = _Page(card, asked, query)
    for number, name in enumerate(asked.fields):
        if not _write(page, name) and number == 0:
            return None
    if not page.citations:
        return None
    title = inert(formal_name(card.document))
    first, *rest = page.lines
    lines = (f"{title} — {first}", *rest) if first.endswith(":") else (title, first, *rest)
    return Answer("answered", "procedure", "\n".join(lines), tuple(page.citations))


def blank(card: Card, asked: Asked) -> Answer:
    """That the procedure doesn't say it, with what is nearest: the part where it would stand, or the ways there are."""
    name = field_name(asked.fields[0])
    way = f" khi nộp {asked.way}" if asked.way else ""
    text = f"{inert(formal_name(card.document))} không nêu {name[:1].lower()}{name[1:]}{way}."
    part = card.parts.get(asked.fields[0]) or card.parts.get("ways")
    if part is None:
        return Answer("not_found", "procedure", text)
    citations: list[Citation] = []
    end = part.heading.end if part.heading.end - part.heading.start <= LONG else part.heading.head
    mark = cite(citations, card.document, part.heading, part.heading.start, end)
    return Answer("not_found", "procedure", f"{text} Có thể xem: {part.heading.address} [{mark}].", tuple(citations))


def _write(page: _Page, name: Field) -> bool:
    """Write one field; whether there was something to write."""
    before = len(page.lines)
    writer = _WRITERS.get(name, _part)
    writer(page, name)
    if len(page.lines) == before and name in _INSTEAD:
        _part(page, _INSTEAD[name])
    return len(page.lines) > before


def _by_way(page: _Page, name: Field) -> None:
    """Time limits and fees: a line for each way of filing and case, or only for those asked for."""
    rows = [row for row in page.card.rows("ways") if name in row.cells and _of_way(row, page.asked.way)]
    for row in _of_case(page, rows):
        mark = page.cited(row.unit, row.unit.end)
        way = row.cells.get("way", "")
        note = row.cells.get("note", "")
        line = f"- {field_name(name)}{f' ({inert(way)})' if way else ''}: **{inert(row.cells[name])}** [{mark}]"
        page.lines.append(f"{line}{f' — {inert(note)}' if note else ''}")
    if not rows and not page.asked.way:
        _part(page, name)


def _of_way(row: Row, asked: str) -> bool:
    if not asked:
        return True
    written = next(way.written for way in ways() if way.name == asked)
    return bool(written.search(flat(row.cells.get("way", ""))))


def _of_case(page: _Page, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows whose notes and cases have most of what the question says beyond the procedure's name."""
    title = flat(page.card.document.title)
    terms = [term for term in subject_of(page.query) if not any(holds(title, form) for form in term.forms)]
    weights = [_weight(terms, flat(" . ".join((*row.cells.values(), row.case)))) for row in rows]
    best = max(weights, default=0.0)
    return [row for row, weight in zip(rows, weights, strict=True) if weight == best] if best > 0 else rows


def _weight(terms: Sequence[Term], text: str) -> float:
    return sum(term.rarity for term in terms if any(holds(text, form) for form in term.forms))


def _copies(page: _Page, name: Field) -> None:
    """How many of a paper: of the one that the question names, else of all."""
    rows = [row for row in page.card.rows("papers") if name in row.cells]
    for row in _of_case(page, rows):
        mark = page.cited(row.unit, row.unit.end)
        page.lines.append(f"- {inert(row.cells.get('paper', ''))}: **{inert(row.cells[name])}** [{mark}]")


def _steps(page: _Page, name: Field) -> None:
    """All steps in order, or the one of that number."""
    if page.asked.step is None:
        _part(page, name)
        return
    text = page.card.document.text
    for unit in page.card.lines(name):
        line = text[unit.start : unit.head]
        if holds(flat(line[:24]), f"bước {page.asked.step}"):
            page.lines.append(f"- **{inert(line.lstrip('-+ '))}** [{page.cited(unit)}]")


def _head(page: _Page, name: Field) -> None:
    row = page.card.facts.get(name)
    if row is not None:
        page.lines.append(f"- {field_name(name)}: **{inert(row.cells[name])}** [{page.cited(row.unit, row.unit.end)}]")


def _amount(page: _Page, name: Field) -> None:
    """What is paid to those who apply: the sentences that tell money, which fees in their column don't."""
    text = page.card.document.text
    for unit in page.card.units:
        line = text[unit.start : unit.head].strip().lstrip("-+• ")
        if unit.kind not in {"hang", "bang"} and _MONEY.search(line):
            page.lines.append(f"- {field_name(name)}: **{inert(line)}** [{page.cited(unit)}]")


def _ways(page: _Page, _name: Field) -> None:
    """The ways of filing; of one that is asked about, whether it is among them."""
    rows = [row for row in page.card.rows("ways") if "way" in row.cells and _of_way(row, page.asked.way)]
    for row in rows:
        page.lines.append(f"- **{inert(row.cells['way'])}** [{page.cited(row.unit, row.unit.end)}]")


def _part(page: _Page, name: Field) -> None:
    """All that stands under a heading: its lines, then the rows of its tables."""
    part = page.card.parts.get(name)
    if part is None or not (part.lines or part.rows):
        return
    whole = part.heading.end - part.heading.start <= LONG
    mark = page.cited(part.heading, part.heading.end) if whole else None
    items = list(_items(page, part.lines, part.rows))
    lead = len(items) == 1
    head = field_name(name)
    page.lines.append(f"{head}{f' [{mark}]' if mark else ''}:")
    for unit, said in items:
        own = "" if mark else f" [{page.cited(unit, unit.end if unit.kind == 'hang' else None)}]"
        page.lines.append(f"- {f'**{said}**' if lead else said}{own}")


def _items(page: _Page, lines: Sequence[Unit], rows: Sequence[Row]) -> Iterator[tuple[Unit, str]]:
    text = page.card.document.text
    held = {row.unit.path: row for row in rows}
    for unit in sorted((*lines, *(row.unit for row in rows)), key=lambda unit: unit.start):
        row = held.get(unit.path)
        said = _row(unit) if row else text[unit.start : unit.head].strip().lstrip("-+• ")
        yield unit, inert(said)


def _row(unit: Unit) -> str:
    """A row's first cell, then the others with their columns."""
    first, *rest = [(column, value) for column, value in unit.cells if not is_blank(value)]
    return "; ".join((first[1], *(f"{column}: {value}" if column else value for column, value in rest)))


_WRITERS: dict[Field, Callable[[_Page, Field], None]] = {
    **dict.fromkeys(_BY_WAY, _by_way),
    **dict.fromkeys(_OF_HEAD, _head),
    "amount": _amount,
    "copies": _copies,
    "steps": _steps,
    "ways": _ways,
}
# Where a field has no part of its own, the part that tells it too.
_INSTEAD: dict[Field, Field] = {"place": "steps", "copies": "papers"}
