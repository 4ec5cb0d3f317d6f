"""The unit tree: every part found, none invented, each under the address that a person would write."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clean import clean
from ingest.parse import parse_file
from ingest.passages import build_passages
from ingest.structure.units import build_units
from ingest.types import Block, Unit

SHARED = Path(__file__).parents[3] / "shared" / "data" / "documents"


def blocks_of(*lines: str) -> list[Block]:
    """`**text**` is bold, `# text` a declared heading, `a | b` a table's row, the first row its header."""
    blocks: list[Block] = []
    for line in lines:
        cells = tuple(cell.strip() for cell in line.split("|"))
        if len(cells) > 1:
            new = not blocks or blocks[-1].kind != "row"
            blocks.append(
                Block(text=line, kind="row", table=len(blocks) if new else blocks[-1].table, cells=cells, header=new)
            )
        else:
            level = len(line) - len(line.lstrip("#"))
            text = line.lstrip("# ")
            text = text.strip("*") if text.startswith("**") else text
            blocks.append(Block(text=text, bold=line.startswith("**"), level=level or None))
    return blocks


def units_of(*lines: str) -> tuple[Unit, ...]:
    blocks = blocks_of(*lines)
    return build_units(clean("\n".join(block.text for block in blocks)).text, blocks, 0)


def addresses(*lines: str) -> list[str]:
    return [unit.address for unit in units_of(*lines)]


