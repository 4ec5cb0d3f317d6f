"""From files to the versions that the next generation shows: compared, parsed, stored, each with its outcome."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
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
Step = Literal["read", "stored", "embedded", "built", "verified", "switched", "cleaned"]
# (step, how much of it is done, how much there is)
Progress = Callable[[Step, int, int], None]

WORKERS = min(os.cpu_count() or 1, 4)
"""Files parsed at a time. More than four together would take more memory than they save time."""
AHEAD = 2 * WORKERS
"""Files that are parsed, or waiting to be, ahead of the one that is stored: so many documents are held in memory."""

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


_Parsing = Future[ParsedDocument] | None


class Intake:
    """The state of one run: which version stands for each source, and which source shows each content."""

    def __init__(self, before: Mapping[str, Version], catalog: Catalog, parse: Parse, parser: str, room: Path) -> None:
        """`before` holds the versions of the serving generation by the id each is shown under.

        `parse` is called from several threads; `room` is a folder to unpack files of zips in.
        """
        self.versions = {version.source: version for version in before.values()}
        self._ids = {version.source: id_ for id_, version in before.items()}
        self._before = dict(self.versions)
        self._catalog, self._parse, self._parser, self._room = catalog, parse, parser, room
        self._owners: dict[str, str] = {}

    def remove(self, source: str) -> Decision:
        """The file is gone, and so is what it showed."""
        self.versions.pop(source, None)
        return Decision(source, "removed", "Tệp không còn trong thư mục đã nạp.")

    def take(self, files: Sequence[FoundFile], progress: Progress) -> Iterator[Decision]:
        """A decision for each file, in order. Content that stays with its file is never moved to another."""
        changing = {file.source for file in files if self._changes(file)}
        self._owners = {v.sha256: source for source, v in self.versions.items() if source not in changing}
        pool = ThreadPoolExecutor(WORKERS, "parse")
        try:
            for done, (file, parsing) in enumerate(self._ahead(files, pool), start=1):
                read = self._read(file, parsing)
                progress("read", done, len(files))
                yield self._keep(file, read)
                progress("stored", done, len(files))
        finally:
            # Not waited for: where the run is interrupted, whoever parses is about to be stopped.
            pool.shutdown(wait=False, cancel_futures=True)

    def _ahead(self, files: Sequence[FoundFile], pool: ThreadPoolExecutor) -> Iterator[tuple[FoundFile, _Parsing]]:
        """The files in order, those that will need parsing being parsed while the ones before are dealt with."""
        contents: set[str] = set()
        waiting: deque[tuple[FoundFile, _Parsing]] = deque()
        for file in files:
            parsing = None
            if file.sha256 not in contents and self._is_new(file):
                contents.add(file.sha256)
                parsing = pool.submit(_parse, file, self._parse, self._room)
            waiting.append((file, parsing))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()

    def _is_new(self, file: FoundFile) -> bool:
        """Whether the file has content that neither the catalog knows nor another file shows, as far as is known."""
        if file.problem or self._owners.get(file.sha256, file.source) != file.source:
            return False
        old = self.versions.get(file.source)
        unchanged = old is not None and (old.sha256, old.parser) == (file.sha256, self._parser)
        return not unchanged and self._catalog.find(file.source, file.sha256, self._parser) is None

    def _changes(self, file: FoundFile) -> bool:
        old = self.versions.get(file.source)
        return old is not None and not file.problem and old.sha256 != file.sha256

    def _read(self, file: FoundFile, parsing: _Parsing) -> Version | ParsedDocument | Decision:
        """What the file is: a version that the catalog has, a newly parsed document, or already decided on."""
        old = self.versions.get(file.source)
        if file.problem:
            return self._quarantine(file, file.problem)
        if old and (old.sha256, old.parser) == (file.sha256, self._parser):
            return Decision(file.source, "unchanged", shown_as=file.source)
        owner = self._owners.get(file.sha256, file.source)
        if owner != file.source:
            return Decision(file.source, "duplicate", f"Nội dung giống hệt tệp {owner}.", owner)
        try:
            if parsing:
                return parsing.result()
            known = self._catalog.find(file.source, file.sha256, self._parser)
            return known or _parse(file, self._parse, self._room)
        except UnreadableFile as error:
            return self._quarantine(file, str(error))

    def _keep(self, file: FoundFile, read: Version | ParsedDocument | Decision) -> Decision:
        if isinstance(read, Decision):
            if read.status == "duplicate":
                self.versions.pop(file.source, None)
            return read
        version = self._catalog.store(read, self._parser) if isinstance(read, ParsedDocument) else read
        status: FileStatus = "updated" if file.source in self.versions else "added"
        self.versions[file.source] = version
        self._owners[file.sha256] = file.source
        doubts = " ".join(health_notes(read.document.health)) if isinstance(read, ParsedDocument) else ""
        return Decision(file.source, status, doubts, shown_as=file.source)

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


def _parse(file: FoundFile, parse: Parse, room: Path) -> ParsedDocument:
    """Parse one file. Whatever goes wrong is its own UnreadableFile, so that the others are still read."""
    try:
        with extracted(file.path, file.place, room) if file.place else nullcontext(file.path) as path:
            parsed = parse(path, file.source)
        parsed.document.text.encode()
    except HoidapError:
        raise
    except Exception as error:
        raise as_unreadable(error) from error
    if parsed.document.sha256 != file.sha256:
        raise UnreadableFile("Tệp bị thay đổi trong lúc đọc. Hãy chạy lại khi tệp đã được lưu xong.")
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
