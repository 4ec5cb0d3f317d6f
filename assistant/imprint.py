"""What a document says of itself outside its text: its number, who issued it, when, who signed it, who gets it.

Letterhead and signature are no passages, so that no search finds them; they are quoted from their lines.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection

from assistant.about import formal_name
from assistant.compose import cite, inert
from assistant.library import Library
from assistant.match import flat, holds
from assistant.types import Answer, Citation, Query
from ingest.structure.header import KINDS, is_recipients, is_signature
from ingest.text import search_form
from ingest.types import Document, ParsedDocument, Unit
from ingest.values import as_date, find_values
from ingest.vocabulary import rows

NAMED = 0.75  # of what else the question says, in a document's title, for it to be meant
SIGNED = 6  # lines that a signature takes at most
RECEIVED = 25  # lines of recipients
_NUMBER = re.compile(r"^(?:số|luật số)\s*:?\s*\d", re.IGNORECASE)
_SAMPLE = re.compile(r"^\(.*\)$")

_Lines = list[tuple[int, int]]


def answer_from_imprint(query: Query, library: Library, documents: Collection[str] | None = None) -> Answer | None:
    """Nothing where the question asks for no such thing, or names no document, or the document doesn't say it."""
    asked = _asked(query.text)
    id_ = _meant(query, library, documents) if asked else None
    parsed = library.document(id_) if id_ else None
    if parsed is None:
        return None
    said = _said(asked, parsed)
    if not said:
        return None
    lead, place, (start, end) = said
    citations: list[Citation] = []
    unit = Unit(path="", parent=None, kind="doan", label="", address=place, start=start, head=end, end=end)
    mark = cite(citations, parsed.document, unit, start, end)
    quoted = inert(" ".join(parsed.document.text[start:end].split()))
    text = f"{formal_name(parsed.document)}:\n**{inert(lead)}** [{mark}]"
    return Answer("answered", "extractive", text if lead == quoted else f"{text}\n\n“{quoted}”", tuple(citations))


def _asked(text: str) -> str:
    form = search_form(text)
    return next((what for what, pattern in _patterns() if pattern.search(form)), "")


def _meant(query: Query, library: Library, documents: Collection[str] | None) -> str | None:
    """The one document that the question names: by its number, else by its kind and most of what it is called."""
    keys = [constraint.key for constraint in query.constraints if constraint.kind == "document"]
    if keys:
        found = [id_ for id_ in library.numbered(keys) if documents is None or id_ in documents]
        return found[0] if len(found) == 1 else None
    text = flat(query.text)
    kinds = [kind for kind in (flat(name).strip() for name in KINDS) if holds(text, kind)]
    called = library.derived("called", lambda: {each.id: _called(each) for each in library.documents()})
    fits = [
        (share, id_)
        for id_, name in called.items()
        if documents is None or id_ in documents
        if any(holds(name, kind) for kind in kinds) and (share := _share(query, name)) >= NAMED
    ]
    best = sorted(fits, reverse=True)[:2]
    return best[0][1] if best and (len(best) == 1 or best[0][0] > best[1][0]) else None


def _share(query: Query, called: str) -> float:
    """How much of the question's weight, less what asks, stands in what a document is called."""
    asking = flat(_asking(search_form(query.text)))
    told = [term for term in query.terms if term.typed and not holds(asking, term.forms[0])]
    total = sum(term.rarity for term in told)
    held = sum(term.rarity for term in told if any(holds(called, form) for form in term.forms))
    return held / total if total else 0.0


def _called(document: Document) -> str:
    """Its kind, the parts of its number, its title and its issuer, flat."""
    number = re.sub(r"\W", " ", document.number or "")
    return flat(f"{document.kind} {number} {document.title} {document.issuer or ''}")


def _asking(form: str) -> str:
    return " ".join(match.group() for _, pattern in _patterns() for match in pattern.finditer(form))


def _said(asked: str, parsed: ParsedDocument) -> tuple[str, str, tuple[int, int]] | None:
    """What answers, where a person would say that it stands, and its place in the text."""
    document, lines = parsed.document, _lines(parsed.document.text)
    head = _before(parsed, lines)
    match asked:
        case "signer":
            return _signature(document.text, lines)
        case "recipients":
            return _recipients(document.text, lines)
        case "number" if document.number:
            at = next((span for span in head if _NUMBER.match(document.text[slice(*span)])), None)
            return (document.number, "phần đầu văn bản", at) if at else None
        case "issued":
            for span in head:
                for value in find_values(document.text[slice(*span)]):
                    if value.kind == "date" and as_date(value.key) == document.issued_on:
                        start = span[0] + value.start
                        return document.text[start : span[0] + value.end], "phần đầu văn bản", span
        case "issuer" if document.issuer:
            return _issuer(document, head)
    return None


def _issuer(document: Document, head: _Lines) -> tuple[str, str, tuple[int, int]] | None:
    """The lines of capitals that name the body, of the letterhead."""
    issuer = flat(document.issuer or "")
    part = [span for span in head if (line := flat(document.text[slice(*span)])).strip() and line in issuer]
    whole = [span for span in head if issuer in flat(document.text[slice(*span)])]
    named = whole[:1] or part
    if not named:
        return None
    return document.issuer or "", "phần đầu văn bản", (named[0][0], named[-1][1])


def _signature(text: str, lines: _Lines) -> tuple[str, str, tuple[int, int]] | None:
    """The office, and the name where there is one, from the line that says for whom it is signed."""
    first = next((at for at, span in enumerate(lines) if is_signature(text[slice(*span)])), None)
    if first is None:
        return None
    last = first
    while last + 1 < len(lines) and last + 1 < first + SIGNED and _is_signed(text[slice(*lines[last + 1])]):
        last += 1
    said = [text[slice(*span)] for span in lines[first : last + 1]]
    name = next((line for line in reversed(said) if not line.isupper() and not is_signature(line)), "")
    return name or " – ".join(said), "phần ký", (lines[first][0], lines[last][1])


def _is_signed(line: str) -> bool:
    """A title in capitals, or a name: nothing long, nothing that opens another part."""
    return 0 < len(line) <= 60 and not _SAMPLE.match(line) and (line.isupper() or line.istitle())


def _recipients(text: str, lines: _Lines) -> tuple[str, str, tuple[int, int]] | None:
    first = next((at for at, span in enumerate(lines) if is_recipients(text[slice(*span)])), None)
    if first is None:
        return None
    last = first
    while last + 1 < len(lines) and last + 1 < first + RECEIVED and text[lines[last + 1][0]] in "-–+•":
        last += 1
    start, end = lines[first][0], lines[last][1]
    return " ".join(text[start:end].split()), "nơi nhận", (start, end)


def _before(parsed: ParsedDocument, lines: _Lines) -> _Lines:
    """The lines over the document's own text."""
    begins = min((unit.start for unit in parsed.units), default=len(parsed.document.text))
    return [span for span in lines if span[1] <= begins]


def _lines(text: str) -> _Lines:
    return [match.span() for match in re.finditer(r"[^\n]+", text)]


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((what, re.compile(pattern)) for what, pattern in rows("imprint_asked.tsv", "assistant"))
