"""Passages: whole clauses where they are short, parts of them where not, each under its own headings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.clean import clean
from ingest.passages import PASSAGE_LENGTH, Fields, Indexed, build_passages, fields, indexed
from ingest.structure.units import build_units
from ingest.text import words
from ingest.types import Block, Document, Unit

LONG = "Các sở, ban, ngành rà soát, số hóa và công khai kết quả giải quyết thủ tục. " * 12  # 912 characters
DOCUMENT = Document(
    id="1-kh-ubnd-2024", kind="Kế hoạch", number="1/KH-UBND", title="Cải cách hành chính", issuer=None,
    issued_on=None, source="a.docx", sha256="", text="",
)  # fmt: skip


def parse(*lines: str | Block) -> tuple[str, tuple[Unit, ...]]:
    blocks = [line if isinstance(line, Block) else Block(text=line) for line in lines]
    text = clean("\n".join(block.text for block in blocks)).text
    return text, build_units(text, blocks, 0)


def row(text: str, *, header: bool = False) -> Block:
    return Block(text=text, kind="row", table=1, cells=tuple(text.split(" | ")), header=header)


CUT = [
    # a short clause goes whole, with its points
    (["1. Nhiệm vụ:", "a) Rà soát;", "b) Công khai.", "2. Tổ chức thực hiện"], ["1", "2"]),
    # neighbouring paragraphs and dashes go together, up to the length
    (["Đoạn một.", "Đoạn hai.", "- Gạch."], ["doan-1"]),
    ([LONG, LONG, "Đoạn ngắn."], ["doan-1", "doan-2"]),
    # a long clause is cut into its own line and its parts
    (["1. Nhiệm vụ:", f"a) {LONG}", f"b) {LONG}", "2. Khác"], ["1", "1/a", "1/b", "2"]),
    # a clause never goes with the one before it
    (["Điều 1. Phạm vi", "Điều 2. Đối tượng"], ["dieu-1", "dieu-2"]),
    # a table's rows one by one, never its header
    (["I. CHỈ TIÊU", row("TT | Chỉ tiêu", header=True), row("1 | PCI"), row("2 | SIPAS"), "Ghi chú."],
     ["i"]),  # all of it is short
    ([row("TT | Chỉ tiêu", header=True), row("1 | PCI"), row("2 | SIPAS"), "Ghi chú."],
     ["bang-1/hang-1", "bang-1/hang-2", "doan-1"]),
    (["I. CHỈ TIÊU", LONG, row("TT | Chỉ tiêu", header=True), row(f"1 | {LONG}"), "Ghi chú."],
     ["i", "i/doan-1", "i/bang-1/hang-1", "i/doan-2"]),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "paths"), CUT)
def test_cut(lines, paths):
    _, units = parse(*lines)
    assert [passage.path for passage in build_passages(units)] == paths


def test_a_passage_is_verbatim_and_has_the_address_and_headings_of_its_first_unit():
    text, units = parse("I. CHỈ TIÊU", "1. Về hồ sơ", "- Đạt 99,5%.", "- Đạt 80%.", LONG, LONG)
    passages = build_passages(units)
    dashes = next(passage for passage in passages if "99,5" in text[passage.start : passage.end])
    assert text[dashes.start : dashes.end] == "- Đạt 99,5%.\n- Đạt 80%.\n" + LONG.strip()
    assert (dashes.path, dashes.address) == ("i/1/gach-1", "gạch đầu dòng 1, Mục I.1")
    assert dashes.heading == ("CHỈ TIÊU", "Về hồ sơ")


def test_runs_stay_within_the_length():
    _, units = parse(*["- Rà soát, đơn giản hóa thủ tục hành chính nội bộ."] * 60)
    passages = build_passages(units)
    assert len(passages) > 1
    assert all(passage.end - passage.start <= PASSAGE_LENGTH for passage in passages)


def test_nothing_gives_nothing():
    assert build_passages(()) == ()


def test_a_passage_is_found_by_its_name_its_headings_and_its_own_text():
    text, units = parse("I. CHỈ TIÊU", "Đạt 99,5%." + LONG, LONG)
    passage = build_passages(units)[1]
    texts = fields(replace(DOCUMENT, text=text), passage)
    assert texts == Fields("Kế hoạch 1/KH-UBND Cải cách hành chính", "CHỈ TIÊU", text[passage.start : passage.end])
    assert indexed(texts) == Indexed(texts, *(tuple(words(part)) for part in (texts.name, texts.heading, texts.own)))
