"""What a question asks of a procedure: which fields, by which way of filing, which step; and the words left over."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.match import flat, longest_run
from assistant.types import Query
from ingest.text import fold_i, search_form
from ingest.values import find_values
from ingest.vocabulary import rows

NAMED_RUN = 4  # words of a title in a row that are the procedure's name, not words that ask

_STEP = re.compile(r"\b(?:bước|buoc) (?:(?:thứ|thu) )?(\d{1,2})\b")
_CODE = re.compile(r"(?:thủ tục|thu tuc|mã|ma)?\s*(?:hành chính|hanh chinh)?\s*\d\.\d{6}(?:\.[\w.]+)?")
# What only procedures are asked for, and words that tell that one is asked about.
_OF_PROCEDURES = frozenset({"papers", "copies", "forms"})
_SIGN = re.compile(
    r"(?<!\d )(?<!mục )(?<!nhiêu )(?<!các )\bthủ tục(?! hành chính| trực tuyến)|\bgiấy (?:phép|chứng nhận)|\blệ phí"
    r"|\b(?:đăng ký|cấp lại|cấp đổi|gia hạn|cấp thẻ|xin cấp)\b"
)
# Who asks, for whom, of what age: no procedure is named so.
_ASKER = re.compile(
    r"\b(?:(?:con|cháu|em)(?: trai| gái)?|(?:ông|bà)(?: nội| ngoại)?|bố|ba|má|mẹ|cha|anh|chị|vợ|chồng)(?: của)?"
    r" (?:tôi|mình|em|cháu)\b|\b\d{1,3} tuổi\b"
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, in the order of the question; the way of filing and the number of the step, where it names one.

    `whole` is the question in searchable form, `said` what of it asks, `subject` the rest: the procedure's name, the
    case, who asks. `tail` is what stands after the first words that ask.
    """

    what: tuple[str, ...]
    way: str
    step: int | None
    subject: str
    tail: str
    said: str
    whole: str


@dataclass(frozen=True, slots=True)
class Way:
    """A way of filing, and how people say it."""

    name: str
    said: re.Pattern[str]


def asked_of(query: Query, title: str = "") -> Asked:
    """`title` is the procedure's, where it is known: its words in the question ask for nothing."""
    form = search_form(query.text)
    for pattern in (_CODE, _ASKER):
        form = pattern.sub(lambda match: " " * len(match.group()), form)
    form = without_name(form, title) if title else form
    way = _way(form)
    what, spans, rest = _taken(form)
    if way:
        rest = _blanked(rest, way.said.search(rest))
    step = _STEP.search(form)
    tail = rest[spans[0][1] :] if spans else rest
    said = " ".join(form[start:end] for start, end in spans)
    return Asked(what, way.name if way else "", int(step[1]) if step else None, rest, tail, said, form)


def _taken(form: str) -> tuple[tuple[str, ...], list[tuple[int, int]], str]:
    """What the patterns ask, in the order in which it stands, where; and the words that no pattern took."""
    found: dict[tuple[int, int], str] = {}
    for what, pattern in _patterns():
        match = pattern.search(form)
        if match:
            taken = [match.span(i) for i in range(1, pattern.groups + 1) if match[i]] or [match.span()]
            found[taken[0]] = what
            for start, end in taken:
                form = form[:start] + "|" * (end - start) + form[end:]
    spans = sorted(found)
    return tuple(dict.fromkeys(found[span] for span in spans)), spans, form


def _blanked(form: str, match: re.Match[str] | None) -> str:
    if match is None:
        return form
    return form[: match.start()] + "|" * (match.end() - match.start()) + form[match.end() :]


def without_name(form: str, title: str) -> str:
    """The question less the runs of the title's words in it."""
    matches = list(_WORD.finditer(form))
    asked = [fold_i(match.group()) for match in matches]
    named = [fold_i(word) for word in _WORD.findall(search_form(title))]
    while True:
        end, length = longest_run(asked, named)
        if length < min(NAMED_RUN, len(named)):
            return form
        first, last = matches[end - length].start(), matches[end - 1].end()
        form = form[:first] + "|" * (last - first) + form[last:]
        asked[end - length : end] = [""] * length


def _way(form: str) -> Way | None:
    return next((way for way in ways() if way.said.search(form)), None)


def alternatives(form: str) -> list[tuple[str, str]]:
    """Words of the question that procedures name otherwise, and how: both in flat form."""
    text = flat(form)
    return [(match.group(), official) for pattern, official in _others() if (match := pattern.search(text))]


def is_number(form: str) -> bool:
    return any(value.kind in {"procedure", "document"} for value in find_values(form))


def asks_a_procedure(asked: Asked) -> bool:
    """Whether the question is about some procedure, by what it asks or by its words."""
    if not asked.what:
        return False
    return not _OF_PROCEDURES.isdisjoint(asked.what) or _SIGN.search(asked.whole) is not None


@functools.cache
def ways() -> Sequence[Way]:
    return [Way(name, re.compile(said)) for name, said in rows("procedure_ways.tsv", "assistant")]


@functools.cache
def _patterns() -> Sequence[tuple[str, re.Pattern[str]]]:
    return [(what, re.compile(pattern)) for what, pattern in rows("procedure_asked.tsv", "assistant")]


@functools.cache
def _others() -> Sequence[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(rf"(?<= )(?:{_folded(said)})(?= )"), flat(official).strip())
        for said, official in rows("procedure_words.tsv", "assistant")
    ]


def _folded(pattern: str) -> str:
    return re.sub(r"\w+", lambda match: fold_i(match.group()), pattern)
