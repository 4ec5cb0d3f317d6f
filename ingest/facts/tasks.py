"""Tasks in sentences: a body or officers, then what they are given to do, with whom, and by when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ingest.facts.agencies import Agencies, read_agencies
from ingest.facts.periods import find_deadline
from ingest.facts.sections import Role, first_word
from ingest.text import sentences
from ingest.types import Task, Unit
from ingest.vocabulary import phrases

_LEADS = re.compile(r"\s*(?P<role>chủ trì|là cơ quan thường trực|đầu mối)[,;]?\s*", re.IGNORECASE)
_WITH = re.compile(
    r"\s*,?\s*(?:và\s+)?phối\s+hợp(?:\s+chặt\s+chẽ)?\s+(?:với|cùng)\s+(?:các\s+cơ\s+quan[^,;]*?:\s*)?", re.IGNORECASE
)
_GIVEN = re.compile(r"(?<!\w)(?:giao|yêu cầu|đề nghị|phân công)\s+(?:cho\s+)?", re.IGNORECASE)
_NO_ACTION = re.compile(rf"\s*(?:[.,;:(]|$|(?:{phrases('clauses.tsv', 'no_action')})(?!\w))", re.IGNORECASE)
_WITHIN = re.compile(r"^(?:trong|vào)\s+", re.IGNORECASE)
_FROM = re.compile(r"(?<!\w)từ\s+$", re.IGNORECASE)  # a day to begin on
_ARTICLE = re.compile(r"^(?:Điều \d+[a-zđ]?|Mục \S+|\d+)[.:]?\s*")


def prose_tasks(text: str, unit: Unit, role: Role, leads: Mapping[str, tuple[str, ...]]) -> Iterator[Task]:
    """The tasks of a unit's own lines; `leads` are the bodies that its headings give tasks to, by the parent's path."""
    start = first_word(text, unit)
    inherited = leads.get(unit.parent or "", ())
    if inherited and not read_agencies(text, start):
        said: list[Task | None] = [_task(text, start, unit.head, unit, inherited, start)]
    else:
        said = [_said(text, begin, end, unit, role) for begin, end in sentences(text, start, unit.head)]
    # Who is only said to be the standing body is given nothing to do.
    yield from (task for task in said if task is not None and task.action)


def heads(text: str, unit: Unit) -> tuple[str, ...]:
    """The bodies that a unit's first line consists of, as the headings of their tasks do."""
    named = _ARTICLE.sub("", text[first_word(text, unit) : unit.head]).strip(" .:;")
    found = read_agencies(named, 0)
    return found.names if found and found.end == len(named) else ()


def _said(text: str, begin: int, end: int, unit: Unit, role: Role) -> Task | None:
    """The task that a sentence gives, its body being the subject or named after `giao`."""
    subject = read_agencies(text, begin)
    marked = _LEADS.match(text, subject.end, end) if subject else None
    if subject and (role == "task" or marked) and not _NO_ACTION.match(text[subject.end : end]):
        return _task(text, begin, end, unit, subject.names, subject.end)
    given = _GIVEN.search(text, begin, end)
    receiver = read_agencies(text, given.end()) if given else None
    if given and receiver and receiver.end < end and not _NO_ACTION.match(text[receiver.end : end]):
        return _task(text, begin, end, unit, receiver.names, receiver.end)
    return None


def _task(text: str, start: int, end: int, unit: Unit, lead: tuple[str, ...], at: int) -> Task:
    """The task whose body has been read up to `at`."""
    role = _LEADS.match(text, at, end)
    at = role.end() if role else at
    together = _WITH.match(text, at, end)
    others: Agencies | None = read_agencies(text, together.end()) if together else None
    if others:
        at = others.end
    deadline = find_deadline(text[at:end])
    return Task(
        path=unit.path,
        start=start,
        end=end,
        action=text[at:end].strip(" .,;:/"),
        lead=lead,
        coordinate=others.names if others else (),
        deadline=_WITHIN.sub("", text[at + deadline.start : at + deadline.end]) if deadline else "",
        due=deadline.last if deadline and not _FROM.search(text, at, at + deadline.start) else None,
    )
