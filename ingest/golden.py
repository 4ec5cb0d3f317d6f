"""Golden queries: a generation carries some questions whose answers are known, and must still answer them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.errors import StorageProblem
from ingest.manifest import Golden, damaged

if TYPE_CHECKING:
    from ingest.index import Generation, Hit

COUNT = 8
# Enough to tell sections apart, few enough to keep the manifest small.
WORDS = 16
# Equal texts have equal scores, up to the rounding of float32.
EQUAL = 1e-5
# A line that stands in more passages than this (forms repeat some by the hundred) is told apart by nothing.
DEPTH = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """A section to ask for: the key of its first passage, words of it, and its vector, zeros where it has none."""

    key: int
    words: tuple[str, ...]
    vector: NDArray[np.float32]


def spread(total: int) -> list[int]:
    """At most `COUNT` positions, evenly spread, the first and the last among them."""
    return sorted({round(at) for at in np.linspace(0, total - 1, num=min(COUNT, total))}) if total else []


def choose(generation: Generation, samples: Sequence[Sample]) -> tuple[Golden, ...]:
    """Questions that a freshly built generation answers. StorageProblem where it finds none of its own vectors.

    A section is the nearest to its own vector. The graph search is approximate and may miss one of them; that one
    is no question then.
    """
    golden = [_question(generation, sample) for sample in samples]
    found = [g for g in golden if _answers(generation, g)]
    if golden and not found:
        raise StorageProblem(
            "Chỉ mục vừa dựng không tìm được đoạn nào của chính nó. Hãy chạy lại; chỉ mục cũ vẫn được dùng."
        )
    return tuple(found)


def check(generation: Generation, golden: Sequence[Golden], directory: Path) -> None:
    """Raise DamagedIndex where a golden query gets another answer."""
    for question in golden:
        if not _answers(generation, question):
            raise damaged(directory, "chroma, words", "trả lời sai câu hỏi kiểm tra")


def _question(generation: Generation, sample: Sample) -> Golden:
    words = tuple(dict.fromkeys(sample.words))[:WORDS]
    vector = np.asarray(sample.vector, dtype="<f4")
    best = generation.search_words(words, 1)
    return Golden(
        vector=base64.b64encode(vector.tobytes()).decode(),
        nearest=sample.key if np.any(vector) else None,
        words=words,
        best=best[0].key if best else None,
    )


def _answers(generation: Generation, golden: Golden) -> bool:
    near = generation.search_vectors(_vector(golden), DEPTH)
    return _first(near, golden.nearest) and _first(generation.search_words(golden.words, DEPTH), golden.best)


def _vector(golden: Golden) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(golden.vector), dtype="<f4").astype(np.float32)


def _first(hits: Sequence[Hit], key: int | None) -> bool:
    """Whether `key` is first, or among the equals of the first; no key means no hit at all."""
    if key is None or not hits:
        return key is None and not hits
    equals = {hit.key for hit in hits if hit.score >= hits[0].score - EQUAL * max(1.0, hits[0].score)}
    return key in equals or len(equals) == DEPTH
