"""Trains the static sentence embedding over pyvi words, and measures it beside BM25.

Pairs that should lie close: an article's title and its text, a span of an article (a fifth of its words dropped) and
the rest of the article. Each text of a batch is told from all the others of the batch.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordLevel
from torch import Tensor, nn

from evals.train.corpora import law_articles, segmented, wiki_pieces

SEED = 7
DIMENSIONS = 256
# With half precision 15 MB; words from here down occur fewer than a dozen times.
VOCABULARY = 30_000
UNKNOWN = "[UNK]"
EPOCHS = 6
BATCH = 1024
SCALE = 20.0
LEARNING_RATE = 0.02
# Standard deviation of the first weights. From 1, as torch begins, rare words keep most of their chance direction
# (MRR@10 .554 instead of .570 after three epochs); 0.1 is as good as 0.3.
FIRST_SPREAD = 0.3
SPANS_PER_TEXT = 2
SPAN_WORDS = (6, 24)
DROPPED = 0.2
# The rest of a long text tells little more than its beginning.
LONGEST = 300
# Titles like "Hiệu lực thi hành" stand over hundreds of articles and name none of them.
COMMON_TITLE = 5
# Law is what the questions are about; half of the wiki keeps general words from being law words only.
WIKI_SHARE = 0.5

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Text:
    """Word ids of a title (may be empty) and of its text."""

    title: Ids
    body: Ids


def train_embedding(data: Path, out: Path) -> None:
    """Train from scratch and write a `StaticEmbedding` to `out`, the same files at each run."""
    random = np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    titles, bodies = _segmented_texts(data, random)
    vocabulary = _vocabulary([*titles, *bodies])
    texts = [Text(_ids(title, vocabulary), _ids(body, vocabulary)) for title, body in zip(titles, bodies, strict=True)]
    weights = _train(texts, len(vocabulary), random)
    _save(vocabulary, weights, out)


def _segmented_texts(data: Path, random: np.random.Generator) -> tuple[list[list[str]], list[list[str]]]:
    """Titles and texts of all law and of a part of the wiki; a piece of the wiki has no title."""
    laws = law_articles(data)
    titles = list(segmented("law-titles", (article.title for article in laws)))
    bodies = list(segmented("law-texts", (article.text for article in laws)))
    wiki = [piece for piece in segmented("wiki", wiki_pieces(data)) if random.random() < WIKI_SHARE]
    common = {title for title, n in Counter(map(tuple, titles)).items() if n > COMMON_TITLE}
    return [[] if tuple(title) in common else title for title in titles] + [[] for _ in wiki], bodies + wiki


def _vocabulary(texts: Iterable[Sequence[str]]) -> dict[str, int]:
    """Row of each of the most frequent words; row 0 is for all others."""
    counts = Counter(word for text in texts for word in text)
    frequent = sorted(counts, key=lambda word: (-counts[word], word))[: VOCABULARY - 1]
    return {word: row for row, word in enumerate([UNKNOWN, *frequent])}


def _ids(text: Sequence[str], vocabulary: dict[str, int]) -> Ids:
    """Rows of the words that have one."""
    return np.array([row for word in text if (row := vocabulary.get(word))], dtype=np.int64)


def _train(texts: list[Text], rows: int, random: np.random.Generator) -> NDArray[np.float32]:
    model = nn.EmbeddingBag(rows, DIMENSIONS, mode="mean")
    nn.init.normal_(model.weight, std=FIRST_SPREAD)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    steps = EPOCHS * (sum(1 for _ in _pairs(texts, np.random.default_rng(SEED))) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(1 - step / steps, 0.02))
    for epoch in range(EPOCHS):
        pairs = list(_pairs(texts, random))
        random.shuffle(pairs)
        started, losses = time.perf_counter(), []
        for first in range(0, len(pairs) - BATCH + 1, BATCH):
            loss = _loss(model, pairs[first : first + BATCH])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        mean = sum(losses) / len(losses)
        print(
            f"epoch {epoch + 1}: {len(pairs)} pairs, loss {mean:.3f}, {time.perf_counter() - started:.0f} s", flush=True
        )
    weights: NDArray[np.float32] = model.weight.detach().numpy()
    return weights


def _pairs(texts: list[Text], random: np.random.Generator) -> Iterator[tuple[Ids, Ids]]:
    """(short, long) word ids that belong together."""
    low, high = SPAN_WORDS
    for text in texts:
        if len(text.title) and len(text.body):
            yield text.title, text.body[:LONGEST]
        for _ in range(SPANS_PER_TEXT if len(text.body) > 2 * high else 0):
            length = int(random.integers(low, high + 1))
            start = int(random.integers(len(text.body) - length))
            span = text.body[start : start + length]
            rest = np.concatenate([text.title, text.body[:start], text.body[start + length :]])
            yield span[random.random(length) >= DROPPED], rest[:LONGEST]


def _loss(model: nn.EmbeddingBag, pairs: list[tuple[Ids, Ids]]) -> Tensor:
    """Cross-entropy of finding each long text by its short one, and back."""
    short = _embed(model, [short for short, _ in pairs])
    long = _embed(model, [long for _, long in pairs])
    scores = SCALE * short @ long.T
    own = torch.arange(len(pairs))
    return (nn.functional.cross_entropy(scores, own) + nn.functional.cross_entropy(scores.T, own)) / 2


def _embed(model: nn.EmbeddingBag, texts: Sequence[Ids]) -> Tensor:
    """A unit row for each text."""
    offsets = np.cumsum([0] + [len(text) for text in texts[:-1]])
    return nn.functional.normalize(model(torch.from_numpy(np.concatenate(texts)), torch.from_numpy(offsets)))


def _save(vocabulary: dict[str, int], weights: NDArray[np.float32], out: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    rows = weights.copy()
    rows[0] = 0  # what is unknown pulls a text nowhere
    module = StaticEmbedding(tokenizer, embedding_weights=rows)
    SentenceTransformer(modules=[module], device="cpu").half().save_pretrained(str(out), create_model_card=False)
