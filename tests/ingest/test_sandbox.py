"""Whatever a parser does, its child alone suffers it: the reason tells what happened, and the next file is parsed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.errors import HoidapError, UnreadableFile
from ingest.keeper import Limits
from ingest.parse import parse_file
from ingest.sandbox import Sandbox
from ingest.types import ParsedDocument
from tests.fakes import parse_lines

if not hasattr(os, "fork"):
    pytest.skip("limits are those of POSIX", allow_module_level=True)

PARSER = "tests.ingest.misbehaving:parse"
LIMITS = Limits(memory=1 << 30, written=1 << 20, cpu=1, silence=4, total=60, reply=1 << 20)
PLAIN = "05-nq\nNghị quyết\nGiữ vững vị trí dẫn đầu"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(PARSER, LIMITS) as opened:
        yield opened


def file(folder: Path, content: str) -> Path:
    path = folder / "tep.txt"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_document_comes_back_whole() -> None:
    path = Path(__file__).parents[2] / "corpus" / "ke-hoach-cchc-2024.docx"
    with Sandbox() as sandbox:
        assert sandbox.parse(path, "ke-hoach.docx") == parse_file(path, "ke-hoach.docx")


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("take_memory", "nhiều bộ nhớ hơn mức cho phép"),
        ("take_memory_in_a_reader", "nhiều bộ nhớ hơn mức cho phép"),
        ("compute", "tính toán quá nhiều"),
        ("wait", "quá lâu"),
        ("write", "File too large"),
        ("say_much", "quá dài"),
        ("crash", "SIGSEGV"),
        ("abort", "SIGABRT"),
        ("exit", "mã 3"),
        ("be_killed", "bị hệ điều hành dừng"),
        ("refuse", r"^Tệp bị mã hóa\.$"),
        ("stumble", r"KeyError: .*udce1"),
        ("recurse", "RecursionError"),
        ("answer_twice", "không hợp lệ"),
    ],
)
def test_what_a_file_may_not_do(sandbox: Sandbox, tmp_path: Path, act: str, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        sandbox.parse(file(tmp_path, act), "tep.txt")
    plain = file(tmp_path, PLAIN)
    assert sandbox.parse(plain, "tep.txt") == parse_lines(plain, "tep.txt")


def test_code_in_a_reply_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORGED", str(tmp_path / "forged"))
    with Sandbox(PARSER, LIMITS) as sandbox, pytest.raises(UnreadableFile, match="không hợp lệ"):
        sandbox.parse(file(tmp_path, "lie"), "tep.txt")
    assert not (tmp_path / "forged").exists()


@pytest.mark.parametrize("act", ["work_long", "compute_long", "print"])
def test_what_a_file_may_do(sandbox: Sandbox, tmp_path: Path, act: str) -> None:
    """Take longer than one page may, as long as pages are reported; say things that are no reply."""
    assert sandbox.parse(file(tmp_path, f"{act}\nNghị quyết"), "tep.txt").document.title == "Nghị quyết"


def test_pages_without_end(tmp_path: Path) -> None:
    with Sandbox(PARSER, Limits(silence=2, total=1)) as sandbox, pytest.raises(UnreadableFile, match="quá lâu"):
        sandbox.parse(file(tmp_path, "work_long\nNghị quyết"), "tep.txt")


def test_files_are_parsed_side_by_side(sandbox: Sandbox, tmp_path: Path) -> None:
    """Each of two files waits until the other one is being parsed too."""
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    paths = [file(folder, "meet\nNghị quyết") for folder in folders]
    with ThreadPoolExecutor(2) as pool:
        parsed = list(pool.map(lambda path: sandbox.parse(path, "tep.txt"), paths))
    assert [each.document.title for each in parsed] == ["Nghị quyết"] * 2


def test_names_that_are_no_text(sandbox: Sandbox, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xe1o\nc\xe1o.txt"))
    path.write_text(PLAIN, encoding="utf-8")
    assert sandbox.parse(path, "tep.txt").document.id == "05-nq"


def test_a_keeper_that_died_is_replaced(tmp_path: Path) -> None:
    path = file(tmp_path, PLAIN)
    with Sandbox(PARSER, LIMITS) as sandbox:
        sandbox.parse(path, "tep.txt")
        sandbox._started[0]._child._process.kill()
        with pytest.raises(UnreadableFile, match="bị hệ điều hành dừng"):
            sandbox.parse(path, "tep.txt")
        assert sandbox.parse(path, "tep.txt").document.id == "05-nq"


def test_a_parser_that_is_not_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Sandbox("ingest.nowhere:parse") as sandbox, pytest.raises(HoidapError, match="Không khởi động được"):
        sandbox.parse(file(tmp_path, PLAIN), "tep.txt")
    assert "ingest.nowhere" in capfd.readouterr().err


def test_modules_in_the_working_folder_are_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    with Sandbox(PARSER, LIMITS) as sandbox:
        assert sandbox.parse(file(tmp_path, PLAIN), "tep.txt").document.id == "05-nq"


# Programs that readers start, and temporary folders


def left(path: Path) -> tuple[int, Path, int]:
    """The program that a child started, its temporary folder, and the child."""
    deadline = time.monotonic() + 20
    while not (found := path.with_suffix(".left")).exists() or found.read_text().count("\n") < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    program, folder, child = found.read_text().split("\n")
    return int(program), Path(folder), int(child)


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def assert_nothing_left(path: Path) -> None:
    program, folder, child = left(path)
    deadline = time.monotonic() + 5
    while not (gone(program) and gone(child)) or folder.parent.exists():
        assert time.monotonic() < deadline, f"{program} {gone(program)} {child} {gone(child)} {folder.parent}"
        time.sleep(0.02)


def test_nothing_is_left_of_a_file_that_was_parsed(sandbox: Sandbox, tmp_path: Path) -> None:
    path = file(tmp_path, "start_a_program\nNghị quyết")
    sandbox.parse(path, "tep.txt")
    assert_nothing_left(path)


def test_nothing_is_left_of_a_file_that_took_too_long(sandbox: Sandbox, tmp_path: Path) -> None:
    path = file(tmp_path, "start_a_program_and_wait")
    with pytest.raises(UnreadableFile, match="quá lâu"):
        sandbox.parse(path, "tep.txt")
    assert_nothing_left(path)


def test_nothing_is_left_when_the_sandbox_closes(tmp_path: Path) -> None:
    path = file(tmp_path, "start_a_program_and_wait")
    with ThreadPoolExecutor(1) as pool, Sandbox(PARSER) as sandbox:
        parsing = pool.submit(sandbox.parse, path, "tep.txt")
        left(path)
        sandbox.close()
        with pytest.raises(UnreadableFile):
            parsing.result(10)
    assert_nothing_left(path)


RUN = """
import sys
from pathlib import Path
from ingest.sandbox import Sandbox
with Sandbox(sys.argv[1]) as sandbox:
    sandbox.parse(Path(sys.argv[2]), "tep.txt")
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_run_is_killed(tmp_path: Path, how: signal.Signals) -> None:
    path = file(tmp_path, "start_a_program_and_wait")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", RUN, PARSER, str(path)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as run:
        left(path)
        run.send_signal(how)
    assert_nothing_left(path)


