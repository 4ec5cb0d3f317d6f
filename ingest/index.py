"""One index generation: a folder with the words and the vectors of every passage, built once and never changed.

    chroma/        vectors and ids (passage keys), with the document's id to filter by
    words/         BM25 over words
    keys.npy       passage key of each BM25 row, in the order of document ids and of the text
    rows.json      first and last row (exclusive) of each document
    learned.npz    what diacritics are restored by, from the documents' own texts
    manifest.json  what all this must be

Opening compares every file with the manifest first; `python -m ingest.index verify DIR` does so in a process of its
own, which damaged files may take down with it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from ingest import golden, learned
from ingest import manifest as manifests
from ingest.errors import HoidapError, StorageProblem
from ingest.manifest import Manifest, Recipe

if TYPE_CHECKING:
    from chromadb.api.client import Client

# Measured on 71,482 law articles with 297 held-out questions: the best of a grid.
K1, B = 1.2, 0.75
# Chroma takes at most 5,461 records at once.
CHROMA_BATCH = 5_000
# Both ends of the graph search: recall@100 is .99 at 12,000 clustered vectors, 5 ms a query.
HNSW_EF = 200
# A `$in` list gets slow past some hundreds; beyond this, results are filtered here.
FILTER_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage's key and its score: BM25, or cosine similarity."""

    key: int
    score: float


@dataclass(frozen=True, slots=True)
class Row:
    """One passage to index. A vector of zeros means that the model knows none of its words."""

    key: int
    document: str
    words: Sequence[str]
    vector: NDArray[np.float32]


class Generation:
    """An open generation, read-only, for any number of threads. Close it: Chroma keeps files and memory otherwise."""

    def __init__(self, directory: Path, recipe: Recipe) -> None:
        """Opens the indexes as they are; `open_generation` checks them first."""
        self.recipe = recipe
        self.directory = directory
        self._keys: NDArray[np.int64] = np.load(directory / "keys.npy")
        self._rows: dict[str, tuple[int, int]] = json.loads((directory / "rows.json").read_text(encoding="utf-8"))
        self._bm25 = _load_words(directory / "words")
        self._client = _chroma(directory / "chroma") if (directory / "chroma").is_dir() else None
        self._collection = self._client.get_collection("passages", embedding_function=None) if self._client else None
        self.vectors = self._collection.count() if self._collection else 0

    @property
    def name(self) -> str:
        return self.recipe.name

    @property
    def size(self) -> int:
        """The number of passages."""
        return len(self._keys)

    @property
    def terms(self) -> int:
        """The number of different words."""
        return len(self._bm25.vocab_dict) if self._bm25 else 0

    def close(self) -> None:
        if self._client:
            self._client.close()
        self._client = self._collection = None

    def search_words(self, terms: Sequence[str], k: int, documents: Collection[str] | None = None) -> list[Hit]:
        """The `k` passages with the highest BM25, of these documents only where given; none that share no word."""
        ids = self._bm25.get_tokens_ids(list(terms)) if self._bm25 else []
        if not ids or k < 1:
            return []
        scores = self._bm25.get_scores_from_ids(ids)
        if documents is not None:
            scores = np.where(self._mask(documents), scores, 0)
        return [Hit(int(self._keys[row]), float(scores[row])) for row in _best(scores, k) if scores[row] > 0]

    def search_vectors(
        self, vector: NDArray[np.float32], k: int, documents: Collection[str] | None = None
    ) -> list[Hit]:
        """The `k` passages nearest by cosine similarity, of these documents only where given.

        DamagedIndex where Chroma can't read its files any more.
        """
        if k < 1 or not np.any(vector):
            return []
        if documents is None:
            return self._nearest(vector, k)
        wanted = sorted(id_ for id_ in set(documents) if id_ in self._rows)
        if len(wanted) <= FILTER_LIMIT:
            return self._nearest(vector, k, {"document": {"$in": cast("list[Any]", wanted)}}) if wanted else []
        return self._nearest_among(vector, k, set(self._keys[self._mask(wanted)].tolist()))

    def document_frequency(self, term: str) -> int:
        """In how many passages a word stands."""
        ids = self._bm25.get_tokens_ids([term]) if self._bm25 else []
        bounds = self._bm25.scores["indptr"] if ids else []
        return int(bounds[ids[0] + 1] - bounds[ids[0]]) if ids else 0

    def keys(self) -> set[int]:
        """The keys of all passages."""
        return set(self._keys.tolist())

    def vector_keys(self) -> set[int]:
        """The keys of the passages that have a vector."""
        return {int(id_) for id_ in self._collection.get(include=[])["ids"]} if self._collection else set()

    def _mask(self, documents: Collection[str]) -> NDArray[np.bool_]:
        mask = np.zeros(self.size, dtype=np.bool_)
        for id_ in documents:
            first, last = self._rows.get(id_, (0, 0))
            mask[first:last] = True
        return mask

    def _nearest(self, vector: NDArray[np.float32], k: int, where: dict[str, Any] | None = None) -> list[Hit]:
        if self._collection is None:
            return []
        from chromadb.errors import ChromaError

        try:
            found = self._collection.query(
                query_embeddings=np.asarray(vector, dtype=np.float32).reshape(1, -1),
                n_results=min(k, self.vectors),
                where=where,
                include=["distances"],
            )
        except ChromaError as error:
            raise manifests.damaged(self.directory, "chroma", f"không trả lời được ({error})") from error
        distances = (found["distances"] or [[]])[0]
        return [Hit(int(id_), 1.0 - distance) for id_, distance in zip(found["ids"][0], distances, strict=True)]

    def _nearest_among(self, vector: NDArray[np.float32], k: int, keys: set[int]) -> list[Hit]:
        """Ask for ever more until enough of them are wanted ones."""
        asked = 4 * k
        while True:
            hits = [hit for hit in self._nearest(vector, asked) if hit.key in keys]
            if len(hits) >= k or asked >= self.vectors:
                return hits[:k]
            asked *= 4


