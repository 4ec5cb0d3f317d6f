"""A static model's vectors word by word: what texts' vectors are summed from, and how alike two words are.

Read from the saved files by themselves: sentence-transformers brings torch, seconds before anything can be asked.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BUNDLED = Path(__file__).parent / "models" / "embedding-vi"


@dataclass(frozen=True, slots=True)
class StaticModel:
    """A row for each word, the first of them all zeros for unknown words."""

    rows: NDArray[np.float32]
    row_of: dict[str, int]

    def places(self, words: Iterable[str]) -> list[int]:
        """The row of each word, 0 where it is unknown."""
        row_of = self.row_of
        return [row_of.get(word, 0) for word in words]


@functools.lru_cache(maxsize=2)
def read_static_model(path: Path = BUNDLED) -> StaticModel:
    """A saved `StaticEmbedding` over whole words. Raises OSError, and ValueError or KeyError where it is another."""
    from safetensors.numpy import load_file

    [weights] = load_file(next(path.rglob("model.safetensors"), path / "model.safetensors")).values()
    tokenizer = json.loads(next(path.rglob("tokenizer.json"), path / "tokenizer.json").read_text(encoding="utf-8"))
    # Saved in half precision, which the CPU adds up slowly and coarsely.
    rows = weights.astype(np.float32)
    rows[0] = 0
    return StaticModel(rows, tokenizer["model"]["vocab"])


@dataclass(frozen=True, slots=True)
class WordVectors:
    """Unit rows, the first of them all zeros for unknown words, and how much each word turns a text's vector."""

    unit: NDArray[np.float32]
    strength: NDArray[np.float32]
    row_of: dict[str, int]

    def rows(self, words: Iterable[str]) -> NDArray[np.int64]:
        """The row of each word, 0 where it is unknown."""
        return np.array([self.row_of.get(word, 0) for word in words], dtype=np.int64)


def load_word_vectors() -> WordVectors:
    model = read_static_model()
    strength = np.linalg.norm(model.rows, axis=1)
    return WordVectors(model.rows / np.maximum(strength, 1e-9)[:, None], strength, model.row_of)
