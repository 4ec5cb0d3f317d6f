"""What holds: which documents were in effect on a day, what has changed in those quoted, and what held before them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

from assistant import verify
from assistant.compose import cite
from assistant.library import Library
from assistant.match import flat, holds
from assistant.types import Answer, Citation, Query
from ingest.effect.standing import Change, Standing, Status
from ingest.facts.sections import SETTING
from ingest.types import ParsedDocument, Relation, Unit
from ingest.values import document_key

ENDED: Standing = "Hết hiệu lực toàn bộ"
_MARKER = re.compile(r"\[(\d+)\]")
_ACTS = ("replaces", "repeals", "amends")


def without_effect(query: Query, library: Library) -> frozenset[str]:
    """The documents that don't answer: those that had ended, or had not begun, on the day asked for; where none is
    asked for, those that have ended, unless the question names them.
    """
    day = query.as_of or date.today()  # noqa: DTZ011 (the day where the user is)
    ended = library.derived(("ended", day), lambda: frozenset(_ended(library, day)))
    if query.as_of:
        return ended | library.derived(("not yet", day), lambda: frozenset(_not_yet(library, day)))
    return ended.difference(library.numbered([c.key for c in query.constraints if c.kind == "document"]))


def _ended(library: Library, day: date) -> Iterator[str]:
    for document in library.documents():
        status = library.standing(document, day)
        if status is not None and status.standing == ENDED:
            yield document.id


def _not_yet(library: Library, day: date) -> Iterator[str]:
    """A report tells of days before its own; what sets or rules can't have held before it was there."""
    for document in library.documents():
        begins = document.effective_from or (document.issued_on if document.kind in SETTING else None)
        if begins is not None and begins > day:
            yield document.id


Ask = Callable[[Collection[str]], Answer]
"""Answers the question from some documents only."""


@dataclass(frozen=True, slots=True)
class _Act:
    """What another document does to a quoted one, and where it says so."""

    change: Change
    parsed: ParsedDocument
    relation: Relation

    @property
    def unit(self) -> Unit:
        found = self.parsed.unit_at(self.relation.start)
        assert found is not None  # a relation is read from a unit's words
        return found


def with_changes(found: Answer, library: Library, ask: Ask, day: date | None) -> Answer:
    """The answer with what a reader must know of its sources: what an amended clause says now, that a source has ended
    and by what, and what those said before that the sources replace or amend.
    """
    if found.status != "answered":
        return found
    if day is None:
        found = _as_amended(found, library, ask)
    noted = _with_notes(found, library, day)
    return noted if day else _with_earlier(noted, library, ask)


def _as_amended(found: Answer, library: Library, ask: Ask) -> Answer:
    """Where what leads stands in an amended clause and the amendment answers too, the amendment first."""
    for act in _acts_on(found.citations[0], library, None):
        if act.change.kind == "amends":
            newer = ask({act.parsed.document.id})
            if newer.status == "answered" and all(_stands_in(act, each) for each in newer.citations):
                return _joined(newer, found, library)
    return found


def _stands_in(act: _Act, citation: Citation) -> bool:
    """Whether a quotation is of the new wording: under the words that amend, in the same unit."""
    return act.relation.end <= citation.start and citation.end <= act.unit.end


def _acts_on(citation: Citation, library: Library, day: date | None) -> list[_Act]:
    """What was done, by the day, to the document or to the clause that is quoted."""
    status = _standing(citation, library, day)
    number = document_key(citation.document_number or "")
    return [
        _Act(change, parsed, relation)
        for change in (status.changes if status else ())
        if not change.part or holds(flat(citation.address), flat(change.part).strip())
        for id_ in library.numbered([document_key(change.number)])
        if (parsed := library.document(id_))
        for relation in parsed.document.relations
        if (document_key(relation.number), relation.kind, relation.part) == (number, change.kind, change.part)
    ]


def _standing(citation: Citation, library: Library, day: date | None) -> Status | None:
    document = library.described(citation.document_id)
    return library.standing(document, day) if document else None


def _with_notes(found: Answer, library: Library, day: date | None) -> Answer:
    citations = list(found.citations)
    notes = [note for citation in found.citations for note in _notes(citation, citations, library, day)]
    if not notes:
        return found
    noted = replace(found, text="\n\n".join((found.text, *dict.fromkeys(notes))), citations=tuple(citations))
    return found if any(verify.problems(noted, library)) else noted


def _notes(citation: Citation, citations: list[Citation], library: Library, day: date | None) -> Iterator[str]:
    acts = _acts_on(citation, library, day)
    for act in acts:
        if act.parsed.document.id == citations[0].document_id:
            continue  # what leads is the new wording itself
        mark = cite(citations, act.parsed.document, act.unit, act.relation.start, act.relation.end)
        what = act.change.part or citation.document_number
        yield f"Lưu ý: {what} {replace(act.change, part='')} [{mark}]."
    status = _standing(citation, library, day)
    if status and status.standing == ENDED and not acts:
        yield f"Lưu ý: {citation.document_number or citation.document_title} đã hết hiệu lực."


def _with_earlier(found: Answer, library: Library, ask: Ask) -> Answer:
    """`Trước đây`: what the documents said that the ones quoted here replace or amend."""
    cited = dict.fromkeys(citation.document_id for citation in found.citations)
    acts = [act for id_ in cited if (document := library.described(id_)) for act in document.relations]
    former = set(library.numbered([document_key(act.number) for act in acts if act.kind in _ACTS])).difference(cited)
    earlier = ask(former) if former else None
    if earlier is None or earlier.status != "answered":
        return found
    quoted = {flat(citation.quote) for citation in found.citations}
    return found if all(flat(each.quote) in quoted for each in earlier.citations) else _joined(found, earlier, library)


def _joined(found: Answer, earlier: Answer, library: Library) -> Answer:
    by = len(found.citations)
    text = _MARKER.sub(lambda match: f"[{int(match[1]) + by}]", earlier.text)
    joined = replace(
        found,
        text=f"{found.text}\n\nTrước đây, theo {earlier.citations[0].document_title}:\n\n{text}",
        citations=(*found.citations, *(replace(each, marker=each.marker + by) for each in earlier.citations)),
        facts=(*found.facts, *earlier.facts),
        sums=(*found.sums, *(replace(each, markers=tuple(m + by for m in each.markers)) for each in earlier.sums)),
    )
    return found if any(verify.problems(joined, library)) else joined
