"""Server-sent events from a real server on a free port: what is streamed, and clients that leave."""

from __future__ import annotations

import json
import shutil
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from assistant.api import create_app
from assistant.bootstrap import open_assistant
from assistant.config import Settings
from ingest.embed import Embedder

QUESTION = {"message": "Tỷ lệ dịch vụ công trực tuyến năm 2023 là bao nhiêu?"}
STREAM = {"accept": "text/event-stream"}


@pytest.fixture(scope="module")
def client(corpus_data: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    folder = Path(shutil.copytree(corpus_data, tmp_path_factory.mktemp("stream") / "data"))
    app = create_app(lambda: open_assistant(Settings(data_dir=folder), lambda: embedder))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as client:
        yield client
    server.should_exit = True
    thread.join()


def events(response: httpx2.Response) -> Iterator[tuple[str, Any]]:
    """Name and data of each event as it arrives."""
    name = ""
    for line in response.iter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def test_the_pieces_are_the_answer(client: httpx2.Client) -> None:
    with client.stream("POST", "/api/chat", json=QUESTION, headers=STREAM) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        assert "default-src 'self'" in response.headers["content-security-policy"]
        arrived = list(events(response))
    names = [name for name, _ in arrived]
    assert names == ["status", *["delta"] * names.count("delta"), *["citation"] * names.count("citation"), "done"]
    answer = arrived[-1][1]
    assert names.count("delta") > 5
    assert "".join(data["text"] for name, data in arrived if name == "delta") == answer["text"]
    assert [data for name, data in arrived if name == "citation"] == answer["citations"] != []
    plain = client.post("/api/chat", json=QUESTION).json()
    assert {key: value for key, value in answer.items() if not key.endswith("_id")} == {
        key: value for key, value in plain.items() if not key.endswith("_id")
    }


def test_a_streamed_answer_is_kept(client: httpx2.Client) -> None:
    with client.stream("POST", "/api/chat", json=QUESTION, headers=STREAM) as response:
        answer = list(events(response))[-1][1]
    messages = client.get(f"/api/conversations/{answer['conversation_id']}").json()["messages"]
    assert messages[1]["answer"] == answer


@pytest.mark.parametrize(
    ("body", "status"),
    [({"message": ""}, 422), ({"message": 5}, 422), (QUESTION | {"conversation_id": "khong-co"}, 404)],
)
def test_a_bad_question_is_refused_before_anything_streams(
    client: httpx2.Client, body: dict[str, Any], status: int
) -> None:
    response = client.post("/api/chat", json=body, headers=STREAM)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_clients_that_leave_take_nothing_with_them(client: httpx2.Client) -> None:
    """Some hang up before the answer, some in the middle of it, by a reset."""
    body = json.dumps(QUESTION).encode()
    head = f"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nContent-Length: {len(body)}\r\n"
    request = head.encode() + b"Content-Type: application/json\r\n\r\n" + body
    for wanted in [0, 1, 300] * 5:
        with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(request)
            if wanted:
                assert connection.recv(wanted).startswith(b"HTTP/1.1 200"[:wanted])
    assert client.get("/readyz").status_code == 200
    with client.stream("POST", "/api/chat", json=QUESTION, headers=STREAM) as response:
        assert [name for name, _ in events(response)][-1] == "done"


def test_a_body_of_untold_length_is_cut_off_at_the_limit(client: httpx2.Client) -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"message": "'
        for _ in range(2_000):
            yield b"a" * 1000

    try:
        response = client.post("/api/chat", content=endless(), headers={"content-type": "application/json"})
    except httpx2.TransportError:
        pass  # closed on us while we were still sending
    else:
        assert response.status_code == 413
    assert client.get("/healthz").status_code == 200


def test_many_ask_at_once(client: httpx2.Client) -> None:
    """Each gets the answer to its own question."""
    questions = {
        "Tỷ lệ dịch vụ công trực tuyến năm 2023 là bao nhiêu?": "98,5",
        "Mục tiêu thu hút vốn FDI giai đoạn 2021-2025 của tỉnh là bao nhiêu?": "5 tỷ USD",
    }
    answers: list[tuple[str, str]] = []

    def ask(question: str, expected: str) -> None:
        answers.append((client.post("/api/chat", json={"message": question}).json()["text"], expected))

    threads = [threading.Thread(target=ask, args=pair) for _ in range(8) for pair in questions.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 16
    assert all(expected in text for text, expected in answers)
