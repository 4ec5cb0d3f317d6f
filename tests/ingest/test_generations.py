"""One generation serves at a time, one process writes at a time, and what is wrong is said with what to do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import generations, manifest
from ingest.catalog import Catalog
from ingest.errors import DamagedIndex, ForeignIndex, NoIndex, StorageProblem, WriterBusy
from ingest.generations import current, folder, open_current, previous, problems, switch, writer_lock
from ingest.index import Row, build
from ingest.manifest import Recipe
from tests.fakes import BagOfWords, catalog_url, document_of

EMBEDDER = BagOfWords(64)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog.open(catalog_url(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def root(tmp_path: Path, catalog: Catalog) -> Path:
    """A data folder whose generation shows one document."""
    (version,) = catalog.store([document_of("bc-1", "Báo cáo\nchỉ số PCI dẫn đầu")], "1")
    name = catalog.propose({"bc-1": version}, "content")
    recipe = Recipe(name, "content", EMBEDDER.model_id, EMBEDDER.dimensions, "1")
    (entry,) = catalog.entries(name)
    vector = EMBEDDER.encode(["chỉ số PCI dẫn đầu"])[0]
    build(folder(tmp_path, name), recipe, [Row(entry.passages[0][0], "bc-1", (), (), ("pci",), vector[None])])
    switch(tmp_path, name, None)
    return tmp_path


def test_it_opens(root: Path, catalog: Catalog) -> None:
    generation = open_current(root, catalog, "bag-of-words", "1")
    (hit,) = generation.search_words(["pci"], 5)
    generation.close()
    assert catalog.passages(generation.name, [hit.key])[0].text == "chỉ số PCI dẫn đầu"
    assert problems(root, catalog, "bag-of-words", "1") == []


def test_before_the_first(tmp_path: Path, catalog: Catalog) -> None:
    assert (current(tmp_path), previous(tmp_path)) == (None, None)
    with pytest.raises(NoIndex, match="`hoidap ingest"):
        open_current(tmp_path, catalog, "bag-of-words", "1")
    (problem,) = problems(tmp_path, catalog, "bag-of-words", "1")
    assert "`hoidap ingest" in problem


def test_switching_keeps_the_one_before(tmp_path: Path) -> None:
    for name in ("g000001", "g000002"):
        folder(tmp_path, name).mkdir(parents=True)
    switch(tmp_path, "g000001", None)
    assert (current(tmp_path), previous(tmp_path)) == ("g000001", None)
    switch(tmp_path, "g000002", "g000001")
    assert (current(tmp_path), previous(tmp_path)) == ("g000002", "g000001")


@pytest.mark.parametrize("content", ["", "g1", "g000001", "../../etc\n", "g000001\ng000002\ng000003\n", "\xff"])
def test_a_damaged_current_is_named(root: Path, catalog: Catalog, content: str) -> None:
    (root / "CURRENT").write_bytes(content.encode("latin-1"))
    with pytest.raises(DamagedIndex, match=r"CURRENT.*`hoidap rebuild`"):
        open_current(root, catalog, "bag-of-words", "1")
    (problem,) = problems(root, catalog, "bag-of-words", "1")
    assert "CURRENT" in problem


@pytest.mark.parametrize(
    ("model_id", "text_version", "named"),
    [
        ("another-model", "1", "bag-of-words, còn chương trình đang dùng another-model"),
        ("bag-of-words", "2", "tách từ"),
    ],
)
def test_another_model_or_segmenter_is_foreign(
    root: Path, catalog: Catalog, model_id: str, text_version: str, named: str
) -> None:
    with pytest.raises(ForeignIndex, match=f"{named}.*`hoidap rebuild`"):
        open_current(root, catalog, model_id, text_version)
    (problem,) = problems(root, catalog, model_id, text_version)
    assert named in problem


def test_another_catalog_is_refused(root: Path, tmp_path: Path) -> None:
    other = Catalog.open(f"sqlite:///{tmp_path}/other.db")
    with pytest.raises(DamagedIndex, match=r"không khớp với kho dữ liệu .*other\.db"):
        open_current(root, other, "bag-of-words", "1")
    other.close()


def test_every_problem_is_listed(root: Path, catalog: Catalog) -> None:
    directory = folder(root, "g000001")
    (directory / "words" / "keys.npy").unlink()
    (directory / manifest.CHROMA_DATABASE).write_bytes(b"junk")
    found = problems(root, catalog, "another-model", "1")
    for named in ("another-model", "keys.npy không có", "chroma.sqlite3 không đọc được"):
        assert len([problem for problem in found if named in problem]) == 1
    assert all("`hoidap rebuild`" in problem for problem in found)


def test_a_damage_that_no_checksum_shows_is_found_too(root: Path, catalog: Catalog) -> None:
    import sqlite3

    database = sqlite3.connect(folder(root, "g000001") / manifest.CHROMA_DATABASE)
    database.execute("UPDATE embeddings SET embedding_id = '999'")
    database.commit()
    database.close()
    (problem,) = problems(root, catalog, "bag-of-words", "1")
    assert "chroma" in problem


def test_leftovers_are_removed(root: Path) -> None:
    (folder(root, "g000002") / "chroma").mkdir(parents=True)
    (root / "CURRENT.new").write_text("g0000")
    generations.remove_all_but(root, ["g000001"])
    assert [path.name for path in (root / "index").iterdir()] == ["g000001"]
    assert not (root / "CURRENT.new").exists()


# One writer

HOLDER = """
import sys, time
from pathlib import Path
from ingest.generations import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_leaves_at_once_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        named = rf"tiến trình {holder.pid} \(-c .*\), bắt đầu lúc \d\d:\d\d"
        with pytest.raises(WriterBusy, match=named), writer_lock(tmp_path):
            pytest.fail("two writers at once")
        os.kill(holder.pid, signal.SIGKILL)
    with writer_lock(tmp_path):
        pass


def test_the_holder_may_not_have_said_who_it_is(tmp_path: Path) -> None:
    with writer_lock(tmp_path):
        (tmp_path / "writer.json").write_text("{")
        with pytest.raises(WriterBusy, match="một tiến trình khác"), writer_lock(tmp_path):
            pytest.fail("two writers at once")


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writer_lock(tmp_path):
        raise ZeroDivisionError
    with writer_lock(tmp_path):
        assert (tmp_path / "writer.json").exists()
    assert not (tmp_path / "writer.json").exists()


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "kho").write_text("a file")
    with pytest.raises(StorageProblem, match=r"Không ghi được vào .*kho"), writer_lock(tmp_path / "kho"):
        pytest.fail("no folder to lock")
