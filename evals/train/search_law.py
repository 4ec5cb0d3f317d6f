"""How well the embedding finds the article that answers a question: alone, beside BM25, and added to it."""

from __future__ import annotations

from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from evals.train.corpora import law_articles, law_questions, segmented
from ingest.embed import StaticEmbedder

Scores = NDArray[np.float32]
CANDIDATES = 200
DENSE_SHARES = (0.3, 0.4, 0.5)


def check_embedding(data: Path, model: Path) -> None:
    """Print MRR@10, Acc@1 and recall@10 over all questions and all 71,482 articles."""
    articles, questions = law_articles(data), law_questions(data)
    places = {article.id: place for place, article in enumerate(articles)}
    relevant = [{places[id_] for id_ in question.relevant} for question in questions]
    titles = list(segmented("law-titles", (article.title for article in articles)))
    bodies = list(segmented("law-texts", (article.text for article in articles)))
    asked = list(segmented("law-questions", (question.text for question in questions)))
    lexical = _bm25([[*title, *title, *body] for title, body in zip(titles, bodies, strict=True)], asked)
    embedder = StaticEmbedder(model)
    dense = (
        embedder.encode_words(asked)
        @ embedder.encode_words([[*title, *body] for title, body in zip(titles, bodies, strict=True)]).T
    )
    _print("BM25", lexical, relevant)
    _print("dense", dense, relevant)
    for share in DENSE_SHARES:
        _print(f"sum, {share:.0%} dense", _normal(dense) * share + _normal(lexical) * (1 - share), relevant)


def _bm25(texts: list[list[str]], asked: list[list[str]]) -> Scores:
    """A row of scores of all texts for each question."""
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(texts, show_progress=False)
    return np.stack([index.get_scores(words) for words in asked])


def _normal(scores: Scores) -> Scores:
    """Each row's best is 1 and its `CANDIDATES`-th is 0, so that two rankers can be added."""
    top = -np.partition(-scores, CANDIDATES, axis=1)[:, : CANDIDATES + 1]
    best, floor = top.max(axis=1, keepdims=True), top.min(axis=1, keepdims=True)
    return np.asarray(np.maximum((scores - floor) / np.maximum(best - floor, 1e-6), 0))


def _print(name: str, scores: Scores, relevant: list[set[int]]) -> None:
    reciprocal, first, found = [], [], []
    for row, right in zip(scores, relevant, strict=True):
        ten = np.argpartition(-row, 10)[:10]
        ten = ten[np.argsort(-row[ten], kind="stable")]
        ranks = [rank for rank, place in enumerate(ten, start=1) if place in right]
        reciprocal.append(1 / ranks[0] if ranks else 0.0)
        first.append(bool(ranks) and ranks[0] == 1)
        found.append(len(ranks) / len(right))
    print(f"{name:16} MRR@10 {np.mean(reciprocal):.3f}  Acc@1 {np.mean(first):.3f}  R@10 {np.mean(found):.3f}")
