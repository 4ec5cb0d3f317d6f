"""The two commands that write: `ingest` takes files in, `rebuild` makes the indexes again from the catalog.

Both end in the same steps. What the next generation shows is written to the catalog first, then its indexes are
built beside the serving ones, verified in a process of their own, and switched to. Until that one file is replaced
nothing that a user sees has changed, and a run that dies on the way is simply run again: files already stored and
texts already embedded are not done twice. Where little has changed, the indexes are copied from the serving ones and
the change applied: of 71,473 law articles ten changed ones take 14 seconds, all of them 225, on two cores.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest import derived, generations, index
from ingest.catalog import Catalog, Version
from ingest.derived import Deriving
from ingest.embed import Embedder
from ingest.errors import IndexProblem, StorageProblem
from ingest.find import SourceName, default_source, find_files, gone, opened, require
from ingest.index import Row
from ingest.intake import Intake, Parse, Progress, Step, one_by_one, silent
from ingest.manifest import Recipe
from ingest.parse import parser_version
from ingest.sandbox import Sandbox
from ingest.text import text_version
from ingest.types import FileOutcome, RunReport

# With more than this share of the documents changed, all is built anew, which also forgets what dropped ones taught.
SMALL_CHANGE = 0.2
# Passages indexed between two words about it.
INDEXED = 1_000

Members = Mapping[str, Version]


@dataclass(frozen=True, slots=True)
class _Writer:
    """What a run writes with; `progress` is told each step with how much of it is done."""

    data: Path
    catalog: Catalog
    embedder: Embedder
    progress: Progress
    verify: Callable[[Path], None]
    deriving: Deriving

    def told(self, step: Step) -> derived.Told:
        return lambda done, total: self.progress(step, done, total)


_Build = Callable[[_Writer, Path, Recipe, Members], None]


def ingest(
    paths: Sequence[Path],
    *,
    data: Path,
    catalog: Catalog,
    embedder: Embedder,
    parse: Parse | None = None,
    parser: str | None = None,
    source_name: SourceName = default_source,
    prune: bool = False,
    dropped: Collection[str] = (),
    progress: Progress = silent,
    verify: Callable[[Path], None] = generations.verify_in_new_process,
) -> RunReport:
    """Take in every file at or under `paths`; with `prune`, also drop what was under them and is gone.

    `dropped` names sources whose documents go wherever their files are.

    Files are parsed in a `Sandbox` where `parse` is not given; it is called from several threads. `parser` is its
    version, by default that of the program and its vocabulary.
    Files that can't be read are quarantined and the run goes on. Raises HoidapError where a path does not exist,
    WriterBusy where another process writes, StorageProblem where nothing could be built; what served then serves on.
    """
    began = time.monotonic()
    require(paths)
    with generations.writer_lock(data), _room(data) as room, _deriving(catalog, embedder, progress) as deriving:
        writer = _Writer(data, catalog, embedder, progress, verify, deriving)
        base = _begin(writer)
        files = find_files(paths, source_name, room, lambda done, total: progress("found", done, total))
        with Sandbox() as sandbox:
            parse_all = one_by_one(parse) if parse else sandbox.parse_all
            before = catalog.members(base) if base else {}
            intake = Intake(before, catalog, parse_all, parser or parser_version(), room, deriving.add)
            known = [*intake.versions, *(outcome.source for outcome in catalog.quarantined())]
            lost = gone(known, paths, files, source_name) if prune else []
            decisions = [intake.remove(source) for source in sorted({*lost, *opened(known, files, source_name)})]
            decisions += [intake.remove(source, "Văn bản đã được gỡ theo yêu cầu.") for source in sorted(dropped)]
            decisions += intake.take(files, progress)
        members = intake.members()
        name = _published(writer, base, before, members)
        return _finish(writer, name, intake.outcomes(decisions, members), began)


def _deriving(catalog: Catalog, embedder: Embedder, progress: Progress) -> Deriving:
    return Deriving(catalog, embedder, lambda made: progress("embedded", made, 0))


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
    with generations.writer_lock(data), _deriving(catalog, embedder, progress) as deriving:
        writer = _Writer(data, catalog, embedder, progress, verify, deriving)
        base = _begin(writer)
        if base is None:
            raise generations.nothing_ingested()
        members = catalog.members(base)
        return _finish(writer, _renewed(writer, base, members, members), (), began)


def _begin(writer: _Writer) -> str | None:
    """Remove what killed runs left. The generation that serves, or did before its index folder was lost."""
    kept = generations.kept(writer.data)
    generations.remove_all_but(writer.data, kept)
    if kept and writer.catalog.content_hash(kept[0]):
        writer.catalog.mark_served(kept[0])
        return kept[0]
    return writer.catalog.latest()


def _serves(writer: _Writer, name: str) -> bool:
    """Whether this generation serves, soundly, and was made as one would be made now."""
    if name not in generations.kept(writer.data)[:1]:
        return False
    return generations.is_sound(writer.data, name, writer.catalog, writer.embedder.model_id, text_version())


def _published(writer: _Writer, base: str | None, before: Members, members: Members) -> str:
    """The name of the generation that shows these members: the one that serves where it does, else a new one."""
    if base is None:
        return _publish(writer, base, before, members, _whole)
    if not _serves(writer, base):
        return _renewed(writer, base, before, members)
    change = _change(generations.folder(writer.data, base), before, members)
    if not change.size:
        return base
    small = change.size <= SMALL_CHANGE * len(before)
    return _publish(writer, base, before, members, change.build if small else _whole)


def _renewed(writer: _Writer, base: str, before: Members, members: Members) -> str:
    """All made anew, perhaps by another model than before: what that one made is forgotten."""
    name = _publish(writer, base, before, members, _whole)
    writer.catalog.forget_makers([writer.embedder.model_id, text_version()])
    return name


def _publish(writer: _Writer, base: str | None, before: Members, members: Members, build: _Build) -> str:
    """Build, verify and switch to a generation that shows these members; its name."""
    content_hash = _content_hash(members, writer.embedder.model_id)
    after = max(generations.kept(writer.data), default="")
    name = writer.catalog.propose(members, content_hash, after=after, like=(base, before) if base else None)
    recipe = Recipe(name, content_hash, writer.embedder.model_id, writer.embedder.dimensions, text_version())
    directory = generations.folder(writer.data, name)
    try:
        with generations.storage(writer.data):
            build(writer, directory, recipe, members)
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
    return name


def _whole(writer: _Writer, directory: Path, recipe: Recipe, members: Members) -> None:
    """Everything made anew of what the catalog has."""
    shown = [(id_, version.key) for id_, version in sorted(members.items())]
    rows = _made(writer, shown)
    texts = writer.catalog.whole_texts([key for _, key in shown])
    index.build(directory, recipe, rows, texts, writer.told("linked"))


@dataclass(frozen=True, slots=True)
class _Change:
    """What is between the generation in a folder and the next one: ids that go, versions that come under an id."""

    previous: Path
    dropped: frozenset[str]
    new: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        return len(self.dropped) + len(self.new)

    def build(self, writer: _Writer, directory: Path, recipe: Recipe, _members: Members) -> None:
        """The last generation with the change."""
        rows = _made(writer, self.new)
        texts = writer.catalog.whole_texts([key for _, key in self.new])
        index.update(self.previous, directory, recipe, self.dropped, rows, texts, writer.told("linked"))


def _change(previous: Path, before: Members, after: Members) -> _Change:
    dropped = frozenset(id_ for id_, version in before.items() if after.get(id_) != version)
    new = tuple((id_, version.key) for id_, version in sorted(after.items()) if before.get(id_) != version)
    return _Change(previous, dropped, new)


def _made(writer: _Writer, shown: Sequence[tuple[str, int]]) -> Iterator[Row]:
    """The rows of these versions, each shown under an id, once everything that they take is made."""
    versions = [version for _, version in shown]
    derived.complete(writer.deriving, writer.catalog, versions, writer.told("embedded"))
    total = writer.catalog.count_passages(versions)
    return _counted(derived.rows(writer.catalog, writer.embedder, shown), total, writer.told("indexed"))


def _counted(rows: Iterable[Row], total: int, told: derived.Told) -> Iterator[Row]:
    for done, row in enumerate(rows, start=1):
        if done % INDEXED == 0 or done == total:
            told(done, total)
        yield row


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


def _content_hash(members: Members, model_id: str) -> str:
    """Equal for equal content under equal models, however many runs it took and wherever the files lie."""
    content = [[id_, version.digest] for id_, version in sorted(members.items())]
    return hashlib.sha256(json.dumps([model_id, text_version(), content]).encode()).hexdigest()
