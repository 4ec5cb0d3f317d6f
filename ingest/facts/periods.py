"""Periods and deadlines as they are written: `giai đoạn 2021 - 2025`, `quý II/2025`, `trước ngày 30/6/2024`.

A written period is read to its first and last day. Words without a day (`thường xuyên`, `hằng quý`) stay words.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

PeriodKind = Literal["years", "year", "half", "quarter", "month", "day"]

_YEAR = r"(?:19|20)\d\d"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_QUARTER = r"(?:IV|I{1,3}|[1-4])"
_SPAN = r"(?:giai đoạn|nhiệm kỳ|thời kỳ|(?:các|hai|ba|bốn|năm|\d)\s+năm)"
_TO = "(?:[-–—]|đến|tới)"
_OF_YEAR = rf"(?:\s?/\s?|\s+(?:năm\s+)?)(?P<{{}}>{_YEAR})"
_DATE = rf"{_DAY}\s?[/.-]\s?{_MONTH}\s?[/.-]\s?{_YEAR}|{_DAY}\s+tháng\s+{_MONTH}\s+năm\s+{_YEAR}"

# By kind; a pattern's first and last year, quarter, month or day are its groups.
_FORMS: tuple[tuple[PeriodKind, str], ...] = (
    ("day", rf"(?:ngày\s+)?(?P<date>{_DATE})"),
    ("half", rf"(?P<half>6|sáu)\s+tháng(?:\s+(?P<part>đầu|cuối))?(?:\s+năm)?\s*/?\s*(?P<half_year>{_YEAR})"),
    ("month", rf"tháng\s+(?P<month>{_MONTH}){_OF_YEAR.format('month_year')}"),
    ("quarter", rf"quý\s+(?P<quarter>{_QUARTER}){_OF_YEAR.format('quarter_year')}"),
    ("years", rf"(?:{_SPAN}\s*(?P<open>\()?)?(?P<first>{_YEAR})\s?{_TO}\s?(?:năm\s+)?(?P<last>{_YEAR})(?(open)\))"),
    ("year", rf"(?:năm\s+)?(?P<year>{_YEAR})(?![.,/]\d)"),
)  # fmt: skip
_PERIOD = re.compile(
    rf"(?<![\w/])(?:(?P<upto>(?:tính\s+)?(?:đến|tới|vào|trước)(?:\s+(?:hết|cuối|đầu|thời\s+điểm))?)\s+)?"
    rf"(?:(?:hết|cuối)\s+)?(?:{'|'.join(f'(?P<{kind}_>{form})' for kind, form in _FORMS)})(?![\w])",
    re.IGNORECASE,
)
_BY = r"(?:trước|chậm nhất|muộn nhất|xong|hoàn thành)?\s*(?:vào|trong|là|đến|trước|hết)?\s*"
_REPEATED = (
    r"(?:thường xuyên|hằng\s+(?:tuần|tháng|quý|năm)|hàng\s+(?:tuần|tháng|quý|năm)"
    r"|mỗi\s+(?:tuần|tháng|quý|năm)(?:\s+(?:một|\d+)\s+lần)?|định kỳ(?:\s+\w+){0,2})"
)
_MONTHLY = (
    rf"(?:trước\s+|vào\s+)?ngày\s+(?:{_DAY}|\w+\s+việc\s+đầu\s+tiên)\s+(?:của\s+)?"
    r"(?:(?:tháng|quý)\s+(?:liền kề|cuối\s+quý|sau)|hằng\s+(?:tuần|tháng|quý|năm)|tháng\s+cuối\s+quý"
    rf"|tháng\s+{_MONTH}\s+(?:hằng\s+năm|của\s+năm\s+sau))"
)
_WITHIN = r"trong(?:\s+(?:vòng|thời\s+hạn))?\s+\d+\s+(?:ngày|giờ|tháng|tuần)(?:\s+làm\s+việc)?"
_DEADLINE = re.compile(
    rf"(?P<monthly>{_MONTHLY})|(?P<within>{_WITHIN})"
    rf"|(?P<once>(?:(?:trước|chậm nhất|vào|trong|đến|hết)\s+)*(?:{_DATE}|ngày\s+(?:{_DATE})"
    rf"|quý\s+{_QUARTER}(?:\s?/\s?|\s+(?:năm\s+)?){_YEAR}|tháng\s+{_MONTH}(?:\s?/\s?|\s+(?:năm\s+)?){_YEAR}"
    rf"|(?:vào|trong|đến|trước)\s+(?:hết\s+)?năm\s+{_YEAR}))(?![\d/])"
    rf"|(?P<repeated>{_REPEATED})",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True, slots=True)
class Period:
    """A period as written at `[start, end)`: its first and last day, both within it.

    `until` tells that only the end is given (`đến năm 2025`, `tính đến 31/5/2024`): what came before may count.
    """

    start: int
    end: int
    kind: PeriodKind
    first: date
    last: date
    until: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as written at `[start, end)`, with its last day where it names one."""

    start: int
    end: int
    last: date | None


def find_periods(text: str) -> Iterator[Period]:
    """Every period in the text, in order; days that no calendar has are left out."""
    for match in _PERIOD.finditer(text):
        span = _span(match)
        if span is not None:
            kind, first, last = span
            until = bool(match["upto"]) and not match["upto"].lower().startswith("vào")
            yield Period(match.start(), match.end(), kind, first, last, until)


def read_period(text: str) -> Period | None:
    """The first period in the text."""
    return next(find_periods(text), None)


def find_deadline(text: str) -> Deadline | None:
    """The first deadline in the text: a day, a month, a quarter or a year to be done by, or how often."""
    match = _DEADLINE.search(text)
    if match is None:
        return None
    period = read_period(match.group()) if match["once"] else None
    return Deadline(match.start(), match.end(), period.last if period else None)


def _span(match: re.Match[str]) -> tuple[PeriodKind, date, date] | None:
    if match["day_"]:
        day = _day(match["date"])
        return ("day", day, day) if day else None
    if match["half_"]:
        year, late = int(match["half_year"]), (match["part"] or "").lower() == "cuối"
        return "half", date(year, 7 if late else 1, 1), date(year, 12 if late else 6, 31 if late else 30)
    if match["month_"]:
        return "month", *_months(int(match["month_year"]), int(match["month"]), 1)
    if match["quarter_"]:
        number = match["quarter"].lower()
        quarter = int(number) if number.isdigit() else _ROMAN[number]
        return "quarter", *_months(int(match["quarter_year"]), 3 * quarter - 2, 3)
    if match["years_"]:
        first, last = int(match["first"]), int(match["last"])
        return ("years", date(first, 1, 1), date(last, 12, 31)) if first <= last else None
    year = int(match["year"])
    return "year", date(year, 1, 1), date(year, 12, 31)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    last = month + count - 1
    return date(year, month, 1), date(year, last, calendar.monthrange(year, last)[1])


def _day(written: str) -> date | None:
    day, month, year = (int(number) for number in re.findall(r"\d+", written))
    try:
        return date(year, month, day)
    except ValueError:
        return None
