"""The same question typed otherwise: what each way leaves of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import product

from ingest.values import bare

_TONES = "\u0300\u0301\u0303\u0309\u0323"


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


VARIANTS: dict[str, Callable[[str], str]] = {
    "nodia": lambda text: _composed(bare(text)),
    "nfd": lambda text: unicodedata.normalize("NFD", text),
    "lower": str.lower,
    "oldtone": other_placement,
}
