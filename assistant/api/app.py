"""The application: its routes and pages, security headers, limits, errors as problems."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from fastapi.sse import format_sse_event
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api import conversations, documents, facts, procedures
from assistant.api.ready import Ready
from assistant.bootstrap import Assistant
from assistant.conversations import Turn, as_json
from assistant.errors import (
    BadQuestion,
    BadUpload,
    NotAllowed,
    NotReady,
    UnknownConversation,
    UnknownMessage,
    UploadsFull,
    UploadTooLarge,
    WrongCode,
)
from assistant.understand import MAX_LENGTH
from ingest.errors import HoidapError, StorageProblem

WEB = Path(__file__).parent.parent / "web"
WATCH_SECONDS = 1.0  # how soon a new generation is noticed
RETRY_SECONDS = 5
MAX_BODY = 64 * 1024  # a message of 2,000 characters, escaped, with a list of documents

_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors "
# The API's own page starts itself from a script within it.
_DOCS_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)
_TOO_LARGE = f"Yêu cầu quá lớn; tối đa {MAX_BODY // 1024} KB."
_STATUS = {
    BadQuestion: 422,
    UnknownConversation: 404,
    UnknownMessage: 404,
    NotReady: 503,
    StorageProblem: 503,
    WrongCode: 401,
    NotAllowed: 403,
    UploadTooLarge: 413,
    BadUpload: 422,
    UploadsFull: 503,
}
_TITLES = {
    400: "Yêu cầu không hợp lệ",
    401: "Cần mã quản trị",
    403: "Không được phép",
    404: "Không tìm thấy",
    405: "Phương thức không được hỗ trợ",
    413: "Yêu cầu quá lớn",
    415: "Không phải JSON",
    422: "Câu hỏi chưa dùng được",
    500: "Lỗi máy chủ",
    503: "Chưa sẵn sàng",
}


class ChatRequest(BaseModel):
    """A question; `document_ids` narrows the answer to these documents."""

    model_config = ConfigDict(json_schema_extra={"example": {"message": "Quảng Ninh dẫn đầu PCI mấy năm liên tiếp?"}})

    message: str = Field(description=f"Câu hỏi, tối đa {MAX_LENGTH} ký tự")
    conversation_id: str | None = Field(None, max_length=100)
    document_ids: list[str] | None = Field(None, max_length=1000)


def create_app(
    open_: Callable[[], Assistant],
    allowed_hosts: list[str] | None = None,
    root_path: str = "",
    widget_origins: Sequence[str] = (),
) -> FastAPI:
    """The application; `open_` is called when it starts, and what it gives is closed when it stops.

    `root_path` is the path under which a proxy shows it, `widget_origins` the sites that may show it in a frame.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.assistant = assistant = await asyncio.to_thread(open_)
        watcher = asyncio.create_task(_watch(assistant))
        yield
        watcher.cancel()
        await asyncio.to_thread(assistant.close)

    app = FastAPIOffline(
        title="hoidap",
        description="Hỏi đáp trên văn bản chính sách, có trích dẫn nguyên văn.",
        version=metadata.version("hoidap"),
        lifespan=lifespan,
        redoc_url=None,
        favicon_url="/web/icon.svg",
    )
    _add_routes(app)
    _add_pages(app, root_path)
    _add_errors(app)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts or ["*"], www_redirect=False)
    app.add_middleware(GZipMiddleware, minimum_size=1000)  # streams of events go as they are
    app.add_middleware(_Headers, root_path=root_path, framed_by=widget_origins)
    return app


async def _watch(assistant: Assistant) -> None:
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        await asyncio.to_thread(assistant.shelf.refresh)


def _add_routes(app: FastAPI) -> None:
    # On the route: the application's own limit answers in plain text, ahead of every handler of errors.
    streamed = "Hỏi; JSON, hoặc server-sent events với Accept: text/event-stream"
    app.post("/api/chat", summary=streamed, max_body_size=MAX_BODY)(chat)
    documents.add_routes(app)
    facts.add_routes(app)
    procedures.add_routes(app)
    conversations.add_routes(app)
    app.get("/healthz", summary="Tiến trình đang chạy")(healthz)
    app.get("/readyz", summary="Chỉ mục đã mở, sẵn sàng trả lời")(readyz)


def chat(body: ChatRequest, request: Request, assistant: Ready) -> Response:
    turn = assistant.chat(body.message, body.conversation_id, body.document_ids)
    if "text/event-stream" in request.headers.get("accept", ""):
        with assistant.shelf.reading() as library:
            count = len(library.documents())
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(turn, count), media_type="text/event-stream", headers=headers)
    return JSONResponse(as_json(turn))


