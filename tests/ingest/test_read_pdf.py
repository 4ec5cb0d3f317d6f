"""PDF files: words, paragraphs, columns and tables from places, on files written letter by letter."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest

from evals.reading import twins
from ingest.errors import UnreadableFile
from ingest.parse import parse_reading
from ingest.read import pdf
from ingest.read.pdf.glyphs import Piece, Turn
from ingest.read.pdf.rules import Drawing
from ingest.read.scan import ocr
from ingest.types import Block, Reading
from tests.ingest.pdf_writer import PdfFile, PdfPage

CORPUS = Path(__file__).parents[2] / "corpus"
DOCUMENTS = Path(__file__).parents[3] / "shared" / "data" / "documents"

LEFT, INDENT, RIGHT = 85, 113, 535
WIDE = 75
"""Letters from margin to margin: each is 6 points wide."""


def read(draw: Callable[[PdfPage], object], *more: Callable[[PdfPage], object]) -> Reading:
    """The reading of a file with one page for each function that draws one."""
    file = PdfFile()
    for one in (draw, *more):
        one(file.page())
    return pdf.read(file.bytes())


def texts(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks]


def wrapped(text: str, *, indent: int = 0, width: int = WIDE) -> list[tuple[int, str]]:
    """A paragraph's lines, each with where it begins."""
    lines: list[tuple[int, str]] = []
    words = text.split(" ")
    while words:
        begin = indent if not lines else 0
        line = words.pop(0)
        while words and len(line) + 1 + len(words[0]) <= width - begin // 6:
            line += f" {words.pop(0)}"
        lines.append((LEFT + begin, line))
    return lines


def draw_text(page: PdfPage, paragraphs: list[str], y: float = 80, *, indent: int = 28, gap: float = 0) -> float:
    for paragraph in paragraphs:
        for x, line in wrapped(paragraph, indent=indent):
            page.text(x, y, line)
            y += 15
        y += gap
    return y


DECREE = [
    "Điều 4. Trách nhiệm phối hợp của các cơ quan, đơn vị trong việc rà soát, cập nhật thủ tục hành chính trên cổng",
    "1. Sở Nội vụ chủ trì việc rà soát, trình Ủy ban nhân dân tỉnh công bố danh mục trước ngày 31 tháng 3 hằng năm.",
    "2. Cơ quan thực hiện thủ tục quy định tại khoản",  # ends full: the next line begins like a clause, and is none
    "a) Công khai đầy đủ thành phần hồ sơ, thời hạn giải quyết, phí và lệ phí tại nơi tiếp nhận và trên cổng dịch vụ;",
    "đ) Báo cáo.",
    "- Tỷ lệ hồ sơ giải quyết đúng hạn trong giai đoạn 2021 - 2025 đạt từ 98% trở lên, trong đó cấp xã đạt từ 95%;",
]


@pytest.mark.parametrize(
    ("indent", "gap"),
    [
        (28, 0),  # first lines drawn in, as most printed texts have them
        (0, 6),  # set apart, as the law databases print them
        (28, 6),
    ],
)
def test_wrapped_lines_are_one_paragraph(indent: int, gap: float) -> None:
    found = read(lambda page: draw_text(page, DECREE, indent=indent, gap=gap))
    assert texts(found) == DECREE


def test_a_wrapped_line_may_begin_like_a_clause() -> None:
    """Where paragraphs are drawn in, a line at the margin goes on."""

    def draw(page: PdfPage) -> None:
        y = draw_text(page, DECREE)
        page.text(INDENT, y, "Việc công khai thực hiện theo quy định tại Điều 5 và các khoản 1 và ab")
        page.text(LEFT, y + 15, "2. Thời hạn tính theo ngày làm việc.")

    whole = (
        "Việc công khai thực hiện theo quy định tại Điều 5 và các khoản 1 và ab 2. Thời hạn tính theo ngày làm việc."
    )
    assert texts(read(draw)) == [*DECREE, whole]


