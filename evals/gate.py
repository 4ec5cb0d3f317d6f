"""Floors and ceilings that a run must keep to, from one TOML file: `suite/group/figure = number`, `*` for any.

A floor whose suite was run and whose figure isn't there is broken too, unless its group was left out for a reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from evals.marks import stages
from evals.record import Run
from ingest.errors import HoidapError


class BadGate(HoidapError):
    """The file of floors and ceilings can't be used."""


@dataclass(frozen=True, slots=True)
class Gate:
    floors: Mapping[str, float]
    ceilings: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Broken:
    """A bound that a figure broke; `value` is None where the figure is missing. `stage` is where most wrong answers of
    the group come from."""

    figure: str
    value: float | None
    bound: float
    floor: bool
    stage: str = ""

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.figure}: không đo được, cần {'ít nhất' if self.floor else 'nhiều nhất'} {self.bound:g}"
        compared = "dưới mức sàn" if self.floor else "trên mức trần"
        points = f"; khâu cần xem: {self.stage}" if self.stage else ""
        return f"{self.figure}: {self.value:.3f}, {compared} {self.bound:g}{points}"


def load(path: Path) -> Gate:
    """Raises BadGate."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadGate(f"Không đọc được {path} ({error}). Sửa lại tệp TOML.") from error
    parts = [content.pop(name, {}) for name in ("floors", "ceilings")]
    wrong = [*content, *(name for part in parts for name, bound in part.items() if not _is_bound(name, bound))]
    if wrong:
        raise BadGate(
            f'{path}: không hiểu {", ".join(wrong)}. Viết trong [floors] hay [ceilings]: "bộ/nhóm/số đo" = số.'
        )
    return Gate(*parts)


def _is_bound(name: str, bound: object) -> bool:
    return name.count("/") == 2 and isinstance(bound, int | float) and not isinstance(bound, bool)


def broken(run: Run, gate: Gate) -> list[Broken]:
    """The bounds that a run broke; of suites that it didn't run, none."""
    return [*_broken(run, gate.floors, floor=True), *_broken(run, gate.ceilings, floor=False)]


def _broken(run: Run, bounds: Mapping[str, float], *, floor: bool) -> Iterator[Broken]:
    figures = {
        f"{suite}/{group}/{name}": value
        for suite, measured in run.measured.items()
        for group, its in measured.metrics.items()
        for name, value in its.items()
    }
    for pattern, bound in bounds.items():
        matching = {name: value for name, value in figures.items() if fnmatchcase(name, pattern)}
        for name, value in matching.items():
            if value < bound if floor else value > bound:
                yield Broken(name, value, bound, floor, _stage(run, name))
        if not matching and _expected(run, pattern):
            yield Broken(pattern, None, bound, floor)


def _expected(run: Run, pattern: str) -> bool:
    suite, group, _ = pattern.split("/")
    measured = run.measured.get(suite)
    return measured is not None and group not in measured.left_out


def _stage(run: Run, figure: str) -> str:
    suite, group, _ = figure.split("/")
    counted = stages(run.measured[suite].results.get(group, ()))
    return next(iter(counted), "")
