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
    postings.npy, frequencies.npy, postings-of.npy   sections of each word, and how often it stands there
    holding.npy                     in how many passages each word stands, headings and names included
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.lists import Ids, Lists, Places, mapped, spread, starts_of

# Measured on the law corpus: the flat top of a grid.
K1, B = 1.2, 0.75
# A heading says more of what its section is about than as many of the section's own words.
HEADING_WEIGHT = 2
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


@dataclass(frozen=True, slots=True)
class Postings:
    """The sections of each word in order, and how often it stands there, a heading's word as often as it weighs."""

    sections: Ids
    frequencies: NDArray[np.uint16]
    starts: Places


@dataclass(frozen=True, slots=True)
class Words:
    """All that a folder holds. The number of a word is its place in `vocabulary`; `holding` counts its passages."""

    vocabulary: Sequence[str]
    forward: Forward
    postings: Postings
    holding: Places


def build(directory: Path, rows: Iterable[Row]) -> None:
    """Write the files of rows that are grouped by document, documents sorted by id."""
    save(directory, inverted(*gathered(rows)))


def gathered(rows: Iterable[Row]) -> tuple[list[str], Forward]:
    """The vocabulary of the rows, and their words."""
    vocabulary: dict[str, int] = {}
    forward = _read_rows(rows, vocabulary)
    return list(vocabulary), forward


def inverted(vocabulary: Sequence[str], forward: Forward) -> Words:
    return Words(vocabulary, forward, _postings(forward, len(vocabulary)), _holding(forward, len(vocabulary)))


def update(previous: Path, directory: Path, dropped: Collection[str], rows: Iterable[Row]) -> None:
    """Write what `build` would, of the documents of another folder less the dropped ones, and of these rows.

    The documents of the rows are new or dropped ones. Words that nothing holds any more stay in the vocabulary.
    """
    vocabulary = {word: id_ for id_, word in enumerate(vocabulary_of(previous))}
    new = _read_rows(rows, vocabulary)
    save(
        directory, _changed(load(previous), postings_of(previous), holding_of(previous), dropped, list(vocabulary), new)
    )


def _changed(
    old: Forward, postings: Postings, holding: Places, dropped: Collection[str], vocabulary: Sequence[str], new: Forward
) -> Words:
    """No list of all words is sorted again: what goes is left out, what comes is put in its place."""
    gone = np.array([at for at, id_ in enumerate(old.documents) if id_ in dropped], dtype=np.int64)
    both = _concatenate(old, new)
    staying = set(range(len(both.documents))).difference(gone.tolist())
    order = np.array(sorted(staying, key=lambda at: both.documents[at]), dtype=np.int64)
    place = np.full(len(both.passages_of) - 1, -1, dtype=np.int64)
    sections = spread(both.sections_of[order], np.diff(both.sections_of)[order])
    place[sections] = np.arange(len(sections))
    size, before = len(vocabulary), len(old.passages_of) - 1
    kept, added = _moved(postings, place[:before], size), _moved(_postings(new, size), place[before:], size)
    holding = np.pad(holding, (0, size - len(holding))) - _holding(_select(old, gone), size) + _holding(new, size)
    return Words(vocabulary, _select(both, order), _united(kept, added, len(sections)), holding)


def _moved(postings: Postings, place: Places, words: int) -> Postings:
    """The postings of sections that are kept, at their new places, for so many words."""
    sections = place[postings.sections]
    kept = sections >= 0
    word = np.repeat(np.arange(len(postings.starts) - 1, dtype=np.uint32), np.diff(postings.starts))[kept]
    starts = starts_of(np.bincount(word, minlength=words))
    return Postings(sections[kept].astype(np.uint32), postings.frequencies[kept], starts)


def _united(one: Postings, two: Postings, total: int) -> Postings:
    """All postings of both, which have no section in common; words and sections in order."""
    where = np.searchsorted(_numbered(one, total), _numbered(two, total))
    sections = np.insert(one.sections, where, two.sections)
    return Postings(sections, np.insert(one.frequencies, where, two.frequencies), one.starts + two.starts)


def _numbered(postings: Postings, total: int) -> Places:
    """A number for each posting, by its word, then by its section."""
    words = np.repeat(np.arange(len(postings.starts) - 1), np.diff(postings.starts))
    return np.asarray(words * max(total, 1) + postings.sections)


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


