"""One index generation: a folder with the words and the vectors of every passage, built once and never changed.

    words/                         the words, and BM25 over sections: see `ingest.terms`
    windows.npy, windows-of.npy    the vectors of every window of every passage: see `ingest.windows`
    chroma/                        one vector a section: see `ingest.vectors`
    learned.npz                    what diacritics are restored by, from the documents' own texts
    manifest.json                  what all this must be

Opening compares every file with the manifest first; `python -m ingest.index verify DIR` does so in a process of its
own, which damaged files may take down with it.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest import golden, learned, terms, vectors, windows
from ingest import manifest as manifests
from ingest.errors import HoidapError
from ingest.golden import Sample
from ingest.lists import Places, spread
from ingest.manifest import Manifest, Recipe
from ingest.sections import Sections
from ingest.terms import Forward, Hit, Row
from ingest.vectors import Points, Told, Unanswered, Vectors
from ingest.windows import Windows

__all__ = ["Generation", "Hit", "Row", "build", "open_generation", "update", "verify"]

WORDS = "words"
# A `$in` list gets slow past some hundreds; beyond this, results are filtered here.
FILTER_LIMIT = 200
# Chroma keeps a place for each vector that was taken out: with more than this share of them it is built anew.
REBUILT_AT = 0.2


@dataclass(frozen=True, slots=True)
class _Side:
    """The words and the windows of the same passages."""

    forward: Forward
    windows: Windows


class Generation:
    """An open generation, read-only, for any number of threads. Close it: Chroma keeps files and memory otherwise.

    What is found are sections, each told by the key of its first passage.
    """

    def __init__(self, directory: Path, recipe: Recipe) -> None:
        """Opens the indexes as they are; `open_generation` checks them first."""
        self.recipe = recipe
        self.directory = directory
        self.sections = Sections(directory / WORDS)
        self._windows = windows.load(directory)
        self._vectors = Vectors(directory)

    @property
    def name(self) -> str:
        return self.recipe.name

    @property
    def size(self) -> int:
        """The number of passages."""
        return self.sections.passages

    @property
    def vectors(self) -> int:
        """The number of sections that have a vector."""
        return self._vectors.count

    @property
    def terms(self) -> int:
        """The number of different words."""
        return len(self.sections.vocabulary)

    @property
    def windows(self) -> NDArray[np.float16]:
        """A unit row a window, passage after passage in the order of the index."""
        return self._windows.rows

    @property
    def windows_of(self) -> Places:
        """The first window of each passage, and their number at the end."""
        return self._windows.of

    def close(self) -> None:
        self._vectors.close()

    def search_words(self, words: Sequence[str], k: int, documents: Collection[str] | None = None) -> list[Hit]:
        """The `k` sections with the highest BM25, of these documents only where given; none that share no word."""
        return self.sections.search(words, k, documents)

    def search_vectors(
        self, vector: NDArray[np.float32], k: int, documents: Collection[str] | None = None
    ) -> list[Hit]:
        """The `k` sections nearest by cosine similarity, of these documents only where given.

        DamagedIndex where Chroma can't read its files any more.
        """
        if k < 1 or not np.any(vector):
            return []
        try:
            if documents is None:
                return self._vectors.nearest(vector, k)
            wanted = sorted(id_ for id_ in set(documents) if id_ in self.sections)
            if len(wanted) <= FILTER_LIMIT:
                return self._vectors.nearest(vector, k, wanted)
            return self._nearest_among(vector, k, set(self.sections.firsts[self.sections.within(wanted)].tolist()))
        except Unanswered as error:
            raise manifests.damaged(self.directory, vectors.FOLDER, f"không trả lời được ({error})") from error

    def _nearest_among(self, vector: NDArray[np.float32], k: int, keys: set[int]) -> list[Hit]:
        """Ask for ever more until enough of them are wanted ones."""
        asked = 4 * k
        while True:
            hits = [hit for hit in self._vectors.nearest(vector, asked) if hit.key in keys]
            if len(hits) >= k or asked >= self.vectors:
                return hits[:k]
            asked *= 4

    def document_frequency(self, word: str) -> int:
        """In how many passages a word stands, their headings and their document's name included."""
        return self.sections.frequency(word)

    def keys(self) -> set[int]:
        """The keys of all passages."""
        return set(self.sections.forward.keys.tolist())

    def vector_keys(self) -> set[int]:
        """The keys of the first passages of the sections that have a vector."""
        return self._vectors.keys()


def build(
    directory: Path, recipe: Recipe, rows: Iterable[Row], texts: Iterable[str] = (), told: Told = lambda *_: None
) -> None:
    """Build a generation in a new folder from rows grouped by document, and from the texts to learn names from.

    Documents come sorted by id. `told` gets how many vectors are written and how many there are. StorageProblem where
    Chroma fails.
    """
    directory.mkdir(parents=True)
    vocabulary, forward = terms.gathered(windows.recorded(directory, rows, recipe.dimensions))
    points = _points(_Side(forward, windows.load(directory)), np.arange(len(forward.passages_of) - 1))
    # Chroma works outside of Python: the rest is done beside it.
    with ThreadPoolExecutor(1, "words") as beside:
        words = beside.submit(_write_words, directory, vocabulary, forward, texts)
        vectors.build(directory, points, told)
        words.result()
    _finish(directory, recipe)


