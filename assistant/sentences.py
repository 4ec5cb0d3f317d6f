"""What the scorer of quotable pieces judges by: (question, piece) as numbers, for the pieces of a question at once.

A piece's words are compared with the question's one for one, by syllables, and by the likeness of word vectors; with
those of its neighbours; and it is searched for what could be the answer: numbers, years and names that the question
doesn't have, and how much of the question stands round them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.overlap import Asked, Floats, Matches, Numbers, best_of_each, coverage, missed, order
from assistant.thesaurus import same
from assistant.types import Query
from assistant.wording import (
    NAME,
    NUMBER,
    YEAR,
    Marks,
    Wanted,
    Wording,
    Words,
    focus_of,
    interrogatives,
    places,
    rarity,
    ways,
    wording,
)
from ingest.wordvectors import WordVectors

BLOCK = 6  # words; two blocks make a window that is compared as a whole
ROUND, CLOSE = 6, 2  # words on either side of what could be the answer
COMMON = 200  # the most frequent words of the bundled model, which are not what is asked for
OFTEN_SAID = 0.6  # what a frequent word counts for that says the same as one of the question
ALIKE = 0.5  # word vectors less alike than this are of other things
BEFORE = 0.6  # what a word in the sentence before counts for
# What the answer to a question of this kind is among; to others any word may be.
BEARING = {"time": YEAR | NUMBER, "number": NUMBER, "person": NAME, "place": NAME}

_PRONOUN = re.compile(
    r"(?:ông|bà|nó|họ|anh|chị|cô|đây|đó|(?:\w+ ){1,2}(?:này|đó|ấy)|ngoài ra|tuy nhiên|do đó|vì vậy)\b", re.IGNORECASE
)

Columns = dict[str, NDArray[np.generic]]

MEASURES = (
    *("plain", "worth", "covered", "of_kind", "nearness", "asked", "title_run", "found"),
    *("missing", "missing_time", "missing_place", "missing_body"),
)
COMPARED = ("plain", "worth", "covered", "title_run", "found")


@dataclass(frozen=True, slots=True)
class Piece:
    """Something quotable: its words, the number of its passage, and what is known of it without the scorer.

    `rank` is how well its passage ranks, the best being 1; `measures` are named by `MEASURES`.
    """

    text: str
    passage: int
    rank: float
    measures: tuple[float, ...]
    commas: int
    headed: bool
    row: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The pieces of a passage follow one another."""

    passages: Numbers  # from 0, in order

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> Neighbours:
        _, passages = np.unique([piece.passage for piece in pieces], return_inverse=True)
        return cls(passages.astype(np.int64))

    def before(self, values: Floats) -> Floats:
        """The values of the piece before in the same passage, zeros for the first."""
        moved = np.zeros_like(values)
        moved[1:] = values[:-1]
        moved[np.diff(self.passages, prepend=-1) != 0] = 0
        return moved

    def after(self, values: Floats) -> Floats:
        moved = np.zeros_like(values)
        moved[:-1] = values[1:]
        moved[np.diff(self.passages, append=-1) != 0] = 0
        return moved

    def position(self) -> tuple[Numbers, Numbers]:
        """The place of each piece in its passage, and how many there are."""
        counts = np.bincount(self.passages)
        firsts = np.cumsum(counts) - counts
        return np.arange(len(self.passages)) - firsts[self.passages], counts[self.passages]

    def behind(self, values: Floats) -> Floats:
        """How far each value is behind the best of its passage."""
        best = np.maximum.reduceat(values, np.flatnonzero(np.diff(self.passages, prepend=-1)))
        return np.asarray(values - best[self.passages], dtype=np.float32)


def features(query: Query, pieces: Sequence[Piece], vectors: WordVectors) -> tuple[Floats, list[str]]:
    """A row a piece, a column a feature, and the columns' names. Pieces of one passage come together, in order."""
    wanted = Wanted.of(query.text, vectors)
    wordings = [wording(piece.text) for piece in pieces]
    told, around = Words.of(wordings, vectors), Neighbours.of(pieces)
    matches = _matches(told, wanted)
    meant = _meant(told, matches, wanted)
    alike = _alike(told, meant, wanted, vectors)
    asked = _asked(wanted.content(), wanted.place, wanted.rarity)
    here = _here(matches, asked)
    soft = told.best(alike)
    compared = {
        **_by_words(matches, soft, asked, here),
        **_by_syllables(wordings, wanted),
        **_by_vectors(told, wanted, vectors),
        **_by_neighbours(soft, asked, here, around),
        **_by_meaning(told, meant, asked, wanted, around),
        **_by_part(matches, wanted, here),
    }
    bearing = _bearing(told, alike, wanted, here)
    compared["round_best"] = bearing.pop("round_best")
    measures = np.array([piece.measures for piece in pieces], dtype=np.float32).reshape(-1, len(MEASURES))
    measured = dict(zip(MEASURES, measures.T, strict=True))
    compared |= {name: measured.pop(name) for name in COMPARED}
    columns: Columns = {
        **bearing,
        **measured,
        **_of_pieces(pieces, told, around),
        **_missing(matches, soft, told, alike, here, vectors),
        **{f"way_{way.name}": np.full(told.count, way.name == wanted.way.name) for way in ways()},
        "question_length": np.full(told.count, len(wanted.place)),
        **_relative(compared, around),
    }
    return np.stack([column.astype(np.float32) for column in columns.values()], axis=1), list(columns)


