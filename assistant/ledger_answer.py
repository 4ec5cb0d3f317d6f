"""Answers from the ledger: whole lists of tasks with their count, and results beside targets, with the arithmetic shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.about import formal_name
from assistant.compose import cite, inert
from assistant.lead import notes
from assistant.ledger import ROLES, Entry, Ledger, body_key, distinct_tasks, level_of, make_ledger, written_number
from assistant.ledger_question import (
    FiguresAsked,
    TargetsAsked,
    TasksAsked,
    figures_asked,
    is_of,
    targets_asked,
    tasks_asked,
)
from assistant.library import Library
from assistant.match import flat, holds
from assistant.types import Answer, Citation, Query, Sum, Term
from ingest.facts.measures import RANK
from ingest.text import sentences
from ingest.types import Document, Fact, Figure, Unit

# Share of the subject's weight that a fact must hold; calibrated on the development half of evals/cases.
ENOUGH = 0.6
TASK_ENOUGH = 0.5
# Share of the words of one indicator that another must have to be the same thing.
SAME = 0.5
UNNAMED_LEVEL = 0.95
CERTAIN = 0.85  # of a figure that is told as the value asked for
ALIKE = 0.95
NEARLY = 0.85
CONTEXT = 0.5  # what a word in the headings or the title is worth beside one of the fact's own
_ROLE_VERBS = {"lead": "chủ trì", "coordinate": "phối hợp", "monitor": "theo dõi, đôn đốc"}
MOST = 60  # tasks listed with their sources; whoever asks for more is asked to be more specific


def answer_from_ledger(query: Query, library: Library, documents: Collection[str] | None = None) -> Answer | None:
    """The ledger's answer; None where the question asks for something else, or the ledger has nothing to say."""
    ledger = ledger_of(library)
    tasks = tasks_asked(query, library, ledger)
    if tasks is not None:
        return _tasks(tasks, _within(tasks.documents, documents), library, ledger)
    targets = targets_asked(query, library)
    if targets is not None:
        return _targets(targets, _within(targets.documents, documents), library, ledger)
    figures = figures_asked(query, library)
    if figures is not None and figures.terms:
        return _figures(figures, query, _within(figures.documents, documents), library, ledger)
    return None


def ledger_of(library: Library) -> Ledger:
    """The ledger of what the library shows, made once."""
    return library.derived("ledger", lambda: make_ledger(library.facts(), lambda id_, path: _context(library, id_, path)))


def _context(library: Library, id_: str, path: str) -> str:
    """The headings of a unit and the name of its document."""
    document = _document(id_, library)
    unit = unit_at(library, id_, path)
    return " . ".join((document.kind, document.number or "", document.title, *(unit.heading if unit else ())))


def unit_at(library: Library, id_: str, path: str) -> Unit | None:
    units = library.derived(("units", id_), lambda: _by_path(library, id_))
    return units.get(path)


def _by_path(library: Library, id_: str) -> dict[str, Unit]:
    parsed = library.document(id_)
    return {unit.path: unit for unit in parsed.units} if parsed else {}


def _within(asked: Collection[str] | None, allowed: Collection[str] | None) -> Collection[str] | None:
    if asked is None or allowed is None:
        return asked if allowed is None else allowed
    return set(asked) & set(allowed)


# Tasks


def _tasks(asked: TasksAsked, documents: Collection[str] | None, library: Library, ledger: Ledger) -> Answer | None:
    found = ledger.tasks(asked.role, asked.bodies, documents)
    if asked.group:
        found = [e for e in found if e.task and flat(e.task.group).strip() == asked.group]
    if asked.annexed:
        found = [e for e in found if "phụ lục" in _address(e, library).lower()]
    if asked.due is not None:
        found = [e for e in found if e.task and e.task.due and asked.due.first <= e.task.due <= asked.due.last]
    if asked.years:
        found = [e for e in found if all(_of_year(e, year, library) for year in asked.years)]
    if not found and asked.bodies and not (asked.terms or asked.due or asked.group):
        return _no_tasks(asked, documents, library, ledger)
    if asked.terms:
        found = [e for e in found if _share(asked.terms, e) >= TASK_ENOUGH]
    tasks = distinct_tasks(found)
    return _task_list(asked, tasks, library) if tasks and len(tasks) <= MOST else None


