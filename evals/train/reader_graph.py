"""The trained reader as an ONNX graph for one question at a time, its matrices in whole numbers of eight bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.train.e5 import HEADS
from evals.train.graph import IR, OPSET

# Seven bits of the eight: sums of products of eight run over on processors without instructions for them.
MOST = 63
# How far a large input is made smaller and its weights larger: 0 leaves it, 1 makes all inputs alike. At .5, .6, .7, .8
# and .9 the scores of twelve layers are off by .23, .13, .11, .10 and .13 in the mean.
EASED = 0.75
EPSILON = 1e-12
FUSED = "com.microsoft"  # onnxruntime's own: attention at once, without a matrix of all words by all words

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Linear:
    """`weight` (outputs, inputs), and the `largest` that each of its inputs is (inputs,)."""

    weight: Floats
    bias: Floats
    largest: Floats

    @classmethod
    def joined(cls, layers: Sequence[Linear]) -> Linear:
        """Layers over the same inputs as one."""
        weight, bias = (np.concatenate([getattr(layer, part) for layer in layers]) for part in ("weight", "bias"))
        return cls(weight, bias, layers[0].largest)


class _Graph:
    """Nodes in order, and the constants that they use."""

    def __init__(self, layers: Mapping[str, Linear]) -> None:
        self.layers = layers
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: Any) -> str:  # noqa: ANN401 (any array)
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:  # noqa: ANN401
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def split(self, given: str, outputs: list[str]) -> list[str]:
        """(1, n, 3 · width) in as many parts as there are `outputs`."""
        from onnx import helper

        self.nodes.append(helper.make_node("Split", [given], outputs, axis=2))
        return outputs

    def rows(self, name: str, table: Floats, ids: str) -> str:
        """The rows of a table, kept in whole numbers with a scale each."""
        whole, scale = _whole(table, axis=1)
        chosen = self.node("Gather", [self.constant(name, whole), ids], f"{name}.chosen")
        scales = self.node("Gather", [self.constant(f"{name}.scale", scale[:, None]), ids], f"{name}.scales")
        return self.node("Mul", [self.node("Cast", [chosen], f"{name}.cast", to=1), scales], f"{name}.rows")

    def linear(self, name: str, given: str) -> str:
        """`given` (n, inputs) is rounded as it comes, all with one scale, which a few large inputs would make coarse:
        they are made smaller before, and their weights larger."""
        from onnx import helper

        layer = self.layers[name]
        seen, own = np.maximum(layer.largest, 1e-5), np.maximum(np.abs(layer.weight).max(axis=0), 1e-5)
        ease = seen**EASED / own ** (1 - EASED)
        whole, scale = _whole(layer.weight * ease, axis=1)
        eased = self.node("Mul", [given, self.constant(f"{name}.ease", (1 / ease).astype(np.float32))], f"{name}.eased")
        rounded = [f"{name}.{part}" for part in ("rounded", "step", "zero")]
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [eased], rounded))
        inputs = [rounded[0], self.constant(name, np.ascontiguousarray(whole.T)), rounded[2]]
        product = self.node("MatMulInteger", inputs, f"{name}.whole")
        steps = self.node("Mul", [rounded[1], self.constant(f"{name}.scale", scale)], f"{name}.steps")
        scaled = self.node("Mul", [self.node("Cast", [product], f"{name}.cast", to=1), steps], f"{name}.scaled")
        return self.node("Add", [scaled, self.constant(f"{name}.bias", layer.bias)], f"{name}.out")

    def normalized(self, name: str, weights: Mapping[str, Floats], given: str) -> str:
        inputs = [given, *(self.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias"))]
        return self.node("LayerNormalization", inputs, f"{name}.out", epsilon=EPSILON)

    def gelu(self, name: str, given: str) -> str:
        root = self.node("Div", [given, "root of two"], f"{name}.root")
        erf = self.node("Add", [self.node("Erf", [root], f"{name}.erf"), "one"], f"{name}.plus")
        return self.node("Mul", [self.node("Mul", [given, erf], f"{name}.twice"), "half"], f"{name}.gelu")


def _whole(weights: Floats, axis: int) -> tuple[NDArray[np.int8], Floats]:
    """Whole numbers, and what they are multiplied by."""
    scale = np.maximum(np.abs(weights).max(axis=axis), 1e-9) / MOST
    return np.rint(weights / np.expand_dims(scale, axis)).astype(np.int8), scale.astype(np.float32)


def reader_to_onnx(weights: Mapping[str, Floats], largest: Mapping[str, Floats], layers: int) -> bytes:
    """`weights` by the names of `transformers`' BertModel under `body.`, with `mix`, `out` and `mark` above it;
    `largest` by the name of a linear layer how large each of its inputs was seen to be."""
    from onnx import TensorProto, checker, helper

    linears = {name: Linear(weights[f"{name}.weight"], weights[f"{name}.bias"], seen) for name, seen in largest.items()}
    for layer in range(layers):
        own = f"body.encoder.layer.{layer}.attention.self"
        linears[own] = Linear.joined([linears.pop(f"{own}.{part}") for part in ("query", "key", "value")])
    graph = _Graph(linears)
    for name, value in (("root of two", np.sqrt(2)), ("one", 1), ("half", 0.5)):
        graph.constant(name, np.float32(value))
    graph.constant("first axis", np.array([0], dtype=np.int64))
    graph.constant("second axis", np.array([1], dtype=np.int64))

    hidden = _embedded(graph, weights)
    for layer in range(layers):
        hidden = _layer(graph, weights, f"body.encoder.layer.{layer}", hidden)
    mean = graph.node("MatMul", ["pool", hidden], "means")
    ends = graph.node("Gather", [hidden, "ends"], "at ends")
    mixed = graph.gelu("mix", graph.linear("mix", graph.node("Concat", [mean, ends], "both", axis=1)))
    last = graph.constant("out.column", np.ascontiguousarray(weights["out.weight"].T))
    column = graph.node("MatMul", [mixed, last], "column")
    shifted = graph.node("Add", [column, graph.constant("out.bias", weights["out.bias"])], "shifted")
    graph.node("Squeeze", [shifted, "second axis"], "scores")
    marking = graph.constant("mark.column", np.ascontiguousarray(weights["mark.weight"].T))
    graph.node("Squeeze", [graph.node("MatMul", [hidden, marking], "marked"), "second axis"], "marks")

    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, ["n"]),
        helper.make_tensor_value_info("kinds", TensorProto.INT64, ["n"]),
        helper.make_tensor_value_info("pool", TensorProto.FLOAT, ["texts", "n"]),
        helper.make_tensor_value_info("ends", TensorProto.INT64, ["texts"]),
    ]
    outputs = [
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["texts"]),
        helper.make_tensor_value_info("marks", TensorProto.FLOAT, ["n"]),
    ]
    made = helper.make_graph(graph.nodes, "reader", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=IR, producer_name="hoidap")
    checker.check_model(model)
    return bytes(model.SerializeToString())


def _embedded(graph: _Graph, weights: Mapping[str, Floats]) -> str:
    words, kinds, places = (
        weights[f"body.embeddings.{name}_embeddings.weight"] for name in ("word", "token_type", "position")
    )
    length = graph.node("Shape", ["tokens"], "length")
    start = graph.constant("start", np.array([0], dtype=np.int64))
    placed = graph.node("Slice", [graph.constant("places", places), start, length, "first axis"], "placed")
    kind = graph.node("Gather", [graph.constant("kinds known", kinds), "kinds"], "of kind")
    around = graph.node("Add", [placed, kind], "around")
    summed = graph.node("Add", [graph.rows("words", words, "tokens"), around], "summed")
    return graph.normalized("body.embeddings.LayerNorm", weights, summed)


def _layer(graph: _Graph, weights: Mapping[str, Floats], name: str, hidden: str) -> str:
    one = graph.node("Unsqueeze", [graph.linear(f"{name}.attention.self", hidden), "first axis"], f"{name}.one")
    parts = graph.split(one, [f"{name}.{part}" for part in ("query", "key", "value")])
    taken = graph.node("MultiHeadAttention", parts, f"{name}.taken", domain=FUSED, num_heads=HEADS)
    joined = graph.node("Squeeze", [taken, "first axis"], f"{name}.joined")
    seen = graph.node("Add", [graph.linear(f"{name}.attention.output.dense", joined), hidden], f"{name}.seen")
    seen = graph.normalized(f"{name}.attention.output.LayerNorm", weights, seen)
    wide = graph.gelu(f"{name}.wide", graph.linear(f"{name}.intermediate.dense", seen))
    narrow = graph.node("Add", [graph.linear(f"{name}.output.dense", wide), seen], f"{name}.narrow")
    return graph.normalized(f"{name}.output.LayerNorm", weights, narrow)


def weights_of(model: bytes) -> dict[str, Floats]:
    """What `reader_to_onnx` was given, as near as whole numbers keep it: to teach a reader further."""
    import onnx
    from onnx import numpy_helper

    known = {each.name: numpy_helper.to_array(each) for each in onnx.load_from_string(model).graph.initializer}
    found = {name: value for name, value in known.items() if name.endswith(("LayerNorm.weight", "LayerNorm.bias"))}
    for name in (each.removesuffix(".ease") for each in known if each.endswith(".ease")):
        weight = known[name].T * known[f"{name}.scale"][:, None] * known[f"{name}.ease"]
        parts = [f"{name}.{part}" for part in ("query", "key", "value")] if name.endswith(".self") else [name]
        for part, rows, bias in zip(
            parts, np.split(weight, len(parts)), np.split(known[f"{name}.bias"], len(parts)), strict=True
        ):
            found |= {f"{part}.weight": rows, f"{part}.bias": bias}
    found |= {"out.weight": known["out.column"].T, "out.bias": known["out.bias"], "mark.weight": known["mark.column"].T}
    embedded = {"word": known["words"] * known["words.scale"], "token_type": known["kinds known"]}
    for name, table in (embedded | {"position": known["places"]}).items():
        found[f"body.embeddings.{name}_embeddings.weight"] = table
    return {name: np.array(value, dtype=np.float32) for name, value in found.items()}
