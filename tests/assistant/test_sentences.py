"""What the scorer of sentences is told of a piece: by words, by its neighbours, and by what could be the answer."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.bootstrap import Assistant
from assistant.evidence import first_to_score, gather, weighed, weighted
from assistant.retrieve import retrieve
from assistant.sentences import MEASURES, Piece, features
from assistant.types import Query
from assistant.understand import understand
from assistant.wording import NAME, NUMBER, YEAR, wording
from ingest.wordvectors import load_word_vectors
from tests.fakes import AsTyped

LAKE = (
    "Hồ Ba Ao nằm ở phía đông thị trấn Cẩm Đông.",
    "Nó được đào năm 1911 và rộng 30 ha.",
    "Người dân thả cá quanh năm.",
)


def told(question: str, *texts: str, passages: tuple[int, ...] = ()) -> dict[str, np.ndarray]:
    """The columns of the features by name."""
    places = passages or (0,) * len(texts)
    pieces = [
        Piece(text, place, 1.0, (0.0,) * len(MEASURES), text.count(","), headed=False, row=False)
        for text, place in zip(texts, places, strict=True)
    ]
    rows, names = features(understand(question, AsTyped()), pieces, load_word_vectors())
    assert rows.shape == (len(texts), len(set(names)))
    return dict(zip(names, rows.T, strict=True))


FLAGS = [
    ("Nó được đào năm 1911.", "1911", NUMBER | YEAR),
    ("Hồ rộng 30 ha.", "30", NUMBER),
    ("Có bốn lối xuống hồ.", "bốn", NUMBER),
    ("Một phần hồ đã cạn.", "một", 0),  # an article more often than a number
    ("Hồ do ông Lê Tám đào.", "lê", NAME),
    ("Người dân thả cá.", "người", 0),  # written with a capital only since it begins the sentence
]


@pytest.mark.parametrize(("text", "word", "flags"), FLAGS)
def test_what_a_word_could_be_the_answer_to(text, word, flags):
    found = wording(text)
    at = next(at for at, said in enumerate(found.words) if word in said)
    assert found.flags[at] == flags


BEARING = [
    # a question, and which of the lake's sentences has what could be the answer close to the question's words
    ("Hồ được đào vào năm nào?", 1),
    ("Hồ rộng bao nhiêu ha?", 1),
    ("Hồ nằm ở phía đông của thị trấn nào?", 0),
]


@pytest.mark.parametrize(("question", "best"), BEARING)
def test_what_could_be_the_answer_is_found_beside_the_questions_words(question, best):
    assert told(question, *LAKE)["bearing_round"].argmax() == best


def test_a_number_of_the_question_is_no_answer_to_it():
    assert told("Năm 1911 có gì được đào?", *LAKE)["year"].tolist() == [0, 0, 0]


def test_a_sentence_takes_its_subject_from_the_one_before_within_a_passage():
    together = told("Hồ Ba Ao được đào năm nào?", *LAKE)
    apart = told("Hồ Ba Ao được đào năm nào?", *LAKE, passages=(0, 1, 2))
    assert together["pronoun"].tolist() == [0, 1, 0]
    assert together["with_before"][1] > apart["with_before"][1]
    assert apart["with_before"][1] == pytest.approx(apart["soft_here"][1], abs=1e-6)
    assert (together["words_behind_here"] <= 0).all()
    assert (apart["words_behind_here"] == 0).all()


ODD = ["?", "bao nhiêu", "2024"]


@pytest.mark.parametrize("question", ODD)
def test_a_question_without_words_and_a_text_without_any_are_still_told(question):
    query = Query(question, question, (), (), "text")
    pieces = [
        Piece(text, 0, 1.0, (0.0,) * len(MEASURES), 0, headed=False, row=False) for text in ("…", "Năm 2024.", "")
    ]
    rows, names = features(query, pieces, load_word_vectors())
    assert rows.shape == (3, len(names))
    assert np.isfinite(np.nan_to_num(rows)).all()


def test_the_bundled_scorer_puts_the_best_pieces_in_order(office: Assistant):
    with office.shelf.reading() as library:
        query = weighted(understand("Ai chủ trì rà soát quy trình chứng thực?", AsTyped()), library)
        found = retrieve(query, library, office.judges)
        pieces = weighed(query, found, library)
        scorer = office.judges.scorer
        assert scorer is not None
        assert list(features(query, [pieces[0].piece], library.priors.vectors)[1]) == scorer.features
        judged = gather(query, found, library, scorer)
    assert len(judged) == len(pieces)
    assert judged[0].share == max(each.share for each in judged)
    assert [bool(each.judged) for each in judged] == [at < len(first_to_score(pieces)) for at in range(len(judged))]


WORDING = [
    # a question in other words than the text's, and which of the lake's sentences says it
    ("Dân chúng thả gì?", 2),
    ("Diện tích hồ khoảng bao nhiêu?", 1),
]


@pytest.mark.parametrize(("question", "best"), WORDING)
def test_other_words_for_the_same_count(question, best):
    assert told(question, *LAKE)["meaning_here"].argmax() == best


def test_nothing_found_is_no_evidence(office: Assistant):
    with office.shelf.reading() as library:
        query = weighted(understand("Thu ngân sách?", AsTyped()), library)
        assert gather(query, [], library, office.judges.scorer) == []
