"""What a question asks of the ledger: tasks of bodies, or how a result stands to a target, another year or a whole."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from assistant.bodies import named_bodies
from assistant.ledger.entries import Ledger, Role
from assistant.library import Library
from assistant.match import find_levels, flat, holds
from assistant.types import Query, Term
from ingest.facts.measures import amounts
from ingest.facts.periods import Period, find_periods
from ingest.text import search_form
from ingest.types import Document
from ingest.values import document_key
from ingest.vocabulary import lines, rows

How = Literal["reached", "gap", "change", "rest", "series", "value"]
Standing = Literal["unmet", "exceeded", "met", "none", "all"]

TaskField = Literal["coordinate", "monitor", "deliverable", "deadline", "lead"]
_TASK_FIELDS: tuple[TaskField, ...] = ("coordinate", "monitor", "deliverable", "deadline", "lead")
_ROLES_SAID: tuple[Role, ...] = ("coordinate", "monitor", "lead")  # `phối hợp với sở chủ trì` asks for the first
_HOW: tuple[How, ...] = ("reached", "gap", "rest", "change", "series", "value")
_STANDINGS: tuple[Standing, ...] = ("none", "unmet", "exceeded", "met", "all")
_DOCUMENT = re.compile(
    r" (?P<within>(?:trong|của|theo|ở|tại|phụ lục|bởi) )?(?:hai |các )?"
    r"(?P<kind>nghị quyết|kế hoạch|báo cáo|chỉ thị|thông báo|công văn|quyết định)(?: số)?(?: (?P<number>\d{1,4})(?= ))?"
)
# `Kế hoạch cải cách hành chính năm 2024`: which document, not which year's targets; `kế hoạch năm 2024` may be both.
_NAMED_WITH_YEAR = re.compile(
    r"((?:nghị quyết|kế hoạch|báo cáo|chỉ thị|chương trình)(?: (?!năm)[^\W\d]+){2,6}) (?:năm )?20\d\d(?!\d)",
    re.IGNORECASE,
)
_DUE = re.compile(r"(?:xong|hoàn thành|đến hạn|\bhạn\b|kết thúc|trình|báo cáo trước|trước ngày)[^?]*", re.IGNORECASE)


_COUNTED = frozenset({"điểm", "điểm số", "hạng", "thứ hạng"})


@dataclass(frozen=True, slots=True)
class TasksAsked:
    """Every task that `bodies` have in `role`, in these documents, due in this period, of this group, about `terms`.

    Without a role those they lead are meant, or, where they lead none, those in which they have another part.
    """

    role: Role | None
    bodies: tuple[str, ...]
    documents: frozenset[str] | None
    due: Period | None
    group: str
    annexed: bool  # only those of annexes
    years: tuple[str, ...]  # of the documents, or by which they are due
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class TaskAsked:
    """A field of the task about `terms` that these bodies have a part in."""

    field: TaskField
    bodies: tuple[str, ...]
    documents: frozenset[str] | None
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class TargetsAsked:
    """The targets of these documents, or that these bodies answer for, to be reached in one of these years, about
    `terms`; those that stand so to what was reached, where that is asked.
    """

    bodies: tuple[str, ...]
    documents: frozenset[str] | None
    standing: Standing | None
    years: tuple[int, ...]
    level: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class FiguresAsked:
    """The figure about `terms`, or how it stands to its target (`reached`, `gap`), to another year, to its whole.

    `aim` tells that a target is asked for, `aims` for which of the periods one has been named before it, `cumulative` a
    sum up to some day, `plan` the share of a plan.
    """

    how: How
    documents: frozenset[str] | None
    periods: tuple[Period, ...]
    terms: tuple[Term, ...]
    aim: bool
    aims: tuple[bool, ...]
    cumulative: bool
    plan: bool


def tasks_asked(query: Query, library: Library, ledger: Ledger) -> TasksAsked | None:
    """None for a question that doesn't ask for a list of tasks or for their number."""
    flat_text = flat(query.text)
    group = _group(flat_text, ledger)
    bodies = tuple(dict.fromkeys(named_bodies(flat_text)))
    due, documents = _due(query.text), _documents(query, flat_text, library, kinds=True)
    listed = _says("list", query) or _says("count", query) or _is_of_a_body(query, flat_text, bodies)
    if not listed and _says("opens_list", query):  # `Nhiệm vụ về chuyển đổi số trong Kế hoạch 12`
        listed = bool(due or (documents and not any(_says(f"task_{field}", query) for field in _TASK_FIELDS)))
    if not (_says("tasks", query) and listed):
        return None
    if not (bodies or due or group or (documents and len(documents) == 1)):
        return None
    role: Role | None = next((role for role in _ROLES_SAID if _says(role, query)), None)
    years = () if due else tuple(c.key for c in query.constraints if c.kind == "year")
    terms = _subject(query, flat_text, (*bodies, group))
    titles = [flat(d.title) for d in library.documents() if documents and d.id in documents]
    terms = tuple(t for t in terms if not any(holds(title, form) for title in titles for form in t.forms))
    return TasksAsked(role, bodies, documents, due, group, holds(flat_text, "phụ lục"), years, terms)


