"""The clauses of a sentence that answer; nothing where nothing stands out."""

from __future__ import annotations

import pytest

from assistant.lead import lead_of_sentence
from assistant.types import Query
from assistant.understand import understand
from tests.fakes import AsTyped


def read(question: str) -> Query:
    return understand(question, AsTyped())


YEARS = (
    "Tỉnh có 6 năm liên tiếp dẫn đầu PCI, 4 năm liên tiếp dẫn đầu SIPAS, 2 năm dẫn đầu PAPI; "
    "là tỉnh duy nhất hai lần dẫn đầu cả 4 chỉ số (năm 2020, năm 2022)."
)
SCORES = (
    "Năm 2022, chỉ số PCI đạt 72,95 điểm, xếp thứ nhất; chỉ số PAPI đạt 47,87 điểm, xếp thứ hai; "
    "chỉ số SIPAS đạt 87,59%, xếp thứ ba."
)
MONEY = (
    "Thu ngân sách đạt 1.234,5 tỷ đồng, vượt dự toán; vốn FDI đạt 1,2 tỷ USD (tăng 15%, gồm 24 dự án), "
    "giải ngân đầu tư công đạt 81%."
)
RIVAL = "Điểm số tăng lên 73,20; thành phố Hải Phòng xếp thứ nhất với 74,84 điểm, cao hơn Quảng Ninh 1,64 điểm."
LEADS = [
    # how much one is above the other, not what either has
    ("Hải Phòng hơn Quảng Ninh mấy điểm?", RIVAL, "cao hơn Quảng Ninh 1,64 điểm"),
    ("Hải Phòng xếp thứ nhất với mấy điểm?", RIVAL, "thành phố Hải Phòng xếp thứ nhất với 74,84 điểm"),
    # one index out of several
    ("Dẫn đầu PCI mấy năm liên tiếp?", YEARS, "Tỉnh có 6 năm liên tiếp dẫn đầu PCI"),
    ("Dẫn đầu SIPAS mấy năm?", YEARS, "4 năm liên tiếp dẫn đầu SIPAS"),
    ("Dẫn đầu PAPI mấy năm?", YEARS, "2 năm dẫn đầu PAPI"),
    ("Số năm liên tiếp dẫn đầu PAPI?", YEARS, "2 năm dẫn đầu PAPI"),  # though `liên tiếp` stands with the others
    ("dan dau papi may nam", YEARS, "2 năm dẫn đầu PAPI"),
    ("Dẫn đầu PCI và PAPI bao nhiêu năm?", YEARS, "Tỉnh có 6 năm liên tiếp dẫn đầu PCI; 2 năm dẫn đầu PAPI"),
    ("PAPI xếp thứ mấy?", SCORES, "chỉ số PAPI đạt 47,87 điểm, xếp thứ hai"),
    # years, not the counts beside them
    ("Những năm nào dẫn đầu cả 4 chỉ số?", YEARS, "năm 2020, năm 2022"),
    (
        "Những năm nào thực hiện dự án?",
        "Dự án thực hiện giai đoạn 2021-2025, tổng vốn 20 tỷ đồng.",
        "giai đoạn 2021-2025",
    ),
    # a comma or a semicolon in brackets ends no clause, a decimal comma neither
    ("Vốn FDI đạt bao nhiêu?", MONEY, "vốn FDI đạt 1,2 tỷ USD (tăng 15%, gồm 24 dự án)"),
    ("Giải ngân đầu tư công đạt bao nhiêu phần trăm?", MONEY, "giải ngân đầu tư công đạt 81%"),
    # a short piece without a value goes on with the one before it
    ("Thu ngân sách đạt bao nhiêu?", MONEY, "Thu ngân sách đạt 1.234,5 tỷ đồng, vượt dự toán"),
    # what has a value goes on with what it is of, though a comma stands between
    (
        "Tỷ lệ số hóa kết quả phải đạt bao nhiêu?",
        "Tỷ lệ thanh toán trực tuyến đạt 60%; tỷ lệ số hóa hồ sơ, kết quả giải quyết đạt tối thiểu 90%.",
        "tỷ lệ số hóa hồ sơ, kết quả giải quyết đạt tối thiểu 90%",
    ),
    # a date
    (
        "Khi nào hoàn thành cổng dữ liệu?",
        "Sở Nội vụ xây dựng cổng dữ liệu, hoàn thành trước ngày 30/6/2025, báo cáo UBND tỉnh.",
        "hoàn thành trước ngày 30/6/2025",
    ),
    # a person by title and capitals, without the post after it
    (
        "Ai chủ trì hội nghị?",
        "Chiều 12/3, đồng chí Trần Thị Bình An, Phó Chủ tịch UBND tỉnh, chủ trì hội nghị.",
        "đồng chí Trần Thị Bình An",
    ),
    ("Người nào điều hành phiên họp?", "Phiên họp do bà Đỗ Ánh Ngọc điều hành.", "bà Đỗ Ánh Ngọc"),
]


