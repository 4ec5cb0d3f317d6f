"""Vectors by a sentence-transformers model that a setting names, each text as that model wants it."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingest import pretrained
from ingest.embed import Embedder, StaticEmbedder
from ingest.passages import Fields, Indexed
from ingest.pretrained import Manner, Wanted
from ingest.text import segmented

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

# Where a passage and what stands above it don't fit together, the latter gets no more than this share of the tokens.
HEAD_SHARE = 1 / 3


def open_embedder(wanted: Wanted) -> Embedder:
    """Raises ModelProblem."""
    folder = pretrained.locate(wanted)
    if _takes_words(folder):
        return StaticEmbedder(folder)
    used = pretrained.manner(wanted, folder)
    model = pretrained.open_embedding(wanted, folder, used)
    return TransformerEmbedder(model, used, pretrained.identity(wanted, folder, used))


def _takes_words(folder: Path) -> bool:
    """Whether it is a static model over our own words, as `python -m evals train embedding` writes."""
    try:
        [module] = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
        kinds = (tokenizer["model"]["type"], tokenizer["pre_tokenizer"]["type"])
        return kinds == ("WordLevel", "WhitespaceSplit") and module["type"].endswith(".StaticEmbedding")
    except (OSError, ValueError, KeyError, TypeError):
        return False


class TransformerEmbedder:
    """A passage is its name, its headings and its text; one that is too long for the model gets a vector a part."""

    def __init__(self, model: SentenceTransformer, manner: Manner, model_id: str) -> None:
        self._model = model
        self._manner = manner
        self.dimensions = int(model.get_embedding_dimension() or 0)
        self.model_id = model_id
        # A tokenizer has one state: threads would change each other's truncation.
        self._lock = threading.Lock()
        self._sizes = Sizes(model.tokenizer)
        self._room = room(model, manner.passage_prefix)

    def encode_query(self, text: str) -> Vectors:
        if not text.strip():
            return np.zeros(self.dimensions, dtype=np.float32)
        with self._lock:
            vector: Vectors = self._encode([self._read(text)], self._manner.query_prefix)[0]
        return vector

    def encode_passages(self, passages: Sequence[Indexed]) -> list[Vectors]:
        with self._lock:
            texts = [self._texts(passage.texts) for passage in passages]
            vectors = self._encode([text for parts in texts for text in parts], self._manner.passage_prefix)
        return np.split(vectors, list(accumulate(map(len, texts)))[:-1]) if texts else []

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self._read(text) for text in texts], self._manner.passage_prefix)

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        # Given even where it is empty: a model's own default would take its place.
        vectors = self._model.encode(list(texts), prompt=prefix, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def _read(self, text: str) -> str:
        return segmented(text) if self._manner.segmented else text

    def _texts(self, texts: Fields) -> list[str]:
        """What the model reads of a passage; nothing of an empty one."""
        name, heading, own = self._read(texts.name), self._read(texts.heading), self._read(texts.own)
        whole = "\n".join(filter(None, (name, heading, own)))
        if self._room is None or self._sizes.text(whole) <= self._room:
            return [whole] if whole.strip() else []
        head = self._head(name.split(), heading.split(), int(self._room * HEAD_SHARE))
        parts = cut(own, self._sizes, self._room - self._sizes.text(head))
        return ["\n".join(filter(None, (head, part))) for part in parts]

    def _head(self, name: Sequence[str], heading: Sequence[str], limit: int) -> str:
        """The last words of the headings, which are nearest to the passage, then the first ones of the name."""
        kept = fitting(self._sizes.words(heading[::-1]), limit)
        nearest = heading[len(heading) - kept :]
        left = limit - sum(self._sizes.words(nearest))
        return " ".join((*name[: fitting(self._sizes.words(name), left)], *nearest))


class Sizes:
    """How many tokens texts take, without the marks that the tokenizer puts round each."""

    def __init__(self, tokenizer: Any) -> None:  # noqa: ANN401 (transformers' classes have no common one)
        self._tokenizer = tokenizer

    def text(self, text: str) -> int:
        return self.words([text])[0]

    def words(self, words: Sequence[str]) -> list[int]:
        if not words:
            return []
        ids = self._tokenizer(list(words), add_special_tokens=False, verbose=False)["input_ids"]
        return [len(each) for each in ids]


def room(model: Any, prefix: str, texts: int = 1) -> int | None:  # noqa: ANN401 (either kind of model)
    """Tokens for a text after a prefix (or after the text that it is paired with); None where there is no limit."""
    tokenizer, length = model.tokenizer, model.max_seq_length
    if length is None or not np.isfinite(length) or not callable(tokenizer):
        return None
    marks = tokenizer.num_special_tokens_to_add(pair=texts == 2)
    return int(length) - int(marks) - Sizes(tokenizer).text(prefix)


def cut(text: str, sizes: Sizes, limit: int) -> list[str]:
    """Parts of about equal length that fit; one, empty, where there is no text.

    A single word that doesn't fit is a part by itself, of which the model reads the beginning.
    """
    words = text.split()
    lengths = sizes.words(words)
    total = sum(lengths)
    if total <= limit:
        return [text]
    share = total / -(-total // max(limit, 1))
    parts: list[list[str]] = [[]]
    filled = 0
    for word, length in zip(words, lengths, strict=True):
        if parts[-1] and (filled >= share or filled + length > limit):
            parts.append([])
            filled = 0
        parts[-1].append(word)
        filled += length
    return [" ".join(part) for part in parts]


def fitting(sizes: Sequence[int], limit: int) -> int:
    """How many of the first words fit."""
    return sum(end <= limit for end in accumulate(sizes))