TREES = [
    # a law: chương, điều, khoản, điểm with đ after d, gạch
    (
        ["Chương I", "QUY ĐỊNH CHUNG", "Điều 1. Phạm vi", "1. Khoản một:", "a) Điểm a;", "d) Điểm d;", "đ) Điểm đ:",
         "- Gạch một;", "- Gạch hai.", "2. Khoản hai.", "Điều 2. Đối tượng", "Đoạn không có số."],
        ["Chương I", "Điều 1", "khoản 1 Điều 1", "điểm a khoản 1 Điều 1", "điểm d khoản 1 Điều 1",
         "điểm đ khoản 1 Điều 1", "gạch đầu dòng 1, điểm đ khoản 1 Điều 1", "gạch đầu dòng 2, điểm đ khoản 1 Điều 1",
         "khoản 2 Điều 1", "Điều 2", "đoạn 1, Điều 2"],
    ),
    # capitals, a colon, an inserted article, điểm straight under điều
    (["CHƯƠNG II", "TỔ CHỨC", "ĐIỀU 5A: Bổ sung", "a) Điểm a."], ["Chương II", "Điều 5a", "điểm a Điều 5a"]),
    # mục and tiểu mục within a chương; phần over all
    (
        ["PHẦN THỨ NHẤT", "NHỮNG QUY ĐỊNH CHUNG", "Chương I", "CHUNG", "Mục 1", "THỂ THỨC", "Tiểu mục 1. Chữ",
         "Điều 7. Loại văn bản", "Mục 2. KÝ BAN HÀNH", "Điều 8. Ký"],
        ["Phần thứ nhất", "Chương I, Phần thứ nhất", "Mục 1, Chương I, Phần thứ nhất",
         "Tiểu mục 1, Mục 1, Chương I, Phần thứ nhất", "Điều 7", "Mục 2, Chương I, Phần thứ nhất", "Điều 8"],
    ),
    # a plan: Roman, numbers, dotted numbers that repeat the number above
    (
        ["I. MỤC TIÊU", "1. Mục tiêu chung", "1.1. Về thể chế", "1.2 Về bộ máy", "2- Mục tiêu cụ thể", "II- NHIỆM VỤ",
         "1. Rà soát"],
        ["Mục I", "Mục I.1", "Mục I.1.1", "Mục I.1.2", "Mục I.2", "Mục II", "Mục II.1"],
    ),
    # letters over Roman numbers, which stand over numbers
    (["A. TÌNH HÌNH", "B. KẾT QUẢ", "I. Các chỉ số", "1. PCI", "C. HẠN CHẾ"],
     ["Mục A", "Mục B", "Mục B.I", "Mục B.I.1", "Mục C"]),
    # a plan's numbering in an appendix and in a part of it
    (
        ["PHỤ LỤC II", "DANH MỤC", "(Kèm theo Kế hoạch số 12/KH-UBND)", "Phần I", "CHUNG", "I. Nhóm", "1. Việc",
         "a) Ý"],
        ["Phụ lục II", "Phần I, Phụ lục II", "Mục I, Phần I, Phụ lục II", "Mục I.1, Phần I, Phụ lục II",
         "điểm a, Mục I.1, Phần I, Phụ lục II"],
    ),
    # dotted numbers under a khoản of an article
    (["Điều 3. Trình tự", "1. Tiếp nhận", "1.1. Trực tiếp", "1.2. Trực tuyến"],
     ["Điều 3", "khoản 1 Điều 3", "khoản 1.1 Điều 3", "khoản 1.2 Điều 3"]),
    # a regulation attached to a decision numbers its articles anew
    (
        ["Điều 1. Ban hành kèm theo Quy chế.", "Nơi nhận:", "- Như trên;", "TM. ỦY BAN NHÂN DÂN", "QUY CHẾ",
         "**Phối hợp giải quyết**", "Điều 1. Phạm vi", "1. Một"],
        ["Điều 1", "Quy chế kèm theo", "Điều 1, Quy chế kèm theo", "khoản 1 Điều 1, Quy chế kèm theo"],
    ),
    # levels set by hand don't put one chapter under another
    (["# Chương V", "QUẢN LÝ", "## Chương VI", "THI HÀNH", "Điều 9. Hiệu lực", "TM. Chính phủ", "Thủ tướng"],
     ["Chương V", "Chương VI", "Điều 9"]),
    # a form's letterhead
    (["Phụ lục 1", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "**TỜ KHAI**", "1. Họ tên"],
     ["Phụ lục 1", "Mục “TỜ KHAI”, Phụ lục 1", "Mục 1, Phụ lục 1"]),
    # declared headings by their levels, bold ones below numbered ones
    (["# Trình tự", "Bước 1: nộp.", "## Trực tiếp", "Đến quầy.", "# Lệ phí", "Không thu."],
     ["Mục “Trình tự”", "đoạn 1, Mục “Trình tự”", "Mục “Trực tiếp”, Mục “Trình tự”",
      "đoạn 1, Mục “Trực tiếp”, Mục “Trình tự”", "Mục “Lệ phí”", "đoạn 1, Mục “Lệ phí”"]),
    (["I. NHIỆM VỤ", "**Về thể chế**", "Rà soát văn bản."],
     ["Mục I", "Mục “Về thể chế”, Mục I", "đoạn 1, Mục “Về thể chế”, Mục I"]),
    # a point without a closing mark is the title of the paragraph under it
    (["Điều 16. Đăng ký", "2. Cách đăng ký", "a) Đăng ký bằng sổ", "Văn thư ghi vào sổ.", "b) Nhập vào hệ thống.",
      "Đoạn chung của khoản."],
     ["Điều 16", "khoản 2 Điều 16", "điểm a khoản 2 Điều 16", "đoạn 1, điểm a khoản 2 Điều 16",
      "điểm b khoản 2 Điều 16", "đoạn 1, khoản 2 Điều 16"]),
    # plus signs under dashes; a dash right before a capital
    (["1. Việc", "-Một:", "+ Cộng một", "+ Cộng hai", "- Hai"],
     ["Mục 1", "gạch đầu dòng 1, Mục 1", "ý 1, gạch đầu dòng 1, Mục 1", "ý 2, gạch đầu dòng 1, Mục 1",
      "gạch đầu dòng 2, Mục 1"]),
    # lines that announce a list have it under them
    (["Các cơ quan gồm:", "- Sở Y tế;", "- Sở Du lịch."],
     ["đoạn 1", "gạch đầu dòng 1, đoạn 1", "gạch đầu dòng 2, đoạn 1"]),
    # tables: under a heading, under a caption, by themselves
    (["I. CHỈ TIÊU", "STT | Chỉ tiêu", "1 | PCI", "2 | SIPAS"], ["Mục I", "Mục I", "hàng 1, Mục I", "hàng 2, Mục I"]),
    (["I. SỐ LIỆU", "Bảng 1. Điểm số", "TT | Chỉ số", "1 | PCI", "Đoạn sau bảng."],
     ["Mục I", "Bảng 1, Mục I", "Bảng 1, Mục I", "hàng 1, Bảng 1, Mục I", "đoạn 1, Mục I"]),
    (["I. KẾT QUẢ", "Biểu số 02. Thống kê", "TT | Chỉ tiêu", "1.1 | Cấp tỉnh"],
     ["Mục I", "Biểu số 02", "Biểu số 02", "hàng 1.1, Biểu số 02"]),
    (["1. Sơ đồ", "a) Vị trí:", "Ô số | Thành phần", "1 | Quốc hiệu", "b) Sơ đồ."],  # a point never goes into a table
     ["Mục 1", "điểm a, Mục 1", "điểm a, Mục 1", "hàng 1, điểm a, Mục 1", "điểm b, Mục 1"]),
    # inserted articles and clauses, a title after a dash, old print
    (["Điều 5a. Bổ sung", "1a. Khoản chèn", "Điều 6- Mức thu", "1/ Một:", "a/ Ý", "Điều 7.- Hiệu lực"],
     ["Điều 5a", "khoản 1a Điều 5a", "Điều 6", "khoản 1 Điều 6", "điểm a khoản 1 Điều 6", "Điều 7"]),
    # scans: specks of dirt, commas for full stops, a number read as a letter
    (["Điều 5, Cư trú", "1, Một.", "F. Hai.", "#3, Ba:", "'b) Ý", ".Điều 6. Hợp tác"],
     ["Điều 5", "khoản 1 Điều 5", "đoạn 1, khoản 1 Điều 5", "khoản 3 Điều 5", "điểm b khoản 3 Điều 5", "Điều 6"]),
    # what stands under a point: Roman numbers in brackets, its own letter with a number, a number in brackets
    (
        ["Điều 4. Hồ sơ", "1. Gồm:", "a) Đơn:", "(i) Bản giấy;", "(ii) Bản điện tử;", "b) Tờ khai:", "b.1) Một;",
         "b2) Hai;", "2. Nộp:", "(1) Trực tiếp;", "(2) Trực tuyến."],
        ["Điều 4", "khoản 1 Điều 4", "điểm a khoản 1 Điều 4", "ý (i), điểm a khoản 1 Điều 4",
         "ý (ii), điểm a khoản 1 Điều 4", "điểm b khoản 1 Điều 4", "ý b.1, điểm b khoản 1 Điều 4",
         "ý b2, điểm b khoản 1 Điều 4", "khoản 2 Điều 4", "ý (1), khoản 2 Điều 4", "ý (2), khoản 2 Điều 4"],
    ),
    # Roman numbers that go on with dots, and a Party document's without a space
    (["II. NHIỆM VỤ", "II.1. Thể chế", "1. Rà soát", "II.2 Bộ máy", "III-GIẢI PHÁP"],
     ["Mục II", "Mục II.1", "Mục II.1.1", "Mục II.2", "Mục III"]),
    # an asterisk heads the dashes after it
    (["1. Việc", "* Về thể chế:", "- Rà soát;", "- Sửa đổi.", "* Về bộ máy"],
     ["Mục 1", "gạch đầu dòng 1, Mục 1", "gạch đầu dòng 1, gạch đầu dòng 1, Mục 1",
      "gạch đầu dòng 2, gạch đầu dòng 1, Mục 1", "gạch đầu dòng 2, Mục 1"]),
    # an amending law quotes other laws: what is quoted is no article, clause or point of its own
    (
        ["Điều 1. Sửa đổi, bổ sung một số điều của Luật Thuế", "1. Sửa đổi Điều 5 như sau:", "“Điều 5. Người nộp thuế",
         "1. Tổ chức.", "a) Trong nước;", "2. Cá nhân.”.", "2. Bổ sung khoản 3 Điều 6 như sau:", "a) Câu đầu như sau:",
         "“3. Chỉ một dòng.”;", "b) Bổ sung mục 2: “2. Hai dòng", "Chương V", "hết.”", "Điều 2. Hiệu lực"],
        ["Điều 1", "khoản 1 Điều 1", "đoạn 1, khoản 1 Điều 1", "đoạn 2, khoản 1 Điều 1", "đoạn 3, khoản 1 Điều 1",
         "đoạn 4, khoản 1 Điều 1", "khoản 2 Điều 1", "điểm a khoản 2 Điều 1", "đoạn 1, điểm a khoản 2 Điều 1",
         "điểm b khoản 2 Điều 1", "đoạn 1, điểm b khoản 2 Điều 1", "đoạn 2, điểm b khoản 2 Điều 1", "Điều 2"],
    ),
    # a quotation that nobody closed is a slip, and hides no article
    (["Điều 1. Sửa đổi như sau:", "“1. Một.", "Điều 2. Sửa đổi như sau:", "“2. Hai", "dòng.”", "Điều 3. Hiệu lực"],
     ["Điều 1", "đoạn 1, Điều 1", "Điều 2", "đoạn 1, Điều 2", "đoạn 2, Điều 2", "Điều 3"]),
    # a table within a clause; the next clause goes on
    (["Điều 4. Mức thu", "1. Mức thu như sau:", "TT | Mức", "1 | 10.000", "2. Chi phí khác."],
     ["Điều 4", "khoản 1 Điều 4", "khoản 1 Điều 4", "hàng 1, khoản 1 Điều 4", "khoản 2 Điều 4"]),
    # annexes after the signature: one without a number, forms with their own signatures, how to fill them in
    (
        ["Điều 1. Thu phí./.", "Nơi nhận:", "- Như trên;", "BIỂU PHÍ", "(Ban hành kèm theo Thông tư số 2/2021/TT-BTC)",
         "1. Xe", "Phụ lục V", "(Kèm theo Nghị định số 66/2019/NĐ-CP", "ngày 02/8/2019 của Chính phủ)", "Mẫu số 01",
         "1. Tên hàng", "Nơi nhận:", "- Lưu.", "Hướng dẫn ghi:", "(1) Tên cơ quan.", "Mẫu số 02. Đơn đề nghị",
         "1. Kính gửi"],
        ["Điều 1", "Phụ lục “BIỂU PHÍ”", "Mục 1, Phụ lục “BIỂU PHÍ”", "Phụ lục V", "Mẫu số 01, Phụ lục V",
         "Mục 1, Mẫu số 01, Phụ lục V", "đoạn 1, Mẫu số 01, Phụ lục V", "ý (1), đoạn 1, Mẫu số 01, Phụ lục V",
         "Mẫu số 02, Phụ lục V", "Mục 1, Mẫu số 02, Phụ lục V"],
    ),
    # a list of forms opens none of them
    (["Phụ lục V", "Mẫu số 01. Giấy phép", "Mẫu số 02. Đơn đề nghị"],
     ["Phụ lục V", "đoạn 1, Phụ lục V", "đoạn 2, Phụ lục V"]),
    # who signs a law signs for nobody
    (["Điều 9. Hiệu lực", "Luật này được Quốc hội khóa XV thông qua ngày 27 tháng 11 năm 2022.", "CHỦ TỊCH QUỐC HỘI",
      "Nguyễn Văn A"], ["Điều 9", "đoạn 1, Điều 9"]),
    # among numbered rows one without a number is told by its place
    (["STT | Việc", "1 | Một", " | - trong đó", "2 | Hai"],
     ["Bảng 1", "hàng 1, Bảng 1", "hàng thứ 2, Bảng 1", "hàng 2, Bảng 1"]),
    (["Cách nộp | Thời hạn", "Trực tiếp | 01 ngày", "Trực tuyến | 02 giờ"],
     ["Bảng 1", "hàng 1, Bảng 1", "hàng 2, Bảng 1"]),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), TREES, ids=[row[0][0] + " … " + row[0][-1][:20] for row in TREES])
