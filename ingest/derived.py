"""What is slow to make of passages, made once: their words and their vectors, kept in the catalog by their texts."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from ingest.catalog import BATCH, ENTRIES, Catalog, Made
from ingest.cutter import Cutter, split
from ingest.embed import Embedder
from ingest.passages import Fields, Indexed
from ingest.terms import Row
from ingest.text import text_version

# Passages embedded between two words about it: a large model takes seconds for them.
EMBEDDED = 128
# Seconds after which what was made is written down: all that a killed run loses.
KEPT_EVERY = 1.0

# How many of the passages are done, and how many there are.
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Batch:
    """Passages of which something is to be made, their texts by key, and the words of those that lack them."""

    passages: list[Made]
    texts: Mapping[int, Fields]
    cutting: Future[list[str]]


class Deriving:
    """Makes what the passages of versions lack, some versions at a time; a context manager that ends its children.

    Words are cut by other processes while the next versions are looked for; `versions` are those that were added,
    and `told` gets how many passages got their vectors so far.
    """

    def __init__(self, catalog: Catalog, embedder: Embedder, told: Callable[[int], None]) -> None:
        self._catalog, self._embedder, self._told = catalog, embedder, told
        self._made = 0
        self._words: dict[bytes, bytes] = {}
        self._vectors: dict[bytes, bytes] = {}
        self._kept = time.monotonic()
        self._cutter = Cutter()
        self._waiting: deque[_Batch] = deque()
        self.versions: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._cutter.__exit__(kind, error, traceback)

    def add(self, versions: Sequence[int]) -> None:
        """Begin with these; what is done meanwhile of those before is kept. `finish` sees to the rest."""
        self.versions.update(versions)
        for at in range(0, len(versions), ENTRIES):
            some = versions[at : at + ENTRIES]
            lacking = self._catalog.made(some, text_version(), self._embedder.model_id, lacking=True)
            different = list({each.digest: each for each in lacking}.values())
            for start in range(0, len(different), BATCH):
                self._begin(different[start : start + BATCH])

    def _begin(self, passages: list[Made]) -> None:
        texts = self._catalog.texts([each.key for each in passages])
        cutting = self._cutter.submit([texts[each.key] for each in passages if each.words is None])
        self._waiting.append(_Batch(passages, texts, cutting))
        while len(self._waiting) > self._cutter.ahead or (self._waiting and self._waiting[0].cutting.done()):
            self._make(self._waiting.popleft())

    def finish(self) -> None:
        """Wait for all that was added."""
        while self._waiting:
            self._make(self._waiting.popleft())
        self._keep()

    def _make(self, batch: _Batch) -> None:
        lines = iter(batch.cutting.result())
        cut = {each.key: each.words.decode() if each.words else next(lines) for each in batch.passages}
        self._words.update((each.digest, cut[each.key].encode()) for each in batch.passages if each.words is None)
        unread = [each for each in batch.passages if each.vectors is None]
        for at in range(0, len(unread), EMBEDDED):
            some = unread[at : at + EMBEDDED]
            found = self._embedder.encode_passages([Indexed(batch.texts[e.key], *split(cut[e.key])) for e in some])
            self._vectors.update((e.digest, rows.astype("<f2").tobytes()) for e, rows in zip(some, found, strict=True))
            self._made += len(some)
            if time.monotonic() - self._kept > KEPT_EVERY:
                self._keep()
            self._told(self._made)

    def _keep(self) -> None:
        self._catalog.add_derived({text_version(): self._words, self._embedder.model_id: self._vectors})
        self._words, self._vectors, self._kept = {}, {}, time.monotonic()


def complete(deriving: Deriving, catalog: Catalog, versions: Sequence[int], told: Told) -> None:
    """See that the catalog has the words and the vectors of every passage of these versions."""
    total = catalog.count_passages(versions)
    told(0, total)
    left = [version for version in versions if version not in deriving.versions]
    done = total - catalog.count_passages(left)
    for at in range(0, len(left), ENTRIES):
        deriving.add(left[at : at + ENTRIES])
        done += catalog.count_passages(left[at : at + ENTRIES])
        told(done, total)
    deriving.finish()
    told(total, total)


def rows(catalog: Catalog, embedder: Embedder, shown: Sequence[tuple[str, int]]) -> Iterator[Row]:
    """The passages of versions, each shown under an id, in their order; `complete` has made what it takes."""
    for at in range(0, len(shown), ENTRIES):
        some = shown[at : at + ENTRIES]
        made: dict[int, list[Made]] = {version: [] for _, version in some}
        for each in catalog.made(list(made), text_version(), embedder.model_id):
            made[each.version].append(each)
        for id_, version in some:
            for each in made[version]:
                assert each.words is not None
                assert each.vectors is not None
                vectors = np.frombuffer(each.vectors, dtype="<f2").reshape(-1, embedder.dimensions)
                yield Row(each.key, id_, *split(each.words.decode()), vectors)
