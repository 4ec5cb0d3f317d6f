"""The ledger of a generation: every target, result and task of its documents, to be filtered and compared.

Bodies go by one name however they are written, indicators by their flat words, periods by their days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from assistant.bodies import body_key
from assistant.match import find_levels, flat, holds
from assistant.types import Term
from ingest.facts.periods import Period, read_period
from ingest.types import Fact, Figure, Task

Role = Literal["lead", "coordinate", "monitor"]
CONTEXT = 0.5  # what a word in the headings or the title is worth beside one of the fact's own

ROLES: tuple[Role, ...] = ("lead", "coordinate", "monitor")
_HEAD = re.compile(r"(?:chủ tịch|giám đốc|thủ trưởng|người đứng đầu) (?P<body>.+)", re.IGNORECASE)
_LEVELS = re.compile(r"(?P<body>.+?) (?P<one>cấp \w+)(?:,| và) (?P<two>cấp \w+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact with its document's id and what it is found by, in flat form: `about` its own words, `context` those of
    its headings and its document. `bodies` are the keys of the bodies in each role."""

    document_id: str
    fact: Fact
    about: str
    context: str
    period: Period | None
    bodies: Mapping[Role, frozenset[str]]

    @property
    def figure(self) -> Figure | None:
        return self.fact if isinstance(self.fact, Figure) else None

    @property
    def task(self) -> Task | None:
        return self.fact if isinstance(self.fact, Task) else None


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries, in the order of the documents' ids and of their texts."""

    entries: tuple[Entry, ...]

    def tasks(self, role: Role, bodies: Collection[str], documents: Collection[str] | None = None) -> list[Entry]:
        """The tasks that all these bodies have in that role; of every body where there are none."""
        found = (e for e in self.entries if e.task and (documents is None or e.document_id in documents))
        return [entry for entry in found if entry.bodies[role].issuperset(bodies)]

    def figures(self, documents: Collection[str] | None = None) -> list[Entry]:
        return [e for e in self.entries if e.figure and (documents is None or e.document_id in documents)]


def make_ledger(facts: Iterable[tuple[str, Fact]], context: Callable[[str, str], str]) -> Ledger:
    """`context` gives the headings and the title of a document's unit."""
    return Ledger(tuple(_entry(id_, fact, context(id_, fact.path)) for id_, fact in facts))


def _entry(id_: str, fact: Fact, context: str) -> Entry:
    if isinstance(fact, Task):
        about = flat(" . ".join((fact.action, fact.group, fact.deliverable)))
        return Entry(id_, fact, about, flat(context), read_period(fact.deadline), _bodies(fact))
    about = flat(" . ".join((fact.indicator, fact.scope, fact.column, fact.unit)))
    owners: Mapping[Role, frozenset[str]] = {
        "lead": frozenset(), "coordinate": frozenset(), "monitor": frozenset(map(body_key, fact.owners))
    }  # fmt: skip
    return Entry(id_, fact, about, flat(context), read_period(fact.period), owners)


def _bodies(task: Task) -> Mapping[Role, frozenset[str]]:
    named = {"lead": task.lead, "coordinate": task.coordinate, "monitor": task.monitor}
    return {role: frozenset(map(body_key, _with_bodies_headed(named[role]))) for role in ROLES}


def name_of_body(names: Iterable[str], bodies: Collection[str]) -> str:
    """The name under which one of these bodies, or its head, stands among these; empty where none does."""
    return next((n for n in names if any(body_key(own) in bodies for own in _with_bodies_headed([n]))), "")


def _with_bodies_headed(names: Iterable[str]) -> Iterator[str]:
    """What a head is charged with is its body's: `Chủ tịch UBND cấp huyện, cấp xã` are two of these."""
    for name in names:
        yield name
        headed = _HEAD.match(name)
        if headed:
            levels = _LEVELS.fullmatch(headed["body"])
            yield from (f"{levels['body']} {levels[at]}" for at in ("one", "two")) if levels else (headed["body"],)


def distinct_tasks(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Tasks with the rows that tell of them: a row repeated for another deliverable is the same task."""
    found: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        task = entry.task
        assert task is not None
        row = task.path.partition("~")[0]
        found.setdefault((entry.document_id, row, task.action), []).append(entry)
    return list(found.values())


def written_number(value: Decimal) -> str:
    """As Vietnamese writes it: `1.234,5`."""
    whole, _, part = f"{value:,f}".partition(".")
    return whole.replace(",", ".") + (f",{part}" if part else "")


def fields_of(entry: Entry) -> dict[str, Any]:
    """A fact's fields under one set of names for every kind; numbers stay numbers, empty ones are left out."""
    fact = entry.fact
    fields: dict[str, Any]
    if isinstance(fact, Figure):
        fields = {
            "kind": fact.kind,
            "about": fact.indicator,
            "comparator": fact.comparator,
            "value": fact.value,
            "whole": fact.whole,
            "unit": fact.unit,
            "written": fact.written,
            "when": fact.period,
            "scope": fact.scope,
            "monitor": "; ".join(fact.owners),
            "plan": fact.plan,
            "change": fact.change,
            "basis": fact.basis,
        }
    else:
        fields = {
            "kind": "task",
            "about": fact.action,
            "when": fact.deadline,
            "due": fact.due,
            "lead": "; ".join(fact.lead),
            "coordinate": "; ".join(fact.coordinate),
            "monitor": "; ".join(fact.monitor),
            "deliverable": fact.deliverable,
            "group": fact.group,
        }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def level_of(figure: Figure) -> str:
    """The level of government that a figure is of, as its scope or its indicator names it; empty for none."""
    return next(iter(find_levels(flat(f"{figure.scope} {figure.indicator}"))), "")


def share_of(terms: Sequence[Term], entry: Entry) -> float:
    """Share of the terms' weight that stands in the fact, a little less for what stands above it."""
    total = sum(term.weight for term in terms) or 1.0
    own = above = 0.0
    for term in terms:
        for form in term.forms:
            if f" {form} " in entry.about:
                own += term.weight
                break
        else:
            above += term.weight * any(holds(entry.context, form) for form in term.forms)
    return (own + CONTEXT * above) / total
