"""The suites, in the order of `run all`: each a module with

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
    answers,
    followups,
    ledger,
    notfound,
    peers,
    procedures,
    reading,
    retrieval,
    robustness,
    sentences,
    speed,
)


class Suite(Protocol):
    """What each of the modules is."""

    @property
    def WHAT(self) -> str: ...  # noqa: N802 (a module's constant)

    @property
    def IN_ALL(self) -> Sequence[str]: ...  # noqa: N802

    def arguments(self, parser: argparse.ArgumentParser, /) -> None: ...

    def measure(self, bench: Bench, options: argparse.Namespace, /) -> Measured: ...


SUITES: Mapping[str, Suite] = {
    "retrieval": retrieval,
    "answers": answers,
    "notfound": notfound,
    "followups": followups,
    "procedures": procedures,
    "robustness": robustness,
    "ledger": ledger,
    "speed": speed,
    "peers": peers,
    "reading": reading,
    "sentences": sentences,
}
# Of sentences from outside, a minute and a half by itself.
APART = {"sentences": "đo riêng bằng `python -m evals run sentences`"}
