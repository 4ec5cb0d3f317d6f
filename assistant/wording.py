"""Texts as their words: what each could be the answer to, and how a question asks for it.

All pieces of a question are compared with it at once, so their words stand one after another in arrays.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.match import DIGITS
from assistant.overlap import Floats, Numbers, best_of_each
from ingest.text import CAPITALS, search_form, syllables, words
from ingest.vocabulary import lines, rows
from ingest.wordvectors import WordVectors

NUMBER, YEAR, NAME = 1, 2, 4
_YEAR = re.compile(r"(?:1\d|20)\d\d|.*/\d{4}|\d{1,2}/\d{1,2}|\d{4}-\d\d-\d\d")
_CAPITAL = re.compile(rf"[{CAPITALS}][\w’'-]*")
_NUMBER_WORDS = frozenset((*DIGITS, "trăm", "nghìn", "ngàn", "triệu", "tỷ", "nửa")) - {"một"}
_HOW_MANY, _WHICH = {"bao_nhiêu", "mấy"}, {"nào", "gì", "nào_là"}
_EMPTY = {"là", "những", "các", "cái", "loại", "có", "điều"}  # between what is asked for and the word that asks

Flags = NDArray[np.uint8]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Wording:
    """A text's words in reading order, what each could be the answer to, and its syllables."""

    words: tuple[str, ...]
    flags: Flags
    syllables: tuple[str, ...]


@functools.lru_cache(maxsize=20_000)
def wording(text: str) -> Wording:
    said = tuple(words(text))
    capitals = _capitals(text)
    flags = np.fromiter((_flags(word, capitals) for word in said), dtype=np.uint8, count=len(said))
    return Wording(said, flags, tuple(syllables(text)))


def _capitals(text: str) -> frozenset[str]:
    """Syllables written with a capital; the text's first only if the second is, too."""
    found = list(_CAPITAL.finditer(text))
    if found and found[0].start() <= 1 and not (len(found) > 1 and found[1].start() == found[0].end() + 1):
        del found[0]
    return frozenset(search_form(match.group()) for match in found)


def _flags(word: str, capitals: frozenset[str]) -> int:
    parts = word.split("_")
    named = NAME if any(part in capitals for part in parts) else 0
    if any(map(str.isdigit, word)):
        return named | NUMBER | (YEAR if _YEAR.fullmatch(word) else 0)
    return named | (NUMBER if word in _NUMBER_WORDS else 0)


@dataclass(frozen=True, slots=True)
class Way:
    """How a question asks, and which words tell of an answer to such a question."""

    name: str
    pattern: re.Pattern[str]
    cues: frozenset[str]


_OTHER = Way("other", re.compile(""), frozenset())


@functools.cache
def ways() -> tuple[Way, ...]:
    read = rows("answering.tsv", "assistant")
    return tuple(Way(name, re.compile(pattern), frozenset(cues.split())) for name, pattern, cues in read)


@functools.cache
def interrogatives() -> frozenset[str]:
    return frozenset(lines("interrogatives.txt", "assistant"))


def _way(question: str) -> Way:
    form = search_form(question)
    return next((way for way in ways() if way.pattern.search(form)), _OTHER)


def focus_of(said: Sequence[str]) -> str:
    """The word for what is asked for: `hồ sơ` of `bao nhiêu hồ sơ` and of `hồ sơ nào`; empty where none is."""
    for at, word in enumerate(said):
        if word in _HOW_MANY:
            return said[at + 1] if at + 1 < len(said) else ""
        if word in _WHICH:
            return next((before for before in reversed(said[:at]) if before not in _EMPTY), "")
    return ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question's words, the different ones that don't stand for the answer first of all, with their vectors."""

    said: tuple[str, ...]
    place: Mapping[str, int]  # of the different words
    rows: Numbers
    rarity: Floats
    way: Way
    capitals: frozenset[str]

    @classmethod
    def of(cls, text: str, vectors: WordVectors) -> Wanted:
        said = tuple(words(text))
        place = places(word for word in said if word not in interrogatives())
        rows = vectors.rows(place)
        return cls(said, place, rows, rarity(rows, vectors), _way(text), _capitals(text))

    def content(self) -> list[str]:
        return [word for word in self.said if word in self.place]


def places(words: Iterable[str]) -> dict[str, int]:
    return {word: at for at, word in enumerate(dict.fromkeys(words))}


def rarity(rows: Numbers, vectors: WordVectors) -> Floats:
    """From 0 to 1, the same in every collection: the model's words are in the order of their frequency."""
    return np.where(rows > 0, np.log1p(rows) / math.log(len(vectors.unit)), 1.0).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of all pieces one after another."""

    said: tuple[str, ...]
    owners: Numbers
    lengths: Numbers
    rows: Numbers
    flags: Flags

    @classmethod
    def of(cls, wordings: Sequence[Wording], vectors: WordVectors) -> Words:
        lengths = np.array([len(each.words) for each in wordings], dtype=np.int64)
        said = tuple(word for each in wordings for word in each.words)
        flags = np.concatenate([np.zeros(0, dtype=np.uint8), *(each.flags for each in wordings)])
        return cls(said, np.repeat(np.arange(len(wordings)), lengths), lengths, vectors.rows(said), flags)

    @property
    def count(self) -> int:
        return len(self.lengths)

    def best(self, values: Floats, which: Marks | None = None) -> Floats:
        """The largest value among each piece's words, or among those that are marked."""
        if which is None:
            return best_of_each(values, self.owners, self.count)
        return best_of_each(values[which], self.owners[which], self.count)

    def number(self, which: Marks) -> Numbers:
        return np.bincount(self.owners[which], minlength=self.count)

    def round(self, values: Floats, reach: int, *, itself: bool = True) -> Floats:
        """Each word's row joined (by the larger of each number) with those up to `reach` words off in its piece."""
        joined = values.copy() if itself else np.zeros_like(values)
        for shift in range(1, min(reach, len(values) - 1) + 1):
            apart = self.owners[shift:] != self.owners[:-shift]
            left, right = values[:-shift].copy(), values[shift:].copy()
            left[apart] = right[apart] = 0
            np.maximum(joined[shift:], left, out=joined[shift:])
            np.maximum(joined[:-shift], right, out=joined[:-shift])
        return joined
