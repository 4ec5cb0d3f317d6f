"""A sheet's numbers and dates as its user sees them: by the cell's number format, in Vietnamese writing.

Excel shows 1234.5 under `#,##0.0` as `1.234,5` in Vietnam; its short date is day first. A date format that puts the
month first is turned round, because `03/04/2024` is the third of April to a Vietnamese reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<space>_.)|\*.|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]|\[(?P<test>[<>=]+'
    r"\s*-?[\d.]+)\]|\[(?P<elapsed>h+|m+|s+)\]|\[[^\]]*\]|(?P<general>General)|(?P<noon>AM/PM|A/P)|(?P<part>y+|m+|d+|h+|"
    r"s+(?:\.0+)?)|(?P<digits>[0#?][0#?,.]*|\.[0#?]+)|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
SECTION = re.compile(r'(?:"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]|[^;])+|(?<=;)(?=;|$)|^(?=;)', re.DOTALL)
NOT_DIGITS = re.compile(r"E[+-]|[#?0]\s*/\s*[#?\d]", re.IGNORECASE)
"""Powers of ten and fractions: no office writes its figures so, and the plain number says the same."""
SHORT_DATES = {"mm-dd-yy", "m/d/yy", "m/d/yyyy"}
"""How libraries spell the format that follows the user's own country."""
GENERAL_DIGITS = 11
"""Significant digits that Excel shows in a wide cell."""
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

Token = tuple[str, str]  # the kind, by the group of TOKEN that matched, and what it says


