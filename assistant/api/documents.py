"""Documents: listed, searched, read, fetched as they came; sent in and taken out by administrators."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import asdict, fields
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Depends, FastAPI, Header, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from assistant.about import document_json
from assistant.api.ready import Ready
from assistant.bootstrap import Assistant
from assistant.errors import NotAllowed, WrongCode
from assistant.originals import too_large
from assistant.textsearch import search_texts
from assistant.uploads import Job
from ingest.types import ParsedDocument, Unit

_NOT_SET = (
    "Máy chủ này chưa cho tải lên và gỡ văn bản qua trang web. Người vận hành đặt HOIDAP_ADMIN_TOKEN là một mã bí mật "
    "rồi khởi động lại máy chủ; hoặc nạp bằng lệnh `hoidap ingest`."
)
_WRONG = "Mã quản trị không đúng. Hãy kiểm tra rồi nhập lại."
PIECE = 1 << 20  # bytes that are written to the disk at a time


def add_routes(app: FastAPI) -> None:
    app.get("/api/documents", summary="Các văn bản đang có; với q, những văn bản có chữ đó và các chỗ")(list_documents)
    app.post("/api/documents", status_code=202, summary="Tải một tệp lên (quản trị)")(upload_document)
    app.get("/api/documents/{id_}", summary="Một văn bản: thông tin, cấu trúc và nguyên văn")(read_document)
    app.delete("/api/documents/{id_}", status_code=202, summary="Gỡ một văn bản (quản trị)")(remove_document)
    app.get("/api/documents/{id_}/original", summary="Tệp gốc của một văn bản")(original)
    app.get("/api/documents/{id_}/text", summary="Phần chữ của một văn bản")(plain_text)
    app.get("/api/jobs/{id_}", summary="Một việc tải lên hoặc gỡ: đến đâu, kết quả (quản trị)")(read_job)
    app.get("/api/administration", summary="Có được tải lên và gỡ không, giới hạn bao nhiêu")(administration)


def list_documents(
    assistant: Ready, q: Annotated[str, Query(max_length=200, description="Chữ tìm trong văn bản")] = ""
) -> dict[str, list[dict[str, Any]]]:
    with assistant.shelf.reading() as library:
        matches = search_texts(q, library) if q.strip() else None
        ids = None if matches is None else {match.document_id for match in matches}
        documents = [each for each in library.documents() if ids is None or each.id in ids]
        listed = [document_json(each, library.standing(each)) for each in documents]
    found = {} if matches is None else {"matches": [asdict(match) for match in matches]}
    return {"documents": listed, **found}


def read_document(id_: str, assistant: Ready) -> Response:
    parsed = _document(id_, assistant)
    with assistant.shelf.reading() as library:
        status = library.standing(parsed.document)
    file = assistant.uploads.originals.of(parsed.document)
    shown = {
        "original": file.name if file else None,
        "text": parsed.document.text,
        "units": [_unit(unit) for unit in parsed.units],
    }
    # As it is: going through all of a long law's units once more takes longer than making them.
    return JSONResponse(document_json(parsed.document, status) | shown)


def _unit(unit: Unit) -> dict[str, Any]:
    return {field.name: getattr(unit, field.name) for field in fields(Unit)}


def original(id_: str, assistant: Ready) -> Response:
    file = assistant.uploads.originals.of(_document(id_, assistant).document)
    if file is None:
        raise HTTPException(404, "Máy chủ không giữ bản gốc của văn bản này, hoặc tệp đã đổi từ khi nạp.")
    # To keep, never to show: a page of HTML would run as ours.
    return FileResponse(file, media_type="application/octet-stream", headers=_named(file.name))


def plain_text(id_: str, assistant: Ready) -> Response:
    text = _document(id_, assistant).document.text
    return Response(text, media_type="text/plain; charset=utf-8", headers=_named(f"{id_}.txt"))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def _document(id_: str, assistant: Assistant) -> ParsedDocument:
    with assistant.shelf.reading() as library:
        parsed = library.document(id_)
    if parsed is None:
        raise HTTPException(404, f"Không có văn bản “{id_[:80]}”. Xem danh sách ở /api/documents.")
    return parsed


# --- administrators -------------------------------------------------------------------------------------------------


def _code(authorization: Annotated[str, Header()] = "") -> str:
    """What stands after `Bearer`; percent-encoded, as a header carries no letters beyond Latin ones."""
    scheme, _, code = authorization.partition(" ")
    return unquote(code.strip()) if scheme.lower() == "bearer" else ""


Code = Annotated[str, Depends(_code)]


def _administrator(assistant: Ready, code: Code) -> None:
    """Raises NotAllowed where no code is set, WrongCode for another one."""
    if assistant.settings.admin_token is None:
        raise NotAllowed(_NOT_SET)
    if not _is_code(assistant, code):
        raise WrongCode(_WRONG)


def _is_code(assistant: Assistant, code: str) -> bool:
    token = assistant.settings.admin_token
    return token is not None and hmac.compare_digest(code.encode(), token.get_secret_value().encode())


Administrator = Depends(_administrator)


def administration(assistant: Ready, code: Code) -> dict[str, Any]:
    enabled = assistant.settings.admin_token is not None
    told: dict[str, Any] = {"enabled": enabled, "limit_mb": assistant.settings.upload_limit_mb}
    if not enabled:
        return told | {"reason": _NOT_SET}
    if not _is_code(assistant, code):
        return told | {"administrator": False}
    waiting = [{"source": each.source, "reason": each.reason} for each in assistant.catalog.quarantined()]
    return told | {"administrator": True, "quarantined": waiting}


async def upload_document(
    request: Request,
    assistant: Ready,
    name: Annotated[str, Query(max_length=500, description="Tên tệp")],
    _: Annotated[None, Administrator],
) -> Response:
    """The body is the file; it goes to the disk as it comes."""
    limit = assistant.settings.upload_limit_mb * 2**20
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > limit:
        raise too_large(limit)
    arriving = await asyncio.to_thread(assistant.uploads.originals.arriving, name, limit)
    try:
        waiting = bytearray()
        async for piece in request.stream():
            waiting += piece
            if len(waiting) >= PIECE:
                await asyncio.to_thread(arriving.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(arriving.write, bytes(waiting))
        job = await asyncio.to_thread(assistant.uploads.add, arriving)
    except BaseException:  # the client went away, the disk is full
        await asyncio.to_thread(arriving.discard)
        raise
    return _accepted(job)


def remove_document(id_: str, assistant: Ready, _: Annotated[None, Administrator]) -> Response:
    return _accepted(assistant.uploads.remove(_document(id_, assistant).document))


def read_job(id_: str, assistant: Ready, _: Annotated[None, Administrator]) -> dict[str, Any]:
    job = assistant.uploads.job(id_)
    if job is None:
        raise HTTPException(404, "Không có việc này; máy chủ có thể đã khởi động lại. Xem danh sách văn bản.")
    return asdict(job)


def _accepted(job: Job) -> Response:
    return JSONResponse(asdict(job), status_code=202, headers={"Location": f"/api/jobs/{job.id}"})
