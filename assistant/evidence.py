"""From retrieved passages to what may be quoted: sentences, table rows and headed lists, scored against the question.

A sentence is judged with its context: the headings above it, its document's title and the passage round it count
for less than its own words. What the question insists on (a year, a place, an agency, a document) must be there.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.lead import is_ordinal
from assistant.library import Library
from assistant.match import flat, flat_bare, holds, single_years
from assistant.types import Constraint, Evidence, Found, Query, Term
from assistant.understand import most_named
from ingest.text import sentences
from ingest.types import ParsedDocument, Unit
from ingest.values import bare, find_values

# What a term is worth by where it stands: in the quoted words, a heading above, the title, the passage round it.
OWN, HEADING, TITLE, AROUND = 1.0, 0.75, 0.6, 0.3
# The same for coverage, which only asks whether the text is about the question at all.
COVER_HEADING, COVER_TITLE, COVER_AROUND = 0.95, 0.9, 0.5
TITLE_RUN_BONUS = 0.3  # of the question's syllables that stand in a row in the document's title
NEAR_BONUS = 0.15  # neighbouring terms of the question that stand together
WANTED_BONUS = 0.15  # the kind of value asked for is there
ASKED_FACTOR = 1.5  # what is asked about the subject: the fee, the deadline, who leads
RANK_SHARE = 0.25  # of the passage's own score
# What a text without the kind of value asked for is still worth; names of bodies take more forms than numbers do.
WRONG_KIND = {"quantity": 0.6, "years": 0.6, "rank": 0.7, "date": 0.7, "person": 0.85, "agency": 0.85}
SAMPLE_FACTOR = 0.85  # an illustrative text yields to a real one that says as much
LIST_LENGTH = 1800  # characters; a longer headed unit is quoted by its first line only

_PATTERNS = {
    "rank": re.compile(r"thứ (?:\d|nhất|nhì|hai|ba)|hạng|(?:đứng|xếp|dẫn) (?:đầu|nhất)|vị trí|ngôi đầu|nhóm \d", re.IGNORECASE),
    "date": re.compile(r"\d{1,2}/\d|ngày \d|tháng \d|quý [IVX\d]|hằng (?:năm|quý|tháng)|thường xuyên|ngày làm việc|giờ", re.IGNORECASE),
    "person": re.compile(r"(?:đồng chí|ông|bà) [A-ZĐÀ-Ỹ]|(?:Chủ tịch|Bí thư|Giám đốc|Chánh|Trưởng)\b"),
    "agency": re.compile(r"\b(?:Sở|Ban|Ủy ban|UBND|HĐND|Văn phòng|Công an|Cục|Chi cục|Trung tâm|Thanh tra|Bộ|Chủ tịch|Cơ quan)\b"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A span that could be quoted: `own` is matched as its words, `columns` as headings."""

    unit: Unit
    start: int
    end: int
    own: str
    columns: tuple[str, ...] = ()
    headed: bool = False


def weighted(query: Query, library: Library) -> Query:
    """The query with each term weighted by how rare it is among the passages; what is asked weighs at least as much
    as the subject's words, though every procedure has a heading for it.
    """
    rarities = {term: _rarity(term, library) for whole in query.terms for term in _known_parts(whole, library)}
    subject = [rarity for term, rarity in rarities.items() if not term.asked]
    floor = sum(subject) / len(subject) if subject else 0.0
    terms = (
        replace(term, weight=ASKED_FACTOR * max(rarity, floor) if term.asked else rarity)
        for term, rarity in rarities.items()
    )
    return replace(query, terms=tuple(terms))


def _known_parts(term: Term, library: Library) -> Iterator[Term]:
    """A compound that no passage has, cut into the longest words that some passage has (`hồ sơ cấp` → `hồ sơ`, `cấp`)."""
    syllables = term.forms[0].split()
    if len(syllables) == 1 or any(library.document_frequency(form.replace(" ", "_")) for form in term.forms):
        yield term
        return
    start = 0
    while start < len(syllables):
        ends = range(len(syllables), start, -1)
        end = next((e for e in ends if library.document_frequency("_".join(syllables[start:e]))), start + 1)
        yield Term((" ".join(syllables[start:end]),), term.asked)
        start = end


def _rarity(term: Term, library: Library) -> float:
    """Inverse document frequency of the term's most frequent form."""
    frequency = max(library.document_frequency(form.replace(" ", "_")) for form in term.forms)
    return math.log(1 + (library.size - frequency + 0.5) / (frequency + 0.5))


