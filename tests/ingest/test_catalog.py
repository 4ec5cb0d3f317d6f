"""The catalog gives back what it was given, shows a generation's own documents only, and forgets nothing in use."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingest import schema
from ingest.catalog import BATCH, ENTRIES, Catalog, Version
from ingest.errors import StorageProblem
from ingest.passages import Fields
from ingest.types import Document, FileOutcome, ParsedDocument, Passage, RunReport, Unit
from tests.fakes import catalog_url, document_of

TEXT = "NGHỊ QUYẾT 🇻🇳\nĐiều 1. Mục tiêu\n1. Ít nhất 90% thủ tục trực tuyến;\nPhụ lục | Sở Tư pháp | 15/21"
ROW = TEXT.index("Phụ lục")
RESOLUTION = ParsedDocument(
    Document(
        id="05-nq-tu-2021",
        kind="Nghị quyết",
        number="05-NQ/TU",
        title="Cải cách hành chính “giai đoạn 2021 - 2025”",
        issuer="Ban Chấp hành Đảng bộ tỉnh",
        issued_on=date(2021, 4, 9),
        source="kho/nq 05.docx",
        sha256="a" * 64,
        text=TEXT,
        illustrative=True,
    ),
    (
        Unit("dieu-1", None, "dieu", "1", "Điều 1", 14, 30, ROW - 1, ("Chương I",)),
        Unit("dieu-1/1", "dieu-1", "khoan", "1", "khoản 1 Điều 1", 31, ROW - 1, ROW - 1, ("Chương I", "Mục tiêu")),
        # A table row keeps its cells with their column headers.
        Unit("hang-1", None, "hang", "", "hàng 1", ROW, len(TEXT), len(TEXT), (), (("Cơ quan", "Sở Tư pháp"),)),
    ),
    (
        Passage("dieu-1", "Điều 1", ("Chương I",), 14, ROW - 1),
        Passage("hang-1", "Phụ lục, hàng 1", (), ROW, len(TEXT)),
    ),
)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog.open(catalog_url(tmp_path / "kho"))
    yield opened
    opened.close()


def show(catalog: Catalog, *documents: ParsedDocument) -> str:
    """A generation of these documents."""
    ids = [document.document.id for document in documents]
    return catalog.propose(dict(zip(ids, catalog.store(documents, "1"), strict=True)), "hash")


def test_a_document_comes_back_whole(catalog: Catalog) -> None:
    name = show(catalog, RESOLUTION)
    assert catalog.document(name, "05-nq-tu-2021") == RESOLUTION
    assert catalog.document(name, "05-nq-tu") is None


def test_a_list_of_documents_leaves_the_texts_out(catalog: Catalog) -> None:
    name = show(catalog, document_of("kh-12", "Kế hoạch\nRà soát"), RESOLUTION)
    listed = catalog.documents(name)
    assert [document.id for document in listed] == ["05-nq-tu-2021", "kh-12"]
    assert listed[0] == replace(RESOLUTION.document, text="")


def test_a_stored_passage_carries_its_verbatim_text(catalog: Catalog) -> None:
    """Offsets count code points, also after the flag, which is two of them and eight bytes."""
    name = show(catalog, RESOLUTION)
    ((key, _), (row, _)) = next(catalog.entries(name)).passages
    first, second = catalog.passages(name, [row, key])
    assert (first.key, first.text) == (row, "Phụ lục | Sở Tư pháp | 15/21")
    assert (second.key, second.passage) == (key, RESOLUTION.passages[0])
    assert second.text == TEXT[14 : ROW - 1]
    assert second.document == replace(RESOLUTION.document, text="")


def test_passages_of_another_generation_are_not_shown(catalog: Catalog) -> None:
    old = show(catalog, document_of("bc-1", "Báo cáo\nĐạt 90%"))
    new = show(catalog, document_of("bc-1", "Báo cáo\nĐạt 95%", source="bc-1 (sửa).txt"))
    ((key, _),) = next(catalog.entries(new)).passages
    assert catalog.passages(old, [key]) == []
    assert [passage.text for passage in catalog.passages(new, [key, 10**9])] == ["Đạt 95%"]


def test_a_document_is_shown_under_the_id_that_its_generation_gives(catalog: Catalog) -> None:
    (version,) = catalog.store([document_of("kh-12", "Kế hoạch\nRà soát")], "1")
    name = catalog.propose({"kh-12-2": version}, "hash")
    (entry,) = catalog.entries(name)
    (passage,) = catalog.passages(name, [entry.passages[0][0]])
    assert {entry.document.id, passage.document.id, catalog.documents(name)[0].id} == {"kh-12-2"}
    assert catalog.members(name) == {"kh-12-2": version}


def test_entries_come_in_the_order_of_ids_over_several_batches(catalog: Catalog) -> None:
    ids = [f"bc-{number:03}" for number in range(ENTRIES * 2 + 3)]
    name = show(catalog, *(document_of(id_, f"Báo cáo\n{id_} một\n{id_} hai") for id_ in reversed(ids)))
    entries = list(catalog.entries(name))
    assert [entry.document.id for entry in entries] == ids
    for entry in entries:
        texts = [entry.document.text[p.start : p.end] for _, p in entry.passages]
        assert texts == [f"{entry.document.id} một", f"{entry.document.id} hai"]
    assert catalog.counts(name) == (len(ids), 2 * len(ids))


def test_a_version_is_found_by_file_state_and_parser(catalog: Catalog) -> None:
    (stored,) = catalog.store([RESOLUTION], "1")
    state, states = ("kho/nq 05.docx", "a" * 64), [("kho/nq 05.docx", "b" * 64), ("kho/khac.docx", "a" * 64)]
    assert catalog.known([*states, state], "1") == {state: stored}
    assert catalog.known([state], "2") == {}
    assert catalog.known(states * BATCH, "1") == {}


def test_documents_stored_together_keep_their_order_and_their_parts(catalog: Catalog) -> None:
    documents = [document_of(f"bc-{number}", f"Báo cáo\n{number} một\n{number} hai") for number in range(70, 0, -1)]
    versions = catalog.store(documents, "1")
    assert [version.document_id for version in versions] == [each.document.id for each in documents]
    name = catalog.propose({version.document_id: version for version in versions}, "hash")
    for each in documents:
        assert catalog.document(name, each.document.id) == each


SHORT = document_of("bc-1", "Báo cáo\nĐạt 90%")


@pytest.mark.parametrize(
    "changed",
    [
        document_of("bc-1", "Báo cáo\nĐạt 91%"),
        document_of("bc-1", "Báo cáo năm\nĐạt 90%"),  # the title is indexed with every passage
        replace(document_of("bc-1", "Báo cáo\nĐạt 90%"), passages=()),
        replace(SHORT, document=replace(SHORT.document, kind="Kế hoạch")),
    ],
)
def test_the_digest_covers_all_that_is_indexed(catalog: Catalog, changed: ParsedDocument) -> None:
    same = document_of("bc-1", "Báo cáo\nĐạt 90%", source="chỗ khác.txt")
    first, again = catalog.store([document_of("bc-1", "Báo cáo\nĐạt 90%"), same], "1")
    assert again.digest == first.digest
    assert catalog.store([changed], "2")[0].digest != first.digest


def test_collecting_keeps_what_kept_generations_show(catalog: Catalog) -> None:
    old = show(catalog, document_of("bc-1", "Báo cáo\nBỏ"))
    kept = show(catalog, document_of("bc-2", "Báo cáo\nGiữ"))
    outside = document_of("bc-3", "Báo cáo\nKhông thuộc thế hệ nào")
    catalog.store([outside], "1")
    catalog.collect([kept])
    assert catalog.document(old, "bc-1") is None
    assert catalog.document(kept, "bc-2") is not None
    assert catalog.content_hash(old) is None
    assert catalog.known([("bc-3.txt", outside.document.sha256)], "1") == {}


def test_keys_are_never_given_again(catalog: Catalog) -> None:
    """An index that is still open must not find another passage under an old key."""
    name = show(catalog, document_of("bc-1", "Báo cáo\nMột\nHai"))
    used = {key for key, _ in next(catalog.entries(name)).passages}
    catalog.collect([])
    again = show(catalog, document_of("bc-2", "Báo cáo\nBa\nBốn"))
    assert not used & {key for key, _ in next(catalog.entries(again)).passages}


def test_only_a_generation_that_served_is_the_latest(catalog: Catalog) -> None:
    assert catalog.latest() is None
    served = catalog.propose({}, "hash")
    catalog.mark_served(served)
    catalog.propose({}, "hash of a build that was killed")
    assert catalog.latest() == served


def test_names_follow_those_of_a_lost_catalog(catalog: Catalog) -> None:
    assert catalog.propose({}, "hash", after="g000041") == "g000042"
    assert catalog.propose({}, "hash", after="") == "g000043"


def made(catalog: Catalog, generation: str, model: str = "model") -> dict[int, tuple[bytes | None, bytes | None]]:
    versions = [version.key for version in catalog.members(generation).values()]
    return {each.key: (each.words, each.vectors) for each in catalog.made(versions, "segmenter", model)}


def test_what_is_slow_to_make_is_kept_by_maker(catalog: Catalog) -> None:
    name = show(catalog, document_of("bc-1", "Báo cáo\nĐạt 90%\nĐạt 91%"), document_of("bc-2", "Báo cáo\nĐạt 90%"))
    (first, second), (third,) = ([key for key, _ in entry.passages] for entry in catalog.entries(name))
    versions = [version.key for version in catalog.members(name).values()]
    digests = {each.key: each.digest for each in catalog.made(versions, "segmenter", "model")}
    assert digests[first] == digests[third] != digests[second]  # of equal documents under equal titles
    catalog.add_derived({"segmenter": {digests[first]: b"x"}})
    catalog.add_derived({"model": dict.fromkeys(digests.values(), b"v")})
    catalog.add_derived({"model": {digests[first]: b"again"}})  # by another run; the first stays
    assert made(catalog, name) == {first: (b"x", b"v"), second: (None, b"v"), third: (b"x", b"v")}
    assert made(catalog, name, "other")[first] == (b"x", None)
    lacking = catalog.made(versions, "segmenter", "model", lacking=True)
    assert [each.key for each in lacking] == [second]
    assert catalog.texts([second]) == {second: Fields("Báo cáo Báo cáo", "Báo cáo", "Đạt 91%")}
    catalog.forget_makers(["model"])
    assert made(catalog, name)[first] == (None, b"v")


def test_what_no_passage_needs_is_forgotten(catalog: Catalog) -> None:
    old = show(catalog, document_of("bc-1", "Báo cáo\nchung"), document_of("bc-2", "Báo cáo\nriêng"))
    kept = show(catalog, document_of("bc-3", "Báo cáo\nchung"))
    versions = [version.key for version in catalog.members(old).values()]
    digests = [each.digest for each in catalog.made(versions, "segmenter", "model")]
    catalog.add_derived({"model": dict.fromkeys(digests, b"v")})
    catalog.collect([kept])
    assert [vectors for _, vectors in made(catalog, kept).values()] == [b"v"]
    with catalog.engine.connect() as connection:
        assert (
            connection.scalars(schema.derived.select().with_only_columns(schema.derived.c.digest)).all() == digests[:1]
        )


def test_a_generation_like_another_is_written_as_if_alone(catalog: Catalog) -> None:
    ids = ["a", "b", "c", "d"]
    versions = catalog.store([document_of(id_, f"Báo cáo\n{id_}") for id_ in ids], "1")
    before = dict(zip(ids[:3], versions, strict=False))
    first = catalog.propose(before, "hash")
    after = {"a": versions[1], "c": versions[2], "e": versions[3]}  # b is shown as a
    second = catalog.propose(after, "hash", like=(first, before))
    assert catalog.members(second) == after
    assert set(catalog.members(first)) == {"a", "b", "c"}


def test_another_layout_is_refused(tmp_path: Path) -> None:
    url = catalog_url(tmp_path)
    opened = Catalog.open(url)
    with opened.engine.begin() as connection:
        connection.execute(schema.layout.update().values(version=schema.LAYOUT + 1))
    opened.close()
    with pytest.raises(StorageProblem, match=f"cấu trúc phiên bản {schema.LAYOUT + 1}"):
        Catalog.open(url)


def test_a_file_is_quarantined_until_it_is_read(catalog: Catalog) -> None:
    def run(*outcomes: FileOutcome) -> None:
        catalog.record(RunReport(outcomes, "g000001", "hash", 0, 0, 0.1))

    bad = FileOutcome("b.docx", "quarantined", None, "Tệp bị mã hóa.")
    run(FileOutcome("a.txt", "added", "a"), bad, FileOutcome("c.txt", "quarantined", None, "Tệp rỗng."))
    run(FileOutcome("c.txt", "added", "c"))
    assert catalog.quarantined() == [bad]  # met once, and not since


def test_nothing_is_stored_of_a_document_that_fails_halfway(catalog: Catalog) -> None:
    twice = replace(RESOLUTION, passages=(RESOLUTION.passages[0], RESOLUTION.passages[0]))
    with pytest.raises(StorageProblem):
        catalog.store([document_of("bc-1", "Báo cáo\nĐạt 90%"), twice], "1")
    assert catalog.known([("kho/nq 05.docx", "a" * 64), ("bc-1.txt", "")], "1") == {}


def test_members_must_exist(catalog: Catalog) -> None:
    with pytest.raises(StorageProblem):
        catalog.propose({"x": Version(99, "x", "x.txt", "", "", "")}, "hash")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StorageProblem, match=r"Không dùng được cơ sở dữ liệu .*catalog\.db"):
        Catalog.open(f"sqlite:///{tmp_path}/catalog.db")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "kho").write_text("a file")
    with pytest.raises(StorageProblem, match="Không tạo được thư mục dữ liệu"):
        Catalog.open(f"sqlite:///{tmp_path}/kho/sau/catalog.db")


@pytest.mark.parametrize("url", ["kho.db", "nosuch://host/db"])
def test_a_bad_url_says_which_setting(url: str) -> None:
    with pytest.raises(StorageProblem, match="HOIDAP_DATABASE_URL"):
        Catalog.open(url)


def test_several_may_open_a_new_catalog_at_once(tmp_path: Path) -> None:
    url = catalog_url(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        for opened in list(pool.map(Catalog.open, [url] * 8)):
            opened.close()


def test_another_process_sees_what_was_stored(tmp_path: Path) -> None:
    """Two connections at once, as the server and a command have."""
    url = catalog_url(tmp_path)
    writer, reader = Catalog.open(url), Catalog.open(url)
    name = show(writer, RESOLUTION)
    assert reader.document(name, "05-nq-tu-2021") == RESOLUTION
    writer.close()
    reader.close()
