"""What the ranker judges sections by: (question, section) as numbers, for all candidates at once.

A section's words are compared with the question's one for one, syllable by syllable (compounds are not always cut
alike) and by the likeness of word vectors; its windows' vectors with the question's; and what other candidates there
are of the same work counts too. Array work throughout: a question has 80 candidates with 16,000 words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.overlap import (
    Asked,
    Blocks,
    Floats,
    Matches,
    Numbers,
    Texts,
    best_of_each,
    coverage,
    missed,
    order,
)
from assistant.priors import Priors, asks_definition
from ingest.lists import spread
from ingest.terms import HEADING_WEIGHT, K1, B

# Words in which a clause is told; how much of the question stands together is looked for in two or three of these.
BLOCK = 12
# What follows in a longer section is not compared word by word.
COMPARED_WORDS = 900
# Average syllables of a section, for weighing syllables as BM25 weighs words.
SECTION_SYLLABLES = 300
# Candidates towards which the question's vector is moved, and the weights of both sides in the first sum.
FEEDBACK = 4
WORDS_SHARE, VECTORS_SHARE = 0.5, 0.6

Columns = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question's words and its vector."""

    words: tuple[str, ...]
    vector: Floats


@dataclass(frozen=True, slots=True)
class Candidates:
    """Sections by number with their BM25 (whole) and the best of their windows' likeness to the question."""

    sections: Numbers
    bm25: Floats
    likeness: Floats

    @property
    def first_sum(self) -> Floats:
        """What orders candidates before the ranker does. `bm25` and `likeness` are compared with the best only."""
        top = self.bm25.max(initial=0.0) + 1e-6
        return np.asarray(WORDS_SHARE * self.bm25 / top + VECTORS_SHARE * self.likeness, dtype=np.float32)

    def take(self, chosen: NDArray[np.intp]) -> Candidates:
        return Candidates(self.sections[chosen], self.bm25[chosen], self.likeness[chosen])


def candidates(question: Question, sections: Numbers, bm25: Floats, priors: Priors) -> Candidates:
    likenesses, owners = _window_likenesses(question.vector, sections, priors)[:2]
    return Candidates(sections, bm25, best_of_each(likenesses, owners, len(sections)))


def _window_likenesses(vector: Floats, sections: Numbers, priors: Priors) -> tuple[Floats, Numbers, Floats]:
    """The question's likeness to each window of the sections, whose it is, and its vector."""
    first = priors.section_windows[sections]
    lengths = priors.section_windows[sections + 1] - first
    rows = _rows(first, lengths, priors)
    return priors.likeness(rows, vector), np.repeat(np.arange(len(sections)), lengths), rows


def _rows(first: Numbers, lengths: Numbers, priors: Priors) -> Floats:
    return np.asarray(priors.windows[spread(first, lengths)], dtype=np.float32)


def fit(question: Question, passages: Numbers, priors: Priors) -> Floats:
    """How much of the question each passage has by itself, words and meaning added as in `first_sum`."""
    first = priors.passage_windows[passages]
    lengths = priors.passage_windows[passages + 1] - first
    likenesses = priors.likeness(_rows(first, lengths, priors), question.vector)
    meaning = best_of_each(likenesses, np.repeat(np.arange(len(passages)), lengths), len(passages))
    own = Texts.of(priors.sections.forward.own, passages, passages + 1, COMPARED_WORDS)
    asked = Asked.of(priors.sections.ids(question.words), priors.rarity, len(priors.rarity))
    words = coverage(Matches.find(own, asked).stands, asked)
    return np.asarray(WORDS_SHARE * words + VECTORS_SHARE * np.maximum(meaning, 0), dtype=np.float32)


def features(question: Question, found: Candidates, priors: Priors) -> tuple[Floats, list[str]]:
    """A row a candidate, a column a feature, and the columns' names."""
    count = len(found.sections)
    forward = priors.sections.forward
    document = priors.sections.document_of[found.sections]
    passages = forward.passages_of
    own = Texts.of(forward.own, passages[found.sections], passages[found.sections + 1], COMPARED_WORDS)
    heading = Texts.of(forward.heading, found.sections, found.sections + 1)
    name = Texts.of(forward.name, document, document + 1)
    ids = priors.sections.ids(question.words)
    asked = Asked.of(ids, priors.rarity, len(priors.rarity))
    blocks = Blocks.cut(own, BLOCK)
    columns = {
        **_words(own, heading, name, blocks, asked, priors, question),
        **_syllables(own, heading, question, priors),
        **_scores(found, asked, priors),
        **_windows(question, found, priors),
        **_soft(own, heading, blocks, asked, priors),
        **_works(found, document, priors),
        "own_length": np.log1p(own.lengths()),
        "heading_length": heading.lengths(),
        "question_length": np.full(count, len(ids)),
        "unknown": np.full(count, len(question.words) - len(ids)),
        "heading_alike": priors.alike[found.sections],
    }
    return np.stack(list(columns.values()), axis=1).astype(np.float32), list(columns)