def gather(query: Query, found: Sequence[Found], library: Library) -> list[Evidence]:
    """Evidence from the passages, best first. `query` is weighted."""
    evidence: dict[tuple[str, int, int], Evidence] = {}
    for passage in found:
        parsed = library.document(passage.document_id)
        if parsed is None:
            continue
        for candidate in _candidates(parsed, passage):
            scored = _score(query, candidate, parsed, passage)
            place = (passage.document_id, candidate.start, candidate.end)
            if place not in evidence or evidence[place].score < scored.score:
                evidence[place] = scored
    return sorted(evidence.values(), key=lambda e: (-e.score, e.document_id, e.start))


def addressed(query: Query, found: Sequence[Found], library: Library) -> list[Evidence]:
    """The units with the address that the question names, in the documents found that meet its constraints."""
    evidence: list[Evidence] = []
    for id_ in dict.fromkeys(passage.document_id for passage in found):
        parsed = library.document(id_)
        for unit in parsed.units if parsed else ():
            if query.address and f"/{unit.path}".endswith(f"/{query.address}"):
                whole = Found(0, id_, 1.0, unit.address, unit.heading, unit.start, unit.end)
                best = _score(query, _Candidate(unit, unit.start, unit.end, parsed.document.text[unit.start : unit.end], headed=True), parsed, whole)  # type: ignore[union-attr]
                evidence.append(replace(best, coverage=1.0))
    return sorted(evidence, key=lambda e: -e.score)


def _candidates(parsed: ParsedDocument, passage: Found) -> Iterator[_Candidate]:
    text = parsed.document.text
    parents = {unit.parent for unit in parsed.units}
    for unit in parsed.units:
        if unit.start < passage.start or unit.head > passage.end or unit.kind == "bang":
            continue
        if unit.kind == "hang":
            columns = tuple(column for column, _ in unit.cells)
            own = " | ".join(value for column, value in unit.cells if not is_ordinal(column))
            yield _Candidate(unit, unit.start, unit.end, own, columns)
            continue
        spans = sentences(text, unit.start, unit.head)
        if unit.path in parents:
            whole = unit.end - unit.start <= LIST_LENGTH
            yield _Candidate(unit, unit.start, unit.end if whole else unit.head, text[unit.start : unit.head], headed=True)
            spans = spans if len(spans) > 1 else []
        for start, end in spans:
            yield _Candidate(unit, start, end, text[start:end])


def _score(query: Query, candidate: _Candidate, parsed: ParsedDocument, passage: Found) -> Evidence:
    document = parsed.document
    form = flat_bare if query.unmarked else flat
    own = form(candidate.own)
    heading = form(" . ".join((*candidate.unit.heading, *candidate.columns)))
    title = form(f"{document.kind} {document.number or ''} {document.title}")
    around = form(document.text[passage.start : passage.end])
    total = sum(term.weight for term in query.terms) or 1.0
    subject = sum(term.weight for term in query.terms if not term.asked)
    score = coverage = 0.0
    for term in query.terms:
        forms = [bare(f) for f in term.forms] if query.unmarked else term.forms
        worth, covers = _where(forms, own, heading, title, around)
        score += worth * term.weight / total
        if not (subject and term.asked):
            coverage += covers * term.weight / (subject or total)
    wanted = _has_wanted(query, candidate, parsed)
    score += NEAR_BONUS * _nearness(query, own) + WANTED_BONUS * wanted + RANK_SHARE * passage.score
    score += TITLE_RUN_BONUS * _longest_run(flat_bare(query.text), flat_bare(document.title))
    score *= 1.0 if wanted else WRONG_KIND.get(query.wanted, 1.0)
    missing = tuple(c for c in query.constraints if not _meets(c, candidate, parsed, around, unmarked=query.unmarked))
    return Evidence(
        document_id=document.id,
        unit=candidate.unit,
        start=candidate.start,
        end=candidate.end,
        score=score * (SAMPLE_FACTOR if document.illustrative else 1.0),
        coverage=coverage,
        of_kind=wanted > 0,
        missing=missing,
    )


def _where(forms: Sequence[str], own: str, heading: str, title: str, around: str) -> tuple[float, float]:
    if any(holds(own, form) for form in forms):
        return OWN, 1.0
    if any(holds(heading, form) for form in forms):
        return HEADING, COVER_HEADING
    if any(holds(title, form) for form in forms):
        return TITLE, COVER_TITLE
    if any(holds(around, form) for form in forms):
        return AROUND, COVER_AROUND
    return 0.0, 0.0


