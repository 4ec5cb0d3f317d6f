"""What a document does to others: replaces, repeals or amends them, as its own articles and title say.

Only its own act counts: a sentence whose subject is the document itself (`Nghị định này thay thế …`), one that orders
(`Bãi bỏ Điều 3 Thông tư số …`), or one that says of another that it expires. What a sentence only tells about a named
document (`… đã được sửa đổi theo Luật số …`) is no act of this one. Where that is in doubt, there is no relation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from ingest.effect.clauses import Clause
from ingest.types import Relation, RelationKind
from ingest.values import as_date, document_key, find_values

_ENACTMENTS = (
    r"(?:nghị định|thông tư(?: liên tịch)?|quyết định|nghị quyết(?: liên tịch)?|bộ luật|luật|pháp lệnh|chỉ thị)"
)
_NAME = rf"(?:(?i:{_ENACTMENTS})|Hướng dẫn|Quy chế|Quy định|Kết luận|Kế hoạch|Chương trình|Công văn|Thông báo|Văn bản)"
_NUMBER = re.compile(r"\b\d{1,5}[a-z]?(?:\s?/\s?\d{4})?(?:\s?[-–/]\s?[A-ZĐƯ][A-Za-zĐđƯư]*\d{0,2}){1,5}(?![\w/])")
_NAMED = re.compile(
    rf"(?P<lead>.*)(?<!\w)(?P<name>{_NAME})(?!\w)(?P<called>[^;:]*?)\s*(?:\b[Ss]ố\s*:?\s*)?$", re.DOTALL
)
_LISTED = re.compile(r"(?:^|[,;:]|\b(?:và|hoặc|cùng với))\s*(?:các\s+)?$", re.IGNORECASE)
_PART = r"(?:điểm|khoản|điều|chương|mục|phần|phụ lục|mẫu|biểu|đoạn|tiết)"
_LISTED_PART = re.compile(
    rf"(?:[,;:]|\b(?:và|hoặc|cùng với))\s*(?P<part>(?:(?:các|một số)\s+)?{_PART}\s+(?:(?!{_NAME})[^;:])*?)"
    r"\s*(?:\b(?:của|tại|thuộc|(?:ban hành )?kèm theo))?\s*$",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"(?:^|[,;]|\bvà)\s*(?:[Ss]ố\s*)?$")
# What is no plain object: a condition, another act, another sentence's words.
_NO_OBJECT = re.compile(
    r"\b(?:thì|được|đã|nếu|để|nhằm|căn cứ|có hiệu lực|trước ngày|tiếp tục|(?<!kèm )theo)\b", re.IGNORECASE
)
_DESCRIBES = re.compile(r"\b(?:về|quy định|hướng dẫn|ban hành|thi hành|sửa đổi|bổ sung)\b", re.IGNORECASE)
_UNNUMBERED = re.compile(rf"(?:các\s+)?{_ENACTMENTS}\b.*\bcủa\b", re.IGNORECASE)
_LONGEST_OBJECT = 300  # characters before the number: several articles, or the name of what was issued with it

_TERMS = r"(?:(?:các|một số)\s+)?(?:cụm\s+)?từ(?:\s+ngữ)?"
_ACTS: tuple[tuple[RelationKind, str], ...] = (
    ("amends", rf"(?:thay thế|thay|bãi bỏ|bỏ|bổ sung|sửa đổi)\s+{_TERMS}"),
    ("amends", r"(?:sửa đổi(?:\s*,|\s+và)?\s*bổ sung|sửa đổi|bổ sung|đính chính)(?:\s*,\s*(?:thay thế|bãi bỏ))*"),
    ("replaces", r"thay thế(?:\s+cho)?"),
    ("repeals", r"(?:bãi bỏ|hủy bỏ|huỷ bỏ)"),
)
_ACT = re.compile("|".join(rf"(?P<a{i}>(?<!\w){words}(?!\w))" for i, (_, words) in enumerate(_ACTS)), re.IGNORECASE)
_COORDINATED = re.compile(r"(?:^|\bnày(?:\s+sẽ)?|[,;]|\b(?:và|đồng thời))\s*$", re.IGNORECASE)
_EXPIRES = re.compile(
    r"\bhết hiệu lực(?:\s+(?:pháp luật|thi hành|toàn bộ))*(?=\s+(?:kể\s+)?(?:từ|khi)\b|\s*[.:]?$)", re.IGNORECASE
)
_SINCE = re.compile(r"kể\s+từ\s+(?:ngày|thời điểm|khi)\s[^,:]*,\s*", re.IGNORECASE)
_UNDERGONE: tuple[tuple[RelationKind, str], ...] = (
    ("amended_by", r"sửa đổi(?:\s*,|\s+và)?\s*bổ sung(?:\s+một số điều)?|sửa đổi|bổ sung"),
    ("replaced_by", r"thay thế"),
    ("repealed_by", r"bãi bỏ|hủy bỏ|huỷ bỏ"),
)
_PASSIVE = re.compile(
    r"(?:\w+ (?:\w+ )?này\s+|\(\s*)?(?:đã\s+)?(?:được|bị)\s+(?:"
    + "|".join(rf"(?P<p{i}>{words})" for i, (_, words) in enumerate(_UNDERGONE))
    + r")\s+(?:bởi|bằng|theo|tại)\s*:?",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"\s*,?\s*\btrừ\s+(?P<case>(?:các\s+)?trường hợp\b)?")
_FROM = re.compile(r"\btừ\s+(?:ngày\s+)?(?=\d)")
_WHOLE = re.compile(
    r"(?:\b(?:toàn bộ|cho|đối với|các|những|văn bản|sau|đây|nội dung|quy phạm pháp luật)\b|[\s:,;–-])*", re.IGNORECASE
)
_OF = re.compile(r"\s*\b(?:của|tại|thuộc|trong|(?:được )?(?:ban hành )?kèm theo)\s*$", re.IGNORECASE)
_PLACE_OF_TERMS = re.compile(r".*\btại\s+", re.DOTALL)
_INSERTED = re.compile(r"\s+vào\s+(?:sau|trước|cuối|đầu)?\b")


@dataclass(frozen=True, slots=True)
class _Object:
    """A document that an act is about; `end` is where its number ends in the words after the act."""

    number: str
    part: str
    end: int


def read_relations(clauses: Iterable[Clause], number: str | None) -> tuple[Relation, ...]:
    """The relations that the clauses tell, in reading order, each once; none to the document's own number."""
    found: dict[tuple[str, str, str], Relation] = {}
    for clause in clauses:
        for relation in (*_acts(clause), *_expiries(clause), *_passives(clause)):
            key = document_key(relation.number)
            if number is None or key != document_key(number):
                found.setdefault((relation.kind, key, relation.part), relation)
    return tuple(found.values())


