"""Old encodings: told by the font's name or by what makes syllables; what is Unicode already never changes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from viparse.normalize.encodings import CHARMAPS

from ingest.read.legacy import convert, convert_runs, encoding_of_font, repair
from ingest.types import Block

SENTENCES = (
    "Ủy ban nhân dân xã lập danh sách hộ nghèo trước ngày 15 tháng 9 hằng năm.",
    "Kinh phí mua sắm do ngân sách cấp huyện bảo đảm, không vượt quá dự toán được giao.",
    "Trưởng phòng chịu trách nhiệm kiểm tra, đôn đốc và báo cáo kết quả xử lý kiến nghị.",
    "Bà con vùng sâu vẫn phải đi bộ mười bảy cây số mới tới được trạm y tế gần nhất.",
    "Những thửa ruộng bị ngập kỳ lũ vừa rồi được hỗ trợ giống lúa để gieo sạ lại.",
)


def typed(text: str, encoding: str) -> str:
    """The Western letters that text in `encoding` comes out of a file as. TCVN3 has no capitals with tones."""
    back = {letter: legacy for legacy, letter in reversed(CHARMAPS[encoding.lower()].pairs)}
    back |= {"ẳ": "aú"} if encoding == "VNI" else {}
    return "".join(back.get(letter, back.get(letter.lower(), letter)) for letter in text)


def text_of(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks]


@pytest.mark.parametrize(
    ("font", "encoding"),
    [
        (".VnTime", "TCVN3"),
        (".VnArial NarrowH", "TCVN3"),
        (".vntimeh", "TCVN3"),
        ("ABCDEF+.VnTime,Bold", "TCVN3"),  # as a PDF names a font it holds in part
        ("VnSouthern(Ds)", "TCVN3"),
        ("VNI-Times", "VNI"),
        ("vni-helve", "VNI"),
        ("VPS Times", "VPS"),
        ("VNSTCVN3", None),  # met with TCVN3 and with VNI in one file: the words must tell
        ("Times New Roman", None),
        ("Vneu Grotesk", None),
        ("", None),
        (None, None),
    ],
)
def test_fonts(font, encoding):
    assert encoding_of_font(font) == encoding


@pytest.mark.parametrize(
    ("text", "font", "shown"),
    [
        ("Së T­ ph¸p", ".VnTime", "Sở Tư pháp"),
        ("së t­ ph¸p", ".VnTimeH", "SỞ TƯ PHÁP"),  # small letters drawn as capitals
        ("Th«ng t−", "QWERTY+.VnTimeH,Bold", "THÔNG TƯ"),  # a PDF names the letter ư a minus
        ("Ph\uf0b9m vi", ".VnTime", "Phạm vi"),  # a font that says it holds symbols
        ("BéT NGOµI", ".VnTime", "BỘT NGOÀI"),  # capitals as far as TCVN3 has them
        ("H¶i D­¬ng, Hµ Nam", ".VnTime", "Hải Dương, Hà Nam"),  # an initial is no such word
        ("th­­¬ng m¹i, ­c¬ quan", ".VnTime", "thương mại, cơ quan"),  # a soft hyphen too many
        ("Uûy ban thò xaõ", "VNI-Times", "Ủy ban thị xã"),  # a small letter's mark on a capital
        ("baûng bieåu kyø naøy saún coù", "VNI-Times", "bảng biểu kỳ này sẳn có"),
        ("Uỷ ban nhân dân", ".VnTime", "Uỷ ban nhân dân"),  # Unicode typed over an old template
        ("mình", ".VnTime", "mình"),  # no syllable in TCVN3
        ("coäng ñoàng", ".VnTime", "cộng đồng"),  # VNI in the wrong font
        ("Ê", ".VnTime", "ấ"),  # a part of a word: nothing can be told from it
        ("Điều 5", "Times New Roman", "Điều 5"),
        ("à la carte", None, "à la carte"),
    ],
)
def test_a_run_is_read_as_its_font_shows_it(text, font, shown):
    assert convert(text, font) == shown


def test_runs_in_alike_fonts_are_one():
    runs = [
        ("dù ", ".VnTime"),
        ("Ê", ".VnArial"),
        ("n, ", "AAAAAA+.VnTime"),
        ("café, ", "Arial"),
        ("phô lôc", ".VnTimeH"),
    ]
    assert convert_runs(runs) == "dự ấn, café, PHỤ LỤC"
    assert convert_runs([("a", "VNI-Times"), ("ùo", "VNI-Helve")]) == "áo"  # a letter and its mark


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "VISCII", "VPS"])
def test_words_tell_the_encoding(encoding):
    blocks, found = repair([Block(typed(sentence, encoding)) for sentence in SENTENCES])
    assert found == (encoding,)
    assert [text.lower() for text in text_of(blocks)] == [sentence.lower() for sentence in SENTENCES]


def test_one_file_may_mix_encodings_and_foreign_words():
    lines = [
        typed(SENTENCES[1], "TCVN3"),
        SENTENCES[0],
        typed(SENTENCES[2], "VNI"),
        "¤ng François Noël Gautier uèng café t¹i héi tr­êng víi bµ Müller",
        "C¸c nước ph¸t triÓn ®Æc biÖt",  # some words of a line converted already
    ]
    blocks, found = repair(map(Block, lines))
    assert found == ("TCVN3", "VNI")
    assert text_of(blocks) == [
        SENTENCES[1],
        SENTENCES[0],
        SENTENCES[2],
        "Ông François Noël Gautier uống café tại hội trường với bà Müller",
        "Các nước phát triển đặc biệt",
    ]


def test_what_can_be_read_two_ways_follows_its_neighbours():
    doubtful = "tháng"  # thỏng in TCVN3
    legacy = Block(typed(SENTENCES[3], "TCVN3"))
    unicode = Block(SENTENCES[0])
    blocks, _ = repair([unicode, Block(doubtful), legacy, Block(doubtful), Block("2004"), Block(doubtful)])
    assert [text for text in text_of(blocks) if text in {"tháng", "thỏng"}] == ["tháng", "thỏng", "thỏng"]


def test_a_row_and_its_cells_come_out_the_same():
    cells = ("§¬n vÞ", "Kú tr­íc", "Tû lÖ", "×", "", "12,5")
    rows = [Block(" | ".join(cells), kind="row", table=0, cells=cells), Block(typed(SENTENCES[4], "TCVN3"))]
    blocks, _ = repair(rows)
    assert blocks[0].cells == ("Đơn vị", "Kỳ trước", "Tỷ lệ", "×", "", "12,5")
    assert blocks[0].text == " | ".join(blocks[0].cells)


@pytest.mark.parametrize(
    "text",
    [
        "Le musée a été rénové où l'on fêtait déjà Noël; l'hôtel des Alizés, lui, a fermé.",
        "Die Prüfung der Größe fällt kürzer aus, wenn die Behörde früher über Lärm klärt.",
        "El señor Muñoz llegó mañana a la montaña con el niño pequeño; cañón, año, jamás.",
        "5 × 3 ÷ 2 ± 0,5 · § 12 · 25 °C · m² · ½ · © 2004 · «trích»",
        "Số đo ở 25 °C là 3 × 4 m², sai số ± 2 %; xem § 5",
    ],
)
def test_other_languages_and_signs_stay(text):
    blocks, found = repair([Block(text)] * 3)
    assert (text_of(blocks), found) == ([text] * 3, ())


FOREIGN = ("café", "François", "Köln", "Gö", "mère", "São Paulo", "où", "m²", "½", "×", "Đắk Lắk", "tháng", "có")


@given(st.lists(st.sampled_from([*SENTENCES, *FOREIGN]), min_size=1, max_size=12), st.sampled_from(["NFC", "NFD"]))
def test_unicode_never_changes(parts, form):
    lines = [unicodedata.normalize(form, part) for part in parts]
    blocks, found = repair(map(Block, lines))
    assert (text_of(blocks), found) == (lines, ())


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6), st.sampled_from(["TCVN3", "VNI"]))
def test_repairing_twice_changes_nothing(sentences, encoding):
    once, _ = repair(Block(typed(sentence, encoding)) for sentence in sentences)
    assert repair(once) == (once, ())
