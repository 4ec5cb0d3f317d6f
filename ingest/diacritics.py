"""Vietnamese typed without diacritics, with half of them, or with slips, to Vietnamese as it was meant.

It always runs. Marks that were typed stay; whether a bare syllable lost its marks is weighed by how many syllables of
the message show theirs: in a fully accented sentence `ma`, `cho`, `trong` are what they look like. What is no syllable
may be one with a slip (`ingest/slips.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest import learned, likeliest
from ingest.clean import TONE_MARKS
from ingest.lists import starts_of
from ingest.ngrams import END, NUMBER, UNKNOWN, UNKNOWN_ID, Ids, Ngrams, Scores
from ingest.slips import from_telex, one_slip_away
from ingest.syllables import is_native, is_syllable
from ingest.text import fold_i, search_form
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

# Shares of syllables whose marks were left out: none (but for a slip), some, half, nearly all.
_SHARES = (0.0001, 0.1, 0.5, 0.98)
# A syllable typed with some of its marks and without the others is this much rarer than one without any.
_HALF_TYPED = 0.05
# A word outside the vocabulary, against the whole of such words.
_ONE_UNKNOWN = 1e-4
# A syllable with one slip; one that may lack marks only, or be another language's word; and one of so few letters that
# much is one slip away from it (`kpi`).
_ONE_SLIP, _LESS_LIKELY_SLIP, _SHORT_SLIP = 1e-2, 1e-4, 1e-6
_SHORT = 3
_VOWEL = re.compile("[aeiouy]")  # `gplx` has none and is no slip
_LONGEST = 9  # letters of a syllable by Telex (`nghieengs`)
_OTHER_VOWEL = str.maketrans("iy", "yi")
# The user's documents say more about what the user asks for than the bundled counts do.
_LEARNED_WEIGHT = 3.0
# Typed words whose forms stay in memory, about 500 bytes each.
_KEPT_FORMS = 20_000


@dataclass(frozen=True, slots=True)
class _Forms:
    """What may stand where one word was typed: the ids, as typed first, and how each is written in its letters.

    `same` tells which are written as typed, `kept` which have no more marks, `slip` how likely each is typed with these
    letters; `known` whether the counts have what was typed, `whole` whether it has no marks; then `plain` is how likely
    a word without marks was meant.
    """

    ids: Ids
    written: tuple[str, ...]
    same: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    slip: Scores
    known: bool
    whole: bool
    plain: float


class Restorer:
    """Restores by the likeliest sequence of syllables."""

    def __init__(self, ngrams: Ngrams) -> None:
        self._ngrams = ngrams
        self._by_bare: dict[str, list[int]] = {}
        self._forms: dict[str, _Forms] = {}
        for i, form in enumerate(ngrams.syllables):
            if i > UNKNOWN_ID and (form.isascii() or is_native(form)):
                self._by_bare.setdefault(fold_i(bare(form)), []).append(i)

    @classmethod
    def load(cls, path: Path = BUNDLED) -> Restorer:
        return cls(Ngrams.load(path / "ngrams.npz"))

    def knowing(self, generation: Path) -> Restorer:
        """A restorer that also knows the words and names of a generation's documents, from the generation's folder."""
        own = learned.load(generation)
        return Restorer(self._ngrams.with_counts(own, _LEARNED_WEIGHT)) if own else self

    def restore(self, text: str) -> str:
        """`text` with the missing marks put in, and syllables in the place of slips; nothing but letters changes."""
        words = list(_words(text))
        slots = [self._forms_of(typed) for _, _, typed in words]
        parts, position = [], 0
        for (start, end, _), forms, choice in zip(words, slots, self._choices(slots), strict=True):
            if not forms.same[choice]:
                parts += [text[position:start], _cased(forms.written[choice], text[start:end])]
                position = end
        return "".join(parts) + text[position:]

    def _choices(self, slots: Sequence[_Forms]) -> list[int]:
        """Of each slot's forms, the one on the likeliest path."""
        if not slots:
            return []
        ids = np.concatenate([forms.ids for forms in slots])
        lengths = np.array([len(forms.ids) for forms in slots])
        return likeliest.choices(self._ngrams, ids, _odds(slots, lengths), lengths)

    def _forms_of(self, typed: str) -> _Forms:
        found = self._forms.get(typed)
        if found is None:
            if len(self._forms) >= _KEPT_FORMS:
                self._forms = {}
            found = self._forms[typed] = self._find_forms(search_form(typed), fixed=typed.isupper())
        return found

    def _find_forms(self, typed: str, *, fixed: bool) -> _Forms:
        """The forms that have all the marks that were typed; of what is `fixed`, itself."""
        own = self._ngrams.ids.get(typed, UNKNOWN_ID)
        found = {own: typed}
        if not fixed:
            found |= self._with_marks(typed, without=own)
        whole, known = typed.isascii(), own != UNKNOWN_ID
        is_word = is_syllable(typed) or (known and is_native(typed)) or (whole and len(found) > 1)
        slips = {} if fixed or is_word else self._meant(typed)
        ids = np.array([*found, *slips], dtype=np.int64)
        written = (*found.values(), *(form for form, _ in slips.values()))
        same = np.array([form == typed for form in written])
        kept = same | np.array([False] * len(found) + [kept for _, kept in slips.values()])
        unigram = self._ngrams.unigram
        plain = float(unigram[ids][same].sum() / unigram[ids].sum()) if known else 0.0
        if not whole or len(found) == 1:
            plain = 1.0
        unsure = _LESS_LIKELY_SLIP if known or len(found) > 1 else _ONE_SLIP
        odds = _SHORT_SLIP if whole and len(typed) <= _SHORT else unsure
        slip = np.array([1.0] * len(found) + [odds] * len(slips))
        return _Forms(ids, written, same, kept, slip, known, whole, plain)

    def _with_marks(self, typed: str, *, without: int) -> dict[int, str]:
        """Known forms with all the marks that were typed, by their ids."""
        found: dict[int, str] = {}
        for i in self._by_bare.get(fold_i(bare(typed)), []):
            form = _with_letters(self._ngrams.syllables[i], typed)
            if i != without and (typed.isascii() or _keeps_marks(typed, form)):
                found[i] = form
        return found

    def _meant(self, typed: str) -> dict[int, tuple[str, bool]]:
        """The syllables that a slip made this of, by their ids, and whether they have no more marks."""
        found: dict[int, tuple[str, bool]] = {}
        if len(typed) > _LONGEST or not typed.isalpha() or not _VOWEL.search(bare(typed)):
            return found
        for form in from_telex(typed):
            i = self._ngrams.ids.get(search_form(form))
            if i is not None and is_syllable(form):
                found[i] = form, True
        for near, at in one_slip_away(typed):
            for i, form in self._with_marks(near, without=UNKNOWN_ID).items():
                if is_syllable(form):
                    kept = all(a == b or place == at for place, (a, b) in enumerate(zip(near, form, strict=True)))
                    found[i] = form, kept or found.get(i, ("", False))[1]
        return found


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    """Spans of words: abbreviations in capitals, all else in lower case, stand-ins for what is no word."""
    numbers = [v for v in find_values(text) if v.kind in {"document", "procedure"}]
    shouted = _shouted(text)
    for match in _PIECE.finditer(text):
        start, end = match.span()
        if match["number"] or any(v.start < end and start < v.end for v in numbers):
            yield start, end, NUMBER
        elif match["end"]:
            yield start, end, END
        elif match["link"]:
            yield start, end, UNKNOWN
        elif end - start > 1 and match.group().isupper() and not shouted:
            yield start, end, match.group()
        else:
            yield start, end, match.group().lower()


