"""A collection to search: texts, questions and which text answers which, from files as evaluation sets have them.

corpus      JSONL, a text a line: id, title, text and optionally source, the law or report that the text is of
queries     JSONL, a question a line: id, text
qrels       tab-separated: question id, text id, relevance (0: does not answer it); a line of headings may come first

Any of them may be compressed (`.xz`).
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

Split = Literal["all", "dev", "held"]
HELD_ONE_IN = 5  # of the questions; looked at only to report


class BadCollection(ValueError):
    """A file of the collection is missing or wrong; the message names file, line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Article:
    """A text of the corpus; `source` is empty where the corpus doesn't say what it is of."""

    id: str
    title: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the relevance, above 0, of each text that answers it."""

    id: str
    text: str
    relevant: Mapping[str, int]

    @property
    def held(self) -> bool:
        """Kept back from whoever tunes: a fifth of all questions, by their wording."""
        return is_held(self.text)


def is_held(question: str) -> bool:
    return int(hashlib.sha256(question.encode()).hexdigest(), 16) % HELD_ONE_IN == 0


def read_articles(path: Path) -> Iterator[Article]:
    """The texts in their order, less empty ones. BadCollection at a line that is none or has the id of another."""
    seen: set[str] = set()
    for number, row in _rows(path):
        article = Article(*(_field(path, number, row, name) for name in ("id", "title", "text", "source")))
        if article.id in seen:
            raise _wrong(path, number, f"the id {article.id!r} was there before")
        seen.add(article.id)
        if article.title.strip() or article.text.strip():
            yield article


def read_questions(queries: Path, qrels: Path, split: Split = "all", count: int | None = None) -> list[Question]:
    """The questions of a split that have an answer, in their order; where `count` is given, so many chosen by hash."""
    relevant = _relevant(qrels)
    questions: list[Question] = []
    for number, row in _rows(queries):
        id_, text = (_field(queries, number, row, name) for name in ("id", "text"))
        if not text.strip():
            raise _wrong(queries, number, "a question without text")
        questions.append(Question(id_, text, relevant.get(id_, {})))
    chosen = [q for q in questions if q.relevant and (split == "all" or q.held == (split == "held"))]
    if not chosen:
        raise BadCollection(f"{queries}: no question of the split {split!r} has a relevant text in {qrels}")
    sample = sorted(chosen, key=lambda question: hash_of(question.text))[:count]
    return [question for question in chosen if question in sample] if count is not None else chosen


def hash_of(text: str) -> str:
    """What samples are drawn by: the same ones on every machine."""
    return hashlib.sha256(f"sample {text}".encode()).hexdigest()


def _relevant(path: Path) -> dict[str, dict[str, int]]:
    """Relevance by text by question, only what is above 0."""
    relevant: dict[str, dict[str, int]] = {}
    with _opened(path) as lines:
        for number, line in enumerate(lines, start=1):
            cells = line.rstrip("\r\n").split("\t")
            if cells == [""] or (number == 1 and len(cells) == 3 and not _is_number(cells[2])):
                continue
            if len(cells) != 3 or not _is_number(cells[2]):
                raise _wrong(path, number, "not question, text and relevance (a whole number) with tabs between")
            if int(cells[2]) > 0:
                relevant.setdefault(cells[0], {})[cells[1]] = int(cells[2])
    return relevant


def _is_number(cell: str) -> bool:
    return cell.strip().lstrip("+-").isdecimal()


def _rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Line numbers from 1, and what stands there; empty lines are skipped."""
    with _opened(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise _wrong(path, number, f"not JSON: {error}") from error
            if not isinstance(row, dict):
                raise _wrong(path, number, "not a JSON object")
            yield number, row


def _field(path: Path, number: int, row: Mapping[str, object], name: str) -> str:
    """A field's text; ids may be numbers, title and source may be missing."""
    value = row.get(name)
    if value is None and name in {"title", "source"}:
        return ""
    if name == "id" and isinstance(value, int):
        return str(value)
    if not isinstance(value, str) or (name == "id" and not value):
        raise _wrong(path, number, f"{name!r} is {value!r}, not a text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _wrong(path, number, f"{name!r} has half a surrogate pair") from error
    return value


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    try:
        with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as lines:
            yield lines
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise BadCollection(f"{path}: {error}") from error


def _wrong(path: Path, number: int, what: str) -> BadCollection:
    return BadCollection(f"{path}, line {number}: {what}")
