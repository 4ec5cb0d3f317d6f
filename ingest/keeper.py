"""The process that has files parsed in children of its own, one at a time, and outlives what they do to those.

`ingest.sandbox` starts it and asks for some files after others: a line of JSON with the `path` and `source` of each
comes in on standard input, and for each a reply goes out on standard output: its kind (PARSED or REFUSED), its length
in four bytes, and a pickled ParsedDocument or a reason. It has imported the readers, so that a child is forked with
them in milliseconds; the run itself, with its threads and its gigabyte of libraries, is never forked.

A file has a child to itself, which takes 20 to 30 ms. Files asked for together share one as far as they are plain
text, which Python alone reads in one or two; a file that the shared child does not survive, or that is no plain text
after all, gets a child of its own.

A child is the leader of its own session: the programs that readers start (LibreOffice, tesseract) die with it. When
standard input closes, which is what the operating system does however the run ends, the keeper kills the child,
removes its temporary folder and ends. Where there is no fork (Windows) the keeper parses by itself, and only the time
is limited.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import pickle
import pkgutil
import select
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from ingest import read
from ingest.errors import UnreadableFile, as_unreadable
from ingest.read import pulse, sniff
from ingest.types import ParsedDocument

PRELOADED = ("pypdfium2", "pdfplumber", "openpyxl", "viparse", "xlrd")
"""Libraries that readers import when they need them, half a second in all; imported here, as the readers are, every
child has them for nothing: a page of HTML then takes 22 ms instead of 48, a PDF of five pages 95 instead of 140."""

READY, PARSED, REFUSED = b"+", b"=", b"!"
ALONE = b"?"
"""A child's word for a file that must not share it; it never leaves the keeper."""
BEAT = b"."


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may use: bytes of address space and of each file written, seconds, and bytes of the reply.

    A reader that reports its pages may go on for `total` seconds, enough for a scan of two thousand pages, as long
    as no page takes `silence` seconds, nor `cpu` seconds of computing in one process.
    """

    # A docx with 40 MB of XML takes 1 GB, LibreOffice reserves as much; nothing honest computed for 20 seconds. A page
    # of OCR and a conversion by another program have limits of their own, of 120 seconds.
    memory: int = 2 << 30
    written: int = 1 << 30
    cpu: int = 60
    silence: float = 150
    total: float = 4 * 3600
    # Some twenty times the units of the longest law.
    reply: int = 64 << 20


OUT_OF_MEMORY = "Đọc tệp cần nhiều bộ nhớ hơn mức cho phép nên đã dừng. Hãy tách tệp thành các phần nhỏ rồi nạp lại."
TOO_SLOW = (
    "Đọc tệp quá lâu nên đã dừng. Hãy tách tệp thành các phần nhỏ hơn, hoặc lưu lại ở định dạng khác, rồi nạp lại."
)
TOO_BUSY = "Tệp đòi hỏi tính toán quá nhiều nên đã dừng đọc. Hãy tách nhỏ tệp, hoặc lưu lại dạng .docx, rồi nạp lại."
TOO_LONG = "Nội dung đọc được từ tệp quá dài nên không nhận. Hãy tách tệp thành các phần nhỏ hơn rồi nạp lại."
KILLED = (
    "Tiến trình đọc tệp bị hệ điều hành dừng, thường vì máy thiếu bộ nhớ. Hãy đóng bớt chương trình khác rồi nạp lại; "
    "nếu vẫn bị dừng, hãy tách nhỏ tệp."
)


def _crashed(how: str) -> str:
    return (
        f"Chương trình đọc tệp bị lỗi nghiêm trọng ({how}), có thể vì tệp bị hỏng. Hãy mở tệp bằng phần mềm soạn thảo, "
        "lưu lại rồi nạp lại."
    )


class _Stopped(Exception):
    """The child went over a limit; the message is the reason."""


@dataclass(frozen=True, slots=True)
class _Task:
    """Files to parse, each by its path and source, and what each may take."""

    parse: Callable[[Path, str], ParsedDocument]
    files: tuple[tuple[Path, str], ...]
    limits: Limits


def main() -> None:
    """Serve requests until standard input closes. Arguments: the function that parses (`module:name`), the limits."""
    module, _, name = sys.argv[1].partition(":")
    limits = Limits(**json.loads(sys.argv[2]))
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no reply
    parse = getattr(importlib.import_module(module), name)
    readers = (reader.name for reader in pkgutil.iter_modules(read.__path__, f"{read.__name__}."))
    for needed in (*PRELOADED, *readers):
        importlib.import_module(needed)
    gc.freeze()  # the children share these objects' memory for as long as nobody touches them
    replies.write(READY)
    replies.flush()
    answer = _in_children if hasattr(os, "fork") else _here
    for line in iter(sys.stdin.buffer.readline, b""):
        files = tuple((Path(file["path"]), file["source"]) for file in json.loads(line))
        for reply in answer(_Task(parse, files, limits)):
            replies.write(_framed(reply))
        replies.flush()


def _framed(reply: bytes) -> bytes:
    """A reply as it is sent: its kind, the length of its content, its content."""
    return reply[:1] + (len(reply) - 1).to_bytes(4, "big") + reply[1:]


def _in_children(task: _Task) -> Iterator[bytes]:
    """The reply for each file, in order."""
    at = 0
    while at < len(task.files):
        replies, reason = _in_child(replace(task, files=task.files[at:]))
        if len(task.files) == 1:
            yield REFUSED + reason.encode() if reason else replies[0]
            return
        # What a shared child did not survive is the file after its last reply.
        for file, reply in zip(task.files[at:], [*replies, ALONE], strict=False):
            yield reply if reply != ALONE else next(_in_children(replace(task, files=(file,))))
        at += len(replies) + 1


def _in_child(task: _Task) -> tuple[list[bytes], str]:
    """The replies of a child that parses the files, and why there are no more; the reason is empty for all of them."""
    with tempfile.TemporaryDirectory(prefix="hoidap-", ignore_cleanup_errors=True) as folder:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _be_child(writing, task, folder)
        os.close(writing)
        said = bytearray()
        reason = ""
        try:
            _listen(reading, task.limits, said)
        except _Stopped as stopped:
            reason = str(stopped)
        finally:
            os.close(reading)
            status = _end(child)
    replies = _replies(bytes(said))
    silent = _crashed("mã 0") if len(replies) < len(task.files) else ""
    return replies, reason or _reason(status) or silent


def _replies(said: bytes) -> list[bytes]:
    """The whole replies among what a child said, without its beats."""
    replies: list[bytes] = []
    at = 0
    while True:
        while said[at : at + 1] == BEAT:
            at += 1
        begin = at + 5
        end = begin + int.from_bytes(said[at + 1 : begin], "big")
        if len(said) < max(begin, end):
            return replies
        replies.append(said[at : at + 1] + said[begin:end])
        at = end


def _listen(reading: int, limits: Limits, said: bytearray) -> None:
    """Take in what the child says until it ends. Ends this process where the run has gone."""
    end = time.monotonic() + limits.total
    while True:
        wait = min(limits.silence, end - time.monotonic())
        ready = select.select([0, reading], [], [], wait)[0] if wait > 0 else []
        if 0 in ready:
            sys.exit()
        if not ready:
            raise _Stopped(TOO_SLOW)
        chunk = os.read(reading, 1 << 16)
        if not chunk:
            return
        said += chunk
        if len(said) > limits.reply:
            raise _Stopped(TOO_LONG)


def _end(child: int) -> int:
    """Kill the child and all that it started; the status with which it had ended, if it had."""
    for kill in (os.kill, os.killpg):  # it may not lead its group yet
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _reason(status: int) -> str:
    """Why a child that ended with this status gave no reply; empty where it did."""
    if not os.WIFSIGNALED(status):
        code = os.waitstatus_to_exitcode(status)
        return _crashed(f"mã {code}") if code else ""
    by = signal.Signals(os.WTERMSIG(status))
    return {signal.SIGXCPU: TOO_BUSY, signal.SIGKILL: KILLED}.get(by) or _crashed(by.name)


def _be_child(writing: int, task: _Task, folder: str) -> NoReturn:
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        _restrict(task.limits)
        pulse.listen(lambda: _beat(writing, task.limits))
        shared = len(task.files) > 1
        for path, source in task.files:
            reply = _reply(task.parse, path, source) if not shared or _is_plain(path) else ALONE
            # Where others' texts had used up the memory, it may be enough for this one alone.
            rest = memoryview(_framed(ALONE if shared and reply == _NO_MEMORY else reply))
            while rest:
                rest = rest[os.write(writing, rest) :]
            if shared:
                _beat(writing, task.limits)
        os._exit(0)
    finally:
        os._exit(1)


def _is_plain(path: Path) -> bool:
    """Whether Python alone reads the file: such a one takes over no child, and crashes none."""
    try:
        data = path.read_bytes()
        data.decode("utf-8")
        return sniff.format_of(data, path.suffix) in {"markdown", "text"}
    except Exception:  # told again, and as this file's reason, by a child of its own
        return False


def _restrict(limits: Limits) -> None:
    import resource

    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, limits.written),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.cpu),
    ):
        hard = resource.getrlimit(what)[1]
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of address space
            # Computing time is counted from the start: every beat puts the limit further off.
            resource.setrlimit(what, (soft, hard if what == resource.RLIMIT_CPU else soft))


def _beat(writing: int, limits: Limits) -> None:
    import resource

    os.write(writing, BEAT)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    used = math.ceil(sum(os.times()[:2]))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (used + limits.cpu, hard))


_NO_MEMORY = REFUSED + OUT_OF_MEMORY.encode()  # made beforehand: then there may be no room for it


def _reply(parse: Callable[[Path, str], ParsedDocument], path: Path, source: str) -> bytes:
    try:
        return PARSED + pickle.dumps(parse(path, source), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return _NO_MEMORY
    except UnreadableFile as problem:
        return _NO_MEMORY if isinstance(problem.__cause__, MemoryError) else REFUSED + str(problem).encode()
    except Exception as error:  # A fault of ours is this file's trouble alone.
        return REFUSED + str(as_unreadable(error)).encode("utf-8", "backslashreplace")


_EXIT_SLOW = 75


def _here(task: _Task) -> Iterator[bytes]:
    """The replies, from this very process, which ends itself when one takes too long."""
    for path, source in task.files:
        watch = threading.Timer(task.limits.silence, os._exit, [_EXIT_SLOW])
        watch.start()
        try:
            reply = _reply(task.parse, path, source)
        finally:
            watch.cancel()
        yield reply if len(reply) <= task.limits.reply else REFUSED + TOO_LONG.encode()
