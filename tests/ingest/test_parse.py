"""A file to a parsed document: its name, its text, and what is refused."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import UnreadableFile
from ingest.parse import parse_file, parse_reading
from ingest.types import Block, Reading

PLAN = """\
ỦY BAN NHÂN DÂN
TỈNH QUẢNG NINH
Số: 12/KH-UBND
Quảng Ninh, ngày 15 tháng 01 năm 2024

KẾ HOẠCH
Kiểm tra cải cách hành chính năm 2024

I. MỤC ĐÍCH
1. Nâng chất lượng phục vụ;   rõ người, rõ việc.
II. CHỈ TIÊU
- Đạt 99,5% hồ sơ đúng hạn.

Nơi nhận:
- Như trên;
"""


def parse(tmp_path, text: str, name: str = "ke-hoach.txt"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return parse_file(path, f"thu-muc/{name}")


def test_a_plan(tmp_path):
    parsed = parse(tmp_path, PLAN)
    document = parsed.document
    assert (document.id, document.kind, document.number) == ("12-kh-ubnd-2024", "Kế hoạch", "12/KH-UBND")
    assert document.title == "Kiểm tra cải cách hành chính năm 2024"
    assert document.source == "thu-muc/ke-hoach.txt"
    assert document.sha256 == hashlib.sha256(PLAN.encode()).hexdigest()
    assert not document.illustrative
    assert [unit.path for unit in parsed.units] == ["i", "i/1", "ii", "ii/gach-1"]
    point = parsed.units[1]
    assert document.text[point.start : point.end] == "1. Nâng chất lượng phục vụ; rõ người, rõ việc."
    assert [passage.path for passage in parsed.passages] == ["i", "ii"]


def test_the_way_a_file_stores_its_letters_changes_nothing_but_its_hash(tmp_path):
    composed = parse(tmp_path, PLAN)
    decomposed = parse(tmp_path, unicodedata.normalize("NFD", PLAN.replace(" ", "\u00a0")))
    assert decomposed.document.text == composed.document.text
    assert decomposed.units == composed.units
    assert decomposed.passages == composed.passages
    assert decomposed.document.id == composed.document.id
    assert decomposed.document.sha256 != composed.document.sha256


IDS = [
    # a number with its year needs no other; one without takes the year of issue
    (("Số: 15/2024/QĐ-UBND", "Quảng Ninh, ngày 26 tháng 4 năm 2024"), "15-2024-qd-ubnd"),
    (("Số 05-NQ/TU", "Quảng Ninh, ngày 09 tháng 4 năm 2021"), "05-nq-tu-2021"),
    (("Số: 12/KH-UBND",), "12-kh-ubnd"),
    (("Số: /KH-UBND",), "ke-hoach-nam-2024"),  # not yet numbered: the file's name
]


@pytest.mark.parametrize(("head", "expected"), IDS)
def test_document_id(tmp_path, head, expected):
    text = "\n".join(("SỞ NỘI VỤ", *head, "", "KẾ HOẠCH", "Kiểm tra"))
    assert parse(tmp_path, text, "Kế hoạch năm 2024.txt").document.id == expected


def test_a_name_without_letters_still_gives_an_id(tmp_path):
    assert parse(tmp_path, "Sáng nay, Tỉnh ủy họp.", "???.txt").document.id == "van-ban"


def test_line_ends_inside_a_block_do_not_shift_the_others():
    blocks = [Block(text="1. Một\ndòng"), Block(text="2. Hai")]
    parsed = parse_reading(Reading(tuple(blocks), "docx"), source="a.docx", sha256="")
    assert [parsed.document.text[unit.start : unit.end] for unit in parsed.units] == ["1. Một dòng", "2. Hai"]


HEADS = st.sampled_from(
    ["CHÍNH PHỦ", "Số: 30/2020/NĐ-CP", "NGHỊ ĐỊNH", "QUYẾT ĐỊNH", "Bãi bỏ Quyết định số 1/2019/QĐ-TTg"]
)
BODIES = st.sampled_from(
    [
        "Điều 1. Hiệu lực",
        "1. Nghị định này có hiệu lực từ ngày 31/02/2020.",
        "2. Bãi bỏ các văn bản sau:",
        "a) Điều 2 Luật số 4/2013/QH13;",
        "Luật số 5/2013/QH13 hết hiệu lực, trừ Điều 3.",
        "“Điều 9. Nghị định này thay thế",
        "hết.”",
        "Nơi nhận:",
        "Phụ lục I",
        "Thay thế cụm từ “A” bằng “B” tại Thông tư số 7/2012/TT-BNV",
        "./.",
        "|",
        "🙂 ế",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(HEADS, max_size=4), st.lists(BODIES, min_size=1, max_size=12))
def test_whatever_a_text_says_of_its_effect_is_in_the_text(head, body):
    blocks = tuple(Block(line) for line in ("Văn bản", *head, *body))
    document = parse_reading(Reading(blocks, "txt"), source="a.txt", sha256="").document
    for relation in document.relations:
        assert 0 <= relation.start < relation.end <= len(document.text)
        assert relation.number in document.text[relation.start : relation.end]


@pytest.mark.parametrize("text", ["", "12 34 – 56", "***", "\u200b"])
def test_a_file_without_a_word_is_refused_with_what_to_do(text):
    with pytest.raises(UnreadableFile, match="không có chữ"):
        parse_reading(Reading((Block(text=text),), "txt"), source="a.txt", sha256="")
