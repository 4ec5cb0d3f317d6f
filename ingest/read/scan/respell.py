"""Recognised words with their marks weighed again: `sửa đỗi, bỗ sung` on a blurred scan is `sửa đổi, bổ sung`.

Five in six of the words that tesseract gets wrong on Vietnamese scans have the right letters with wrong marks: the
stacked ones (ổ, ỗ, ồ) run together at 200 dpi. Which marks were printed is weighed by how sure tesseract was and by
the syllables around, with the same counts that restore diacritics in questions. Letters, digits and names that can't
be syllables stay as recognised.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.clean import TONE_MARKS
from ingest.ngrams import END_ID, NUMBER_ID, UNKNOWN_ID, Ids, Ngrams, Scores
from ingest.syllables import is_syllable
from ingest.text import search_form
from ingest.values import bare

COUNTS = Path(__file__).parents[2] / "models" / "diacritics-vi" / "ngrams.npz"

WRONG_MARKS = ((96, 0.012), (93, 0.07), (85, 0.15), (0, 0.25))
"""Share of words with wrong marks where tesseract's confidence is at least so much: measured on thirteen pages of
known text, printed, blurred and thresholded at 150 and 200 dpi."""

STACKED, COMMON, RARE = 2.0, 0.2, 0.01
"""How likely one letter is taken for another of the same base, by kind: of 240 found on these and
five real pages, 180 were tones over a
circumflex or breve, 40 were `á` for `ả`, `đ` for `d` and `ỉ` for `i`, which can stand for any letter."""

UNKNOWN_WORD = 1e-4  # a word outside the vocabulary, against the whole of such words
HOOKED = {"\u0301\u0309"}  # a hook above looks like an acute
BEAM = 12

_PIECE = re.compile(r"(?P<number>\S*\d\S*|\S*[/@]\S*)|(?P<word>[^\W\d_]+)|(?P<end>[.;:!?()\[\]|]+)")


@dataclass(frozen=True, slots=True)
class _Slot:
    """What may stand at `[start, end)` of word `word`: ids of the counts, as recognised first, and their log odds."""

    word: int
    start: int
    end: int
    ids: Ids
    odds: Scores


@functools.cache
def load() -> Respeller:
    return Respeller(Ngrams.load(COUNTS))


class Respeller:
    """Holds the counts of syllables in a row, and the syllables by their letters without marks."""

    def __init__(self, ngrams: Ngrams) -> None:
        self._ngrams = ngrams
        self._by_letters: dict[str, list[int]] = {}
        for i, form in enumerate(ngrams.syllables):
            if i > UNKNOWN_ID and is_syllable(form):
                self._by_letters.setdefault(bare(form), []).append(i)

    def respell(self, words: Sequence[tuple[str, float]]) -> list[str]:
        """The words of running text, each with tesseract's confidence (0 to 100), with likelier marks."""
        texts = [unicodedata.normalize("NFC", text) for text, _ in words]
        slots = [slot for i, (_, confidence) in enumerate(words) for slot in self._slots(i, texts[i], confidence)]
        for slot, choice in reversed(list(zip(slots, self._best(slots), strict=True))):
            if choice:
                text = texts[slot.word]
                form = _cased(self._ngrams.syllables[slot.ids[choice]], text[slot.start : slot.end])
                texts[slot.word] = text[: slot.start] + form + text[slot.end :]
        return texts

    def _slots(self, word: int, text: str, confidence: float) -> Iterator[_Slot]:
        for piece in _PIECE.finditer(text):
            if piece["word"]:
                ids, odds = self._choices(piece.group(), confidence)
            else:
                ids, odds = [NUMBER_ID if piece["number"] else END_ID], [0.0]
            yield _Slot(word, *piece.span(), np.array(ids, dtype=np.int64), np.array(odds))

    def _choices(self, recognised: str, confidence: float) -> tuple[list[int], list[float]]:
        """The syllables of the same letters with their log odds to have been recognised like this."""
        form = search_form(recognised)
        own = self._ngrams.ids.get(form, UNKNOWN_ID)
        others = [i for i in self._by_letters.get(bare(form), []) if i != own] if len(form) > 1 else []
        if not others:
            return [own], [0.0]
        wrong = next(share for least, share in WRONG_MARKS if confidence >= least)
        kept = math.log(1 - wrong) + (math.log(UNKNOWN_WORD) if own == UNKNOWN_ID else 0.0)
        mistaken = [math.log(wrong * _likelihood(form, self._ngrams.syllables[i])) for i in others]
        return [own, *others], [kept, *mistaken]

    def _best(self, slots: Sequence[_Slot]) -> list[int]:
        """The choice at each slot on the likeliest path, by a beam search over triples of syllables."""
        first, second, scores = np.array([END_ID]), np.array([END_ID]), np.zeros(1)
        steps: list[tuple[Ids, Ids]] = []
        for slot in slots:
            path, choice = (axis.ravel() for axis in np.indices((len(scores), len(slot.ids))))
            chances = self._ngrams.after_two(first[path], second[path], slot.ids[choice])
            reached = scores[path] + np.log(chances) + slot.odds[choice]
            best = np.argsort(-reached)[:BEAM]
            path, choice = path[best], choice[best]
            first, second, scores = second[path], slot.ids[choice], reached[best]
            steps.append((path, choice))
        at, chosen = 0, []
        for path, choice in reversed(steps):
            chosen.append(int(choice[at]))
            at = int(path[at])
        return chosen[::-1]


def _likelihood(recognised: str, form: str) -> float:
    """How likely `form` is recognised like this, by the letters that differ."""
    changed = [(old, new) for old, new in zip(recognised, form, strict=True) if old != new]
    return math.prod(_letter_likelihood(old, new) for old, new in changed)


def _letter_likelihood(old: str, new: str) -> float:
    if {_toneless(old), _toneless(new)} <= set("ăâêô"):
        return STACKED
    common = old + new in {"đd", "ỉi", "ìi"} or (_toneless(old) == _toneless(new) and _tone(old) + _tone(new) in HOOKED)
    return COMMON if common else RARE


def _cased(form: str, recognised: str) -> str:
    return "".join(new.upper() if old.isupper() else new for new, old in zip(form, recognised, strict=True))


def _toneless(letter: str) -> str:
    marks = unicodedata.normalize("NFD", letter)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONE_MARKS))


def _tone(letter: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFD", letter) if mark in TONE_MARKS)
