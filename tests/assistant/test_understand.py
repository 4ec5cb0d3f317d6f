"""A message to a query: what is refused, what is written out, what is wanted and what the evidence must be about."""

from __future__ import annotations

import unicodedata
from datetime import date

import numpy as np
import pytest

from assistant.bootstrap import Assistant
from assistant.errors import BadQuestion
from assistant.types import Query
from assistant.understand import MAX_LENGTH, Restorer, check_message, understand
from ingest.values import bare
from tests.fakes import AsTyped


@pytest.fixture(scope="module")
def restorer(assistant: Assistant) -> Restorer:
    """The trained one, taught by the bundled corpus as it is when answering."""
    with assistant.shelf.reading() as library:
        return library.taught(assistant.restorer)


def read(message: str) -> Query:
    return understand(message, AsTyped())


def keys(query: Query, kind: str) -> list[str]:
    return [constraint.key for constraint in query.constraints if constraint.kind == kind]


# --- what can't be a question ---------------------------------------------------------------------------------------

REFUSED = [
    # message, what the refusal tells to change
    ("", "đang trống"),
    (" \n\t ", "đang trống"),
    ("\u200b\ufeff\u00a0", "đang trống"),  # nothing that a reader sees
    ("tỷ lệ \ud83d là bao nhiêu", "nửa cặp Unicode"),
    ("tỷ lệ\x00 bao nhiêu", "NUL"),
    ("a" * (MAX_LENGTH + 1), f"dài {MAX_LENGTH + 1} ký tự, tối đa {MAX_LENGTH}"),
    ("?!… --", "chưa có chữ tiếng Việt nào"),
    ("2021 - 2025: 73,2%", "chưa có chữ tiếng Việt nào"),
    ("行政改革是什么？", "chưa có chữ tiếng Việt nào"),
    ("Что такое реформа?", "chưa có chữ tiếng Việt nào"),
    ("👍👍", "chưa có chữ tiếng Việt nào"),
]


@pytest.mark.parametrize(("message", "said"), REFUSED, ids=range(len(REFUSED)))
def test_a_message_that_is_no_question_is_refused_with_what_to_change(message, said):
    with pytest.raises(BadQuestion) as refusal:
        understand(message, AsTyped())
    assert said in str(refusal.value)


ACCEPTED = ["a" * MAX_LENGTH, "PCI?", "đ", "2025 👍 FDI", "  Ai ký?\n"]


@pytest.mark.parametrize("message", ACCEPTED, ids=range(len(ACCEPTED)))
def test_whatever_has_a_letter_and_is_not_too_long_is_a_question(message):
    assert check_message(message).strip() == message.strip()


def test_the_message_is_kept_as_typed_but_for_what_a_reader_does_not_see():
    query = read("  tỷ  lệ\u200b TTHC năm\u00a02023 ko ? ")
    assert query.message == "tỷ lệ TTHC năm 2023 ko ?"
    assert query.text == "tỷ lệ TTHC năm 2023 không ?"


# --- chat spelling and abbreviations --------------------------------------------------------------------------------

CHAT = [
    ("nộp hs ở đâu", "nộp hồ sơ ở đâu"),
    ("ko mất phí dc j", "không mất phí được gì"),
    ("lệ phí là bn", "lệ phí là bao nhiêu"),
    ("làm ntn, bh xong?", "làm như thế nào, bao giờ xong?"),
    ("đk kết hôn cần gt j?", "đăng ký kết hôn cần giấy tờ gì?"),
    ("hs", "hồ sơ"),
    # in capitals, as offices shorten
    ("theo NQ 05", "theo Nghị quyết 05"),
    ("phụ lục KH 12/KH-UBND", "phụ lục Kế hoạch 12/KH-UBND"),
    ("STP và SGD&ĐT làm gì", "Sở Tư pháp và Sở Giáo dục và Đào tạo làm gì"),
    # inside words and numbers they stay
    ("Sở KH&CN", "Sở KH&CN"),
    ("hsbc có nq không", "hsbc có nghị quyết không"),
    ("nq 05-nq/tu", "nghị quyết 05-nq/tu"),
    ("qđ 15/2024/qđ-ubnd", "quyết định 15/2024/qđ-ubnd"),
    ("bc 421-bc/tu ngày 9/4/2021", "báo cáo 421-bc/tu ngày 9/4/2021"),
    ("kh/ct", "kh/ct"),  # an abbreviation of the writer's own
]


