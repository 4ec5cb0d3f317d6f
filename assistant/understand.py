"""A message becomes a query: diacritics restored, chat spelling written out, what is wanted, what it must be about."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal, Protocol, Self, cast, runtime_checkable

from assistant.errors import BadQuestion
from assistant.followup import complete
from assistant.match import DIGITS, bare_pattern, find_levels, flat, holds, phrase
from assistant.types import Constraint, ConstraintKind, Query, Term, Wanted
from ingest.clean import clean
from ingest.facts.periods import read_period
from ingest.text import CAPITALS, search_form, words
from ingest.values import bare, find_values
from ingest.vocabulary import lines, rows

MAX_LENGTH = 2000
# A quarter; months from the beginning of a year, or up to now. `Trong 6 tháng` alone is how long.
_PART_OF_YEAR = re.compile(
    r" (?:(?P<quarter>quý \d)|(?P<upto>lũy kế |cộng dồn )?(?P<months>\d{1,2} tháng)(?= (?P<on>đầu|cuối|qua))?)(?= )"
)
ALONE = "riêng"  # `riêng năm 2023`: not the three years up to then
_ALONE = re.compile(rf"\b{ALONE} (?:trong )?(?:năm )?$", re.IGNORECASE)
_SHARE = re.compile(r"(?:bao nhiêu|mấy) (?:phần trăm|%)", re.IGNORECASE)
# A district or a commune that no list has.
_PLACE = re.compile(
    rf"(?i:huyện|thị xã|thành phố|xã|phường|đặc khu|quận)\s+(?P<name>[{CAPITALS}]\w*(?:\s+[{CAPITALS}]\w*){{0,2}})"
)
# Before a date these can be nothing else, where the restorer, which sees no numbers, has to guess.
_TIME_WORDS = {"ngay": "ngày", "sang": "sáng", "trua": "trưa", "chieu": "chiều", "toi": "tối", "hom": "hôm"}
_TIME_WORD = re.compile(rf"\b({'|'.join(_TIME_WORDS)})(?= \d{{1,2}}[/.-]\d{{1,2}}\b)", re.IGNORECASE)
# Short words that the restorer, which knows texts and no talk, takes for others: `con cap xa`, `may ngay`.
_OPENINGS = {"con": "còn", "the con": "thế còn", "vay con": "vậy còn", "the": "thế", "vay": "vậy"}
_OPENING = re.compile(r"^\s*(the con|vay con|con|the|vay)(?= )", re.IGNORECASE)
_MAY = re.compile(
    r"\bmay(?=\s+(?:ngay|gio|lan|diem|nam(?! \d)|thang|tuan|nguoi|nhiem|viec|chi tieu|co quan|so|ho so|buoc|phut|tuoi"
    r"|tien|loai)\b|\W*$)",
    re.IGNORECASE,
)
_QUY = re.compile(r"\bquy(?= (?:[1-4]|i{1,3}|iv)\b)", re.IGNORECASE)
_JOINED = re.compile(
    r"\b(nq|nđ|nd|qđ|qd|kh|bc|ct|tb|cv)(\d{1,4})\b(?![/-])", re.IGNORECASE
)  # `NQ05`, for Nghị quyết 05
_SHORTENED = re.compile(r"(?<![\w/&-])\w+(?:&\w+)?(?![\w/&-])")  # no part of a number, nor of `KH&CN`
_TOLD_YEAR = re.compile(r"\b(?:năm|nam) (nay|ngoái|ngoai)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\b(?:1[3-9]|[2-9]\d|\d{3,})/$")  # `188/2007` is a document's number and year, no month
_TWO_YEARS = re.compile(r"\b((?:19|20)\d\d) ((?:19|20)\d\d)\b")  # `2021 2023`: a range whose dash was not typed
# `Tại thời điểm ngày 01/3/2024, …`, `còn hiệu lực vào tháng 3/2024`: a month or a year stands for its last day.
_AS_OF = re.compile(
    r"[,;\s]*\b(?:(?:tại|vào|ở|lúc)\s+thời điểm|(?:còn|có|đang)\s+hiệu lực\s+(?:tại|vào|đến|tính đến|trong))"
    r"(?:\s+thời điểm)?(?:\s+là)?\s+",
    re.IGNORECASE,
)
_REACHED = re.compile(r"\b(?:đạt|kết quả|đã|còn bao nhiêu|có bao nhiêu)\b", re.IGNORECASE)
_CONTACT = re.compile(
    r"\bsố (?:điện thoại|fax|máy|hotline|đường dây nóng)(?= .*?\b(?:nào|mấy|gì|bao nhiêu)\b|[\s?.]*$)"
    r"|\b(?:điện thoại|fax|email|zalo|hotline|đường dây nóng)(?= (?:là )?(?:số )?(?:nào|mấy|gì|bao nhiêu)\b)",
    re.IGNORECASE,
)
# `Ngoài A, tỉnh còn dẫn đầu chỉ số nào?`: what is named is known, and not what is sought.
_BESIDES = re.compile(
    r"^\s*(?:ngoài|bên cạnh)\s[^,?]{2,120},\s*(?=[^?]*(?<!\w)(?:còn|khác|nữa|cũng)(?!\w))", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"(?:điểm (?P<point>[a-zđ]),? )?(?:khoản (?P<clause>\d+[a-zđ]?),? )?(?:của )?điều (?P<article>\d+[a-zđ]?)(?!\w)"
)


@runtime_checkable
class Restorer(Protocol):
    """Puts diacritics back where they are missing and keeps those that were typed."""

    def restore(self, text: str) -> str: ...

    def knowing(self, generation: Path) -> Self: ...


def check_message(message: str) -> str:
    """The message as clean text. Raises BadQuestion, saying what to change, where it can't be a question."""
    if any(unicodedata.category(character) == "Cs" for character in message):
        raise BadQuestion("Câu hỏi có ký tự hỏng (nửa cặp Unicode). Hãy gõ lại câu hỏi.")
    if "\x00" in message:
        raise BadQuestion("Câu hỏi có ký tự NUL. Hãy gõ lại câu hỏi.")
    text = clean(message).text
    if not text.strip():
        raise BadQuestion("Câu hỏi đang trống. Hãy nhập câu hỏi.")
    if len(message) > MAX_LENGTH:
        raise BadQuestion(f"Câu hỏi dài {len(message)} ký tự, tối đa {MAX_LENGTH}. Hãy rút gọn câu hỏi.")
    named = any(value.kind in {"document", "procedure"} for value in find_values(text))
    if not named and not any(character.isalpha() and "LATIN" in unicodedata.name(character, "") for character in text):
        raise BadQuestion(
            "Câu hỏi chưa có chữ tiếng Việt nào. Hãy viết thành câu, "
            "ví dụ: “Tỷ lệ dịch vụ công trực tuyến năm 2023 là bao nhiêu?”"
        )
    return text


