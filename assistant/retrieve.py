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
from assistant.overlap import best_of_each
from assistant.ranker import Ranker
from assistant.reader import Reader
from assistant.types import Found, Query
from ingest.catalog import StoredPassage
from ingest.lists import spread
from ingest.passages import fields
from ingest.sections import best
from ingest.types import Passage

# Sections that each side brings, and how many the ranker judges: of the 1,190 law questions' articles .991 are among
# what both sides bring, .977 among the 100 best of these by the plain sum. 150 rank the held questions no better, at
# 2.5 ms more (`evals run retrieval --split held`).
BY_WORDS, BY_VECTOR, BY_NUMBER = 200, 100, 60
NEARLY_ALL = 0.9  # share of the sections that may be found
JUDGED = 80
# Passages that go on to be quoted from.
KEPT = 40
# Passages that a cross-encoder reads: a second or two on two cores.
READ = 20


class CrossEncoder(Protocol):
    """Reads a question and texts together; the higher the score, the better the text answers."""

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Judges:
    """What orders the candidates; `scorer`, what could be quoted of them; `answerable`, whether the best of that
    answers, by what its `words` and the `reader` tell.

    Without the last four, hand-set weights alone decide.
    """

    ranker: Ranker
    cross_encoder: CrossEncoder | None = None
    scorer: Ranker | None = None
    answerable: Ranker | None = None
    words: Ranker | None = None
    reader: Reader | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """Sections, best first, with how likely each answers: shares of 1, comparable between questions."""

    question: Question
    sections: NDArray[np.int64]
    shares: NDArray[np.float32]


def retrieve(
    query: Query, library: Library, judges: Judges, k: int = KEPT, documents: Collection[str] | None = None
) -> list[Found]:
    """The `k` best passages, best first; of these documents only where given. A passage's score is its section's
    share, less where another passage of the section has more of the question.
    """
    found = best_passages(rank(query, library, judges, documents), library, k)
    return _read(query, found, library, judges.cross_encoder) if judges.cross_encoder else found


def rank(query: Query, library: Library, judges: Judges, documents: Collection[str] | None = None) -> Ranked:
    """All candidates in the ranker's order."""
    question = asked(query, library)
    judged = candidates_of(query, question, library, documents)
    if not len(judged.sections):
        return Ranked(question, judged.sections, np.zeros(0, dtype=np.float32))
    shares = judges.ranker.scores(*features(question, judged, library.priors))
    order = np.argsort(-shares, kind="stable")
    return Ranked(question, judged.sections[order], shares[order])


def asked(query: Query, library: Library) -> Question:
    return Question(query.words, library.embedder.encode_query(query.text))


def candidates_of(
    query: Query, question: Question, library: Library, documents: Collection[str] | None = None
) -> Candidates:
    """The sections to judge, `JUDGED` at most."""
    sections = library.sections
    scores = sections.scores(sections.ids(question.words))
    allowed = None if documents is None else _within(documents, library)
    if allowed is not None:
        scores[~allowed] = 0
    found = [_matching(scores, BY_WORDS), _nearest(question, library, documents, allowed)]
    named = _named_documents(query, library)
    if named:
        found.append(_matching(np.where(sections.within(named), scores, 0), BY_NUMBER))
    union = np.unique(np.concatenate(found))
    judged = candidates(question, union, scores[union], library.priors)
    return judged.take(best(judged.first_sum, JUDGED))


def _within(documents: Collection[str], library: Library) -> NDArray[np.bool_]:
    """Which sections belong to these documents; once for a set that stays the same."""
    if isinstance(documents, frozenset):
        return library.derived(("within", documents), lambda: library.sections.within(documents))
    return library.sections.within(documents)


def _nearest(
    question: Question, library: Library, documents: Collection[str] | None, allowed: NDArray[np.bool_] | None
) -> NDArray[np.int64]:
    """The sections whose vectors are nearest. Nearly all documents by name would take Chroma longer than all it has:
    then twice as many are asked for, and those of other documents left out."""
    sections = library.sections
    most = allowed is not None and allowed.mean() > NEARLY_ALL
    hits = library.search_vectors(question.vector, 2 * BY_VECTOR if most else BY_VECTOR, None if most else documents)
    found = np.array([sections.section(hit.key) for hit in hits], dtype=np.int64)
    return found[allowed[found]][:BY_VECTOR] if most and allowed is not None else found


def _matching(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """The `k` best sections of those that share a word with the question."""
    found = best(scores, k)
    return found[scores[found] > 0]


def _named_documents(query: Query, library: Library) -> list[str]:
    """Documents whose own number or procedure code stands in the question."""
    named = (constraint.key for constraint in query.constraints if constraint.kind in {"document", "procedure"})
    return library.numbered(list(named))


def best_passages(ranked: Ranked, library: Library, k: int) -> list[Found]:
    """The `k` best passages of the best sections."""
    sections, forward = library.sections, library.sections.forward
    chosen, shares = ranked.sections[:k], ranked.shares[:k]  # every section has a passage
    if not len(chosen):
        return []
    first = forward.passages_of[chosen]
    counts = forward.passages_of[chosen + 1] - first
    passages, owners = spread(first, counts), np.repeat(np.arange(len(chosen)), counts)
    held = fit(ranked.question, passages, library.priors)
    most = best_of_each(held, owners, len(chosen))
    # In proportion, so that the many rows of one table don't crowd out other sections.
    scores = shares[owners] * held / np.maximum(most[owners], 1e-6)
    kept = np.argsort(-scores, kind="stable")[:k]
    keys = forward.keys[passages[kept]].tolist()
    spans = library.spans(keys)  # less those that newer generations have done away with
    documents = sections.document_of[chosen[owners[kept]]].tolist()
    rows = zip(keys, documents, scores[kept].tolist(), strict=True)
    return [_found(key, forward.documents[at], score, spans[key]) for key, at, score in rows if key in spans]


def _found(key: int, document: str, score: float, passage: Passage) -> Found:
    return Found(key, document, score, passage.address, passage.heading, passage.start, passage.end)


def _read(query: Query, found: Sequence[Found], library: Library, model: CrossEncoder) -> list[Found]:
    """The first passages in its order; the scores stay with the places."""
    first = {each.key: each for each in found[:READ]}
    stored = library.passages(list(first))
    order = np.argsort(-model.scores(query.text, list(map(_text, stored))), kind="stable")
    read = [replace(first[stored[at].key], score=each.score) for at, each in zip(order, found, strict=False)]
    return [*read, *found[READ:]]


def _text(stored: StoredPassage) -> str:
    """What a passage is about and what it says."""
    texts = fields(stored.document, stored.passage)
    return "\n".join(filter(None, (texts.name, texts.heading, stored.text)))
