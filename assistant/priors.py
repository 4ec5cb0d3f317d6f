"""What is known of a generation's sections before any question: made once when it is opened."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.lists import Lists, starts_of
from ingest.sections import Sections
from ingest.vocabulary import lines, rows
from ingest.wordvectors import WordVectors

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# About how many syllables a section has: turns a syllable's share of all text into a share of the sections.
SECTION_SYLLABLES = 60


# Cosines of the bundled model between windows drawn by chance, over the law corpus: mean and standard deviation.
CHANCE, CHANCE_SPREAD = 0.037, 0.098
SAMPLED = 4000


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a model's cosines into what the bundled model's would be, which the ranker was trained on."""

    slope: float = 1.0
    level: float = 0.0

    @classmethod
    def measured(cls, windows: NDArray[np.float16]) -> Scale:
        """Of another model, from the windows it made: texts that have nothing in common are alike by chance only."""
        if len(windows) < 2:
            return cls()
        one, other = np.random.default_rng(SAMPLED).integers(len(windows), size=(2, SAMPLED))
        rows = np.asarray(windows[one], dtype=np.float32), np.asarray(windows[other], dtype=np.float32)
        cosines = (rows[0] * rows[1]).sum(axis=1)[one != other]
        slope = CHANCE_SPREAD / max(float(cosines.std()), 1e-3)
        return cls(slope, CHANCE - slope * float(cosines.mean()))


class Priors:
    """Arrays by word, section or document of an open generation, in the order of its index.

    `rarity` is each word's as a share of the rarest, so that it means the same in small collections and in large
    ones. `windows` are the passages' vectors (unit rows), `passage_windows` and `section_windows` say where those of
    each passage and of each section begin.
    """

    def __init__(
        self,
        sections: Sections,
        windows: NDArray[np.float16],
        windows_of: NDArray[np.int64],
        vectors: WordVectors,
        scale: Scale,
    ) -> None:
        forward = sections.forward
        vocabulary = list(sections.vocabulary)
        self.sections = sections
        self.rarest = math.log1p(2 * len(sections) + 1)
        self.rarity = np.asarray(sections.rarity / self.rarest, dtype=np.float32)
        self.windows = windows
        self.passage_windows, self.section_windows = windows_of, windows_of[forward.passages_of]
        self._scale = scale
        self.vectors, self.vector_of = vectors, vectors.rows(vocabulary)
        self.syllable_of, self.syllables = _syllables(vocabulary)
        self.syllable_rarity = _rarity(self.syllables, forward.own, forward.heading)
        self.defining = np.zeros(len(vocabulary), dtype=np.bool_)
        self.defining[sections.ids([word for where, word in _defining() if where == "text"])] = True
        self.alike = _alike(forward.heading)
        self.work_of = sections.work_of[sections.document_of]
        self.work_sections = np.log1p(np.bincount(self.work_of))
        self.year_of = _by_document(forward.name, _years(vocabulary), np.maximum, 0.0)
        self.kind_of = _by_document(forward.name, _kinds(sections), np.minimum, float(len(_levels())))

    def likeness(self, rows: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """How alike windows (unit rows) and a question's vector are, on the scale of the bundled model's cosines."""
        return np.asarray(self._scale.slope * (rows @ vector) + self._scale.level, dtype=np.float32)


def asks_definition(words: Sequence[str]) -> bool:
    """Whether a question's words ask what something is."""
    said = f" {' '.join(words)} "
    return any(f" {phrase} " in said for where, phrase in _defining() if where == "question")


def _syllables(vocabulary: Sequence[str]) -> tuple[dict[str, int], Lists]:
    """Syllables by number, and those of each word."""
    known: dict[str, int] = {}
    words = [[known.setdefault(part, len(known)) for part in word.split("_") if part] for word in vocabulary]
    flat = np.array([id_ for word in words for id_ in word], dtype=np.uint32)
    return known, Lists(flat, starts_of(np.array([len(word) for word in words], dtype=np.int64)))


def _rarity(syllables: Lists, *texts: Lists) -> NDArray[np.float32]:
    """Like an inverse document frequency, from how often each syllable occurs."""
    words = sum(np.bincount(text.flat, minlength=len(syllables)) for text in texts)
    counts = np.bincount(syllables.flat, np.repeat(words, syllables.lengths()))
    total = counts.sum() / SECTION_SYLLABLES
    return np.asarray(np.log1p(total / (counts + 1)) / math.log1p(total), dtype=np.float32)


def _alike(headings: Lists) -> NDArray[np.float32]:
    """How many sections have the same heading (log): `Điều khoản thi hành` tells little of what one is about."""
    known: dict[bytes, int] = {}
    which = np.array([known.setdefault(headings[at].tobytes(), len(known)) for at in range(len(headings))], dtype=int)
    return np.log1p(np.bincount(which))[which].astype(np.float32) if len(which) else np.zeros(0, dtype=np.float32)


def _by_document(names: Lists, values: NDArray[np.float32], best: np.ufunc, start: float) -> NDArray[np.float32]:
    """The best value of the words in each document's name."""
    found = np.full(len(names), start, dtype=np.float32)
    best.at(found, np.repeat(np.arange(len(names)), names.lengths()), values[names.flat])
    return found


def _years(vocabulary: Sequence[str]) -> NDArray[np.float32]:
    """The last year that each word holds (`15/2024/qđ-ubnd`), 0 where none."""
    return np.array([max(map(int, _YEAR.findall(word)), default=0) for word in vocabulary], dtype=np.float32)


def _kinds(sections: Sections) -> NDArray[np.float32]:
    """The level of the kind of legal document that each word is, 0 being the highest."""
    levels = np.full(len(sections.vocabulary), len(_levels()), dtype=np.float32)
    for level, word in enumerate(_levels()):
        levels[sections.ids([word])] = level
    return levels


@functools.cache
def _levels() -> tuple[str, ...]:
    return tuple(lines("kinds.txt", "assistant"))


@functools.cache
def _defining() -> tuple[tuple[str, str], ...]:
    return tuple((where, phrase) for where, phrase in rows("defining.tsv", "assistant"))
