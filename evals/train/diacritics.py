"""Trains the diacritic restorer, and measures it on text that it did not see."""

from __future__ import annotations

import random
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from evals.case import FOLDER, load
from evals.retrieval.variants import slipped
from evals.train.corpora import (
    law_articles,
    law_questions,
    older_laws,
    wiki_pieces,
    wiki_questions,
)
from evals.train.wiki import questions
from ingest.clean import TONE_MARKS
from ingest.diacritics import Restorer
from ingest.ngrams import count, tokens
from ingest.text import search_form
from ingest.values import bare

SEED = 7
# Every 50th text is held out: trained on by no model, measured on by `check_diacritics`.
HELD_OUT = 50
# Law and encyclopedia hardly ever ask, and speak to no one ("cho tôi hỏi", "mất bao lâu"): turns of everyday asking and
# questions, written for this. No collection from outside is trained on, so that retrieval can be judged by any of them.
ASKED = Path(__file__).parent / "asked.txt"
ASKED_WEIGHT = 40
QUESTION_WEIGHT = 6
NEVER_LEARNED = {"unseen"}


def train_diacritics(data: Path, out: Path) -> None:
    """Count the syllables of law and of the wiki, and write `out/ngrams.npz`."""
    ngrams = count(_training_rows(data), least=8, least_pair=3, least_triple=5)
    out.mkdir(parents=True, exist_ok=True)
    ngrams.save(out / "ngrams.npz")
    print(f"{len(ngrams.syllables)} syllables, {len(ngrams.pairs)} pairs, {len(ngrams.triples)} triples")


def _training_rows(data: Path) -> Iterator[list[str]]:
    laws = [f"{article.title}\n{article.text}" for article in law_articles(data)]
    for corpus in (laws, wiki_pieces(data), older_laws(data)):
        for i, text in enumerate(corpus):
            if i % HELD_OUT:
                yield tokens(text)
    for turn in ASKED.read_text("utf-8").split("\n") * ASKED_WEIGHT:
        yield tokens(turn)
    for question in list(_questions()) * QUESTION_WEIGHT:
        yield tokens(question)


def _questions() -> Iterator[str]:
    """The questions written for training, and of the cases the half that is not held back; none without its marks."""
    yield from (question for question in _written() if bare(question) != question)


def _written() -> Iterator[str]:
    yield from questions()
    pairs = [case for file in sorted(ASKED.parent.glob("pairs-*.jsonl")) for case in load(file)]
    files = (file for file in sorted(FOLDER.glob("*.jsonl")) if file.stem not in NEVER_LEARNED)
    for case in (*pairs, *(case for file in files for case in load(file) if not case.held)):
        yield from (case.question, *case.history)


def check_diacritics(data: Path, model: Path) -> None:
    """Print the share of syllables restored, of accented texts left alone, and the speed."""
    restorer = Restorer.load(model)
    sentences = _held_out_sentences(data)
    texts = {
        "law, held out": sentences,
        "law questions": [question.text for question in law_questions(data)],
        "wiki questions": list(wiki_questions(data)),
    }
    chance = random.Random(SEED)  # noqa: S311 - nothing secret
    typings: dict[str, Callable[[str], str]] = {
        "bare": bare,
        "half": lambda text: _half_bare(text, chance),
        "no tones": lambda text: _some_toneless(text, chance),
        "accented": str,
        "with slips": lambda text: slipped(text, text),
    }
    print(f"{'':16}" + "".join(f"{typing:>18}" for typing in typings) + "   ms/text")
    for name, golds in texts.items():
        started = time.perf_counter()
        scores = [_scores([typing(gold) for gold in golds], golds, restorer) for typing in typings.values()]
        milliseconds = (time.perf_counter() - started) * 1000 / len(golds) / len(typings)
        print(
            f"{name:16}" + "".join(f"{right:10.4f} {whole:7.4f}" for right, whole in scores) + f"{milliseconds:10.2f}"
        )


def _held_out_sentences(data: Path) -> list[str]:
    """First lines of the held-out articles, of a question's length."""
    lines = [article.text.strip().split("\n")[0] for article in law_articles(data)[::HELD_OUT]]
    return [line[:300].rsplit(" ", 1)[0] for line in lines if len(line) > 40]


def _scores(typed: list[str], golds: list[str], restorer: Restorer) -> tuple[float, float]:
    """Share of syllables and share of texts that come out as in `golds`."""
    pairs = [(search_form(restorer.restore(t)), search_form(gold)) for t, gold in zip(typed, golds, strict=True)]
    words = [(a, b) for restored, gold in pairs for a, b in zip(restored.split(), gold.split(), strict=True)]
    return sum(a == b for a, b in words) / len(words), sum(a == b for a, b in pairs) / len(pairs)


def _half_bare(text: str, chance: random.Random) -> str:
    """Each syllable loses all its marks or none."""
    return " ".join(bare(word) if chance.random() < 0.5 else word for word in text.split(" "))


def _some_toneless(text: str, chance: random.Random) -> str:
    """One syllable in ten loses its tone and keeps its other marks."""
    return " ".join(_toneless(word) if chance.random() < 0.1 else word for word in text.split(" "))


def _toneless(word: str) -> str:
    kept = [c for c in unicodedata.normalize("NFD", word) if c not in TONE_MARKS]
    return unicodedata.normalize("NFC", "".join(kept))
