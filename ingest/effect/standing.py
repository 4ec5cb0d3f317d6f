"""Where a document stands among others on a day: in effect, not yet, no longer, and because of which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.types import Document, Relation, RelationKind
from ingest.values import document_key

Standing = Literal["Còn hiệu lực", "Chưa có hiệu lực", "Hết hiệu lực một phần", "Hết hiệu lực toàn bộ"]
_BY: dict[RelationKind, str] = {
    "replaces": "bị thay thế bởi", "repeals": "bị bãi bỏ bởi", "amends": "được sửa đổi, bổ sung bởi",
}  # fmt: skip
_ACTIVE: dict[RelationKind, RelationKind] = {
    "replaced_by": "replaces", "repealed_by": "repeals", "amended_by": "amends",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What another document, `number`, does to this one; `part` is empty where it is the whole."""

    kind: RelationKind
    number: str
    part: str = ""

    def __str__(self) -> str:
        return f"{_BY[self.kind]} {self.number}" + (f" ({self.part})" if self.part else "")


@dataclass(frozen=True, slots=True)
class Status:
    """Where a document stands on a day, and the changes to it that are in effect then.

    That a document holds is only known as far as the documents that are there say otherwise; its wording says so.
    """

    standing: Standing
    changes: tuple[Change, ...] = ()

    def __str__(self) -> str:
        """`Hết hiệu lực toàn bộ (bị thay thế bởi 30/2020/NĐ-CP)`, as it is shown."""
        by = "; ".join(str(change) for change in self.changes)
        known = " theo các văn bản đang có" if self.standing == "Còn hiệu lực" else ""
        return f"{self.standing}{known} ({by})" if by else f"{self.standing}{known}"


def status_of(document: Document, others: Iterable[Document], today: date) -> Status | None:
    """Where `document` stands on `today`, by its own words and what `others` do to it.

    None for a document that has no effect to speak of (a report, a letter) and of whose end nobody tells.
    """
    changes = tuple(dict.fromkeys(_changes(document, others, today)))
    ended = tuple(change for change in changes if change.kind != "amends")
    over = document.effective_to is not None and document.effective_to < today
    if over or any(not change.part for change in ended):
        return Status("Hết hiệu lực toàn bộ", tuple(change for change in ended if not change.part))
    if document.effective_from is not None and document.effective_from > today:
        return Status("Chưa có hiệu lực", changes)
    if ended:
        return Status("Hết hiệu lực một phần", changes)
    return Status("Còn hiệu lực", changes) if document.effective_from else None


def _changes(document: Document, others: Iterable[Document], today: date) -> Iterator[Change]:
    for relation in document.relations:
        if relation.kind in _ACTIVE and (relation.on is None or relation.on <= today):
            yield Change(_ACTIVE[relation.kind], relation.number, relation.part)
    for other in others:
        for relation in other.relations:
            begins = relation.on or other.effective_from or other.issued_on or today
            if other.number and relation.kind in _BY and begins <= today and _is_meant(document, relation):
                yield Change(relation.kind, other.number, relation.part)


def _is_meant(document: Document, relation: Relation) -> bool:
    """Whether the relation's number is this document's. One without its year comes back every year: then the words
    must tell the day of issue too."""
    if document.number is None or document_key(relation.number) != document_key(document.number):
        return False
    with_year = re.search(r"/(?:19|20)\d\d/", re.sub(r"\s", "", relation.number)) is not None
    return with_year or (relation.dated is not None and relation.dated == document.issued_on)