@pytest.mark.parametrize(("typed", "written"), CHAT)
def test_chat_spelling_is_written_out(typed, written):
    assert read(typed).text == written


ABBREVIATED = [
    ("tỷ lệ TTHC cấp tỉnh", "tỷ lệ thủ tục hành chính cấp tỉnh"),
    ("công tác CCHC", "công tác cải cách hành chính"),
    ("UBND tỉnh giao gì", "Ủy ban nhân dân tỉnh giao gì"),
    ("vốn FDI", "vốn đầu tư trực tiếp nước ngoài"),
    ("Nghị quyết của HĐND", "Nghị quyết của Hội đồng nhân dân"),
]


@pytest.mark.parametrize(("short", "long"), ABBREVIATED)
def test_an_abbreviation_asks_for_the_same_as_its_words(short, long):
    assert read(short).terms == read(long).terms
    assert read(short).words == read(long).words


# --- what the evidence must be about --------------------------------------------------------------------------------

DOCUMENTS = [
    ("Nghị quyết 05-NQ/TU nêu gì", "5-nq/tu"),
    ("nghị quyết 5-nq/tu nêu gì", "5-nq/tu"),
    ("NQ 05 – NQ/TU nêu gì", "5-nq/tu"),  # an en dash with spaces
    ("nghị quyết số 05-NQ / TU nêu gì", "5-nq/tu"),
    ("Quyết định 15/2024/QĐ-UBND", "15/2024/qd-ubnd"),
    ("quyet dinh 15/2024/QD-UBND", "15/2024/qd-ubnd"),
    ("Quyết định 15/2024/QÐ-UBND", "15/2024/qd-ubnd"),  # Ð (U+00D0), which only looks like Đ
    ("Nghị định 30/2020/NĐ-CP", "30/2020/nd-cp"),
    ("Kế hoạch 12/KH-UBND", "12/kh-ubnd"),
    ("Nghị quyết 202/2025/QH15", "202/2025/qh15"),
]


@pytest.mark.parametrize(("question", "key"), DOCUMENTS)
def test_a_document_number_is_one_however_it_is_written(question, key):
    assert keys(read(question), "document") == [key]
    assert not keys(read(question), "year")  # `2024` in a number is no year asked about


TIMES = [
    # question, kind, keys
    ("Năm 2023 đạt bao nhiêu", "year", ["2023"]),
    ("so năm 2022 với năm 2023", "year", ["2022", "2023"]),
    ("giai đoạn 2021-2023", "years", ["2021-2023"]),
    ("giai đoạn 2021 – 2023", "years", ["2021-2023"]),
    ("từ 2021 đến 2023", "years", ["2021-2023"]),
    ("từ năm 2021 đến năm 2023", "years", ["2021-2023"]),
    ("FDI 2021 2023", "years", ["2021-2023"]),  # the dash was not typed
    ("quý I/2025", "quarter", ["quý 1"]),
    ("Quý 2 năm 2025", "quarter", ["quý 2"]),
    ("quý III và quý IV", "quarter", ["quý 3", "quý 4"]),
    ("6 tháng đầu năm 2025", "quarter", ["6 tháng"]),
    ("sáu tháng đầu năm 2025", "quarter", ["6 tháng"]),
    ("06 tháng đầu năm 2025", "quarter", ["6 tháng"]),
    ("Lũy kế 9 tháng tiếp nhận bao nhiêu", "quarter", ["9 tháng"]),
    ("phải trả trong 6 tháng", "quarter", []),  # how long, not when
    ("ngày 9/4/2021", "date", ["2021-04-09"]),
    ("ngày 09 tháng 4 năm 2021", "date", ["2021-04-09"]),
    ("ngày 09-04-2021", "date", ["2021-04-09"]),
    ("lệ phí 2.500 đồng", "year", []),
    ("tỷ lệ 20,21%", "year", []),
    ("chế độ 188/2007 cho lính", "year", []),  # the number and year of a document
    ("tháng 9/2022 và quý II/2025", "year", ["2022", "2025"]),
]