def likeness(wanted: Wanted, texts: Sequence[str], vectors: WordVectors) -> tuple[Floats, Floats]:
    """How nearly each text says each of the question's different words (texts, words): by the thesaurus, 1 for the
    word itself; and by the vectors of words as well."""
    told = Words.of([wording(text) for text in texts], vectors)
    meant = _meant(told, _matches(told, wanted), wanted)
    return told.best(meant), told.best(_alike(told, meant, wanted, vectors))


def _matches(told: Words, wanted: Wanted) -> Matches:
    return _found(told.said, told.owners, told.count, wanted.place)


def _found(said: Sequence[str], owners: Numbers, count: int, place: Mapping[str, int]) -> Matches:
    which = np.fromiter((place.get(word, -1) for word in said), dtype=np.int64, count=len(said))
    at = np.flatnonzero(which >= 0)
    stands = np.zeros((count, len(place)), dtype=np.bool_)
    stands[owners[at], which[at]] = True
    return Matches(at, owners[at], which[at], stands)


def _meant(told: Words, matches: Matches, wanted: Wanted) -> Floats:
    """How nearly each word says what each of the question's says, by the thesaurus; 1 where it is the same."""
    meant = np.zeros((len(told.said), len(wanted.place)), dtype=np.float32)
    column = [wanted.place.get(word) for word in wanted.said]
    for at, place, nearly in same(wanted.said, told.said):
        which = column[place]
        if which is not None:
            meant[at, which] = max(meant[at, which], nearly)
    meant[told.rows < COMMON] *= OFTEN_SAID
    meant[matches.at, matches.which] = 1.0
    return meant


def _alike(told: Words, meant: Floats, wanted: Wanted, vectors: WordVectors) -> Floats:
    """How alike each word is to each of the question's, from 0 to 1."""
    rows, which = np.unique(told.rows, return_inverse=True)
    alike = np.maximum(vectors.unit[rows] @ vectors.unit[wanted.rows].T, 0)[which]
    return np.asarray(np.maximum(alike, meant), dtype=np.float32)


def _asked(content: Sequence[str], place: Mapping[str, int], weights: Floats) -> Asked:
    pairs = np.zeros((len(place), len(place)), dtype=np.bool_)
    following = np.array([place[word] for word in content], dtype=np.int64)
    pairs[following[:-1], following[1:]] = True
    return Asked(np.arange(len(place)), weights, np.arange(len(place), dtype=np.int32), pairs)


def _here(matches: Matches, asked: Asked) -> Floats:
    """The words' weights times how few of these pieces have them."""
    count = len(matches.stands)
    return np.asarray(asked.weights * _few(matches.stands.sum(axis=0), count), dtype=np.float32)


def _few(having: Numbers, count: int) -> Floats:
    return np.asarray(np.log((count + 1) / (having + 0.5)) / math.log(2 * count + 2), dtype=np.float32)


def _share(of: Marks | Floats, weights: Floats) -> Floats:
    return np.asarray(of @ weights / (weights.sum() + 1e-6), dtype=np.float32)


def _by_words(matches: Matches, soft: Floats, asked: Asked, here: Floats) -> dict[str, Floats]:
    told = order(matches, asked, len(matches.stands))
    return {
        "words": coverage(matches.stands, asked),
        "soft": _share(soft, asked.weights),
        "words_here": _share(matches.stands, here),
        "soft_here": _share(soft, here),
        "run": told.run,
        "phrases": told.phrases,
        "near": told.near,
    }


def _by_syllables(wordings: Sequence[Wording], wanted: Wanted) -> dict[str, Floats]:
    parts = [part for word in wanted.content() for part in word.split("_")]
    place = places(parts)
    owners = np.repeat(np.arange(len(wordings)), [len(each.syllables) for each in wordings])
    said = [syllable for each in wordings for syllable in each.syllables]
    matches = _found(said, owners, len(wordings), place)
    asked = _asked(parts, place, _few(matches.stands.sum(axis=0), len(wordings)))
    told = order(matches, asked, len(wordings))
    return {
        "syllables": coverage(matches.stands, asked),
        "syllable_run": told.run,
        "syllable_phrases": told.phrases,
        "syllable_near": told.near,
    }


