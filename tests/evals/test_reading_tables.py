"""The measurement of tables: what is expected, taken without the readers, and that it sees what is wrong."""

from pathlib import Path

import pytest

from evals.reading.tables import Compared, compare, expected_rows, measure
from evals.reading.tables_source import SourceCell, SourceTable, corpus_tables, drawn_table
from evals.reading.tables_written import typed, write_docx, write_xlsx
from ingest.parse import parse_file

CORPUS = Path(__file__).parents[2] / "corpus"


def table(*rows, titles=1):
    cells = tuple(tuple(SourceCell((text,) if text else ()) for text in row) for row in rows)
    return SourceTable("bảng", cells, titles)


def test_the_bundled_tables_are_taken_from_every_format():
    found = {path.suffix: tables for path, tables in corpus_tables(CORPUS)}
    assert set(found) == {".docx", ".html", ".md"}
    assert expected_rows(found[".md"][0])[0][:2] == [("TT", "1"), ("Lĩnh vực", "Y tế")]
    assert found[".html"][0].columns()[3:5] == ["Số liệu / Quý II/2025", "Số liệu / Lũy kế 6 tháng"]


def test_the_drawn_table_has_what_is_hard():
    drawn = drawn_table(groups=2, tasks=6)
    rows = expected_rows(drawn)
    values = [[value for _, value in row] for row in rows]
    assert drawn.columns()[3:5] == ["Kết quả / Năm 2023", "Kết quả / Năm 2024"]
    assert values[0] == ["I", *["Cải cách thể chế"] * 6]
    assert [row[0] for row in values] == ["I", *(f"0{n}" for n in range(1, 7)), "II", *(f"0{n}" for n in range(1, 7))]
    assert values[1][2] == values[2][2] != values[3][2]  # one deliverable over two tasks
    assert values[1][3:5] == ["", ""]


def test_the_comparison_sees_what_is_wrong():
    rows = expected_rows(table(["STT", "Việc", "Hạn"], ["1", "Rà soát", "2024"], ["2", "", "2025"]))
    assert compare(rows, rows) == Compared(rows=2, found=2, extra=0, cells=6, right=6)
    assert compare(rows, rows[1:]) == Compared(rows=2, found=1, extra=0, cells=6, right=3)
    assert compare(rows, [rows[0], [("STT", "1.1"), ("Việc", "x"), ("Hạn", "")], rows[1]]).extra == 1
    shifted = [[("STT", "1"), ("Hạn", "Rà soát"), ("Việc", "2024")], rows[1]]
    assert compare(rows, shifted) == Compared(rows=2, found=1, extra=1, cells=6, right=3)
    wrong = [[("STT", "1"), ("Việc", "Rà soát"), ("Hạn", "2O24")], rows[1]]
    assert compare(rows, wrong) == Compared(rows=2, found=2, extra=0, cells=6, right=5)


TYPED = [
    ("02", ("02", "@")),
    ("15", (15, "General")),
    ("214.586", (214586, "#,##0")),
    ("73,20", (73.2, "0.00")),
    ("98,5%", (0.985, "0.0%")),
    ("1.1.1", ("1.1.1", "General")),
    ("01/2024", ("01/2024", "General")),
]


@pytest.mark.parametrize(("text", "value"), TYPED)
def test_figures_are_typed_as_an_office_would(text, value):
    assert typed(text) == value


@pytest.mark.parametrize("write", [write_docx, write_xlsx])
def test_a_rewritten_table_is_read_back(tmp_path, write):
    drawn = drawn_table(groups=2, tasks=6)
    path = tmp_path / f"bang.{write.__name__[-4:]}"
    write(drawn, path)
    read = [unit.cells for unit in parse_file(path, path.name).units if unit.kind == "hang"]
    assert compare(expected_rows(drawn), read) == Compared(rows=14, found=14, extra=0, cells=98, right=98)


@pytest.mark.slow
def test_the_figures():
    figures = measure(CORPUS)
    assert figures["table_cells_corpus"] == figures["table_cells_docx"] == figures["table_cells_xlsx"] == 1.0
    assert all(value == 0 for name, value in figures.items() if "extra" in name)
