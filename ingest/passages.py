"""What is retrieved: whole units where they are short enough, else their parts, each under its headings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.text import words
from ingest.types import Document, Passage, Unit

# In characters, about 180 syllables: long enough for a clause with its points, short enough to be about one thing.
PASSAGE_LENGTH = 1000


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
            yield _passage(run)
            run = []
        if unit.kind == "bang" or (unit.end - unit.start > PASSAGE_LENGTH and children[unit.path]):
            if run:
                yield _passage(run)
                run = []
            yield from _parts(unit, children)
        else:
            run.append(unit)
    if run:
        yield _passage(run)


def _joins(unit: Unit) -> bool:
    return unit.kind in {"doan", "gach", "cong", "diem"}


def _parts(unit: Unit, children: dict[str | None, list[Unit]]) -> Iterator[Passage]:
    """A long unit's own line, then its children; a table's rows one by one."""
    if unit.kind != "bang":
        yield Passage(unit.path, unit.address, unit.heading, unit.start, unit.head)
    yield from _split(children[unit.path], children)


def _passage(run: Sequence[Unit]) -> Passage:
    first = run[0]
    return Passage(first.path, first.address, first.heading, first.start, run[-1].end)


@dataclass(frozen=True, slots=True)
class Fields:
    """What a passage is found by: its document's kind, number and title, the headings above it, its own text."""

    name: str
    heading: str
    own: str


def fields(document: Document, passage: Passage) -> Fields:
    """The three texts of a passage; the headings one a line, outermost first."""
    name = " ".join(filter(None, (document.kind, document.number, document.title)))
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
