"""The page that an answer from a procedure is written on: its citations, and what chooses among rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.compose import cite, inert
from assistant.match import flat
from assistant.procedures.cards import Procedure
from assistant.procedures.which import stands
from assistant.types import Citation, Query, Term
from ingest.types import Unit

BULLETS = "-–+*• "


@dataclass(slots=True)
class Page:
    """An answer as it is written: its citations, and what is `left` of the question to choose among rows by.

    `said` holds words of the question that procedures name otherwise, and how.
    """

    procedure: Procedure
    query: Query
    left: Sequence[Term] = ()
    said: Sequence[tuple[str, str]] = ()
    citations: list[Citation] = field(default_factory=list)

    def mark(self, unit: Unit, start: int | None = None, end: int | None = None) -> str:
        """` [1]`: the same words are cited once."""
        first, last = unit.start if start is None else start, unit.end if end is None else end
        if unit.kind != "hang" and end is None:
            last = unit.head
        for citation in self.citations:
            if (citation.start, citation.end, citation.document_id) == (first, last, self.procedure.document.id):
                return f" [{citation.marker}]"
        return f" [{cite(self.citations, self.procedure.document, unit, first, last)}]"

    def hits(self, text: str) -> float:
        """The share of what is left of the question that stands in a text."""
        total = sum(term.rarity for term in self.left)
        form = flat(text)
        there = (term for term in self.left if stands(term, self.said, form))
        return sum(term.rarity for term in there) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one thing: what leads, and the lines after it. `name` is what the part is called."""

    name: str
    lead: str
    lines: tuple[str, ...] = ()


def cells_of(unit: Unit) -> str:
    """A row's cells with their columns."""
    return inert("; ".join(f"{column}: {value}" if column else value for column, value in unit.cells if value))
