"""Cases from JSONL, CSV and XLSX: the same cases, and the same words about what is wrong."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from evals.__main__ import main
from evals.bench import SHARED
from evals.case import FOLDER, BadCases, Case, checked, content_hash, load, typed
from evals.retrieval.variants import VARIANTS
from ingest.text import words
from ingest.values import bare

ROW = {
    "id": "a-1",
    "question": "Vốn FDI là bao nhiêu?",
    "status": "answered",
    "expect": ["6,83 tỷ USD", "137%|137 phần trăm"],
    "forbid": ["5 tỷ USD"],
    "document": "bao-cao|tin",
    "unit": "Mục II",
    "quote": "6,83 tỷ USD",
    "audience": "official",
    "history": ["Năm 2023 thu hút được gì?"],
    "tags": ["result", "fdi"],
}
CASE = Case(
    id="a-1",
    question="Vốn FDI là bao nhiêu?",
    status="answered",
    expect=("6,83 tỷ USD", "137%|137 phần trăm"),
    forbid=("5 tỷ USD",),
    document=("bao-cao", "tin"),
    unit="Mục II",
    quote="6,83 tỷ USD",
    audience="official",
    history=("Năm 2023 thu hút được gì?",),
    tags=("result", "fdi"),
)
HEADINGS = [
    "Mã câu", "Câu hỏi *", "KẾT QUẢ MONG ĐỢI", "Giá trị phải có", "forbid", "Văn bản", "Vị trí trong văn bản",
    "Trích nguyên văn (quote)", "Đối tượng", "Các câu hỏi trước", "Nhãn",
]  # fmt: skip
CELLS = [
    "a-1", "Vốn FDI là bao nhiêu?", "Trả lời", "6,83 tỷ USD; 137%|137 phần trăm", "5 tỷ USD", "bao-cao|tin", "Mục II",
    "6,83 tỷ USD", "cán bộ", "Năm 2023 thu hút được gì?", "result\nfdi",
]  # fmt: skip


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def quoted(cells: list[str], between: str = ",") -> str:
    return between.join(f'"{cell}"' for cell in cells)


def book(path: Path, *rows: list[object]) -> Path:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


FILES = {
    "JSONL": lambda folder: written(folder / "c.jsonl", "", json.dumps(ROW, ensure_ascii=False)),
    "JSONL of Windows": lambda folder: written(folder / "c.jsonl", "\ufeff" + json.dumps(ROW) + "\r\n"),
    "CSV": lambda folder: written(folder / "c.csv", quoted(HEADINGS), quoted(CELLS)),
    "CSV of Excel": lambda folder: written(folder / "c.csv", "\ufeff" + quoted(HEADINGS, ";"), quoted(CELLS, ";"), ""),
    "XLSX": lambda folder: book(folder / "c.xlsx", ["Phiếu câu hỏi"], HEADINGS, CELLS, [None, " "]),
}


@pytest.mark.parametrize("made", FILES.values(), ids=FILES)
def test_a_case_is_the_same_from_every_kind_of_file(tmp_path, made):
    assert load(made(tmp_path)) == [CASE]


def test_what_may_be_left_out_is_empty(tmp_path):
    row = {"id": "n", "question": "Giá vàng?", "status": "not_found", "document": ""}
    assert load(written(tmp_path / "c.jsonl", json.dumps(row))) == [Case("n", "Giá vàng?", "not_found")]
    table = written(tmp_path / "c.csv", "Câu hỏi,Kết quả mong đợi", "Giá vàng?,không tìm thấy")
    assert load(table) == [Case("dong-2", "Giá vàng?", "not_found")]


def test_cells_that_hold_numbers_are_written_as_people_here_do(tmp_path):
    path = book(tmp_path / "c.xlsx", HEADINGS[:4], [7, "Bao nhiêu tỷ?", "trả lời", 6.5])
    [case] = load(path)
    assert (case.id, case.expect) == ("7", ("6,5",))


WRONG = [
    ("{", (3, ""), "không phải JSON"),
    (json.dumps(["a"]), (3, ""), "không phải đối tượng"),
    (json.dumps(ROW | {"status": "found"}), (3, "status"), "“found” không có"),
    (json.dumps({k: v for k, v in ROW.items() if k != "status"}), (3, "status"), "còn trống"),
    (json.dumps(ROW | {"expect": 5}), (3, "expect"), "không phải danh sách"),
    (json.dumps(ROW | {"question": "  "}), (3, "question"), "chưa dùng được"),
    (json.dumps(ROW | {"question": "x" * 2001}), (3, "question"), "2001 ký tự"),
    (json.dumps(ROW | {"expect": [], "quote": ""}), (3, "expect"), "không nói phải có gì"),
    (json.dumps(ROW | {"status": "not_found"}), (3, "expect"), "không có giá trị nào để chấm"),
    (json.dumps(ROW | {"expect": ["5|"]}), (3, "expect"), "quanh dấu |"),
    (json.dumps(ROW | {"audience": "khách"}), (3, "audience"), "“khách” không có"),
    (json.dumps(ROW | {"answer": "x"}), (3, "answer"), "không có trường"),
    (json.dumps(ROW | {"id": "first"}), (3, "id"), "đã có ở dòng 1"),
]


@pytest.mark.parametrize(("line", "place", "said"), WRONG)
def test_a_wrong_line_is_told_by_row_and_column(tmp_path, line, place, said):
    path = written(tmp_path / "hong.jsonl", json.dumps(ROW | {"id": "first"}), "", line)
    _, [problem] = checked(path)
    assert problem.row == place[0]
    assert place[1] in problem.column
    assert said in str(problem)
    with pytest.raises(BadCases, match=r"hong\.jsonl: dòng 3"):
        load(path)


WHOLE = [
    ("c.txt", b"x", "loại tệp"),
    ("c.jsonl", b"", "không có câu hỏi nào"),
    ("c.jsonl", "Vốn".encode("utf-16"), "UTF-8"),
    ("c.csv", "Hỏi,Đáp\nA,B".encode(), "không có cột “Câu hỏi”"),
    ("c.xlsx", b"PK\x03\x04", "Excel"),
    ("c.xlsx", b"not a workbook", "Excel"),
]


@pytest.mark.parametrize(("name", "content", "said"), WHOLE)
def test_a_file_that_is_none_is_told_as_a_whole(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    _, problems = checked(tmp_path / name)
    assert any(said in str(problem) for problem in problems)


def test_no_file_and_unknown_columns_are_told(tmp_path):
    _, [problem] = checked(tmp_path / "none.csv")
    assert "không mở được" in str(problem)
    path = written(tmp_path / "c.csv", "Câu hỏi,Kết quả mong đợi,Ghi chú", "Giá vàng?,không tìm thấy,x")
    _, [problem] = checked(path)
    assert (problem.row, problem.column) == (1, "Ghi chú")


# --- the template ---------------------------------------------------------------------------------------------------


def test_a_template_is_filled_in_checked_and_never_overwritten(tmp_path, capsys):
    path = tmp_path / "cau-hoi.xlsx"
    assert main(["new", str(path)]) == 0
    assert main(["check", str(path)]) == 1  # its examples are no cases
    assert "không có câu hỏi nào" in capsys.readouterr().out
    workbook = load_workbook(path)
    sheet = workbook["Câu hỏi"]
    assert len(sheet.data_validations.dataValidation) == 2
    sheet["B4"], sheet["D4"] = "Giá vàng hôm nay?", "không tìm thấy"
    workbook.save(path)
    assert main(["check", str(path)]) == 0
    assert load(path) == [Case("dong-4", "Giá vàng hôm nay?", "not_found")]
    assert main(["new", str(path)]) == 1
    assert load(path) == [Case("dong-4", "Giá vàng hôm nay?", "not_found")]
    assert main(["new", str(tmp_path / "cau-hoi.xls")]) == 1


# --- the halves, hashes and ways to type -----------------------------------------------------------------------------


def test_about_half_of_the_projects_cases_are_held_back():
    held = [case.held for path in sorted(FOLDER.glob("*.jsonl")) for case in load(path)]
    assert 0.4 < sum(held) / len(held) < 0.6


def test_a_case_stays_in_its_half_whatever_becomes_of_its_text():
    halves = {name: Case(name, "", "").held for name in map(str, range(50))}
    assert set(halves.values()) == {True, False}
    assert all(Case(name, "Vốn FDI?", "answered", ("5",)).held == held for name, held in halves.items())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.stem)
def test_the_projects_cases_can_be_used(path):
    assert checked(path)[1] == []


def test_a_hash_tells_any_change_of_cases_or_their_order():
    other = Case("b", "Khác?", "not_found")
    assert content_hash([CASE, other]) == content_hash([CASE, other])
    changed = typed(CASE, "lower")
    assert len({content_hash(each) for each in ([CASE, other], [other, CASE], [CASE], [changed, other])}) == 4


QUESTION = "Thủ tục hành chính của Ủy ban nhân dân tỉnh năm 2024 không được quá bao nhiêu ngày?"


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_way_to_type_is_the_same_at_each_run_and_keeps_figures(variant):
    write = VARIANTS[variant]
    assert write(QUESTION, "a") == write(QUESTION, "a")
    assert "2024" in write(QUESTION, "a")
    assert write("", "a") == ""


def test_offices_shorten_and_chats_spell():
    assert VARIANTS["abbrev"](QUESTION, "a") == "TTHC của UBND tỉnh năm 2024 không được quá bao nhiêu ngày?"
    chatted = VARIANTS["chat"](QUESTION, "a")
    assert "không" not in chatted
    assert "bao nhiêu" not in chatted
    assert not chatted.endswith("?")


def test_slips_are_few_differ_by_case_and_spare_numbers():
    text = "Nghị quyết số 05-NQ/TU đặt chỉ tiêu thu hút bao nhiêu vốn đầu tư giai đoạn 2021-2025?"
    slips = {VARIANTS["typos"](text, str(seed)) for seed in range(20)}
    assert len(slips) > 15
    for slip in slips:
        assert "05-NQ/TU" in slip
        assert "2021-2025" in slip
        changed = sum(one != other for one, other in zip(slip.split(), text.split(), strict=True))
        assert 1 <= changed <= 3
    assert any(bare(slip) != bare(text) for slip in slips)


ALIKE = 0.7  # of two questions' words
RUN = 12  # words in a row that are somebody else's sentence, not a name or a figure
WRITTEN = [*sorted(FOLDER.glob("*.jsonl")), *sorted((FOLDER.parent / "train").glob("*.jsonl"))]


@pytest.fixture(scope="module")
def sources() -> frozenset[tuple[str, ...]]:
    """All runs of words of the records and the report that cases are about and the project doesn't hold."""
    files = [*sorted((SHARED / "procedures").glob("*.json")), *sorted((SHARED / "seed").glob("*.txt"))]
    if not files:
        pytest.skip("the shared data are not here")
    return frozenset(run for file in files for run in _runs(file.read_text(encoding="utf-8").replace("\\n", " ")))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    said = re.findall(r"\w+", text.lower())
    return (tuple(said[at : at + RUN]) for at in range(len(said) - RUN + 1))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_cases_quote_pieces_of_what_the_project_does_not_hold(path, sources):
    quoted = [(case.id, text) for case in load(path) for text in (case.quote, *case.expect)]
    assert [id_ for id_, text in quoted if not sources.isdisjoint(_runs(text))] == []


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_questions_copy_nothing_either(path, sources):
    asked = [(case.id, text) for case in load(path) for text in (case.question, *case.history)]
    assert [id_ for id_, text in asked if not sources.isdisjoint(_runs(text))] == []


