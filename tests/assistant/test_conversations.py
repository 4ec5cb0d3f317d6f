"""Conversations in the catalog's database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.conversations import LONGEST_TITLE, Conversations, as_json
from assistant.errors import UnknownConversation, UnknownMessage
from assistant.feedback import Feedback
from assistant.types import Answer, Citation
from ingest.catalog import Catalog
from tests.fakes import catalog_url

QUOTE = "Vốn FDI đạt trên 6,83 tỷ USD"
CITATION = Citation(1, "421-bc-tu-2024", "Báo cáo số 421-BC/TU", "421-BC/TU", "Mục II.1", QUOTE, 10, 10 + len(QUOTE))
ANSWER = Answer("answered", "extractive", "**6,83 tỷ USD** [1]", (CITATION,), ("So với kế hoạch?",))


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with closing(Catalog.open(catalog_url(tmp_path))) as catalog:
        yield catalog


@pytest.fixture
def conversations(catalog: Catalog) -> Conversations:
    return Conversations(catalog.engine)


def test_what_is_kept_is_what_was_answered(conversations: Conversations) -> None:
    turn = conversations.add(None, "Vốn FDI? 𝒬 👍", ANSWER, "g000001")
    asked, answered = conversations.read(turn.conversation_id)
    assert asked == {"role": "user", "text": "Vốn FDI? 𝒬 👍", "answer": None}
    assert answered == {"role": "assistant", "text": ANSWER.text, "answer": as_json(turn)}
    assert answered["answer"]["citations"][0]["url"] == f"/documents/421-bc-tu-2024#10-{10 + len(QUOTE)}"


def test_turns_stay_in_order_and_apart(conversations: Conversations) -> None:
    first = conversations.add(None, "câu 1", ANSWER, "g000001").conversation_id
    other = conversations.add(None, "câu khác", ANSWER, "g000001").conversation_id
    for number in range(2, 12):
        assert conversations.add(first, f"câu {number}", ANSWER, "g000001").conversation_id == first
    asked = [message["text"] for message in conversations.read(first) if message["role"] == "user"]
    assert asked == [f"câu {number}" for number in range(1, 12)]
    assert len(conversations.read(other)) == 2


def test_ids_cannot_be_guessed(conversations: Conversations) -> None:
    ids = {conversations.add(None, "câu", ANSWER, "g000001").conversation_id for _ in range(5)}
    assert {uuid.UUID(id_).version for id_ in ids} == {4}
    assert len(ids) == 5


def test_deleted_is_gone_with_its_messages(conversations: Conversations, catalog: Catalog) -> None:
    id_ = conversations.add(None, "câu", ANSWER, "g000001").conversation_id
    kept = conversations.add(None, "câu khác", ANSWER, "g000001").conversation_id
    conversations.delete(id_)
    for use in (conversations.check, conversations.read, conversations.delete):
        with pytest.raises(UnknownConversation, match="đã bị xóa"):
            use(id_)
    with pytest.raises(UnknownConversation):
        conversations.add(id_, "câu nữa", ANSWER, "g000001")
    assert len(conversations.read(kept)) == 2
    with catalog.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM messages").scalar() == 2


def test_they_outlive_the_process(tmp_path: Path) -> None:
    url = catalog_url(tmp_path)
    with closing(Catalog.open(url)) as catalog:
        id_ = Conversations(catalog.engine).add(None, "câu", ANSWER, "g000001").conversation_id
    with closing(Catalog.open(url)) as catalog:
        assert Conversations(catalog.engine).read(id_)[1]["text"] == ANSWER.text


# --- listed, named, judged ------------------------------------------------------------------------------------------


def test_only_those_whose_ids_are_given_are_listed_the_latest_first(conversations: Conversations) -> None:
    first, second, _ = (
        conversations.add(None, question, ANSWER, "g000001").conversation_id
        for question in ("Vốn FDI là bao nhiêu?", "Lệ phí cấp đổi giấy phép", "câu của người khác")
    )
    conversations.add(first, "còn năm 2022?", ANSWER, "g000001")
    listed = conversations.listed([second, first, "không-có"], "")
    assert [(each["id"], each["title"], each["questions"]) for each in listed] == [
        (first, "Vốn FDI là bao nhiêu?", 2),
        (second, "Lệ phí cấp đổi giấy phép", 1),
    ]
    assert [each["id"] for each in conversations.listed([first, second], "giay phep LE")] == [second]
    assert conversations.listed([], "") == []


def test_a_name_stays_until_another_is_given(conversations: Conversations) -> None:
    id_ = conversations.add(None, "x" * 300, ANSWER, "g000001").conversation_id
    assert len(conversations.title(id_)) == LONGEST_TITLE
    for title in ("Tên  một", "Tên hai"):
        conversations.rename(id_, title)
        assert conversations.title(id_) == " ".join(title.split())
    with pytest.raises(UnknownConversation):
        conversations.rename("không-có", "Tên")
    conversations.delete(id_)
    assert conversations.listed([id_], "") == []


def test_the_last_word_on_an_answer_counts_and_tells_what_was_asked_before(
    conversations: Conversations, catalog: Catalog
) -> None:
    feedback = Feedback(catalog.engine)
    first = conversations.add(None, "Vốn FDI?", ANSWER, "g000001")
    second = conversations.add(first.conversation_id, "còn năm 2022?", ANSWER, "g000001")
    feedback.add(second.message_id, "down", " sai năm ")
    feedback.add(first.message_id, "up")
    feedback.add(first.message_id, "down", "thiếu")
    told = [(each.question, each.history, each.verdict, each.reason) for each in feedback.read()]
    assert told == [("còn năm 2022?", ("Vốn FDI?",), "down", "sai năm"), ("Vốn FDI?", (), "down", "thiếu")]
    assert feedback.read()[0].citations[0]["quote"] == QUOTE
    with pytest.raises(UnknownMessage, match="bị xóa"):
        feedback.add("không-có", "up")
    conversations.delete(first.conversation_id)
    assert feedback.read() == []
