"""Retrieved passages to evidence: what could be quoted, scored against the question.

A sentence is judged with its context: the headings above it, its document's title and the passage round it count
for less than its own words. What the question insists on (a year, a place, an agency, a document) must be there.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from assistant.candidates import Candidate, View, about, view, whole_unit
from assistant.cells import measure_of
from assistant.lead import names_a_person
from assistant.library import Library
from assistant.match import LEVELS, find_levels, flat, flat_bare, holds, longest_run, single_years
from assistant.ranker import Ranker
from assistant.sentences import MEASURES, Piece, features
from assistant.types import Constraint, Evidence, Found, Query, Term
from assistant.understand import ALONE, index_keys, is_stopword, says_opposite
from ingest.types import Unit
from ingest.values import bare

# Where a term may stand: in the quoted words, a heading above, the title, the same paragraph, the passage round it.
# What finding it there is worth, and how much it tells that the text is about the question at all.
WORTH = (1.0, 0.75, 0.6, 0.4, 0.3)
COVERS = (1.0, 0.95, 0.9, 0.85, 0.5)
TITLE_RUN_BONUS = 0.3  # of the question's syllables that stand in a row in the document's title
NEAR_BONUS = 0.15  # neighbouring terms of the question that stand together
WANTED_BONUS = 0.15  # the kind of value asked for is there
ASKED_FACTOR = 1.5  # what is asked about the subject: the fee, the deadline, who leads
RANK_SHARE = 0.2  # of how well the passage ranks, the best being 1
# What a text without the kind of value asked for is still worth; names of bodies take more forms than numbers do.
WRONG_KIND = {"quantity": 0.6, "years": 0.6, "rank": 0.7, "date": 0.7, "person": 0.85, "agency": 0.85}
NOTHING_ASKED = 0.7  # a text without any word for what is asked about the subject is about the subject only
_TIMES, _PLACES, _BODIES = {"year", "years", "quarter", "date"}, {"place", "level"}, {"agency", "index", "noun"}
# What a value is compared with is not what it is of.
_COMPARED = re.compile(r" so với (?:cùng kỳ )?(?:năm |quý )?\d+(?: \d{4})?(?= )")
SAMPLE_FACTOR = 0.8  # an illustrative text yields to a real one that says as much
SUM_SHARE = 8.0  # what this sum counts for beside the odds of the scorer
NAMED = 4.0  # what a name adds to these odds where a person is asked for
LEAST = 1e-4  # of a share, for its odds
SCORED = 48  # the best by this sum, which the trained scorer puts in order


def weighted(query: Query, library: Library) -> Query:
    """The query with each term weighted by how rare it is among the passages.

    What is asked weighs at least as much as the subject's words, though every procedure has a heading for it.
    """
    rarities = {term: _rarity(term, library) for whole in query.terms for term in _known_parts(whole, library)}
    subject = [rarity for term, rarity in rarities.items() if not term.asked]
    floor = sum(subject) / len(subject) if subject else 0.0
    terms = (
        replace(term, rarity=rarity, weight=ASKED_FACTOR * max(rarity, floor) if term.asked else rarity)
        for term, rarity in rarities.items()
    )
    return replace(query, terms=tuple(terms))


def _known_parts(term: Term, library: Library) -> Iterator[Term]:
    """A compound that no passage has, cut into the words that some have and phrases of what is left.

    `hồ sơ cấp` is `hồ sơ` and `cấp`; in `giấy phép lái xe`, with `lái` and `xe` unknown, `lái xe` stays one phrase.
    """
    syllables = term.forms[0].split()
    if len(syllables) < 3 or not term.typed or any(_frequency(form, library) for form in term.forms):
        yield term
        return
    left: list[str] = []
    start = 0
    while start < len(syllables):
        ends = range(len(syllables), start + 1, -1)
        end = next((e for e in ends if _frequency(" ".join(syllables[start:e]), library)), start)
        if end == start:
            left.append(syllables[start])
            start += 1
            continue
        yield from _phrases(left, term)
        yield replace(term, forms=(" ".join(syllables[start:end]),))
        left, start = [], end
    yield from _phrases(left, term)


def _phrases(left: list[str], term: Term) -> Iterator[Term]:
    if left and not (len(left) == 1 and is_stopword(left[0])):
        yield replace(term, forms=(" ".join(left),))


def _rarity(term: Term, library: Library) -> float:
    """Inverse document frequency of the most frequent form, never zero; none for what stands for a question word."""
    if not term.typed:
        return 0.0
    frequency = max(_frequency(form, library) for form in term.forms)
    return math.log(1 + (library.size + 0.5) / (frequency + 0.5))


def _frequency(form: str, library: Library) -> int:
    return library.document_frequency(form.replace(" ", "_"))


@dataclass(frozen=True, slots=True)
class Weighed:
    """Evidence, what it was made of, and what was measured on the way.

    `passage` counts the passages found, `rank` tells how well this one ranks; `share` is how likely the trained scorer
    finds that it answers, `judged` what it judged by.
    """

    evidence: Evidence
    candidate: Candidate
    seen: View
    passage: int
    rank: float
    measures: tuple[float, ...]
    share: float = 0.0
    judged: Mapping[str, float] = field(default_factory=dict)

    @property
    def piece(self) -> Piece:
        candidate = self.candidate
        text = self.seen.document.text[candidate.start : candidate.end]
        row = candidate.unit.kind == "hang"
        return Piece(text, self.passage, self.rank, self.measures, candidate.commas, candidate.headed, row)

    def overlaps(self, other: Weighed) -> bool:
        a, b = self.evidence, other.evidence
        return a.document_id == b.document_id and a.start < b.end and b.start < a.end


def gather(query: Query, found: Sequence[Found], library: Library, scorer: Ranker | None = None) -> list[Weighed]:
    """Evidence from the passages, best first. `query` is weighted."""
    pieces = weighed(query, found, library)
    if scorer and pieces:
        pieces = _judged(query, pieces, scorer, library)
    return sorted(pieces, key=lambda w: (-_order(query, w), w.evidence.document_id, w.evidence.start))


def _order(query: Query, piece: Weighed) -> float:
    """The odds of the scorer's share, and some of the sum, which knows rows and kinds of values that it has seen few
    of; what the scorer left out comes last."""
    return logit(piece.share) + SUM_SHARE * piece.evidence.score + NAMED * names_whom(query, piece)


def logit(share: float) -> float:
    """The logarithm of a share's odds."""
    bounded = min(max(share, LEAST), 1 - LEAST)
    return math.log(bounded / (1 - bounded))


