"""The bundled documents as the parser reads them, against their manifests and against what is printed in them."""

from __future__ import annotations

import functools
import json
from collections import Counter
from pathlib import Path

import pytest

from ingest.parse import parse_file
from ingest.types import ParsedDocument, Unit

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
FOLDERS = (CORPUS, CORPUS / "thu-tuc")


def listed(folder: Path) -> list[dict[str, object]]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["documents"]


ENTRIES = [(folder, entry) for folder in FOLDERS for entry in listed(folder)]


@functools.cache
def parsed(path: Path) -> ParsedDocument:
    return parse_file(path, path.name)


@functools.cache
def by_id() -> dict[str, ParsedDocument]:
    return {str(entry["id"]): parsed(folder / str(entry["file"])) for folder, entry in ENTRIES}


# --- manifests ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_every_file_is_listed_once_and_every_listed_file_is_there(folder):
    files = Counter(entry["file"] for entry in listed(folder))
    there = {path.name for path in folder.iterdir() if path.is_file()} - {"manifest.json"}
    assert files == Counter(there)


def test_ids_and_numbers_are_one_documents_own():
    assert len(by_id()) == len(ENTRIES)
    numbers = [entry["number"] for _, entry in ENTRIES if entry["number"]]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(("folder", "entry"), ENTRIES, ids=[str(entry["id"]) for _, entry in ENTRIES])
def test_metadata_is_read_as_the_manifest_has_it(folder, entry):
    document = parsed(folder / entry["file"]).document
    expected = {
        field: entry[field] for field in ("id", "kind", "number", "title", "issuer", "issued_on", "illustrative")
    }
    if entry["kind"] == "Thủ tục hành chính":
        expected["issuer"] = None  # a procedure's page names many bodies; who issued it only the manifest knows
    if entry["kind"] == "Tin bài":
        expected["issued_on"] = None  # a day that a news item speaks of isn't its date
    found = {field: getattr(document, field) for field in expected}
    found["issued_on"] = document.issued_on.isoformat() if document.issued_on else None
    assert found == expected


@pytest.mark.parametrize(("folder", "entry"), ENTRIES, ids=[str(entry["id"]) for _, entry in ENTRIES])
def test_nothing_of_the_body_is_left_out_of_the_passages(folder, entry):
    """From the first unit to the last every line is in a passage, but for a table's titles."""
    read = parsed(folder / entry["file"])
    text, units = read.document.text, read.units
    spans = [(passage.start, passage.end) for passage in read.passages]
    spans += [(unit.start, unit.head) for unit in units if unit.kind == "bang"]
    covered = {i for start, end in spans for i in range(start, end)}
    body = range(min(unit.start for unit in units), max(unit.end for unit in units))
    left = "".join(text[i] for i in body if i not in covered)
    closing = left.find("Nơi nhận:")  # a decision's recipients stand before the regulation that it issues
    assert not left[: closing if closing >= 0 else None].strip()


def test_an_illustrative_text_says_so_in_its_first_lines():
    for folder, entry in ENTRIES:
        text = parsed(folder / str(entry["file"])).document.text
        assert entry["illustrative"] == ("minh họa" in "\n".join(text.split("\n")[:12])), entry["id"]


# --- the decision: every part found, none invented --------------------------------------------------------------------

# Khoản and điểm by article, as printed: `3abc` is khoản 3 with điểm a, b, c.
DECISION = {"Điều 1": "", "Điều 2": "1 2 3", "Điều 3": ""}
REGULATION = {
    "Chương I": {"Điều 1": "", "Điều 2": "1 2 3 4", "Điều 3": "1 2 3 4 5", "Điều 4": "1abcdđ 2"},
    "Chương II": {"Điều 5": "1 2 3abc", "Điều 6": "1 2abcdđ 3", "Điều 7": "1 2"},
    "Chương III": {"Điều 8": "1 2", "Điều 9": "1 2 3", "Điều 10": "1 2", "Điều 11": ""},
    "Chương IV": {"Điều 12": "1 2", "Điều 13": ""},
}


def articles(parts: dict[str, str], suffix: str = "") -> list[str]:
    found: list[str] = []
    for article, clauses in parts.items():
        found.append(f"{article}{suffix}")
        for clause in clauses.split():
            number = clause[0]
            found.append(f"khoản {number} {article}{suffix}")
            found += [f"điểm {letter} khoản {number} {article}{suffix}" for letter in clause[1:]]
    return found


def test_the_decision_has_every_part_and_no_other():
    units = by_id()["15-2024-qd-ubnd"].units
    expected = articles(DECISION)
    expected.append("Quy chế kèm theo")
    for chapter, parts in REGULATION.items():
        expected.append(f"{chapter}, Quy chế kèm theo")
        expected += articles(parts, ", Quy chế kèm theo")
    assert [unit.address for unit in units if unit.kind != "doan"] == expected


def test_the_decisions_preamble_heads_nothing():
    units = by_id()["15-2024-qd-ubnd"].units
    assert not any(unit.kind == "muc" for unit in units)
    assert all(not unit.heading or unit.heading[0].startswith(("Điều", "Quy chế")) for unit in units)


# --- tables ---------------------------------------------------------------------------------------------------------


def rows(document: str, table: str) -> list[Unit]:
    """The rows of the table under the unit `table`."""
    return [unit for unit in by_id()[document].units if unit.kind == "hang" and unit.path.startswith(f"{table}/")]


