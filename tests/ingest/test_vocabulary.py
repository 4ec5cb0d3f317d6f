"""An office's own words beside the bundled ones: what is refused, and that they count wherever names are read."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from ingest import vocabulary


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv(vocabulary.FOLDER, raising=False)  # restored after what `extend` sets
    return tmp_path


REFUSED = [
    ("names.tsv", "Sở A\n", "không dùng tệp tên này"),
    ("synonyms.tsv", "# form\nđảo tiền tiêu\tĐTT\nbến phà\n", "dòng 3: cần ít nhất 2 cột"),
    ("agencies.tsv", "Sở A\n\tSở B\n", "dòng 2"),
]


@pytest.mark.parametrize(("name", "text", "said"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_file_that_cannot_be_used_is_named_with_its_line(folder, name, text, said):
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        vocabulary.extend(folder)
    assert vocabulary.FOLDER not in os.environ


def test_another_encoding_is_refused(folder):
    (folder / "agencies.tsv").write_bytes("Sở Hàng hải".encode("utf-16"))
    with pytest.raises(ValueError, match="UTF-8"):
        vocabulary.extend(folder)


def test_own_rows_come_after_the_bundled_ones(folder):
    before = vocabulary.rows("indices.tsv")
    assert vocabulary.edition() == ""
    (folder / "indices.tsv").write_text("# của tỉnh\nDGCI\tchỉ số chính quyền số\n", encoding="utf-8")
    vocabulary.extend(folder)
    assert vocabulary.rows("indices.tsv") == [*before, ["DGCI", "chỉ số chính quyền số"]]
    assert vocabulary.edition()


PLAN = """\
UBND TỈNH THÁI BÌNH

Số: 61/KH-UBND

Thái Bình, ngày 03 tháng 02 năm 2025

# KẾ HOẠCH

Nạo vét luồng lạch năm 2025

| STT | Nhiệm vụ | Thời gian hoàn thành | Chủ trì |
| --- | --- | --- | --- |
| 1 | Đo sâu luồng vào cảng cá | Tháng 5/2025 | Đội Trục vớt số Ba |
"""


@pytest.mark.slow
def test_a_body_with_a_name_of_the_offices_own_is_found_by_its_alias(tmp_path):
    words, plan = tmp_path / "words", tmp_path / "ke-hoach.md"
    words.mkdir()
    plan.write_text(PLAN, encoding="utf-8")
    (words / "agencies.tsv").write_text("Đội Trục vớt số Ba\tđội TV3\n", encoding="utf-8")
    environment = os.environ | {"HOIDAP_DATA_DIR": str(tmp_path / "data"), "HOIDAP_VOCABULARY_DIR": str(words)}

    def hoidap(*arguments):
        command = [sys.executable, "-c", "from assistant.cli import main; main()", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True).stdout

    hoidap("ingest", plan)
    facts = json.loads(hoidap("facts", "--agency", "đội TV3", "--json"))
    assert [(fact["about"], fact["lead"]) for fact in facts] == [("Đo sâu luồng vào cảng cá", "Đội Trục vớt số Ba")]
