from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reader import LONGEST, TOKENIZER, Reader, Text, load_tokenizer, packed
from ingest.errors import HoidapError

FEE = Text("Phí, lệ phí | Thủ tục cấp giấy phép lái xe", "135.000 đồng/lần cấp.")
DAYS = Text("Thời hạn giải quyết | Thủ tục cấp giấy phép lái xe", "05 ngày làm việc kể từ ngày nhận đủ hồ sơ.")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load()


@pytest.mark.parametrize(
    ("question", "best"),
    [("Cấp giấy phép lái xe mất bao nhiêu tiền?", 0), ("Cấp giấy phép lái xe mấy ngày thì xong?", 1)],
)
def test_what_answers_comes_first(reader: Reader, question: str, best: int) -> None:
    assert int(reader.scores(question, [FEE, DAYS]).argmax()) == best


def test_what_answers_is_likelier_than_what_is_about_something_else(reader: Reader) -> None:
    [right] = reader.scores("Cấp giấy phép lái xe mất bao nhiêu tiền?", [FEE])
    [stranger] = reader.scores("Ai là tác giả của Truyện Kiều?", [FEE])
    assert right > stranger + 1


def test_nothing_to_read(reader: Reader) -> None:
    assert reader.scores("Phí?", []).shape == (0,)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=400), min_size=1, max_size=8))
def test_any_text_is_read_within_the_window(question: str, texts: list[str]) -> None:
    row = packed(question, [Text(text[:40], text) for text in texts], load_tokenizer())
    assert len(row.tokens) == len(row.kinds) <= LONGEST
    assert len(row.spans) == len(texts)
    assert all(0 < start <= end < len(row.tokens) for start, end in row.spans)
    assert np.allclose(row.pool().sum(axis=1), 1)


def test_more_than_the_window_holds_has_a_score_still(reader: Reader) -> None:
    many = [Text("Đầu đề " * 20, "Nội dung dài lê thê. " * 60)] * 6
    assert np.isfinite(reader.scores("Nội dung gì? " * 40, many)).all()


def test_a_damaged_model_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / TOKENIZER).write_text("{", encoding="utf-8")
    with pytest.raises(HoidapError, match="cài đặt lại"):
        Reader.load(tmp_path)
