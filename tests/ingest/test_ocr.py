"""Scanned pages: what is drawn is read; slips that the layout shows are put right, and nothing else is touched."""

from __future__ import annotations

import functools
import io
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from ingest.errors import UnreadableFile
from ingest.read import pdf
from ingest.read.scan import ocr_numbers, ocr_slips, respell, scan_image, tesseract
from ingest.read.scan.tesseract import Row, Word
from ingest.types import Block
from ingest.values import bare

SCALE = 300 / 72


def row(text: str, confidence: float = 95.0) -> Row:
    words = (Word(word, 100 * i, 0, 100 * i + 90, 40, confidence) for i, word in enumerate(text.split()))
    return Row(tuple(words), 40.0, 55.0)


def text_of(row: Row) -> str:
    return " ".join(word.text for word in row.words)


# --- slips


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("ngày 27 tháng l1 năm 2023", "ngày 27 tháng 11 năm 2023"),
        ("ngày 15 tháng Š năm 2021", "ngày 15 tháng 5 năm 2021"),
        ("tại khoản I Điều 19", "tại khoản 1 Điều 19"),
        ("tại khoản ! Điều này", "tại khoản 1 Điều này"),
        ("những điều lo lắng", "những điều lo lắng"),  # no number, though `l` and `o` look like some
        ("chậm nhất Quý I1/2024", "chậm nhất Quý II/2024"),
        ("Quý 1/2024", "Quý 1/2024"),  # both are written
        ("Quý I/2024", "Quý I/2024"),
        ("Thông tư số 79/2024/TT- BCA ngày", "Thông tư số 79/2024/TT-BCA ngày"),
        ("Thông tư số 79/2024/TT - BCA ngày", "Thông tư số 79/2024/TT-BCA ngày"),
        ("số 51/⁄2025/TT-BCA", "số 51/2025/TT-BCA"),
        ("đăng ký 'tạm trú", "đăng ký tạm trú"),
        (".a) Người", "a) Người"),
        ("quy định:. của", "quy định: của"),
        ("người giám. hộ đồng ý", "người giám hộ đồng ý"),
        ("theo Luật này. Chính phủ", "theo Luật này. Chính phủ"),
        ("theo khoản a. b) Người", "theo khoản a. b) Người"),  # a label follows
        ("biển SỐ xe, sỐ khung", "biển số xe, số khung"),
        ("UBND VÀ HĐND", "UBND VÀ HĐND"),
        ("67,68 và 1.234,5", "67,68 và 1.234,5"),  # stops within a number are its own
    ],
)
def test_words_by_their_neighbours(read: str, right: str) -> None:
    assert text_of(ocr_slips.reading(row(read))) == right


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("Điều 2. Luật / F. Chỗ / 2, Cư / 3: Cơ / Á, Cơ", "Điều 2. Luật / 1. Chỗ / 2. Cư / 3. Cơ / 4. Cơ"),
        (
            "1. Hồ / a). Tờ / b) Giấy / e) Văn / đ) Quyết / đ) Biên / ø) Sổ",
            "1. Hồ / a) Tờ / b) Giấy / c) Văn / d) Quyết / đ) Biên / ø) Sổ",  # `e` is next, which isn't like `ø`
        ),
        ("1. Hồ / 1) Tờ / 2) Giấy / 8) Biên", "1. Hồ / 1) Tờ / 2) Giấy / 8) Biên"),  # points with numbers
        ("Điều 15. Thẩm / Điều 1ó. Nơi / Điền 17, Thủ", "Điều 15. Thẩm / Điều 16. Nơi / Điều 17. Thủ"),
        ("Điều 15. Thẩm / Điều 19. Nơi", "Điều 15. Thẩm / Điều 19. Nơi"),  # figures stay what they are
        ("Chương I / Chương H / Chương HH / Chương trình", "Chương I / Chương II / Chương III / Chương trình"),
        ("I. MỤC / H. NHIỆM / 1V. TỔ", "I. MỤC / II. NHIỆM / IV. TỔ"),
        ("10. Một / 1. Hai / 2, Ba", "10. Một / 1. Hai / 2. Ba"),  # another list begins
        ("1. Một / Z, hai", "1. Một / Z, hai"),  # the sentence goes on
    ],
)
def test_labels_by_those_before(read: str, right: str) -> None:
    mended = ocr_slips.relabelled([Block(text, page=1) for text in read.split(" / ")], [1])
    assert " / ".join(block.text for block in mended) == right


