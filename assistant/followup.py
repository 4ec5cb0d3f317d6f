"""A question that leaves things out is completed from the questions before it.

`Còn cấp xã thì sao?` puts another level in the place of the last one; `ai chủ trì?` asks something else about what was
asked about; `còn quầy không giấy?` asks the same about something else. A question that names its own subject stays as
it is.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.bodies import alias_pattern
from ingest.facts.levels import LEVEL
from ingest.facts.periods import find_periods
from ingest.text import words
from ingest.values import find_values
from ingest.vocabulary import any_of, lines, rows

REMEMBERED = 6  # earlier questions that may say what a later one leaves out
SHORT = 5  # words; a question this short with a single subject word goes on with what was asked before
_OPENS = re.compile(
    r"^\s*(?:(?:thế|vậy|rồi|còn|à|ừ|ok|vâng|và|nhưng|riêng|cụ thể|trong đó|thế thì|vậy thì)(?!\w)[\s,]*)+",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"[\s,]*(?:thì\s+sao|thì\s+thế\s+nào|thì\s+ra\s+sao|nữa|nhỉ|ạ|vậy|thế)?[\s?.!]*$", re.IGNORECASE)
_ASIDE = re.compile(r"thì\s+(?:sao|thế\s+nào|ra\s+sao)[\s?.!]*$", re.IGNORECASE)
_POINTS = re.compile(
    r"(?<!\w)(?:nó|(?:thủ tục|việc|nhiệm vụ|chỉ tiêu|chỉ số|văn bản|cái|dự án|điều|mục tiêu|kết quả|cơ quan|đơn vị)\s+"
    r"(?:này|đó|ấy|kia|trên(?=\W*$))|(?:ở|như|bên)\s+trên(?=\W*$))(?!\w)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?<!\w)(?:ai|gì|nào|đâu|mấy|bao\s+(?:nhiêu|lâu|giờ)|sao|(?:không|chưa)(?=\W*$)"
    r"|hạn(?!\s+(?:chế|hẹp))|(?:lệ )?phí)(?!\w)",
    re.IGNORECASE,
)
_CASE = re.compile(r"^(?:trường hợp|nếu|khi|đối với|với)(?!\w)", re.IGNORECASE)
_PLACE_KIND = r"(?i:huyện|thị xã|thành phố|xã|phường|tỉnh)\s+"
_NAME = re.compile(rf"(?:{_PLACE_KIND})?[A-ZĐ][\wà-ỹ]*(?:\s+[A-ZĐ][\wà-ỹ]*)+")
_WAY = re.compile(
    r"(?<!\w)(?:nộp\s+)?(?:trực tuyến|trực tiếp|qua bưu chính|qua bưu điện|bưu chính|qua mạng)(?!\w)", re.IGNORECASE
)
# What lacks its year, which the question before may have had.
_PART_OF_YEAR = re.compile(
    r"(?<!\w)(?:quý\s+(?:IV|I{1,3}|[1-4])|tháng\s+(?:1[0-2]|[1-9])|\d{1,2}\s+tháng\s+(?:đầu|cuối)\s+năm)(?![\w/])",
    re.IGNORECASE,
)
# What tells one case from another: `đến 10 ngày làm việc`, `trên 20 ngày`, `từ 5% trở lên`.
_AMOUNT = re.compile(
    r"(?<!\w)(?:(?:đến|trên|dưới|từ|hơn|không quá|tối đa|tối thiểu|ít nhất)\s+)+\d[\d.,]*"
    r"(?:%|\s+(?:ngày(?:\s+làm\s+việc)?|tháng|tuổi|giờ|phút|người|ha|km|m2|mét|triệu|tỷ|lần)(?!\w))(?:\s+trở\s+lên)?",
    re.IGNORECASE,
)
_BARE_LEVEL = re.compile(r"^(?:(?:ở|của|với)\s+)?(?=(?:tỉnh|huyện|xã)(?:\s+thì|$))", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_OF_KIND = re.compile(rf"{_PLACE_KIND}(?=[A-ZĐ])")
_SUM = re.compile(r"(?<!\w)lũy kế(?:\s+\d+\s+tháng)?(?!\w)", re.IGNORECASE)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Slot:
    """Something of a kind that one question has in the place of another's: a time, a level, an amount, a body."""

    kind: str
    span: Span


def complete(message: str, history: Sequence[str], *, leans: bool = False) -> str:
    """The message with what it leaves out, from the earlier questions, the oldest first; all with diacritics.

    One that seems to name its own subject stays as it is, unless it is known to lean on those before it.
    """
    subject = ""
    for earlier in history[-REMEMBERED:]:
        subject = _completed(earlier, subject) if subject else earlier
    return _completed(message, subject, leans=leans) if subject else message


def _completed(message: str, subject: str, *, leans: bool = False) -> str:
    said = _CLOSES.sub("", _OPENS.sub("", message)).strip()
    if LEVEL.search(subject):
        said = _BARE_LEVEL.sub("cấp ", said)
    slots = list(_slots(said))
    rest = _without(said, [slot.span for slot in slots])
    if not said or not (leans or _goes_on(message, said, rest)):
        return message
    kept = _replaced(subject, said, slots) if slots else subject
    if not _names(rest) and not _ASKS.search(rest):
        return kept
    if _ASKS.search(rest) or _POINTS.search(rest):
        about = _about(_without(subject, [s.span for s in _slots(subject) if s.kind in {slot.kind for slot in slots}]))
        return f"{_joined(about, _POINTS.sub('', said))}?".replace("  ", " ")
    if _CASE.match(rest):
        return f"{kept.rstrip(' ?.')} {said}?"
    return _of_something_else(kept, said)


