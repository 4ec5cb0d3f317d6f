"""Questions and answers. Offsets are code points into a document's verbatim text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ingest.types import Unit

Status = Literal["answered", "not_found", "clarify", "declined"]
Mode = Literal["ledger", "procedure", "extractive", "llm"]
WordKind = Literal[
    "year", "years", "date", "quarter", "share", "index", "place", "level", "agency", "noun", "opposite", "contact"
]
ConstraintKind = WordKind | Literal["document", "procedure"]
Wanted = Literal["quantity", "rank", "years", "date", "person", "agency", "document", "contact", "list", "text"]


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of the question and the other ways to write it (`bốn`, `4`), as flat syllables.

    `asked` marks what is asked about the subject (the fee, who leads), rather than the subject itself; `typed` is
    false for a term that only stands for a question word (`bao lâu`: the time limit). `rarity` tells how much of
    the subject it carries, `weight` how much finding it counts.
    """

    forms: tuple[str, ...]
    asked: bool = False
    typed: bool = True
    rarity: float = 1.0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Constraint:
    """Something the evidence must be about: a year, a place, an agency, a document; or a word of which it may not say
    the opposite only. `said` is how it was asked for."""

    kind: ConstraintKind
    said: str
    key: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question understood. `text` is the message with diacritics restored and chat spelling written out.

    `words` are all its pyvi words, `terms` the ones that carry content, without weights. `units` are what a number
    that answers may be followed by; any where empty. `address` is the end of a unit's path (`dieu-6/2/đ`) where the
    question names one, `as_of` the day on which what answers must have been in effect.
    """

    message: str
    text: str
    words: tuple[str, ...]
    terms: tuple[Term, ...]
    wanted: Wanted
    constraints: tuple[Constraint, ...] = ()
    units: tuple[str, ...] = ()
    address: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A retrieved passage: its catalog key, the document and span it covers, and how well it ranks (0 to 1)."""

    key: int
    document_id: str
    score: float
    address: str
    heading: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that may be quoted as the answer: a sentence, a table row, or a heading with what stands under it.

    `coverage` is the share of the question's weight found in it and its headings, `score` orders evidence; `of_kind`
    tells whether it holds the kind of value asked for. `marks` tell how likely what is asked for stands where, of 1 in
    all, where a reader has read it: by the places of its words in the document's text, of a row in its joined cells.
    """

    document_id: str
    unit: Unit
    start: int
    end: int
    score: float
    coverage: float
    of_kind: bool
    missing: tuple[Constraint, ...] = ()
    marks: tuple[tuple[int, float], ...] = ()


def place_url(document_id: str, start: int, end: int) -> str:
    """The address of a document's page at a span."""
    return f"/documents/{document_id}#{start}-{end}"


@dataclass(frozen=True, slots=True)
class Citation:
    """`quote` is the document's verbatim text at `[start, end)`; `scanned`: OCR read its page, maybe wrongly."""

    marker: int
    document_id: str
    document_title: str
    document_number: str | None
    address: str
    quote: str
    start: int
    end: int
    page: int | None = None
    scanned: bool = False

    @property
    def url(self) -> str:
        return place_url(self.document_id, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Sum:
    """A number of the answer that stands in no document: the count of what `markers` cite or of the lines that cite,
    or the difference of two operands, as written in the quotations that these cite."""

    written: str
    kind: Literal["count", "difference"]
    markers: tuple[int, ...]
    operands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets. `text` holds `**…**` round the value that leads and `[1]` where a citation belongs.

    `sums` are the numbers that were computed: they are checked against the quotations like all others.
    """

    status: Status
    mode: Mode
    text: str
    citations: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()
    facts: tuple[dict[str, str], ...] = field(default=())
    sums: tuple[Sum, ...] = ()
