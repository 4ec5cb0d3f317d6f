"""What administrators change through the server: one run after another, whole or not at all, nothing kept by halves."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from assistant import uploads as module
from assistant.api import create_app
from assistant.bootstrap import open_assistant
from assistant.config import Settings
from assistant.originals import Originals, plain_name
from assistant.uploads import Job, Uploads
from ingest import generations
from ingest.embed import Embedder
from ingest.errors import StorageProblem, WriterBusy
from ingest.types import FileOutcome, RunReport

CODE = "mã bí mật"
GOOD = "Thông báo về tưới tiêu\n\nToàn tỉnh nạo vét 315 km kênh mương nội đồng.\n".encode()


def patient(check: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not check() and time.monotonic() < until:
        time.sleep(0.01)
    assert check()


@pytest.fixture
def client(corpus_data: Path, embedder: Embedder, tmp_path: Path) -> Iterator[TestClient]:
    folder = Path(shutil.copytree(corpus_data, tmp_path / "data"))
    settings = Settings(data_dir=folder, admin_token=CODE, upload_limit_mb=1)
    with TestClient(create_app(lambda: open_assistant(settings, lambda: embedder))) as found:
        found.headers["Authorization"] = f"Bearer {quote(CODE)}"
        yield found


def ended(client: TestClient, job: dict[str, str]) -> dict[str, object]:
    patient(lambda: client.get(f"/api/jobs/{job['id']}").json()["state"] in {"done", "failed"})
    return dict(client.get(f"/api/jobs/{job['id']}").json())


def test_in_and_out(client: TestClient, tmp_path: Path) -> None:
    sent = client.post("/api/documents", params={"name": "../../kênh mương.txt"}, content=GOOD)
    assert sent.status_code == 202
    (outcome,) = ended(client, sent.json())["outcomes"]
    id_ = outcome["document_id"]
    assert client.get(f"/api/documents/{id_}").json()["original"] == "kênh mương.txt"
    assert client.get(f"/api/documents/{id_}/original").content == GOOD
    assert client.get("/api/documents", params={"q": "kenh muong noi dong"}).json()["matches"][0]["document_id"] == id_
    gone = client.delete(f"/api/documents/{id_}")
    assert ended(client, gone.json())["state"] == "done"
    assert client.get(f"/api/documents/{id_}").status_code == 404
    assert list((tmp_path / "data" / "originals").iterdir()) == []
    assert list((tmp_path / "data" / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "code", "status"),
    [
        ("rong.txt", b"", CODE, 422),
        ("..", b"x", CODE, 422),
        ("lon.txt", b"x" * (1 << 20) + b"x", CODE, 413),
        ("a.txt", b"x", "sai", 401),
        ("a.txt", b"x", "", 401),
    ],
)
def test_refused(client: TestClient, tmp_path: Path, name: str, content: bytes, code: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {quote(code)}"}
    for body in (content, iter([content])):  # the second tells no length before
        refused = client.post("/api/documents", params={"name": name}, content=body, headers=headers)
        assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json")
    incoming = tmp_path / "data" / "incoming"
    assert not incoming.exists() or list(incoming.iterdir()) == []


class Scripted:
    """A writer that waits for its turn and remembers what it was given."""

    def __init__(self, *faults: Exception) -> None:
        self.turn, self.faults = threading.Semaphore(0), list(faults)
        self.runs: list[list[str]] = []

    def change(self, files: object, dropped: object) -> RunReport:
        if self.faults:
            raise self.faults.pop(0)
        self.turn.acquire()
        self.runs.append(sorted(files))  # type: ignore[call-overload]
        outcomes = tuple(FileOutcome(source, "added", source) for source in sorted(files))  # type: ignore[call-overload]
        return RunReport(outcomes, "g000001", "", 1, 1)


def send(uploads: Uploads, name: str, content: bytes = b"x") -> Job:
    arriving = uploads.originals.arriving(name, 100)
    arriving.write(content)
    return uploads.add(arriving)


def state(uploads: Uploads, job: Job) -> str:
    found = uploads.job(job.id)
    assert found
    return found.state


def test_what_waits_together_is_one_run(tmp_path: Path) -> None:
    writer = Scripted()
    uploads = Uploads(Originals(tmp_path, tmp_path), lambda _: writer, lambda: None)
    first = send(uploads, "1.txt")
    patient(lambda: not uploads._waiting.qsize())
    others = [
        send(uploads, name, name.encode() + content)
        for name, content in (("2.txt", b"a"), ("3.txt", b"b"), ("2.txt", b"c"))
    ]
    for _ in range(3):
        writer.turn.release()
    patient(lambda: all(state(uploads, job) == "done" for job in (first, *others)))
    # The second state of a file is a run of its own.
    assert writer.runs == [["uploads/1.txt"], ["uploads/2.txt", "uploads/3.txt"], ["uploads/2.txt"]]
    uploads.close()


def test_another_writer_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.01)
    writer = Scripted(WriterBusy("Đang có tiến trình khác ghi."), StorageProblem("Hết chỗ trên đĩa."))
    uploads = Uploads(Originals(tmp_path, tmp_path), lambda _: writer, lambda: None)
    full = send(uploads, "1.txt")
    patient(lambda: state(uploads, full) == "failed")
    found = uploads.job(full.id)
    assert found
    assert found.problem == "Hết chỗ trên đĩa."
    writer.turn.release()
    again = send(uploads, "1.txt")
    patient(lambda: state(uploads, again) == "done")  # the next ones go on
    uploads.close()


def test_a_stopping_server_leaves_what_serves(corpus_data: Path, embedder: Embedder, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(corpus_data, tmp_path / "data"))
    before = generations.current(folder)
    assistant = open_assistant(Settings(data_dir=folder), lambda: embedder)
    arriving = assistant.uploads.originals.arriving("moi.txt", 10_000)
    arriving.write(GOOD)
    job = assistant.uploads.add(arriving)
    assistant.uploads._stopping.set()
    assistant.close()
    assert assistant.uploads.job(job.id).state in {"waiting", "failed"}  # type: ignore[union-attr]
    assert generations.current(folder) == before
    with generations.writer_lock(folder):  # free for the next one
        pass


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\a\\Kế hoạch.docx", "Kế hoạch.docx"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\x.txt", "x.txt"),
        ("\u202eexe.txt", "exe.txt"),  # turns what follows round
        ("a\x00b\n.txt", "ab.txt"),
        ("x" * 300 + ".pdf", "x" * 147 + ".pdf"),
    ],
)
def test_names(sent: str, kept: str) -> None:
    assert plain_name(sent) == kept
