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
    rows: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.kind == "hang" and unit.parent:
            rows[unit.parent].append(unit)
    whole = document.period or _period(document.title)
    found: list[Fact] = []
    leads: dict[str, tuple[str, ...]] = {}
    commanded: set[str | None] = set()
    for unit in units:
        given = unit.parent in commanded or unit.parent in leads
        role: Role = "task" if given else role_of(unit, document.kind)
        if given:
            commanded.add(unit.path)
        elif COMMAND.search(line := document.text[unit.start : unit.head]) or (
            unit.kind == "doan" and TURN.match(line)
        ):
            commanded.add(unit.parent)
        period = _period(*reversed(unit.heading)) or whole
        if unit.kind == "bang":
            found.extend(
                table_facts(Table(rows[unit.path], role, period, len(unit.heading))) if rows[unit.path] else ()
            )
        elif unit.kind != "hang":
            found.extend(prose_figures(document.text, unit, Context(role, period)))
            named = heads(document.text, unit)
            if named:
                leads[unit.path] = named
            elif not is_rule(unit, document.kind) or unit.parent in leads:
                found.extend(prose_tasks(document.text, unit, role, leads))
    return tuple(sorted(found, key=lambda fact: fact.start))


def _period(*texts: str) -> str:
    """The first period in these texts, as written."""
    return next(_periods(texts), "")


def _periods(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        for period in find_periods(text):
            if period.kind != "day":
                yield text[period.start : period.end]
