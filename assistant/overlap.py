"""How a question's words stand in many texts at once: which of them, how rare, how close, in what order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.lists import Lists, spread, starts_of

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Row = TypeVar("Row", np.bool_, np.float32)


@dataclass(frozen=True, slots=True)
class Asked:
    """The question's different words: number, weight, and place among them by number (-1 for all other words).

    `pairs[a, b]` tells that word `b` follows word `a` in the question.
    """

    words: Numbers
    weights: Floats
    place: NDArray[np.int32]
    pairs: NDArray[np.bool_]

    @classmethod
    def of(cls, words: Sequence[int], weights: Floats, vocabulary: int) -> Asked:
        """`weights` holds those of the whole vocabulary."""
        different = np.array(list(dict.fromkeys(words)), dtype=np.int64)
        place = np.full(vocabulary, -1, dtype=np.int32)
        place[different] = np.arange(len(different))
        pairs = np.zeros((len(different), len(different)), dtype=np.bool_)
        order = place[np.array(words, dtype=np.int64)]
        pairs[order[:-1], order[1:]] = True
        return cls(different, weights[different], place, pairs)

    @property
    def total(self) -> float:
        return float(self.weights.sum()) + 1e-6


@dataclass(frozen=True, slots=True)
class Texts:
    """Words of some texts one after another, and whose each is."""

    words: NDArray[np.uint32]
    owners: Numbers
    count: int

    @classmethod
    def of(cls, lists: Lists, first: Numbers, last: Numbers, limit: int | None = None) -> Texts:
        """Text `i` is the lists from `first[i]` up to `last[i]`, of which at most `limit` words."""
        begins = lists.starts[first]
        lengths = lists.starts[last] - begins
        if limit is not None:
            lengths = np.minimum(lengths, limit)
        return cls(lists.flat[spread(begins, lengths)], np.repeat(np.arange(len(first)), lengths), len(first))

    def parts(self, parts: Lists) -> Texts:
        """The same texts with every word in its parts."""
        lengths = parts.starts[self.words + 1] - parts.starts[self.words]
        return Texts(parts.flat[spread(parts.starts[self.words], lengths)], np.repeat(self.owners, lengths), self.count)

    def lengths(self) -> Numbers:
        return np.bincount(self.owners, minlength=self.count)


@dataclass(frozen=True, slots=True)
class Matches:
    """Where the question's words stand: index into the texts' words, whose text, which word; in reading order."""

    at: Numbers
    owners: Numbers
    which: Numbers
    stands: NDArray[np.bool_]  # (texts, question words)

    @classmethod
    def find(cls, texts: Texts, asked: Asked) -> Matches:
        which = asked.place[texts.words]
        at = np.flatnonzero(which >= 0)
        stands = np.zeros((texts.count, len(asked.words)), dtype=np.bool_)
        stands[texts.owners[at], which[at]] = True
        return cls(at, texts.owners[at], which[at].astype(np.int64), stands)


def coverage(stands: NDArray[np.bool_], asked: Asked) -> Floats:
    """Share of the question's weight that stands in each text."""
    return np.asarray(stands @ asked.weights / asked.total, dtype=np.float32)


def missed(stands: NDArray[np.bool_], asked: Asked) -> Floats:
    """The weight of the rarest word that is missing."""
    return np.asarray(np.where(stands, 0, asked.weights).max(axis=1, initial=0.0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Order:
    """What the order of the words tells of each text, and how much of a phrase ends at each match.

    `phrases` is the weight of the question's neighbouring words that are neighbours here too, `run` that of its
    longest phrase that stands word for word, both as shares; `near` grows with matches that stand close together.
    """

    phrases: Floats
    run: Floats
    near: Floats
    ending: Floats  # a number a match


def order(matches: Matches, asked: Asked, count: int) -> Order:
    owners, which, weights = matches.owners, matches.which, asked.weights
    before, after = which[:-1], which[1:]
    same = owners[1:] == owners[:-1]
    gaps = matches.at[1:] - matches.at[:-1]
    joined = same & (gaps == 1) & asked.pairs[before, after]
    ending = _ending(which, weights, joined)
    run = best_of_each(ending[1:][joined], owners[1:][joined], count)
    apart = same & (before != after)
    closeness = np.minimum(weights[before], weights[after])[apart] / gaps[apart]
    near = np.bincount(owners[1:][apart], closeness, minlength=count)
    return Order(
        _phrases(owners[1:][joined], before[joined], after[joined], asked, count),
        run / asked.total,
        np.log1p(near / asked.total).astype(np.float32),
        ending,
    )


def _ending(which: Numbers, weights: Floats, joined: NDArray[np.bool_]) -> Floats:
    """The weight of the phrase that ends at each match: of the match alone where it joins none before it."""
    ending = weights[which].astype(np.float32)
    if joined.any():
        opens = joined.copy()
        opens[1:] &= ~joined[:-1]
        summed = np.cumsum(np.where(joined, weights[which[1:]], 0.0))
        before = (summed - weights[which[1:]] - weights[which[:-1]])[opens]
        phrase = np.maximum(np.cumsum(opens) - 1, 0)
        ending[1:][joined] = (summed - before[phrase])[joined]
    return ending


def _phrases(owners: Numbers, before: Numbers, after: Numbers, asked: Asked, count: int) -> Floats:
    """Each pair counts once a text."""
    size = len(asked.words)
    both = asked.weights[:, None] + asked.weights[None, :]
    found = np.unique((owners * size + before) * size + after)
    weights = both.ravel()[found % (size * size)] if size else np.zeros(0)
    summed = np.bincount(found // max(size * size, 1), weights, minlength=count)
    return np.asarray(summed / ((both * asked.pairs).sum() + 1e-6), dtype=np.float32)


def best_of_each(values: Floats, owners: Numbers, count: int) -> Floats:
    """The largest value of each owner, 0 where there is none. `owners` is sorted; values may be rows."""
    best = np.zeros((count, *values.shape[1:]), dtype=np.float32)
    if len(owners):
        first = np.flatnonzero(np.diff(owners, prepend=-1))
        best[owners[first]] = np.maximum.reduceat(values, first, axis=0)
    return best


@dataclass(frozen=True, slots=True)
class Blocks:
    """Texts cut into blocks of words; each text has at least one."""

    of_word: Numbers  # block of each word
    owners: Numbers  # text of each block
    last: NDArray[np.bool_]  # whether a block is its text's last one

    @classmethod
    def cut(cls, texts: Texts, size: int) -> Blocks:
        lengths = texts.lengths()
        counts = np.maximum((lengths + size - 1) // size, 1)
        within = np.arange(len(texts.words)) - np.repeat(starts_of(lengths)[:-1], lengths)
        starts = starts_of(counts)
        last = np.zeros(starts[-1], dtype=np.bool_)
        last[starts[1:] - 1] = True
        return cls(starts[texts.owners] + within // size, np.repeat(np.arange(texts.count), counts), last)

    def with_next(self, rows: NDArray[Row]) -> NDArray[Row]:
        """Each block's row joined (by the larger of each number) with that of the block after it in the same text."""
        joined = rows.copy()
        np.maximum(joined[:-1], rows[1:], out=joined[:-1], where=~self.last[:-1, None])
        return joined
