"""How answers are marked: a figure is only worth as much as its marking."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.asking import Delivered
from evals.case import Case
from evals.marks import Result, Seen, stages
from evals.metrics import by_tag, figures, ranges
from evals.unsupported import unsupported

TEXT = "**6,83 tỷ USD**, bằng 137% kế hoạch [1]"
CASE = Case(
    "a-1", "Vốn FDI?", "answered", ("6,83 tỷ USD", "137%|137 phần trăm"), ("bao-cao", "tin"), "6,83 tỷ USD", ("fdi",)
)
UNANSWERABLE = Case("n-1", "Giá vàng?", "not_found")


def citation(document: str = "bao-cao", quote: str = "Vốn đạt 6,83 tỷ USD, bằng 137% kế hoạch", **more: object) -> dict:
    own = {"marker": 1, "document_id": document, "document_title": "Báo cáo", "document_number": "42-BC/TU"}
    return own | {"address": "Mục II, Báo cáo", "quote": quote, "start": 0, "end": len(quote), "url": "/d"} | more


def result(
    text: str = TEXT,
    *citations: dict,
    status: str = "answered",
    case: Case = CASE,
    **more: object,
) -> Result:
    return Result(case, Delivered(status, text, citations or (citation(),), 1.0), **more)  # type: ignore[arg-type]


NONE: tuple[dict, ...] = ()
BARE = Result(CASE, Delivered("answered", TEXT, NONE, 1.0))

MARKS = [
    # what came, recognised, values, cited, right
    ("as expected", result(), (True, True, True, True)),
    ("the other way to write it", result("6,83 tỷ usd và 137 phần trăm"), (True, True, True, True)),
    ("bold and line breaks between", result("**6,83\n tỷ** USD; 137%"), (True, True, True, True)),
    ("refused", result(status="not_found"), (False, True, True, False)),
    ("one value lacks", result("Vốn đạt 6,83 tỷ USD"), (True, False, True, False)),
    ("another figure", result("6,38 tỷ USD, 137%"), (True, False, True, False)),
    ("no citation", BARE, (True, True, False, False)),
    ("another document", result(TEXT, citation("khac", document_number=None)), (True, True, False, False)),
    ("another quotation", result(TEXT, citation("tin", "Vốn tăng mạnh")), (True, True, False, False)),
    ("one of two", result(TEXT, citation("khac"), citation("tin", "đạt 6,83  tỷ USD")), (True, True, True, True)),
    (
        "the document of one and the quotation of another",
        result(TEXT, citation("tin", "Vốn"), citation("khac")),
        (True, True, False, False),
    ),
    (
        "a document by its number",
        result(case=replace(CASE, document=("42 - bc/tu",))),
        (True, True, True, True),
    ),
    ("any document", result(case=replace(CASE, document=())), (True, True, True, True)),
    ("no quotation: a value in it", result(case=replace(CASE, quote="")), (True, True, True, True)),
    (
        "no quotation: no value in it",
        result(TEXT, citation(quote="Vốn tăng"), case=replace(CASE, quote="")),
        (True, True, False, False),
    ),
    ("the unit", result(case=replace(CASE, unit="mục II")), (True, True, True, True)),
    ("another unit", result(case=replace(CASE, unit="Mục III")), (True, True, False, False)),
    ("a value that must not be there", result(case=replace(CASE, forbid=("140%|137%",))), (True, True, True, False)),
    ("a number without support", result(unsupported=("7 tỷ",)), (True, True, True, False)),
]


@pytest.mark.parametrize(("got", "marks"), [row[1:] for row in MARKS], ids=[row[0] for row in MARKS])
def test_right_needs_the_status_the_values_and_the_citation(got, marks):
    assert (got.recognised, got.values, got.cited, got.right) == marks
    assert (got.why is None) is got.right


@pytest.mark.parametrize(
    ("status", "right"), [("not_found", True), ("answered", False), ("clarify", False), ("", False)]
)
def test_what_has_no_answer_is_right_when_it_says_so(status, right):
    assert result("Không tìm thấy", status=status, case=UNANSWERABLE).right is right


LOST, FOUND = Seen(found=False, first=False), Seen(found=True, first=False)
FIRST = Seen(found=True, first=True)
REASONS = [
    (result(status="not_found", seen=LOST), "đoạn đúng không nằm trong các đoạn tìm được", "truy hồi"),
    (result(status="not_found", seen=FOUND), "tìm được đoạn đúng nhưng chọn câu khác", "chọn câu"),
    (result(status="not_found", seen=FIRST), "từ chối dù có câu trả lời", "ngưỡng không tìm thấy"),
    (result(status="not_found"), "từ chối dù có câu trả lời", "chưa rõ"),
    (result("Không rõ", case=UNANSWERABLE), "trả lời dù văn bản không có", "ngưỡng không tìm thấy"),
    (result("6,38 tỷ", seen=FIRST), "đúng đoạn, sai giá trị", "chọn câu"),
    (result(TEXT, citation("khac", document_number=None), seen=FOUND), "sai văn bản được dẫn", "chọn câu"),
    (result(TEXT, citation(quote="Vốn"), seen=FIRST), "đúng văn bản, sai đoạn được dẫn", "chọn câu"),
    (result(TEXT, citation(quote="Vốn"), seen=LOST), "đoạn đúng không nằm", "truy hồi"),
    (result(unsupported=("7",), seen=FIRST), "số không có trong trích dẫn: 7", "kiểm chứng"),
    (result(status="clarify", seen=FIRST), "hỏi lại dù có câu trả lời", "ngưỡng không tìm thấy"),
    (Result(CASE, Delivered("", "", error="503")), "không có câu trả lời: 503", "lỗi"),
]


@pytest.mark.parametrize(("got", "said", "stage"), REASONS, ids=[row[1] for row in REASONS])
def test_a_wrong_answer_says_why_and_where_to_look(got, said, stage):
    why = got.why
    assert why is not None
    assert said in why[0]
    assert why[1] == stage


def test_stages_are_counted_the_most_frequent_first():
    assert stages([REASONS[0][0], REASONS[1][0], REASONS[1][0], result()]) == {"chọn câu": 2, "truy hồi": 1}


# --- numbers without support ------------------------------------------------------------------------------------------

SOURCE = "Năm 2023 vốn FDI đạt 3,11 tỷ USD; năm 2022 đạt 2,37 tỷ USD. Cả hai năm đều vượt."
ROWS = [
    ("in the quotation", "Năm 2023 đạt 3,11 tỷ USD [1]", []),
    ("no number", "Đều vượt [1]", []),
    ("another figure", "Năm 2023 đạt 3,12 tỷ USD [1]", ["3,12"]),
    ("another year", "Năm 2021 đạt 3,11 tỷ USD [1]", ["2021"]),
    ("another document number", "Theo 05-NQ/TU, đạt 3,11 tỷ USD [1]", ["05-NQ/TU"]),
    ("the cited document's own number", "Theo 42-BC/TU, đạt 3,11 tỷ USD [1]", []),
    ("a difference that is shown", "Tăng 0,74 tỷ USD (từ 2,37 lên 3,11) [1]", []),
    ("a difference that is wrong", "Tăng 0,75 tỷ USD (từ 2,37 lên 3,11) [1]", ["0,75"]),
    ("a difference whose operands are not told", "Tăng 0,74 tỷ USD [1]", ["0,74"]),
    ("a count of what is cited", "Có 1 kết quả [1]", []),
    ("another count", "Có 3 kết quả [1]", ["3"]),
    ("a column over a quoted row", "Quý 4 đạt 3,11 [1]", []),
]
UNITS = [{"kind": "hang", "start": 0, "end": len(SOURCE), "head": 5, "heading": ["Bảng 7"], "cells": [["Quý 4", "x"]]}]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_each_number_stands_in_what_is_cited_or_is_computed_from_it(text, expected):
    document = {"text": SOURCE, "units": UNITS}
    assert unsupported(text, [citation(quote=SOURCE)], lambda _: document) == expected


def test_a_quotation_that_is_not_the_documents_words_supports_nothing():
    assert unsupported("3,11 [1]", [citation(quote=SOURCE)], lambda _: {"text": "Khác", "units": []}) == [
        f"“{SOURCE[:79]}…”" if len(SOURCE) > 80 else f"“{SOURCE}”"
    ]
    assert unsupported("3,11 [1]", [citation(quote="3,11", end=4)], lambda _: None) == ["“3,11”"]


# --- figures ----------------------------------------------------------------------------------------------------------

RESULTS = [
    result(),  # right
    result("Vốn đạt 6,83 tỷ USD, bằng 137% kế hoạch, **hơn 5 tỷ** [1]"),  # right, and another value in bold
    BARE,  # values, no citation
    Result(CASE, Delivered("answered", "6,83", NONE, 1.0)),  # neither
    Result(CASE, Delivered("not_found", "Không tìm thấy", NONE, 1.0)),  # refused
    Result(CASE, Delivered("", "", error="mất kết nối")),  # failed: wrong in everything
    Result(UNANSWERABLE, Delivered("not_found", "Không tìm thấy", NONE, 1.0)),  # rightly refused
    Result(UNANSWERABLE, Delivered("answered", TEXT, NONE, 1.0), unsupported=("137%",)),  # answered, and should not
]


def test_figures_are_shares_of_the_cases_that_they_are_about():
    assert figures(RESULTS) == {
        "cases": 8,
        "right": pytest.approx(3 / 8),
        "answered_right": pytest.approx(2 / 6),
        "values_right": pytest.approx(3 / 6),
        "citation_right": pytest.approx(2 / 6),
        "lead_right": pytest.approx(1 / 2),
        "refusal_precision": pytest.approx(1 / 2),
        "refusal_recall": pytest.approx(1 / 2),
        "answerable_refused": pytest.approx(2 / 6),
        "unsupported": 1,
        "p50_ms": 1.0,
        "p95_ms": 1.0,
    }


def test_a_share_of_nothing_is_left_out():
    assert set(figures([])) == {"cases", "unsupported"}
    assert "answered_right" not in figures([result("?", status="not_found", case=UNANSWERABLE)])


def test_ranges_hold_their_figure_narrow_with_more_cases_and_stay_the_same():
    few, many = RESULTS * 3, RESULTS * 30
    assert ranges(few) == ranges(few)
    for name, (low, high) in ranges(many).items():
        assert low <= figures(many)[name] <= high
        assert high - low < ranges(few)[name][1] - ranges(few)[name][0]


def test_tags_and_audiences_have_figures_of_their_own():
    asked = [*RESULTS, result(case=replace(CASE, id="b", tags=("fdi", "fdi"), audience="citizen"))]
    tags = by_tag(asked)
    assert list(tags) == ["fdi", "citizen"]
    assert tags["fdi"]["cases"] == 7
    assert tags["citizen"]["right"] == 1


def test_times_are_of_the_sorted_cases():
    spent = [Result(CASE, Delivered("answered", TEXT, NONE, float(ms))) for ms in reversed(range(1, 101))]
    found = figures(spent)
    assert 50 <= found["p50_ms"] <= 51
    assert 95 <= found["p95_ms"] <= 96
