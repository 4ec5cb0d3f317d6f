"""The `hoidap` command as it is typed, in this process except where a process of its own is what matters."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from assistant import cli
from ingest import generations
from ingest.embed import Embedder, StaticEmbedder

GOOD = "QUYẾT ĐỊNH về trồng cây\n\nĐiều 1. Năm 2031 trồng 777 cây bàng."
BROKEN = b"PK\x03\x04 not a docx at all"


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Hoidap = Callable[..., Run]


@pytest.fixture
def hoidap(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Hoidap:
    """Run `hoidap ARGUMENTS…` on `tmp_path/data`."""
    monkeypatch.setenv("HOIDAP_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("HOIDAP_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Run:
        monkeypatch.setattr(sys, "argv", ["hoidap", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Run(code or 0, out, err)

    return run


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A folder with a good file and a broken one."""
    folder = tmp_path / "kho"
    folder.mkdir()
    (folder / "trồng cây.txt").write_text(GOOD, encoding="utf-8")
    (folder / "hỏng.docx").write_bytes(BROKEN)
    return folder


def test_ingest_reports_the_broken_file_and_goes_on(hoidap: Hoidap, office: Path) -> None:
    done = hoidap("ingest", office)
    assert done.code == 2
    assert "không đọc được: " in done.out
    assert "hỏng.docx" in done.out
    assert "2 tệp: " in done.out
    assert "1 thêm mới" in done.out
    assert "Đang có 1 văn bản" in done.out
    assert "777" in hoidap("ask", "Năm 2031 trồng bao nhiêu cây bàng?").out


def test_ingest_in_json_has_every_file_with_its_reason(hoidap: Hoidap, office: Path) -> None:
    done = hoidap("ingest", office, "--json")
    assert (done.code, done.err) == (2, "")
    files = {Path(file["source"]).name: file for file in done.json["files"]}
    assert files.keys() == {"trồng cây.txt", "hỏng.docx"}
    assert files["trồng cây.txt"]["status"] == "added"
    assert files["hỏng.docx"]["status"] == "quarantined"
    assert files["hỏng.docx"]["reason"]
    assert done.json["documents"] == 1
    (office / "hỏng.docx").unlink()
    again = hoidap("ingest", office, "--json", "--prune")
    assert again.code == 0
    assert again.json["generation"] == done.json["generation"]
    assert [file["status"] for file in again.json["files"] if file["source"].endswith(".txt")] == ["unchanged"]


def test_ingest_of_a_path_that_is_not_there(hoidap: Hoidap, tmp_path: Path) -> None:
    done = hoidap("ingest", tmp_path / "không có")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Lỗi: ")
    assert "không có" in done.err
    assert done.err.count("\n") == 1


