"""`python -m evals run peers`: the same questions over the same texts, through hoidap and what could be had instead."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from evals.retrieval.build import built
from evals.retrieval.collection import Question
from evals.retrieval.figures import Ranking, figures, intervals
from evals.retrieval.memory import in_new_process
from evals.retrieval.suite import Figures, asking, kept_or_temporary, rank, task_of
from evals.retrieval.systems import SYSTEMS, Ask, Texts, dense

NEEDED = ("bm25s", "langchain_chroma", "langchain_classic", "langchain_community", "rank_bm25")
QUESTIONS = 200  # by default: the slow ones take a good part of a second each
_OURS = "hoidap"
_SHOWN = ("mrr@10", "acc@1", "recall@10", "p50_ms", "times_ours", "build_s", "peak_mb")

Interval = tuple[float, float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(questions=QUESTIONS)
    parser.add_argument("--systems", nargs="*", choices=SYSTEMS, default=list(SYSTEMS), help="only these beside hoidap")
    parser.add_argument(
        "--model", nargs="+", type=Path, default=(), help="sentence-transformers models in these folders"
    )


def missing() -> list[str]:
    """What isn't installed of what the others need."""
    return [name for name in NEEDED if find_spec(name) is None]


def run(options: argparse.Namespace) -> dict[str, object]:
    """Each system in a process of its own, one after the other; all figures as they go into the JSON file.

    `times_ours` is how many times as long as through hoidap half of the questions take at most. Peak memory is that
    of building and asking. Cutting texts into words is not in the others' `build_s`: it is done once for all.
    """
    task = task_of(options)
    metrics: dict[str, Figures] = {}
    ranges: dict[str, dict[str, Interval]] = {}

    def note(name: str, rankings: Sequence[Ranking], build_s: float, peak_mb: float) -> None:
        its = figures(rankings) | {"build_s": build_s, "peak_mb": peak_mb}
        metrics[name] = its | {"times_ours": its["p50_ms"] / metrics.get(_OURS, its)["p50_ms"]}
        ranges[name] = intervals(rankings)
        _print(name, metrics[name])

    print(f"{len(task.questions)} questions\n{'':24}" + "".join(f"{name:>11}" for name in _SHOWN))
    with kept_or_temporary(options.data) as data:
        made = built(task.scope, data)
        rankings, peak = in_new_process(_ours, data, task.questions)
    note(_OURS, rankings, made.build_s, max(made.build_peak_mb, peak))
    systems: dict[str, Callable[[Texts], Ask]] = {name: SYSTEMS[name] for name in options.systems}
    systems |= {path.name: partial(dense, path=path) for path in options.model}
    for name, system in systems.items():
        with tempfile.TemporaryDirectory() as folder:
            (rankings, seconds), peak = in_new_process(_theirs, system, Texts(task.scope, Path(folder)), task.questions)
        note(name, rankings, seconds, peak)
    return {"split": options.split, "metrics": metrics, "intervals": ranges}


def _ours(data: Path, questions: Sequence[Question]) -> list[Ranking]:
    with asking(data) as ask:
        return rank(ask, questions)


def _theirs(system: Callable[[Texts], Ask], texts: Texts, questions: Sequence[Question]) -> tuple[list[Ranking], float]:
    """Its rankings, and the seconds until it could be asked."""
    for _ in texts.words():
        pass  # cut now, so that it is not counted
    began = time.perf_counter()
    ask = system(texts)
    seconds = time.perf_counter() - began
    return rank(ask, questions), seconds


def _print(name: str, its: Figures) -> None:
    print(f"{name:24}" + "".join(f"{its[figure]:11,.3f}" for figure in _SHOWN), flush=True)
