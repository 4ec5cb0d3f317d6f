"""Answers that users marked wrong, as draft cases: what is expected is left for an evaluator to fill in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from assistant.bootstrap import open_catalog
from assistant.config import Settings
from assistant.feedback import Feedback
from evals.rows import COLUMNS
from ingest.errors import HoidapError

TAGS = ["phản hồi"]


class Told(Protocol):
    """One answer that a user judged: what it was asked after, what was answered, what the user said of it."""

    @property
    def question(self) -> str: ...
    @property
    def history(self) -> Sequence[str]: ...
    @property
    def status(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def created(self) -> datetime | str: ...


def drafts(told: Iterable[Told]) -> list[dict[str, object]]:
    """A case for each question that was answered badly, once for the same question in the same conversation.

    `status` is left empty: `check` names each that is still to be decided.
    """
    found: dict[tuple[str, ...], dict[str, object]] = {}
    for at, each in enumerate((t for t in told if t.verdict == BAD), 1):
        row: dict[str, object] = dict.fromkeys(COLUMNS, "")
        row |= {"id": f"phan-hoi-{at:03}", "question": each.question, "history": list(each.history)}
        row |= {"expect": [], "forbid": [], "tags": [*TAGS, *filter(None, [each.reason])]}
        found.setdefault((*each.history, each.question), row)
    return list(found.values())


BAD = "down"


def kept() -> Iterable[Told]:
    """What users of this installation told."""
    catalog = open_catalog(Settings())
    try:
        return list(Feedback(catalog.engine).read())
    finally:
        catalog.close()


def export(told: Iterable[Told], path: Path) -> int:
    """How many were written, into a new file. Raises HoidapError where there is one already."""
    rows = drafts(told)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    except FileExistsError as error:
        raise HoidapError(f"Đã có tệp {path}. Chọn tên khác, để không mất câu đã viết.") from error
    except OSError as error:
        raise HoidapError(f"Không ghi được {path} ({error.strerror}). Kiểm tra thư mục.") from error
    return len(rows)
