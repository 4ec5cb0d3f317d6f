"""A question to an answer: the first way that can answer does; nothing unverified is shown.

Today there is one way, extractive: the sentence, row or list that answers, led by the value asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant import verify
from assistant.evidence import addressed, gather, weighted
from assistant.lead import asked_columns, lead_of_sentence, measured, notes, row_name
from assistant.library import Library
from assistant.match import flat, holds
from assistant.retrieve import retrieve
from assistant.types import Answer, Citation, Evidence, Query
from assistant.understand import nulls
from ingest.types import Document, ParsedDocument, Unit

# Share of the question's weight that evidence must cover; calibrated on evals/cases (python -m evals run answers).
ENOUGH = 0.45
STRICT = ("quantity", "years")  # a question for these is not answered by a text without one
NEAR = 0.4  # enough to be offered as the nearest thing known
AGREEING = 0.93  # another document's evidence this close to the best is shown beside it
MOST_SOURCES = 2
TABLE_SHARE = 0.7  # of the best score, for a table's row to answer a list question
SHORT_NAME = 40  # characters; a row's name this short (`Cấp huyện`) is told with the heading it stands under


def answer(query: Query, library: Library, documents: Collection[str] | None = None) -> Answer:
    """Answer from the library, from these documents only where given."""
    query = weighted(query, library)
    found = retrieve(query, library, documents=documents)
    evidence = addressed(query, found, library) or gather(query, found, library)
    fit = [e for e in evidence if not e.missing and e.coverage >= ENOUGH and (e.of_kind or query.wanted not in STRICT)]
    if not fit or _says_nothing(query, fit[0], library):
        return _not_found(evidence, library)
    draft = _extractive(query, _sources(query, fit), library)
    if any(verify.problems(draft, library)):
        return _quotes_only(draft)
    return draft


def _says_nothing(query: Query, best: Evidence, library: Library) -> bool:
    """Whether the field or the cells asked for hold only `Không có thông tin` or a dash."""
    parsed = library.document(best.document_id)
    assert parsed is not None
    if best.unit.kind == "hang":
        return all(value.lower() in nulls() for _, value in _asked(query, best.unit) or best.unit.cells)
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


def _extractive(query: Query, sources: Sequence[Evidence], library: Library) -> Answer:
    parts: list[str] = []
    citations: list[Citation] = []
    for evidence in sources:
        parsed = library.document(evidence.document_id)
        assert parsed is not None
        rows = _matching_rows(query, evidence, parsed)
        if len(rows) > 1:
            marks = [_cite(citations, parsed.document, row, row.start, row.end) for row in rows]
            parts.append(_row_list(rows, marks))
        else:
            mark = _cite(citations, parsed.document, evidence.unit, evidence.start, evidence.end)
            parts.append(_part(query, evidence, parsed, mark))
    return Answer("answered", "extractive", "\n\n".join(parts), tuple(citations))


def _cite(citations: list[Citation], document: Document, unit: Unit, start: int, end: int) -> int:
    marker = len(citations) + 1
    citations.append(
        Citation(
            marker=marker,
            document_id=document.id,
            document_title=formal_name(document),
            document_number=document.number,
            address=unit.address,
            quote=document.text[start:end],
            start=start,
            end=end,
        )
    )
    return marker


def formal_name(document: Document) -> str:
    """`Nghị quyết số 05-NQ/TU (minh họa) về đẩy mạnh …`."""
    if document.number and document.kind != "Thủ tục hành chính":
        sample = " (minh họa)" if document.illustrative else ""
        return f"{document.kind} số {document.number}{sample}: {document.title}"
    return document.title + (" (minh họa)" if document.illustrative else "")


def _part(query: Query, evidence: Evidence, parsed: ParsedDocument, mark: int) -> str:
    text = parsed.document.text
    unit = evidence.unit
    if unit.kind == "hang":
        return _row(query, unit, mark)
    if evidence.end > unit.head:
        return _headed(parsed, evidence, mark)
    quote = text[evidence.start : evidence.end]
    lead = lead_of_sentence(query, quote)
    return f"**{lead}** [{mark}]\n\n“{quote}”" if lead else f"“{quote}” [{mark}]"


def _row(query: Query, unit: Unit, mark: int) -> str:
    """The cells asked for, then the whole row with its columns."""
    asked = _asked(query, unit)
    rest = [cell for cell in _filled(unit) if cell not in asked]
    lines = [" — ".join((*unit.heading[-1:], row_name(unit))) if len(row_name(unit)) < SHORT_NAME else row_name(unit)]
    lines += [f"**{_cell(column, measured(unit, value))}**" for column, value in asked]
    lines[-1] += f" [{mark}]"
    lines += [f"- {_cell(column, value)}" for column, value in rest]
    return "\n".join(lines)


def _asked(query: Query, unit: Unit) -> list[tuple[str, str]]:
    """The cells asked for; where these are blank, the notes that say why."""
    asked = asked_columns(query, unit)
    blank = bool(asked) and all(value.lower() in nulls() for _, value in asked)
    return notes(unit) or asked if blank else asked


def _filled(unit: Unit) -> list[tuple[str, str]]:
    """The cells of a row that say something, besides its number and its name."""
    return [
        (column, value)
        for column, value in unit.cells
        if value.lower() not in nulls() and value != row_name(unit) and column.lower() not in {"stt", "tt"}
    ]


def _cell(column: str, value: str) -> str:
    return f"{column}: {value}" if column else value


def _headed(parsed: ParsedDocument, evidence: Evidence, mark: int) -> str:
    """The heading, then each thing that stands directly under it, verbatim."""
    text = parsed.document.text
    lines = [f"{text[evidence.start : evidence.unit.head]} [{mark}]"]
    for unit in parsed.units:
        if unit.start < evidence.unit.head or unit.end > evidence.end or unit.kind == "bang":
            continue
        if unit.kind == "hang":
            cells = [(c, v) for c, v in unit.cells if v.lower() not in nulls() and v != row_name(unit)]
            lines.append("- " + "; ".join((row_name(unit), *(_cell(c, v) for c, v in cells))))
        else:
            line = text[unit.start : unit.head]
            lines.append(line if line.startswith("-") else f"- {line}")
    return "\n".join(lines)


def _matching_rows(query: Query, evidence: Evidence, parsed: ParsedDocument) -> list[Unit]:
    """Where an agency's rows are asked for: every row of that table with the agency in the column asked about."""
    agencies = [c.key for c in query.constraints if c.kind == "agency"]
    if evidence.unit.kind != "hang" or not agencies or query.wanted not in {"list", "agency", "text"}:
        return []
    columns = {column for column, value in asked_columns(query, evidence.unit) if _names(value, agencies)}
    columns = columns or {column for column, value in evidence.unit.cells if _names(value, agencies)}
    return [
        unit
        for unit in parsed.units
        if unit.kind == "hang"
        and unit.parent == evidence.unit.parent
        and any(column in columns and _names(value, agencies) for column, value in unit.cells)
    ]


