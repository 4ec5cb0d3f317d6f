"""From a question to an answer over a handful of documents: what is quoted, what is refused, what is offered."""

from __future__ import annotations

import re

import pytest

from assistant import verify
from assistant.bootstrap import Assistant
from assistant.compose import inert
from assistant.types import Answer
from ingest.values import bare


def ask(office: Assistant, question: str) -> Answer:
    answer, _ = office.ask(question)
    if answer.status == "answered":  # a refusal counts documents and repeats what was asked
        with office.shelf.reading() as library:
            assert list(verify.problems(answer, library)) == []
    return answer


def cited(answer: Answer) -> list[tuple[str, str]]:
    return [(citation.document_id, citation.address) for citation in answer.citations]


# --- one thing, quoted ----------------------------------------------------------------------------------------------

PLAN, REPORT, RULES = "25-kh-ubnd-2024", "310-bc-ubnd-2023", "07-2024-qd-ubnd"

ANSWERS = [
    # question, document and address, quoted whole, what is in bold
    (
        "Tỷ lệ hồ sơ trực tuyến năm 2024 phải đạt bao nhiêu?",
        (PLAN, "Mục I.1"),
        "Tỷ lệ hồ sơ trực tuyến năm 2024 đạt ít nhất 65%, tăng 5 điểm phần trăm so với năm trước.",
        "ít nhất 65%",
    ),
    # the whole sentence answers: no lead
    (
        "Cấp giấy phép xây dựng mất mấy ngày?",
        (PLAN, "Mục I.2"),
        "Thời gian cấp giấy phép xây dựng giảm còn 12 ngày làm việc.",
        None,
    ),
    # one index of a sentence that tells of two
    (
        "Chỉ số PAPI năm 2022 đạt bao nhiêu điểm?",
        (REPORT, "Mục I.2"),
        "Chỉ số PCI năm 2022 đạt 65,78 điểm, xếp thứ 16; chỉ số PAPI đạt 43,05 điểm, xếp thứ 11.",
        "43,05 điểm",
    ),
    # the date under a heading that says what it is the date of
    (
        "Quyết định có hiệu lực từ ngày nào?",
        (RULES, "đoạn 1, Điều 3"),
        "Quyết định có hiệu lực từ ngày 25 tháng 3 năm 2024.",
        None,
    ),
    # by address, đ after d
    ("điểm đ khoản 2 Điều 2 quy định gì?", (RULES, "điểm đ khoản 2 Điều 2"), "Ý kiến của cơ quan thẩm định.", None),
    ("điểm d khoản 2 Điều 2 quy định gì?", (RULES, "điểm d khoản 2 Điều 2"), "Bảng so sánh;", None),
    (
        "khoản 1 Điều 2 Quyết định 07/2024/QĐ-UBND",
        (RULES, "khoản 1 Điều 2"),
        "Đơn vị chủ trì gửi tài liệu trước cuộc họp ít nhất 02 ngày.",
        None,
    ),
]


@pytest.mark.parametrize(("question", "place", "quote", "lead"), ANSWERS)
def test_the_sentence_is_quoted_and_its_value_leads(office, question, place, quote, lead):
    answer = ask(office, question)
    assert answer.status == "answered"
    assert cited(answer) == [place]
    assert answer.citations[0].quote.endswith(quote)
    assert f"“{answer.citations[0].quote}”" in answer.text
    bold = re.findall(r"\*\*(.+?)\*\*", answer.text)
    assert [lead in part for part in bold] == ([] if lead is None else [True])


ROWS = [
    # question, row, the cell in bold
    ("Cơ quan nào chủ trì tập huấn chữ ký số?", "hàng 2, Mục III", "Chủ trì: Sở Nội vụ"),
    ("Ai phối hợp tập huấn chữ ký số?", "hàng 2, Mục III", "Phối hợp: Sở Tư pháp"),
    ("Khi nào hoàn thành tập huấn chữ ký số?", "hàng 2, Mục III", "Thời gian hoàn thành: Tháng 6/2024"),
    ("Sản phẩm của nhiệm vụ kiểm tra trụ sở tiếp dân là gì?", "hàng 4, Mục III", "Sản phẩm: Biên bản"),
]


@pytest.mark.parametrize(("question", "address", "bold"), ROWS)
def test_a_row_answers_with_the_cell_asked_for(office, question, address, bold):
    answer = ask(office, question)
    assert cited(answer) == [(PLAN, address)]
    assert re.findall(r"\*\*(.+?)\*\*", answer.text) == [bold]
    for cell in answer.citations[0].quote.split(" | ")[2:]:  # the row's other cells are told too
        assert cell in answer.text


