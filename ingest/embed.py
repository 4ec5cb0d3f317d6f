"""Sentence vectors through sentence-transformers; the bundled model is a static one over pyvi words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.text import words

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = Path(__file__).parent / "models" / "embedding-vi"


class Embedder(Protocol):
    """Rows of unit length, or all-zero where a text has no known word. `model_id` names the exact weights."""

    @property
    def model_id(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class StaticEmbedder:
    """A saved `StaticEmbedding` whose tokens are pyvi words."""

    def __init__(self, path: Path = BUNDLED) -> None:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(path), device="cpu", local_files_only=True, trust_remote_code=False)
        # Saved in half precision, which the CPU adds up slowly and coarsely.
        self._model: SentenceTransformer = model.float()
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        self.model_id = f"{path.name}@{_fingerprint(path)}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.encode_words([words(text) for text in texts])

    def encode_words(self, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """The same for texts that `words` has already cut."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        joined = [" ".join(text) for text in texts]
        vectors = self._model.encode(joined, convert_to_numpy=True, show_progress_bar=False, batch_size=256)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256()
    for name in ("model.safetensors", "tokenizer.json"):
        for file in sorted(path.rglob(name)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