def test_addresses(lines, expected):
    assert addresses(*lines) == expected


PLAIN = [
    # sentences that begin with the name of a part
    "Chương II của Nghị định này quy định về thẩm quyền.",
    "Phần thứ nhất bao gồm từ “Kính gửi” và tên cơ quan.",
    "Mục 1 được thực hiện trong quý II.",
    "Điều 5 Luật Đầu tư quy định ngành, nghề.",
    "Phụ lục I của Nghị định này gồm 03 phần.",
    "Mục 2 Phụ lục III kèm theo Thông tư này có danh mục.",
    "Mẫu số 01 quy định tại Phụ lục V được dùng khi cấp lại.",
    "V/v đôn đốc số hóa hồ sơ",
    "05-NQ/TU đề ra 15 nhiệm vụ.",
    "24/7 là thời gian trực.",
    "Điều 5, Điều 6 của Nghị định này.",
    "3, Điều 5 Nghị định này.",
    "B. Nguyễn là tác giả.",
    "Khoản 2 Điều này không áp dụng với cấp xã.",
    # numbers and letters that are no label
    "2024 là năm thứ tư thực hiện Nghị quyết.",
    "1.786 thủ tục đang được thực hiện.",
    "98,5% hồ sơ trực tuyến.",
    "15/21 nhiệm vụ hoàn thành.",
    "5 - 7 ngày làm việc.",
    "A và B cùng chủ trì.",
    "-5 độ là nhiệt độ thấp nhất.",
    "Biểu dương 10 tập thể.",
    # what stands over a preamble and closes it
    "**QUYẾT ĐỊNH:**",
    "**QUYẾT NGHỊ:**",
    # a bold number of a drawing
    "**7a**",
]


