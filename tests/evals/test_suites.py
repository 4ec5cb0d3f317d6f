"""Cases and how answers compare with them: a figure is only worth as much as its marking."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.suites import FOLDER, Case, Result, answer_metrics, load, run_answers

ROW = {
    "id": "a-1",
    "question": "Vốn FDI là bao nhiêu?",
    "status": "answered",
    "expect": ["6,83 tỷ USD", "137%|137 phần trăm"],
    "document": "bao-cao|tin",
    "quote": "6,83 tỷ USD",
    "tags": ["result"],
}


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


# --- loading --------------------------------------------------------------------------------------------------------


def test_a_case_is_a_line(tmp_path):
    cases = load(written(tmp_path / "c.jsonl", json.dumps(ROW, ensure_ascii=False), "", json.dumps(ROW | {"id": "b"})))
    assert [case.id for case in cases] == ["a-1", "b"]
    assert cases[0] == Case(
        id="a-1",
        question="Vốn FDI là bao nhiêu?",
        status="answered",
        expect=("6,83 tỷ USD", "137%|137 phần trăm"),
        document=("bao-cao", "tin"),
        quote="6,83 tỷ USD",
        tags=("result",),
    )


def test_what_may_be_left_out_is_empty(tmp_path):
    row = {"id": "n", "question": "Giá vàng?", "status": "not_found", "document": ""}
    assert load(written(tmp_path / "c.jsonl", json.dumps(row))) == [Case("n", "Giá vàng?", "not_found")]


BROKEN = [
    ("{", "JSONDecodeError"),
    ("không phải JSON", "JSONDecodeError"),
    (json.dumps({"id": "x", "question": "?"}), "status"),  # a field is missing
    (json.dumps({"question": "?", "status": "answered"}), "id"),
    (json.dumps(["a-1", "Vốn FDI?"]), "TypeError"),
    (json.dumps(ROW | {"expect": 5}), "TypeError"),
]


@pytest.mark.parametrize(("line", "said"), BROKEN)
def test_a_broken_line_is_named(tmp_path, line, said):
    path = written(tmp_path / "hong.jsonl", json.dumps(ROW), "", line)
    with pytest.raises(ValueError, match=r"hong\.jsonl, line 3: ") as error:
        load(path)
    assert said in str(error.value)


# --- marking --------------------------------------------------------------------------------------------------------

TEXT = "**6,83 tỷ USD**, bằng 137% kế hoạch [1]"
QUOTES = (("bao-cao", "Vốn đạt 6,83 tỷ USD, bằng 137% kế hoạch"),)


CASE = Case("a-1", "Vốn FDI?", "answered", ("6,83 tỷ USD", "137%|137 phần trăm"), ("bao-cao", "tin"), "6,83 tỷ USD")
UNANSWERABLE = Case("n-1", "Giá vàng?", "not_found")


def result(
    text: str = TEXT,
    quotes: tuple[tuple[str, str], ...] = QUOTES,
    status: str = "answered",
    case: Case = CASE,
) -> Result:
    return Result(case, status, text, quotes, 1.0)


MARKS = [
    # what came, recognised, values, cited, right
    ("as expected", result(), (True, True, True, True)),
    ("the other way to write it", result("6,83 tỷ usd và 137 phần trăm"), (True, True, True, True)),
    ("bold and line breaks between", result("**6,83\n tỷ** USD; 137%"), (True, True, True, True)),
    ("refused", result(status="not_found"), (False, True, True, False)),
    ("one value lacks", result("Vốn đạt 6,83 tỷ USD"), (True, False, True, False)),
    ("another figure", result("6,38 tỷ USD, 137%"), (True, False, True, False)),
    ("no citation", result(quotes=()), (True, True, False, False)),
    ("another document", result(quotes=(("khac", "6,83 tỷ USD"),)), (True, True, False, False)),
    ("another quotation", result(quotes=(("tin", "Vốn tăng mạnh"),)), (True, True, False, False)),
    ("one of two citations", result(quotes=(("khac", "Vốn"), ("tin", "đạt 6,83  tỷ USD"))), (True, True, True, True)),
    (
        "the document of one and the quotation of another",
        result(quotes=(("tin", "Vốn"), ("khac", "6,83 tỷ USD"))),
        (True, True, False, False),
    ),
]


@pytest.mark.parametrize(("got", "marks"), [row[1:] for row in MARKS], ids=[row[0] for row in MARKS])
def test_right_needs_the_status_the_values_and_the_citation(got, marks):
    assert (got.recognised, got.values, got.cited, got.right) == marks


@pytest.mark.parametrize(("status", "right"), [("not_found", True), ("answered", False), ("clarify", False)])
def test_what_has_no_answer_is_right_when_it_says_so(status, right):
    assert result("Không tìm thấy", (), status, UNANSWERABLE).right is right


def test_metrics_are_shares_of_the_cases_that_they_are_about():
    results = [
        result(),  # right
        result(quotes=()),  # values, no citation
        result("6,83", ()),  # neither
        result("Không tìm thấy", (), "not_found"),  # refused
        result("Không tìm thấy", (), "not_found", UNANSWERABLE),  # rightly refused
        result(TEXT, QUOTES, "answered", UNANSWERABLE),  # answered, and should not
    ]
    metrics = answer_metrics(results)
    assert metrics == {
        "cases": 6,
        "right": pytest.approx(2 / 6),
        "answered_right": pytest.approx(1 / 4),
        "values_right": pytest.approx(2 / 4),
        "citation_right": pytest.approx(1 / 4),
        "unanswerable_recognised": pytest.approx(1 / 2),
        "answerable_refused": pytest.approx(1 / 4),
        "p50_ms": 1.0,
        "p95_ms": 1.0,
    }


def test_times_are_of_the_sorted_cases():
    results = [Result(result().case, "answered", TEXT, QUOTES, float(ms)) for ms in reversed(range(1, 101))]
    metrics = answer_metrics(results)
    assert 50 <= metrics["p50_ms"] <= 51
    assert 95 <= metrics["p95_ms"] <= 96


def test_no_cases_have_no_times():
    assert answer_metrics([])["p50_ms"] == 0.0


# --- the halves -----------------------------------------------------------------------------------------------------


def test_about_half_of_the_projects_cases_are_held_back():
    held = [case.held for path in sorted(FOLDER.glob("*.jsonl")) for case in load(path)]
    assert 0.4 < sum(held) / len(held) < 0.6


def test_a_case_stays_in_its_half_whatever_becomes_of_its_text():
    halves = {name: Case(name, "", "").held for name in map(str, range(50))}
    assert set(halves.values()) == {True, False}
    assert all(Case(name, "Vốn FDI?", "answered", ("5",)).held == held for name, held in halves.items())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.stem)
def test_the_projects_cases_have_ids_of_their_own(path):
    ids = [case.id for case in load(path)]
    assert ids
    assert len(set(ids)) == len(ids)


# --- a run ----------------------------------------------------------------------------------------------------------


def test_every_question_is_asked_in_order_and_its_citations_kept(assistant):
    cases = [
        Case("1", "Năm 2023 trung tâm hành chính công tiếp nhận bao nhiêu hồ sơ?", "answered", ("158.965",)),
        Case("2", "Giá vàng hôm nay bao nhiêu?", "not_found"),
    ]
    first, second = run_answers(assistant, cases)
    assert [first.case, second.case] == cases
    assert first.recognised
    assert first.values
    assert any("158.965" in quote for _, quote in first.quotes)
    assert second.right
    assert first.milliseconds > 0
