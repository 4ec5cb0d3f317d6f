"""Word files before 2007: small documents of our own, saved as such by LibreOffice, and read by either program."""

from __future__ import annotations

import shutil
from pathlib import Path

import docx as python_docx
import pytest

from ingest.errors import UnreadableFile
from ingest.read import doc, office, read_file
from ingest.types import Reading

SHARED = Path(__file__).parents[3] / "shared" / "data"

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
needs_antiword = pytest.mark.skipif(shutil.which("antiword") is None, reason="antiword is not installed")

ROWS = (("STT", "Nhiệm vụ", "Chủ trì"), ("1", "Rà soát quy chế", "Văn phòng"), ("2", "Số hóa hồ sơ", "Sở Nội vụ"))


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> bytes:
    """A Word 97 file with an old font, a table and a page header."""
    file = tmp_path_factory.mktemp("doc") / "given.docx"
    written = python_docx.Document()
    written.sections[0].header.paragraphs[0].text = "MẬT"
    for parts in (
        [("quyÕt ®Þnh", ".VnTimeH")],
        [("VÒ viÖc giao ®Êt ë cho hé nghÌo", ".VnTime"), (" (François)", "Arial")],
        [("Uûy ban thò xaõ quaûn lyù", "VNI-Times")],
        [("Kính gửi: Ủy ban nhân dân các xã", "Arial")],
    ):
        paragraph = written.add_paragraph()
        for text, font in parts:
            paragraph.add_run(text).font.name = font
    table = written.add_table(rows=0, cols=3, style="Table Grid")
    for row in ROWS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    written.save(file)
    return convert(file, "doc:MS Word 97")


def convert(file: Path, form: str) -> bytes:
    """The file saved in another format by LibreOffice."""
    profile = f"-env:UserInstallation={(file.parent / 'profile').as_uri()}"
    output, said = office.run(
        ["soffice", "--headless", profile, "--convert-to", form, "--outdir", str(file.parent), str(file)]
    )
    made = file.with_suffix("." + form.partition(":")[0])
    assert made.exists(), (output, said)
    return made.read_bytes()


def read(tmp_path: Path, data: bytes, name: str = "a.doc") -> Reading:
    (tmp_path / name).write_bytes(data)
    return read_file(tmp_path / name)


def reason(tmp_path: Path, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as problem:
        read(tmp_path, data)
    return str(problem.value)


def only(monkeypatch, folder: Path, *programs: str) -> None:
    """Leave only these programs to be found."""
    folder.mkdir()
    for program in programs:
        found = shutil.which(program)
        assert found
        (folder / program).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))


@needs_office
@pytest.mark.parametrize("name", ["a.doc", "a.docx"])  # the extension says nothing
def test_fonts_tables_and_margins_survive(tmp_path, saved, name):
    reading = read(tmp_path, saved, name)
    assert [block.text for block in reading.blocks] == [
        "QUYẾT ĐỊNH",
        "Về việc giao đất ở cho hộ nghèo (François)",
        "Ủy ban thị xã quản lý",
        "Kính gửi: Ủy ban nhân dân các xã",
        *(" | ".join(row) for row in ROWS),
    ]
    assert [block.cells for block in reading.blocks if block.table == 0] == list(ROWS)
    assert (reading.format, reading.encodings, reading.margins) == ("doc", ("TCVN3", "VNI"), ("MẬT",))


@needs_office
@needs_antiword
def test_antiword_where_there_is_no_libreoffice(tmp_path, saved, monkeypatch):
    only(monkeypatch, tmp_path / "bin", "antiword")
    reading = read(tmp_path, saved)
    texts = [block.text.lower() for block in reading.blocks]  # the font of capitals is unknown
    assert texts[:3] == ["quyết định", "về việc giao đất ở cho hộ nghèo (françois)", "ủy ban thị xã quản lý"]
    assert [block.cells for block in reading.blocks if block.table == 0] == list(ROWS)
    assert reading.encodings == ("TCVN3", "VNI")


@needs_office
def test_without_either_the_command_to_install_is_named(tmp_path, saved, monkeypatch):
    only(monkeypatch, tmp_path / "bin")
    assert office.INSTALL in reason(tmp_path, saved)


@needs_office
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_file_cut_short_is_refused(saved, kept):
    with pytest.raises(UnreadableFile, match="bị cắt cụt"):
        doc.read(saved[: int(kept * len(saved))])


@needs_office
def test_an_encrypted_file_is_refused(tmp_path, saved):
    at = next(at for at in range(512, len(saved), 512) if saved[at : at + 2] == b"\xec\xa5")
    locked = saved[: at + 11] + bytes([saved[at + 11] | 1]) + saved[at + 12 :]
    assert "gỡ mật khẩu" in reason(tmp_path, locked)


@needs_office
def test_a_program_that_hangs_is_stopped(tmp_path, saved, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "soffice").write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    (tmp_path / "bin" / "soffice").chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(office, "SECONDS", 1)
    assert "quá 1 giây" in reason(tmp_path, saved)


@needs_office
def test_nothing_is_left_behind(tmp_path, saved, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    doc.read(saved)
    assert not list(tmp_path.iterdir())


@needs_office
@pytest.mark.skipif(not SHARED.exists(), reason="the shared documents are not here")
def test_real_documents():
    for name in ("Phuluc3.doc", "SRC-F__06_LUAT_jt1cu2cf.lne-LuatPCCC_L27QH.docx"):
        reading = read_file(SHARED / "documents" / name)
        assert (reading.format, reading.encodings) == ("doc", ())
        assert len(reading.blocks) > 100
