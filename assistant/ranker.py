"""The trained ranker: features of a question's candidates to one score each.

The model is gradient-boosted trees and a small network, one ONNX graph; `evals.train ranker` makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ingest.errors import HoidapError

BUNDLED = Path(__file__).parent / "models" / "ranker-vi"
SENTENCES = Path(__file__).parent / "models" / "sentences-vi"  # ranks what could be quoted, by `assistant.sentences`
ANSWERABLE = Path(__file__).parent / "models" / "answerable-vi"  # how sure it is that the best of these answers
FILE = "ranker.onnx"
WORDS = "words.onnx"  # beside it in `ANSWERABLE`: what the question's words tell, by `assistant.said`
# Beside the graph's name for its input, what a reader needs to know that it fits: the features' names, in order.
FEATURES = "features"


class Ranker:
    """Read-only, for any number of threads."""

    def __init__(self, graph: bytes) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # a question is a few milliseconds of work
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self.features = self._session.get_modelmeta().custom_metadata_map[FEATURES].split()

    @classmethod
    def load(cls, path: Path = BUNDLED, file: str = FILE) -> Ranker:
        """Raises HoidapError where the model's file is missing or damaged."""
        try:
            return cls((path / file).read_bytes())
        except Exception as error:  # onnxruntime raises its own kinds
            raise HoidapError(f"Không đọc được mô hình xếp hạng {path / file}. Hãy cài đặt lại hoidap.") from error

    def scores(self, features: NDArray[np.float32], names: Sequence[str]) -> NDArray[np.float32]:
        """How likely each candidate (a row) answers, 0 to 1. All candidates of one question come at once.

        HoidapError where the features (columns) are others than the model was trained with.
        """
        if list(names) != self.features:
            raise HoidapError("Mô hình xếp hạng không khớp với chương trình. Hãy cài đặt lại hoidap.")
        if not len(features):
            return np.zeros(0, dtype=np.float32)
        [scores] = self._session.run(None, {"features": features})
        return cast("NDArray[np.float32]", scores)[:, 0]
