"""Files parsed where they can do no harm: in child processes with limits, never in the process that ingests.

Whatever a file does to its child (use up memory, compute or wait without end, crash the interpreter), it ends as an
`UnreadableFile` that says what happened. What a child sends back is data of the document's own types and nothing else.
"""

from __future__ import annotations

import io
import json
import pickle
import queue
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest import types
from ingest.child import Child
from ingest.errors import HoidapError, UnreadableFile
from ingest.keeper import KILLED, PARSED, READY, REFUSED, Limits
from ingest.types import ParsedDocument

PARSER = "ingest.parse:parse_file"
_START = "from ingest.keeper import main; main()"

_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}
"""For numpy, which must have no threads when a keeper forks, and tesseract: the files themselves run side by side."""

_RECORDS = (
    ParsedDocument, types.Document, types.Health, types.Relation, types.Unit, types.Passage, types.Figure, types.Task
)  # fmt: skip
_KNOWN = {("datetime", "date"), ("decimal", "Decimal")} | {(types.__name__, kind.__name__) for kind in _RECORDS}

_FALSE = "Kết quả đọc tệp không hợp lệ nên không dùng. Hãy kiểm tra nguồn gốc của tệp trước khi nạp lại."


class Sandbox:
    """Child processes to parse in, as many as there are calls at a time; a context manager that ends them all."""

    def __init__(self, parser: str = PARSER, limits: Limits | None = None) -> None:
        """`parser` names the function that parses (`module:name`), which only the children import."""
        self._parser, self._limits = parser, limits or Limits()
        self._idle: queue.SimpleQueue[_Keeper] = queue.SimpleQueue()
        self._started: list[_Keeper] = []
        self._lock = threading.Lock()
        self._closed = False

    def parse(self, path: Path, source: str) -> ParsedDocument:
        """What the parser makes of the file. May be called from several threads. HoidapError where no child starts."""
        (parsed,) = self.parse_all([(path, source)])
        if isinstance(parsed, UnreadableFile):
            raise parsed
        return parsed

    def parse_all(self, files: Sequence[tuple[Path, str]]) -> list[ParsedDocument | UnreadableFile]:
        """What the parser makes of each file, or why it can't. Small files of plain text share a child, a second's
        thirtieth each otherwise; whatever one of them does to it, the others are parsed."""
        keeper = self._keeper()
        replies = keeper.ask(files)
        if len(replies) == len(files):
            self._idle.put(keeper)
        lost: tuple[bytes, bytes] = (REFUSED, KILLED.encode())
        return [_parsed(*reply) for reply in (*replies, *[lost] * (len(files) - len(replies)))]

    def _keeper(self) -> _Keeper:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            pass
        with self._lock:
            if self._closed:
                raise HoidapError("Việc nạp đã dừng.")
            keeper = _Keeper(self._parser, self._limits)
            self._started.append(keeper)
        keeper.wait_until_ready()
        return keeper

    def close(self) -> None:
        """End every child at once, whatever it is doing."""
        with self._lock:
            self._closed = True
        for keeper in self._started:
            keeper.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class _Keeper:
    """One process of `ingest.keeper`, which parses one file at a time."""

    def __init__(self, parser: str, limits: Limits) -> None:
        try:
            self._child = Child(_START, _ONE_THREAD, [parser, json.dumps(asdict(limits))])
        except OSError as error:
            raise _not_started(error) from error

    def wait_until_ready(self) -> None:
        if self._child.output.read(1) != READY:
            raise _not_started(f"mã {self._child.wait()}")

    def ask(self, files: Sequence[tuple[Path, str]]) -> list[tuple[bytes, bytes]]:
        """The kind of each reply, and the reply; fewer than files where the keeper died, which then can't be asked."""
        request = [{"path": str(path.absolute()), "source": source} for path, source in files]
        replies: list[tuple[bytes, bytes]] = []
        try:
            self._child.input.write(json.dumps(request).encode() + b"\n")
            self._child.input.flush()
            for _ in files:
                head = self._read(5)
                replies.append((head[:1], self._read(int.from_bytes(head[1:], "big"))))
        except (OSError, ValueError, EOFError):
            self.stop()
        return replies

    def _read(self, size: int) -> bytes:
        content = self._child.output.read(size)
        if len(content) < size:
            raise EOFError
        return content

    def stop(self) -> None:
        """A keeper whose input closes ends by itself, and ends what it started."""
        self._child.stop()


def _not_started(why: object) -> HoidapError:
    return HoidapError(f"Không khởi động được tiến trình đọc tệp ({why}). Hãy kiểm tra bản cài đặt rồi chạy lại.")


class _Unpickler(pickle.Unpickler):
    """Makes records of the data model and nothing else: a child that a file took over can't run code here."""

    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module, name)


def _parsed(kind: bytes, content: bytes) -> ParsedDocument | UnreadableFile:
    if kind != PARSED:
        return UnreadableFile(content.decode(errors="replace"))
    try:
        parsed = _Unpickler(io.BytesIO(content)).load()
    except Exception:  # whatever bytes make of themselves
        return UnreadableFile(_FALSE)
    return parsed if isinstance(parsed, ParsedDocument) else UnreadableFile(_FALSE)