@pytest.mark.parametrize(("question", "kind", "expected"), TIMES)
def test_times(question, kind, expected):
    assert keys(read(question), kind) == expected


def test_this_year_and_the_last_are_years_like_others(restorer):
    this = date.today().year  # noqa: DTZ011 (as the program has it)
    for asked, year in (("Năm nay còn mấy nhiệm vụ?", this), ("nam ngoai thu hut bao nhieu von", this - 1)):
        assert [c.key for c in understand(asked, restorer).constraints if c.kind == "year"] == [str(year)]


def test_a_range_is_neither_of_its_years_alone():
    query = read("Vốn FDI giai đoạn 2021-2023")
    assert not keys(query, "year")
    assert not {"2021", "2023"} & {form for term in query.terms for form in term.forms}


NAMED = [
    ("GRDP của Hà Giang", "place", ["Hà Giang"]),
    ("PCI của Quảng Ninh và Hải Phòng", "place", ["Quảng Ninh", "Hải Phòng"]),
    ("Bà Rịa - Vũng Tàu đạt bao nhiêu", "place", ["Bà Rịa - Vũng Tàu"]),  # not its two halves too
    ("Sở Tư pháp làm gì", "agency", ["Sở Tư pháp"]),
    ("sở tư pháp và Sở Nội vụ", "agency", ["Sở Tư pháp", "Sở Nội vụ"]),
    ("Sở Văn hóa, Thể thao và Du lịch", "agency", ["Sở Văn hóa, Thể thao và Du lịch"]),
    ("sở văn hoá và thể thao", "agency", ["Sở Văn hóa và Thể thao"]),  # the other tone placement
    ("Văn phòng Ủy ban nhân dân tỉnh", "agency", ["Văn phòng UBND tỉnh"]),
    ("các sở, ban, ngành", "agency", []),
    ("PCI và PAPI", "index", ["PCI", "PAPI"]),
    ("PAR Index", "index", ["PAR INDEX"]),
    ("chỉ số par-index", "index", ["PAR INDEX"]),
    ("chỉ số PCIX", "index", []),
    ("Tàu đăng ký đi chậm nhất mấy giờ", "opposite", ["đăng ký đi"]),
    ("Hồ sơ đúng hạn hay quá hạn nhiều hơn", "opposite", []),  # both are asked for
]


@pytest.mark.parametrize(("question", "kind", "names"), NAMED)
def test_places_agencies_and_indices(question, kind, names):
    assert sorted(c.said for c in read(question).constraints if c.kind == kind) == sorted(names)


@pytest.mark.parametrize("code", ["1.004194", "1.004194.000.00.00.H49", "1.004194.000.00.00.h49"])
def test_a_procedure_code_is_one_in_full_and_in_short(code):
    assert keys(read(f"Thủ tục {code} nộp ở đâu"), "procedure") == ["1.004194"]


ADDRESSES = [
    ("điểm đ khoản 2 Điều 6 quy định gì", "dieu-6/2/đ"),
    ("Điểm a, khoản 1, điều 4", "dieu-4/1/a"),
    ("khoản 3 Điều 5 nói gì", "dieu-5/3"),
    ("khoản 3 của Điều 5 nói gì", "dieu-5/3"),
    ("Điều 12 Quyết định 15/2024/QĐ-UBND", "dieu-12"),
    ("ĐIỀU 12?", "dieu-12"),
    ("điều kiện là gì", ""),
    ("điểm PCI năm 2022", ""),
]


@pytest.mark.parametrize(("question", "path"), ADDRESSES)
def test_an_address_is_the_end_of_a_units_path(question, path):
    assert read(question).address == path


# --- what is wanted -------------------------------------------------------------------------------------------------

