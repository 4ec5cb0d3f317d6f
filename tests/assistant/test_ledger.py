"""Answers from the ledger over the bundled corpus: whole lists, counts, arithmetic, and what isn't there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assistant import verify
from assistant.bodies import body_key, named_bodies
from assistant.match import flat
from assistant.types import Sum

PLAN = "12-kh-ubnd-2024"

COUNTS = [
    # question, number, what each line has
    ("Sở Nội vụ chủ trì mấy nhiệm vụ trong phụ lục Kế hoạch 12/KH-UBND?", "5 nhiệm vụ", "Phê duyệt đề án"),
    ("so tu phap chu tri bao nhieu nhiem vu trong phu luc ke hoach 12", "4 nhiệm vụ", "Rà soát quy định hết hiệu lực"),
    ("Nhóm cải cách tài chính công gồm những nhiệm vụ nào?", "3 nhiệm vụ", "38 cơ sở nhà, đất công"),
    ("Thanh tra tỉnh phối hợp những nhiệm vụ nào của Kế hoạch 12/KH-UBND?", "1 nhiệm vụ", "30% cơ quan"),
]


@pytest.mark.parametrize(("question", "number", "one"), COUNTS)
def test_lists_are_whole_and_counted(assistant, question, number, one):
    answer, _ = assistant.ask(question)
    assert (answer.status, answer.mode) == ("answered", "ledger")
    assert number in answer.text.splitlines()[0]
    assert one in answer.text
    assert {citation.document_id for citation in answer.citations} == {PLAN}


COMPARED = [
    ("Cấp xã xử lý hồ sơ công việc trên mạng còn thiếu bao nhiêu so với mục tiêu 2025?", "85 - 81,0 = 4,0"),
    ("Điểm PCI năm 2024 tăng bao nhiêu so với năm 2023?", "73,20 - 71,25 = 1,95"),
    ("Trong 1.786 thủ tục còn bao nhiêu thủ tục chưa được rút ngắn thời gian?", "1.786 - 1.007 = 779"),
]


@pytest.mark.parametrize(("question", "sum_"), COMPARED)
def test_arithmetic_is_shown_with_its_operands(assistant, question, sum_):
    answer, _ = assistant.ask(question)
    assert answer.status == "answered"
    assert sum_ in answer.text
    assert answer.sums


def test_where_things_stood_before_a_target_was_set_is_no_result(assistant):
    """The resolution's own table has 38,5 % for 2020; what was reached is in the report."""
    answer, _ = assistant.ask("Thủ tục trực tuyến toàn trình so với mục tiêu 2025 đã đạt chưa?")
    assert "Chưa đạt mục tiêu" in answer.text
    assert "73,2" in answer.text
    assert "38,5" not in answer.text


def test_who_has_no_such_task_is_told_so(assistant):
    answer, _ = assistant.ask("Kho bạc Nhà nước tỉnh chủ trì những việc gì theo Kế hoạch 12/KH-UBND?")
    assert answer.status == "not_found"
    assert "giải ngân vốn đầu tư công" in answer.text  # what it has a part in


def test_a_wrong_sum_is_not_shown(assistant):
    answer, _ = assistant.ask("Điểm PCI năm 2024 tăng bao nhiêu so với năm 2023?")
    (right,) = answer.sums
    wrong = replace(answer, text=answer.text.replace("1,95", "2,95"), sums=(replace(right, written="2,95"),))
    with assistant.shelf.reading() as library:
        assert list(verify.problems(answer, library)) == []
        assert set(verify.problems(wrong, library)) == {"2,95 stands in no quotation"}
        counted = replace(answer, text="9 nhiệm vụ", sums=(Sum("9", "count", (1,)),))
        assert list(verify.problems(counted, library)) == ["9 stands in no quotation"]


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("UBND tỉnh", "Ủy ban nhân dân tỉnh"),
        ("Sở KH&ĐT", "Sở Kế hoạch và Đầu tư"),
        ("Ban Quản lý Khu kinh tế Quảng Ninh", "Ban Quản lý Khu kinh tế"),
        ("Trung tâm Phục vụ hành chính công", "Trung tâm Phục vụ hành chính công tỉnh"),
    ],
)
def test_a_body_has_one_key(written, other):
    assert body_key(written) == body_key(other)
    assert named_bodies(flat(f"Việc của {written} là gì?")) == [body_key(other)]


def test_a_conversation_goes_on(assistant):
    turn = assistant.chat("Quý II/2025 cấp tỉnh số hóa hồ sơ khi tiếp nhận đạt bao nhiêu %?", None)
    assert "96,8" in turn.answer.text
    turn = assistant.chat("còn cấp huyện?", turn.conversation_id)
    assert re.search(r"93,1", turn.answer.text)
