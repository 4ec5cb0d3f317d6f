"""What all suites that ask cases have in common: which cases, of which half, and the figures of their answers."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.bench import Bench, LeftOut, Measured
from evals.case import FOLDER, Case, half, load
from evals.marks import Result
from evals.metrics import figures, ranges


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cases", nargs="+", type=Path, metavar="FILE", help="your own cases: .xlsx, .csv, .jsonl")
    halves(parser)


def halves(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--split", choices=("dev", "held", "all"), default="all", help="halves of the cases, by hash")
    parser.add_argument("--failures", action="store_true", help="print every wrong answer (not of the held half)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A suite that asks the project's own cases of these names, or those of the files given; a group each."""

    WHAT: str
    names: tuple[str, ...]
    IN_ALL: tuple[str, ...] = ()

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        arguments(parser)

    def measure(self, bench: Bench, options: argparse.Namespace) -> Measured:
        return measure(bench, options, self.names)


def measure(bench: Bench, options: argparse.Namespace, names: Sequence[str]) -> Measured:
    """Over the files given, or over the project's own cases of these names; a group each."""
    groups, left_out = chosen(bench, options, names)
    results = {
        name: bench.results(half(cases, options.split), project=project) for name, (cases, project) in groups.items()
    }
    return measured(results, left_out)


def chosen(
    bench: Bench, options: argparse.Namespace, names: Sequence[str]
) -> tuple[dict[str, tuple[list[Case], bool]], dict[str, str]]:
    """Cases by group, and whether they are the project's; and the groups that can't be had here."""
    if options.cases:
        given = {path.stem: (load(path), path.resolve().is_relative_to(FOLDER)) for path in options.cases}
        return given, {}
    groups: dict[str, tuple[list[Case], bool]] = {}
    left_out: dict[str, str] = {}
    for name in names:
        try:
            groups[name] = bench.own(name), True
        except LeftOut as reason:
            left_out[name] = str(reason)
    return groups, left_out


def measured(results: Mapping[str, Sequence[Result]], left_out: Mapping[str, str] | None = None) -> Measured:
    return Measured(
        {name: figures(each) for name, each in results.items()},
        {name: ranges(each) for name, each in results.items()},
        results,
        left_out or {},
    )