WANTED = [
    ("Vốn FDI là bao nhiêu?", "quantity", ()),
    ("Tỷ lệ hồ sơ đúng hạn?", "quantity", ("%", "phần trăm")),
    ("Bao nhiêu phần trăm hồ sơ đúng hạn?", "quantity", ("%", "phần trăm")),
    ("Dẫn đầu mấy năm liền?", "quantity", ("năm",)),
    ("Số năm liên tiếp dẫn đầu?", "quantity", ("năm",)),
    ("Lệ phí cấp bản sao?", "quantity", ("đồng", "usd", "triệu", "tỷ")),
    ("Bao lâu thì có kết quả?", "quantity", ("ngày", "giờ", "phút", "tháng", "tuần", "năm")),
    ("Trả kết quả trong mấy ngày?", "quantity", ("ngày",)),
    ("PCI xếp thứ mấy?", "rank", ()),  # not a quantity, though it says `mấy`
    ("Đứng ở vị trí nào?", "rank", ()),
    ("Những năm nào dẫn đầu?", "years", ()),
    ("Năm nào dẫn đầu?", "years", ()),
    ("Khi nào hoàn thành?", "date", ()),
    ("Bao giờ xong?", "date", ()),
    ("Những hạn chế được nêu?", "list", ()),  # no `hạn`
    ("Khi nào thì không được xét?", "list", ()),  # the cases, no day
    ("Ai chủ trì cuộc họp?", "person", ()),
    ("Đồng chí nào phụ trách?", "person", ()),
    ("Cơ quan nào chủ trì?", "agency", ()),
    ("Nộp ở đâu?", "agency", ()),
    ("Hồ sơ gồm những gì?", "list", ()),
    ("Các nhiệm vụ của Sở Tư pháp?", "list", ()),
    ("Vì sao chậm?", "text", ()),
]


@pytest.mark.parametrize(("question", "wanted", "units"), WANTED)
def test_what_is_wanted_and_in_which_unit(question, wanted, units):
    assert (read(question).wanted, read(question).units) == (wanted, units)


@pytest.mark.parametrize(("question", "wanted", "units"), WANTED)
def test_a_question_word_is_known_without_its_marks(question, wanted, units):
    """Though nothing restores them here: `mấy`, `may` and `máy` are one where nothing is marked."""
    query = read(bare(question))
    assert (query.wanted, query.units) == (wanted, units)


def test_a_marked_question_is_not_read_as_an_unmarked_one():
    assert read("Cỗ máy này").wanted == "text"
    assert read("co may nay").wanted == "quantity"


def test_what_is_known_besides_is_not_sought():
    assert read("Ngoài PCI, tỉnh còn dẫn đầu chỉ số nào?").text == "tỉnh còn dẫn đầu chỉ số nào?"
    assert read("Ngoài giờ hành chính, nộp hồ sơ được không?").text.startswith("Ngoài giờ")


@pytest.mark.parametrize(
    ("question", "insists"),
    [
        ("Đường dây nóng của tỉnh là số mấy?", False),  # `số mấy` may be any number
        ("Số điện thoại của Trung tâm là bao nhiêu?", True),
        ("Hotline số nào?", True),
        ("Đường dây nóng mở mấy giờ?", False),
    ],
)
def test_who_asks_for_a_number_to_call_is_told_one_or_nothing(question, insists):
    assert any(c.kind == "contact" for c in read(question).constraints) == insists


def test_question_words_are_no_terms_and_number_words_are_also_digits():
    forms = [term.forms for term in read("Bốn chỉ số là những chỉ số nào?").terms]
    assert ("bốn", "4") in forms
    assert not {"là", "những", "nào"} & {form for term in forms for form in term}


def test_what_is_asked_is_also_looked_for_in_the_texts_own_words():
    query = read("Đăng ký kết hôn mất bao lâu?")
    asked = [term for term in query.terms if term.asked]
    assert [term.typed for term in asked] == [False]  # `bao lâu` is only a question word
    assert "thời hạn giải quyết" in asked[0].forms
    assert {"thời_hạn", "giải_quyết"} & set(query.words)
    assert not any(term.asked for term in query.terms if "kết hôn" in " ".join(term.forms))


# --- however it is typed --------------------------------------------------------------------------------------------

