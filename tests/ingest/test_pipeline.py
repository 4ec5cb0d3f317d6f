"""What becomes of every file: table of runs over a folder, each step being files written or removed, then a run."""

from __future__ import annotations

import os
import resource
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from ingest import generations, index, intake
from ingest.catalog import Catalog
from ingest.errors import HoidapError, NoIndex, StorageProblem, UnreadableFile, WriterBusy
from ingest.find import default_source
from ingest.intake import Step
from ingest.pipeline import ingest, rebuild
from ingest.text import text_version
from ingest.types import ParsedDocument, RunReport
from tests.fakes import BagOfWords, catalog_url, check_found, parse_lines

PCI = "05-nq\nNghị quyết về cải cách\nGiữ vững vị trí dẫn đầu PCI\nThu hút FDI trên 5 tỷ USD"
FDI = "bc-2024\nBáo cáo ba năm\nVốn FDI đạt 6,83 tỷ USD"
TASK = "kh-12\nKế hoạch năm\nSở Tư pháp chủ trì rà soát thủ tục"


@dataclass
class Office:
    """A folder of files and the data folder that it is ingested into. Sources are named from the folder's top."""

    top: Path
    catalog: Catalog
    embedder: BagOfWords = field(default_factory=BagOfWords)
    read: list[str] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.top / "data"

    def write(self, **files: str) -> None:
        for name, content in files.items():
            path = self.top / "kho" / f"{name}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")

    def remove(self, *names: str) -> None:
        for name in names:
            (self.top / "kho" / f"{name}.txt").unlink()

    def parse(self, path: Path, source: str) -> ParsedDocument:
        self.read.append(path.stem)
        return parse_lines(path, source)

    def run(self, **options: Any) -> RunReport:
        paths = options.pop("paths", [self.top / "kho"])
        settings = {"parse": self.parse, "parser": "1", "source_name": self.name, "verify": index.verify} | options
        return ingest(paths, data=self.data, catalog=self.catalog, embedder=self.embedder, **settings)

    def name(self, path: Path) -> str:
        return str(path.relative_to(self.top))

    def statuses(self, report: RunReport) -> dict[str, tuple[str, str | None]]:
        return {Path(o.source).stem: (o.status, o.document_id) for o in report.outcomes}

    def shown(self) -> dict[str, list[str]]:
        """The passages by document that a user can find, through both indexes alike."""
        with closing(
            generations.open_current(self.data, self.catalog, self.embedder.model_id, text_version())
        ) as generation:
            found: dict[str, list[str]] = {document.id: [] for document in self.catalog.documents(generation.name)}
            for entry in self.catalog.entries(generation.name):
                for key, passage in entry.passages:
                    own = entry.document.text[passage.start : passage.end]
                    (stored,) = self.catalog.passages(generation.name, [key])
                    assert (stored.text, stored.document.id) == (own, entry.document.id)
                    check_found(generation, stored)
                    found[entry.document.id].append(own)
            assert generation.size == sum(map(len, found.values()))
        return found


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    (tmp_path / "kho").mkdir()
    catalog = Catalog.open(catalog_url(tmp_path / "data"))
    yield Office(tmp_path, catalog)
    catalog.close()


def test_new_files(office: Office) -> None:
    office.write(a=PCI, b=FDI)
    report = office.run()
    assert office.statuses(report) == {"a": ("added", "05-nq"), "b": ("added", "bc-2024")}
    assert (report.documents, report.passages, report.generation) == (2, 3, generations.current(office.data))
    assert office.shown() == {
        "05-nq": ["Giữ vững vị trí dẫn đầu PCI", "Thu hút FDI trên 5 tỷ USD"],
        "bc-2024": ["Vốn FDI đạt 6,83 tỷ USD"],
    }


def test_unchanged_files_are_not_read_and_nothing_is_built(office: Office) -> None:
    office.write(a=PCI, b=FDI)
    first = office.run()
    office.read.clear()
    again = office.run()
    assert office.statuses(again) == {"a": ("unchanged", "05-nq"), "b": ("unchanged", "bc-2024")}
    assert office.read == []
    assert (again.generation, again.content_hash) == (first.generation, first.content_hash)


