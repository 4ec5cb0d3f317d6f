"""What a question sees: one generation and its documents, and the switch to the next one while requests run."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Protocol, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from assistant.about import changers, standing
from assistant.errors import NotReady
from assistant.priors import Priors, Scale
from ingest import generations
from ingest.catalog import Catalog, StoredPassage
from ingest.effect.standing import Status
from ingest.embed import Embedder, StaticEmbedder
from ingest.errors import HoidapError, StorageProblem
from ingest.index import Generation, Hit
from ingest.text import text_version
from ingest.types import Document, Fact, ParsedDocument, Passage, Unit
from ingest.values import document_key
from ingest.wordvectors import load_word_vectors

# Parsed documents kept in memory: a provincial corpus whole, a share of a national one.
KEPT_DOCUMENTS = 512
# Passages whose derived forms stay in memory, about 10 KB each.
KEPT_DERIVED = 8192

T = TypeVar("T")
L = TypeVar("L", bound="Learner")


class Learner(Protocol):
    """Takes what a generation's folder has to teach."""

    def knowing(self, generation: Path) -> Self: ...


class Library:
    """One generation, open: its indexes, its passages and its documents."""

    def __init__(self, generation: Generation, catalog: Catalog, embedder: Embedder) -> None:
        self.name = generation.name
        self.size = generation.size
        self.embedder = embedder
        self.sections = generation.sections
        scale = Scale() if isinstance(embedder, StaticEmbedder) else Scale.measured(generation.windows)
        self.priors = Priors(generation.sections, generation.windows, generation.windows_of, load_word_vectors(), scale)
        self._generation = generation
        self._catalog = catalog
        self._documents: dict[str, Document] = {d.id: d for d in catalog.documents(generation.name)}
        self._parsed: dict[str, ParsedDocument] = {}
        self._derived: OrderedDict[Hashable, object] = OrderedDict()
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

    def described(self, id_: str) -> Document | None:
        """What is known of a document besides its text."""
        return self._documents.get(id_)

    def unit(self, id_: str, path: str) -> Unit | None:
        """One unit of a document."""
        return self.derived(("units", id_), lambda: self._units(id_)).get(path)

    def _units(self, id_: str) -> dict[str, Unit]:
        parsed = self.document(id_)
        return {unit.path: unit for unit in parsed.units} if parsed else {}

    def facts(self) -> list[tuple[str, Fact]]:
        """Every fact with its document's id, in the order of the ids and of the texts."""
        return self._catalog.facts(self.name)

    def standing(self, document: Document, day: date | None = None) -> Status | None:
        """Whether a document holds on a day (today), by its own words and those of all the others."""
        return standing(document, self.derived("changers", lambda: changers(self._documents.values())), day)

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once and kept with this generation; the keys last used stay."""
        with self._lock:
            if key in self._derived:
                self._derived.move_to_end(key)
                return cast("T", self._derived[key])
        made = make()
        with self._lock:
            self._derived[key] = made
            if len(self._derived) > KEPT_DERIVED:
                self._derived.popitem(last=False)
        return made

    def taught(self, restorer: L) -> L:
        """The restorer with what this generation's documents teach."""
        return self.derived("restorer", lambda: restorer.knowing(self._generation.directory))

    def passages(self, keys: Sequence[int]) -> list[StoredPassage]:
        return self._catalog.passages(self.name, keys)

    def spans(self, keys: Sequence[int]) -> dict[int, Passage]:
        return self._catalog.spans(keys)

    def numbered(self, keys: Collection[str]) -> list[str]:
        """The documents whose own number or procedure code is one of these keys."""
        by_number = self.derived("numbers", lambda: _by_number(self._documents.values()))
        return [id_ for key in keys for id_ in by_number.get(key, ())]

    def document_frequency(self, word: str) -> int:
        return self._generation.document_frequency(word)

    def search_words(self, words: Sequence[str], k: int, documents: Collection[str] | None = None) -> list[Hit]:
        return self._generation.search_words(words, k, documents)

    def search_vectors(
        self, vector: NDArray[np.float32], k: int, documents: Collection[str] | None = None
    ) -> list[Hit]:
        return self._generation.search_vectors(vector, k, documents)

    def close(self) -> None:
        self._generation.close()


def _by_number(documents: Iterable[Document]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        if document.number:
            found[document_key(document.number)].append(document.id)
    return found


class Shelf:
    """Hands out the current library. A request keeps the one it began with; the last one to leave closes it."""

    def __init__(self, data: Path, catalog: Catalog, embedder: Embedder) -> None:
        self._data = data
        self._catalog = catalog
        self._embedder = embedder
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()  # a server looks every second, and after each upload
        self._library: Library | None = None
        self._files: dict[str, tuple[int, int]] = {}
        self._readers: Counter[int] = Counter()
        self._retired: list[Library] = []
        self.problem: str = "Chưa mở chỉ mục."

    def refresh(self) -> None:
        """Open what `CURRENT` names where that is not what is open, and stop serving what got damaged; never raises."""
        with self._refreshing:
            try:
                name = generations.current(self._data)
                if self._library is not None and self._library.name == name and self._files == self._state(name):
                    return
                opened = generations.open_current(self._data, self._catalog, self._embedder.model_id, text_version())
                self._replace(Library(opened, self._catalog, self._embedder), "")
            except StorageProblem as error:
                self.problem = str(error)  # the database may be back in a moment; the open index is still good
            except HoidapError as error:
                self._replace(None, str(error))

    def _state(self, name: str) -> dict[str, tuple[int, int]]:
        """Size and time of every file of a generation but Chroma's database, which changes whenever it is opened."""
        folder = generations.folder(self._data, name)
        files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("chroma.sqlite3"))
        return {str(path): (status.st_size, status.st_mtime_ns) for path in files for status in [path.stat()]}

    def _replace(self, fresh: Library | None, problem: str) -> None:
        files = self._state(fresh.name) if fresh else {}
        with self._lock:
            if self._library is not None:
                self._retired.append(self._library)
            self._library, self._files, self.problem = fresh, files, problem
        self._close_unused()

    @contextmanager
    def reading(self) -> Iterator[Library]:
        """The current library, open until the block ends. Raises NotReady, saying why and what to do."""
        with self._lock:
            library = self._library
            if library is None:
                raise NotReady(self.problem)
            self._readers[id(library)] += 1
        try:
            yield library
        finally:
            with self._lock:
                self._readers[id(library)] -= 1
            self._close_unused()

    def _close_unused(self) -> None:
        with self._lock:
            unused = [library for library in self._retired if not self._readers[id(library)]]
            self._retired = [library for library in self._retired if self._readers[id(library)]]
            for library in unused:
                del self._readers[id(library)]
        for library in unused:
            library.close()

    def close(self) -> None:
        self._replace(None, "Máy chủ đang dừng.")
