"""What a document says of itself over and under its text."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Assistant

ASKED = [
    ("Ai ký Quyết định 07/2024/QĐ-UBND?", "Trần Đình Lúa", "phần ký", "KT. CHỦ TỊCH"),
    (
        "Quyết định 07/2024/QĐ-UBND ban hành ngày nào?",
        "ngày 15 tháng 3 năm 2024",
        "phần đầu văn bản",
        "Thái Bình, ngày",
    ),
    ("Cơ quan nào ban hành quyết định 07/2024/QĐ-UBND?", "UBND tỉnh Thái Bình", "phần đầu văn bản", "UBND TỈNH"),
    ("Quyết định về phòng họp không giấy số hiệu là gì?", "07/2024/QĐ-UBND", "phần đầu văn bản", "Số: 07/2024"),
    ("Ai ký quyết định 07 về phòng họp không giấy?", "Trần Đình Lúa", "phần ký", "KT. CHỦ TỊCH"),
    ("Quyết định 07/2024/QĐ-UBND gửi cho những ai?", "Bộ Tư pháp", "nơi nhận", "- Lưu: VT."),
]


@pytest.mark.parametrize(("question", "told", "address", "quoted"), ASKED)
def test_letterhead_and_signature_are_quoted(office: Assistant, question: str, told: str, address: str, quoted: str):
    found, _ = office.ask(question)
    assert told in found.text
    assert (found.citations[0].address, quoted in found.citations[0].quote) == (address, True)


def test_of_a_question_before_it(office: Assistant):
    found, _ = office.ask("Ai ký?", history=["Quyết định 07/2024/QĐ-UBND có hiệu lực khi nào?"])
    assert "Trần Đình Lúa" in found.text


NOT_ASKED = [
    "Ai ký Quyết định 08/2024/QĐ-UBND?",  # not here
    "Ai ký Kế hoạch 25/KH-UBND?",  # no signature there
    "Ai ký biên bản kiểm tra trụ sở tiếp dân?",  # of no document of that name
]


@pytest.mark.parametrize("question", NOT_ASKED)
def test_nothing_is_told_of_what_is_not_there(office: Assistant, question: str):
    found, _ = office.ask(question)
    assert all(citation.address not in {"phần ký", "phần đầu văn bản", "nơi nhận"} for citation in found.citations)


def test_what_has_no_answer_by_itself_is_read_as_going_on(office: Assistant):
    before = ["Thủ tục cấp phép nuôi ong lấy mật thuộc lĩnh vực nào?"]
    alone, _ = office.ask("Sơ đồ vị trí nộp mấy bản?")
    after, _ = office.ask("Sơ đồ vị trí nộp mấy bản?", history=before)
    assert after.status == "answered"
    assert alone.status in {"answered", "not_found"}
    assert "02 bản sao" in after.text
