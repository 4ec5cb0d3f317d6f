"""From files to the versions that the next generation shows: found, compared, parsed, stored, each with its outcome."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Literal

from ingest.catalog import Catalog, Version
from ingest.errors import HoidapError, UnreadableFile
from ingest.types import FileOutcome, FileStatus, ParsedDocument

Parse = Callable[[Path, str], ParsedDocument]
SourceName = Callable[[Path], str]
Step = Literal["read", "stored", "embedded", "built", "verified", "switched", "cleaned"]
# (step, how much of it is done, how much there is)
Progress = Callable[[Step, int, int], None]

_KEPT = " Bản đã nạp trước đó của tệp này vẫn được dùng."


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to take in: where it is, the name it is recorded under, and its sha256 or why it can't be read."""

    path: Path
    source: str
    sha256: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one source. `shown_as` is the source whose document stands for it, if any."""

    source: str
    status: FileStatus
    reason: str = ""
    shown_as: str | None = None


def silent(_step: Step, _done: int, _total: int) -> None:
    """No progress is shown."""


def default_source(path: Path) -> str:
    """The absolute path; bytes that are no UTF-8 are written as escapes, since the catalog keeps text."""
    return os.fsencode(path.resolve()).decode("utf-8", "backslashreplace")


def require(paths: Sequence[Path]) -> None:
    """HoidapError where a path does not exist: a mistyped one must not pass for an empty folder."""
    for path in paths:
        if not path.exists():
            raise HoidapError(f"Không có tệp hay thư mục {path}. Kiểm tra lại đường dẫn.")


def find_files(paths: Sequence[Path], source_name: SourceName) -> list[FoundFile]:
    """Every file at or under `paths`, each once, sorted by source."""
    found = {source_name(path): path for start in paths for path in _walk(start, set())}
    return [_fingerprint(path, source) for source, path in sorted(found.items())]


def _walk(path: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """Files in sorted order. Links to folders are followed, each folder once, so a loop of links ends."""
    if not path.is_dir():
        yield path
        return
    state = path.stat()
    if (state.st_dev, state.st_ino) in seen:
        return
    seen.add((state.st_dev, state.st_ino))
    try:
        children = sorted(path.iterdir())
    except OSError:
        yield path  # a folder that can't be listed is reported, as a file would be
        return
    for child in children:
        if not _skipped(child.name):
            yield from _walk(child, seen)


def _skipped(name: str) -> bool:
    """Hidden files, the lock files of office programs, and the list of a corpus that is itself no document."""
    return name.startswith((".", "~$")) or name == "manifest.json"


def _fingerprint(path: Path, source: str) -> FoundFile:
    if not path.is_file():
        # Opening a pipe would wait for ever.
        return FoundFile(path, source, problem="Không phải là tệp thường hoặc là liên kết hỏng. Hãy thay bằng tệp gốc.")
    try:
        with path.open("rb") as file:
            return FoundFile(path, source, sha256=hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        return FoundFile(path, source, problem=_unreadable(error))


def _unreadable(error: OSError) -> str:
    return f"Không đọc được tệp: {error.strerror or error}. Kiểm tra quyền đọc rồi nạp lại."


class Intake:
    """The state of one run: which version stands for each source, and which source shows each content."""

    def __init__(self, before: Mapping[str, Version], catalog: Catalog, parse: Parse, parser: str) -> None:
        """`before` holds the versions of the serving generation by the id each is shown under."""
        self.versions = {version.source: version for version in before.values()}
        self._ids = {version.source: id_ for id_, version in before.items()}
        self._before = dict(self.versions)
        self._catalog, self._parse, self._parser = catalog, parse, parser
        self._owners: dict[str, str] = {}

    def remove(self, source: str) -> Decision:
        """The file is gone, and so is what it showed."""
        self.versions.pop(source, None)
        return Decision(source, "removed", "Tệp không còn trong thư mục đã nạp.")

    def take(self, files: Sequence[FoundFile], progress: Progress) -> Iterator[Decision]:
        """A decision for each file, in order. Content that stays with its file is never moved to another."""
        changing = {file.source for file in files if self._changes(file)}
        self._owners = {v.sha256: source for source, v in self.versions.items() if source not in changing}
        for done, file in enumerate(files, start=1):
            parsed = self._read(file)
            progress("read", done, len(files))
            yield self._keep(file, parsed)
            progress("stored", done, len(files))

    def _changes(self, file: FoundFile) -> bool:
        old = self.versions.get(file.source)
        return old is not None and not file.problem and old.sha256 != file.sha256

    def _read(self, file: FoundFile) -> Version | ParsedDocument | Decision:
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
            known = self._catalog.find(file.source, file.sha256, self._parser)
            return known or _parse(file, self._parse)
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
        return Decision(file.source, status, shown_as=file.source)

    def _quarantine(self, file: FoundFile, reason: str) -> Decision:
        old = self.versions.get(file.source)
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


def _parse(file: FoundFile, parse: Parse) -> ParsedDocument:
    """Parse one file. Whatever goes wrong is its own UnreadableFile, so that the others are still read."""
    try:
        parsed = parse(file.path, file.source)
        parsed.document.text.encode()
    except HoidapError:
        raise
    except OSError as error:
        raise UnreadableFile(_unreadable(error)) from error
    except Exception as error:
        raise UnreadableFile(
            f"Chương trình gặp lỗi khi đọc tệp ({type(error).__name__}: {error}). "
            "Hãy lưu lại tệp ở định dạng khác rồi nạp lại, và báo lỗi này cho người phát triển."
        ) from error
    if parsed.document.sha256 != file.sha256:
        raise UnreadableFile("Tệp bị thay đổi trong lúc đọc. Hãy chạy lại khi tệp đã được lưu xong.")
    return replace(parsed, document=replace(parsed.document, source=file.source))


def _free_id(wanted: str, taken: Mapping[str, Version]) -> str:
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"


def gone(
    sources: Sequence[str], paths: Sequence[Path], found: Sequence[FoundFile], source_name: SourceName
) -> list[str]:
    """Those of `sources` that lie under `paths` and were not found there."""
    there = {file.source for file in found}
    folders = [PurePath(source_name(path)) for path in paths]
    return [s for s in sorted(set(sources)) if s not in there and any(PurePath(s).is_relative_to(f) for f in folders)]