def names_whom(query: Query, piece: Weighed) -> bool:
    """Whether a question for a person meets a name: most texts have only offices, of which the scorer saw many."""
    start, end = piece.candidate.start, piece.candidate.end
    return query.wanted == "person" and names_a_person(piece.seen.document.text[start:end])


def _judged(query: Query, pieces: Sequence[Weighed], scorer: Ranker, library: Library) -> list[Weighed]:
    """The best pieces with the scorer's shares."""
    judged = list(pieces)
    places = first_to_score(pieces)
    rows, names = features(query, [pieces[at].piece for at in places], library.priors.vectors)
    for at, row, share in zip(places, rows.tolist(), scorer.scores(rows, names).tolist(), strict=True):
        judged[at] = replace(pieces[at], share=share, judged=dict(zip(names, row, strict=True)))
    return judged


def weighed(query: Query, found: Sequence[Found], library: Library) -> list[Weighed]:
    """Everything quotable of the passages, once each, in the order of the passages and of their texts."""
    sought = _Sought.of(query)
    pieces: dict[tuple[str, int, int], Weighed] = {}
    best = max((passage.score for passage in found), default=0.0) or 1.0
    for at, passage in enumerate(found):
        seen = view(passage, library)
        for candidate in seen.candidates if seen else ():
            assert seen is not None
            # The square root, since shares are far apart: one of a tenth of the best is often about the same.
            piece = _weigh(sought, candidate, seen, at, math.sqrt(passage.score / best), passage.score)
            place = (passage.document_id, candidate.start, candidate.end)
            if place not in pieces or pieces[place].evidence.score < piece.evidence.score:
                pieces[place] = piece
    return sorted(pieces.values(), key=lambda each: (each.passage, each.candidate.start, -each.candidate.end))


