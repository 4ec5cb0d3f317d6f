"""`python -m evals run retrieval`: the figures of one collection, as typed and typed otherwise."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import retrieve
from assistant.bootstrap import Assistant, open_assistant
from assistant.config import Settings
from assistant.errors import BadQuestion
from assistant.understand import understand
from evals.retrieval.build import Built, Scope, built, seconds_to_change
from evals.retrieval.collection import Question, read_questions
from evals.retrieval.figures import DEPTH, Ranking, figures, intervals, ratio, scores
from evals.retrieval.memory import own_peak_mb
from evals.retrieval.variants import VARIANTS

WARM_UP = 20  # questions, not counted
_SHOWN = 5  # texts of a ranking that went wrong

Figures = dict[str, float]


def add_arguments(parser: argparse.ArgumentParser, shared: Path) -> None:
    """What is searched and with which questions; the suite and its peers take the same."""
    legal = shared / "zalo-legal"
    parser.add_argument("--corpus", type=Path, default=legal / "corpus.jsonl.xz", help="JSONL: id, title, text, source")
    parser.add_argument("--queries", type=Path, default=legal / "queries.jsonl", help="JSONL: id, text")
    parser.add_argument(
        "--qrels", type=Path, default=legal / "qrels.tsv", help="question, text, relevance; tabs between"
    )
    parser.add_argument("--split", choices=("all", "dev", "held"), default="all", help="held: a fifth, by hash")
    parser.add_argument("--limit", type=int, metavar="N", help="of the corpus: the relevant texts and others, N in all")
    parser.add_argument("--questions", type=int, metavar="N", help="ask N questions, drawn by hash")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the index there; built only the first time")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be found in what."""

    scope: Scope
    questions: list[Question]


def task_of(options: argparse.Namespace) -> Task:
    """What the arguments say. BadCollection where the files don't hold it."""
    every = read_questions(options.queries, options.qrels, options.split)
    wanted = frozenset(id_ for question in every for id_ in question.relevant) if options.limit else frozenset[str]()
    asked = read_questions(options.queries, options.qrels, options.split, options.questions)
    return Task(Scope(options.corpus, options.limit, wanted), asked)


def run(options: argparse.Namespace) -> dict[str, object]:
    """Build, ask, print, and give all figures as they go into the JSON file."""
    task = task_of(options)
    with kept_or_temporary(options.data) as data:
        made = built(task.scope, data)
        costs = _costs(made) | _change(task.scope, data, made, options.changes)
        with asking(data) as ask:
            plain = rank(ask, task.questions)
            typed = {name: rank(ask, _typed(task.questions, VARIANTS[name])) for name in options.variant}
        peak = own_peak_mb()
    metrics = figures(plain) | costs | {"query_peak_mb": peak, "questions": len(plain)}
    variants = {name: figures(rankings) | _left(rankings, plain) for name, rankings in typed.items()}
    ranges = intervals(plain)
    _print(metrics, ranges, variants)
    print_failures(plain, options.failures)
    return {"split": options.split, "metrics": metrics, "intervals": ranges, "variants": variants}


@contextmanager
def kept_or_temporary(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory() as temporary:
        yield Path(temporary)


Ask = Callable[[str], tuple[str, ...]]


@contextmanager
def asking(data: Path) -> Iterator[Ask]:
    """The public way from a question to texts, over the index in `data`. NotReady where that can't be opened."""
    assistant = open_assistant(Settings(data_dir=data, database_url=None))
    try:
        yield lambda text: _found(assistant, text)
    finally:
        assistant.close()


def _found(assistant: Assistant, text: str) -> tuple[str, ...]:
    """Ids of the texts whose sections are found, in order; none for what can't be a question.

    The passages that a chat would go on with are fetched too, since that is part of what a question takes.
    """
    try:
        with assistant.shelf.reading() as library:
            query = understand(text, library.taught(assistant.restorer))
            ranked = retrieve.rank(query, library, assistant.judges)
            retrieve.best_passages(ranked, library, retrieve.KEPT)
            texts = [library.sections.forward.documents[at] for at in library.sections.document_of[ranked.sections]]
    except BadQuestion:
        return ()
    return tuple(dict.fromkeys(texts))[:DEPTH]


def rank(ask: Ask, questions: Sequence[Question]) -> list[Ranking]:
    """Ask each question by itself, in order, after a few that only warm up."""
    for question in questions[:WARM_UP]:
        ask(question.text)
    rankings: list[Ranking] = []
    for question in questions:
        began = time.perf_counter()
        found = ask(question.text)
        rankings.append(Ranking(question, found, (time.perf_counter() - began) * 1000))
    return rankings


def _typed(questions: Sequence[Question], variant: Callable[[str, str], str]) -> list[Question]:
    return [replace(question, text=variant(question.text, question.id)) for question in questions]


def _costs(made: Built) -> Figures:
    return {
        "articles": made.articles,
        "passages": made.passages,
        "build_s": made.build_s,
        "build_peak_mb": made.build_peak_mb,
        "index_mb": made.index_mb,
        "data_mb": made.data_mb,
    }


def _change(scope: Scope, data: Path, made: Built, count: int) -> Figures:
    """What a second run takes in which so many texts have changed, and what share that is of the first."""
    if not count:
        return {}
    seconds = seconds_to_change(scope, data, count)
    return {"change_s": seconds, "change_share": seconds / made.build_s}


def _left(rankings: Sequence[Ranking], plain: Sequence[Ranking]) -> Figures:
    """What share of MRR@10 is left when questions are typed so, and between which shares it may lie."""
    share, (low, high) = ratio("mrr@10", rankings, plain)
    return {"mrr_ratio": share, "mrr_ratio_low": low, "mrr_ratio_high": high}


def _print(metrics: Figures, ranges: dict[str, tuple[float, float]], variants: dict[str, Figures]) -> None:
    print("retrieval (95 % intervals)")
    for name, value in metrics.items():
        said = f"{value:10,}" if isinstance(value, int) else f"{value:10,.3f}"
        print(f"  {name:14} {said}" + ("   {:.3f} to {:.3f}".format(*ranges[name]) if name in ranges else ""))
    for variant, its in variants.items():
        kept = [its[name] for name in ("mrr_ratio", "mrr_ratio_low", "mrr_ratio_high")]
        print("{}: {:.1%} of the MRR@10, {:.1%} to {:.1%}".format(variant, *kept))
        print("  " + "  ".join(f"{name} {its[name]:.3f}" for name in (*ranges, "p50_ms", "p95_ms")))


def print_failures(rankings: Sequence[Ranking], count: int) -> None:
    """The questions answered worst and what was found for them; never one that is held back."""
    shown = sorted(
        (r for r in rankings if not r.question.held), key=lambda r: (scores(r)["mrr@10"], scores(r)["recall@50"])
    )
    for ranking in shown[:count]:
        relevant = ranking.question.relevant
        places = [ranking.found.index(id_) + 1 for id_ in relevant if id_ in ranking.found]
        print(f"\n{ranking.question.text}\n  wanted {', '.join(relevant)}; found at {places or 'no place'}")
        print("  " + "\n  ".join(ranking.found[:_SHOWN]))