async def _events(turn: Turn, document_count: int) -> AsyncIterator[bytes]:
    """The answer is complete and verified before the first event; it is sent word by word."""
    answer = as_json(turn)
    yield _event("status", {"text": f"Đã tìm trong {document_count} văn bản"})
    for piece in _pieces(answer["text"]):
        yield _event("delta", {"text": piece})
        await asyncio.sleep(0)
    for citation in answer["citations"]:
        yield _event("citation", citation)
    yield _event("done", answer)


def _pieces(text: str) -> Iterator[str]:
    for match in re.finditer(r"\S+\s*|\s+", text):
        yield match.group()


def _event(name: str, data: object) -> bytes:
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False), event=name)


async def healthz() -> dict[str, str]:
    return {"status": "ok"}


def readyz(assistant: Ready) -> dict[str, Any]:
    with assistant.shelf.reading() as library:
        return {"status": "ready", "generation": library.name, "documents": len(library.documents())}


def _add_pages(app: FastAPI, root_path: str) -> None:
    """One page for every view; its own addresses begin with the path under which a proxy shows it."""
    text = re.sub(r'\b(href|src)="/', rf'\1="{root_path}/', (WEB / "index.html").read_text(encoding="utf-8"))

    async def page() -> HTMLResponse:
        return HTMLResponse(text)

    for path in ("/", "/documents", "/documents/{id_}", "/board", "/procedures", "/procedures/{code}"):
        app.get(path, include_in_schema=False)(page)
    app.mount("/web", StaticFiles(directory=WEB), name="web")


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(HoidapError)
    async def known(_request: Request, error: HoidapError) -> Response:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
        return problem(status, str(error), _slug(type(error).__name__))

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        return problem(422, " ".join(dict.fromkeys(_explain(dict(e)) for e in error.errors())), "invalid-request")

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> Response:
        # Only our own 404s say more than their title.
        ours = error.status_code == 404 and error.detail != "Not Found"
        detail = error.detail if ours else _TITLES.get(error.status_code, error.detail)
        return problem(error.status_code, detail, f"http-{error.status_code}", error.headers)

    @app.exception_handler(Exception)
    async def unforeseen(_request: Request, _error: Exception) -> Response:
        return problem(500, "Có lỗi ngoài dự kiến; lỗi đã được ghi lại ở máy chủ. Hãy thử lại.", "internal")


def problem(status: int, detail: str, type_: str, headers: Mapping[str, str] | None = None) -> Response:
    """An RFC 9457 problem; 503 says when to try again."""
    retry = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}
    return JSONResponse(
        {"type": f"urn:hoidap:{type_}", "title": _TITLES.get(status, "Lỗi"), "status": status, "detail": detail},
        status_code=status,
        media_type="application/problem+json",
        headers={**(headers or {}), **retry},
    )


def _slug(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def _explain(error: dict[str, Any]) -> str:
    """A validation error in Vietnamese, without what was sent."""
    field = ".".join(str(part) for part in error["loc"] if part != "body" and not isinstance(part, int)) or "nội dung"
    match error["type"]:
        case "json_invalid" | "model_attributes_type":
            return 'Nội dung gửi lên không phải JSON hợp lệ; cần dạng {"message": "câu hỏi"}.'
        case "missing":
            return f'Thiếu trường “{field}”; cần dạng {{"message": "câu hỏi"}}.'
        case "string_unicode":
            return f"Trường “{field}” có ký tự hỏng (nửa cặp Unicode); hãy gõ lại."
        case "string_type":
            return f"Trường “{field}” phải là chuỗi ký tự."
        case _:
            return f"Trường “{field}” không hợp lệ."


class _Headers:
    """Security headers on every response; nothing from other hosts, no framing but by these, no guessing of types."""

    def __init__(self, app: ASGIApp, root_path: str, framed_by: Sequence[str]) -> None:
        self._app = app
        self._root_path = root_path
        self._policy = _POLICY + (" ".join(framed_by) or "'none'")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["root_path"] = self._root_path  # whether the proxy takes it off the path or not
        policy = _DOCS_POLICY if scope["path"].removeprefix(self._root_path) == "/docs" else self._policy

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", policy.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        size = dict(scope["headers"]).get(b"content-length", b"0")
        # What is uploaded has a limit of its own, and goes to the disk.
        upload = scope["method"] == "POST" and scope["path"].endswith("/api/documents")
        too_large = not upload and size.isdigit() and int(size) > MAX_BODY
        # Told before the body arrives; one of untold length is cut off where it passes the limit.
        app = problem(413, _TOO_LARGE, "too-large") if too_large else self._app
        await app(scope, receive, with_headers)
