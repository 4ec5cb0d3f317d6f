"""Counts of Vietnamese syllables in a row, and how likely they make a syllable after the two before it.

Interpolated absolute discounting over pruned counts: what pruning took from a context goes to its back-off, so that
probabilities stay proper and counts of new text can simply be added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.text import search_form

Ids = NDArray[np.int64]
Scores = NDArray[np.float64]

# Stand-ins: a number, the end of a clause, a word outside the vocabulary.
NUMBER, END, UNKNOWN = "#", "|", "?"
NUMBER_ID, END_ID, UNKNOWN_ID = range(3)
_TOKEN = re.compile(r"[^\W\d_]+|\d[\d.,/-]*|[.;:!?\n()\[\]|]")

_BITS = 20  # of an id within a key: a million syllables and words
_DISCOUNT = 0.6
# A corpus of law is too sure of its own phrases: this much always comes from the shorter context. At 0, 0.2 and 0.4
# the syllables restored of bare questions are .9912, .9921 and .9918.
_SHORTER_SHARE = 0.2
# Counts are kept as 16·ln(count) in one byte: 3 % exact, up to 8 million.
_LOG_STEPS = 16.0


def tokens(text: str) -> list[str]:
    """Syllables and words in searchable form, numbers and clause ends by their stand-ins, other marks left out."""
    return [_token(match) for match in _TOKEN.findall(search_form(text))]


def _token(match: str) -> str:
    if match[0].isalpha():
        return match
    return NUMBER if match[0].isdigit() else END


class Ngrams:
    """`pairs` and `triples` are sorted keys of ids in a row; `*_counts` go with them, `counts` with `syllables`."""

    def __init__(
        self,
        syllables: Sequence[str],
        counts: Scores,
        pairs: tuple[Ids, Scores],
        triples: tuple[Ids, Scores],
    ) -> None:
        self.syllables = list(syllables)
        self.ids = {syllable: i for i, syllable in enumerate(self.syllables)}
        self.counts = counts
        self.pairs, self.pair_counts = pairs
        self.triples, self.triple_counts = triples
        self._weigh()

    def _weigh(self) -> None:
        """What each context leaves to its back-off."""
        self.unigram: Scores = self.counts / self.counts.sum()
        kept = np.bincount(self.pairs >> _BITS, self.pair_counts - _DISCOUNT, minlength=len(self.counts))
        self._left_by_one: Scores = 1 - np.minimum(kept / np.maximum(self.counts, 1), 0.999)
        contexts, starts = np.unique(self.triples >> _BITS, return_index=True)
        kept_after_two = np.zeros(len(self.pairs))
        if len(contexts):
            sums = np.add.reduceat(self.triple_counts - _DISCOUNT, starts)
            kept_after_two[np.searchsorted(self.pairs, contexts)] = sums
        self._left_by_two = 1 - np.minimum(kept_after_two / self.pair_counts, 0.999)

    def after_one(self, before: Ids, syllable: Ids) -> Scores:
        """P(syllable | before), elementwise."""
        found, place = _find(self.pairs, (before << _BITS) | syllable)
        seen = np.where(found, self.pair_counts[place] - _DISCOUNT, 0) / np.maximum(self.counts[before], 1)
        return seen + self._left_by_one[before] * self.unigram[syllable]

    def after_two(self, first: Ids, second: Ids, syllable: Ids) -> Scores:
        """P(syllable | first second), elementwise."""
        shorter = self.after_one(second, syllable)
        context = (first << _BITS) | second
        known, pair = _find(self.pairs, context)
        found, place = _find(self.triples, (context << _BITS) | syllable)
        seen = np.where(found & known, self.triple_counts[place] - _DISCOUNT, 0) / self.pair_counts[pair]
        longer = seen + self._left_by_two[pair] * shorter
        return np.where(known, (1 - _SHORTER_SHARE) * longer + _SHORTER_SHARE * shorter, shorter)

    def with_counts(self, other: Ngrams, weight: float = 1.0) -> Ngrams:
        """These counts and `other`'s pairs and syllables, each `weight` times; new syllables join the vocabulary."""
        syllables = list(dict.fromkeys((*self.syllables, *other.syllables)))
        ids = {syllable: i for i, syllable in enumerate(syllables)}
        places = np.array([ids[syllable] for syllable in other.syllables], dtype=np.int64)
        counts = np.zeros(len(syllables))
        counts[: len(self.counts)] = self.counts
        counts[places] += other.counts * weight
        theirs = (places[other.pairs >> _BITS] << _BITS) | places[other.pairs & ((1 << _BITS) - 1)]
        pairs, where = np.unique(np.concatenate([self.pairs, theirs]), return_inverse=True)
        amounts = np.concatenate([self.pair_counts, other.pair_counts * weight])
        pair_counts = np.bincount(where, amounts, minlength=len(pairs)).astype(float)
        return Ngrams(syllables, counts, (pairs, pair_counts), (self.triples, self.triple_counts))

    def save(self, file: Path) -> None:
        np.savez_compressed(
            file,
            syllables=np.frombuffer("\n".join(self.syllables).encode(), dtype=np.uint8),
            counts=self.counts.astype(np.uint32),
            pairs=_packed(self.pairs),
            pair_counts=_log_bytes(self.pair_counts),
            triples=_packed(self.triples),
            triple_counts=_log_bytes(self.triple_counts),
        )

    @classmethod
    def load(cls, file: Path) -> Ngrams:
        with np.load(file, allow_pickle=False) as arrays:
            syllables = arrays["syllables"].tobytes().decode().split("\n")
            pairs = _unpacked(arrays["pairs"]), _from_log_bytes(arrays["pair_counts"])
            triples = _unpacked(arrays["triples"]), _from_log_bytes(arrays["triple_counts"])
            return cls(syllables, arrays["counts"].astype(float), pairs, triples)


