"""Words looked for in the documents' texts as they stand there, with every place; no ranking, no guessing.

A place is where the words stand as typed, one after another; where they nowhere do, a line that has all of them.
Words typed without diacritics are found in any form, words typed with them only so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.library import KEPT_DOCUMENTS, Library
from ingest.text import search_form
from ingest.text import words as segmented
from ingest.types import ParsedDocument
from ingest.values import bare

SHOWN = 5  # places of a document
AROUND = 70  # characters told on either side of a place
CANDIDATES = 300  # sections by rank, where there are too many documents to look through all


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words stand, `[start, end)` in code points, in the unit at `address`, and the words around them."""

    start: int
    end: int
    address: str
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Match:
    """A document that has the words: in how many places, and the first of them."""

    document_id: str
    count: int
    places: tuple[Place, ...]


def search_texts(asked: str, library: Library) -> list[Match]:
    """The documents that have the words, in the order of the ids; none for words without letters."""
    form = search_form(asked)
    unmarked = bare(form) == form
    words = re.findall(r"\w+", form)
    if not words:
        return []
    found = (_match(id_, words, library, unmarked=unmarked) for id_ in _candidates(asked, library))
    return [match for match in found if match is not None]


def _candidates(asked: str, library: Library) -> Sequence[str]:
    """All documents, or those with the best sections where all are too many to look through."""
    ids = [document.id for document in library.documents()]
    if len(ids) <= KEPT_DOCUMENTS:
        return ids
    keys = [hit.key for hit in library.search_words(segmented(asked), CANDIDATES)]
    return sorted({passage.document.id for passage in library.passages(keys)})


def _match(id_: str, words: Sequence[str], library: Library, *, unmarked: bool) -> Match | None:
    parsed = library.document(id_)
    if parsed is None:
        return None
    form = library.derived(("searched", id_, unmarked), lambda: _form(parsed.document.text, unmarked=unmarked))
    spans = list(_spans(form, words))
    if not spans:
        return None
    return Match(id_, len(spans), tuple(_place(parsed, *span) for span in spans[:SHOWN]))


def _form(text: str, *, unmarked: bool) -> str:
    """The text in lower case and one tone placement, character for character."""
    folded = search_form(text)
    folded = folded if len(folded) == len(text) else text.lower()
    bared = bare(folded) if unmarked else folded
    return bared if len(bared) == len(text) else text.lower()


def _spans(form: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    together = re.compile(r"(?<!\w)" + r"\W+".join(map(re.escape, words)) + r"(?!\w)")
    spans = [match.span() for match in together.finditer(form)]
    return iter(spans) if spans or len(words) == 1 else _lines(form, words)


def _lines(form: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The lines that have all the words."""
    rare = max(words, key=len)
    last = -1
    for match in re.finditer(rf"(?<!\w){re.escape(rare)}(?!\w)", form):
        start = form.rfind("\n", 0, match.start()) + 1
        end = form.find("\n", match.end())
        end = len(form) if end == -1 else end
        if start != last and all(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", form[start:end]) for word in words):
            last = start
            yield start, end


def _place(parsed: ParsedDocument, start: int, end: int) -> Place:
    text = parsed.document.text
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line_end = len(text) if line_end == -1 else line_end
    first, last = max(line_start, start - AROUND), min(line_end, end + AROUND)
    before = ("… " if first > line_start else "") + text[first:start]
    after = text[end:last] + (" …" if last < line_end else "")
    unit = parsed.unit_at(start)
    shown = text[start:end] if end - start <= 2 * AROUND else text[start : start + 2 * AROUND] + " …"
    return Place(start, end, unit.address if unit else "", before, shown, after)
