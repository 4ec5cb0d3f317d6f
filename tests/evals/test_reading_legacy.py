"""The measurement of old encodings: words in order, counted as a reader would."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from evals.reading.legacy import common_in_order, measure, words

WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


@given(WORDS, WORDS)
def test_the_longest_common_subsequence(one, other):
    @cache
    def longest(i: int, j: int) -> int:
        if i == len(one) or j == len(other):
            return 0
        if one[i] == other[j]:
            return 1 + longest(i + 1, j + 1)
        return max(longest(i + 1, j), longest(i, j + 1))

    assert common_in_order(one, other) == longest(0, 0)


def test_words_without_case_composition_and_numbers():
    assert words("Điê\u0300u 5a: THU\u00ad NGÂN_sách") == ["điều", "a", "thu", "ngân", "sách"]


def test_files_against_their_transcripts(tmp_path):
    for folder in ("tcvn3", "vni", "truth"):
        (tmp_path / folder).mkdir()
    for name, typed, transcript in (
        ("dung", "Sè liÖu t¹i v¨n phßng ®­îc gi÷ kÝn", "số liệu tại văn phòng được giữ kín"),
        ("sai", "Sè liÖu t¹i v¨n phßng ®­îc gi÷ kÝn", "số liệu văn phòng tại được giữ lâu"),  # one moved, one wrong
        ("hong", "\x00", "một"),
    ):
        (tmp_path / "tcvn3" / f"{name}.txt").write_bytes(typed.encode("cp1252"))
        (tmp_path / "truth" / f"{name}.txt").write_text(transcript, encoding="utf-8")
    figures = measure(tmp_path)
    assert figures["legacy_files"] == 3
    assert figures["legacy_quarantined"] == 1
    assert figures["legacy_median"] == (1 + 6 / 8) / 2
    assert figures["legacy_lowest"] == 6 / 8
    assert figures["legacy_unordered_lowest"] == 7 / 8
    assert figures["legacy_under_95"] == 1
