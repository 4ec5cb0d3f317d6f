"""What asks nothing of the documents gets a fixed reply; what does is never taken for it."""

from __future__ import annotations

import pytest

from assistant.smalltalk import reply
from evals.case import FOLDER, load


@pytest.mark.parametrize(
    ("message", "status", "said"),
    [
        ("Xin chào!", "clarify", "Xin chào"),
        ("chao ban", "clarify", "Xin chào"),
        ("Bạn là ai?", "clarify", "trợ lý hỏi đáp"),
        ("Cảm ơn bạn nhiều ạ.", "declined", "Rất vui"),
        ("đồ ngu", "declined", "xin phép"),
        ("Theo bạn tỉnh nào điều hành tốt nhất?", "declined", "không đưa ra ý kiến"),
        ("Dự đoán PCI năm sau của tỉnh", "declined", "không dự đoán"),
    ],
)
def test_fixed_replies(message, status, said):
    found = reply(message)
    assert found is not None
    assert found.status == status
    assert said in found.text


def test_bare_letters_within_a_sentence_are_too_many_words():
    assert reply("theo ban thuong vu tinh uy thi the nao") is None


def test_no_question_of_the_cases_is_taken_for_small_talk():
    files = (path for path in FOLDER.glob("*.jsonl"))
    assert [case.id for path in files for case in load(path) if reply(case.question)] == []
