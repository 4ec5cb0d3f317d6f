"""The board: every target as it stands, every task with who does it by when; filtered, sorted, counted.

Rows are made once for a generation; a request only chooses among them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from assistant.bodies import body_key
from assistant.collation import vietnamese_key
from assistant.ledger.board import Column, Filter, fits
from assistant.ledger.entries import ROLES, Entry, Ledger, distinct_tasks
from assistant.ledger.progress import Progress, progress_of
from assistant.ledger.series import series_id
from assistant.ledger.shown import address_of, document_of, ledger_of, row_notes, short_name, value_shown
from assistant.library import Library
from assistant.types import place_url
from ingest.types import Figure

Sort = Literal["document", "about", "state", "share", "due", "lead"]
View = Literal["targets", "tasks"]

STATES = {"met": "Đạt", "unmet": "Chưa đạt", "none": "Chưa có số liệu"}
DUE = {"past": "Thời hạn đã qua", "coming": "Chưa đến hạn", "undated": "Không ghi ngày"}

TARGET_COLUMNS: tuple[Column, ...] = (
    ("Chỉ tiêu", "about", 60),
    ("Phạm vi", "scope", 16),
    ("Mục tiêu", "written", 20),
    ("Kỳ", "when", 22),
    ("Kết quả", "result_written", 20),
    ("Kỳ của kết quả", "result_when", 22),
    ("Trạng thái", "state_name", 16),
    ("Tỷ lệ so với mục tiêu", "share", 12),
    ("Vì sao chưa so được", "why", 36),
    ("Cơ quan theo dõi", "owner", 30),
    ("Văn bản giao", "document", 30),
    ("Vị trí", "address", 24),
    ("Liên kết", "url", 30),
    ("Văn bản báo cáo", "result_document", 30),
    ("Liên kết đến kết quả", "result_url", 30),
)
TASK_COLUMNS: tuple[Column, ...] = (
    ("Nhiệm vụ", "about", 60),
    ("Chủ trì", "lead_names", 30),
    ("Phối hợp", "coordinate_names", 30),
    ("Theo dõi, đôn đốc", "monitor_names", 24),
    ("Thời hạn", "when", 20),
    ("Ngày cuối", "due", 12),
    ("Sản phẩm", "deliverable", 30),
    ("Nhóm", "group", 24),
    ("Văn bản giao", "document", 30),
    ("Vị trí", "address", 24),
    ("Liên kết", "url", 30),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a view is asked for. `state` is one of STATES or of DUE, `role` the part that the agency has."""

    filter: Filter = field(default_factory=Filter)
    state: str = ""
    role: str = ""
    sort: Sort = "document"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the board shows it; `shown` holds its columns, and `state` what it is counted by."""

    entry: Entry
    state: str
    last: date | None
    shown: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows in their order, and how many of each state there are where no state is asked for."""

    rows: Sequence[Row]
    counts: Counter[str]


def choose(view: View, wanted: Wanted, library: Library) -> Chosen:
    rows = [row for row in rows_of(view, library) if fits(row.entry, wanted.filter) and _plays(row.entry, wanted)]
    counts = Counter(row.state for row in rows)
    chosen = [row for row in rows if not wanted.state or row.state == wanted.state]
    return Chosen(_sorted(chosen, wanted), counts)


def _plays(entry: Entry, wanted: Wanted) -> bool:
    """Whether the agency has the part that is asked for."""
    role = next((role for role in ROLES if role == wanted.role), None)
    return role is None or not wanted.filter.agency or body_key(wanted.filter.agency) in entry.bodies[role]


def _sorted(rows: list[Row], wanted: Wanted) -> list[Row]:
    """By what is asked for, those without it last; equal ones stay in the order of the documents."""
    if wanted.sort == "document":
        return rows[::-1] if wanted.descending else rows
    key = _KEYS[wanted.sort]
    having = [row for row in rows if key(row) is not None]
    without = [row for row in rows if key(row) is None]
    return sorted(having, key=key, reverse=wanted.descending) + without


_KEYS: dict[Sort, Callable[[Row], Any]] = {
    "about": lambda row: vietnamese_key(row.shown["about"]),
    "lead": lambda row: vietnamese_key(row.shown["lead"][0]) if row.shown.get("lead") else None,
    "state": lambda row: [*STATES, *DUE].index(row.state),
    "share": lambda row: row.shown.get("share"),
    "due": lambda row: row.last,
}


