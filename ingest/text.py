"""Derived text, for searching and matching, never shown: words, syllables and sentences of verbatim text."""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
from collections.abc import Iterator

from ingest import vocabulary
from ingest.clean import MARKED_LETTERS, clean
from ingest.segmenter import segmenter, tokenized
from ingest.values import Value, bare, find_values

__all__ = [
    "CAPITALS",
    "TEXT_VERSION",
    "bare",
    "canonical",
    "search_form",
    "segmented",
    "sentences",
    "syllables",
    "text_version",
    "words",
]

TEXT_VERSION = "3"
_KEPT = 50_000  # words and their parts whose forms are kept at hand, nearly all that a corpus has

# Tone placement: the old style (hòa, thủy) is the searchable one; `qu` keeps its tone on the y (quý).
_TONES = "àáảãạ", "èéẻẽẹ", "ỳýỷỹỵ", "òóỏõọ", "ùúủũụ", "ìíỉĩị"
_A, _E, _Y, _O, _U, _I = _TONES
_NEW_STYLE = re.compile(rf"o([{_A}])(?!\w)|o([{_E}])(?!\w)|u(?<!qu)([{_Y}])(?!\w)|q([{_U}])y(?!\w)")
# i and y are one vowel in an open syllable after these consonants: tỷ/tỉ, kỹ/kĩ, lý/lí.
_OPEN_I = re.compile(rf"(?<![^\W_])([hklmst])([i{_I}])(?![^\W_])")
_TO_Y = str.maketrans("i" + _I, "y" + _Y)

CAPITALS = "A-Z" + MARKED_LETTERS.upper()  # inside a character class; À-Ỹ would take small letters in

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
# As pyvi cuts tokens, less the abbreviations that only capitals can form.
_PYVI_TOKEN = re.compile(
    r"==>|->|\.\.\.|>>|\w+://\S+|[a-zA-Z0-9_.+-]+@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+|\d+(?:[.,_]\d+)+|[^\w\s]|\w+"
)

_SENTENCE_END = re.compile(rf"[.!?…]+[”\")\]]*(?=\s+[“\"(\[]?[{CAPITALS}0-9–-])|\n+")
# A dot after these doesn't end a sentence: titles, place abbreviations, initials; and the number of a list's item.
_NOT_END = re.compile(r"\b(?:TP|Tp|TX|Tx|TT|Tt|ThS|TS|GS|PGS|Ths|St|Nxb|Tr|tr|Q|P|[A-ZĐ])$")
_ITEM_NUMBER = re.compile(r"\s*(?:(?:\d{1,3}\.)*\d{1,3}|[IVXLC]{1,6})")


def search_form(text: str) -> str:
    """Lower case, composed letters, one tone placement: equal for every way to type the same words."""
    return old_tones(clean(text).text.lower())


def _old_style(match: re.Match[str]) -> str:
    a, e, y, qu = match.groups()
    if a:
        return _O[_A.index(a)] + "a"
    if e:
        return _O[_E.index(e)] + "e"
    if y:
        return _U[_Y.index(y)] + "y"
    return "qu" + _Y[_U.index(qu)]


def syllables(text: str) -> list[str]:
    """Letter and digit runs of the searchable form, i and y folded."""
    return [fold_i(token) for token in re.findall(r"\w+", search_form(text))]


def fold_i(token: str) -> str:
    return _OPEN_I.sub(lambda m: m[1] + m[2].translate(_TO_Y), token)


def words(text: str) -> list[str]:
    """pyvi's words of `text`, in searchable form, joined by `_`; values are single words in one spelling each."""
    terms: list[str] = []
    for piece in clean(text).text.split("\n"):
        position = 0
        for value in find_values(piece):
            terms += _segment(piece[position : value.start])
            terms += _value_words(value)
            position = value.end
        terms += _segment(piece[position:])
    return terms


def _value_words(value: Value) -> list[str]:
    if value.kind == "document":
        # People also say "nghị quyết 05": the leading number alone is a word too.
        return [value.key, re.split(r"\D", value.key, maxsplit=1)[0]]
    if value.kind == "years":
        return [str(value.years[0]), str(value.years[-1])]
    if value.kind == "date":
        return [value.key, str(value.years[0])]
    return [value.key]


