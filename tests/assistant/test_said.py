"""What the words of a question tell of texts: as arrays, the same for one text and for several."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.ranker import ANSWERABLE, WORDS, Ranker
from assistant.said import HOW, PARTS, Told, names, said, total
from ingest.wordvectors import load_word_vectors

FEE = Told("Lệ phí đăng ký kết hôn là 30.000 đồng.", " lệ phí ", " đăng ký kết hôn ", " nộp tại xã ")
PLACE = Told("Hồ sơ nộp tại xã.", " nơi nộp ", " đăng ký kết hôn ", " lệ phí 30.000 đồng ")


@pytest.fixture(scope="module")
def vectors():
    return load_word_vectors()


def test_what_asks_is_left_out_and_each_word_is_told_how_it_stands(vectors):
    found = said("Lệ phí kết hôn bao nhiêu?", [FEE, PLACE], vectors)
    fee, wedding = 0, 1
    own, above, title, around = (HOW.index(name) for name in ("said", "above", "title", "around"))
    assert found.rows.shape == (2, len(PARTS))
    assert found.how.shape == (2, 2, len(HOW))
    assert found.how[0, fee, [own, above]].tolist() == [1, 1]
    assert found.how[1, fee, [own, above, around]].tolist() == [0, 0, 1]
    assert found.how[:, wedding, title].tolist() == [1, 1]


def test_texts_are_judged_alike_alone_and_together(vectors):
    model = Ranker.load(ANSWERABLE, WORDS)
    assert model.features == names(vectors)
    question = "Lệ phí đăng ký kết hôn là bao nhiêu?"
    both = total(question, [FEE, PLACE], model, vectors)
    alone = [total(question, [each], model, vectors)[0] for each in (FEE, PLACE)]
    assert np.allclose(both, alone, atol=1e-5)
    assert both[0] > both[1]


def test_a_question_of_question_words_alone_tells_nothing(vectors):
    assert total("bao nhiêu?", [FEE], Ranker.load(ANSWERABLE, WORDS), vectors).tolist() == [0]
