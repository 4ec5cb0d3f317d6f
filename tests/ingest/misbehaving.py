"""Parsers that do what hostile files make parsers do; the sandbox's children import them by name."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.read import pulse
from ingest.types import ParsedDocument
from tests.fakes import document_of, parse_lines


class Forged:
    """Unpickled, it runs a command."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {os.environ['FORGED']}",)


def parse(path: Path, source: str) -> ParsedDocument:
    """The last word of the first line names what to do; a file that names nothing is parsed."""
    words = path.read_text("utf-8", errors="replace").partition("\n")[0].split()
    act = globals().get(f"do_{words[-1]}") if words else None
    return (act and act(path)) or parse_lines(path, source)


def do_take_memory(path: Path) -> None:
    _ = [bytes(1 << 20) for _ in range(10_000)]


def do_take_memory_in_a_reader(path: Path) -> None:
    try:
        bytearray(1 << 40)
    except MemoryError as problem:
        raise UnreadableFile("tệp bị hỏng") from problem


def do_compute(path: Path) -> None:
    while True:
        pass


def do_wait(path: Path) -> None:
    time.sleep(60)


def do_write(path: Path) -> None:
    (Path(tempfile.mkdtemp()) / "lớn").write_bytes(bytes(1 << 22))


def do_say_much(path: Path) -> ParsedDocument:
    return ParsedDocument(bytes(1 << 22), (), ())  # type: ignore[arg-type]


def do_crash(path: Path) -> None:
    ctypes.string_at(0)


def do_abort(path: Path) -> None:
    os.abort()


def do_exit(path: Path) -> None:
    os._exit(3)


def do_leave(path: Path) -> None:
    os._exit(0)


def do_who(path: Path) -> ParsedDocument:
    return document_of("tep", f"{os.getpid()}\nmột dòng")


def do_be_killed(path: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def do_refuse(path: Path) -> None:
    raise UnreadableFile("Tệp bị mã hóa.")


def do_stumble(path: Path) -> None:
    raise KeyError("\udce1")


def do_recurse(path: Path) -> None:
    do_recurse(path)


def do_lie(path: Path) -> ParsedDocument:
    return Forged()  # type: ignore[return-value]


def do_answer_twice(path: Path) -> ParsedDocument:
    return "không phải văn bản"  # type: ignore[return-value]


def do_print(path: Path) -> None:
    os.write(1, b"=====")
    sys.stdout.write("=====")
    subprocess.run(["echo", "====="], check=True)


def do_work_long(path: Path) -> None:
    for _ in range(4):
        time.sleep(0.5)
        pulse.beat()


def do_meet(path: Path) -> None:
    """Go on when the other file of two is here too; without it the sandbox's patience ends first."""
    (path.parent / "here").touch()
    while len(list(path.parent.parent.glob("*/here"))) < 2:
        time.sleep(0.05)


def do_compute_long(path: Path) -> None:
    for _ in range(4):
        end = time.process_time() + 0.7
        while time.process_time() < end:
            pass
        pulse.beat()


def do_start_a_program(path: Path) -> None:
    """Leaves the program's number and the temporary folder in a file, so that a test can look for them."""
    program = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    folder = tempfile.mkdtemp()
    path.with_suffix(".left").write_text(f"{program.pid}\n{folder}\n{os.getpid()}")


def do_start_a_program_and_wait(path: Path) -> None:
    do_start_a_program(path)
    time.sleep(60)
