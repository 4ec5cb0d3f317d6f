"""The order of Vietnamese words: letters as the alphabet has them (a ă â b c d đ e ê …), then tones."""

from __future__ import annotations

import functools
import re
import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_ORDER = {letter: at for at, letter in enumerate(_LETTERS)}
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng
_NUMBER = re.compile(r"\d+")

Key = tuple[tuple[int, ...], tuple[int, ...]]


@functools.lru_cache(maxsize=20_000)
def vietnamese_key(text: str) -> Key:
    """To sort by. Numbers go by their value, before letters; punctuation does not count."""
    letters: list[int] = []
    tones: list[int] = []
    padded = _NUMBER.sub(lambda match: match.group()[:18].zfill(18), text.lower())
    for character in unicodedata.normalize("NFC", padded):
        plain, tone = _parted(character)
        if plain in _ORDER:
            letters.append(11 + _ORDER[plain])
        elif plain.isdigit():
            letters.append(1 + int(plain))
        elif plain.isspace():
            letters.append(0)
        else:
            continue
        tones.append(tone)
    return tuple(letters), tuple(tones)


def _parted(character: str) -> tuple[str, int]:
    """A letter without its tone, and the tone, 0 for none."""
    marks = unicodedata.normalize("NFD", character)
    tone = next((1 + _TONES.index(mark) for mark in marks if mark in _TONES), 0)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)), tone