def first_to_score(pieces: Sequence[Weighed]) -> list[int]:
    """The places of those that go to the scorer, in their order."""
    order = np.argsort([-each.evidence.score for each in pieces], kind="stable")
    return sorted(order[:SCORED].tolist())


def addressed(query: Query, found: Sequence[Found], library: Library) -> list[Weighed]:
    """The units with the address that the question names, in the documents found."""
    sought = _Sought.of(query)
    pieces: list[Weighed] = []
    for id_ in dict.fromkeys(passage.document_id for passage in found):
        parsed = library.document(id_)
        for unit in parsed.units if parsed else ():
            if parsed and f"/{unit.path}".endswith(f"/{query.address}"):
                candidate = whole_unit(unit, parsed.document)
                seen = View(parsed.document, about(parsed, library), candidate.own, (candidate,))
                piece = _weigh(sought, candidate, seen, 0, 1.0, 1.0)
                pieces.append(replace(piece, evidence=replace(piece.evidence, coverage=1.0)))
    return sorted(pieces, key=lambda each: -each.evidence.score)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A query ready to be compared with many candidates.

    `terms`: how each is spelled, the share of the question's weight that it is, the share of its subject, and whether
    it is what is asked about that. `pairs`: neighbouring terms as they are spelled, and what finds them close together.
    """

    query: Query
    terms: tuple[tuple[tuple[str, ...], float, float, bool], ...]
    pairs: tuple[tuple[str, str, re.Pattern[str]], ...]
    plain: str
    compared: bool

    @classmethod
    def of(cls, query: Query) -> _Sought:
        total = sum(term.weight for term in query.terms) or 1.0
        given = _given(query)
        of_subject = [term.typed and term.forms[0] not in given for term in query.terms]
        subject = sum(term.rarity for term, counts in zip(query.terms, of_subject, strict=True) if counts)
        terms = tuple(
            (
                _spellings(term),
                term.weight / total,
                (term.rarity / subject if counts else 0.0) if subject else term.weight / total,
                term.asked,
            )
            for term, counts in zip(query.terms, of_subject, strict=True)
        )
        spelled = (term.forms[0] for term in query.terms)
        pairs = tuple((f" {a} ", f" {b} ", _near_pattern(a, b)) for a, b in itertools.pairwise(spelled))
        return cls(query, terms, pairs, flat_bare(query.text), " so với " in flat(query.text))


def _weigh(sought: _Sought, candidate: Candidate, seen: View, passage: int, rank: float, found: float) -> Weighed:
    query = sought.query
    worth, coverage, asked = _worth(sought, candidate, seen)
    of_kind, nearness = _has_wanted(query, candidate), _nearness(sought, candidate)
    run = _shared_run(sought.plain, flat_bare(seen.document.title))
    missing = tuple(c for c in query.constraints if not _meets(c, candidate, seen, compared=sought.compared))
    score = worth + NEAR_BONUS * nearness + WANTED_BONUS * of_kind + RANK_SHARE * rank
    score *= (1.0 if of_kind else WRONG_KIND.get(query.wanted, 1.0)) * (1.0 if asked else NOTHING_ASKED)
    score += TITLE_RUN_BONUS * run
    score *= SAMPLE_FACTOR if seen.document.illustrative else 1.0
    evidence = Evidence(
        document_id=seen.document.id,
        unit=candidate.unit,
        start=candidate.start,
        end=candidate.end,
        score=score,
        coverage=coverage,
        of_kind=of_kind > 0,
        missing=missing,
    )
    lacking = [float(sum(c.kind in kinds for c in missing)) for kinds in (_TIMES, _PLACES, _BODIES)]
    measures = (score, worth, coverage, of_kind, nearness, float(asked), run, found, float(len(missing)), *lacking)
    assert len(measures) == len(MEASURES)
    return Weighed(evidence, candidate, seen, passage, rank, measures)


def _worth(sought: _Sought, candidate: Candidate, seen: View) -> tuple[float, float, bool]:
    """The share of the question's weight that stands here, the share of its subject that this is about, and whether
    something of what is asked about that subject stands in it or above it.
    """
    forms = _places(candidate, seen)
    worth = coverage = 0.0
    asked = not any(is_asked for _, _, _, is_asked in sought.terms)
    for spellings, weight, of_subject, is_asked in sought.terms:
        place = _first_place(spellings, forms)
        if place is not None:
            asked = asked or (is_asked and place < 2)
            worth += WORTH[place] * weight
            coverage += COVERS[place] * of_subject
    return worth, coverage, asked


def _first_place(spellings: Sequence[str], forms: Sequence[str]) -> int | None:
    for place, form in enumerate(forms):
        for spelling in spellings:
            if spelling in form:
                return place
    return None


def _places(candidate: Candidate, seen: View) -> tuple[str, ...]:
    """Where a term may stand, in the order of `WORTH`."""
    return candidate.own, candidate.above, seen.about.title, candidate.line, seen.around


def stands(term: Term, piece: Weighed, places: int) -> bool:
    """Whether a term stands in one of the first so many places where it may."""
    return _first_place(_spellings(term), _places(piece.candidate, piece.seen)[:places]) is not None


def _given(query: Query) -> set[str]:
    """Words that tell when and where, and what is counted, which are required anyway; a place's may have been cut."""
    keys = {c.key for c in query.constraints if c.kind in {"year", "years", "quarter", "place"}} | set(query.units)
    return keys | {part for c in query.constraints if c.kind == "place" for part in c.key.split()}