def _as_of(text: str) -> tuple[str, date | None]:
    """The question without the day on which what answers must have been in effect, and that day; None where the
    question names none, or asks what was reached by it.
    """
    begins = _AS_OF.search(text)
    period = read_period(text[begins.end() :]) if begins and not _REACHED.search(text) else None
    if begins is None or period is None or text[begins.end() : begins.end() + period.start].strip():
        return text, None
    rest = text[begins.end() + period.end :].lstrip(" ,;")
    return f"{text[: begins.start()]} {rest}".strip(), period.last


def understand(message: str, restorer: Restorer, history: Sequence[str] = (), *, leans: bool = False) -> Query:
    """`history` holds the questions before, the oldest first; `leans`: it goes on from these, whatever it says.

    Raises BadQuestion where this can be no question.
    """
    typed = check_message(message)
    earlier = [_restored(clean(each).text, restorer) for each in history]
    text = _BESIDES.sub("", complete(_restored(typed, restorer), earlier, leans=leans))
    text, as_of = _as_of(text)
    flat_text = flat(text)
    unmarked = bare(typed) == typed
    form = search_form(text)
    all_words = words(text)
    terms, added = _related(_terms(text, flat_text, all_words), flat_text)
    return Query(
        message=typed,
        text=text,
        words=(*all_words, *added),
        terms=terms,
        wanted=_wanted(form, unmarked=unmarked),
        constraints=(*_constraints(text, flat_text), *_which(all_words)),
        units=_units(form, unmarked=unmarked),
        address=_address(form),
        as_of=as_of,
    )


def _restored(typed: str, restorer: Restorer) -> str:
    """In whole words, with diacritics, in one line."""
    return _TWO_YEARS.sub(r"\1-\2", restorer.restore(_write_out(typed)).replace("\n", " "))


def _write_out(text: str) -> str:
    """Chat spelling as whole words, time words before a date, this year and the last by their numbers; a document
    number's parts stay as they are.
    """
    this = date.today().year  # noqa: DTZ011 (the day where the user is)
    text = _TOLD_YEAR.sub(lambda match: f"năm {this - (match[1].lower() != 'nay')}", text)
    text = _TIME_WORD.sub(lambda m: _TIME_WORDS[m[1].lower()], text)
    text = _QUY.sub("quý", _JOINED.sub(r"\1 \2", text))
    if bare(text) == text:
        text = _MAY.sub("mấy", _OPENING.sub(lambda m: _OPENINGS[m[1].lower()], text))
    forms = _chat()
    pieces: list[str] = []
    position = 0
    for value in find_values(text):
        pieces += [_replace(text[position : value.start], forms), text[value.start : value.end]]
        position = value.end
    return "".join((*pieces, _replace(text[position:], forms)))