def test_only_scanned_pages_are_relabelled() -> None:
    blocks = [Block("1. Một", page=1), Block("2, Hai", page=1)]
    assert ocr_slips.relabelled(blocks, [2]) == blocks


# --- marks


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("Sửa đỗi, bỗ sung một số điêu của Nghị định", "Sửa đổi, bổ sung một số điều của Nghị định"),
        ("cơ quan có thấm quyên giải quyết", "cơ quan có thẩm quyền giải quyết"),
        ("CỘNG HÒA XÃ HỌI CHỦ NGHĨA VIỆT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("Nghị quyết số 05-NQ/TU của Tỉnh ủy", "Nghị quyết số 05-NQ/TU của Tỉnh ủy"),
        ("xã Đắk Lắk, thôn Thủy Nguyên", "xã Đắk Lắk, thôn Thủy Nguyên"),
        ("hoà giải ở cơ sở", "hoà giải ở cơ sở"),  # the older way to place the tone stays
    ],
)
def test_marks_by_their_context(read: str, right: str) -> None:
    unsure = {"đỗi,", "bỗ", "điêu", "thấm", "quyên", "HỌI"}
    words = [(word, 85.0 if word in unsure else 96.0) for word in read.split()]
    assert " ".join(respell.load().respell(words)) == right


WORDS = st.lists(
    st.sampled_from(["bỗ", "đỗi,", "sung", "1.234,5", "(khoản", "2", "§6", "SÓ", "NGƯỜI", "tháng", "–", "x"]),
    max_size=12,
)


@settings(deadline=None)
@given(WORDS, st.integers(0, 100))
def test_nothing_but_marks_changes(words: list[str], confidence: int) -> None:
    respelt = respell.load().respell([(word, float(confidence)) for word in words])
    assert [bare(word) for word in respelt] == [bare(word) for word in words]


# --- figures


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (("1Š", 94), ("15", 88), "15"),  # no figure at first
        (("§0", 86), ("80", 96), "80"),
        (("1Š", 94), ("15", 30), "1Š"),  # and hardly one at second
        (("l6", 94), ("", 0), "16"),
        (("8759", 43), ("87,59", 82), "87,59"),  # surer, and with its separator
        (("71,25", 63), ("7125", 65), "71,25"),  # the separator is seen or not, never made up
        (("2.215", 86), ("2,215", 95), "2.215"),
        (("2900.", 27), ("2.500", 96), "2.500."),  # the sentence's stop stays
        (("73,20", 77), ("73,10", 76), "73,20"),
    ],
)
def test_the_surer_figure_is_kept(
    monkeypatch: pytest.MonkeyPatch, first: tuple[str, int], second: tuple[str, int], kept: str
) -> None:
    def look(words: Sequence[Word], _image: object, _letters: str) -> list[Word]:
        assert [word.text for word in words] == [first[0]]
        return [Word(second[0], 0, 0, 0, 0, second[1])]

    monkeypatch.setattr(ocr_numbers, "look", look)
    assert text_of(ocr_numbers.checked([row(first[0], first[1])], blank(10, 10))[0]) == kept


def test_sure_figures_and_words_are_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr_numbers, "look", None)
    rows = [row("năm 2024 đạt 87,59% Š", 95)]
    assert ocr_numbers.checked(rows, blank(10, 10)) == rows


