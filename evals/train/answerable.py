"""Trains how sure it is that the best evidence answers: small trees over measures of it, of which one is what a small
network makes of the question's words (`evals.train.words`).

Each question with a known answer is asked twice: with what answers it there, and with that taken away, so that what is
left is near and doesn't answer. Questions that the documents don't answer are asked as they are, near misses and such
as are about something else. Of each the first few pieces are judged. All are questions that the scorer of sentences
and the reader were not taught; the network and these trees take turns at being left out, a pair of questions together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answer import fitting
from assistant.answerable import LOOKED_AT, SAID, features, read_piece, told
from assistant.bootstrap import Assistant, open_assistant
from assistant.config import Settings
from assistant.evidence import Weighed, gather, weighted
from assistant.library import Library
from assistant.ranker import FILE, WORDS
from assistant.retrieve import Judges, retrieve
from assistant.said import Said, names, said
from assistant.types import Found, Query
from assistant.understand import understand
from evals.sentences import read
from evals.train import sentences, words
from evals.train.examples import FOLDS, fold_of, for_the_judge, pair_of
from evals.train.graph import shares_to_onnx, words_to_onnx
from evals.train.sentences import Labelled, of_case
from evals.train.trees import Trees
from ingest.wordvectors import WordVectors, load_word_vectors

ROUNDS = 300
PARAMETERS = {"objective": "binary", "num_leaves": 12, "min_data_in_leaf": 30, "feature_fraction": 0.7}
TAKEN_AWAY = 0.1  # what a question weighs that was made unanswerable so: it is near in words and not in meaning
STRANGE = 3.0  # and one that is about something else altogether: few are known, and users ask anything
REFUSED = (0.01, 0.02, 0.03, 0.05)  # of the right answers; the figures tell what else is refused then

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tried:
    """A piece of evidence as a row, and whether it answers what is `asking`. `part` is what is left out in
    cross-validation."""

    kind: str
    part: str
    asking: str
    row: Floats
    names: tuple[str, ...]
    said: Said
    right: bool


def train_answerable(data: Path, out: Path) -> None:
    """Train on everything, write the models, and print the figures of the cross-validation, which their card shows."""
    tried = list(examples(data))
    judged = _crossed(tried)
    write(tried, judged, out)
    print(_figures(tried, judged))


def write(tried: Sequence[Tried], judged: Crossed, out: Path) -> None:
    vectors = load_word_vectors()
    out.mkdir(parents=True, exist_ok=True)
    trees = _trained(tried, judged.said)
    (out / FILE).write_bytes(shares_to_onnx(trees, (*tried[0].names, SAID)))
    layers = _words(tried, vectors)
    inputs = (layers.first, layers.first_bias, layers.second, layers.second_bias)
    (out / WORDS).write_bytes(words_to_onnx(*inputs, names(vectors)))


def check_answerable(data: Path) -> None:
    """Print how well the recipe does on what it was not trained on."""
    tried = list(examples(data))
    print(_figures(tried, _crossed(tried)))


def examples(data: Path) -> Iterator[Tried]:
    strangers = [Labelled(each.question, each.article, ()) for each in read(data)]
    for at, (files, cases) in enumerate(sentences.offices(data)):
        with closing(open_assistant(Settings(data_dir=files, database_url=None))) as assistant:
            for case in cases:
                kind = {"answered": "office", "not_found": "office, not there"}.get(case.status)
                if kind and for_the_judge(case.id):
                    yield from _asked(kind, of_case(case), assistant)
            for stranger in strangers[at :: len(sentences.OFFICES)]:
                yield from _asked("office, of something else", stranger, assistant)


def _asked(kind: str, labelled: Labelled, assistant: Assistant) -> Iterator[Tried]:
    """As it is, and with what answers it taken away."""
    judges = assistant.judges
    with assistant.shelf.reading() as library:
        query = understand(labelled.question, library.taught(assistant.restorer), labelled.history)
        query = weighted(query, library)
        found = retrieve(query, library, judges)
        pieces = gather(query, found, library, judges.scorer)
        yield from _rows(kind, labelled, query, found, pieces, judges, library)
        if labelled.documents:
            yield from _rows(f"{kind}, taken away", labelled, query, found, _without(labelled, pieces), judges, library)


def _rows(
    kind: str,
    labelled: Labelled,
    query: Query,
    found: Sequence[Found],
    pieces: Sequence[Weighed],
    judges: Judges,
    library: Library,
) -> Iterator[Tried]:
    """Nothing where nothing fits that the scorer has judged, which is refused anyway."""
    judged = [each for each in fitting(pieces)[:LOOKED_AT] if each.judged]
    if not judged:
        return
    assert judges.reader is not None
    texts = [read_piece(each) for each in judged]
    read = judges.reader.read(query.text, texts)
    judged = judged[: len(read.scores)]
    rows, columns = features(query, judged, found, texts[: len(judged)], read)
    vectors = library.priors.vectors
    asking = f"{kind} {labelled.part} {' / '.join((*labelled.history, labelled.question))}"
    for row, each in zip(rows, judged, strict=True):
        right = bool(labelled.documents) and labelled.answered_by(each)
        words_said = said(query.text, [told(each)], vectors)
        yield Tried(kind, labelled.part, asking, row, tuple(columns), words_said, right)


def _without(labelled: Labelled, pieces: Sequence[Weighed]) -> list[Weighed]:
    """Less what answers and all that overlaps it."""
    answering = [piece for piece in pieces if labelled.answered_by(piece)]
    return [piece for piece in pieces if not any(piece.overlaps(other) for other in answering)]


@dataclass(frozen=True, slots=True)
class Crossed:
    """What models that didn't see them make of each: the network over words, and the trees."""

    said: Floats
    shares: Floats


