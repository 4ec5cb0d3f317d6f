"""The manifest of an index generation: what it was built with, what its files must be, what it must answer.

Chroma opens damaged files without a word: a missing folder gives wrong results, a truncated header stops the whole
interpreter. So every file is compared with the manifest before Chroma sees it. `chroma.sqlite3` is the exception:
opening rewrites it, so SQLite's own check reads it instead.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ingest.errors import DamagedIndex, ForeignIndex, IndexProblem

FORMAT = 2
NAME = "manifest.json"
CHROMA_DATABASE = "chroma/chroma.sqlite3"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a generation is made of and with. `content_hash` is equal for equal content, wherever it was built."""

    name: str
    content_hash: str
    model_id: str
    dimensions: int
    text_version: str


@dataclass(frozen=True, slots=True)
class Golden:
    """A question with a known answer: base64 float32 vector → nearest key, words → key of the best match."""

    vector: str
    nearest: int | None
    words: tuple[str, ...]
    best: int | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files` holds (size, sha256) by path relative to the generation's folder, `libraries` versions by name.

    `stale` counts the vectors that were taken out of the graph since it was last built whole.
    """

    recipe: Recipe
    libraries: dict[str, str]
    passages: int
    vectors: int
    terms: int
    stale: int
    files: dict[str, tuple[int, str]]
    golden: tuple[Golden, ...]


def write(directory: Path, manifest: Manifest) -> None:
    """Written last: a folder without a manifest is an unfinished build."""
    body = asdict(manifest)
    content = {"format": FORMAT, "sha256": _checksum(body), **body}
    (directory / NAME).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def read(directory: Path) -> Manifest:
    """Raises DamagedIndex, or ForeignIndex where another release wrote it."""
    try:
        body: dict[str, Any] = json.loads((directory / NAME).read_text(encoding="utf-8"))
        written_as, checksum = body.pop("format"), body.pop("sha256")
    except FileNotFoundError as error:
        raise damaged(directory, NAME, "không có") from error
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise damaged(directory, NAME, "không đọc được") from error
    if written_as != FORMAT:
        raise foreign(directory.name, "định dạng chỉ mục", str(written_as), str(FORMAT))
    if checksum != _checksum(body):
        raise damaged(directory, NAME, "đã bị thay đổi")
    return _from_json(body)


def fingerprints(directory: Path) -> dict[str, tuple[int, str]]:
    """(size, sha256) of every file that nothing may change, by relative path."""
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    names = {path.relative_to(directory).as_posix(): path for path in paths}
    return {
        name: (path.stat().st_size, _sha256(path))
        for name, path in names.items()
        if name not in {NAME, CHROMA_DATABASE} and not name.startswith(f"{CHROMA_DATABASE}-")
    }


def problems(directory: Path, manifest: Manifest) -> Iterator[IndexProblem]:
    """Everything that keeps a generation from being opened."""
    for name, ours in libraries().items():
        theirs = manifest.libraries.get(name)
        if theirs != ours:
            yield foreign(directory.name, name, str(theirs), ours)
    yield from damages(directory, manifest)


def libraries() -> dict[str, str]:
    """The versions that decide whether an index can be read: it is rebuilt for another one, never migrated."""
    return {name: version(name) for name in ("chromadb",)}


def damages(directory: Path, manifest: Manifest) -> Iterator[DamagedIndex]:
    """Everything wrong with the files, without opening an index."""
    for name, (size, sha256) in manifest.files.items():
        path = directory / name
        try:
            if path.stat().st_size != size:
                yield damaged(directory, name, f"dài {path.stat().st_size} byte thay vì {size} byte")
            elif _sha256(path) != sha256:
                yield damaged(directory, name, "đã bị thay đổi")
        except OSError as error:
            yield damaged(directory, name, "không có" if isinstance(error, FileNotFoundError) else "không đọc được")
    if manifest.vectors:
        yield from _database_damages(directory, manifest.vectors)


def _database_damages(directory: Path, vectors: int) -> Iterator[DamagedIndex]:
    path = directory / CHROMA_DATABASE
    if not path.is_file():
        yield damaged(directory, CHROMA_DATABASE, "không có")
        return
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            state = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            count = database.execute("SELECT count(*) FROM embeddings").fetchone()[0]
    except sqlite3.Error as error:
        yield damaged(directory, CHROMA_DATABASE, f"không đọc được ({error})")
        return
    if state != "ok":
        yield damaged(directory, CHROMA_DATABASE, "đã bị thay đổi")
    elif count != vectors:
        yield damaged(directory, CHROMA_DATABASE, f"có {count} vectơ thay vì {vectors}")


def damaged(directory: Path, name: str, what: str) -> DamagedIndex:
    return DamagedIndex(
        f"Chỉ mục {directory.name} bị hỏng: tệp {directory / name} {what}. "
        "Chạy lệnh `hoidap rebuild` để dựng lại từ kho dữ liệu."
    )


def foreign(name: str, what: str, theirs: str, ours: str) -> ForeignIndex:
    return ForeignIndex(
        f"Chỉ mục {name} được dựng với {what} {theirs}, còn chương trình đang dùng {ours}. "
        "Chạy lệnh `hoidap rebuild` để dựng lại."
    )


def _checksum(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _from_json(fields: dict[str, Any]) -> Manifest:
    return Manifest(
        recipe=Recipe(**fields["recipe"]),
        libraries=fields["libraries"],
        passages=fields["passages"],
        vectors=fields["vectors"],
        terms=fields["terms"],
        stale=fields["stale"],
        files={name: (size, sha256) for name, (size, sha256) in fields["files"].items()},
        golden=tuple(Golden(g["vector"], g["nearest"], tuple(g["words"]), g["best"]) for g in fields["golden"]),
    )