def test_a_changed_file_replaces_its_document(office: Office) -> None:
    office.write(a=PCI, b=FDI)
    office.run()
    office.read.clear()
    office.write(a=PCI.replace("5 tỷ", "6 tỷ"))
    report = office.run()
    assert office.statuses(report) == {"a": ("updated", "05-nq"), "b": ("unchanged", "bc-2024")}
    assert office.shown()["05-nq"] == ["Giữ vững vị trí dẫn đầu PCI", "Thu hút FDI trên 6 tỷ USD"]
    assert office.read == ["a"]
    assert generations.previous(office.data) == "g000001"


def test_only_new_texts_are_embedded(office: Office) -> None:
    office.write(a=PCI, b=FDI)
    office.run()
    before = office.embedder.asked
    office.write(a=PCI.replace("5 tỷ", "6 tỷ"))
    office.run()
    assert office.embedder.asked == before + 1


def test_a_missing_file_stays_unless_pruned(office: Office) -> None:
    office.write(a=PCI, b=FDI)
    office.run()
    office.remove("a")
    assert office.statuses(office.run()) == {"b": ("unchanged", "bc-2024")}
    assert set(office.shown()) == {"05-nq", "bc-2024"}
    report = office.run(prune=True)
    assert office.statuses(report) == {"a": ("removed", "05-nq"), "b": ("unchanged", "bc-2024")}
    assert set(office.shown()) == {"bc-2024"}


def test_pruning_looks_only_under_the_given_paths(office: Office) -> None:
    office.write(a=PCI)
    (office.top / "kho2").mkdir()  # a name that begins alike
    (office.top / "kho2" / "b.txt").write_text(FDI)
    office.run(paths=[office.top / "kho", office.top / "kho2"])
    (office.top / "kho2" / "b.txt").unlink()
    office.run(prune=True)
    assert set(office.shown()) == {"05-nq", "bc-2024"}


def test_the_last_document_pruned_leaves_an_index_that_answers_nothing(office: Office) -> None:
    office.write(a=PCI)
    office.run()
    office.remove("a")
    report = office.run(prune=True)
    assert (report.documents, report.passages) == (0, 0)
    assert office.shown() == {}
    office.write(a=PCI)
    office.run()
    assert set(office.shown()) == {"05-nq"}


def test_an_unreadable_file_is_quarantined_and_the_rest_goes_on(office: Office) -> None:
    office.write(a="", b=FDI)
    report = office.run()
    assert office.statuses(report) == {"a": ("quarantined", None), "b": ("added", "bc-2024")}
    assert report.outcomes[0].reason == "Tệp rỗng."
    assert [outcome.source for outcome in office.catalog.quarantined()] == ["kho/a.txt"]
    office.write(a=PCI)
    assert office.statuses(office.run())["a"] == ("added", "05-nq")
    assert office.catalog.quarantined() == []


def test_a_good_version_serves_on_when_its_file_breaks(office: Office) -> None:
    office.write(a=PCI)
    before = office.run()
    office.write(a="")
    report = office.run(prune=True)
    assert office.statuses(report) == {"a": ("quarantined", "05-nq")}
    assert "vẫn được dùng" in report.outcomes[0].reason
    assert report.generation == before.generation
    assert set(office.shown()) == {"05-nq"}


def test_a_quarantined_file_that_is_gone_leaves_the_list(office: Office) -> None:
    office.write(a="", b=FDI)
    office.run()
    office.remove("a")
    assert office.statuses(office.run(prune=True))["a"] == ("removed", None)
    assert office.catalog.quarantined() == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (UnreadableFile("Tệp bị mã hóa."), "Tệp bị mã hóa."),
        (PermissionError(13, "Permission denied"), "Không đọc được tệp: Permission denied."),
        # A parser's own fault is the file's trouble alone, and is told.
        (RecursionError("too deep"), "Chương trình gặp lỗi khi đọc tệp (RecursionError: too deep)."),
    ],
)
def test_whatever_a_parser_raises(office: Office, error: Exception, reason: str) -> None:
    def parse(path: Path, source: str) -> ParsedDocument:
        if path.stem == "a":
            raise error
        return parse_lines(path, source)

    office.write(a=PCI, b=FDI)
    report = office.run(parse=parse)
    assert office.statuses(report) == {"a": ("quarantined", None), "b": ("added", "bc-2024")}
    assert report.outcomes[0].reason.startswith(reason)


