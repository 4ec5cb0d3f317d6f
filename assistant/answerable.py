"""How sure it is of the best evidence that it answers: measures of each, and the share of 1 that trained models give.

Coverage alone can't tell: a text may share all words but the one that is asked for, or say it all in other words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import get_args

import numpy as np

from assistant.about import formal_name
from assistant.cells import BETWEEN, read_cells
from assistant.evidence import Weighed, logit, stands
from assistant.overlap import Floats
from assistant.ranker import Ranker
from assistant.reader import Reader, Reading, Text
from assistant.said import Told, total
from assistant.types import Found, Query, Wanted
from ingest.types import Document, Unit
from ingest.wordvectors import WordVectors

LOOKED_AT = 6  # of what fits, in order, at most, as there is room to read them: the surest of them is told
SAID = "said"
NAME, HEADING, BEFORE = 110, 90, 120  # characters that are read of a document's name, a heading, what stands before
FEW = 5  # words that the reader points at most
BEGINNING = 60  # characters by which a title is known as the beginning of its text


def judged_and_read(
    query: Query,
    fit: Sequence[Weighed],
    found: Sequence[Found],
    model: Ranker,
    words: Ranker,
    reader: Reader,
    vectors: WordVectors,
) -> list[tuple[Weighed, float]]:
    """The first of `fit`, which are in order, as many of `LOOKED_AT` as there is room to read, with what the reader
    marks, and how sure it is of each, from 0 to 1; 0 for what the scorer left out."""
    first = fit[:LOOKED_AT]
    judged = [each for each in first if each.judged]
    if not judged:
        return [(each, 0.0) for each in first]
    texts = [read_piece(each) for each in judged]
    read = reader.read(query.text, texts)
    judged = judged[: len(read.scores)]
    rows, names = features(query, judged, found, texts[: len(judged)], read)
    said = total(query.text, [told(each) for each in judged], words, vectors)
    shares = model.scores(np.column_stack([rows, said]), [*names, SAID]).tolist()
    known = zip(map(_marked, judged, read.marks), shares, strict=True)
    return [next(known) if each.judged else (each, 0.0) for each in first[: first.index(judged[-1]) + 1]]


def _marked(piece: Weighed, marks: Sequence[tuple[int, float]]) -> Weighed:
    """With where the reader finds what is asked for: in the document's text, or in a row's cells as they are read."""
    if piece.candidate.unit.kind == "hang":
        return replace(piece, evidence=replace(piece.evidence, marks=tuple(marks)))
    start, end = piece.candidate.start, piece.candidate.end
    words = re.finditer(r"\S+", piece.seen.document.text[start:end])
    places = list(itertools.chain.from_iterable(range(start + w.start(), start + w.end() + 1) for w in words))
    placed = tuple((places[at], share) for at, share in marks if at < len(places))
    return replace(piece, evidence=replace(piece.evidence, marks=placed))


def told(piece: Weighed) -> Told:
    own = piece.seen.document.text[piece.candidate.start : piece.candidate.end]
    return Told(own, piece.candidate.above, piece.seen.about.title, piece.seen.around)


def read_piece(piece: Weighed) -> Text:
    candidate = piece.candidate
    return read_as(piece.seen.document, candidate.unit, candidate.start, candidate.end)


def read_as(document: Document, unit: Unit, start: int, end: int) -> Text:
    """What stands at `[start, end)` of a unit as the reader gets it: with its headings, the nearest first, its
    document's name, and the end of what is said before, to which a "việc này" or a bare verb may point."""
    own = document.text[start:end]
    if unit.kind == "hang":
        own = BETWEEN.join(read_cells(unit))
    titles = [title[:HEADING] for title in reversed(unit.heading[-2:])]
    head = " | ".join(filter(None, (*titles, _name(document))))
    return Text(head, " ".join(own.split()), _before(document, unit, start))


def _before(document: Document, unit: Unit, start: int) -> str:
    """Of its own unit; for a plain paragraph of the one above. A list's items have what introduces them as heading."""
    if unit.kind == "hang" or (start == unit.start and unit.kind != "doan"):
        return ""
    begins = unit.start if start > unit.start else document.text.rfind("\n", 0, max(unit.start - 1, 0)) + 1
    said = " ".join(document.text[max(begins, start - BEFORE) : start].split())
    is_heading = bool(unit.heading) and said.endswith(unit.heading[-1])
    return said if any(letter.isalpha() for letter in said) and not is_heading else ""


def _name(document: Document) -> str:
    """None for a text without a title, which is named by its first words."""
    own = document.title[:BEGINNING].rstrip("…")
    return "" if document.text.startswith(own) else formal_name(document)[:NAME]


def features(
    query: Query, judged: Sequence[Weighed], found: Sequence[Found], texts: Sequence[Text], read: Reading
) -> tuple[Floats, list[str]]:
    """A row for each of a few pieces, beside one another, and the columns' names; `texts` are those that were read,
    `read` what the reader makes of them."""
    scores = read.scores.tolist()
    rows = [
        {
            **_measures(query, each, judged, found),
            "read": score,
            "read_ahead": score - max(others, default=0.0),
            **_pointed(text, marks),
        }
        for each, score, others, text, marks in zip(
            judged, scores, _others(judged, scores), texts, read.marks, strict=True
        )
    ]
    return np.array([list(row.values()) for row in rows], dtype=np.float32), list(rows[0])


def _pointed(text: Text, marks: Sequence[tuple[int, float]]) -> dict[str, float]:
    """How surely the reader points at something in a text, at a word and at a few, and at numbers."""
    shares = sorted((share for _, share in marks), reverse=True)
    numbers = sum(share for at, share in marks if text.own[at : at + 2].strip()[:1].isdigit())
    return {"pointed": shares[0] if shares else 0.0, "pointed_few": sum(shares[:FEW]), "pointed_numbers": numbers}


def _measures(query: Query, piece: Weighed, judged: Sequence[Weighed], found: Sequence[Found]) -> dict[str, float]:
    others = [each.share for each in judged if not each.overlaps(piece)]
    return {
        **piece.judged,
        "share": logit(piece.share),
        "margin": logit(piece.share) - logit(max(others, default=0.0)),
        "place": piece.passage,
        "top": found[0].score if found else 0.0,
        "constraints": len(query.constraints),
        "length": len(query.words),
        **{f"wanted_{kind}": query.wanted == kind for kind in get_args(Wanted)},
        **_missing(query, piece),
    }


def _others(judged: Sequence[Weighed], read: Sequence[float]) -> Iterator[list[float]]:
    """For each what the reader makes of those that stand elsewhere."""
    for each in judged:
        yield [score for other, score in zip(judged, read, strict=True) if not other.overlaps(each)]


def _missing(query: Query, best: Weighed) -> dict[str, float]:
    """What of the question's typed words stands not in the evidence, nor above it, nor anywhere round it: as a share
    of them by rarity, and the rarest."""
    typed = [term for term in query.terms if term.typed]
    total_ = sum(term.rarity for term in typed) or 1.0
    lacking: dict[str, float] = {"terms": len(typed), "rarity": total_ / max(len(typed), 1)}
    for name, places in (("own", 1), ("above", 2), ("round", 5)):
        lost = [term.rarity for term in typed if not stands(term, best, places)]
        lacking |= {f"missing_{name}": sum(lost) / total_, f"rarest_{name}": max(lost, default=0.0)}
    return lacking
