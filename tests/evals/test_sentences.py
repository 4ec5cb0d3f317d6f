"""`python -m evals run sentences` over a paragraph of the test's own, laid out as XQuAD's file is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.sentences import FILE, read

# Decomposed letters and a double space: offsets in the file are others than in the text that is quoted from.
LAKE = "Hồ Ba Ao rộng ba mươi ha.  Hồ được đào năm 1911. Cá trong hồ do ban quản lý thả."
HILL = "Đồi Vọng cao 120 mét. Trên đồi có chùa cổ."
ASKED = [
    (LAKE, "Hồ Ba Ao được đào năm nào?", "1911"),
    (LAKE, "Ai thả cá trong hồ?", "ban quản lý"),
    (HILL, "Đồi Vọng cao bao nhiêu mét?", "120 mét"),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    def question(context: str, text: str, answer: str) -> dict[str, object]:
        return {"question": text, "answers": [{"text": answer, "answer_start": context.index(answer)}]}

    articles = [
        {
            "title": context[:7],
            "paragraphs": [{"context": context, "qas": [question(*row) for row in ASKED if row[0] == context]}],
        }
        for context in (LAKE, HILL)
    ]
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(json.dumps({"data": articles}), encoding="utf-8")
    return tmp_path


def test_an_answer_begins_where_the_cleaned_text_has_it(data):
    asked = list(read(data))
    assert [each.question for each in asked] == [question for _, question, _ in ASKED]
    assert asked[0].at == LAKE.replace("  ", " ").index("1911")


def test_what_is_quoted_first_is_measured_both_ways(data, tmp_path, capsys):
    out = tmp_path / "out.json"
    assert main(["run", "sentences", "--data", str(data), "--bundled", "--json", str(out), "--failures"]) == 0
    metrics = json.loads(out.read_text(encoding="utf-8"))["metrics"]
    assert set(metrics) == {"given", "all"}
    assert metrics["given"]["questions"] == 3
    assert metrics["given"]["paragraph"] == 1.0
    for figures in metrics.values():
        assert 0 <= figures["first_low"] <= figures["first"] <= figures["first_high"] <= 1
        assert figures["answered_right"] <= figures["answered"]
    assert "first" in capsys.readouterr().out


def test_without_the_data_it_says_so(tmp_path, capsys):
    assert main(["run", "sentences", "--data", str(tmp_path)]) == 1
    assert "không có" in capsys.readouterr().err