def _acts(clause: Clause) -> Iterator[Relation]:
    """`Nghị định này … thay thế …; bãi bỏ …`, or in an article `Bãi bỏ …`."""
    if not (clause.own or clause.orders):
        return
    acts = [act for act in _ACT.finditer(clause.text) if _COORDINATED.search(clause.text, 0, act.start())]
    if not acts or not (clause.own or acts[0].start() == 0):
        return
    if clause.items:
        acts = acts[-1:]  # the list is the last one's
    ends = [act.start() for act in acts[1:]] + [len(clause.text)]
    for act, end in zip(acts, ends, strict=True):
        kind, words = _ACTS[int(str(act.lastgroup)[1:])]
        yield from _relations(kind, clause, act.end(), end, terms=_TERMS in words)


def _expiries(clause: Clause) -> Iterator[Relation]:
    """`Luật … số … hết hiệu lực kể từ ngày …`, where an article says so."""
    expiry = _EXPIRES.search(clause.text) if clause.orders else None
    if expiry is None:
        return
    since = _SINCE.match(clause.text, 0, expiry.start())
    begin = since.end() if since else 0
    on = _date_from(clause.text, expiry.end())
    for relation in _relations("repeals", clause, begin, expiry.start()):
        yield replace(relation, on=on)


def _passives(clause: Clause) -> Iterator[Relation]:
    """`Nghị định này đã được sửa đổi, bổ sung bởi …`, as a consolidated text says."""
    passive = _PASSIVE.match(clause.text) if clause.own else None
    if passive:
        kind = _UNDERGONE[int(str(passive.lastgroup)[1:])][0]
        yield from _relations(kind, clause, passive.end(), len(clause.text))