def test_documents_to_learn_from_copy_nothing(sources):
    files = [file for file in sorted((FOLDER.parent / "train").glob("provinces*/*")) if file.is_file()]
    assert len(files) > 70
    lines = ((file.name, line) for file in files for line in file.read_text(encoding="utf-8").splitlines())
    assert [name for name, line in lines if not sources.isdisjoint(_runs(re.sub("<[^>]+>", " ", line)))] == []


def test_nothing_is_trained_on_that_is_all_but_a_held_question():
    """Two who write about one document by themselves ask some things alike: these judge, and teach nothing."""
    asked = [(path, case) for path in sorted(FOLDER.glob("*.jsonl")) for case in load(path)]
    judging = [_said(case) for path, case in asked if case.held or path.stem == "unseen"]
    by_word: dict[str, set[int]] = defaultdict(set)
    for at, said in enumerate(judging):
        for word in said:
            by_word[word].add(at)
    alike = []
    for case in (case for path in sorted((FOLDER.parent / "train").glob("*.jsonl")) for case in load(path)):
        own = _said(case)
        shared = Counter(at for word in own for at in by_word[word])
        alike += [case.id for at, count in shared.items() if count >= ALIKE * len(own | judging[at])]
    assert alike == []


def _said(case: Case) -> frozenset[str]:
    return frozenset(words(" ".join((*case.history, case.question))))
