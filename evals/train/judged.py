"""What the ranker learns from: questions with known answers over texts of four kinds, as the features it judges by.

law          1,190 questions of citizens over 71,482 articles; a fifth, by hash, is never trained on
wiki         XQuAD's questions over its paragraphs, among pieces of the Vietnamese Wikipedia
procedures   questions written by templates about the fields of the portal's records, over these records
office       the project's own questions over the bundled documents, the half that is not held back
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.bootstrap import CORPUS, Writing, open_catalog, open_writing
from assistant.config import Settings
from assistant.features import features
from assistant.library import Library, Shelf
from assistant.retrieve import asked, candidates_of
from assistant.understand import understand
from evals.case import FOLDER, load
from evals.marks import plain
from evals.retrieval.build import Scope, built
from evals.retrieval.collection import read_questions
from evals.train.corpora import CACHE, wiki_pieces, wiki_questions
from evals.train.examples import Example
from ingest.diacritics import Restorer
from ingest.embed import StaticEmbedder
from ingest.intake import silent
from ingest.manifest import FORMAT
from ingest.parse import PARSER_VERSION
from ingest.schema import LAYOUT
from ingest.text import text_version

TEMPLATES = Path(__file__).parent / "procedures.tsv"
SEED = 11
ASKED_OF_PROCEDURE = 4
# Citizens give a procedure's name in part: syllables that are left, and how often one of them is left out.
NAME_LENGTH, NAME_DROPPED = (5, 14), 0.15
# Pieces of the Wikipedia that XQuAD's paragraphs have to be told from, and their length in characters.
WIKI_PIECES, WIKI_LENGTH = 4000, 1500


@dataclass(frozen=True, slots=True)
class Judged:
    """A question and what answers it: whole documents by id, or sections by number."""

    text: str
    documents: frozenset[str] = frozenset()
    sections: frozenset[int] = frozenset()


def examples(data: Path) -> dict[str, list[Example]]:
    """By kind of text, the held questions among them (`Example.held`)."""
    return {
        "law": _asked(_law(data), lambda _: _law_questions(data)),
        "wiki": _asked(_wiki(data), lambda _: _wiki_questions(data)),
        "procedures": _asked(ingested("procedures", data / "procedures"), _procedure_questions),
        "office": _asked(ingested("office", CORPUS), _office_questions),
    }


def _asked(index: Path, judged: Callable[[Library], Sequence[Judged]]) -> list[Example]:
    """The questions about an index as examples."""
    settings, embedder, restorer = Settings(data_dir=index, database_url=None), StaticEmbedder(), Restorer.load()
    with closing(open_catalog(settings)) as catalog, closing(Shelf(index, catalog, embedder)) as shelf:
        shelf.refresh()
        with shelf.reading() as library:
            taught = library.taught(restorer)
            return [_example(each, library, taught) for each in judged(library)]


def _example(judged: Judged, library: Library, restorer: Restorer) -> Example:
    query = understand(judged.text, restorer)
    question = asked(query, library)
    found = candidates_of(query, question, library)
    rows, names = features(question, found, library.priors)
    documents = library.sections.document_of[found.sections]
    ids = library.sections.forward.documents
    if judged.sections:
        relevant = np.isin(found.sections, list(judged.sections))
        return Example(judged.text, rows, relevant, found.sections, len(judged.sections), tuple(names))
    relevant = np.array([ids[document] in judged.documents for document in documents], dtype=np.bool_)
    return Example(judged.text, rows, relevant, documents, len(judged.documents), tuple(names))


# Indexes, kept in the temporary folder


def _place(name: str) -> Path:
    """Where an index is kept; another place for each way of making it."""
    made = [text_version(), StaticEmbedder().model_id, FORMAT, PARSER_VERSION, LAYOUT]
    return CACHE / f"{name}-{hashlib.sha256(json.dumps(made).encode()).hexdigest()[:12]}"


def _law(data: Path) -> Path:
    built(Scope(data / "zalo-legal" / "corpus.jsonl.xz"), _place("law"))
    return _place("law")


def _wiki(data: Path) -> Path:
    """XQuAD's paragraphs and pieces of the Wikipedia as a collection."""
    texts = {f"xquad-{_hash(text)}": text for text in wiki_questions(data).values()}
    pieces = wiki_pieces(data)
    random.Random(SEED).shuffle(pieces)  # noqa: S311 (nothing secret)
    texts |= {f"wiki-{at}": piece[:WIKI_LENGTH] for at, piece in enumerate(pieces[:WIKI_PIECES])}
    corpus = CACHE / "wiki.jsonl"
    corpus.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"id": id_, "title": "", "text": text}, ensure_ascii=False) for id_, text in texts.items())
    corpus.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    built(Scope(corpus), _place("wiki"))
    return _place("wiki")