def _spellings(term: Term) -> tuple[str, ...]:
    """The term's forms with the spaces that end them in a flat text."""
    return tuple(f" {form} " for form in term.forms)


def _nearness(sought: _Sought, candidate: Candidate) -> float:
    """Share of neighbouring term pairs of the question that stand within three syllables of one another."""
    own = candidate.own
    near = sum(a in own and b in own and bool(pattern.search(own)) for a, b, pattern in sought.pairs)
    return near / len(sought.pairs) if sought.pairs else 0.0


@functools.lru_cache(maxsize=1024)
def _near_pattern(one: str, next_: str) -> re.Pattern[str]:
    return re.compile(rf" {re.escape(one)} (?:\S+ ){{0,3}}{re.escape(next_)} ")


@functools.lru_cache(maxsize=4096)
def _shared_run(question: str, title: str) -> float:
    """The longest run of syllables that the question shares with a title, as a share of the question.

    It tells `đăng ký chuyển đến` from `đăng ký chuyển đi`, which differ in a word too common to weigh anything.
    """
    asked = question.split()
    return longest_run(asked, title.split())[1] / len(asked) if asked else 0.0


def _has_wanted(query: Query, candidate: Candidate) -> float:
    """How sure it is, from 0 to 1, that the kind of value asked for is there."""
    if query.wanted == "quantity":
        return _has_quantity(query.units, candidate)
    if query.wanted in {"list", "text"}:
        return 1.0 if candidate.headed else min(1.0, candidate.commas / 4)
    if query.wanted == "document":
        return 1.0
    if query.wanted == "person" and "person" not in candidate.kinds:  # who does something may be a body
        return 0.5 if "agency" in candidate.kinds else 0.0
    return float(query.wanted in candidate.kinds)


def _has_quantity(units: Sequence[str], candidate: Candidate) -> float:
    if not units or not candidate.after_numbers:
        return 0.6 if candidate.after_numbers else 0.0
    if any(after.startswith(bare(unit)) for after in candidate.after_numbers for unit in units):
        return 1.0
    named = candidate.own + candidate.above
    in_table = bool(candidate.unit.cells) and any(f" {unit} " in named or unit == "%" for unit in units)
    return 0.8 if in_table else 0.0