@pytest.mark.parametrize(("barred", "sign"), [(True, "≥90"), (False, ">90")])
def test_a_bar_under_the_sign(*, barred: bool, sign: str) -> None:
    image = blank(60, 120)
    draw = ImageDraw.Draw(picture := Image.fromarray(image))
    draw.line([(5, 5), (30, 20), (5, 35)], fill=0, width=4)
    if barred:
        draw.line([(5, 45), (30, 45)], fill=0, width=4)
    draw.rectangle((40, 5, 60, 45), fill=0)
    found = ocr_numbers.compared([Row((Word(">90", 0, 0, 110, 55, 90.0),), 50.0, 55.0)], np.asarray(picture))
    assert text_of(found[0]) == sign


# --- the image


def blank(height: int, width: int) -> scan_image.Image:
    return np.full((height, width), 255, np.uint8)


def test_ruled_lines_are_found_and_taken_out() -> None:
    image = blank(400, 1000)
    image[100:104, 50:850] = 0
    image[100:300, 50:54] = 0
    prepared, across, down = scan_image.prepared(image)
    assert [tuple(round(x * SCALE) for x in edge) for edge in scan_image.edges(across, SCALE)] == [(102, 50, 850)]
    assert [tuple(round(x * SCALE) for x in edge) for edge in scan_image.edges(down.T, SCALE)] == [(52, 100, 300)]
    assert prepared.min() == 255


def test_a_hair_line_in_pieces_is_one_line() -> None:
    image = blank(400, 1000)
    image[100:102, 50:850] = 0
    image[100:102, 60:850:23] = 255
    _, across, _ = scan_image.prepared(image)
    assert len(scan_image.edges(across, SCALE)) == 1


@pytest.mark.parametrize(
    ("shape", "kept"),
    [
        ((slice(100, 103), slice(100, 103)), False),  # a speck
        ((slice(100, 140), slice(100, 107)), True),  # the figure 1
        ((slice(100, 200), slice(100, 120)), True),  # the stem of a large letter
        ((slice(100, 106), slice(100, 900, 15)), False),  # dots a quarter of an em apart
    ],
)
def test_what_is_dirt_and_what_is_text(*, shape: tuple[slice, slice], kept: bool) -> None:
    image = blank(400, 1000)
    image[shape] = 0
    if not kept and shape[1].step:  # dots have a width
        for column in range(1, 6):
            image[shape[0], slice(100 + column, 900, 15)] = 0
    prepared, _, _ = scan_image.prepared(image)
    assert bool(prepared.min() < 128) is kept


@pytest.mark.parametrize("lean", [-2.0, 0.0, 1.5])
def test_a_page_is_set_straight(lean: float) -> None:
    image = blank(1200, 1000)
    rng = np.random.default_rng(0)
    for top in range(100, 1100, 60):
        for left in np.cumsum(rng.integers(20, 60, 20)):  # letters
            image[top : top + 25, 50 + left : 60 + left] = 0
    askew = np.asarray(Image.fromarray(image).rotate(lean, fillcolor=255))
    assert scan_image._lean(askew < 128) == pytest.approx(-lean, abs=0.25)


# --- the program


@pytest.fixture
def forgetful() -> object:
    """What is known of the program is forgotten before and after."""
    tesseract.missing.cache_clear()
    yield
    tesseract.missing.cache_clear()


@pytest.mark.usefixtures("forgetful")
def test_without_the_program_a_scan_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnreadableFile, match=r"cần nhận dạng chữ \(OCR\).*sudo apt install tesseract-ocr tesseract"):
        pdf.read(as_pdf(Image.fromarray(blank(800, 600))))


@pytest.mark.usefixtures("forgetful")
def test_without_the_language_its_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho 'List of available languages:'\necho eng\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert "tiếng Việt" in (tesseract.missing() or "")


