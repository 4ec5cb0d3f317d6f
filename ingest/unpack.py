"""Zip files as folders: what is inside, and one file of it at a time when it is needed.

A zip is known by its content; an office document is a zip too, and is not opened here. Nothing is ever written under
a name from the zip, so that no name leads anywhere: what is taken out lies in a folder of its own, named by number,
and is removed as soon as it has been read. A zip inside a zip is opened, one inside that is not.

Whatever makes the zip as a whole no good (damaged, too large when unpacked) refuses it whole; what is wrong with one
file inside refuses that file.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ingest.errors import UnreadableFile
from ingest.read import check_size
from ingest.read.archive import ENCRYPTED_FLAG, MAX_RATIO, PARTS, RATIO_FLOOR

MAX_ENTRIES = 10_000
MAX_UNPACKED = 4 << 30
"""Of all that one zip holds, zips within it included; half a minute of unpacking."""
MAX_DIRECTORY = 4 << 20
"""Bytes of a zip's list of contents, read in one piece: ten thousand names of three hundred letters."""
MAX_DEPTH = 2

UTF8_FLAG = 0x800
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Those that office programs write; others can ask for any amount of memory."""

HEAD = 4
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_PACKAGE = {"[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF", *(name for name, _ in PARTS)}
"""Any of these tells that a zip is one thing, a document or a program, and no folder of files."""

_BROKEN = "Tệp nén bị hỏng nên không mở được. Hãy tải lại hoặc nén lại rồi nạp lại."
_FAILURES = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)
"""What zipfile raises for content that is not as it should be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a zip: its place there (and in the zip in that one), its name with `/`, its sha256 or why not."""

    place: tuple[int, ...]
    name: str
    sha256: str = ""
    problem: str = ""


def skipped(name: str) -> bool:
    """Whether a file or folder of this name is no document: hidden, left by a program, or a corpus's own list."""
    return name.startswith((".", "~$")) or name in {"__MACOSX", "Thumbs.db", "desktop.ini", "manifest.json"}


def begins_as_archive(head: bytes) -> bool:
    """Whether a file with these first HEAD bytes may be a zip."""
    return head in _MAGIC


def is_archive(path: Path) -> bool:
    """Whether the file is a zip to look into; a damaged one is when its name says so. Raises OSError."""
    with path.open("rb") as file:
        if not begins_as_archive(file.read(HEAD)):
            return False
    try:
        with _opened(path) as package:
            return _PACKAGE.isdisjoint(package.namelist())
    except UnreadableFile:
        return path.suffix.lower() == ".zip"


def entries(path: Path, folder: Path) -> list[Entry]:
    """The files in a zip, each with a name of its own; zips within it are unpacked in `folder` to look into them.

    Raises UnreadableFile for a zip that is refused whole, and OSError.
    """
    found = list(_entries(path, folder, _Budget()))
    if not found:
        raise UnreadableFile("Tệp nén không có tệp nào bên trong. Hãy kiểm tra lại tệp nguồn.")
    return found


@contextmanager
def extracted(path: Path, place: tuple[int, ...], folder: Path) -> Iterator[Path]:
    """The file at this place in a zip, for as long as it is needed. Raises UnreadableFile and OSError."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        for depth, number in enumerate(place):
            path = _extract(path, number, Path(own, str(depth)))
        yield path


class _TooMuch(UnreadableFile):
    """The zip as a whole is refused, however deep this was met."""


class _Budget:
    """What one zip may still hold, all levels together."""

    def __init__(self) -> None:
        self._entries, self._bytes = MAX_ENTRIES, MAX_UNPACKED

    def spend(self, infos: list[zipfile.ZipInfo], packed: int) -> None:
        unpacked = sum(info.file_size for info in infos)
        self._entries -= len(infos)
        self._bytes -= unpacked
        bloated = unpacked > RATIO_FLOOR and unpacked > MAX_RATIO * packed
        if bloated or self._entries < 0 or self._bytes < 0:
            raise _TooMuch(
                f"Tệp nén bung ra quá lớn ({len(infos)} mục, {unpacked >> 20} MB), có thể là bom nén. "
                "Hãy kiểm tra nguồn của tệp; nếu tin cậy, hãy giải nén rồi nạp thư mục."
            )


class _Handle(io.FileIO):
    """A file for zipfile, which reads a zip's list of contents in one piece: refused before it takes memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_DIRECTORY:
            raise UnreadableFile("Tệp nén có quá nhiều mục. Hãy giải nén rồi nạp thư mục.")
        return super().read(size) or b""


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    with _Handle(path) as file:
        try:
            package = zipfile.ZipFile(file)
        except _FAILURES as problem:
            raise UnreadableFile(_BROKEN) from problem
        with package:
            yield package


