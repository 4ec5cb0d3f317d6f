"""The two commands that write: `ingest` takes files in, `rebuild` makes the indexes again from the catalog.

Both end in the same steps. What the next generation shows is written to the catalog first, then its indexes are
built beside the serving ones, verified in a process of their own, and switched to. Until that one file is replaced
nothing that a user sees has changed, and a run that dies on the way is simply run again: files already stored and
texts already embedded are not done twice.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from ingest import generations
from ingest.catalog import BATCH, Catalog, Version
from ingest.embed import Embedder
from ingest.errors import IndexProblem, StorageProblem
from ingest.find import SourceName, default_source, find_files, gone, opened, require
from ingest.index import Row, build
from ingest.intake import Intake, Parse, Progress, one_by_one, silent
from ingest.manifest import Recipe
from ingest.parse import PARSER_VERSION
from ingest.passages import Fields, Indexed, fields, indexed
from ingest.sandbox import Sandbox
from ingest.text import text_version
from ingest.types import FileOutcome, RunReport


@dataclass(frozen=True, slots=True)
class _Writer:
    """What a run writes with; `progress` is told each step with how much of it is done."""

    data: Path
    catalog: Catalog
    embedder: Embedder
    progress: Progress
    verify: Callable[[Path], None]


def ingest(
    paths: Sequence[Path],
    *,
    data: Path,
    catalog: Catalog,
    embedder: Embedder,
    parse: Parse | None = None,
    parser: str = PARSER_VERSION,
    source_name: SourceName = default_source,
    prune: bool = False,
    progress: Progress = silent,
    verify: Callable[[Path], None] = generations.verify_in_new_process,
) -> RunReport:
    """Take in every file at or under `paths`; with `prune`, also drop what was under them and is gone.

    Files are parsed in a `Sandbox` where `parse` is not given; it is called from several threads.
    Files that can't be read are quarantined and the run goes on. Raises HoidapError where a path does not exist,
    WriterBusy where another process writes, StorageProblem where nothing could be built; what served then serves on.
    """
    began = time.monotonic()
    require(paths)
    writer = _Writer(data, catalog, embedder, progress, verify)
    with generations.writer_lock(data), _room(data) as room:
        base = _begin(writer)
        files = find_files(paths, source_name, room, lambda done, total: progress("found", done, total))
        with Sandbox() as sandbox:
            parse_all = one_by_one(parse) if parse else sandbox.parse_all
            intake = Intake(catalog.members(base) if base else {}, catalog, parse_all, parser, room)
            known = [*intake.versions, *(outcome.source for outcome in catalog.quarantined())]
            lost = gone(known, paths, files, source_name) if prune else []
            decisions = [intake.remove(source) for source in sorted({*lost, *opened(known, files, source_name)})]
            decisions += intake.take(files, progress)
        members = intake.members()
        name = base if base and _serves(writer, base, members) else _publish(writer, base, members)
        return _finish(writer, name, intake.outcomes(decisions, members), began)


@contextmanager
def _room(data: Path) -> Iterator[Path]:
    """An empty folder to unpack zips in; what a killed run left there goes first."""
    room = data / "unpacked"
    shutil.rmtree(room, ignore_errors=True)
    with generations.storage(data):
        room.mkdir()
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def rebuild(
    *,
    data: Path,
    catalog: Catalog,
    embedder: Embedder,
    progress: Progress = silent,
    verify: Callable[[Path], None] = generations.verify_in_new_process,
) -> RunReport:
    """Build the serving generation again from the catalog, without reading a file; vectors come from the catalog.

    Raises NoIndex where nothing was ever ingested, and as `ingest` does.
    """
    began = time.monotonic()
    writer = _Writer(data, catalog, embedder, progress, verify)
    with generations.writer_lock(data):
        base = _begin(writer)
        if base is None:
            raise generations.nothing_ingested()
        return _finish(writer, _publish(writer, base, catalog.members(base)), (), began)


def _begin(writer: _Writer) -> str | None:
    """Remove what killed runs left. The generation that serves, or did before its index folder was lost."""
    kept = generations.kept(writer.data)
    generations.remove_all_but(writer.data, kept)
    if kept and writer.catalog.content_hash(kept[0]):
        writer.catalog.mark_served(kept[0])
        return kept[0]
    return writer.catalog.latest()


def _serves(writer: _Writer, name: str, members: Mapping[str, Version]) -> bool:
    """Whether this generation serves, soundly, and shows just these members: then there is nothing to build."""
    same = name in generations.kept(writer.data)[:1] and writer.catalog.members(name) == members
    return same and generations.is_sound(writer.data, name, writer.catalog, writer.embedder.model_id, text_version())


def _publish(writer: _Writer, base: str | None, members: Mapping[str, Version]) -> str:
    """Build, verify and switch to a generation that shows these members; its name."""
    content_hash = _content_hash(members, writer.embedder.model_id)
    name = writer.catalog.propose(members, content_hash, after=max(generations.kept(writer.data), default=""))
    recipe = Recipe(name, content_hash, writer.embedder.model_id, writer.embedder.dimensions, text_version())
    directory = generations.folder(writer.data, name)
    try:
        used = _derive(writer, name)
        with generations.storage(writer.data):
            texts = (entry.document.text for entry in writer.catalog.entries(name))
            build(directory, recipe, _rows(writer, name), texts)
        writer.progress("built", 1, 1)
        _verify(writer, directory)
        generations.switch(writer.data, name, base)
    except BaseException:
        # An interrupt may arrive just after the switch, when the new folder is the one that serves.
        if name not in generations.kept(writer.data):
            shutil.rmtree(directory, ignore_errors=True)
        raise
    writer.catalog.mark_served(name)
    writer.progress("switched", 1, 1)
    writer.catalog.forget_derived(used)
    return name


def _verify(writer: _Writer, directory: Path) -> None:
    try:
        writer.verify(directory)
    except IndexProblem as problem:
        raise StorageProblem(
            f"Chỉ mục mới không qua được kiểm tra nên chưa được dùng; chỉ mục cũ vẫn phục vụ. {problem}"
        ) from problem
    writer.progress("verified", 1, 1)


def _finish(writer: _Writer, name: str, outcomes: tuple[FileOutcome, ...], began: float) -> RunReport:
    """Write the run down and drop what neither the serving generation nor the one before it shows."""
    documents, passages = writer.catalog.counts(name)
    content_hash = writer.catalog.content_hash(name)
    report = RunReport(outcomes, name, content_hash, documents, passages, time.monotonic() - began)
    writer.catalog.record(report)
    kept = generations.kept(writer.data)
    writer.catalog.collect(kept)
    generations.remove_all_but(writer.data, kept)
    writer.progress("cleaned", 1, 1)
    return report


def _content_hash(members: Mapping[str, Version], model_id: str) -> str:
    """Equal for equal content under equal models, however many runs it took and wherever the files lie."""
    content = [[id_, version.digest] for id_, version in sorted(members.items())]
    return hashlib.sha256(json.dumps([model_id, text_version(), content]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Part:
    """A passage to index, and the sha256 under which what is made of its texts is kept."""

    key: int
    document: str
    texts: Fields
    digest: str


def _parts(catalog: Catalog, generation: str) -> Iterator[list[_Part]]:
    """The passages of a generation in the order of the index, some at a time."""
    parts = (
        _Part(key, entry.document.id, texts, _digest(texts))
        for entry in catalog.entries(generation)
        for key, passage in entry.passages
        for texts in [fields(entry.document, passage)]
    )
    return iter(lambda: list(islice(parts, BATCH)), [])


def _digest(texts: Fields) -> str:
    return hashlib.sha256("\0".join((texts.name, texts.heading, texts.own)).encode()).hexdigest()


def _derive(writer: _Writer, generation: str) -> set[str]:
    """See that the catalog has the words and the vectors of every passage; the sha256 of all their texts."""
    total, done = writer.catalog.counts(generation)[1], 0
    used: set[str] = set()
    for batch in _parts(writer.catalog, generation):
        texts = {part.digest: part.texts for part in batch}
        _complete(writer, texts)
        used.update(texts)
        done += len(batch)
        writer.progress("embedded", done, total)
    if not total:
        writer.progress("embedded", 0, 0)
    return used


def _complete(writer: _Writer, texts: Mapping[str, Fields]) -> None:
    catalog, model = writer.catalog, writer.embedder.model_id
    cut = catalog.derived(text_version(), list(texts))
    uncut = [digest for digest in texts if digest not in cut]
    new = {digest: _joined(indexed(texts[digest])) for digest in uncut}
    catalog.add_derived(text_version(), new)
    cut |= new
    known = catalog.derived(model, list(texts))
    missing = [digest for digest in texts if digest not in known]
    found = writer.embedder.encode_passages([Indexed(texts[digest], *_split(cut[digest])) for digest in missing])
    catalog.add_derived(model, {d: rows.astype("<f2").tobytes() for d, rows in zip(missing, found, strict=True)})


def _joined(passage: Indexed) -> bytes:
    """The words of each text on a line; no word holds a space."""
    return "\n".join(map(" ".join, (passage.name, passage.heading, passage.own))).encode()


def _split(stored: bytes) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    name, heading, own = (tuple(line.split(" ")) if line else () for line in stored.decode().split("\n"))
    return name, heading, own


def _rows(writer: _Writer, generation: str) -> Iterator[Row]:
    for batch in _parts(writer.catalog, generation):
        digests = [part.digest for part in batch]
        cut = writer.catalog.derived(text_version(), digests)
        vectors = writer.catalog.derived(writer.embedder.model_id, digests)
        for part in batch:
            rows = np.frombuffer(vectors[part.digest], dtype="<f2").reshape(-1, writer.embedder.dimensions)
            yield Row(part.key, part.document, *_split(cut[part.digest]), rows)