def test_a_file_that_changes_while_it_is_read(office: Office) -> None:
    def parse(path: Path, source: str) -> ParsedDocument:
        path.write_text(FDI)
        return parse_lines(path, source)

    office.write(a=PCI)
    report = office.run(parse=parse)
    assert report.outcomes[0].reason.startswith("Tệp bị thay đổi trong lúc đọc.")


def test_text_that_is_no_unicode_is_quarantined(office: Office) -> None:
    def parse(path: Path, source: str) -> ParsedDocument:
        parsed = parse_lines(path, source)
        return ParsedDocument(replace(parsed.document, text="\ud800"), (), ())

    office.write(a=PCI)
    report = office.run(parse=parse)
    assert office.statuses(report) == {"a": ("quarantined", None)}
    assert "UnicodeEncodeError" in report.outcomes[0].reason


# The same content, the same number


def test_the_same_content_twice_is_shown_once(office: Office) -> None:
    office.write(a=PCI, b=PCI)
    report = office.run()
    assert office.statuses(report) == {"a": ("added", "05-nq"), "b": ("duplicate", "05-nq")}
    assert "kho/a.txt" in report.outcomes[1].reason
    assert set(office.shown()) == {"05-nq"}


def test_a_copy_that_sorts_first_takes_nothing_away(office: Office) -> None:
    office.write(b=PCI)
    office.run()
    office.write(a=PCI)
    assert office.statuses(office.run()) == {"a": ("duplicate", "05-nq"), "b": ("unchanged", "05-nq")}


def test_a_copy_takes_over_when_the_first_changes(office: Office) -> None:
    office.write(a=PCI, b=PCI)
    office.run()
    office.write(a=FDI)
    report = office.run()
    assert office.statuses(report) == {"a": ("updated", "bc-2024"), "b": ("added", "05-nq")}
    assert set(office.shown()) == {"05-nq", "bc-2024"}


def test_a_copy_takes_over_when_the_first_is_gone(office: Office) -> None:
    office.write(a=PCI, b=PCI)
    office.run()
    office.remove("a")
    assert office.statuses(office.run(prune=True)) == {"a": ("removed", "05-nq"), "b": ("added", "05-nq")}
    assert set(office.shown()) == {"05-nq"}


def test_a_file_that_becomes_a_copy_is_no_longer_shown(office: Office) -> None:
    office.write(a=PCI, b=FDI)
    office.run()
    office.write(b=PCI)
    assert office.statuses(office.run()) == {"a": ("unchanged", "05-nq"), "b": ("duplicate", "05-nq")}
    assert set(office.shown()) == {"05-nq"}


def test_two_files_that_change_places(office: Office) -> None:
    office.write(a=PCI, b=FDI)
    office.run()
    office.write(a=FDI, b=PCI)
    assert office.statuses(office.run()) == {"a": ("updated", "bc-2024"), "b": ("updated", "05-nq")}
    assert set(office.shown()) == {"05-nq", "bc-2024"}


def test_ids_that_clash_are_numbered_in_the_order_of_sources(office: Office) -> None:
    office.write(a=TASK, b=TASK + " đất đai", c=TASK + " hộ tịch")
    expected = {"a": ("added", "kh-12"), "b": ("added", "kh-12-2"), "c": ("added", "kh-12-3")}
    assert office.statuses(office.run()) == expected


