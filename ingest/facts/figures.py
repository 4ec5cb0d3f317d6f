"""Targets and results in sentences: each value with the words of its clause that say what it measures.

A sentence is cut between its values, at the strongest mark there (a semicolon, the last comma, `và`). What a clause
leaves out it takes from the one before: `tỷ lệ nộp trực tuyến ở cấp tỉnh đạt 90,4%, cấp huyện đạt 79,3%`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from ingest.facts.measures import RANK, Measure, amounts, find_measures
from ingest.facts.periods import find_periods
from ingest.facts.sections import Role
from ingest.text import sentences
from ingest.types import Figure, Unit

_BULLET = re.compile(r"(?:[-–—•▪●+○◦]|\*|(?:\d{1,3}(?:\.\d{1,3})*|[IVX]{1,5}|[A-Zđa-z])[.)]|\d{1,2}-)\s+")
_CUTS = (re.compile(r";"), re.compile(r",(?=\s)"), re.compile(r"\s(?:và|với|lên|xuống|còn|so với)\s|\.\s|\s\((?=\d)"))
_LEADING = re.compile(
    r"^(?:[\s,;:.()–-]+|(?:tuy nhiên|tuy vậy|ngoài ra|bên cạnh đó|cho thấy|tổng cộng|(?:hai|ba|bốn|năm|\d+) năm(?: qua)?|trong đó|trong số đó|trong số này|tính riêng|riêng|cụ thể|như vậy|và|với|còn|đồng thời|"
    r"đặc biệt|đến nay|hiện nay|hiện|đã|trong|của|tính|sau|qua|đều|cũng|theo|đó|này|khi)(?!\w))+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:[\s,;:(–-]+|(?<!\w)(?:đạt|là|có|còn|bằng|được|tới|đến|lên|thuộc|với|chiếm|tương ứng|tương đương|giữ|ở|ở mức|"
    r"trong|khoảng|luôn|mức|từ|tăng|giảm|thêm|xuống|xuống còn|lên tới|đã|phải|trên|rút|nâng|tại|vào|sẽ|mới|ước|"
    r"phấn đấu|đều|cả|gồm|do|cho|gấp|trên tổng số|mục tiêu|chỉ tiêu|thấp hơn|cao hơn|vượt|mốc|so|sẽ|cùng một lúc)(?!\w))+$",
    re.IGNORECASE,
)
_COPULA = re.compile(r"(?<!\w)(?:đạt|là|bằng|chiếm|ở mức|còn|lên tới|tương ứng|tương đương|thuộc|đạt mức)\W*$", re.IGNORECASE)
_CHANGE = re.compile(r"(?<!\w)(?P<way>tăng|giảm|cắt giảm|tinh giản)(?:\s+(?:thêm|được|trên|khoảng|tới))*\s*$", re.IGNORECASE)
_PLAN = re.compile(r"^\s*(?:so\s+với\s+)?(?:kế\s+hoạch|chỉ\s+tiêu|mục\s+tiêu|dự\s+toán)", re.IGNORECASE)
_SET = re.compile(r"đặt\s+(?:ra\s+)?(?:mục tiêu|chỉ tiêu)", re.IGNORECASE)
_TARGET = re.compile(
    r"(?:mục tiêu|chỉ tiêu)(?!\s+(?:đề ra|này|của|đó|nêu))|phấn đấu|(?:vượt|hơn|đạt)\s+(?:mức|mốc)(?:\s+tối thiểu)?",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"(?<!\w)(?<!đến )(?<!cạnh tranh )(?<!hành chính công )(?:ở\s+)?(?P<level>cấp\s+(?:tỉnh|huyện|xã)|toàn\s+tỉnh)(?!\w)",
    re.IGNORECASE,
)
_HEAD_NOUN = re.compile(
    r",\s+(?=(?:tỷ lệ|tỉ lệ|số|tổng|mức|chỉ số|điểm|thời gian|vốn|thứ hạng|diện tích|kinh phí|giá trị|sản lượng)\s)",
    re.IGNORECASE,
)
_BODY = re.compile(r"(?:huyện|thị xã|thành phố|xã|phường|đặc khu|quận|sở|ban|công an|cục)\s+\S", re.IGNORECASE)
_FRAME = re.compile(r"(?<!\w)(?:cả|từng|lần thứ|thứ|đủ|tất\s+cả)\s*$", re.IGNORECASE)
_FRAMED = {"chỉ số", "lĩnh vực", "tiêu chí", "chỉ", "lĩnh", "nội", "nhóm", "khâu", "cấp", "loại", "bước", "giai", "bộ"}
_RUNS = {"năm", "lần"}  # figures only of what went on: `6 năm liên tiếp`, `gấp 10 lần`
_SPAN_OF_TIME = {"tháng", "ngày", "tuần", "giờ", "phút", "ngày làm việc", "giờ làm việc"}
_TIME_TAKEN = re.compile(r"thời gian|thời hạn|bình quân|trung bình|gián đoạn|chờ", re.IGNORECASE)
_PART = re.compile(r"trong\s+(?:số\s+)?(?:đó|này)", re.IGNORECASE)
RANKED_WORDS = 8  # a longer clause that has `dẫn đầu` describes, and ranks nothing
_RUNNING = re.compile(r"\s*(?:liền|liên\s+tiếp|liên\s+tục|dẫn\s+đầu|đứng\s+đầu|ở\s+ngôi|đứng|giữ)")
_CUMULATIVE = re.compile(r"lũy kế|luỹ kế|cộng dồn", re.IGNORECASE)
_ESTIMATE = re.compile(r"(?<!\w)ước(?:\s+(?:đạt|tính|thực hiện))?(?!\w)|dự kiến", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Context:
    """What a unit's sentences inherit: what its section tells, its period and the level it is about."""

    role: Role
    period: str


