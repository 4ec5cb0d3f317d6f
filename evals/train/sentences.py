"""Trains the scorer of what could be quoted: trees and a small network, as for the ranker, over pieces of text.

wiki         XQuAD's questions over its paragraphs
written      questions written for this over paragraphs of the Vietnamese Wikipedia (`evals/train/wiki.py`)
law          ALQAC's questions with short answers, over its articles
office       the project's own questions over the documents that they are about, the half that is not held back

Each question over general prose or laws is asked twice, with the right text given and over all texts, through
everything that comes before the scorer. Cross-validation leaves out whole articles of XQuAD.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.bootstrap import CORPUS, Assistant, open_assistant
from assistant.config import Settings
from assistant.evidence import Weighed, first_to_score, weighed, weighted
from assistant.library import Library
from assistant.ranker import FILE, Ranker
from assistant.retrieve import retrieve
from assistant.sentences import features
from assistant.understand import understand
from evals.case import FOLDER, Case, load
from evals.marks import plain
from evals.sentences import indexed, paragraphs, read
from evals.train.examples import FOLDS, Example, fold_of, for_the_judge
from evals.train.graph import to_onnx
from evals.train.judged import ingested
from evals.train.network import Schedule
from evals.train.ranker import Judgement, Trained, blend_of, measured
from evals.train.wiki import written as wiki_written

TREES_SHARE = 0.7
# Far fewer questions than the ranker has: the network learns them by heart if it may.
SCHEDULE = Schedule(epochs=8, dropped=(0.2, 0.5), decay=1.0)
# Documents, a folder of the data or a whole path each, and the cases about them: of the project's own the half that is
# not held back, and pairs written for training, some over documents written for it, apart from one another since a
# question says only so much of its document as tells it from the others there. None is about `cases/unseen`.
PAIRS = Path(__file__).parent
OF_BUNDLED = (
    *("seed", "bundled", "procedures", "nearmiss", "followups", "citizens", "independent"),
    *("written", "written-seed", "pairs"),
)
OFFICES: Mapping[str, tuple[tuple[Path, ...], tuple[Path, ...]]] = {
    "office-and-seed": (
        (CORPUS, Path("seed")),
        (*(FOLDER / f"{name}.jsonl" for name in OF_BUNDLED), PAIRS / "pairs-office.jsonl"),
    ),
    "portal": ((Path("procedures"),), (FOLDER / "portal.jsonl", PAIRS / "pairs-portal.jsonl")),
    "elsewhere": ((FOLDER / "elsewhere",), (FOLDER / "elsewhere.jsonl", PAIRS / "pairs-elsewhere.jsonl")),
    "provinces": ((PAIRS / "provinces",), (PAIRS / "pairs-provinces.jsonl",)),
    "provinces-2": ((PAIRS / "provinces-2",), (PAIRS / "pairs-provinces-2.jsonl",)),
    "provinces-3": ((PAIRS / "provinces-3",), (PAIRS / "pairs-provinces-3.jsonl",)),
    "provinces-4": ((PAIRS / "provinces-4",), (PAIRS / "pairs-provinces-4.jsonl",)),
}
MOST_PLACES = 3  # in its article, for an answer to tell which sentence was meant
# How often each question counts: laws have more to choose from than XQuAD, and the office is what it is for.
OFTEN = {"wiki": 2, "office": 3}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question, what it is left out with, the documents that answer it, and what in them does: text that begins at
    one of the `places`, or else that has the `quote`.
    """

    question: str
    part: str
    documents: tuple[str, ...]
    places: tuple[int, ...] = ()
    quote: str = ""
    history: tuple[str, ...] = ()

    def answered_by(self, piece: Weighed) -> bool:
        start, end = piece.candidate.start, piece.candidate.end
        if piece.evidence.document_id not in self.documents:
            return False
        if self.places:
            return any(start <= place < end for place in self.places)
        return self.quote in plain(piece.seen.document.text[start:end])


def train_sentences(data: Path, out: Path) -> None:
    """Train on everything, write the model, and print the figures of the cross-validation, which its card shows."""
    kinds = examples(data)
    judged = cross_validated(kinds)
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_bytes(_graph(Trained.on(_learned(kinds), SCHEDULE), judged))
    print(_figures(kinds, judged))


def check_sentences(data: Path) -> None:
    """Print how well the recipe does on what it was not trained on."""
    kinds = examples(data)
    judged = cross_validated(kinds)
    print(_figures(kinds, judged))


def _figures(kinds: Mapping[str, Sequence[Example]], judged: Sequence[Judgement]) -> str:
    """A table in Markdown; every question by models that saw neither it nor, on XQuAD, its article."""
    blend, by_example = blend_of(judged, TREES_SHARE), {id(pair[0]): pair for pair in judged}
    rows = ["| questions | | right one first | MRR@10 |", "|---|---|---|---|"]
    for kind, its in kinds.items():
        mrr, first, _, _ = measured([by_example[id(each)] for each in its], blend)
        rows.append(f"| {kind} | {len(its)} | {first:.3f} | {mrr:.3f} |")
    return "\n".join(rows)


def scorers(data: Path) -> Callable[[str], Ranker]:
    """For each article of XQuAD a scorer that was trained on none of it."""
    kinds = examples(data)
    trained = _folds(kinds)
    judged = _judged(kinds, trained)
    rankers = [Ranker(_graph(each, judged)) for each in trained]
    return lambda article: rankers[fold_of(article)]


def _graph(trained: Trained, judged: Sequence[Judgement]) -> bytes:
    return to_onnx(trained.trees, trained.network, blend_of(judged, TREES_SHARE), judged[0][0].names)


def cross_validated(kinds: Mapping[str, Sequence[Example]]) -> list[Judgement]:
    return _judged(kinds, _folds(kinds))


