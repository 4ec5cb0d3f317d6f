"""The bundled embedding's vectors word by word, for telling how alike two words are; read without torch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.embed import BUNDLED


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
    from safetensors.numpy import load_file

    [weights] = load_file(BUNDLED / "model.safetensors").values()
    tokenizer = json.loads((BUNDLED / "tokenizer.json").read_text(encoding="utf-8"))
    rows = weights.astype(np.float32)
    rows[0] = 0
    strength = np.linalg.norm(rows, axis=1)
    return WordVectors(rows / np.maximum(strength, 1e-9)[:, None], strength, tokenizer["model"]["vocab"])