def _crossed(tried: Sequence[Tried]) -> Crossed:
    vectors = load_word_vectors()
    said_, shares = (np.zeros(len(tried), dtype=np.float32) for _ in range(2))
    fold = np.array([_fold(each) for each in tried])
    folds = [(np.flatnonzero(fold != at).tolist(), np.flatnonzero(fold == at).tolist()) for at in range(FOLDS)]
    for others, mine in folds:
        layers = _words([tried[at] for at in others], vectors)
        said_[mine] = layers.totals([tried[at].said for at in mine], vectors)
    for others, mine in folds:
        trees = _trained([tried[at] for at in others], said_[others])
        rows = np.stack([tried[at].row for at in mine])
        shares[mine] = trees.shares(np.column_stack([rows, said_[mine]]).astype(np.float32))
    return Crossed(said_, shares)


def _fold(tried: Tried) -> int:
    return fold_of(pair_of(tried.part))


def _weights(tried: Sequence[Tried]) -> NDArray[np.float64]:
    counted = {"taken away": TAKEN_AWAY, "of something else": STRANGE}
    return np.array([counted.get(each.kind.rpartition(", ")[2], 1.0) for each in tried])


def _right(tried: Sequence[Tried]) -> NDArray[np.bool_]:
    return np.array([each.right for each in tried], dtype=np.bool_)


def _words(tried: Sequence[Tried], vectors: WordVectors) -> words.Layers:
    return words.trained([each.said for each in tried], _right(tried), _weights(tried), vectors)


def _trained(tried: Sequence[Tried], said_: Floats) -> Trees:
    rows = np.column_stack([np.stack([each.row for each in tried]), said_]).astype(np.float32)
    return Trees.of_shares(rows, _right(tried), _weights(tried), PARAMETERS, ROUNDS)


def _figures(tried: Sequence[Tried], judged: Crossed) -> str:
    """A table in Markdown: what is refused where this share of the office's right answers is. Of each question the
    surest piece counts, by models that have not seen the question, nor its article.
    """
    surest: dict[str, int] = {}
    for at, each in enumerate(tried):
        if each.asking not in surest or judged.shares[at] > judged.shares[surest[each.asking]]:
            surest[each.asking] = at
    told_ = list(surest.values())
    shares, right = judged.shares[told_], _right([tried[at] for at in told_])
    kinds = np.array([tried[at].kind for at in told_])
    bounds = np.quantile(shares[right & (kinds == "office")], REFUSED)
    heads = [f"{share:.0%} ({bound:.3f})" for share, bound in zip(REFUSED, bounds, strict=True)]
    lines = [f"| surest evidence | | {' | '.join(heads)} |", "|---|---|" + "---|" * len(heads)]
    for kind in dict.fromkeys(kinds.tolist()):
        for name, of in (("right", right), ("wrong", ~right)):
            own = shares[(kinds == kind) & of]
            if len(own):
                cells = " | ".join(f"{float((own < bound).mean()):.3f}" for bound in bounds)
                lines.append(f"| {kind}, {name} | {len(own)} | {cells} |")
    return "\n".join(lines)
