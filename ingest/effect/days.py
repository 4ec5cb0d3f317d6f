"""What a text says of its own effect: the days it names, the period it covers, what it does to other documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.effect.clauses import ENACTING, SELF, own_clauses, title_clause
from ingest.effect.relations import read_relations
from ingest.structure.header import Header
from ingest.types import Relation, Unit
from ingest.values import as_date, find_values

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
