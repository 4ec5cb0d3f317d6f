"""Lists of numbers in flat arrays: a million short lists take as little room and time as one long one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint32]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of numbers one after another: list `i` is `flat[starts[i]:starts[i + 1]]`."""

    flat: Ids
    starts: Places

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, at: int) -> Ids:
        return self.flat[self.starts[at] : self.starts[at + 1]]

    def lengths(self) -> Places:
        return np.diff(self.starts)

    def take(self, chosen: NDArray[np.integer]) -> Lists:
        """The chosen lists, in that order."""
        lengths = self.starts[chosen + 1] - self.starts[chosen]
        starts = starts_of(lengths)
        return Lists(self.flat[spread(self.starts[chosen], lengths)], starts)


def spread(begins: NDArray[np.integer], lengths: NDArray[np.integer]) -> Places:
    """The numbers `begin … begin + length - 1` of each pair, one run after another."""
    starts = starts_of(lengths)
    return np.repeat(begins - starts[:-1], lengths) + np.arange(starts[-1])


def starts_of(lengths: NDArray[np.integer]) -> Places:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts
