"""Vietnamese typed without diacritics, or with half of them, to Vietnamese with all of them.

It always runs. Marks that were typed stay; whether a bare syllable lost its marks is weighed by how many syllables of
the message show theirs: in a fully accented sentence `ma`, `cho`, `trong` are what they look like.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.clean import TONE_MARKS
from ingest.ngrams import END, END_ID, NUMBER, UNKNOWN, UNKNOWN_ID, Ids, Ngrams, Scores, tokens
from ingest.text import search_form
from ingest.values import bare, find_values

BUNDLED = Path(__file__).parent / "models" / "diacritics-vi"

_LETTERS = r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*"
_PIECE = re.compile(
    rf"""(?P<link>(?<!\S)\S*(?:@|://|www\.)\S*|[\w-]+(?:\.[\w-]+)*\.(?:vn|com|org|net|info|pdf|docx?|xlsx?|html?)\b)
    |(?P<number>\w*\d\w*(?:[.,/-]\w*\d\w*)*)
    |(?P<word>{_LETTERS})
    |(?P<end>[.;:!?\n()\[\]])""",
    re.VERBOSE,
)

# A syllable of Vietnamese (and of Đắk Lắk), marks off; what has marks and isn't one is a foreign name or a slip.
_SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|p|ph|qu|r|s|th?|tr|v|x)?"
    r"(?:a[iouy]?|e[ou]?|i(?:eu?|[au])?|o(?:a[iouy]?|e[o]?|o|i)?|u(?:o[iu]?|y[eau]?|ay?|[eiu])?|ye?u?)"
    r"(?:ch?|k|m|ng?|nh|p|t)?"
)
# Shares of syllables whose marks were left out: none (but for a slip), some, half, nearly all.
_SHARES = (0.0001, 0.1, 0.5, 0.98)
# A syllable typed with some of its marks and without the others is this much rarer than one without any.
_HALF_TYPED = 0.05
# A word outside the vocabulary, against the whole of such words.
_ONE_UNKNOWN = 1e-4
# Candidates this much worse than the best path through their neighbours aren't looked at by threes.
_HOPELESS = 7.0
_LEARNED_WEIGHT = 3.0
# Text to learn from has marks on at least this share of its syllables; accented prose has them on four fifths.
_ACCENTED_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class _Slot:
    """A word of the message: what may stand there, as typed first, and the log odds of each to be typed like this."""

    start: int
    end: int
    ids: Ids
    odds: Scores


class Restorer:
    """Restores by the likeliest sequence of syllables; `learn` adds the words of the user's own documents."""

    def __init__(self, ngrams: Ngrams) -> None:
        self._ngrams = ngrams
        self._by_bare: dict[str, list[int]] = {}
        self._list_forms(0)

    @classmethod
    def load(cls, path: Path = BUNDLED) -> Restorer:
        return cls(Ngrams.load(path / "ngrams.npz"))

    def _list_forms(self, first: int) -> None:
        for i, form in enumerate(self._ngrams.syllables[first:], start=first):
            plain = bare(form)
            if i > UNKNOWN_ID and (plain == form or is_syllable(form)):
                self._by_bare.setdefault(plain, []).append(i)

    def learn(self, texts: Iterable[str]) -> None:
        """Add the syllables and sequences of accented `texts`; texts typed without diacritics teach nothing."""
        known = len(self._ngrams.syllables)
        split = (tokens(text) for text in texts)
        self._ngrams.add((row for row in split if _accented(row)), _LEARNED_WEIGHT)
        self._list_forms(known)

    def restore(self, text: str) -> str:
        """`text` with the missing marks put in; nothing but letters changes, and their case doesn't."""
        words = list(self._words(text))
        candidates = [self._candidates(typed) for _, _, typed in words]
        share = self._missing_share([typed for _, _, typed in words], candidates)
        slots = [self._slot(*word, ids, share) for word, ids in zip(words, candidates, strict=True)]
        parts, position = [], 0
        for slot, choice in zip(slots, self._best(slots), strict=True):
            if choice:
                form = self._ngrams.syllables[slot.ids[choice]]
                parts += [text[position : slot.start], _cased(form, text[slot.start : slot.end])]
                position = slot.end
        return "".join(parts) + text[position:]

    def _words(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Spans of words with their searchable form; what must not change comes as a stand-in or as unknown."""
        numbers = [v for v in find_values(text) if v.kind in {"document", "procedure"}]
        shouted = _shouted(text)
        for match in _PIECE.finditer(text):
            start, end = match.span()
            if any(v.start < end and start < v.end for v in numbers) or match["number"]:
                yield start, end, NUMBER
            elif match["end"]:
                yield start, end, END
            elif match["link"] or (end - start > 1 and match.group().isupper() and not shouted):
                yield start, end, UNKNOWN
            else:
                yield start, end, search_form(match.group())

    def _candidates(self, typed: str) -> list[int]:
        """Ids of the forms that have all the marks that were typed."""
        same = self._by_bare.get(bare(typed), [])
        return same if typed.isascii() else [i for i in same if _keeps_marks(typed, self._ngrams.syllables[i])]

    def _missing_share(self, words: list[str], candidates: list[list[int]]) -> float:
        """The likeliest share of left-out marks, each syllable judged by itself."""
        marked, chances = 0, []
        for typed, ids in zip(words, candidates, strict=True):
            if not typed.isascii():
                marked += 1
            elif ids:
                own = self._ngrams.ids.get(typed)
                plain = 0.0 if own is None else self._ngrams.unigram[own]
                chances.append(plain / self._ngrams.unigram[ids].sum())
        return max(_SHARES, key=lambda share: _log_chance(share, marked, chances))

    def _slot(self, start: int, end: int, typed: str, candidates: list[int], share: float) -> _Slot:
        own = self._ngrams.ids.get(typed, UNKNOWN_ID)
        ids = [own, *(i for i in candidates if i != own)]
        whole = typed.isascii()
        kept = 0.0 if whole else math.log(1 - share)
        if own == UNKNOWN_ID:
            kept += math.log(_ONE_UNKNOWN)
        lost = math.log(share if whole else share * _HALF_TYPED)
        odds = np.array([kept] + [lost] * (len(ids) - 1))
        return _Slot(start, end, np.array(ids, dtype=np.int64), odds)

    def _best(self, slots: list[_Slot]) -> list[int]:
        """The choice at each slot on the likeliest path."""
        if not slots:
            return []
        ids = [np.array([END_ID]), *(slot.ids for slot in slots), np.array([END_ID])]
        odds = [np.zeros(1), *(slot.odds for slot in slots), np.zeros(1)]
        kept = _hopeful(odds, self._pair_scores(ids))
        ids = [row[keep] for row, keep in zip(ids, kept, strict=True)]
        odds = [row[keep] for row, keep in zip(odds, kept, strict=True)]
        path = _best_path(odds, self._pair_scores(ids[:2])[0], self._triple_scores(ids))
        return [int(keep[choice]) for keep, choice in zip(kept[1:-1], path[1:-1], strict=True)]

    def _pair_scores(self, ids: list[Ids]) -> list[Scores]:
        """For each neighbouring pair of slots, log P of every (left, right)."""
        grids = [np.broadcast_arrays(a[:, None], b) for a, b in pairwise(ids)]
        return _over_grids(self._ngrams.after_one, grids)

    def _triple_scores(self, ids: list[Ids]) -> list[Scores]:
        """For each three neighbouring slots, log P of every (first, second, third)."""
        threes = zip(ids, ids[1:], ids[2:], strict=False)
        grids = [np.broadcast_arrays(a[:, None, None], b[:, None], c) for a, b, c in threes]
        return _over_grids(self._ngrams.after_two, grids)


def _over_grids(chance: Callable[..., Scores], grids: list[tuple[Ids, ...]]) -> list[Scores]:
    """The logarithm of `chance` at every point of each grid, in one call: numpy's cost is by the call."""
    columns = [np.concatenate([axis.ravel() for axis in axes]) for axes in zip(*grids, strict=True)]
    ends = np.cumsum([grid[0].size for grid in grids])[:-1]
    parts = np.split(np.log(chance(*columns)), ends)
    return [part.reshape(grid[0].shape) for part, grid in zip(parts, grids, strict=True)]


def _hopeful(odds: list[Scores], pairs: list[Scores]) -> list[NDArray[np.intp]]:
    """At each slot, the choices whose best path by pairs comes near the best of all."""
    forward, backward = [odds[0]], [np.zeros(len(odds[-1]))]
    for own, scores in zip(odds[1:], pairs, strict=True):
        forward.append((forward[-1][:, None] + scores).max(axis=0) + own)
    for own, scores in zip(odds[:0:-1], pairs[::-1], strict=True):
        backward.append((scores + (backward[-1] + own)[None, :]).max(axis=1))
    best = forward[-1].max()
    return [np.flatnonzero(f + b >= best - _HOPELESS) for f, b in zip(forward, backward[::-1], strict=True)]


def _best_path(odds: list[Scores], start: Scores, triples: list[Scores]) -> list[int]:
    """Viterbi over pairs of neighbours: one choice for each slot."""
    scores = odds[0][:, None] + start + odds[1][None, :]
    origins = []
    for own, triple in zip(odds[2:], triples, strict=True):
        through = scores[:, :, None] + triple
        origins.append(through.argmax(axis=0))
        scores = through.max(axis=0) + own[None, :]
    left, right = np.unravel_index(scores.argmax(), scores.shape)
    path = [int(right), int(left)]
    for origin in reversed(origins):
        path.append(int(origin[path[-1], path[-2]]))
    return path[::-1]


def _log_chance(share: float, marked: int, chances: list[float]) -> float:
    return marked * math.log(1 - share) + sum(math.log(plain + (1 - plain) * share) for plain in chances)


def is_syllable(form: str) -> bool:
    """Whether a lower-case form can be a Vietnamese syllable: its letters, and one tone at most."""
    return bool(_SYLLABLE.fullmatch(bare(form))) and len(_tones(form)) <= 1


def _tones(form: str) -> list[str]:
    return [c for c in unicodedata.normalize("NFD", form) if c in TONE_MARKS]


def _toneless(form: str) -> str:
    decomposed = unicodedata.normalize("NFD", form)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in TONE_MARKS))


def _keeps_marks(typed: str, form: str) -> bool:
    """Whether `form`, of the same bare letters, has each mark of `typed`, the tone wherever it is put."""
    tones = _tones(typed)
    old, new = _toneless(typed), _toneless(form)
    if len(old) != len(new) or (tones and tones != _tones(form)):
        return False
    return all(a in {b, bare(b)} for a, b in zip(old, new, strict=True))


def _accented(row: list[str]) -> bool:
    return sum(token != bare(token) for token in row) >= _ACCENTED_SHARE * sum(token[0].isalpha() for token in row)


def _shouted(text: str) -> bool:
    """Whether the message is all in capitals, so that capitals don't mean abbreviations."""
    words = [word for word in re.findall(_LETTERS, text) if len(word) > 1]
    return len(words) > 3 and sum(word.isupper() for word in words) > 0.8 * len(words)


def _cased(form: str, typed: str) -> str:
    """`form` with the case of `typed`, letter by letter."""
    letters = [c for c in unicodedata.normalize("NFC", typed) if not unicodedata.combining(c)]
    if len(letters) != len(form):
        return form.upper() if typed.isupper() else form
    return "".join(new.upper() if old.isupper() else new for new, old in zip(form, letters, strict=True))
