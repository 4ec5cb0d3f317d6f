"""What is asked of all rows of a table: which has the most or the least, which have none or some, which lie above,
below or at a value.

A ranking retrieves some rows; such a question needs them all. Those that answer are cited and shown, beside the most or
the least the others as well.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.cells import is_ordinal, measured, row_name
from assistant.compose import cite, inert
from assistant.ledger.question import is_of, said_words
from assistant.library import Library
from assistant.match import flat, holds
from assistant.types import Answer, Citation, Found, Query, Sum, Term
from ingest.text import search_form
from ingest.types import Document, Unit
from ingest.values import decimal, find_values
from ingest.vocabulary import rows

TABLES_OF = 6  # documents whose tables are looked at, in the order found
LEAST_ROWS = 3
MOST_ROWS = 40  # told with their sources
NUMERIC = 0.6  # share of a column's cells that are numbers
NAMED = 0.5  # share of the terms' weight that a column's header must have, beyond what the table's heading has
SHOWN = 12  # rows listed beside those that answer
_SAYS = r"(?:có|còn|bị|để|đạt|chưa|không|tiếp nhận|giải quyết)"
# `sở nào có …`, `5 sở tiếp nhận nhiều … nhất`, `các sở có …`.
_WHICH = re.compile(
    r"(?P<noun>\b\w+(?: \w+){0,3}) nào\b"
    rf"|\b(?P<most>\d{{1,2}}) (?P<counted>\w+(?: \w+){{0,2}}?)(?= {_SAYS}\b)"
    rf"|^\W*(?:liệt kê |danh sách )?(?:những|các) (?P<all>\w+(?: \w+){{0,2}}?)(?= {_SAYS}\b)"
)
_SEVERAL = {"những", "các", "mấy"}
_WHOLE = re.compile(r" (?:tổng|cộng|tổng số|toàn tỉnh|toàn ngành|bình quân|trung bình) ")
_BODIES = ("cơ quan", "đơn vị", "địa phương", "ngành")


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows named by `nouns` (`sở`) are asked for that are `how` in some column; `bound` for above and below, `percent`
    where it is one of those.

    `saying` are the words that say how (`nhiều`, `nhất`), which name no column; `count` how many of the most or the
    least are asked for.
    """

    nouns: tuple[str, ...]
    how: str
    bound: Decimal | None
    percent: bool
    saying: tuple[str, ...]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table with its number in each row that has one; `blank` are the rows that have none."""

    document: Document
    header: str
    values: tuple[tuple[Unit, str, Decimal], ...]
    blank: tuple[Unit, ...]
    fit: float


def answer_from_rows(
    query: Query, found: Sequence[Found], library: Library, documents: Collection[str] | None = None
) -> Answer | None:
    """None where the question asks nothing of that kind, or no one column is clearly meant."""
    asked = _asked(query)
    if asked is None:
        return None
    ids = list(dict.fromkeys(each.document_id for each in found))[:TABLES_OF]
    columns = [
        column
        for id_ in ids
        if documents is None or id_ in documents
        for table in _tables(id_, library)
        for column in _columns(asked, query, table, library)
    ]
    columns.sort(key=lambda column: -column.fit)
    if not columns or columns[0].fit < NAMED or (len(columns) > 1 and columns[1].fit == columns[0].fit):
        return None
    return _told(asked, columns[0])


def _asked(query: Query) -> Asked | None:
    form = search_form(query.text)
    noun = _WHICH.search(form)
    match = next(((how, match) for how, pattern in _patterns() if (match := pattern.search(form))), None)
    if noun is None or match is None or match[1].start() < noun.end():
        return None
    how, said = match
    bound = decimal(said[how].rstrip(".,")) if how in {"above", "below", "equal"} else None
    words = said.group().split()
    percent = bound is not None and ("%" in said.group() or form[said.end() :].lstrip().startswith("%"))
    said_nouns = noun["noun"] or noun["counted"] or noun["all"]
    count = max(int(noun["most"] or 1), 1)
    return Asked(tuple(_phrases(said_nouns.split())), how, bound, percent, (words[0], words[-1]), count)


def _phrases(words: Sequence[str]) -> Iterator[str]:
    """What the noun may be: `cơ quan cấp tỉnh`, `cơ quan cấp` …, `cấp tỉnh`, the longest first."""
    words = [word for word in words if word not in _SEVERAL]
    for length in range(len(words), 0, -1):
        yield from (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((how, re.compile(pattern)) for how, pattern in rows("row_questions.tsv", "assistant"))


def _tables(id_: str, library: Library) -> list[tuple[Document, list[Unit]]]:
    parsed = library.document(id_)
    tables: dict[str | None, list[Unit]] = {}
    for unit in parsed.units if parsed else ():
        if unit.kind == "hang":
            tables.setdefault(unit.parent, []).append(unit)
    return [(parsed.document, table) for table in tables.values() if parsed and len(table) >= LEAST_ROWS]


def _columns(asked: Asked, query: Query, table: tuple[Document, list[Unit]], library: Library) -> Iterator[Column]:
    """The columns of numbers over the rows that the question names, where the table is about what it insists on."""
    document, every = table
    named = _named(asked, every)
    if len(named) < LEAST_ROWS or not _may_be_meant(query, document, library):
        return
    times = _times_left(query, document, named[0])
    above = flat(" . ".join((document.title, *named[0].heading)))
    terms = [t for t in query.terms if t.typed and not any(form in (*asked.nouns, *asked.saying) for form in t.forms)]
    terms = [t for t in terms if not any(character.isdigit() for character in t.forms[0])]
    for at, (header, _) in enumerate(named[0].cells):
        if is_ordinal(header) or any(len(unit.cells) <= at for unit in named):
            continue
        if not all(holds(flat(header), time) for time in times):
            continue
        numbers = [(unit, unit.cells[at][1], _number(unit.cells[at][1])) for unit in named]
        values = tuple((unit, said, number) for unit, said, number in numbers if number is not None)
        if len(values) >= max(LEAST_ROWS, NUMERIC * len(named)):
            if asked.percent:
                values = tuple(each for each in values if "%" in f"{header} {measured(each[0], each[1])}")
            blank = tuple(unit for unit, _, number in numbers if number is None)
            if values:
                yield Column(document, header, values, blank, _fit(terms, flat(header), above))


def _named(asked: Asked, every: Sequence[Unit]) -> list[Unit]:
    """The rows of the kind asked for: by their own first word, or by the header of their names; never a sum."""
    single = [unit for unit in every if row_name(unit) and not _WHOLE.search(flat(row_name(unit)))]
    for noun in asked.nouns:
        own = [unit for unit in single if flat(row_name(unit)).startswith(f" {noun} ")]
        if len(own) >= LEAST_ROWS:
            return own
    header = flat(next((column for column, value in every[0].cells if value and not is_ordinal(column)), ""))
    meant = any(holds(header, noun) for noun in asked.nouns)
    bodies = any(noun in _BODIES for noun in asked.nouns) and any(holds(header, body) for body in _BODIES)
    return single if meant or bodies else []


def _may_be_meant(query: Query, document: Document, library: Library) -> bool:
    """Whether the question names this document, or none."""
    numbers = [c.key for c in query.constraints if c.kind == "document"]
    return not numbers or document.id in library.numbered(numbers)


def _times_left(query: Query, document: Document, row: Unit) -> list[str]:
    """The times that the question names and neither the table's headings nor its document are of: a column must be."""
    headings = flat(" . ".join(row.heading))
    times = (c.key for c in query.constraints if c.kind in {"year", "years", "quarter"})
    return [key for key in times if not holds(headings, key) and not is_of(document, key)]


