"""Training of the bundled models: `python -m evals.train MODEL --data DIR [--out DIR] [--check | --further]`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[2]
MODELS = {
    "answerable": PROJECT / "assistant" / "models" / "answerable-vi",
    "embedding": PROJECT / "ingest" / "models" / "embedding-vi",
    "diacritics": PROJECT / "ingest" / "models" / "diacritics-vi",
    "reader": PROJECT / "assistant" / "models" / "reader-vi",
    "ranker": PROJECT / "assistant" / "models" / "ranker-vi",
    "sentences": PROJECT / "assistant" / "models" / "sentences-vi",
}


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.train", description=__doc__)
    parser.add_argument("model", choices=sorted(MODELS))
    parser.add_argument(
        "--data", type=Path, required=True, help="the folder with zalo-legal, viwiki, alqac2022, xquad-vi"
    )
    parser.add_argument("--out", type=Path, help="the model's folder (default: the bundled one)")
    parser.add_argument("--check", action="store_true", help="measure the model that is there instead of training")
    parser.add_argument(
        "--further", action="store_true", help="reader: teach the one that is there further, not from the beginning"
    )
    options = parser.parse_args(argv)
    out = options.out or MODELS[options.model]
    if options.model == "embedding":
        train_embedding(options.data, out) if not options.check else check_embedding(options.data, out)
    elif options.model == "ranker":
        train_ranker(options.data, out) if not options.check else check_ranker(options.data)
    elif options.model == "sentences":
        train_sentences(options.data, out) if not options.check else check_sentences(options.data)
    elif options.model == "reader":
        train_reader(options.data, out, further=options.further) if not options.check else check_reader(options.data)
    elif options.model == "answerable":
        train_answerable(options.data, out) if not options.check else check_answerable(options.data)
    else:
        train_diacritics(options.data, out) if not options.check else check_diacritics(options.data, out)
    return 0


def train_embedding(data: Path, out: Path) -> None:
    from evals.train import embedding  # torch takes seconds to import

    embedding.train_embedding(data, out)


def check_embedding(data: Path, out: Path) -> None:
    from evals.train import search_law

    search_law.check_embedding(data, out)


def train_diacritics(data: Path, out: Path) -> None:
    from evals.train import diacritics

    diacritics.train_diacritics(data, out)


def check_diacritics(data: Path, out: Path) -> None:
    from evals.train import diacritics

    diacritics.check_diacritics(data, out)


def train_ranker(data: Path, out: Path) -> None:
    from evals.train import ranker

    ranker.train_ranker(data, out)


def check_ranker(data: Path) -> None:
    from evals.train import ranker

    ranker.check_ranker(data)


def train_sentences(data: Path, out: Path) -> None:
    from evals.train import sentences

    sentences.train_sentences(data, out)


def check_sentences(data: Path) -> None:
    from evals.train import sentences

    sentences.check_sentences(data)


def train_reader(data: Path, out: Path, *, further: bool) -> None:
    from evals.train import reader

    reader.train_reader(data, out, further=further)


def check_reader(data: Path) -> None:
    from evals.train import reader

    reader.check_reader(data)


def train_answerable(data: Path, out: Path) -> None:
    from evals.train import answerable

    answerable.train_answerable(data, out)


def check_answerable(data: Path) -> None:
    from evals.train import answerable

    answerable.check_answerable(data)
