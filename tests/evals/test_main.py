"""`python -m evals run answers`, in this process, over cases of the test's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.case import Case

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


WRONG = Case("wrong", "", "")


def run(tiny: Path, *more: str) -> dict[str, object]:
    out = tiny.with_name("out.json")
    none = tiny.with_name("no-seed")
    assert main(["run", "answers", "--cases", str(tiny), "--seed", str(none), "--json", str(out), *more]) == 0
    return json.loads(out.read_text(encoding="utf-8"))


def test_a_run_writes_its_figures_and_prints_what_went_wrong(tiny, capsys):
    """From an empty folder: the corpus is taken in, every case asked, the figures go to the file and the screen."""
    figures = run(tiny, "--failures")
    assert figures["suite"] == "answers"
    metrics = figures["metrics"]["tiny"]
    assert metrics["cases"] == 3
    assert metrics["right"] == pytest.approx(2 / 3)
    assert metrics["answered_right"] == pytest.approx(1 / 2)
    assert metrics["unanswerable_recognised"] == 1.0
    assert 0 < metrics["p50_ms"] <= metrics["p95_ms"]
    printed = capsys.readouterr().out
    assert "tiny (all)" in printed
    assert "answered_right" in printed
    assert ("158.966" in printed) is not WRONG.held  # of the held half nothing is told


@pytest.mark.parametrize(
    "arguments",
    [[], ["run"], ["run", "khac"], ["run", "answers", "--split", "half"], ["compare"]],
    ids=lambda arguments: " ".join(arguments) or "none",
)
def test_what_it_does_not_know_it_refuses_before_any_work(arguments, capsys):
    with pytest.raises(SystemExit) as refusal:
        main(arguments)
    assert refusal.value.code == 2
    assert "usage: python -m evals" in capsys.readouterr().err
