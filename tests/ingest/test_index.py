"""An index generation answers as an exact search would, and refuses to open when a byte of it is not as it was."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest import index, manifest
from ingest.errors import DamagedIndex, ForeignIndex
from ingest.generations import verify_in_new_process
from ingest.index import Generation, Hit, Row, build, open_generation
from ingest.manifest import Recipe
from tests.fakes import BagOfWords

RECIPE = Recipe("g000001", "hash", "bag-of-words", 64, "1")
EMBEDDER = BagOfWords(64)

# Passages as (document, text). Keys are 10, 20, 30 …: they are not the rows.
CLAUSES = [
    ("05-nq-tu-2021", "phấn đấu trên 90% thủ tục hành chính được giải quyết trực tuyến"),
    ("05-nq-tu-2021", "giữ vững vị trí dẫn đầu chỉ số PCI"),
    ("05-nq-tu-2021", "giữ vững vị trí dẫn đầu chỉ số PCI"),  # the same words again: equal scores, in row order
    ("156-qd-ubnd-2022", "Sở Tư pháp chủ trì rà soát thủ tục hành chính"),
    ("156-qd-ubnd-2022", "***"),  # no word at all: neither index knows it
    ("bc-2024", "thu hút vốn đầu tư nước ngoài đạt 6,83 tỷ USD"),
]


def rows_of(clauses: Sequence[tuple[str, str]]) -> list[Row]:
    """Every passage under a heading of its own, so that each is a section."""
    vectors = EMBEDDER.encode([text for _, text in clauses])
    words = [text.lower().split() if any(c.isalnum() for c in text) else [] for _, text in clauses]
    headings = [(f"h{at}",) if words[at] else () for at in range(len(clauses))]
    return [
        Row(
            10 * (at + 1), id_, (), headings[at], tuple(words[at]), vectors[at : at + 1][vectors[at].any(keepdims=True)]
        )
        for at, (id_, _) in enumerate(clauses)
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("index") / RECIPE.name
    build(directory, RECIPE, rows_of(CLAUSES))
    return directory


@pytest.fixture(scope="module")
def generation(built: Path) -> Iterator[Generation]:
    with closing(open_generation(built)) as opened:
        yield opened


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / RECIPE.name))


@pytest.mark.parametrize(
    ("question", "documents", "keys"),
    [
        ("thủ tục hành chính", None, [40, 10]),  # the shorter passage first
        ("chỉ số pci", None, [20, 30]),  # equal scores in the order of the text
        ("thủ tục hành chính", ["05-nq-tu-2021"], [10]),
        ("thủ tục hành chính", ["bc-2024", "không có"], []),
        ("thủ tục hành chính", [], []),
        ("vàng", None, []),  # a word that stands nowhere
        ("", None, []),
    ],
)
def test_words(generation: Generation, question: str, documents: list[str] | None, keys: list[int]) -> None:
    assert [hit.key for hit in generation.search_words(question.split(), 10, documents)] == keys


@pytest.mark.parametrize(
    ("question", "documents", "keys"),
    [
        ("Sở Tư pháp rà soát thủ tục", None, {40}),
        ("giữ vững vị trí dẫn đầu chỉ số PCI", None, {20, 30}),
        ("Sở Tư pháp rà soát thủ tục", ["05-nq-tu-2021"], {10}),
        ("Sở Tư pháp rà soát thủ tục", ["không có"], set()),
        ("", None, set()),  # a zero vector is near to nothing
    ],
)
def test_vectors(generation: Generation, question: str, documents: list[str] | None, keys: set[int]) -> None:
    hits = generation.search_vectors(EMBEDDER.encode([question])[0], 10, documents)
    assert {hit.key for hit in hits if hit.score >= hits[0].score - 1e-5} == keys


def test_no_more_than_asked_for(generation: Generation) -> None:
    vector = EMBEDDER.encode(["thủ tục"])[0]
    for k in (0, 1, 2, 100):
        assert len(generation.search_words(["thủ", "chỉ"], k)) == min(k, 4)
        assert len(generation.search_vectors(vector, k)) == min(k, 5)


def test_document_frequency(generation: Generation) -> None:
    found = {term: generation.document_frequency(term) for term in ("thủ", "pci", "usd", "vàng")}
    assert found == {"thủ": 2, "pci": 2, "usd": 1, "vàng": 0}


def test_neighbours_under_one_heading_are_found_together(tmp_path: Path) -> None:
    """By the words of all, by the mean of their vectors, as the first of them; each keeps its own vectors."""
    texts = ["thu ngân sách", "chi ngân sách", "nợ công"]
    vectors = EMBEDDER.encode(texts)
    rows = [
        Row(at + 7, "bc-1", (), ("tài chính",), tuple(text.split()), vectors[at][None]) for at, text in enumerate(texts)
    ]
    build(tmp_path / "g000001", RECIPE, rows)
    with closing(open_generation(tmp_path / "g000001")) as generation:
        assert [hit.key for hit in generation.search_words(["nợ"], 5)] == [7]
        (hit,) = generation.search_vectors(vectors[2], 5)
        mean = vectors.sum(axis=0) / np.linalg.norm(vectors.sum(axis=0))
        assert (hit.key, hit.score) == (7, pytest.approx(mean @ vectors[2], abs=1e-3))
        assert generation.windows_of.tolist() == [0, 1, 2, 3]
        assert np.asarray(generation.windows) == pytest.approx(vectors, abs=1e-3)
        assert (generation.size, len(generation.sections), generation.vectors) == (3, 1, 1)


def test_a_passage_without_words_is_in_neither_index(generation: Generation) -> None:
    assert generation.size == 6
    assert generation.keys() - generation.vector_keys() == {50}


def exact(vectors: np.ndarray, vector: np.ndarray, rows: Sequence[int], k: int) -> list[Hit]:
    scores = vectors @ vector
    return [Hit(row, float(scores[row])) for row in sorted(rows, key=lambda row: -scores[row])[:k]]


def test_vectors_as_an_exact_search(tmp_path: Path) -> None:
    """Over 400 documents: all of them, a few by Chroma's own filter, and more than that filter takes."""
    random = np.random.default_rng(7)
    vectors = random.normal(size=(800, 32)).astype(np.float16).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [
        Row(at, id_, (), (f"w{at}",), (), vectors[at][None])
        for at, id_ in sorted(((at, f"bc-{at // 2}") for at in range(800)), key=lambda row: row[1])
    ]
    build(tmp_path / "g000001", replace(RECIPE, dimensions=32), rows)
    with closing(open_generation(tmp_path / "g000001")) as generation:
        for vector in random.normal(size=(10, 32)).astype(np.float32):
            unit = vector / np.linalg.norm(vector)
            for documents in (400, 5, index.FILTER_LIMIT + 50):
                names = None if documents == 400 else [f"bc-{number}" for number in range(documents)]
                hits = generation.search_vectors(unit, 10, names)
                expected = exact(vectors, unit, range(2 * documents), 10)
                assert [hit.key for hit in hits] == [hit.key for hit in expected]
                assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected], abs=1e-3)