def _of_year(entry: Entry, year: str, library: Library) -> bool:
    """Whether a task is due in a year, or given by a document of it."""
    due = entry.task.due if entry.task else None
    return str(due.year) == year if due else is_of(_document(entry.document_id, library), year)


def _no_tasks(asked: TasksAsked, documents: Collection[str] | None, library: Library, ledger: Ledger) -> Answer | None:
    """That a body has no such task, with what it does have: in another role, in other documents, in other years."""
    others = [(role, e) for role in ROLES for e in ledger.tasks(role, asked.bodies, documents)]
    others = others or [(role, e) for role in ROLES for e in ledger.tasks(role, asked.bodies)]
    if not others:
        return None
    role, entry = others[0]
    citations: list[Citation] = []
    mark = _cite(entry, citations, library)
    assert entry.task is not None
    who = next(name for name in getattr(entry.task, role) if body_key(name) in asked.bodies)
    text = f"Không tìm thấy nhiệm vụ nào như vậy của {inert(who)} trong các văn bản đang có."
    more = f" Có nhiệm vụ mà {inert(who)} {_ROLE_VERBS[role]}, ví dụ: {inert(entry.task.action)} [{mark}]."
    return Answer("not_found", "ledger", text + more, tuple(citations))


def _document(id_: str, library: Library) -> Document:
    return next(document for document in library.documents() if document.id == id_)


def _address(entry: Entry, library: Library) -> str:
    unit = unit_at(library, entry.document_id, entry.fact.path)
    return unit.address if unit else ""


def _task_list(asked: TasksAsked, tasks: Sequence[Sequence[Entry]], library: Library) -> Answer:
    """Their number, then each with its sources, under the document that gives it."""
    citations: list[Citation] = []
    firsts: list[int] = []
    lines: list[str] = []
    given_in = ""
    for rows in tasks:
        document_id = rows[0].document_id
        marks = [_cite(entry, citations, library) for entry in rows]
        firsts.append(marks[0])
        if document_id != given_in and len({task[0].document_id for task in tasks}) > 1:
            lines.append(f"\n{inert(_name(document_id, library))}:")
        given_in = document_id
        lines.append(_task_line(asked, rows, marks))
    count = Sum(str(len(tasks)), "count", tuple(firsts))
    text = "\n".join((f"**{_headline(asked, tasks)}**", *lines))
    return Answer("answered", "ledger", text, tuple(citations), sums=(count,))


def _headline(asked: TasksAsked, tasks: Sequence[Sequence[Entry]]) -> str:
    first = tasks[0][0].task
    assert first is not None
    who = next((n for n in getattr(first, asked.role) if asked.bodies and body_key(n) == asked.bodies[0]), "")
    number = f"{len(tasks)} nhiệm vụ"
    return f"{who} {_ROLE_VERBS[asked.role]} {number}" if who else f"Có {number}"


def _task_line(asked: TasksAsked, rows: Sequence[Entry], marks: Sequence[int]) -> str:
    tasks = [entry.task for entry in rows if entry.task]
    cited = "".join(f" [{mark}]" for mark in marks)
    said = "; ".join(
        f"{name}: {inert(value)}"
        for name, values in (
            ("Sản phẩm", [task.deliverable for task in tasks]),
            ("Thời hạn", [task.deadline for task in tasks]),
            ("Chủ trì", [", ".join(tasks[0].lead)] if asked.role != "lead" or not asked.bodies else []),
            ("Phối hợp", [", ".join(tasks[0].coordinate)] if asked.role == "lead" else []),
        )
        if (value := "; ".join(filter(None, values)))
    )
    action = tasks[0].action[:1].upper() + tasks[0].action[1:]
    return f"- {inert(action)}{cited}" + (f": {said}" if said else "")


