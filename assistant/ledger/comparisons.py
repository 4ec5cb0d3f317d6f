"""Figures: the value asked for, and how it stands to its target, to another year, to what it is a part of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from assistant.compose import inert
from assistant.ledger.entries import Entry, Ledger, level_of, share_of, written_number
from assistant.ledger.progress import comparable, is_met, of_elsewhere, reported_before
from assistant.ledger.question import FiguresAsked, said_words, within
from assistant.ledger.series import LEAST, year_of
from assistant.ledger.shown import (
    cite_fact,
    difference_unit,
    indicator_shown,
    row_notes,
    sentence_of,
    told,
    value_shown,
    when_shown,
)
from assistant.library import Library
from assistant.match import find_levels, flat, holds
from assistant.types import Answer, Citation, Query, Sum, Term
from ingest.facts.measures import RANK
from ingest.facts.periods import Period
from ingest.types import Figure

# Calibrated on the development half of evals/cases.
ENOUGH = 0.6  # share of the subject's weight that a figure must hold
UNNAMED_LEVEL = 0.95
CERTAIN = 0.85  # of a figure that is told as the value asked for
ALIKE = 0.95
NEARLY = 0.85


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    entry: Entry
    figure: Figure


def compare_figures(
    asked: FiguresAsked, query: Query, documents: Collection[str] | None, library: Library, ledger: Ledger
) -> Answer | None:
    """From these documents only, where given, and of those that the question names; how a target stands may be told by
    another."""
    flat_text = flat(query.text)
    named = None if asked.how in {"reached", "gap"} else asked.documents
    figures = ledger.figures(within(named, documents))
    levels = find_levels(flat_text) or [""]
    if asked.how == "value":
        ranked = [_ranked(asked.terms, flat_text, figures, level) for level in levels]
        return _shown(asked, [_values(each, query, of) for of in ranked for each in _one_by_one(asked)], library)
    scored = _ranked(asked.terms, flat_text, figures, levels[0])
    match asked.how:
        case "reached" | "gap":
            return _against_target(asked, scored, library)
        case "change":
            return _between_years(asked, scored, library)
        case "rest":
            return _rest(scored, library)
        case "series":
            return _over_years(asked, query, scored, library)


def _one_by_one(asked: FiguresAsked) -> Iterator[FiguresAsked]:
    """`năm 2020, đến hết 2023 và mục tiêu 2025`: of each period, its target where one has been named before it."""
    if len(asked.periods) < 2:
        yield asked
        return
    for period, aim in zip(asked.periods, asked.aims, strict=True):
        yield replace(asked, periods=(period,), aim=aim)


def _ranked(terms: Sequence[Term], flat_text: str, entries: Iterable[Entry], level: str) -> list[_Scored]:
    """The figures about the subject, best first: of the level asked for, and without much that isn't asked about."""
    found: list[_Scored] = []
    for entry in entries:
        figure = entry.figure
        assert figure is not None
        share = share_of(terms, entry) * _level_fit(level, figure)
        if share >= ENOUGH:
            own = said_words(figure.indicator)
            asked = sum(holds(flat_text, syllable) for syllable in own) / len(own) if own else 1.0
            found.append(_Scored(share * (0.6 + 0.4 * asked), entry, figure))
    return sorted(found, key=lambda each: -each.score)


def _level_fit(asked: str, figure: Figure) -> float:
    """How well a figure's level fits: a province's own figures often name none."""
    own = level_of(figure)
    if own == asked and (asked or not figure.scope):
        return 1.0
    return UNNAMED_LEVEL if asked == "cấp tỉnh" and not own and not figure.scope else 0.0


