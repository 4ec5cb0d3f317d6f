"""The same question typed otherwise: what each way leaves of it. A choice is made by a seed, the question's id."""

from __future__ import annotations

import functools
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

from ingest.values import bare, find_values

_DATA = Path(__file__).parent.parent / "cases" / "typed"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WORD = re.compile(r"[^\W\d_]+")
_SLIP_EVERY = 8  # words that could have one; at least one slip a question
_TELEX_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _placements() -> Iterator[tuple[str, str]]:
    """Both ways to place each tone on each pair of vowels where there are two, in any case: `òa` and `oà`."""
    for pair, tone in product(("oa", "oe", "uy"), _TONES):
        for first, second in product(*((letter, letter.upper()) for letter in pair)):
            old, new = _composed(first + tone + second), _composed(first + second + tone)
            yield old, new
            yield new, old


_OTHER = dict(_placements())
# Only at the end of a syllable, where usage differs; the u of `qu` belongs to the consonant.
_TWO_WAYS = re.compile(rf"(?<![qQ])(?:{'|'.join(_OTHER)})(?!\w)")


def other_placement(text: str) -> str:
    """Tones placed the other way wherever there are two: `hòa` becomes `hoà`, `thuý` becomes `thúy`."""
    return _TWO_WAYS.sub(lambda match: _OTHER[match.group()], _composed(text))


def abbreviated(text: str, _seed: str = "") -> str:
    """Shortened as offices do, wherever that is known: `TTHC`."""
    return _shortened(text, "abbreviations")


def chatted(text: str, seed: str = "") -> str:
    """Small letters and chat spelling, no mark at the end; a word that is shortened two ways is in one, by the seed."""
    return _shortened(text, "chat", seed).lower().rstrip(" ?.!")


def _shortened(text: str, name: str, seed: str = "") -> str:
    forms, pattern = _forms(name)
    chosen = random.Random(seed)  # noqa: S311 (no secret)
    return pattern.sub(lambda match: chosen.choice(forms[match.group().lower()]), _composed(text))


@functools.cache
def _forms(name: str) -> tuple[dict[str, list[str]], re.Pattern[str]]:
    """By what is written out, in small letters: the short forms. The pattern finds the longest first."""
    forms: dict[str, list[str]] = {}
    for short, written in _rows(name):
        forms.setdefault(written.lower(), []).append(short)
    longest = sorted(forms, key=len, reverse=True)
    return forms, re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)


def _rows(name: str) -> Iterator[tuple[str, str]]:
    for line in (_DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            first, second = line.split("\t")
            yield first, second


def slipped(text: str, seed: str = "") -> str:
    """With typing errors: a letter that is left out, doubled, swapped with its neighbour or hit on the next key, or a
    tone typed as its Telex letter. None in numbers and document numbers, nor in words of one or two letters."""
    text = _composed(text)
    chosen = random.Random(f"slip {seed}")  # noqa: S311 (no secret)
    kept = [(value.start, value.end) for value in find_values(text)]
    words = [
        match.span()
        for match in _WORD.finditer(text)
        if len(match.group()) > 2
        and not match.group().isupper()
        and all(match.end() <= start or end <= match.start() for start, end in kept)
    ]
    for start, end in sorted(chosen.sample(words, min(len(words), 1 + len(words) // _SLIP_EVERY)), reverse=True):
        text = text[:start] + _slip(text[start:end], chosen) + text[end:]
    return text


def _slip(word: str, chosen: random.Random) -> str:
    at = chosen.randrange(1, len(word))
    beside = dict(_rows("keys")).get(bare(word[at]).lower())
    ways = [word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]]
    if word[at] != word[at - 1]:
        ways.append(word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :])
    if beside:
        ways.append(word[:at] + chosen.choice(beside) + word[at + 1 :])
    if (telex := _untoned(word)) != word:
        ways.append(telex)
    return chosen.choice(ways)


def _untoned(word: str) -> str:
    """`phí` as `phis`: the tone's letter was typed where the program didn't take it for one."""
    apart = unicodedata.normalize("NFD", word)
    tone = next((letter for letter in apart if letter in _TELEX_TONES), "")
    return _composed(apart.replace(tone, "", 1)) + _TELEX_TONES[tone] if tone else word


VARIANTS: dict[str, Callable[[str, str], str]] = {
    "nodia": lambda text, _: _composed(bare(text)),
    "nfd": lambda text, _: unicodedata.normalize("NFD", text),
    "lower": lambda text, _: text.lower(),
    "oldtone": lambda text, _: other_placement(text),
    "abbrev": abbreviated,
    "chat": chatted,
    "typos": slipped,
}