def _relative(columns: dict[str, Floats]) -> Columns:
    """Each with how far it is behind the best candidate's."""
    behind = {f"{name}_behind": values - values.max(initial=-np.inf) for name, values in columns.items()}
    return {**columns, **behind}


def _words(
    own: Texts, heading: Texts, name: Texts, blocks: Blocks, asked: Asked, priors: Priors, question: Question
) -> Columns:
    here, above, title = (Matches.find(texts, asked) for texts in (own, heading, name))
    columns: Columns = {}
    orders = {"own": order(here, asked, own.count), "heading": order(above, asked, own.count)}
    for field, matches in (("own", here), ("heading", above)):
        columns |= {
            f"{field}_coverage": coverage(matches.stands, asked),
            f"{field}_share": matches.stands.sum(axis=1) / max(len(asked.words), 1),
            f"{field}_missed": missed(matches.stands, asked),
            f"{field}_phrases": orders[field].phrases,
            f"{field}_run": orders[field].run,
            f"{field}_near": orders[field].near,
        }
    naming = order(title, asked, own.count)
    rarity = priors.rarity[heading.words]
    meant = np.bincount(heading.owners, rarity * (asked.place[heading.words] >= 0), minlength=own.count)
    everywhere = here.stands | above.stands | title.stands
    defined = _defined(own, here, orders["own"].ending, priors) / asked.total
    return columns | {
        "name_coverage": coverage(title.stands, asked),
        "name_phrases": naming.phrases,
        "name_run": naming.run,
        "coverage": coverage(here.stands | above.stands, asked),
        "coverage_with_name": coverage(everywhere, asked),
        "missed": missed(everywhere, asked),
        "heading_meant": meant / (np.bincount(heading.owners, rarity, minlength=own.count) + 1e-6),
        **_together(here, blocks, asked, own.count),
        **_relative({"defined": defined.astype(np.float32)}),
        "asks_definition": np.full(own.count, asks_definition(question.words)),
    }


def _defined(own: Texts, here: Matches, ending: Floats, priors: Priors) -> Floats:
    """The weight of the longest phrase of the question that a word like `là` follows at once."""
    following = np.minimum(here.at + 1, max(len(own.words) - 1, 0))
    told = priors.defining[own.words[following]] & (own.owners[following] == here.owners)
    return best_of_each(ending[told], here.owners[told], own.count)


def _together(here: Matches, blocks: Blocks, asked: Asked, count: int) -> Columns:
    """How much of the question stands within two or three blocks of words."""
    stands = np.zeros((len(blocks.owners), len(asked.words)), dtype=np.bool_)
    stands[blocks.of_word[here.at], here.which] = True
    two = blocks.with_next(stands)
    three = blocks.with_next(two)
    return {
        "within_two": best_of_each(coverage(two, asked), blocks.owners, count),
        "within_three": best_of_each(coverage(three, asked), blocks.owners, count),
    }


def _syllables(own: Texts, heading: Texts, question: Question, priors: Priors) -> Columns:
    parts = [part for word in question.words for part in word.split("_")]
    ids = [id_ for part in parts if (id_ := priors.syllable_of.get(part)) is not None]
    asked = Asked.of(ids, priors.syllable_rarity, len(priors.syllable_of))
    columns: Columns = {}
    frequency = np.zeros((own.count, len(asked.words)))
    length = np.zeros(own.count)
    stands = np.zeros(frequency.shape, dtype=np.bool_)
    for field, texts, weight in (("own", own, 1.0), ("heading", heading, HEADING_WEIGHT)):
        cut = texts.parts(priors.syllables)
        matches = Matches.find(cut, asked)
        told = order(matches, asked, own.count)
        columns |= {
            f"{field}_syllable_coverage": coverage(matches.stands, asked),
            f"{field}_syllable_phrases": told.phrases,
            f"{field}_syllable_run": told.run,
            f"{field}_syllable_near": told.near,
        }
        places = matches.owners * len(asked.words) + matches.which
        frequency += weight * np.bincount(places, minlength=frequency.size).reshape(frequency.shape)
        length += weight * cut.lengths()
        stands |= matches.stands
    norm = K1 * (1 - B + B * length / SECTION_SYLLABLES)
    bm25 = (asked.weights * frequency * (K1 + 1) / (frequency + norm[:, None])).sum(axis=1)
    return columns | {
        "syllable_bm25": bm25,
        "syllable_bm25_share": bm25 / (bm25.max(initial=0.0) + 1e-6),
        "syllable_coverage": coverage(stands, asked),
    }


def _scores(found: Candidates, asked: Asked, priors: Priors) -> Columns:
    return {
        # Of what a text without end would get that is made of the question.
        "bm25": found.bm25 / ((K1 + 1) * priors.rarest * asked.total),
        "bm25_share": found.bm25 / (found.bm25.max(initial=0.0) + 1e-6),
        "bm25_rank": _ranks(found.bm25),
        **_relative({"sum": found.first_sum}),
    }


