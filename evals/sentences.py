"""How often the sentence that answers is the one quoted first: XQuAD-vi's questions over its paragraphs.

Each paragraph is a document, taken in as a user's file is. Every question is asked twice: with the right paragraph
given, and over all paragraphs. A sentence is right if the labelled answer begins in it.
"""

from __future__ import annotations

import json
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answer import answer, fitting, surest_first
from assistant.bootstrap import Assistant
from assistant.evidence import gather, weighted
from assistant.library import Library
from assistant.ranker import Ranker
from assistant.retrieve import Judges, retrieve
from assistant.types import Citation, Evidence
from assistant.understand import understand
from evals import bench
from evals.chance import draws, spread
from evals.marks import plain
from ingest.clean import clean

FILE = Path("xquad-vi") / "xquad.vi.dev.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; `document` is its paragraph's id, and its answer begins in that text at `at`."""

    article: str
    question: str
    answer: str
    document: str
    at: int

    def held_by(self, quoted: Evidence | Citation) -> bool:
        return quoted.document_id == self.document and quoted.start <= self.at < quoted.end


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a question: `quoted` first, and whether that is right.

    `holds`: the answer's words stand in it, though maybe not where they are labelled; `paragraph`: it is of the right
    paragraph; `answered`: the whole answer is no refusal; `shown`: nor is its first citation wrong.
    """

    asked: Asked
    quoted: str
    first: bool
    holds: bool
    paragraph: bool
    answered: bool
    shown: bool


def run_sentences(
    data: Path, scorer_of: Callable[[str], Ranker] | None = None, *, failures: bool
) -> Iterator[tuple[str, dict[str, float]]]:
    """The figures by who chose the paragraph; `scorer_of` gives an article's scorer, else the bundled one."""
    asked = list(read(data))
    with indexed(paragraphs(data)) as assistant, assistant.shelf.reading() as library:
        by_article = {
            article: replace(assistant.judges, scorer=scorer_of(article)) if scorer_of else assistant.judges
            for article in {each.article for each in asked}
        }
        for name, given in (("given", True), ("all", False)):
            told = [_tell(each, assistant, library, by_article[each.article], given=given) for each in asked]
            yield name, _figures(told)
            if failures:
                _print_failures(told, library)


def read(data: Path) -> Iterator[Asked]:
    for id_, title, part in _paragraphs(data):
        origins = clean(part["context"]).origins
        for qa in part["qas"]:
            label = qa["answers"][0]
            yield Asked(title, qa["question"], label["text"], id_, bisect_left(origins, label["answer_start"]))


def _paragraphs(data: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each with its id and its article's title."""
    articles = json.loads((data / FILE).read_text(encoding="utf-8"))["data"]
    for number, article in enumerate(articles):
        for at, part in enumerate(article["paragraphs"]):
            yield f"doan-{number}-{at}", article["title"], part


def paragraphs(data: Path) -> dict[str, str]:
    return {id_: part["context"] for id_, _, part in _paragraphs(data)}


@contextmanager
def indexed(texts: Mapping[str, str]) -> Iterator[Assistant]:
    """An assistant over an index of its own, of texts by the ids that they get as documents (`doan-3-1`)."""
    with tempfile.TemporaryDirectory() as folder:
        for id_, text in texts.items():
            (Path(folder) / f"{id_}.txt").write_text(text, encoding="utf-8")
        with bench.indexed(lambda writing: writing.paths([Path(folder)], prune=False)) as respondent:
            yield respondent.assistant


def _tell(asked: Asked, assistant: Assistant, library: Library, judges: Judges, *, given: bool) -> Told:
    documents = [asked.document] if given else None
    query = understand(asked.question, library.taught(assistant.restorer))
    whole = answer(query, library, judges, documents)
    answered = whole.status == "answered"
    query = weighted(query, library)
    found = retrieve(query, library, judges, documents=documents)
    pieces = gather(query, found, library, judges.scorer)
    fit, _ = surest_first(query, fitting(pieces), found, library, judges)
    first = next((each.evidence for each in (*fit, *pieces)), None)
    quoted = _text(first, library) if first else ""
    return Told(
        asked,
        quoted,
        holds=first is not None and first.document_id == asked.document and plain(asked.answer) in plain(quoted),
        first=first is not None and asked.held_by(first),
        paragraph=first is not None and first.document_id == asked.document,
        answered=answered,
        shown=answered and asked.held_by(whole.citations[0]),
    )


def _text(evidence: Evidence, library: Library) -> str:
    parsed = library.document(evidence.document_id)
    return parsed.document.text[evidence.start : evidence.end] if parsed else ""


def _figures(told: Sequence[Told]) -> dict[str, float]:
    """Shares of the questions; `first` with the range that holds 95 of 100 means over articles drawn again."""
    low, high = _interval(told)
    return {
        "questions": len(told),
        "first": float(np.mean([each.first for each in told])),
        "first_low": low,
        "first_high": high,
        "holds": float(np.mean([each.holds for each in told])),
        "paragraph": float(np.mean([each.paragraph for each in told])),
        "answered": float(np.mean([each.answered for each in told])),
        "answered_right": float(np.mean([each.shown for each in told])),
    }


def _interval(told: Sequence[Told]) -> tuple[float, float]:
    """Articles are drawn, not questions: those of one article are alike."""
    articles = sorted({each.asked.article for each in told})
    right = np.array([sum(each.first for each in told if each.asked.article == name) for name in articles])
    count = np.array([sum(each.asked.article == name for each in told) for name in articles])
    drawn = draws(len(articles))
    return spread(right[drawn].sum(axis=1) / count[drawn].sum(axis=1))


def _print_failures(told: Sequence[Told], library: Library) -> None:
    for each in told:
        if not each.first:
            parsed = library.document(each.asked.document)
            assert parsed is not None
            print(f"\n{each.asked.question}")
            print(f"  answer at {parsed.document.text[each.asked.at : each.asked.at + 80]!r}")
            print(f"  quoted {each.quoted[:200]!r}")