def test_a_paragraph_goes_on_over_a_page() -> None:
    lines = wrapped(
        DECREE[0] + ", trang thông tin điện tử của tỉnh và của từng cơ quan, đơn vị có liên quan", indent=28
    )
    assert len(lines) == 3

    def first(page: PdfPage) -> None:
        y = draw_text(page, DECREE[1:])
        for x, line in lines[:2]:
            page.text(x, y, line)
            y += 15
        page.text(310, 800, "1")

    def second(page: PdfPage) -> None:
        page.text(*((lines[2][0], 80.0, lines[2][1])))
        draw_text(page, DECREE[1:], 95)
        page.text(310, 800, "2")

    found = read(first, second)
    assert texts(found) == [*DECREE[1:], " ".join(line for _, line in lines), *DECREE[1:]]
    assert [block.page for block in found.blocks] == [1] * 6 + [2] * 5
    assert found.margins == ("1",)  # the page numbers, once


def test_letters_drawn_in_two_passes_make_words() -> None:
    """A font lacks some letters; the program draws the others first, then all of these from another font."""

    def draw(page: PdfPage) -> None:
        later = []
        for index, letter in enumerate("Lời trúc và tiếng sáo"):
            drawn = (LEFT + 6 * index, 100, letter)
            if letter in "ờúếá":
                later.append(drawn)
            elif letter != " ":
                page.text(*drawn)
        for x, y, letter in later:
            page.text(x, y, letter, font="Fallback")

    assert texts(read(draw)) == ["Lời trúc và tiếng sáo"]


