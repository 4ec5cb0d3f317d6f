"""Indicators over the years: the results of one indicator of one scope in one unit, where there are two or more."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal

from assistant.ledger.entries import Entry, Ledger, level_of
from assistant.ledger.shown import ledger_of
from assistant.library import Library
from assistant.match import flat
from ingest.types import Figure
from ingest.values import bare

LEAST = 2  # years with a result, for there to be something to see


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of an indicator in the order of their years; `id` is readable and stable while its words are."""

    id: str
    name: str
    unit: str
    scope: str
    points: tuple[tuple[int, Entry], ...]


def series_of(library: Library) -> dict[str, Series]:
    """Every indicator with results of two years or more, by id. Targets stand among its points."""
    return {each.id: each for each in _by_key(library).values()}


def series_id(entry: Entry, library: Library) -> str | None:
    """The series that a figure belongs to."""
    series = _by_key(library).get(_key(entry.figure)) if entry.figure else None
    return series.id if series else None


def _by_key(library: Library) -> dict[Hashable, Series]:
    return library.derived("series", lambda: _series(ledger_of(library)))


def _series(ledger: Ledger) -> dict[Hashable, Series]:
    groups: dict[Hashable, list[tuple[int, Entry]]] = defaultdict(list)
    for entry in ledger.entries:
        year = year_of(entry)
        if year is not None and entry.figure:
            groups[_key(entry.figure)].append((year, entry))
    found: dict[Hashable, Series] = {}
    taken: set[str] = set()
    for key, points in groups.items():
        if len({year for year, entry in points if entry.figure and entry.figure.kind == "result"}) < LEAST:
            continue
        figure = points[0][1].figure
        assert figure is not None
        id_ = _free(figure, taken)
        taken.add(id_)
        name = figure.indicator[:1].upper() + figure.indicator[1:]
        found[key] = Series(id_, name, figure.unit, figure.scope, _once(points))
    return found


def year_of(entry: Entry) -> int | None:
    """The one year of a figure that can stand in a row of years: no change, no estimate, no part of a year."""
    figure, period = entry.figure, entry.period
    if figure is None or period is None or figure.value is None or figure.change or figure.basis:
        return None
    if period.kind != "year" or period.first.year != period.last.year:
        return None
    return period.last.year


def _key(figure: Figure) -> Hashable:
    return frozenset(flat(figure.indicator).split()), figure.unit, flat(figure.scope), level_of(figure)


def _once(points: list[tuple[int, Entry]]) -> tuple[tuple[int, Entry], ...]:
    """Sorted by year; a value that several documents repeat, once."""
    met: dict[tuple[int, str, Decimal | None], tuple[int, Entry]] = {}
    for year, entry in points:
        figure = entry.figure
        assert figure is not None
        met.setdefault((year, figure.kind, figure.value), (year, entry))
    return tuple(sorted(met.values(), key=lambda point: point[0]))


def _free(figure: Figure, taken: set[str]) -> str:
    wanted = re.sub(r"[^a-z0-9]+", "-", bare(f"{figure.indicator} {figure.scope} {figure.unit}").lower())[:80].strip(
        "-"
    )
    number = 1
    while (wanted if number == 1 else f"{wanted}-{number}") in taken:
        number += 1
    return wanted if number == 1 else f"{wanted}-{number}"
