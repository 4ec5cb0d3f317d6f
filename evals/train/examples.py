"""What the ranker is trained on: questions, the features of their candidates, and which of these are relevant."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.retrieval.collection import HELD_ONE_IN, is_held

FOLDS = 5
JUDGE_ONE_IN = 8


@dataclass(frozen=True, slots=True)
class Example:
    """`relevant` and `documents` have an entry for each row of `features`; `wanted` counts what should be found.

    `documents` numbers what counts once in a ranking: a document of a collection, or a section.
    """

    question: str
    features: NDArray[np.float32]
    relevant: NDArray[np.bool_]
    documents: NDArray[np.int64]
    wanted: int
    names: tuple[str, ...]  # of the features
    part: str = ""  # what is left out as a whole in cross-validation: an article; the question alone where empty

    @property
    def held(self) -> bool:
        """Kept back from training and tuning: the same fifth as `evals run retrieval --split held`."""
        return is_held(self.question)

    @property
    def fold(self) -> int:
        """Of the cross-validation over what is not held."""
        return fold_of(self.part or self.question)


def pair_of(part: str) -> str:
    """What the two questions of a pair, `…a` and `…b`, have in common, so that they are left out together."""
    return re.sub(r"(?<=\d)[ab]$", "", part)


def for_the_judge(part: str) -> bool:
    """Whether a question of the office, with its pair, teaches only how sure to be (`evals.train.answerable`): of what
    the scorer and the reader make of questions that neither was taught."""
    return int(hashlib.sha256(pair_of(part).encode()).hexdigest(), 16) % JUDGE_ONE_IN == 1


def fold_of(part: str) -> int:
    return int(hashlib.sha256(part.encode()).hexdigest(), 16) // HELD_ONE_IN % FOLDS