def _nearness(query: Query, own: str) -> float:
    """Share of neighbouring term pairs of the question that stand within three syllables of one another."""
    terms = [bare(t.forms[0]) if query.unmarked else t.forms[0] for t in query.terms]
    pairs = list(zip(terms, terms[1:], strict=False))
    if not pairs:
        return 0.0
    near = sum(bool(re.search(rf" {re.escape(a)} (?:\S+ ){{0,3}}{re.escape(b)} ", own)) for a, b in pairs)
    return near / len(pairs)


@functools.lru_cache(maxsize=4096)
def _longest_run(question: str, title: str) -> float:
    """The longest run of syllables that the question shares with a title, as a share of the question.

    It tells `đăng ký chuyển đến` from `đăng ký chuyển đi`, which differ in a word too common to weigh anything.
    """
    asked, named = question.split(), title.split()
    best, before = 0, [0] * (len(named) + 1)
    for syllable in asked:
        row = [0] * (len(named) + 1)
        for j, other in enumerate(named, 1):
            row[j] = before[j - 1] + 1 if syllable == other else 0
        best, before = max(best, *row), row
    return best / len(asked) if asked else 0.0


def _has_wanted(query: Query, candidate: _Candidate, parsed: ParsedDocument) -> float:
    match query.wanted:
        case "quantity":
            whole = parsed.document.text[candidate.start : candidate.end]
            numbers = [value for value in find_values(whole) if value.kind == "number"]
            if not query.units:
                return 0.6 if numbers else 0.0
            if any(_followed_by(whole, value.end, unit) for value in numbers for unit in query.units):
                return 1.0
            in_columns = flat(" . ".join((candidate.own, *candidate.columns)))
            return 0.8 if numbers and candidate.columns and any(_unit_named(in_columns, u) for u in query.units) else 0.0
        case "years":
            return float(any(value.years for value in find_values(candidate.own)))
        case "list" | "text":
            return 1.0 if candidate.headed else min(1.0, candidate.own.count(",") / 4 + candidate.own.count(";") / 2)
        case wanted:
            return float(bool(_PATTERNS[wanted].search(candidate.own)))


def _followed_by(text: str, end: int, unit: str) -> bool:
    return bare(text[end:]).lower().lstrip().startswith(bare(unit).lower())


def _unit_named(text: str, unit: str) -> bool:
    return f" {unit} " in text or unit == "%"


def _meets(
    constraint: Constraint, candidate: _Candidate, parsed: ParsedDocument, around: str, *, unmarked: bool
) -> bool:
    """Whether the evidence is about what the question insists on: by its own words, or by what it stands in."""
    document = parsed.document
    own = flat(" . ".join((candidate.own, *candidate.columns)))
    above = " . ".join((*candidate.unit.heading, f"{document.kind} {document.number or ''} {document.title}"))
    match constraint.kind:
        case "year":
            issued = str(document.issued_on.year) if document.issued_on else ""
            by_context = constraint.key in single_years(above) or issued == constraint.key
            return holds(own, constraint.key) or (by_context and not _names_a_year(own))
        case "years":
            ends = constraint.key.split("-")
            return holds(own, constraint.key) or holds(flat(above), constraint.key) or all(holds(own, e) for e in ends)
        case "date":
            return any(holds(text, constraint.key) for text in (own, flat(above), around))
        case "quarter" | "index":
            return holds(own, constraint.key) or holds(flat(above), constraint.key)
        case "place":
            return _stands(constraint.key, own, flat(above), unmarked=unmarked) or constraint.key == most_named("places", flat(document.text))
        case "agency":
            near = (own,) if candidate.unit.kind == "hang" else (own, around, flat(document.issuer or ""))
            about = most_named("agencies", flat(document.text)) if candidate.unit.kind != "hang" else ""
            return _stands(constraint.key, *near, flat(above), unmarked=unmarked) or constraint.key == about
        case "document" | "procedure":
            return holds(flat(above), constraint.key) or holds(flat(document.text), constraint.key)


def _stands(key: str, *texts: str, unmarked: bool) -> bool:
    return any(holds(bare(text), bare(key)) if unmarked else holds(text, key) for text in texts)


def _names_a_year(own: str) -> bool:
    return bool(re.search(r" (?:19|20)\d\d ", own))
