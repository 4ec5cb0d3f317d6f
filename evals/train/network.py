"""A small network that ranks each question's candidates: a softmax over them, the relevant ones to win.

It sees each feature against all examples and against the question's other candidates, and errs elsewhere than trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from evals.train.examples import Example

HIDDEN = 64
QUESTIONS = 16  # in a batch
SEEDS = (0,)
CLIP = 5.0
FLOOR = 1e-3  # of a feature's deviation within a question

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long to train, and what keeps the weights small: shares that are dropped (inputs, hidden), and decay."""

    epochs: int
    dropped: tuple[float, float]
    decay: float


class Network:
    """Networks of several seeds, side by side as one: `first` (inputs, hidden), `second` (hidden, 1)."""

    def __init__(self, examples: Sequence[Example], schedule: Schedule) -> None:
        self._schedule = schedule
        known = np.nan_to_num(np.concatenate([each.features for each in examples]))
        self.mean = known.mean(axis=0)
        self.deviation = known.std(axis=0) + 1e-6
        trained = [self._train(examples, seed) for seed in SEEDS]
        self.first = np.concatenate([each[0] for each in trained], axis=1)
        self.first_bias = np.concatenate([each[1] for each in trained])
        self.second = np.concatenate([each[2] for each in trained]) / len(SEEDS)

    def inputs(self, features: Floats) -> Floats:
        known = np.nan_to_num(features)
        everywhere = (known - self.mean) / self.deviation
        here = (known - known.mean(axis=0)) / (known.std(axis=0) + FLOOR)
        return np.asarray(np.clip(np.concatenate([everywhere, here], axis=1), -CLIP, CLIP), dtype=np.float32)

    def scores(self, features: Floats) -> Floats:
        hidden = np.maximum(self.inputs(features) @ self.first + self.first_bias, 0)
        return np.asarray((hidden @ self.second)[:, 0], dtype=np.float32)

    def _train(self, examples: Sequence[Example], seed: int) -> tuple[Floats, Floats, Floats]:
        how = self._schedule
        torch.manual_seed(seed)
        inputs, wanted, there = self._padded([each for each in examples if each.relevant.any()])
        layers = nn.Sequential(
            nn.Dropout(how.dropped[0]),
            nn.Linear(inputs.shape[2], HIDDEN),
            nn.ReLU(),
            nn.Dropout(how.dropped[1]),
            nn.Linear(HIDDEN, 1),
        )
        optimizer = torch.optim.AdamW(layers.parameters(), lr=2e-3, weight_decay=how.decay)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, how.epochs)
        for _ in range(how.epochs):
            for batch in torch.split(torch.randperm(len(inputs)), QUESTIONS):
                scores = layers(inputs[batch])[..., 0].masked_fill(~there[batch], -1e4).log_softmax(dim=1)
                loss = -(scores * wanted[batch]).sum(dim=1).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            schedule.step()
        first, first_bias, second, _ = (each.detach().numpy() for each in layers.parameters())
        return first.T, first_bias, second.T

    def _padded(self, examples: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Inputs (questions, candidates, inputs), each one's share of the softmax, and which are there."""
        most = max(len(each.features) for each in examples)
        width = 2 * examples[0].features.shape[1]
        inputs = torch.zeros(len(examples), most, width)
        wanted, there = torch.zeros(len(examples), most), torch.zeros(len(examples), most, dtype=torch.bool)
        for at, each in enumerate(examples):
            count = len(each.features)
            inputs[at, :count] = torch.from_numpy(self.inputs(each.features))
            wanted[at, :count] = torch.from_numpy(each.relevant / each.relevant.sum())
            there[at, :count] = True
        return inputs, wanted, there
