"""The vectors of a generation in Chroma: one for each section, with its document's id to filter by.

A record's id is the key of the section's first passage. Sections of which the model knows nothing have none, and
where no section has one there is no folder at all.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from ingest.errors import StorageProblem
from ingest.terms import Hit

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client

FOLDER = "chroma"
_COLLECTION, _DATABASE = "passages", "chroma.sqlite3"
# Records handed to Chroma at once, half a second's work; it takes at most 5,461.
BATCH = 1_000
# Of 20,000 clustered vectors a graph built with 100 finds .966 of the nearest hundred, one built with 200 .968, and
# takes two thirds of the time.
EF_CONSTRUCTION, EF_SEARCH = 100, 200


@dataclass(frozen=True, slots=True)
class Points:
    """Unit vectors, the keys they are found under and the documents that they are of, in one order."""

    keys: NDArray[np.int64]
    documents: Sequence[str]
    vectors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.keys)


# How many of the vectors are written, and how many there are.
Told = Callable[[int, int], None]


class Unanswered(Exception):
    """Chroma can't read its files any more."""


class Vectors:
    """An open collection, for any number of threads. Close it: Chroma keeps files and memory otherwise."""

    def __init__(self, directory: Path) -> None:
        """`directory` is the generation's."""
        folder = directory / FOLDER
        self._client = _client(folder) if folder.is_dir() else None
        self._collection = self._client.get_collection(_COLLECTION, embedding_function=None) if self._client else None
        self.count = self._collection.count() if self._collection else 0

    def close(self) -> None:
        if self._client:
            _close(self._client)
        self._client = self._collection = None

    def nearest(self, vector: NDArray[np.float32], k: int, documents: Sequence[str] | None = None) -> list[Hit]:
        """The `k` nearest by cosine similarity, of these documents only where given. Raises Unanswered."""
        if self._collection is None or not self.count or documents == []:
            return []
        from chromadb.errors import ChromaError

        try:
            found = self._collection.query(
                query_embeddings=np.asarray(vector, dtype=np.float32).reshape(1, -1),
                n_results=min(k, self.count),
                where=None if documents is None else {"document": cast("Any", {"$in": list(documents)})},
                include=["distances"],
            )
        except ChromaError as error:
            raise Unanswered(str(error)) from error
        distances = (found["distances"] or [[]])[0]
        return [Hit(int(id_), 1.0 - distance) for id_, distance in zip(found["ids"][0], distances, strict=True)]

    def keys(self) -> set[int]:
        return {int(id_) for id_ in self._collection.get(include=[])["ids"]} if self._collection else set()


def build(directory: Path, points: Points, told: Told) -> None:
    """Write the vectors of a new generation; nothing where there is none. StorageProblem where Chroma fails."""
    if not len(points):
        return
    hnsw = {"space": "cosine", "ef_construction": EF_CONSTRUCTION, "ef_search": EF_SEARCH, **_synced(len(points))}
    with _storing(), _opened(directory / FOLDER) as client:
        collection = client.create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": cast("Any", hnsw)}
        )
        _add(collection, points, told)


def update(previous: Path, directory: Path, dropped: Sequence[int], points: Points, told: Told) -> None:
    """Copy the vectors of another generation without the dropped ones and with these. Raises as `build` does.

    The graph keeps a place for what is dropped: `build` it anew where that is much.
    """
    _copy(previous / FOLDER, directory / FOLDER)
    if not len(points) and not dropped:
        return
    with _storing(), _opened(directory / FOLDER) as client:
        collection = client.get_collection(_COLLECTION, embedding_function=None)
        with warnings.catch_warnings():
            # Chroma warns of how it itself wrote down that there is no embedding function.
            warnings.simplefilter("ignore", DeprecationWarning)
            collection.modify(configuration={"hnsw": cast("Any", _synced(len(dropped) + len(points)))})
        for at in range(0, len(dropped), BATCH):
            collection.delete(ids=[str(key) for key in dropped[at : at + BATCH]])
        _add(collection, points, told)


def _copy(folder: Path, into: Path) -> None:
    """The database by its own means: a server that opens it at this moment writes to it."""
    into.mkdir()
    for path in sorted(folder.rglob("*")):
        target = into / path.relative_to(folder)
        if path.is_dir():
            target.mkdir()
        elif not path.name.startswith(_DATABASE):
            shutil.copyfile(path, target)
    before = sqlite3.connect(f"{(folder / _DATABASE).resolve().as_uri()}?mode=ro", uri=True)
    with _storing(), closing(before), closing(sqlite3.connect(into / _DATABASE)) as copy:
        before.backup(copy)


def _synced(changes: int) -> dict[str, int]:
    """Written out when the last change arrives; any later and the first query of every process would do it."""
    return {"sync_threshold": changes, "batch_size": min(100, changes)}


def _add(collection: Collection, points: Points, told: Told) -> None:
    told(0, len(points))
    for at in range(0, len(points), BATCH):
        some = slice(at, at + BATCH)
        collection.add(
            ids=[str(key) for key in points.keys[some]],
            embeddings=points.vectors[some],
            metadatas=[{"document": id_} for id_ in points.documents[some]],
        )
        told(min(at + BATCH, len(points)), len(points))


@contextmanager
def _storing() -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, sqlite3.Error) as error:
        raise StorageProblem(
            f"Không ghi được chỉ mục vectơ: {error}. Kiểm tra dung lượng đĩa rồi chạy lại; chỉ mục cũ vẫn được dùng."
        ) from error


# Chroma keeps one system a path for the whole process: one thread must not close it while another one opens it.
_CLIENTS = threading.Lock()


def _client(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    with _CLIENTS:
        # Typed as an interface that lacks `close`.
        return cast("Client", chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False)))


def _close(client: Client) -> None:
    with _CLIENTS:
        client.close()


@contextmanager
def _opened(folder: Path) -> Iterator[Client]:
    client = _client(folder)
    try:
        yield client
    finally:
        _close(client)
