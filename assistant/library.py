"""What a question sees: one generation and its documents, and the switch to the next one while requests run."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import NotReady
from ingest import generations
from ingest.catalog import Catalog, StoredPassage
from ingest.embed import Embedder
from ingest.errors import HoidapError
from ingest.index import Generation, Hit
from ingest.text import text_version
from ingest.types import Document, ParsedDocument

# Parsed documents kept in memory: a provincial corpus whole, a share of a national one.
KEPT_DOCUMENTS = 512


class Library:
    """One generation, open: its indexes, its passages and its documents."""

    def __init__(self, generation: Generation, catalog: Catalog, embedder: Embedder) -> None:
        self.name = generation.name
        self.size = generation.size
        self.embedder = embedder
        self._generation = generation
        self._catalog = catalog
        self._documents: dict[str, Document] = {d.id: d for d in catalog.documents(generation.name)}
        self._parsed: dict[str, ParsedDocument] = {}
        self._lock = threading.Lock()

    def documents(self) -> list[Document]:
        """Every document, without its text, in the order of the ids."""
        return list(self._documents.values())

    def document(self, id_: str) -> ParsedDocument | None:
        """One document, whole; the last ones used stay in memory."""
        with self._lock:
            kept = self._parsed.pop(id_, None)
            if kept is not None:
                self._parsed[id_] = kept
                return kept
        found = self._catalog.document(self.name, id_) if id_ in self._documents else None
        if found is not None:
            with self._lock:
                self._parsed[id_] = found
                if len(self._parsed) > KEPT_DOCUMENTS:
                    del self._parsed[next(iter(self._parsed))]
        return found

    def passages(self, keys: Sequence[int]) -> list[StoredPassage]:
        return self._catalog.passages(self.name, keys)

    def document_frequency(self, word: str) -> int:
        return self._generation.document_frequency(word)

    def search_words(self, words: Sequence[str], k: int, documents: Collection[str] | None = None) -> list[Hit]:
        return self._generation.search_words(words, k, documents)

    def search_vectors(self, text: str, k: int, documents: Collection[str] | None = None) -> list[Hit]:
        return self._generation.search_vectors(self.embedder.encode([text])[0], k, documents)

    def close(self) -> None:
        self._generation.close()


class Shelf:
    """Hands out the current library. A request keeps the one it began with; the last one to leave closes it."""

    def __init__(self, data: Path, catalog: Catalog, embedder: Embedder) -> None:
        self._data = data
        self._catalog = catalog
        self._embedder = embedder
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._readers: dict[str, int] = {}
        self._retired: dict[str, Library] = {}
        self.problem: str = "Chưa mở chỉ mục."

    def refresh(self) -> None:
        """Open the generation that `CURRENT` names where it is another one than the open one; never raises."""
        try:
            name = generations.current(self._data)
            if self._library is not None and name == self._library.name:
                return
            opened = generations.open_current(self._data, self._catalog, self._embedder.model_id, text_version())
            fresh = Library(opened, self._catalog, self._embedder)
        except HoidapError as error:
            self.problem = str(error)
            return
        with self._lock:
            old, self._library = self._library, fresh
            self.problem = ""
            if old is not None:
                self._retired[old.name] = old
        self._close_unused()

    @contextmanager
    def reading(self) -> Iterator[Library]:
        """The current library, open until the block ends. Raises NotReady, saying why and what to do."""
        with self._lock:
            library = self._library
            if library is None:
                raise NotReady(self.problem)
            self._readers[library.name] = self._readers.get(library.name, 0) + 1
        try:
            yield library
        finally:
            with self._lock:
                self._readers[library.name] -= 1
            self._close_unused()

    def _close_unused(self) -> None:
        with self._lock:
            unused = [name for name in self._retired if not self._readers.get(name)]
            libraries = [self._retired.pop(name) for name in unused]
        for library in libraries:
            library.close()

    def close(self) -> None:
        with self._lock:
            library, self._library = self._library, None
            if library is not None:
                self._retired[library.name] = library
            self.problem = "Máy chủ đang dừng."
        self._close_unused()