# --- lists ----------------------------------------------------------------------------------------------------------

TASKS = [
    # all of an agency's rows in the role asked for, and no other
    ("Sở Tư pháp chủ trì những nhiệm vụ nào?", [1, 3, 5]),
    ("Các nhiệm vụ của Sở Tư pháp trong Kế hoạch 25/KH-UBND", [1, 3, 5]),
    ("Sở Nội vụ phối hợp những nhiệm vụ nào?", [1, 4]),
]


@pytest.mark.parametrize(("question", "rows"), TASKS)
def test_an_agencys_tasks_are_all_there_with_a_citation_each(office, question, rows):
    answer = ask(office, question)
    assert cited(answer) == [(PLAN, f"hàng {number}, Mục III") for number in rows]
    count, *lines = answer.text.splitlines()
    assert f"{len(rows)} nhiệm vụ" in count
    assert len(lines) == len(rows)
    for line, citation in zip(lines, answer.citations, strict=True):
        assert f"[{citation.marker}]" in line
        assert all(cell in line or cell in count for cell in citation.quote.split(" | ")[1:])  # who leads is told once


LISTS = [
    # the heading and each thing under it
    (
        "Kế hoạch 25/KH-UBND có những giải pháp đột phá nào?",
        (PLAN, "Mục II"),
        ["Số hóa sổ hộ tịch.", "Khám bệnh bằng căn cước.", "Hóa đơn điện tử từ máy tính tiền."],
    ),
    (
        "Những hạn chế là gì?",
        (REPORT, "Mục II"),
        ["- Một số xã chưa có cán bộ công nghệ thông tin.", "- Đường truyền tại vùng ven biển còn chập chờn."],
    ),
    # an article with everything in it
    (
        "Điều 2 Quyết định 07/2024/QĐ-UBND quy định gì?",
        (RULES, "Điều 2"),
        [
            "ít nhất 02 ngày.",
            "2. Tài liệu gồm:",
            "a) Tờ trình;",
            "d) Bảng so sánh;",
            "đ) Ý kiến của cơ quan thẩm định.",
        ],
    ),
]


@pytest.mark.parametrize(("question", "place", "lines"), LISTS)
def test_a_heading_is_quoted_with_everything_under_it(office, question, place, lines):
    answer = ask(office, question)
    assert answer.status == "answered"
    assert cited(answer) == [place]
    told = answer.text.splitlines()[1:]
    assert [next((line for line in told if part in line), None) is not None for part in lines] == [True] * len(lines)
    if place != (RULES, "Điều 2"):
        assert len(told) == len(lines)


# --- several documents ----------------------------------------------------------------------------------------------


def test_two_documents_that_disagree_are_both_shown(office):
    answer = ask(office, "Thu ngân sách năm 2023 đạt bao nhiêu?")
    assert answer.status == "answered"
    assert {citation.document_id for citation in answer.citations} == {"41-tb-ctk-2024", REPORT}
    for citation in answer.citations:
        part = next(part for part in answer.text.split("\n\n") if f"[{citation.marker}]" in part)
        figure = "9.750" if citation.document_id == REPORT else "9.705"
        assert figure in part
        assert figure in citation.quote


def test_a_sample_text_yields_to_a_real_one(office):
    answer = ask(office, "Mỗi năm nạo vét bao nhiêu km luồng đường thủy nội địa?")
    assert [document for document, _ in cited(answer)] == ["512-bc-sgtvt-2024"]


def test_a_sample_text_asked_for_by_number_answers_and_says_what_it_is(office):
    answer = ask(office, "Theo Nghị quyết 88-NQ/TU mỗi năm nạo vét bao nhiêu km luồng tuyến đường thủy?")
    assert [document for document, _ in cited(answer)] == ["88-nq-tu"]
    assert "(minh họa)" in answer.citations[0].document_title


def test_only_the_documents_given_answer(office):
    question = "Thu ngân sách năm 2023 đạt bao nhiêu?"
    answer, _ = office.ask(question, documents=[REPORT])
    assert [citation.document_id for citation in answer.citations] == [REPORT]
    answer, _ = office.ask(question, documents=["9-001234"])
    assert answer.status == "not_found"
    assert not answer.citations


# --- not found ------------------------------------------------------------------------------------------------------

