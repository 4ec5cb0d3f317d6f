"""A collection as an index: ingested by the function that `hoidap ingest` calls, in a process of its own."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

from assistant.bootstrap import open_writing
from assistant.config import Settings
from evals.retrieval.collection import Article, BadCollection, hash_of, read_articles
from evals.retrieval.documents import PARSER, parse_article, titles_of, write_articles
from evals.retrieval.memory import in_new_process
from ingest import generations
from ingest.intake import Progress
from ingest.pipeline import ingest
from ingest.types import RunReport

_RECORD = "collection.json"  # in the data folder: what was built there, and what it took
_LOOK = 5.0  # seconds between two lines about how far it is


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a corpus is searched: all of it, or `limit` texts, the `wanted` ones and others drawn by hash."""

    corpus: Path
    limit: int | None = None
    wanted: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Equal for equal scopes of equal corpora, and only for them."""
        with self.corpus.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        chosen = [] if self.limit is None else sorted(self.wanted)
        return hashlib.sha256(json.dumps([PARSER, digest, self.limit, chosen]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Built:
    """An index that was built: its size, and what building took."""

    scope: str
    articles: int
    passages: int
    build_s: float
    build_peak_mb: float
    index_mb: float
    data_mb: float


def built(scope: Scope, data: Path) -> Built:
    """The index of this scope in `data`, built now unless it is there. BadCollection where something else is."""
    if not scope.corpus.is_file():
        raise BadCollection(f"{scope.corpus}: there is no such file")
    record, name = data / _RECORD, scope.name
    if record.exists():
        was = Built(**json.loads(record.read_text(encoding="utf-8")))
        if was.scope != name:
            raise BadCollection(f"{data} holds another corpus or another part of it; give --data another folder")
        return was
    if data.exists() and any(data.iterdir()):
        raise BadCollection(f"{data} is not empty and no index that this command finished; give --data another folder")
    (report, seconds), peak = in_new_process(build, scope, data)
    index = _size_mb(generations.folder(data, report.generation or ""))
    new = Built(name, report.documents, report.passages, seconds, peak, index, _size_mb(data))
    record.write_text(json.dumps(asdict(new)), encoding="utf-8")
    return new


def build(scope: Scope, data: Path, changed: int = 0) -> tuple[RunReport, float]:
    """Ingest the texts into a data folder, `changed` of them with a line more; the run's report and its seconds,
    loading of the model included.
    """
    with tempfile.TemporaryDirectory() as folder:
        titles = titles_of(read_articles(scope.corpus))
        ids = write_articles(_changed(articles(scope), changed), titles, Path(folder))
        began = time.perf_counter()
        writing = open_writing(Settings(data_dir=data, database_url=None), _said())
        try:
            report = ingest(
                [Path(folder)],
                data=writing.data,
                catalog=writing.catalog,
                embedder=writing.embedder,
                parse=parse_article,
                parser=PARSER,
                source_name=lambda path: ids[int(path.stem)] if path.suffix else str(path),
                progress=writing.progress,
            )
        finally:
            writing.catalog.close()
        seconds = time.perf_counter() - began
    for outcome in report.outcomes:
        if outcome.status not in {"added", "updated", "unchanged"}:
            print(f"{outcome.source}: {outcome.status}, {outcome.reason}", file=sys.stderr)
    return report, seconds


def seconds_to_change(scope: Scope, data: Path, count: int) -> float:
    """How long a run takes in which `count` texts have changed; another run then puts them back as they were."""
    (report, seconds), _ = in_new_process(build, scope, data, count)
    assert sum(outcome.status == "updated" for outcome in report.outcomes) == count
    in_new_process(build, scope, data)
    return seconds


def _changed(texts: Iterable[Article], count: int) -> Iterator[Article]:
    """The first `count` with a line more."""
    for at, text in enumerate(texts):
        yield replace(text, text=f"{text.text}\nĐiều này được rà soát hằng năm.") if at < count else text


def articles(scope: Scope) -> Iterator[Article]:
    """The texts of a scope in the order of the corpus."""
    if scope.limit is None:
        return read_articles(scope.corpus)
    kept = _chosen((article.id for article in read_articles(scope.corpus)), scope)
    return (article for article in read_articles(scope.corpus) if article.id in kept)


def _chosen(ids: Iterator[str], scope: Scope) -> Collection[str]:
    order = sorted(ids, key=lambda id_: (id_ not in scope.wanted, hash_of(id_)))
    return set(islice(order, scope.limit))


def _said() -> Progress:
    """A line to standard error as each step begins, and every few seconds."""
    begun: set[str] = set()
    last = 0.0

    def say(step: str, done: int, total: int) -> None:
        nonlocal last
        if step not in begun or time.monotonic() - last > _LOOK:
            begun.add(step)
            last = time.monotonic()
            print(f"  {step} {done:,} of {total:,}", file=sys.stderr, flush=True)

    return say


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1_000_000
