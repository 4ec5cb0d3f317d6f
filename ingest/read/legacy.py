"""Vietnamese typed before Unicode: TCVN3 (ABC), VNI, VISCII and VPS, which come out of a file as Western letters.

The tables are viparse's. Which of them a text needs is decided here: by the name of its font where that tells, else
by which reading makes its words Vietnamese syllables. viparse's own detection weighs single letters, of a whole file.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from ingest.syllables import is_syllable
from ingest.types import Block

if TYPE_CHECKING:
    from viparse.normalize.tables import Charmap

UNICODE = "Unicode"
ENCODINGS = ("TCVN3", "VNI", "VISCII", "VPS")
CHARSETS = frozenset({"VISCII", "VPS"})
"""Of whole files; TCVN3 and VNI are of fonts, and mix with one another."""

SUBSET_TAG = re.compile(r"[A-Z]{6}\+")
"""What a PDF puts before the name of a font of which it holds only some letters."""
FONTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"VNI[- A-Z]", re.IGNORECASE), "VNI"),
    (re.compile(r"VPS[ -]"), "VPS"),
    (re.compile(r"VISCII"), "VISCII"),
    (re.compile(r"\.[Vv][Nn]|Vn[A-Z][a-z]"), "TCVN3"),
)
CAPITALS_FONT = re.compile(r"\.?[Vv][Nn].*(?:H|[a-z ]h)(?:\(Ds\))?(?:[,-]\w*|Bold|Italic|BoldItalic)?")
"""`.VnTimeH`, `VnArialH(Ds)`, `.VnTimeH,Bold`, `VnTimeHBold`: their small letters are drawn as capitals."""

SYMBOL_AREA = {code: code - 0xF000 for code in range(0xF020, 0xF100)}
"""Where Word keeps the letters of a font that says it holds symbols."""
WINDOWS = {ord(bytes([code]).decode("cp1252", "ignore") or chr(code)): code for code in range(0x80, 0xA0)}
"""VISCII and VPS have letters where Windows has quotes and dashes."""

SOFT_HYPHEN = "\xad"

SIGNS = r"\x80-\x9f\xa1-\xbf\xd7\xf7\u2212\u2219\u0300-\u036f"
LETTER = rf"(?:[^\W\d_]|[{SIGNS}])"
"""A letter, or what stands for one in one of the encodings."""
WORD = re.compile(rf"{LETTER}+")
LONGEST = 200
"""Letters and marks of a word that is looked into; putting marks in order takes the square of their number."""
NOT_SMALL = rf"(?:(?![a-z]){LETTER})+"
CAPITALS = re.compile(rf"(?<!{LETTER}){NOT_SMALL}(?:\s+{NOT_SMALL})*(?!{LETTER})")
"""Neighbouring words without a small Western letter."""
LONE = frozenset("\xa7\xa9\xad\xae\xb0\xb1\xb2\xb3\xb7\xb9\xbb\xbc\xbd\xbe\xd7\xf7\u2212\u2219")
"""No word when alone: paragraph and other signs, fractions, bullets, operators."""
BEYOND_LATIN = re.compile("[ăđĩũơưĂĐĨŨƠƯ\u0300-\u036f\u1ea0-\u1ef9]")
FOREIGN = re.compile(r"[A-Z]?[a-zàâäçèéêëîïñôöùûü]{3,}|[A-ZÀÂÄÇÈÉÊËÎÏÑÔÖÙÛÜ]{4,}")

SURE = 3
"""So many different words that are syllables in one encoding and not in Unicode make a line sure."""
SPREAD = 5
"""The same over all of the lines that aren't sure by themselves."""
SHARE = 0.6
"""Of the words with marks, in such lines. Read right, 0.9 and more of them are syllables; French and German words with
marks hardly ever are, in any encoding."""


def encoding_of_font(font: str | None) -> str | None:
    """The encoding that a font's name tells of: `.VnTime`, `VNI-Times`; None for any other font."""
    name = SUBSET_TAG.sub("", font or "", count=1)
    return next((encoding for pattern, encoding in FONTS if pattern.match(name)), None)


def convert_runs(runs: Iterable[tuple[str, str | None]]) -> str:
    """A line of runs, each a text and its font. Neighbours in alike fonts are converted together: a change of font or
    weight may part a letter of VNI from its mark, or a word that shows which encoding it is in."""
    alike = groupby(runs, key=lambda run: (encoding_of_font(run[1]), _draws_capitals(run[1])))
    parts = [list(part) for _, part in alike]
    return "".join(convert("".join(text for text, _ in part), part[0][1]) for part in parts)


