"""Rich text, written by hand: by LibreOffice with its fonts, by striprtf without."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest.errors import UnreadableFile
from ingest.read import read_file
from ingest.types import Reading

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")

FONTS = r"{\fonttbl{\f0 Times New Roman;}{\f1 .VnTime;}{\f2 .VnTimeH;}}"
LINES = (
    r"{\f2 th\'abng b\'b8o}\par"  # thông báo, in a font of capitals
    r"{\f1 V\'d2 vi\'d6c c\'cap n\-\'edc s\'b9ch cho x\'b7 v\'efng cao}\par"  # ư is written as an optional hyphen
    r"{\f0 K\u237?nh g\u7917?i: V\u259?n ph\u242?ng}\par"
)
ROW = r"\trowd\cellx2000\cellx6000\intbl {\f1 Ti\'d2n l\-\'ac\'a7ng}\cell\intbl 12,5\cell\row\pard"


def read(tmp_path: Path, content: str, name: str = "a.rtf") -> Reading:
    (tmp_path / name).write_bytes(content.encode("latin-1"))
    return read_file(tmp_path / name)


def rtf(inside: str) -> str:
    return rf"{{\rtf1\ansi\ansicpg1252\deff0{FONTS}{inside}}}"


@needs_office
@pytest.mark.parametrize("name", ["a.rtf", "a.doc"])
def test_fonts_and_tables_survive(tmp_path, name):
    reading = read(tmp_path, rtf(LINES + ROW), name)
    texts = [block.text for block in reading.blocks]
    assert texts[:3] == ["THÔNG BÁO", "Về việc cấp nước sạch cho xã vùng cao", "Kính gửi: Văn phòng"]
    assert (reading.format, reading.encodings) == ("rtf", ("TCVN3",))


def test_without_libreoffice_the_words_tell_the_encoding(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    reading = read(tmp_path, rtf(LINES))
    assert [block.text for block in reading.blocks] == [
        "thông báo",
        "Về việc cấp nước sạch cho xã vùng cao",
        "Kính gửi: Văn phòng",
    ]
    assert (reading.format, reading.encodings) == ("rtf", ("TCVN3",))


@pytest.mark.parametrize("kept", [20, 90, 200, -1])
def test_a_file_cut_short_is_refused(tmp_path, kept):
    with pytest.raises(UnreadableFile, match="bị cắt cụt"):
        read(tmp_path, rtf(LINES)[:kept])


def test_escaped_braces_are_text(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [block.text for block in read(tmp_path, rtf(r"a \{ b \\\par")).blocks] == ["a { b \\"]
