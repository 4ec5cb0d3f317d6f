"""Numbers in a delivered answer that nothing cited shows: the assistant's own promise, checked from outside.

Nothing of `assistant/verify.py` is used, so that a broken check there is seen here: the answer is what a user gets, a
text and its citations, and the document is what the API shows. A value is supported where it stands in a quotation, in
what the citation names (title, number, address), in the headings over the quotation or the columns of a quoted row; or
where it is computed from what is shown: the count of citations or of cited lines, the difference of two supported
values of the text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from evals.asking import Json
from ingest.values import Value, decimal, find_values, number_key

_MARKER = re.compile(r"\[(\d+)\]")

Documents = Callable[[str], Json | None]


def unsupported(text: str, citations: Sequence[Json], document: Documents) -> list[str]:
    """What a user can't find in what is cited, as written; quotations that aren't the document's words among it."""
    found = [f"“{_short(c['quote'])}”" for c in citations if not _verbatim(c, document(c["document_id"]))]
    plain = _MARKER.sub(" ", text)
    known = {value.key for citation in citations for part in _shown(citation, document) for value in find_values(part)}
    values = find_values(plain)
    known |= _computed([value for value in values if value.key in known], plain, citations, text)
    return [*found, *(plain[value.start : value.end] for value in values if value.key not in known)]


def _short(quote: str) -> str:
    return quote if len(quote) <= 80 else f"{quote[:79]}…"


def _verbatim(citation: Json, document: Json | None) -> bool:
    return document is not None and document["text"][citation["start"] : citation["end"]] == citation["quote"]


def _shown(citation: Json, document: Documents) -> Iterator[str]:
    yield from (citation["quote"], citation["document_title"], citation["document_number"] or "", citation["address"])
    parsed = document(citation["document_id"]) or {"units": ()}
    start, end = citation["start"], citation["end"]
    for unit in parsed["units"]:
        if unit["start"] <= start < unit["head"]:
            yield from unit["heading"]
        if unit["kind"] == "hang" and start <= unit["start"] and unit["end"] <= end:
            yield from (column for column, _ in unit["cells"])


def _computed(shown: Sequence[Value], plain: str, citations: Sequence[Json], text: str) -> set[str]:
    """What a reader can work out: how many things are cited or listed, how far two figures of the text are apart."""
    listed = [line for line in text.splitlines() if line.startswith("- ") and _MARKER.search(line)]
    counts = {len(citations), len(set(_MARKER.findall(text))), len(listed)}
    numbers = [decimal(plain[value.start : value.end]) for value in shown if value.kind == "number"]
    differences = {abs(one - other) for one, other in itertools.combinations(numbers[:40], 2)}
    return {str(count) for count in counts if count} | {
        number_key(f"{each:f}".replace(".", ",")) for each in differences
    }
