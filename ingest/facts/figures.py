"""Targets and results in sentences: each value with the words of its clause that say what it measures.

A sentence is cut between its values, at the strongest mark there (a semicolon, the last comma, `và`). What a clause
leaves out it takes from the one before: `tỷ lệ nộp trực tuyến ở cấp tỉnh đạt 90,4%, cấp huyện đạt 79,3%`.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest.facts.levels import LEVEL, find_level
from ingest.facts.measures import RANK, Measure, amounts, find_measures, read_basis
from ingest.facts.periods import Period, find_periods
from ingest.facts.sections import Role, first_word
from ingest.text import sentences
from ingest.types import Figure, Unit
from ingest.vocabulary import any_of, phrases, rows

RANKED_WORDS = 8  # a longer clause that has `dẫn đầu` describes, and ranks nothing
BODY_WORDS = 6

_NOTE = re.compile(r"(?:ghi chú|chú thích|nguồn)\s*:", re.IGNORECASE)
# Words that go on with a list, not with the next clause.
_LISTED = rf"(?:{phrases('clauses.tsv', 'listed')})(?!\w)"
_CUTS = (
    re.compile(r";"),
    re.compile(rf",(?=\s(?!{_LISTED}))"),
    re.compile(r"\snhưng\s|\s\((?=\d)"),
    re.compile(r"\s(?:và|với|còn)\s|\.\s"),
    re.compile(r"\s(?:lên|xuống)\s"),
)
_LEADING = re.compile(
    rf"^(?:[\s,;:.()–-]+|(?:(?:hai|ba|bốn|năm|\d+) năm(?: qua)?|{phrases('clauses.tsv', 'leading')})(?!\w))+",
    re.IGNORECASE,
)
_TRAILING = re.compile(rf"(?:[\s,;:(–-]+|(?<!\w)(?:{phrases('clauses.tsv', 'trailing')})(?!\w))+$", re.IGNORECASE)
_NO_OTHER = re.compile(r"\s*so\s+với\W*$", re.IGNORECASE)  # what it is compared with was a time, and is told as such
_COPULA = re.compile(rf"(?<!\w)(?:{phrases('clauses.tsv', 'copula')})\W*$", re.IGNORECASE)
_CHANGE = re.compile(
    r"(?<!\w)(?P<way>tăng|giảm|cắt giảm|tinh giản|gấp)(?:\s+(?:thêm|được|trên|khoảng))*\s*$", re.IGNORECASE
)
_PLAN = re.compile(r"\s*(?:so\s+với\s+)?(?:kế\s+hoạch|chỉ\s+tiêu|mục\s+tiêu|dự\s+toán)", re.IGNORECASE)
_SET = re.compile(r"đặt\s+(?:ra\s+)?(?:mục tiêu|chỉ tiêu)", re.IGNORECASE)
_TARGET = re.compile(
    r"(?:mục tiêu|chỉ tiêu)(?!\s+(?:đề ra|này|của|đó|nêu))|phấn đấu|(?:vượt|hơn|đạt)\s+(?:mức|mốc)(?:\s+tối thiểu)?",
    re.IGNORECASE,
)
_FUTURE = re.compile(r"(?<!\w)sẽ\s[^;]*$", re.IGNORECASE)
_HEAD_NOUN = re.compile(rf"(?:,|\snhưng)\s+(?=(?:{phrases('clauses.tsv', 'head')})\s)", re.IGNORECASE)
_BODY = re.compile(r"(?:huyện|thị xã|thành phố|xã|phường|đặc khu|quận|sở|ban|công an|cục)\s+\S", re.IGNORECASE)
_FRAME = re.compile(rf"(?<!\w)(?:{phrases('clauses.tsv', 'framing')})\s*$", re.IGNORECASE)
_FRAMED = re.compile(rf"(?:{phrases('clauses.tsv', 'framed')})(?!\w)")
_RUNS = {"năm", "lần"}  # figures only of what went on: `6 năm liên tiếp`, `gấp 10 lần`
_RUNNING = re.compile(
    r"\s*(?P<on>liền|liên\s+tiếp|liên\s+tục)?(?:,[^,]*,)?\s*(?=(?P<led>(?:cùng\s+\S+\s+\S+\s+)?(?:dẫn|đứng)\s+đầu|ở\s+ngôi|giữ|ở\s+vị\s+trí))?"
)
_SPAN_OF_TIME = {"tháng", "ngày", "tuần", "giờ", "phút", "ngày làm việc", "giờ làm việc"}
_TIME_TAKEN = re.compile(r"thời gian|thời hạn|bình quân|trung bình|gián đoạn|chờ", re.IGNORECASE)
_PART = re.compile(r"trong\s+(?:số\s+)?(?:đó|này)", re.IGNORECASE)
_PRONOUN = re.compile(
    r"(?:con\s+)?số\s+(?:này|đó)|kết quả|điểm số|thứ hạng|tỉnh|năm\s+(?:cao|thấp)\s+nhất", re.IGNORECASE
)
_ALL_OF_THEM = re.compile(r"(?<!\w)cả\s+(?P<number>hai|ba|bốn|năm|\d)\s+(?P<what>chỉ số|năm)(?!\w)", re.IGNORECASE)
_COUNTED_AGAIN = {"trường hợp"}  # `đã xử lý 178 trường hợp`: of what was told before
_COMPARED = re.compile(r"(?:so với(?:\s+cùng kỳ)?(?:\s+của)?|(?<!\w)từ)\s*$", re.IGNORECASE)
_NUMBERED = re.compile(r"[/-][A-ZĐ]{2,}[\s,]*$")  # the day of a document: `05-NQ/TU ngày 09/4/2021`
_TOGETHER = re.compile(r"cả\s+(?:\d|hai|ba|bốn|năm)|đồng thời|cùng (?:một )?lúc", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Context:
    """What a unit's sentences inherit: what its section tells, and its period."""

    role: Role
    period: str


