"""Questions written for training over paragraphs of the Vietnamese Wikipedia, which stay where they are.

`wiki_questions.tsv` tells the paragraph, the character at which its answer begins, and the question;
`wiki_unanswerable.tsv` the paragraph that is near, and a question that it does not answer. A paragraph is a line of the
Wikipedia's text, told by the beginning of its hash.
"""

from __future__ import annotations

import csv
import hashlib
import lzma
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

from ingest.clean import clean

FOLDER = Path(__file__).parent
LENGTHS = range(550, 1901)  # characters of the lines that were asked about


@dataclass(frozen=True, slots=True)
class Written:
    """A question; `at` is where its answer begins in the paragraph as it is taken in, -1 where it has none."""

    question: str
    paragraph: str
    at: int


def written(data: Path) -> tuple[dict[str, str], list[Written]]:
    """The paragraphs by ids that documents can have, and the questions that they answer."""
    rows = _rows("wiki_questions.tsv")
    texts = _paragraphs(data, {paragraph for paragraph, _, _ in rows})
    origins = {id_: clean(text).origins for id_, text in texts.items()}
    asked = ((question, _id(paragraph), int(at)) for paragraph, at, question in rows)
    return texts, [Written(question, id_, bisect_left(origins[id_], at)) for question, id_, at in asked]


def questions() -> list[str]:
    """All of them, those without an answer too."""
    return [row[-1] for name in ("wiki_questions.tsv", "wiki_unanswerable.tsv") for row in _rows(name)]


def unanswerable() -> list[Written]:
    """Questions that their paragraphs, some of those of `written`, seem to answer and don't."""
    return [Written(question, _id(paragraph), -1) for paragraph, question in _rows("wiki_unanswerable.tsv")]


def _paragraphs(data: Path, wanted: set[str]) -> dict[str, str]:
    with lzma.open(data / "viwiki" / "viwiki.txt.xz", "rt", encoding="utf-8") as lines:
        stripped = (line.strip() for line in lines)
        hashed = ((hashlib.sha256(line.encode()).hexdigest()[:10], line) for line in stripped if len(line) in LENGTHS)
        return {_id(hash_): line for hash_, line in hashed if hash_ in wanted}


def _id(paragraph: str) -> str:
    return f"doan-{paragraph}"


def _rows(name: str) -> list[list[str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