def rows_of(view: View, library: Library) -> Sequence[Row]:
    """All rows of a view, in the order of the ledger; of tasks as they stand today."""
    ledger = ledger_of(library)
    if view == "targets":
        return library.derived(
            "board targets", lambda: [_target(each, library) for each in progress_of(library, ledger)]
        )
    today = date.today()  # noqa: DTZ011 (the day where the user is)
    return library.derived(("board tasks", today), lambda: _tasks(ledger, library, today))


def facets(view: View, library: Library) -> dict[str, Any]:
    """The agencies and documents of a view, to choose from."""
    return library.derived(("board facets", view), lambda: _facets(rows_of(view, library), library))


def _facets(rows: Sequence[Row], library: Library) -> dict[str, Any]:
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for name in (name for role in ROLES for name in row.shown.get(role, ())):
            written[body_key(name)][name] += 1
    agencies = sorted((names.most_common(1)[0][0] for names in written.values()), key=vietnamese_key)
    ids = dict.fromkeys(row.entry.document_id for row in rows)
    documents = [{"id": id_, "name": short_name(document_of(id_, library))} for id_ in ids]
    return {"agencies": agencies, "documents": sorted(documents, key=lambda each: vietnamese_key(each["name"]))}


def _target(progress: Progress, library: Library) -> Row:
    figure = progress.target.figure
    assert figure is not None
    shown = {
        **_common(progress.target, figure.indicator, library),
        "written": value_shown(figure),
        "when": _when(figure.period),
        "scope": figure.scope,
        "monitor": list(figure.owners),
        "owner": "; ".join(figure.owners),
        "state": progress.state,
        "state_name": STATES[progress.state],
        "why": progress.why,
        "share": None if progress.share is None else round(progress.share, 4),
        "series": series_id(progress.target, library)
        or (series_id(progress.result, library) if progress.result else None),
    }
    if progress.result is not None and progress.result.figure is not None:
        result = progress.result
        own = _common(result, result.fact.indicator if isinstance(result.fact, Figure) else "", library)
        shown |= {
            "result_about": own["about"],
            "result_written": value_shown(progress.result.figure),
            "result_when": _when(progress.result.figure.period),
            "result_document": own["document"],
            "result_address": own["address"],
            "result_url": own["url"],
            "result_notes": row_notes(result, library),
        }
    period = progress.target.period
    return Row(progress.target, progress.state, period.last if period else None, _filled(shown))


def _tasks(ledger: Ledger, library: Library, today: date) -> list[Row]:
    every = [entry for entry in ledger.entries if entry.task]
    return [_task(entries, library, today) for entries in distinct_tasks(every)]


def _task(entries: Sequence[Entry], library: Library, today: date) -> Row:
    """A task once, with the deliverables and deadlines of all its rows."""
    tasks = [entry.task for entry in entries if entry.task]
    first = tasks[0]
    due = max((task.due for task in tasks if task.due), default=None)
    state = "undated" if due is None else "past" if due < today else "coming"
    shown = {
        **_common(entries[0], first.action, library),
        "lead": list(first.lead),
        "coordinate": list(first.coordinate),
        "monitor": list(first.monitor),
        "lead_names": "; ".join(first.lead),
        "coordinate_names": "; ".join(first.coordinate),
        "monitor_names": "; ".join(first.monitor),
        "deliverable": _joined(task.deliverable for task in tasks),
        "when": _joined(task.deadline for task in tasks),
        "due": due,
        "group": first.group,
        "state": state,
    }
    return Row(entries[0], state, due, _filled(shown))


def _common(entry: Entry, about: str, library: Library) -> dict[str, Any]:
    return {
        "about": about[:1].upper() + about[1:],
        "document": short_name(document_of(entry.document_id, library)),
        "address": address_of(entry, library),
        "url": place_url(entry.document_id, entry.fact.start, entry.fact.end),
    }


def _filled(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if value not in (None, "", [])}


def _when(period: str) -> str:
    """`Năm 2025`: a bare year of a table's column is named, capitals of a heading are not kept."""
    written = f"năm {period}" if period.isdigit() else period.lower() if period.isupper() else period
    return written[:1].upper() + written[1:]


def _joined(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, values)))
