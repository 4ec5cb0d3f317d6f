"""The ledger's facts: targets, results and tasks, found in the units of a document and tied to their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ingest.facts.figures import Context, prose_figures
from ingest.facts.periods import find_periods
from ingest.facts.sections import COMMAND, TURN, Role, is_rule, role_of
from ingest.facts.tables import Table, table_facts
from ingest.facts.tasks import heads, prose_tasks
from ingest.types import Document, Fact, Unit


def find_facts(document: Document, units: Sequence[Unit]) -> tuple[Fact, ...]:
    """Every fact of a document, in the order of its text; a procedure's fields are none of these."""
    if document.kind == "Thủ tục hành chính":
        return ()
    finder = _Finder(document, units)
    found = [fact for unit in units for fact in finder.facts(unit)]
    return tuple(sorted(found, key=lambda fact: fact.start))


class _Finder:
    """Reads a document's units in order, remembering which of them give what stands under them to somebody to do."""

    def __init__(self, document: Document, units: Sequence[Unit]) -> None:
        self._document = document
        self._period = document.period or _period(document.title)
        self._rows: dict[str | None, list[Unit]] = defaultdict(list)
        for unit in units:
            if unit.kind == "hang":
                self._rows[unit.parent].append(unit)
        self._commanded: set[str | None] = set()
        self._leads: dict[str, tuple[str, ...]] = {}

    def facts(self, unit: Unit) -> Iterator[Fact]:
        """The facts of a unit's own lines, or of a whole table."""
        role = self._role(unit)
        period = _period(*reversed(unit.heading)) or self._period
        if unit.kind == "bang":
            rows = self._rows[unit.path]
            yield from table_facts(Table(rows, role, period, len(unit.heading))) if rows else ()
        elif unit.kind != "hang":
            yield from prose_figures(self._document.text, unit, Context(role, period))
            yield from self._tasks(unit, role)

    def _role(self, unit: Unit) -> Role:
        """What the unit tells: what it was given to do, or what its section tells."""
        line = self._document.text[unit.start : unit.head]
        if unit.parent in self._commanded or unit.parent in self._leads:
            self._commanded.add(unit.path)
            return "task"
        if COMMAND.search(line) or (unit.kind == "doan" and TURN.match(line)):
            self._commanded.add(unit.parent)
        return role_of(unit, self._document.kind)

    def _tasks(self, unit: Unit, role: Role) -> Iterator[Fact]:
        named = heads(self._document.text, unit)
        if named:
            self._leads[unit.path] = named
        elif not is_rule(unit, self._document.kind) or unit.parent in self._leads:
            yield from prose_tasks(self._document.text, unit, role, self._leads)


def _period(*texts: str) -> str:
    """The first period in these texts, as written."""
    return next(_periods(texts), "")


def _periods(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        for period in find_periods(text):
            if period.kind != "day":
                yield text[period.start : period.end]
