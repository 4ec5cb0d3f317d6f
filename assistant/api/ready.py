"""What requests work with: the assistant that the application opened when it started."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from assistant.bootstrap import Assistant


def _assistant(request: Request) -> Assistant:
    found: Assistant = request.app.state.assistant
    return found


Ready = Annotated[Assistant, Depends(_assistant)]


def attachment(content: bytes, kind: str, name: str) -> Response:
    """A file to keep; `name` is of plain letters."""
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