def _is_of_a_body(query: Query, flat_text: str, bodies: Collection[str]) -> bool:
    """`Nhiệm vụ của UBND cấp xã`: a body, and nothing about which of its tasks, or what of them."""
    return bool(bodies) and not _asks_of_one(query) and not _subject(query, flat_text, bodies)


def _asks_of_one(query: Query) -> bool:
    return any(_says(f"task_{field}", query) for field in ("deliverable", "deadline"))


def task_asked(query: Query, library: Library) -> TaskAsked | None:
    """None for a question that asks nothing about a single task: by when, by whom, with whom, what for."""
    form = search_form(query.text)
    field = next((field for field in _TASK_FIELDS if _in(form, f"task_{field}")), None)
    if field is None:
        return None
    flat_text = flat(query.text)
    bodies = tuple(dict.fromkeys(named_bodies(flat_text)))
    terms = _subject(query, flat_text, bodies)
    return TaskAsked(field, bodies, _documents(query, flat_text, library, kinds=False), terms)


def targets_asked(query: Query, library: Library) -> TargetsAsked | None:
    """None for a question that doesn't ask which targets, or how many, a body answers for, a document sets, or were
    reached or not."""
    flat_text = flat(query.text)
    bodies = tuple(dict.fromkeys(named_bodies(flat_text)))
    if bodies and _says("owned", query):
        return TargetsAsked(bodies, _documents(query, flat_text, library, kinds=False), None, (), "", ())
    if not _says("targets", query) or _says("goal", query):
        return None
    documents = _documents(query, flat_text, library, kinds=True)
    standing = next((each for each in _STANDINGS if _says(f"targets_{each}", query)), None)
    if documents is None and standing in {None, "all"}:
        return None
    periods = find_periods(_NAMED_WITH_YEAR.sub(r"\1", query.text))
    years = tuple(period.last.year for period in periods if period.kind in {"year", "years"})
    terms = _subject(query, flat_text, bodies)
    return TargetsAsked((), documents, standing, years, next(iter(find_levels(flat_text)), ""), terms)


def figures_asked(query: Query, library: Library) -> FiguresAsked | None:
    """None for a question about no figure."""
    form = search_form(query.text)
    how = next((how for how in _HOW if _in(form, how)), None)
    if how is None:
        return None
    flat_text = flat(query.text)
    documents = _documents(query, flat_text, library, kinds=False)
    terms = _subject(query, flat_text, ())
    if how == "series":  # `điểm và thứ hạng PCI qua các năm`: in what it is counted, which names no indicator
        terms = tuple(term for term in terms if not _COUNTED.intersection(term.forms)) or terms
    periods = tuple(find_periods(query.text))
    aim, cumulative, plan = (_in(form, what) for what in ("aim", "cumulative", "plan"))
    aims = tuple(_in(search_form(query.text[: period.start]), "aim") for period in periods)
    return FiguresAsked(how, documents, periods, terms, aim=aim, aims=aims, cumulative=cumulative, plan=plan)


def _in(form: str, what: str) -> bool:
    return bool(_patterns()[what].search(form))


def _says(what: str, query: Query) -> bool:
    return _in(search_form(query.text), what)


