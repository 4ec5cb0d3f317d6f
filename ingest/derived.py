"""What is slow to make of passages, made once: their words and their vectors, kept in the catalog by their texts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future

import numpy as np

from ingest.catalog import BATCH, ENTRIES, Catalog, Made
from ingest.cutter import Cutter, split
from ingest.embed import Embedder
from ingest.passages import Fields, Indexed
from ingest.terms import Row
from ingest.text import text_version

# How many of the passages are done, and how many there are.
Told = Callable[[int, int], None]

_Cutting = tuple[int, Mapping[int, Fields], list[Made], Future[list[str]]]


def complete(catalog: Catalog, embedder: Embedder, versions: Sequence[int], told: Told) -> None:
    """See that the catalog has the words and the vectors of every passage of these versions."""
    total, done = catalog.count_passages(versions), 0
    told(0, total)
    with Cutter(total) as cutter:
        for passages, texts, batch, cutting in _ahead(_batches(catalog, embedder, versions), catalog, cutter):
            lines = iter(cutting.result())
            cut = {each.digest: each.words.decode() if each.words else next(lines) for each in batch}
            catalog.add_derived(text_version(), {e.digest: cut[e.digest].encode() for e in batch if e.words is None})
            unread = [each for each in batch if each.vectors is None]
            found = embedder.encode_passages([Indexed(texts[e.key], *split(cut[e.digest])) for e in unread])
            rows = [each.astype("<f2").tobytes() for each in found]
            catalog.add_derived(embedder.model_id, dict(zip((each.digest for each in unread), rows, strict=True)))
            done += passages
            told(done, total)
    told(total, total)


def _batches(catalog: Catalog, embedder: Embedder, versions: Sequence[int]) -> Iterator[tuple[int, list[Made]]]:
    """Passages of which something is to be made, each text once, and how many passages were looked at for them."""
    for at in range(0, len(versions), ENTRIES):
        some = versions[at : at + ENTRIES]
        lacking = catalog.made(some, text_version(), embedder.model_id, lacking=True)
        looked = catalog.count_passages(some)
        different = list({each.digest: each for each in lacking}.values())
        for start in range(0, len(different), BATCH):
            yield 0, different[start : start + BATCH]
        yield looked, []


def _ahead(batches: Iterator[tuple[int, list[Made]]], catalog: Catalog, cutter: Cutter) -> Iterator[_Cutting]:
    """The batches in order, the words of the next ones being cut meanwhile."""
    waiting: deque[_Cutting] = deque()
    for passages, batch in batches:
        texts = catalog.texts([each.key for each in batch])
        cutting = cutter.submit([texts[each.key] for each in batch if each.words is None])
        waiting.append((passages, texts, batch, cutting))
        if len(waiting) > cutter.ahead:
            yield waiting.popleft()
    yield from waiting


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
