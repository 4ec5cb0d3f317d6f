"""Trains how sure it is that the best evidence answers: small trees over measures of it.

Each question with a known answer is asked twice over all texts, with and without diacritics: with what answers it
there, and with that taken away, so that what is left is near and doesn't answer. Questions that the documents don't
answer are asked as they are, near misses and such as are about something else. The scorer of sentences and these trees
judge only what they were not trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answer import fitting
from assistant.answerable import features
from assistant.bootstrap import Assistant, open_assistant
from assistant.config import Settings
from assistant.evidence import Weighed, gather, weighted
from assistant.library import Library
from assistant.ranker import FILE, Ranker
from assistant.retrieve import retrieve
from assistant.understand import understand
from evals.retrieval.variants import VARIANTS
from evals.sentences import indexed
from evals.train import sentences
from evals.train.examples import FOLDS, fold_of
from evals.train.graph import shares_to_onnx
from evals.train.sentences import Labelled, of_case
from evals.train.trees import Trees
from evals.train.wiki import unanswerable

ROUNDS = 300
PARAMETERS = {"objective": "binary", "num_leaves": 7, "min_data_in_leaf": 30, "feature_fraction": 0.3}
# What a question of the office weighs beside one over general prose or over laws, and one that was made
# unanswerable by taking away beside one that is: these are near in words and not in meaning.
OFFICE, TAKEN_AWAY = 6.0, 0.1
STRANGE_ONE_IN = 6  # of the questions over prose and laws, which are asked of the office, too
ONE_IN = {"written": 6}  # of the questions over prose, to be done in an hour
REFUSED = (0.01, 0.02, 0.03, 0.05)  # of the right answers; the figures tell what else is refused then

Floats = NDArray[np.float32]
Scorers = Callable[[str], Ranker]


@dataclass(frozen=True, slots=True)
class Tried:
    """A question's best evidence as a row, and whether it answers. `part` is what is left out in cross-validation."""

    kind: str
    part: str
    row: Floats
    names: tuple[str, ...]
    right: bool


def train_answerable(data: Path, out: Path) -> None:
    """Train on everything, write the model, and print the figures of the cross-validation, which its card shows."""
    tried = list(examples(data))
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_bytes(shares_to_onnx(_trained(tried), tried[0].names))
    print(_figures(tried))


def check_answerable(data: Path) -> None:
    """Print how well the recipe does on what it was not trained on."""
    print(_figures(list(examples(data))))


def examples(data: Path) -> Iterator[Tried]:
    scorers = sentences.scorers(data)
    strangers: list[Labelled] = []
    for name, texts, labelled in sentences.collections(data):
        strangers += [replace(each, documents=(), places=()) for each in labelled[::STRANGE_ONE_IN]]
        with indexed(texts) as assistant:
            yield from _tried(name, labelled[:: ONE_IN.get(name, 1)], assistant, scorers)
            if name == "written":
                for near in unanswerable():
                    question = Labelled(near.question, near.paragraph, ())
                    yield from _asked("written, not there", question, assistant, scorers, without=False)
    for at, (files, cases) in enumerate(sentences.offices(data)):
        with closing(open_assistant(Settings(data_dir=files, database_url=None))) as assistant:
            yield from _tried("office", [of_case(c) for c in cases if c.status == "answered"], assistant, scorers)
            for stranger in strangers if at == 0 else ():
                yield from _asked("office, of something else", stranger, assistant, scorers, without=False)
            for case in cases:
                if case.status == "not_found":
                    question = Labelled(case.question, case.id, (), history=case.history)
                    yield from _asked("office, not there", question, assistant, scorers, without=False)


def _tried(kind: str, labelled: Sequence[Labelled], assistant: Assistant, scorers: Scorers) -> Iterator[Tried]:
    for each in labelled:
        for typed in (each, _bare(each)):
            yield from _asked(kind, typed, assistant, scorers, without=False)
            yield from _asked(f"{kind}, taken away", typed, assistant, scorers, without=True)


def _bare(labelled: Labelled) -> Labelled:
    """Typed without diacritics: less of it can be found, though it is answered as well."""
    write = VARIANTS["nodia"]
    history = tuple(write(each, labelled.part) for each in labelled.history)
    return replace(labelled, question=write(labelled.question, labelled.part), history=history)


def _asked(kind: str, labelled: Labelled, assistant: Assistant, scorers: Scorers, *, without: bool) -> Iterator[Tried]:
    """Nothing where nothing fits that the scorer has judged, which is refused anyway."""
    with assistant.shelf.reading() as library:
        query = understand(labelled.question, library.taught(assistant.restorer), labelled.history)
        query = weighted(query, library)
        rest = _rest(labelled.documents, library) if without and not labelled.quote else None
        found = retrieve(query, library, assistant.judges, documents=rest)
        pieces = gather(query, found, library, scorers(labelled.part))
        if without:
            pieces = _without(labelled, pieces)
        fit = fitting(query, pieces)
        if fit and fit[0].judged:
            row, names = features(query, fit, found)
            right = not without and labelled.answered_by(fit[0])
            yield Tried(kind, labelled.part, row[0], tuple(names), right)


def _rest(documents: Collection[str], library: Library) -> list[str]:
    return [document.id for document in library.documents() if document.id not in documents]


def _without(labelled: Labelled, pieces: Sequence[Weighed]) -> list[Weighed]:
    """Less what answers and all that overlaps it."""
    answering = [piece for piece in pieces if labelled.answered_by(piece)]
    return [piece for piece in pieces if not any(piece.overlaps(other) for other in answering)]


def _trained(tried: Sequence[Tried]) -> Trees:
    rows, right = np.stack([each.row for each in tried]), np.array([each.right for each in tried])
    weights = np.array(
        [
            (OFFICE if each.kind.startswith("office") else 1.0) * (TAKEN_AWAY if each.kind.endswith("away") else 1.0)
            for each in tried
        ]
    )
    return Trees.of_shares(rows, right, weights, PARAMETERS, ROUNDS)


def _figures(tried: Sequence[Tried]) -> str:
    """A table in Markdown: what is refused where this share of the office's right answers is, by models that have not
    seen the question, nor its article.
    """
    shares = np.zeros(len(tried))
    for fold in range(FOLDS):
        trained = _trained([each for each in tried if fold_of(each.part) != fold])
        mine = [at for at, each in enumerate(tried) if fold_of(each.part) == fold]
        shares[mine] = trained.shares(np.stack([tried[at].row for at in mine]))
    right = np.array([each.right for each in tried])
    kinds = np.array([each.kind for each in tried])
    bounds = np.quantile(shares[right & (kinds == "office")], REFUSED)
    heads = [f"{share:.0%} ({bound:.3f})" for share, bound in zip(REFUSED, bounds, strict=True)]
    lines = [f"| best evidence | | {' | '.join(heads)} |", "|---|---|" + "---|" * len(heads)]
    for kind in dict.fromkeys(each.kind for each in tried):
        for said, of in (("right", right), ("wrong", ~right)):
            own = shares[(kinds == kind) & of]
            if len(own):
                cells = " | ".join(f"{float((own < bound).mean()):.3f}" for bound in bounds)
                lines.append(f"| {kind}, {said} | {len(own)} | {cells} |")
    return "\n".join(lines)