@dataclass(frozen=True, slots=True)
class _Clause:
    """A value with the words before and after it that belong to it; offsets into the sentence."""

    measure: Measure
    start: int
    end: int
    before: str
    after: str

    @property
    def counted(self) -> bool:
        return bool(self.measure.unit) and self.measure.unit not in amounts()


def prose_figures(text: str, unit: Unit, context: Context) -> Iterator[Figure]:
    """The figures of a unit's own lines, in order."""
    told: list[Figure] = []
    if not _NOTE.match(text, unit.start):
        for start, end in sentences(text, first_word(text, unit), unit.head):
            told = [*_sentence(text[start:end], unit, context, told[-1:])]
            yield from (replace(figure, start=start + figure.start, end=start + figure.end) for figure in told)


def _sentence(sentence: str, unit: Unit, context: Context, before: Sequence[Figure]) -> list[Figure]:
    """The figures of a sentence, with offsets in it; `before` is the last one of the sentence before."""
    told: list[Figure] = []
    for clause in _clauses(sentence):
        told += _figures(clause, sentence, unit, context, told, before)
    return told


def _clauses(sentence: str) -> list[_Clause]:
    measures = _without_running_ranks(sentence, find_measures(sentence))
    edges = [0, *(_cut(sentence, a.end, b.start) for a, b in itertools.pairwise(measures)), len(sentence)]
    return [
        _Clause(m, start, end, sentence[start : m.start], sentence[m.end : end])
        for m, start, end in zip(measures, edges, edges[1:], strict=False)
    ]


def _without_running_ranks(sentence: str, measures: list[Measure]) -> list[Measure]:
    """Less the ranks that were held for so many years or times: `giữ vị trí thứ nhất PCI 6 năm liền`."""
    running = [m for m in measures if m.unit in _RUNS and _goes_on(sentence[m.end :])]
    return [m for m in measures if m.unit != RANK or not any(_together(sentence, m, other) for other in running)]


def _goes_on(after: str) -> bool:
    found = _RUNNING.match(after)
    return bool(found and (found["on"] or found["led"]))


def _together(sentence: str, one: Measure, other: Measure) -> bool:
    """Whether two values are of one clause."""
    first, second = sorted((one, other), key=lambda measure: measure.start)
    between = sentence[first.end : second.start]
    return not re.search(r"[;,]", between) or (first is other and _goes_on(sentence[first.end : second.end]))


def _cut(sentence: str, start: int, end: int) -> int:
    """Where, between two values, the clause of the second begins; with no mark there, at the second itself."""
    for mark in _CUTS:
        found = list(mark.finditer(sentence, start, end))
        if found:
            return found[-1].start() + (1 if mark in _CUTS[:2] else 0)
    return end


