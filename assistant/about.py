"""What is told about a document besides its text: its name, its dates and standing, how well its file could be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from ingest.effect.standing import Status, status_of
from ingest.health import health_notes
from ingest.types import Document
from ingest.values import document_key


def formal_name(document: Document) -> str:
    """`Nghị quyết số 05-NQ/TU (minh họa): Đẩy mạnh …`."""
    if document.number and document.kind != "Thủ tục hành chính":
        sample = " (minh họa)" if document.illustrative else ""
        return f"{document.kind} số {document.number}{sample}: {document.title}"
    return document.title + (" (minh họa)" if document.illustrative else "")


Changers = Mapping[str, Sequence[Document]]
"""The documents that say something about a document, by the key of its number."""


def changers(documents: Iterable[Document]) -> Changers:
    by_number: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        for number in dict.fromkeys(document_key(relation.number) for relation in document.relations):
            by_number[number].append(document)
    return by_number


def standing(document: Document, others: Changers, day: date | None = None) -> Status | None:
    """Whether a document holds on a day; today where none is given."""
    own = others.get(document_key(document.number), ()) if document.number else ()
    return status_of(document, own, day or date.today())  # noqa: DTZ011 (the day where the user is)


def about(document: Document, status: Status | None) -> list[str]:
    """What a person wants to know of a document before reading it, a line each."""
    effect = " ".join(
        f"{words} {day:%d/%m/%Y}"
        for words, day in (("từ ngày", document.effective_from), ("đến hết ngày", document.effective_to))
        if day
    )
    facts = (
        ("Ban hành", " ".join(filter(None, (document.issuer, _day(document.issued_on))))),
        ("Hiệu lực", effect),
        ("Tình trạng", str(status or "")),
        ("Thời kỳ", document.period),
        ("Nguồn", document.source),
        ("Số trang", str(document.health.pages or "")),
    )
    lines = [f"{name}: {value}" for name, value in facts if value]
    return [formal_name(document), *lines, *(f"Lưu ý: {note}" for note in health_notes(document.health))]


def _day(day: date | None) -> str:
    return f"ngày {day:%d/%m/%Y}" if day else ""


def document_json(document: Document, status: Status | None) -> dict[str, Any]:
    """What lists show of a document."""
    return {
        "id": document.id,
        "kind": document.kind,
        "number": document.number,
        "title": document.title,
        "issuer": document.issuer,
        "issued_on": _iso(document.issued_on),
        "effective_from": _iso(document.effective_from),
        "effective_to": _iso(document.effective_to),
        "status": str(status) if status else None,
        "period": document.period,
        "source": document.source,
        "illustrative": document.illustrative,
        "health": asdict(document.health) | {"notes": health_notes(document.health)},
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
