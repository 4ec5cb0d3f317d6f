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


TARGETS = [
    # question, how many, one of them, one that is not
    ("Các chỉ tiêu của Nghị quyết 05 đến năm 2025?", "22 chỉ tiêu cho năm 2025", "> 5 tỷ USD", "9 tỷ USD"),
    ("cac chi tieu cua ke hoach 12", "15 chỉ tiêu", "ít nhất 95% năm 2024", "FDI"),
    ("Nghị quyết 05 có bao nhiêu chỉ tiêu về FDI?", "2 chỉ tiêu", "9 tỷ USD", "doanh nghiệp thành lập mới"),
    ("Những chỉ tiêu nào chưa đạt?", "11 chỉ tiêu chưa đạt", "kết quả 78,4%", "FDI"),
    ("Chỉ tiêu nào của Nghị quyết 05 đã vượt?", "chỉ tiêu vượt mức đề ra", "6,83 tỷ USD", "78,4%"),
    ("Các chỉ tiêu chưa có số liệu", "chỉ tiêu chưa có số liệu", "Giải ngân vốn đầu tư công", "6,83"),
]


@pytest.mark.parametrize(("question", "number", "one", "other"), TARGETS, ids=[row[0] for row in TARGETS])
def test_targets_are_listed_whole_once_each(assistant, question, number, one, other):
    """What the resolution says in words and again in its table is one target."""
    answer, _ = assistant.ask(question)
    assert (answer.status, answer.mode) == ("answered", "ledger")
    lines = answer.text.splitlines()
    assert number in lines[0]
    assert one in answer.text
    assert other not in answer.text
    listed = [line for line in lines if line.startswith("- ")]
    assert re.search(rf"\b{len(listed)} chỉ tiêu", lines[0])
    assert all(re.search(r"\[\d+\]", line) for line in listed)


@pytest.mark.parametrize(
    "question", ["Mục tiêu tổng quát của Nghị quyết 05 là gì?", "Mục tiêu FDI của Nghị quyết 05 là bao nhiêu?"]
)
def test_a_goal_in_words_or_one_value_is_no_list_of_targets(assistant, question):
    answer, _ = assistant.ask(question)
    assert "chỉ tiêu" not in answer.text.splitlines()[0]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Nhiệm vụ của Kho bạc Nhà nước tỉnh", "phối hợp 1 nhiệm vụ"),  # it leads none
        ("công an tỉnh làm gì?", "Công an tỉnh chủ trì 1 nhiệm vụ"),
        ("nhiem vu so tai chinh", "Sở Tài chính chủ trì 7 nhiệm vụ"),
        ("việc phải xong trước 30/6/2024", "Có 24 nhiệm vụ"),  # in its year up to then
        ("nhiem vu den han thang 12/2024", "Có 6 nhiệm vụ"),
        ("Chỉ thị 06 yêu cầu UBND cấp huyện làm gì?", "chủ trì 5 nhiệm vụ"),  # its chairman's
        ("Quý III/2024 có mấy nhiệm vụ phải hoàn thành theo Kế hoạch 12?", "Có 6 nhiệm vụ"),
    ],
)
def test_the_tasks_of_a_body_need_no_word_for_a_list(assistant, question, told):
    answer, _ = assistant.ask(question)
    assert told in answer.text.splitlines()[0]


def test_an_index_over_the_years(assistant):
    for question in ("PCI qua các năm", "PCI từ năm 2021 đến năm 2024"):
        answer, _ = assistant.ask(question)
        assert answer.mode == "ledger"
        told = re.findall(r"Năm (\d{4}): ([\d,]+) điểm", answer.text)
        assert told == [("2021", "73,02"), ("2022", "72,95"), ("2023", "71,25"), ("2024", "73,20")]
    answer, _ = assistant.ask("Thứ hạng PCI các năm")
    assert "điểm" not in answer.text
    answer, _ = assistant.ask("điểm và thứ hạng PCI qua các năm")
    assert "**PCI - Điểm**" in answer.text
    assert "**PCI - Thứ hạng**" in answer.text


def test_a_sum_over_some_years_is_no_row_of_years(assistant):
    answer, _ = assistant.ask("FDI ba năm 2021 - 2023")
    assert "6,83" in answer.text


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


def test_a_part_that_is_itself_what_is_left_is_not_taken_from_the_whole(assistant):
    answer, _ = assistant.ask("Mấy cơ quan chưa nộp danh mục thủ tục cần cắt?")
    assert "7/21" in answer.text
    assert not answer.sums


def test_where_things_stood_before_a_target_was_set_is_no_result(assistant):
    """The resolution's own table has 38,5 % for 2020; what was reached is in the report."""
    answer, _ = assistant.ask("Thủ tục trực tuyến toàn trình so với mục tiêu 2025 đã đạt chưa?")
    assert "Chưa đạt mục tiêu" in answer.text
    assert "73,2" in answer.text
    assert "38,5" not in answer.text


@pytest.mark.parametrize(
    ("question", "sum_"),
    [
        ("Nghị quyết 05 đặt mục tiêu thủ tục trực tuyến toàn trình đến 2025 bao nhiêu, kết quả ra sao?", "80 - 73,2"),
        ("FDI đặt ra bao nhiêu, thu hút được bao nhiêu rồi?", "6,83 - 5"),
        ("Mục tiêu hồ sơ đúng hạn là bao nhiêu và thực tế đạt bao nhiêu?", "99,6 - 99,5"),
    ],
)
def test_what_was_set_and_what_was_reached_in_one_question(assistant, question, sum_):
    """The document that is named sets the target; another may tell the result."""
    answer, _ = assistant.ask(question)
    assert answer.mode == "ledger"
    assert sum_ in answer.text


def test_a_figure_at_each_of_several_times(assistant):
    answer, _ = assistant.ask("Tỷ lệ cán bộ được bồi dưỡng kỹ năng số: năm 2020, đến hết 2023 và mục tiêu 2025")
    assert answer.mode == "ledger"
    assert [value for value in ("25,0%", "78,4%", "Trên 90%") if f"**{value}**" in answer.text] == [
        "25,0%",
        "78,4%",
        "Trên 90%",
    ]
    assert "Nguồn khác" not in answer.text


def test_who_has_no_such_task_is_told_so(assistant):
    answer, _ = assistant.ask("Kho bạc Nhà nước tỉnh chủ trì những việc gì theo Kế hoạch 12/KH-UBND?")
    assert answer.status == "not_found"
    assert "giải ngân vốn đầu tư công" in answer.text  # what it has a part in


def test_who_has_no_part_in_a_document_is_told_where_it_has_one(assistant):
    answer, _ = assistant.ask("Sở Y tế được giao những nhiệm vụ gì theo Chỉ thị 06/CT-UBND?")
    assert (answer.status, answer.mode) == ("not_found", "ledger")
    assert answer.citations


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