# Targets of a body


def _targets(asked: TargetsAsked, documents: Collection[str] | None, library: Library, ledger: Ledger) -> Answer | None:
    """Each target once, with its values, and their number."""
    rows: dict[tuple[str, str], list[Entry]] = {}
    for entry in ledger.figures(documents):
        if entry.figure and entry.figure.kind == "target" and entry.bodies["monitor"].issuperset(asked.bodies):
            rows.setdefault((entry.document_id, entry.fact.path), []).append(entry)
    if not rows:
        return None
    citations: list[Citation] = []
    lines: list[str] = []
    marks: list[int] = []
    for entries in rows.values():
        figures = [entry.figure for entry in entries if entry.figure]
        marks.append(_cite(entries[0], citations, library))
        values = "; ".join(f"{_value(figure)}{_when(figure)}" for figure in figures)
        lines.append(f"- {inert(figures[0].indicator)}: {values} [{marks[-1]}]")
    who = next(n for n in next(iter(rows.values()))[0].figure.owners if body_key(n) == asked.bodies[0])  # type: ignore[union-attr]
    count = Sum(str(len(rows)), "count", tuple(marks))
    text = "\n".join((f"**{inert(who)} theo dõi {len(rows)} chỉ tiêu**", *lines))
    return Answer("answered", "ledger", text, tuple(citations), sums=(count,))


# Figures


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    entry: Entry
    figure: Figure


def _figures(
    asked: FiguresAsked, query: Query, documents: Collection[str] | None, library: Library, ledger: Ledger
) -> Answer | None:
    scored = _ranked(asked.terms, query, ledger.figures(documents))
    match asked.how:
        case "reached" | "gap":
            return _against_target(asked, scored, ledger, library)
        case "change":
            return _between_years(asked, scored, library)
        case "rest":
            return _rest(scored, library)
        case "value":
            return _lookup(asked, query, scored, library)


def _ranked(terms: Sequence[Term], query: Query, entries: Iterable[Entry]) -> list[_Scored]:
    """The figures about the subject, best first: of the level asked for, and without much that isn't asked about."""
    flat_text = flat(query.text)
    level = level_of(flat_text)
    found: list[_Scored] = []
    for entry in entries:
        figure = entry.figure
        assert figure is not None
        fit = _level_fit(level, figure)
        share = _share(terms, entry) * fit
        if fit and share >= ENOUGH:
            own = flat(figure.indicator).split()
            asked = sum(holds(flat_text, syllable) for syllable in own) / len(own) if own else 0.0
            found.append(_Scored(share * (0.6 + 0.4 * asked), entry, figure))
    return sorted(found, key=lambda each: -each.score)


def _level_fit(asked: str, figure: Figure) -> float:
    """How well a figure's level fits: a province's own figures often name none."""
    own = level_of(flat(f"{figure.scope} {figure.indicator}"))
    if own == asked and (asked or not figure.scope):
        return 1.0
    return UNNAMED_LEVEL if asked == "cấp tỉnh" and not own and not figure.scope else 0.0


def _share(terms: Sequence[Term], entry: Entry) -> float:
    """Share of the terms' weight that stands in the fact, a little less for what stands above it."""
    total = sum(term.weight for term in terms) or 1.0
    own = sum(t.weight for t in terms if any(holds(entry.about, form) for form in t.forms))
    above = sum(t.weight for t in terms if any(holds(entry.context, f) and not holds(entry.about, f) for f in t.forms))
    return (own + CONTEXT * above) / total


