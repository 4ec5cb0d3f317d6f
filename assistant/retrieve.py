"""Candidates from three sides, united: words, vectors, and documents named by number; one score each."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.library import Library
from assistant.types import Found, Query
from ingest.index import Hit
from ingest.values import document_key

# How many each side brings, and how many go on. Recall of the right passage is flat from 40 on.
CANDIDATES = 60
KEPT = 40
# Share of the dense side in the sum; the flat top of a grid over held-out legal questions
# (evals.train embedding --check).
DENSE_SHARE = 0.35


def retrieve(query: Query, library: Library, k: int = KEPT, documents: Collection[str] | None = None) -> list[Found]:
    """The `k` best passages, best first; of these documents only where given."""
    by_words = library.search_words(query.words, CANDIDATES, documents)
    by_vector = library.search_vectors(query.text, CANDIDATES, documents)
    named = _named_documents(query, library, documents)
    if named:
        by_words = _united(by_words, library.search_words(query.words, CANDIDATES, named))
    scores = _sum(by_words, by_vector)
    best = sorted(scores, key=lambda key: (-scores[key], key))[:k]
    return [
        Found(
            key=stored.key,
            document_id=stored.document.id,
            score=scores[stored.key],
            address=stored.passage.address,
            heading=stored.passage.heading,
            start=stored.passage.start,
            end=stored.passage.end,
        )
        for stored in library.passages(best)
    ]


def _named_documents(query: Query, library: Library, allowed: Collection[str] | None) -> list[str]:
    """Documents whose own number or procedure code stands in the question."""
    keys = {constraint.key for constraint in query.constraints if constraint.kind in {"document", "procedure"}}
    if not keys:
        return []
    named = [d.id for d in library.documents() if d.number and document_key(d.number) in keys]
    return [id_ for id_ in named if allowed is None or id_ in allowed]


def _united(first: Sequence[Hit], second: Sequence[Hit]) -> list[Hit]:
    return list({hit.key: hit for hit in (*second, *first)}.values())


def _sum(by_words: Sequence[Hit], by_vector: Sequence[Hit]) -> dict[int, float]:
    """Weighted sum; BM25 as a share of the best one, a passage that one side missed gets that side's least."""
    top = max((hit.score for hit in by_words), default=1.0) or 1.0
    words = {hit.key: hit.score / top for hit in by_words}
    vectors = {hit.key: hit.score for hit in by_vector}
    least = min(vectors.values(), default=0.0)
    return {
        key: (1 - DENSE_SHARE) * words.get(key, 0.0) + DENSE_SHARE * vectors.get(key, least)
        for key in words.keys() | vectors.keys()
    }