@functools.lru_cache(maxsize=4096)
def _segment(text: str) -> tuple[str, ...]:
    """The words of clean text that holds no value."""
    tokens = _tokens(text)
    # An address is one token, with whatever forms it holds.
    if "@" in text or "://" in text or _synonyms().may_stand_in(tokens):
        tokens = _tokens(canonical(text))
    if not any(map(str.isalpha, "".join(tokens))):
        return ()
    return tuple(filter(None, map(_term, segmenter().words(tokens))))


def _tokens(text: str) -> list[str]:
    return list(itertools.chain.from_iterable(map(_cut, text.lower().split())))


@functools.lru_cache(_KEPT)
def _cut(chunk: str) -> tuple[str, ...]:
    """The tokens of what stands between spaces: none goes over one."""
    return tuple(_PYVI_TOKEN.findall(old_tones(chunk)))


def old_tones(text: str) -> str:
    """`hoà`, `thuỷ` as `hòa`, `thủy`: of the same length, in composed letters."""
    return _NEW_STYLE.sub(_old_style, text)


@functools.lru_cache(_KEPT)
def _term(word: str) -> str:
    """The word with i and y folded; empty for symbols alone."""
    return fold_i(word) if _LETTER_OR_DIGIT.search(word) else ""


@functools.lru_cache(maxsize=1024)
def segmented(text: str) -> str:
    """The text with pyvi's words joined by `_`, its case kept: what models that were trained on such text read.

    A sentence at a time: pyvi takes ever longer for longer texts.
    """
    plain = clean(text).text
    return " ".join(tokenized(plain[start:end]) for start, end in sentences(plain))


def canonical(text: str) -> str:
    """Abbreviations written out and names of indices by their abbreviation, as `data/synonyms.tsv` says."""
    forms = _synonyms()
    return forms.pattern.sub(lambda m: forms[m.group()], text)


class _Synonyms(dict[str, str]):
    """Canonical phrase by form; a form is matched in any case unless it is also a syllable (`TU`, `HD`)."""

    def __init__(self, rows: list[tuple[str, str, str]]) -> None:
        super().__init__()
        self._exact = {form: phrase for phrase, form, case in rows if case == "exact"}
        self._folded = {form.lower(): phrase for phrase, form, case in rows if case != "exact"}
        any_case = "|".join(_longest_first(self._folded))
        exact = "|".join(_longest_first(self._exact))
        self._tokens = [frozenset(_tokens(form)) for form in (*self._exact, *self._folded)]
        self._first_tokens = {_tokens(form)[0] for form in (*self._exact, *self._folded)}
        self.pattern = re.compile(rf"(?<![\w/-])(?:(?:{exact})|(?i:{any_case}))(?![\w/])")

    def may_stand_in(self, tokens: list[str]) -> bool:
        """Whether there is a form to look for; hardly ever, which is told thirty times faster than by looking."""
        return not self._first_tokens.isdisjoint(tokens) and any(map(set(tokens).issuperset, self._tokens))

    def __missing__(self, form: str) -> str:
        # No form where the pattern's case folding goes further than ours: chỉ ſố.
        return self._exact.get(form) or self._folded.get(form.lower(), form)


def _longest_first(forms: dict[str, str]) -> Iterator[str]:
    return map(re.escape, sorted(forms, key=len, reverse=True))


def _synonym_rows() -> list[tuple[str, str, str]]:
    return [(row[0], row[1], row[2] if len(row) > 2 else "") for row in vocabulary.rows("synonyms.tsv")]


@functools.cache
def _synonyms() -> _Synonyms:
    return _Synonyms(_synonym_rows())


@functools.cache
def text_version() -> str:
    """Changes whenever `words` could give other words: an index records it and refuses another."""
    rows = "\n".join("\t".join(row) for row in _synonym_rows())
    return f"{TEXT_VERSION}-{hashlib.sha256(rows.encode()).hexdigest()[:8]}"


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences in `text[start:end]`, trimmed, in order; a line end always ends one."""
    end = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    begin = start
    for match in _SENTENCE_END.finditer(text, start, end):
        if match.group()[0] == "." and (
            _NOT_END.search(text, max(begin, match.start() - 12), match.start())
            or _ITEM_NUMBER.fullmatch(text, begin, match.start())
        ):
            continue
        spans.append((begin, match.end()))
        begin = match.end()
    spans.append((begin, end))
    return [trimmed for span in spans if (trimmed := _trim(text, *span))[0] < trimmed[1]]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
