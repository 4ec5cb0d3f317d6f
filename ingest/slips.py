"""What may have been meant by a word that is no Vietnamese syllable: what is one slip of the hand away, and what an
input program would have made of it (`nghieepj`: nghiệp)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LETTERS = "abcdđeghiklmnopqrstuvxy"
_VOWEL = re.compile(r"[aăâeêioôơuưy]")
_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
# In this order: `uow` before `ow`.
_TELEX = (
    *(("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("dd", "đ"), ("aw", "ă"), ("uow", "ươ"), ("uwow", "ươ")),
    *(("ow", "ơ"), ("uw", "ư")),
)


def one_slip_away(typed: str) -> Iterator[tuple[str, int]]:
    """What was meant if one letter is too many, two changed places, one is another's or one is missing; with the place
    of a letter that was put in, -1 for none. Its marks aren't known, the others' stay. `typed` is NFC."""
    for at in range(len(typed)):
        yield typed[:at] + typed[at + 1 :], -1
        if at and typed[at] != typed[at - 1]:
            yield typed[: at - 1] + typed[at] + typed[at - 1] + typed[at + 1 :], -1
    for at in range(len(typed) + 1):
        for letter in LETTERS:
            yield typed[:at] + letter + typed[at:], at
            if at < len(typed) and letter != typed[at]:
                yield typed[:at] + letter + typed[at + 1 :], at


def from_telex(typed: str) -> Iterator[str]:
    """What a word's letters stand for by Telex, the tone on each vowel where it could be; nothing where they have
    neither a tone nor a mark by it. `typed` is NFC."""
    tones = [at for at, letter in enumerate(typed) if letter in _TELEX_TONES and _VOWEL.search(typed, 0, at)]
    tone = typed[tones[-1]] if tones and tones[-1] >= len(typed) - 2 else ""
    rest = typed[: tones[-1]] + typed[tones[-1] + 1 :] if tone else typed
    letters = rest
    for keys, letter in _TELEX:
        letters = letters.replace(keys, letter)
    if not tone and letters == rest:
        return
    for vowel in _VOWEL.finditer(letters) if tone else ():
        marked = letters[: vowel.end()] + _TELEX_TONES[tone] + letters[vowel.end() :]
        yield unicodedata.normalize("NFC", marked)
    if not tone:
        yield letters
