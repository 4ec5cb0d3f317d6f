"""What people think of answers: a thumb and a reason, kept beside the conversations; the last word counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from assistant.conversations import messages, metadata
from assistant.errors import UnknownMessage
from ingest.schema import transaction

Verdict = Literal["up", "down"]
LONGEST_REASON = 1000

_feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("message", sa.String(36), sa.ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("verdict", sa.String(8), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """A judged answer: what was asked, after which questions (the oldest first), and what came.

    `citations` are as the chat endpoint gave them.
    """

    question: str
    history: tuple[str, ...]
    status: str
    text: str
    citations: tuple[dict[str, Any], ...]
    verdict: Verdict
    reason: str
    created: datetime


class Feedback:
    """Every failure of the database is a StorageProblem."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with transaction(engine) as connection:
            metadata.create_all(connection)

    def add(self, message_id: str, verdict: Verdict, reason: str = "") -> None:
        """Raises UnknownMessage where there is no such answer."""
        row = {"message": message_id, "verdict": verdict, "reason": reason.strip(), "created": datetime.now(UTC)}
        m = messages.c
        with transaction(self._engine) as connection:
            known = sa.select(m.id).where(m.id == message_id, m.role == "assistant")
            if connection.execute(known).first() is None:
                raise UnknownMessage("Không có câu trả lời này nữa. Có thể cuộc trò chuyện đã bị xóa.")
            connection.execute(sa.delete(_feedback).where(_feedback.c.message == message_id))
            connection.execute(sa.insert(_feedback).values(row))

    def read(self) -> list[Opinion]:
        """Every judged answer, the oldest judgement first."""
        m, f = messages.c, _feedback.c
        joined = sa.select(m.conversation, m.position, m.answer, f.verdict, f.reason, f.created)
        with transaction(self._engine) as connection:
            rows = connection.execute(joined.join(_feedback, f.message == m.id).order_by(f.created, m.id)).all()
            return [_opinion(row, _asked(connection, row.conversation, row.position)) for row in rows]


def _asked(connection: sa.Connection, conversation: str, before: int) -> list[str]:
    m = messages.c
    asked = sa.select(m.text).where(m.conversation == conversation, m.role == "user", m.position < before)
    return list(connection.execute(asked.order_by(m.position)).scalars())


def _opinion(row: Any, asked: list[str]) -> Opinion:  # noqa: ANN401 (columns are known at run time only)
    answer = row.answer
    return Opinion(
        question=asked[-1],
        history=tuple(asked[:-1]),
        status=answer["status"],
        text=answer["text"],
        citations=tuple(answer["citations"]),
        verdict=row.verdict,
        reason=row.reason,
        created=row.created,
    )
