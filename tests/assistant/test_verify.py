"""What keeps an answer from being shown: a quotation that isn't the text, a value that no quotation holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant import verify
from assistant.answer import answer as answered
from assistant.bootstrap import Assistant
from assistant.types import Answer, Citation
from assistant.understand import understand
from evals.case import FOLDER, load
from tests.fakes import AsTyped


def cite(office: Assistant, document: str, path: str, marker: int = 1) -> Citation:
    """A sound citation of a unit."""
    with office.shelf.reading() as library:
        parsed = library.document(document)
    assert parsed is not None
    unit = next(unit for unit in parsed.units if unit.path == path)
    quote = parsed.document.text[unit.start : unit.end]
    return Citation(marker, document, "", None, unit.address, quote, unit.start, unit.end)


def problems(office: Assistant, text: str, *citations: Citation) -> list[str]:
    with office.shelf.reading() as library:
        return list(verify.problems(Answer("answered", "extractive", text, citations), library))


REPORT, PLAN, RULES = "310-bc-ubnd-2023", "25-kh-ubnd-2024", "07-2024-qd-ubnd"


# --- quotations -----------------------------------------------------------------------------------------------------

BROKEN = [
    ("another word", lambda c: replace(c, quote=c.quote.replace("đạt", "được"))),
    ("another figure", lambda c: replace(c, quote=c.quote.replace("9.750", "9.705"))),
    ("another case", lambda c: replace(c, quote=c.quote.upper())),
    ("other spacing", lambda c: replace(c, quote=c.quote.replace(" ", "  ", 1))),
    ("one place off", lambda c: replace(c, start=c.start + 1, end=c.end + 1)),
    ("a longer span", lambda c: replace(c, end=c.end + 1)),
    ("cut short", lambda c: replace(c, quote=c.quote[:-1])),
    ("another document", lambda c: replace(c, document_id=PLAN)),
    ("no document", lambda c: replace(c, document_id="khong-co")),
]


@pytest.mark.parametrize("broken", [change for _, change in BROKEN], ids=[name for name, _ in BROKEN])
def test_a_quotation_must_be_the_text_at_its_offsets(office, broken):
    citation = cite(office, REPORT, "i/1")
    assert problems(office, "Có nguồn [1]", citation) == []
    found = problems(office, "Có nguồn [1]", broken(citation))
    assert len(found) == 1
    assert "quotation [1]" in found[0]


def test_each_quotation_is_checked(office):
    sound = cite(office, REPORT, "i/1")
    broken = replace(cite(office, REPORT, "i/2", marker=2), quote="Chỉ số PCI")
    assert [problem[:13] for problem in problems(office, "Có nguồn [1] [2]", sound, broken)] == ["quotation [2]"]


# --- values ---------------------------------------------------------------------------------------------------------

SUPPORTED = [
    # every value stands in the quotation: the budget's, the index's or the row's
    ("i/1", "Thu ngân sách đạt 9.750 tỷ đồng, bằng 104% dự toán [1]"),
    ("i/1", "Năm 2023 đạt 9750 tỷ đồng [1]"),  # the same number without its dot
    ("i/2", "PCI đạt 65,78 điểm, thứ 16; PAPI thứ 11 [1]"),
    ("i/2", "Mục I.2: đạt 43,05 điểm [1]"),  # `2` of the address
    ("i/1", "Không có số nào [1]"),
    ("i/1", ""),
]


@pytest.mark.parametrize(("path", "text"), SUPPORTED)
def test_values_of_the_quotation_and_its_address_may_be_told(office, path, text):
    assert problems(office, text, cite(office, REPORT, path)) == []


UNSUPPORTED = [
    ("i/1", "Thu ngân sách đạt 9.705 tỷ đồng [1]", ["9.705"]),  # figures swapped
    ("i/1", "Thu ngân sách đạt 9,750 tỷ đồng [1]", ["9,750"]),  # a thousandth of it
    ("i/1", "Năm 2022 đạt 9.750 tỷ đồng [1]", ["2022"]),  # another year
    ("i/1", "Giai đoạn 2022-2023 đạt 9.750 tỷ đồng [1]", ["2022-2023"]),
    ("i/1", "Ngày 31/12/2023 đạt 9.750 tỷ đồng [1]", ["31/12/2023"]),
    ("i/1", "Theo Báo cáo 311/BC-UBND đạt 9.750 tỷ đồng [1]", ["311/BC-UBND"]),
    ("i/1", "Bằng 105% dự toán, tăng 7 tỷ đồng [1]", ["105", "7"]),
    ("i/2", "PCI tăng 1.000.000 điểm [1]", ["1.000.000"]),
]


@pytest.mark.parametrize(("path", "text", "values"), UNSUPPORTED)
def test_a_value_that_no_quotation_holds_is_found(office, path, text, values):
    found = problems(office, text, cite(office, REPORT, path))
    assert found == [f"{value} stands in no quotation" for value in values]


def test_a_value_of_any_quotation_may_be_told(office):
    first, second = cite(office, REPORT, "i/1"), cite(office, REPORT, "i/2", marker=2)
    text = "Thu 9.750 tỷ đồng [1]; PCI đạt 65,78 điểm [2]"
    assert problems(office, text, first, second) == []
    assert problems(office, text, first) == ["65,78 stands in no quotation"]
    assert problems(office, text) == ["9.750 stands in no quotation", "65,78 stands in no quotation"]


def test_a_document_number_is_one_however_it_is_written(office):
    citation = cite(office, RULES, "dieu-2/1")
    with office.shelf.reading() as library:
        parsed = library.document(RULES)
    assert parsed is not None
    start = parsed.document.text.index("Số: 07/2024")
    end = parsed.document.text.index("\n", start)
    number = replace(citation, quote=parsed.document.text[start:end], start=start, end=end)
    assert problems(office, "Theo 07/2024/QĐ-UBND [1]", number) == []
    assert problems(office, "Theo 7/2024/qd-ubnd [1]", number) == []
    assert problems(office, "Theo 07/2024/QĐ-UBND [1]", citation) == ["07/2024/QĐ-UBND stands in no quotation"]


def test_a_number_of_a_column_header_may_be_told_with_its_row(assistant):
    """`2025` stands over the column, not in the row."""
    with assistant.shelf.reading() as library:
        parsed = library.document("05-nq-tu-2021")
    assert parsed is not None
    row = next(unit for unit in parsed.units if dict(unit.cells).get("2025") and "2025" not in unit.cells[1][1])
    cells = dict(row.cells)
    citation = cite(assistant, "05-nq-tu-2021", row.path)
    assert "2025" not in citation.quote
    assert problems(assistant, f"2025: {cells['2025']} [1]", citation) == []
    assert problems(assistant, f"2035: {cells['2025']} [1]", citation) == ["2035 stands in no quotation"]


# --- real answers ---------------------------------------------------------------------------------------------------

QUESTIONS = [case.question for case in load(FOLDER / "bundled.jsonl") if case.status == "answered"][::4]


@pytest.mark.parametrize("question", QUESTIONS)
def test_real_answers_pass(assistant, question):
    found, _ = assistant.ask(question)
    if found.status == "answered":
        with assistant.shelf.reading() as library:
            assert list(verify.problems(found, library)) == []


@pytest.mark.parametrize(("failures", "status"), [(1, "answered"), (2, "not_found")])
def test_what_fails_is_replaced_by_its_quotations_or_not_found(office, monkeypatch, failures, status):
    """An answer never reaches the user with words, or even quotations, that could not be verified."""
    query = understand("Cấp giấy phép xây dựng mất mấy ngày?", AsTyped())
    verdicts = iter([["7 stands in no quotation"]] * failures + [[]])
    monkeypatch.setattr(verify, "problems", lambda answer, library: iter(next(verdicts)))
    with office.shelf.reading() as library:
        found = answered(query, library, office.judges)
    assert found.status == status
    if status == "answered":
        assert found.text == f"“{found.citations[0].quote}” [1]"
