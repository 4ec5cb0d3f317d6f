"""A text of a collection as a file to ingest, and that file as a document: one article of a law, say, by itself."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.retrieval.collection import Article
from ingest.clean import clean
from ingest.health import health_of
from ingest.passages import build_passages
from ingest.structure.header import KINDS
from ingest.structure.units import build_units
from ingest.types import Block, Document, ParsedDocument, Passage, Reading, Unit

PARSER = "collection-1"  # raise it when the same text would give another document
_IN_FOLDER = 1000  # files

_ARTICLE = re.compile(r"\W*(?P<article>Điều \d+\w?)\b\W*")
_LAW = re.compile(
    rf"(?:(?P<kind>{'|'.join(KINDS)})\s+)?"
    r"(?:số\s*:?\s*(?P<said>[^\s,()]*\d[^\s,()]*)|(?P<formal>\d[\w-]*/(?:\d{4}/)?[^\W\d][\w&-]*))(?P<title>.*)",
    re.IGNORECASE,
)
# What follows the title of a law: its date and issuer, and since when it is in force.
_AFTER_TITLE = re.compile(r"[\s,]*(?:\bngày \d{1,2}/\d{1,2}/\d{4}|\bcó hiệu lực\b).*|[\s,.)]+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Law:
    """What a text is of: kind, number and title, each empty where its source doesn't say so."""

    kind: str = ""
    number: str = ""
    title: str = ""


def law_of(source: str) -> Law:
    """`(Điều 1 Luật số 57/2020/QH14 Luật Thanh niên ngày 16/06/2020 của …)`: kind, number, `Luật Thanh niên`."""
    rest = source[match.end() :] if (match := _ARTICLE.match(source)) else source
    law = _LAW.search(rest)
    title = _AFTER_TITLE.sub("", law["title"] if law else rest).strip(" ()")
    return Law(law["kind"] or "", law["said"] or law["formal"], title) if law else Law(title=title)


def titles_of(articles: Iterable[Article]) -> dict[str, str]:
    """The title of each law by number: often only the source of its first article gives it."""
    titles: dict[str, str] = {}
    for law in (law_of(article.source) for article in articles if article.source):
        if law.number and len(law.title) > len(titles.get(law.number, "")):
            titles[law.number] = law.title
    return titles


def write_articles(articles: Iterable[Article], titles: dict[str, str], folder: Path) -> list[str]:
    """Write each text as a file; the ids, the n-th being that of the file `n.json` in one of the folders."""
    ids: list[str] = []
    for article in articles:
        law = law_of(article.source)
        match = _ARTICLE.match(article.source)
        row = {
            "id": article.id,
            "head": ". ".join(filter(None, (match["article"] if match else "", article.title.strip()))),
            "title": article.title.strip(),
            "text": article.text,
            "kind": law.kind,
            "number": law.number,
            "law": titles.get(law.number, law.title),
        }
        file = folder / f"{len(ids) // _IN_FOLDER}" / f"{len(ids)}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
        ids.append(article.id)
    return ids


def parse_article(path: Path, source: str) -> ParsedDocument:
    """The document of a file that `write_articles` wrote; its id is the text's own."""
    content = path.read_bytes()
    row: dict[str, str] = json.loads(content)
    head = [Block(" ".join(row["head"].split()), level=1, bold=True)] if row["head"] else []
    blocks = (*head, *(Block(line) for line in map(str.strip, row["text"].splitlines()) if line))
    text = clean("\n".join(block.text for block in blocks)).text
    units = build_units(text, blocks, 0)
    document = Document(
        id=row["id"],
        kind=row["kind"],
        number=row["number"] or None,
        title=row["law"] or ("" if row["number"] else row["title"]),
        issuer=None,
        issued_on=None,
        source=source,
        sha256=hashlib.sha256(content).hexdigest(),
        text=text,
        health=health_of(Reading(blocks, "json"), text),
    )
    top = units[0] if head and units and units[0].start == 0 else None
    above = (row["title"],) if row["title"] else ()
    return ParsedDocument(document, units, tuple(_passages(units, text, top, above)))


def _passages(units: Sequence[Unit], text: str, top: Unit | None, above: tuple[str, ...]) -> Iterator[Passage]:
    """The passages, all headed by `above`; the first line, which opens `top`, says the same and is left out of them.

    A text that isn't cut into units is one passage.
    """
    first = text.find("\n") + 1 or len(text)
    for passage in build_passages(units) or (Passage("doan-1", "", (), 0, len(text)),):
        if top is None or not f"{passage.path}/".startswith(f"{top.path}/"):
            yield replace(passage, heading=above + passage.heading)
        elif passage.path != top.path:
            yield replace(passage, heading=above + passage.heading[1:])
        elif passage.end > first:
            yield replace(passage, heading=above, start=first)
        elif top.end <= first:
            yield replace(passage, heading=above)  # nothing but a title
