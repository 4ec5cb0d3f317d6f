"""`python -m evals run …`, in this process and against a real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import answer as answering
from assistant import verify
from assistant.bootstrap import Assistant
from assistant.evidence import gather
from evals import gate, marks, record
from evals.__main__ import main
from evals.asking import InProcess, OverHttp, Unreachable
from evals.case import FOLDER, Case, load
from evals.marks import Result, stages
from evals.record import Run
from evals.report import report
from evals.suites import SUITES
from evals.suites.asked import measured

CASES = [
    {
        "id": "right",
        "question": "Năm 2023 trung tâm hành chính công tiếp nhận bao nhiêu hồ sơ?",
        "status": "answered",
        "expect": ["158.965"],
        "document": "421-bc-tu-2024|tin-muoi-nam-trung-tam-hanh-chinh-cong",
        "quote": "158.965",
    },
    {
        "id": "wrong",
        "question": "Năm 2023 trung tâm hành chính công tiếp nhận bao nhiêu hồ sơ?",
        "status": "answered",
        "expect": ["158.966"],
        "document": "421-bc-tu-2024",
        "quote": "158.966",
    },
    {"id": "refused", "question": "Giá vàng hôm nay bao nhiêu?", "status": "not_found"},
]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.jsonl"
    path.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in CASES), encoding="utf-8")
    return path


def run(tiny: Path, *more: str, code: int = 0) -> dict[str, Any]:
    out = tiny.with_name("out.json")
    none = tiny.with_name("no-seed")
    folder = tiny.with_name("runs")
    arguments = ["--cases", str(tiny), "--seed", str(none), "--json", str(out), "--out", str(folder), *more]
    assert main(["run", "answers", *arguments]) == code
    figures: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return figures


def untimed(metrics: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in metrics.items() if not name.endswith("_ms")}


def test_a_run_writes_its_figures_and_prints_what_went_wrong(tiny, tmp_path, capsys):
    """From an empty folder: the corpus is taken in, every case asked, the figures go to the file and the screen."""
    (tmp_path / "gate.toml").write_text('[floors]\n"answers/tiny/right" = 0.9\n', encoding="utf-8")
    figures = run(tiny, "--failures", "--fail-under", str(tmp_path / "gate.toml"), code=3)
    assert figures["suite"] == "answers"
    metrics = figures["metrics"]["tiny"]
    assert metrics["cases"] == 3
    assert metrics["right"] == pytest.approx(2 / 3)
    assert metrics["answered_right"] == pytest.approx(1 / 2)
    assert metrics["refusal_recall"] == 1.0
    assert 0 < metrics["p50_ms"] <= metrics["p95_ms"]
    printed = capsys.readouterr().out
    assert "answers / tiny" in printed
    assert "answered_right" in printed
    assert "158.966" in printed  # one's own cases are all shown
    assert "answers/tiny/right: 0.667, dưới mức sàn 0.9" in printed
    [folder] = (tmp_path / "runs").iterdir()
    assert str(folder / "report.html") in printed
    assert "KHÔNG ĐẠT" in (folder / "report.html").read_text(encoding="utf-8")
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["generation"]


@pytest.mark.parametrize(
    "arguments",
    [[], ["run"], ["run", "khac"], ["run", "answers", "--split", "half"], ["compare"], ["run", "all", "--only", "x"]],
    ids=lambda arguments: " ".join(arguments) or "none",
)
def test_what_it_does_not_know_it_refuses_before_any_work(arguments, capsys):
    with pytest.raises(SystemExit) as refusal:
        main(arguments)
    assert refusal.value.code == 2
    assert "usage: python -m evals" in capsys.readouterr().err


@pytest.mark.parametrize("name", SUITES)
def test_every_suite_has_the_one_interface(name, capsys):
    with pytest.raises(SystemExit) as done:
        main(["run", name, "--help"])
    assert done.value.code == 0
    printed = capsys.readouterr().out
    assert "--fail-under" in printed
    assert SUITES[name].WHAT.split()[0] in printed


def test_a_server_that_is_none_is_told(tiny, capsys):
    assert main(["run", "answers", "--cases", str(tiny), "--url", "http://127.0.0.1:9"]) == 1
    assert "hoidap serve" in capsys.readouterr().err
    with pytest.raises(Unreachable):
        OverHttp("file:///etc/passwd")


# --- the same figures ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def some() -> list[Case]:
    """Some of the project's own, every kind among them."""
    names = ("bundled", "procedures", "nearmiss", "followups")
    return [case for name in names for case in load(FOLDER / f"{name}.jsonl")[::14]]