def _replace(text: str, forms: dict[str, str]) -> str:
    return _SHORTENED.sub(lambda m: forms.get(_spoken(m.group()), m.group()), text)


def _address(form: str) -> str:
    """The unit that the question names by `điểm đ khoản 2 Điều 6`, as the end of its path."""
    match = _ADDRESS.search(form)
    if match is None:
        return ""
    return "/".join(part for part in (f"dieu-{match['article']}", match["clause"], match["point"]) if part)


def _spoken(word: str) -> str:
    """The word as in mid-sentence: `Ng` begins a sentence, `NG` is an abbreviation of something else."""
    return word.lower() if word.istitle() else word


def _terms(text: str, flat_text: str, all_words: list[str]) -> tuple[Term, ...]:
    """The content words; a range of years or a part of a year is one term, not its words."""
    stop = _lines("stopwords.txt")
    ranges = [value for value in find_values(text) if value.kind == "years"]
    ends = {str(year) for value in ranges for year in (value.years[0], value.years[-1])}
    parts = _parts_of_years(flat_text)
    of_parts = {word for part in parts for word in part.split()}
    if parts:
        of_parts |= {"i", "ii", "iii", "iv"} | {word for word, digit in DIGITS.items() if digit in of_parts}
    whole = (*(value.key for value in ranges), *parts)
    seen: dict[str, Term] = {key: Term((key,)) for key in whole}
    for word in all_words:
        if word in ends or word in of_parts:
            continue
        written = word.replace("_", " ")
        if written in stop or phrase(written) in stop:
            continue
        forms = (written, DIGITS[written]) if written in DIGITS else (written,)
        seen.setdefault(written, Term(forms))
    return tuple(seen.values())


def _related(terms: tuple[Term, ...], flat_text: str) -> tuple[tuple[Term, ...], list[str]]:
    """The terms with the other words that the texts use for them, and those as words to search with."""
    joined = list(terms)
    added: list[str] = []
    for pattern, forms in _related_forms():
        match = pattern.search(flat_text)
        if match is None:
            continue
        own = next((i for i, term in enumerate(joined) if term.forms[0] in match.group()), None)
        if own is None:
            joined.append(Term(forms, asked=True, typed=False))
        else:
            joined[own] = Term(tuple(dict.fromkeys((*joined[own].forms, *forms))), asked=True)
        added += words(forms[0])
    return tuple(joined), added


def _wanted(form: str, *, unmarked: bool) -> Wanted:
    """What kind of answer is wanted: the first pattern of `data/wanted.tsv` that is in the question."""
    return next((wanted for wanted, pattern in _wanted_patterns() if _says(pattern, form, unmarked=unmarked)), "text")


def _units(form: str, *, unmarked: bool) -> tuple[str, ...]:
    """What a number that answers is followed by, in searchable form; empty where that is open."""
    return next((units for pattern, units in _unit_patterns() if _says(pattern, form, unmarked=unmarked)), ())


def _says(pattern: re.Pattern[str], form: str, *, unmarked: bool) -> bool:
    """Question words are short and often restored wrong (mấy, may, máy): without marks they match without marks."""
    return bool(pattern.search(form) or (unmarked and bare_pattern(pattern).search(bare(form))))


def _constraints(text: str, flat_text: str) -> tuple[Constraint, ...]:
    found: list[Constraint] = []
    for value in find_values(text):
        said = text[value.start : value.end]
        match value.kind:
            case "year" if not _NUMBERED.search(text, 0, value.start):
                alone = _ALONE.search(text, 0, value.start)
                found.append(Constraint("year", f"{ALONE} năm {said}" if alone else said, value.key))
            case "years":
                found.append(Constraint("years", said, value.key))
            case "date" | "day":
                found.append(Constraint("date", said, value.key))
            case "document":
                found.append(Constraint("document", said, value.key))
            case "procedure":
                found.append(Constraint("procedure", said, value.key))
            case _:
                pass
    found += [Constraint("quarter", part, part) for part in _parts_of_years(flat_text)]
    found += [Constraint("share", "phần trăm", "%") for _ in _SHARE.finditer(text)]
    found += [Constraint("level", level, level) for level in find_levels(flat_text)]
    found += [Constraint("place", match.group(), flat(match["name"]).strip()) for match in _PLACE.finditer(text)]
    found += _named("index", _indices(), flat_text)
    found += _named("place", _names("places.txt"), flat_text)
    found += _named("agency", _names("agencies.txt"), flat_text)
    found += [Constraint("contact", match.group(), "contact") for match in _CONTACT.finditer(text)][:1]
    found += [Constraint("opposite", word, word) for word in _opposites() if holds(flat_text, word)]
    return tuple(dict.fromkeys(each for each in found if not _names_both(each, flat_text)))