def _against_target(asked: FiguresAsked, scored: Sequence[_Scored], ledger: Ledger, library: Library) -> Answer | None:
    """The result that is best about the subject beside its target: from the same row or clause, else the likest."""
    results = [s for s in scored if s.figure.kind == "result" and s.figure.value is not None and not s.figure.change]
    targets = [s for s in scored if s.figure.kind == "target" and s.figure.value is not None and _of_periods(s, asked)]
    pairs = [
        (result.score + target.score + _closeness(result, target), result, target)
        for result in results
        for target in targets
        if _comparable(result.figure, target.figure) and not _before(result, target, library)
    ]
    if not pairs:
        return None
    best = max(score for score, _, _ in pairs)
    # Of about equally good ones the latest result: a table of targets also has what was reached before.
    close = [pair for pair in pairs if pair[0] >= NEARLY * best]
    _, result, target = max(close, key=lambda pair: (_last_day(pair[1]), pair[0]))
    return _comparison(result, target, library)


def _before(result: _Scored, target: _Scored, library: Library) -> bool:
    """Whether a result is of a time before the target was set: where things stood then, not what was reached."""
    set_on = _document(target.entry.document_id, library).issued_on
    return bool(set_on and result.entry.period and result.entry.period.last < set_on)


def _last_day(scored: _Scored) -> date:
    return scored.entry.period.last if scored.entry.period else date.min


def _closeness(result: _Scored, target: _Scored) -> float:
    """A row that has both says itself that they belong together; so does a sentence."""
    if result.entry.document_id != target.entry.document_id:
        return 0.0
    return 1.0 if result.figure.path == target.figure.path else 0.2


def _of_periods(scored: _Scored, asked: FiguresAsked) -> bool:
    """Whether a target is for a year that the question names, where it names one and the target has one."""
    period = scored.entry.period
    return not asked.periods or period is None or any(p.last.year == period.last.year for p in asked.periods) or (
        all(p.last < period.last for p in asked.periods)
    )


def _comparable(result: Figure, target: Figure) -> bool:
    """The same thing of the same scope in the same unit, neither an estimate nor a sum beside what is none."""
    if result.unit != target.unit or flat(result.scope) != flat(target.scope) or result.basis == "estimate":
        return False
    one, other = set(flat(result.indicator).split()), set(flat(target.indicator).split())
    return bool(one and other) and len(one & other) / min(len(one), len(other)) >= SAME


def _comparison(result: _Scored, target: _Scored, library: Library) -> Answer:
    citations: list[Citation] = []
    mark = _cite(result.entry, citations, library)
    same = result.figure.path == target.figure.path and result.entry.document_id == target.entry.document_id
    goal = mark if same and (result.figure.start, result.figure.end) == (target.figure.start, target.figure.end) else _cite(
        target.entry, citations, library
    )
    assert result.figure.value is not None
    assert target.figure.value is not None
    gap = result.figure.value - target.figure.value
    verdict, sums = _verdict(result.figure, target.figure, gap, tuple(dict.fromkeys((mark, goal))))
    lines = [f"**{verdict}**", f"- Kết quả{_when(result.figure)}: {_value(result.figure)} [{mark}]"]
    lines.append(f"- Mục tiêu{_when(target.figure)}: {_value(target.figure)} [{goal}]")
    lines += [f"- {inert(note)}" for note in _notes(result, library)]
    name = inert(result.figure.indicator)
    return Answer("answered", "ledger", f"{name}\n" + "\n".join(lines), tuple(citations), sums=sums)


def _verdict(result: Figure, target: Figure, gap: Decimal, marks: tuple[int, ...]) -> tuple[str, tuple[Sum, ...]]:
    """What the numbers say, and the difference between them."""
    at_most = target.comparator in {"<", "<="}
    met = {">": gap > 0, "<": gap < 0}.get(target.comparator, gap <= 0 if at_most else gap >= 0)
    met = met or (gap == 0 and result.comparator == target.comparator)
    if gap == 0:
        return ("Đã đạt mục tiêu" if met else "Chưa vượt mức của mục tiêu"), ()
    size = written_number(abs(gap))
    unit = _difference_unit(target)
    operands = (written_number(max(result.value or gap, target.value or gap)), written_number(min(result.value or gap, target.value or gap)))
    way = "cao hơn" if gap > 0 else "thấp hơn"
    reached = "Đã đạt mục tiêu" if met else "Chưa đạt mục tiêu"
    shown = f"{reached}: {way} {size} {unit} ({operands[0]} - {operands[1]} = {size})"
    return shown, (Sum(size, "difference", marks, operands),)


