"""Gradient-boosted trees that rank each question's candidates (LightGBM, LambdaRank)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.train.examples import Example

ROUNDS = 400
SEEDS = (0,)
PARAMETERS: dict[str, Any] = {
    "objective": "lambdarank",
    "learning_rate": 0.04,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "lambdarank_truncation_level": 10,
    "num_threads": 2,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


class Trees:
    """Boosters of several seeds; their scores are added."""

    def __init__(self, boosters: Sequence[Any]) -> None:
        self.boosters = boosters

    @classmethod
    def ranking(cls, examples: Sequence[Example]) -> Trees:
        """What puts each question's relevant candidates first."""
        import lightgbm

        data = lightgbm.Dataset(
            np.concatenate([each.features for each in examples]),
            np.concatenate([each.relevant for each in examples]).astype(int),
            group=[len(each.features) for each in examples],
            free_raw_data=False,
        )
        return cls([lightgbm.train({**PARAMETERS, "seed": seed}, data, ROUNDS) for seed in SEEDS])

    @classmethod
    def of_shares(
        cls,
        features: NDArray[np.float32],
        right: NDArray[np.bool_],
        weights: NDArray[np.float64],
        parameters: Mapping[str, Any],
        rounds: int,
    ) -> Trees:
        """What tells how likely each row is right; one booster, whose score is the logarithm of the odds."""
        import lightgbm

        data = lightgbm.Dataset(features, right.astype(int), weight=weights, free_raw_data=False)
        return cls([lightgbm.train({**PARAMETERS, **parameters, "seed": SEEDS[0]}, data, rounds)])

    def shares(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(self.boosters[0].predict(features), dtype=np.float32)

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(np.sum([each.predict(features) for each in self.boosters], axis=0), dtype=np.float32)