def _against_target(asked: FiguresAsked, scored: Sequence[_Scored], library: Library) -> Answer | None:
    """The result that is best about the subject beside its target: from the same row or clause, else the likest."""
    known = [each for each in scored if each.figure.value is not None]
    results = [each for each in known if each.figure.kind == "result" and not each.figure.change]
    targets = [each for each in known if each.figure.kind == "target" and _of_periods(each, asked)]
    pairs = [
        (result.score + target.score + _closeness(result, target), result, target)
        for result in results
        for target in targets
        if comparable(result.figure, target.figure)
        and not reported_before(result.entry, target.entry, library)
        and not of_elsewhere(result.entry, target.entry, library)
    ]
    if asked.documents:
        pairs = [pair for pair in pairs if pair[2].entry.document_id in asked.documents] or pairs
        pairs = [pair for pair in pairs if pair[1].entry.document_id in asked.documents] or pairs
    if not pairs:
        return None
    best = max(score for score, _, _ in pairs)
    # Of about equally good ones the latest result: a table of targets also has what was reached before.
    close = [pair for pair in pairs if pair[0] >= NEARLY * best]
    _, result, target = max(close, key=lambda pair: (_last_day(pair[1]), pair[0]))
    return _comparison(result, target, library)


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
    return (
        not asked.periods
        or period is None
        or any(p.last.year == period.last.year for p in asked.periods)
        or (all(p.last < period.last for p in asked.periods))
    )


def _comparison(result: _Scored, target: _Scored, library: Library) -> Answer:
    citations: list[Citation] = []
    mark = cite_fact(result.entry, citations, library)
    same = result.figure.path == target.figure.path and result.entry.document_id == target.entry.document_id
    goal = (
        mark
        if same and (result.figure.start, result.figure.end) == (target.figure.start, target.figure.end)
        else cite_fact(target.entry, citations, library)
    )
    assert result.figure.value is not None
    assert target.figure.value is not None
    gap = result.figure.value - target.figure.value
    verdict, sums = _verdict(result.figure, target.figure, gap, tuple(dict.fromkeys((mark, goal))))
    lines = [f"**{verdict}**", f"- {_titled(result.figure, 'Kết quả')}: {value_shown(result.figure)} [{mark}]"]
    lines.append(f"- {_titled(target.figure, 'Mục tiêu')}: {value_shown(target.figure)} [{goal}]")
    lines += [f"- {inert(note)}" for note in row_notes(result.entry, library)]
    name = indicator_shown(result.figure)
    return Answer(
        "answered",
        "ledger",
        f"{name}\n" + "\n".join(lines),
        tuple(citations),
        facts=told([result.entry, target.entry]),
        sums=sums,
    )


def _verdict(result: Figure, target: Figure, gap: Decimal, marks: tuple[int, ...]) -> tuple[str, tuple[Sum, ...]]:
    """What the numbers say, and the difference between them."""
    met = is_met(result, target)
    if gap == 0:
        return ("Đã đạt mục tiêu" if met else "Chưa vượt mức của mục tiêu"), ()
    way = "cao hơn" if gap > 0 else "thấp hơn"
    reached = "Đã đạt mục tiêu" if met else "Chưa đạt mục tiêu"
    shown, difference = _difference(target, result, marks)
    return f"{reached}: {way} {shown}", (difference,)


def _difference(one: Figure, other: Figure, marks: tuple[int, ...]) -> tuple[str, Sum]:
    """How far two values lie apart, in the unit of the first, and how that is reckoned."""
    assert one.value is not None
    assert other.value is not None
    less, more = sorted((one.value, other.value))
    size, operands = written_number(more - less), (written_number(more), written_number(less))
    value = f"{size} {difference_unit(one)}".strip()
    return f"{value} ({operands[0]} - {operands[1]} = {size})", Sum(size, "difference", marks, operands)


def _between_years(asked: FiguresAsked, scored: Sequence[_Scored], library: Library) -> Answer | None:
    """The same figure in the two years that the question names, and the difference."""
    spans = [(period.first.year, period.last.year) for period in asked.periods if period.kind in {"year", "years"}]
    years = sorted({year for span in spans for year in span})
    if len(years) != 2 or not scored:
        return None
    found: list[_Scored] = []
    for year in years:
        of_year = [s for s in scored if s.figure.value is not None and not s.figure.change and _is_year(s, year)]
        of_year = [s for s in of_year if not found or comparable(s.figure, found[0].figure)]
        if not of_year:
            return None
        found.append(of_year[0])
    early, late = found
    assert early.figure.value is not None
    assert late.figure.value is not None
    gap = late.figure.value - early.figure.value
    citations: list[Citation] = []
    marks = [cite_fact(each.entry, citations, library) for each in found]
    shown, difference = _difference(late.figure, early.figure, tuple(marks))
    way = "Không thay đổi" if gap == 0 else f"{'Tăng' if gap > 0 else 'Giảm'} {shown}"
    lines = [
        f"**{way}**",
        *(
            f"- {when_shown(s.figure).capitalize()}: {value_shown(s.figure)} [{m}]"
            for s, m in zip(found, marks, strict=True)
        ),
    ]
    return Answer(
        "answered",
        "ledger",
        f"{indicator_shown(late.figure)}\n" + "\n".join(lines),
        tuple(citations),
        facts=told(s.entry for s in found),
        sums=(difference,),
    )