def test_a_second_writer_exits_naming_the_first(
    hoidap: Hoidap, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it loads the model, which takes seconds."""
    monkeypatch.setattr("ingest.embed.StaticEmbedder", lambda: pytest.fail("the model was loaded"))
    with generations.writer_lock(tmp_path / "data"):
        for command in (["ingest", str(office)], ["rebuild"]):
            done = hoidap(*command)
            assert (done.code, done.out) == (1, "")
            assert str(os.getpid()) in done.err
            assert "đợi" in done.err


def test_ask_prints_the_answer_and_where_it_stands(hoidap: Hoidap, data: Path) -> None:
    done = hoidap("ask", "Tỷ lệ dịch vụ công trực tuyến năm 2023 là bao nhiêu?")
    assert done.code == 0
    assert "98,5" in done.out
    assert re.search(r"^\[1\] \S", done.out, re.MULTILINE)
    assert "**" not in done.out


def test_ask_in_json_is_what_the_api_answers(hoidap: Hoidap, data: Path) -> None:
    answer = hoidap("ask", "ty le dich vu cong truc tuyen nam 2023 la bao nhieu?", "--json").json
    assert answer["status"] == "answered"
    assert "98,5" in answer["text"]
    citation = answer["citations"][0]
    document = hoidap("documents", citation["document_id"], "--json").json
    assert document["text"][citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize(("question", "said"), [("", "đang trống"), ("?!", "chưa có chữ"), ("a" * 2001, "tối đa 2000")])
def test_ask_refuses_what_is_no_question(hoidap: Hoidap, data: Path, question: str, said: str) -> None:
    done = hoidap("ask", question)
    assert (done.code, done.out) == (1, "")
    assert said in done.err


@pytest.mark.parametrize("command", [["ask", "PCI?"], ["documents"], ["rebuild"], ["doctor"]])
def test_with_nothing_ingested_each_command_says_what_to_run(hoidap: Hoidap, command: list[str]) -> None:
    done = hoidap(*command)
    assert done.code == 1
    assert "`hoidap ingest" in done.out + done.err


def test_documents_are_listed_and_printed(hoidap: Hoidap, data: Path) -> None:
    listed = hoidap("documents", "--json").json
    assert {"id", "title", "number", "source"} <= listed[0].keys()
    lines = hoidap("documents").out.splitlines()
    assert [line.split()[0] for line in lines] == [document["id"] for document in listed]
    assert hoidap("documents", "05-nq-tu-2021").out.rstrip("\n") == (
        hoidap("documents", "05-nq-tu-2021", "--json").json["text"].rstrip("\n")
    )
    unknown = hoidap("documents", "khong-co")
    assert (unknown.code, unknown.out) == (1, "")
    assert "khong-co" in unknown.err


def test_doctor_is_content_with_a_sound_index(hoidap: Hoidap, data: Path) -> None:
    done = hoidap("doctor")
    assert (done.code, done.err) == (0, "")
    assert str(data) in done.out
    assert "✓" in done.out
    assert hoidap("doctor", "--json").json == {
        "data_dir": str(data),
        "models": {"embedding": StaticEmbedder().model_id, "cross_encoder": None},
        "problems": [],
        "quarantined": [],
    }
    assert StaticEmbedder().model_id in done.out


@pytest.mark.parametrize("setting", ["HOIDAP_EMBEDDING_MODEL", "HOIDAP_CROSS_ENCODER"])
def test_doctor_tells_of_a_model_that_is_not_there(
    hoidap: Hoidap, data: Path, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(setting, "/không/có")
    done = hoidap("doctor")
    assert done.code == 1
    assert f"✗ Không dùng được mô hình /không/có ({setting})" in done.out


@pytest.mark.parametrize("command", [["serve"], ["ask", "PCI?"], ["ingest", "."], ["rebuild"]])
def test_a_model_that_is_not_there_is_told_in_a_line(
    hoidap: Hoidap, data: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOIDAP_EMBEDDING_MODEL", "/không/có")
    done = hoidap(*command)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "/không/có (HOIDAP_EMBEDDING_MODEL)" in done.err


def test_a_setting_that_makes_no_sense_is_named(hoidap: Hoidap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_EMBEDDING_MAX_LENGTH", "dài")
    done = hoidap("documents")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "HOIDAP_EMBEDDING_MAX_LENGTH" in done.err


def test_doctor_names_the_damaged_file_and_rebuild_mends_it(hoidap: Hoidap, data: Path) -> None:
    (header,) = data.glob("index/*/chroma/*/header.bin")
    header.write_bytes(b"")
    words = max(data.glob("index/*/words/*"), key=lambda path: path.stat().st_size)
    words.write_bytes(words.read_bytes()[:-1])
    done = hoidap("doctor")
    assert done.code == 1
    assert {str(header), str(words)} <= set(re.findall(r"tệp (\S+)", done.out))
    assert "`hoidap rebuild`" in done.out
    refused = hoidap("ask", "Chỉ số PCI năm 2023?")
    assert (refused.code, refused.out) == (1, "")
    rebuilt = hoidap("rebuild", "--json")
    assert rebuilt.code == 0
    assert rebuilt.json["documents"] >= 20
    assert hoidap("doctor").code == 0


def test_doctor_lists_what_could_not_be_read(hoidap: Hoidap, office: Path) -> None:
    hoidap("ingest", office)
    done = hoidap("doctor")
    assert done.code == 0
    assert "hỏng.docx" in done.out


def test_help_is_in_vietnamese(hoidap: Hoidap) -> None:
    done = hoidap("--help")
    assert done.code == 0
    assert "Hỏi đáp trên văn bản chính sách" in done.out
    for command in ("serve", "ingest", "ask", "documents", "doctor", "rebuild"):
        assert command in done.out


def test_serve_takes_in_the_sample_and_answers(tmp_path: Path) -> None:
    """A process of its own, on an empty data folder, with an output that knows no Vietnamese."""
    port = free_port()
    environment = os.environ | {"HOIDAP_DATA_DIR": str(tmp_path / "data"), "PYTHONIOENCODING": "ascii"}
    process = subprocess.Popen(
        [f"{sysconfig.get_path('scripts')}/hoidap", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline() for _ in range(4)]
        assert "bộ văn bản mẫu" in lines[0]
        assert lines[-1].startswith(f"Sẵn sàng tại http://localhost:{port}")
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            assert client.get("/readyz").json()["documents"] >= 20
            response = client.post("/api/chat", json={"message": "Tỷ lệ dịch vụ công trực tuyến năm 2023?"})
            assert "98,5" in response.json()["text"]
            assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert "Traceback" not in err
    assert process.returncode in {0, -signal.SIGINT, 130}


def free_port() -> int:
    """One that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port
