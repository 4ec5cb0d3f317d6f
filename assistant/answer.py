"""A question to an answer: the first way that can answer does; nothing unverified is shown.

From the ledger, where it asks for tasks or compares figures; from a procedure's card, where it is about one; else
extractive: the sentence, row or list that answers, led by the value asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from assistant import verify
from assistant.about import formal_name
from assistant.answerable import LOOKED_AT, judged_and_read, read_as
from assistant.compose import asked_cells, cite, compose, inert
from assistant.effect import with_changes, without_effect
from assistant.evidence import Weighed, addressed, gather, logit, names_whom, stands, weighted
from assistant.imprint import answer_from_imprint
from assistant.ledger import answer_from_ledger
from assistant.ledger.rows import answer_from_rows
from assistant.library import Library
from assistant.procedures import Outcome, answer_from_procedures
from assistant.procedures.cards import PROCEDURE
from assistant.retrieve import Judges, retrieve
from assistant.types import Answer, Citation, Evidence, Found, Query
from assistant.understand import nulls

# Calibrated on the development half of evals/cases (python -m evals run answers).
SURE = 0.22  # how likely the best evidence must be to answer
# The same for a sentence to be told instead of a procedure's field, or out of one that is not named by the question.
SURER = 0.5
SURE_OF_ANOTHER = 0.7  # the same where papers or fees of a procedure are asked for that isn't here
# The logarithm of the reader's chances for any of what a procedure tells: below, it is no answer; from the second on,
# no sentence of the procedure is looked for that may answer better.
DOUBTED, CLEAR = -3.0, 0.0
COVERED = 0.12  # share of the question's weight that it must cover
IN_EFFECT = 0.5  # of how likely the best answers that has ended: what is in effect must be as likely, to come first
AHEAD = 0.2  # in the logarithm of odds: how much surer another piece must be than the first, to be told instead
NEAR = 0.4  # enough to be offered as the nearest thing known
SAME = 0.6  # of the syllables of the shorter of two texts: they say the same
SHOWN_NEAR = 400  # characters: what is near is shown if it is no longer
AGREEING = 0.93  # another document's evidence this close to the best is shown beside it
MOST_SOURCES = 2
TABLE_SHARE = 0.7  # of the best score, for a table's row to answer a list question


def answer(query: Query, library: Library, judges: Judges, documents: Collection[str] | None = None) -> Answer:
    """Answer from the library, from these documents only where given; from what is in effect, where anything is."""
    query = weighted(query, library)
    out = without_effect(query, library)
    found = _answered(query, library, judges, documents, out)
    if out and found.status == "not_found" and query.as_of is None:
        found = _answered(query, library, judges, documents, frozenset())
    return with_changes(
        found, library, lambda former: _answered(query, library, judges, former, frozenset()), query.as_of
    )


def _answered(
    query: Query, library: Library, judges: Judges, documents: Collection[str] | None, out: Collection[str]
) -> Answer:
    """The first way that can answer, from these documents, less those that are `out`."""
    within = _within(documents, out, library)
    imprint = answer_from_imprint(query, library, within)
    if imprint is not None and not any(verify.problems(imprint, library)):
        return imprint
    told = answer_from_ledger(query, library, within)
    if told is not None and not any(verify.problems(told, library)):
        return told
    found = retrieve(query, library, judges, documents=documents)
    of_rows = answer_from_rows(query, found, library, within)
    if of_rows is not None and not any(verify.problems(of_rows, library)):
        return of_rows
    by_procedure = answer_from_procedures(query, found, library, within)
    told = by_procedure.answer
    if told is not None and not any(verify.problems(told, library)):
        chances = _chances(query, by_procedure, library, judges)
        if chances >= CLEAR:
            return told
        if chances >= DOUBTED:
            return _told_within(query, by_procedure, library, judges) or told
    if by_procedure.documents is not None:
        found = retrieve(query, library, judges, documents=by_procedure.documents)
    quoted = _extractive(query, found, library, judges, out, by_procedure)
    return by_procedure.unless if by_procedure.unless and quoted.status == "not_found" else quoted


def _chances(query: Query, outcome: Outcome, library: Library, judges: Judges) -> float:
    """The logarithm of the reader's chances for any of what a procedure tells; `DOUBTED` where it tells nothing to
    read, `CLEAR` where the question says no more than a procedure's name and a field."""
    told = outcome.answer
    if told is None or not outcome.within or judges.reader is None:
        return CLEAR
    if told.status != "answered" or not told.citations:
        return DOUBTED
    texts = []
    for citation in told.citations[:LOOKED_AT]:
        parsed = library.document(citation.document_id)
        assert parsed is not None
        unit = parsed.unit_at(citation.start)
        assert unit is not None
        texts.append(read_as(parsed.document, unit, citation.start, citation.end))
    return float(np.logaddexp.reduce(judges.reader.scores(query.text, texts)))