def _odds(slots: Sequence[_Forms], lengths: NDArray[np.int64]) -> Scores:
    """How likely each form of each slot, were it meant, is typed as it was."""
    whole = np.array([forms.whole for forms in slots])
    share = _missing_share(slots, whole)
    kept = np.repeat(np.where(whole, 1.0, 1 - share), lengths)
    lost = np.repeat(np.where(whole, share, share * _HALF_TYPED), lengths)
    odds = np.where(np.concatenate([forms.kept for forms in slots]), kept, lost)
    odds *= np.concatenate([forms.slip for forms in slots])
    unknown = np.array([not forms.known for forms in slots])
    odds[starts_of(lengths)[:-1][unknown]] *= _ONE_UNKNOWN
    return odds


def _missing_share(slots: Sequence[_Forms], whole: NDArray[np.bool_]) -> float:
    """The likeliest share of left-out marks, each syllable judged by itself."""
    plain = np.array([forms.plain for forms in slots])[whole]
    shares = np.array(_SHARES)
    chances = np.log(plain + np.outer(shares, 1 - plain)).sum(axis=1) + np.log1p(-shares) * np.count_nonzero(~whole)
    return _SHARES[int(chances.argmax())]


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


def _shouted(text: str) -> bool:
    """Whether the message is all in capitals, so that capitals don't mean abbreviations."""
    words = [word for word in re.findall(_LETTERS, text) if len(word) > 1]
    return len(words) > 3 and sum(word.isupper() for word in words) > 0.8 * len(words)


def _with_letters(form: str, typed: str) -> str:
    """`form` with i or y as typed: they are one vowel at the end of some syllables (kỹ, kĩ)."""
    if bare(form) == bare(typed):
        return form
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", form).translate(_OTHER_VOWEL))


def _cased(form: str, typed: str) -> str:
    """`form` with the case of `typed`, letter by letter where it has as many."""
    letters = [c for c in unicodedata.normalize("NFC", typed) if not unicodedata.combining(c)]
    if len(letters) != len(form):
        return form.upper() if typed.isupper() else form.capitalize() if letters[0].isupper() else form
    return "".join(new.upper() if old.isupper() else new for new, old in zip(form, letters, strict=True))
