"""SIGKILL at every named step, and at moments between: the old or the new generation serves, never a mix.

Runs are killed in processes of their own. These are forked from one that has already imported the heavy libraries,
so that a kill costs a fraction of a second.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import time
from contextlib import closing
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import get_args
from unittest import mock

import pytest

from ingest import generations, index, intake, pipeline
from ingest.catalog import Catalog
from ingest.generations import writer_lock
from ingest.intake import Step
from ingest.pipeline import ingest
from ingest.text import text_version
from ingest.types import RunReport
from tests.fakes import BagOfWords, check_found, parse_lines

if not hasattr(signal, "SIGKILL"):
    pytest.skip("kills processes as only POSIX does", allow_module_level=True)

BEFORE = {
    "nghi-quyet": "05-nq\nNghị quyết về cải cách\nGiữ vững vị trí dẫn đầu PCI\nThu hút FDI trên 5 tỷ USD",
    "bao-cao": "bc-2023\nBáo cáo năm\nTỷ lệ trực tuyến đạt 98,5%",
    "ke-hoach": "kh-12\nKế hoạch\nSở Tư pháp chủ trì rà soát",
}
# One changed, one gone, two new with an id that clashes, one unchanged.
AFTER = {
    "nghi-quyet": "05-nq\nNghị quyết về cải cách\nGiữ vững vị trí dẫn đầu PCI\nThu hút FDI trên 6 tỷ USD",
    "bao-cao": BEFORE["bao-cao"],
    "ke-hoach-moi": "kh-12\nKế hoạch mới\nSở Nội vụ theo dõi",
    "ke-hoach-nua": "kh-12\nKế hoạch nữa\nSở Tài chính phối hợp",
}
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["ingest.pipeline", "chromadb", "pyvi.ViTokenizer", "tests.fakes"])


# Of these few documents: either all is built anew, or what served is copied and changed.
SHARES = {"whole": 0.0, "delta": 10.0}


def run(top: Path, kill_at: tuple[Step, int] | None = None, way: str = "whole") -> RunReport:
    """Ingest `top/kho`; `kill_at` is the step at which this process kills itself, and the how manieth of it."""
    told: dict[Step, int] = {}
    together = mock.patch.object(intake, "TOGETHER", 1)  # so that there are several groups to be killed between
    small_change = mock.patch.object(pipeline, "SMALL_CHANGE", SHARES[way])

    def progress(step: Step, done: int, total: int) -> None:
        told[step] = told.get(step, 0) + 1
        if (step, told[step]) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with together, small_change, closing(Catalog.open(f"sqlite:///{top}/data/catalog.db")) as catalog:
        return ingest(
            [top / "kho"],
            data=top / "data",
            catalog=catalog,
            embedder=BagOfWords(),
            parse=parse_lines,
            parser="1",
            source_name=lambda path: str(path.relative_to(top)),
            prune=True,
            progress=progress,
            verify=index.verify,
        )


def write(top: Path, files: dict[str, str]) -> None:
    shutil.rmtree(top / "kho", ignore_errors=True)
    (top / "kho").mkdir()
    for name, content in files.items():
        (top / "kho" / f"{name}.txt").write_text(content, encoding="utf-8")


def texts(files: dict[str, str]) -> set[str]:
    return {line for content in files.values() for line in content.split("\n")[2:]}


def served(top: Path) -> set[str]:
    """The texts of all passages that are found through either index; they must be the catalog's, each in both."""
    with closing(Catalog.open(f"sqlite:///{top}/data/catalog.db")) as catalog:
        embedder = BagOfWords()
        with closing(generations.open_current(top / "data", catalog, embedder.model_id, text_version())) as generation:
            found = {passage.text: passage for passage in catalog.passages(generation.name, sorted(generation.keys()))}
            assert len(found) == generation.size == catalog.counts(generation.name)[1]
            for passage in found.values():
                check_found(generation, passage)
        return set(found)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where BEFORE serves and AFTER waits to be ingested."""
    top = tmp_path_factory.mktemp("kill")
    write(top, BEFORE)
    run(top)
    write(top, AFTER)
    return top


@pytest.fixture(scope="module")
def uninterrupted(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> RunReport:
    return run(Path(shutil.copytree(prepared, tmp_path_factory.mktemp("whole") / "top")))


@pytest.fixture
def top(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "top"))


def start(top: Path, kill_at: tuple[Step, int] | None, way: str = "whole") -> BaseProcess:
    process = FORKED.Process(target=run, args=(top, kill_at, way))
    process.start()
    return process


def check_recovery(top: Path, uninterrupted: RunReport, way: str = "whole") -> None:
    report = run(top, way=way)
    assert report.content_hash == uninterrupted.content_hash
    assert served(top) == texts(AFTER)
    names = set(generations.kept(top / "data"))
    assert {path.name for path in (top / "data" / "index").iterdir()} == names


KILLS = [(step, 1) for step in get_args(Step)] + [("read", 3), ("stored", 2)]


@pytest.mark.parametrize("kill_at", KILLS, ids=lambda kill: f"{kill[0]}-{kill[1]}")
def test_killed_at_a_step(top: Path, uninterrupted: RunReport, kill_at: tuple[Step, int]) -> None:
    process = start(top, kill_at)
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert served(top) == texts(AFTER if kill_at[0] in {"switched", "cleaned"} else BEFORE)
    check_recovery(top, uninterrupted)


@pytest.mark.parametrize("step", ["embedded", "indexed", "linked", "built", "verified", "switched"])
def test_killed_while_the_last_generation_is_copied_and_changed(
    top: Path, uninterrupted: RunReport, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = start(top, (step, 1), "delta")
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert served(top) == texts(AFTER if step == "switched" else BEFORE)
    monkeypatch.setattr(index, "build", None)  # the rerun changes a copy too
    check_recovery(top, uninterrupted, "delta")


@pytest.mark.parametrize("share", [0.15, 0.4, 0.6, 0.8, 0.95])
def test_killed_at_any_moment(top: Path, uninterrupted: RunReport, share: float) -> None:
    """Between the steps too: while the catalog stores, Chroma writes, files are synced."""
    process = start(top, None)
    # From when it holds the lock; a whole run takes about as long as the uninterrupted one.
    while not (top / "data" / "writer.json").exists() and process.is_alive():
        time.sleep(0.002)
    time.sleep(share * uninterrupted.seconds)
    process.kill()
    process.join(60)
    assert served(top) in (texts(BEFORE), texts(AFTER))
    check_recovery(top, uninterrupted)


def test_killed_twice_before_the_first_generation(tmp_path: Path) -> None:
    write(tmp_path, BEFORE)
    for step in ("stored", "built"):
        process = start(tmp_path, (step, 1))
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        assert generations.current(tmp_path / "data") is None
    report = run(tmp_path)
    assert served(tmp_path) == texts(BEFORE)
    assert {outcome.status for outcome in report.outcomes} == {"added"}
    assert (report.documents, report.passages) == (3, 4)


def test_a_killed_run_holds_no_lock(top: Path) -> None:
    process = start(top, ("embedded", 1))
    process.join(60)
    with writer_lock(top / "data"):
        pass