def _over_years(asked: FiguresAsked, query: Query, scored: Sequence[_Scored], library: Library) -> Answer | None:
    """What was reached year by year, within the years that the question names; a figure of just this time is told
    as such."""
    span = next((period for period in asked.periods if period.kind == "years"), None)
    of_all = span is not None and any(_of_exactly(each, [span]) for each in scored)
    if of_all and (values := _values(asked, query, scored)):
        return _shown(asked, [values], library)
    points = [each for each in scored if each.score >= CERTAIN and each.figure.kind == "result"]
    points = [each for each in points if _is_point(each, asked.periods)]
    # `điểm SIPAS`, which is counted in percent.
    points = [each for each in points if _is_counted_so(query, each.figure)] or points
    if not points:
        return None
    best = [each for each in points if each.score >= ALIKE * points[0].score]
    names = list(dict.fromkeys(indicator_shown(each.figure) for each in best))
    citations: list[Citation] = []
    parts: list[str] = []
    told_already: set[tuple[int, str, Decimal | None]] = set()
    for name in names:
        # What another source repeats is told once.
        places = {_place(each): each for each in reversed(best) if indicator_shown(each.figure) == name}
        new = sorted(places.keys() - told_already, key=lambda place: place[:2])
        if len({year for year, _, _ in new}) < LEAST:
            continue
        told_already |= set(new)
        lines = [
            f"- {when_shown(places[at].figure).capitalize()}: {value_shown(places[at].figure)}"
            f" [{cite_fact(places[at].entry, citations, library)}]"
            for at in new
        ]
        parts.append("\n".join((f"**{name}**", *lines)))
    if not parts:
        return None
    return Answer("answered", "ledger", "\n\n".join(parts), tuple(citations), facts=told(each.entry for each in best))


def _place(scored: _Scored) -> tuple[int, str, Decimal | None]:
    year = year_of(scored.entry)
    assert year is not None
    return year, scored.figure.unit, scored.figure.value


def _is_point(scored: _Scored, periods: Sequence[Period]) -> bool:
    """Whether a figure can stand in a row of years, from the first to the last of those that are named."""
    year = year_of(scored.entry)
    named = [end.year for period in periods if period.kind in {"year", "years"} for end in (period.first, period.last)]
    return year is not None and (not named or min(named) <= year <= max(named))


def _is_counted_so(query: Query, figure: Figure) -> bool:
    """Whether a figure is counted in what the question names, where it names any."""
    said = flat(query.text)
    if query.wanted == "rank" or holds(said, "hạng"):
        return figure.unit == RANK or any(holds(said, value) for value in ("điểm", "kết quả", "giá trị"))
    return not query.units or any(figure.unit.startswith(unit) for unit in query.units)


def _is_year(scored: _Scored, year: int) -> bool:
    period = scored.entry.period
    return period is not None and period.first.year == period.last.year == year


def _rest(scored: Sequence[_Scored], library: Library) -> Answer | None:
    """What is left of a whole: `1.007 trong tổng số 1.786`; not of `7/21 cơ quan chưa gửi`, which are what is left."""
    part = next((s for s in scored if s.figure.whole is not None and s.figure.value is not None), None)
    if part is None or holds(flat(indicator_shown(part.figure)), "chưa"):
        return None
    figure = part.figure
    assert figure.whole is not None
    assert figure.value is not None
    citations: list[Citation] = []
    mark = cite_fact(part.entry, citations, library)
    size, whole, done = (written_number(number) for number in (figure.whole - figure.value, figure.whole, figure.value))
    text = f"{indicator_shown(figure)}\n**Còn lại {size} {figure.unit}** ({whole} - {done} = {size}) [{mark}]"
    return Answer(
        "answered",
        "ledger",
        text,
        tuple(citations),
        sums=(Sum(size, "difference", (mark,), (whole, done)),),
        facts=told([part.entry]),
    )


