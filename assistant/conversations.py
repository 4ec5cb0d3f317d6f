"""Conversations, kept in the catalog's database: who knows a conversation's id may read and delete it."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa

from assistant.errors import UnknownConversation
from assistant.types import Answer
from ingest.schema import transaction
from ingest.values import bare

metadata = sa.MetaData()

_conversations = sa.Table(
    "conversations",
    metadata,
    # Random, unlike every other id: it is what keeps a conversation to those who had it.
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("conversation", sa.String(36), sa.ForeignKey("conversations.id", ondelete="CASCADE"), index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("answer", sa.JSON(none_as_null=True)),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("conversation", "position"),
)


# A table of its own: data folders of before it have no column for it.
_titles = sa.Table(
    "conversation_titles",
    metadata,
    sa.Column("conversation", sa.String(36), sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
)

LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Turn:
    """A question answered within a conversation; `generation` names the index that the answer comes from."""

    conversation_id: str
    message_id: str
    generation: str
    answer: Answer


class Conversations:
    """Every failure of the database is a StorageProblem."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with transaction(engine) as connection:
            metadata.create_all(connection)

    def check(self, id_: str) -> None:
        """Raises UnknownConversation where there is none with this id."""
        with transaction(self._engine) as connection:
            known = connection.execute(sa.select(_conversations.c.id).where(_conversations.c.id == id_)).first()
        if known is None:
            raise _unknown(id_)

    def add(self, id_: str | None, question: str, answer: Answer, generation: str) -> Turn:
        """Keep a question and its answer, in a new conversation where `id_` is None."""
        now = datetime.now(UTC)
        with transaction(self._engine) as connection:
            if id_ is None:
                id_ = str(uuid.uuid4())
                connection.execute(sa.insert(_conversations).values(id=id_, created=now))
            turn = Turn(id_, str(uuid.uuid4()), generation, answer)
            last = sa.select(sa.func.max(messages.c.position)).where(messages.c.conversation == id_)
            position = connection.execute(last).scalar_one() or 0
            rows = [
                _message(id_, position + 1, "user", question, None, now),
                _message(id_, position + 2, "assistant", answer.text, as_json(turn), now) | {"id": turn.message_id},
            ]
            try:
                connection.execute(sa.insert(messages), rows)
            except sa.exc.IntegrityError as error:
                # Deleted in another window while the answer was made, or answered there at the same moment.
                raise _unknown(id_) from error
        return turn

    def read(self, id_: str) -> list[dict[str, Any]]:
        """Its messages in order, as `role`, `text` and, for the assistant's, the whole `answer`."""
        self.check(id_)
        m = messages.c
        with transaction(self._engine) as connection:
            rows = connection.execute(
                sa.select(m.role, m.text, m.answer).where(m.conversation == id_).order_by(m.position)
            )
            return [dict(row) for row in rows.mappings()]

    def title(self, id_: str) -> str:
        """The name it was given, else its first question. Raises UnknownConversation where there is none."""
        with transaction(self._engine) as connection:
            given = sa.select(_titles.c.title).where(_titles.c.conversation == id_)
            first = sa.select(messages.c.text).where(messages.c.conversation == id_).order_by(messages.c.position)
            title = connection.execute(given).scalar() or connection.execute(first.limit(1)).scalar()
        if title is None:
            raise _unknown(id_)
        return _shortened(title)

    def rename(self, id_: str, title: str) -> None:
        """Raises UnknownConversation where there is none with this id."""
        self.check(id_)
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_titles).where(_titles.c.conversation == id_))
            connection.execute(sa.insert(_titles).values(conversation=id_, title=" ".join(title.split())))

    def listed(self, ids: Sequence[str], words: str) -> list[dict[str, Any]]:
        """Those of the ids that are there and hold each of the words, with diacritics or without; the latest first.

        Each with `id`, `title`, the day of its last message as `updated`, and how many `questions` it has.
        """
        m = messages.c
        with transaction(self._engine) as connection:
            given = connection.execute(sa.select(_titles).where(_titles.c.conversation.in_(ids)))
            named = {row.conversation: row.title for row in given}
            said = sa.select(m.conversation, m.role, m.text, m.created).where(m.conversation.in_(ids))
            rows = connection.execute(said.order_by(m.conversation, m.position)).all()
        listed: list[dict[str, Any]] = []
        for id_, its in itertools.groupby(rows, key=lambda row: row.conversation):
            lines = list(its)
            title = named.get(id_) or _shortened(lines[0].text)
            whole = bare(" ".join((title, *(row.text for row in lines)))).lower()
            if all(word in whole for word in bare(words).lower().split()):
                asked = sum(row.role == "user" for row in lines)
                updated = lines[-1].created.isoformat()
                listed.append({"id": id_, "title": title, "updated": updated, "questions": asked})
        return sorted(listed, key=lambda each: each["updated"], reverse=True)

    def questions(self, id_: str) -> list[str]:
        """What was asked in it, in order. Raises UnknownConversation where there is none with this id."""
        return [message["text"] for message in self.read(id_) if message["role"] == "user"]

    def delete(self, id_: str) -> None:
        """Raises UnknownConversation where there is none with this id."""
        with transaction(self._engine) as connection:
            gone = connection.execute(sa.delete(_conversations).where(_conversations.c.id == id_))
        if cast("sa.CursorResult[Any]", gone).rowcount == 0:
            raise _unknown(id_)


def _shortened(question: str) -> str:
    title = " ".join(question.split())
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


def _unknown(id_: str) -> UnknownConversation:
    return UnknownConversation(f"Không có cuộc trò chuyện “{id_[:60]}”. Có thể nó đã bị xóa; hãy bắt đầu cuộc mới.")


def _message(
    conversation: str, position: int, role: str, text: str, answer: dict[str, Any] | None, now: datetime
) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "conversation": conversation,
        "position": position,
        "role": role,
        "text": text,
        "answer": answer,
        "created": now,
    }


def as_json(turn: Turn) -> dict[str, Any]:
    """The answer as the chat endpoint gives it."""
    answer = turn.answer
    return {
        "conversation_id": turn.conversation_id,
        "message_id": turn.message_id,
        "status": answer.status,
        "mode": answer.mode,
        "text": answer.text,
        "citations": [asdict(citation) | {"url": citation.url} for citation in answer.citations],
        "facts": list(answer.facts),
        "suggestions": list(answer.suggestions),
        "generation": turn.generation,
    }
