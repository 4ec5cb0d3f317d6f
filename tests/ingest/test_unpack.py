"""Zips as folders: what is found in them and under which name, what is refused, and that names lead nowhere."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.errors import UnreadableFile
from ingest.unpack import MAX_DIRECTORY, entries, extracted, is_archive

Content = str | bytes


def zipped(*files: tuple[str, Content], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as package:
        for name, content in files:
            package.writestr(name, content)
    return packed.getvalue()


def saved(folder: Path, content: bytes, name: str = "goi.zip") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def named(folder: Path, *files: tuple[str, Content]) -> dict[str, str]:
    """The text, or the problem, by name, of each entry of a zip with these files."""
    path = saved(folder, zipped(*files))
    found = {}
    for entry in entries(path, folder):
        found[entry.name] = entry.problem
        if not entry.problem:
            with extracted(path, entry.place, folder) as file:
                found[entry.name] = file.read_text(encoding="utf-8")
    assert [p.name for p in folder.iterdir()] == ["goi.zip"]  # nothing stays unpacked
    return found


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("báo cáo/tệp.txt", "báo cáo/tệp.txt"),
        ("ba\u0301o ca\u0301o.txt", "báo cáo.txt"),  # as macOS writes it
        ("thu-muc\\tep.txt", "thu-muc/tep.txt"),  # as old Windows programs do
        ("../../../../tmp/ra-ngoai.txt", "tmp/ra-ngoai.txt"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Windows\\tep.txt", "C:/Windows/tep.txt"),
        ("./a//b/./tep.txt", "a/b/tep.txt"),
        ("hai\ndòng\x07.txt", "hai_dòng_.txt"),
        ("không có đuôi", "không có đuôi"),
    ],
)
def test_names(tmp_path: Path, name: str, shown: str) -> None:
    assert named(tmp_path, (name, "nội dung")) == {shown: "nội dung"}


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("quyết định.txt".encode(), "quyết định.txt"),
        ("giâ\u0301y tơ\u0300.txt".encode("cp1258"), "giấy tờ.txt"),
        (b"plain.txt", "plain.txt"),
    ],
)
def test_names_without_the_flag_for_utf8(tmp_path: Path, raw: bytes, name: str) -> None:
    """Bytes from a program that does not say how it writes letters."""
    stand_in = b"x" * len(raw)
    path = saved(tmp_path, zipped((stand_in.decode(), "nội dung")).replace(stand_in, raw))
    assert [entry.name for entry in entries(path, tmp_path)] == [name]


def test_what_is_no_document_is_passed_over(tmp_path: Path) -> None:
    hidden = ("__MACOSX/._a.txt", ".git/a.txt", "~$a.docx", "x/Thumbs.db", "desktop.ini", "x/", "manifest.json")
    assert named(tmp_path, ("a.txt", "một"), *((name, "hai") for name in hidden)) == {"a.txt": "một"}


def test_two_files_of_one_name(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        assert named(tmp_path, ("x/a.txt", "một"), ("x/a.txt", "hai")) == {"x/a.txt": "một", "x/a (2).txt": "hai"}


def test_a_zip_in_a_zip_and_one_in_that(tmp_path: Path) -> None:
    deepest = zipped(("sau.txt", "ba"))
    found = named(tmp_path, ("a.txt", "một"), ("trong.zip", zipped(("b.txt", "hai"), ("sâu.zip", deepest))))
    assert found.pop("trong.zip/sâu.zip").startswith("Tệp nén lồng nhau quá nhiều lớp.")
    assert found == {"a.txt": "một", "trong.zip/b.txt": "hai"}


def test_a_damaged_zip_in_a_zip_is_one_damaged_file(tmp_path: Path) -> None:
    found = named(tmp_path, ("a.txt", "một"), ("hong.zip", zipped(("b.txt", "hai"))[:-30]))
    assert found.pop("hong.zip").startswith("Tệp nén bị hỏng")
    assert found == {"a.txt": "một"}


def test_a_document_is_no_archive(tmp_path: Path) -> None:
    docx = zipped(("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>"))
    assert not is_archive(saved(tmp_path, docx))
    assert is_archive(saved(tmp_path, zipped(("bao-cao.docx", docx))))
    path = saved(tmp_path, zipped(("bao-cao.docx", docx)))
    assert [entry.name for entry in entries(path, tmp_path)] == ["bao-cao.docx"]


@pytest.mark.parametrize(
    ("name", "content", "archive"),
    [
        ("a.zip", b"", False),
        ("a.zip", b"van ban", False),  # the reader says what it is
        ("a.zip", zipped(("a", "b"))[:-9], True),
        ("a.docx", zipped(("a", "b"))[:-9], False),
        ("a.docx", zipped(("a.txt", "b")), True),  # whatever its name
        ("a.zip", zipped(), True),
    ],
    # The contents hold the time: names made of them would differ from one process to the next.
    ids=["empty", "text", "cut off", "cut off, named docx", "whole, named docx", "without entries"],
)
def test_what_an_archive_is(tmp_path: Path, name: str, content: bytes, *, archive: bool) -> None:
    assert is_archive(saved(tmp_path, content, name)) is archive


# Refused: one file, or the zip whole


def marked(content: bytes, flag: int = 0, method: int | None = None) -> bytes:
    """The zip with this flag set, or another method named, in its only entry: locally and in the list."""
    changed = bytearray(content)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = changed.index(magic) + at
        changed[start] |= flag
        if method is not None:
            changed[start + 2] = method
    return bytes(changed)


def link() -> bytes:
    info = zipfile.ZipInfo("lien-ket.txt")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr(info, "/etc/passwd")
    return packed.getvalue()


def spoiled() -> bytes:
    content = zipped(("a.txt", "nội dung"), method=zipfile.ZIP_STORED)
    return content.replace("nội dung".encode(), "nội dunG".encode(), 1)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (marked(zipped(("a.txt", "nội dung")), flag=1), "được đặt mật khẩu"),
        (marked(zipped(("a.txt", "nội dung")), method=zipfile.ZIP_LZMA), "kiểu nén lạ"),
        (marked(zipped(("a.txt", "nội dung")), method=99), "kiểu nén lạ"),
        (zipped(("a.txt", "nội dung"), method=zipfile.ZIP_BZIP2), "kiểu nén lạ"),
        (link(), "chỉ là liên kết"),
        (spoiled(), "bị hỏng"),
        # 65 MB of zeros beside as much as it takes not to look like a bomb
        (zipped(("a.txt", bytes(65 << 20)), method=zipfile.ZIP_STORED), "tệp quá lớn"),
    ],
)
def test_an_entry_that_can_not_be_taken(tmp_path: Path, content: bytes, problem: str) -> None:
    path = saved(tmp_path, content)
    (entry,) = entries(path, tmp_path)
    assert problem in entry.problem
    with pytest.raises(UnreadableFile), extracted(path, entry.place, tmp_path):
        pass


def declared(content: bytes, size: int) -> bytes:
    """The zip, each of whose entries claims this size in the list."""
    changed = bytearray(content)
    start = changed.find(b"PK\x01\x02")
    while start >= 0:
        changed[start + 24 : start + 28] = size.to_bytes(4, "little")
        start = changed.find(b"PK\x01\x02", start + 1)
    return bytes(changed)


def many(names: Sequence[str]) -> bytes:
    return zipped(*((name, "") for name in names), method=zipfile.ZIP_STORED)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped(), "không có tệp nào"),
        (zipped((".an", "một")), "không có tệp nào"),
        (zipped(("a.txt", "một"))[:-9], "bị hỏng"),
        (b"PK\x03\x04" + bytes(100), "bị hỏng"),
        (zipped(("a.txt", bytes(20 << 20))), "bung ra quá lớn"),
        (zipped(("a.zip", zipped(("b.txt", bytes(20 << 20))))), "bung ra quá lớn"),  # counted at every depth
        (declared(zipped(("a.txt", "một")), 0xFFFFFFF0), "bung ra quá lớn"),
        (many([f"{n}.txt" for n in range(10_001)]), "bung ra quá lớn"),
        (zipped(*((f"{n}.zip", many([f"{m}" for m in range(999)])) for n in range(11))), "bung ra quá lớn"),
        (many([f"{n}{'x' * 60_000}" for n in range(MAX_DIRECTORY // 60_000 + 1)]), "quá nhiều mục"),
    ],
)
def test_a_zip_that_is_refused_whole(tmp_path: Path, content: bytes, reason: str) -> None:
    path = saved(tmp_path, content)
    assert is_archive(path)
    with pytest.raises(UnreadableFile, match=reason):
        entries(path, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["goi.zip"]


def test_a_zip_that_has_changed_since_it_was_looked_into(tmp_path: Path) -> None:
    path = saved(tmp_path, zipped(("a.txt", "một"), ("b.txt", "hai")))
    place = entries(path, tmp_path)[1].place
    saved(tmp_path, zipped(("a.txt", "một")))
    with pytest.raises(UnreadableFile, match="bị hỏng"), extracted(path, place, tmp_path):
        pass