def _names(value: str, agencies: Sequence[str]) -> bool:
    return all(holds(flat(value), agency) for agency in agencies)


def _row_list(rows: Sequence[Unit], marks: Sequence[int]) -> str:
    lines: list[str] = []
    for unit, mark in zip(rows, marks, strict=True):
        lines.append(f"- **{row_name(unit)}** [{mark}]: " + "; ".join(_cell(*cell) for cell in _filled(unit)))
    return "\n".join(lines)


def _not_found(evidence: Sequence[Evidence], library: Library) -> Answer:
    """Says so, names what the documents lack, and offers the nearest thing that is known."""
    count = len(library.documents())
    text = f"Không tìm thấy câu trả lời trong các văn bản đang có ({count} văn bản)."
    near = next((e for e in evidence if e.coverage >= NEAR and _is_near(e)), None)
    if near is None:
        return Answer("not_found", "extractive", text)
    parsed = library.document(near.document_id)
    assert parsed is not None
    citations: list[Citation] = []
    mark = _cite(citations, parsed.document, near.unit, near.start, near.end)
    if near.missing:
        lacking = ", ".join(dict.fromkeys(f"“{c.said}”" for c in near.missing))
        text += f" Nội dung gần nhất không nói về {lacking}."
    text += f" Có thể xem: {near.unit.address}, {formal_name(parsed.document)} [{mark}]."
    return Answer("not_found", "extractive", text, tuple(citations))


def _is_near(evidence: Evidence) -> bool:
    """About the same thing in another year or place; not about another index, nor off in several ways."""
    return len(evidence.missing) <= 1 and all(c.kind != "index" for c in evidence.missing)


def _quotes_only(found: Answer) -> Answer:
    """The same evidence without any wording of ours."""
    text = "\n\n".join(f"“{citation.quote}” [{citation.marker}]" for citation in found.citations)
    return replace(found, text=text)
