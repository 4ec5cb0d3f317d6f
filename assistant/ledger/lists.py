"""Whole lists of tasks with their count: of a body, due in some time or of some group; and a field of one task."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from assistant.compose import inert
from assistant.ledger.entries import ROLES, Entry, Ledger, Role, distinct_tasks, name_of_body, share_of
from assistant.ledger.question import TaskAsked, TasksAsked, is_of
from assistant.ledger.shown import address_of, cite_fact, document_of, name_of, told
from assistant.library import Library
from assistant.match import flat
from assistant.types import Answer, Citation, Sum
from ingest.types import Task

CERTAIN = 0.85  # of one task that the question is about
TASK_ENOUGH = 0.5  # share of the subject's weight that a task must hold
MOST = 60  # tasks listed with their sources; whoever asks for more is asked to be more specific
_FIELDS = {
    "lead": "Chủ trì",
    "coordinate": "Phối hợp",
    "monitor": "Theo dõi, đôn đốc",
    "deliverable": "Sản phẩm",
    "deadline": "Thời hạn",
}
_ROLE_VERBS = {"lead": "chủ trì", "coordinate": "phối hợp", "monitor": "theo dõi, đôn đốc"}


def task_list(asked: TasksAsked, documents: Collection[str] | None, library: Library, ledger: Ledger) -> Answer | None:
    for role in (asked.role,) if asked.role or not asked.bodies else ROLES:
        found = _asked_for(asked, ledger.tasks(role or "lead", asked.bodies, documents), library)
        if asked.terms:
            found = [e for e in found if share_of(asked.terms, e) >= TASK_ENOUGH]
        tasks = distinct_tasks(found)
        if tasks:
            return _listed(asked, role or "lead", tasks, library) if len(tasks) <= MOST else None
    plain = asked.bodies and not (asked.terms or asked.due or asked.group)
    return _no_tasks(asked, documents, library, ledger) if plain else None


def _asked_for(asked: TasksAsked, found: Sequence[Entry], library: Library) -> list[Entry]:
    """Those of the group, of annexes, due in time, of the years that are asked for."""
    if asked.group:
        found = [e for e in found if e.task and flat(e.task.group).strip() == asked.group]
    if asked.annexed:
        found = [e for e in found if "phụ lục" in address_of(e, library).lower()]
    if asked.due is not None:
        found = [e for e in found if e.task and e.task.due and asked.due.first <= e.task.due <= asked.due.last]
    return [e for e in found if all(_of_year(e, year, library) for year in asked.years)]


def _listed(asked: TasksAsked, role: Role, tasks: Sequence[Sequence[Entry]], library: Library) -> Answer:
    """Their number, then each with its sources, under the document that gives it."""
    citations: list[Citation] = []
    firsts: list[int] = []
    lines: list[str] = []
    given_in = ""
    for rows in tasks:
        document_id = rows[0].document_id
        marks = [cite_fact(entry, citations, library) for entry in rows]
        firsts.append(marks[0])
        if document_id != given_in and len({task[0].document_id for task in tasks}) > 1:
            lines.append(f"\n{inert(name_of(document_id, library))}:")
        given_in = document_id
        lines.append(_task_line(rows, marks, led=role == "lead" and bool(asked.bodies)))
    count = Sum(str(len(tasks)), "count", tuple(firsts))
    text = "\n".join((f"**{_headline(asked, role, tasks)}**", *lines))
    every = told(entry for rows in tasks for entry in rows)
    return Answer("answered", "ledger", text, tuple(citations), facts=every, sums=(count,))


def _headline(asked: TasksAsked, role: Role, tasks: Sequence[Sequence[Entry]]) -> str:
    first = tasks[0][0].task
    assert first is not None
    who = name_of_body(getattr(first, role), asked.bodies[:1])
    number = f"{len(tasks)} nhiệm vụ"
    return f"{who} {_ROLE_VERBS[role]} {number}" if who else f"Có {number}"


def _task_line(rows: Sequence[Entry], marks: Sequence[int], *, led: bool) -> str:
    """`led`: who leads it is said above."""
    tasks = [entry.task for entry in rows if entry.task]
    cited = "".join(f" [{mark}]" for mark in marks)
    said = "; ".join(
        f"{_FIELDS[name]}: {inert(value)}"
        for name, values in (
            ("deliverable", [task.deliverable for task in tasks]),
            ("deadline", [task.deadline for task in tasks]),
            ("lead", () if led else tasks[0].lead),
            ("coordinate", tasks[0].coordinate),
            ("monitor", tasks[0].monitor),
        )
        if (value := "; ".join(filter(None, values)))
    )
    action = tasks[0].action[:1].upper() + tasks[0].action[1:]
    return f"- {inert(action)}{cited}" + (f": {said}" if said else "")


def one_task(asked: TaskAsked, documents: Collection[str] | None, library: Library, ledger: Ledger) -> Answer | None:
    """The field of the one task that the question is about; None where several fit as well, or none does surely."""
    entries = [e for e in ledger.tasks("lead", (), documents) if _has_part(e, asked.bodies)]
    scored = sorted(((share_of(asked.terms, e), -i, e) for i, e in enumerate(entries)), reverse=True)
    if not asked.terms or not scored or scored[0][0] < CERTAIN:
        return None
    best = scored[0][0]
    fitting = [entry for score, _, entry in scored if score >= best]
    (rows, *others) = distinct_tasks(fitting)
    unit = library.unit(rows[0].document_id, rows[0].fact.path)
    if others or (len(rows) == 1 and unit and unit.kind == "hang"):  # a row is told with its own columns elsewhere
        return None
    citations: list[Citation] = []
    values: list[str] = []
    for entry in rows:
        assert entry.task is not None
        shown = _field(entry.task, asked.field)
        if shown:
            values.append(f"**{inert(shown)}** [{cite_fact(entry, citations, library)}]")
    if not values:
        return None
    assert rows[0].task is not None
    action = rows[0].task.action
    lines = [f"{_FIELDS[asked.field]}: {'; '.join(values)}", f"- {inert(action[:1].upper() + action[1:])}"]
    lines += [f"- {name}: {inert(value)}" for name, value in _others(rows[0].task, asked.field)]
    return Answer("answered", "ledger", "\n".join(lines), tuple(citations), facts=told(rows))


def _has_part(entry: Entry, bodies: Sequence[str]) -> bool:
    return all(any(body in entry.bodies[role] for role in ROLES) for body in bodies)


def _others(task: Task, field: str) -> Iterator[tuple[str, str]]:
    """The fields that were not asked for."""
    for name, title in _FIELDS.items():
        value = _field(task, name)
        if value and name != field:
            yield title, value


def _field(task: Task, name: str) -> str:
    value: str | tuple[str, ...] = getattr(task, name)
    return value if isinstance(value, str) else "; ".join(value)


def _of_year(entry: Entry, year: str, library: Library) -> bool:
    """Whether a task is due in a year, or given by a document of it."""
    due = entry.task.due if entry.task else None
    return str(due.year) == year if due else is_of(document_of(entry.document_id, library), year)


def _no_tasks(asked: TasksAsked, documents: Collection[str] | None, library: Library, ledger: Ledger) -> Answer | None:
    """That a body has no such task, with what it does have: in another role, in other documents, in other years."""
    others = [(role, e) for role in ROLES for e in ledger.tasks(role, asked.bodies, documents)]
    others = others or [(role, e) for role in ROLES for e in ledger.tasks(role, asked.bodies)]
    if not others:
        return None
    role, entry = others[0]
    citations: list[Citation] = []
    mark = cite_fact(entry, citations, library)
    assert entry.task is not None
    who = name_of_body(getattr(entry.task, role), asked.bodies)
    text = f"Không tìm thấy nhiệm vụ nào như vậy của {inert(who)} trong các văn bản đang có."
    more = f" Có nhiệm vụ mà {inert(who)} {_ROLE_VERBS[role]}, ví dụ: {inert(entry.task.action)} [{mark}]."
    return Answer("not_found", "ledger", text + more, tuple(citations))