def shown(value: object, code: str) -> str:
    """A cell's value under a number format's code. Text stays as it is, what has no value shows nothing."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float | Decimal):
        return _number(value, code)
    if isinstance(value, timedelta):
        return _elapsed(value)
    if isinstance(value, date | time):
        return _moment(value, code)
    return "" if value is None else str(value)


def _tokens(section: str) -> list[Token]:
    found: list[Token] = []
    for match in TOKEN.finditer(section):
        kind = match.lastgroup
        if kind in {"quoted", "escaped", "currency", "plain"}:
            found.append(("literal", match[kind]))
        elif kind == "space":
            found.append(("literal", " "))
        elif kind is not None:
            found.append((kind, match[kind]))
    return found


def _number(value: float | Decimal, code: str) -> str:
    number = Decimal(str(value))
    if not number.is_finite():
        return ""
    if code in {"", "@"} or NOT_DIGITS.search(code):
        return _general(number)
    tokens, number = _section(number, code)
    if any(kind == "part" for kind, _ in tokens):  # no date lies so far away
        return _general(number)
    number *= 100 ** sum(text == "%" for kind, text in tokens if kind == "literal")
    patterns = [text for kind, text in tokens if kind == "digits"]
    digits = iter(_spread(number, patterns) if len(patterns) > 1 else [_decimal(abs(number), *patterns[:1])])
    shows: dict[str, Callable[[str], str]] = {
        "digits": lambda _: next(digits),
        "general": lambda _: _general(abs(number)),
        "literal": str,
    }
    written = "".join(shows[kind](text) for kind, text in tokens if kind in shows).strip()
    return f"-{written}" if number < 0 and any(sign in "123456789" for sign in written) else written


def _section(number: Decimal, code: str) -> tuple[list[Token], Decimal]:
    """The tokens of the section that shows this number, and the number it shows: negatives have their own without
    a sign."""
    sections = _sections(code)
    for tokens in sections[:2]:
        test = next((text for kind, text in tokens if kind == "test"), "")
        if test and _holds(number, test):
            return tokens, number
    if any(kind == "test" for tokens in sections for kind, _ in tokens):
        return sections[min(len(sections) - 1, 2)], number
    if number < 0 and len(sections) > 1:
        return sections[1], -number
    if number == 0 and len(sections) > 2:
        return sections[2], number
    return sections[0], number


@lru_cache(maxsize=256)
def _sections(code: str) -> list[list[Token]]:
    return [_tokens(section) for section in SECTION.findall(code)] or [[]]


def _holds(number: Decimal, test: str) -> bool:
    match = re.fullmatch(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)", test)
    if match is None:
        return False
    limit = Decimal(match[2])
    sign = match[1]
    return ("<" in sign and number < limit) or (">" in sign and number > limit) or (sign in "<=>=" and number == limit)


def _general(number: Decimal) -> str:
    rounded = number if number == number.to_integral_value() else Decimal(f"{number:.{GENERAL_DIGITS}g}")
    written = f"{rounded:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return written.replace(".", ",")


def _decimal(number: Decimal, pattern: str = "") -> str:
    """`#,##0.0#`: commas within group by three, commas at the end divide by a thousand each."""
    whole, _, fraction = pattern.partition(".")
    scaled = whole.rstrip(",") if not fraction else whole
    number /= 1000 ** (len(whole) - len(scaled) + fraction.count(","))
    fraction = fraction.replace(",", "")
    rounded = f"{number.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP):f}"
    integer, _, decimals = rounded.partition(".")
    integer = integer.lstrip("0").rjust(sum(mark == "0" for mark in scaled), "0")
    if "," in scaled:
        integer = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ".", integer)
    kept = len(fraction.rstrip("#?"))
    decimals = decimals[:kept] + decimals[kept:].rstrip("0")
    return f"{integer},{decimals}" if decimals else integer


def _spread(number: Decimal, patterns: list[str]) -> list[str]:
    """The digits of a code or a telephone number between its literals, filled from the right: `000\\.00`."""
    digits = f"{abs(number).quantize(Decimal(1), ROUND_HALF_UP):f}"
    filled: list[str] = []
    for pattern in reversed(patterns):
        size = len(pattern) if len(filled) < len(patterns) - 1 else max(len(pattern), len(digits))
        least = sum(mark == "0" for mark in pattern)
        filled.append(digits[-size:].rjust(least, "0") if digits else "0" * least)
        digits = digits[:-size]
    return filled[::-1]


def _elapsed(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}"


def _moment(value: date | time, code: str) -> str:
    tokens = _tokens(next(iter(SECTION.findall(code)), ""))
    if code.lower() in SHORT_DATES or not any(kind == "part" for kind, _ in tokens):
        return _default(value)
    tokens = _day_first(_with_minutes(tokens))
    numeric = any(kind == "literal" and text in {"-", "/", "."} for kind, text in tokens)
    noon = any(kind == "noon" for kind, _ in tokens)
    written = "".join(_part(value, kind, text, numeric=numeric, noon=noon) for kind, text in tokens)
    return " ".join(written.split())


def _default(value: date | time) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    day = f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    clock = value.time() if isinstance(value, datetime) else time()
    return f"{day} {clock:%H:%M}" if clock != time() else day


def _with_minutes(tokens: list[Token]) -> list[Token]:
    """`m` is a minute after hours or before seconds."""
    parts = [index for index, (kind, _) in enumerate(tokens) if kind in {"part", "elapsed"}]
    for before, index, after in zip([None, *parts], parts, [*parts[1:], None], strict=False):
        hours = before is not None and tokens[before][1][0] in "hH"
        seconds = after is not None and tokens[after][1][0] in "sS"
        if tokens[index][1][0] in "mM" and (hours or seconds):
            tokens[index] = ("minute", tokens[index][1])
    return tokens


def _day_first(tokens: list[Token]) -> list[Token]:
    places = {text[0].lower(): index for index, (kind, text) in enumerate(tokens) if kind == "part"}
    month, day = places.get("m"), places.get("d")
    year = places.get("y", len(tokens))
    if month is not None and day is not None and month < day < year and len(tokens[day][1]) < 3:
        tokens[month], tokens[day] = tokens[day], tokens[month]
    return tokens


def _part(value: date | time, kind: str, text: str, *, numeric: bool, noon: bool) -> str:
    if kind == "literal":
        return text
    if kind == "noon":
        return "SA" if getattr(value, "hour", 0) < 12 else "CH"  # sáng, chiều, as Vietnamese Windows writes them
    letter, size = text[0].lower(), len(text)
    if letter == "d" and size > 2 and isinstance(value, date):
        return WEEKDAYS[value.weekday()]
    if letter == "m" and size > 2 and kind == "part":
        month = getattr(value, "month", 0)
        return f"{month:02d}" if numeric else f"tháng {month}"
    if letter == "h" and noon:
        number = (getattr(value, "hour", 0) + 11) % 12 + 1
    else:
        names = {"y": "year", "d": "day", "h": "hour", "s": "second", "m": "minute" if kind == "minute" else "month"}
        number = getattr(value, names[letter], 0)
    if letter == "y":
        return f"{number:04d}"  # two digits would leave the century to be guessed
    return f"{number:0{min(size, 2)}d}"