@pytest.mark.parametrize("line", PLAIN)
def test_a_line_that_only_looks_like_a_heading_is_a_paragraph(line):
    assert [unit.kind for unit in units_of(line)] == ["doan"]


def test_the_issuing_body_over_the_grounds_heads_nothing():
    units = units_of("**ỦY BAN NHÂN DÂN TỈNH**", "Căn cứ Luật Đất đai;", "**QUYẾT ĐỊNH:**", "**Điều 1.** Ban hành.")
    assert [unit.kind for unit in units] == ["doan", "doan", "doan", "dieu"]
    assert all(unit.heading == () for unit in units)


def test_recipients_and_signature_are_no_part_of_the_body():
    units = units_of("1. Việc.", "Nơi nhận:", "- Như trên;", "1. Không phải khoản", "CHỦ TỊCH")
    assert [unit.address for unit in units] == ["Mục 1"]


def test_a_clause_taken_for_a_letterhead_stays_in_the_text():
    lines = ("SỞ NỘI VỤ", "Điều 1. Phạm vi", "1. Tổ chức.", "Nơi nhận:")
    blocks = [Block(line, layout=True) for line in lines]
    assert [unit.address for unit in build_units("\n".join(lines), blocks, 0)] == ["Điều 1", "khoản 1 Điều 1"]


