"""What administrators change through the server: files that come in, documents that go.

One thread writes, so that two who upload at once wait for one another; what waits together is one run of the same
pipeline that `hoidap ingest` runs. Jobs are told of while the server lives. A server that is killed loses no document:
a run is whole or nothing, the files are kept (`assistant.originals`) and can be sent again.
"""

from __future__ import annotations

import queue
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from assistant.errors import UploadsFull
from assistant.originals import Arriving, Originals
from ingest.errors import HoidapError, WriterBusy
from ingest.intake import Progress, Step
from ingest.types import Document, FileOutcome, RunReport

PATIENCE = 300.0  # seconds to wait for another process that writes
AGAIN = 1.0  # seconds between two tries
MOST_WAITING = 200
KEPT_JOBS = 1000

JobState = Literal["waiting", "running", "done", "failed"]


class Writer(Protocol):
    """Takes files in under the names they are recorded by, and drops sources, all in one run."""

    def change(self, files: Mapping[str, Path], dropped: Sequence[str]) -> RunReport: ...


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked for and how far it is. `done` of `total` counts what `step` does; 0 where that isn't known.

    `problem` says why it waits or what failed.
    """

    id: str
    kind: Literal["add", "remove"]
    name: str
    source: str
    state: JobState = "waiting"
    step: Step | None = None
    done: int = 0
    total: int = 0
    outcomes: tuple[FileOutcome, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    job: str
    source: str
    path: Path | None = None
    gone: Document | None = None


class _Stopping(HoidapError):
    pass


class Uploads:
    """`write` opens a writer that tells its progress; `changed` is called when another generation serves."""

    def __init__(self, originals: Originals, write: Callable[[Progress], Writer], changed: Callable[[], None]) -> None:
        self.originals = originals
        self._write, self._changed = write, changed
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: queue.Queue[_Asked | None] = queue.Queue()
        self._held: _Asked | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, arriving: Arriving) -> Job:
        """Take a file that has arrived. Raises BadUpload, UploadsFull and StorageProblem; the file is gone then."""
        if self._waiting.qsize() >= MOST_WAITING:
            arriving.discard()
            raise UploadsFull("Đang có quá nhiều tệp chờ nạp. Hãy đợi các tệp trước xong rồi tải tiếp.")
        path = self.originals.keep(arriving)
        job = Job(uuid.uuid4().hex, "add", arriving.name, f"uploads/{arriving.name}")
        return self._ask(job, _Asked(job.id, job.source, path=path))

    def remove(self, document: Document) -> Job:
        job = Job(uuid.uuid4().hex, "remove", document.title, document.source)
        return self._ask(job, _Asked(job.id, job.source, gone=document))

    def job(self, id_: str) -> Job | None:
        with self._lock:
            return self._jobs.get(id_)

    def close(self) -> None:
        """Stop at the next step of what runs; what serves then serves on."""
        self._stopping.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _ask(self, job: Job, asked: _Asked) -> Job:
        with self._lock:
            self._jobs[job.id] = job
            while len(self._jobs) > KEPT_JOBS:
                self._jobs.popitem(last=False)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="uploads", daemon=True)
                self._thread.start()
        self._waiting.put(asked)
        return job

    def _work(self) -> None:
        while not self._stopping.is_set() and (batch := self._batch()):
            self._run(batch)

    def _batch(self) -> list[_Asked]:
        """The next one and what waits behind it, up to one that concerns the same file again; empty at the end."""
        first = self._held or self._waiting.get()
        self._held = None
        batch: list[_Asked] = []
        while first is not None:
            if any(asked.source == first.source for asked in batch):
                self._held = first
                break
            batch.append(first)
            try:
                first = self._waiting.get_nowait()
            except queue.Empty:
                break
        return batch

    def _run(self, batch: Sequence[_Asked]) -> None:
        ids = [asked.job for asked in batch]
        try:
            report = self._written(batch, ids)
        except Exception as error:
            known = isinstance(error, HoidapError)
            problem = str(error) if known else f"Lỗi ngoài dự kiến khi nạp: {type(error).__name__}: {error}"
            self._tell(ids, state="failed", problem=problem)
            return
        for asked in batch:
            own = tuple(
                o for o in report.outcomes if o.source == asked.source or o.source.startswith(asked.source + "/")
            )
            if asked.gone is not None:
                self.originals.forget(asked.gone)
            self._tell([asked.job], outcomes=own)
        self._changed()
        self._tell(ids, state="done", problem="")

    def _written(self, batch: Sequence[_Asked], ids: Sequence[str]) -> RunReport:
        files = {asked.source: asked.path for asked in batch if asked.path}
        dropped = [asked.source for asked in batch if asked.gone]

        def progress(step: Step, done: int, total: int) -> None:
            if self._stopping.is_set():
                raise _Stopping("Máy chủ dừng trước khi nạp xong. Hãy tải lên lại.")
            self._tell(ids, state="running", step=step, done=done, total=total, problem="")

        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self._write(progress).change(files, dropped)
            except WriterBusy as busy:
                if time.monotonic() > until:
                    raise
                self._tell(ids, problem=str(busy))
                if self._stopping.wait(AGAIN):
                    raise _Stopping("Máy chủ dừng trước khi nạp xong. Hãy tải lên lại.") from busy

    def _tell(self, ids: Sequence[str], **change: object) -> None:
        with self._lock:
            for id_ in ids:
                if id_ in self._jobs:
                    self._jobs[id_] = replace(self._jobs[id_], **change)  # type: ignore[arg-type]
