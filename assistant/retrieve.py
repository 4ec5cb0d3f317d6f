"""From a question to passages, in three steps: candidates, one ranker over them, the passages of the best sections.

Candidates come from three sides, united: words, vectors, and documents that the question names by number. All sides
find sections, runs of passages under one heading; their passages follow one another by how much of the question each
has. A cross-encoder, where a setting names one, has the last word on the order of the first passages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.features import Candidates, Question, candidates, features, fit
from assistant.library import Library
from assistant.ranker import Ranker
from assistant.types import Found, Query
from ingest.catalog import StoredPassage
from ingest.lists import spread
from ingest.passages import fields
from ingest.sections import best
from ingest.values import document_key

# Sections that each side brings, and how many the ranker judges: of the 1,190 law questions' articles .991 are among
# what both sides bring, .977 among the 100 best of these by the plain sum. 150 rank the held questions no better, at
# 2.5 ms more (`evals run retrieval --split held`).
BY_WORDS, BY_VECTOR, BY_NUMBER = 300, 200, 60
JUDGED = 100
# Passages that go on to be quoted from.
KEPT = 40
# Passages that a cross-encoder reads: a second or two on two cores.
READ = 20


class Reader(Protocol):
    """Reads a question and texts together; the higher the score, the better the text answers."""

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Judges:
    """What orders the candidates."""

    ranker: Ranker
    reader: Reader | None = None


def retrieve(
    query: Query, library: Library, judges: Judges, k: int = KEPT, documents: Collection[str] | None = None
) -> list[Found]:
    """The `k` best passages, best first; of these documents only where given. Scores are shares of 1, comparable
    between questions: how likely the section answers, less where another passage of it has more of the question.
    """
    question = asked(query, library)
    sections = candidates_of(query, question, library, documents)
    if not len(sections.sections):
        return []
    shares = judges.ranker.scores(features(question, sections, library.priors)[0])
    keys, scores = _passages(question, sections, shares, library, k)
    stored = library.passages(keys)
    found = [_found(each, score) for each, score in zip(stored, scores, strict=True)]
    return _read(query, stored, found, judges.reader) if judges.reader else found


def asked(query: Query, library: Library) -> Question:
    return Question(query.words, library.embedder.encode_query(query.text))


def candidates_of(
    query: Query, question: Question, library: Library, documents: Collection[str] | None = None
) -> Candidates:
    """The sections to judge, `JUDGED` at most."""
    sections = library.sections
    scores = sections.scores(sections.ids(question.words))
    if documents is not None:
        scores[~sections.within(documents)] = 0
    by_vector = [sections.section(hit.key) for hit in library.search_vectors(question.vector, BY_VECTOR, documents)]
    found = [_matching(scores, BY_WORDS), np.array(by_vector, dtype=np.int64)]
    named = _named_documents(query, library)
    if named:
        found.append(_matching(np.where(sections.within(named), scores, 0), BY_NUMBER))
    union = np.unique(np.concatenate(found))
    judged = candidates(question, union, scores[union], library.priors)
    return judged.take(best(judged.first_sum, JUDGED))


def _matching(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """The `k` best sections of those that share a word with the question."""
    found = best(scores, k)
    return found[scores[found] > 0]


def _named_documents(query: Query, library: Library) -> list[str]:
    """Documents whose own number or procedure code stands in the question."""
    keys = {constraint.key for constraint in query.constraints if constraint.kind in {"document", "procedure"}}
    if not keys:
        return []
    return [d.id for d in library.documents() if d.number and document_key(d.number) in keys]


def _passages(
    question: Question, sections: Candidates, shares: NDArray[np.float32], library: Library, k: int
) -> tuple[list[int], list[float]]:
    """Keys and scores of the `k` best passages of the best sections."""
    forward = library.sections.forward
    order = np.argsort(-shares, kind="stable")[:k]  # every section has a passage
    chosen = sections.sections[order]
    first = forward.passages_of[chosen]
    counts = forward.passages_of[chosen + 1] - first
    passages, owners = spread(first, counts), np.repeat(np.arange(len(chosen)), counts)
    held = fit(question, passages, library.priors)
    most = np.zeros(len(chosen), dtype=np.float32)
    np.maximum.at(most, owners, held)
    # In proportion, so that the many rows of one table don't crowd out other sections.
    scores = shares[order][owners] * held / np.maximum(most[owners], 1e-6)
    kept = np.argsort(-scores, kind="stable")[:k]
    return forward.keys[passages[kept]].tolist(), scores[kept].tolist()


def _found(stored: StoredPassage, score: float) -> Found:
    passage = stored.passage
    return Found(
        key=stored.key,
        document_id=stored.document.id,
        score=score,
        address=passage.address,
        heading=passage.heading,
        start=passage.start,
        end=passage.end,
    )


def _read(query: Query, stored: Sequence[StoredPassage], found: Sequence[Found], reader: Reader) -> list[Found]:
    """The first passages in the reader's order; the scores stay with the places."""
    texts = ["\n".join(filter(None, _texts(each))) for each in stored[:READ]]
    order = np.argsort(-reader.scores(query.text, texts), kind="stable")
    read = [replace(found[at], score=found[place].score) for place, at in enumerate(order)]
    return [*read, *found[READ:]]


def _texts(stored: StoredPassage) -> tuple[str, str, str]:
    """What a passage is about and what it says."""
    texts = fields(stored.document, stored.passage)
    return texts.name, texts.heading, stored.text
