"""Answers from procedures: what is asked of which one, by which way of filing and in which case.

Where the question asks something that no field holds, the documents that may answer it otherwise are told instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from assistant.library import Library
from assistant.procedures.cards import Procedure, procedure_of
from assistant.procedures.details import Detail, best_detail, shown_detail
from assistant.procedures.page import Page, Told
from assistant.procedures.question import Asked, alternatives, asked_of, asks_a_procedure
from assistant.procedures.told import TELLERS, overview, tell
from assistant.procedures.which import Fit, fitting, maybe_meant, meant, real_first, stands, subject_of, texts_of
from assistant.procedures.written import blank, clarify, lead_of, next_questions, none_such, unknown, written
from assistant.types import Answer, Found, Query, Term

MOST_CANDIDATES = 4
ADDED = 0.17  # of the question's weight: adding so much to the procedure's name may ask for more than its field
# Of what is left of the question, in one sentence, for the sentence to be what is asked for: beside a field that is
# asked for, or alone; and how much more of it than the field tells.
TOLD_THERE, TOLD_SOMEWHERE, MORE = 0.6, 0.5, 0.15
NAMED = 0.5  # of a title, in a question that asks nothing, for the procedure to be told in short

# Nothing else is told where these are asked for; nor where the second are and the field says something: it is whole.
_ONLY_FIELDS = frozenset({"wait", "step", "basis", "partner", "level", "code", "sector", "validity", "amount", "fee"})
_WHOLE_FIELDS = frozenset({"papers", "forms", "result", "who"})
# Where no procedure fits, those of another one are no answer.
_OF_CARDS = frozenset({"papers", "fee"})
_TELLER = {"wait": "time", "deadline": "time", "actor": "agency"}
_OF_REPORTS = frozenset({"year", "years", "quarter", "index", "document"})  # who names one asks for no such procedure
_COUNTED = re.compile(r"(?<!\w)(?:mục tiêu|chỉ tiêu|tỷ lệ|tỉ lệ|so với)(?!\w)", re.IGNORECASE)  # nor who says so


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer; or else the documents that may answer, all where None.

    `sought`: papers or fees of a procedure are asked for that isn't here; `unless` is the answer where nothing else
    does, for a procedure that is none of those here. `within`: the procedure of the answer, or all that may be meant,
    where the question says more than a name and a field: a sentence of these may answer better.
    """

    answer: Answer | None = None
    documents: Collection[str] | None = None
    unless: Answer | None = None
    within: Collection[str] = ()
    sought: bool = False


def answer_from_procedures(
    query: Query, found: Sequence[Found], library: Library, documents: Collection[str] | None = None
) -> Outcome:
    """`query` is weighted, `found` what was retrieved for it."""
    asked = asked_of(query)
    codes = [constraint for constraint in query.constraints if constraint.kind == "procedure"]
    if codes:
        named = [i for i in library.numbered([code.key for code in codes]) if documents is None or i in documents]
        if not named:
            return Outcome(unknown())
        fits: Sequence[Fit] = [Fit(real_first(named, library)[0], 1.0, 1.0, 1.0, 1.0)]
    else:
        fitted = fitting(query, asked, found, library, documents)
        of_reports = any(c.kind in _OF_REPORTS for c in query.constraints) or bool(_COUNTED.search(asked.whole))
        fits = meant(fitted) if asked.what or not of_reports else ()
        maybe = maybe_meant(fitted) if not fits and not of_reports else None
        told = _told_in_passing(query, maybe, library) if maybe else None
        if told is not None:
            return Outcome(told)
        asked_for = asks_a_procedure(asked)
        if not fits:
            unless = none_such(query, fitted, library) if asked_for and not of_reports else None
            sought = not of_reports and not _OF_CARDS.isdisjoint(asked.what)
            return Outcome(unless=unless, sought=sought)
    answers = [(fit, _answer(query, fit, library)) for fit in fits[:MOST_CANDIDATES]]
    if len(answers) > 1 and answers[0][1].answer and len({lead_of(each.answer) for _, each in answers}) > 1:
        more = all(each.within for _, each in answers)
        within = frozenset(fit.document_id for fit, _ in answers) if more else ()
        return Outcome(clarify(query, [fit for fit, _ in answers], library), within=within)
    return answers[0][1]