def convert(text: str, font: str | None) -> str:
    """A run of text as its font shows it. What is Unicode already stays, whatever its font."""
    named = encoding_of_font(font)
    if named is None:
        return text
    typed = text.translate(SYMBOL_AREA)
    encoding = _settle(_marked(typed), named)
    if encoding == UNICODE:
        return text
    if encoding in CHARSETS:
        typed = typed.translate(WINDOWS)
    shown = WORD.sub(lambda word: word[0] if BEYOND_LATIN.search(word[0]) else _decode(word[0], encoding), typed)
    if _draws_capitals(font):
        return shown.upper()
    return _capitals(typed, shown) if encoding == "TCVN3" else shown


def _draws_capitals(font: str | None) -> bool:
    return CAPITALS_FONT.fullmatch(SUBSET_TAG.sub("", font or "", count=1)) is not None


def _settle(words: Sequence[str], named: str) -> str:
    """The encoding of a run whose font names one, unless its words are hardly syllables in that and are in another:
    people mix fonts up, and go on in Unicode with an old font set."""
    if any(map(BEYOND_LATIN.search, words)):
        return UNICODE if _lead(words, named) <= 0 else named
    words = [word for word in words if len(word) > 2]  # shorter ones may be parts of words
    right = {reading: sum(_is_valid(word, reading) for word in words) for reading in (named, UNICODE, "TCVN3", "VNI")}
    best = max(right, key=lambda reading: right[reading])
    return best if right[named] <= len(words) / 2 and right[best] >= SHARE * len(words) else named


def is_unicode(text: str, font: str) -> bool:
    """Whether all the text of a font, in one file, was typed in Unicode in spite of the font's name."""
    encoding = encoding_of_font(font)
    words = _marked(text.translate(SYMBOL_AREA))
    return encoding is not None and any(map(BEYOND_LATIN.search, words)) and _lead(words, encoding) < 0


def decode(data: bytes) -> str | None:
    """Bytes in an old encoding as the Western letters that `repair` reads; None where there is no sign of one."""
    text = data.decode("latin-1").translate({code: letter for letter, code in WINDOWS.items()})
    return text if _present(text.splitlines()) else None


def repair(blocks: Iterable[Block]) -> tuple[list[Block], tuple[str, ...]]:
    """Blocks whose fonts aren't known, each line and cell in the encoding that makes its words syllables, and the
    encodings met. Files mix them, also with Unicode; what is Vietnamese in Unicode never changes."""
    blocks = list(blocks)
    present = _present([part for block in blocks for part in block.text.split("|")])
    if not present:
        return blocks, ()
    repaired = [
        replace(
            block,
            text=_repair(block.text, present, prior),
            cells=tuple(_repair(cell, present, prior) for cell in block.cells),
        )
        for block, prior in zip(blocks, _priors(blocks, present), strict=True)
    ]
    return repaired, present


def _present(parts: Iterable[str]) -> tuple[str, ...]:
    """The encodings that lines and cells are written in, seen from words that are syllables in one reading only."""
    telling: defaultdict[str, set[str]] = defaultdict(set)
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    sure: set[str] = set()
    for part in parts:
        words = _marked(part)
        if all(_is_valid(word, UNICODE) for word in words):
            continue  # as most lines are: no encoding can make more of them
        best, lead = _best(words, ENCODINGS)
        if lead <= 0:
            continue
        good = [word for word in words if _is_valid(word, best)]
        told = {word for word in good if not _is_valid(word, UNICODE)}
        telling[best] |= told
        right[best] += len(good)
        total[best] += len(words)
        if len(told) >= SURE and lead >= SURE and len(good) >= SHARE * len(words):
            sure.add(best)
    spread = {found for found in telling if len(telling[found]) >= SPREAD and right[found] >= SHARE * total[found]}
    first = max(telling, key=lambda found: len(telling[found]), default=None)
    return tuple(
        encoding
        for encoding in ENCODINGS
        if encoding in sure | spread and (encoding not in CHARSETS or encoding == first)
    )


def _priors(blocks: Sequence[Block], present: Sequence[str]) -> Iterator[str]:
    """For each block the reading of its words that can be read in two ways: that of the nearest block above, or
    else below, whose words can't."""
    decided = [_decide(_marked(block.text), present) for block in blocks]
    prior = next(filter(None, decided), UNICODE)
    for decision in decided:
        prior = decision or prior
        yield prior


def _decide(words: Sequence[str], present: Sequence[str]) -> str | None:
    """The reading that makes the most syllables; None where one is as good as another."""
    best, lead = _best(words, present)
    if lead == 0:
        return None
    return best if lead > 0 else UNICODE


def _repair(text: str, present: Sequence[str], prior: str) -> str:
    """Cell by cell where a row's text holds several, so that a row and its cells come out the same."""
    return "|".join(_repair_part(part, present, prior) for part in text.split("|"))


