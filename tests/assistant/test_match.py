"""The flat form: one for every way to type the same words, so that a phrase is found by plain substring search."""

from __future__ import annotations

import unicodedata

import pytest

from assistant.match import flat, flat_bare, holds, phrase, single_years

SAME = [
    # two ways to type one thing
    ("Sở Văn hóa", "sở văn hoá"),
    ("thủy lợi, khỏe, xóa", "thuỷ lợi – khoẻ; xoá"),
    ("tỷ lệ, kỷ luật, quản lý", "tỉ lệ kỉ luật quản lí"),
    ("TTHC", "thủ tục hành chính"),
    ("UBND tỉnh", "Ủy ban nhân dân tỉnh"),
    ("PAR Index", "PAR-INDEX"),
    ("05-NQ/TU", "5 – nq/tu"),
    ("15/2024/QĐ-UBND", "15/2024/QD-UBND"),
    ("ngày 09 tháng 4 năm 2021", "9/4/2021"),
    ("giai đoạn 2021 - 2025", "giai đoạn 2021–2025"),
    ("quý I/2024", "Quý 1/2024"),
    ("quý IV", "quý 4"),
    ("1.234,50", "1234,5"),
    ("02 hồ sơ", "2 hồ sơ"),
    ("“Đúng, đủ”;\n sạch …", "đúng đủ sạch"),
    ("Ðảng bộ", "Đảng bộ"),  # U+00D0
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_equal_for_every_way_to_type_the_same(one, other):
    assert flat(one) == flat(other)
    assert flat(one.upper()) == flat(one)


@pytest.mark.parametrize("text", ["Sở Văn hóa", "Thuỷ lợi, xoá", "TTHC cấp xã", "quý IV", "Tỉ lệ 99,5% năm 2023"])
def test_decomposed_letters_are_the_same(text):
    assert flat(unicodedata.normalize("NFD", text)) == flat(text)


DIFFERENT = [
    ("đăng ký", "dang ky"),  # marks count
    ("2021-2025", "2021 2025"),  # a range is no pair of years
    ("6,83", "683"),
    ("6,83", "6,8"),
    ("05-NQ/TU", "05-CT/TU"),
    ("quý 1", "quý 2"),
    ("9/4/2021", "4/9/2021"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_things_stay_different(one, other):
    assert flat(one) != flat(other)


FLAT = [
    ("Vốn đạt 6,83 tỷ USD", " vốn đạt 6.83 tỷ usd "),
    ("ngày 9/4/2021", " ngày 2021-04-09 2021 "),  # a date stands for its year too
    ("giai đoạn 2021-2025", " giai đoạn 2021-2025 2025 "),  # a range for its last year
    ("năm 2023", " năm 2023 "),
    ("1.004194.000.00.00.H49", " 1.004194 "),
    ("", "  "),
]


@pytest.mark.parametrize(("text", "form"), FLAT)
def test_values_stand_by_their_keys(text, form):
    assert flat(text) == form


def test_a_phrase_is_found_by_whole_syllables():
    text = flat("Sở Tư pháp, trên 16.785 hồ sơ")
    assert holds(text, phrase("sở tư pháp"))
    assert holds(text, "16785")
    assert not holds(text, "785")
    assert not holds(text, "sở tư phá")
    assert not holds(text, phrase("sở pháp"))


def test_the_bare_form_is_the_flat_form_without_marks():
    assert flat_bare("Đúng hạn 99,5%") == " dung han 99.5 "
    assert flat_bare("dung han 99,5%") == flat_bare("Đúng hạn 99,5%")


YEARS = [
    ("năm 2022 và 2023", {"2022", "2023"}),
    ("ngày 21/2/2024", {"2024"}),
    ("giai đoạn 2021-2025", set()),
    ("giai đoạn 2021-2025, riêng năm 2023", {"2023"}),
    ("2.021 hồ sơ", set()),
]


@pytest.mark.parametrize(("text", "years"), YEARS)
def test_a_year_alone_is_told_from_the_end_of_a_range(text, years):
    assert single_years(text) == years
