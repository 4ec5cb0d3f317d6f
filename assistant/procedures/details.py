"""What a sentence or a row of a procedure tells that no field of its card does: within how many days who must come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.compose import inert
from assistant.lead import lead_of_sentence
from assistant.match import flat, longest_run
from assistant.procedures.cards import Field, Procedure
from assistant.procedures.page import BULLETS, Page, Told, cells_of
from assistant.procedures.question import Asked
from assistant.understand import is_stopword, says_opposite
from ingest.text import search_form, sentences
from ingest.types import Unit

LONGEST_QUOTE = 400  # characters; of a longer line only the sentence is quoted
# Between sentences that tell about as much: each word of the question's own run, a character of length, a word of due,
# the words that ask (who signs), a row of papers where none is asked for.
RUN_BONUS, LONG_RUN, LENGTH_MALUS, DUE_BONUS, SAID_BONUS, OTHER_MALUS = 0.05, 4, 0.0002, 0.1, 0.15, 0.15

_PARTS: tuple[Field, ...] = ("steps", "conditions", "result", "place", "ways", "papers")
_ON_PAPERS = frozenset({"papers", "copies", "forms"})
_DUE = re.compile(r"chậm nhất|muộn nhất|ít nhất|không quá|tối đa|trước|phải", re.IGNORECASE)
_TIME = re.compile(
    r"\d\s*(?:ngày|giờ|phút|tháng|tuần|năm)\b|\bngày \d|\btháng \d|hằng (?:năm|quý|tháng|tuần)|ngay\b", re.IGNORECASE
)
_COUNT = re.compile(r"\d+\s+(?:bản|bộ|tờ|tấm|ảnh)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Detail:
    """A sentence, or a row of a table, with the share of what is left of the question that it tells."""

    hits: float
    score: float
    unit: Unit
    start: int
    end: int
    case: str


def best_detail(asked: Asked, page: Page) -> Detail | None:
    """The sentence or row that tells most of what the question adds to the procedure's name, with the kind of number
    in it that is asked for; of two that tell as much, the one with more of the question's own run of words.
    """
    question = _words(asked.whole)
    opposites = [constraint.key for constraint in page.query.constraints if constraint.kind == "opposite"]
    best: Detail | None = None
    for unit, start, end, text, case in _spans(page.procedure):
        line = flat(page.procedure.document.text[unit.start : unit.head])
        about_another = any(says_opposite(word, flat(text), line) for word in opposites)
        if about_another or not _has_number(text, asked, page):
            continue
        hits = page.hits(text)
        run = longest_run(question, _words(text))[1]
        score = hits + RUN_BONUS * min(run, LONG_RUN) - LENGTH_MALUS * len(text)
        score += DUE_BONUS if "deadline" in asked.what and _DUE.search(text) else 0.0
        score += SAID_BONUS * _told(asked, text)
        score -= OTHER_MALUS if unit.kind == "hang" and asked.what and _ON_PAPERS.isdisjoint(asked.what) else 0.0
        if best is None or score > best.score:
            best = Detail(hits, score, unit, start, end, case)
    return best


def _told(asked: Asked, text: str) -> float:
    """The share of the words that ask, less those of any question, that stand in a text."""
    words = [word for word in _words(asked.said) if not is_stopword(word)]
    there = set(_words(text))
    return sum(word in there for word in words) / len(words) if words else 0.0


def _spans(procedure: Procedure) -> Iterator[tuple[Unit, int, int, str, str]]:
    """The sentences of its lines and the rows of its tables, with their units and their texts."""
    text = procedure.document.text
    for name in _PARTS:
        for line in procedure.lines(name):
            for start, end in sentences(text, line.start, line.end):
                yield line.unit, start, end, text[start:end], line.case
        for row in procedure.rows(name):
            own = row.cells.get("note", "") if name == "ways" else text[row.unit.start : row.unit.end]
            if own:
                yield row.unit, row.unit.start, row.unit.end, own, row.case


def _words(text: str) -> list[str]:
    return flat(text.replace("|||", " | ")).split()


def shown_detail(found: Detail, page: Page) -> Told:
    """The sentence in its line, where that is short, led by what it tells of the kind asked for."""
    text = page.procedure.document.text
    unit, start, end = found.unit, found.start, found.end
    if unit.kind == "hang":
        return Told("", f"{cells_of(unit)}{page.mark(unit)}")
    lead = lead_of_sentence(page.query, text[start:end]).lstrip(BULLETS)
    if unit.head - unit.start <= LONGEST_QUOTE:
        start, end = unit.start, unit.head
    mark = page.mark(unit, start, end)
    quoted = f"“{inert(text[start:end].lstrip(BULLETS))}”"
    return Told("", f"**{inert(lead)}**{mark}\n{quoted}" if lead else f"{quoted}{mark}")


def _has_number(text: str, asked: Asked, page: Page) -> bool:
    """Whether a text has a time, where one is asked for; a number of what is counted, where something else is."""
    if not {"time", "wait", "deadline"}.isdisjoint(asked.what):
        return bool(_TIME.search(text))
    if "copies" in asked.what:
        return bool(_COUNT.search(text))
    if page.query.wanted != "quantity" or asked.what:
        return True
    units = "|".join(re.escape(unit) for unit in page.query.units)
    return bool(re.search(rf"\d\s*(?:{units})", search_form(text))) if units else any(map(str.isdigit, text))