def _ranks(values: Floats) -> Numbers:
    """0 for the largest."""
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(-values, kind="stable")] = np.arange(len(values))
    return ranks


def _windows(question: Question, found: Candidates, priors: Priors) -> Columns:
    likenesses, owners, rows = _window_likenesses(question.vector, found.sections, priors)
    count = len(found.sections)
    numbers = np.maximum(np.bincount(owners, minlength=count), 1)
    mean = np.bincount(owners, likenesses, minlength=count) / numbers
    others = likenesses.copy()
    best = likenesses >= found.likeness[owners]
    others[best] = -1.0
    second = best_of_each(others, owners, count)
    vectors = np.zeros((count, rows.shape[1]), dtype=np.float32)
    vectors[owners[best]] = rows[best]
    moved = vectors[np.argsort(-found.first_sum, kind="stable")[:FEEDBACK]].mean(axis=0) + question.vector
    moved /= np.linalg.norm(moved) + 1e-9
    feedback = best_of_each(priors.likeness(rows, moved), owners, count)
    return {
        **_relative({"window": found.likeness, "windows": mean.astype(np.float32), "feedback": feedback}),
        "second_window": np.where(second < 0, found.likeness, second),
        "window_rank": _ranks(found.likeness),
    }


def _soft(own: Texts, heading: Texts, blocks: Blocks, asked: Asked, priors: Priors) -> Columns:
    """How alike the likest word is to each of the question's, in the section, its heading, and two blocks of it.

    Weighed by rarity (`soft`) and by how much a word turns a text's vector (`strong`).
    """
    alike, place = _word_likeness(own, heading, asked, priors)
    in_block = best_of_each(alike[place[own.words]], blocks.of_word, len(blocks.owners))
    in_own = best_of_each(in_block, blocks.owners, own.count)
    in_heading = best_of_each(alike[place[heading.words]], heading.owners, own.count)
    whole = np.maximum(in_own, in_heading)
    two = blocks.with_next(in_block)
    under_heading = np.maximum(two, in_heading[blocks.owners])
    rarity = asked.weights / asked.total
    strength = priors.vectors.strength[priors.vector_of[asked.words]]
    strength /= strength.sum() + 1e-6
    columns = {
        name: np.asarray(rows @ weights, dtype=np.float32)
        for name, rows, weights in (
            ("soft", whole, rarity),
            ("strong", whole, strength),
            ("soft_heading", in_heading, rarity),
            ("strong_heading", in_heading, strength),
        )
    }
    for name, rows, weights in (
        ("soft_within", two, rarity),
        ("strong_within", two, strength),
        ("strong_under_heading", under_heading, strength),
    ):
        columns[name] = best_of_each(np.asarray(rows @ weights, dtype=np.float32), blocks.owners, own.count)
    return {**_relative(columns), "soft_least": whole.min(axis=1, initial=1.0)}


def _word_likeness(own: Texts, heading: Texts, asked: Asked, priors: Priors) -> tuple[Floats, NDArray[np.int32]]:
    """Rows of likenesses (0 to 1) to the question's words for the words that occur, and the row of each word."""
    occurs = np.zeros(len(priors.vector_of), dtype=np.bool_)
    occurs[own.words] = True
    occurs[heading.words] = True
    words = np.flatnonzero(occurs)
    place = np.zeros(len(occurs), dtype=np.int32)
    place[words] = np.arange(len(words))
    unit = priors.vectors.unit
    alike = np.maximum(unit[priors.vector_of[words]] @ unit[priors.vector_of[asked.words]].T, 0)
    same = asked.place[words]
    alike[np.flatnonzero(same >= 0), same[same >= 0]] = 1.0
    return alike, place


def _works(found: Candidates, document: Numbers, priors: Priors) -> Columns:
    """What other candidates are of the same work, and what work it is."""
    score = found.first_sum
    work = priors.work_of[found.sections]
    _, which, counts = np.unique(work, return_inverse=True, return_counts=True)
    by_work = np.lexsort((-score, which))
    rank = np.empty(len(score), dtype=np.int64)
    rank[by_work] = np.arange(len(score)) - np.repeat(np.cumsum(counts) - counts, counts)
    best = np.zeros(len(counts), dtype=np.float32)
    best[which[rank == 0]] = score[rank == 0]
    three = np.bincount(which, np.where(rank < 3, score, 0.0)).astype(np.float32)
    year = priors.year_of[document]
    return {
        "work_candidates": counts[which],
        "work_best": best[which],
        "work_rank": rank,
        "work_behind": score - best[which],
        **_relative({"work_three": three[which]}),
        "work_sections": priors.work_sections[work],
        # Of works that tell their year, how many years older than the newest.
        "year_behind": np.where(year > 0, year - year.max(initial=0.0), np.nan),
        "kind": priors.kind_of[document],
    }
