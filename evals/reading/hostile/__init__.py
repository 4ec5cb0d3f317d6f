"""Hostile and broken files: each must end as it should, the files beside them as if they weren't there.

They are ingested by the command that users run, `hoidap ingest`, in a process of its own whose peak memory is taken.
A listener counts who calls the address that some files point to, and no text may hold what stands in a local file
that others point to.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.bootstrap import open_catalog
from assistant.config import Settings
from evals.reading.hostile import ole, packages, pages, pdfs, places, sheets, texts, word, zips
from evals.reading.hostile.case import TEXT, Case
from ingest.find import default_source
from ingest.types import FileOutcome

__all__ = ["Case", "Ending", "all_cases", "judge", "make", "measure", "run"]

GOOD = ("bao-cao-quy.html", "ke-hoach-cchc-2024.docx", "nghi-quyet-05-nq-tu.docx", "chi-thi-06-ct-ubnd.docx")
PORT = 47123
"""Where files that would call out call."""
LEAKED = "root:x:0:0"
"""What the file /etc/passwd, which some cases point to, holds everywhere."""

_RUN = """
import re, sys
from pathlib import Path
from assistant.cli import main
file = Path(sys.argv.pop())
try:
    main()
finally:
    peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
    file.write_text(peak[1])
"""


LIMIT_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a case, with its reason or the beginning of its text, and whether it is as it should be."""

    case: str
    status: str
    detail: str
    right: bool


def all_cases() -> list[Case]:
    modules = (texts, pages, packages, word, sheets, ole, pdfs, zips, places)
    return [case for module in modules for case in module.cases()]


def make(folder: Path, cases: Sequence[Case]) -> None:
    """Write the cases into a folder, two hundred megabytes in all."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in cases:
        case.write(folder / case.name)


def measure(corpus: Path, *, failures: bool = False) -> dict[str, float]:
    """Of all the cases, beside good files from `corpus`: how many there are (`cases`), the shares that ended as stated
    (`as_stated`) and of good files that were ingested (`good_ingested`), the times anything leaked out or in
    (`leaks`), temporary folders left (`left_over`), and the ingesting process's peak memory and time."""
    endings, figures = run(all_cases(), corpus)
    for ending in endings:
        if failures and not ending.right:
            print(f"{ending.case!a} {ending.status}: {ending.detail!r}")
    return figures


def run(cases: Sequence[Case], corpus: Path) -> tuple[list[Ending], dict[str, float]]:
    """The Ending of each case, and the figures of `measure`."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        make(top / "kho", cases)
        for good in GOOD:
            shutil.copy(corpus / good, top / "kho" / good)
        with _listening() as calls, _rewriting(top / "kho" / places.CHANGING):
            began = time.monotonic()
            report, peak = _ingest(top)
            seconds = time.monotonic() - began
        outcomes = [FileOutcome(**outcome) for outcome in report["files"]]
        found = _texts(top / "data", report["generation"])
        endings = list(judge(cases, top / "kho", outcomes, found))
        sources = {default_source(top / "kho" / good) for good in GOOD}
        return endings, {
            "cases": len(cases),
            "as_stated": sum(ending.right for ending in endings) / max(len(cases), 1),
            "good_ingested": sum(o.source in sources and o.status == "added" for o in outcomes) / len(GOOD),
            "leaks": sum(LEAKED in text for text in found.values()) + len(calls),
            "left_over": len(list((top / "tmp").glob("hoidap-*"))),
            "parent_mb": peak / 1024,
            "seconds": seconds,
        }


def judge(
    cases: Sequence[Case], folder: Path, outcomes: Sequence[FileOutcome], found: Mapping[str, str]
) -> Iterator[Ending]:
    """How each case in `folder` ended; what is in a zip counts for the zip. `found` are the texts by documents' ids."""
    for case in cases:
        source = default_source(folder / case.name)
        own = [o for o in outcomes if o.source == source or o.source.startswith(f"{source}/")]
        statuses = {outcome.status for outcome in own}
        details = [found.get(o.document_id or "", "") if o.status == "added" else o.reason for o in own]
        right = bool(own) and all(_is_right(case, o, detail) for o, detail in zip(own, details, strict=True))
        yield Ending(case.name, "+".join(sorted(statuses)), " | ".join(detail[:300] for detail in details), right)


def _is_right(case: Case, outcome: FileOutcome, detail: str) -> bool:
    if outcome.status == "quarantined":
        return bool(case.reason) and re.search(case.reason, detail) is not None
    return outcome.status == "added" and bool(case.holds) and case.holds in detail


def _ingest(top: Path) -> tuple[dict[str, Any], float]:
    """The report of `hoidap ingest --json` over `top/kho` into `top/data`, and its peak memory in kilobytes."""
    (top / "tmp").mkdir()
    environment = os.environ | {
        "HOIDAP_DATA_DIR": str(top / "data"),
        "TMPDIR": str(top / "tmp"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", _RUN, "ingest", "--json", str(top / "kho"), str(top / "peak")]
    done = subprocess.run(  # noqa: S603 (our own interpreter and program)
        command, env=environment, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS, check=False
    )
    peak = top / "peak"
    return json.loads(done.stdout), float(peak.read_text()) if peak.exists() else float("nan")


def _texts(data: Path, generation: str) -> dict[str, str]:
    with contextlib.closing(open_catalog(Settings(data_dir=data))) as catalog:
        return {entry.document.id: entry.document.text for entry in catalog.entries(generation)}


@contextlib.contextmanager
def _listening() -> Iterator[list[object]]:
    """Whoever calls the port that some files point to."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", PORT)) as server:
        server.settimeout(0.2)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    caller, address = server.accept()
                    caller.close()
                    calls.append(address)

        thread = threading.Thread(target=listen)
        thread.start()
        yield calls
        stop.set()
        thread.join()


@contextlib.contextmanager
def _rewriting(path: Path) -> Iterator[None]:
    """A file that is saved again and again; left alone where there is none."""
    stop = threading.Event()

    def rewrite() -> None:
        number = 0
        while path.exists() and not stop.wait(0.001):
            number += 1
            path.write_text(f"{number}\n{TEXT}", encoding="utf-8")

    thread = threading.Thread(target=rewrite)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
