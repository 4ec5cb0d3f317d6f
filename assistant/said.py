"""What a question's words tell that a text says or leaves out, added up by a small network.

How rare a word is doesn't tell what it means that a text lacks it: one without `phạt` tells no fine, one without `muốn`
may still answer. The network sees each word by its vector, with those beside it and the one that asks, and how the text
says it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.overlap import Floats, Numbers
from assistant.ranker import Ranker
from assistant.sentences import likeness
from assistant.wording import Wanted, interrogatives
from ingest.wordvectors import WordVectors

PARTS = ("word", "before", "after", "asking")  # whose vectors are seen of each word
HOW = ("rarity", "near_asking", "said", "alike", "above", "title", "around")


@dataclass(frozen=True, slots=True)
class Told:
    """A text with what stands round it, in flat form: the headings above, the document's title, the passage."""

    own: str
    above: str
    title: str
    around: str


@dataclass(frozen=True, slots=True)
class Said:
    """A question's different words, those that ask left out, and how texts say them.

    `rows` are the vectors of each word and of the others of `PARTS` (words, parts); `how` (texts, words, `HOW`).
    """

    rows: Numbers
    how: Floats

    def inputs(self, vectors: WordVectors) -> Floats:
        """What the network sees of each word in each text (texts * words, inputs)."""
        seen = vectors.unit[self.rows].reshape(len(self.rows), -1)
        every = np.broadcast_to(seen, (len(self.how), *seen.shape))
        return np.concatenate([every, self.how], axis=2).reshape(-1, seen.shape[1] + len(HOW)).astype(np.float32)


def said(question: str, told: Sequence[Told], vectors: WordVectors) -> Said:
    wanted = Wanted.of(question, vectors)
    words, every = list(wanted.said), vectors.rows(wanted.said)
    at = [words.index(word) for word in wanted.place]
    asking = next((place for place, word in enumerate(words) if word in interrogatives()), len(words))
    padded = np.concatenate([every, [0]])
    rows = np.array([[every[i], padded[i - 1] if i else 0, padded[i + 1], padded[asking]] for i in at], dtype=np.int64)
    meant, alike = likeness(wanted, [each.own for each in told], vectors)
    phrases = [f" {word.replace('_', ' ')} " for word in wanted.place]
    stands = np.array([[[p in form for form in (t.above, t.title, t.around)] for p in phrases] for t in told])
    of_words = np.stack([wanted.rarity, 1 / (1 + _off(words, at))], axis=1)
    how = np.concatenate(
        [
            np.broadcast_to(of_words, (len(told), *of_words.shape)),
            meant[..., None],
            alike[..., None],
            stands.reshape(len(told), len(phrases), 3),
        ],
        axis=2,
    )
    return Said(rows.reshape(-1, len(PARTS)), how.astype(np.float32))


def _off(words: Sequence[str], at: Sequence[int]) -> NDArray[np.float64]:
    """How many words each is off from the nearest that asks, or from the end."""
    asking = [place for place, word in enumerate(words) if word in interrogatives()] or [len(words)]
    return np.array([min(abs(place - each) for each in asking) for place in at], dtype=np.float64)


def names(vectors: WordVectors) -> list[str]:
    """Of the network's inputs."""
    return [*(f"{part}_{at}" for part in PARTS for at in range(vectors.unit.shape[1])), *HOW]


def total(question: str, told: Sequence[Told], model: Ranker, vectors: WordVectors) -> Floats:
    """A number a text: the larger, the likelier it says what is asked."""
    found = said(question, told, vectors)
    if not len(found.rows):
        return np.zeros(len(told), dtype=np.float32)
    each = model.scores(found.inputs(vectors), names(vectors)).reshape(len(told), -1)
    return np.asarray(each.sum(axis=1), dtype=np.float32)
