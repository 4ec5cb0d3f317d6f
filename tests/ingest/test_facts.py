"""Facts of clauses as documents write them: what is set, what was reached, who does what by when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ingest.facts import find_facts
from ingest.facts.agencies import read_agencies, split_agencies
from ingest.facts.measures import find_measures
from ingest.facts.periods import find_deadline, find_periods
from ingest.parse import parse_reading
from ingest.types import Block, Figure, Reading, Task


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("trong giai đoạn 2021 - 2025", "years", date(2021, 1, 1), date(2025, 12, 31)),
        ("ba năm (2021-2023), đạt", "years", date(2021, 1, 1), date(2023, 12, 31)),
        ("đến hết năm 2025", "year", date(2025, 1, 1), date(2025, 12, 31)),
        ("quý IV/2024", "quarter", date(2024, 10, 1), date(2024, 12, 31)),
        ("quý II năm 2025", "quarter", date(2025, 4, 1), date(2025, 6, 30)),
        ("6 tháng đầu năm 2024", "half", date(2024, 1, 1), date(2024, 6, 30)),
        ("tháng 02/2024", "month", date(2024, 2, 1), date(2024, 2, 29)),
        ("tính đến ngày 31/5/2024", "day", date(2024, 5, 31), date(2024, 5, 31)),
        ("ngày 09 tháng 4 năm 2021", "day", date(2021, 4, 9), date(2021, 4, 9)),
    ],
)
def test_periods(text, kind, first, last):
    (found,) = find_periods(text)
    assert (found.kind, found.first, found.last) == (kind, first, last)


def test_no_period_is_made_of_other_numbers():
    assert not list(find_periods("ngày 31/02/2024, 2.050 doanh nghiệp, 12.025 hồ sơ, mã 1.013133"))


@pytest.mark.parametrize(
    ("text", "written", "due"),
    [
        ("trình trước ngày 15/4/2024.", "trước ngày 15/4/2024", date(2024, 4, 15)),
        ("hoàn thành trong quý III/2024", "trong quý III/2024", date(2024, 9, 30)),
        ("Tháng 6/2024", "Tháng 6/2024", date(2024, 6, 30)),
        ("tổng kết vào năm 2025", "vào năm 2025", date(2025, 12, 31)),
        ("trước ngày 05 của tháng liền kề", "trước ngày 05 của tháng liền kề", None),
        ("trước ngày 20 tháng cuối quý", "trước ngày 20 tháng cuối quý", None),
        ("Thường xuyên", "Thường xuyên", None),
        ("có ý kiến trong 07 ngày làm việc", "trong 07 ngày làm việc", None),
    ],
)
def test_deadlines(text, written, due):
    found = find_deadline(text)
    assert found is not None
    assert (text[found.start : found.end], found.last) == (written, due)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("đạt trên 5 tỷ USD", [(">", "5", "tỷ usd")]),
        ("từ 90% trở lên", [(">=", "90", "%")]),
        ("không quá 16 giờ làm việc", [("<=", "16", "giờ làm việc")]),
        ("khoảng 1.200 thủ tục", [("~", "1200", "thủ tục")]),
        ("dưới 10 phút", [("<", "10", "phút")]),
        ("102/118 nhiệm vụ", [("=", "102", "nhiệm vụ")]),  # a part of a whole
        ("trong khoảng 99,2% đến 99,9%", [(">=", "99.2", "%"), ("<=", "99.9", "%")]),
        ("chưa năm nào xuống dưới 99,2%", [(">=", "99.2", "%")]),
        ("xếp thứ nhất; thuộc nhóm 10 địa phương dẫn đầu", [("=", "1", "thứ hạng"), ("<=", "10", "thứ hạng")]),
        ("tăng hơn mười lần", [(">", "10", "lần")]),  # in words
        ("dịch COVID-19, Điều 5, Nghị quyết 05, ngày 15 tháng 12, vào thứ Sáu", []),  # names
    ],
)
def test_measures(text, found):
    assert [(m.comparator, str(m.value), m.unit) for m in find_measures(text)] == found


@pytest.mark.parametrize(
    ("text", "names", "rest"),
    [
        ("Sở Tài chính bố trí kinh phí", ("Sở Tài chính",), " bố trí kinh phí"),
        ("Sở Y tế, Sở Du lịch và Công an tỉnh rà soát", ("Sở Y tế", "Sở Du lịch", "Công an tỉnh"), " rà soát"),
        ("Ủy ban nhân dân tỉnh chỉ đạo", ("Ủy ban nhân dân tỉnh",), " chỉ đạo"),
        ("Các sở, ban, ngành và UBND cấp huyện báo cáo", ("Các sở, ban, ngành", "UBND cấp huyện"), " báo cáo"),
        ("Ban Quản lý Khu kinh tế Quảng Ninh chủ trì", ("Ban Quản lý Khu kinh tế Quảng Ninh",), " chủ trì"),
        ("Trường Đại học Hạ Long mở lớp", ("Trường Đại học Hạ Long",), " mở lớp"),  # in no list
    ],
)
def test_agencies(text, names, rest):
    found = read_agencies(text, 0)
    assert found is not None
    assert (found.names, text[found.end :]) == (names, rest)


@pytest.mark.parametrize("text", ["Rà soát thủ tục", "các thủ tục", "Kết quả đạt được"])
def test_what_is_no_agency(text):
    assert read_agencies(text, 0) is None


def test_agencies_of_a_cell():
    assert split_agencies("Các sở, ban, ngành; UBND cấp huyện") == ("Các sở, ban, ngành", "UBND cấp huyện")
    assert split_agencies("Sở Văn hóa, Thể thao và Du lịch") == ("Sở Văn hóa, Thể thao và Du lịch",)
    assert split_agencies("") == ()


def facts_of(*lines: str | tuple[str, ...], kind: str = "Báo cáo") -> list[Figure | Task]:
    """The facts of a document of these lines; a tuple is a table's row, the first its header."""
    blocks: list[Block] = []
    for line in lines:
        if isinstance(line, tuple):
            blocks.append(Block(" | ".join(line), kind="row", table=0, cells=line))
        else:
            blocks.append(Block(line))
    parsed = parse_reading(Reading(tuple(blocks), "txt"), source="thu.txt", sha256="0")
    return list(find_facts(replace(parsed.document, kind=kind, period="", title=""), parsed.units))


