"""What documents say of their own effect and of others': the right day and direction, nothing where it is unsure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ingest.effect.days import period_of
from ingest.effect.standing import Change, Status, status_of
from ingest.parse import parse_reading
from ingest.types import Block, Document, Reading

SIGNED = date(2020, 3, 5)


def decree(*lines: str, kind: str = "NGHỊ ĐỊNH", title: str = "Về công tác văn thư", number: str = "30/2020/NĐ-CP"):
    head = ("CHÍNH PHỦ", f"Số: {number}", "Hà Nội, ngày 05 tháng 3 năm 2020", kind, title, "Căn cứ Luật Lưu trữ;")
    blocks = tuple(Block(line) for line in (*head, *lines))
    return parse_reading(Reading(blocks, "docx"), source="nd.docx", sha256="").document


THIS = "Nghị định này"

DAYS = [
    ([f"1. {THIS} có hiệu lực thi hành từ ngày 15 tháng 8 năm 2020."], date(2020, 8, 15), None),
    ([f"{THIS} có hiệu lực thi hành kể từ ngày ký."], SIGNED, None),
    ([f"{THIS} có hiệu lực kể từ ngày ký ban hành và thay thế các quy định trước đây."], SIGNED, None),
    ([f"1. {THIS} có hiệu lực sau 45 ngày, kể từ ngày ký."], date(2020, 4, 19), None),
    ([f"1. {THIS} có hiệu lực thi hành sau 15 (mười lăm) ngày kể từ ngày ban hành."], date(2020, 3, 20), None),
    ([f"Hiệu lực thi hành: {THIS} có hiệu lực từ ngày 01/5/2020 đến hết ngày 31/12/2021."],
     date(2020, 5, 1), date(2021, 12, 31)),
    ([f"1. {THIS} có hiệu lực từ ngày 01/5/2020.", f"2. {THIS} hết hiệu lực kể từ ngày 01/01/2025."],
     date(2020, 5, 1), date(2024, 12, 31)),
    # the day after which papers are published is not known
    ([f"{THIS} có hiệu lực sau khi đăng Công báo 15 ngày."], None, None),
    # a part's own day, a condition, another text's words, a definition, another document
    ([f"2. Quy định tại Điều 5 {THIS} có hiệu lực từ ngày 01/01/2021."], None, None),
    ([f"Hồ sơ nộp trước ngày {THIS} có hiệu lực từ ngày 01/01/2021 được giải quyết."], None, None),
    (["1. Sửa đổi Điều 9 như sau:", "“Điều 9. Hiệu lực", f"{THIS} có hiệu lực từ ngày 01/01/2019.”"], None, None),
    (["1. Văn bản hết hiệu lực là văn bản hết hiệu lực từ ngày 01/01/2019."], None, None),
    (["Luật Lưu trữ có hiệu lực từ ngày 01/7/2012."], None, None),
    # two days: which one?
    ([f"1. {THIS} có hiệu lực từ ngày 01/5/2020.", f"2. {THIS} có hiệu lực từ ngày 01/6/2020."],
     None, None),
    # a regulation attached to a decision speaks for itself
    (["Ban hành Quy chế.", "Nơi nhận:", "- Như trên.", "QUY CHẾ", "Điều 1. Quy chế này có hiệu lực từ ngày 1/5/2020."],
     None, None),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "begins", "ends"), DAYS, ids=[row[0][-1][:50] for row in DAYS])
def test_days_of_effect(lines, begins, ends):
    document = decree("Điều 9. Hiệu lực thi hành", *lines)
    assert (document.effective_from, document.effective_to) == (begins, ends)


RELATIONS = [
    # several replaced; what one of them amended is only told
    (
        [(f"{THIS} thay thế Nghị định số 118/2006/NĐ-CP ngày 08/4/2006 về lưu trữ và Nghị "
         "định số 09/2010/NĐ-CP ngày 08/02/2010 sửa đổi, bổ sung một số điều của Nghị định số 61/2002/NĐ-CP.")],
        [("replaces", "118/2006/NĐ-CP", ""), ("replaces", "09/2010/NĐ-CP", "")],
    ),
    # in effect and replaces; abolishes a part; the number as written
    (
        [(f"{THIS} có hiệu lực từ ngày ký, thay thế Nghị định số 118/2006/ND-CP; bãi bỏ Điều 3 và khoản 2 Điều 5 "
         "Thông tư số 07/2012/TT-BNV.")],
        [("replaces", "118/2006/ND-CP", ""), ("repeals", "07/2012/TT-BNV", "Điều 3 và khoản 2 Điều 5")],
    ),
    # parts of the second and the third
    (
        [("2. Bãi bỏ Quyết định số 12/2019/QĐ-UBND, Điều 7 của Quyết định số 15/2019/QĐ-UBND và các khoản 1, 2 Điều 4 "
         "Quyết định số 20/2019/QĐ-UBND.")],
        [("repeals", "12/2019/QĐ-UBND", ""), ("repeals", "15/2019/QĐ-UBND", "Điều 7"),
         ("repeals", "20/2019/QĐ-UBND", "các khoản 1, 2 Điều 4")],
    ),
    (["2. Bãi bỏ các Thông tư số 01/2011/TT-BNV, số 02/2012/TT-BNV và số 03/2013/TT-BNV."],
     [("repeals", "01/2011/TT-BNV", ""), ("repeals", "02/2012/TT-BNV", ""), ("repeals", "03/2013/TT-BNV", "")]),
    # a list under the sentence
    (
        [f"2. Những văn bản sau hết hiệu lực kể từ ngày {THIS} có hiệu lực:", ("a) Nghị định số 118/2006/NĐ-CP "
         "ngày 08/4/2006;"), "b) Khoản 3 Điều 1 Nghị định số 09/2010/NĐ-CP hướng dẫn Luật số 01/2005/QH11."],
        [("repeals", "118/2006/NĐ-CP", ""), ("repeals", "09/2010/NĐ-CP", "Khoản 3 Điều 1")],
    ),
    # the subject expires; its later changes are only told
    (
        [("2. Luật Lưu trữ số 27/2001/QH10 đã được sửa đổi theo Luật số 41/2013/QH13 và Luật số 31/2023/QH15 hết hiệu "
         f"lực từ ngày {THIS} có hiệu lực, trừ trường hợp quy định tại Điều 55 Luật số 99/2020/QH14.")],
        [("repeals", "27/2001/QH10", "")],
    ),
    (["Nghị định số 118/2006/NĐ-CP hết hiệu lực kể từ ngày 01/7/2020."], [("repeals", "118/2006/NĐ-CP", "")]),
    # an exception keeps a part alive
    (["Bãi bỏ Nghị định số 118/2006/NĐ-CP, trừ khoản 3 Điều 5."],
     [("repeals", "118/2006/NĐ-CP", "trừ khoản 3 Điều 5")]),
    # amendments: the part, the terms, the place of insertion
    (
        [("1. Sửa đổi, bổ sung khoản 3 Điều 5 của Nghị định số 34/2016/NĐ-CP (đã được sửa đổi theo Nghị định số "
         "154/2020/NĐ-CP) như sau:"), f"“3. {THIS} thay thế Nghị định số 1/1999/NĐ-CP.”"],
        [("amends", "34/2016/NĐ-CP", "khoản 3 Điều 5")],
    ),
    (["3. Thay thế cụm từ “chữ ký số” bằng cụm từ “chữ ký” tại khoản 3 Điều 19 của Luật Tổ chức số 76/2015/QH13."],
     [("amends", "76/2015/QH13", "khoản 3 Điều 19")]),
    (["2. Bổ sung Điều 5a vào sau Điều 5 Nghị định số 34/2016/NĐ-CP."], [("amends", "34/2016/NĐ-CP", "Điều 5a")]),
    # what was issued with a decision
    ([f"{THIS} thay thế Quy chế phối hợp ban hành kèm theo Quyết định số 15/2019/QĐ-TTg."],
     [("replaces", "15/2019/QĐ-TTg", "Quy chế phối hợp")]),
    # the other direction
    ([f"{THIS} đã được sửa đổi, bổ sung bởi Nghị định số 45/2022/NĐ-CP."],
     [("amended_by", "45/2022/NĐ-CP", "")]),
    ([f"{THIS} được thay thế bằng Nghị định số 78/2025/NĐ-CP."], [("replaced_by", "78/2025/NĐ-CP", "")]),
    # nobody's act: told of others, a condition, a duty, a mention, a law without a number of its own
    (["Bộ Nội vụ rà soát, bãi bỏ Thông tư số 07/2012/TT-BNV."], []),
    (["Trường hợp Nghị định số 5/2015/NĐ-CP được thay thế thì áp dụng văn bản thay thế."], []),
    ([f"{THIS} quy định chi tiết Luật số 01/2011/QH13, thay đổi một số thủ tục."], []),
    (["Hồ sơ nộp trước ngày Nghị định số 118/2006/NĐ-CP hết hiệu lực thì được giải quyết tiếp."], []),
    (["Bãi bỏ Luật sửa đổi, bổ sung một số điều của Luật Lưu trữ số 01/2011/QH13."], []),
    (["Thực hiện theo Nghị định số 5/2015/NĐ-CP đã được sửa đổi, bổ sung bởi Nghị định số 6/2018/NĐ-CP."], []),
    ([f"{THIS} thay thế Nghị định số 30/2020/NĐ-CP."], []),  # its own number: a slip
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), RELATIONS, ids=[row[0][0][:60] for row in RELATIONS])
def test_relations(lines, expected):
    document = decree("Điều 9. Hiệu lực thi hành", *lines)
    assert [(found.kind, found.number, found.part) for found in document.relations] == expected
    for found in document.relations:
        assert found.number in document.text[found.start : found.end]


def test_grounds_and_tasks_say_nothing_of_the_document():
    found = decree(
        "Căn cứ Nghị định số 1/2010/NĐ-CP đã được sửa đổi bởi Nghị định số 2/2012/NĐ-CP;",
        "I. NHIỆM VỤ",
        "- Bãi bỏ Quyết định số 12/2019/QĐ-UBND;",
        "- Thay thế Quyết định số 13/2019/QĐ-UBND.",
        kind="KẾ HOẠCH",
        number="30/KH-UBND",
    )
    assert found.relations == ()


def test_a_day_told_for_the_end_is_kept():
    found = decree("Điều 9. Hiệu lực", "Nghị định số 118/2006/NĐ-CP hết hiệu lực kể từ ngày 01/7/2020.")
    assert found.relations[0].on == date(2020, 7, 1)


def test_a_scan_is_believed_what_it_reads_twice():
    lines = ("THÔNG TƯ", "Sửa đổi quy định về biển số xe", "Điều 1. Sửa đổi, bổ sung Thông tư số 72/2024/TT-BCA.",
             "Điều 2. Bãi bỏ Thông tư số 79/2024/TT-BCA.", "Điều 3. Theo Thông tư số 79/2024/TT-BCA.")  # fmt: skip
    blocks = tuple(Block(line, page=1) for line in lines)
    scan, born_digital = (
        parse_reading(Reading(blocks, "pdf", scanned=pages), source="a.pdf", sha256="").document.relations
        for pages in ((1,), ())
    )
    assert [relation.number for relation in scan] == ["79/2024/TT-BCA"]
    assert [relation.number for relation in born_digital] == ["72/2024/TT-BCA", "79/2024/TT-BCA"]


TITLES = [
    ("Sửa đổi, bổ sung một số điều của Nghị định số 118/2006/NĐ-CP", [("amends", "118/2006/NĐ-CP", "một số điều")]),
    ("Bãi bỏ Quyết định số 12/2019/QĐ-UBND ngày 01/3/2019", [("repeals", "12/2019/QĐ-UBND", "")]),
    ("Quy định chi tiết việc sửa đổi, bổ sung Luật số 01/2011/QH13", []),
]


@pytest.mark.parametrize(("title", "expected"), TITLES)
def test_a_title_that_amends(title, expected):
    document = decree("Điều 1. Nội dung", title=title)
    assert [(found.kind, found.number, found.part) for found in document.relations] == expected


PERIODS = [
    ("Phát triển kinh tế - xã hội giai đoạn 2021 - 2025, định hướng đến năm 2030", "giai đoạn 2021 - 2025"),
    ("Cải cách hành chính năm 2024", "năm 2024"),
    ("Tình hình kinh tế - xã hội 6 tháng đầu năm 2023", "6 tháng đầu năm 2023"),
    ("Công tác kiểm soát thủ tục hành chính quý I năm 2026", "quý I năm 2026"),
    ("Kết quả thực hiện nhiệm vụ quý IV/2025", "quý IV/2025"),
    ("Phương hướng nhiệm kỳ 2020-2025", "nhiệm kỳ 2020-2025"),
    ("Kết quả tháng 5 năm 2024, nhiệm vụ tháng 6 năm 2024", "tháng 5 năm 2024"),
    ("Kết quả thực hiện Nghị quyết số 05-NQ/TU ngày 09 tháng 4 năm 2021, năm 2023", "năm 2023"),
    ("Triển khai Luật Đất đai năm 2013", ""),
    ("Công tác văn thư", ""),
]


@pytest.mark.parametrize(("title", "period"), PERIODS)
def test_period(title, period):
    assert period_of(title) == period


# --- where a document stands ----------------------------------------------------------------------------------------

OLD = replace(
    decree("Điều 1. Phạm vi", number="118/2006/NĐ-CP"), effective_from=date(2006, 5, 1), issued_on=date(2006, 4, 8)
)
TODAY = date(2025, 1, 1)


def successor(sentence: str, number: str = "30/2020/NĐ-CP") -> Document:
    return decree("Điều 9. Hiệu lực", f"1. {THIS} có hiệu lực từ ngày 01/5/2020.", f"2. {sentence}", number=number)


STANDINGS = [
    ([], "Còn hiệu lực theo các văn bản đang có"),
    ([f"{THIS} thay thế Nghị định số 118/2006/NĐ-CP."],
     "Hết hiệu lực toàn bộ (bị thay thế bởi 30/2020/NĐ-CP)"),
    ([f"{THIS} thay thế Nghị định số 118/2006/ND – CP."],  # as others write the same number
     "Hết hiệu lực toàn bộ (bị thay thế bởi 30/2020/NĐ-CP)"),
    (["Bãi bỏ Điều 3 Nghị định số 118/2006/NĐ-CP."],
     "Hết hiệu lực một phần (bị bãi bỏ bởi 30/2020/NĐ-CP (Điều 3))"),
    (["Sửa đổi khoản 2 Điều 5 của Nghị định số 118/2006/NĐ-CP như sau."],
     "Còn hiệu lực theo các văn bản đang có (được sửa đổi, bổ sung bởi 30/2020/NĐ-CP (khoản 2 Điều 5))"),
    (["Nghị định số 118/2006/NĐ-CP hết hiệu lực kể từ ngày 01/7/2026."],  # not yet
     "Còn hiệu lực theo các văn bản đang có"),
    ([f"{THIS} thay thế Nghị định số 119/2006/NĐ-CP."], "Còn hiệu lực theo các văn bản đang có"),  # another one
]  # fmt: skip


@pytest.mark.parametrize(("sentences", "shown"), STANDINGS)
def test_where_a_decree_stands(sentences, shown):
    assert str(status_of(OLD, [successor(sentence) for sentence in sentences], TODAY)) == shown


def test_a_decree_before_and_after_its_own_days():
    dated = replace(OLD, effective_to=date(2024, 12, 31))
    assert status_of(dated, [], date(2006, 4, 30)) == Status("Chưa có hiệu lực")
    assert status_of(dated, [], date(2024, 12, 31)) == Status("Còn hiệu lực")
    assert status_of(dated, [], date(2025, 1, 1)) == Status("Hết hiệu lực toàn bộ")


def test_a_successor_not_yet_in_effect_changes_nothing():
    later = successor(f"{THIS} thay thế Nghị định số 118/2006/NĐ-CP.")
    assert status_of(OLD, [later], date(2020, 4, 30)) == Status("Còn hiệu lực")


def test_a_consolidated_text_tells_its_own_changes():
    changed = decree("Điều 9. Hiệu lực", f"{THIS} đã được sửa đổi, bổ sung bởi Nghị định số 45/2022/NĐ-CP.")
    changed = replace(changed, effective_from=SIGNED)
    assert status_of(changed, [], TODAY) == Status("Còn hiệu lực", (Change("amends", "45/2022/NĐ-CP"),))


def test_a_report_has_no_effect_to_speak_of():
    assert status_of(decree("I. KẾT QUẢ", kind="BÁO CÁO", number="12/BC-UBND"), [], TODAY) is None


def test_a_number_without_its_year_needs_the_day_of_issue():
    plan = replace(OLD, number="12/KH-UBND", issued_on=date(2024, 1, 15), effective_from=date(2024, 1, 15))
    dated = successor("Quyết định này thay thế Kế hoạch số 12/KH-UBND ngày 15/01/2024 của UBND tỉnh.")
    other = successor("Quyết định này thay thế Kế hoạch số 12/KH-UBND ngày 20/01/2023 của UBND tỉnh.")
    undated = successor("Quyết định này thay thế Kế hoạch số 12/KH-UBND.")
    assert status_of(plan, [dated], TODAY) == Status("Hết hiệu lực toàn bộ", (Change("replaces", "30/2020/NĐ-CP"),))
    assert status_of(plan, [other, undated], TODAY) == Status("Còn hiệu lực")