@dataclass(frozen=True, slots=True)
class _Clause:
    """A value with the words before and after it that belong to it; offsets into the document."""

    measure: Measure
    start: int
    end: int
    before: str
    after: str


def prose_figures(text: str, unit: Unit, context: Context) -> Iterator[Figure]:
    """The figures of a unit's own lines, in order."""
    bullet = _BULLET.match(text, unit.start, unit.head)
    for start, end in sentences(text, bullet.end() if bullet else unit.start, unit.head):
        yield from _sentence(text[start:end], start, unit, context)


def _sentence(sentence: str, at: int, unit: Unit, context: Context) -> Iterator[Figure]:
    last: Figure | None = None
    for clause in _clauses(sentence):
        figure = _figure(clause, sentence, unit, context, last)
        if figure is not None:
            last = figure
            yield replace(figure, start=at + clause.start, end=at + clause.end)


def _clauses(sentence: str) -> list[_Clause]:
    measures = _without_running_ranks(sentence, find_measures(sentence))
    edges = [0, *(_cut(sentence, a.end, b.start) for a, b in zip(measures, measures[1:], strict=False)), len(sentence)]
    return [
        _Clause(m, start, end, sentence[start : m.start], sentence[m.end : end])
        for m, start, end in zip(measures, edges, edges[1:], strict=False)
    ]


def _without_running_ranks(sentence: str, measures: list[Measure]) -> list[Measure]:
    """Less the ranks that were held for so many years or times: `giữ vị trí thứ nhất PCI 6 năm liền`."""
    running = [m for m in measures if m.unit in {"năm", "lần"} and _RUNNING.match(sentence, m.end)]
    return [m for m in measures if m.unit != RANK or not any(_together(sentence, m, other) for other in running)]


def _together(sentence: str, one: Measure, other: Measure) -> bool:
    """Whether no mark stands between two values."""
    first, second = sorted((one, other), key=lambda measure: measure.start)
    return not re.search(r"[;,]", sentence[first.end : second.start])


def _cut(sentence: str, start: int, end: int) -> int:
    """Where, between two values, the clause of the second begins; with no mark there, at the second itself."""
    for mark in _CUTS:
        found = list(mark.finditer(sentence, start, end))
        if found:
            return found[-1].start() + (1 if mark is not _CUTS[2] else 0)
    return end


def _figure(clause: _Clause, sentence: str, unit: Unit, context: Context, last: Figure | None) -> Figure | None:
    measure = clause.measure
    kind = _kind(sentence[: measure.number_at], context.role)
    if kind is None or _names_only(clause) or (measure.unit == "%" and _PLAN.match(clause.after) and last):
        return None
    indicator, scope = _measured(clause, last)
    if not indicator:
        return None
    words = sentence[clause.start : clause.end]
    return Figure(
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
        period=_period(clause, sentence, last) or context.period,
        scope=scope,
        plan=_plan(sentence[measure.end :]),
        change=_way(_CHANGE.search(clause.before.rstrip())) or (last.change if last and _joined(clause) else ""),
        basis="cumulative" if _CUMULATIVE.search(words) else "estimate" if _ESTIMATE.search(words) else "",
    )


def _measured(clause: _Clause, last: Figure | None) -> tuple[str, str]:
    """What the clause's value measures, and which level or body it is about."""
    before, after = _without_periods(clause.before), _without_periods(clause.after)
    said = "" if before.endswith((",", ";")) else _HEAD_NOUN.split(before.rsplit(";", 1)[-1])[-1]
    own = _LEADING.sub("", _TRAILING.sub("", said)).strip()
    level = _LEVEL.search(own) or _LEVEL.search(after)
    scope = level["level"] if level else ""
    if last is not None and _BODY.match(own) and len(own.split()) < 6 and not _counted(clause.measure):
        return last.indicator, own
    if before.endswith("(") and " là " in own:
        return own.split(" là ", 1)[0], own.split(" là ", 1)[1]
    if level and own.endswith(level["level"]) and level.start():
        own = own[: level.start()].rstrip(" :,")
    rest = _TRAILING.sub("", after).strip(" .,:)")
    if last is not None and (_PART.search(before) or _PART.search(after)):
        return f"{last.indicator} {_LEADING.sub('', _short(rest))}", scope
    return _indicator(clause.measure, before, own, rest, last), scope