def _values(asked: FiguresAsked, query: Query, scored: Sequence[_Scored]) -> list[_Scored]:
    """The one value that the question asks for, and what other documents print instead of it."""
    fitting = [s for s in scored if (s.figure.kind == "target") == asked.aim and s.score >= CERTAIN]
    fitting = [s for s in fitting if bool(s.figure.plan) >= asked.plan and _of_kind(query, s.figure, plan=asked.plan)]
    if asked.cumulative:
        fitting = [s for s in fitting if s.figure.basis == "cumulative"]
    else:
        fitting = [s for s in fitting if asked.periods and all(_in_period(s, period) for period in asked.periods)]
    if not fitting:
        return []
    # Of those about as good the one of just that period: a table's year is only what it is to be reached by.
    alike = [s for s in fitting if s.score >= ALIKE * fitting[0].score]
    best = next((s for s in alike if _of_exactly(s, asked.periods)), fitting[0])
    rivals = [s for s in alike if s is not best]
    differing = [s for s in rivals if s.figure.value != best.figure.value]
    if any(not _same_thing(best, s) or s.entry.document_id == best.entry.document_id for s in differing):
        return []  # two things fit as well: other ways to answer may tell them apart
    return [best, *_first_of_each(differing)]


def _shown(asked: FiguresAsked, sought: Sequence[Sequence[_Scored]], library: Library) -> Answer | None:
    """Of all that is sought the value, and that another source prints another; None where something isn't there."""
    if not all(sought):
        return None
    citations: list[Citation] = []
    parts: list[str] = []
    for values in sought:
        for at, value in enumerate(values):
            if at:
                parts.append("Nguồn khác ghi khác:")
            parts.append(_told(value, cite_fact(value.entry, citations, library), library, plan=asked.plan))
    every = told(value.entry for values in sought for value in values)
    return Answer("answered", "ledger", "\n\n".join(parts), tuple(citations), facts=every)


def _told(scored: _Scored, mark: int, library: Library, *, plan: bool) -> str:
    """The value with what it is of, then the row's notes or the sentence that it stands in."""
    figure = scored.figure
    value = f"{figure.plan} kế hoạch ({value_shown(figure)})" if plan else value_shown(figure)
    line = f"{_titled(figure)}: **{value}** [{mark}]"
    unit = library.unit(scored.entry.document_id, figure.path)
    if unit and unit.kind == "hang":
        return "\n".join((line, *(f"- {inert(note)}" for note in row_notes(scored.entry, library))))
    parsed = library.document(scored.entry.document_id)
    assert parsed is not None
    assert unit is not None
    start, end = sentence_of(parsed.document.text, figure, unit)
    return f"{line}\n\n“{inert(parsed.document.text[start:end])}”"


def _titled(figure: Figure, what: str = "") -> str:
    """What a value is of, and when."""
    when = when_shown(figure)
    if what:
        return f"{what} {when}".strip()
    return indicator_shown(figure) + (f", {when}" if when else "")


def _of_kind(query: Query, figure: Figure, *, plan: bool) -> bool:
    """Whether a figure is counted in what the question asks for: a rank only where one is asked for."""
    if (figure.unit == RANK) != (query.wanted == "rank") or figure.change:
        return False
    return plan or not query.units or any(figure.unit.startswith(unit) for unit in query.units)


def _in_period(scored: _Scored, asked: Period) -> bool:
    """Whether a figure is of the period asked for; a target, whether it is to be reached by its end."""
    own = scored.entry.period
    if own is None:
        return False
    if scored.figure.kind == "target":
        within = asked.kind == "years" and own.first <= asked.first and asked.last <= own.last
        return own.last.year == asked.last.year or within
    return (own.first, own.last) == (asked.first, asked.last)


def _of_exactly(scored: _Scored, periods: Sequence[Period]) -> bool:
    """Whether a figure is of just the period asked for, and not only to be reached by its end."""
    own = scored.entry.period
    return own is not None and any((own.first, own.last) == (period.first, period.last) for period in periods)


def _same_thing(one: _Scored, other: _Scored) -> bool:
    return comparable(one.figure, other.figure) and one.figure.basis == other.figure.basis


def _first_of_each(scored: Sequence[_Scored]) -> list[_Scored]:
    """One of each value."""
    return list({s.figure.value: s for s in reversed(scored)}.values())
