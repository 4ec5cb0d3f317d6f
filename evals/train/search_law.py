"""How well the embedding finds the article that answers a question: alone, beside BM25, and added to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from evals.retrieval.collection import is_held
from evals.train.corpora import law_articles, law_questions, segmented, wiki_questions
from ingest.embed import StaticEmbedder
from ingest.passages import Fields, Indexed
from ingest.text import words

Scores = NDArray[np.float32]
CANDIDATES = 200
DENSE_SHARES = (0.3, 0.4, 0.5)
# Articles at a time: all their windows' scores at once would take gigabytes.
BLOCK = 8000
NO_TEXTS = Fields("", "", "")


def check_embedding(data: Path, model: Path) -> None:
    """Print how the questions of law find their articles, by split, and XQuAD's their paragraphs."""
    embedder = StaticEmbedder(model)
    _check_law(data, embedder)
    _check_wiki(data, embedder)


def _check_law(data: Path, embedder: StaticEmbedder) -> None:
    articles, questions = law_articles(data), law_questions(data)
    places = {article.id: place for place, article in enumerate(articles)}
    relevant = [{places[id_] for id_ in question.relevant} for question in questions]
    titles = list(segmented("law-titles", (article.title for article in articles)))
    bodies = list(segmented("law-texts", (article.text for article in articles)))
    asked = list(segmented("law-questions", (question.text for question in questions)))
    lexical = _bm25([[*title, *title, *body] for title, body in zip(titles, bodies, strict=True)], asked)
    dense = _dense(embedder, asked, titles, bodies)
    held = np.array([is_held(question.text) for question in questions])
    for split, rows in (("tuned on", np.flatnonzero(~held)), ("held back", np.flatnonzero(held))):
        print(f"{len(rows)} questions, {split}")
        wanted = [relevant[row] for row in rows]
        _print("BM25", lexical[rows], wanted)
        _print("dense", dense[rows], wanted)
        for share in DENSE_SHARES:
            mixed = _normal(dense[rows]) * share + _normal(lexical[rows]) * (1 - share)
            _print(f"sum, {share:.0%} dense", mixed, wanted)


def _check_wiki(data: Path, embedder: StaticEmbedder) -> None:
    """General language: which paragraph of the Wikipedia answers."""
    answers = wiki_questions(data)
    paragraphs = list(dict.fromkeys(answers.values()))
    bodies = [words(paragraph) for paragraph in paragraphs]
    scores = _dense(embedder, [words(question) for question in answers], [[] for _ in bodies], bodies)
    print(f"{len(answers)} questions of XQuAD, {len(paragraphs)} paragraphs")
    _print("dense", scores, [{paragraphs.index(paragraph)} for paragraph in answers.values()])


def _bm25(texts: list[list[str]], asked: list[list[str]]) -> Scores:
    """A row of scores of all texts for each question."""
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(texts, show_progress=False)
    return np.stack([index.get_scores(words) for words in asked])


def _dense(
    embedder: StaticEmbedder,
    asked: Sequence[Sequence[str]],
    titles: Sequence[Sequence[str]],
    bodies: Sequence[Sequence[str]],
) -> Scores:
    """A row for each question: the likeness of each text's best window, -1 for a text of unknown words."""
    questions = embedder.encode_words(asked)
    texts = [Indexed(NO_TEXTS, (), tuple(title), tuple(body)) for title, body in zip(titles, bodies, strict=True)]
    scores = np.full((len(questions), len(texts)), -1, dtype=np.float32)
    for first in range(0, len(texts), BLOCK):
        windows = embedder.encode_passages(texts[first : first + BLOCK])
        counts = np.array([len(rows) for rows in windows])
        known = np.flatnonzero(counts)
        starts = (np.cumsum(counts) - counts)[known]
        scores[:, first + known] = np.maximum.reduceat(questions @ np.concatenate(windows).T, starts, axis=1)
    return scores


def _normal(scores: Scores) -> Scores:
    """Each row's best is 1 and its `CANDIDATES`-th is 0, so that two rankers can be added."""
    top = -np.partition(-scores, CANDIDATES, axis=1)[:, : CANDIDATES + 1]
    best, floor = top.max(axis=1, keepdims=True), top.min(axis=1, keepdims=True)
    return np.asarray(np.maximum((scores - floor) / np.maximum(best - floor, 1e-6), 0))


def _print(name: str, scores: Scores, relevant: list[set[int]]) -> None:
    reciprocal, first, found, hundred = [], [], [], []
    for row, right in zip(scores, relevant, strict=True):
        best = np.argpartition(-row, 100)[:100]
        best = best[np.argsort(-row[best], kind="stable")]
        ranks = [rank for rank, place in enumerate(best, start=1) if place in right]
        reciprocal.append(1 / ranks[0] if ranks and ranks[0] <= 10 else 0.0)
        first.append(bool(ranks) and ranks[0] == 1)
        found.append(sum(rank <= 10 for rank in ranks) / len(right))
        hundred.append(len(ranks) / len(right))
    means = [float(np.mean(values)) for values in (reciprocal, first, found, hundred)]
    print("{:16} MRR@10 {:.3f}  Acc@1 {:.3f}  R@10 {:.3f}  R@100 {:.3f}".format(name, *means))