def test_titles_head_what_is_under_them():
    units = units_of("Chương I", "QUY ĐỊNH", "**CHUNG**", "Điều 1. Phạm vi", "1. Việc cần làm:", "a) Rà soát;")
    assert units[-1].heading == ("Chương I. QUY ĐỊNH CHUNG", "Điều 1. Phạm vi", "Việc cần làm:")


def test_rows_carry_their_cells_and_the_titles_of_their_groups():
    units = units_of("I. NHIỆM VỤ", "STT | Việc | Chủ trì", "I | Thể chế | ", "1 | Rà soát | Sở Tư pháp")
    assert units[-1].path == "i/bang-1/hang-i-1"
    assert units[-1].heading == ("NHIỆM VỤ", "Thể chế")
    assert units[-1].cells == (("STT", "1"), ("Việc", "Rà soát"), ("Chủ trì", "Sở Tư pháp"))


def test_paths_stay_unique_where_numbers_repeat():
    paths = [unit.path for unit in units_of("1. Một", "1. Một nữa", "a) Ý", "a) Ý nữa")]
    assert paths == ["1", "1~2", "1~2/a", "1~2/a~2"]


# --- properties -----------------------------------------------------------------------------------------------------

LINES = st.sampled_from(
    [line for lines, _ in TREES for line in lines] + PLAIN + ["Nơi nhận:", "", "***", "a | ", " | "]
)


