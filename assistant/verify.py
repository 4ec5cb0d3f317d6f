"""The last step before anything is shown: quotations are verbatim, and every value in the text stands in one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.library import Library
from assistant.types import Answer, Citation
from ingest.values import find_values

_MARKER = re.compile(r"\[\d+\]")


def problems(answer: Answer, library: Library) -> Iterator[str]:
    """What keeps an answer from being shown; nothing for one that may be."""
    for citation in answer.citations:
        parsed = library.document(citation.document_id)
        if parsed is None or parsed.document.text[citation.start : citation.end] != citation.quote:
            yield f"quotation [{citation.marker}] is not the text of {citation.document_id} at its offsets"
    yield from _unsupported(answer, library)


def _unsupported(answer: Answer, library: Library) -> Iterator[str]:
    """Values in the text that no quotation, no column header of a quoted row and no cited address holds."""
    known: set[str] = set()
    for citation in answer.citations:
        shown = (citation.quote, citation.address, *_columns(citation, library))
        known |= {value.key for part in shown for value in find_values(part)}
    text = _MARKER.sub(" ", answer.text)
    for value in find_values(text):
        if value.key not in known:
            yield f"{text[value.start : value.end]} stands in no quotation"


def _columns(citation: Citation, library: Library) -> list[str]:
    parsed = library.document(citation.document_id)
    units = parsed.units if parsed else ()
    return [
        column
        for unit in units
        if unit.kind == "hang" and citation.start <= unit.start and unit.end <= citation.end
        for column, _ in unit.cells
    ]
