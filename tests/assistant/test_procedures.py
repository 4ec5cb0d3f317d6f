"""Procedures: cards of documents laid out in several ways, what a question asks, and answers over a few of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant import verify
from assistant.bootstrap import Assistant, open_assistant
from assistant.procedures.cards import PROCEDURE, read_procedure
from assistant.procedures.question import asked_of
from assistant.types import Answer
from assistant.understand import understand
from ingest.parse import parse_file
from ingest.values import bare
from tests.assistant.conftest import REPORT, furnished
from tests.fakes import AsTyped, BagOfWords

LIBRARY_CARD = """\
# Thủ tục cấp thẻ bạn đọc thư viện tỉnh lần đầu

| Mã thủ tục | Cấp thực hiện | Lĩnh vực |
| --- | --- | --- |
| 9.100001 | Cấp tỉnh | Thư viện |

## Trình tự thực hiện

Bước 1: Người xin thẻ điền tờ khai rồi nộp cho quầy bạn đọc. Học sinh phải nộp trước ngày khai giảng ít nhất 07 ngày.

Bước 2: Thư viện xét tờ khai và trao thẻ.

## Cách thức thực hiện

| Hình thức nộp | Thời hạn giải quyết | Phí, lệ phí | Mô tả |
| --- | --- | --- | --- |
| Trực tiếp | 02 ngày làm việc | Phí: 20.000 đồng (người lớn); 5.000 đồng (trẻ em) | Không có thông tin |
| Trực tuyến | 04 giờ | Không có thông tin | Không có thông tin |

## Thành phần hồ sơ

### Mọi trường hợp

| Tên giấy tờ | Mẫu đơn, tờ khai | Số lượng |
| --- | --- | --- |
| Tờ khai làm thẻ | Mẫu số 01 | Bản chính: 1; bản sao: 0 |
| Ảnh chân dung | -- | Bản chính: 2; bản sao: 0 |

### Trường hợp trẻ em

| Tên giấy tờ | Mẫu đơn, tờ khai | Số lượng |
| --- | --- | --- |
| Giấy cam kết của phụ huynh | -- | Bản chính: 1; bản sao: 0 |

## Cơ quan thực hiện

Thư viện tỉnh

## Cơ quan có thẩm quyền

Giám đốc Thư viện tỉnh

## Cơ quan phối hợp

Không có thông tin

## Nơi tiếp nhận

Quầy bạn đọc, số 3 phố Sách

## Kết quả thực hiện

Thẻ bạn đọc

## Căn cứ pháp lý

| Số ký hiệu | Trích yếu | Ngày ban hành | Cơ quan ban hành |
| --- | --- | --- | --- |
| 46/2019/QH14 | Luật Thư viện | 21/11/2019 | Quốc hội |
| 93/2020/NĐ-CP | Quy định chi tiết Luật Thư viện | 18/8/2020 | Chính phủ |

## Yêu cầu, điều kiện

Không
"""

# The same office's other card: named by the words of the first one and two of its own.
LOST_CARD = """\
# Thủ tục cấp lại thẻ bạn đọc thư viện tỉnh bị mất

| Mã thủ tục | 9.100002 |
| --- | --- |
| Cấp thực hiện | Cấp tỉnh |

1. Trình tự thực hiện

Bước 1: Bạn đọc báo mất thẻ trên trang của thư viện.

2. Cách thức thực hiện

| Hình thức nộp | Thời hạn giải quyết | Phí, lệ phí |
| --- | --- | --- |
| Trực tiếp | 05 ngày làm việc | Phí: 30.000 đồng |

3. Thành phần hồ sơ

- Đơn báo mất thẻ

4. Kết quả thực hiện