def _write_words(directory: Path, vocabulary: Sequence[str], forward: Forward, texts: Iterable[str]) -> None:
    terms.save(directory / WORDS, terms.inverted(vocabulary, forward))
    learned.build(directory, texts)


def update(
    previous: Path,
    directory: Path,
    recipe: Recipe,
    dropped: Collection[str],
    rows: Iterable[Row],
    texts: Iterable[str] = (),
    told: Told = lambda *_: None,
) -> None:
    """Build what `build` would, from a sound generation of the same recipe and what has changed since.

    Documents in `dropped` go; those of the rows, sorted by id, are new or dropped ones, and `texts` are theirs.
    """
    directory.mkdir(parents=True)
    changed: dict[int, windows.Rows] = {}
    terms.update(previous / WORDS, directory / WORDS, dropped, windows.collected(rows, changed))
    old = _Side(terms.load(previous / WORDS), windows.load(previous))
    gone = _of_documents(old.forward, dropped)
    new = terms.load(directory / WORDS)
    places = _places(old.forward, gone, list(changed), new.keys)
    windows.rearranged(directory, old.windows, list(changed.values()), places)
    come = np.unique(terms.section_of(new)[np.isin(new.keys, list(changed))])
    stale = _update_vectors(previous, directory, _points(old, gone), _Side(new, windows.load(directory)), come, told)
    learned.update(previous, directory, texts)
    _finish(directory, recipe, stale)


def _of_documents(forward: Forward, documents: Collection[str]) -> Places:
    """The sections of these documents."""
    chosen = np.array([id_ in documents for id_ in forward.documents], dtype=np.bool_)
    return np.flatnonzero(chosen[terms.document_of(forward)])


def _places(old: Forward, gone: Places, changed: Sequence[int], keys: Places) -> Places:
    """Where each key's passage stands among the old ones and, after those, the changed ones."""
    known = old.keys.copy()
    known[
        spread(old.passages_of[gone], np.diff(old.passages_of)[gone])
    ] = -1  # shown under another id, it keeps its keys
    known = np.concatenate([known, np.array(changed, dtype=np.int64)])
    order = np.argsort(known, kind="stable")
    return order[np.searchsorted(known, keys, sorter=order)]


def _update_vectors(previous: Path, directory: Path, gone: Points, new: _Side, come: Places, told: Told) -> int:
    """Write the vectors of a changed generation; how many there are in its graph that nothing shows any more."""
    manifest = manifests.read(previous)
    stale, left = manifest.stale + len(gone), manifest.vectors - len(gone)
    if not left or stale > REBUILT_AT * left:
        vectors.build(directory, _points(new, np.arange(len(new.forward.passages_of) - 1)), told)
        return 0
    vectors.update(previous, directory, gone.keys.tolist(), _points(new, come), told)
    return stale


def _points(side: _Side, sections: Places) -> Points:
    """The vectors of those of the sections that have one."""
    means = windows.of_sections(side.windows, side.forward.passages_of, sections)
    known = means.any(axis=1)
    documents = [side.forward.documents[at] for at in terms.document_of(side.forward)[sections[known]]]
    return Points(side.forward.keys[side.forward.passages_of[sections[known]]], documents, means[known])


def _finish(directory: Path, recipe: Recipe, stale: int = 0) -> None:
    """Ask a new generation what it must answer, and write down what it is."""
    with closing(Generation(directory, recipe)) as generation:
        chosen = golden.choose(generation, _samples(generation))
        counts = {"passages": generation.size, "vectors": generation.vectors, "terms": generation.terms}
    files = manifests.fingerprints(directory)
    libraries = manifests.libraries()
    manifests.write(directory, Manifest(recipe, libraries, **counts, stale=stale, files=files, golden=chosen))


def _samples(generation: Generation) -> list[Sample]:
    """Some sections from all over the index, of those with vectors where there are any."""
    sections, passages_of = generation.sections, generation.sections.forward.passages_of
    known = np.flatnonzero(np.diff(generation.windows_of[passages_of]))
    places = known if len(known) else np.arange(len(sections))
    vocabulary = list(sections.vocabulary)
    found = Windows(generation.windows, generation.windows_of)
    samples = []
    for at in places[golden.spread(len(places))]:
        words = tuple(vocabulary[word] for word in sections.words(at))
        (vector,) = windows.of_sections(found, passages_of, np.array([at]))
        samples.append(Sample(int(sections.firsts[at]), words, vector))
    return samples


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