@pytest.fixture(scope="module")
def respondent(assistant: Assistant) -> InProcess:
    """Only asked, so that no settings are needed."""
    return InProcess(assistant, None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def sound(respondent: InProcess, some: list[Case]) -> list[Result]:
    return marks.run(respondent, some)


def test_the_same_run_twice_gives_the_same_figures(respondent, some, sound):
    again = marks.run(respondent, some)
    assert untimed(measured({"": again}).metrics[""]) == untimed(measured({"": sound}).metrics[""])
    assert measured({"": again}).ranges == measured({"": sound}).ranges
    assert [(r.right, r.why, r.delivered.text) for r in again] == [(r.right, r.why, r.delivered.text) for r in sound]


@pytest.fixture(scope="module")
def server(corpus_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real one, in a process of its own, at a port that the system chooses."""
    import shutil

    folder = shutil.copytree(corpus_data, tmp_path_factory.mktemp("server") / "data")
    port = _free_port()
    command = [sys.executable, "-c", "from assistant.cli import main; main()", "serve", "--port", str(port)]
    log = folder.parent / "log"
    with log.open("w") as file:
        serving = subprocess.Popen(command, env=os.environ | {"HOIDAP_DATA_DIR": str(folder)}, stdout=file, stderr=file)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, serving, log)
            yield url
        finally:
            serving.terminate()
            serving.wait(20)


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait(url: str, serving: subprocess.Popen[bytes], log: Path) -> None:
    import time

    until = time.monotonic() + 60
    while True:
        try:
            OverHttp(url).manifest()
        except Exception:
            assert serving.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        else:
            return


@pytest.mark.slow
def test_a_server_and_the_library_are_marked_alike(server, some, sound):
    over = OverHttp(server)
    asked = marks.run(over, some)
    assert untimed(measured({"": asked}).metrics[""]) == untimed(measured({"": sound}).metrics[""])
    for one, other in zip(asked, sound, strict=True):
        assert (one.right, one.delivered.status, one.delivered.text) == (
            other.right,
            other.delivered.status,
            other.delivered.text,
        )
        assert list(one.delivered.citations) == list(other.delivered.citations)
    assert over.manifest()["generation"]
    broken = over.ask("x" * 3000)
    assert "422" in broken.error


# --- what is broken is found, and pointed at -------------------------------------------------------------------------


class Backwards:
    """A ranker that has it the wrong way round."""

    def __init__(self, ranker: Any) -> None:
        self._ranker = ranker

    def scores(self, features: np.ndarray, names: list[str]) -> np.ndarray:
        return 1 - self._ranker.scores(features, names)


def broken_ranker(respondent: InProcess, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    own = respondent.assistant
    judges = replace(own.judges, ranker=Backwards(own.judges.ranker))  # type: ignore[arg-type]
    return InProcess(replace(own, judges=judges), None)  # type: ignore[arg-type]


def broken_reader(respondent: InProcess, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    def worst_first(*arguments: Any) -> list[Any]:
        return gather(*arguments)[::-1]

    monkeypatch.setattr(answering, "gather", worst_first)
    monkeypatch.setattr(marks, "gather", worst_first)
    return respondent


def threshold_too_high(respondent: InProcess, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    monkeypatch.setattr(answering, "COVERED", 1.01)
    monkeypatch.setattr(answering, "SURE", 1.01)
    return respondent


def threshold_too_low(respondent: InProcess, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    monkeypatch.setattr(answering, "COVERED", 0.0)
    monkeypatch.setattr(answering, "SURE", 0.0)
    return respondent


def broken_check(respondent: InProcess, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    """Nothing is verified, and what is composed tells another number."""
    compose = answering.compose

    def embellished(*arguments: Any) -> Any:
        made = compose(*arguments)
        return replace(made, text=f"{made.text} Tăng 987.654 lần.")

    monkeypatch.setattr(verify, "problems", lambda *_: iter(()))
    monkeypatch.setattr(answering, "compose", embellished)
    return respondent


Break = Callable[[InProcess, pytest.MonkeyPatch], InProcess]
BREAKS: list[tuple[Break, str]] = [
    (broken_ranker, "truy hồi"),
    (broken_reader, "chọn câu"),
    (threshold_too_high, "ngưỡng không tìm thấy"),
    (broken_check, "kiểm chứng"),
]


@pytest.fixture(scope="module")
def bounds(sound: list[Result], tmp_path_factory: pytest.TempPathFactory) -> gate.Gate:
    """What the sound assistant keeps to, as the project's own gate is made."""
    right = measured({"some": sound}).metrics["some"]["right"]
    path = tmp_path_factory.mktemp("gate") / "gate.toml"
    path.write_text(f'[floors]\n"answers/some/right" = {right - 0.03}\n[ceilings]\n"*/*/unsupported" = 0\n')
    return gate.load(path)


def as_run(results: list[Result]) -> Run:
    return Run([], {"answers": measured({"some": results})}, began=record.now(), commit="x")


def test_the_gate_is_green_for_what_is_sound(sound, bounds):
    assert gate.broken(as_run(sound), bounds) == []


@pytest.mark.parametrize(("harm", "stage"), BREAKS, ids=[harm.__name__ for harm, _ in BREAKS])
def test_what_is_broken_turns_the_gate_red_and_the_report_points_at_it(
    respondent, some, sound, bounds, monkeypatch, harm, stage
):
    found = as_run(marks.run(harm(respondent, monkeypatch), some))
    broken = gate.broken(found, bounds)
    assert broken
    assert broken[0].stage == stage
    more = {name: count - stages(sound).get(name, 0) for name, count in stages(r for *_, r in found.results()).items()}
    assert max(more, key=lambda name: more[name]) == stage
    text = report(found, broken, gated=True)
    assert "KHÔNG ĐẠT" in text
    assert re.search(rf"Các câu sai chỉ vào khâu: {stage} \(\d+ câu\)", text)


def test_a_threshold_too_low_answers_what_no_document_says(respondent, some, bounds, monkeypatch):
    near = load(FOLDER / "nearmiss.jsonl")[::6]
    before = stages(marks.run(respondent, near))
    after = stages(marks.run(threshold_too_low(respondent, monkeypatch), near))
    assert set(after) == {"ngưỡng không tìm thấy"}
    assert after["ngưỡng không tìm thấy"] > before.get("ngưỡng không tìm thấy", 0)
