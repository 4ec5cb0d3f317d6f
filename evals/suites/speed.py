"""`python -m evals run speed`: milliseconds an answer beside BM25, seconds until ready and until a change is seen."""

from __future__ import annotations

import argparse

from assistant.bootstrap import CORPUS
from evals.asking import InProcess
from evals.bench import Bench, LeftOut, Measured
from evals.speed import answer_speed, seconds_to_change, seconds_until_ready

WHAT = "milliseconds an answer, seconds until ready"
IN_ALL: tuple[str, ...] = ()


def arguments(_parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def measure(bench: Bench, _options: argparse.Namespace) -> Measured:
    respondent = bench.respondent
    if not isinstance(respondent, InProcess):
        raise LeftOut("chỉ đo được khi không dùng --url; thời gian trả lời của máy chủ có trong bộ answers")
    metrics = answer_speed(respondent.assistant, bench.own("bundled"))
    metrics |= {"serve_ready_s": seconds_until_ready(respondent.settings.data_dir)}
    return Measured({"": metrics | {"change_s": seconds_to_change(CORPUS)}})