def _by_vectors(told: Words, wanted: Wanted, vectors: WordVectors) -> dict[str, Floats]:
    """Cosines of the question's vector with that of the piece, and with the likest of its windows."""
    question = (vectors.unit[wanted.rows] * vectors.strength[wanted.rows, None]).sum(axis=0)
    question /= np.linalg.norm(question) + 1e-9
    rows = vectors.unit[told.rows] * vectors.strength[told.rows, None]
    within = np.arange(len(rows)) - np.repeat(np.cumsum(told.lengths) - told.lengths, told.lengths)
    counts = np.maximum((told.lengths + BLOCK - 1) // BLOCK, 1)
    firsts = np.cumsum(counts) - counts
    blocks = np.zeros((int(counts.sum()), rows.shape[1]), dtype=np.float32)
    block_of = firsts[told.owners] + within // BLOCK
    opens = np.flatnonzero(np.diff(block_of, prepend=-1))
    blocks[block_of[opens]] = np.add.reduceat(rows, opens, axis=0) if len(opens) else 0
    owners = np.repeat(np.arange(told.count), counts)
    windows = blocks.copy()
    windows[:-1][owners[1:] == owners[:-1]] += blocks[1:][owners[1:] == owners[:-1]]
    whole = np.add.reduceat(blocks, firsts, axis=0) if len(firsts) else blocks
    return {
        "cosine": _cosines(whole, question),
        "window": best_of_each(np.maximum(_cosines(windows, question), 0), owners, told.count),
    }


def _cosines(rows: Floats, vector: Floats) -> Floats:
    return np.asarray(rows @ vector / (np.linalg.norm(rows, axis=1) + 1e-9), dtype=np.float32)


def _by_neighbours(soft: Floats, asked: Asked, here: Floats, around: Neighbours) -> dict[str, Floats]:
    """How much of the question a piece has together with those beside it, to which its pronouns may point."""
    before, after = around.before(soft), around.after(soft)
    own = {"words": _share(soft, asked.weights), "soft": _share(soft, here)}
    return {
        "with_before": _share(np.maximum(soft, before), here),
        "with_after": _share(np.maximum(soft, after), here),
        "with_both": _share(np.maximum(soft, np.maximum(before, after)), asked.weights),
        "continued": _share(np.maximum(soft, BEFORE * before), here),
        **{f"{name}_before": around.before(values) for name, values in own.items()},
        **{f"{name}_after": around.after(values) for name, values in own.items()},
    }


def _by_meaning(told: Words, meant: Floats, asked: Asked, wanted: Wanted, around: Neighbours) -> dict[str, Floats]:
    """How much of the question a piece says in its own or in other words, weighed by how few pieces say it; and the
    weightiest that it doesn't say, of all words and of those close to the one that asks.
    """
    here = told.best(meant)
    both = np.maximum(here, np.maximum(around.before(here), around.after(here)))
    few = np.asarray(asked.weights * _few((here > ALIKE).sum(axis=0), len(here)), dtype=np.float32)
    close = np.asarray(asked.weights / (1 + _off(wanted)), dtype=np.float32)
    return {
        "meaning": _share(here, asked.weights),
        "meaning_here": _share(here, few),
        "meaning_with_both": _share(both, few),
        "meaning_near_asking": _share(here, close),
        "unsaid": _most_unsaid(here, few),
        "unsaid_rare": _most_unsaid(here, asked.weights),
        "unsaid_round": _most_unsaid(both, asked.weights),
        "unsaid_near_asking": _most_unsaid(here, close),
    }


def _most_unsaid(here: Floats, weights: Floats) -> Floats:
    return np.asarray(-(weights * (1 - here)).max(axis=1, initial=0.0), dtype=np.float32)


def _off(wanted: Wanted) -> Floats:
    """How many words each of the question's is off from the one that asks, or from its end."""
    asking = [at for at, word in enumerate(wanted.said) if word in interrogatives()] or [len(wanted.said)]
    first = [wanted.said.index(word) for word in wanted.place]
    return np.array([min(abs(at - each) for each in asking) for at in first], dtype=np.float32)


def _by_part(matches: Matches, wanted: Wanted, here: Floats) -> dict[str, Floats]:
    """How much stands of the question's names, of its other words, and of the words close to the one that asks."""
    named = np.array([any(part in wanted.capitals for part in word.split("_")) for word in wanted.place], dtype=bool)
    alone = matches.stands & (matches.stands.sum(axis=0) == 1)
    return {
        "names": _share(matches.stands, here * named),
        "no_names": _share(matches.stands, here * ~named),
        "near_asking": _share(matches.stands, np.asarray(here / (1 + _off(wanted)), dtype=np.float32)),
        "only_here": _share(alone, here),
    }


def _bearing(told: Words, alike: Floats, wanted: Wanted, here: Floats) -> dict[str, Floats]:
    """What could be the answer, how much of it there is, and how much of the question stands round it."""
    new = _new(told, wanted)
    firm = np.where(alike > ALIKE, alike, 0).astype(np.float32)
    round_, close = (_share(told.round(firm, reach), here) for reach in (ROUND, CLOSE))
    rare = (told.rows == 0) | (told.rows > COMMON)
    kinds = BEARING.get(wanted.way.name, 0)
    bearing = new & ((told.flags & kinds) > 0 if kinds else rare)
    cues = np.fromiter((word in wanted.way.cues for word in told.said), dtype=np.bool_, count=len(told.said))
    columns = {
        "bearing": told.number(bearing).astype(np.float32),
        "bearing_round": told.best(round_, bearing),
        "bearing_close": told.best(close, bearing),
        "new_round": told.best(round_, new & rare),
        "cues": told.number(cues).astype(np.float32),
        "cues_round": told.best(round_, cues),
        "round_best": told.best(round_),
        **_of_focus(told, alike, bearing, wanted),
    }
    for name, flag in (("number", NUMBER), ("year", YEAR), ("name", NAME)):
        such = new & ((told.flags & flag) > 0)
        columns |= {name: told.number(such).astype(np.float32), f"{name}_round": told.best(round_, such)}
    return columns


def _new(told: Words, wanted: Wanted) -> Marks:
    """The words that the question doesn't have, as such or in parts."""
    whole, parts = set(wanted.said), {part for word in wanted.said for part in word.split("_")}
    new = (word not in whole and not parts.issuperset(word.split("_")) for word in told.said)
    return np.fromiter(new, dtype=np.bool_, count=len(told.said))


def _of_focus(told: Words, alike: Floats, bearing: Marks, wanted: Wanted) -> dict[str, Floats]:
    """Whether the word for what is asked for stands here, and what could be the answer beside it."""
    place = wanted.place.get(focus_of(wanted.said))
    if place is None:
        unknown = np.full(told.count, np.nan, dtype=np.float32)
        return {"focus": unknown, "focus_bearing": unknown}
    focus = alike[:, place]
    beside = told.round(bearing.astype(np.float32), CLOSE, itself=False)
    return {"focus": told.best(focus), "focus_bearing": told.best(np.asarray(focus * beside, dtype=np.float32))}


def _of_pieces(pieces: Sequence[Piece], told: Words, around: Neighbours) -> Columns:
    position, count = around.position()
    return {
        "position": position,
        "from_end": count - 1 - position,
        "pieces": count,
        "length": np.log1p(told.lengths),
        "pronoun": np.array([bool(_PRONOUN.match(piece.text)) for piece in pieces], dtype=np.bool_),
        "commas": np.log1p([piece.commas for piece in pieces]),
        "headed": np.array([piece.headed for piece in pieces], dtype=np.bool_),
        "row": np.array([piece.row for piece in pieces], dtype=np.bool_),
        "rank": np.array([piece.rank for piece in pieces], dtype=np.float32),
    }


def _missing(
    matches: Matches, soft: Floats, told: Words, alike: Floats, here: Floats, vectors: WordVectors
) -> dict[str, Floats]:
    """The weight of the rarest word that is missing, of the one that is likest here, and how much is to the point."""
    weights = rarity(told.rows, vectors)
    meant = np.bincount(told.owners, weights * alike.max(axis=1, initial=0.0), minlength=told.count)
    return {
        "missed": missed(matches.stands, _weighing(here)),
        "soft_missed": np.asarray((here * (1 - soft)).max(axis=1, initial=0.0), dtype=np.float32),
        "best_word": np.asarray((here * soft).max(axis=1, initial=0.0), dtype=np.float32),
        "meant": np.asarray(meant / (np.bincount(told.owners, weights, minlength=told.count) + 1e-6), dtype=np.float32),
    }


def _weighing(weights: Floats) -> Asked:
    """Words that are only weighed."""
    size = len(weights)
    return Asked(np.arange(size), weights, np.arange(size, dtype=np.int32), np.zeros((size, size), dtype=np.bool_))


def _relative(compared: Mapping[str, Floats], around: Neighbours) -> Columns:
    """Each with how far it is behind the best piece's, and behind the best of its passage."""
    columns: Columns = {}
    for name, values in compared.items():
        columns[name] = values
        columns[f"{name}_behind"] = values - values.max(initial=-np.inf)
        columns[f"{name}_behind_here"] = around.behind(values)
    return columns
