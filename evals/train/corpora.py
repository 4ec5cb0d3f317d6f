"""The texts that the bundled models learn from; `data` is the folder they are in, outside the project."""

from __future__ import annotations

import csv
import json
import lzma
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

from ingest.text import text_version, words

CACHE = Path(tempfile.gettempdir()) / "hoidap-train"
# Shorter wiki pieces are lists of links, tables and captions.
WIKI_LEAST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Article:
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """`relevant` holds the ids of the articles that answer it."""

    text: str
    relevant: frozenset[str]


def law_articles(data: Path) -> list[Article]:
    """71,482 articles of law in their corpus order."""
    with lzma.open(data / "zalo-legal" / "corpus.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return [Article(row["id"], row["title"], row["text"]) for row in rows]


def law_questions(data: Path) -> list[Question]:
    """The 1,190 questions about `law_articles`; models are measured on them and not trained on them."""
    relevant: dict[str, set[str]] = {}
    with (data / "zalo-legal" / "qrels.tsv").open(encoding="utf-8") as lines:
        for question, article, _ in csv.reader(lines, delimiter="\t"):
            relevant.setdefault(question, set()).add(article)
    rows = map(json.loads, (data / "zalo-legal" / "queries.jsonl").read_text(encoding="utf-8").splitlines())
    return [Question(row["text"], frozenset(relevant[row["id"]])) for row in rows]


def older_laws(data: Path) -> list[str]:
    """Articles of the ALQAC laws, other texts than `law_articles`."""
    laws = json.loads((data / "alqac2022" / "law.json").read_text(encoding="utf-8"))
    return [article["text"] for law in laws for article in law["articles"]]


def wiki_pieces(data: Path) -> list[str]:
    """Articles and parts of articles of the Vietnamese Wikipedia, section titles left out."""
    with lzma.open(data / "viwiki" / "viwiki.txt.xz", "rt", encoding="utf-8") as file:
        text = re.sub(r"(?m)^=.*=$", "", file.read())
    pieces = (re.sub(r"\s*\n\s*", "\n", piece).strip() for piece in re.split(r"\n{2,}", text))
    return [piece for piece in pieces if len(piece) >= WIKI_LEAST_CHARACTERS]


def wiki_questions(data: Path) -> dict[str, str]:
    """XQuAD's questions, translated from English, with the paragraph that answers each: no text of any training."""
    articles = json.loads((data / "xquad-vi" / "xquad.vi.dev.json").read_text(encoding="utf-8"))["data"]
    parts = (part for article in articles for part in article["paragraphs"])
    return {qa["question"]: part["context"] for part in parts for qa in part["qas"]}


def segmented(name: str, texts: Iterable[str]) -> Iterator[list[str]]:
    """`words` of each text in order; kept in the temporary folder, since it takes minutes for all law."""
    file = CACHE / f"{name}-{text_version()}.txt"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        with Pool(2) as pool, part.open("w", encoding="utf-8") as lines:
            lines.writelines(line + "\n" for line in pool.imap(_line, texts, chunksize=64))
        part.replace(file)
    with file.open(encoding="utf-8") as lines:
        yield from (line.split() for line in lines)


def _line(text: str) -> str:
    return " ".join(words(text))
