"""The bundled embedding: what lies close, and what a text without known words gives."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.embed import BUNDLED, StaticEmbedder
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


def test_model_id_follows_the_weights(embedder: StaticEmbedder) -> None:
    name, _, fingerprint = embedder.model_id.partition("@")
    assert name == BUNDLED.name
    assert len(fingerprint) == 12
    assert StaticEmbedder().model_id == embedder.model_id
