"""Trains the static sentence embedding over pyvi words. What was tried, with figures: embedding.md.

Pairs that should lie close, made the way `ingest.embed` uses the vectors: a title, half of the time asked as a
question, and a window of its article; a span of a window and the window without it; the words around a reference and
the article that it refers to. Each text of a batch is told from all the others of the batch.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordLevel
from torch import Tensor, nn

from evals.train.corpora import Article, law_articles, segmented, wiki_pieces
from ingest.embed import HEADING_WEIGHT, WINDOW
from ingest.text import words

SEED = 7
DIMENSIONS = 384
# With half precision 23 MB; words from here down occur fewer than a dozen times.
VOCABULARY = 30_000
UNKNOWN = "[UNK]"
EPOCHS = 3
BATCH = 1024
SCALE = 30.0
LEARNING_RATE = 0.02
# Standard deviation of the first weights. From 1, as torch begins, rare words keep most of their chance direction.
FIRST_SPREAD = 0.3
# Pairs of one law that are told from each other in a batch: they share more words than chance ones.
TOGETHER = 4
SPANS_PER_TEXT = 2
SPAN_WORDS = (6, 24)
DROPPED = 0.2
# The beginning of an article, which a title stands for beside each window.
BEGINNING = 300
# Titles like "Hiệu lực thi hành" stand over hundreds of articles and name none of them.
COMMON_TITLE = 5
# Law is what the questions are about; half of the wiki keeps general words from being law words only.
WIKI_SHARE = 0.5
# How often a window keeps its heading, which in use it always has. The title that it is found by is the heading:
# were that always there, the window's own words would be learned from less.
TITLE_KEEPS_HEADING = 0.3
SPAN_KEEPS_HEADING = 0.7
ANOTHER_WINDOW = 0.3
# Shares of titles asked as questions, so that the words that ask have vectors of their own: short ones.
ASKED = 0.5
QUESTIONS = (
    ("", "được quy định như thế nào?"),
    ("", "được quy định ra sao?"),
    ("Quy định về", ""),
    ("", "là gì?"),
    ("", "như thế nào?"),
    ("", "gồm những gì?"),
    ("", "bao gồm những nội dung gì?"),
    ("Pháp luật quy định như thế nào về", "?"),
    ("", "được thực hiện như thế nào?"),
    ("Khi nào", "?"),
    ("Ai có", "?"),
    ("Cơ quan nào có", "?"),
    ("", "bao nhiêu?"),
    ("Có được", "không?"),
    ("", "có những gì?"),
    ("Những trường hợp nào", "?"),
    ("", "cần những giấy tờ gì?"),
    ("", "phải làm gì?"),
    ("", "ở đâu?"),
    ("", "thế nào theo quy định hiện nay?"),
    ("Cho tôi hỏi", "?"),
    ("", "bao lâu?"),
    ("", "được không?"),
    ("", "bị xử phạt bao nhiêu?"),
)
# The kinds of law that call themselves "Luật này", "Nghị định này", as pyvi joins the words.
SELF = re.compile(r"điều (\S+) (?:của )?(?:luật|bộ_luật|pháp_lệnh|nghị_định|nghị_quyết|quyết_định|thông_tư)[ _]này\b")
BEFORE, AFTER = 24, 8

Ids = NDArray[np.int64]
NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Source:
    """An article, or a piece of the wiki, in words; of the latter only the body is there."""

    title: Sequence[str]
    body: Sequence[str]
    law: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Word ids; `law` and `same` are the numbers of its law and of all the articles that have its title."""

    title: Ids
    body: Ids
    law: int
    same: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A short and a long text that belong together; pairs of the same `same` are not told from each other."""

    short: Ids
    long: Ids
    law: int
    same: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """`references` are words around a reference and the number of the text that it refers to."""

    texts: Sequence[Text]
    references: Sequence[tuple[Ids, int]]
    questions: Sequence[tuple[Ids, Ids]]


def train_embedding(data: Path, out: Path) -> None:
    """Train from scratch and write a `StaticEmbedding` to `out`, the same files at each run."""
    random = np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # so that the sums are the same on every machine
    articles = law_articles(data)
    sources = _sources(data, articles, random)
    vocabulary = _vocabulary(chain.from_iterable((source.title, source.body) for source in sources))
    corpus = Corpus(_texts(sources, vocabulary), _references(articles, sources, vocabulary), _questions(vocabulary))
    _save(vocabulary, _train(corpus, len(vocabulary), random), out)


def _sources(data: Path, articles: Sequence[Article], random: np.random.Generator) -> list[Source]:
    """All law, in its order, and then a part of the wiki."""
    titles = segmented("law-titles", (article.title for article in articles))
    bodies = segmented("law-texts", (article.text for article in articles))
    laws = (article.id.rpartition("%")[0] for article in articles)
    wiki = (piece for piece in segmented("wiki", wiki_pieces(data)) if random.random() < WIKI_SHARE)
    return [*map(Source, titles, bodies, laws), *(Source([], piece) for piece in wiki)]


def _vocabulary(texts: Iterable[Sequence[str]]) -> dict[str, int]:
    """Row of each of the most frequent words; row 0 is for all others."""
    counts = Counter(word for text in texts for word in text)
    frequent = sorted(counts, key=lambda word: (-counts[word], word))[: VOCABULARY - 1]
    return {word: row for row, word in enumerate([UNKNOWN, *frequent])}


def _ids(text: Iterable[str], vocabulary: Mapping[str, int]) -> Ids:
    """Rows of the words that have one."""
    return np.array([row for word in text if (row := vocabulary.get(word))], dtype=np.int64)


def _texts(sources: Sequence[Source], vocabulary: Mapping[str, int]) -> list[Text]:
    """Every source's text; without its title where that names nothing."""
    titles = Counter(tuple(source.title) for source in sources)
    laws, same = _numbers(source.law for source in sources), _numbers(tuple(source.title) for source in sources)
    texts = []
    for number, source in enumerate(sources):
        telling = len(source.title) > 0 and titles[tuple(source.title)] <= COMMON_TITLE
        texts.append(
            Text(
                _ids(source.title, vocabulary) if telling else NONE,
                _ids(source.body, vocabulary),
                laws[source.law],
                same[tuple(source.title)] if telling else len(same) + number,
            )
        )
    return texts


