"""What the restorer learns from the user's own documents: a file of a generation, made when it is built.

    learned.npz    counts of syllables and of pairs of them, in the form of the bundled counts

Every line of the first characters counts; of what comes after, ever fewer do, so that ten times the text takes a few
times as long: names and phrases that matter stand in more than one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.ngrams import Ngrams, count, tokens

FILE = "learned.npz"
# Characters at each stride: all lines of the first so many, every second line until as many again are taken, every
# fourth then. 81 million characters are 16 million taken.
_AT_EACH_STRIDE = 4_000_000
# Text to learn from has marks on at least this share of its words; accented prose has them on four fifths.
_ACCENTED_SHARE = 0.4


def build(directory: Path, texts: Iterable[str]) -> None:
    """Write what `texts` teach into the generation's folder; those typed without diacritics teach nothing."""
    _count(texts).save(directory / FILE)


def update(previous: Path, directory: Path, texts: Iterable[str]) -> None:
    """As `build`, from what the previous generation's folder has and the texts of new and changed documents.

    What dropped documents taught stays until the next whole build.
    """
    before = load(previous)
    new = _count(texts)
    (before.with_counts(new) if before else new).save(directory / FILE)


def load(directory: Path) -> Ngrams | None:
    """What a generation's documents taught; None of a generation that has no such file."""
    file = directory / FILE
    return Ngrams.load(file) if file.is_file() else None


def _count(texts: Iterable[str]) -> Ngrams:
    rows = (row for line in _some(texts) if _accented(row := tokens(line)))
    return count(rows, least=1, least_pair=1, least_triple=None)


def _some(texts: Iterable[str]) -> Iterator[str]:
    """Lines of the texts, ever fewer of them."""
    stride, taken = 1, 0
    for at, line in enumerate(line for text in texts for line in text.splitlines()):
        if at % stride:
            continue
        yield line
        taken += len(line)
        if taken > _AT_EACH_STRIDE:
            stride, taken = stride * 2, 0


def _accented(row: list[str]) -> bool:
    words = [token for token in row if token.isalpha()]
    return sum(not word.isascii() for word in words) >= max(1, _ACCENTED_SHARE * len(words))