@pytest.mark.parametrize(("question", "sentence", "lead"), LEADS)
def test_the_clauses_that_answer_lead(question, sentence, lead):
    assert lead_of_sentence(read(question), sentence) == lead


# --- where the reader points ----------------------------------------------------------------------------------------

PARTS = "Tinh giản 143 người, trong đó công chức 38, viên chức 97; mỗi quý họp một lần, báo cáo trong 10 ngày."
POINTS = [
    ("Bao nhiêu người thôi việc là viên chức?", PARTS, "97", "viên chức 97"),
    ("Bao lâu họp một lần?", PARTS, "một lần", "mỗi quý họp một lần"),  # no number, and still how often
    ("Năm nào lập khu?", "Khu lập năm 2012, mở rộng năm 2019.", "2012", "năm 2012"),
    ("Ai ký?", "Đồng chí Lê Văn An dự; đồng chí Hồ Thị Bình ký.", "Hồ", "đồng chí Hồ Thị Bình"),
    ("Vì sao họp?", "Khu lập năm 2012, chậm vì thiếu vốn.", "vì", "chậm vì thiếu vốn"),
]


@pytest.mark.parametrize(("question", "sentence", "at", "lead"), POINTS)
def test_the_clause_that_the_reader_points_at_leads(question, sentence, at, lead):
    assert lead_of_sentence(read(question), sentence, [(sentence.index(at), 0.9), (0, 0.1)]) == lead


def test_where_the_reader_is_not_sure_the_words_decide_unless_it_doubts_them():
    asked = read("Báo cáo trong mấy ngày?")
    first, second, right = (PARTS.index(said) for said in ("143", "97", "10 ngày"))
    assert lead_of_sentence(asked, PARTS, [(right, 0.5), (first, 0.5)]) == "báo cáo trong 10 ngày"
    assert lead_of_sentence(asked, PARTS, [(second, 0.7), (right, 0.3)]) == ""


def test_two_that_are_asked_for_are_marked_together():
    asked = read("Công chức, viên chức thôi việc lần lượt bao nhiêu?")
    marks = [(PARTS.index("38"), 0.45), (PARTS.index("97"), 0.45)]
    assert lead_of_sentence(asked, PARTS, marks) == "trong đó công chức 38, viên chức 97"


NOTHING = [
    ("Ai chủ trì hội nghị?", "Hội nghị do lãnh đạo Sở Nội vụ chủ trì."),  # a body is no person's name
    ("Lương hưu là bao nhiêu?", MONEY),  # numbers, but of other things
    ("Vì sao dẫn đầu?", YEARS),  # no kind of value is asked for
    ("Vốn FDI đạt bao nhiêu?", "Vốn FDI đạt 1,2 tỷ USD."),  # the whole sentence
    ("Khi nào hoàn thành cổng dữ liệu?", "Sở Nội vụ xây dựng cổng dữ liệu, báo cáo UBND tỉnh."),
    ("Vốn FDI đạt bao nhiêu?", ""),
]


@pytest.mark.parametrize(("question", "sentence"), NOTHING)
def test_nothing_leads_where_nothing_stands_out(question, sentence):
    assert lead_of_sentence(read(question), sentence) == ""


@pytest.mark.parametrize(("question", "sentence", "lead"), LEADS)
def test_every_clause_of_a_lead_is_verbatim(question, sentence, lead):
    assert all(clause in sentence for clause in lead_of_sentence(read(question), sentence).split("; "))