def _select(forward: Forward, order: Places) -> Forward:
    """The documents at these places, in this order."""
    sections_in = np.diff(forward.sections_of)[order]
    sections = spread(forward.sections_of[order], sections_in)
    passages_in = np.diff(forward.passages_of)[sections]
    passages = spread(forward.passages_of[sections], passages_in)
    return Forward(
        [forward.documents[at] for at in order],
        starts_of(sections_in),
        starts_of(passages_in),
        forward.keys[passages],
        forward.name.take(order),
        forward.heading.take(sections),
        forward.own.take(passages),
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


def save(directory: Path, words: Words) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "vocabulary.txt").write_text("".join(f"{word}\n" for word in words.vocabulary), encoding="utf-8")
    forward, postings = words.forward, words.postings
    (directory / "documents.json").write_text(json.dumps(forward.documents, ensure_ascii=False), encoding="utf-8")
    arrays: dict[str, NDArray[Any]] = {
        "keys": forward.keys,
        "passages-of": forward.passages_of,
        "sections-of": forward.sections_of,
        "postings": postings.sections,
        "frequencies": postings.frequencies,
        "postings-of": postings.starts,
        "holding": words.holding,
    }
    for name in ("name", "heading", "own"):
        lists: Lists = getattr(forward, name)
        arrays |= {name: lists.flat, f"{name}-of": lists.starts}
    for name, array in arrays.items():
        np.save(directory / f"{name}.npy", array)


def _postings(forward: Forward, words: int) -> Postings:
    total = len(forward.passages_of) - 1
    sections = np.arange(total)
    name = forward.name.take(document_of(forward))
    parts = [(name, sections), (forward.own, section_of(forward)), *[(forward.heading, sections)] * HEADING_WEIGHT]
    pairs = _pairs(parts, total)
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    frequencies, pairs = np.diff(first, append=len(pairs)), pairs[first]
    starts = starts_of(np.bincount(pairs // max(total, 1), minlength=words))
    most = np.iinfo(np.uint16).max
    return Postings((pairs % max(total, 1)).astype(np.uint32), np.minimum(frequencies, most).astype(np.uint16), starts)


def _pairs(parts: Sequence[tuple[Lists, Places]], total: int) -> Places:
    """A number for each word of each list and the place that the list is of, sorted by the word, then by the place."""
    sizes = [len(lists.flat) for lists, _ in parts]
    pairs = np.empty(sum(sizes), dtype=np.int64)
    at = 0
    for (lists, places), size in zip(parts, sizes, strict=True):
        some = pairs[at : at + size]
        np.multiply(lists.flat, max(total, 1), out=some, dtype=np.int64)
        some += np.repeat(places, lists.lengths())
        at += size
    pairs.sort()
    return pairs


def document_of(forward: Forward) -> Places:
    """The document of each section."""
    return np.repeat(np.arange(len(forward.documents)), np.diff(forward.sections_of))


def section_of(forward: Forward) -> Places:
    """The section of each passage."""
    return np.repeat(np.arange(len(forward.passages_of) - 1), np.diff(forward.passages_of))


def _holding(forward: Forward, words: int) -> Places:
    """In how many passages each word stands."""
    total = len(forward.keys)
    section = section_of(forward)
    above = (forward.heading.take(section), forward.name.take(document_of(forward)[section]))
    places = np.arange(total)
    pairs = _pairs([(lists, places) for lists in (forward.own, *above)], total)
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    return np.bincount(pairs[first] // max(total, 1), minlength=words)


def lengths_of(forward: Forward) -> Places:
    """How many words each section has, by their weights."""
    own = np.diff(forward.own.starts[forward.passages_of])
    return np.asarray(own + HEADING_WEIGHT * forward.heading.lengths() + forward.name.lengths()[document_of(forward)])


def _array(directory: Path, name: str) -> NDArray[Any]:
    return mapped(directory / f"{name}.npy")


def postings_of(directory: Path) -> Postings:
    arrays = [_array(directory, name) for name in ("postings", "frequencies", "postings-of")]
    return Postings(arrays[0], arrays[1], np.asarray(arrays[2]))


def holding_of(directory: Path) -> Places:
    return np.asarray(_array(directory, "holding"))


def load(directory: Path) -> Forward:
    def array(name: str) -> NDArray[Any]:
        return _array(directory, name)

    documents: list[str] = json.loads((directory / "documents.json").read_text(encoding="utf-8"))

    def lists(name: str) -> Lists:
        return Lists(array(name), np.asarray(array(f"{name}-of")))

    sections_of, passages_of, keys = (np.asarray(array(name)) for name in ("sections-of", "passages-of", "keys"))
    return Forward(documents, sections_of, passages_of, keys, lists("name"), lists("heading"), lists("own"))


def vocabulary_of(directory: Path) -> list[str]:
    return (directory / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[:-1]