def _between_years(asked: FiguresAsked, scored: Sequence[_Scored], library: Library) -> Answer | None:
    """The same figure in the two years that the question names, and the difference."""
    years = sorted({period.last.year for period in asked.periods if period.kind == "year"})
    if len(years) != 2 or not scored:
        return None
    found: list[_Scored] = []
    for year in years:
        of_year = [s for s in scored if s.figure.value is not None and not s.figure.change and _is_year(s, year)]
        of_year = [s for s in of_year if not found or _comparable(s.figure, found[0].figure)]
        if not of_year:
            return None
        found.append(of_year[0])
    early, late = found
    assert early.figure.value is not None
    assert late.figure.value is not None
    gap = late.figure.value - early.figure.value
    citations: list[Citation] = []
    marks = [_cite(each.entry, citations, library) for each in found]
    size = written_number(abs(gap))
    unit = _difference_unit(late.figure)
    one, other = written_number(max(early.figure.value, late.figure.value)), written_number(min(early.figure.value, late.figure.value))
    way = "Không thay đổi" if gap == 0 else f"{'Tăng' if gap > 0 else 'Giảm'} {size} {unit} ({one} - {other} = {size})"
    lines = [f"**{way}**", *(f"- {_when(s.figure).strip().capitalize()}: {_value(s.figure)} [{m}]" for s, m in zip(found, marks, strict=True))]
    sums = (Sum(size, "difference", tuple(marks), (one, other)),)
    return Answer("answered", "ledger", f"{inert(late.figure.indicator)}\n" + "\n".join(lines), tuple(citations), sums=sums)


def _is_year(scored: _Scored, year: int) -> bool:
    period = scored.entry.period
    return period is not None and period.first.year == period.last.year == year


def _rest(scored: Sequence[_Scored], library: Library) -> Answer | None:
    """What is left of a whole: `1.007 trong tổng số 1.786`."""
    part = next((s for s in scored if s.figure.whole is not None and s.figure.value is not None), None)
    if part is None:
        return None
    figure = part.figure
    assert figure.whole is not None
    assert figure.value is not None
    citations: list[Citation] = []
    mark = _cite(part.entry, citations, library)
    size, whole, done = (written_number(number) for number in (figure.whole - figure.value, figure.whole, figure.value))
    text = f"{inert(figure.indicator)}\n**Còn lại {size} {figure.unit}** ({whole} - {done} = {size}) [{mark}]"
    return Answer("answered", "ledger", text, tuple(citations), sums=(Sum(size, "difference", (mark,), (whole, done)),))


def _lookup(asked: FiguresAsked, query: Query, scored: Sequence[_Scored], library: Library) -> Answer | None:
    """The one value that the question asks for, and what other documents print instead of it."""
    fitting = [s for s in scored if (s.figure.kind == "target") == asked.aim and s.score >= CERTAIN]
    fitting = [s for s in fitting if _of_kind(query, s.figure)]
    if asked.cumulative:
        fitting = [s for s in fitting if s.figure.basis == "cumulative"]
    else:
        fitting = [s for s in fitting if asked.periods and all(_in_period(s, period) for period in asked.periods)]
    if not fitting:
        return None
    best = fitting[0]
    rivals = [s for s in fitting[1:] if s.score >= ALIKE * best.score]
    differing = [s for s in rivals if s.figure.value != best.figure.value]
    if any(not _same_thing(best, s) or s.entry.document_id == best.entry.document_id for s in differing):
        return None  # two things fit as well: other ways to answer may tell them apart
    citations: list[Citation] = []
    shown = [best, *_first_of_each(differing)]
    lines: list[str] = []
    for each in shown:
        mark = _cite(each.entry, citations, library)
        when = _when(each.figure)
        lines.append(f"{inert(each.figure.indicator)}{when}: **{_value(each.figure)}** [{mark}]")
        lines += [f"- {inert(note)}" for note in _notes(each, library)]
    if len(shown) > 1:
        lines.insert(1, "Nguồn khác ghi khác:")
    return Answer("answered", "ledger", "\n".join(lines), tuple(citations))


