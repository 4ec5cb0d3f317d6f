"""Answers from procedures as they are shown: what is told, what isn't, and which of several is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from assistant.about import formal_name
from assistant.compose import inert
from assistant.library import Library
from assistant.procedures.cards import Field, Procedure, Row, field_name, procedure_of
from assistant.procedures.page import Page, Told
from assistant.procedures.question import Asked
from assistant.procedures.told import tell
from assistant.procedures.which import Fit
from assistant.types import Answer, Citation, Query
from ingest.types import Unit

NEAR = 0.4  # of the subject's weight in a title, for the procedure to be offered as the nearest one

AS_FIELDS: dict[str, Field] = {"step": "steps", "wait": "time", "deadline": "time", "forms": "form", "actor": "agency"}
_NEXT: dict[Field, str] = {
    "papers": "cần những giấy tờ gì?",
    "time": "giải quyết trong bao lâu?",
    "fee": "lệ phí bao nhiêu?",
    "place": "nộp hồ sơ ở đâu?",
}
_KNOWN = frozenset(
    {"steps", "ways", "time", "fee", "papers", "who", "agency", "authority", "partner", "place", "result", "basis",
     "conditions", "level", "code", "sector", "copies", "form"}
)  # fmt: skip


def written(page: Page, told: Sequence[Told]) -> Answer:
    parts: list[str] = []
    for each in told:
        name = f"{inert(formal_name(page.procedure.document))}" + (f" — {each.name}:" if each.name else ":")
        parts.append("\n".join(filter(None, (each.lead, name, *each.lines))))
    return Answer("answered", "procedure", "\n\n".join(parts), tuple(page.citations))


def next_questions(asked: Asked, procedure: Procedure) -> tuple[str, ...]:
    """What else people want to know of this procedure and it tells."""
    told = {AS_FIELDS.get(what, what) for what in asked.what}
    name = procedure.document.title
    return tuple(
        f"{name} {asking}" for field, asking in _NEXT.items() if field not in told and _tells(field, procedure)
    )


def _tells(name: Field, procedure: Procedure) -> bool:
    if name in {"time", "fee"}:
        return any(row.cells.get(name) for row in procedure.rows("ways"))
    return bool(procedure.rows(name) or procedure.lines(name))


def lead_of(answer: Answer | None) -> str:
    """What answers say alike if they say the same: the values that lead."""
    if answer is None or answer.status != "answered":
        return ""
    first = answer.text.split("\n")[0]
    return first.partition(" [")[0] if first.startswith("**") else answer.text


def blank(what: str, asked: Asked, page: Page) -> Answer:
    """That a procedure doesn't say it, and what it does say: its blank, the other ways, who does it."""
    procedure = page.procedure
    name = AS_FIELDS.get(what) or cast("Field", what)
    by_way = asked.way if name in {"time", "fee"} else ""
    said = field_name(name).lower() if name in _KNOWN else "nội dung này"
    title = inert(formal_name(procedure.document))
    text = f"{title} không ghi {said}" + (f" khi nộp {by_way}" if by_way else "") + "."
    text += _near(name, asked, page)
    if not page.citations:
        text += f" Có thể xem thủ tục này{page.mark(_head(procedure))}."
    return Answer("not_found", "procedure", text, tuple(page.citations))


def _near(name: Field, asked: Asked, page: Page) -> str:
    procedure = page.procedure
    rows: list[Row] = [row for row in procedure.rows("ways") if name in row.cells] if name in {"time", "fee"} else []
    if rows:
        shown = "; ".join(
            f"{inert(row.cells.get('way', ''))}: {inert(row.cells[name])}{page.mark(row.unit)}" for row in rows
        )
        return f" Có ghi: {shown}."
    if name == "authority" and (told := tell("agency", asked, page)):
        return f" {told.name}: {told.lead or told.lines[0]}."
    part = procedure.parts.get(name)
    if part is not None and part.blank is not None:
        blank = procedure.document.text[part.blank.start : part.blank.head]
        return f" Mục này ghi “{inert(blank)}”{page.mark(part.heading, part.heading.start, part.blank.head)}."
    return ""


def _head(procedure: Procedure) -> Unit:
    first = next(iter(procedure.facts.values()), None)
    if first is not None:
        return first.unit
    return next(iter(procedure.parts.values())).heading


def clarify(query: Query, fits: Sequence[Fit], library: Library) -> Answer:
    """Which of them is meant: each by its name, and the question again with its code."""
    page: Page | None = None
    lines: list[str] = []
    suggestions: list[str] = []
    citations: list[Citation] = []
    for fit in fits:
        procedure = procedure_of(fit.document_id, library)
        assert procedure is not None
        page = Page(procedure, query, citations=citations)
        lines.append(f"- {inert(formal_name(procedure.document))}{page.mark(_head(procedure))}")
        suggestions.append(f"Thủ tục {procedure.document.number}: {query.message}")
    text = "\n".join(("Có mấy thủ tục hợp với câu hỏi. Bạn hỏi về thủ tục nào?", *lines))
    return Answer("clarify", "procedure", text, tuple(citations), tuple(suggestions))


def none_such(query: Query, fits: Sequence[Fit], library: Library) -> Answer | None:
    """That there is no such procedure, with the nearest one; None where none is near."""
    near = next((fit for fit in fits[:1] if fit.named >= NEAR), None)
    procedure = procedure_of(near.document_id, library) if near else None
    if procedure is None:
        return None
    page = Page(procedure, query)
    mark = page.mark(_head(procedure))
    text = (
        "Không tìm thấy câu trả lời trong các văn bản đang có. Thủ tục gần nhất: "
        f"{inert(formal_name(procedure.document))}{mark}."
    )
    return Answer("not_found", "procedure", text, tuple(page.citations))


def unknown() -> Answer:
    """That there is no procedure of the code asked for."""
    return Answer("not_found", "procedure", "Không có thủ tục nào mang mã này trong các văn bản đang có.")