def test_a_document_keeps_its_id_while_others_come_and_go(office: Office) -> None:
    office.write(b=TASK + " đất đai", c=TASK + " hộ tịch")
    office.run()
    office.write(a=TASK)
    assert office.statuses(office.run())["a"] == ("added", "kh-12-3")
    office.remove("b")
    report = office.run(prune=True)
    assert office.statuses(report) == {
        "a": ("unchanged", "kh-12-3"),
        "b": ("removed", "kh-12"),
        "c": ("unchanged", "kh-12-2"),
    }


# Files and folders


def test_what_lies_in_a_folder_but_is_no_document(office: Office) -> None:
    office.write(a=PCI)
    for name in (".an.txt", "~$a.txt", "manifest.json", ".git/b.txt"):
        path = office.top / "kho" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(FDI)
    assert office.statuses(office.run()) == {"a": ("added", "05-nq")}


def test_links_that_loop_end(office: Office) -> None:
    office.write(a=PCI)
    (office.top / "kho" / "sub").mkdir()
    (office.top / "kho" / "sub" / "up").symlink_to(office.top / "kho")
    (office.top / "kho" / "broken.txt").symlink_to(office.top / "nowhere.txt")
    (office.top / "kho" / "itself.txt").symlink_to(office.top / "kho" / "itself.txt")
    os.mkfifo(office.top / "kho" / "pipe.txt")  # reading it would wait for ever
    statuses = office.statuses(office.run())
    kept_out = dict.fromkeys(("broken", "itself", "pipe"), ("quarantined", None))
    assert statuses == {"a": ("added", "05-nq")} | kept_out


def test_one_file_given_twice_is_read_once(office: Office) -> None:
    office.write(a=PCI)
    path = office.top / "kho" / "a.txt"
    assert len(office.run(paths=[path, office.top / "kho", path]).outcomes) == 1


def test_a_path_that_does_not_exist_starts_nothing(office: Office) -> None:
    office.write(a=PCI)
    with pytest.raises(HoidapError, match=r"Không có tệp hay thư mục .*nham"):
        office.run(paths=[office.top / "kho", office.top / "nham"])
    assert generations.current(office.data) is None


def test_a_name_that_is_no_unicode(office: Office) -> None:
    path = os.fsdecode(os.fsencode(office.top / "kho") + b"/b\xe1o c\xe1o.txt")
    Path(path).write_text(FDI)
    report = office.run(source_name=default_source)
    assert report.outcomes[0].source.endswith("/kho/b\\xe1o c\\xe1o.txt")
    assert report.outcomes[0].status == "added"


# Zips


def pack(path: Path, **files: str) -> None:
    with zipfile.ZipFile(path, "w") as package:
        for name, content in files.items():
            package.writestr(f"thư mục/{name}.txt", content)


def sources(report: RunReport) -> dict[str, str]:
    return {outcome.source: outcome.status for outcome in report.outcomes}


def test_a_zip_is_a_folder(office: Office) -> None:
    pack(office.top / "kho" / "goi.zip", a=PCI, b=FDI, c="")
    office.write(d=TASK, e=FDI)
    report = office.run()
    assert sources(report) == {
        "kho/d.txt": "added",
        "kho/e.txt": "added",
        "kho/goi.zip/thư mục/a.txt": "added",
        "kho/goi.zip/thư mục/b.txt": "duplicate",
        "kho/goi.zip/thư mục/c.txt": "quarantined",
    }
    assert set(office.shown()) == {"05-nq", "bc-2024", "kh-12"}
    assert not (office.data / "unpacked").exists()


def test_a_zip_by_itself(office: Office) -> None:
    pack(office.top / "kho" / "goi.zip", a=PCI)
    assert office.statuses(office.run(paths=[office.top / "kho" / "goi.zip"])) == {"a": ("added", "05-nq")}
    assert office.statuses(office.run()) == {"a": ("unchanged", "05-nq")}


