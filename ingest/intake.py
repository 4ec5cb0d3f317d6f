"""From files to the versions that the next generation shows: compared, parsed, stored, each with its outcome."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ingest.catalog import Catalog, Version
from ingest.errors import HoidapError, UnreadableFile, as_unreadable
from ingest.find import FoundFile
from ingest.health import health_notes
from ingest.types import FileOutcome, FileStatus, ParsedDocument
from ingest.unpack import extracted

Parse = Callable[[Path, str], ParsedDocument]
Parsed = ParsedDocument | UnreadableFile
ParseAll = Callable[[Sequence[tuple[Path, str]]], Sequence[Parsed]]
Step = Literal["found", "read", "stored", "embedded", "indexed", "linked", "built", "verified", "switched", "cleaned"]
# (step, how much of it is done, how much there is, 0 where that isn't known)
Progress = Callable[[Step, int, int], None]

WORKERS = min(os.cpu_count() or 1, 4)
"""Files parsed at a time. More than four together would take more memory than they save time."""
AHEAD = 2 * WORKERS
"""Groups of files that are parsed, or waiting to be, ahead of the one that is stored and held in memory till then."""
TOGETHER, TOGETHER_BYTES = 200, 1 << 20
"""Small texts that are parsed in one child, 27 ms where the parsing of one takes 1.5; also the documents and the
characters that are stored in one transaction."""
STORED_EVERY = 1.0
"""Seconds after which what was parsed is stored however little it is: all that a killed run loses."""
SMALL = 64 << 10
_PLAIN = {".md", ".markdown", ".txt"}

_KEPT = " Bản đã nạp trước đó của tệp này vẫn được dùng."


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one source. `shown_as` is the source whose document stands for it, if any."""

    source: str
    status: FileStatus
    reason: str = ""
    shown_as: str | None = None


def silent(_step: Step, _done: int, _total: int) -> None:
    """No progress is shown."""


def one_by_one(parse: Parse) -> ParseAll:
    """The files of a group parsed one after another; whatever goes wrong with one is its own reason."""

    def parsed(path: Path, source: str) -> Parsed:
        try:
            return parse(path, source)
        except UnreadableFile as problem:
            return problem
        except HoidapError:
            raise
        except Exception as error:  # the parser's fault is this file's trouble alone
            return as_unreadable(error)

    return lambda files: [parsed(path, source) for path, source in files]


_Group = tuple[list[FoundFile], Future[dict[str, Parsed]]]


