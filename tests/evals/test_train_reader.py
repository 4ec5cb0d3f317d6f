from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from assistant.reader import Reader, Text, load_tokenizer
from evals.train import e5, reader
from evals.train.examples import for_the_judge
from evals.train.reader import Asked, Offered
from evals.train.reader_graph import weights_of


def test_the_graph_reads_as_the_network_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for rounding."""
    tokenizer = load_tokenizer()
    network = _small(monkeypatch, tokenizer.get_vocab_size())
    texts = [Text("Lệ phí", "50.000 đồng"), Text("", "Ba ngày")]
    row = reader.packed("Lệ phí bao nhiêu?", texts, tokenizer)
    with torch.no_grad():
        wanted, marks = (each[0].numpy() for each in network(*reader._tensors([row])))
    read = Reader(network.graph([row]), tokenizer).read("Lệ phí bao nhiêu?", texts)
    assert np.allclose(read.scores, wanted, atol=0.1)
    for shares, (start, end), text in zip(read.marks, row.spans, texts, strict=True):
        likely = np.exp(marks[start:end])
        assert np.allclose([share for _, share in shares], likely / likely.sum(), atol=0.02)
        assert all(0 <= at < len(text.own) for at, _ in shares)


def test_one_that_is_used_can_be_taught_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its whole numbers tell the weights: a network of these reads as it does, but for how inputs are rounded."""
    tokenizer = load_tokenizer()
    network = _small(monkeypatch, tokenizer.get_vocab_size())
    row = reader.packed("Lệ phí bao nhiêu?", [Text("Lệ phí", "50.000 đồng"), Text("", "Ba ngày")], tokenizer)
    graph = network.graph([row])
    again = reader._Network(weights_of(graph))
    assert again.state_dict().keys() == network.state_dict().keys()
    texts = [Text("Lệ phí", "50.000 đồng"), Text("", "Ba ngày")]
    with torch.no_grad():
        scores = again(*reader._tensors([row]))[0][0].numpy()
    used = Reader(graph, tokenizer).scores("Lệ phí bao nhiêu?", texts)
    assert np.abs(used).min() > 0.01
    assert np.allclose(scores, used, atol=0.005)


def test_learns_what_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = load_tokenizer()
    network = _small(monkeypatch, tokenizer.get_vocab_size())
    monkeypatch.setattr(reader, "LONGEST_STEP", 200)  # a few questions a step
    monkeypatch.setattr(reader, "WARMING", 5)
    asked = [_asked("Màu gì?", (_offered("màu xanh", answers=True), _offered("ba ngày", answers=False)))]
    reader.taught(network, asked * 40, tokenizer, 12, 1e-3)
    row = reader.packed("Màu gì?", [Text("", "ba ngày"), Text("", "màu xanh")], tokenizer)
    scores = Reader(network.graph([row]), tokenizer).scores("Màu gì?", [Text("", "ba ngày"), Text("", "màu xanh")])
    assert scores[1] > 0 > scores[0]


def test_learns_where_the_answer_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = load_tokenizer()
    network = _small(monkeypatch, tokenizer.get_vocab_size())
    monkeypatch.setattr(reader, "LONGEST_STEP", 200)
    monkeypatch.setattr(reader, "WARMING", 5)
    own = "Màu xanh, cao ba mét."
    told = reader._where(own, ("Ba mét|3 m",))
    assert [own[slice(*span)] for span in told] == ["ba mét"]
    asked = [_asked("Cao mấy?", (Offered(Text("", own), answers=True, may=True, place=("", 0), told=told),))]
    reader.taught(network, asked * 40, tokenizer, 12, 1e-3)
    row = reader.packed("Cao mấy?", [Text("", own)], tokenizer)
    [marks] = Reader(network.graph([row]), tokenizer).read("Cao mấy?", [Text("", own)]).marks
    assert sum(share for at, share in marks if own.index(" ba") <= at < own.index(".")) > 0.9


def test_what_may_answer_is_never_shown_as_wrong() -> None:
    tokenizer, rng = load_tokenizer(), random.Random(1)
    pieces = (
        _offered("một", answers=True),
        Offered(Text("", "hai"), answers=False, may=True, place=("", 1)),
        _offered("ba", answers=False),
    )
    asked = _asked("Mấy?", pieces)
    shown = [len(reader.drawn(asked, tokenizer, rng).row.spans) for _ in range(50)]
    assert set(shown) <= {1, 2}  # never all three


def test_a_pair_teaches_the_reader_or_the_judge() -> None:
    parts = [f"pa-{at:03}" for at in range(100)]
    assert all(for_the_judge(f"{part}a") == for_the_judge(f"{part}b") for part in parts)
    assert 4 < sum(map(for_the_judge, parts)) < 22


def _asked(question: str, pieces: tuple[Offered, ...]) -> Asked:
    return Asked(question, "a", office=True, answered=True, offered=pieces)


def _offered(text: str, *, answers: bool) -> Offered:
    return Offered(Text("", text), answers=answers, may=answers, place=("", 0))


def _small(monkeypatch: pytest.MonkeyPatch, words: int) -> reader._Network:
    """A network of one layer that was not pretrained."""
    from transformers import BertModel

    rng = np.random.default_rng(1)
    monkeypatch.setattr(reader, "LAYERS", 1)
    monkeypatch.setattr(e5, "LONGEST", 128)
    shapes = {name: tuple(value.shape) for name, value in BertModel(reader._config(words)).state_dict().items()}
    return reader._Network(
        {
            f"body.{name}": (np.ones(shape) if "LayerNorm.weight" in name else rng.normal(0, 0.05, shape)).astype("f4")
            for name, shape in shapes.items()
            if "pooler" not in name
        }
    )
