"""The ledger: as one table of facts, and as the board's targets, tasks and indicators over the years."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from assistant.api.ready import Ready, attachment
from assistant.bootstrap import Assistant
from assistant.ledger.board import Filter, Kind, as_csv, as_xlsx, select, table
from assistant.ledger.overview import (
    TARGET_COLUMNS,
    TASK_COLUMNS,
    Chosen,
    Sort,
    View,
    Wanted,
    choose,
    facets,
)
from assistant.ledger.series import series_of
from assistant.ledger.shown import document_of, ledger_of, short_name, value_shown
from assistant.library import Library
from assistant.types import place_url

_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS = {"targets": TARGET_COLUMNS, "tasks": TASK_COLUMNS}
_NAMES = {"targets": "chi-tieu", "tasks": "nhiem-vu"}


def add_routes(app: FastAPI) -> None:
    app.get("/api/facts", summary="Sổ theo dõi: chỉ tiêu, kết quả, nhiệm vụ; lọc và chia trang")(list_facts)
    app.get("/api/facts.csv", summary="Sổ theo dõi dạng CSV")(facts_csv)
    app.get("/api/facts.xlsx", summary="Sổ theo dõi dạng Excel")(facts_xlsx)
    app.get("/api/board/series", summary="Các chỉ số có kết quả của từ hai năm")(list_series)
    app.get("/api/board/series/{id_}", summary="Một chỉ số qua các năm")(read_series)
    app.get("/api/board/{view}.csv", summary="Bảng theo dõi dạng CSV")(board_csv)
    app.get("/api/board/{view}.xlsx", summary="Bảng theo dõi dạng Excel")(board_xlsx)
    app.get("/api/board/{view}", summary="Chỉ tiêu cạnh kết quả, hoặc nhiệm vụ; lọc, sắp xếp, chia trang")(board)


def _filter(
    kind: Kind | None = None,
    agency: Annotated[str, Query(max_length=200, description="Cơ quan, viết cách nào cũng được")] = "",
    indicator: Annotated[str, Query(max_length=200, description="Từ trong chỉ tiêu hoặc nhiệm vụ")] = "",
    period: Annotated[str, Query(max_length=100, description="Kỳ, như 2025, quý II/2025")] = "",
    document: Annotated[str, Query(max_length=200, description="Mã văn bản")] = "",
) -> Filter:
    return Filter(kind, agency.strip(), indicator.strip(), period.strip(), document.strip())


Facts = Annotated[Filter, Depends(_filter)]


def list_facts(
    assistant: Ready,
    wanted: Facts,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    rows = _facts(assistant, wanted)
    return {"total": len(rows), "facts": rows[offset : offset + limit]}


def facts_csv(assistant: Ready, wanted: Facts) -> Response:
    return attachment(as_csv(_facts(assistant, wanted)).encode(), _CSV, "so-theo-doi.csv")


def facts_xlsx(assistant: Ready, wanted: Facts) -> Response:
    return attachment(as_xlsx(_facts(assistant, wanted)), _XLSX, "so-theo-doi.xlsx")


def _facts(assistant: Assistant, wanted: Filter) -> list[dict[str, Any]]:
    with assistant.shelf.reading() as library:
        return table(select(ledger_of(library), wanted), library)


def _wanted(
    q: Annotated[str, Query(max_length=200, description="Từ trong chỉ tiêu hoặc nhiệm vụ")] = "",
    agency: Annotated[str, Query(max_length=200, description="Cơ quan, viết cách nào cũng được")] = "",
    role: Literal["", "lead", "coordinate", "monitor"] = "",
    period: Annotated[str, Query(max_length=100, description="Kỳ, như 2025, quý II/2025")] = "",
    document: Annotated[str, Query(max_length=200, description="Mã văn bản")] = "",
    state: Literal["", "met", "unmet", "none", "past", "coming", "undated"] = "",
    sort: Sort = "document",
    desc: bool = False,  # noqa: FBT001, FBT002 (a query's field)
) -> Wanted:
    asked = Filter(None, agency.strip(), q.strip(), period.strip(), document.strip())
    return Wanted(asked, state, role, sort, desc)


Rows = Annotated[Wanted, Depends(_wanted)]


def board(
    view: View,
    assistant: Ready,
    wanted: Rows,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    with assistant.shelf.reading() as library:
        chosen = choose(view, wanted, library)
        shown: dict[str, Any] = {
            "total": len(chosen.rows),
            "counts": chosen.counts,
            "rows": [row.shown for row in chosen.rows[offset : offset + limit]],
        }
        if not offset:
            shown["facets"] = facets(view, library)
    return Response(json.dumps(shown, ensure_ascii=False, default=str), media_type="application/json")


def board_csv(view: View, assistant: Ready, wanted: Rows) -> Response:
    content = as_csv(_rows(view, assistant, wanted), _COLUMNS[view])
    return attachment(content.encode(), _CSV, f"{_NAMES[view]}.csv")


def board_xlsx(view: View, assistant: Ready, wanted: Rows) -> Response:
    return attachment(as_xlsx(_rows(view, assistant, wanted), _COLUMNS[view]), _XLSX, f"{_NAMES[view]}.xlsx")


def _rows(view: View, assistant: Assistant, wanted: Wanted) -> list[dict[str, Any]]:
    with assistant.shelf.reading() as library:
        chosen: Chosen = choose(view, wanted, library)
        return [row.shown for row in chosen.rows]


def list_series(assistant: Ready) -> dict[str, Any]:
    with assistant.shelf.reading() as library:
        return {"series": [_series(id_, library) for id_ in series_of(library)]}


def read_series(id_: str, assistant: Ready) -> dict[str, Any]:
    with assistant.shelf.reading() as library:
        if id_ not in series_of(library):
            raise HTTPException(404, "Không có chỉ số này qua các năm. Xem danh sách ở /api/board/series.")
        return _series(id_, library)


def _series(id_: str, library: Library) -> dict[str, Any]:
    series = series_of(library)[id_]
    points = [
        {
            "year": year,
            "kind": entry.figure.kind,
            "value": None if entry.figure.value is None else float(entry.figure.value),
            "written": value_shown(entry.figure),
            "document": short_name(document_of(entry.document_id, library)),
            "url": place_url(entry.document_id, entry.fact.start, entry.fact.end),
        }
        for year, entry in series.points
        if entry.figure
    ]
    return {"id": id_, "name": series.name, "unit": series.unit, "scope": series.scope, "points": points}
