"""How good rankings are, with how far chance may have moved each figure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.retrieval.collection import Question

DEPTH = 50  # texts that a ranking is looked at for
RESAMPLES = 1000
_SEED = 20_260
_RECALLS = (1, 10, 50)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The texts found for a question, best first, each once, and how long finding took."""

    question: Question
    found: tuple[str, ...]
    milliseconds: float


def scores(ranking: Ranking) -> dict[str, float]:
    """The figures of one question, each from 0 to 1."""
    relevant, found = ranking.question.relevant, ranking.found
    rank = next((place for place, id_ in enumerate(found[:10], start=1) if id_ in relevant), None)
    recalls = {f"recall@{k}": len(relevant.keys() & set(found[:k])) / len(relevant) for k in _RECALLS}
    gains = [relevant.get(id_, 0) for id_ in found[:10]]
    best = sorted(relevant.values(), reverse=True)[:10]
    return recalls | {
        "acc@1": float(rank == 1),
        "mrr@10": 1 / rank if rank else 0.0,
        "ndcg@10": _discounted(gains) / _discounted(best),
    }


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


def figures(rankings: Sequence[Ranking]) -> dict[str, float]:
    """The means over the questions, and the milliseconds that half and that 95 of 100 questions take at most."""
    p50, p95 = np.percentile([ranking.milliseconds for ranking in rankings], [50, 95])
    means = {name: float(values.mean()) for name, values in _columns(rankings).items()}
    return means | {"p50_ms": float(p50), "p95_ms": float(p95)}


def intervals(rankings: Sequence[Ranking]) -> dict[str, tuple[float, float]]:
    """For each mean the range that holds 95 of 100 means over as many questions drawn with replacement."""
    drawn = _draws(len(rankings))
    return {name: _range(values[drawn].mean(axis=1)) for name, values in _columns(rankings).items()}


def ratio(name: str, part: Sequence[Ranking], whole: Sequence[Ranking]) -> tuple[float, tuple[float, float]]:
    """One figure over that of other rankings of the same questions, in the same order, with its interval."""
    ours, theirs = (np.array([scores(ranking)[name] for ranking in rankings]) for rankings in (part, whole))
    drawn = _draws(len(ours))
    with np.errstate(divide="ignore", invalid="ignore"):
        resampled = np.nan_to_num(ours[drawn].mean(axis=1) / theirs[drawn].mean(axis=1), posinf=0.0)
    return float(ours.mean() / theirs.mean()) if theirs.any() else 0.0, _range(resampled)


def _columns(rankings: Sequence[Ranking]) -> Mapping[str, NDArray[np.float64]]:
    rows = [scores(ranking) for ranking in rankings]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _draws(count: int) -> NDArray[np.int64]:
    """The same resamples at each run: (RESAMPLES, count)."""
    return np.random.default_rng(_SEED).integers(count, size=(RESAMPLES, count))


def _range(means: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