class Intake:
    """The state of one run: which version stands for each source, and which source shows each content."""

    def __init__(
        self,
        before: Mapping[str, Version],
        catalog: Catalog,
        parse: ParseAll,
        parser: str,
        room: Path,
        stored: Callable[[Sequence[int]], None] = lambda _: None,
    ) -> None:
        """`before` holds the versions of the serving generation by the id each is shown under.

        `parse` is called from several threads; `room` is a folder to unpack files of zips in; `stored` gets the keys of
        versions that were just stored.
        """
        self.versions = {version.source: version for version in before.values()}
        self._ids = {version.source: id_ for id_, version in before.items()}
        self._before = dict(self.versions)
        self._catalog, self._parse, self._parser, self._room = catalog, parse, parser, room
        self._stored = stored
        self._owners: dict[str, str] = {}
        self._known: dict[tuple[str, str], Version] = {}
        self._unstored: list[ParsedDocument] = []

    def remove(self, source: str, reason: str = "Tệp không còn trong thư mục đã nạp.") -> Decision:
        """The file is gone, and so is what it showed."""
        self.versions.pop(source, None)
        return Decision(source, "removed", reason)

    def take(self, files: Sequence[FoundFile], progress: Progress) -> list[Decision]:
        """A decision for each file, in order. Content that stays with its file is never moved to another."""
        changing = {file.source for file in files if self._changes(file)}
        self._owners = {v.sha256: source for source, v in self.versions.items() if source not in changing}
        unsure = [(file.source, file.sha256) for file in files if not file.problem and not self._stays(file)]
        self._known = self._catalog.known(unsure, self._parser)
        pool = ThreadPoolExecutor(WORKERS, "parse")
        decisions: list[Decision] = []
        stored = time.monotonic()
        try:
            for group, parsing in self._ahead(files, pool):
                parsed = parsing.result()
                progress("read", len(decisions) + len(group), len(files))
                decisions += [self._keep(file, self._read(file, parsed)) for file in group]
                if len(decisions) == len(files) or self._enough() or time.monotonic() - stored > STORED_EVERY:
                    new = self._store()
                    progress("stored", len(decisions), len(files))
                    self._stored(new)
                    stored = time.monotonic()
        finally:
            # Not waited for: where the run is interrupted, whoever parses is about to be stopped.
            pool.shutdown(wait=False, cancel_futures=True)
        return decisions

    def _ahead(self, files: Sequence[FoundFile], pool: ThreadPoolExecutor) -> Iterator[_Group]:
        """The groups in order, the next ones being parsed while the ones before are dealt with."""
        waiting: deque[_Group] = deque()
        for group, new in self._groups(files):
            waiting.append((group, pool.submit(_parse, new, self._parse, self._room)))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()

    def _groups(self, files: Sequence[FoundFile]) -> Iterator[tuple[list[FoundFile], list[FoundFile]]]:
        """Neighbours that are dealt with together, and those of them that will need parsing: some small texts, or one
        other file."""
        group: list[FoundFile] = []
        new: list[FoundFile] = []
        contents: set[str] = set()
        for file in files:
            is_new = file.sha256 not in contents and self._is_new(file)
            if is_new and new and not _together(*new, file):
                yield group, new
                group, new = [], []
            group.append(file)
            if is_new:
                contents.add(file.sha256)
                new.append(file)
        if group:
            yield group, new

    def _is_new(self, file: FoundFile) -> bool:
        """Whether the file has content that neither the catalog knows nor another file shows, as far as is known."""
        if file.problem or self._owners.get(file.sha256, file.source) != file.source:
            return False
        return not self._stays(file) and (file.source, file.sha256) not in self._known

    def _stays(self, file: FoundFile) -> bool:
        old = self.versions.get(file.source)
        return old is not None and (old.sha256, old.parser) == (file.sha256, self._parser)

    def _changes(self, file: FoundFile) -> bool:
        old = self.versions.get(file.source)
        return old is not None and not file.problem and old.sha256 != file.sha256

    def _read(self, file: FoundFile, parsed: Mapping[str, Parsed]) -> Version | ParsedDocument | Decision:
        """What the file is: a version that the catalog has, a newly parsed document, or already decided on."""
        if file.problem:
            return self._quarantine(file, file.problem)
        if self._stays(file):
            return Decision(file.source, "unchanged", shown_as=file.source)
        owner = self._owners.get(file.sha256, file.source)
        if owner != file.source:
            return Decision(file.source, "duplicate", f"Nội dung giống hệt tệp {owner}.", owner)
        read = self._known.get((file.source, file.sha256)) or parsed.get(file.source)
        if read is None:  # whose content it repeats could not be read
            read = _parse([file], self._parse, self._room)[file.source]
        return self._quarantine(file, str(read)) if isinstance(read, UnreadableFile) else read

    def _keep(self, file: FoundFile, read: Version | ParsedDocument | Decision) -> Decision:
        if isinstance(read, Decision):
            if read.status == "duplicate":
                self.versions.pop(file.source, None)
            return read
        status: FileStatus = "updated" if file.source in self.versions else "added"
        if isinstance(read, ParsedDocument):
            self._unstored.append(read)
        else:
            self.versions[file.source] = read
        self._owners[file.sha256] = file.source
        doubts = " ".join(health_notes(read.document.health)) if isinstance(read, ParsedDocument) else ""
        return Decision(file.source, status, doubts, shown_as=file.source)

    def _enough(self) -> bool:
        """Whether there is as much to store as one transaction is for."""
        size = sum(len(parsed.document.text) for parsed in self._unstored)
        return len(self._unstored) >= TOGETHER or size >= TOGETHER_BYTES

    def _store(self) -> list[int]:
        """The keys of the versions that were parsed and now are stored."""
        new = self._catalog.store(self._unstored, self._parser)
        self.versions.update((version.source, version) for version in new)
        self._unstored.clear()
        return [version.key for version in new]

    def _quarantine(self, file: FoundFile, reason: str) -> Decision:
        old, reason = self.versions.get(file.source), _sentence(reason)
        if old is None:
            return Decision(file.source, "quarantined", reason)
        self._owners.setdefault(old.sha256, file.source)
        return Decision(file.source, "quarantined", reason + _KEPT, file.source)

    def members(self) -> dict[str, Version]:
        """The versions by the id to show each under, sorted by id.

        A source keeps its id while its number stays. Of the others the first by source gets the id that its number
        gives, the next ones `-2`, `-3` …
        """
        shown: dict[str, Version] = {}
        waiting: list[Version] = []
        for source, version in sorted(self.versions.items()):
            old = self._before.get(source)
            if old and old.document_id == version.document_id:
                shown[self._ids[source]] = version
            else:
                waiting.append(version)
        for version in waiting:
            shown[_free_id(version.document_id, shown)] = version
        return dict(sorted(shown.items()))

    def outcomes(self, decisions: Sequence[Decision], members: Mapping[str, Version]) -> tuple[FileOutcome, ...]:
        """Each decision with the id of the document that it concerns."""
        ids = {version.source: id_ for id_, version in members.items()}
        removed = {d.source: self._ids.get(d.source) for d in decisions if d.status == "removed"}
        return tuple(
            FileOutcome(d.source, d.status, removed.get(d.source) or ids.get(d.shown_as or ""), d.reason)
            for d in decisions
        )


