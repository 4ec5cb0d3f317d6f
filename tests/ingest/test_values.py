"""Written values: each form found once, whole, under one key for every way to write it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.values import PATTERNS, bare, decimal, document_key, find_values


def keys(text: str) -> list[tuple[str, str]]:
    return [(value.kind, value.key) for value in find_values(text)]


FOUND = [
    # document numbers
    ("Nghị quyết số 05-NQ/TU ngày 09/4/2021", [("document", "5-nq/tu"), ("date", "2021-04-09")]),
    ("theo 05 – NQ / TU", [("document", "5-nq/tu")]),  # dashes and spaces as people type them
    ("nghi quyet 5-nq/tu", [("document", "5-nq/tu")]),
    ("Quyết định số 15/2024/QĐ-UBND", [("document", "15/2024/qd-ubnd")]),
    ("quyet dinh 15/2024/QD-UBND", [("document", "15/2024/qd-ubnd")]),
    ("Luật số 78/2015/QH13", [("document", "78/2015/qh13")]),
    ("Nghị định 30/2020/NĐ-CP, 61/2018/NĐ-CP", [("document", "30/2020/nd-cp"), ("document", "61/2018/nd-cp")]),
    ("Kế hoạch 12/KH-UBND và Chỉ thị 06/CT-UBND", [("document", "12/kh-ubnd"), ("document", "6/ct-ubnd")]),
    ("Hướng dẫn 36-HD/VPTW", [("document", "36-hd/vptw")]),
    ("số 10/2013/TTLT-BLĐTBXH-BTC-BNV", [("document", "10/2013/ttlt-bldtbxh-btc-bnv")]),  # three ministries
    ("Pháp lệnh số 33/2012/UBTVQH13", [("document", "33/2012/ubtvqh13")]),
    ("15/2024/QĐ-UBND - văn bản mới", [("document", "15/2024/qd-ubnd")]),  # the dash is the sentence's
    ("Quyết định 6375/QĐ-BQP", [("document", "6375/qd-bqp")]),
    # procedure codes, short and full
    (
        "thủ tục 1.004194 và 1.004194.000.00.00.H49",
        [("procedure", "1.004194"), ("procedure", "1.004194")],
    ),
    # dates
    ("ngày 09 tháng 4 năm 2021", [("date", "2021-04-09")]),
    ("9/4/2021, 09-4-2021, 09.04.2021", [("date", "2021-04-09")] * 3),
    ("tháng 4 năm 2021", [("number", "4"), ("year", "2021")]),  # no day: not a date
    ("từ ngày 15/3/2025 đến ngày 14/6/2025", [("date", "2025-03-15"), ("date", "2025-06-14")]),
    # years
    ("giai đoạn 2021 - 2025, định hướng đến năm 2030", [("years", "2021-2025"), ("year", "2030")]),
    ("nhiệm kỳ 2020-2025", [("years", "2020-2025")]),
    ("từ năm 2021 đến năm 2023", [("years", "2021-2023")]),
    ("quý I/2026", [("year", "2026")]),
    # numbers in Vietnamese notation
    ("trên 6,83 tỷ USD, đạt 137% kế hoạch", [("number", "6.83"), ("number", "137")]),
    ("158.965 hồ sơ, 1.234,5 triệu đồng", [("number", "158965"), ("number", "1234.5")]),
    ("15/21 nhiệm vụ", [("number", "15"), ("number", "21")]),
    ("tăng 2,0 điểm; 02 thủ tục", [("number", "2"), ("number", "2")]),
    ("99,2 - 99,9%", [("number", "99.2"), ("number", "99.9")]),
    ("48,811 điểm", [("number", "48.811")]),  # a comma is always the decimal mark
    ("0,7024", [("number", "0.7024")]),
    # digits that are part of a name are no number
    ("COVID-19 và H49", [("number", "19")]),
    ("không có số nào", []),
]


@pytest.mark.parametrize(("text", "expected"), FOUND, ids=[row[0][:30] for row in FOUND])
def test_finds(text, expected):
    assert keys(text) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1.234", "1234"),  # three digits after a dot: thousands
        ("1.5", "1.5"),  # one digit: foreign notation
        ("12.75", "12.75"),
        ("1.004194", "1.004194"),
        ("1.234.567,89", "1234567.89"),
        ("02", "2"),
    ],
)
def test_decimal(written, expected):
    assert decimal(written) == Decimal(expected)


def test_years_are_those_that_a_value_covers():
    values = find_values("giai đoạn 2021-2023, ngày 21/02/2024, năm 2030")
    assert [value.years for value in values] == [(2021, 2022, 2023), (2024,), (2030,)]


def test_a_day_without_its_year_needs_a_word_of_time():
    assert [v.kind for v in find_values("chiều 21/2 có 15/21 nhiệm vụ, 7/9 chỉ tiêu")] == ["day", *["number"] * 4]


def test_document_key_is_one_for_every_spelling():
    spellings = ["05-NQ/TU", "5-NQ/TU", "05 - NQ/TU", "05–nq/tu", "05−NQ/TU", "05-NQ/TƯ"]
    assert {document_key(spelling) for spelling in spellings} == {"5-nq/tu"}


def test_bare_text_is_as_long_as_composed_text():
    assert bare("Đẩy mạnh cải cách, ưu đãi") == "Day manh cai cach, uu dai"


PIECES = st.one_of(
    st.sampled_from(
        ["05-NQ/TU", "15/2024/QĐ-UBND", "1.004194", "09/4/2021", "ngày 9 tháng 4 năm 2021", "2021-2025", "2030", "6,83"]
    ),
    st.text(alphabet="0129.,/- –ANQTUĐnăđ%\n", max_size=6),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_values_are_in_order_disjoint_and_inside(text):
    values = find_values(text)
    position = 0
    for value in values:
        assert position <= value.start < value.end <= len(text)
        assert value.key
        position = value.end
    digits = {i for i, character in enumerate(text) if character.isdigit() and character.isascii()}
    assert {value.start for value in values if value.kind == "number"} <= digits


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(PIECES, st.sampled_from(["NGÀY 5", "tối 3/2", "n", "xngày ", "a"])), max_size=8).map("".join))
def test_every_form_is_found_that_its_pattern_finds(text):
    spans = {(value.start, value.end) for value in find_values(text)}
    for _, pattern in PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            assert (start, end) in spans or any(first < end and start < last for first, last in spans)