def _folds(kinds: Mapping[str, Sequence[Example]]) -> list[Trained]:
    learned = _learned(kinds)
    return [Trained.on([each for each in learned if each.fold != fold], SCHEDULE) for fold in range(FOLDS)]


def _judged(kinds: Mapping[str, Sequence[Example]], trained: Sequence[Trained]) -> list[Judgement]:
    return [(each, trained[each.fold].scores(each)) for kind in kinds.values() for each in kind]


def _learned(kinds: Mapping[str, Sequence[Example]]) -> list[Example]:
    """What can be learned from: something that answers is among what is scored, and the judge doesn't need it."""
    often = {kind: OFTEN.get(kind.split(",")[0], 1) for kind in kinds}
    fit = {kind: [each for each in its if each.relevant.any()] for kind, its in kinds.items()}
    fit["office"] = [each for each in fit["office"] if not for_the_judge(each.part)]
    return [each for kind, its in fit.items() for each in its for _ in range(often[kind])]


def examples(data: Path) -> dict[str, list[Example]]:
    """By kind of text and who chose it."""
    found: dict[str, list[Example]] = {}
    for name, texts, labelled in collections(data):
        with indexed(texts) as assistant:
            found[f"{name}, given"] = _examples(labelled, assistant, given=True)
            found[f"{name}, all"] = _examples(labelled, assistant)
    found["office"] = []
    for files, cases in offices(data):
        with closing(open_assistant(Settings(data_dir=files, database_url=None))) as assistant:
            found["office"] += _examples([of_case(case) for case in cases if case.status == "answered"], assistant)
    return found


def collections(data: Path) -> Iterator[tuple[str, Mapping[str, str], list[Labelled]]]:
    """The texts by their ids, and the questions over them."""
    wiki = [Labelled(each.question, each.article, (each.document,), (each.at,)) for each in read(data)]
    yield "wiki", paragraphs(data), wiki
    texts, asked = wiki_written(data)
    written = [Labelled(each.question, each.paragraph, (each.paragraph,), (each.at,)) for each in asked]
    yield "written", texts, written
    articles = _articles(data)
    yield "law", articles, _law(data, articles)


def offices(data: Path) -> Iterator[tuple[Path, list[Case]]]:
    """Indexes of documents, and the cases about these that are learned from."""
    for name, (folders, files) in OFFICES.items():
        found = [folder for folder in (data / folder for folder in folders) if folder.is_dir()]
        cases = [case for file in files for case in load(file) if file.parent == PAIRS or not case.held]
        if found:
            yield ingested(name, *found), cases


def of_case(case: Case) -> Labelled:
    """Without documents where these don't answer it."""
    documents = case.document if case.status == "answered" else ()
    return Labelled(case.question, case.id, documents, quote=plain(case.quote), history=case.history)


def _articles(data: Path) -> dict[str, str]:
    laws = json.loads((data / "alqac2022" / "law.json").read_text(encoding="utf-8"))
    articles = (((law["id"], article["id"]), article["text"]) for law in laws for article in law["articles"])
    return {_name(*id_): text for id_, text in articles}


def _name(law: str, article: str) -> str:
    return "dieu-" + "".join(letter if letter.isalnum() else "-" for letter in f"{law}-{article}").lower()


def _law(data: Path, articles: Mapping[str, str]) -> list[Labelled]:
    """The questions whose answer stands in few places of the one article that is relevant."""
    labelled: list[Labelled] = []
    for row in json.loads((data / "alqac2022" / "question.json").read_text(encoding="utf-8")):
        [relevant] = row["relevant_articles"]
        document = _name(relevant["law_id"], relevant["article_id"])
        labelled.append(Labelled(row["text"], row["id"], (document,), _places(row["answer"], articles[document])))
    return [each for each in labelled if 0 < len(each.places) <= MOST_PLACES]


def _places(answer: str, text: str) -> tuple[int, ...]:
    answer, text = answer.strip().lower(), text.lower()
    return tuple(at for at in range(len(text)) if answer and text.startswith(answer, at))


def _examples(labelled: Sequence[Labelled], assistant: Assistant, *, given: bool = False) -> list[Example]:
    with assistant.shelf.reading() as library:
        made = (_example(each, assistant, library, given=given) for each in labelled)
        return [example for example in made if example is not None]


def _example(labelled: Labelled, assistant: Assistant, library: Library, *, given: bool) -> Example | None:
    """None where there is nothing to choose from."""
    query = weighted(understand(labelled.question, library.taught(assistant.restorer), labelled.history), library)
    documents = labelled.documents if given else None
    pieces = weighed(query, retrieve(query, library, assistant.judges, documents=documents), library)
    pieces = [pieces[at] for at in first_to_score(pieces)]
    if len(pieces) < 2:
        return None
    rows, names = features(query, [each.piece for each in pieces], library.priors.vectors)
    relevant = answering(labelled, pieces)
    return Example(labelled.question, rows, relevant, np.arange(len(pieces)), 1, tuple(names), labelled.part)


def answering(labelled: Labelled, pieces: Sequence[Weighed]) -> NDArray[np.bool_]:
    """What answers, and of pieces within one another the shortest: a sentence rather than the list that it is in."""
    holding = [labelled.answered_by(piece) for piece in pieces]
    spans = [(piece.evidence.document_id, piece.candidate.start, piece.candidate.end) for piece in pieces]
    shorter = [span for span, answers in zip(spans, holding, strict=True) if answers]
    return np.array(
        [
            answers and not any(_within(other, span) for other in shorter if other != span)
            for span, answers in zip(spans, holding, strict=True)
        ],
        dtype=np.bool_,
    )


def _within(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[0] == other[0] and other[1] <= one[1] and one[2] <= other[2]
