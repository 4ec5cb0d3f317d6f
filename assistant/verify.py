"""The last step before anything is shown: quotations are verbatim, and every value in the text
stands in one, or is computed from values that do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assistant.library import Library
from assistant.types import Answer, Citation, Sum
from ingest.values import decimal, find_values, number_key

_MARKER = re.compile(r"\[\d+\]")
_LISTED = re.compile(r"^- .*\[\d+\]", re.MULTILINE)


def problems(answer: Answer, library: Library) -> Iterator[str]:
    """What keeps an answer from being shown; nothing for one that may be."""
    for citation in answer.citations:
        parsed = library.document(citation.document_id)
        if parsed is None or parsed.document.text[citation.start : citation.end] != citation.quote:
            yield f"quotation [{citation.marker}] is not the text of {citation.document_id} at its offsets"
    yield from _unsupported(answer, library)


def _unsupported(answer: Answer, library: Library) -> Iterator[str]:
    """Values in the text that stand in no quotation, nor in what a quotation stands under: a column's header, a
    heading, the name of its document."""
    shown = {citation.marker: _shown(citation, library) for citation in answer.citations}
    listed = len(_LISTED.findall(answer.text))
    known = set().union(*shown.values()) | {number_key(s.written) for s in answer.sums if _adds_up(s, shown, listed)}
    text = _MARKER.sub(" ", answer.text)
    for value in find_values(text):
        if value.key not in known:
            yield f"{text[value.start : value.end]} stands in no quotation"


def _shown(citation: Citation, library: Library) -> set[str]:
    """The keys of the values that a citation shows."""
    named = (citation.document_title, citation.document_number or "", citation.address)
    parts = (citation.quote, *named, *_above(citation, library))
    return {value.key for part in parts for value in find_values(part)}


def _adds_up(computed: Sum, shown: Mapping[int, set[str]], listed: int) -> bool:
    """Whether a computed number is right, and its operands stand in what is cited; `listed` lines of the text cite."""
    if any(marker not in shown for marker in computed.markers):
        return False
    if computed.kind == "count":
        return decimal(computed.written) in {len(set(computed.markers)), listed}
    cited = set().union(*(shown[marker] for marker in computed.markers))
    one, other = map(decimal, computed.operands)
    return all(number_key(o) in cited for o in computed.operands) and abs(one - other) == decimal(computed.written)


def _above(citation: Citation, library: Library) -> Iterator[str]:
    """The headings over the quotation, and the column headers of a quoted row."""
    parsed = library.document(citation.document_id)
    for unit in parsed.units if parsed else ():
        if unit.start <= citation.start < unit.head:
            yield from unit.heading
        if unit.kind == "hang" and citation.start <= unit.start and unit.end <= citation.end:
            yield from (column for column, _ in unit.cells)