def figures(*lines: str | tuple[str, ...], kind: str = "Báo cáo") -> list[tuple[str, str, str, str, str, str]]:
    found = [fact for fact in facts_of(*lines, kind=kind) if isinstance(fact, Figure)]
    return [(f.kind, f.indicator, f.comparator, str(f.value), f.unit, f.period) for f in found]


PROSE = [
    # a level takes the place of the last one
    (
        ["II. KẾT QUẢ", "- Tỷ lệ nộp trực tuyến ở cấp tỉnh đạt 90,4%, cấp huyện đạt 79,3% trong quý I/2025."],
        [
            ("result", "Tỷ lệ nộp trực tuyến", "=", "90.4", "%", ""),
            ("result", "Tỷ lệ nộp trực tuyến", "=", "79.3", "%", "quý I/2025"),
        ],
    ),
    # a share of what was told before
    (
        ["I. CHỈ TIÊU NĂM 2026", "- Ít nhất 85% hồ sơ nộp qua mạng, trong đó tối thiểu 60% thanh toán trực tuyến."],
        [
            ("target", "hồ sơ nộp qua mạng", ">=", "85", "%", "NĂM 2026"),
            ("target", "hồ sơ nộp qua mạng thanh toán trực tuyến", ">=", "60", "%", "NĂM 2026"),
        ],
    ),
    # one value of two indices
    (
        ["I. MỤC TIÊU", "- PCI và PAPI thuộc nhóm 5 địa phương dẫn đầu vào năm 2027."],
        [
            ("target", "PCI", "<=", "5", "thứ hạng", "vào năm 2027"),
            ("target", "PAPI", "<=", "5", "thứ hạng", "vào năm 2027"),
        ],
    ),
    # a target told in a report, and what it is compared with is not its period
    (
        [
            "II. KẾT QUẢ",
            "- Thu ngân sách năm 2023 đạt 9,4 nghìn tỷ đồng; như vậy mục tiêu 9 tỷ đồng đến năm 2025 đã đạt.",
        ],
        [
            ("result", "Thu ngân sách", "=", "9.4", "nghìn", "năm 2023"),
            ("target", "Thu ngân sách", "=", "9", "tỷ đồng", "đến năm 2025"),
        ],
    ),
    # what only frames or names
    (["II. KẾT QUẢ", "- Trong 30 ngày, cả 4 chỉ số được rà soát theo Nghị quyết 05."], []),
]


@pytest.mark.parametrize(("lines", "found"), PROSE)
def test_figures_of_prose(lines, found):
    assert figures(*lines) == found


def test_rules_of_procedure_are_no_figures():
    assert (
        figures("Điều 5. Tiếp nhận", "1. Cơ quan trả lời trong 02 ngày làm việc, không quá 30 ngày.", kind="Quyết định")
        == []
    )


TABLE = [
    ("TT", "Chỉ tiêu", "Đơn vị tính", "Hiện trạng 2022", "2025", "Cơ quan theo dõi"),
    ("1", "Hồ sơ trực tuyến", "", "", "", "Sở Nội vụ"),
    ("1.1", "Cấp xã", "%", "40,0", "≥ 85", ""),
    ("2", "Thứ hạng PCI", "Thứ hạng", "", "Nhóm 5", "Sở Tài chính"),
]


def test_a_table_of_targets():
    found = [fact for fact in facts_of("I. MỤC TIÊU", *TABLE) if isinstance(fact, Figure)]
    assert [(f.kind, f.comparator, str(f.value), f.unit, f.period, f.scope, f.owners) for f in found] == [
        ("result", "=", "40.0", "%", "2022", "Cấp xã", ("Sở Nội vụ",)),  # a part answers to its whole's
        ("target", ">=", "85", "%", "2025", "Cấp xã", ("Sở Nội vụ",)),
        ("target", "<=", "5", "thứ hạng", "2025", "", ("Sở Tài chính",)),
    ]
    assert found[0].indicator == "Hồ sơ trực tuyến - Cấp xã"


