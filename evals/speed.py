"""How long an answer takes, beside plain BM25 over the same words in the same run, and how long until all is ready."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.bootstrap import Assistant
from evals.case import Case
from ingest.text import words

ROUNDS = 3  # each question is asked so often; the first round warms up and isn't counted
READY_LIMIT = 60.0
_COMMAND = "from assistant.cli import main; main()"


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


def seconds_to_change(corpus: Path) -> float:
    """From starting `hoidap ingest` on a folder of which one file has changed until it is done, index and all."""
    with tempfile.TemporaryDirectory() as folder:
        files, data = Path(folder) / "files", Path(folder) / "data"
        shutil.copytree(corpus, files)
        _ingest(files, data)
        (changed,) = files.glob("tin-*.txt")
        changed.write_text(f"{changed.read_text(encoding='utf-8')}\nTin này sẽ được cập nhật.\n", encoding="utf-8")
        began = time.monotonic()
        _ingest(files, data)
        return time.monotonic() - began


def _ingest(files: Path, data: Path) -> None:
    command = [sys.executable, "-c", _COMMAND, "ingest", str(files), "--json"]
    done = subprocess.run(  # noqa: S603 (our own interpreter and program)
        command, env=os.environ | {"HOIDAP_DATA_DIR": str(data)}, capture_output=True, check=False
    )
    # The manifests beside the documents are no documents, which the exit code tells.
    if done.returncode not in {0, 2}:
        raise RuntimeError(done.stderr.decode(errors="replace"))


def seconds_until_ready(data: Path, port: int = 8761) -> float:
    """From starting `hoidap serve` on a data folder with an index until `/readyz` says so."""
    command = [sys.executable, "-c", _COMMAND, "serve", "--port", str(port)]
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
