"""What is retrieved: whole units where they are short enough, else their parts, each under its headings."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.text import words
from ingest.types import Document, Passage, Unit

# In characters, about 180 syllables: long enough for a clause with its points, short enough to be about one thing.
PASSAGE_LENGTH = 1000
# In characters; a longer first line is a sentence that something follows, and no title.
TITLE_LENGTH = 200


def build_passages(units: Sequence[Unit]) -> tuple[Passage, ...]:
    """Passages in reading order; together they cover every unit."""
    children: dict[str | None, list[Unit]] = defaultdict(list)
    for unit in units:
        children[unit.parent].append(unit)
    return tuple(_split(children[None], children))


def _split(siblings: Sequence[Unit], children: dict[str | None, list[Unit]]) -> Iterator[Passage]:
    """Neighbouring plain units go together up to the length; headed units stand alone."""
    run: list[Unit] = []
    for unit in siblings:
        if run and not (_joins(unit) and _joins(run[-1]) and unit.end - run[0].start <= PASSAGE_LENGTH):
            yield _passage(run, children)
            run = []
        if unit.kind == "bang" or (unit.end - unit.start > PASSAGE_LENGTH and children[unit.path]):
            if run:
                yield _passage(run, children)
                run = []
            yield from _parts(unit, children)
        else:
            run.append(unit)
    if run:
        yield _passage(run, children)


def _joins(unit: Unit) -> bool:
    return unit.kind in {"doan", "gach", "cong", "diem"}


def _parts(unit: Unit, children: dict[str | None, list[Unit]]) -> Iterator[Passage]:
    """A long unit's own line, then its children; a table's rows one by one."""
    if unit.kind != "bang":
        yield Passage(unit.path, unit.address, _heading(unit, children), unit.start, unit.head)
    yield from _split(children[unit.path], children)


def _passage(run: Sequence[Unit], children: Mapping[str | None, list[Unit]]) -> Passage:
    first = run[0]
    return Passage(first.path, first.address, _heading(first, children), first.start, run[-1].end)


def _heading(unit: Unit, children: Mapping[str | None, list[Unit]]) -> tuple[str, ...]:
    """The headings that a unit's passage stands under, its own title being the last of them.

    What is cut out of an article stands under the article: its clauses have no titles of their own.
    """
    below = children.get(unit.path)
    plain = _joins(unit) or unit.kind == "hang" or (unit.kind == "khoan" and "dieu-" in unit.path)
    return below[0].heading if below and not plain and unit.head - unit.start <= TITLE_LENGTH else unit.heading


@dataclass(frozen=True, slots=True)
class Fields:
    """What a passage is found by: its document's kind, number and title, the headings above it, its own text."""

    name: str
    heading: str
    own: str

    @property
    def digest(self) -> bytes:
        """Under which what is made of these texts is kept: the half of a sha256."""
        return hashlib.sha256("\0".join((self.name, self.heading, self.own)).encode()).digest()[:16]


def name_of(kind: str, number: str | None, title: str) -> str:
    return " ".join(filter(None, (kind, number, title)))


def fields(document: Document, passage: Passage) -> Fields:
    """The three texts of a passage; the headings one a line, outermost first."""
    name = name_of(document.kind, document.number, document.title)
    return Fields(name, "\n".join(passage.heading), document.text[passage.start : passage.end])


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage as the indexes take it: its texts, and the words of each."""

    texts: Fields
    name: tuple[str, ...]
    heading: tuple[str, ...]
    own: tuple[str, ...]


def indexed(texts: Fields) -> Indexed:
    """The texts with their words, which take most of the time that indexing takes."""
    return Indexed(texts, tuple(words(texts.name)), tuple(words(texts.heading)), tuple(words(texts.own)))
