"""Slips of OCR that a document's own layout shows: a number after `khoản`, a point after `c)`, a stop amid a sentence.

Only what can't be otherwise is put right: where a label is expected and what was read looks like it, or where the
spelling leaves no choice. The marks of words are `respell`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.read.scan.tesseract import Row, Word
from ingest.syllables import is_syllable
from ingest.types import Block

SPECKS = "'`‘’|_~*.,:;¬ˆ°"
"""What a speck beside a word is read as."""
LEADING = re.compile(rf"^[{re.escape(SPECKS)}]+(?=[^\W_])")
TRAILING = re.compile(r"(?<=[^\W\d_])['`‘|_~¬ˆ]+$|(?<=[;:,])\.$")

NUMBERED = {"ngày", "tháng", "khoản", "điều"}
"""Words before a number."""
QUARTER = re.compile(r"^(?=[1l]*I)[I1l]{2,3}(?=\b)")
"""`Quý I1/2024`: a Roman number."""
AS_NUMBER = re.compile(r"(?P<number>(?=.*\d)[\dlI|!\]OoóŠ§]{1,3}|[lI|!\]Š§])(?P<stop>[.,:;)]?)")
AS_DIGITS = str.maketrans("lI|!]OoóŠ§", "1111100658")
ROMAN = re.compile(r"[IVX]+")

NUMBER_BEGUN = re.compile(r"\d+/(?:\d{4}/)?[A-ZĐ]+[-/]?")
"""`79/2024/TT-`, a document's number with a gap at its hyphen."""

SAME_SHAPE = re.compile(r"[COSUVXZÓÒỎÕỌÔỐỒỔỖỘƠỚỜỞỠỢÚÙỦŨỤƯỨỪỬỮỰ]{2,}")
"""Capitals that differ from small letters in size only."""

LABEL = re.compile(r"(?P<quote>[“\"]?)(?P<label>[^\s.,:;)“\"]{1,3})(?P<stop>[.,:;]|\)\.?)\s+(?=[“\"(]?(?P<next>\w))")
ARTICLE = re.compile(r"Đi[ềêếểễ][un] (?P<number>[^\s.,:;]{1,3})[.,:;]\s+(?=(?P<next>\w))")
CHAPTER = re.compile(r"(?P<word>Chương|CHƯƠNG) (?P<number>\S{1,5})")
POINTS = "abcdđeghiklmnopqrstuvxy"
CHAPTERS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")

LOOK_LIKE = {
    "0": "OoÔD", "1": "lI|FTfJ!ÍÌiíì]", "2": "Zz", "3": "Š", "4": "ÁAÀẤ", "5": "SŠ", "6": "óÓôbG", "7": "T?",
    "8": "BS§&g", "9": "gqø",
    "a": "8ä", "b": "B8ß6", "c": "eCoö€", "d": "đ", "đ": "d", "e": "cé", "g": "ø8q&9",
    "h": "bn", "i": "ïíìjÙ1l", "k": "K",
    "I": "1l|!H", "V": "Y", "X": "x",
}  # fmt: skip
"""For each sign, what it is read as."""


def reading(row: Row) -> Row:
    """The line with its words put right by those beside them."""
    words = list(_whole(row.words))
    words = [_numbered(one, word) for one, word in pairwise([None, *words]) if word is not None]
    words = [_lowered(one, word) for one, word in pairwise([None, *map(_unspecked, words)]) if word is not None]
    return replace(
        row, words=tuple(_unstopped(word, one) for word, one in pairwise([*words, None]) if word is not None)
    )


def _whole(words: Iterable[Word]) -> Iterator[Word]:
    """Document numbers in one piece, their strokes written as such."""
    begun: Word | None = None
    for word in words:
        text = word.text.replace("⁄", "/").replace("//", "/")
        if begun is not None and (text == "-" or (begun.text[-1] in "-/" and text[0].isupper())):
            sure = min(begun.confidence, word.confidence)
            begun = replace(begun, text=begun.text + text, right=word.right, confidence=sure)
            continue
        if begun is not None:
            yield begun
        begun = replace(word, text=text)
        if not NUMBER_BEGUN.fullmatch(text):
            yield begun
            begun = None
    if begun is not None:
        yield begun


def _numbered(before: Word | None, word: Word) -> Word:
    """`tháng l1`, `khoản I`: a number stands there. A quarter has a Roman one."""
    if before is not None and before.text.lower() == "quý":
        return replace(word, text=QUARTER.sub(lambda strokes: "I" * len(strokes[0]), word.text))
    match = AS_NUMBER.fullmatch(word.text)
    if before is None or match is None or before.text.lower() not in NUMBERED:
        return word
    return replace(word, text=match["number"].translate(AS_DIGITS) + match["stop"])