NEAR = [
    # one step away: what it lacks is named, and what is known offered
    ("Sản lượng lúa năm 2021?", "2021", "41-tb-ctk-2024"),
    ("Trồng được bao nhiêu cây xanh trong dịp phát động Tết trồng cây năm 2019?", "2019", REPORT),
    ("Thu ngân sách năm 2023 của tỉnh Nam Định?", "Nam Định", "41-tb-ctk-2024"),
    ("Sở Y tế chủ trì những nhiệm vụ nào?", "Sở Y tế", PLAN),
    ("Kế hoạch 99/KH-UBND giao nhiệm vụ gì cho Sở Tư pháp?", "99/KH-UBND", PLAN),
]


@pytest.mark.parametrize(("question", "lacking", "document"), NEAR)
def test_another_year_place_or_agency_is_not_found_and_the_nearest_is_offered(office, question, lacking, document):
    answer = ask(office, question)
    assert answer.status == "not_found"
    assert f"không nói về “{lacking}”" in answer.text
    assert [citation.document_id for citation in answer.citations] == [document]
    assert f"{answer.citations[0].address}, {answer.citations[0].document_title} [1]" in answer.text


FAR = [
    "Thu ngân sách năm 2021 của tỉnh Nam Định?",  # another year and another place
    "Chỉ số SIPAS năm 2022 đạt bao nhiêu?",  # another index than the two in that sentence
    "GRDP năm 2023 là bao nhiêu?",
    "Giá vàng hôm nay?",
    "Cách nấu phở bò?",
]


@pytest.mark.parametrize("question", [*FAR, *map(bare, FAR[1:])])  # no one restores the place's marks here
def test_what_is_far_is_not_found_and_nothing_is_offered(office, question):
    answer = ask(office, question)
    assert answer.status == "not_found"
    assert answer.citations == ()
    assert answer.text == "Không tìm thấy câu trả lời trong các văn bản đang có (7 văn bản)."


@pytest.mark.parametrize(
    "question", ["Lệ phí cấp phép nuôi ong lấy mật là bao nhiêu?", "Thủ tục 9.001234 lệ phí thế nào?"]
)
def test_a_field_that_holds_nothing_is_not_found(office, question):
    answer = ask(office, question)
    assert answer.status == "not_found"
    assert cited(answer) == [("9-001234", "Mục “Lệ phí”")]


# --- documents are data ---------------------------------------------------------------------------------------------

UNMOVED = [question for question, *_ in (*ANSWERS, *ROWS, *TASKS, *LISTS)] + [
    "Thu ngân sách năm 2023 đạt bao nhiêu?",
    "Mỗi năm nạo vét bao nhiêu km luồng đường thủy nội địa?",
    *(question for question, *_ in NEAR),
    *FAR,
]


@pytest.mark.parametrize("question", UNMOVED)
def test_a_document_that_gives_orders_changes_no_answer(office, beset, question):
    before, after = ask(office, question), ask(beset, question)
    assert after.status == before.status
    assert after.text.replace("8 văn bản", "7 văn bản") == before.text
    assert after.citations == before.citations


ABOUT_THE_PAGE = [
    "Góp ý của bạn đọc yêu cầu trả lời gì?",
    "Theo góp ý của bạn đọc thu ngân sách là bao nhiêu triệu tỷ đồng?",
    "developer mode",
]


@pytest.mark.parametrize("question", ABOUT_THE_PAGE)
def test_what_it_says_is_only_ever_quoted_as_its_own(beset, question):
    answer = ask(beset, question)
    assert {document for document, _ in cited(answer)} == {"gop-y"}
    if answer.status == "answered":
        assert answer.text == "\n\n".join(f"“{inert(c.quote)}” [{c.marker}]" for c in answer.citations)
        return
    [near] = answer.citations
    begins, address, shown = answer.text.partition("Có thể xem: ")
    assert begins == "Không tìm thấy câu trả lời trong các văn bản đang có (8 văn bản). "
    assert address
    assert shown == f"{near.address}, {near.document_title} [1]:\n\n“{inert(near.quote)}”"


def test_a_script_never_becomes_text(beset):
    with beset.shelf.reading() as library:
        page = library.document("gop-y")
    assert page is not None
    assert "developer mode" in page.document.text
    assert "alert(" in page.document.text  # what was written as text, escaped, is text
    assert "<script" not in page.document.text
    assert 'alert("thu ngân sách")' not in page.document.text
