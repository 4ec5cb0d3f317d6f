"""Words cut in processes of their own: the one thing about indexing that takes long with the bundled model.

A line of JSON with the texts of
some passages comes in on its standard input, a line of JSON with their words goes out. It ends when its input closes.
"""

from __future__ import annotations

import json
import os
import queue
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from ingest.child import Child
from ingest.errors import HoidapError
from ingest.passages import Fields
from ingest.text import words

_START = "from ingest.cutter import main; main()"
# Passages after which children are started; that takes half a second, in which this process cuts some hundred.
WORTHWHILE = 2_000
WORKERS = min(os.cpu_count() or 1, 8)
# Batches handed to each before the first has to be done.
AHEAD = 4


def cut(passages: Sequence[Fields]) -> list[str]:
    """The words of each passage: a line for its name, one for its heading and one for its own text."""
    above: dict[str, str] = {}  # names and headings stand in many of them
    for text in {text for passage in passages for text in (passage.name, passage.heading)}:
        above[text] = _line(text)
    return [f"{above[each.name]}\n{above[each.heading]}\n{_line(each.own)}" for each in passages]


def _line(text: str) -> str:
    return " ".join(word for word in words(text) if word)


def split(lines: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The words that `cut` wrote down."""
    name, heading, own = (tuple(line.split(" ")) if line else () for line in lines.split("\n"))
    return name, heading, own


class Cutter:
    """Cuts as many batches at a time as there are processors; a context manager that ends the children."""

    def __init__(self) -> None:
        self.ahead = AHEAD * WORKERS
        self._seen = 0
        self._children: queue.SimpleQueue[Child] = queue.SimpleQueue()
        self._started: list[Child] = []
        self._pool = ThreadPoolExecutor(WORKERS, "cut")

    def submit(self, passages: Sequence[Fields]) -> Future[list[str]]:
        """The words of some passages, by and by. The first few are cut here and now."""
        self._seen += len(passages)
        if self._seen > WORTHWHILE:
            return self._pool.submit(self._in_child, passages)
        done: Future[list[str]] = Future()
        done.set_result(cut(passages))
        return done

    def _in_child(self, passages: Sequence[Fields]) -> list[str]:
        try:
            child = self._children.get_nowait()
        except queue.Empty:
            child = _started()
            self._started.append(child)
        lines = _ask(child, passages)
        self._children.put(child)
        return lines

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=kind is None, cancel_futures=True)
        for child in self._started:
            child.stop()


def _ask(child: Child, passages: Sequence[Fields]) -> list[str]:
    """HoidapError where the child has ended: the system stops whatever takes the last memory."""
    texts = [(each.name, each.heading, each.own) for each in passages]
    try:
        child.input.write(json.dumps(texts).encode() + b"\n")
        child.input.flush()
        lines: list[str] = json.loads(child.output.readline())
    except (OSError, ValueError) as error:
        raise _lost(error) from error
    return lines


def _started() -> Child:
    try:
        return Child(_START, {"PYTHONIOENCODING": "utf-8"})
    except OSError as error:
        raise _lost(error) from error


def _lost(why: object) -> HoidapError:
    return HoidapError(
        f"Tiến trình tách từ bị dừng ({why}), thường vì máy thiếu bộ nhớ. Hãy đóng bớt chương trình khác rồi chạy lại."
    )


def main() -> None:
    """Answer until standard input closes."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no reply
    for line in iter(sys.stdin.buffer.readline, b""):
        passages = [Fields(*texts) for texts in json.loads(line)]
        replies.write(json.dumps(cut(passages)).encode() + b"\n")
        replies.flush()
