"""What there is to take in: the files at some paths and in zips there, each with the name it is recorded under."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePath

from ingest import unpack
from ingest.errors import HoidapError, UnreadableFile, as_unreadable
from ingest.read import check_size

SourceName = Callable[[Path], str]

# Files listed between two words about it: a network folder lists some hundreds a second.
LISTED = 500
# Bytes of a file that is read whole to hash it.
WHOLE = 1 << 20


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to take in: where it is, the name it is recorded under, and its sha256 or why it can't be read.

    `place` is where it stands in the zip at `path`, empty for a file that is no zip's, and `size` its bytes, which are
    not known of a zip's.
    """

    path: Path
    source: str
    sha256: str = ""
    problem: str = ""
    place: tuple[int, ...] = ()
    size: int | None = None


def default_source(path: Path) -> str:
    """The absolute path; bytes that are no UTF-8 are written as escapes, since the catalog keeps text."""
    return os.fsencode(os.path.realpath(path)).decode("utf-8", "backslashreplace")  # `resolve` fails at a loop of links


def require(paths: Sequence[Path]) -> None:
    """HoidapError where a path does not exist: a mistyped one must not pass for an empty folder."""
    for path in paths:
        if not path.exists():
            raise HoidapError(f"Không có tệp hay thư mục {path}. Kiểm tra lại đường dẫn.")


def find_files(
    paths: Sequence[Path], source_name: SourceName, folder: Path, told: Callable[[int, int], None] = lambda *_: None
) -> list[FoundFile]:
    """Every file at or under `paths`, or in a zip there, each once, sorted by source; `folder` is to unpack in.

    `told` gets how many files were looked into and how many there are, which is 0 while they are still being listed.
    """
    places: dict[str, Path] = {}
    for path in (path for start in paths for path in _walk(start, set())):
        places[source_name(path)] = path
        if len(places) % LISTED == 0:
            told(len(places), 0)
    found: dict[str, FoundFile] = {}
    for done, (source, path) in enumerate(places.items(), start=1):
        found.update((file.source, file) for file in _look(path, source, folder))
        told(done, len(places))
    return sorted(found.values(), key=lambda file: file.source)


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
        with os.scandir(path) as listed:
            children = sorted(listed, key=lambda child: child.name)
    except OSError:
        yield path  # a folder that can't be listed is reported, as a file would be
        return
    for child in children:
        if not unpack.skipped(child.name):
            yield from _walk(Path(child.path), seen) if _is_folder(child) else (Path(child.path),)


def _is_folder(child: os.DirEntry[str]) -> bool:
    """By what its folder says of it: asking for each takes longer than all the rest. A link to itself is none."""
    try:
        return child.is_dir()
    except OSError:
        return False


def _look(path: Path, source: str, folder: Path) -> list[FoundFile]:
    """The file with its sha256, or what is in it where it is a zip."""
    try:
        size = _regular_size(path)
        with path.open("rb") as file:
            if not (unpack.begins_as_archive(file.read(unpack.HEAD)) and unpack.is_archive(path)):
                check_size(size)
                return [FoundFile(path, source, _sha256(file, size), size=size)]
        return [
            FoundFile(path, f"{source}/{entry.name}", entry.sha256, entry.problem, entry.place)
            for entry in unpack.entries(path, folder)
        ]
    except UnreadableFile as problem:
        return [FoundFile(path, source, problem=str(problem))]
    except OSError as error:
        return [FoundFile(path, source, problem=str(as_unreadable(error)))]


def _regular_size(path: Path) -> int:
    """Raises UnreadableFile for what is no file: opening a pipe would wait for ever."""
    if not path.is_file():
        raise UnreadableFile("Không phải là tệp thường hoặc là liên kết hỏng. Hãy thay bằng tệp gốc.")
    return path.stat().st_size


def _sha256(file: BufferedReader, size: int) -> str:
    """Small files at once: `file_digest` makes a buffer of 256 KiB for each."""
    file.seek(0)
    if size <= WHOLE:
        return hashlib.sha256(file.read()).hexdigest()
    return hashlib.file_digest(file, "sha256").hexdigest()


def opened(sources: Sequence[str], found: Sequence[FoundFile], source_name: SourceName) -> list[str]:
    """Those of `sources` that are no longer a file of their own but a zip with files in it."""
    zips = {source_name(file.path) for file in found if file.place}
    return sorted(zips.intersection(sources))


def gone(
    sources: Sequence[str], paths: Sequence[Path], found: Sequence[FoundFile], source_name: SourceName
) -> list[str]:
    """Those of `sources` that lie under `paths` and were not found there, nor in something that couldn't be opened."""
    there = {file.source for file in found}
    closed = {PurePath(file.source) for file in found if file.problem}
    folders = {PurePath(source_name(path)) for path in paths}
    lost = (PurePath(source) for source in sorted(set(sources) - there))
    return [str(s) for s in lost if closed.isdisjoint(s.parents) and not folders.isdisjoint([s, *s.parents])]