def test_the_order_of_drawing_does_not_matter() -> None:
    file = PdfFile()
    page = file.page()
    draw_text(page, DECREE)
    page.lines(LEFT, 400, "ỦY BAN NHÂN DÂN", "Số: 12/KH-UBND")
    page.lines(330, 400, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA", "Hạ Long, ngày 3 tháng 5 năm 2024")
    expected = texts(pdf.read(file.bytes()))
    for seed in range(5):
        random.Random(seed).shuffle(page.drawn)
        assert texts(pdf.read(file.bytes())) == expected


def test_a_file_that_pdfium_loses_letters_of_is_read_by_pdfplumber() -> None:
    """A font that is nowhere: pdfium drops what stands alone in it."""
    text = "Việc rà soát phải bảo đảm đúng tiến độ, chất lượng và hiệu quả trong cả năm, không để chậm"

    def draw(page: PdfPage) -> None:
        for row, (x, line) in enumerate(wrapped(text)):
            for index, letter in enumerate(line):
                font = "Lost" if ord(letter) > 0x1E00 else "Times"
                page.text(x + 6 * index, 100 + 15 * row, letter, font=font)

    lost = pypdfium2.PdfDocument(_bytes(draw))[0].get_textpage().get_text_range()
    assert "ệ" not in lost
    assert texts(read(draw)) == [text]


def _bytes(draw: Callable[[PdfPage], object]) -> bytes:
    file = PdfFile()
    draw(file.page())
    return file.bytes()


def test_bold_is_the_font_that_all_of_a_line_has() -> None:
    def draw(page: PdfPage) -> None:
        page.text(INDENT, 80, "I. MỤC TIÊU", font="Times,Bold")
        x = page.text(INDENT, 110, "1. Sở Nội vụ ", font="TimesNewRomanPS-BoldMT")
        page.text(x, 110, "tổng hợp, báo cáo")

    assert [(block.text, block.bold) for block in read(draw).blocks] == [
        ("I. MỤC TIÊU", True),
        ("1. Sở Nội vụ tổng hợp, báo cáo", False),
    ]


def header(page: PdfPage) -> None:
    page.lines(110, 60, "ỦY BAN NHÂN DÂN", "TỈNH QUẢNG NINH", font="Times,Bold")
    page.text(300, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", font="Times,Bold")
    page.text(330, 75, "Độc lập - Tự do - Hạnh phúc", font="Times,Bold")
    page.text(113, 103, "Số: 15/QĐ-UBND")
    page.text(310, 103, "Quảng Ninh, ngày 26 tháng 4 năm 2024")
    page.text(268, 150, "QUYẾT ĐỊNH", font="Times,Bold")
    draw_text(page, DECREE, 200)


def test_a_header_is_read_column_by_column() -> None:
    found = read(header)
    assert [block.text for block in found.blocks if block.layout] == [
        "ỦY BAN NHÂN DÂN",
        "TỈNH QUẢNG NINH",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 15/QĐ-UBND",
        "Quảng Ninh, ngày 26 tháng 4 năm 2024",
    ]
    assert texts(found)[6:] == ["QUYẾT ĐỊNH", *DECREE]
    document = parse_reading(found, source="a.pdf", sha256="").document
    assert (document.number, document.issuer) == ("15/QĐ-UBND", "Ủy ban nhân dân tỉnh Quảng Ninh")


def test_a_signature_is_read_column_by_column() -> None:
    """The right column begins higher; the recipients are smaller; the name stands far below."""

    def draw(page: PdfPage) -> None:
        y = draw_text(page, DECREE)
        page.text(350, y + 30, "TM. ỦY BAN NHÂN DÂN", font="Times,Bold")
        page.text(LEFT, y + 42, "Nơi nhận:", font="Times,Bold")
        page.text(383, y + 45, "CHỦ TỊCH", font="Times,Bold")
        page.lines(LEFT, y + 54, "- Như Điều 3;", "- Bộ Nội vụ (để báo cáo);", "- Lưu: VT.", size=9, leading=11)
        page.text(371, y + 110, "Trần Văn Minh", font="Times,Bold")

    found = read(draw)
    assert [block.text for block in found.blocks if block.layout] == [
        "Nơi nhận:",
        "- Như Điều 3;",
        "- Bộ Nội vụ (để báo cáo);",
        "- Lưu: VT.",
        "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH",
        "Trần Văn Minh",
    ]
    assert texts(found)[:6] == DECREE


def test_running_headers_go_to_the_margins() -> None:
    def draw(number: int) -> Callable[[PdfPage], object]:
        def one(page: PdfPage) -> None:
            page.text(
                200,
                40,
                f"{number} CÔNG BÁO/Số 12/Ngày 3-5-2024" if number % 2 else f"CÔNG BÁO/Số 12/Ngày 3-5-2024 {number}",
            )
            page.text(420, 55, "LƯU HÀNH NỘI BỘ")
            draw_text(page, [DECREE[number % 6]], 90)

        return one

    found = read(*(draw(number) for number in range(6, 12)))
    assert texts(found) == DECREE
    assert found.margins == ("CÔNG BÁO/Số 12/Ngày 3-5-2024 6", "LƯU HÀNH NỘI BỘ")


def test_footnotes_come_last_and_powers_are_no_notes() -> None:
    def draw(page: PdfPage, *, noted: bool = True) -> None:
        draw_text(page, DECREE[:3] if noted else DECREE[3:])
        x = page.text(INDENT, 300, "Tổng diện tích 120 m")
        x = page.text(x, 296, "2", size=7)
        page.text(x, 300, " đất")
        if not noted:
            return
        x = page.text(INDENT, 330, "Theo số liệu thống kê")
        page.text(x, 326, "1", size=7)
        x = page.text(LEFT, 760, "1", size=5)
        page.text(x + 3, 763, "Nguồn: Cục Thống kê tỉnh.", size=9)

    found = read(draw, lambda page: draw(page, noted=False))
    assert texts(found)[3:5] == ["Tổng diện tích 120 m² đất", "Theo số liệu thống kê¹"]
    assert texts(found)[-2:] == ["Tổng diện tích 120 m2 đất", "¹ Nguồn: Cục Thống kê tỉnh."]


XS = [85.0, 120.0, 330.0, 440.0, 535.0]


def draw_table(page: PdfPage, rows: list[tuple[str, ...]], y: float, *, header: bool = True) -> None:
    ys = [y]
    for index, row in enumerate(rows):
        bold = "Times,Bold" if header and index == 0 else "Times"
        lines = [cell.split("\n") for cell in row]
        for x, cell in zip(XS, lines, strict=False):
            for line, text in enumerate(cell):
                page.text(x + 5, ys[-1] + 14 * (line + 1), text, font=bold)
        ys.append(ys[-1] + 14 * max(map(len, lines)) + 6)
    page.grid(XS, ys)


HEAD = ("TT", "Nhiệm vụ", "Chủ trì", "Thời hạn")


def test_tables_are_rows_of_cells() -> None:
    def draw(page: PdfPage) -> None:
        page.text(LEFT, 80, "Danh mục nhiệm vụ:")
        rows = [
            HEAD,
            ("1", "Công bố danh mục thủ tục\nhành chính nội bộ", "Sở Nội vụ", "Quý I/2024"),
            ("2", "Rà soát", "", "Tháng 6"),
        ]
        draw_table(page, rows, 90)
        page.text(LEFT, 400, "Các sở báo cáo trước ngày 25.")

    found = read(draw)
    assert [block.cells for block in found.blocks if block.kind == "row"] == [
        HEAD,
        ("1", "Công bố danh mục thủ tục hành chính nội bộ", "Sở Nội vụ", "Quý I/2024"),
        ("2", "Rà soát", "", "Tháng 6"),
    ]
    assert [block.header for block in found.blocks if block.kind == "row"] == [True, False, False]
    assert [texts(found)[0], texts(found)[-1]] == ["Danh mục nhiệm vụ:", "Các sở báo cáo trước ngày 25."]


def test_merged_cells_repeat() -> None:
    """A header over two columns, a cell over two rows, a group over all of them."""

    def draw(page: PdfPage) -> None:
        page.rule(85, 100, 380, 100)
        page.rule(180, 120, 380, 120)
        page.rule(85, 140, 380, 140)
        page.rule(85, 160, 380, 160)
        page.rule(180, 180, 380, 180)
        page.rule(85, 200, 380, 200)
        for x, first, last in (
            (85, 100, 200),
            (180, 100, 140),
            (280, 120, 140),
            (180, 160, 200),
            (280, 160, 200),
            (380, 100, 200),
        ):
            page.rule(x, first, x, last)
        for x, y, text in (
            (90, 125, "Chỉ số"), (250, 114, "Năm"), (190, 134, "2022"), (290, 134, "2023"), (90, 154, "I. CẤP TỈNH"),
            (90, 185, "SIPAS"), (190, 174, "87,59"), (290, 174, "90,61"), (190, 194, "1"), (290, 194, "2"),
        ):  # fmt: skip
            page.text(x, y, text)

    assert [block.cells for block in read(draw).blocks] == [
        ("Chỉ số", "Năm", "Năm"),
        ("Chỉ số", "2022", "2023"),
        ("I. CẤP TỈNH",) * 3,
        ("SIPAS", "87,59", "90,61"),
        ("SIPAS", "1", "2"),
    ]


def test_a_table_goes_on_over_a_page() -> None:
    """The header is printed again, and a row goes on: only where its cell's last line is full."""

    def first(page: PdfPage) -> None:
        draw_text(page, DECREE)
        draw_table(
            page,
            [
                HEAD,
                ("1", "Rà soát", "Sở Nội vụ", "Quý I"),
                ("2", "Xây dựng kho dữ liệu dùng chung", "Sở Tài chính", "Quý II"),
            ],
            700,
        )

    def second(page: PdfPage) -> None:
        draw_table(page, [HEAD, ("", "của tỉnh", "", ""), ("3", "Tập huấn", "Sở Nội vụ", "Quý III")], 60)
        draw_text(page, DECREE, 300)

    found = read(first, second)
    rows = [block for block in found.blocks if block.kind == "row"]
    assert [row.cells for row in rows] == [
        HEAD,
        ("1", "Rà soát", "Sở Nội vụ", "Quý I"),
        ("2", "Xây dựng kho dữ liệu dùng chung của tỉnh", "Sở Tài chính", "Quý II"),
        ("3", "Tập huấn", "Sở Nội vụ", "Quý III"),
    ]
    assert [(row.table, row.page, row.header) for row in rows] == [
        (0, 1, True),
        (0, 1, False),
        (0, 1, False),
        (0, 2, False),
    ]


def test_a_frame_is_no_table() -> None:
    def draw(page: PdfPage) -> None:
        page.grid([80, 540], [60, 300])
        draw_text(page, DECREE)

    assert texts(read(draw)) == DECREE


def test_a_page_printed_on_its_side_is_read_upright() -> None:
    def draw(page: PdfPage) -> None:
        for index, (_, line) in enumerate(wrapped(DECREE[1], width=90)):
            page.text(100 + 15 * index, 692, line, turned=True)

    assert texts(read(draw)) == [DECREE[1]]


def test_text_up_the_side_of_a_page_is_a_margin() -> None:
    def draw(page: PdfPage) -> None:
        draw_text(page, DECREE)
        page.text(30, 700, "Văn bản được sao từ hệ thống", turned=True)

    found = read(draw)
    assert (texts(found), found.margins) == (DECREE, ("Văn bản được sao từ hệ thống",))


def test_a_table_of_contents_is_left_out() -> None:
    def draw(page: PdfPage) -> None:
        page.lines(LEFT, 80, *(f"Điều {number}. Phạm vi {'.' * 40} {number}" for number in range(1, 6)))
        draw_text(page, DECREE, 200)

    assert texts(read(draw)) == DECREE


def test_heading_levels_come_from_the_outline() -> None:
    file = PdfFile(outline=[("I. MỤC TIÊU", 1), ("1. Mục tiêu chung", 1)])
    file.page().lines(INDENT, 80, "I. MỤC TIÊU", "1. Mục tiêu chung", "Nâng chất lượng phục vụ.", leading=30)
    assert [block.level for block in pdf.read(file.bytes()).blocks] == [1, 2, None]


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The pages sent to OCR, which reads a line on each."""
    numbers: list[int] = []

    def scan(page: pypdfium2.PdfPage, number: int) -> ocr.Scan:
        numbers.append(number)
        piece = Piece("Trang quét " + "abcdef"[number], 100, 160, 100, 12, bold=False, font="")
        return ocr.Scan(Turn(0, 0, 0, *page.get_size()), (piece,), Drawing())

    monkeypatch.setattr(ocr, "scan", scan)
    return numbers


def test_only_scans_are_read_by_ocr(scanned: list[int]) -> None:
    def stamped(page: PdfPage) -> None:
        page.picture()
        page.lines(300, 40, "Người ký: Cổng Thông tin điện tử", "Thời gian ký: 03.08.2023 09:03:59", size=8)

    def captioned(page: PdfPage) -> None:
        page.picture(0.4)
        page.text(LEFT, 700, "Hình 1. Sơ đồ")

    found = read(lambda page: page.picture(), stamped, captioned, lambda page: draw_text(page, DECREE), lambda _: None)
    assert scanned == [1, 2]
    assert (found.pages, found.scanned, found.blank) == (5, (1, 2), (5,))
    assert texts(found) == ["Trang quét b", "Trang quét c", "Hình 1. Sơ đồ", *DECREE]


def test_letters_without_names_are_read_by_ocr(scanned: list[int]) -> None:
    file = PdfFile(named=False)
    draw_text(file.page(), DECREE)
    assert texts(pdf.read(file.bytes())) == ["Trang quét b"]
    assert scanned == [1]


def _many() -> bytes:
    file = PdfFile()
    for _ in range(pdf.MAX_PAGES + 1):
        file.page()
    return file.bytes()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (lambda: PdfFile(encrypted=True, pages=[PdfPage(PdfFile())]).bytes(), "mật khẩu"),
        (lambda: b"%PDF-1.7\n" + b"\0" * 500, "bị hỏng"),
        (lambda: _bytes(header)[:300], "bị hỏng"),
        (lambda: PdfFile().bytes(), "bị hỏng"),  # without a page
        (_many, "2001 trang"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(data: Callable[[], bytes], reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        pdf.read(data())


def test_pages_of_the_document() -> None:
    document = parse_reading(read(header, header), source="a.pdf", sha256="").document
    assert document.page(document.text.index("ỦY BAN")) == 1
    assert document.page(document.text.rindex("ỦY BAN")) == 2


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is missing")
def test_pdfs_of_the_corpus_are_its_word_files_twins() -> None:
    """A paragraph, a table with merged cells and headings from the outline; with one font and with two."""
    documents = [CORPUS / name for name in ("bao-cao-4-chi-so.docx", "quyet-dinh-15-2024-qd-ubnd.docx")]
    for font in (twins.WHOLE_FONT, twins.poor_font()):
        if font is not None:
            assert [(twin.units, round(twin.words, 3)) for twin in twins.compare(documents, font)] == [(1.0, 1.0)] * 2


@pytest.mark.skipif(not DOCUMENTS.exists(), reason="the shared documents are not here")
def test_a_printed_law_has_all_of_its_articles_in_order() -> None:
    """Công báo: running headers, indented paragraphs, letters drawn from two fonts."""
    reading = pdf.read((DOCUMENTS / "SRC-C__02.pdf").read_bytes())
    articles = [block.text.split(".")[0] for block in reading.blocks if block.bold and block.text.startswith("Điều ")]
    assert articles == [f"Điều {number}" for number in range(1, 54)]
    assert not any("CÔNG BÁO" in block.text for block in reading.blocks)


def test_blocks_are_lines() -> None:
    assert all(isinstance(block, Block) and "\n" not in block.text for block in read(header).blocks)
