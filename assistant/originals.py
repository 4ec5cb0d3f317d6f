"""The files that documents were read from, as they came.

    originals/SHA256/NAME   what was uploaded, by its content: another file of the same name never takes its place
    incoming/ID/NAME        what is arriving; days old, of a process that died

Only a file whose content is still what was read is given out: one that has changed since is no document's original.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from assistant.errors import BadUpload, UploadTooLarge
from ingest.generations import storage
from ingest.types import Document

STALE = 24 * 3600  # seconds after which what has not arrived never will
_LONGEST_NAME = 150  # characters, of a file system's 255 bytes
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff<>:\"|?*]")


@dataclass(slots=True)
class Arriving:
    """A file as it arrives, in pieces; it is `kept` or it is gone."""

    name: str
    path: Path
    limit: int
    file: BinaryIO
    size: int = 0
    hash: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, piece: bytes) -> None:
        """Raises UploadTooLarge with what would pass the limit, StorageProblem where the disk is full."""
        self.size += len(piece)
        if self.size > self.limit:
            raise too_large(self.limit)
        with storage(self.path.parent):
            self.file.write(piece)
        self.hash.update(piece)

    def discard(self) -> None:
        with suppress(OSError):
            self.file.close()
        shutil.rmtree(self.path.parent, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Originals:
    """`corpus` is where the bundled documents lie."""

    data: Path
    corpus: Path

    def arriving(self, name: str, limit: int) -> Arriving:
        """Begin to take a file in. Raises BadUpload for a name that is none."""
        shown = plain_name(name)
        folder = self.data / "incoming" / uuid.uuid4().hex
        with storage(self.data):
            folder.mkdir(parents=True)
            _sweep(folder.parent)
            file = (folder / "content").open("wb")
        return Arriving(shown, folder / "content", limit, file)

    def keep(self, arriving: Arriving) -> Path:
        """The file at its place, on the disk. Raises BadUpload where nothing came."""
        if not arriving.size:
            arriving.discard()
            raise BadUpload(f"Tệp “{arriving.name}” trống. Hãy kiểm tra lại tệp rồi tải lên.")
        place = self._folder(arriving.hash.hexdigest())
        with storage(self.data):
            arriving.file.flush()
            os.fsync(arriving.file.fileno())
            arriving.file.close()
            place.mkdir(parents=True, exist_ok=True)
            arriving.path.replace(place / arriving.name)
        arriving.discard()
        return place / arriving.name

    def of(self, document: Document) -> Path | None:
        """The file of a document; None where it is not kept, or has changed since it was read."""
        return next((path for path in self._places(document) if _sha256(path) == document.sha256), None)

    def forget(self, document: Document) -> None:
        """Remove what was kept of a document that is gone; files elsewhere are not ours to remove."""
        shutil.rmtree(self._folder(document.sha256), ignore_errors=True)

    def _folder(self, sha256: str) -> Path:
        return self.data / "originals" / sha256

    def _places(self, document: Document) -> Iterator[Path]:
        uploaded = sorted(self._folder(document.sha256).glob("*"))
        last = PurePosixPath(document.source).name
        yield from sorted(uploaded, key=lambda path: path.name != last)
        source = PurePosixPath(document.source)
        if source.parts[:1] == ("corpus",):
            yield self.corpus.joinpath(*source.parts[1:])
        elif Path(document.source).is_absolute():
            yield Path(document.source)


def plain_name(name: str) -> str:
    """The last part of a path, without what a file system or a reader would take for something else."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = _UNSEEN.sub("", last).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    shown = f"{stem[: _LONGEST_NAME - len(ending)]}{dot}{ending}" if stem else shown[:_LONGEST_NAME]
    while len(shown.encode()) > 250:
        shown = shown[1:]
    if not shown:
        raise BadUpload("Thiếu tên tệp. Hãy chọn lại tệp cần tải lên.")
    return shown


def too_large(limit: int) -> UploadTooLarge:
    return UploadTooLarge(f"Tệp lớn hơn {limit // 2**20} MB, mức tối đa khi tải lên. Hãy chia nhỏ hoặc nén tệp.")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _sweep(folder: Path) -> None:
    """Remove what processes that died left half arrived."""
    for path in folder.iterdir():
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - STALE:
                shutil.rmtree(path, ignore_errors=True)
