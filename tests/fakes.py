"""Stand-ins behind the real seams, whose answers a test can foretell."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from ingest.catalog import StoredPassage
from ingest.errors import UnreadableFile
from ingest.index import Generation
from ingest.passages import Indexed, fields, indexed
from ingest.text import words
from ingest.types import Document, ParsedDocument, Passage, Unit


class BagOfWords:
    """An embedder: every word adds one to a bucket of its own hash, so texts are near when they share words.

    `asked` counts the texts that were embedded.
    """

    def __init__(self, dimensions: int = 256, model_id: str = "bag-of-words") -> None:
        self.dimensions = dimensions
        self.model_id = model_id
        self.asked = 0

    def encode_passages(self, passages: Sequence[Indexed]) -> list[NDArray[np.float32]]:
        """One vector a passage, of all its words."""
        texts = ["\n".join((each.texts.name, each.texts.heading, each.texts.own)) for each in passages]
        return [row[None][row.any(keepdims=True)] for row in self.encode(texts)]

    def encode_query(self, text: str) -> NDArray[np.float32]:
        return self.encode([text])[0]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += len(texts)
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                bucket = hashlib.blake2b(word.encode(), digest_size=4).digest()
                vectors[row, int.from_bytes(bucket, "big") % self.dimensions] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def check_found(generation: Generation, passage: StoredPassage) -> None:
    """A passage is where it must be in both indexes: its section is found by its words and by its vectors."""
    sections, id_ = generation.sections, passage.document.id
    at = sections.passage(passage.key)
    first = int(sections.firsts[sections.section_of[at]])
    assert first in {hit.key for hit in generation.search_words(words(passage.text), 10, [id_])}
    (vector,) = generation.windows[generation.windows_of[at] : generation.windows_of[at + 1]].astype(np.float32)
    texts = fields(
        replace(passage.document, text=passage.text), replace(passage.passage, start=0, end=len(passage.text))
    )
    (expected,) = BagOfWords(len(vector)).encode_passages([indexed(texts)])[0]
    assert vector @ expected > 1 - 1e-3
    found = [hit.key for hit in generation.search_vectors(vector, 10, [id_])]
    assert first in found, (first, found)


def catalog_url(folder: Path) -> str:
    """An empty database: SQLite in `folder`, or a schema of its own on the server HOIDAP_TEST_DATABASE_URL names."""
    server = os.environ.get("HOIDAP_TEST_DATABASE_URL")
    if server is None:
        return f"sqlite:///{folder}/catalog.db"
    name = "t" + hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {name}"))
    engine.dispose()
    return (
        sa.make_url(server)
        .update_query_dict({"options": f"-csearch_path={name}"})
        .render_as_string(hide_password=False)
    )


def parse_lines(path: Path, source: str) -> ParsedDocument:
    """A parser: the first line is the document's id, the second its title, each further line one unit and passage."""
    content = path.read_bytes()
    id_, _, text = content.decode("utf-8").partition("\n")
    if not id_:
        raise UnreadableFile("Tệp rỗng.")
    return document_of(id_, text, source=source, sha256=hashlib.sha256(content).hexdigest())


def document_of(id_: str, text: str, *, source: str = "", sha256: str = "") -> ParsedDocument:
    """A document whose title is the first line of `text`, each further line being one unit and one passage."""
    units, passages, start = [], [], 0
    title, *lines = text.split("\n")
    start = len(title) + 1
    for number, line in enumerate(lines, start=1):
        end = start + len(line)
        if line.strip():
            units.append(Unit(f"doan-{number}", None, "doan", str(number), f"đoạn {number}", start, end, end, (title,)))
            passages.append(Passage(f"doan-{number}", f"đoạn {number}", (title,), start, end))
        start = end + 1
    document = Document(
        id=id_,
        kind="Báo cáo",
        number=None,
        title=title,
        issuer=None,
        issued_on=None,
        source=source or f"{id_}.txt",
        sha256=sha256 or hashlib.sha256(text.encode()).hexdigest(),
        text=text,
    )
    return ParsedDocument(document, tuple(units), tuple(passages))


class AsTyped:
    """A restorer that changes nothing."""

    def restore(self, text: str) -> str:
        return text

    def knowing(self, generation: Path) -> AsTyped:
        return self
