"""Words as pyvi cuts them: its own model asked beside ours, on clauses and on any mixture of tokens."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyvi.ViTokenizer import ViTokenizer

from ingest.segmenter import Chain, segmenter, tokenized

CLAUSES = [
    "tiếp tục cải cách thủ tục hành chính, nâng cao chất lượng dịch vụ công trực tuyến",
    "ủy ban nhân dân tỉnh chủ trì, phối hợp với các sở, ban, ngành có liên quan",
    "1. cơ quan tiếp nhận hồ sơ trả kết quả trong 3,5 ngày làm việc",  # numbers are words by themselves
    "tỷ lệ hồ sơ trực tuyến toàn trình đạt trên 80 % ; chỉ số pci thuộc nhóm 5",
    "“ công dân học tập ” ( ban hành kèm theo ) - điều 5 khoản 2 điểm a",  # some marks the model joins, some never
    "trung tâm phục vụ hành chính công , bộ phận một cửa",  # words of three syllables that the dictionary has
    "vi phạm pháp luật về phòng cháy chữa cháy và cứu nạn, cứu hộ",
    "gửi qua https://dichvucong.gov.vn hoặc hotro@quangninh.gov.vn ...",
    "luật số 78 qh13 a1 b-2 = = > ==> -> >> _ __ a_b",
    "xyzzy qwerty lorem ipsum",  # nothing that the model has met
    "ngày",
    "2",
]


@pytest.mark.parametrize("clause", CLAUSES)
def test_words_are_pyvis_own(clause):
    assert " ".join(segmenter().words(tokens(clause))) == ViTokenizer.tokenize(clause)


def tokens(text: str) -> list[str]:
    return ViTokenizer.sylabelize(text)[1]


def test_no_tokens_make_no_words():
    assert segmenter().words([]) == segmenter().going_on([]) == []


ENTRIES = sorted(ViTokenizer.bi_grams | ViTokenizer.tri_grams)
TOKENS = st.lists(
    st.one_of(
        st.sampled_from(ENTRIES).map(str.lower).map(str.split),
        st.sampled_from(CLAUSES).map(str.split),
        st.sampled_from([["của"], ["và"], ["5"], ["12.5"], ["²"], [","], ["“"], ["…"], ["a/b"], ["zz"]]),
        st.sampled_from(ENTRIES).map(str.lower).map(lambda entry: entry.split()[:2]),  # words of three, cut short
    ),
    min_size=1,
    max_size=12,
).map(lambda runs: list(itertools.chain.from_iterable(runs)))


@settings(max_examples=300, deadline=None)
@given(TOKENS)
def test_labels_are_crfsuites_own(mixture):
    (labels,) = ViTokenizer.model.predict([ViTokenizer.sent2features(mixture, is_training=False)])
    assert segmenter().going_on(mixture) == [i for i, label in enumerate(labels) if label == "I_W"]


WEIGHT = st.integers(-8, 8).map(float)


@settings(max_examples=300, deadline=None)
@given(st.builds(Chain, WEIGHT, WEIGHT, WEIGHT, WEIGHT), st.lists(WEIGHT, min_size=1, max_size=6))
def test_no_path_is_likelier_than_the_decoded_one(chain, weights):
    # Any transitions, also where going on after going on is likelier than after beginning.
    found = set(chain.going_on(weights))
    best = max(score(chain, weights, path) for path in itertools.product([False, True], repeat=len(weights)))
    assert score(chain, weights, [i in found for i in range(len(weights))]) == best


def score(chain: Chain, weights: list[float], path: list[bool]) -> float:
    steps = {
        (False, False): chain.begin_begin,
        (False, True): chain.begin_on,
        (True, False): chain.on_begin,
        (True, True): chain.on_on,
    }
    chosen = sum(weight for weight, goes_on in zip(weights, path, strict=True) if goes_on)
    return chosen + sum(steps[pair] for pair in itertools.pairwise(path))


def test_what_is_kept_at_hand_is_begun_anew_when_full(monkeypatch):
    fresh = segmenter.__wrapped__()
    monkeypatch.setattr("ingest.segmenter._KEPT", 3)
    assert [fresh.words(tokens(clause)) for clause in CLAUSES] == [
        segmenter().words(tokens(clause)) for clause in CLAUSES
    ]
    assert len(fresh._known) <= 3


def test_the_model_is_read_without_the_libraries_that_trained_it():
    code = (
        "import sys; from ingest.segmenter import segmenter; segmenter().words(['hồ', 'sơ']);"
        "sys.exit(any(name in sys.modules for name in ('pyvi.ViTokenizer', 'sklearn_crfsuite', 'sklearn', 'numpy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_sentence_keeps_its_case():
    assert tokenized("Ủy ban nhân dân tỉnh") == "Ủy_ban nhân_dân tỉnh"