def _names_both(constraint: Constraint, flat_text: str) -> bool:
    opposite = constraint.kind == "opposite"
    return opposite and _excluded(constraint.key, flat_text)


def _parts_of_years(flat_text: str) -> list[str]:
    """`quý 2`, `6 tháng`."""
    found = _PART_OF_YEAR.finditer(flat_text)
    return [match["quarter"] or match["months"] for match in found if match["quarter"] or match["upto"] or match["on"]]


def _which(all_words: Sequence[str]) -> list[Constraint]:
    """The noun that `nào` asks for (`nhà thầu nào`), where it is none that only asks for a kind of answer."""
    before = (one for one, other in itertools.pairwise(all_words) if other == "nào" and "_" in one)
    nouns = (word.replace("_", " ") for word in before)
    return [Constraint("noun", noun, noun) for noun in nouns if noun not in _lines("which.txt")]


def _named(kind: ConstraintKind, names: Sequence[tuple[str, str]], flat_text: str) -> list[Constraint]:
    """Names of the list that stand in the question, longest first, none inside another."""
    found: list[Constraint] = []
    rest = flat_text
    for name, key in names:
        if holds(rest, key):
            found.append(Constraint(kind, name, key))
            rest = rest.replace(f" {key} ", "  ")
    return found


@functools.lru_cache(maxsize=1024)
def most_named(kind: Literal["places", "agencies"], flat_text: str) -> str:
    """The place or agency that a flat text names most, which is what it is about; empty where it names none."""
    counts = {key: flat_text.count(f" {key} ") for _, key in _names(f"{kind}.txt")}
    best = max(counts, key=lambda key: counts[key])
    return best if counts[best] else ""


def is_stopword(word: str) -> bool:
    return word in _lines("stopwords.txt")


def index_keys() -> tuple[str, ...]:
    """The indices in flat form."""
    return tuple(key for _, key in _indices())


@functools.cache
def nulls() -> frozenset[str]:
    """What stands, in lower case, where there is nothing to say; the empty string too."""
    return _lines("nulls.txt") | {""}


def says_opposite(word: str, flat_text: str, paragraph: str) -> bool:
    """Whether a text, or else the paragraph that it is in, has a word that excludes this one, and not the word."""
    around = flat_text + paragraph
    said = flat_text if _excluded(word, flat_text) else around
    return not holds(said, word) and _excluded(word, said)


def _excluded(word: str, flat_text: str) -> bool:
    return any(holds(flat_text, other) for other in _opposites()[word])


@functools.cache
def _opposites() -> dict[str, tuple[str, ...]]:
    every = (tuple(map(phrase, row)) for row in rows("opposites.tsv", "assistant"))
    return {word: tuple(other for other in row if other != word) for row in every for word in row}


def _indices() -> tuple[tuple[str, str], ...]:
    return _names("indices.tsv", "ingest")


@functools.cache
def _names(file: str, package: str = "assistant") -> tuple[tuple[str, str], ...]:
    """The names that a file's rows begin with and their flat forms, the longest first."""
    names = [(name, flat(name).strip()) for name, *_ in rows(file, package)]
    return tuple(sorted(names, key=lambda pair: -len(pair[1])))


@functools.cache
def _lines(name: str) -> frozenset[str]:
    return frozenset(lines(name, "assistant"))


@functools.cache
def _chat() -> dict[str, str]:
    return dict(rows("chat.tsv", "assistant"))


@functools.cache
def _related_forms() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple(
        (re.compile(rf"(?<= )(?:{said})(?= )"), tuple(flat(form).strip() for form in forms))
        for said, *forms in rows("related.tsv", "assistant")
    )


@functools.cache
def _unit_patterns() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple((re.compile(pattern), tuple(units)) for pattern, *units in rows("units.tsv", "assistant"))


@functools.cache
def _wanted_patterns() -> tuple[tuple[Wanted, re.Pattern[str]], ...]:
    return tuple((cast("Wanted", kind), re.compile(pattern)) for kind, pattern in rows("wanted.tsv", "assistant"))