def _repair_part(part: str, present: Sequence[str], prior: str) -> str:
    words = _marked(part)
    if not words:
        return part
    encoding = _decide(words, present) or prior
    if encoding == UNICODE:
        return WORD.sub(lambda word: _stray(word[0], present), part)
    typed = part.translate(WINDOWS) if encoding in CHARSETS else part
    return _capitals(typed, WORD.sub(lambda word: _read(word[0], encoding), typed))


def _stray(word: str, present: Sequence[str]) -> str:
    """A word in a line of Unicode."""
    if len(word) < 2 or word.isascii() or _is_valid(word, UNICODE):
        return word
    return next((_decode(word, encoding) for encoding in present if _is_valid(word, encoding)), word)


def _read(word: str, encoding: str) -> str:
    """A word in a line of a legacy encoding."""
    if word.isascii() or word in LONE:
        return word
    read = _decode(word, encoding)
    kept = _is_valid(word, UNICODE) or BEYOND_LATIN.search(word) is not None or _is_foreign(word, read)
    return word if kept and not _is_valid(word, encoding) else read


def _is_foreign(word: str, read: str) -> bool:
    """`François` in a text in TCVN3; but not two Vietnamese words that only lack the space between them."""
    if not FOREIGN.fullmatch(word):
        return False
    return not any(is_syllable(read[:cut]) and is_syllable(read[cut:]) for cut in range(2, len(read) - 1))


def _capitals(typed: str, shown: str) -> str:
    """TCVN3 has no capitals with tones: `CéNG HOµ` was meant as capitals, `Hµ Néi` wasn't."""
    if len(typed) != len(shown) or typed == shown:
        return shown
    letters = list(shown)
    for run in CAPITALS.finditer(typed):
        letters[run.start() : run.end()] = _raised(typed, shown, run)
    return "".join(letters)


def _raised(typed: str, shown: str, run: re.Match[str]) -> str:
    """A run of words without a small Western letter: in capitals, if one of them has an inner capital and a letter
    with a tone."""
    words = [(word[0], shown[word.start() : word.end()]) for word in WORD.finditer(typed, *run.span())]
    meant = any(re.search(r".[A-Z]", word) and not read.isupper() for word, read in words)
    return shown[run.start() : run.end()].upper() if meant else shown[run.start() : run.end()]


def _marked(text: str) -> list[str]:
    """The words that some encoding may read otherwise."""
    return [] if text.isascii() else [word for word in WORD.findall(text) if not word.isascii() and word not in LONE]


def _best(words: Sequence[str], encodings: Sequence[str]) -> tuple[str, int]:
    """The encoding in which the most words are syllables, and how many more they are than in Unicode."""
    best = max(encodings, key=lambda encoding: sum(_is_valid(word, encoding) for word in words))
    return best, _lead(words, best)


def _lead(words: Sequence[str], encoding: str) -> int:
    return sum(_is_valid(word, encoding) - _is_valid(word, UNICODE) for word in words)


@lru_cache(maxsize=50_000)
def _is_valid(word: str, reading: str) -> bool:
    read = word if reading == UNICODE else _decode(word, reading)
    if read == word and reading != UNICODE and BEYOND_LATIN.search(word):
        return False  # Unicode, which no table has anything to say about
    return is_syllable(read) and "ñ" not in read.lower()  # its tilde is no tone


@lru_cache(maxsize=50_000)
def _decode(word: str, encoding: str) -> str:
    if len(word) > LONGEST:
        return word
    read = _convert(word, encoding)
    if encoding != "TCVN3" or SOFT_HYPHEN not in word or is_syllable(read):
        return read
    # TCVN3's ư is a soft hyphen; typed twice it is still one, and before a consonant it only divides.
    others = (word.replace(SOFT_HYPHEN * 2, SOFT_HYPHEN), word.lstrip(SOFT_HYPHEN))
    return next(filter(is_syllable, (_convert(other, encoding) for other in others)), read)


def _convert(word: str, encoding: str) -> str:
    from viparse.normalize.tables import convert as converted

    read: str = converted(word, _charmap(encoding))
    return read


@cache
def _charmap(encoding: str) -> Charmap:
    from viparse.normalize.encodings import CHARMAPS
    from viparse.normalize.tables import build_charmap

    found = CHARMAPS[encoding.lower()]
    return build_charmap(found.name, {**_vni_more(found), **dict(found.pairs)}.items()) if encoding == "VNI" else found


def _vni_more(vni: Charmap) -> dict[str, str]:
    """What viparse's table has not met: ẳ and ỵ, and the mark of a small letter on a capital (`Oâng`, `Uûy ban`)
    or the other way round."""
    more = {"aú": "ẳ", "AÚ": "Ẳ", "î": "ỵ", "Î": "Ỵ"}
    pairs = [(legacy, letter) for legacy, letter in (*vni.pairs, *more.items()) if len(legacy) == 2]
    return more | {legacy[0].swapcase() + legacy[1]: letter.swapcase() for legacy, letter in pairs}
