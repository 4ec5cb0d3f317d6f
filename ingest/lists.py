"""Lists of numbers in flat arrays: a million short lists take as little room and time as one long one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint32]
Places = NDArray[np.int64]
T = TypeVar("T", bound=np.generic)

# With fewer lists to a run than this, numpy gathers number by number faster than run by run.
FEW_TO_A_RUN = 8


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
        return Lists(taken(self.flat, self.starts, chosen), starts_of(self.starts[chosen + 1] - self.starts[chosen]))


def taken(flat: NDArray[T], starts: Places, chosen: NDArray[np.integer]) -> NDArray[T]:
    """The chosen lists one after another; runs of neighbours are copied whole, which takes no list of their places."""
    if not len(chosen):
        return flat[:0]
    breaks = np.flatnonzero(np.diff(chosen) != 1) + 1
    if len(breaks) > len(chosen) // FEW_TO_A_RUN:
        return flat[spread(starts[chosen], starts[chosen + 1] - starts[chosen])]
    firsts, lasts = chosen[np.r_[0, breaks]], chosen[np.r_[breaks - 1, len(chosen) - 1]]
    return np.concatenate([flat[starts[a] : starts[b + 1]] for a, b in zip(firsts, lasts, strict=True)])


def mapped(path: Path) -> NDArray[Any]:
    """A saved array, read where it is wanted: a plain view of the mapping, since numpy is slow to slice mappings."""
    return np.asarray(np.load(path, mmap_mode="r"))


def spread(begins: NDArray[np.integer], lengths: NDArray[np.integer]) -> Places:
    """The numbers `begin … begin + length - 1` of each pair, one run after another."""
    starts = starts_of(lengths)
    return np.repeat(begins - starts[:-1], lengths) + np.arange(starts[-1])


def starts_of(lengths: NDArray[np.integer]) -> Places:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts
