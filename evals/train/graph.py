"""A trained ranker as one ONNX graph: features (candidates, features) to a score each (candidates, 1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.ranker import FEATURES
from evals.train.network import CLIP, FLOOR, Network
from evals.train.trees import Trees

OPSET, TREES_OPSET, IR = 17, 3, 8


@dataclass(frozen=True, slots=True)
class Blend:
    """How the two scores become one: their weights, then what turns the sum into a share between 0 and 1."""

    trees: float
    network: float
    slope: float
    level: float


def to_onnx(trees: Trees, network: Network, blend: Blend, names: Sequence[str]) -> bytes:
    from onnx import TensorProto, helper

    known = helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, len(names)])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, 1])
    nodes = [_trees(trees), *_network(), *_blend()]
    constants = _constants(network, blend)
    return _model(helper.make_graph(nodes, "ranker", [known], [scores], constants), names)


def _model(graph: Any, names: Sequence[str]) -> bytes:  # noqa: ANN401 (onnx has no types)
    from onnx import checker, helper

    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", TREES_OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR, producer_name="hoidap")
    helper.set_model_props(model, {FEATURES: " ".join(names)})
    checker.check_model(model)
    return bytes(model.SerializeToString())


def shares_to_onnx(trees: Trees, names: Sequence[str]) -> bytes:
    """Trees whose score is the logarithm of the odds, as a graph with the same inputs and outputs."""
    from onnx import TensorProto, helper

    known = helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, len(names)])
    shares = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, 1])
    nodes = [_trees(trees), helper.make_node("Sigmoid", ["tree_scores"], ["scores"])]
    return _model(helper.make_graph(nodes, "shares", [known], [shares]), names)


def words_to_onnx(first: Any, first_bias: Any, second: Any, second_bias: Any, names: Sequence[str]) -> bytes:  # noqa: ANN401
    """Two layers, from a word's inputs to its number."""
    from onnx import TensorProto, helper, numpy_helper

    known = helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, len(names)])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, 1])
    nodes = [
        helper.make_node("Gemm", ["features", "first", "first_bias"], ["layer"]),
        helper.make_node("Relu", ["layer"], ["hidden"]),
        helper.make_node("Gemm", ["hidden", "second", "second_bias"], ["scores"]),
    ]
    arrays = {"first": first, "first_bias": first_bias, "second": second, "second_bias": second_bias}
    constants = [numpy_helper.from_array(np.asarray(each, dtype=np.float32), name) for name, each in arrays.items()]
    return _model(helper.make_graph(nodes, "words", [known], [scores], constants), names)


def _constants(network: Network, blend: Blend) -> list[Any]:
    from onnx import numpy_helper

    arrays: dict[str, Any] = {
        "zero": 0,
        "mean": network.mean,
        "deviation": network.deviation,
        "floor": FLOOR,
        "lowest": -CLIP,
        "highest": CLIP,
        "first": network.first,
        "first_bias": network.first_bias,
        "second": network.second,
        "trees_weight": blend.trees * blend.slope,
        "network_weight": blend.network * blend.slope,
        "level": blend.level,
    }
    return [numpy_helper.from_array(np.asarray(value, dtype=np.float32), name) for name, value in arrays.items()]


def _network() -> list[Any]:
    """As `Network.inputs` and `Network.scores`."""
    from onnx.helper import make_node

    return [
        make_node("IsNaN", ["features"], ["unknown"]),
        make_node("Where", ["unknown", "zero", "features"], ["known"]),
        make_node("Sub", ["known", "mean"], ["from_mean"]),
        make_node("Div", ["from_mean", "deviation"], ["everywhere"]),
        make_node("ReduceMean", ["known"], ["mean_here"], axes=[0]),
        make_node("Sub", ["known", "mean_here"], ["from_here"]),
        make_node("Mul", ["from_here", "from_here"], ["squares"]),
        make_node("ReduceMean", ["squares"], ["variance"], axes=[0]),
        make_node("Sqrt", ["variance"], ["spread"]),
        make_node("Add", ["spread", "floor"], ["spread_here"]),
        make_node("Div", ["from_here", "spread_here"], ["here"]),
        make_node("Concat", ["everywhere", "here"], ["inputs"], axis=1),
        make_node("Clip", ["inputs", "lowest", "highest"], ["clipped"]),
        make_node("Gemm", ["clipped", "first", "first_bias"], ["layer"]),
        make_node("Relu", ["layer"], ["hidden"]),
        make_node("MatMul", ["hidden", "second"], ["network_scores"]),
    ]


def _blend() -> list[Any]:
    from onnx.helper import make_node

    return [
        make_node("Mul", ["tree_scores", "trees_weight"], ["of_trees"]),
        make_node("Mul", ["network_scores", "network_weight"], ["of_network"]),
        make_node("Sum", ["of_trees", "of_network", "level"], ["sum"]),
        make_node("Sigmoid", ["sum"], ["scores"]),
    ]


def _trees(trees: Trees) -> Any:  # noqa: ANN401 (onnx has no types)
    from onnx.helper import make_node

    columns: dict[str, list[Any]] = {}
    roots = [tree["tree_structure"] for each in trees.boosters for tree in each.dump_model()["tree_info"]]
    for tree, root in enumerate(roots):
        for row in _rows(root, tree):
            for name, value in row.items():
                columns.setdefault(name, []).append(value)
    return make_node(
        "TreeEnsembleRegressor",
        ["features"],
        ["tree_scores"],
        domain="ai.onnx.ml",
        n_targets=1,
        aggregate_function="SUM",
        post_transform="NONE",
        **columns,
    )


def _rows(root: dict[str, Any], tree: int) -> Iterator[dict[str, Any]]:
    """A tree's nodes and leaves, numbered in the order in which they come."""
    waiting, given = [(0, root)], 1
    while waiting:
        place, node = waiting.pop()
        leaf = "leaf_value" in node
        row = {
            "nodes_treeids": tree,
            "nodes_nodeids": place,
            "nodes_modes": "LEAF" if leaf else "BRANCH_LEQ",
            "nodes_featureids": 0 if leaf else node["split_feature"],
            "nodes_values": 0.0 if leaf else below(node["threshold"]),
            "nodes_truenodeids": 0 if leaf else given,
            "nodes_falsenodeids": 0 if leaf else given + 1,
            "nodes_missing_value_tracks_true": 0 if leaf else int(_unknown_goes_left(node)),
        }
        yield row
        if leaf:
            yield {
                "target_treeids": tree,
                "target_nodeids": place,
                "target_ids": 0,
                "target_weights": float(node["leaf_value"]),
            }
        else:
            waiting += [(given, node["left_child"]), (given + 1, node["right_child"])]
            given += 2


def _unknown_goes_left(node: dict[str, Any]) -> bool:
    """Where no example of a feature was unknown, LightGBM takes what is for 0."""
    return bool(node["threshold"] >= 0 if node["missing_type"] == "None" else node["default_left"])


def below(threshold: float) -> float:
    """The largest float32 not above, so that float32 features go where they went in training."""
    largest = float(np.finfo(np.float32).max)
    threshold = min(max(threshold, -largest), largest)  # that of `anything known` lies beyond
    rounded = float(np.float32(threshold))  # a Python number: numpy compares its own in half the digits
    return float(np.nextafter(np.float32(rounded), np.float32(-np.inf))) if rounded > threshold else rounded
