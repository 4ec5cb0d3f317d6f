"""Whether the server is ready: indexes lost and damaged, found again, and changed while it runs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from assistant import api
from assistant.api import app as application
from assistant.bootstrap import Writing, open_assistant, open_writing
from assistant.config import Settings
from ingest import generations
from ingest.embed import Embedder
from ingest.intake import silent
from ingest.types import RunReport

PATIENCE = 10.0  # seconds until the watcher must have noticed
DECREE = "Nghị định về trồng cây\n\nSố cây phải trồng trong năm 2031 là 777 cây bàng."


def remove_current(data: Path) -> Path:
    (data / "CURRENT").unlink()
    return data / "CURRENT"


def truncate_graph(data: Path) -> Path:
    """Chroma would take the whole process down when it opens this."""
    (path,) = index(data).glob("chroma/*/header.bin")
    path.write_bytes(path.read_bytes()[:10])
    return path


def change_words(data: Path) -> Path:
    """The length stays the same."""
    path = max(index(data).glob("words/*"), key=lambda path: path.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    return path


def index(data: Path) -> Path:
    name = generations.current(data)
    assert name
    return generations.folder(data, name)


@pytest.fixture
def serve(data: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> Callable[[], TestClient]:
    monkeypatch.setattr(application, "WATCH_SECONDS", 0.05)
    return lambda: TestClient(api.create_app(lambda: open_assistant(Settings(data_dir=data), lambda: embedder)))


def write(data: Path, embedder: Embedder, run: Callable[[Writing], RunReport]) -> None:
    """Write by another hand than the server's."""
    writing = open_writing(Settings(data_dir=data), silent, lambda: embedder)
    run(writing)
    writing.catalog.close()


def wait_for(client: TestClient, status: int) -> httpx2.Response:
    until = time.monotonic() + PATIENCE
    while True:
        response = client.get("/readyz")
        if response.status_code == status or time.monotonic() > until:
            assert response.status_code == status, response.text
            return response
        time.sleep(0.02)


def check_not_ready(client: TestClient, path: Path, response: httpx2.Response) -> None:
    """It names the file and the command, and answers nothing; the process itself is well."""
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) > 0
    assert str(path) in response.json()["detail"]
    assert "`hoidap rebuild`" in response.json()["detail"]
    refused = client.post("/api/chat", json={"message": "Chỉ số PCI năm 2023 là bao nhiêu?"})
    assert (refused.status_code, refused.json()["detail"]) == (503, response.json()["detail"])
    assert client.get("/api/documents").status_code == 503
    assert client.get("/healthz").json() == {"status": "ok"}


DAMAGES = [remove_current, truncate_graph, change_words]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_before_the_start_until_a_rebuild(
    serve: Callable[[], TestClient], data: Path, embedder: Embedder, damage: Callable[[Path], Path]
) -> None:
    path = damage(data)
    with serve() as client:
        check_not_ready(client, path, client.get("/readyz"))
        write(data, embedder, lambda writing: writing.rebuild())
        assert wait_for(client, 200).json()["documents"] >= 20
        assert client.post("/api/chat", json={"message": "Chỉ số PCI năm 2023?"}).status_code == 200


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_while_running(serve: Callable[[], TestClient], data: Path, damage: Callable[[Path], Path]) -> None:
    with serve() as client:
        assert client.get("/readyz").status_code == 200
        path = damage(data)
        check_not_ready(client, path, wait_for(client, 503))


def test_nothing_was_ever_ingested(embedder: Embedder, tmp_path: Path) -> None:
    app = api.create_app(lambda: open_assistant(Settings(data_dir=tmp_path / "data"), lambda: embedder))
    with TestClient(app) as client:
        response = client.get("/readyz")
        assert response.status_code == 503
        assert "`hoidap ingest" in response.json()["detail"]


def test_a_new_generation_is_noticed_and_answers(
    serve: Callable[[], TestClient], data: Path, embedder: Embedder, tmp_path: Path
) -> None:
    question = {"message": "Số cây bàng phải trồng trong năm 2031 là bao nhiêu?"}
    (tmp_path / "trong-cay.txt").write_text(DECREE, encoding="utf-8")
    with serve() as client:
        before = client.get("/readyz").json()
        assert client.post("/api/chat", json=question).json()["status"] == "not_found"
        write(data, embedder, lambda writing: writing.paths([tmp_path / "trong-cay.txt"], prune=False))
        while wait_for(client, 200).json()["generation"] == before["generation"]:
            time.sleep(0.02)
        assert client.get("/readyz").json()["documents"] == before["documents"] + 1
        answer = client.post("/api/chat", json=question).json()
        assert "777" in answer["text"]
        assert answer["generation"] == generations.current(data)


def test_a_lost_database_is_told_and_comes_back(serve: Callable[[], TestClient], data: Path) -> None:
    """The catalog's file can't be reached for a while; what is open stays open."""
    with serve() as client:
        client.app.state.assistant.catalog.engine.dispose()  # type: ignore[attr-defined]
        aside = data.parent / "aside"
        aside.mkdir()
        for path in data.glob("catalog.sqlite3*"):
            shutil.move(path, aside / path.name)
        (data / "catalog.sqlite3").mkdir()
        response = client.post("/api/chat", json={"message": "Chỉ số PCI năm 2023 là bao nhiêu?"})
        assert response.status_code == 503
        assert int(response.headers["retry-after"]) > 0
        (data / "catalog.sqlite3").rmdir()
        for path in aside.iterdir():
            shutil.move(path, data / path.name)
        assert client.post("/api/chat", json={"message": "Chỉ số PCI năm 2023 là bao nhiêu?"}).status_code == 200
