"""The suites, in the order of `run all`: each a module, or what only asks cases, with

WHAT        what it measures, in a line
IN_ALL      the arguments with which `run all` runs it
arguments   adds its own to a parser
measure     its figures; raises LeftOut where it can't be measured here
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Protocol

from evals.bench import Bench, Measured
from evals.suites import (
    elsewhere,
    ledger,
    peers,
    procedures,
    reading,
    retrieval,
    robustness,
    sentences,
    speed,
)
from evals.suites.asked import Asked


class Suite(Protocol):
    """What each of them is."""

    @property
    def WHAT(self) -> str: ...  # noqa: N802 (a module's constant)

    @property
    def IN_ALL(self) -> Sequence[str]: ...  # noqa: N802

    def arguments(self, parser: argparse.ArgumentParser, /) -> None: ...

    def measure(self, bench: Bench, options: argparse.Namespace, /) -> Measured: ...


SUITES: Mapping[str, Suite] = {
    "retrieval": retrieval,
    "answers": Asked(
        "values, citations and refusals of whole answers",
        ("seed", "bundled", "citizens", "independent", "lists", "written", "written-seed", "pairs"),
    ),
    "notfound": Asked("near misses, which the documents do not answer", ("nearmiss",)),
    "followups": Asked("questions that leave out what those before them said", ("followups",)),
    "procedures": procedures,
    "elsewhere": elsewhere,
    "robustness": robustness,
    "ledger": ledger,
    "speed": speed,
    "peers": peers,
    "reading": reading,
    "sentences": sentences,
}
# Of sentences from outside, a minute and a half by itself.
APART = {"sentences": "đo riêng bằng `python -m evals run sentences`"}
