"""The shelf: which generation a request sees, and when an old one is let go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.errors import NotReady
from assistant.library import Library, Shelf
from ingest import generations, index
from ingest.catalog import Catalog
from ingest.diacritics import Restorer
from ingest.index import Hit
from ingest.pipeline import ingest
from ingest.text import words
from tests.fakes import BagOfWords, catalog_url, parse_lines

PCI = "05-nq\nNghị quyết về cải cách\nGiữ vững vị trí dẫn đầu PCI"
FDI = "bc-2024\nBáo cáo ba năm\nVốn FDI đạt 6,83 tỷ USD"


@dataclass
class Room:
    """A data folder with a shelf over it."""

    top: Path
    catalog: Catalog
    shelf: Shelf

    def ingest(self, **files: str) -> None:
        (self.top / "kho").mkdir(exist_ok=True)
        for name, content in files.items():
            (self.top / "kho" / f"{name}.txt").write_text(content, encoding="utf-8")
        ingest(
            [self.top / "kho"],
            data=self.top / "data",
            catalog=self.catalog,
            embedder=BagOfWords(),
            parse=parse_lines,
            parser="1",
            verify=index.verify,
        )


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with closing(Catalog.open(catalog_url(tmp_path))) as catalog:
        shelf = Shelf(tmp_path / "data", catalog, BagOfWords())
        yield Room(tmp_path, catalog, shelf)
        shelf.close()


def ids(library: Library) -> set[str]:
    return {document.id for document in library.documents()}


def near(library: Library, text: str) -> list[Hit]:
    return library.search_vectors(library.embedder.encode_query(text), 9)


def texts(library: Library, text: str) -> list[str]:
    """Of the passages of the sections that share most words with a text."""
    sections = library.sections
    found = [sections.section(hit.key) for hit in library.search_words(words(text), 5)]
    keys = [key for at in found for key in sections.forward.keys[slice(*sections.forward.passages_of[at : at + 2])]]
    return [passage.text for passage in library.passages([int(key) for key in keys])]


def test_nothing_to_read_says_why(room: Room) -> None:
    room.shelf.refresh()
    with pytest.raises(NotReady, match="`hoidap ingest"), room.shelf.reading():
        pass


def test_a_request_ends_on_the_generation_that_it_began_with(room: Room) -> None:
    room.ingest(nghi_quyet=PCI)
    room.shelf.refresh()
    with room.shelf.reading() as old:
        room.ingest(bao_cao=FDI)
        room.shelf.refresh()
        with room.shelf.reading() as new:
            assert ids(new) == {"05-nq", "bc-2024"}
            assert texts(new, "Vốn FDI") == ["Vốn FDI đạt 6,83 tỷ USD"]
        assert ids(old) == {"05-nq"}
        assert texts(old, "vị trí dẫn đầu PCI") == ["Giữ vững vị trí dẫn đầu PCI"]
        assert texts(old, "Vốn FDI") == []
        assert len(near(old, "PCI")) == 1
    # The last reader has left: closed, so that it answers from vectors no more.
    assert near(old, "PCI") == []


def test_the_last_of_many_readers_closes_it(room: Room) -> None:
    room.ingest(nghi_quyet=PCI)
    room.shelf.refresh()
    with ExitStack() as last:
        old = last.enter_context(room.shelf.reading())
        with room.shelf.reading() as same:
            assert same is old
            room.ingest(bao_cao=FDI)
            room.shelf.refresh()
        assert len(near(old, "PCI")) == 1
    assert near(old, "PCI") == []


def test_the_names_of_new_documents_are_restored_once_their_generation_serves(room: Room) -> None:
    restorer = Restorer.load()
    room.ingest(nghi_quyet=PCI)
    room.shelf.refresh()
    with room.shelf.reading() as old:
        room.ingest(bao_cao="bc-2024\nBáo cáo\nXã Trà Phẹo có 12 thôn, xã Trà Phẹo đạt chuẩn")
        room.shelf.refresh()
        with room.shelf.reading() as new:
            assert new.taught(restorer).restore("xa Tra Pheo o dau") == "xã Trà Phẹo ở đâu"
            assert new.taught(restorer) is new.taught(restorer)
        assert old.taught(restorer).restore("xa Tra Pheo o dau") != "xã Trà Phẹo ở đâu"


def test_refreshing_opens_nothing_where_nothing_changed(room: Room) -> None:
    room.ingest(nghi_quyet=PCI)
    room.shelf.refresh()
    with room.shelf.reading() as before:
        room.shelf.refresh()
        with room.shelf.reading() as after:
            assert after is before


def test_requests_run_on_while_generations_come_and_go(room: Room) -> None:
    room.ingest(nghi_quyet=PCI)
    room.shelf.refresh()
    stop, failures, rounds = threading.Event(), list[str](), list[int]()

    def read() -> None:
        while not stop.is_set():
            with room.shelf.reading() as library:
                if len(near(library, "PCI")) != library.size or "05-nq" not in ids(library):
                    failures.append(library.name)
                rounds.append(1)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(4):
        room.ingest(**{f"bao_cao_{number}": f"bc-{number}\nBáo cáo {number}\nVốn FDI đạt {number},83 tỷ USD"})
        room.shelf.refresh()
    stop.set()
    for reader in readers:
        reader.join()
    assert not failures
    assert len(rounds) > 10
    with room.shelf.reading() as library:
        assert library.size == 5
        assert library.name == generations.current(room.top / "data")


def test_a_document_is_whole_or_not_there(room: Room) -> None:
    room.ingest(nghi_quyet=PCI)
    room.shelf.refresh()
    with room.shelf.reading() as library:
        parsed = library.document("05-nq")
        assert parsed is not None
        assert parsed.document.text == PCI.partition("\n")[2]
        assert library.document("05-nq") is parsed
        assert library.document("bc-2024") is None
