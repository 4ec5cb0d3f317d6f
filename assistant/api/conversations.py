"""Conversations over HTTP: listed, found, renamed, kept as a file, deleted; and what people think of answers.

There are no users: a conversation belongs to whoever knows its random id. So the page keeps the ids, and the server
lists only those that it is sent, in a body, since addresses are written down by proxies.
"""

from __future__ import annotations

from typing import Any, Literal

from fastapi import FastAPI
from fastapi.responses import Response
from pydantic import BaseModel, Field

from assistant.api.ready import Ready, attachment
from assistant.conversations import LONGEST_TITLE
from assistant.feedback import LONGEST_REASON
from assistant.transcript import as_docx, as_markdown, lines_of

MOST_LISTED = 200
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Listing(BaseModel):
    """Which conversations, and words that they must hold. Sent as a body: who knows an id may read what it names."""

    ids: list[str] = Field(max_length=MOST_LISTED)
    q: str = Field("", max_length=200)


class Renaming(BaseModel):
    title: str = Field(min_length=1, max_length=LONGEST_TITLE)


class OpinionGiven(BaseModel):
    message_id: str = Field(max_length=100)
    verdict: Literal["up", "down"]
    reason: str = Field("", max_length=LONGEST_REASON)


def add_routes(app: FastAPI) -> None:
    app.post("/api/conversations", summary="Các cuộc trò chuyện có mã đã cho; tìm theo chữ")(list_conversations)
    app.get("/api/conversations/{id_}", summary="Các lượt hỏi đáp của một cuộc trò chuyện")(read_conversation)
    app.get("/api/conversations/{id_}/export.md", summary="Cuộc trò chuyện dạng Markdown")(export_markdown)
    app.get("/api/conversations/{id_}/export.docx", summary="Cuộc trò chuyện dạng Word")(export_docx)
    app.patch("/api/conversations/{id_}", status_code=204, summary="Đổi tên một cuộc trò chuyện")(rename)
    app.delete("/api/conversations/{id_}", status_code=204, summary="Xóa một cuộc trò chuyện")(delete_conversation)
    app.post("/api/feedback", status_code=204, summary="Nhận xét về một câu trả lời")(give_feedback)


def list_conversations(body: Listing, assistant: Ready) -> dict[str, Any]:
    """The latest first."""
    return {"conversations": assistant.conversations.listed(body.ids, body.q)}


def read_conversation(id_: str, assistant: Ready) -> dict[str, Any]:
    return {"id": id_, "title": assistant.conversations.title(id_), "messages": assistant.conversations.read(id_)}


def export_markdown(id_: str, assistant: Ready) -> Response:
    lines = lines_of(assistant.conversations.title(id_), assistant.conversations.read(id_))
    return attachment(as_markdown(lines), "text/markdown; charset=utf-8", "hoi-dap.md")


def export_docx(id_: str, assistant: Ready) -> Response:
    lines = lines_of(assistant.conversations.title(id_), assistant.conversations.read(id_))
    return attachment(as_docx(lines), _WORD, "hoi-dap.docx")


def rename(id_: str, body: Renaming, assistant: Ready) -> Response:
    assistant.conversations.rename(id_, body.title)
    return Response(status_code=204)


def delete_conversation(id_: str, assistant: Ready) -> Response:
    assistant.conversations.delete(id_)
    return Response(status_code=204)


def give_feedback(body: OpinionGiven, assistant: Ready) -> Response:
    assistant.feedback.add(body.message_id, body.verdict, body.reason)
    return Response(status_code=204)