def _best(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """Rows of the `k` highest scores, best first, equal ones in row order."""
    rows = np.arange(len(scores)) if k >= len(scores) else np.sort(np.argpartition(-scores, k - 1)[:k])
    return rows[np.argsort(-scores[rows], kind="stable")]


def build(directory: Path, recipe: Recipe, rows: Iterable[Row], texts: Iterable[str] = ()) -> None:
    """Build a generation in a new folder from rows grouped by document, and from the texts to learn names from.

    StorageProblem where Chroma fails.
    """
    directory.mkdir(parents=True)
    # All in memory: BM25 needs the counts of all passages anyway, and 100,000 vectors of 256 are 100 MB.
    rows = list(rows)
    known = [row for row in rows if np.any(row.vector)]
    np.save(directory / "keys.npy", np.array([row.key for row in rows], dtype=np.int64))
    (directory / "rows.json").write_text(json.dumps(_bounds(rows), ensure_ascii=False), encoding="utf-8")
    _save_words(directory / "words", [row.words for row in rows])
    _save_vectors(directory / "chroma", known)
    learned.build(directory, texts)
    samples = known or rows
    with closing(Generation(directory, recipe)) as generation:
        chosen = golden.choose(generation, [samples[at] for at in golden.spread(len(samples))])
        counts = {"passages": generation.size, "vectors": generation.vectors, "terms": generation.terms}
    files = manifests.fingerprints(directory)
    manifests.write(directory, Manifest(recipe, manifests.libraries(), **counts, files=files, golden=chosen))


def _bounds(rows: Sequence[Row]) -> dict[str, tuple[int, int]]:
    bounds: dict[str, tuple[int, int]] = {}
    for at, row in enumerate(rows):
        bounds[row.document] = (bounds.get(row.document, (at, at))[0], at + 1)
    return bounds


def _save_words(directory: Path, rows: Sequence[Sequence[str]]) -> None:
    """Nothing is saved where there is no word at all: bm25s has no empty index."""
    import bm25s

    vocabulary: dict[str, int] = {}
    ids = [[vocabulary.setdefault(word, len(vocabulary)) for word in words] for words in rows]
    if not vocabulary:
        return
    retriever = bm25s.BM25(k1=K1, b=B)
    retriever.index((ids, vocabulary), create_empty_token=False, show_progress=False)
    retriever.save(directory, show_progress=False)


def _load_words(directory: Path) -> Any:  # noqa: ANN401 (bm25s has no types)
    import bm25s

    return bm25s.BM25.load(directory, mmap=True) if directory.is_dir() else None


def _save_vectors(directory: Path, rows: Sequence[Row]) -> None:
    """Nothing is saved where there is no vector at all."""
    if not rows:
        return
    from chromadb.errors import ChromaError

    # Written out when the last vector arrives; any later and the first query of every process would do it.
    hnsw = {"space": "cosine", "ef_construction": HNSW_EF, "ef_search": HNSW_EF}
    hnsw |= {"sync_threshold": len(rows), "batch_size": min(100, len(rows))}
    try:
        with closing(_chroma(directory)) as client:
            collection = client.create_collection(
                "passages", embedding_function=None, configuration={"hnsw": cast("Any", hnsw)}
            )
            for at in range(0, len(rows), CHROMA_BATCH):
                some = rows[at : at + CHROMA_BATCH]
                collection.add(
                    ids=[str(row.key) for row in some],
                    embeddings=np.stack([row.vector for row in some]),
                    metadatas=[{"document": row.document} for row in some],
                )
    except ChromaError as error:
        raise StorageProblem(
            f"Không ghi được chỉ mục vectơ: {error}. Kiểm tra dung lượng đĩa rồi chạy lại; chỉ mục cũ vẫn được dùng."
        ) from error


def _chroma(directory: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    # Typed as an interface that lacks `close`.
    return cast("Client", chromadb.PersistentClient(str(directory), settings=Settings(anonymized_telemetry=False)))


def open_generation(directory: Path) -> Generation:
    """Open a generation whose files are what the manifest says. Raises DamagedIndex or ForeignIndex."""
    manifest = manifests.read(directory)
    for problem in manifests.problems(directory, manifest):
        raise problem
    try:
        generation = Generation(directory, manifest.recipe)
    except Exception as error:
        # Bytes that no checksum covers: chroma.sqlite3 may be a good database and still not Chroma's.
        raise manifests.damaged(directory, manifests.CHROMA_DATABASE, f"không mở được ({error})") from error
    try:
        _check(generation, manifest, directory)
    except BaseException:
        generation.close()
        raise
    return generation


def _check(generation: Generation, manifest: Manifest, directory: Path) -> None:
    counted = (generation.size, generation.vectors, generation.terms)
    expected = (manifest.passages, manifest.vectors, manifest.terms)
    if counted != expected:
        raise manifests.damaged(directory, "chroma, words", f"có {counted} mục thay vì {expected}")
    golden.check(generation, manifest.golden, directory)


def verify(directory: Path) -> None:
    """All that opening checks, and that every vector belongs to a passage. Raises as `open_generation` does."""
    with closing(open_generation(directory)) as generation:
        if not generation.vector_keys() <= generation.keys():
            raise manifests.damaged(directory, manifests.CHROMA_DATABASE, "có vectơ của đoạn lạ")


def main(arguments: Sequence[str]) -> int:
    """`verify DIR`: 0 where the generation is sound, 1 with the reason on standard output."""
    if len(arguments) != 2 or arguments[0] != "verify":
        sys.stdout.write("python -m ingest.index verify DIR\n")
        return 2
    try:
        verify(Path(arguments[1]))
    except HoidapError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
