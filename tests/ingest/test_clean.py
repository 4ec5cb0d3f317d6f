"""Cleaning: what a reader can't see changes, what he can doesn't, and every character knows where it came from."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clean import clean

CLEANED = [
    # the same letter, whichever way it was stored
    ("Quye\u0302\u0301t đi\u0323nh", "Quyết định"),  # decomposed
    ("Quy\u00e9\u0302t đ\u1ecbnh", "Quyết định"),  # tone first, which NFC leaves as it is
    ("Quy\u1ebft \u0111i\u0323nh", "Quyết định"),  # composed and decomposed in one word
    ("ngu\u031bo\u031b\u0300i", "người"),  # horns
    ("đươ\u0323c", "được"),
    ("\u00d0iều 5, \u00f0iểm \u00f0", "Điều 5, điểm đ"),  # Icelandic eth, as old keyboards left it
    ("a\u0340 e\u0341", "à é"),  # deprecated marks
    # what can't be seen
    ("Nghị\u200b quyết\ufeff số\u00ad 05", "Nghị quyết số 05"),
    ("\u202a05-NQ/TU\u202c", "05-NQ/TU"),  # direction marks from a copied cell
    ("năm\u00a02025,\u202ftrên\u3000 90%", "năm 2025, trên 90%"),
    ("  hai   khoảng trắng \t và tab  ", "hai khoảng trắng và tab"),
    ("một\r\nhai\rba", "một\nhai ba"),
    ("một\u2028hai", "một hai"),  # a soft line end parts words, it is no line of its own
    (" \n đầu dòng \n\n cuối dòng ", "\nđầu dòng\n\ncuối dòng"),
    ("đạt\x00 98\x1f,5%", "đạt 98,5%"),
    ("\ud800lẻ nửa\udfff", "lẻ nửa"),  # lone surrogates
    ("\uf0b7 gạch đầu dòng", "- gạch đầu dòng"),  # Word's bullet from Symbol
    # what stays as written
    ("Uỷ ban, ủy ban; hoà, hòa; quí, quý", "Uỷ ban, ủy ban; hoà, hòa; quí, quý"),
    ("“trích” – ‘dẫn’ … ≥ 80%, 12 m²", "“trích” – ‘dẫn’ … ≥ 80%, 12 m²"),
    ("THÔNG BÁO", "THÔNG BÁO"),
    ("", ""),
]


@pytest.mark.parametrize(("raw", "expected"), CLEANED)
def test_cleans(raw, expected):
    assert clean(raw).text == expected


def test_a_span_maps_back_to_the_raw_text():
    raw = "Vốn  FDI:\u00a0tre\u0302n 6,83\u200b ty\u0309 USD"
    cleaned = clean(raw)
    start = cleaned.text.index("trên")
    assert raw[slice(*cleaned.span(start, start + 4))] == "tre\u0302n"
    start = cleaned.text.index("6,83")
    assert raw[slice(*cleaned.span(start, len(cleaned.text)))] == "6,83\u200b ty\u0309 USD"
    assert cleaned.span(0, 0) == (0, 0)


# Letters and marks that matter, invisible ones, spaces, line ends, and anything else now and then.
PIECES = st.one_of(
    st.sampled_from("aeouyiAEOUYIdđĐ\u00d0\u00f0 \n\t\r\u00a0\u200b\u2028\u00ad.,-05%"),
    st.sampled_from("\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b\u0340\u0344"),
    st.sampled_from("ếộữằỵạơưâ"),
    st.characters(),
)
TEXT = st.lists(PIECES, max_size=40).map("".join)


@settings(max_examples=400, deadline=None)
@given(TEXT)
def test_cleaning_twice_is_cleaning_once_and_keeps_the_lines(raw):
    cleaned = clean(raw).text
    assert clean(cleaned).text == cleaned
    assert cleaned.count("\n") == raw.count("\n")
    assert all(line == line.strip(" ") and "  " not in line for line in cleaned.split("\n"))


@settings(max_examples=400, deadline=None)
@given(TEXT)
def test_origins_lead_back_to_what_each_character_came_from(raw):
    cleaned = clean(raw)
    assert len(cleaned.origins) == len(cleaned.text) + 1
    assert cleaned.origins[-1] == len(raw)
    assert list(cleaned.origins) == sorted(cleaned.origins)
    for position, character in enumerate(cleaned.text):
        start, end = cleaned.span(position, position + 1)
        assert start == cleaned.origins[position] < end
        came_from = clean(raw[start:end]).text
        if character not in " \n":
            assert character in came_from, "the raw piece holds another letter"
        else:
            assert not raw[start].strip() or not raw[start].isprintable()


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=sorted("aăâeêioôơuưyáàảãạắộữỵđbcghkmnpqrstvx 0159"), max_size=30))
def test_every_way_to_store_vietnamese_gives_the_same_text(text):
    decomposed = unicodedata.normalize("NFD", text)
    assert clean(decomposed).text == clean(text).text == clean(_tones_first(decomposed)).text


def _tones_first(decomposed: str) -> str:
    """The same letters with each tone typed before the circumflex, breve or horn."""
    swapped = list(decomposed)
    for i in range(len(swapped) - 1):
        if swapped[i] in "\u0302\u0306\u031b" and swapped[i + 1] in "\u0300\u0301\u0303\u0309\u0323":
            swapped[i : i + 2] = swapped[i + 1], swapped[i]
    return "".join(swapped)
