"""The words of one generation: what each passage, heading and document's name holds, and BM25 over sections.

A section is a run of neighbouring passages of one document under one heading, an article of a law or a part of a
report; it is what BM25 weighs. Everything is numbers: a word is its line in `vocabulary.txt`, and texts follow one
another in flat arrays with the places where each begins.

    vocabulary.txt                  the words
    documents.json                  ids, sorted
    keys.npy                        key of each passage, in the order of the documents and of their texts
    own.npy, own-of.npy             words of each passage
    heading.npy, heading-of.npy     words of each section's heading
    name.npy, name-of.npy           words of each document's number and title
    passages-of.npy, sections-of.npy   first passage of each section, first section of each document
    postings.npy, weights.npy, postings-of.npy   sections of each word, with the word's BM25 there
    holding.npy                     in how many passages each word stands, headings and names included
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ingest.lists import Ids, Lists, Places, spread, starts_of

# Measured on the law corpus: the flat top of a grid.
K1, B = 1.2, 0.75
# A heading says more of what its section is about than as many of the section's own words.
HEADING_WEIGHT = 2.0
# Words after which a section ends with its passage: a longer one is about several things.
SECTION_WORDS = 600


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage's key and its score: BM25, or cosine similarity."""

    key: int
    score: float


@dataclass(frozen=True, slots=True)
class Row:
    """One passage to index: the words of its document's name, of its headings and of its own text, and its vectors.

    `vectors` has a unit row for each window of the passage, and no row where the model knows none of its words; rows
    are kept in half precision.
    """

    key: int
    document: str
    name: tuple[str, ...]
    heading: tuple[str, ...]
    own: tuple[str, ...]
    vectors: NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Forward:
    """All words in the order of the texts. `passages_of` and `sections_of` have one entry more than their owners."""

    documents: list[str]
    sections_of: Places
    passages_of: Places
    keys: Places
    name: Lists
    heading: Lists
    own: Lists


def build(directory: Path, rows: Iterable[Row]) -> None:
    """Write the files of rows that are grouped by document, documents sorted by id."""
    vocabulary: dict[str, int] = {}
    _save(directory, vocabulary, _read_rows(rows, vocabulary))


def update(previous: Path, directory: Path, dropped: Collection[str], rows: Iterable[Row]) -> None:
    """Write what `build` would, of the documents of another folder less the dropped ones, and of these rows.

    The documents of the rows are new or dropped ones. Words that nothing holds any more stay in the vocabulary.
    """
    vocabulary = {word: id_ for id_, word in enumerate(vocabulary_of(previous))}
    old = load(previous)
    new = _read_rows(rows, vocabulary)
    kept = [at for at, id_ in enumerate(old.documents) if id_ not in dropped]
    _save(directory, vocabulary, _merge(old, kept, new))


def _read_rows(rows: Iterable[Row], vocabulary: dict[str, int]) -> Forward:
    """`vocabulary` takes in the words that it lacks."""
    documents: list[str] = []
    names, headings, owns = _Gathered(vocabulary), _Gathered(vocabulary), _Gathered(vocabulary)
    keys: list[int] = []
    passages_of, sections_of = [0], [0]
    for id_, passages in groupby(rows, key=lambda row: row.document):
        documents.append(id_)
        for at, section in enumerate(_sections(passages)):
            if at == 0:
                names.add(section[0].name)
            headings.add(section[0].heading)
            for row in section:
                keys.append(row.key)
                owns.add(row.own)
            passages_of.append(len(keys))
        sections_of.append(len(passages_of) - 1)
    return Forward(
        documents,
        np.array(sections_of, dtype=np.int64),
        np.array(passages_of, dtype=np.int64),
        np.array(keys, dtype=np.int64),
        names.lists(),
        headings.lists(),
        owns.lists(),
    )


class _Gathered:
    """Word ids of one list after another, as they come."""

    def __init__(self, vocabulary: dict[str, int]) -> None:
        self._vocabulary = vocabulary
        self._parts: list[Ids] = []

    def add(self, words: Sequence[str]) -> None:
        known = self._vocabulary
        self._parts.append(np.array([known.setdefault(word, len(known)) for word in words], dtype=np.uint32))

    def lists(self) -> Lists:
        lengths = np.array([len(part) for part in self._parts], dtype=np.int64)
        flat = np.concatenate(self._parts) if self._parts else np.zeros(0, dtype=np.uint32)
        return Lists(flat, starts_of(lengths))


def _sections(passages: Iterable[Row]) -> Iterator[list[Row]]:
    """Runs of passages under one heading; a run ends where it has words enough."""
    section: list[Row] = []
    size = 0
    for row in passages:
        if section and (row.heading != section[0].heading or size >= SECTION_WORDS):
            yield section
            section, size = [], 0
        section.append(row)
        size += len(row.own)
    if section:
        yield section


