"""Conversations in the catalog's database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.conversations import Conversations, as_json
from assistant.errors import UnknownConversation
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
