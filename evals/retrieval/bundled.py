"""The bundled documents as a collection: a case's question finds the passages that hold what must be quoted."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from assistant.bootstrap import Assistant
from assistant.evidence import weighted
from assistant.library import Library
from assistant.retrieve import retrieve
from assistant.understand import understand
from evals.case import Case
from evals.marks import is_of, plain
from evals.retrieval.collection import Question
from evals.retrieval.figures import DEPTH, Ranking


def questions(library: Library, cases: Sequence[Case]) -> list[tuple[Case, Question]]:
    """Cases whose quotation stands whole in a passage, with the passages that hold it, by key."""
    passages = [
        (str(stored.key), stored.document.id, stored.document.number, plain(stored.text))
        for stored in library.passages(library.sections.forward.keys.tolist())
    ]
    found = []
    for case in cases:
        quote = plain(case.quote)
        holding = {
            key: 1 for key, id_, number, text in passages if quote and quote in text and is_of(case, id_, number)
        }
        if case.status == "answered" and holding:
            found.append((case, Question(case.id, case.question, holding)))
    return found


def rank(assistant: Assistant, cases: Sequence[Case]) -> list[Ranking]:
    """The passages that retrieval finds for each, `DEPTH` at most, as an answer would look for them."""
    rankings: list[Ranking] = []
    with assistant.shelf.reading() as library:
        for case, question in questions(library, cases):
            began = time.perf_counter()
            query = weighted(understand(case.question, library.taught(assistant.restorer), case.history), library)
            found = retrieve(query, library, assistant.judges, DEPTH)
            spent = (time.perf_counter() - began) * 1000
            rankings.append(Ranking(question, tuple(str(each.key) for each in found), spent))
    return rankings


def write(library: Library, cases: Sequence[Case], folder: Path) -> None:
    """The same as files that `run retrieval` and `run peers` read: corpus.jsonl, queries.jsonl and qrels.tsv."""
    stored = library.passages(library.sections.forward.keys.tolist())
    corpus = [
        {"id": str(each.key), "title": " – ".join(each.passage.heading), "text": each.text, "source": ""}
        for each in stored
    ]
    asked = [question for case, question in questions(library, cases) if not case.history]
    queries = [{"id": question.id, "text": question.text} for question in asked]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    lines = [f"{question.id}\t{key}\t1\n" for question in asked for key in question.relevant]
    (folder / "qrels.tsv").write_text("".join(lines), encoding="utf-8")
