"""How long an answer takes, beside plain BM25 over the same words in the same run, and how long until it is ready."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.bootstrap import Assistant
from evals.suites import Case
from ingest.text import words

ROUNDS = 5  # each question is asked so often; the first round warms up and isn't counted
READY_LIMIT = 60.0


def answer_speed(assistant: Assistant, cases: Sequence[Case]) -> dict[str, float]:
    """Milliseconds p50 and p95 for a whole answer and for BM25 alone, and the ratio of the medians."""
    with assistant.shelf.reading() as library:
        bm25 = _times(cases, lambda question: library.search_words(words(question), 10))
    answers = _times(cases, assistant.ask)
    return {
        "answer_p50_ms": statistics.median(answers),
        "answer_p95_ms": statistics.quantiles(answers, n=20)[-1],
        "bm25_p50_ms": statistics.median(bm25),
        "ratio_to_bm25": statistics.median(answers) / statistics.median(bm25),
    }


def _times(cases: Sequence[Case], ask: Callable[[str], object]) -> list[float]:
    spent: list[float] = []
    for round_ in range(ROUNDS):
        for case in cases:
            began = time.perf_counter()
            ask(case.question)
            if round_:
                spent.append((time.perf_counter() - began) * 1000)
    return spent


def seconds_until_ready(data: Path, port: int = 8761) -> float:
    """From starting `hoidap serve` on a data folder with an index until `/readyz` says so."""
    command = [sys.executable, "-c", "from assistant.cli import main; main()", "serve", "--port", str(port)]
    environment = os.environ | {"HOIDAP_DATA_DIR": str(data)}
    began = time.monotonic()
    server = subprocess.Popen(  # noqa: S603 (our own interpreter and program)
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while time.monotonic() - began < READY_LIMIT:
            if _is_ready(port):
                return time.monotonic() - began
            time.sleep(0.05)
        raise TimeoutError(f"not ready after {READY_LIMIT} s")
    finally:
        server.terminate()
        server.wait()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