def _told_within(query: Query, outcome: Outcome, library: Library, judges: Judges) -> Answer | None:
    """The sentence of the procedure, or of those that may be meant, that answers what the question says beyond a name
    and a field, where one surely does and the field doesn't hold it."""
    assert outcome.answer is not None
    if judges.scorer is None:
        return None
    found = retrieve(query, library, judges, documents=outcome.within)
    fit = fitting(gather(query, found, library, judges.scorer))
    fit, sure = surest_first(query, fit, found, library, judges)
    if sure < (SURE if outcome.answer.status == "not_found" else SURER):
        return None
    best = fit[0].evidence
    told = outcome.answer.citations if outcome.answer.status == "answered" else ()
    if any(c.start < best.end and best.start < c.end for c in told):
        return None
    quoted = compose(query, [best], library)
    return None if any(verify.problems(quoted, library)) else quoted


def _within(documents: Collection[str] | None, out: Collection[str], library: Library) -> Collection[str] | None:
    if not out:
        return documents
    return {id_ for id_ in documents or (document.id for document in library.documents()) if id_ not in out}


def _extractive(
    query: Query, found: Sequence[Found], library: Library, judges: Judges, out: Collection[str], outcome: Outcome
) -> Answer:
    """Led and quoted from the best evidence that is not of what is `out`; `outcome`: what the procedures made of it."""
    every = addressed(query, found, library) if query.address else gather(query, found, library, judges.scorer)
    pieces = [each for each in every if each.evidence.document_id not in out]
    evidence = [each.evidence for each in pieces]
    fit, sure = surest_first(query, fitting(pieces), found, library, judges)
    if not fit or (query.as_of is None and _has_ended(every, pieces)):
        return _not_found(evidence, library)
    if not (query.address or sure >= _bound(outcome, fit[0])):
        return _not_found(evidence, library)
    if _says_nothing(query, fit[0].evidence, library):
        return _not_found(evidence, library)
    draft = compose(query, _sources(query, [each.evidence for each in fit]), library)
    for shown in (draft, _quotes_only(draft)):
        if not any(verify.problems(shown, library)):
            return shown
    return _not_found(evidence, library)


def _bound(outcome: Outcome, best: Weighed) -> float:
    """How sure it must be, where a procedure is asked for that may not be here."""
    if outcome.sought:
        return SURE_OF_ANOTHER
    return SURER if outcome.unless is not None and best.seen.document.kind == PROCEDURE else SURE


def _has_ended(every: Sequence[Weighed], in_effect: Sequence[Weighed]) -> bool:
    """Whether what has ended answers so much better that what is in effect is about something else."""
    best, held = (max((each.share for each in pieces), default=0.0) for pieces in (every, in_effect))
    return held < IN_EFFECT * best


def fitting(pieces: Sequence[Weighed]) -> list[Weighed]:
    """Those that are about what the question insists on, with enough of its words."""
    return [each for each in pieces if not each.evidence.missing and each.evidence.coverage >= COVERED]


def surest_first(
    query: Query, fit: Sequence[Weighed], found: Sequence[Found], library: Library, judges: Judges
) -> tuple[list[Weighed], float]:
    """What fits, of the first few the much surest to answer before all others, and how sure that is: 1 where nothing
    judges. What an address names stays in order; so does a name where a person is asked for, and a sentence that is
    sure enough itself, before the list that it stands in, unless a list is asked for; and that list, if it is here,
    where nothing is sure."""
    if not fit or not (judges.answerable and judges.words and judges.reader and judges.scorer):
        return list(fit), 1.0 if fit else 0.0
    vectors = library.priors.vectors
    listed = next((piece for piece in fit if _is_the_list(query, piece)), None)
    if listed is not None:
        fit = [listed, *(piece for piece in fit if piece is not listed)]
    looked_at = judged_and_read(query, fit, found, judges.answerable, judges.words, judges.reader, vectors)
    fit = [*(piece for piece, _ in looked_at), *fit[len(looked_at) :]]
    shares = [share for _, share in looked_at]
    best = shares.index(max(shares))
    ahead = logit(shares[best]) - logit(shares[0]) >= AHEAD
    itself = query.wanted != "list" and shares[0] >= SURE and fit[best].overlaps(fit[0])
    told_whole = listed is not None and shares[best] < SURE
    stays = query.address or names_whom(query, fit[0]) or itself or told_whole
    if stays or not ahead:
        best = 0
    sure = SURE if told_whole else _together(fit[best], looked_at)
    return [fit[best], *fit[:best], *fit[best + 1 :]], sure