Thẻ bạn đọc cấp lại
"""

# A record of the national portal.
FERRY = {
    "thu_tuc_id": "9.100003",
    "metadata": {"mã_thủ_tục": "9.100003", "tên_thủ_tục": "Thủ tục cấp phép mở bến đò ngang"},
    "content": {
        "trình_tự_thực_hiện": "Bước 1: Chủ bến gửi đơn tới Phòng Hạ tầng. Bước 2: Phòng Hạ tầng đi xem bến.",
        "đối_tượng_thực_hiện": "Công dân Việt Nam, Hợp tác xã",
        "cơ_quan_thực_hiện": "Phòng Hạ tầng",
        "địa_chỉ_tiếp_nhận_hs": "Không có thông tin",
        "kết_quả_thực_hiện": "Giấy phép mở bến",
        "yêu_cầu_điều_kiện_thực_hiện": "Bến cách cầu ít nhất 200 m.",
    },
    "tables": {
        "hinh_thuc_nop": [
            {"hinh_thuc": "Trực tiếp", "thoi_han_giai_quyet": "10 Ngày", "phi_le_phi": "Phí : 0 Đồng", "mo_ta": ""}
        ],
        "thanh_phan_ho_so": [
            {"ten_giay_to": "Đơn xin mở bến", "so_luong": "don.docx", "ghi_chu": "Bản chính: 1 Bản sao: 0"}
        ],
        "can_cu_phap_ly": [],
    },
}

FILES = {
    "the.md": LIBRARY_CARD,
    "mat.md": LOST_CARD,
    "do.json": json.dumps(FERRY, ensure_ascii=False),
    "bao-cao.txt": REPORT,
}
CARD, LOST, DO = "9-100001", "9-100002", "9-100003"


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    opened = furnished(tmp_path_factory.mktemp("counter"), FILES)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def restoring(counter: Assistant) -> Iterator[Assistant]:
    """The same counter, where marks are restored."""
    with closing(open_assistant(counter.settings, BagOfWords)) as opened:
        yield opened


def ask(assistant: Assistant, question: str) -> Answer:
    answer, _ = assistant.ask(question)
    with assistant.shelf.reading() as library:
        assert answer.mode != "procedure" or list(verify.problems(answer, library)) == []
    return answer


# --- cards ----------------------------------------------------------------------------------------------------------


def read(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_text(FILES[name], encoding="utf-8")
    return read_procedure(parse_file(path, name))


def test_a_card_has_each_part_in_its_place(tmp_path):
    card = read(tmp_path, "the.md")
    assert card.facts["code"].cells["code"] == "9.100001"
    assert [row.cells["way"] for row in card.rows("ways")] == ["Trực tiếp", "Trực tuyến"]
    assert "fee" not in card.rows("ways")[1].cells  # a cell that says that there is nothing
    assert [(row.case, row.cells["copies"]) for row in card.rows("papers")] == [
        ("Mọi trường hợp", "Bản chính: 1; bản sao: 0"),
        ("Mọi trường hợp", "Bản chính: 2; bản sao: 0"),
        ("Trường hợp trẻ em", "Bản chính: 1; bản sao: 0"),
    ]
    assert card.lines("partner") == []
    assert card.parts["partner"].blank is not None
    assert [card.shown(line) for line in card.lines("conditions")] == ["Không"]  # it says that none is set


def test_a_card_of_numbered_headings_and_a_table_of_names_and_values(tmp_path):
    card = read(tmp_path, "mat.md")
    assert set(card.parts) == {"steps", "ways", "papers", "result"}
    assert card.rows("ways")[0].cells["fee"] == "Phí: 30.000 đồng"
    assert [card.shown(line) for line in card.lines("papers")] == ["- Đơn báo mất thẻ"]


def test_a_card_of_a_record_of_the_portal(tmp_path):
    card = read(tmp_path, "do.json")
    assert [card.shown(line)[:7] for line in card.lines("steps")] == ["Bước 1:", "Bước 2:"]
    assert card.rows("papers")[0].cells["form"] == "don.docx"
    assert "place" not in card.parts


# --- what is asked --------------------------------------------------------------------------------------------------

ASKED = [
    # question, fields, way, step
    ("Cấp thẻ bạn đọc cần những giấy tờ gì?", ("papers",), "", None),
    ("Hồ sơ cấp thẻ bạn đọc gồm những gì?", ("papers",), "", None),
    ("Làm thẻ bạn đọc nộp qua mạng mất bao lâu?", ("wait",), "trực tuyến", None),
    ("Thẻ bạn đọc bao nhiêu ngày thì xong?", ("wait",), "", None),
    ("Gửi qua bưu điện thì cấp thẻ bạn đọc hết bao nhiêu tiền?", ("fee",), "bưu chính", None),
    ("Cấp thẻ bạn đọc có mất phí không?", ("fee",), "", None),
    ("Mức trợ cấp một lần là bao nhiêu tiền?", ("amount",), "", None),  # what is paid out is no fee
    ("Học phí một năm bao nhiêu?", (), "", None),
    ("Cấp thẻ bạn đọc nộp hồ sơ ở đâu?", ("place",), "", None),
    ("Nộp đơn cấp thẻ cho ai?", ("place",), "", None),
    ("Ai ký thẻ bạn đọc?", ("authority",), "", None),
    ("Cơ quan nào phối hợp cấp thẻ bạn đọc?", ("partner",), "", None),
    ("Cấp thẻ bạn đọc xong thì nhận được gì?", ("result",), "", None),
    ("Bước 2 khi cấp thẻ bạn đọc là gì?", ("step",), "", 2),
    ("Nghị định nào quy định cấp thẻ bạn đọc?", ("basis",), "", None),
    ("Điều kiện để được cấp thẻ bạn đọc là gì?", ("conditions",), "", None),
    ("Cấp thẻ bạn đọc phải nộp mấy ảnh?", ("copies",), "", None),
    ("Trước khai giảng mấy ngày phải nộp tờ khai?", ("deadline",), "", None),
    # what the title says asks for nothing
    ("Công bố đủ điều kiện kinh doanh nộp ở đâu?", ("place",), "", None),
]


@pytest.mark.parametrize(("question", "what", "way", "step"), ASKED)
def test_what_a_question_asks(question, what, way, step):
    asked = asked_of(understand(question, AsTyped()), "Thủ tục công bố đủ điều kiện kinh doanh")
    assert (asked.what, asked.way, asked.step) == (what, way, step)


def test_who_asks_for_whom_names_no_procedure():
    asked = asked_of(understand("Con gái tôi 17 tuổi đi khai sinh, ông nội cháu cần giấy tờ gì?", AsTyped()))
    assert asked.subject.split() == ["đi", "khai", "sinh,", "cần", "||||||||||?"]
    assert "con liệt sĩ" in asked_of(understand("Trợ cấp cho con liệt sĩ cần giấy tờ gì?", AsTyped())).subject


# --- answers --------------------------------------------------------------------------------------------------------

ANSWERS = [
    # question, document, first line, what the whole text must and must not have
    ("Cấp thẻ bạn đọc lần đầu bao lâu thì xong nếu nộp trực tiếp?", CARD, "**02 ngày làm việc**", ["[1]"], ["04 giờ"]),
    ("Cấp thẻ bạn đọc lần đầu qua mạng mất bao lâu?", CARD, "**04 giờ**", [], ["02 ngày"]),
    ("Cấp thẻ bạn đọc lần đầu mất bao lâu?", CARD, "**Trực tiếp: 02 ngày làm việc**", ["Trực tuyến: 04 giờ"], []),
    # the case's own piece of the fee leads
    ("Trẻ em làm thẻ bạn đọc lần đầu đóng bao nhiêu tiền?", CARD, "**5.000 đồng (trẻ em)**", ["20.000 đồng"], []),
    ("Cấp lại thẻ bạn đọc bị mất hết bao nhiêu tiền?", LOST, "**Phí: 30.000 đồng**", [], ["20.000"]),
    ("Thủ tục 9.100002 bao nhiêu ngày?", LOST, "**05 ngày làm việc**", [], []),
    ("Cấp thẻ bạn đọc lần đầu nộp hồ sơ ở đâu?", CARD, "**Quầy bạn đọc, số 3 phố Sách**", [], []),
    # no place is named: the steps tell it
    ("Mở bến đò ngang nộp đơn ở đâu?", DO, "“Bước 1: Chủ bến gửi đơn tới Phòng Hạ tầng.”", [], []),
    ("Ai có thẩm quyền cấp thẻ bạn đọc lần đầu?", CARD, "**Giám đốc Thư viện tỉnh**", [], []),
    ("Cấp thẻ bạn đọc lần đầu do cơ quan nào làm?", CARD, "**Thư viện tỉnh**", ["Giám đốc Thư viện tỉnh"], []),
    ("Kết quả của thủ tục mở bến đò ngang là gì?", DO, "**Giấy phép mở bến**", [], []),
    ("Ai được làm thủ tục mở bến đò ngang?", DO, "**Công dân Việt Nam, Hợp tác xã**", [], []),
    ("Cấp thẻ bạn đọc lần đầu có điều kiện gì?", CARD, "**Không**", [], []),
    ("Cấp thẻ bạn đọc lần đầu cần mấy ảnh chân dung?", CARD, "**Bản chính: 2; bản sao: 0**", [], ["Tờ khai làm thẻ"]),
    # whole lists, under their cases
    (
        "Cấp thẻ bạn đọc lần đầu cần giấy tờ gì?",
        CARD,
        "Thủ tục cấp thẻ bạn đọc thư viện tỉnh lần đầu — Thành phần hồ sơ:",
        [
            "Tờ khai làm thẻ — Bản chính: 1; bản sao: 0 — Mẫu số 01",
            "Ảnh chân dung",
            "Trường hợp trẻ em:\n- Giấy cam kết",
        ],
        [],
    ),
    ("Nghị định nào quy định cấp thẻ bạn đọc lần đầu?", CARD, "Thủ tục cấp thẻ", ["93/2020/NĐ-CP"], ["46/2019/QH14"]),
    ("Bước 2 của thủ tục mở bến đò ngang là gì?", DO, "Thủ tục cấp phép", ["Phòng Hạ tầng đi xem bến"], ["Chủ bến"]),
    # more than a field: the sentence that tells it
    ("Học sinh cấp thẻ bạn đọc lần đầu phải nộp trước khai giảng mấy ngày?", CARD, "“Bước 1:", ["ít nhất 07 ngày"], []),
    # only its name: the procedure in short
    ("Thủ tục cấp phép mở bến đò ngang", DO, "Thủ tục cấp phép mở bến đò ngang:", ["10 Ngày", "Đơn xin mở bến"], []),
]


@pytest.mark.parametrize(("question", "document", "first", "has", "lacks"), ANSWERS)
def test_answers_are_led_by_what_is_asked(counter, question, document, first, has, lacks):
    answer = ask(counter, question)
    assert (answer.status, answer.mode) == ("answered", "procedure")
    assert answer.text.startswith(first)
    assert [part for part in has if part not in answer.text] == []
    assert [part for part in lacks if part in answer.text] == []
    assert {citation.document_id for citation in answer.citations} == {document}


@pytest.mark.parametrize("question", [row[0] for row in ANSWERS if "9.1" not in row[0]][:8])
def test_without_diacritics_it_is_the_same_procedure(counter, restoring, question):
    answer = ask(restoring, bare(question).lower())
    assert {c.document_id for c in answer.citations} == {c.document_id for c in ask(counter, question).citations}


NOWHERE = [
    # question, what is said of it, what is offered instead
    ("Cơ quan nào phối hợp cấp thẻ bạn đọc lần đầu?", "không ghi cơ quan phối hợp", "Không có thông tin"),
    ("Cấp thẻ bạn đọc lần đầu nộp qua bưu điện mất bao lâu?", "khi nộp bưu chính", "Trực tiếp: 02 ngày làm việc"),
    ("Lệ phí cấp thẻ bạn đọc lần đầu khi nộp trực tuyến?", "khi nộp trực tuyến", "Phí: 20.000 đồng"),
    ("Ai có thẩm quyền cấp phép mở bến đò ngang?", "không ghi cơ quan có thẩm quyền", "Phòng Hạ tầng"),
    ("Thủ tục 9.999999 cần giấy tờ gì?", "Không có thủ tục nào mang mã này", ""),
]


@pytest.mark.parametrize(("question", "said", "near"), NOWHERE)
def test_what_a_procedure_does_not_say_is_not_found(counter, question, said, near):
    answer = ask(counter, question)
    assert (answer.status, answer.mode) == ("not_found", "procedure")
    assert said in answer.text
    assert near in answer.text


@pytest.mark.parametrize(
    "question", ["Cấp thẻ nhà báo cần giấy tờ gì?", "Cấp phép mở bến xe khách hết bao nhiêu tiền?"]
)
def test_another_procedure_is_no_answer(counter, question):
    """What is like it in words lends it no papers and no fee."""
    assert ask(counter, question).status == "not_found"


def test_where_two_fit_alike_it_asks_back(counter):
    answer = ask(counter, "Cấp thẻ bạn đọc thư viện tỉnh mất bao lâu?")
    assert answer.status == "clarify"
    assert {citation.document_id for citation in answer.citations} == {CARD, LOST}
    suggested = sorted(answer.suggestions)
    assert [suggestion[:17] for suggestion in suggested] == ["Thủ tục 9.100001:", "Thủ tục 9.100002:"]
    assert ask(counter, suggested[0]).text.startswith("**Trực tiếp: 02 ngày làm việc**")


def test_questions_about_reports_are_left_to_others(counter):
    answer = ask(counter, "Thu ngân sách năm 2023 của tỉnh đạt bao nhiêu?")
    assert answer.mode != "procedure"
    assert "9.750 tỷ đồng" in answer.text


# --- the bundled procedures -------------------------------------------------------------------------------------------

FIRST = "1-013133"  # đăng ký nghĩa vụ quân sự lần đầu: trực tiếp 01 ngày làm việc, trực tuyến 02 giờ

BUNDLED = [
    # question, document, what leads
    ("Đăng ký nghĩa vụ quân sự lần đầu nộp trực tuyến mất bao lâu?", FIRST, "02 giờ"),
    ("Đăng ký nghĩa vụ quân sự lần đầu nộp trực tiếp thì mấy ngày?", FIRST, "01 ngày làm việc"),
    ("dang ky nghia vu quan su lan dau truc tiep mat may ngay", FIRST, "01 ngày làm việc"),
    ("Thủ tục 1.013133 thời hạn giải quyết nếu nộp qua mạng là bao lâu?", FIRST, "02 giờ"),
    ("Đăng ký nghĩa vụ quân sự lần đầu có mất phí không nếu nộp trực tiếp?", FIRST, "0 đồng"),
    ("Gia hạn giấy phép hành nghề khám chữa bệnh nộp ở cơ quan nào?", "1-013621", "Cục Quân y"),
]


@pytest.mark.parametrize(("question", "document", "lead"), BUNDLED)
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
    assert "không ghi" in answer.text
    assert answer.citations  # the ways that there are


def test_two_that_fit_alike_are_asked_about(assistant):
    answer, _ = assistant.ask("Trợ cấp quân nhân dự bị bao nhiêu ngày thì có kết quả?")
    assert answer.status == "clarify"
    assert len(answer.suggestions) == 2  # the question again, of each of them
    for suggestion in answer.suggestions:
        again, _ = assistant.ask(suggestion)
        assert again.status == "answered"


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
    assert (answer.status, answer.mode) != ("answered", "procedure")


def test_what_is_suggested_next_is_answered_by_the_same_procedure(assistant):
    with assistant.shelf.reading() as library:
        procedures = [each for each in library.documents() if each.kind == PROCEDURE]
    suggested = 0
    for document in procedures:
        answer, _ = assistant.ask(f"{document.title} cần giấy tờ gì?")
        for question in answer.suggestions:
            told, _ = assistant.ask(question)
            assert (told.status, told.citations[0].document_id) == ("answered", document.id), question
            suggested += 1
    assert suggested > len(procedures)
