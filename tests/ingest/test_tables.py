"""Tables: each value under its column's header, each row under the titles above it."""

from __future__ import annotations

import pytest

from ingest.structure.tables import read_table
from ingest.types import Block


def table(*rows: str, headers: int = 0) -> list[Block]:
    """Rows as printed, cells separated by `|`; the first `headers` are marked as headers by the file."""
    return [
        Block(text=row, kind="row", table=1, cells=tuple(cell.strip() for cell in row.split("|")), header=i < headers)
        for i, row in enumerate(rows)
    ]


def labels(blocks: list[Block]) -> list[str]:
    return [row.label for row in read_table(blocks) if not row.is_header]


def groups(blocks: list[Block]) -> list[tuple[str, ...]]:
    return [row.group for row in read_table(blocks) if not row.is_header]


TASKS = table(
    "STT | Nhiệm vụ | Sản phẩm | Thời hạn | Chủ trì",
    "I | Cải cách thể chế | | |",
    "1 | Rà soát văn bản | Báo cáo | Quý II/2024 | Sở Tư pháp",
    "2 | Quy định phân cấp | Quyết định | Tháng 6/2024 | Sở Nội vụ",
    "II | Tài chính công | Tài chính công | Tài chính công | Tài chính công",  # merged cells repeat
    "1 | Giải ngân | Báo cáo | Hằng tháng |",  # nobody leads it yet
)


def test_tasks_stand_under_their_group_and_numbers_restart():
    assert labels(TASKS) == ["I", "I.1", "I.2", "II", "II.1"]
    assert groups(TASKS) == [(), ("Cải cách thể chế",), ("Cải cách thể chế",), (), ("Tài chính công",)]


def test_every_value_has_its_columns_header_and_a_blank_one_too():
    last = read_table(TASKS)[-1]
    assert last.cells == (
        ("STT", "1"), ("Nhiệm vụ", "Giải ngân"), ("Sản phẩm", "Báo cáo"), ("Thời hạn", "Hằng tháng"), ("Chủ trì", ""),
    )  # fmt: skip


STATISTICS = table(
    "STT | Chỉ tiêu thống kê | Đơn vị tính | Số liệu | Ghi chú",
    "(1) | (2) | (3) | (4) | (5)",  # the line of column numbers
    "1 | Tổng số hồ sơ tiếp nhận | Hồ sơ | 214.586 |",
    "1.1 | Cấp tỉnh | Hồ sơ | 45.218 |",
    "1.1.1 | Nộp trực tuyến | Hồ sơ | 40.877 |",
    "1.2 | Cấp xã | Hồ sơ | 110.464 |",
    "STT | Chỉ tiêu thống kê | Đơn vị tính | Số liệu | Ghi chú",  # repeated on the next page
    "2 | Số hóa hồ sơ | | |",  # no value of its own: a group
    "2.1 | Cấp tỉnh | % | 96,8 |",
    "3 | Thanh toán trực tuyến | % | 71,4 |",  # and 3 is its neighbour, not a part of it
    "a | Trong đó qua ngân hàng | % | 60,2 |",
    "10 | Tổng cộng | | 02 |",
)


def test_hierarchical_numbers_name_their_row_by_themselves():
    assert labels(STATISTICS) == ["1", "1.1", "1.1.1", "1.2", "2", "2.1", "3", "3.a", "10"]


def test_every_level_above_heads_a_row():
    assert groups(STATISTICS) == [
        (),
        ("Tổng số hồ sơ tiếp nhận",),
        ("Tổng số hồ sơ tiếp nhận", "Cấp tỉnh"),
        ("Tổng số hồ sơ tiếp nhận",),
        (),
        ("Số hóa hồ sơ",),
        (),
        ("Thanh toán trực tuyến",),
        (),
    ]


def test_header_rows_are_those_with_titles_numbers_or_repeated():
    assert [row.is_header for row in read_table(STATISTICS)] == [i in (0, 1, 6) for i in range(12)]


TWO_LINES = table(
    "TT | Chỉ số | Năm đánh giá | Năm đánh giá",
    "TT | Chỉ số | 2022 | 2023",
    "1 | PCI | 72,95 | 71,25",
    headers=2,
)


def test_a_header_of_two_lines_names_a_column_by_both():
    assert read_table(TWO_LINES)[-1].cells == (
        ("TT", "1"), ("Chỉ số", "PCI"), ("Năm đánh giá / 2022", "72,95"), ("Năm đánh giá / 2023", "71,25"),
    )  # fmt: skip


LABELS = [
    # letters over Roman numerals over numbers
    (["A | Chính quyền | | ", "I | Cấp tỉnh | | ", "1 | Sở Y tế | Số | 5", "B | Đảng | | ", "1 | Ban | Số | 3"],
     ["A", "A.I", "A.I.1", "B", "B.1"]),
    # a Roman row after plain numbers begins anew
    (["1 | Một | Số | 5", "2 | Hai | Số | 6", "I | Nhóm | | ", "1 | Ba | Số | 7"], ["1", "2", "I", "I.1"]),
    # a title over all columns without a number closes what is open
    (["I | Thể chế | | ", "1 | Một | Số | 5", "Việc khác | Việc khác | Việc khác | Việc khác", "1 | Hai | Số | 6"],
     ["I", "I.1", "", "1"]),
    # numbers with a letter, as inserted rows have
    (["5 | Năm | Số | 1", "5a | Năm a | Số | 2", "6 | Sáu | Số | 3"], ["5", "5a", "6"]),
    # a group with a dotted number
    (["1.3 | Cấp xã | | ", "1.3.1 | Trực tuyến | Số | 9", "2 | Đã giải quyết | Số | 8"], ["1.3", "1.3.1", "2"]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), LABELS)
def test_labels(rows, expected):
    assert labels(table("STT | Nội dung | Đơn vị | Số liệu", *rows)) == expected


def test_a_dash_under_a_numbered_row_is_a_part_of_it_and_a_total_is_not():
    rows = table(
        "STT | Nội dung | Đơn vị | Số liệu",
        "1 | Hồ sơ quá hạn | Hồ sơ | 805",
        " | - Lĩnh vực đất đai | Hồ sơ | 700",
        " | Tổng cộng | Hồ sơ | 999",
    )
    assert groups(rows) == [(), ("Hồ sơ quá hạn",), ()]


def test_a_table_without_titles_keeps_all_its_rows():
    rows = table("Trực tiếp | 01 ngày", "Trực tuyến | 02 giờ")
    assert [row.cells for row in read_table(rows)] == [
        (("", "Trực tiếp"), ("", "01 ngày")),
        (("", "Trực tuyến"), ("", "02 giờ")),
    ]
    only = table("STT | Nội dung")  # a header over nothing is a row
    assert [row.is_header for row in read_table(only)] == [False]


def test_rows_wider_than_the_header_keep_their_values():
    rows = read_table(table("TT | Tên | Số", "1 | Một | 5 | thừa"))
    assert rows[-1].cells[-1] == ("", "thừa")