TASK_COLUMNS = ("STT", "Nhiệm vụ", "Sản phẩm", "Thời gian hoàn thành", "Chủ trì", "Phối hợp", "Theo dõi, đôn đốc")
TASKS = {
    "Công tác chỉ đạo, điều hành": ["1", "1", "2", "3", "4"],  # task 1 has two products, on two rows
    "Cải cách thể chế": ["1", "2", "3", "4"],
    "Cải cách thủ tục hành chính": ["1", "2", "3", "4", "5", "6"],
    "Cải cách tổ chức bộ máy": ["1", "2", "3"],
    "Cải cách chế độ công vụ": ["1", "2", "3"],
    "Cải cách tài chính công": ["1", "2", "3"],
    "Xây dựng chính quyền điện tử, chính quyền số": ["1", "2", "3", "4"],
}


def test_the_plans_tasks_have_all_columns_and_their_groups():
    tasks = [row for row in rows("12-kh-ubnd-2024", "phu-luc") if row.label.count(".") == 1]
    found: dict[str, list[str]] = {}
    for task in tasks:
        assert tuple(name for name, _ in task.cells) == TASK_COLUMNS
        assert all(value for name, value in task.cells if name in TASK_COLUMNS[:5]), task.path
        found.setdefault(task.heading[-1], []).append(dict(task.cells)["STT"])
    assert found == TASKS
    assert len({task.cells[1] for task in tasks}) == 27


def test_the_plans_groups_are_rows_with_their_roman_number():
    groups = [row for row in rows("12-kh-ubnd-2024", "phu-luc") if "." not in row.label]
    assert [row.label for row in groups] == ["I", "II", "III", "IV", "V", "VI", "VII"]
    assert [row.cells[1][1] for row in groups] == list(TASKS)


QUARTER = "168-bc-ubnd-2025"
FIGURES = [
    # document, table, label, column, value, the titles above it within the table
    (QUARTER, "bieu-so-01", "1", "Số liệu / Quý II/2025", "214.586", ()),
    (QUARTER, "bieu-so-01", "1.1.1", "Số liệu / Lũy kế 6 tháng", "77.812", ("Tổng số hồ sơ tiếp nhận", "Cấp tỉnh")),
    (QUARTER, "bieu-so-01", "1.3.1", "Số liệu / Lũy kế 6 tháng", "", ("Tổng số hồ sơ tiếp nhận", "Cấp xã")),  # blank
    (QUARTER, "bieu-so-01", "2.3", "Số liệu / Quý II/2025", "805", ("Tổng số hồ sơ đã giải quyết",)),
    (QUARTER, "bieu-so-02", "3.3.2", "Số liệu", "02", ("Phản ánh, kiến nghị tiếp nhận", "Đã xử lý")),
    (QUARTER, "bieu-so-02", "4.1", "Số liệu", "96,8", ("Số hóa hồ sơ khi tiếp nhận",)),  # a group
    (QUARTER, "bieu-so-02", "5", "Số liệu", None, ()),  # the row after that group is no part of it
    (QUARTER, "bieu-so-03", "4", "Đã giải quyết (hồ sơ) / Trước hạn", "2.418", ()),
    ("05-nq-tu-2021", "ii/5", "8.1", "2025", "≥ 80", ("Thủ tục hành chính cấp tỉnh cung cấp trực tuyến",)),
    ("05-nq-tu-2021", "ii/5", "11.3", "2030", "≥ 95", None),
    ("421-bc-tu-2024", "b/v", "4", "Mục tiêu đến năm 2025", "≥ 80", ()),
]  # fmt: skip


@pytest.mark.parametrize(("document", "table", "label", "column", "value", "above"), FIGURES)
def test_figures_stand_under_their_headers_and_titles(document, table, label, column, value, above):
    row = next(row for row in rows(document, table) if row.label == label)
    cells = dict(row.cells)
    if value is not None:
        assert cells[column] == value
    head = next(unit for unit in by_id()[document].units if unit.path == row.parent)
    if above is not None:
        assert row.heading == (*head.heading, *above)


def test_the_index_table_without_numbers_has_its_two_line_header():
    pci = rows("152-bc-ubnd-2025", "i/bang-1")[0]
    assert dict(pci.cells)["Năm đánh giá / 2022"] == "72,95"


# --- evaluation cases -----------------------------------------------------------------------------------------------


def cases(name: str) -> list[dict[str, object]]:
    lines = (ROOT / "evals" / "cases" / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


OVER_IT = ("bundled.jsonl", "procedures.jsonl", "nearmiss.jsonl", "followups.jsonl")
ANSWERED = [case for name in OVER_IT for case in cases(name) if case["status"] == "answered"]


@pytest.mark.parametrize("case", ANSWERED, ids=[str(case["id"]) for case in ANSWERED])
def test_what_a_case_expects_stands_in_its_documents(case):
    texts = [by_id()[name].document.text for name in case["document"].split("|") if name in by_id()]
    assert texts, "none of its documents is bundled"
    assert case["quote"]
    assert any(case["quote"] in text for text in texts)
    for expected in [] if "computed" in case["tags"] else case["expect"]:  # a count or a difference stands nowhere
        assert any(way in text for way in expected.split("|") for text in texts), expected


def test_a_case_that_has_no_answer_names_no_source():
    for name in OVER_IT:
        for case in cases(name):
            assert (case["status"] == "answered") == bool(case.get("quote")), case["id"]