def _page(query: Query, id_: str, library: Library) -> tuple[Asked, Page]:
    """What is asked of a procedure, and the page to answer on."""
    procedure = procedure_of(id_, library)
    assert procedure is not None
    asked, whole = asked_of(query, procedure.document.title), asked_of(query).what
    if not asked.what or not set(asked.what) <= set(whole):
        asked = replace(asked, what=whole)  # less the name's "trợ cấp", "bao nhiêu tiền" would ask for a fee
    said = alternatives(asked.subject)
    return asked, Page(procedure, query, _left(query, asked, said, procedure, library), said)


def _told_in_passing(query: Query, fit: Fit, library: Library) -> Answer | None:
    """What a field, a sentence or a row of a procedure tells that isn't named by its title, all but literally."""
    asked, page = _page(query, fit.document_id, library)
    if not asked.what or not page.left:
        return None
    fields = _fields(asked, page)
    if _hits(fields, page) >= TOLD_SOMEWHERE:
        return written(page, fields)
    found = best_detail(asked, page)
    page = replace(page, citations=[])
    return written(page, [shown_detail(found, page)]) if found and found.hits >= TOLD_THERE else None


def _fields(asked: Asked, page: Page) -> list[Told]:
    what = dict.fromkeys(_TELLER.get(each, each) for each in asked.what)
    return [told for told in (tell(one, asked, page) for one in what if one in TELLERS) if told is not None]


def _hits(fields: Sequence[Told], page: Page) -> float:
    """The most of what is left of the question that a line of the fields tells."""
    return max((page.hits(line) for each in fields for line in (each.lead, *each.lines)), default=0.0)


def _answer(query: Query, fit: Fit, library: Library) -> Outcome:
    asked, page = _page(query, fit.document_id, library)
    outcome = _told(asked, page, fit)
    if outcome.answer is not None and page.left:
        outcome = replace(outcome, within={fit.document_id})
    if outcome.answer is None or outcome.answer.status != "answered":
        return outcome
    return replace(outcome, answer=replace(outcome.answer, suggestions=next_questions(asked, page.procedure)))


def _told(asked: Asked, page: Page, fit: Fit) -> Outcome:
    if not asked.what and not page.left and fit.own >= NAMED:
        return Outcome(written(page, [overview(asked, page)]))
    fields = _fields(asked, page)
    found = _detail(asked, page, fields)
    if found is not None:
        page = replace(page, citations=[])
        return Outcome(written(page, [shown_detail(found, page)]))
    if fields:
        return Outcome(written(page, fields))
    what = next((one for one in asked.what if _TELLER.get(one, one) in TELLERS), None)
    if what is None:
        return Outcome(documents={page.procedure.document.id})
    return Outcome(blank(what, asked, replace(page, left=(), citations=[])))


def _detail(asked: Asked, page: Page, fields: Sequence[Told]) -> Detail | None:
    """What a sentence tells, where the question adds so much to the procedure's name that it asks for more than a
    field: not how long it takes, but within how many days who leaves the army must come. The field must tell less of
    it.
    """
    if not _ONLY_FIELDS.isdisjoint(asked.what) or (fields and not _WHOLE_FIELDS.isdisjoint(asked.what)):
        return None
    due = "deadline" in asked.what
    if not due and (not page.left or (fields and _added(page) < ADDED)):
        return None
    found = best_detail(asked, page)
    if found is None:
        return None
    least = 0.0 if due else TOLD_THERE if fields else TOLD_SOMEWHERE
    return found if found.hits >= least and (due or found.hits > _hits(fields, page) + MORE) else None


def _left(
    query: Query, asked: Asked, said: Sequence[tuple[str, str]], procedure: Procedure, library: Library
) -> tuple[Term, ...]:
    """The terms of the question that neither name the procedure nor ask."""
    title, _ = texts_of(procedure.document.id, library)
    return tuple(term for term in subject_of(query, asked) if not stands(term, said, title))


def _added(page: Page) -> float:
    """The share of the question that neither asks nor names the procedure."""
    total = sum(term.rarity for term in page.query.terms if term.typed) or 1.0
    return sum(term.rarity for term in page.left) / total
