"""Administrative procedures: found by name, by code or by a citizen's words, and each as a card."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Query
from starlette.exceptions import HTTPException

from assistant.api.ready import Ready
from assistant.procedures.shown import card, listed
from assistant.understand import MAX_LENGTH


def add_routes(app: FastAPI) -> None:
    app.get("/api/procedures", summary="Thủ tục hành chính: danh sách, hoặc tìm theo tên, mã, lời người dân")(
        list_procedures
    )
    app.get("/api/procedures/{code}", summary="Một thủ tục với mọi trường")(read_procedure)


def list_procedures(
    assistant: Ready, q: Annotated[str, Query(max_length=MAX_LENGTH, description="Tên, mã hoặc lời người dân")] = ""
) -> dict[str, Any]:
    with assistant.shelf.reading() as library:
        total = len(listed(library))
        rows = assistant.find_procedures(q.strip(), library) if q.strip() else listed(library)
        return {"total": total, "procedures": rows}


def read_procedure(code: str, assistant: Ready) -> dict[str, Any]:
    with assistant.shelf.reading() as library:
        found = card(code, library)
    if found is None:
        raise HTTPException(404, f"Không có thủ tục “{code[:80]}”. Xem danh sách ở /api/procedures.")
    return found
