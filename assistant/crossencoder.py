"""A cross-encoder that a setting names: reads a question and a text together and says how well the one answers it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.config import Settings
from ingest import pretrained
from ingest.pretrained import Manner, Wanted
from ingest.text import segmented
from ingest.transformer import Sizes, cut, room

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker:
    """Scores of texts for a question, higher is better, to be compared within one question only."""

    def __init__(self, model: CrossEncoder, manner: Manner, model_id: str) -> None:
        self._model = model
        self._manner = manner
        # A tokenizer has one state: threads would change each other's truncation.
        self._lock = threading.Lock()
        self.model_id = model_id

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """`(n,)`; a text that is too long for the model has the score of its best part."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        asked = self._read(question)
        with self._lock:
            limit = room(self._model, asked, texts=2)
            parts = [self._parts(self._read(text), limit) for text in texts]
            pairs = [(asked, part) for text in parts for part in text]
            scores = np.asarray(self._model.predict(pairs, show_progress_bar=False), dtype=np.float32)
        lengths = [len(text) for text in parts]
        return np.maximum.reduceat(scores, np.cumsum([0, *lengths[:-1]]))

    def _parts(self, text: str, limit: int | None) -> list[str]:
        if limit is None:
            return [text]
        # A question that fills the window leaves the text at least a word; the model then cuts the question.
        return cut(text, Sizes(self._model.tokenizer), max(limit, 1))

    def _read(self, text: str) -> str:
        return segmented(text) if self._manner.segmented else text


def wanted(settings: Settings) -> Wanted | None:
    """The cross-encoder that the settings name."""
    if not settings.cross_encoder:
        return None
    return Wanted(
        settings.cross_encoder,
        "HOIDAP_CROSS_ENCODER",
        segmented=settings.cross_encoder_segmented,
        max_length=settings.cross_encoder_max_length,
    )


def load(settings: Settings) -> Reranker | None:
    """None where no setting names one. Raises ModelProblem."""
    model = wanted(settings)
    if model is None:
        return None
    folder = pretrained.locate(model)
    used = pretrained.manner(model, folder)
    return Reranker(pretrained.open_cross_encoder(model, folder, used), used, pretrained.identity(model, folder, used))
