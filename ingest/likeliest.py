"""The likeliest sequence of syllables through slots that may each hold one of several.

Pairs of neighbours first weed out what can't be on a good path, for all slots at once; threes then decide among what
is left, which is one or two a slot. Numbers of slots follow one another in flat arrays with their lengths beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.lists import Places, spread, starts_of
from ingest.ngrams import END_ID, Ids, Ngrams, Scores

# What is a thousand times less likely than the best of its slot, by pairs, isn't looked at by threes.
_HOPELESS = 1e-3
# Vectors that are multiplied along a text shrink with each slot: brought back after so many.
_RESCALED_EVERY = 8


def choices(ngrams: Ngrams, ids: Ids, odds: Scores, lengths: Places) -> list[int]:
    """Which of its candidates each slot has on the likeliest path; `odds` weigh a candidate by itself, above 0."""
    ids, odds = (np.concatenate([[end], row, [end]]) for end, row in ((END_ID, ids), (1, odds)))
    lengths = np.concatenate([[1], lengths, [1]])
    starts = starts_of(lengths)
    kept = np.flatnonzero(_hopeful(ngrams, ids, odds, lengths))
    left = np.diff(np.searchsorted(kept, starts))
    path = np.array(_best_path(ngrams, ids[kept], odds[kept], left))
    chosen: list[int] = (kept[starts_of(left)[:-1] + path] - starts[:-1])[1:-1].tolist()
    return chosen


def _hopeful(ngrams: Ngrams, ids: Ids, odds: Scores, lengths: Places) -> NDArray[np.bool_]:
    """Whether a candidate is likely enough, by pairs and over all paths, beside the likeliest of its slot."""
    starts = starts_of(lengths)
    left, right, grids = _grid(starts, lengths)
    chances = ngrams.after_one(ids[left], ids[right]) * odds[right]
    chances /= np.repeat(np.maximum.reduceat(chances, grids[:-1]), np.diff(grids))
    shapes = zip(grids, grids[1:], lengths.tolist(), lengths[1:].tolist(), strict=False)
    steps = [chances[first:last].reshape(rows, columns) for first, last, rows, columns in shapes]
    forward = _carried(steps)
    backward = _carried([step.T for step in reversed(steps)])
    likely = np.concatenate(forward) * np.concatenate(backward[::-1])
    return np.asarray(likely >= np.repeat(np.maximum.reduceat(likely, starts[:-1]), lengths) * _HOPELESS)


def _grid(starts: Places, lengths: Places) -> tuple[Places, Places, Places]:
    """Places of every (left, right) of neighbouring slots, row by row, and where each pair of slots begins."""
    rows, columns = lengths[:-1], lengths[1:]
    left = np.repeat(spread(starts[:-2], rows), np.repeat(columns, rows))
    right = spread(np.repeat(starts[1:-1], rows), np.repeat(columns, rows))
    return left, right, starts_of(rows * columns)


def _carried(steps: list[Scores]) -> list[Scores]:
    """How likely each candidate of each slot is reached, from a first slot of one, but for the scale."""
    reached = [np.ones(1)]
    for at, step in enumerate(steps):
        after = reached[-1] @ step
        reached.append(after if at % _RESCALED_EVERY else after / max(after.sum(), np.finfo(float).tiny))
    return reached


def _best_path(ngrams: Ngrams, ids: Ids, odds: Scores, lengths: Places) -> list[int]:
    """Viterbi over pairs of neighbours: one choice for each slot, of which the first and the last have only one."""
    sizes = lengths.tolist()
    second = slice(1, 1 + sizes[1])
    scores = np.log(ngrams.after_one(np.repeat(ids[:1], sizes[1]), ids[second]) * odds[second]).tolist()
    origins = []
    for threes, columns, layers in zip(_threes(ngrams, ids, odds, lengths), sizes[1:], sizes[2:], strict=False):
        scores, origin = _step(scores, threes, columns, layers)
        origins.append(origin)
    path = [0, max(range(len(scores)), key=scores.__getitem__)]
    for origin, layers in zip(origins[::-1], sizes[:1:-1], strict=True):
        path.append(origin[path[-1] * layers + path[-2]])
    return path[::-1]


def _step(scores: list[float], threes: list[float], columns: int, layers: int) -> tuple[list[float], list[int]]:
    """The best score of each (second, third), and the first that it comes through."""
    if len(threes) == 1:
        return [scores[0] + threes[0]], [0]
    reached, origins = [], []
    size = columns * layers
    for second in range(columns):
        before = scores[second::columns]
        for place in range(second * layers, (second + 1) * layers):
            through = [score + three for score, three in zip(before, threes[place::size], strict=True)]
            best = max(through)
            reached.append(best)
            origins.append(through.index(best))
    return reached, origins


def _threes(ngrams: Ngrams, ids: Ids, odds: Scores, lengths: Places) -> Iterator[list[float]]:
    """For each three neighbouring slots, the log chances of every (first, second, third), the third the fastest."""
    starts = starts_of(lengths)
    left, right, grids = _grid(starts[:-1], lengths[:-1])
    pairs, layers = np.diff(grids), lengths[2:]
    deep = np.repeat(layers, pairs)
    third = spread(np.repeat(starts[2:-1], pairs), deep)
    chances = ngrams.after_two(np.repeat(ids[left], deep), np.repeat(ids[right], deep), ids[third]) * odds[third]
    logs = np.log(chances).tolist()
    ends = starts_of(pairs * layers).tolist()
    return (logs[first:last] for first, last in pairwise(ends))
