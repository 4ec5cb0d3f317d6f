"""`python -m evals run speed`: milliseconds an answer beside BM25, seconds until ready and until a change is seen."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from assistant.bootstrap import CORPUS, open_assistant, open_writing
from assistant.config import Settings
from evals.asking import InProcess
from evals.bench import Bench, LeftOut, Measured
from evals.case import Case
from evals.retrieval.build import Scope, built
from evals.speed import answer_speed, seconds_to_change, seconds_until_ready
from ingest.intake import silent

WHAT = "milliseconds an answer, seconds until ready"
IN_ALL: tuple[str, ...] = ()


def arguments(parser: argparse.ArgumentParser) -> None:
    what = "texts to lay beside the bundled ones, and ask again (JSONL: id, title, text, source; .xz of it too)"
    parser.add_argument("--beside", type=Path, metavar="FILE", help=what)


def measure(bench: Bench, options: argparse.Namespace) -> Measured:
    respondent = bench.respondent
    if not isinstance(respondent, InProcess):
        raise LeftOut("chỉ đo được khi không dùng --url; thời gian trả lời của máy chủ có trong bộ answers")
    metrics = answer_speed(respondent.assistant, bench.own("bundled"))
    metrics |= {"serve_ready_s": seconds_until_ready(respondent.settings.data_dir)}
    metrics |= {"change_s": seconds_to_change(CORPUS)}
    return Measured({"": metrics | (_beside(options.beside, bench.own("bundled")) if options.beside else {})})


def _beside(corpus: Path, cases: Sequence[Case]) -> dict[str, float]:
    """The times of the same questions where the bundled documents are a few among many."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        built(Scope(corpus), data)
        settings = Settings(data_dir=data, database_url=None)
        writing = open_writing(settings, silent)
        with closing(writing.catalog):
            writing.corpus()
        with closing(open_assistant(settings)) as assistant:
            return {f"beside_{name}": value for name, value in answer_speed(assistant, cases).items()}
