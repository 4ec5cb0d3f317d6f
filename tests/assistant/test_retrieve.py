"""Passages from three sides: the words, the vectors, and the documents whose number is named."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Assistant
from assistant.retrieve import retrieve
from assistant.types import Found
from assistant.understand import understand
from ingest.values import bare


def found(assistant: Assistant, question: str, k: int = 10, documents: list[str] | None = None) -> list[Found]:
    with assistant.shelf.reading() as library:
        return retrieve(understand(question, assistant.restorer), library, assistant.judges, k, documents)


NAMED = [
    # a document's number, in several spellings, in a question whose other words suit other documents as well
    ("Mục tiêu cải cách của nghị quyết 5 – NQ/TU", "05-nq-tu-2021"),
    ("muc tieu cai cach cua nghi quyet 05-nq/tu", "05-nq-tu-2021"),
    ("Chỉ số PCI, PAPI, SIPAS của tỉnh tại Báo cáo 421 - BC/TU", "421-bc-tu-2024"),
    ("Chỉ số PCI, PAPI, SIPAS của tỉnh tại 15/2024/QĐ-UBND", "15-2024-qd-ubnd"),
    ("Chỉ số PCI, PAPI, SIPAS của tỉnh tại 15/2024/QD-UBND", "15-2024-qd-ubnd"),
    ("Chỉ số PCI, PAPI, SIPAS của tỉnh tại kế hoạch 12/KH-UBND", "12-kh-ubnd-2024"),
    # a procedure's code
    ("thủ tục 1.013139", "1-013139"),
    ("Chỉ số PCI của tỉnh theo 1.013136", "1-013136"),
]


@pytest.mark.parametrize(("question", "document"), NAMED)
def test_a_number_brings_its_document(assistant, question, document):
    assert document in {passage.document_id for passage in found(assistant, question, 40)}


@pytest.mark.parametrize("number", ["15/2024/QĐ-UBND", "12/KH-UBND", "1.013136"])
def test_the_document_named_is_among_however_few_candidates(assistant, monkeypatch, number):
    """In a large corpus other documents' passages fill both lists."""
    for side in ("BY_WORDS", "BY_VECTOR", "BY_NUMBER"):
        monkeypatch.setattr(f"assistant.retrieve.{side}", 3)
    document = {"15/2024/QĐ-UBND": "15-2024-qd-ubnd", "12/KH-UBND": "12-kh-ubnd-2024", "1.013136": "1-013136"}[number]
    passages = found(assistant, f"Chỉ số PCI, PAPI, SIPAS của tỉnh theo {number}", 40)
    assert document in {passage.document_id for passage in passages}


@pytest.mark.parametrize("documents", [["05-nq-tu-2021"], ["1-013136", "421-bc-tu-2024"]])
def test_of_the_given_documents_only(assistant, documents):
    passages = found(assistant, "Mục tiêu thu hút vốn FDI đến năm 2025", 40, documents)
    assert {passage.document_id for passage in passages} == set(documents)


def test_a_named_document_outside_the_given_ones_stays_out(assistant):
    passages = found(assistant, "Nghị quyết 05-NQ/TU đặt mục tiêu gì", 40, ["1-013136"])
    assert {passage.document_id for passage in passages} == {"1-013136"}


def test_no_document_given_is_none_and_unknown_ones_are_none(assistant):
    assert found(assistant, "Vốn FDI", 40, []) == []
    assert found(assistant, "Vốn FDI", 40, ["khong-co"]) == []


def test_the_best_come_first_without_repeats_and_no_more_than_asked(assistant):
    passages = found(assistant, "Tỷ lệ dịch vụ công trực tuyến toàn trình", 12)
    assert len(passages) == 12
    assert len({passage.key for passage in passages}) == 12
    scores = [passage.score for passage in passages]
    assert scores == sorted(scores, reverse=True)
    assert found(assistant, "Tỷ lệ dịch vụ công trực tuyến toàn trình", 5) == passages[:5]


def test_a_passage_is_where_it_says(assistant):
    with assistant.shelf.reading() as library:
        for passage in found(assistant, "Sở Tư pháp chủ trì nhiệm vụ nào?"):
            parsed = library.document(passage.document_id)
            assert parsed is not None
            own = next(p for p in parsed.passages if (p.start, p.end) == (passage.start, passage.end))
            assert (own.address, own.heading) == (passage.address, passage.heading)


RIGHT = [
    # question, what a passage among the first three must hold
    ("Năm 2023 trung tâm hành chính công tiếp nhận bao nhiêu hồ sơ?", "158.965"),
    ("Mục tiêu thu hút vốn FDI giai đoạn 2026-2030", "trên 9 tỷ USD"),
    ("Thời gian đăng ký thành lập doanh nghiệp mấy giờ làm việc", "16 giờ"),
    ("Tổ kiểm tra công vụ kiểm tra đột xuất bao nhiêu lượt", "61 lượt"),
]


@pytest.mark.parametrize("marks", [True, False], ids=["marked", "bare"])
@pytest.mark.parametrize(("question", "held"), RIGHT)
def test_the_right_passage_is_among_the_first_three(assistant, question, held, marks):
    passages = found(assistant, question if marks else bare(question).lower(), 3)
    with assistant.shelf.reading() as library:
        texts = [stored.text for stored in library.passages([passage.key for passage in passages])]
    assert any(held in text for text in texts)
