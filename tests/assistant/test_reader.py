from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answerable import read_as
from assistant.reader import BEFORE, LEAST, LONGEST, ROOM, TOKENIZER, Reader, Text, load_tokenizer, packed
from ingest.errors import HoidapError
from ingest.parse import parse_file

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


def test_it_points_at_what_is_asked_for(reader: Reader) -> None:
    own = "Toàn huyện có 12 trạm y tế, trong đó 9 trạm đạt chuẩn; số bác sĩ là 31 người."
    asked = {"Có bao nhiêu trạm y tế đạt chuẩn?": "9", "Huyện có mấy bác sĩ?": "31"}
    for question, value in asked.items():
        [marks] = reader.read(question, [Text("Y tế | Báo cáo năm 2024", own)]).marks
        likeliest = max(marks, key=lambda mark: mark[1])[0]
        assert own[likeliest:].lstrip().startswith(value)


def test_nothing_to_read(reader: Reader) -> None:
    assert reader.scores("Phí?", []).shape == (0,)
    assert reader.read("Phí?", [Text("Phí", "")]).marks == [[]]


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=400), min_size=1, max_size=8))
def test_any_text_is_read_within_the_window(question: str, texts: list[str]) -> None:
    row = packed(question, [Text(text[:40], text) for text in texts], load_tokenizer())
    assert len(row.tokens) == len(row.kinds) <= LONGEST
    assert min(len(texts), LEAST) <= len(row.spans) <= len(texts)
    assert all(0 < start <= end < len(row.tokens) for start, end in row.spans)
    assert np.allclose(row.pool().sum(axis=1), 1)
    for text, (start, end), characters in zip(texts[: len(row.spans)], row.spans, row.characters, strict=True):
        assert len(characters) <= end - start
        assert all(0 <= first <= last <= len(text) for first, last in characters)


def test_more_than_the_window_holds_has_a_score_still(reader: Reader) -> None:
    many = [Text("Đầu đề " * 20, "Nội dung dài lê thê. " * 60)] * 6
    assert np.isfinite(reader.scores("Nội dung gì? " * 40, many)).all()


def test_more_is_read_of_what_is_short() -> None:
    tokenizer = load_tokenizer()
    short, long = [Text("Lệ phí", "50.000 đồng")] * 6, [Text("Đầu đề " * 20, "Nội dung dài lê thê. " * 60)] * 6
    assert len(packed("Lệ phí?", short, tokenizer).spans) == 6
    assert len(packed("Lệ phí?", long, tokenizer).spans) == LEAST
    assert len(packed("Lệ phí?", [*short[:3], *long], tokenizer).tokens) <= ROOM


def test_where_the_tone_stands_makes_no_difference() -> None:
    tokenizer = load_tokenizer()
    old, new = (packed(f"Hồ sơ {luy} kế?", [Text("", f"Chưa tổng hợp {luy} kế")], tokenizer) for luy in ("lũy", "luỹ"))
    assert old == new


def test_what_was_said_before_is_read_too_with_its_end(reader: Reader) -> None:
    """But is not what is judged."""
    tokenizer, own = load_tokenizer(), "Đồng chí Nguyễn Văn A chủ trì."
    without, within = (packed("Ai?", [Text("", own, before)], tokenizer) for before in ("", "Họp quý. " * 40))
    [(start, end)], [(later, last)] = without.spans, within.spans
    assert within.tokens[later:last] == without.tokens[start:end]
    assert later - start == BEFORE + 1
    asked = "Ai chủ trì cuộc họp về phòng chống bão lụt?"
    told, other = (
        reader.scores(asked, [Text("", own, before)])
        for before in ("UBND tỉnh họp về phòng, chống bão lụt.", "UBND tỉnh họp về tuyển sinh lớp 10.")
    )
    assert told > other


def test_what_stands_before_is_of_the_unit_or_of_the_paragraph_above(tmp_path: Path) -> None:
    said = ("Tỉnh họp ngày 5/3. Ông A chủ trì.", "Cuộc họp kết thúc lúc 17 giờ.", "- Một việc.")
    text = "\n\n".join(("# BÁO CÁO Công tác năm 2024", "## I. Kết quả", *said))
    (tmp_path / "bao-cao.md").write_text(text, encoding="utf-8")
    parsed = parse_file(tmp_path / "bao-cao.md", "bao-cao.md")

    def before(said: str) -> str:
        at = parsed.document.text.index(said)
        unit = parsed.unit_at(at)
        assert unit is not None
        return read_as(parsed.document, unit, at, at + len(said)).before

    assert before("Ông A chủ trì.") == "Tỉnh họp ngày 5/3."
    assert before("Cuộc họp kết thúc").endswith("Ông A chủ trì.")
    assert before("Tỉnh họp") == ""  # the heading above is read as such
    assert before("- Một việc.") == ""


def test_a_damaged_model_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / TOKENIZER).write_text("{", encoding="utf-8")
    with pytest.raises(HoidapError, match="cài đặt lại"):
        Reader.load(tmp_path)