def _fit(terms: Sequence[Term], header: str, above: str) -> float:
    """The share of the terms' weight that the header has, of what the table's headings don't have already; headers
    with less else come first."""
    naming = [term for term in terms if any(map(said_words, term.forms))] or terms
    left = [term for term in naming if not any(holds(above, form) for form in term.forms)] or list(naming)
    total = sum(term.weight for term in left) or 1.0
    own = sum(term.weight for term in left if any(holds(header, form) for form in term.forms))
    all_ = sum(term.weight for term in terms if any(holds(header, form) for form in term.forms))
    return own / total + 0.01 * all_ - 0.001 * len(header.split()) if own else 0.0


def _number(cell: str) -> Decimal | None:
    """A cell that is one number, whatever its unit."""
    values = [value for value in find_values(cell) if value.kind in {"number", "year"}]
    plain = re.fullmatch(r"\s*[\d.,]+\s*(?:%|\D{0,12})", cell)
    return decimal(cell[values[0].start : values[0].end]) if plain and len(values) == 1 else None


def _told(asked: Asked, column: Column) -> Answer | None:
    """The rows that answer, in order; beside the one that has the most or the least, the others too."""
    order = sorted(column.values, key=lambda each: each[2], reverse=asked.how in {"most", "above", "some"})
    last = order[min(asked.count, len(order)) - 1][2]
    answering = [each for each in order if _answers(asked, each[2], last)]
    if not answering or len(order) > MOST_ROWS:
        return None
    several = asked.how not in {"most", "least"} or asked.count > 1
    # How far the others are behind the most or the least is worth seeing; of those below a bound nothing is asked.
    others = [] if several else [each for each in order if each not in answering][:SHOWN]
    citations: list[Citation] = []
    lines = [
        _line(column, unit, said, cite(citations, column.document, unit, unit.start, unit.end))
        for unit, said, _ in (*answering, *others)
    ]
    first, rest = lines[: len(answering)], lines[len(answering) :]
    title = f" “{inert(order[0][0].heading[-1])}”" if order[0][0].heading else ""
    head = [f"**Có {len(answering)} dòng của bảng{title}**"] if several else []
    told = [f"- {line}" if several else f"**{line}**" for line in first]
    also = [f"Các dòng khác của bảng{title}:", *(f"- {line}" for line in rest)] if rest else []
    blank = "; ".join(inert(row_name(unit)) for unit in column.blank)
    untold = [f"Không có số liệu: {blank}."] if blank else []
    count = Sum(str(len(answering)), "count", tuple(range(1, len(answering) + 1)))
    text = "\n".join((*head, *told, *also, *untold))
    return Answer("answered", "ledger", text, tuple(citations), sums=(count,) if several else ())


def _answers(asked: Asked, value: Decimal, last: Decimal) -> bool:
    """`last` is that of the most or the least that are asked for which is the furthest off."""
    if asked.how in {"none", "some"}:
        return (value == 0) == (asked.how == "none")
    if asked.bound is None:
        return value <= last if asked.how == "least" else value >= last
    return {"above": value > asked.bound, "below": value < asked.bound}.get(asked.how, value == asked.bound)


def _line(column: Column, unit: Unit, said: str, mark: int) -> str:
    return f"{inert(row_name(unit))}: {inert(f'{column.header}: {measured(unit, said)}')} [{mark}]"