def _together(best: Weighed, looked_at: Sequence[tuple[Weighed, float]]) -> float:
    """How sure it is that what answers is the best or, in another document, what says the same: of texts that are alike
    each has taken some of the others' chances."""
    own = frozenset(best.candidate.own.split())
    none = 1.0
    for piece, share in looked_at:
        other = frozenset(piece.candidate.own.split())
        apart = piece.evidence.document_id != best.evidence.document_id
        if piece is best or (apart and len(own & other) >= SAME * min(len(own), len(other))):
            none *= 1 - share
    return 1 - none


def _is_the_list(query: Query, piece: Weighed) -> bool:
    """Whether a list is asked for by all the words of its heading, its document's name or the headings above it: the
    reader, which was taught sentences, doubts a heading with what stands under it."""
    typed = [term for term in query.terms if term.typed and not any(map(str.isdigit, term.forms[0]))]
    named = any(stands(term, piece, 1) for term in typed) and all(stands(term, piece, 3) for term in typed)
    return query.wanted == "list" and piece.candidate.headed and named


def _says_nothing(query: Query, best: Evidence, library: Library) -> bool:
    """Whether the field or the cells asked for hold only `Không có thông tin` or a dash."""
    parsed = library.document(best.document_id)
    assert parsed is not None
    if best.unit.kind == "hang":
        return all(value.lower() in nulls() for _, value in asked_cells(query, best) or best.unit.cells)
    said = parsed.document.text[max(best.start, best.unit.head) if best.end > best.unit.head else best.start : best.end]
    return said.strip().lower() in nulls()


def _table_first(query: Query, fit: Sequence[Evidence]) -> Evidence:
    """For an agency's list, a row of a table that is about as good as the best sentence: the table has them all."""
    best = fit[0]
    if query.wanted != "list" or not any(c.kind == "agency" for c in query.constraints):
        return best
    rows = (e for e in fit if e.unit.kind == "hang" and e.score >= TABLE_SHARE * best.score)
    return next(rows, best)


def _sources(query: Query, fit: Sequence[Evidence]) -> list[Evidence]:
    """The best evidence, and what other documents say about as well."""
    best = _table_first(query, fit)
    sources = [best]
    for other in fit:
        apart = all(other.document_id != source.document_id for source in sources)
        agrees = other.score >= AGREEING * best.score and other.coverage >= AGREEING * best.coverage
        if apart and agrees and other.of_kind == best.of_kind and len(sources) < MOST_SOURCES:
            sources.append(other)
    return sources


def _not_found(evidence: Sequence[Evidence], library: Library) -> Answer:
    """Says so, names what the documents lack, and offers the nearest thing that is known."""
    count = len(library.documents())
    text = f"Không tìm thấy câu trả lời trong các văn bản đang có ({count} văn bản)."
    near = _nearest(evidence)
    if near is None:
        return Answer("not_found", "extractive", text)
    parsed = library.document(near.document_id)
    assert parsed is not None
    citations: list[Citation] = []
    mark = cite(citations, parsed.document, near.unit, near.start, near.end)
    if near.missing:
        lacking = ", ".join(dict.fromkeys(f"“{c.said}”" for c in near.missing))
        text += f" Nội dung gần nhất không nói về {lacking}."
    text += f" Có thể xem: {near.unit.address}, {formal_name(parsed.document)} [{mark}]"
    quote = citations[0].quote
    text += f":\n\n“{inert(quote)}”" if len(quote) <= SHOWN_NEAR else "."
    return Answer("not_found", "extractive", text, tuple(citations))


def _nearest(evidence: Sequence[Evidence]) -> Evidence | None:
    """What is best, or what is about as good and holds the kind of thing that is asked for."""
    near = [e for e in evidence if e.coverage >= NEAR and _is_near(e)]
    alike = (e for e in near if e.of_kind and e.score >= AGREEING * near[0].score)
    return next(alike, near[0] if near else None)


def _is_near(evidence: Evidence) -> bool:
    """About the same thing in another year or place; not about another index, nor off in several ways."""
    return len(evidence.missing) <= 1 and all(c.kind != "index" for c in evidence.missing)


def _quotes_only(found: Answer) -> Answer:
    """The same evidence without any wording of ours."""
    text = "\n\n".join(f"“{inert(citation.quote)}” [{citation.marker}]" for citation in found.citations)
    return replace(found, text=text)