def test_a_zip_that_changes(office: Office) -> None:
    pack(office.top / "kho" / "goi.zip", a=PCI, b=FDI)
    office.run()
    pack(office.top / "kho" / "goi.zip", a=PCI.replace("5 tỷ", "6 tỷ"))
    assert office.statuses(office.run()) == {"a": ("updated", "05-nq")}
    assert office.statuses(office.run(prune=True)) == {"a": ("unchanged", "05-nq"), "b": ("removed", "bc-2024")}
    (office.top / "kho" / "goi.zip").unlink()
    assert office.statuses(office.run(prune=True)) == {"a": ("removed", "05-nq")}


def test_what_a_zip_held_serves_on_when_it_breaks(office: Office) -> None:
    path = office.top / "kho" / "goi.zip"
    pack(path, a=PCI)
    office.run()
    path.write_bytes(path.read_bytes()[:-9])
    assert sources(office.run(prune=True)) == {"kho/goi.zip": "quarantined"}
    assert set(office.shown()) == {"05-nq"}
    assert [outcome.source for outcome in office.catalog.quarantined()] == ["kho/goi.zip"]
    pack(path, a=PCI)
    assert sources(office.run()) == {"kho/goi.zip": "removed", "kho/goi.zip/thư mục/a.txt": "unchanged"}
    assert office.catalog.quarantined() == []


def test_a_zip_that_changes_while_it_is_read(office: Office) -> None:
    path = office.top / "kho" / "goi.zip"

    def parse(file: Path, source: str) -> ParsedDocument:
        pack(path, a="khác")
        return parse_lines(file, source)

    # More than are taken out at the same time.
    pack(path, **{f"tep{number}": f"{PCI}\nSố {number}" for number in range(12)})
    assert "quarantined" in sources(office.run(parse=parse)).values()


def test_what_a_killed_run_unpacked_is_removed(office: Office) -> None:
    (office.data / "unpacked" / "x").mkdir(parents=True)
    office.write(a=PCI)
    office.run()
    assert not (office.data / "unpacked").exists()


# Parsing ahead


