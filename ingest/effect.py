"""When a document holds: the days it names itself, the period it covers, and where it stands among other documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ingest.clauses import ENACTING, SELF, own_clauses, title_clause
from ingest.layout import Header
from ingest.relations import as_date, read_relations
from ingest.types import Document, Relation, RelationKind, Unit
from ingest.values import document_key, find_values

_FORCE = r"có hiệu lực(?:\s+(?:pháp luật|thi hành|thực hiện|áp dụng))*"
_IN_FORCE = re.compile(rf"{SELF}(?:\s+chính thức)?\s+{_FORCE}\s*(?P<when>.*)", re.DOTALL)
_OUT_OF_FORCE = re.compile(rf"{SELF}\s+hết hiệu lực(?:\s+(?:pháp luật|thi hành))*\s*(?P<when>.*)", re.DOTALL)
_FROM_DAY = re.compile(r",?\s*(?:bắt đầu\s+)?(?:kể\s+)?từ\s+(?:ngày\s+)?(?=\d)")
_FROM_SIGNING = re.compile(r",?\s*(?:kể\s+)?từ\s+ngày\s+(?:ký|ban hành)(?:\s+ban hành)?(?!\s+\d)\b")
_AFTER_SIGNING = re.compile(
    r",?\s*sau\s+(?P<days>\d{1,3})\s*(?:\([^)]*\)\s*)?ngày\s*,?\s*(?:kể\s+)?từ\s+ngày\s+(?:ký|ban hành)\b"
)
_UNTIL = re.compile(r"\s*,?\s*(?:và\s+)?(?:có giá trị\s+|được thực hiện\s+)?đến\s+(?:hết\s+)?(?:ngày\s+)?(?=\d)")

_YEAR = r"(?:19|20)\d\d"
_YEARS = rf"{_YEAR}\s?(?:[-–—]|đến(?:\s+năm)?|tới)\s?{_YEAR}"
_PERIOD = re.compile(
    rf"(?:giai đoạn|nhiệm kỳ|thời kỳ)\s+(?:từ\s+)?(?:năm\s+)?{_YEARS}"
    rf"|(?:0?[369]|sáu|ba|chín)\s+tháng(?:\s+(?:đầu|cuối))?(?:\s+năm)?\s+{_YEAR}"
    rf"|quý\s+(?:IV|I{{1,3}}|[1-4])(?:\s*[/-]\s*|\s*,?\s*(?:năm\s+)){_YEAR}"
    rf"|(?<!\d )tháng\s+\d{{1,2}}(?:\s*[/-]\s*|\s+năm\s+){_YEAR}"
    rf"|từ\s+năm\s+{_YEARS}|(?:các\s+)?năm\s+{_YEARS}|{_YEARS}|(?:cả\s+)?năm(?:\s+học)?\s+{_YEAR}(?:\s?[-–]\s?{_YEAR})?",
    re.IGNORECASE,
)
# The day or year of another document is no period: `Nghị quyết … ngày 09 tháng 4 năm 2021`, `Luật Đất đai năm 2013`.
_DATED = re.compile(
    r"(?:ngày\s+\d{1,2}(?:\s*[/.-]\s*|\s+tháng\s+)\d{1,2}(?:\s*[/.-]\s*|\s+năm\s+)$|(?:luật|hiến pháp)\b[^,;]*$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a text says of its own effect; `effective_to` is its last day."""

    effective_from: date | None = None
    effective_to: date | None = None
    period: str = ""
    relations: tuple[Relation, ...] = ()


def read_effect(text: str, units: Sequence[Unit], header: Header, issued_on: date | None, body: int) -> Effect:
    """The effect of the document whose verbatim `text` has its body from offset `body` on."""
    clauses = list(own_clauses(text, units, header.kind))
    heading = title_clause(text, header.title, body) if header.kind in ENACTING else None
    begins: set[date] = set()
    ends: set[date] = set()
    for clause in clauses:
        begin, end = _days(clause.text, issued_on)
        begins |= {begin} if begin else set()
        ends |= {end} if end else set()
    return Effect(
        effective_from=_only(begins),
        effective_to=_only(ends),
        period=period_of(header.title),
        relations=read_relations([*([heading] if heading else []), *clauses], header.number),
    )


def period_of(title: str) -> str:
    """The first period that a title names, as written; "" where it names none."""
    for match in _PERIOD.finditer(title):
        if not _DATED.search(title[: match.start()]) and not _DATED.search(title[: match.end() - 4]):
            return match.group()
    return ""


def _only(days: set[date]) -> date | None:
    """Two different days leave it open which one is meant."""
    return next(iter(days)) if len(days) == 1 else None


def _days(sentence: str, issued_on: date | None) -> tuple[date | None, date | None]:
    """The first and the last day of effect that a sentence about the document itself tells."""
    if over := _OUT_OF_FORCE.match(sentence):
        first_day_without = _day_after(_FROM_DAY, over["when"])[0]
        return None, first_day_without - timedelta(days=1) if first_day_without else None
    force = _IN_FORCE.match(sentence)
    if force is None:
        return None, None
    begin, rest = _begin(force["when"], issued_on)
    return begin, _day_after(_UNTIL, rest)[0]


def _begin(when: str, issued_on: date | None) -> tuple[date | None, str]:
    if after := _AFTER_SIGNING.match(when):
        return (issued_on + timedelta(days=int(after["days"])) if issued_on else None), when[after.end() :]
    if signing := _FROM_SIGNING.match(when):
        return issued_on, when[signing.end() :]
    return _day_after(_FROM_DAY, when)


def _day_after(words: re.Pattern[str], text: str) -> tuple[date | None, str]:
    """The day right behind `words` at the beginning of `text`, and what follows it."""
    match = words.match(text)
    if match is None:
        return None, text
    rest = text[match.end() :]
    value = next(iter(find_values(rest)), None)
    if value is None or value.kind != "date" or value.start > 0:
        return None, rest
    return as_date(value.key), rest[value.end :]


# --- where a document stands among others ---------------------------------------------------------------------------

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
    """Where a document stands on a day, and the changes to it that are in effect then."""

    standing: Standing
    changes: tuple[Change, ...] = ()

    def __str__(self) -> str:
        """`Hết hiệu lực toàn bộ (bị thay thế bởi 30/2020/NĐ-CP)`, as it is shown."""
        by = "; ".join(str(change) for change in self.changes)
        return f"{self.standing} ({by})" if by else self.standing


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
    with_year = re.search(rf"/{_YEAR}/", re.sub(r"\s", "", relation.number)) is not None
    return with_year or (relation.dated is not None and relation.dated == document.issued_on)
