"""What is told about a document: names, dates, and how far its text can be trusted."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.about import about, changers, document_json, formal_name, standing
from ingest.types import Document, Health, Relation

DECREE = Document(
    id="30-2020-nd-cp",
    kind="Nghị định",
    number="30/2020/NĐ-CP",
    title="Công tác văn thư",
    issuer="Chính phủ",
    issued_on=date(2020, 3, 5),
    source="nd30.pdf",
    sha256="",
    text="",
    effective_from=date(2020, 3, 5),
    page_starts=(0, 120, 120, 300),
    health=Health(format="pdf", words=900, syllables=897, pages=4, scanned=(1, 4), blank=(2,)),
)


def test_formal_name():
    assert formal_name(DECREE) == "Nghị định số 30/2020/NĐ-CP: Công tác văn thư"


@pytest.mark.parametrize(
    ("offset", "page"),
    [(0, 1), (119, 1), (120, 3), (299, 3), (300, 4), (9999, 4)],  # no line begins on page 2
)
def test_pages_of_offsets(offset, page):
    assert DECREE.page(offset) == page


def test_json_holds_dates_and_health():
    shown = document_json(DECREE, None)
    assert (shown["issued_on"], shown["effective_from"], shown["effective_to"]) == ("2020-03-05", "2020-03-05", None)
    assert shown["health"]["pages"] == 4
    assert len(shown["health"]["notes"]) == 2


def test_about_tells_dates_and_doubts():
    lines = about(DECREE, standing(DECREE, changers([DECREE])))
    assert lines[:3] == [
        "Nghị định số 30/2020/NĐ-CP: Công tác văn thư",
        "Ban hành: Chính phủ ngày 05/03/2020",
        "Hiệu lực: từ ngày 05/03/2020",
    ]
    assert "Tình trạng: Còn hiệu lực theo các văn bản đang có" in lines
    assert "Số trang: 4" in lines
    assert sum(line.startswith("Lưu ý: ") for line in lines) == 2


def test_a_later_document_ends_an_earlier_one():
    later = replace(
        DECREE,
        id="78-2025-nd-cp",
        number="78/2025/NĐ-CP",
        effective_from=date(2025, 4, 1),
        relations=(Relation("replaces", "30/2020/ND-CP", 0, 10), Relation("amends", "34/2016/NĐ-CP", 0, 10)),
    )
    others = changers([DECREE, later])
    assert str(standing(DECREE, others)) == "Hết hiệu lực toàn bộ (bị thay thế bởi 78/2025/NĐ-CP)"
    assert str(standing(later, others)) == "Còn hiệu lực theo các văn bản đang có"
