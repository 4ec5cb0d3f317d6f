"""What holds today or held on a day, what a later document changed, and what stood there before."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Assistant
from tests.assistant.conftest import furnished

HEAD = "UBND TỈNH THÁI BÌNH\nSố: {number}\nThái Bình, ngày {day}\nQUYẾT ĐỊNH\n{title}\n\n"

FERRIES = (
    HEAD.format(number="11/2021/QĐ-UBND", day="05 tháng 02 năm 2021", title="Quy định giá vé đò ngang")
    + """\
Điều 1. Giá vé
Giá vé đò ngang cho một người là 4.000 đồng một lượt.
Điều 2. Giờ chạy đò
Đò ngang chạy từ 5 giờ đến 19 giờ hằng ngày.
Điều 3. Hiệu lực
Quyết định này có hiệu lực từ ngày 20 tháng 02 năm 2021.
"""
)
# replaces it
NEW_FERRIES = (
    HEAD.format(number="32/2023/QĐ-UBND", day="10 tháng 8 năm 2023", title="Quy định giá vé đò ngang")
    + """\
Điều 1. Giá vé
Giá vé đò ngang cho một người là 6.000 đồng một lượt.
Điều 2. Hiệu lực
Quyết định này có hiệu lực từ ngày 01 tháng 9 năm 2023 và thay thế Quyết định số 11/2021/QĐ-UBND.
"""
)
MARKETS = (
    HEAD.format(number="14/2022/QĐ-UBND", day="03 tháng 3 năm 2022", title="Quy định về chợ nông thôn")
    + """\
Điều 1. Diện tích quầy
1. Quầy bán rau rộng ít nhất 3 m2.
2. Quầy bán cá rộng ít nhất 5 m2.
3. Quầy bán hoa rộng ít nhất 2 m2.
Điều 2. Hiệu lực
Quyết định này có hiệu lực từ ngày 15 tháng 3 năm 2022.
"""
)
# amends a clause of it and repeals another
STALLS = (
    HEAD.format(number="27/2024/QĐ-UBND", day="08 tháng 5 năm 2024", title="Sửa đổi quy định về chợ nông thôn")
    + """\
Điều 1. Sửa đổi khoản 2 Điều 1 Quyết định số 14/2022/QĐ-UBND như sau:
“2. Quầy bán cá rộng ít nhất 8 m2.”
Điều 2. Bãi bỏ khoản 3 Điều 1 Quyết định số 14/2022/QĐ-UBND.
Điều 3. Hiệu lực
Quyết định này có hiệu lực từ ngày 20 tháng 5 năm 2024.
"""
)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    files = {"do-cu.txt": FERRIES, "do-moi.txt": NEW_FERRIES, "cho.txt": MARKETS, "sua-cho.txt": STALLS}
    opened = furnished(tmp_path_factory.mktemp("effect"), files)
    yield opened
    opened.close()


def asked(office: Assistant, question: str):
    answer, _ = office.ask(question)
    return answer


def test_what_is_in_effect_answers_first_and_what_it_replaced_is_told_as_earlier(office):
    answer = asked(office, "Giá vé đò ngang cho một người là bao nhiêu?")
    assert answer.status == "answered"
    now, before = answer.text.split("Trước đây")
    assert "6.000 đồng" in now
    assert "4.000" not in now
    assert "4.000 đồng" in before
    assert [c.document_id for c in answer.citations[:2]] == ["32-2023-qd-ubnd", "11-2021-qd-ubnd"]


DAYS = [
    ("Tại thời điểm ngày 01/6/2022, giá vé đò ngang cho một người là bao nhiêu?", "4.000 đồng"),
    ("Giá vé đò ngang cho một người vào thời điểm tháng 12 năm 2023 là bao nhiêu?", "6.000 đồng"),
    ("Giá vé đò ngang cho một người theo quy định còn hiệu lực vào năm 2022?", "4.000 đồng"),
]


@pytest.mark.parametrize(("question", "price"), DAYS)
def test_a_question_as_of_a_day_gets_what_held_then(office, question, price):
    answer = asked(office, question)
    assert answer.status == "answered"
    assert price in answer.text
    assert "Trước đây" not in answer.text


def test_before_any_of_it_held_there_is_nothing(office):
    assert (
        asked(office, "Tại thời điểm ngày 01/01/2020, giá vé đò ngang cho một người là bao nhiêu?").status
        == "not_found"
    )


def test_what_only_an_ended_document_says_is_told_with_what_ended_it(office):
    answer = asked(office, "Đò ngang chạy từ mấy giờ đến mấy giờ?")
    assert "5 giờ đến 19 giờ" in answer.text
    assert "bị thay thế bởi 32/2023/QĐ-UBND" in answer.text
    assert "thay thế Quyết định số 11/2021/QĐ-UBND" in answer.citations[-1].quote


def test_a_document_asked_for_by_its_number_answers_though_it_has_ended(office):
    answer = asked(office, "Theo Quyết định 11/2021/QĐ-UBND giá vé đò ngang là bao nhiêu?")
    assert "4.000 đồng" in answer.text
    assert "Lưu ý" in answer.text


def test_an_amended_clause_is_told_as_it_is_now_and_as_it_was(office):
    answer = asked(office, "Quầy bán cá ở chợ nông thôn rộng ít nhất bao nhiêu?")
    now, before = answer.text.split("Trước đây")
    assert "8 m2" in now
    assert "5 m2" in before


def test_a_repealed_clause_is_told_with_the_act(office):
    answer = asked(office, "Quầy bán hoa rộng ít nhất bao nhiêu?")
    assert "2 m2" in answer.text
    assert "Lưu ý: khoản 3 Điều 1 bị bãi bỏ bởi 27/2024/QĐ-UBND [2]." in answer.text
    assert "Bãi bỏ khoản 3 Điều 1" in answer.citations[1].quote


def test_a_clause_beside_it_carries_no_such_note(office):
    answer = asked(office, "Theo Quyết định 14/2022/QĐ-UBND quầy bán rau rộng ít nhất bao nhiêu?")
    assert "3 m2" in answer.text
    assert "Lưu ý" not in answer.text