def _meets(constraint: Constraint, candidate: Candidate, seen: View, *, compared: bool) -> bool:
    """Whether the evidence is about what the question insists on: by its own words, or by what it stands in."""
    key = constraint.key
    own = candidate.own + candidate.above
    if constraint.kind in {"year", "quarter"} and not compared:
        own = _COMPARED.sub(" ", own)
    context = seen.about.title
    if constraint.kind == "index" and any(holds(own, other) for other in index_keys()):
        context = " "  # a title may name five indices; this is about those that it names itself
    match constraint.kind:
        case "year" | "years":
            return _meets_period(constraint, candidate, seen, own, context)
        case "share" | "opposite" | "contact":
            return not _says_otherwise(constraint, candidate, own)
        case "level":
            return _meets_level(key, candidate, seen, own)
        case "date" | "quarter" | "index" | "place" | "noun":
            around = seen.around if constraint.kind in {"date", "noun"} else ""
            is_there = constraint.kind == "place" and key == seen.about.place
            return is_there or _stands(key, own, context, around)
        case "agency":
            return _meets_agency(key, candidate, seen, own + context)
    return holds(context, key) or holds(seen.about.whole, key)  # a document or a procedure


def _says_otherwise(constraint: Constraint, candidate: Candidate, own: str) -> bool:
    """Whether a row only counts of what the share is asked for; a text has no number or address to reach anyone by; or
    it, or else its paragraph, has a word's opposite and not the word."""
    if constraint.kind == "contact":
        return "contact" not in candidate.kinds
    if constraint.kind == "share":
        return not _tells_shares(candidate.unit)
    return says_opposite(constraint.key, own, candidate.line)


def _tells_shares(unit: Unit) -> bool:
    """Whether a row may hold a share: one that says what it counts must say so."""
    said = " ".join(itertools.chain.from_iterable(unit.cells)).lower()
    return not measure_of(unit) or any(mark in said for mark in ("%", "phần trăm", "tỷ lệ", "tỉ lệ"))


def _meets_level(key: str, candidate: Candidate, seen: View, own: str) -> bool:
    """A text that names levels must name this one; what names none is of the province, or of what its passage names."""
    if holds(own, key) or seen.document.kind == "Thủ tục hành chính":
        return True
    named = find_levels(own)
    if named or holds(own, "toàn tỉnh"):
        return key == LEVELS[0] and not named
    return key == LEVELS[0] or (not candidate.unit.cells and holds(seen.around, key))


def _meets_period(constraint: Constraint, candidate: Candidate, seen: View, own: str, context: str) -> bool:
    """A year by itself or, unless it is asked for alone, as the end of a range; or the heading's or issue's where no
    other is named. A range as such or by both its ends."""
    key = constraint.key
    if constraint.kind == "years":
        return holds(own + context, key) or all(holds(own, end) for end in key.split("-"))
    above = single_years(" . ".join((*candidate.unit.heading, seen.about.heading)))
    issued = str(seen.document.issued_on.year) if seen.document.issued_on else ""
    named = holds(own, key)
    if named and constraint.said.startswith(ALONE):
        named = key in single_years(seen.document.text[candidate.start : candidate.end]) | above
    return named or (key in {*above, issued} and not _names_a_year(own))


def _meets_agency(key: str, candidate: Candidate, seen: View, near: str) -> bool:
    """A row must name the agency itself; a sentence may be in a passage or a document that is about it."""
    if candidate.unit.kind == "hang":
        return holds(near, key)
    issuer = flat(seen.document.issuer or "")
    return key == seen.about.agency or _stands(key, near, seen.around, issuer)


def _stands(key: str, *texts: str) -> bool:
    return any(holds(text, key) for text in texts)


def _names_a_year(own: str) -> bool:
    return bool(re.search(r" (?:19|20)\d\d ", own))
