"""Two ways to ask the same question: the library in this process, and a running server. Both deliver the same."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from assistant.bootstrap import Assistant
from assistant.config import Settings
from ingest import generations
from ingest.errors import HoidapError

PATIENCE = 60.0  # seconds for one answer

Json = Mapping[str, Any]


class Unreachable(HoidapError):
    """No server answers there."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came for a question, as `POST /api/chat` gives it; `error` says why nothing did."""

    status: str
    text: str
    citations: tuple[Json, ...] = ()
    milliseconds: float = 0.0
    error: str = ""


class Respondent(Protocol):
    """Whoever answers the cases."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Delivered: ...

    def document(self, id_: str) -> Json | None:
        """Its whole `text` and its `units`, as the API gives them."""
        ...

    def manifest(self) -> Json:
        """What is known of the index that is asked."""
        ...


class InProcess:
    """The library itself."""

    def __init__(self, assistant: Assistant, settings: Settings) -> None:
        self.assistant = assistant
        self.settings = settings

    def ask(self, question: str, history: Sequence[str] = ()) -> Delivered:
        began = time.perf_counter()
        try:
            found, _ = self.assistant.ask(question, history=history)
        except HoidapError as error:
            return Delivered("", "", error=str(error))
        spent = (time.perf_counter() - began) * 1000
        citations = tuple(asdict(citation) | {"url": citation.url} for citation in found.citations)
        return Delivered(found.status, found.text, citations, spent)

    def document(self, id_: str) -> Json | None:
        with self.assistant.shelf.reading() as library:
            parsed = library.document(id_)
        return {"text": parsed.document.text, "units": [asdict(u) for u in parsed.units]} if parsed else None

    def manifest(self) -> Json:
        data = self.settings.data_dir
        name = generations.current(data)
        assert name is not None
        found: Json = json.loads((generations.folder(data, name) / "manifest.json").read_text(encoding="utf-8"))
        return {"generation": name, **found}


class OverHttp:
    """A running server; the questions before are asked one after another in one conversation, deleted afterwards."""

    def __init__(self, url: str) -> None:
        if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
            raise Unreachable(f"“{url}” không phải địa chỉ máy chủ. Viết dạng http://localhost:8000.")
        self.url = url.rstrip("/")

    def ask(self, question: str, history: Sequence[str] = ()) -> Delivered:
        conversation: str | None = None
        spent = 0.0
        try:
            for message in (*history, question):
                began = time.perf_counter()
                got = self._call("/api/chat", {"message": message, "conversation_id": conversation})
                spent = (time.perf_counter() - began) * 1000
                conversation = got["conversation_id"]
            return Delivered(got["status"], got["text"], tuple(got["citations"]), spent)
        except HoidapError as error:
            return Delivered("", "", error=str(error))
        finally:
            if conversation is not None:
                self._forget(conversation)

    def document(self, id_: str) -> Json | None:
        try:
            return self._call(f"/api/documents/{urllib.parse.quote(id_, safe='')}")
        except HoidapError:
            return None

    def manifest(self) -> Json:
        """Raises Unreachable where no server is ready."""
        return self._call("/readyz")

    def _forget(self, conversation: str) -> None:
        path = f"/api/conversations/{urllib.parse.quote(conversation, safe='')}"
        request = urllib.request.Request(self.url + path, method="DELETE")  # noqa: S310 (http or https, checked)
        with suppress(OSError):  # its answers are there all the same
            urllib.request.urlopen(request, timeout=PATIENCE).close()  # noqa: S310

    def _call(self, path: str, body: Json | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if body is not None else {}
        request = urllib.request.Request(self.url + path, data, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
                found: dict[str, Any] = json.load(response)
                return found
        except urllib.error.HTTPError as error:
            raise HoidapError(f"{self.url}{path}: {error.code}, {_detail(error)}") from error
        except (OSError, ValueError) as error:
            raise Unreachable(
                f"Không hỏi được máy chủ {self.url} ({error}). Kiểm tra địa chỉ, và `hoidap serve` đang chạy."
            ) from error


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return error.reason
