"""The bundled embedding: what lies close, and what a text without known words gives."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.embed import BUNDLED, StaticEmbedder
from ingest.passages import Fields, Indexed, indexed
from ingest.text import words


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder()


def test_rows_have_unit_length_and_come_in_order(embedder: StaticEmbedder) -> None:
    texts = ["Thủ tục đăng ký kết hôn", "Báo cáo tài chính của doanh nghiệp", "Cải cách hành chính"]
    rows = embedder.encode(texts)
    assert rows.shape == (3, embedder.dimensions)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert rows[1] == pytest.approx(embedder.encode([texts[1]])[0], abs=1e-6)
    assert embedder.encode([]).shape == (0, embedder.dimensions)


@pytest.mark.parametrize("text", ["", "   ", "?!… –", "zzqxv wkjhq"])
def test_no_known_word_gives_zero(embedder: StaticEmbedder, text: str) -> None:
    assert not embedder.encode([text]).any()


def test_unknown_words_pull_nowhere(embedder: StaticEmbedder) -> None:
    plain, noisy = embedder.encode(["lệ phí cấp giấy phép", "lệ phí cấp giấy phép zzqxv wkjhq"])
    assert plain @ noisy == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        # other words for the same thing: no content word in common with the right text
        (
            "Lương tối thiểu là bao nhiêu?",
            "Mức tiền công thấp nhất trả cho người lao động",
            "Tốc độ cao nhất của xe cơ giới trên đường bộ",
        ),
        (
            "Ô tô chạy quá tốc độ bị xử lý ra sao?",
            "Phạt tiền người điều khiển phương tiện giao thông đường bộ",
            "Hồ sơ đề nghị cấp giấy chứng nhận đầu tư",
        ),
        (
            "Vợ chồng muốn chia tay",
            "Tòa án giải quyết việc ly hôn, chia tài sản chung",
            "Kiểm tra chất lượng công trình xây dựng",
        ),
    ],
)
def test_closer_in_meaning_is_closer(embedder: StaticEmbedder, question: str, right: str, wrong: str) -> None:
    asked, near, far = embedder.encode([question, right, wrong])
    assert asked @ near > asked @ far + 0.05


def test_every_spelling_of_a_text_is_one_vector(embedder: StaticEmbedder) -> None:
    one, other = embedder.encode(["Uỷ ban nhân dân xã, kí kết", "UBND xã, ký kết"])
    assert one @ other == pytest.approx(1, abs=1e-5)


def test_words_are_cut_before(embedder: StaticEmbedder) -> None:
    text = "Thời hạn giải quyết 05 ngày làm việc"
    assert embedder.encode([text]) == pytest.approx(embedder.encode_words([words(text)]))


def test_a_question_is_a_text(embedder: StaticEmbedder) -> None:
    question = "Thời hạn giải quyết là bao lâu?"
    assert embedder.encode_query(question) == pytest.approx(embedder.encode([question])[0], abs=1e-6)
    assert not embedder.encode_query("zzqxv").any()


LONG = tuple(words("Ủy ban nhân dân cấp xã tiếp nhận hồ sơ, thẩm định và trả kết quả trong ba ngày làm việc. " * 40))


@pytest.mark.parametrize(
    ("length", "windows"),
    [
        (0, [(0, 0)]),  # a heading alone still has a vector
        (1, [(0, 1)]),
        (64, [(0, 64)]),
        (65, [(0, 64), (48, 65)]),  # what overhangs has the words before it for company
        (112, [(0, 64), (48, 112)]),
        (113, [(0, 64), (48, 112), (96, 113)]),
    ],
)
def test_windows_of_a_passage(embedder: StaticEmbedder, length: int, windows: list[tuple[int, int]]) -> None:
    """Each window's own words, the name's, and the heading's twice; whatever passages go before it."""
    name, heading = words("Quyết định 05 về thủ tục hành chính"), words("Trình tự thực hiện")
    passage = Indexed(Fields("", "", ""), tuple(name), tuple(heading), LONG[:length])
    expected = embedder.encode_words([[*LONG[start:end], *name, *heading, *heading] for start, end in windows])
    other = indexed(Fields("Nghị quyết", "Mục tiêu", "Phấn đấu đạt 98,5%"))
    assert embedder.encode_passages([other, passage, other])[1] == pytest.approx(expected, abs=1e-5)


def test_nothing_known_in_a_passage_gives_no_vector(embedder: StaticEmbedder) -> None:
    unknown, known = embedder.encode_passages([indexed(Fields("", "", "zzqxv")), indexed(Fields("", "", "lệ phí"))])
    assert unknown.shape == (0, embedder.dimensions)
    assert known.shape == (1, embedder.dimensions)
    assert embedder.encode_passages([]) == []


def test_model_id_follows_the_weights(embedder: StaticEmbedder) -> None:
    name, _, fingerprint = embedder.model_id.partition("@")
    assert name == BUNDLED.name
    assert len(fingerprint) == 12
    assert StaticEmbedder().model_id == embedder.model_id