def _merge(old: Forward, kept: Sequence[int], new: Forward) -> Forward:
    """The kept documents of the one and all of the other, sorted by id."""
    both = _concatenate(old, new)
    chosen = [*kept, *range(len(old.documents), len(both.documents))]
    order = np.array(sorted(chosen, key=lambda at: both.documents[at]), dtype=np.int64)
    sections_in = np.diff(both.sections_of)[order]
    sections = spread(both.sections_of[order], sections_in)
    passages_in = np.diff(both.passages_of)[sections]
    passages = spread(both.passages_of[sections], passages_in)
    return Forward(
        [both.documents[at] for at in order],
        starts_of(sections_in),
        starts_of(passages_in),
        both.keys[passages],
        both.name.take(order),
        both.heading.take(sections),
        both.own.take(passages),
    )


def _concatenate(one: Forward, two: Forward) -> Forward:
    return Forward(
        one.documents + two.documents,
        _chain(one.sections_of, two.sections_of),
        _chain(one.passages_of, two.passages_of),
        np.concatenate([one.keys, two.keys]),
        *(
            Lists(np.concatenate([a.flat, b.flat]), _chain(a.starts, b.starts))
            for a, b in ((one.name, two.name), (one.heading, two.heading), (one.own, two.own))
        ),
    )


def _chain(one: Places, two: Places) -> Places:
    return np.concatenate([one, two[1:] + one[-1]])


def _save(directory: Path, vocabulary: Collection[str], forward: Forward) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "vocabulary.txt").write_text("".join(f"{word}\n" for word in vocabulary), encoding="utf-8")
    (directory / "documents.json").write_text(json.dumps(forward.documents, ensure_ascii=False), encoding="utf-8")
    arrays: dict[str, NDArray[Any]] = {
        "keys": forward.keys,
        "passages-of": forward.passages_of,
        "sections-of": forward.sections_of,
    }
    for name in ("name", "heading", "own"):
        lists: Lists = getattr(forward, name)
        arrays |= {name: lists.flat, f"{name}-of": lists.starts}
    sections, weights, starts = _postings(forward, len(vocabulary))
    arrays |= {"postings": sections, "weights": weights, "postings-of": starts}
    arrays |= {"holding": _holding(forward, len(vocabulary))}
    for name, array in arrays.items():
        np.save(directory / f"{name}.npy", array)


def _postings(forward: Forward, words: int) -> tuple[Ids, NDArray[np.float32], Places]:
    """Sections by word with the word's BM25 in each, and the places where each word's begin."""
    total = len(forward.passages_of) - 1
    of_passage = np.repeat(np.arange(total), np.diff(forward.passages_of))
    of_document = np.repeat(np.arange(len(forward.documents)), np.diff(forward.sections_of))
    name = forward.name.take(of_document)
    parts = (
        (name.flat, np.repeat(np.arange(total), name.lengths()), 1.0),
        (forward.heading.flat, np.repeat(np.arange(total), forward.heading.lengths()), HEADING_WEIGHT),
        (forward.own.flat, np.repeat(of_passage, forward.own.lengths()), 1.0),
    )
    pairs = np.concatenate([word.astype(np.int64) * max(total, 1) + section for word, section, _ in parts])
    counted = np.concatenate([np.full(len(word), weight, dtype=np.float32) for word, _, weight in parts])
    order = np.argsort(pairs, kind="stable")
    pairs, counted = pairs[order], counted[order]
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    frequency = np.add.reduceat(counted, first) if len(first) else np.zeros(0, dtype=np.float32)
    word, section = pairs[first] // max(total, 1), pairs[first] % max(total, 1)
    holding = np.bincount(word, minlength=words)
    length = np.bincount(section, frequency, minlength=total)
    norm = K1 * (1 - B + B * length / max(length.mean(), 1e-9)) if total else length
    rarity = np.log1p((total - holding + 0.5) / (holding + 0.5))
    weights = rarity[word] * frequency * (K1 + 1) / (frequency + norm[section])
    return section.astype(np.uint32), weights.astype(np.float32), starts_of(holding)


def _holding(forward: Forward, words: int) -> Places:
    """In how many passages each word stands."""
    total = len(forward.keys)
    section = np.repeat(np.arange(len(forward.passages_of) - 1), np.diff(forward.passages_of))
    document = np.repeat(np.arange(len(forward.documents)), np.diff(forward.sections_of))
    parts = (forward.own, forward.heading.take(section), forward.name.take(document[section]))
    pairs = np.concatenate(
        [lists.flat.astype(np.int64) * max(total, 1) + np.repeat(np.arange(total), lists.lengths()) for lists in parts]
    )
    pairs.sort()
    return np.bincount(pairs[np.flatnonzero(np.diff(pairs, prepend=-1))] // max(total, 1), minlength=words)


def load(directory: Path) -> Forward:
    def array(name: str) -> NDArray[Any]:
        # Read where it is wanted: a national corpus has 100 MB of words.
        return cast("NDArray[Any]", np.load(directory / f"{name}.npy", mmap_mode="r"))

    documents: list[str] = json.loads((directory / "documents.json").read_text(encoding="utf-8"))

    def lists(name: str) -> Lists:
        return Lists(array(name), np.asarray(array(f"{name}-of")))

    sections_of, passages_of, keys = (np.asarray(array(name)) for name in ("sections-of", "passages-of", "keys"))
    return Forward(documents, sections_of, passages_of, keys, lists("name"), lists("heading"), lists("own"))


def vocabulary_of(directory: Path) -> list[str]:
    return (directory / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[:-1]
