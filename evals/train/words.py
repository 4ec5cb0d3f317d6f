"""A small network over the words of a question: what each adds that a text says it, or leaves it out.

The words' numbers are added up, so that a question of any length can be judged; the vectors of words are held fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from assistant.said import HOW, PARTS, Said
from ingest.wordvectors import WordVectors

WIDTH, HIDDEN = 24, 48  # of a word's vector, and of the layer
EPOCHS, BATCH, RATE, DECAY, DROPPED = 5, 128, 3e-3, 0.02, 0.3
SUMMED = 5.0  # about how many words tell something: what their sum is divided by while it is trained
SEED = 0

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layers:
    """As the graph has them: `first` (inputs, hidden), `second` (hidden, 1), which gives each word's number."""

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats

    def totals(self, said: Sequence[Said], vectors: WordVectors) -> Floats:
        """A number for each, of its first text."""
        return np.array([self._total(each, vectors) for each in said], dtype=np.float32)

    def _total(self, said: Said, vectors: WordVectors) -> float:
        if not len(said.rows):
            return 0.0
        hidden = np.maximum(said.inputs(vectors) @ self.first + self.first_bias, 0)
        return float((hidden @ self.second + self.second_bias).sum())


class _Words(nn.Module):  # type: ignore[misc]
    def __init__(self, size: int) -> None:
        super().__init__()
        self.narrow = nn.Linear(size, WIDTH, bias=False)
        self.dropped = nn.Dropout(DROPPED)
        self.first = nn.Linear(len(PARTS) * WIDTH + len(HOW), HIDDEN)
        self.second = nn.Linear(HIDDEN, 1)
        self.level = nn.Parameter(torch.zeros(1))

    def forward(self, vectors: torch.Tensor, how: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """`vectors` (texts, words, parts, size), `how` (texts, words, HOW), `there` (texts, words) to odds (texts)."""
        seen = torch.cat([self.dropped(self.narrow(vectors).flatten(2)), how], dim=2)
        each = self.second(self.dropped(torch.relu(self.first(seen))))[..., 0]
        odds: torch.Tensor = (each * there).sum(dim=1) / SUMMED + self.level
        return odds


def trained(
    said: Sequence[Said], right: NDArray[np.bool_], weights: NDArray[np.float64], vectors: WordVectors
) -> Layers:
    """Each of `said` is of one text, which is right or not."""
    torch.manual_seed(SEED)
    network, known = _Words(vectors.unit.shape[1]), torch.from_numpy(vectors.unit)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    order, rng = np.arange(len(said)), np.random.default_rng(SEED)
    steps = EPOCHS * ((len(said) - 1) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1)
    for _ in range(EPOCHS):
        rng.shuffle(order)
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            rows, how, there = _padded([said[at] for at in batch])
            odds = network(known[rows], how, there)
            wanted, weight = (torch.from_numpy(each[batch].astype(np.float32)) for each in (right, weights))
            loss = nn.BCEWithLogitsLoss(weight=weight / weight.sum(), reduction="sum")(odds, wanted)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return _layers(network.eval())


def _padded(said: Sequence[Said]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    most = max(1, *(len(each.rows) for each in said))
    rows = torch.zeros(len(said), most, len(PARTS), dtype=torch.long)
    how, there = torch.zeros(len(said), most, len(HOW)), torch.zeros(len(said), most)
    for at, each in enumerate(said):
        count = len(each.rows)
        rows[at, :count] = torch.from_numpy(each.rows)
        how[at, :count] = torch.from_numpy(each.how[0])
        there[at, :count] = 1
    return rows, how, there


def _layers(network: _Words) -> Layers:
    """The narrowing and the first layer as one."""
    narrow, first = network.narrow.weight.detach().numpy(), network.first.weight.detach().numpy()
    parts = [narrow.T @ first[:, at * WIDTH : (at + 1) * WIDTH].T for at in range(len(PARTS))]
    joined = np.concatenate([*parts, first[:, len(PARTS) * WIDTH :].T])
    biases = (layer.bias.detach().numpy() for layer in (network.first, network.second))
    first_bias, second_bias = biases
    return Layers(joined, first_bias, network.second.weight.detach().numpy().T, second_bias)