def ingested(name: str, *files: Path) -> Path:
    index = _place(name)
    writing: Writing = open_writing(Settings(data_dir=index, database_url=None), silent)
    with closing(writing.catalog):
        writing.paths(files, prune=True)
    return index


# Questions


def _law_questions(data: Path) -> list[Judged]:
    legal = data / "zalo-legal"
    questions = read_questions(legal / "queries.jsonl", legal / "qrels.tsv")
    return [Judged(question.text, frozenset(question.relevant)) for question in questions]


def _wiki_questions(data: Path) -> list[Judged]:
    questions = wiki_questions(data).items()
    return [Judged(question, frozenset({f"xquad-{_hash(text)}"})) for question, text in questions]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _procedure_questions(library: Library) -> list[Judged]:
    """Some fields of each procedure, asked for by its name in part; never what a held case asks."""
    rng = random.Random(SEED)  # noqa: S311 (nothing secret)
    templates = list(_templates())
    judged: list[Judged] = []
    for document in library.documents():
        fields = _fields(document.id, library)
        known = [(fields[field], phrase) for field, phrase in templates if field in fields]
        for section, phrase in rng.sample(known, min(ASKED_OF_PROCEDURE, len(known))):
            judged.append(Judged(phrase.format(_in_part(document.title, rng)), sections=frozenset({section})))
    return judged


def _templates() -> Iterator[tuple[str, str]]:
    """The title of a field and a way to ask for it, with `{}` for the procedure."""
    with TEMPLATES.open(encoding="utf-8") as lines:
        yield from ((row[0], row[1]) for row in csv.reader(lines, delimiter="\t") if row and row[0][0] != "#")


def _fields(document: str, library: Library) -> dict[str, int]:
    """The first section of each titled part of a document."""
    parsed = library.document(document)
    assert parsed is not None
    found: dict[str, int] = {}
    for passage, section in zip(parsed.passages, library.sections.of_passages(document), strict=True):
        if passage.heading:
            found.setdefault(passage.heading[-1], section)
    return found


def _in_part(title: str, rng: random.Random) -> str:
    name = title.removeprefix("Thủ tục ").split("(")[0].split()
    left = name[: rng.randint(*NAME_LENGTH)]
    return " ".join(syllable for at, syllable in enumerate(left) if at == 0 or rng.random() >= NAME_DROPPED)


def _office_questions(library: Library) -> list[Judged]:
    """The cases that are not held back; what answers is where the expected quotation stands."""
    files = (FOLDER / "bundled.jsonl", FOLDER / "procedures.jsonl")
    cases = [case for file in files for case in load(file) if case.status == "answered" and not case.held]
    quoted = ((case.question, _quoted(case.document, plain(case.quote), library)) for case in cases)
    return [Judged(question, sections=sections) for question, sections in quoted if sections]


def _quoted(documents: Sequence[str], quote: str, library: Library) -> frozenset[int]:
    found: set[int] = set()
    for id_ in documents:
        parsed = library.document(id_)
        for passage, section in zip(parsed.passages, library.sections.of_passages(id_), strict=True) if parsed else ():
            assert parsed is not None
            if quote in plain(parsed.document.text[passage.start : passage.end]):
                found.add(section)
    return frozenset(found)
