"""The promise behind every citation: its quotation is the document's own text at its offsets, whatever was asked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bootstrap import Assistant
from assistant.errors import BadQuestion
from assistant.types import Answer
from assistant.understand import MAX_LENGTH
from evals.case import FOLDER, load
from ingest.values import bare

NAMES = ["seed", "bundled", "procedures", "followups", "citizens"]
QUESTIONS = [case.question for name in NAMES for case in load(FOLDER / f"{name}.jsonl")]


def check(answer: Answer, assistant: Assistant) -> None:
    with assistant.shelf.reading() as library:
        for citation in answer.citations:
            parsed = library.document(citation.document_id)
            assert parsed is not None
            assert 0 <= citation.start < citation.end <= len(parsed.document.text)
            assert citation.quote == parsed.document.text[citation.start : citation.end]
    # Each marker in the text opens a citation, and none is left out.
    markers = {int(marker) for marker in re.findall(r"\[(\d+)\]", answer.text)}
    assert markers >= {citation.marker for citation in answer.citations}
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    if answer.status == "answered":
        assert answer.citations


@pytest.mark.parametrize("name", NAMES)
def test_over_the_evaluation_questions(assistant: Assistant, name: str) -> None:
    answers = [assistant.ask(case.question)[0] for case in load(FOLDER / f"{name}.jsonl")]
    for answer in answers:
        check(answer, assistant)
    assert sum(bool(answer.citations) for answer in answers) > len(answers) / 2


@pytest.fixture(scope="module")
def pieces(assistant: Assistant) -> list[str]:
    """Runs of words as they stand in the bundled documents."""
    with assistant.shelf.reading() as library:
        texts = [parsed.document.text for d in library.documents() if (parsed := library.document(d.id))]
    return [
        " ".join(words[at : at + 6]) for text in texts for words in [text.split()] for at in range(0, len(words), 6)
    ]


@settings(max_examples=150, deadline=None)
@given(draw=st.data())
def test_over_mixtures_of_the_documents_own_words(assistant: Assistant, pieces: list[str], draw: st.DataObject) -> None:
    mixed = st.lists(st.sampled_from(pieces) | st.sampled_from(QUESTIONS) | st.text(max_size=8), max_size=5)
    message = " ".join(draw.draw(mixed))[:MAX_LENGTH]
    if draw.draw(st.booleans()):
        message = bare(message)
    try:
        answer, _ = assistant.ask(message)
    except BadQuestion:
        return
    check(answer, assistant)
