"""Secrecy marks are found where stamps and margins are, and not where a text speaks of secrecy."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import UnreadableFile
from ingest.parse import parse_file, parse_reading
from ingest.secrecy import mark
from ingest.types import Block, Reading

MARKED = [
    ("MẬT", "MẬT"),
    ("TUYỆT MẬT", "TUYỆT MẬT"),
    ("Tối mật", "TỐI MẬT"),
    ("M Ậ T", "MẬT"),  # letter-spaced
    ("T U Y Ệ T  M Ậ T", "TUYỆT MẬT"),
    ("[ MẬT ]", "MẬT"),  # boxed in plain text
    ("| TỐI MẬT |", "TỐI MẬT"),
    ("Độ mật: Mật", "MẬT"),
    ("Dấu chỉ độ mật: TỐI MẬT.", "TỐI MẬT"),
    ("Số: 12/BC-UBND (Mật)", "MẬT"),
    ("Số: 12-BC/TU MẬT", "MẬT"),
    ("MẬT CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "MẬT"),  # two columns read as one line
    ("Độc lập - Tự do - Hạnh phúc TỐI MẬT", "TỐI MẬT"),
    ("LƯU HÀNH NỘI BỘ", "LƯU HÀNH NỘI BỘ"),
    ("(Tài liệu lưu hành nội bộ)", "TÀI LIỆU LƯU HÀNH NỘI BỘ"),
    ("XEM XONG TRẢ LẠI", "XEM XONG TRẢ LẠI"),
    ("TÀI LIỆU THU HỒI", "TÀI LIỆU THU HỒI"),
]
SPOKEN_OF = [
    "Bảo vệ bí mật nhà nước",
    "CÔNG TÁC BẢO VỆ BÍ MẬT NHÀ NƯỚC NĂM 2024",
    "BÍ MẬT",
    "Dấu chỉ độ mật (tuyệt mật, tối mật hoặc mật)",
    "Con dấu các độ mật (TUYỆT MẬT, TỐI MẬT hoặc MẬT) được khắc sẵn.",
    "Độ mật: Thường",
    "Văn bản mật được đăng ký riêng.",
    "V/v quản lý tài liệu mật",
    "Số: 12/BC-UBND",
    "Mật ong Quảng Ninh",
    "KHÓA BÍ MẬT",
]


@pytest.mark.parametrize(("line", "found"), MARKED)
def test_a_mark_in_the_header(line, found):
    assert mark(("ỦY BAN NHÂN DÂN", line, "BÁO CÁO")) == found


@pytest.mark.parametrize("line", SPOKEN_OF)
def test_words_about_secrecy_are_no_mark(line):
    assert mark((line,), (line,)) is None


@pytest.mark.parametrize("line", ["MẬT", "MẬT - Trang 2/5", "Báo cáo số 12 | TỐI MẬT", "3\tLưu hành nội bộ"])
def test_a_mark_in_a_page_margin(line):
    assert mark((), (line,)) is not None


HEADER = ("UBND TỈNH QUẢNG NINH", "MẬT", "Số: 12/BC-UBND", "BÁO CÁO", "Tình hình quản lý năm 2024")
BODY = ("I. KẾT QUẢ", *("Các tài liệu được đóng dấu theo quy định.",) * 12, "Mẫu dấu:", "MẬT", "II. NHIỆM VỤ")


def refusal(lines: tuple[str, ...], margins: tuple[str, ...] = ()) -> str:
    with pytest.raises(UnreadableFile) as refused:
        parse_reading(Reading(tuple(map(Block, lines)), "docx", margins=margins), source="a.docx", sha256="")
    return str(refused.value)


def test_a_marked_document_is_refused_with_where_and_what_to_do():
    assert "“MẬT” ở phần đầu văn bản" in refusal(HEADER + BODY)
    assert "“TỐI MẬT” ở đầu hoặc chân trang" in refusal(HEADER[2:] + BODY, ("TỐI MẬT",))
    assert "bỏ tệp khỏi thư mục nạp" in refusal(HEADER + BODY)


def test_a_stamp_shown_further_down_is_an_example():
    lines = (HEADER[0], *HEADER[2:], *BODY)
    parsed = parse_reading(Reading(tuple(map(Block, lines)), "docx"), source="a.docx", sha256="")
    assert "MẬT" in parsed.document.text


SHARED = Path(__file__).parents[3] / "shared" / "data"
SCANS = ("SRC-A__01.pdf", "SRC-B__03.pdf", "SRC-D__04.pdf")  # minutes of OCR
READ_HERE = [path for path in sorted(SHARED.glob("documents/*")) if path.name not in SCANS]


def refusal_of(path: Path) -> str:
    try:
        parse_file(path, path.name)
    except UnreadableFile as refused:
        return f"{path.name}: {refused}"
    return ""


@pytest.mark.slow
@pytest.mark.skipif(not READ_HERE, reason="the shared documents are not here")
def test_no_public_document_is_taken_for_a_secret_one():
    refusals = [refusal_of(path) for path in READ_HERE]
    assert [reason for reason in refusals if "hạn chế lưu hành" in reason] == []