@pytest.mark.usefixtures("forgetful")
def test_a_program_that_fails_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "tesseract"
    program.write_text('#!/bin/sh\n[ "$1" = --list-langs ] && echo vie && exit 0\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(UnreadableFile, match="tesseract báo lỗi"):
        pdf.read(as_pdf(Image.fromarray(blank(800, 600))))


# --- whole pages

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract isn't installed")

TABLE = [("STT", "Chỉ tiêu", "Kết quả"), ("1", "Hồ sơ trực tuyến", "87,59%"), ("2", "Hồ sơ đúng hạn", "≥ 98%")]
HEADER = [("UBND TỈNH", "SỞ NỘI VỤ"), ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")]
LINES = [
    (110, "Điều 5. Trách nhiệm thi hành"),
    (140, "1. Sở Nội vụ chủ trì, phối hợp với các cơ quan có thẩm quyền"),
    (160, "kiểm tra việc thực hiện trước ngày 30 tháng 11 năm 2025."),
]
LINE_WIDTH = 400  # points, from the margin to the end of the full line


@functools.cache
def font() -> ImageFont.FreeTypeFont:
    """A font of the machine, as large as makes its lines as wide as those of the others."""
    for name in ("LiberationSerif-Regular.ttf", "DejaVuSerif.ttf", "NotoSerif-Regular.ttf"):
        try:
            found = ImageFont.truetype(name, round(13 * SCALE))
        except OSError:
            continue
        if bytes(found.getmask("ộ")) != bytes(found.getmask("\uffff")):  # some versions lack the letters
            return found.font_variant(size=round(13 * SCALE * LINE_WIDTH * SCALE / found.getlength(LINES[1][1])))
    pytest.skip("no font with Vietnamese letters is installed")


def page() -> Image.Image:
    """A header in two columns, an article, and a table, 600 by 320 points."""
    image = Image.new("L", (round(600 * SCALE), round(320 * SCALE)), 255)
    draw = ImageDraw.Draw(image)

    def write(x: float, y: float, text: str) -> None:
        draw.text((x * SCALE, y * SCALE), text, font=font(), fill=0)

    for y, left, right in zip((40, 60), *HEADER, strict=True):
        write(40, y, left)
        write(240, y, right)
    for y, text in LINES:
        write(60 if text[0].isupper() or text[0].isdecimal() else 40, y, text)
    xs, ys = (40, 90, 270, 400), (200, 225, 250, 275)
    for x in xs:
        draw.line([(x * SCALE, ys[0] * SCALE), (x * SCALE, ys[-1] * SCALE)], fill=0, width=3)
    for y in ys:
        draw.line([(xs[0] * SCALE, y * SCALE), (xs[-1] * SCALE, y * SCALE)], fill=0, width=3)
    for y, cells in zip(ys, TABLE, strict=False):
        for x, cell in zip(xs, cells, strict=False):
            write(x + 8, y + 5, cell)
    return image


def as_pdf(image: Image.Image) -> bytes:
    """An image as a page of its size at 300 dpi, which is all that a scanner's PDF holds."""
    buffer = io.BytesIO()
    image.save(buffer, "PDF", resolution=300)
    return buffer.getvalue()


@needs_tesseract
def test_a_page_is_read_from_its_image() -> None:
    reading = pdf.read(as_pdf(page()))
    texts = [block.text for block in reading.blocks]
    assert (reading.pages, reading.scanned, reading.blank) == (1, (1,), ())
    assert texts[:6] == [*HEADER[0], *HEADER[1], LINES[0][1], f"{LINES[1][1]} {LINES[2][1]}"]
    assert [block.cells for block in reading.blocks if block.kind == "row"] == TABLE


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize("turned", [2.0, 90, 180, 270])
def test_a_page_is_read_however_it_lies(turned: float) -> None:
    lying = page().rotate(turned, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    texts = [block.text for block in pdf.read(as_pdf(lying)).blocks]
    assert f"{LINES[1][1]} {LINES[2][1]}" in texts
    assert any("87,59%" in text for text in texts)


@needs_tesseract
def test_an_empty_page_is_blank() -> None:
    reading = pdf.read(as_pdf(Image.new("L", (600, 400), 255)))
    assert (reading.blocks, reading.blank) == ((), (1,))
