"""Vectors of passages and questions. The bundled model is a static one over pyvi words, summed here with numpy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.passages import Indexed
from ingest.text import words
from ingest.wordvectors import BUNDLED, read_static_model

__all__ = ["BUNDLED", "Embedder", "StaticEmbedder"]

Vectors = NDArray[np.float32]

# A passage longer than WINDOW words gets a vector every STRIDE words. On the law corpus windows of 64 find more than
# one vector a passage: MRR@10 .707 instead of .666 by vectors alone. Both are multiples of BLOCK, so that what
# overlaps is added up once.
BLOCK = 16
WINDOW, STRIDE = 4 * BLOCK, 3 * BLOCK
# Headings tell what a passage is about better than as many of its own words.
HEADING_WEIGHT = 2
# Passages summed at a time: few enough that their sums stay in the processor's cache.
BATCH = 64


class Embedder(Protocol):
    """Unit vectors. `model_id` names the exact weights and how they are used: another one, another index."""

    @property
    def model_id(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode_passages(self, passages: Sequence[Indexed]) -> list[Vectors]:
        """For each passage one row or several, `(m, d)`; none where the model knows nothing of it."""

    def encode_query(self, text: str) -> Vectors:
        """`(d,)`; all zeros where the model knows nothing of the text."""

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class StaticEmbedder:
    """A saved `StaticEmbedding` whose tokens are pyvi words."""

    def __init__(self, path: Path = BUNDLED) -> None:
        self._model = read_static_model(path)
        self.dimensions = self._model.rows.shape[1]
        self.model_id = f"{path.name}@{_fingerprint(path)}"

    def encode_query(self, text: str) -> Vectors:
        vector: Vectors = _unit(self._sum(words(text))[None])[0]
        return vector

    def encode_passages(self, passages: Sequence[Indexed]) -> list[Vectors]:
        """Every window's sum of its own words, of the name's and, twice, of the heading's."""
        batches = (passages[at : at + BATCH] for at in range(0, len(passages), BATCH))
        return [vectors for batch in batches for vectors in self._windows(batch)]

    def _windows(self, passages: Sequence[Indexed]) -> Iterator[Vectors]:
        blocks, windows_of = _windowed([len(passage.own) for passage in passages])
        above: dict[tuple[tuple[str, ...], tuple[str, ...]], Vectors] = {}
        for passage in passages:
            if (passage.name, passage.heading) not in above:
                heading = HEADING_WEIGHT * self._sum(passage.heading)
                above[passage.name, passage.heading] = self._sum(passage.name) + heading
        heads = np.stack([above[passage.name, passage.heading] for passage in passages])
        sums = self._block_sums([passage.own for passage in passages])
        vectors = _unit(sums[blocks].sum(axis=1) + np.repeat(heads, windows_of, axis=0))
        for rows in np.split(vectors, np.cumsum(windows_of)[:-1]):
            yield rows[rows.any(axis=1)]

    def _block_sums(self, texts: Sequence[Sequence[str]]) -> Vectors:
        """The sum of each `BLOCK` words, every text beginning a new block, and a row of zeros at the end."""
        sizes = np.array([_blocks(len(text)) for text in texts])
        places = np.zeros((int(sizes.sum()) + 1) * BLOCK, dtype=np.intp)
        for text, start in zip(texts, (np.cumsum(sizes) - sizes) * BLOCK, strict=True):
            places[start : start + len(text)] = self._model.places(text)
        columns = places.reshape(-1, BLOCK).T
        sums: Vectors = self._model.rows[columns[0]]
        for column in columns[1:]:
            sums += self._model.rows[column]
        return sums

    def _sum(self, text: Sequence[str]) -> Vectors:
        return np.asarray(self._model.rows[self._model.places(text)].sum(axis=0), dtype=np.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self.encode_words([words(text) for text in texts])

    def encode_words(self, texts: Sequence[Sequence[str]]) -> Vectors:
        """One row a text that `words` has cut, all zeros where none of them is known."""
        sums = [self._sum(text) for text in texts]
        return _unit(np.stack(sums)) if sums else np.zeros((0, self.dimensions), dtype=np.float32)


def _blocks(length: int) -> int:
    """How many blocks a text takes: at least one, so that a passage without words still has a window."""
    return max(-(-length // BLOCK), 1)


def _windowed(lengths: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The blocks of each window, and how many windows each text has.

    Blocks are counted through all the texts; where a window ends early, the number after the last one fills it up.
    The last window holds more than `BLOCK` words, or is the only one.
    """
    sizes = np.array([_blocks(length) for length in lengths])
    counts = np.array([max(-((WINDOW - length) // STRIDE), 0) + 1 for length in lengths])
    owner = np.repeat(np.arange(len(lengths)), counts)
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    within = number[:, None] * (STRIDE // BLOCK) + np.arange(WINDOW // BLOCK)
    first = np.cumsum(sizes) - sizes
    return np.where(within < sizes[owner, None], first[owner, None] + within, sizes.sum()), counts


def _unit(rows: Vectors) -> Vectors:
    """Rows of length one; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _fingerprint(path: Path) -> str:
    """Of the weights, the words, and how windows are made of them."""
    digest = hashlib.sha256(f"{WINDOW} {STRIDE} {HEADING_WEIGHT}".encode())
    for name in ("model.safetensors", "tokenizer.json"):
        for file in sorted(path.rglob(name)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
