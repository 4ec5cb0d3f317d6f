"""Words that say the same: what people may type in place of a text's words, from `data/thesaurus.tsv`.

Its rows hold a word of the texts and, the nearest first, what may stand for it in a question, as words are cut
(`ingest.text.words`). A pair is read both ways.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ingest.vocabulary import rows

LESS = 0.06  # each next one in a row is so much less alike than the one before
LONGEST = 3  # words of a phrase

Phrase = tuple[str, ...]
Others = Mapping[Phrase, float]


@functools.cache
def thesaurus() -> Mapping[Phrase, Others]:
    """For each word or phrase, what says the same and how nearly, up to 1."""
    found: dict[Phrase, dict[Phrase, float]] = defaultdict(dict)
    for said, others in rows("thesaurus.tsv", "assistant"):
        word = tuple(said.split())
        for at, other in enumerate(others.split(", ")):
            phrase = tuple(other.split())
            alike = 1 - LESS * at
            for one, two in ((word, phrase), (phrase, word)):
                found[one][two] = max(alike, found[one].get(two, 0.0))
    return found


def meant_by(said: Sequence[str]) -> Iterator[tuple[int, int, Others]]:
    """Where the phrases of a question begin and end that something else says, too, and what."""
    known = thesaurus()
    for start in range(len(said)):
        for end in range(start + 1, min(start + LONGEST, len(said)) + 1):
            others = known.get(tuple(said[start:end]))
            if others:
                yield start, end, others


def same(asked: Sequence[str], told: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Places of words told and asked that say the same, by themselves or within phrases, and how nearly."""
    openings: dict[str, list[tuple[Phrase, int, int, float]]] = defaultdict(list)
    for start, end, others in meant_by(asked):
        for other, nearly in others.items():
            openings[other[0]].append((other, start, end, nearly))
    for at, word in enumerate(told):
        for other, start, end, nearly in openings.get(word, ()):
            if len(other) == 1 or tuple(told[at : at + len(other)]) == other:
                yield from ((at, place, nearly) for place in range(start, end))
