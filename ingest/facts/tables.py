"""Facts of a table: a task a row where it says who leads, else a figure for each cell that holds a value."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.facts.agencies import split_agencies
from ingest.facts.levels import LEVEL, find_level
from ingest.facts.measures import RANK, Measure, read_basis, read_measure
from ingest.facts.periods import find_deadline, find_periods, read_period
from ingest.facts.sections import Role
from ingest.types import Fact, Figure, Task, Unit
from ingest.vocabulary import rows

_IN_BRACKETS = re.compile(r"\s*\(([^()]+)\)\s*$")
_NULL = re.compile(r"^(?:[-–—.…x]*|không có(?: thông tin| số liệu)?|chưa có.*)$", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]{2}")
_UNIT_NAMES = {"điểm", "thứ hạng", "tỷ lệ", "số lượng"}
_CHANGES = {"tăng", "giảm", "tăng thêm"}
_RANKED = re.compile(r"thứ hạng|xếp hạng|^hạng$|vị trí", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table, in order, with what its section tells and which period it is of."""

    rows: Sequence[Unit]
    role: Role
    period: str
    depth: int  # headings above the table: what a row has beyond them are its groups


def table_facts(table: Table) -> Iterator[Fact]:
    """In the order of the rows, and of the cells in each."""
    columns = [column for column, _ in max(table.rows, key=lambda row: len(row.cells)).cells]
    kinds = {column: column_kind(column) for column in columns}
    if "lead" in kinds.values():
        for row in table.rows:
            yield from _task(row, kinds, table.depth)
    else:
        valued = _valued(table.rows, kinds)
        owners: dict[str, str] = {}
        for row in table.rows:
            own = next((value for column, value in row.cells if kinds.get(column) == "monitor"), "")
            owners[row.label] = own or owners.get(row.label.rpartition(".")[0], "")  # a part answers to its whole's
            yield from _figures(row, kinds, valued, table, split_agencies(owners[row.label]))


@functools.cache
def column_kind(header: str) -> str:
    """What a column holds by its header; empty where the header doesn't tell."""
    lowered = header.lower().strip()
    return next((kind for kind, pattern in _kinds() if pattern.search(lowered)), "")


@functools.cache
def _kinds() -> list[tuple[str, re.Pattern[str]]]:
    return [(kind, re.compile(pattern)) for kind, pattern in rows("columns.tsv")]


def _task(row: Unit, kinds: dict[str, str], depth: int) -> Iterator[Task]:
    cells: dict[str, str] = {}
    for column, value in row.cells:
        cells.setdefault(kinds.get(column, ""), value)
    name = cells.get("name", "")
    action = cells.get("action") or name
    filled = {value for column, value in row.cells if value and kinds.get(column) != "ordinal"}
    if not action or len(filled) < 2:  # a group's title, alone or over all columns
        return
    own_group = name if "action" in cells else ""
    deadline = cells.get("deadline", "")
    due = find_deadline(deadline)
    yield Task(
        path=row.path,
        start=row.start,
        end=row.end,
        action=action,
        lead=split_agencies(cells.get("lead", "")),
        coordinate=split_agencies(cells.get("coordinate", "")),
        monitor=split_agencies(cells.get("monitor", "")),
        deliverable=cells.get("deliverable", ""),
        deadline=deadline,
        due=due.last if due else None,
        group=row.heading[-1] if len(row.heading) > depth else own_group,
    )


def _valued(table: Sequence[Unit], kinds: dict[str, str]) -> set[str]:
    """The columns that hold values: those without another use of which some cell is a number."""
    found: Counter[str] = Counter()
    for row in table:
        for column, value in row.cells:
            if kinds.get(column) in {"", "target", "result", "name", "deadline"} and read_measure(value):
                found[column] += 1
    words = Counter(c for row in table for c, value in row.cells if _WORDS.search(value) and not read_measure(value))
    return {c for c, count in found.items() if kinds.get(c) in {"target", "result"} or count > words[c] or _year(c)}


