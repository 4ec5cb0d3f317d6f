"""What is told about a document besides its text: its name, its dates and standing, how well its file could be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from ingest.effect.standing import Status, status_of
from ingest.types import Document, Health
from ingest.values import document_key

FEW_WORDS = 50  # below this many, a share says nothing
DOUBTFUL = 0.9  # share of Vietnamese syllables; official texts that were read right are above .97


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


def standing(document: Document, others: Changers) -> Status | None:
    """Whether a document holds today."""
    own = others.get(document_key(document.number), ()) if document.number else ()
    return status_of(document, own, date.today())  # noqa: DTZ011 (the day where the user is)


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


def health_notes(health: Health) -> list[str]:
    """What a reader should know before trusting the text, in Vietnamese; empty where there is nothing to say."""
    notes = []
    if health.words >= FEW_WORDS and health.syllables < DOUBTFUL * health.words:
        share = f"{health.syllables / health.words:.0%}"
        notes.append(f"Chỉ {share} số từ là âm tiết tiếng Việt hợp lệ; hãy đối chiếu với bản gốc.")
    if health.scanned:
        notes.append(
            f"{len(health.scanned)}/{health.pages} trang là ảnh, chữ do máy nhận dạng (OCR) nên có thể sai; "
            "hãy đối chiếu số liệu với bản gốc."
        )
    if health.blank:
        notes.append(f"Không có chữ ở {_pages(health.blank)}.")
    if health.encodings:
        notes.append(f"Đã chuyển từ bảng mã cũ {', '.join(health.encodings)} sang Unicode.")
    return notes


def _pages(numbers: tuple[int, ...]) -> str:
    """`trang 3, 5–7`: neighbours together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return "trang " + ", ".join("–".join(map(str, run)) for run in runs)


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