def _entries(path: Path, folder: Path, budget: _Budget, within: Entry | None = None) -> Iterator[Entry]:
    outer, top = (within.place, f"{within.name}/") if within else ((), "")
    names: dict[str, int] = {}
    with _opened(path) as package:
        budget.spend(package.infolist(), path.stat().st_size)
        for number, info in enumerate(package.infolist()):
            parts = _parts(info)
            if info.is_dir() or not parts or any(map(skipped, parts)):
                continue
            entry = Entry((*outer, number), top + _unique("/".join(parts), names))
            try:
                yield from _look(package, info, entry, folder, budget)
            except _TooMuch:
                raise
            except (UnreadableFile, *_FAILURES) as problem:
                yield replace(entry, problem=str(problem) if isinstance(problem, UnreadableFile) else _BROKEN)


def _look(
    package: zipfile.ZipFile, info: zipfile.ZipInfo, entry: Entry, folder: Path, budget: _Budget
) -> Iterator[Entry]:
    """The entry with its sha256, or what is in it where it is a zip itself."""
    _check(info)
    with package.open(info) as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
        source.seek(0)
        zipped = source.read(4) in _MAGIC
    if zipped:
        assert package.filename
        with extracted(Path(package.filename), entry.place[-1:], folder) as path:
            if is_archive(path):
                if len(entry.place) >= MAX_DEPTH:
                    raise UnreadableFile("Tệp nén lồng nhau quá nhiều lớp. Hãy giải nén rồi nạp thư mục.")
                yield from _entries(path, folder, budget, entry)
                return
    yield replace(entry, sha256=digest)


def _check(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & ENCRYPTED_FLAG:
        raise UnreadableFile("Tệp trong gói nén được đặt mật khẩu. Hãy giải nén bằng mật khẩu rồi nạp các tệp đã giải.")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableFile("Mục trong gói nén chỉ là liên kết, không phải là tệp. Hãy nén lại cùng tệp gốc.")
    if info.compress_type not in METHODS:
        raise UnreadableFile("Gói nén dùng kiểu nén lạ. Hãy giải nén rồi nạp thư mục, hoặc nén lại kiểu .zip thường.")
    check_size(info.file_size)


def _extract(path: Path, number: int, folder: Path) -> Path:
    """What stands at this number, written into `folder`, under a name that keeps only a plain suffix."""
    folder.mkdir()
    try:
        with _opened(path) as package:
            info = package.infolist()[number]
            _check(info)
            suffix = re.search(r"\.[A-Za-z0-9]{1,8}$", info.filename)
            file = folder / f"{number}{suffix[0] if suffix else ''}"
            with package.open(info) as source, file.open("wb") as target:
                shutil.copyfileobj(source, target)
    except (IndexError, *_FAILURES) as problem:
        raise UnreadableFile(_BROKEN) from problem
    return file


def _parts(info: zipfile.ZipInfo) -> list[str]:
    """The folders and the name of an entry, of letters that can be shown; never a way up."""
    parts = re.split(r"[/\\]", unicodedata.normalize("NFC", _decoded(info)))
    shown = ("".join(c if c.isprintable() else "_" for c in part) for part in parts)
    return [part for part in shown if part not in {"", ".", ".."}]


def _decoded(info: zipfile.ZipInfo) -> str:
    """A name without the flag for UTF-8 is in UTF-8 all the same, or in the code page of Vietnamese Windows."""
    if info.flag_bits & UTF8_FLAG:
        return info.filename
    raw = info.filename.encode("cp437")
    for encoding in ("utf-8", "cp1258"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _unique(name: str, taken: dict[str, int]) -> str:
    """The name, numbered where the zip has had it before."""
    taken[name] = taken.get(name, 0) + 1
    path = PurePosixPath(name)
    return name if taken[name] == 1 else str(path.with_name(f"{path.stem} ({taken[name]}){path.suffix}"))
