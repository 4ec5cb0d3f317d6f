"""Questions about procedures, answered from the fields of the bundled ones."""

from __future__ import annotations

import re

import pytest

FIRST = "1-013133"  # đăng ký nghĩa vụ quân sự lần đầu: trực tiếp 01 ngày làm việc, trực tuyến 02 giờ

ANSWERS = [
    # question, document, what leads
    ("Đăng ký nghĩa vụ quân sự lần đầu nộp trực tuyến mất bao lâu?", FIRST, "02 giờ"),
    ("Đăng ký nghĩa vụ quân sự lần đầu nộp trực tiếp thì mấy ngày?", FIRST, "01 ngày làm việc"),
    ("dang ky nghia vu quan su lan dau truc tiep mat may ngay", FIRST, "01 ngày làm việc"),
    ("Thủ tục 1.013133 thời hạn giải quyết nếu nộp qua mạng là bao lâu?", FIRST, "02 giờ"),
    ("Đăng ký nghĩa vụ quân sự lần đầu có mất phí không nếu nộp trực tiếp?", FIRST, "0 đồng"),
    ("Gia hạn giấy phép hành nghề khám chữa bệnh nộp ở cơ quan nào?", "1-013621", "Cục Quân y"),
]


@pytest.mark.parametrize(("question", "document", "lead"), ANSWERS)
def test_the_field_asked_for_leads(assistant, question, document, lead):
    answer, _ = assistant.ask(question)
    assert (answer.status, answer.mode) == ("answered", "procedure")
    assert {citation.document_id for citation in answer.citations} == {document}
    assert any(lead in bold for bold in re.findall(r"\*\*(.+?)\*\*", answer.text))
    assert any(lead in citation.quote for citation in answer.citations)


def test_only_the_way_asked_for_is_told(assistant):
    answer, _ = assistant.ask("Đăng ký nghĩa vụ quân sự lần đầu nộp trực tuyến mất bao lâu?")
    assert "Trực tiếp" not in answer.text


def test_papers_are_all_there(assistant):
    answer, _ = assistant.ask("Đăng ký nghĩa vụ quân sự lần đầu cần giấy tờ gì?")
    with assistant.shelf.reading() as library:
        parsed = library.document(FIRST)
    assert parsed is not None
    part = next(unit for unit in parsed.units if "Thành phần hồ sơ" in parsed.document.text[unit.start : unit.head])
    rows = [unit for unit in parsed.units if unit.kind == "hang" and part.start < unit.start < part.end]
    assert rows
    for row in rows:
        assert row.cells[0][1] in answer.text


def test_steps_are_in_order(assistant):
    answer, _ = assistant.ask("Các bước đăng ký nghĩa vụ quân sự lần đầu?")
    numbers = [int(number) for number in re.findall(r"Bước (\d)", answer.text)]
    assert len(numbers) > 1
    assert numbers == sorted(numbers)


def test_what_the_record_does_not_say_is_not_found(assistant):
    answer, _ = assistant.ask("Thủ tục đăng ký nghĩa vụ quân sự chuyển đi nộp trực tuyến mất bao lâu?")
    assert answer.status == "not_found"
    assert "không nêu" in answer.text
    assert answer.citations  # the ways that there are


def test_two_that_fit_alike_are_asked_about(assistant):
    answer, _ = assistant.ask("Trợ cấp quân nhân dự bị bao nhiêu ngày thì có kết quả?")
    assert answer.status == "clarify"
    assert len(answer.suggestions) == 2
    assert all(name in answer.text for name in answer.suggestions)


@pytest.mark.parametrize(
    "question",
    [
        "Thời hạn hoàn thành rà soát thủ tục hành chính nội bộ?",  # of the plan
        "Kết quả giải quyết hồ sơ quý II/2025 của Sở Tư pháp?",
        "Thủ tục đăng ký kết hôn cần giấy tờ gì?",  # not here
    ],
)
def test_what_is_about_no_procedure_here(assistant, question):
    answer, _ = assistant.ask(question)
    assert answer.mode != "procedure"
