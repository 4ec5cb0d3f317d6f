"""Evaluation cases and how answers compare with them. A case is one JSON object a line:

id          unique in its file
question    as a user types it
history     the questions asked before it, the oldest first
status      "answered" or "not_found"
expect      strings that the answer's text must hold, as printed in the source; alternatives separated by "|"
document    ids that may be cited, separated by "|"
quote       a piece of the source that one citation must quote
tags        what kind of question it is
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.bootstrap import Assistant
from evals.retrieval.variants import VARIANTS

FOLDER = Path(__file__).parent / "cases"
HELD_SHARE = 0.5  # of the cases; looked at only to report


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    question: str
    status: str
    expect: tuple[str, ...] = ()
    document: tuple[str, ...] = ()
    quote: str = ""
    tags: tuple[str, ...] = ()
    history: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Kept back from whoever tunes: half of the cases, by a hash of the id."""
        return hashlib.sha256(self.id.encode()).digest()[0] < 256 * HELD_SHARE


def load(path: Path) -> list[Case]:
    """The cases of a file. Raises ValueError naming the line that is wrong."""
    cases: list[Case] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            cases.append(
                Case(
                    id=row["id"],
                    question=row["question"],
                    status=row["status"],
                    expect=tuple(row.get("expect", ())),
                    document=tuple(filter(None, row.get("document", "").split("|"))),
                    quote=row.get("quote", ""),
                    tags=tuple(row.get("tags", ())),
                    history=tuple(row.get("history", ())),
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}, line {number}: {error!r}") from error
    return cases


def typed(case: Case, variant: str) -> Case:
    """The case with its questions typed as somebody else would: without diacritics, in small letters."""
    write = VARIANTS[variant]
    return replace(case, question=write(case.question), history=tuple(map(write, case.history)))


@dataclass(frozen=True, slots=True)
class Result:
    """How an answer compares with what its case expects. `milliseconds` is the time to answer."""

    case: Case
    status: str
    text: str
    quotes: tuple[tuple[str, str], ...]
    milliseconds: float

    @property
    def recognised(self) -> bool:
        return self.status == self.case.status

    @property
    def values(self) -> bool:
        """Every expected value stands in the text; letters' case and spacing aside."""
        return all(any(plain(v) in plain(self.text) for v in expected.split("|")) for expected in self.case.expect)

    @property
    def cited(self) -> bool:
        """One citation of an expected document quotes the expected piece."""
        return any(
            document in self.case.document and plain(self.case.quote) in plain(quote) for document, quote in self.quotes
        )

    @property
    def right(self) -> bool:
        if self.case.status != "answered":
            return self.recognised
        return self.recognised and self.values and self.cited


def plain(text: str) -> str:
    """As texts and values are compared: letters' case, spacing and our own emphasis aside."""
    return " ".join(text.replace("**", "").lower().split())


def run_answers(assistant: Assistant, cases: Sequence[Case]) -> list[Result]:
    """Ask every question, each by itself, in order."""
    results: list[Result] = []
    for case in cases:
        began = time.perf_counter()
        found, _ = assistant.ask(case.question, history=case.history)
        spent = (time.perf_counter() - began) * 1000
        quotes = tuple((citation.document_id, citation.quote) for citation in found.citations)
        results.append(Result(case, found.status, found.text, quotes, spent))
    return results


def answer_metrics(results: Sequence[Result]) -> dict[str, float]:
    """Shares of 1; milliseconds for p50 and p95."""
    answerable = [r for r in results if r.case.status == "answered"]
    unanswerable = [r for r in results if r.case.status == "not_found"]
    times = sorted(r.milliseconds for r in results)
    return {
        "cases": len(results),
        "right": _share([r.right for r in results]),
        "answered_right": _share([r.right for r in answerable]),
        "values_right": _share([r.values and r.recognised for r in answerable]),
        "citation_right": _share([r.cited and r.recognised for r in answerable]),
        "unanswerable_recognised": _share([r.recognised for r in unanswerable]),
        "answerable_refused": _share([not r.recognised for r in answerable]),
        "p50_ms": times[len(times) // 2] if times else 0.0,
        "p95_ms": times[int(len(times) * 0.95)] if times else 0.0,
    }


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 1.0
