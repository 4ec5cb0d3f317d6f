"""Derived text: one form for every way to type the same words, whole words, whole values, whole sentences."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import text as text_module
from ingest.clean import clean
from ingest.text import canonical, search_form, sentences, syllables, text_version, words
from ingest.values import find_values

SAME = [
    ("hòa, xóa, khỏe, thủy", "hoà, xoá, khoẻ, thuỷ"),  # old and new tone placement
    ("Ủy ban", "Uỷ ban"),
    ("quý II", "qúy II"),  # the tone belongs on the y
    ("QUYẾT ĐỊNH", "Quyết định"),
    ("đ\u1ed9ng", "đo\u0323\u0302ng"),
    ("ho\u00e0n tất", "hoa\u0300n tâ\u0301t"),
    ("tỉnh\u00a0Quảng  Ninh", "tỉnh Quảng Ninh"),
    ("Ðiều 5", "Điều 5"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_words_have_one_search_form(one, other):
    assert search_form(one) == search_form(other)
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("hoa", "hòa"), ("ban", "bạn"), ("quy", "quý"), ("hoàn", "hoán"), ("của", "cua"), ("đo", "do")],
)
def test_other_words_have_another(one, other):
    assert search_form(one) != search_form(other)


def test_tone_marks_inside_a_syllable_are_left_alone():
    # oa, oe, uy followed by a letter: both schools write the tone on the second vowel
    assert search_form("hoàn toàn, xoèn, quyền, thuyền, khuỷu") == "hoàn toàn, xoèn, quyền, thuyền, khuỷu"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("tỉ lệ, tỷ lệ", ["tỷ", "lệ", "tỷ", "lệ"]),
        ("kĩ thuật, lí do, hi vọng, mĩ thuật", ["kỹ", "thuật", "lý", "do", "hy", "vọng", "mỹ", "thuật"]),
        ("bị, gì, nghị, kinh, tin", ["bị", "gì", "nghị", "kinh", "tin"]),  # another consonant, or a closed syllable
        ("PCI-2023: 71,25%", ["pci", "2023", "71", "25"]),
    ],
)
def test_syllables_fold_i_and_y(written, expected):
    assert syllables(written) == expected


HELD = [
    ("Nghị quyết số 05-NQ/TU ngày 09/4/2021", ["5-nq/tu", "5", "2021-04-09", "2021"]),
    ("theo Nghị quyết 05 – NQ / TU", ["5-nq/tu"]),
    ("đạt trên 6,83 tỷ USD, 137% kế hoạch", ["6.83", "137"]),
    ("thủ tục 1.004194", ["1.004194"]),
    ("giai đoạn 2021 - 2025", ["2021", "2025"]),
    ("tiếp nhận 158.965 hồ sơ", ["158965"]),
    ("15/21 nhiệm vụ", ["15", "21"]),
]


@pytest.mark.parametrize(("written", "expected"), HELD)
def test_words_hold_each_value_whole(written, expected):
    terms = words(written)
    assert [term for term in terms if term in expected] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("thủ tục hành chính", ["thủ_tục", "hành_chính"]),
        ("cải cách hành chính", ["cải_cách", "hành_chính"]),
        ("chủ trì, phối hợp", ["chủ_trì", "phối_hợp"]),
        ("!? … –", []),
        ("", []),
    ],
)
def test_words_are_joined(written, expected):
    assert words(written) == expected


def test_an_abbreviation_is_the_words_it_stands_for():
    assert words("UBND tỉnh") == words("Ủy ban nhân dân tỉnh")
    assert words("TTHC") == words("thủ tục hành chính")
    assert words("ubnd") == words("UBND")
    assert canonical("Tỉnh ủy (TU)") == "Tỉnh ủy (tỉnh ủy)"
    assert canonical("tu sửa") == "tu sửa"  # a form that is a syllable counts in capitals only
    assert canonical("05-NQ/TU") == "05-NQ/TU"  # and never inside a number


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ubnd@quangninh.gov.vn", words("ủy ban nhân dân@quangninh.gov.vn")),  # inside an address
        ("(TTHC), “UBND”", ["thủ_tục", "hành_chính", "ủy_ban", "nhân_dân"]),  # between marks
        ("trung tâm học tập", ["trung_tâm", "học_tập"]),  # begins as a form does
        ("gửi hoà@uỷ.vn", ["gửi", "hòa", "ủy", "vn"]),  # an address is cut after the tones are put in their place
    ],
)
def test_abbreviations_are_written_out_wherever_they_stand(written, expected):
    assert words(written) == expected


def test_letters_that_only_a_pattern_takes_for_others_make_no_form():
    assert canonical("chỉ ſố PAR") == "chỉ ſố PAR"
    assert words("PARıNDEX") == ["parındex"]


def test_the_text_version_changes_with_the_synonyms(monkeypatch):
    before = text_version.__wrapped__()
    rows = text_module._synonym_rows()
    monkeypatch.setattr(text_module, "_synonym_rows", lambda: [*rows, ("chính quyền số", "CQS", "")])
    assert text_version.__wrapped__() != before


SENTENCES = [
    # decimals, dates and document numbers hold dots that end nothing
    ("Đạt 6.83 tỷ USD ngày 28.5.2025. Số còn lại giảm.", ["Đạt 6.83 tỷ USD ngày 28.5.2025.", "Số còn lại giảm."]),
    # place names, initials and list numbers
    ("TP. Hạ Long và TX. Quảng Yên đạt. Xã khác chưa.", ["TP. Hạ Long và TX. Quảng Yên đạt.", "Xã khác chưa."]),
    ("1. Sở Nội vụ chủ trì. 2. Sở Tài chính phối hợp.", ["1. Sở Nội vụ chủ trì.", "2. Sở Tài chính phối hợp."]),
    ("II. Chỉ tiêu năm 2024", ["II. Chỉ tiêu năm 2024"]),
    # a small letter goes on with the sentence, one with a tone mark too
    ("Bố trí nhân lực, kinh phí, v.v. để thực hiện.", ["Bố trí nhân lực, kinh phí, v.v. để thực hiện."]),
    ("Hồ sơ, giấy tờ v.v. đều được số hóa.", ["Hồ sơ, giấy tờ v.v. đều được số hóa."]),
    # quotation marks close with the sentence
    ("“Tôi chỉ chờ 10 phút.” Người dân cho biết vậy.", ["“Tôi chỉ chờ 10 phút.”", "Người dân cho biết vậy."]),
    # a line end always ends one
    ("Gồm:\n- Sở Y tế;\n\n- Sở Du lịch", ["Gồm:", "- Sở Y tế;", "- Sở Du lịch"]),
    ("  \n ", []),
]  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), SENTENCES, ids=[row[0][:25] for row in SENTENCES])
def test_sentences(written, expected):
    assert [written[start:end] for start, end in sentences(written)] == expected


def test_sentences_of_a_part_have_the_whole_text_as_their_measure():
    text = "Câu một. Câu hai. Câu ba."
    assert sentences(text, 9, 17) == [(9, 17)]
    assert text[9:17] == "Câu hai."


ALPHABET = "aăâeêioôơuưyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵđbcghklmnpqrstvx "


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=ALPHABET, max_size=30))
def test_every_way_to_store_a_text_has_one_search_form(text):
    decomposed = unicodedata.normalize("NFD", text)
    assert search_form(decomposed) == search_form(text) == search_form(search_form(text))
    assert search_form(text.upper()) == search_form(text)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab củađạt 05-NQ/TU.,2021%\n–", max_size=40))
def test_words_never_lose_a_value(text):
    terms = words(text)
    for line in clean(text).text.split("\n"):
        for value in find_values(line):
            held = {str(year) for year in value.years} if value.kind == "years" else {value.key}
            assert held & set(terms)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='AĐbạ .!?…\n"”)1IV–', max_size=60))
def test_sentences_lose_no_letter(text):
    spans = sentences(text)
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert "".join(text[start:end] for start, end in spans).replace(" ", "") == "".join(text.split()).replace(" ", "")