def _figures(
    clause: _Clause, sentence: str, unit: Unit, context: Context, told: Sequence[Figure], before: Sequence[Figure]
) -> list[Figure]:
    """What the clause's value says: usually one figure, one for each index or year that it is told of."""
    measure, last = clause.measure, told[-1] if told else None
    kind = _kind(sentence[: measure.number_at], clause.before, context.role)
    if kind is None or _names_only(clause, last) or (measure.unit == "%" and _PLAN.match(clause.after) and last):
        return []
    indicator, scope = _measured(clause, last, before[-1] if before else None)
    if not indicator:
        return []
    figure = Figure(
        kind=kind,
        path=unit.path,
        start=clause.start,
        end=clause.end,
        indicator=indicator,
        comparator=measure.comparator,
        value=measure.value,
        unit=measure.unit,
        written=sentence[measure.start : measure.end].strip(),
        whole=measure.whole,
        period=_period(clause, sentence, last) or context.period or (before[-1].period if before else ""),
        scope=scope,
        plan=_plan(sentence[measure.end :]),
        change=_change(clause, last),
        basis=read_basis(sentence[clause.start : clause.end]),
    )
    return _told_of_each(figure, clause, told)


def _told_of_each(figure: Figure, clause: _Clause, told: Sequence[Figure]) -> list[Figure]:
    """A figure for each index that the value is told of, or each of those, or of the years, told before."""
    again = _ALL_OF_THEM.search(clause.before)
    if again and told:
        names = list(dict.fromkeys(f.indicator if again["what"].lower() == "chỉ số" else f.period for f in told))
        if again["what"].lower() == "chỉ số":
            return [replace(figure, indicator=name) for name in names]
        return [replace(figure, indicator=told[-1].indicator, period=name) for name in names]
    found = list(_indices().finditer(figure.indicator))
    if len(found) < 2 or (clause.measure.unit in _RUNS and _TOGETHER.search(figure.indicator)):
        return [figure]
    return [replace(figure, indicator=_of_one(figure.indicator, found, i)) for i in range(len(found))]


def _of_one(indicator: str, found: Sequence[re.Match[str]], number: int) -> str:
    """The words that tell of all indices with one of their names: `dẫn đầu chỉ số SIPAS`."""
    around = indicator[: found[0].start()], indicator[found[-1].end() :]
    return " ".join(" ".join((around[0], found[number].group(), around[1])).split())


@functools.cache
def _indices() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(name for row in rows('indices.tsv') for name in row)})(?!\w)")


def _measured(clause: _Clause, last: Figure | None, before: Figure | None) -> tuple[str, str]:
    """What the clause's value measures, and which level or body it is about."""
    ahead, after = _without_periods(clause.before), _NO_OTHER.sub("", _without_periods(clause.after))
    said = "" if ahead.endswith((",", ";")) else _HEAD_NOUN.split(ahead.rsplit(";", 1)[-1])[-1]
    own = _LEADING.sub("", _TRAILING.sub("", said)).strip()
    level = LEVEL.search(own)
    scope = find_level(own, _short(after))
    if last is not None and _BODY.match(own) and len(own.split()) < BODY_WORDS and not clause.counted:
        return last.indicator, own
    if ahead.endswith("(") and " là " in own:
        return own.split(" là ", 1)[0], own.split(" là ", 1)[1]
    if level and own.endswith(level["level"]) and level.start():
        own = own[: level.start()].rstrip(" :,")
    rest = _TRAILING.sub("", after).strip(" .,:)")
    if last is not None and (_PART.search(ahead) or _PART.search(after)):
        return f"{last.indicator} {_LEADING.sub('', _short(rest))}", scope or last.scope
    earlier = last or before
    if earlier is not None and _tells_again(clause, own):
        return (
            f"{earlier.indicator} {'' if _PRONOUN.fullmatch(own) else own} {_short(rest)}".strip(),
            scope or earlier.scope,
        )
    return _indicator(clause, ahead, own, rest, last), scope


def _tells_again(clause: _Clause, own: str) -> bool:
    """Whether the clause names what it measures only by a pronoun, or counts the cases of what was told before."""
    return bool(_PRONOUN.fullmatch(own)) or clause.measure.unit in _COUNTED_AGAIN


def _indicator(clause: _Clause, ahead: str, own: str, after: str, last: Figure | None) -> str:
    """The words that say what is measured: those before the value, or after it, or the last ones."""
    unit = clause.measure.unit
    following = " ".join(filter(None, (unit if clause.counted else "", _short(after))))
    if unit in _RUNS:
        return _went_on(clause, own, last)
    if own and not _is_level(own):
        whole = clause.counted or unit == "%"  # a share or a number of what follows, where no `đạt` stands before
        if unit == RANK and _indices().search(after) and not _indices().search(own):
            return f"{own} {after}"
        return own if not whole or _COPULA.search(ahead.rstrip()) else f"{own} {following}".strip()
    if last is not None and (unit == RANK or _is_level(own) or _TARGET.search(ahead)):
        return last.indicator
    if last is not None and (not following or (not clause.counted and len(following.split()) < 3)):
        return f"{last.indicator} {following}".strip()
    return following