# Files that share a child


def files(folder: Path, *contents: str) -> list[tuple[Path, str]]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number}.txt" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content.encode("latin-1" if content[0] == "\xff" else "utf-8"))
    return [(path, path.name) for path in paths]


def processes(sandbox: Sandbox, asked: list[tuple[Path, str]]) -> list[str]:
    """The process in which each file that says `who` was parsed."""
    return [each.document.title for each in sandbox.parse_all(asked) if isinstance(each, ParsedDocument)]


def test_small_texts_share_a_child(sandbox: Sandbox, tmp_path: Path) -> None:
    first, second, third = processes(sandbox, files(tmp_path, "who", "who", "who"))
    assert first == second == third
    assert processes(sandbox, files(tmp_path, "who")) != [first]


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("take_memory", "nhiều bộ nhớ hơn mức cho phép"),
        ("compute", "tính toán quá nhiều"),
        ("say_much", "quá dài"),
        ("crash", "SIGSEGV"),
        ("exit", "mã 3"),
        ("leave", "mã 0"),
        ("be_killed", "bị hệ điều hành dừng"),
        ("refuse", r"^Tệp bị mã hóa\.$"),
        ("answer_twice", "không hợp lệ"),
    ],
)
def test_what_one_of_many_files_does_is_its_own_trouble(
    sandbox: Sandbox, tmp_path: Path, act: str, reason: str
) -> None:
    """First, in the middle, last: all others are parsed, and the bad ones told apart."""
    contents = [act, PLAIN, "crash", PLAIN, act]
    asked = files(tmp_path, *contents)
    found = sandbox.parse_all(asked)
    for (path, source), content, parsed in zip(asked, contents, found, strict=True):
        if content == PLAIN:
            assert parsed == parse_lines(path, source)
        else:
            assert isinstance(parsed, UnreadableFile)
            assert re.search(reason if content == act else "SIGSEGV", str(parsed))


@pytest.mark.parametrize(
    "marked", ["<html> who", "%PDF-1.7 who", "\xff %PDF who", "{\\rtf who", "<p> who", "PK\3\4 who"]
)
def test_what_is_no_plain_text_shares_no_child(sandbox: Sandbox, tmp_path: Path, marked: str) -> None:
    """By what it holds, whatever its name says: libraries in C would read it."""
    asked = files(tmp_path, "who", marked, "# who", "who")
    first, other, *rest = processes(sandbox, asked)
    assert rest == [first, first]
    assert other != first