def _of_kind(query: Query, figure: Figure) -> bool:
    """Whether a figure is counted in what the question asks for: a rank only where one is asked for."""
    if (figure.unit == RANK) != (query.wanted == "rank") or figure.change:
        return False
    return not query.units or any(figure.unit.startswith(unit) for unit in query.units)


def _in_period(scored: _Scored, asked: Period) -> bool:
    """Whether a figure is of the period asked for; a target, whether it is to be reached by its end."""
    own = scored.entry.period
    if own is None:
        return False
    if scored.figure.kind == "target":
        return own.last.year == asked.last.year
    return (own.first, own.last) == (asked.first, asked.last)


def _same_thing(one: _Scored, other: _Scored) -> bool:
    return _comparable(one.figure, other.figure) and one.figure.basis == other.figure.basis


def _first_of_each(scored: Sequence[_Scored]) -> list[_Scored]:
    """One of each value."""
    return list({s.figure.value: s for s in reversed(scored)}.values())


# What both show


def _cite(entry: Entry, citations: list[Citation], library: Library) -> int:
    parsed = library.document(entry.document_id)
    unit = unit_at(library, entry.document_id, entry.fact.path)
    assert parsed is not None
    assert unit is not None
    start, end = _sentence(parsed.document.text, entry.fact, unit)
    for citation in citations:
        if (citation.document_id, citation.start, citation.end) == (entry.document_id, start, end):
            return citation.marker
    return cite(citations, parsed.document, unit, start, end)


def _sentence(text: str, fact: Fact, unit: Unit) -> tuple[int, int]:
    """The whole sentences that tell a fact: its clause alone may leave out what it is about, or when."""
    spans = [span for span in sentences(text, unit.start, unit.head) if span[1] > fact.start and span[0] < fact.end]
    return (spans[0][0], spans[-1][1]) if spans and unit.kind != "hang" else (fact.start, fact.end)


def _name(document_id: str, library: Library) -> str:
    return formal_name(_document(document_id, library))


def _difference_unit(figure: Figure) -> str:
    """What a difference is counted in: of shares, points; else the unit as the figure writes it (`tỷ USD`)."""
    if figure.unit == "%":
        return "điểm phần trăm"
    place = figure.written.lower().find(figure.unit)
    return figure.written[place : place + len(figure.unit)] if place >= 0 else figure.unit


def _value(figure: Figure) -> str:
    """The value as written, with the unit where a column or a heading gives it."""
    written = figure.written
    has_unit = figure.unit in written.lower() or figure.unit == "thứ hạng"
    return inert(written if has_unit or not figure.unit else f"{written}{'' if figure.unit == '%' else ' '}{figure.unit}")


def _when(figure: Figure) -> str:
    period = figure.period
    return f" {'năm ' + period if period.isdigit() else period[:1].lower() + period[1:]}" if period else ""


def _notes(result: _Scored, library: Library) -> list[str]:
    """What the result's row says itself about it (`Đánh giá: Hoàn thành trước hạn`)."""
    unit = unit_at(library, result.entry.document_id, result.figure.path)
    return [f"{column}: {value}" for column, value in notes(unit)] if unit and unit.kind == "hang" else []

