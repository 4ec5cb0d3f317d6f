"""The clauses of a quoted sentence that hold the value asked for.

Everything returned is verbatim. Where nothing stands out there is no lead, and the quotation stands alone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from assistant.match import find_levels, flat, holds
from assistant.types import Query, Term
from ingest.text import CAPITALS
from ingest.values import find_values

_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*[.)-]|[a-zđ]\))\s+")  # the item's number is no part of what it says
_SEVERAL = re.compile(r"[,;]|\bvà\b|\bso với\b|\blần lượt\b", re.IGNORECASE)  # the question asks more than one thing
_BREAK = re.compile(r"[,;:](?=\s)")
_DIFFERENCE = re.compile(r"\b(?:hơn|kém|chênh)\b", re.IGNORECASE)
_OF_DIFFERENCE = re.compile(rf"{_DIFFERENCE.pattern}.*\b(?:mấy|bao nhiêu)\b", re.IGNORECASE)
ENUMERATED = 3  # a piece of at most so many syllables and without a value goes on with what is before it
NEW_WEIGHT = 0.1  # of the question's weight: what a further clause must add to be part of the lead
WHOLE = 0.85  # a lead as long as this share of the sentence is the sentence
_PERSON = re.compile(rf"(?i:đồng chí|ông|bà)\s+(?:[{CAPITALS}][\w’'-]*\s?){{2,5}}")

Span = tuple[int, int]
# How likely what is asked for stands where, of 1 in all, by the places of a text's words.
Marks = Sequence[tuple[int, float]]
# How sure the reader must be of a clause or a cell for it to lead, and of a second one beside it; and how likely what
# the overlap of words chose must be, of the likeliest. Of 508 values in sentences that the reader was not taught, 308
# led rightly and 90 wrongly by words alone; so it is 289 and 42.
POINTED, SECOND, DOUBTED = 0.85, 0.2, 0.67
_VALUES = frozenset({"quantity", "rank", "date", "years"})


def names_a_person(text: str) -> bool:
    return _PERSON.search(text) is not None


def lead_of_sentence(query: Query, sentence: str, marks: Marks = ()) -> str:
    """The clauses that hold the wanted kind of value and the question's terms, as they stand; empty for none. `marks`
    tell how likely what is asked for stands where in the sentence, of 1 in all, where a reader has read it."""
    if query.wanted == "person":
        people = [match.span() for match in _PERSON.finditer(sentence)]
        person = max(people, key=lambda span: likely(span, marks), default=(0, 0))
        return sentence[slice(*person)].strip()
    clauses = _clauses(sentence)
    named, spans = _matching(query, sentence, clauses)
    if not named and (spans or query.wanted not in _VALUES):
        spans = _pointed(query, sentence, clauses, marks) or _undoubted(query, spans, clauses, marks)
    if not spans:
        return ""
    told = [_NUMBERED.sub("", sentence[start:end].strip(" ,;:.")) for start, end in _joined(sorted(spans))]
    lead = "; ".join(map(_years_of, told) if query.wanted == "years" else told)
    return "" if len(lead) > WHOLE * len(sentence) else lead


def _undoubted(query: Query, spans: list[Span], clauses: Sequence[Span], marks: Marks) -> list[Span]:
    """Numbers are everywhere: what the words chose stays only if the reader finds no other clause much likelier."""
    likeliest = max(likely(clause, marks) for clause in clauses)
    doubted = max((likely(span, marks) for span in spans), default=0.0) < DOUBTED * likeliest
    return [] if doubted and query.wanted in {"quantity", "rank"} else spans


def asks_several(query: Query) -> bool:
    return _SEVERAL.search(query.text) is not None


def likely(span: Span, marks: Marks) -> float:
    """How likely what is asked for stands in a span."""
    return sum(share for at, share in marks if span[0] <= at < span[1])


def _pointed(query: Query, sentence: str, clauses: Sequence[Span], marks: Marks) -> list[Span]:
    """The clause that the reader points at, two where the question asks more than one thing; none where it isn't sure,
    nor of what has many parts."""
    if query.wanted == "list" or not marks:
        return []
    first, *others = sorted(clauses, key=lambda clause: -likely(clause, marks))
    chosen = [first]
    if asks_several(query):
        chosen += [other for other in others[:1] if likely(other, marks) >= SECOND]
    sure = sum(likely(clause, marks) for clause in chosen) >= POINTED
    dated = query.wanted != "years" or all(_has_value(query, sentence[slice(*clause)]) for clause in chosen)
    return [_from_its_subject(query, sentence, clause, clauses) for clause in chosen] if sure and dated else []


def _matching(query: Query, sentence: str, clauses: Sequence[Span]) -> tuple[bool, list[Span]]:
    """The clauses with the wanted kind of value that match most of the question, and whether what it names, an index, a
    year, a level, tells them from others: the reader takes clauses that are built alike one for the other."""
    spans = [span for span in clauses if _has_value(query, sentence[slice(*span)])]
    if len(spans) > 1:
        spans = [_from_its_subject(query, sentence, span, clauses) for span in spans]
    named = _of_no_other(query, sentence, _naming(query, sentence, spans))
    named = _differing(query, sentence, named)
    told_apart = 0 < len(named) < len(spans)
    spans = _counting(query, sentence, named)
    # The only clause with such a value is the one that is asked for, though the question's words stand in others.
    chosen = {0} if len(spans) == 1 else _cover(query, [sentence[slice(*span)] for span in spans])
    return told_apart, [spans[at] for at in sorted(chosen)]


def _from_its_subject(query: Query, sentence: str, span: Span, clauses: Sequence[Span]) -> Span:
    """The clause, from the one before it where that is cut off by a comma, has no value and says more of what is asked:
    `tỷ lệ số hóa hồ sơ, kết quả giải quyết đạt 90%`."""
    start, end = span
    before = next((each for each in clauses if each[1] == start), None)
    if before is None or sentence[start - 1] != "," or _has_value(query, sentence[slice(*before)]):
        return span
    adds = matched(query, sentence[slice(*before)]) - matched(query, sentence[start:end])
    return (before[0], end) if adds else span


def _naming(query: Query, sentence: str, spans: list[Span]) -> list[Span]:
    """Where the question and the sentence name an index, only the clauses that name it; a sentence may tell of four."""
    indices = [c.key for c in query.constraints if c.kind == "index" and holds(flat(sentence), c.key)]
    naming = [span for span in spans if any(holds(flat(sentence[slice(*span)]), index) for index in indices)]
    return naming if indices else spans


def _of_no_other(query: Query, sentence: str, spans: list[Span]) -> list[Span]:
    """Without the clauses that name a year or a level, and not the one that is asked for."""
    for kind in ("year", "level"):
        asked = {c.key for c in query.constraints if c.kind == kind}
        named = [
            _years(sentence[slice(*s)]) if kind == "year" else find_levels(flat(sentence[slice(*s)])) for s in spans
        ]
        left = [span for span, own in zip(spans, named, strict=True) if not own or not asked.isdisjoint(own)]
        spans = (asked and left) or spans
    return spans


def _differing(query: Query, sentence: str, spans: list[Span]) -> list[Span]:
    """Where it is asked how much one is above another, only the clauses that tell so, if any does."""
    differing = [span for span in spans if _DIFFERENCE.search(sentence[slice(*span)])]
    return (differing if _OF_DIFFERENCE.search(query.text) else []) or spans


def _years(text: str) -> set[str]:
    return {str(year) for value in find_values(text) for year in value.years}


def _counting(query: Query, sentence: str, spans: list[Span]) -> list[Span]:
    """Where years are counted, only the clauses that count years, if any does; the same for points, days, shares …"""
    units = "|".join(re.escape(unit) for unit in query.units if unit[:1].isalpha() or unit == "%")
    counted = re.compile(rf"\d\s*(?:{units})(?!\w)(?!\s+\d{{4}})", re.IGNORECASE) if units else None
    counting = [span for span in spans if counted and counted.search(sentence[slice(*span)])]
    return counting or spans


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Neighbouring spans as one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _years_of(clause: str) -> str:
    """From the first year to the last: `năm 2020 và năm 2022`."""
    dated = [value for value in find_values(clause) if value.years]
    start, end = dated[0].start, dated[-1].end
    before = re.search(r"(?:giai đoạn|năm|từ năm)\s+$", clause[:start], re.IGNORECASE)
    return clause[before.start() if before else start : end]


def _clauses(sentence: str) -> list[Span]:
    """Cut at commas, semicolons and colons outside brackets; short pieces without a value join the one before."""
    cuts = [0]
    for match in _BREAK.finditer(sentence):
        before = sentence[: match.start()]
        if before.count("(") <= before.count(")"):
            cuts.append(match.end())
    cuts.append(len(sentence))
    spans: list[Span] = []
    for start, end in itertools.pairwise(cuts):
        piece = sentence[start:end]
        enumerated = start > 0 and sentence[start - 1] == ","
        plain = re.sub(r"\([^()]*\)", "", piece)
        if enumerated and len(flat(plain).split()) <= ENUMERATED and not find_values(plain):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _has_value(query: Query, clause: str) -> bool:
    values = find_values(clause)
    match query.wanted:
        case "quantity":
            return any(value.kind == "number" for value in values)
        case "years":
            return any(value.years for value in values)
        case "date":
            return any(value.kind in {"date", "year"} for value in values) or "ngày" in clause
        case "rank":
            return bool(re.search(r"thứ|hạng|nhất|đầu|vị trí", clause))
        case _:
            return False


def _cover(query: Query, clauses: Sequence[str]) -> set[int]:
    """The clause that matches most of the question; where it asks several things, also those that add enough to it."""
    total = sum(term.weight for term in query.terms) or 1.0
    given = {c.key for c in query.constraints if c.kind in {"place", "year", "years", "quarter"}}
    told = [{t for t in matched(query, clause) if t.forms[0] not in given} for clause in clauses]
    chosen: set[int] = set()
    covered: set[Term] = set()
    while True:
        gains = {i: sum(term.weight for term in found - covered) for i, found in enumerate(told) if i not in chosen}
        best = max(gains, key=lambda i: (gains[i], -i), default=None)
        if best is None or gains[best] <= (NEW_WEIGHT * total if chosen else 0):
            return chosen
        chosen.add(best)
        if not asks_several(query):
            return chosen
        covered |= told[best]


def matched(query: Query, text: str) -> set[Term]:
    """The question's terms that stand in a text."""
    flat_text = flat(text)
    return {term for term in query.terms if any(holds(flat_text, form) for form in term.forms)}
