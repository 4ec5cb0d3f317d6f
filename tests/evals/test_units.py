"""Hand-made lists of a document's parts: how they are read, compared, and what the real decrees give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.reading.units import CASES, LISTS, expected, found, measure
from ingest.structure.units import build_units
from ingest.types import Block

DOCUMENTS = Path(__file__).parents[3] / "shared" / "data" / "documents"

LIST = {
    "parts": {"Chương I": "1-2", "Chương II": {"Mục 1": "3-3"}},
    "articles": {"Điều 1": "", "Điều 2": "1 2ađ", "Điều 3": "1"},
    "annexes": ["Phụ lục I", "Mẫu số 01, Phụ lục I"],
}
LINES = (
    "Chương I", "CHUNG", "Điều 1. Một", "Điều 2. Hai", "1. Khoản;", "2. Khoản:", "a) Ý;", "đ) Ý.", "Chương II", "RIÊNG",
    "Mục 1", "MỤC", "Điều 3. Ba", "1. Khoản.", "Nơi nhận:", "Phụ lục I", "DANH MỤC", "1. Một", "Mẫu số 01",
    "Điều 1. Của mẫu",
)  # fmt: skip


def parts(*lines: str) -> list[tuple[str, ...]]:
    return list(found(build_units("\n".join(lines), [Block(line) for line in lines], 0)))


def test_a_list_and_the_text_it_describes_give_the_same_parts():
    listed = list(expected(LIST))
    assert listed[4:8] == [
        ("Chương I", "Điều 2", "2"),
        ("Chương I", "Điều 2", "2", "a"),
        ("Chương I", "Điều 2", "2", "đ"),
        ("Chương II",),
    ]
    assert listed == parts(*LINES)


def test_a_part_in_another_place_is_another_part():
    assert ("Chương I", "Điều 3") in parts("Chương I", "CHUNG", "Điều 3. Ba")
    assert ("Chương II", "Điều 3") not in parts("Chương I", "CHUNG", "Điều 3. Ba")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_names_every_article_once(name):
    listed = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    articles = [path[-1] for path in expected(listed) if path[-1].startswith("Điều ")]
    assert articles == list(listed["articles"])


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the shared documents are not here")
def test_every_part_of_the_decrees_is_found_and_none_invented():
    figures = measure(DOCUMENTS)
    assert figures == {
        "nd_30_2020_found": 260, "nd_30_2020_missing": 0, "nd_30_2020_invented": 0,
        "nd_65_2018_found": 388, "nd_65_2018_missing": 0, "nd_65_2018_invented": 0,
    }  # fmt: skip


def test_a_file_that_cannot_be_read_misses_everything(tmp_path):
    (tmp_path / "30_2020_ND_CP.docx").write_bytes(b"PK\x03\x04")
    figures = measure(tmp_path)
    assert (figures["nd_30_2020_found"], figures["nd_30_2020_missing"]) == (0, 260)
    assert "nd_65_2018_found" not in figures