def test_files_are_parsed_side_by_side_and_kept_in_order(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few ahead and no more: the first one waits until another one has begun."""
    monkeypatch.setattr(intake, "WORKERS", 2)
    monkeypatch.setattr(intake, "TOGETHER", 1)
    begun: list[str] = []
    second = threading.Event()

    def parse(path: Path, source: str) -> ParsedDocument:
        begun.append(path.stem)
        if path.stem == "f00":
            assert second.wait(10)
            assert len(begun) <= intake.AHEAD + 1
        else:
            second.set()
        return parse_lines(path, source)

    office.write(**{f"f{n:02}": f"kh-{n:02}\nKế hoạch\nViệc {n}" for n in range(40)})
    report = office.run(parse=parse)
    assert [outcome.document_id for outcome in report.outcomes] == [f"kh-{n:02}" for n in range(40)]
    assert sorted(begun) == [f"f{n:02}" for n in range(40)]


def test_the_same_content_is_parsed_once(office: Office) -> None:
    office.write(a=PCI, b=PCI, c=PCI)
    office.run()
    assert office.read == ["a"]


def test_an_interrupt_ends_the_parsing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "TOGETHER", 1)

    def progress(step: Step, done: int, total: int) -> None:
        raise KeyboardInterrupt

    office.write(**{f"f{n:02}": f"kh-{n:02}\nKế hoạch\nViệc {n}" for n in range(40)})
    with pytest.raises(KeyboardInterrupt):
        office.run(progress=progress)
    assert len(office.read) < 40


@pytest.mark.parametrize("together", [1, 3, 200])
def test_files_taken_together_are_told_apart(office: Office, monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    monkeypatch.setattr(intake, "TOGETHER", together)
    office.write(a=PCI, b="", c=FDI, d=PCI, e=TASK)
    pack(office.top / "kho" / "goi.zip", f=FDI, g=TASK + " đất đai")
    (office.top / "kho" / "h.docx").write_text(TASK + " hộ tịch")
    expected = {"a": "added", "b": "quarantined", "c": "added", "d": "duplicate", "e": "added", "f": "duplicate",
                "g": "added", "h": "added"}  # fmt: skip
    statuses = office.statuses(office.run())
    assert {name: status for name, (status, _) in statuses.items()} == expected
    assert set(office.shown()) == {"05-nq", "bc-2024", "kh-12", "kh-12-2", "kh-12-3"}


# Rebuilding


def test_another_parser_reads_again(office: Office) -> None:
    office.write(a=PCI)
    office.run()
    assert office.statuses(office.run(parser="2")) == {"a": ("updated", "05-nq")}


def test_another_model_builds_again_without_reading(office: Office) -> None:
    office.write(a=PCI)
    before = office.run()
    office.read.clear()
    office.embedder = BagOfWords(64, "other")
    report = office.run()
    assert office.statuses(report) == {"a": ("unchanged", "05-nq")}
    assert report.content_hash != before.content_hash
    assert office.read == []
    assert set(office.shown()) == {"05-nq"}


def rebuilt(office: Office) -> RunReport:
    return rebuild(data=office.data, catalog=office.catalog, embedder=office.embedder, verify=index.verify)


def test_rebuilding_embeds_nothing_and_ends_in_the_same_content(office: Office) -> None:
    office.write(a=PCI, b=FDI)
    before = office.run()
    asked = office.embedder.asked
    (generations.folder(office.data, "g000001") / "words" / "keys.npy").unlink()
    report = rebuilt(office)
    assert report.content_hash == before.content_hash
    assert report.generation != before.generation
    assert office.embedder.asked == asked
    assert set(office.shown()) == {"05-nq", "bc-2024"}


def test_ingesting_nothing_new_mends_a_damaged_index(office: Office) -> None:
    office.write(a=PCI)
    office.run()
    (generations.folder(office.data, "g000001") / "words" / "keys.npy").unlink()
    office.run()
    assert set(office.shown()) == {"05-nq"}


@pytest.mark.parametrize("again", [rebuilt, Office.run])
def test_a_lost_index_folder_comes_back_whole(office: Office, again: Callable[[Office], RunReport]) -> None:
    office.write(a=PCI, b=FDI)
    office.run()
    shutil.rmtree(office.data / "index")
    (office.data / "CURRENT").unlink()
    office.remove("a")  # so that only the catalog still has it
    again(office)
    assert set(office.shown()) == {"05-nq", "bc-2024"}


def test_a_damaged_current_is_mended(office: Office) -> None:
    office.write(a=PCI)
    office.run()
    (office.data / "CURRENT").write_text("")
    rebuilt(office)
    assert set(office.shown()) == {"05-nq"}


def test_an_index_whose_catalog_is_lost_is_not_rebuilt_as_an_empty_one(office: Office, tmp_path: Path) -> None:
    office.write(a=PCI)
    office.run()
    empty = Catalog.open(catalog_url(tmp_path / "other"))
    with closing(empty), pytest.raises(NoIndex):
        rebuild(data=office.data, catalog=empty, embedder=office.embedder, verify=index.verify)
    assert set(office.shown()) == {"05-nq"}


def test_nothing_to_rebuild(office: Office) -> None:
    with pytest.raises(NoIndex, match="`hoidap ingest"):
        rebuilt(office)


# What is kept


def test_two_generations_and_their_versions_are_kept(office: Office) -> None:
    for number in range(4):
        office.write(a=f"{PCI}\nLần {number}")
        office.run()
    assert sorted(path.name for path in (office.data / "index").iterdir()) == ["g000003", "g000004"]
    assert list(office.catalog.members("g000003")) == ["05-nq"]
    assert office.catalog.members("g000002") == {}


def test_the_content_hash_is_of_content_alone(office: Office, tmp_path: Path) -> None:
    """Whatever the way there, the folder it lies in, and the keys it got."""
    office.write(a=FDI, b=TASK)
    office.run()
    office.write(a=PCI, b=TASK, c=FDI)
    first = office.run()
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "kho").mkdir(parents=True)
    with closing(Catalog.open(catalog_url(elsewhere / "data"))) as catalog:
        other = Office(elsewhere, catalog)
        other.write(x=FDI, y=PCI, z=TASK)
        assert other.run().content_hash == first.content_hash
        other.write(z=TASK + ".")
        assert other.run().content_hash != first.content_hash


def test_texts_that_are_gone_are_embedded_again(office: Office) -> None:
    """What was made of them is forgotten with the last generation that shows them: the cache doesn't grow for ever."""
    office.write(a=PCI)
    for text in (FDI, TASK):
        office.run()
        office.write(a=text)
    office.run()
    asked = office.embedder.asked
    office.write(a=PCI)
    office.run()
    assert office.embedder.asked == asked + 2


def test_leftovers_of_a_killed_build_make_room_before_anything_is_built(office: Office) -> None:
    office.write(a=PCI)
    office.run()
    (generations.folder(office.data, "g000007") / "chroma").mkdir(parents=True)
    seen: list[list[str]] = []
    office.run(progress=lambda *_: seen.append([path.name for path in (office.data / "index").iterdir()]))
    assert seen[0] == ["g000001"]


# Failures


def limited(step: Step, size: int) -> Callable[[Step, int, int], None]:
    """From this step on no file can grow past `size` bytes, as on a full disk."""

    def progress(reached: Step, done: int, total: int) -> None:
        if reached == step:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    return progress


@pytest.mark.parametrize(
    ("step", "size"),
    [
        ("read", 1),  # the catalog can't store
        ("embedded", 50_000),  # Chroma can't build: its database alone is larger
        ("embedded", 1),  # numpy can't save
        ("verified", 1),  # CURRENT can't be written
    ],
)
def test_a_full_disk_leaves_the_old_generation_serving(office: Office, step: Step, size: int) -> None:
    office.write(a=PCI)
    before = office.run()
    office.write(b=FDI)
    try:
        with pytest.raises(StorageProblem, match="dung lượng đĩa"):
            office.run(progress=limited(step, size))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert generations.current(office.data) == before.generation
    assert [path.name for path in (office.data / "index").iterdir()] == [before.generation]
    assert set(office.shown()) == {"05-nq"}
    office.run()
    assert set(office.shown()) == {"05-nq", "bc-2024"}


def test_a_generation_that_fails_the_check_never_serves(office: Office) -> None:
    def spoil(directory: Path) -> None:
        (directory / "words" / "keys.npy").unlink()
        generations.verify_in_new_process(directory)

    office.write(a=PCI)
    before = office.run()
    office.write(b=FDI)
    with pytest.raises(StorageProblem, match=r"không qua được kiểm tra.*keys\.npy"):
        office.run(verify=spoil)
    assert generations.current(office.data) == before.generation
    assert set(office.shown()) == {"05-nq"}


def test_an_interrupt_just_after_the_switch_leaves_the_new_generation(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CURRENT already names the new folder, so it is no leftover."""
    sync = generations._sync

    def interrupted(path: Path) -> None:
        sync(path)
        if path == office.data:
            raise KeyboardInterrupt

    office.write(a=PCI)
    monkeypatch.setattr(generations, "_sync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        office.run()
    assert set(office.shown()) == {"05-nq"}


def test_a_second_ingest_leaves_at_once(office: Office) -> None:
    office.write(a=PCI)
    with generations.writer_lock(office.data), pytest.raises(WriterBusy, match=f"tiến trình {os.getpid()} "):
        office.run()
    assert generations.current(office.data) is None


def test_every_step_is_told_in_order(office: Office) -> None:
    told: list[tuple[Step, int, int]] = []
    office.write(a=PCI, b=FDI)
    office.run(progress=lambda step, done, total: told.append((step, done, total)))
    assert list(dict.fromkeys(told)) == [
        ("found", 1, 2),
        ("found", 2, 2),
        ("read", 2, 2),
        ("stored", 2, 2),
        ("embedded", 3, 0),  # while the files are read
        ("embedded", 0, 3),
        ("embedded", 3, 3),
        ("indexed", 3, 3),
        ("linked", 0, 2),
        ("linked", 2, 2),
        ("built", 1, 1),
        ("verified", 1, 1),
        ("switched", 1, 1),
        ("cleaned", 1, 1),
    ]