def _together(*files: FoundFile) -> bool:
    """Whether files are few and small enough, and look enough like plain texts, to be parsed together."""
    sizes = [file.size for file in files if file.size is not None and file.path.suffix.lower() in _PLAIN]
    return len(sizes) == len(files) <= TOGETHER and max(sizes) <= SMALL and sum(sizes) <= TOGETHER_BYTES


def _parse(files: Sequence[FoundFile], parse: ParseAll, room: Path) -> dict[str, Parsed]:
    """What each file is parsed to, by source; what goes wrong with one is its own reason, and the others are read."""
    found: dict[str, Parsed] = {}
    taken_out: list[tuple[Path, str]] = []
    with ExitStack() as opened:
        for file in files:
            try:
                path = opened.enter_context(extracted(file.path, file.place, room)) if file.place else file.path
            except UnreadableFile as problem:
                found[file.source] = problem
            except Exception as error:  # a zip that changes or goes away
                found[file.source] = as_unreadable(error)
            else:
                taken_out.append((path, file.source))
        parsed = parse(taken_out) if taken_out else ()
    found |= {source: each for (_, source), each in zip(taken_out, parsed, strict=True)}
    return {file.source: _checked(file, found[file.source]) for file in files}


def _checked(file: FoundFile, parsed: Parsed) -> Parsed:
    """What was parsed is that very file, and text that can be kept."""
    if isinstance(parsed, UnreadableFile):
        return parsed
    if parsed.document.sha256 != file.sha256:
        return UnreadableFile("Tệp bị thay đổi trong lúc đọc. Hãy chạy lại khi tệp đã được lưu xong.")
    try:
        parsed.document.text.encode()
    except UnicodeEncodeError as error:
        return as_unreadable(error)
    return replace(parsed, document=replace(parsed.document, source=file.source))


def _sentence(reason: str) -> str:
    """A reason as it stands among others: with a capital letter and a full stop."""
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith((".", "!", "?")) else ".")


def _free_id(wanted: str, taken: Mapping[str, Version]) -> str:
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