def _goes_on(message: str, said: str, rest: str) -> bool:
    """Whether a message leans on what was asked before: it says so, points there, or names nothing of its own."""
    leans = _OPENS.match(message) or _ASIDE.search(message)
    if _POINTS.search(said) or (leans and len(said.split()) <= 2 * SHORT):
        return True
    named = _names(rest)
    return not named or (len(named) == 1 and len(said.split()) <= SHORT)


def _names(text: str) -> list[str]:
    """The words of a text that name something, beyond those that ask."""
    bare = _edges().sub(" ", f" {text} ") if text.strip() else ""
    plain = _asking().sub(" ", f" {bare} ")
    return [word for word in words(plain) if len(word) > 1]


def _slots(text: str) -> Iterator[_Slot]:
    """What has a kind in a text, in no order; spans don't overlap."""
    taken: list[Span] = []
    finders: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...] = (
        ("sum", lambda t: (m.span() for m in _SUM.finditer(t))),
        ("document", lambda t: ((v.start, v.end) for v in find_values(t) if v.kind in {"document", "procedure"})),
        ("time", lambda t: ((p.start, p.end) for p in find_periods(t))),
        ("time", lambda t: (m.span() for m in _PART_OF_YEAR.finditer(t))),
        ("amount", lambda t: (m.span() for m in _AMOUNT.finditer(t))),
        ("level", lambda t: (m.span("level") for m in LEVEL.finditer(t))),
        ("index", lambda t: (m.span() for m in _index().finditer(t))),
        ("body", lambda t: (m.span() for m in alias_pattern().finditer(t))),
        ("way", lambda t: (m.span() for m in _WAY.finditer(t))),
        ("body", lambda t: (m.span() for m in _NAME.finditer(t))),
    )
    for kind, find in finders:
        for span in find(text):
            if all(span[1] <= start or span[0] >= end for start, end in taken):
                taken.append(span)
                yield _Slot(kind, span)


def _replaced(subject: str, said: str, slots: Sequence[_Slot]) -> str:
    """The subject with the slots of what is said in the place of its own of the same kind; added where it has none."""
    old = list(_slots(subject))
    for slot in slots:
        new = said[slot.span[0] : slot.span[1]]
        same = [other for other in old if other.kind == slot.kind]
        if not same:
            if slot.kind == "sum":  # instead of the period's own value
                same = [other for other in old if other.kind == "time"][:1]
            if not same:
                subject = f"{subject.rstrip(' ?.')} {new}?"
                continue
        start, end = same[0].span
        subject = subject[:start] + _alike(new, subject[start:end], slot.kind) + subject[end:]
        old = list(_slots(subject))
    return subject


def _alike(new: str, old: str, kind: str) -> str:
    """What is said in the place of something of its kind, with what only that had: `quý IV` its year, a place that
    is called by its bare name whether it is a district or a commune."""
    if kind == "time" and (years := _YEAR.findall(old)) and _PART_OF_YEAR.fullmatch(new):
        return f"{new} {years[-1]}" if new.lower().endswith("năm") else f"{new} năm {years[-1]}"
    level = _OF_KIND.match(old)
    if kind == "body" and level and not _OF_KIND.match(new) and not alias_pattern().match(new):
        return level[0] + new
    return new


def _about(subject: str) -> str:
    """The subject without the words that ask, at its ends; `viện phí` is no `phí`."""
    text = subject.strip(" ?.,")
    while (trimmed := _edges().sub("", f"{text}").strip(" ?.,")) != text and trimmed:
        if text.startswith(trimmed) and not _ends_a_word(trimmed, text):
            break
        text = trimmed
    return text


def _joined(about: str, said: str) -> str:
    """One after the other; the word that ends the first and begins the second, once."""
    before, after = words(about), words(said)
    if before and after and before[-1].lower() == after[0].lower():
        about = about[: -len(before[-1])].rstrip()
    return f"{about} {said}".strip()


def _ends_a_word(beginning: str, text: str) -> bool:
    """Whether a text's beginning ends between two words, as words are cut."""
    ends = itertools.accumulate(word.count("_") + 1 for word in words(text))
    return sum(word.count("_") + 1 for word in words(beginning)) in ends


def _of_something_else(subject: str, said: str) -> str:
    """The same question about something else: put where the two begin alike, else in the place of its subject."""
    first = said.split()
    position = subject.lower().find(f"{first[0].lower()} {first[1].lower()} ") if len(first) > 2 else -1
    if position >= 0:
        old = subject[position:].split()
        return " ".join((subject[:position].strip(), said, *old[len(first) :])).strip()
    about = _about(subject)
    return subject.replace(about, said) if about and about in subject else f"{said} {subject}"


def _without(text: str, spans: Sequence[Span]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())


@functools.cache
def _index() -> re.Pattern[str]:
    names = any_of(name for row in rows("indices.tsv") for name in row)
    return re.compile(rf"(?<!\w)(?:chỉ số\s+)?(?:{names})(?!\w)", re.IGNORECASE)


@functools.cache
def _edges() -> re.Pattern[str]:
    """Words that ask at either end."""
    asking = any_of(lines("asking.txt", "assistant"))
    return re.compile(rf"^(?:{asking})(?!\w)\s*|(?<!\w)\s*(?:{asking})$", re.IGNORECASE)


@functools.cache
def _asking() -> re.Pattern[str]:
    """Words that ask or say nothing of a subject."""
    files = ("asking.txt", "stopwords.txt", "ledger_frame.txt")
    said = (line for file in files for line in lines(file, "assistant"))
    return re.compile(rf"(?<!\w)(?:{any_of(said)})(?!\w)", re.IGNORECASE)