def _went_on(clause: _Clause, own: str, last: Figure | None) -> str:
    """What went on for so many years or times; a list of indices takes the verb of the one before."""
    running = _RUNNING.match(clause.after)
    led = _short(_without_periods(clause.after[running.end() if running else 0 :]))
    goes_on = bool(running and (running["on"] or running["led"]))
    if last and not own and not (goes_on and led):
        own = last.indicator
    elif last and not led and last.unit in _RUNS and _indices().search(own):
        return _indices().sub(own, last.indicator, count=1)
    return f"{own} {led}".strip()


def _is_level(own: str) -> bool:
    return bool(LEVEL.fullmatch(own.strip(" ,.:")))


def _short(after: str) -> str:
    """What follows a value, up to the next mark that ends its phrase."""
    return re.split(rf"[;:]|,\s(?!{_LISTED}|[A-Z]{{2}})", after)[0].strip()


def _names_only(clause: _Clause, last: Figure | None) -> bool:
    """Whether the number only names or frames something: `cả 4 chỉ số`, `trong 30 ngày`, `sơ kết 3 năm`."""
    measure = clause.measure
    if measure.unit == RANK:
        return measure.described and not _is_rank(clause)
    if _FRAMED.match(measure.unit):
        return True
    if measure.unit in _RUNS:
        return not _goes_on(clause.after) and not _CHANGE.search(clause.before.rstrip())
    if measure.unit in _SPAN_OF_TIME:
        taken = _TIME_TAKEN.search(clause.before) or _CHANGE.search(clause.before.rstrip())
        return not taken and not (last and last.unit in _SPAN_OF_TIME)
    return bool(_FRAME.search(clause.before))


def _is_rank(clause: _Clause) -> bool:
    """Whether `dẫn đầu` tells a rank: right after what is ranked, or of a year; elsewhere it only describes."""
    own = _LEADING.sub("", _TRAILING.sub("", _without_periods(clause.before)))
    return len(own.split()) <= RANKED_WORDS and (not own or any(find_periods(clause.before + clause.after)))


def _without_periods(text: str) -> str:
    pieces: list[str] = []
    position = 0
    for period in find_periods(text):
        pieces.append(text[position : period.start])
        position = period.end
    return " ".join("".join((*pieces, text[position:])).split())


def _period(clause: _Clause, sentence: str, last: Figure | None) -> str:
    """The clause's own period, else the sentence's where it stands before, else the last figure's."""
    before = _own_periods(clause.before)
    if before:
        return clause.before[before[-1].start : before[-1].end]
    after = _own_periods(clause.after[: len(_short(clause.after)) + 1])
    if after:
        return clause.after[after[0].start : after[0].end]
    if last is not None:
        return last.period
    leading = _own_periods(sentence[: clause.start])
    return sentence[leading[0].start : leading[0].end] if leading else ""


def _own_periods(text: str) -> list[Period]:
    """The periods that a value is of, not those that it is compared with or that something begins in."""
    found = (period for period in find_periods(text) if not _COMPARED.search(text[: period.start]))
    return [p for p in found if not (p.kind == "day" and _NUMBERED.search(text[: p.start]))]


def _kind(said: str, before: str, role: Role) -> Literal["target", "result"] | None:
    """Any section may tell a target in so many words before the value; tasks and rules tell nothing else."""
    if role == "target" or _SET.search(said) or _TARGET.search(before.rsplit(";", 1)[-1] + said[-12:]):
        return "target"
    return "result" if role == "result" and not _FUTURE.search(said) else None


def _plan(after: str) -> str:
    found = re.search(r"(?P<share>\d+(?:,\d+)?\s?%)\s+(?:so\s+với\s+)?(?:kế\s+hoạch|chỉ\s+tiêu|dự\s+toán)", after)
    return found["share"] if found else ""


def _change(clause: _Clause, last: Figure | None) -> Literal["", "tăng", "giảm"]:
    """Which way the value says that something went; a value that shares the verb before it goes the same way."""
    found = _CHANGE.search(clause.before.rstrip())
    if found is None:
        return last.change if last and re.fullmatch(r"\s*và\s+", clause.before) else ""
    return "tăng" if found["way"].lower() in {"tăng", "gấp"} else "giảm"