def _numbers(values: Iterable[Hashable]) -> dict[Hashable, int]:
    return {value: number for number, value in enumerate(dict.fromkeys(values))}


def _references(
    articles: Sequence[Article], sources: Sequence[Source], vocabulary: Mapping[str, int]
) -> list[tuple[Ids, int]]:
    """References to an article of the same law, as "quy định tại Điều 15 Nghị định này"."""
    places = {article.id: place for place, article in enumerate(articles)}
    found = []
    for article, source in zip(articles, sources, strict=False):
        text = " ".join(source.body)
        for match in SELF.finditer(text):
            place = places.get(f"{source.law}%{match[1]}")
            around = text[: match.start()].split()[-BEFORE:] + text[match.end() :].split()[:AFTER]
            if place is not None and articles[place] is not article and len(around) > AFTER:
                found.append((_ids(around, vocabulary), place))
    return found


def _questions(vocabulary: Mapping[str, int]) -> list[tuple[Ids, Ids]]:
    return [(_ids(words(before), vocabulary), _ids(words(after), vocabulary)) for before, after in QUESTIONS]


def _train(corpus: Corpus, rows: int, random: np.random.Generator) -> NDArray[np.float32]:
    model = nn.EmbeddingBag(rows, DIMENSIONS, mode="sum")
    nn.init.normal_(model.weight, std=FIRST_SPREAD)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    steps = EPOCHS * (sum(1 for _ in _pairs(corpus, np.random.default_rng(SEED))) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(1 - step / steps, 0.02))
    for epoch in range(EPOCHS):
        started, losses = time.perf_counter(), []
        for batch in _batches(list(_pairs(corpus, random)), random):
            loss = _loss(model, batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        mean, seconds = sum(losses) / len(losses), time.perf_counter() - started
        print(f"epoch {epoch + 1}: {len(losses)} batches, loss {mean:.3f}, {seconds:.0f} s", flush=True)
    weights: NDArray[np.float32] = model.weight.detach().numpy()
    return weights


def _batches(pairs: Sequence[Pair], random: np.random.Generator) -> Iterator[list[Pair]]:
    """Whole batches of handfuls that are of one law each."""
    laws = np.array([pair.law for pair in pairs])
    order = np.lexsort((random.random(len(pairs)), laws))
    handfuls = order[: len(order) // TOGETHER * TOGETHER].reshape(-1, TOGETHER)
    random.shuffle(handfuls)
    shuffled = handfuls.ravel()
    for first in range(0, len(shuffled) - BATCH + 1, BATCH):
        yield [pairs[place] for place in shuffled[first : first + BATCH]]


def _pairs(corpus: Corpus, random: np.random.Generator) -> Iterator[Pair]:
    """An epoch's pairs, drawn anew each time."""
    for text in corpus.texts:
        for short, long in chain(_of_title(text, corpus.questions, random), _of_spans(text, random)):
            if len(short) and len(long):
                yield Pair(short, long, text.law, text.same)
    for around, place in corpus.references:
        text = corpus.texts[place]
        if len(text.body):
            window = _under(text, _window(text.body, random), SPAN_KEEPS_HEADING, random)
            yield Pair(around, window, text.law, text.same)


def _of_title(
    text: Text, questions: Sequence[tuple[Ids, Ids]], random: np.random.Generator
) -> Iterator[tuple[Ids, Ids]]:
    if len(text.title) and len(text.body):
        window = _under(text, _window(text.body, random), TITLE_KEEPS_HEADING, random)
        yield _asked(text.title, questions, random), window
        yield _asked(text.title, questions, random), text.body[:BEGINNING]


def _asked(title: Ids, questions: Sequence[tuple[Ids, Ids]], random: np.random.Generator) -> Ids:
    if random.random() >= ASKED:
        return title
    before, after = questions[int(random.integers(len(questions)))]
    return np.concatenate([before, title, after])


def _of_spans(text: Text, random: np.random.Generator) -> Iterator[tuple[Ids, Ids]]:
    """A span and a window without it: its own one, or another of the text."""
    low, high = SPAN_WORDS
    for _ in range(SPANS_PER_TEXT if len(text.body) > 2 * high else 0):
        length = int(random.integers(low, high + 1))
        start = int(random.integers(len(text.body) - length))
        span = text.body[start : start + length]
        rest = np.concatenate([text.body[:start], text.body[start + length :]])
        if random.random() < ANOTHER_WINDOW:
            window = _window(rest, random)
        else:
            first = max(start - int(random.integers(WINDOW)), 0)
            window = rest[first : first + WINDOW]
        yield span[random.random(length) >= DROPPED], _under(text, window, SPAN_KEEPS_HEADING, random)


def _window(body: Ids, random: np.random.Generator) -> Ids:
    start = int(random.integers(max(len(body) - WINDOW, 0) + 1))
    return body[start : start + WINDOW]


def _under(text: Text, window: Ids, share: float, random: np.random.Generator) -> Ids:
    """The window, in this share of cases with its heading as `StaticEmbedder` adds it up."""
    return np.concatenate([window, *[text.title] * HEADING_WEIGHT]) if random.random() < share else window


def _loss(model: nn.EmbeddingBag, pairs: Sequence[Pair]) -> Tensor:
    """Cross-entropy of finding each long text by its short one, and back."""
    short = _embed(model, [pair.short for pair in pairs])
    long = _embed(model, [pair.long for pair in pairs])
    own = torch.arange(len(pairs))
    same = torch.tensor([pair.same for pair in pairs])
    no_other = (same[:, None] == same) & (own[:, None] != own)
    scores = (SCALE * short @ long.T).masked_fill(no_other, -torch.inf)
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