def test_how_far_a_target_is_reached_is_no_target_and_how_it_counts_no_unit():
    rows = [
        ("TT", "Chỉ tiêu", "Mục tiêu đến 2025", "Kết quả 2023", "Tỷ lệ hoàn thành so với mục tiêu 2025"),
        ("1", "Vốn đăng ký (tỷ đồng, lũy kế)", "120.000", "97.200", "81,0%"),
        ("2", "Dự án mới (lũy kế)", "390", "243", "62,3%"),
    ]
    assert figures("II. KẾT QUẢ THỰC HIỆN", *rows) == [
        ("target", "Vốn đăng ký", "=", "120000", "tỷ đồng", "đến 2025"),
        ("result", "Vốn đăng ký", "=", "97200", "tỷ đồng", "2023"),
        ("target", "Dự án mới (lũy kế)", "=", "390", "", "đến 2025"),
        ("result", "Dự án mới (lũy kế)", "=", "243", "", "2023"),
    ]


def test_a_table_of_tasks():
    rows = [
        ("STT", "Nhiệm vụ", "Sản phẩm", "Thời gian hoàn thành", "Chủ trì", "Phối hợp"),
        ("I", "Cải cách thể chế", "", "", "", ""),
        ("1", "Rà soát văn bản", "Báo cáo", "Quý I/2024", "Sở Tư pháp", "Các sở, ban, ngành; UBND cấp huyện"),
        ("2", "Công khai thủ tục", "", "Thường xuyên", "Văn phòng UBND tỉnh", ""),
    ]
    one, two = (fact for fact in facts_of("PHỤ LỤC", *rows, kind="Kế hoạch") if isinstance(fact, Task))
    assert (one.action, one.lead, one.coordinate) == (
        "Rà soát văn bản", ("Sở Tư pháp",), ("Các sở, ban, ngành", "UBND cấp huyện")
    )  # fmt: skip
    assert (one.deliverable, one.due, one.group) == ("Báo cáo", date(2024, 3, 31), "Cải cách thể chế")
    assert (two.deadline, two.due) == ("Thường xuyên", None)


TASKS = [
    # lead, with whom, by when
    (
        ["V. NHIỆM VỤ", "1. Sở Nội vụ chủ trì, phối hợp với Sở Y tế và Công an tỉnh rà soát, xong trước 30/6/2026."],
        [(("Sở Nội vụ",), ("Sở Y tế", "Công an tỉnh"), "rà soát, xong trước 30/6/2026", date(2026, 6, 30))],
    ),
    # points under a body's name
    (
        ["UBND tỉnh yêu cầu:", "1. Sở Xây dựng", "a) Rà soát quy hoạch;", "b) Báo cáo trong quý III năm 2026."],
        [
            (("Sở Xây dựng",), (), "Rà soát quy hoạch", None),
            (("Sở Xây dựng",), (), "Báo cáo trong quý III năm 2026", date(2026, 9, 30)),
        ],
    ),
    # an article headed by a body
    (
        ["Điều 8. Sở Tài chính", "1. Bố trí kinh phí hằng năm."],
        [(("Sở Tài chính",), (), "Bố trí kinh phí hằng năm", None)],
    ),
    # what was done is no task
    (["II. KẾT QUẢ", "- Sở Nội vụ đã tổ chức 12 lớp bồi dưỡng."], []),
    # nor is a body's part, with nothing to do
    (["V. NHIỆM VỤ", "1. Sở Thông tin và Truyền thông là cơ quan thường trực."], []),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "found"), TASKS)
def test_tasks_of_prose(lines, found):
    tasks = [fact for fact in facts_of(*lines, kind="Chỉ thị") if isinstance(fact, Task)]
    assert [(task.lead, task.coordinate, task.action, task.due) for task in tasks] == found


def test_a_fact_points_at_its_words():
    lines = ("II. KẾT QUẢ", "- Vốn đầu tư năm 2023 đạt trên 6,83 tỷ USD, bằng 137% kế hoạch.")
    (fact,) = facts_of(*lines)
    assert isinstance(fact, Figure)
    assert (fact.value, fact.comparator, fact.plan) == (Decimal("6.83"), ">", "137%")
    assert fact.written in "\n".join(lines)[fact.start : fact.end]


def test_the_time_that_a_value_is_compared_with_leaves_nothing_in_its_name():
    lines = ("II. MỤC TIÊU ĐẾN NĂM 2025", "- Chi phí tuân thủ thủ tục giảm ít nhất 20% so với năm 2020.")
    (fact,) = facts_of(*lines)
    assert isinstance(fact, Figure)
    assert fact.indicator.lower() == "chi phí tuân thủ thủ tục"
