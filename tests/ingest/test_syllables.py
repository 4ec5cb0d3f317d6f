"""Which words are written as Vietnamese syllables can be."""

import pytest

from ingest.syllables import count_syllables, is_native, is_syllable


@pytest.mark.parametrize(
    "word",
    [
        "nghị", "quyết", "Quảng", "NINH", "hoà", "hòa", "thuỷ", "khuya", "quốc", "quỹ", "gì", "giếng", "giữa", "ghế",
        "Kạn", "xoong", "ươm", "yêu", "ý", "uy", "o\u0302\u0301m",
    ],
)  # fmt: skip
def test_syllables(word):
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word",
    [
        "cac",  # a stop takes sắc or nặng
        "hoµ", "Céng",  # TCVN3
        "hoøa", "tænh",  # VNI
        "nghu", "cê",  # never spelt so
        "được gây".replace(" ", ""),  # two words run together
        "tthị", "internet", "tốó", "",
    ],
)  # fmt: skip
def test_no_syllables(word):
    assert not is_syllable(word)


def test_a_share_of_the_words_that_count():
    # Abbreviations, numbers and single consonants say nothing; a foreign word does.
    assert count_syllables("UBND tỉnh Quảng Ninh: điểm d, TTHC 1.234, logistics") == (4, 5)
    assert count_syllables("Céng hoµ x· héi chñ nghÜa") == (0, 5)


@pytest.mark.parametrize("word", ["nghiêng", "huỳnh", "Đắk", "Krông", "Búk", "Lắk", "Mnông", "ôxít", "kilôgam"])
def test_words_whose_marks_a_reader_puts_in(word):
    assert is_native(word)


@pytest.mark.parametrize("word", ["Napoléon", "Köln", "müller", "Zuyệt", "nđ", "tiếế", "km²"])
def test_words_whose_marks_are_not_ours(word):
    assert not is_native(word)