CHAPTERS = ("I", "II", "III", "IV", "V", "VI", "VII")


def check_tree(text: str, units: tuple[Unit, ...]) -> None:
    by_path = {unit.path: unit for unit in units}
    assert len(by_path) == len(units)
    ends: dict[str | None, int] = {}
    for before, unit in zip([None, *units], units, strict=False):
        assert 0 <= unit.start <= unit.head <= unit.end <= len(text)
        assert unit.address
        assert unit.start < unit.head or unit.kind == "bang"
        assert before is None or before.start <= unit.start, "reading order"
        assert ends.get(unit.parent, 0) <= unit.start, "siblings are apart"
        ends[unit.parent] = unit.end
        if unit.parent is not None:
            above = by_path[unit.parent]
            assert unit.path.startswith(unit.parent + "/")
            assert above.start <= unit.start
            assert unit.end <= above.end
            assert units.index(above) < units.index(unit)
            assert above.head <= unit.start


def check_passages(text: str, units: tuple[Unit, ...]) -> None:
    passages = build_passages(units)
    paths = [passage.path for passage in passages]
    assert len(set(paths)) == len(paths)
    assert set(paths) <= {unit.path for unit in units}
    ends = 0
    for passage in passages:
        assert ends <= passage.start < passage.end <= len(text)
        ends = passage.end
    for unit in units:
        if unit.kind != "bang":
            covering = [p for p in passages if p.start <= unit.start and unit.head <= p.end]
            assert len(covering) == 1, f"{unit.path} is in {len(covering)} passages"


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=14))
def test_any_lines_give_a_sound_tree_whose_passages_cover_it(lines):
    blocks = blocks_of(*lines)
    text = clean("\n".join(block.text for block in blocks)).text
    units = build_units(text, blocks, 0)
    check_tree(text, units)
    check_passages(text, units)


# --- a real decree --------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared documents are not here")
def test_a_decree_has_every_chapter_article_clause_and_point_and_no_other():
    """Counted by itself: the numbers at the line starts, as they follow each other in the decree's own order."""
    parsed = parse_file(SHARED / "30_2020_ND_CP.docx", "30_2020_ND_CP.docx")
    text, units = parsed.document.text, parsed.units
    check_tree(text, units)
    check_passages(text, units)
    lines = text.split("\n")
    found = {kind: [u.label for u in units if u.kind == kind] for kind in ("chuong", "muc", "dieu", "khoan", "diem")}
    body = lines[: next(i for i, line in enumerate(lines) if line.startswith("Nơi nhận:"))]

    def starts(pattern: str) -> list[str]:
        return [match[1] for line in body if (match := re.match(pattern, line))]

    assert found["chuong"] == starts(r"(Chương [IVX]+)$") == [f"Chương {n}" for n in CHAPTERS]
    assert found["dieu"] == starts(r"(Điều \d+)\.") == [f"Điều {n}" for n in range(1, 39)]
    assert found["muc"] == starts(r"(Mục \d)$")
    assert found["khoan"] == starts(r"(\d+)\. ")
    assert found["diem"] == starts(r"([a-zđ])\) ")
    assert (len(found["muc"]), len(found["khoan"]), len(found["diem"])) == (5, 116, 94)
    numbered: dict[str | None, list[str]] = defaultdict(list)
    for unit in units:
        if unit.kind in {"khoan", "diem"}:
            numbered[unit.parent].append(unit.label)
    for labels in numbered.values():  # what is under one parent goes on without a gap
        assert labels in ([str(n + 1) for n in range(len(labels))], list("abcdđeghik")[: len(labels)])
