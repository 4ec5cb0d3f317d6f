"""Questions that need all rows of a table: over one written for the tests, sums and blanks among its rows."""

from __future__ import annotations

import re

import pytest

from tests.assistant.conftest import furnished

REPORT = """\
UBND TỈNH THÁI BÌNH

Số: 77/BC-UBND

Thái Bình, ngày 08 tháng 7 năm 2024

# BÁO CÁO

Tình hình nuôi trồng thủy sản 6 tháng đầu năm 2024

## I. KẾT QUẢ THEO HUYỆN

| STT | Địa phương | Diện tích thả nuôi (ha) | Sản lượng (tấn) | Lồng bị hỏng | Tỷ lệ có kiểm dịch (%) |
| --- | --- | --- | --- | --- | --- |
| 1 | Huyện Tiền Hải | 1.240 | 3.515,5 | 4 | 97,2 |
| 2 | Huyện Thái Thụy | 1.310 | 2.870 | 0 | 99 |
| 3 | Huyện Kiến Xương | 95 | 410 | 0 | 88,5 |
| 4 | Thành phố Thái Bình | 12 | - | 1 | 100 |
|  | Tổng số | 2.657 | 6.795,5 | 5 | 96 |

## II. NHIỆM VỤ

Chi cục Thủy sản kiểm tra lồng bè trước mùa bão.
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    opened = furnished(tmp_path_factory.mktemp("rows"), {"thuy-san.md": REPORT})
    yield opened
    opened.close()


ANSWERS = [
    # question, the rows that answer, one that does not
    ("Địa phương nào có diện tích thả nuôi lớn nhất?", ["Huyện Thái Thụy", "1.310"], "Tổng số"),
    ("Huyện nào có sản lượng thấp nhất?", ["Huyện Kiến Xương", "410"], "Thành phố"),
    ("Địa phương nào có nhiều lồng bị hỏng nhất năm 2024?", ["Huyện Tiền Hải", "4"], "Tổng số"),
    ("Những địa phương nào không có lồng bị hỏng?", ["Có 2 dòng", "Huyện Thái Thụy", "Huyện Kiến Xương"], "Tổng số"),
    ("Địa phương nào có tỷ lệ kiểm dịch trên 98%?", ["Có 2 dòng", "Thành phố Thái Bình", "Huyện Thái Thụy"], "Tổng số"),
    ("Địa phương nào có lồng bị hỏng?", ["Có 2 dòng", "Huyện Tiền Hải", "Thành phố Thái Bình"], "Tổng số"),
    ("Địa phương nào kiểm dịch đạt 99%?", ["Có 1 dòng", "Huyện Thái Thụy"], "Tổng số"),
    ("2 địa phương có diện tích thả nuôi lớn nhất", ["Có 2 dòng", "Huyện Thái Thụy", "Huyện Tiền Hải"], "Kiến Xương"),
    ("các địa phương có lồng bị hỏng", ["Có 2 dòng", "Huyện Tiền Hải", "Thành phố Thái Bình"], "Kiến Xương"),
    ("Các huyện nào có tỷ lệ kiểm dịch dưới 90%?", ["Có 1 dòng", "Huyện Kiến Xương"], "Thành phố"),
]


@pytest.mark.parametrize(("question", "told", "never"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_all_rows_are_compared_and_those_that_answer_cited(office, question, told, never):
    answer, _ = office.ask(question)
    assert (answer.status, answer.mode) == ("answered", "ledger")
    first = answer.text.split("Các dòng khác")[0]
    for value in told:
        assert value in first
    assert never not in answer.text
    assert {int(mark) for mark in re.findall(r"\[(\d+)\]", answer.text)} == {c.marker for c in answer.citations}


def test_rows_without_a_number_are_named(office):
    answer, _ = office.ask("Địa phương nào có sản lượng thấp nhất?")
    assert answer.text.endswith("Không có số liệu: Thành phố Thái Bình.")


OTHERS = [
    "Địa phương nào có sản lượng thấp nhất năm 2021?",  # of another year
    "Địa phương nào có nhiều tàu cá nhất?",  # no such column
    "Sản lượng của huyện Tiền Hải là bao nhiêu?",  # of one row
    "Tỷ lệ kiểm dịch phải đạt ít nhất bao nhiêu?",
]


@pytest.mark.parametrize("question", OTHERS)
def test_what_asks_for_no_comparison_of_rows_is_left_to_others(office, question):
    answer, _ = office.ask(question)
    assert "Các dòng khác" not in answer.text
    assert "trong 4 dòng" not in answer.text