@pytest.mark.parametrize("clauses", [[], [("bc-1", "***")], [("bc-1", "***"), ("bc-1", "một")], [("bc-1", "một")]])
def test_next_to_nothing_to_index(tmp_path: Path, clauses: list[tuple[str, str]]) -> None:
    build(tmp_path / "g000001", RECIPE, rows_of(clauses))
    known = [10 * (at + 1) for at, (_, text) in enumerate(clauses) if text == "một"]
    with closing(open_generation(tmp_path / "g000001")) as generation:
        assert generation.size == len(clauses)
        assert [hit.key for hit in generation.search_words(["một"], 5)] == known
        assert [hit.key for hit in generation.search_vectors(EMBEDDER.encode(["một"])[0], 5)] == known
        assert generation.search_vectors(EMBEDDER.encode(["một"])[0], 5, ["bc-2"]) == []
        assert generation.document_frequency("một") == len(known)


def test_a_thousand_equal_passages_are_no_damage(tmp_path: Path) -> None:
    """A form's repeated line: no golden query can tell these apart, and none has to."""
    build(tmp_path / "g000001", RECIPE, rows_of([(f"bc-{number:04}", "Không có thông tin") for number in range(1000)]))
    with closing(open_generation(tmp_path / "g000001")) as generation:
        assert generation.size == 1000


# Damage


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def immutable(directory: Path) -> list[str]:
    return sorted(manifest.read(directory).files)


@pytest.mark.parametrize("harm", [flip, truncate, Path.unlink])
def test_every_damaged_file_is_named_before_chroma_sees_it(copy: Path, harm: Callable[[Path], None]) -> None:
    names = immutable(copy)
    assert {"words/keys.npy", "windows.npy", "learned.npz"} < set(names)
    assert len([name for name in names if name.startswith("chroma/")]) >= 4
    for name in names:
        kept = (copy / name).read_bytes()
        harm(copy / name)
        with pytest.raises(DamagedIndex, match=f"{name} .*`hoidap rebuild`"):
            open_generation(copy)
        (copy / name).write_bytes(kept)
    open_generation(copy).close()


def empty_database(path: Path) -> None:
    path.write_bytes(b"")


def junk(path: Path) -> None:
    path.write_bytes(b"\x00junk" * 5000)


def forget_a_vector(path: Path) -> None:
    _sql(path, "DELETE FROM embeddings WHERE id = (SELECT max(id) FROM embeddings)")


def rename_a_vector(path: Path) -> None:
    _sql(path, "UPDATE embeddings SET embedding_id = '999' WHERE embedding_id = '20'")


def forget_the_collection(path: Path) -> None:
    _sql(path, "DELETE FROM collections")


def _sql(path: Path, statement: str) -> None:
    import sqlite3

    with closing(sqlite3.connect(path)) as database:
        database.execute(statement)
        database.commit()


@pytest.mark.parametrize(
    "harm",
    [truncate, Path.unlink, empty_database, junk, forget_a_vector, rename_a_vector, forget_the_collection],
)
def test_a_damaged_database_is_named(copy: Path, harm: Callable[[Path], None]) -> None:
    harm(copy / manifest.CHROMA_DATABASE)
    with pytest.raises(DamagedIndex, match=r"chroma.*`hoidap rebuild`"):
        index.verify(copy)


