"""BM25 over the sections of an open generation, and their words for whoever compares them with a question."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.lists import Lists
from ingest.terms import (
    K1,
    B,
    Forward,
    Hit,
    Postings,
    document_of,
    holding_of,
    lengths_of,
    load,
    postings_of,
    section_of,
    vocabulary_of,
)


class Sections:
    """The word side of a generation, read-only, for any number of threads.

    Sections, passages and documents are numbered in the order of the index. Opening reads little: the arrays are
    mapped, and pages of them are read as questions need them.
    """

    def __init__(self, directory: Path) -> None:
        self.forward: Forward = load(directory)
        self.vocabulary = {word: id_ for id_, word in enumerate(vocabulary_of(directory))}
        self.holding = holding_of(directory)
        postings = postings_of(directory)
        self._starts = postings.starts
        self._sections = postings.sections.astype(np.intp)  # as numpy wants places: half the time of a question's BM25
        forward = self.forward
        self.document_of = document_of(forward)
        self.section_of = section_of(forward)
        # The key of each section's first passage, by which it is known.
        self.firsts: NDArray[np.int64] = forward.keys[forward.passages_of[:-1]]
        self._passage = {key: at for at, key in enumerate(forward.keys.tolist())}
        self._document = {id_: at for at, id_ in enumerate(forward.documents)}
        self.work_of = _works(forward.name)
        self.rarity = _rarity(np.diff(postings.starts), len(self))
        self._weights = _weights(postings, self.rarity, _norms(lengths_of(forward)))

    def __len__(self) -> int:
        return len(self.forward.passages_of) - 1

    def __contains__(self, document: str) -> bool:
        return document in self._document

    @property
    def passages(self) -> int:
        return len(self.forward.keys)

    def ids(self, words: Sequence[str]) -> list[int]:
        """The words that some text has, by their number."""
        return [id_ for word in words if (id_ := self.vocabulary.get(word)) is not None]

    def passage(self, key: int) -> int:
        """The place of a passage in the order of the index."""
        return self._passage[key]

    def section(self, key: int) -> int:
        """The section that the passage with this key is in."""
        return int(self.section_of[self._passage[key]])

    def of_passages(self, document: str) -> list[int]:
        """The section of each passage of a document, in the order of its text; none of an unknown document."""
        if document not in self:
            return []
        at, forward = self._document[document], self.forward
        first, last = forward.passages_of[forward.sections_of[at : at + 2]]
        return [int(section) for section in self.section_of[first:last]]

    def words(self, section: int) -> Iterator[int]:
        """The words of a section by their number: its own, then those of its heading and of its document's name."""
        forward, passages = self.forward, self.forward.passages_of
        for at in range(passages[section], passages[section + 1]):
            yield from forward.own[at].tolist()
        yield from forward.heading[section].tolist()
        yield from forward.name[self.document_of[section]].tolist()

    def frequency(self, word: str) -> int:
        """In how many passages a word stands, their headings and their document's name included."""
        id_ = self.vocabulary.get(word)
        return 0 if id_ is None else int(self.holding[id_])

    def scores(self, words: Sequence[int]) -> NDArray[np.float32]:
        """BM25 of every section; a word that is asked twice counts twice."""
        scores = np.zeros(len(self), dtype=np.float32)
        for word in words:
            span = slice(self._starts[word], self._starts[word + 1])
            np.add.at(scores, self._sections[span], self._weights[span])
        return scores

    def within(self, documents: Collection[str]) -> NDArray[np.bool_]:
        """Which sections belong to these documents."""
        mask = np.zeros(len(self), dtype=np.bool_)
        for id_ in documents:
            at = self._document.get(id_)
            if at is not None:
                mask[self.forward.sections_of[at] : self.forward.sections_of[at + 1]] = True
        return mask

    def search(self, words: Sequence[str], k: int, documents: Collection[str] | None = None) -> list[Hit]:
        """The first passage of each of the `k` sections with the highest BM25; none that share no word."""
        scores = self.scores(self.ids(words))
        if documents is not None:
            scores[~self.within(documents)] = 0
        return [Hit(int(self.firsts[at]), float(scores[at])) for at in best(scores, k) if scores[at] > 0]


def best(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """Places of the `k` highest scores, best first, equal ones in order."""
    if k < 1:
        return np.zeros(0, dtype=np.intp)
    places = np.arange(len(scores)) if k >= len(scores) else np.sort(np.argpartition(-scores, k - 1)[:k])
    return places[np.argsort(-scores[places], kind="stable")]


def _works(names: Lists) -> NDArray[np.int64]:
    """The work that each document is of: those of one name are parts of one work."""
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(names[at].tobytes(), len(known)) for at in range(len(names))], dtype=np.int64)


def _norms(lengths: NDArray[np.int64]) -> NDArray[np.float32]:
    """How much each section's length stands against a word's frequency in it."""
    average = lengths.mean() if len(lengths) else 0
    return (K1 * (1 - B + B * lengths / max(average, 1e-9))).astype(np.float32)


def _weights(postings: Postings, rarity: NDArray[np.float32], norms: NDArray[np.float32]) -> NDArray[np.float32]:
    """BM25 of each word in each section that has it: made in a fifth of a second at opening for seven million."""
    frequencies = np.asarray(postings.frequencies, dtype=np.float32)
    weights = np.repeat(rarity * np.float32(K1 + 1), np.diff(postings.starts))
    weights *= frequencies
    weights /= frequencies + norms[postings.sections]
    return weights


def _rarity(holding: NDArray[np.integer], total: int) -> NDArray[np.float32]:
    """Inverse document frequency of each word among the sections."""
    return np.log1p((total - holding + 0.5) / (holding + 0.5)).astype(np.float32)