def _group(flat_text: str, ledger: Ledger) -> str:
    """The group of tasks that the question names in full, the longest."""
    groups = {flat(e.task.group).strip() for e in ledger.entries if e.task and e.task.group}
    named = [group for group in groups if len(group.split()) > 2 and holds(flat_text, group)]
    return max(named, key=len, default="")


def _due(text: str) -> Period | None:
    """The period by which something has to be done, where the question names one: after what says so, or a quarter or
    a month before it (`quý III có việc nào phải xong`); by a day is in its year up to then."""
    said = _DUE.search(text)
    if said is None:
        return None
    named = next(find_periods(text[said.start() :]), None)
    if named is not None and named.kind == "day" and named.until:
        return replace(named, first=date(named.last.year, 1, 1))
    before = (period for period in find_periods(text[: said.start()]) if period.kind in {"quarter", "month"})
    return named or next(before, None)


def _documents(query: Query, flat_text: str, library: Library, *, kinds: bool) -> frozenset[str] | None:
    """The documents that the question names by number, or by kind and year; None where it names none of those here."""
    numbers = [constraint.key for constraint in query.constraints if constraint.kind == "document"]
    found = set(library.numbered(numbers))
    times = tuple(c.key for c in query.constraints if c.kind in {"year", "quarter"})
    for match in _DOCUMENT.finditer(flat_text):
        of_kind = _of_kind(match["kind"], library)
        if match["number"]:
            begins = tuple(match["number"].lstrip("0") + mark for mark in "-/")
            found.update(d.id for d in of_kind if document_key(d.number or "").startswith(begins))
        elif kinds and match["within"] and not numbers:
            found.update(_of_times(match["kind"], times, library))
    return frozenset(found) or None


def within(asked: Collection[str] | None, allowed: Collection[str] | None) -> Collection[str] | None:
    """The documents that are asked about, of those that may be; None for all."""
    if asked is None or allowed is None:
        return asked if allowed is None else allowed
    return set(asked) & set(allowed)


def _of_kind(kind: str, library: Library) -> list[Document]:
    return library.derived(
        ("documents of", kind), lambda: [d for d in library.documents() if flat(d.kind).strip() == kind]
    )


def _of_times(kind: str, times: tuple[str, ...], library: Library) -> list[str]:
    """Those of a kind that are of all of these years and quarters, where any are; else all of the kind."""
    every = _of_kind(kind, library)
    return library.derived(
        ("documents of", kind, times),
        lambda: [d.id for d in every if all(is_of(d, key) for key in times)] or [d.id for d in every],
    )


def is_of(document: Document, key: str) -> bool:
    """Whether a document is of a year or a quarter: of that day, or about it."""
    issued = str(document.issued_on.year) if document.issued_on else ""
    return key == issued or holds(flat(f"{document.title} {document.period}"), key)


def _subject(query: Query, flat_text: str, named: Collection[str]) -> tuple[Term, ...]:
    """The terms that say what the question is about, beyond bodies, documents, times and the words that ask."""
    rest = _DOCUMENT.sub(" ", flat_text)
    for phrase in (*sorted(named, key=len, reverse=True), *_frame_phrases()):
        rest = rest.replace(f" {phrase} ", "  ")
    return tuple(
        t for t in query.terms if t.typed and _names(t.forms[0]) and any(holds(rest, form) for form in t.forms)
    )


def said_words(indicator: str) -> list[str]:
    """The syllables of an indicator that name what it measures, not how (`Kết quả (%)`, `Điểm`)."""
    rest = flat(indicator)
    for phrase in (*_frame_phrases(), *amounts()):
        rest = rest.replace(f" {phrase} ", "  ")
    return rest.split()


def _names(form: str) -> bool:
    """Whether a word names something, being no number of a year, a quarter or a document."""
    return not any(character.isdigit() for character in form)


@functools.cache
def _frame_phrases() -> tuple[str, ...]:
    return tuple(sorted((flat(line).strip() for line in lines("ledger_frame.txt", "assistant")), key=len, reverse=True))


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {what: re.compile(pattern) for what, pattern in rows("ledger.tsv", "assistant")}