def _relations(kind: RelationKind, clause: Clause, begin: int, end: int, *, terms: bool = False) -> Iterator[Relation]:
    """Relations to the documents named in the clause's words `[begin, end)`, or else in the list that it announces."""
    objects = list(_objects(clause.text[begin:end], terms=terms))
    for found in objects:
        on = _date_from(clause.text[:end], begin + objects[-1].end)
        dated = _issued(clause.text[begin + found.end :])
        yield Relation(kind, found.number, clause.start, clause.end, found.part, on, dated)
    if not objects and not _NUMBER.search(clause.text):
        for item in clause.items:
            for found in _objects(item.text):
                yield Relation(
                    kind, found.number, item.start, item.end, found.part, dated=_issued(item.text[found.end :])
                )


def _objects(words: str, *, terms: bool = False) -> Iterator[_Object]:
    """The documents that are the act's objects, not those that only describe them."""
    exception = _EXCEPT.search(words)
    limit = exception.start() if exception else len(words)
    kept = words[exception.start() :].strip(" ,.;") if exception and not exception["case"] else ""
    numbers = list(_NUMBER.finditer(words, 0, limit))
    if not numbers:
        return
    name, part = _first_object(words[: numbers[0].start()], terms=terms)
    if part is None:
        return
    yield _Object(numbers[0].group(), part or kept, numbers[0].end())
    listed, last_name = True, name
    for before, number in pairwise(numbers):
        between = words[before.end() : number.start()]
        listed, last_name, part = _next_object(between, name, last_name, after_listed=listed)
        if listed:
            yield _Object(number.group(), part or kept, number.end())


def _first_object(before: str, *, terms: bool) -> tuple[str, str | None]:
    """The kind of document that the first number belongs to, and the part concerned; None where that is in doubt."""
    named = _NAMED.match(before)
    lead = named["lead"] if named else re.sub(r"\s*\b[Ss]ố\s*:?\s*$", "", before)
    if terms:
        lead = _PLACE_OF_TERMS.sub("", lead)
    part = _OF.sub("", lead)
    part = _INSERTED.split(part[len(_whole(part)) :].strip(" ,:;"))[0]
    doubtful = _NO_OBJECT.search(lead) or _UNNUMBERED.match(lead.strip()) or (part and not named)
    if doubtful or len(before) > _LONGEST_OBJECT:
        return "", None
    return (named["name"].lower() if named else ""), part


def _whole(part: str) -> str:
    match = _WHOLE.match(part)
    return match.group() if match else ""


def _next_object(between: str, first: str, last: str, *, after_listed: bool) -> tuple[bool, str, str]:
    """Whether a further number is an object too, the kind of document it belongs to, and the part concerned."""
    named = _NAMED.match(between)
    if named is None:
        return after_listed and bool(_BARE_NUMBER.search(between)), last, ""
    name = named["name"].lower()
    listed_part = _LISTED_PART.search(named["lead"])
    if not listed_part and not _LISTED.search(named["lead"]):
        return False, name, ""
    part = listed_part["part"].strip() if listed_part else ""
    if after_listed:
        return name == first or not _DESCRIBES.search(named["lead"]), name, part
    return name == first != last, name, part


def _issued(after: str) -> date | None:
    """The day of issue told behind a document's number."""
    said = next((value for value in find_values(after) if value.kind in {"date", "document"}), None)
    return as_date(said.key) if said is not None and said.kind == "date" else None


def _date_from(text: str, start: int) -> date | None:
    """The day in `từ ngày …` after `start`."""
    since = _FROM.search(text, start)
    values = find_values(text[since.end() :]) if since else []
    if not since or not values or values[0].kind != "date" or values[0].start > 0:
        return None
    return as_date(values[0].key)
