"""Trains the ranker: trees and a small network over the same features, added up, and turned into shares of 1.

How the two are weighed and how scores become shares is decided on questions that neither saw: five folds take turns
at being left out. Figures come from the same folds, and from the held fifth, which no fold is trained with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.ranker import FILE
from evals.train.examples import FOLDS, Example
from evals.train.graph import Blend, to_onnx
from evals.train.judged import examples
from evals.train.network import Network, Schedule
from evals.train.trees import Trees

SCHEDULE = Schedule(epochs=30, dropped=(0.1, 0.3), decay=1e-3)
TREES_SHARE = 0.5  # the flat middle: .4 to .6 are alike
NEWTON_STEPS = 50

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trained:
    trees: Trees
    network: Network

    @classmethod
    def on(cls, learned: Sequence[Example], schedule: Schedule) -> Trained:
        return cls(Trees.ranking(learned), Network(learned, schedule))

    def scores(self, example: Example) -> tuple[Scores, Scores]:
        return self.trees.scores(example.features), self.network.scores(example.features)


def train_ranker(data: Path, out: Path) -> None:
    """Train on everything that is not held, write the model, and print the figures that its card shows."""
    kinds = examples(data)
    learned = [each for kind in kinds.values() for each in kind if not each.held]
    judged = cross_validated(kinds)
    blend = blend_of([pair for pair in judged if not pair[0].held])
    final = Trained.on(learned, SCHEDULE)
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_bytes(to_onnx(final.trees, final.network, blend, learned[0].names))
    print(figures_of(kinds, judged, blend))


def check_ranker(data: Path) -> None:
    """Print how well the recipe ranks questions that it was not trained on."""
    kinds = examples(data)
    judged = cross_validated(kinds)
    print(figures_of(kinds, judged, blend_of([pair for pair in judged if not pair[0].held])))


Judgement = tuple[Example, tuple[Scores, Scores]]


def cross_validated(kinds: Mapping[str, Sequence[Example]]) -> list[Judgement]:
    """Each question with the scores of models that were not trained on it; the held ones with those of all folds."""
    learned = [each for kind in kinds.values() for each in kind if not each.held]
    judged: list[Judgement] = []
    for fold in range(FOLDS):
        trained = Trained.on([each for each in learned if each.fold != fold], SCHEDULE)
        judged += [(each, trained.scores(each)) for each in learned if each.fold == fold]
        print(f"fold {fold + 1} of {FOLDS}", flush=True)
    whole = Trained.on(learned, SCHEDULE)
    return judged + [(each, whole.scores(each)) for kind in kinds.values() for each in kind if each.held]


def blend_of(judged: Sequence[Judgement], trees_share: float = TREES_SHARE) -> Blend:
    """Both scores in the share that each has, by their spread; then a logistic curve through what was relevant."""
    trees, network = (np.concatenate([pair[which] for _, pair in judged]) for which in (0, 1))
    weights = trees_share / float(trees.std()), (1 - trees_share) / float(network.std())
    relevant = np.concatenate([each.relevant for each, _ in judged])
    slope, level = _logistic(weights[0] * trees + weights[1] * network, relevant)
    return Blend(*weights, slope, level)


def _logistic(scores: NDArray[np.floating], relevant: NDArray[np.bool_]) -> tuple[float, float]:
    """The slope and the level under which what was relevant is likeliest, by Newton's method."""
    columns = np.stack([scores, np.ones_like(scores)], axis=1).astype(np.float64)
    found = np.array([1.0, -float(scores.max())])
    for _ in range(NEWTON_STEPS):
        share = 1 / (1 + np.exp(-np.clip(columns @ found, -30, 30)))
        bend = (columns * (share * (1 - share))[:, None]).T @ columns + 1e-9 * np.eye(2)
        found += np.clip(np.linalg.solve(bend, columns.T @ (relevant - share)), -2, 2)
    return float(found[0]), float(found[1])


def figures_of(kinds: Mapping[str, Sequence[Example]], judged: Sequence[Judgement], blend: Blend) -> str:
    """A table in Markdown: by kind of text, cross-validated and held."""
    kind_of = {id(each): kind for kind, its in kinds.items() for each in its}
    rows = ["| questions | | MRR@10 | Acc@1 | recall@10 | Brier, first |", "|---|---|---|---|---|---|"]
    for kind in kinds:
        for name, held in (("cross-validated", False), ("held", True)):
            own = [pair for pair in judged if kind_of[id(pair[0])] == kind and pair[0].held == held]
            if own:
                cells = " | ".join(f"{figure:.3f}" for figure in measured(own, blend))
                rows.append(f"| {kind}, {name} | {len(own)} | {cells} |")
    return "\n".join(rows)


def measured(judged: Iterable[Judgement], blend: Blend) -> NDArray[np.float64]:
    """Means of MRR@10, of the first being right, of recall@10, and of the squared error of the first one's share."""
    rows: list[tuple[float, float, float, float]] = []
    for each, (trees, network) in judged:
        scores = blend.slope * (blend.trees * trees + blend.network * network) + blend.level
        order = np.argsort(-scores, kind="stable")
        right = set(each.documents[each.relevant].tolist())
        ten = list(dict.fromkeys(each.documents[order].tolist()))[:10]
        ranks = [rank for rank, document in enumerate(ten, start=1) if document in right]
        first = bool(ranks) and ranks[0] == 1
        share = 1 / (1 + np.exp(-scores[order[0]])) if len(order) else 0.0
        rows.append((1 / ranks[0] if ranks else 0.0, first, len(ranks) / each.wanted, float(share - first) ** 2))
    return np.asarray(np.mean(rows, axis=0))
