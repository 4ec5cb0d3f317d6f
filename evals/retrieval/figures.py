"""How good rankings are, with how far chance may have moved each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from evals.chance import draws, interval, spread
from evals.retrieval.collection import Question
from ingest.errors import HoidapError

DEPTH = 50  # texts that a ranking is looked at for
# Our names and trec_eval's.
_MEASURES = {
    **{f"recall@{k}": f"recall.{k}" for k in (1, 10, 50)},
    "acc@1": "success.1",
    "mrr@10": "recip_rank",
    "ndcg@10": "ndcg_cut.10",
}


@dataclass(frozen=True, slots=True)
class Ranking:
    """The texts found for a question, best first, each once, and how long finding took."""

    question: Question
    found: tuple[str, ...]
    milliseconds: float


def scores(ranking: Ranking) -> dict[str, float]:
    """The figures of one question, each from 0 to 1, by trec_eval's own code."""
    return _each([ranking])[0]


def _each(rankings: Sequence[Ranking]) -> list[dict[str, float]]:
    """The figures of each question. HoidapError where the library isn't installed."""
    if find_spec("pytrec_eval") is None:
        raise HoidapError("Chưa có thư viện pytrec-eval-terrier. Cài bằng lệnh: pip install 'hoidap[evals]'.")
    from pytrec_eval import RelevanceEvaluator

    relevant = {str(at): dict(ranking.question.relevant) for at, ranking in enumerate(rankings)}
    judge = RelevanceEvaluator(relevant, {*_MEASURES.values()})
    # The place as score: what is found first has the highest.
    found = {str(at): {id_: float(-place) for place, id_ in enumerate(r.found)} for at, r in enumerate(rankings)}
    judged = judge.evaluate(found)
    # It knows no cut of the reciprocal rank.
    first_ten = judge.evaluate({at: dict(list(its.items())[:10]) for at, its in found.items()})
    return [
        {name: _of(judged.get(at), code) for name, code in _MEASURES.items()}
        | {"mrr@10": _of(first_ten.get(at), "recip_rank")}
        for at in relevant
    ]


def _of(judged: Mapping[str, float] | None, code: str) -> float:
    """Nothing was found where nothing is judged."""
    return judged[code.replace(".", "_")] if judged else 0.0


def figures(rankings: Sequence[Ranking]) -> dict[str, float]:
    """The means over the questions, and the milliseconds that half and that 95 of 100 questions take at most."""
    p50, p95 = np.percentile([ranking.milliseconds for ranking in rankings], [50, 95])
    means = {name: float(values.mean()) for name, values in _columns(rankings).items()}
    return means | {"p50_ms": float(p50), "p95_ms": float(p95)}


def intervals(rankings: Sequence[Ranking]) -> dict[str, tuple[float, float]]:
    """For each mean the range that holds 95 of 100 means over as many questions drawn with replacement."""
    return {name: interval(values) for name, values in _columns(rankings).items()}


def ratio(name: str, part: Sequence[Ranking], whole: Sequence[Ranking]) -> tuple[float, tuple[float, float]]:
    """One figure over that of other rankings of the same questions, in the same order, with its interval."""
    ours, theirs = (_columns(rankings)[name] for rankings in (part, whole))
    drawn = draws(len(ours))
    with np.errstate(divide="ignore", invalid="ignore"):
        resampled = np.nan_to_num(ours[drawn].mean(axis=1) / theirs[drawn].mean(axis=1), posinf=0.0)
    return float(ours.mean() / theirs.mean()) if theirs.any() else 0.0, spread(resampled)


def _columns(rankings: Sequence[Ranking]) -> Mapping[str, NDArray[np.float64]]:
    rows = _each(rankings)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