ANY_WAY = [
    "Vốn FDI thu hút giai đoạn 2021-2023 là bao nhiêu?",
    "Quảng Ninh dẫn đầu chỉ số PCI mấy năm liên tiếp?",
    "Những năm nào tỉnh dẫn đầu cả bốn chỉ số?",
    "Tỷ lệ thủ tục hành chính trực tuyến toàn trình năm 2023 là bao nhiêu?",
    "Ai chủ trì buổi làm việc?",
    "Sở Tư pháp được giao những nhiệm vụ gì?",
    "Thời hạn giải quyết đăng ký khai sinh là bao lâu?",
    "Hồ sơ đăng ký kết hôn gồm những giấy tờ gì?",
    "Lệ phí cấp lại giấy phép lái xe là bao nhiêu tiền?",
    "Nghị quyết 05-NQ/TU yêu cầu điều gì đến năm 2030?",
    "khoản 2 Điều 6 Quyết định 15/2024/QĐ-UBND quy định gì?",
    "Quý II/2025 toàn tỉnh tiếp nhận bao nhiêu hồ sơ?",
    "GRDP năm 2019 của tỉnh Hà Giang?",
    "Cơ quan nào theo dõi chỉ tiêu vốn FDI?",
    "Khi nào hoàn thành đề án vị trí việc làm?",
]


@pytest.mark.parametrize("question", ANY_WAY)
def test_without_diacritics_the_same_is_asked_for(restorer, question):
    marked, unmarked = understand(question, restorer), understand(bare(question).lower(), restorer)
    assert unmarked.wanted == marked.wanted
    assert unmarked.units == marked.units
    assert unmarked.address == marked.address
    assert [(c.kind, c.key) for c in unmarked.constraints] == [(c.kind, c.key) for c in marked.constraints]


@pytest.mark.parametrize("question", ANY_WAY)
@pytest.mark.parametrize("form", ["NFD", "NFKD"])
def test_decomposed_letters_are_the_same_message(restorer, question, form):
    assert understand(unicodedata.normalize(form, question), restorer) == understand(question, restorer)


PLACEMENTS = [
    ("Sở Văn hóa và Thể thao xóa bỏ thủ tục gì?", "Sở Văn hoá và Thể thao xoá bỏ thủ tục gì?"),
    ("Ủy ban làm gì về sức khỏe?", "Uỷ ban làm gì về sức khoẻ?"),
    ("Cục Thủy lợi thuộc sở nào?", "Cục Thuỷ lợi thuộc sở nào?"),
    ("Tỷ lệ hồ sơ quý I/2025?", "Tỉ lệ hồ sơ qúy I/2025?"),
    ("Kỷ luật và quản lý thế nào?", "Kỉ luật và quản lí thế nào?"),
]


@pytest.mark.parametrize(("one", "other"), PLACEMENTS)
def test_tone_placement_and_i_or_y_make_no_difference(restorer, one, other):
    first, second = understand(one, restorer), understand(other, restorer)
    assert first.words == second.words
    assert [term.forms for term in first.terms] == [term.forms for term in second.terms]
    assert (first.wanted, first.constraints) == (second.wanted, second.constraints)


SPELLINGS = {
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "lower case": str.lower,
    "lower case, NFD": lambda text: unicodedata.normalize("NFD", text.lower()),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
}


@pytest.mark.parametrize("question", [*ANY_WAY, *(one for one, _ in PLACEMENTS)])
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_however_it_is_typed_the_same_is_searched_for(assistant, restorer, question, spelling):
    """The same words and, to the last bit, the same vector."""
    one, other = understand(question, restorer), understand(spelling(question), restorer)
    assert one.words == other.words
    with assistant.shelf.reading() as library:
        vectors = [library.embedder.encode_query(query.text) for query in (one, other)]
    assert np.array_equal(*vectors)


@pytest.mark.parametrize(("one", "other"), PLACEMENTS)
def test_tone_placement_and_i_or_y_make_no_difference_to_the_vector(assistant, restorer, one, other):
    with assistant.shelf.reading() as library:
        vectors = [library.embedder.encode_query(understand(typed, restorer).text) for typed in (one, other)]
    assert np.array_equal(*vectors)