def _year(column: str) -> bool:
    period = read_period(column)
    return bool(period and period.end - period.start >= len(column.strip()) - 4)


def _figures(
    row: Unit, kinds: dict[str, str], valued: set[str], table: Table, owners: tuple[str, ...]
) -> Iterator[Figure]:
    names = [v for c, v in row.cells if c not in valued and kinds.get(c) in {"", "name"} and _WORDS.search(v)]
    body = next((value for column, value in row.cells if kinds.get(column) == "body"), "")
    groups = row.heading[table.depth :]
    unit, names = _unit(row, kinds, names)
    level = LEVEL.match(names[0]) if names else None
    within = [*groups, *names] if groups and (level or row.label.count(".") or groups[-1] not in names) else names
    name = " - ".join(dict.fromkeys(within))
    for column, value in row.cells:
        if column not in valued or _NULL.match(value.strip()):
            continue
        own_unit = unit or _bracketed(column)
        ranked = bool(_RANKED.search(f"{own_unit} {name}"))
        measure = read_measure(value, RANK if ranked else own_unit.lower())
        kind = _kind(column, kinds, table.role)
        if measure is None and not (kind == "target" and ranked):
            continue
        note = _IN_BRACKETS.search(value)
        yield Figure(
            kind=kind,
            path=row.path,
            start=row.start,
            end=row.end,
            indicator=name or _IN_BRACKETS.sub("", column),
            comparator=measure.comparator if measure else "=",
            value=measure.value if measure else None,
            unit=_measured(measure, own_unit, ranked=ranked),
            written=value,
            period=_period(note[1] if note else "", _as_of(row, kinds), column, name, table.period),
            scope=body or find_level(*names[:1], *reversed(groups)),
            column=column,
            owners=owners,
            basis=read_basis(column),
        )


def _as_of(row: Unit, kinds: dict[str, str]) -> str:
    """The day that a note gives for the row's values (`tính đến 28/5/2025`)."""
    notes = " ".join(value for column, value in row.cells if kinds.get(column) == "note")
    found = next((period for period in find_periods(notes) if period.until), None)
    return notes[found.start : found.end] if found else ""


def _unit(row: Unit, kinds: dict[str, str], names: list[str]) -> tuple[str, list[str]]:
    """The unit of a row's values: its own column, brackets after its name, or a name that is itself one (`Điểm`)."""
    own = next((value for column, value in row.cells if kinds.get(column) == "measure"), "")
    if own or not names:
        return own, names
    if len(names) > 1 and (_bracketed(names[-1]) or names[-1].lower() in _UNIT_NAMES):
        return _bracketed(names[-1]) or names[-1].lower(), names
    unit = _bracketed(names[-1])
    return unit, [*names[:-1], _IN_BRACKETS.sub("", names[-1])] if unit else names


def _bracketed(text: str) -> str:
    """What stands in brackets at the end, where it reads as a unit: `%` of `(tăng, %)`."""
    match = _IN_BRACKETS.search(text)
    if not match or re.search(r"\d|\btrừ\b|\bkhông\b", match[1]) or len(match[1]) >= 24:
        return ""
    parts = re.split(r",\s*", match[1])
    return ", ".join(part for part in parts if part.lower() not in _CHANGES and not read_basis(part))


def _measured(measure: Measure | None, unit: str, *, ranked: bool) -> str:
    return RANK if ranked else (unit or (measure.unit if measure else "")).lower()


def _kind(column: str, kinds: dict[str, str], role: Role) -> Literal["target", "result"]:
    own = kinds.get(column)
    return "target" if (own if own in {"target", "result"} else role) == "target" else "result"


def _period(*places: str) -> str:
    """The first period in these texts, as written."""
    for place in places:
        period = read_period(place)
        if period:
            return place[period.start : period.end]
        if read_basis(place) == "cumulative":
            return place.rsplit("/", 1)[-1].strip()
    return ""