def count(texts: Iterable[Sequence[str]], least: int, least_pair: int, least_triple: int | None) -> Ngrams:
    """The n-grams of `texts` that occur at least so often; `least_triple` ≥ `least_pair`, or None for no triples."""
    ids: dict[str, int] = {NUMBER: NUMBER_ID, END: END_ID, UNKNOWN: UNKNOWN_ID}
    flat = np.array([ids.setdefault(token, len(ids)) for text in texts for token in (*text, END)], dtype=np.int64)
    names = np.array(list(ids), dtype=object)
    amounts = np.bincount(flat, minlength=len(ids))
    amounts[:3] = amounts.max() + 1  # stand-ins come first, then the most frequent: small keys pack well
    order = np.argsort(-amounts, kind="stable")
    order = order[amounts[order] >= least]
    renumbered = np.full(len(ids), UNKNOWN_ID, dtype=np.int64)
    renumbered[order] = np.arange(len(order))
    flat = renumbered[flat]
    pairs = _frequent((flat[:-1] << _BITS) | flat[1:], least_pair)
    triples = _none()
    if least_triple is not None:
        triples = _frequent((flat[:-2] << 2 * _BITS) | (flat[1:-1] << _BITS) | flat[2:], least_triple)
    return Ngrams(
        list(names[order]), np.maximum(np.bincount(flat, minlength=len(order)), 1).astype(float), pairs, triples
    )


def _none() -> tuple[Ids, Scores]:
    return np.empty(0, dtype=np.int64), np.empty(0)


def _frequent(keys: Ids, least: int) -> tuple[Ids, Scores]:
    found, amounts = np.unique(keys, return_counts=True)
    return found[amounts >= least], amounts[amounts >= least].astype(float)


def _find(keys: Ids, wanted: Ids) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Which of `wanted` are in the sorted `keys`, and their places (some valid place where not)."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return keys[place] == wanted, place


def _packed(keys: Ids) -> NDArray[np.uint8]:
    """Differences of sorted keys, byte by byte: rows of mostly zeros, which deflate packs four times as tight."""
    return np.ascontiguousarray(np.diff(keys, prepend=0).astype("<i8").view(np.uint8).reshape(-1, 8).T)


def _unpacked(rows: NDArray[np.uint8]) -> Ids:
    return np.cumsum(np.ascontiguousarray(rows.T).view("<i8").ravel())


def _log_bytes(counts: Scores) -> NDArray[np.uint8]:
    return np.minimum(np.rint(np.log(counts) * _LOG_STEPS), 255).astype(np.uint8)


def _from_log_bytes(logs: NDArray[np.uint8]) -> Scores:
    return np.asarray(np.exp(np.arange(256) / _LOG_STEPS)[logs])
