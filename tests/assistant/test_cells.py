"""The cells of a row that a question asks for, and what else a row tells of itself."""

from __future__ import annotations

import pytest

from assistant.cells import BETWEEN, asked_columns, is_ordinal, measured, notes, read_cells, row_name
from assistant.types import Query
from assistant.understand import understand
from ingest.types import Unit
from tests.fakes import AsTyped


def read(question: str) -> Query:
    return understand(question, AsTyped())


def row(*cells: tuple[str, str]) -> Unit:
    return Unit("bang-1/1", "bang-1", "hang", "1", "Bảng 1, hàng 1", 0, 1, 1, (), cells)


TASK = row(
    ("STT", "3"),
    ("Nhiệm vụ", "Rà soát thủ tục hành chính"),
    ("Sản phẩm", "Báo cáo"),
    ("Thời gian hoàn thành", "Quý II/2024"),
    ("Chủ trì", "Sở Tư pháp"),
    ("Phối hợp", "Sở Nội vụ; UBND cấp huyện"),
    ("Theo dõi, đôn đốc", "Văn phòng UBND tỉnh"),
)
TARGET = row(
    ("TT", "2.1"),
    ("Chỉ tiêu", "Hồ sơ xử lý trên mạng"),
    ("Đơn vị tính", "%"),
    ("Hiện trạng 2020", "62,5"),
    ("2025", "≥ 80"),
    ("2030", ""),
    ("Ghi chú", "Chưa giao"),
)
SO_FAR = row(("Chỉ tiêu", "Hồ sơ tiếp nhận"), ("Quý II/2025", "805"), ("Lũy kế 6 tháng", "1.556"))
COLUMNS = [
    ("Ai chủ trì rà soát thủ tục hành chính?", TASK, ["Chủ trì"]),
    ("Cơ quan nào chủ trì rà soát?", TASK, ["Chủ trì"]),
    ("Cơ quan nào phối hợp rà soát thủ tục?", TASK, ["Phối hợp"]),
    ("Cơ quan nào đôn đốc?", TASK, ["Theo dõi, đôn đốc"]),
    ("Sản phẩm của rà soát thủ tục là gì?", TASK, ["Sản phẩm"]),
    ("Khi nào hoàn thành rà soát thủ tục?", TASK, ["Thời gian hoàn thành"]),
    ("Rà soát thủ tục xong trước ngày nào?", TASK, ["Thời gian hoàn thành"]),
    # a year column, by a year alone and within a longer header
    ("Chỉ tiêu hồ sơ trên mạng năm 2025?", TARGET, ["2025"]),
    ("Chỉ tiêu hồ sơ trên mạng năm 2030?", TARGET, ["2030"]),  # blank, and still the one asked for
    ("Năm 2020 hồ sơ trên mạng đạt bao nhiêu?", TARGET, ["Hiện trạng 2020"]),
    ("So với hiện trạng thì năm 2025 hồ sơ trên mạng bao nhiêu?", TARGET, ["2025"]),
    # a part of the year, before the year that another column names
    ("Quý II/2025 tiếp nhận bao nhiêu hồ sơ?", SO_FAR, ["Quý II/2025"]),
    ("Sáu tháng đầu năm 2025 tiếp nhận bao nhiêu hồ sơ?", SO_FAR, ["Lũy kế 6 tháng"]),
    # by the header's words
    ("Hiện trạng hồ sơ trên mạng?", TARGET, ["Hiện trạng 2020"]),
    # no column stands out
    ("Rà soát thủ tục", TASK, []),
]


@pytest.mark.parametrize(("question", "unit", "columns"), COLUMNS)
def test_the_columns_asked_for(question, unit, columns):
    assert asked_columns(read(question), unit) == [cell for cell in unit.cells if cell[0] in columns]


MARKED = [
    ("Hồ sơ trên mạng vì sao để trống?", TARGET, "Chưa giao", ["Ghi chú"]),
    ("Hồ sơ trên mạng năm 2025?", TARGET, "62,5", ["2025"]),  # whatever the reader finds, another year is none
    ("Việc nào cần Sở Nội vụ cùng làm?", TASK, "Rà soát", ["Nhiệm vụ"]),
    ("Cơ quan nào chủ trì rà soát?", TASK, "Sở Nội vụ", ["Chủ trì"]),  # nor one that helps one that leads
]


@pytest.mark.parametrize(("question", "unit", "at", "columns"), MARKED)
def test_the_cell_that_the_reader_points_at(question, unit, at, columns):
    marks = [(BETWEEN.join(read_cells(unit)).index(at) - 1, 0.9)]
    assert asked_columns(read(question), unit, marks) == [cell for cell in unit.cells if cell[0] in columns]


MEASURED = [
    # value, unit of measure, written
    ("≥ 80", "%", "≥ 80%"),
    ("62,5", "%", "62,5%"),
    ("1.234", "Hồ sơ", "1.234 hồ sơ"),
    ("02", "Lần", "02 lần"),
    ("80%", "%", "80%"),  # has it
    ("Chưa giao", "%", "Chưa giao"),
    ("", "%", ""),
    ("≥ 80", "", "≥ 80"),
]


@pytest.mark.parametrize(("value", "measure", "written"), MEASURED)
def test_a_number_gets_its_rows_unit_of_measure(value, measure, written):
    assert measured(row(("Chỉ tiêu", "A"), ("Đơn vị tính", measure), ("2025", value)), value) == written
    assert measured(row(("Chỉ tiêu", "A"), ("ĐVT", measure), ("2025", value)), value) == written


def test_who_works_is_no_unit_of_measure():
    assert measured(row(("Nhiệm vụ", "A"), ("Đơn vị chủ trì", "Sở Y tế"), ("Số lượng", "5")), "5") == "5"


def test_a_row_is_named_by_its_first_cell_that_is_no_number():
    assert row_name(TASK) == "Rà soát thủ tục hành chính"
    assert row_name(TARGET) == "Hồ sơ xử lý trên mạng"
    assert row_name(row(("STT", "1"), ("Tên", ""), ("Ghi chú", "Bỏ"))) == "Bỏ"
    assert row_name(row(("STT", "1"))) == ""


def test_notes_tell_of_blank_cells():
    assert notes(TARGET) == [("Ghi chú", "Chưa giao")]
    assert notes(TASK) == []
    assert notes(row(("Chỉ tiêu", "A"), ("Ghi chú", ""))) == []


@pytest.mark.parametrize("column", ["STT", "TT", "Số TT", "stt.", "#"])
def test_columns_that_only_number(column):
    assert is_ordinal(column)
    assert not is_ordinal(f"{column} hồ sơ")
