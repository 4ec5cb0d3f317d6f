"""What a question asks of a procedure: fields, a way of filing, a step; and the words that tell its subject."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from assistant.match import flat, holds
from assistant.procedures.cards import Field, data_rows
from assistant.types import Query, Term
from ingest.text import search_form
from ingest.values import bare, find_values

NAMED_RUN = 4  # syllables of a title in a row that are the procedure's name, not words that ask

_STEP = re.compile(r"\b(?:bước|buoc) (?:(?:thứ|thu) )?(\d{1,2})\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields asked for, the first first; the way (`trực tuyến`) and the step's number where named."""

    fields: tuple[Field, ...]
    way: str
    step: int | None


@dataclass(frozen=True, slots=True)
class Way:
    """A way of filing: its name, and how procedures and people write it."""

    name: str
    written: re.Pattern[str]
    said: re.Pattern[str]


def asked_of(query: Query, title: str) -> Asked:
    """`title` is the procedure's, flat: its words in the question ask for nothing."""
    form = _without_name(search_form(query.text), title)
    way = way_said(query)
    step = _STEP.search(form)
    fields, _ = _taken(form, unmarked=query.unmarked)
    return Asked(fields, way.name if way else "", int(step[1]) if step else None)


def subject_of(query: Query) -> tuple[Term, ...]:
    """The terms that name the procedure or the case, not the field, the way or the step."""
    _, rest = _taken(search_form(query.text), unmarked=query.unmarked)
    way = way_said(query)
    if way:
        rest = way.said.sub(" ", rest)
    remaining = flat(rest)
    terms = [term for term in query.terms if term.typed and not term.asked and not _frame(term)]
    return tuple(term for term in terms if any(holds(remaining, form) for form in term.forms))


def asks_a_field(query: Query) -> bool:
    return bool(_taken(search_form(query.text), unmarked=query.unmarked)[0])


def way_said(query: Query) -> Way | None:
    form = search_form(query.text)
    return next(
        (w for w in ways() if w.said.search(form) or (query.unmarked and _bare(w.said).search(bare(form)))), None
    )


def _taken(form: str, *, unmarked: bool) -> tuple[tuple[Field, ...], str]:
    """The fields whose patterns match, in the order in which they stand, and the words that no pattern took."""
    found: dict[Field, int] = {}
    plain = bare(form)
    for field, pattern in _patterns():
        match = pattern.search(form) or (_bare(pattern).search(plain) if unmarked else None)
        if match:
            found.setdefault(field, match.start())
            blank = " " * (match.end() - match.start())
            form = form[: match.start()] + blank + form[match.end() :]
            plain = plain[: match.start()] + blank + plain[match.end() :]
    return tuple(sorted(found, key=lambda field: found[field])), form


def _without_name(form: str, title: str) -> str:
    """The question less the longest run of the title's words in it, blanked."""
    words = list(re.finditer(r"\w+", form))
    named = bare(title)
    best = (0, 0)
    for start in range(len(words)):
        end = start + max(best[1] - best[0], NAMED_RUN - 1) + 1
        while end <= len(words) and holds(named, bare(flat(form[words[start].start() : words[end - 1].end()])).strip()):
            best, end = (start, end), end + 1
    if best[1] == 0:
        return form
    first, last = words[best[0]].start(), words[best[1] - 1].end()
    return form[:first] + " " * (last - first) + form[last:]


def _frame(term: Term) -> bool:
    form = term.forms[0]
    return form in _FRAME or any(value.kind == "procedure" for value in find_values(form))


_FRAME = frozenset(
    {"thủ tục", "hồ sơ", "nộp", "đơn", "giấy tờ", "thủ tục hành chính", "giải quyết", "kết quả", "làm", "phí", "lệ phí"}
)


@functools.cache
def ways() -> Sequence[Way]:
    return [Way(row[0], re.compile(row[1]), re.compile(row[2])) for row in data_rows("procedure_ways.tsv")]


@functools.cache
def _patterns() -> Sequence[tuple[Field, re.Pattern[str]]]:
    return [(cast("Field", row[0]), re.compile(row[1])) for row in data_rows("procedure_asked.tsv")]


@functools.cache
def _bare(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(bare(pattern.pattern))
