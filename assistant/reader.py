"""The reader: a small transformer that reads a question together with a few texts and tells how well each answers it,
and where in it the answer stands.

Measures of words can't tell "bao nhiêu ha rừng trồng" from "bao nhiêu ha rừng trồng là rừng keo"; one who reads can.
The texts are read beside one another: how well one answers depends on what else there is.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from ingest.errors import HoidapError
from ingest.text import old_tones

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BUNDLED = Path(__file__).parent / "models" / "reader-vi"
FILE, TOKENIZER = "reader.onnx", "tokenizer.json"
QUESTION, HEAD, BEFORE, OWN = 48, 28, 24, 80  # how many tokens are read of each, of what stands before the last
ROOM, LEAST = 320, 3  # tokens, beyond which no more texts are read than these few, for time
LONGEST = 512  # tokens of all together; what is beyond is not read
THREADS = 2  # a question takes twice as long on one
START, END = 0, 2  # the tokens before everything, and after each part
OF_TEXTS, OF_QUESTION = 0, 1


@dataclass(frozen=True, slots=True)
class Text:
    """What is read, under which title and headings it stands, and what was said just before, as far as it may be
    needed to understand it.
    """

    head: str
    own: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Packed:
    """A question and texts as one row of tokens (n,) with their `kinds` (n,), and of each text where its own words
    begin and which token ends them, and which characters of its own each of these tokens is."""

    tokens: list[int]
    kinds: list[int]
    spans: list[tuple[int, int]]
    characters: list[list[tuple[int, int]]]

    def pool(self) -> NDArray[np.float32]:
        """What takes the mean of each text's own tokens (texts, n)."""
        pool = np.zeros((len(self.spans), len(self.tokens)), dtype=np.float32)
        for row, (start, end) in zip(pool, self.spans, strict=True):
            row[start : max(end, start + 1)] = 1 / max(end - start, 1)
        return pool

    def ends(self) -> NDArray[np.int64]:
        return np.array([end for _, end in self.spans], dtype=np.int64)


def load_tokenizer(path: Path = BUNDLED) -> Tokenizer:
    from tokenizers import Tokenizer as Read

    return Read.from_file(str(path / TOKENIZER))


def packed(question: str, texts: Sequence[Text], tokenizer: Tokenizer) -> Packed:
    """Of the first texts the `LEAST`, and as many more as there is `ROOM` for; `hoà` and `hòa` are the same."""

    def ids(text: str) -> list[int]:
        return list(tokenizer.encode(old_tones(text), add_special_tokens=False).ids) if text else []

    tokens = [START, *ids(question)[:QUESTION], END]
    kinds = [OF_QUESTION] * len(tokens)
    spans: list[tuple[int, int]] = []
    characters: list[list[tuple[int, int]]] = []
    for text in texts:
        around = [[*part, END] for part in (ids(text.head)[:HEAD], ids(text.before)[-BEFORE:]) if part]
        own = tokenizer.encode(old_tones(text.own), add_special_tokens=False)
        start = len(tokens) + sum(map(len, around))
        end = start + len(own.ids[:OWN]) + 1
        if len(spans) >= LEAST and end > ROOM:
            break
        tokens += [*itertools.chain.from_iterable(around), *own.ids[:OWN], END]
        spans.append((min(start, LONGEST - 2), min(end, LONGEST) - 1))
        characters.append(own.offsets[: max(spans[-1][1] - start, 0)])
    kinds += [OF_TEXTS] * (len(tokens) - len(kinds))
    return Packed(tokens[:LONGEST], kinds[:LONGEST], spans, characters)


@dataclass(frozen=True, slots=True)
class Reading:
    """For each text that is read the logarithm of its chances to be the one that answers against those of none
    (texts,), and of each of its words, by where it begins in the text's own, how likely what is asked for stands there,
    of 1 in all."""

    scores: NDArray[np.float32]
    marks: list[list[tuple[int, float]]]


class Reader:
    """Read-only, for any number of threads."""

    def __init__(self, graph: bytes, tokenizer: Tokenizer) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, path: Path = BUNDLED) -> Reader:
        """Raises HoidapError where the model's files are missing or damaged."""
        try:
            return cls((path / FILE).read_bytes(), load_tokenizer(path))
        except Exception as error:  # onnxruntime and tokenizers raise their own kinds
            raise HoidapError(f"Không đọc được mô hình đọc hiểu {path}. Hãy cài đặt lại hoidap.") from error

    def scores(self, question: str, texts: Sequence[Text]) -> NDArray[np.float32]:
        return self.read(question, texts).scores

    def read(self, question: str, texts: Sequence[Text]) -> Reading:
        """Of the texts, which are in order, as many as there is room for (`packed`)."""
        if not texts:
            return Reading(np.zeros(0, dtype=np.float32), [])
        row = packed(question, texts, self._tokenizer)
        inputs = {
            "tokens": np.array(row.tokens, dtype=np.int64),
            "kinds": np.array(row.kinds, dtype=np.int64),
            "pool": row.pool(),
            "ends": row.ends(),
        }
        scores, marks = self._session.run(["scores", "marks"], inputs)
        spans = zip(row.spans, row.characters, strict=True)
        shares = [_shares(marks[start : start + len(known)], known) for (start, _), known in spans]
        return Reading(cast("NDArray[np.float32]", scores), shares)


def _shares(marks: NDArray[np.float32], characters: Sequence[tuple[int, int]]) -> list[tuple[int, float]]:
    if not characters:
        return []
    likely = np.exp(marks - marks.max())
    starts = (start for start, _ in characters)
    return list(zip(starts, (likely / likely.sum()).tolist(), strict=True))
