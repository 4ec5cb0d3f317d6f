"""Whole lists of targets with their count: that a document sets, that a body answers for, that were reached or not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assistant.bodies import body_key
from assistant.compose import inert
from assistant.ledger.entries import Entry, Ledger, level_of, share_of
from assistant.ledger.progress import Progress, progress_of
from assistant.ledger.question import Standing, TargetsAsked, is_of
from assistant.ledger.shown import cite_fact, document_of, indicator_shown, short_name, told, value_shown, when_shown
from assistant.library import Library
from assistant.match import flat, holds
from assistant.types import Answer, Citation, Sum
from assistant.understand import index_keys
from ingest.facts.measures import RANK
from ingest.types import Figure

ABOUT = 0.5  # share of the subject's weight that a target must hold
SAME = 0.6  # share of the words of the shorter of two indicators, for one to say the other again
MOST = 60  # targets listed with their sources; whoever asks for more is asked to be more specific
_HEADS: dict[Standing, str] = {
    "unmet": "chưa đạt",
    "exceeded": "vượt mức đề ra",
    "met": "đã đạt",
    "none": "chưa có số liệu để so",
    "all": "",
}


@dataclass(slots=True)
class _Line:
    """A target with its values by year, and where else it is set alike; `stand` where its progress is asked for."""

    entries: list[Entry]
    again: list[Entry] = field(default_factory=list)
    stand: Progress | None = None


def target_list(
    asked: TargetsAsked, documents: Collection[str] | None, library: Library, ledger: Ledger
) -> Answer | None:
    """Each target once, with its values or with how it stands, and their number; None where there are none such."""
    if asked.standing is None:
        lines = _set(asked, ledger.figures(documents), library)
    else:
        lines = _standing(asked, documents, library, ledger)
    return _listed(asked, lines, library) if lines and len(lines) <= MOST else None


def _set(asked: TargetsAsked, figures: Iterable[Entry], library: Library) -> list[_Line]:
    entries = [entry for entry in figures if entry.figure and entry.figure.kind == "target"]
    entries = [entry for entry in entries if _fits(asked, entry)]
    in_time = [entry for entry in entries if _in_years(asked, entry)]
    if not in_time and not all(_is_of(entry, asked, library) for entry in entries):
        return []
    rows: dict[tuple[str, str, str, str], list[Entry]] = {}
    for entry in in_time or entries:
        figure = entry.figure
        assert figure is not None
        key = (entry.document_id, entry.fact.path, flat(figure.indicator), flat(figure.scope))
        rows.setdefault(key, []).append(entry)
    return _merged([_Line(row) for row in rows.values()], across=False)


def _standing(asked: TargetsAsked, documents: Collection[str] | None, library: Library, ledger: Ledger) -> list[_Line]:
    every = [each for each in progress_of(library, ledger) if _within(each.target, documents, library)]
    every = [each for each in every if _fits(asked, each.target)]
    in_time = [each for each in every if _in_years(asked, each.target)] if asked.years else []
    if in_time:
        every = in_time
    elif asked.standing not in {"met", "exceeded"}:
        every = _next_due(every)  # a year of no target is that of the results: `đến hết năm 2023`
    lines: list[_Line] = []
    for progress in every:
        reached = [progress.result] if progress.result is not None and progress.state != "none" else []
        lines.append(_Line([progress.target, *reached], stand=progress))
    return [line for line in _merged(lines, across=True) if line.stand and _stands(asked.standing, line.stand)]


def _within(target: Entry, documents: Collection[str] | None, library: Library) -> bool:
    """Where no documents are named, what numbered ones set: a news item sets nothing."""
    if documents is None:
        return document_of(target.document_id, library).number is not None
    return target.document_id in documents


def _next_due(every: Sequence[Progress]) -> list[Progress]:
    """Of targets for several years those of each document's first that anything is reported on: later ones are not due
    yet."""
    first: dict[str, int] = {}
    for each in sorted(every, key=lambda each: each.state == "none"):
        if each.target.period is not None:
            year, id_ = each.target.period.last.year, each.target.document_id
            first[id_] = min(year, first.get(id_, year)) if each.state != "none" else first.get(id_, year)
    return [
        each
        for each in every
        if each.target.period is None or each.target.period.last.year == first[each.target.document_id]
    ]


def _fits(asked: TargetsAsked, entry: Entry) -> bool:
    figure = entry.figure
    assert figure is not None
    if asked.level and level_of(figure) != asked.level:
        return False
    return entry.bodies["monitor"].issuperset(asked.bodies) and (
        not asked.terms or share_of(asked.terms, entry) >= ABOUT
    )


def _is_of(entry: Entry, asked: TargetsAsked, library: Library) -> bool:
    """Whether a target is set by a document of these years: it may name no time itself."""
    return all(is_of(document_of(entry.document_id, library), str(year)) for year in asked.years)


def _in_years(asked: TargetsAsked, entry: Entry) -> bool:
    return not asked.years or (entry.period is not None and entry.period.last.year in asked.years)


def _stands(standing: Standing | None, progress: Progress) -> bool:
    if standing == "exceeded":
        return progress.state == "met" and _exceeds(progress)
    return standing in {"all", progress.state}


def _exceeds(progress: Progress) -> bool:
    target, result = progress.target.figure, progress.result.figure if progress.result else None
    assert target is not None
    assert result is not None
    assert target.value is not None
    assert result.value is not None
    fewer = target.comparator in {"<", "<="}
    return result.value < target.value if fewer else result.value > target.value


def _merged(lines: Sequence[_Line], *, across: bool) -> list[_Line]:
    """What is set once in words and again in a table, or repeated by a report, is one target with several sources."""
    kept: list[_Line] = []
    for line in lines:
        twin = next((other for other in kept if _says_again(line, other, across=across)), None)
        if twin is None:
            kept.append(line)
            continue
        targets = [entry for entry in line.entries if entry.figure and entry.figure.kind == "target"]
        told_better = twin.stand and line.stand and twin.stand.state == "none" != line.stand.state
        if told_better or (line.stand is None and _is_row(line) and not _is_row(twin)):
            targets, twin.entries, twin.stand = twin.entries, line.entries, line.stand
        twin.again += targets
    return kept


def _is_row(line: _Line) -> bool:
    """Whether it stands in a table, where an indicator has its whole name."""
    return "/hang-" in line.entries[0].fact.path


def _says_again(line: _Line, other: _Line, *, across: bool) -> bool:
    if not across and line.entries[0].document_id != other.entries[0].document_id:
        return False
    one, two = _values(line), _values(other)
    units = {entry.figure.unit for each in (line, other) for entry in each.entries if entry.figure} - {""}
    if not one or not (one <= two or two <= one) or len(units) > 1:
        return False
    first, second = line.entries[0].figure, other.entries[0].figure
    assert first is not None
    assert second is not None
    words, others = (frozenset(flat(figure.indicator).split()) for figure in (first, second))
    levels = {level_of(first), level_of(second)} - {""}
    if _indices(first) != _indices(second):
        return False
    if _indices(first) and units == {RANK}:
        return True
    return len(levels) < 2 and len(words & others) >= SAME * min(len(words), len(others))


def _indices(figure: Figure) -> frozenset[str]:
    """PCI and PAPI may be set alike, in all but the same words."""
    said = flat(figure.indicator)
    return frozenset(key for key in index_keys() if holds(said, key))


def _values(line: _Line) -> frozenset[tuple[object, ...]]:
    return frozenset(
        (_amount(entry.figure), entry.period.last.year if entry.period else None)
        for entry in line.entries
        if entry.figure and entry.figure.kind == "target" and _amount(entry.figure) is not None
    )


def _amount(figure: Figure) -> Decimal | None:
    """Its value; a place among the first without a number is one, too."""
    return figure.value if figure.value is not None or figure.unit != RANK else Decimal(0)


def _listed(asked: TargetsAsked, lines: Sequence[_Line], library: Library) -> Answer:
    """Their number, then each with its sources, under the document that sets it where there are several."""
    citations: list[Citation] = []
    shown: list[str] = []
    firsts: list[int] = []
    ids = list(dict.fromkeys(line.entries[0].document_id for line in lines))
    for id_ in ids:
        if len(ids) > 1:
            shown.append(f"\n{inert(short_name(document_of(id_, library)))}:")
        for line in (line for line in lines if line.entries[0].document_id == id_):
            text, mark = _line(line, citations, library, judged=asked.standing == "all")
            shown.append(text)
            firsts.append(mark)
    count = Sum(str(len(lines)), "count", tuple(firsts))
    head = _headline(asked, lines, "" if len(ids) > 1 else inert(short_name(document_of(ids[0], library))))
    every = told(entry for line in lines for entry in line.entries)
    text = "\n".join((f"**{head}**", *shown))
    return Answer("answered", "ledger", text, tuple(citations), facts=every, sums=(count,))


def _headline(asked: TargetsAsked, lines: Sequence[_Line], document: str) -> str:
    number = f"{len(lines)} chỉ tiêu"
    if asked.bodies:
        figures = [entry.figure for line in lines for entry in line.entries if entry.figure]
        who = next(name for figure in figures for name in figure.owners if body_key(name) in asked.bodies)
        return f"{inert(who)} theo dõi {number}"
    in_years = any(_in_years(asked, line.entries[0]) for line in lines)
    years = " và ".join(map(str, asked.years)) if in_years else ""
    number += f" cho năm {years}" if years else ""
    said = f"Có {number} {_HEADS[asked.standing] if asked.standing else ''}".rstrip()
    return f"{document}: {said[:1].lower()}{said[1:]}" if document else said


def _line(line: _Line, citations: list[Citation], library: Library, *, judged: bool) -> tuple[str, int]:
    """`judged`: whether it was reached is said of each."""

    def cited(entry: Entry) -> int:
        return cite_fact(entry, citations, library)

    figure = line.entries[0].figure
    assert figure is not None
    name = indicator_shown(figure)
    name += f" ({inert(figure.scope)})" if figure.scope and flat(figure.scope) not in flat(figure.indicator) else ""
    mark = cited(line.entries[0])
    if line.stand is None:
        said = "; ".join(_value(entry.figure) for entry in line.entries if entry.figure)
        marks = dict.fromkeys(cited(entry) for entry in (*line.entries, *line.again))
        return f"- {name}: {said}" + "".join(f" [{each}]" for each in marks), mark
    return f"- {name}: {_stood(line, line.stand, cited, judged=judged)}", mark


def _stood(line: _Line, stand: Progress, cited: Callable[[Entry], int], *, judged: bool) -> str:
    target = stand.target.figure
    assert target is not None
    marks = dict.fromkeys(cited(entry) for entry in (stand.target, *line.again))
    said = f"mục tiêu {_value(target)}" + "".join(f" [{each}]" for each in marks)
    if stand.state == "none" or stand.result is None or stand.result.figure is None:
        return said + (f"; {stand.why}" if stand.why else "; chưa có số liệu")
    verdict = f": {_HEADS[stand.state]}" if judged else ""
    return f"{said}; kết quả {_value(stand.result.figure)} [{cited(stand.result)}]{verdict}"


def _value(figure: Figure) -> str:
    """In the middle of a line: `trên 90% đến năm 2025`."""
    value = value_shown(figure)
    value = value[:1].lower() + value[1:] if value[1:2].islower() else value
    return f"{value} {when_shown(figure)}".strip()
