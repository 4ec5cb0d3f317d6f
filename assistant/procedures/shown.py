"""Procedures as their pages show them: listed, found by a citizen's words, and each as a card with all its fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from assistant.library import Library
from assistant.match import flat_bare, holds
from assistant.procedures.cards import PROCEDURE, Field, Line, Part, Procedure, Row, field_name, procedure_of
from assistant.procedures.question import asked_of
from assistant.procedures.told import is_special
from assistant.procedures.which import fitting, real_first
from assistant.types import Found, Query, place_url
from ingest.types import Document, Unit

# How much of a citizen's words a procedure must fit, beside the best, to be listed.
FITTING, NEAR_BEST = 0.8, 0.6
_CODE = re.compile(r"\d\.\d{3,6}(?:\.[\w.]+)?")
_BULLET = re.compile(r"^\s*[-–+*•]\s*")
# In the order in which somebody who files needs them.
_ORDER: tuple[Field, ...] = (
    "who", "conditions", "ways", "time", "fee", "papers", "place", "steps", "agency", "authority", "delegate",
    "partner", "result", "basis",
)  # fmt: skip
_HEAD: tuple[Field, ...] = ("code", "level", "sector", "kind", "decision")


def listed(library: Library) -> list[dict[str, Any]]:
    """Every procedure, in the order of the ids; real ones before samples of the same code."""
    ids = [document.id for document in library.documents() if document.kind == PROCEDURE]
    return library.derived("procedures listed", lambda: [_row(id_, library) for id_ in real_first(ids, library)])


def search(text: str, query: Query, found: Sequence[Found], library: Library) -> list[dict[str, Any]]:
    """The procedures of a code, or with all the words in their names, then those that a citizen's words fit.

    `query` is weighted, `found` what was retrieved for it.
    """
    rows = listed(library)
    code = _CODE.search(text)
    if code:
        return [row for row in rows if row["code"].startswith(code.group())]
    words = flat_bare(text).split()
    named = [row for row in rows if all(holds(flat_bare(row["title"]), word) for word in words)]
    fits = fitting(query, asked_of(query), found, library, None)
    least = max(FITTING, NEAR_BEST * fits[0].score) if fits else 0.0
    by_id = {row["id"]: row for row in rows}
    fitted = [by_id[fit.document_id] for fit in fits if fit.score >= least and not fit.foreign]
    return list({row["id"]: row for row in (*named, *fitted)}.values())


def card(code: str, library: Library) -> dict[str, Any] | None:
    """The card of a code or of a document's id: its fields in order, each line and row with where it stands."""
    ids = [row["id"] for row in listed(library) if code in {row["code"], row["id"]}]
    procedure = procedure_of(ids[0], library) if ids else None
    if procedure is None:
        return None
    parts = [_part(name, procedure.parts[name], procedure) for name in _ORDER if name in procedure.parts]
    return _row(ids[0], library) | {"parts": parts, "papers": _papers(procedure)}


def _row(id_: str, library: Library) -> dict[str, Any]:
    procedure = procedure_of(id_, library)
    assert procedure is not None
    document = procedure.document
    head = {name: procedure.facts[name].cells[name] for name in _HEAD if name in procedure.facts}
    return head | {
        "id": id_,
        "code": document.number or head.get("code") or id_,
        "title": title_of(document),
        "illustrative": document.illustrative,
        "agency": "; ".join(procedure.shown(line).strip(" -") for line in procedure.lines("agency")),
        "url": f"/documents/{id_}",
    }


def title_of(document: Document) -> str:
    """The name without `Thủ tục` before it, which every one would have."""
    name = re.sub(r"^thủ tục(?: hành chính)?\s+", "", document.title, flags=re.IGNORECASE) or document.title
    return name[:1].upper() + name[1:]


def _part(name: Field, part: Part, procedure: Procedure) -> dict[str, Any]:
    return {
        "field": name,
        "title": field_name(name),
        "blank": not part.lines and not part.rows,
        "url": _url(procedure, part.heading, part.heading.start, part.heading.head),
        "lines": [_line(line, procedure) for line in part.lines],
        "rows": [_cells(row, procedure) for row in part.rows] if name != "papers" else [],
    }


def _line(line: Line, procedure: Procedure) -> dict[str, Any]:
    shown = procedure.shown(line)
    return {
        "text": _BULLET.sub("", shown),
        "bullet": _BULLET.match(shown) is not None,
        "case": line.case,
        "url": _url(procedure, line.unit, line.start, line.end),
    }


def _cells(row: Row, procedure: Procedure) -> dict[str, Any]:
    cells = [{"field": name, "title": field_name(name), "value": value} for name, value in row.cells.items()]
    return {"case": row.case, "cells": cells, "url": _url(procedure, row.unit, row.unit.start, row.unit.head)}


def _papers(procedure: Procedure) -> list[dict[str, Any]]:
    """The papers to bring together, in order, with the case that each is for; what isn't `special`, all bring."""
    found = [(row.unit.start, _row_paper(row, procedure)) for row in procedure.rows("papers")]
    found += [(line.start, _line_paper(line, procedure)) for line in procedure.lines("papers")]
    return [paper for _, paper in sorted(found, key=lambda each: each[0])]


def _row_paper(row: Row, procedure: Procedure) -> dict[str, Any]:
    told: tuple[Field, ...] = ("copies", "form", "note")
    return {
        "paper": row.cells.get("paper") or " — ".join(row.cells.values()),
        **{name: row.cells.get(name, "") for name in told},
        "case": row.case,
        "special": is_special(row.case),
        "url": _url(procedure, row.unit, row.unit.start, row.unit.head),
    }


def _line_paper(line: Line, procedure: Procedure) -> dict[str, Any]:
    return {
        "paper": _BULLET.sub("", procedure.shown(line)),
        "case": line.case,
        "special": is_special(line.case),
        "url": _url(procedure, line.unit, line.start, line.end),
    }


def _url(procedure: Procedure, unit: Unit, start: int, end: int) -> str:
    return place_url(procedure.document.id, start, end if end > start else unit.end)