@pytest.mark.parametrize("harm", [flip, truncate, Path.unlink, empty_database])
def test_a_damaged_manifest_is_named(copy: Path, harm: Callable[[Path], None]) -> None:
    harm(copy / manifest.NAME)
    with pytest.raises(DamagedIndex, match=r"manifest\.json"):
        open_generation(copy)


def test_a_manifest_edited_by_hand_is_refused(copy: Path) -> None:
    content = json.loads((copy / manifest.NAME).read_text(encoding="utf-8"))
    content["recipe"]["model_id"] = "another"
    (copy / manifest.NAME).write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DamagedIndex, match=r"manifest\.json .*bị thay đổi"):
        open_generation(copy)


def test_a_missing_folder_is_no_generation(tmp_path: Path) -> None:
    with pytest.raises(DamagedIndex, match=r"manifest\.json không có"):
        open_generation(tmp_path / "g000009")


def test_another_library_version_is_foreign(copy: Path) -> None:
    written = manifest.read(copy)
    manifest.write(copy, replace(written, libraries={**written.libraries, "chromadb": "1.0.0"}))
    with pytest.raises(ForeignIndex, match=r"chromadb 1\.0\.0.*`hoidap rebuild`"):
        open_generation(copy)


def test_another_format_is_foreign(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "FORMAT", manifest.FORMAT + 1)
    with pytest.raises(ForeignIndex, match="định dạng chỉ mục 2"):
        open_generation(copy)


@pytest.mark.parametrize("part", ["nearest", "best"])
def test_a_wrong_answer_to_a_golden_query_is_damage(copy: Path, part: str) -> None:
    written = manifest.read(copy)
    assert len({golden.nearest for golden in written.golden}) == 5  # every passage that has a vector
    wrong = [replace(golden, **{part: 999}) for golden in written.golden[:1]]
    manifest.write(copy, replace(written, golden=(*wrong, *written.golden[1:])))
    with pytest.raises(DamagedIndex, match="trả lời sai"):
        open_generation(copy)


def test_a_vector_of_an_unknown_passage_is_damage(copy: Path) -> None:
    np.save(copy / "words" / "keys.npy", np.array([10, 20, 30, 40, 50, 61]))
    written = manifest.read(copy)
    kept = tuple(golden for golden in written.golden if golden.best != 60)
    manifest.write(copy, replace(written, files=manifest.fingerprints(copy), golden=kept))
    with pytest.raises(DamagedIndex, match="đoạn lạ"):
        index.verify(copy)


# In a process of its own


def test_a_graph_of_junk_harms_only_the_process_that_checks(copy: Path) -> None:
    """With a checksum that agrees with it, it reaches Chroma, which crashes or gives wrong answers by chance."""
    (graph,) = copy.glob("chroma/*/data_level0.bin")
    graph.write_bytes(np.random.default_rng(1).bytes(graph.stat().st_size))
    manifest.write(copy, replace(manifest.read(copy), files=manifest.fingerprints(copy)))
    with pytest.raises(DamagedIndex, match="g000001"):
        verify_in_new_process(copy)


def test_a_check_that_crashes_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crashing = tmp_path / "python"
    crashing.write_text("#!/bin/sh\nkill -SEGV $$\n")
    crashing.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(crashing))
    with pytest.raises(DamagedIndex, match=r"Tiến trình kiểm tra chỉ mục .*g000001 bị dừng \(mã -11\)"):
        verify_in_new_process(tmp_path / "g000001")


def test_metadata_that_chroma_cannot_read_are_damage(copy: Path) -> None:
    (metadata,) = copy.glob("chroma/*/index_metadata.pickle")
    metadata.write_bytes(b"")
    manifest.write(copy, replace(manifest.read(copy), files=manifest.fingerprints(copy)))
    with pytest.raises(DamagedIndex, match=r"chroma.* không (mở|trả lời) được"):
        open_generation(copy)


def test_the_command_gives_the_reason(copy: Path) -> None:
    (copy / "words" / "keys.npy").unlink()
    command = [sys.executable, "-m", "ingest.index", "verify", str(copy)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "keys.npy không có" in done.stdout
    with pytest.raises(DamagedIndex, match=r"keys\.npy không có"):
        verify_in_new_process(copy)


def test_opening_and_closing_leaks_nothing(built: Path) -> None:
    def files() -> int:
        """Handles of this process that lead into the generation; other tests' handles come and go."""
        count = 0
        for handle in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):  # closed meanwhile
                count += handle.readlink().is_relative_to(built)
        return count

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("counts file handles in /proc")
    open_generation(built).close()
    before = files()
    for _ in range(5):
        open_generation(built).close()
    # Chroma may take another handle on what is open elsewhere; a leak is one an opening at least.
    assert files() < before + 5


def test_importing_opens_and_loads_nothing_heavy() -> None:
    code = "import sys, ingest.pipeline; sys.exit(any(m in sys.modules for m in ('chromadb', 'torch', 'pyvi')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
