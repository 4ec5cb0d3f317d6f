"""The ranker's graph says what the trees and the network say that it was made of, and learns what can be learned."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.ranker import FILE, Ranker
from evals.train.examples import Example
from evals.train.graph import below, to_onnx
from evals.train.ranker import SCHEDULE, Trained, blend_of
from ingest.errors import HoidapError

NAMES = ("one", "two", "three")


def examples(count: int) -> list[Example]:
    """The relevant candidate is the one whose first feature is largest; some features are unknown."""
    rng = np.random.default_rng(3)
    made = []
    for at in range(count):
        rows = rng.normal(size=(20, 3)).astype(np.float32)
        rows[0, 2] = np.nan
        relevant = np.arange(20) == rows[:, 0].argmax()
        made.append(Example(f"câu {at}", rows, relevant, np.arange(20), 1, NAMES))
    return made


@pytest.fixture(scope="module")
def trained() -> Trained:
    return Trained.on(examples(60), SCHEDULE)


def test_the_graph_scores_as_its_parts_do_and_finds_the_relevant(trained: Trained) -> None:
    new = examples(80)[60:]
    judged = [(each, trained.scores(each)) for each in new]
    blend = blend_of(judged)
    ranker = Ranker(to_onnx(trained.trees, trained.network, blend, NAMES))
    assert ranker.features == list(NAMES)
    for each, (trees, network) in judged:
        sums = blend.slope * (blend.trees * trees + blend.network * network) + blend.level
        assert ranker.scores(each.features, NAMES) == pytest.approx(1 / (1 + np.exp(-sums)), abs=1e-5)
    right = [each.relevant[ranker.scores(each.features, NAMES).argmax()] for each in new]
    assert np.mean(right) > 0.4  # 60 questions teach so much; chance is 0.05
    assert ranker.scores(np.zeros((0, 3), dtype=np.float32), NAMES).shape == (0,)
    with pytest.raises(HoidapError, match="không khớp"):
        ranker.scores(each.features, NAMES[::-1])


@pytest.mark.parametrize("threshold", [0.1, 0.2, 0.3, -0.1, -0.7, 8.500000000000002, 1e-35, -1e-35, 1e308, -1e308, 0.0])
def test_a_threshold_parts_the_same_numbers_in_single_precision(threshold: float) -> None:
    near = np.float32(np.clip(threshold, -3e38, 3e38))
    down, up = np.nextafter(near, np.float32(-np.inf)), np.nextafter(near, np.float32(np.inf))
    for number in map(float, (down, near, up)):
        assert (number <= below(threshold)) == (number <= threshold)


def test_a_damaged_model_is_told(tmp_path) -> None:
    (tmp_path / FILE).write_bytes(b"no graph")
    with pytest.raises(HoidapError, match=r"ranker\.onnx"):
        Ranker.load(tmp_path)