def _counted(measure: Measure) -> bool:
    return bool(measure.unit) and measure.unit not in amounts()


def _names_only(clause: _Clause) -> bool:
    """Whether the number only names or frames something: `cả 4 chỉ số`, `trong 30 ngày`, `sơ kết 3 năm`."""
    measure = clause.measure
    if measure.unit == RANK:
        return measure.start == measure.number_at and not _is_rank(clause)
    if any(measure.unit == framed or measure.unit.startswith(framed + " ") for framed in _FRAMED):
        return True
    if measure.unit in _RUNS:
        return not _RUNNING.match(clause.after) and not clause.before.rstrip().endswith("gấp")
    if measure.unit in _SPAN_OF_TIME:
        return not (_TIME_TAKEN.search(clause.before) or _CHANGE.search(clause.before.rstrip()))
    return bool(_FRAME.search(clause.before))


def _is_rank(clause: _Clause) -> bool:
    """Whether `dẫn đầu` tells a rank: right after what is ranked, or of a year; elsewhere it only describes."""
    own = _LEADING.sub("", _TRAILING.sub("", _without_periods(clause.before)))
    return len(own.split()) <= RANKED_WORDS and (not own or any(find_periods(clause.before + clause.after)))


def _indicator(measure: Measure, before: str, own: str, after: str, last: Figure | None) -> str:
    """The words that say what is measured: those before the value, or after it, or the last ones."""
    counted = _counted(measure)
    following = " ".join(filter(None, (measure.unit if counted else "", _short(after))))
    if own and not _is_level(own):
        whole = counted or measure.unit == "%"  # a share or a number of what follows, where no `đạt` stands before
        return own if not whole or _COPULA.search(before.rstrip()) else f"{own} {following}".strip()
    if last is not None and (_is_level(own) or _TARGET.search(before)):
        return last.indicator
    if last is not None and (not following or (not counted and len(following.split()) < 3)):
        return f"{last.indicator} {following}".strip()
    return following


def _is_level(own: str) -> bool:
    return bool(_LEVEL.fullmatch(own.strip(" ,.:")))


def _short(after: str) -> str:
    """What follows a value, up to the next mark that ends its phrase."""
    return re.split(r"[;:]|,\s(?!ngành|kiến nghị|đơn vị|doanh nghiệp|công chức|kết quả|đảng viên)", after)[0].strip()


def _without_periods(text: str) -> str:
    pieces: list[str] = []
    position = 0
    for period in find_periods(text):
        pieces.append(text[position : period.start])
        position = period.end
    return " ".join("".join((*pieces, text[position:])).split())


def _period(clause: _Clause, sentence: str, last: Figure | None) -> str:
    """The clause's own period, else the sentence's where it stands before, else the last figure's."""
    for part, base in ((clause.before, clause.start), (clause.after, clause.measure.end)):
        found = list(find_periods(part))
        if found:
            chosen = found[-1] if part is clause.before else found[0]
            return sentence[base + chosen.start : base + chosen.end]
    if last is not None:
        return last.period
    leading = next(find_periods(sentence[: clause.start]), None)
    return sentence[leading.start : leading.end] if leading else ""


def _kind(said: str, role: Role) -> Literal["target", "result"] | None:
    """Any section may tell a target in so many words, right before the value; tasks and rules tell nothing else."""
    if role == "target" or _SET.search(said) or _TARGET.search(re.split(r"[;,]", said)[-1]):
        return "target"
    return "result" if role == "result" and not re.search(r"(?<!\w)sẽ\s[^,;]*$", said) else None


def _plan(after: str) -> str:
    found = re.search(r"(?P<share>\d+(?:,\d+)?\s?%)\s+(?:so\s+với\s+)?(?:kế\s+hoạch|chỉ\s+tiêu|dự\s+toán)", after)
    return found["share"] if found else ""


def _joined(clause: _Clause) -> bool:
    """Whether the value shares the verb before it: `giảm 34 phòng, ban … và 52 đơn vị`."""
    return bool(re.fullmatch(r"\s*và\s+", clause.before))


def _way(change: re.Match[str] | None) -> Literal["", "tăng", "giảm"]:
    if change is None:
        return ""
    return "tăng" if change["way"].lower() == "tăng" else "giảm"