def _unspecked(word: Word) -> Word:
    text = TRAILING.sub("", LEADING.sub("", word.text, count=1))
    if any(map(str.islower, text)) and any(map(str.isupper, text[1:])) and is_syllable(text.strip(SPECKS)):
        text = text[0] + text[1:].lower()  # `sỐ`
    return replace(word, text=text)


def _lowered(before: Word | None, word: Word) -> Word:
    """A word in capitals that looks the same in small letters, amid small ones: `biển SỐ xe`."""
    amid = before is not None and before.text.islower() and SAME_SHAPE.fullmatch(word.text)
    return replace(word, text=word.text.lower()) if amid else word


def _unstopped(word: Word, after: Word | None) -> Word:
    """Without a stop after which the sentence goes on in small letters: `người giám. hộ`."""
    stem = word.text.removesuffix(".")
    if after is None or stem == word.text or not after.text[0].islower() or after.text[1:2] == ")":
        return word
    return replace(word, text=stem) if len(stem) > 1 and stem.islower() and is_syllable(stem) else word


@dataclass(slots=True)
class _Expected:
    """What the next labels are, as far as is known; `figure` that of points with numbers: `1)`."""

    chapter: int = 1
    article: int = 1
    number: int = 1
    point: int = 0
    figure: int = 1


def relabelled(blocks: Iterable[Block], scanned: Iterable[int]) -> list[Block]:
    """The blocks, those of scanned pages with the labels that their neighbours' make certain."""
    pages = set(scanned)
    expected = _Expected()
    return [
        replace(block, text=_labelled(block.text, expected))
        if block.page in pages and block.kind == "paragraph"
        else block
        for block in blocks
    ]


def _labelled(text: str, expected: _Expected) -> str:
    if match := CHAPTER.match(text):
        return _chapter(text, match, expected)
    if (match := ARTICLE.match(text)) and match["next"].isupper():
        number = _certain(match["number"], str(expected.article))
        if number.isdecimal():
            expected.article, expected.number, expected.point = int(number) + 1, 1, 0
            return f"Điều {number}. {text[match.end() :]}"
        return text
    match = LABEL.match(text)
    if match is None or not match["next"].isupper():
        return text
    if ROMAN.fullmatch(match["label"]):
        return text
    return _point(text, match, expected) if match["stop"][0] == ")" else _clause(text, match, expected)


def _chapter(text: str, match: re.Match[str], expected: _Expected) -> str:
    number = _certain(match["number"], CHAPTERS[min(expected.chapter, len(CHAPTERS) - 1)])
    number = _roman(number) or number
    if number in CHAPTERS[1:]:
        expected.chapter = CHAPTERS.index(number) + 1
        return f"{match['word']} {number}{text[match.end() :]}"
    return text


def _clause(text: str, match: re.Match[str], expected: _Expected) -> str:
    number = _certain(match["label"], str(expected.number))
    if not number.isdecimal():
        part = _roman(match["label"])
        return f"{match['quote']}{part}. {text[match.end() :]}" if part else text
    expected.number, expected.point, expected.figure = int(number) + 1, 0, 1
    return f"{match['quote']}{number}. {text[match.end() :]}"


def _point(text: str, match: re.Match[str], expected: _Expected) -> str:
    if match["label"].isdecimal() and (expected.figure > 1 or match["label"] == "1"):
        expected.figure = int(match["label"]) + 1
        return text
    point = _certain(match["label"], POINTS[expected.point % len(POINTS)])
    if len(point) != 1 or point not in POINTS:
        return text
    expected.point, expected.figure = POINTS.index(point) + 1, 1
    return f"{match['quote']}{point}) {text[match.end() :]}"


def _certain(label: str, expected: str) -> str:
    """The label that is expected, if what was read can be it."""
    if len(label) != len(expected):
        return expected if _is_strokes(label) and _is_strokes(expected) else label
    alike = all(read == sign or read in LOOK_LIKE.get(sign, "") for read, sign in zip(label, expected, strict=True))
    return expected if alike else label


def _is_strokes(label: str) -> bool:
    """`HI` and `II` are strokes only, and how many is hard to tell on a scan; `11` was read as a number."""
    return not set(label) - set("IH1l|!TU") and not label.isdecimal()


def _roman(label: str) -> str:
    """The Roman number that a label is or was taken for: `H`, `1V`; empty for any other."""
    number = label.replace("H", "II").translate(str.maketrans("1l|!", "IIII"))
    return number if number in CHAPTERS and not label.isdecimal() and label != "l" else ""
