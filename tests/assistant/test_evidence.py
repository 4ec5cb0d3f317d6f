"""What could be quoted, judged: how much of the question it holds and what the question insists on that it lacks."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Assistant
from assistant.evidence import addressed, gather, weighted
from assistant.retrieve import retrieve
from assistant.types import Evidence, Query
from assistant.understand import understand
from tests.fakes import AsTyped

PLAN, REPORT, NOTICE, RULES = "25-kh-ubnd-2024", "310-bc-ubnd-2023", "41-tb-ctk-2024", "07-2024-qd-ubnd"


def read(office: Assistant, question: str) -> tuple[Query, list[Evidence]]:
    with office.shelf.reading() as library:
        query = weighted(understand(question, AsTyped()), library)
        found = gather(query, retrieve(query, library, office.judges), library)
        return query, [each.evidence for each in found]


def of(evidence: list[Evidence], document: str, path: str) -> Evidence:
    """The evidence of a unit: the best of its sentences."""
    return next(e for e in evidence if (e.document_id, e.unit.path) == (document, path))


# --- terms ----------------------------------------------------------------------------------------------------------


def test_a_rare_word_weighs_more_than_a_common_one(office):
    query, _ = read(office, "lúa và dự toán")
    weight = {term.forms[0]: term.weight for term in query.terms}
    assert weight["lúa"] > weight["dự toán"] > 0


def test_what_is_asked_weighs_more_than_the_subject_on_average(office):
    query, _ = read(office, "Lệ phí nuôi ong lấy mật bao nhiêu?")
    subject = [term.rarity for term in query.terms if not term.asked]
    asked = [term.weight for term in query.terms if term.asked]
    assert asked
    assert min(asked) > sum(subject) / len(subject)


def test_a_compound_that_no_document_has_is_cut_into_words_that_one_has(office):
    query = understand("nuôi ong", AsTyped())
    with office.shelf.reading() as library:
        assert library.document_frequency("số_hóa_sổ") == 0
        joined = Query(query.message, query.text, query.words, (type(query.terms[0])(("thu ngân sách",)),), "text")
        parts = [term.forms[0] for term in weighted(joined, library).terms]
    assert " ".join(parts) == "thu ngân sách"
    assert len(parts) > 1


# --- what the question insists on -----------------------------------------------------------------------------------

MISSING = [
    # question, document, unit, what that unit lacks
    ("Thu ngân sách năm 2023", REPORT, "i/1", []),
    ("Thu ngân sách năm 2021", REPORT, "i/1", ["2021"]),
    ("Trồng cây xanh năm 2023", REPORT, "i/3", []),  # the year of its title, as it names no other
    ("Chỉ số PCI năm 2023", REPORT, "i/2", ["2023"]),  # it names 2022, whatever its title says
    ("Chỉ số PCI năm 2022", REPORT, "i/2", []),
    ("Chỉ số SIPAS năm 2022", REPORT, "i/2", ["SIPAS"]),
    ("Thu ngân sách giai đoạn 2021-2023", REPORT, "i/1", ["2021-2023"]),
    ("Thu ngân sách 6 tháng đầu năm 2023", REPORT, "i/1", ["6 tháng"]),
    ("Thu ngân sách riêng năm 2023", REPORT, "i/1", []),
    ("Thu ngân sách của Thái Bình", REPORT, "i/1", []),  # what the document is about
    ("Thu ngân sách của Nam Định", REPORT, "i/1", ["Nam Định"]),
    ("Thu ngân sách năm 2021 của Nam Định", REPORT, "i/1", ["2021", "Nam Định"]),
    ("Sở Tư pháp làm gì", PLAN, "iii/bang-1/hang-1", []),
    ("Sở Tư pháp làm gì", PLAN, "iii/bang-1/hang-4", ["Sở Tư pháp"]),  # a row names its agencies itself
    ("Sản lượng lúa theo Thông báo 41/TB-CTK", NOTICE, "doan-2", []),
    ("Sản lượng lúa theo Thông báo 42/TB-CTK", NOTICE, "doan-2", ["42/TB-CTK"]),
    ("Nuôi ong theo 9.001234", "9-001234", "ket-qua-thuc-hien/doan-1", []),
    ("Nuôi ong theo 9.001235", "9-001234", "ket-qua-thuc-hien/doan-1", ["9.001235"]),
]


@pytest.mark.parametrize(("question", "document", "path", "missing"), MISSING)
def test_what_the_question_insists_on_must_be_there(office, question, document, path, missing):
    _, evidence = read(office, question)
    assert [constraint.said for constraint in of(evidence, document, path).missing] == missing


def test_a_year_alone_is_not_the_end_of_a_range_and_a_share_no_number_of_something_else(assistant):
    lacking = [
        ("Riêng năm 2023 thu hút bao nhiêu vốn FDI?", "421-bc-tu-2024", "Vốn FDI thu hút ba năm", "riêng năm 2023"),
        ("Bao nhiêu phần trăm hồ sơ nộp trực tuyến quý II/2025?", "168-bc-ubnd-2025", "Nộp trực tuyến", "phần trăm"),
    ]
    with assistant.shelf.reading() as library:
        for question, document, begins, said in lacking:
            query = weighted(understand(question, AsTyped()), library)
            found = gather(query, retrieve(query, library, assistant.judges), library)
            text = library.document(document).document.text
            own = [e.evidence for e in found if e.evidence.document_id == document]
            lacks = [e.missing for e in own if begins in text[e.start : e.start + 40]]
            assert lacks
            assert all(any(said in constraint.said for constraint in missing) for missing in lacks)


def _missing(assistant, question, document):
    """Of each piece of a document its unit's kind, its text, and what of the question it lacks."""
    with assistant.shelf.reading() as library:
        query = weighted(understand(question, AsTyped()), library)
        found = gather(query, retrieve(query, library, assistant.judges), library)
        text = library.document(document).document.text
        own = [each.evidence for each in found if each.evidence.document_id == document]
    return [(e.unit.kind, text[e.start : e.end], e.missing) for e in own]


