"""How far chance may have moved a figure: by drawing as many of what it was measured on again, with replacement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
SEED = 20_260


def draws(count: int) -> NDArray[np.int64]:
    """Which are drawn, the same at each run: (RESAMPLES, count)."""
    return np.random.default_rng(SEED).integers(count, size=(RESAMPLES, count))


def spread(figures: NDArray[np.float64]) -> tuple[float, float]:
    """The range that holds 95 of 100 of the figures of all draws."""
    low, high = np.percentile(figures, [2.5, 97.5])
    return float(low), float(high)


def interval(marks: NDArray[np.float64]) -> tuple[float, float]:
    """The range that holds 95 of 100 means over as many marks drawn again."""
    return spread(marks[draws(len(marks))].mean(axis=1))
