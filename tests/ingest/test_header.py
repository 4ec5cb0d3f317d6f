"""Headers: what the first lines say of a document, and where its body, closing and appendices are."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.structure.annexes import appendix_label
from ingest.structure.header import adopted_on, is_closing, read_header
from ingest.types import Block


def header(*lines: str, bold: tuple[int, ...] = (), level_one: int | None = None):
    blocks = [
        Block(text=line, bold=index in bold, level=1 if index == level_one else None)
        for index, line in enumerate(lines)
    ]
    return read_header(lines, blocks)


STATE = (
    "ỦY BAN NHÂN DÂN",
    "TỈNH QUẢNG NINH",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Số: 15/2024/QĐ-UBND",
    "Quảng Ninh, ngày 26 tháng 4 năm 2024",
    "QUYẾT ĐỊNH",
    "Về việc ban hành Quy chế phối hợp giải quyết",
    "thủ tục hành chính trên môi trường điện tử",
    "ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH",
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
)


def test_a_state_header():
    found = header(*STATE, bold=(6, 7, 8, 9))
    assert (found.kind, found.number) == ("Quyết định", "15/2024/QĐ-UBND")
    assert found.title == "Ban hành Quy chế phối hợp giải quyết thủ tục hành chính trên môi trường điện tử"
    assert (found.issuer, found.issued_on) == ("Ủy ban nhân dân tỉnh Quảng Ninh", date(2024, 4, 26))
    assert STATE[found.body] == "ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH"  # over the preamble, not in the title
    assert not found.illustrative


PARTY = (
    "Văn bản minh họa, không phải bản gốc.",
    "ĐẢNG BỘ TỈNH QUẢNG NINH",
    "BAN CHẤP HÀNH",
    "*",
    "Số 05-NQ/TU",
    "ĐẢNG CỘNG SẢN VIỆT NAM",
    "Quảng Ninh, ngày 09 tháng 4 năm 2021",
    "NGHỊ QUYẾT",
    "về đẩy mạnh cải cách hành chính",
    "trong giai đoạn 2021 - 2025",
    "-----",
    "I- TÌNH HÌNH",
)


def test_a_party_header():
    found = header(*PARTY, bold=(7, 8, 9, 11))
    assert (found.kind, found.number) == ("Nghị quyết", "05-NQ/TU")
    assert found.title == "Đẩy mạnh cải cách hành chính trong giai đoạn 2021 - 2025"
    assert (found.issuer, found.issued_on) == ("Ban Chấp hành Đảng bộ tỉnh Quảng Ninh", date(2021, 4, 9))
    assert PARTY[found.body] == "I- TÌNH HÌNH"
    assert found.illustrative


LETTER = (
    "ỦY BAN NHÂN DÂN",
    "TỈNH QUẢNG NINH",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Số: 987/UBND-HCC",
    "V/v đôn đốc số hóa hồ sơ",
    "Quảng Ninh, ngày 12 tháng 6 năm 2024",
    "Kính gửi: Các sở, ban, ngành",
)


def test_a_letter_is_known_by_its_subject():
    found = header(*LETTER)
    assert (found.kind, found.number) == ("Công văn", "987/UBND-HCC")
    assert (found.title, found.issued_on) == ("Đôn đốc số hóa hồ sơ", date(2024, 6, 12))
    assert LETTER[found.body].startswith("Kính gửi")


ISSUERS = [
    (("CHÍNH PHỦ",), "Chính phủ"),
    (("BỘ NỘI VỤ",), "Bộ Nội vụ"),
    (("UBND TỈNH QUẢNG NINH", "SỞ TƯ PHÁP"), "Sở Tư pháp"),  # the body above is the one that it belongs to
    (("BỘ NỘI VỤ", "CỤC VĂN THƯ VÀ LƯU TRỮ NHÀ NƯỚC"), "Cục Văn thư và lưu trữ Nhà nước"),
    (("HỘI ĐỒNG NHÂN DÂN", "TỈNH QUẢNG NINH"), "Hội đồng nhân dân tỉnh Quảng Ninh"),  # one name on two lines
    (("TỈNH ỦY QUẢNG NINH", "*"), "Tỉnh ủy Quảng Ninh"),
    (("TỈNH ỦY QUẢNG NINH", "BAN TỔ CHỨC"), "Ban Tổ chức Tỉnh ủy Quảng Ninh"),
    (("Đoàn công tác",), None),  # not in capitals: nothing is guessed
]


@pytest.mark.parametrize(("head", "issuer"), ISSUERS, ids=[row[0][-1] for row in ISSUERS])
def test_issuer(head, issuer):
    assert header(*head, "Số: 12/KH-X", "KẾ HOẠCH", "Kiểm tra năm 2024").issuer == issuer


NUMBERS = [
    ("Số: 12/KH-UBND", "12/KH-UBND"),
    ("Số 421-BC/TU", "421-BC/TU"),
    ("Luật số: 78/2015/QH13", "78/2015/QH13"),
    ("Số: /KH-UBND", None),  # not yet numbered
    ("Số: 12 ngày 5/6", None),
    ("Số lượng: 15 bản", None),
]


@pytest.mark.parametrize(("line", "number"), NUMBERS)
def test_number(line, number):
    assert header("SỞ NỘI VỤ", line, "KẾ HOẠCH", "Kiểm tra năm 2024").number == number


DATES = [
    ("Quảng Ninh, ngày 09 tháng 4 năm 2021", date(2021, 4, 9)),
    ("Hà Nội, ngày 05 tháng 3 năm 2020", date(2020, 3, 5)),
    ("ngày 28/02/2024", date(2024, 2, 28)),
    ("Quảng Ninh, ngày 31 tháng 02 năm 2024", None),  # no such day
    ("Quảng Ninh, ngày    tháng 6 năm 2024", None),  # left open for the pen
    ("Thực hiện Kế hoạch năm 2023", None),
    ("Triển khai Nghị quyết số 05-NQ/TU ngày 09/4/2021", None),  # another document's
]


@pytest.mark.parametrize(("line", "day"), DATES)
def test_date(line, day):
    assert header("SỞ NỘI VỤ", line, "KẾ HOẠCH", "Kiểm tra năm 2024").issued_on == day


def test_text_without_a_header_has_a_headline_and_nothing_is_guessed():
    found = header("Quảng Ninh: Mười năm một cửa", "Sáng 05/3/2024, Trung tâm gặp mặt 60 đại biểu.", "Năm 2014 …")
    assert (found.kind, found.title, found.body) == ("Tin bài", "Quảng Ninh: Mười năm một cửa", 1)
    assert (found.number, found.issuer, found.issued_on) == (None, None, None)


def test_a_first_paragraph_is_no_headline_and_stays_in_the_body():
    text = "Sáng nay, Thường trực Tỉnh ủy họp bàn. " + "Nhiều ý kiến được nêu. " * 20
    found = header(text, "Kết luận buổi họp.")
    assert (found.title, found.body) == ("Sáng nay, Thường trực Tỉnh ủy họp bàn", 0)


def test_a_numbered_line_is_no_headline():
    assert header("1. Rà soát thủ tục", "2. Công khai kết quả").body == 0
    assert header("I. MỤC TIÊU", "1. Chung", level_one=0).body == 0


def test_a_procedure_is_known_by_its_code():
    found = header("Thủ tục đăng ký nghĩa vụ quân sự lần đầu", "Mã thủ tục: 1.013133", "Trình tự", level_one=0)
    assert (found.kind, found.number) == ("Thủ tục hành chính", "1.013133")
    assert (found.title, found.issuer) == ("Thủ tục đăng ký nghĩa vụ quân sự lần đầu", None)


def test_an_appendix_by_itself():
    found = header("PHỤ LỤC II", "DANH MỤC NHIỆM VỤ", bold=(0, 1))
    assert (found.kind, found.body) == ("Phụ lục", 0)  # the body begins at once, so that the label opens a unit


APPENDICES = [
    ("PHỤ LỤC", "Phụ lục"),
    ("Phụ lục II", "Phụ lục II"),
    ("PHỤ LỤC SỐ 03", "Phụ lục 03"),
    ("Phụ lục I. Danh mục nhiệm vụ", "Phụ lục I"),
    ("PHỤ LỤC DANH MỤC NHIỆM VỤ", "Phụ lục"),
    ("Phụ lục IV (Kèm theo Kế hoạch số 12/KH-UBND)", "Phụ lục IV"),
    ("Phụ lục kèm theo Kế hoạch số 12/KH-UBND", "Phụ lục"),
    ("QUY CHẾ", "Quy chế"),  # attached to a decision
    # sentences that only begin so
    ("Phụ lục I của Nghị định này gồm 03 phần.", None),
    ("Phụ lục kèm theo được sửa đổi như sau.", None),
    ("Quy chế này quy định nguyên tắc phối hợp.", None),
    ("Quy chế", None),
    ("Phụ lụcx", None),
]


@pytest.mark.parametrize(("line", "label"), APPENDICES)
def test_appendix_label(line, label):
    assert appendix_label(line) == label


@pytest.mark.parametrize(
    ("line", "closes"),
    [
        ("Nơi nhận:", True),
        ("Nơi nhận: Như trên; Lưu: VT.", True),
        ("TM. ỦY BAN NHÂN DÂN", True),
        ("T/M BAN CHẤP HÀNH", True),
        ("KT. CHỦ TỊCH", True),
        ("TL. CHỦ TỊCH", True),
        ("Nơi tiếp nhận: Trung tâm Phục vụ hành chính công", False),
        ("TM. giao Sở Nội vụ chủ trì", False),
        ("TX. QUẢNG YÊN", False),  # a town
    ],
)
def test_is_closing(line, closes):
    assert is_closing(line) is closes


GAZETTE = [
    (
        ("NGHỊ ĐỊNH", "CỦA CHÍNH PHỦ SỐ 39/2008/NĐ-CP NGÀY 21 THÁNG 6 NĂM 2008", "VỀ VIỆC BAN HÀNH QUY CHẾ DÂN CHỦ",
         "CHÍNH PHỦ", "Căn cứ Luật Tổ chức Chính phủ;"),
        ("Nghị định", "39/2008/NĐ-CP", "BAN HÀNH QUY CHẾ DÂN CHỦ", "Chính phủ", date(2008, 6, 21), "CHÍNH PHỦ"),
    ),
    (
        ("Nghị định của Chính phủ", "số 216/2013/NĐ-CP ngày 09/8/2013", "về việc tuyển dụng viên chức",
         "trong các đơn vị sự nghiệp.", "Chính phủ", "Căn cứ Luật Tổ chức Chính phủ;"),
        ("Nghị định", "216/2013/NĐ-CP", "Tuyển dụng viên chức trong các đơn vị sự nghiệp", "Chính phủ",
         date(2013, 8, 9), "Chính phủ"),
    ),
    (
        ("THÔNG TƯ", "LIÊN TỊCH BỘ TÀI CHÍNH - CÔNG NGHIỆP", "SỐ 120/2000/TTLT-BTC-BCN NGÀY 25 THÁNG 12 NĂM 2000",
         "VỀ VIỆC BỔ SUNG CHÍNH SÁCH THUẾ", "Căn cứ Luật Thuế;"),
        ("Thông tư liên tịch", "120/2000/TTLT-BTC-BCN", "BỔ SUNG CHÍNH SÁCH THUẾ", "Bộ Tài chính - Công nghiệp",
         date(2000, 12, 25), "Căn cứ Luật Thuế;"),
    ),
    (
        ("BỘ XÂY DỰNG", "Số: 12/2001/QĐ-BXD", "Hà Nội, ngày 23 tháng 4 năm 2001",
         "QUYẾT ĐỊNH CỦA BỘ TRƯỞNG BỘ XÂY DỰNG", "Về việc ban hành Quy trình kế toán", "BỘ TRƯỞNG BỘ XÂY DỰNG",
         "- Căn cứ Luật Kế toán;"),
        ("Quyết định", "12/2001/QĐ-BXD", "Ban hành Quy trình kế toán", "Bộ Xây dựng", date(2001, 4, 23),
         "BỘ TRƯỞNG BỘ XÂY DỰNG"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), GAZETTE, ids=[row[1][1] for row in GAZETTE])
def test_titles_as_the_gazette_prints_them(lines, expected):
    found = header(*lines, bold=tuple(range(len(lines) - 1)))
    said = (found.kind, found.number, found.title, found.issuer, found.issued_on, lines[found.body])
    assert said == expected


def test_the_motto_is_nobodys_headline():
    found = header(
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "ĐƠN ĐỀ NGHỊ CẤP PHÉP", "Tôi là:"
    )
    assert (found.title, found.issuer) == ("ĐƠN ĐỀ NGHỊ CẤP PHÉP", None)


def test_a_law_tells_at_its_end_when_it_was_adopted():
    lines = (
        "1. Luật này có hiệu lực từ ngày 01 tháng 7 năm 2024.",
        "Luật này đã được Quốc hội khóa XV thông qua ngày 27 tháng 11 năm 2022.",
        "CHỦ TỊCH QUỐC HỘI",
    )
    assert adopted_on(lines) == date(2022, 11, 27)
    assert adopted_on(lines[:1]) is None


def test_an_annex_by_itself_is_called_by_its_title():
    found = header("Phụ lục III", "BẢNG CHỮ VIẾT TẮT", "TÊN LOẠI VĂN BẢN", "I. BẢNG CHỮ", "1. Nghị quyết")
    assert (found.kind, found.title, found.body) == ("Phụ lục", "Phụ lục III – BẢNG CHỮ VIẾT TẮT TÊN LOẠI VĂN BẢN", 0)


def test_a_scan_may_put_a_speck_before_the_name_and_break_the_title():
    found = header("BỘ CÔNG AN", "Số: 51/2025/TT-BCA", ",THÔNG TƯ", "Sửa đổi quy định", "về biển số xe", "Căn cứ Luật;")
    assert (found.kind, found.title, found.body) == ("Thông tư", "Sửa đổi quy định về biển số xe", 5)


def test_a_title_may_say_that_it_is_a_sample():
    found = header("UBND TỈNH KHÁNH HÒA", "Số: 06/CT-UBND", "CHỈ THỊ", "Về phòng cháy rừng (minh họa)", "I. YÊU CẦU")
    assert (found.title, found.illustrative) == ("Phòng cháy rừng", True)


def test_a_title_about_illustration_is_no_note():
    found = header("BỘ VĂN HÓA", "Số: 12/2024/TT-BVHTTDL", "THÔNG TƯ", "Quy định về tranh minh họa", "Điều 1. Phạm vi")
    assert (found.title, found.illustrative) == ("Quy định về tranh minh họa", False)


def test_the_motto_may_stand_beside_the_issuer():
    found = header(
        "ỦY BAN NHÂN DÂN TỈNH LÀO CAI CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 293/BC-UBND Độc lập - Tự do - Hạnh phúc",
        "BÁO CÁO",
        "Kết quả sáu tháng",
        "I. KẾT QUẢ",
    )
    assert (found.issuer, found.number) == ("Ủy ban nhân dân tỉnh Lào Cai", "293/BC-UBND")


def test_a_party_committees_place_keeps_its_capitals():
    found = header("TỈNH ỦY NGHỆ AN", "Số: 27-NQ/TU", "NGHỊ QUYẾT", "về chuyển đổi số", "I. MỤC TIÊU")
    assert found.issuer == "Tỉnh ủy Nghệ An"


def test_a_letterhead_may_stand_under_the_title():
    found = header(
        "BÁO CÁO",
        "Kết quả chuyển đổi số năm 2024",
        "UBND TỈNH HÀ GIANG",
        "Số: 419/BC-UBND",
        "Hà Giang, ngày 12 tháng 12 năm 2024",
        "Thực hiện chương trình công tác, UBND tỉnh báo cáo như sau:",
    )
    assert (found.number, found.issuer, found.issued_on) == ("419/BC-UBND", "UBND tỉnh Hà Giang", date(2024, 12, 12))
    assert (found.title, found.body) == ("Kết quả chuyển đổi số năm 2024", 5)


def test_a_number_in_the_text_is_no_letterhead():
    found = header("BÁO CÁO", "Kết quả năm 2024", "I. TÌNH HÌNH", "Số: 419/BC-UBND đã báo cáo.")
    assert (found.number, found.body) == (None, 2)


@pytest.mark.parametrize(
    ("names", "issuer"),
    [
        (["SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH"], "Sở Văn hóa, Thể thao và Du lịch"),
        (["SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"], "Sở Lao động - Thương binh và Xã hội"),
        (["BAN QUẢN LÝ CÁC KHU CÔNG NGHIỆP VÀ CHẾ XUẤT"], "Ban Quản lý các khu công nghiệp và chế xuất"),
        (["ĐẢNG BỘ TỈNH YÊN BÁI", "CHI BỘ BỐN"], "Chi bộ bốn Đảng bộ tỉnh Yên Bái"),
    ],
)
def test_an_issuers_name_is_written_as_names_are(names, issuer):
    assert header(*names, "Số: 12/BC-SVH", "BÁO CÁO", "Kết quả năm 2024", "I. KẾT QUẢ").issuer == issuer