def test_a_text_may_not_say_only_the_opposite_of_a_word(assistant):
    pieces = _missing(assistant, "Tàu đăng ký đi ở cảng chậm nhất mấy giờ?", "1-013587")
    steps = {text[:20]: missing for _, text, missing in pieces}
    assert [constraint.said for constraint in steps["Bước 1: Đăng ký đến "]] == ["đăng ký đi"]
    assert steps["Bước 2: Đăng ký đi c"] == ()


def test_a_row_says_nothing_of_a_time_whose_cell_is_empty(assistant):
    pieces = _missing(assistant, "6 tháng đầu năm 2025 có bao nhiêu hồ sơ quá hạn?", "168-bc-ubnd-2025")
    rows = {text.partition(" | ")[0]: missing for kind, text, missing in pieces if kind == "hang"}
    assert [constraint.said for constraint in rows["3.2"]] == ["6 tháng"]
    assert rows["2.3"] == ()


# --- the kind of value ----------------------------------------------------------------------------------------------

OF_KIND = [
    ("Trồng được bao nhiêu cây xanh?", REPORT, "i/3", True),
    ("Bao nhiêu xã chưa có cán bộ công nghệ thông tin?", REPORT, "ii/gach-1", False),
    ("Xã ven biển xếp thứ mấy?", REPORT, "i/2", True),
    ("Đường truyền ven biển xếp thứ mấy?", REPORT, "ii/gach-2", False),
    ("Khi nào tập huấn chữ ký số?", PLAN, "iii/bang-1/hang-2", True),
    ("Cơ quan nào tập huấn chữ ký số?", PLAN, "iii/bang-1/hang-2", True),
    ("Khi nào số hóa sổ hộ tịch?", PLAN, "ii/a", False),
    ("Gửi tài liệu trước mấy ngày?", RULES, "dieu-2/1", True),
    ("Gửi tài liệu trước mấy giờ?", RULES, "dieu-2/1", False),  # days, not hours
]


@pytest.mark.parametrize(("question", "document", "path", "of_kind"), OF_KIND)
def test_whether_the_kind_of_value_asked_for_is_there(office, question, document, path, of_kind):
    _, evidence = read(office, question)
    assert of(evidence, document, path).of_kind is of_kind


# --- order ----------------------------------------------------------------------------------------------------------

BETTER = [
    # question, the better unit, the worse one
    ("Toàn tỉnh trồng được bao nhiêu cây xanh?", (REPORT, "i/3"), (REPORT, "i/1")),
    ("Cơ quan nào chủ trì số hóa sổ hộ tịch?", (PLAN, "iii/bang-1/hang-3"), (PLAN, "ii/a")),
    ("Mỗi năm nạo vét bao nhiêu km luồng đường thủy?", ("512-bc-sgtvt-2024", "doan-1"), ("88-nq-tu", "doan-1")),
    ("Điều kiện khám bệnh bằng căn cước", (PLAN, "ii/b"), (PLAN, "ii/c")),
]


@pytest.mark.parametrize(("question", "better", "worse"), BETTER)
def test_the_better_evidence_comes_first(office, question, better, worse):
    _, evidence = read(office, question)
    places = [(e.document_id, e.unit.path) for e in evidence]
    assert better in places
    assert worse not in places or places.index(better) < places.index(worse)


def test_coverage_tells_what_is_about_the_question_at_all(office):
    _, evidence = read(office, "Sản lượng lúa cả năm")
    assert of(evidence, NOTICE, "doan-2").coverage == pytest.approx(1.0)
    assert of(evidence, REPORT, "ii/gach-1").coverage < 0.3


def test_evidence_is_in_order_and_each_span_is_there_once(office):
    _, evidence = read(office, "Sở Tư pháp chủ trì những nhiệm vụ nào?")
    assert [e.score for e in evidence] == sorted((e.score for e in evidence), reverse=True)
    spans = [(e.document_id, e.start, e.end) for e in evidence]
    assert len(set(spans)) == len(spans)


# --- addresses ------------------------------------------------------------------------------------------------------

ADDRESSED = [
    ("điểm đ khoản 2 Điều 2 nói gì", [(RULES, "dieu-2/2/đ")]),
    ("khoản 2 Điều 2 nói gì", [(RULES, "dieu-2/2")]),
    ("Điều 3 nói gì", [(RULES, "dieu-3")]),
    ("Điều 30 nói gì", []),
    ("khoản 9 Điều 2 nói gì", []),
    ("tài liệu gồm gì", []),  # no address at all
]


@pytest.mark.parametrize(("question", "units"), ADDRESSED)
def test_an_address_gives_the_whole_unit(office, question, units):
    with office.shelf.reading() as library:
        query = weighted(understand(question, AsTyped()), library)
        evidence = [each.evidence for each in addressed(query, retrieve(query, library, office.judges), library)]
    assert [(e.document_id, e.unit.path) for e in evidence] == units
    assert all((e.start, e.end, e.coverage) == (e.unit.start, e.unit.end, 1.0) for e in evidence)
