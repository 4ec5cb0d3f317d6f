"""Work done in a process of its own, and the most memory that it took there, helpers' processes included."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_EVERY = 0.25  # seconds between two looks; asking about gigabytes takes the kernel a few milliseconds
_MB = 1_000_000


def in_new_process(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
    """What `work` gives in a fresh interpreter, and the peak memory in MB of that process and all below it."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_watched, partial(work, *args, **kwargs)).result()


def own_peak_mb() -> float:
    """The most memory that this process has had at a time."""
    status = Path("/proc/self/status")
    if status.exists():  # `ru_maxrss` also counts what the parent had when it started this process
        return _kilobytes(status.read_text(encoding="ascii"), "VmHWM:") * 1024 / _MB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (peak if sys.platform == "darwin" else peak * 1024) / _MB


def _watched(work: Callable[[], T]) -> tuple[T, float]:
    done = threading.Event()
    sums = [0.0]
    watcher = threading.Thread(target=_watch, args=(done, sums), daemon=True)
    watcher.start()
    try:
        result = work()
    finally:
        done.set()
        watcher.join()
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return result, max(own_peak_mb(), children / _MB, *sums)


def _watch(done: threading.Event, sums: list[float]) -> None:
    """Note what this process and all below it take together; pages that they share count once."""
    while not done.wait(_EVERY):
        sums.append(sum(_share(pid) for pid in _tree(os.getpid())))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = file.read_text(encoding="ascii").split()
        except OSError:  # it has ended meanwhile
            continue
        for child in children:
            yield from _tree(int(child))


def _share(pid: int) -> float:
    """The process's memory in MB, its share of shared pages only; 0 where it has ended or there is no /proc."""
    try:
        return _kilobytes(Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"), "Pss:") * 1024 / _MB
    except OSError:
        return 0.0


def _kilobytes(table: str, name: str) -> int:
    return next((int(line.split()[1]) for line in table.splitlines() if line.startswith(name)), 0)
