"""Whether tables of tasks and figures come out cell for cell: as bundled, and rewritten as docx, pdf and xlsx."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.reading.tables_source import SourceTable, corpus_tables, drawn_table
from evals.reading.tables_written import converted, write_docx, write_xlsx
from ingest.errors import UnreadableFile
from ingest.parse import parse_file
from ingest.types import Unit

Row = Sequence[tuple[str, str]]  # column titles with values

CONVERTED = (("docx", "pdf"), ("docx", "odt"), ("xlsx", "xls"))
LOOKAHEAD = 4
"""Rows further down among which a row that does not follow at once is looked for."""
SAME_ROW = 0.5
"""Share of a row's cells that must be right for the row to count as found."""
JOINT = re.compile(r"[\s;]+")
"""How a cell's lines are joined is no part of the comparison: by a space, or `; ` between entries."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Of a table: its rows, those found, rows read that it hasn't, its cells, and those right with their titles."""

    rows: int = 0
    found: int = 0
    extra: int = 0
    cells: int = 0
    right: int = 0

    def __add__(self, other: Compared) -> Compared:
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Compared(*(one + another for one, another in pairs))


def measure(corpus: Path, *, failures: bool = False) -> dict[str, float]:
    """For the bundled files (`corpus`) and the rewritten tables (`docx`, `xlsx`; where LibreOffice is installed `pdf`,
    `odt` and `xls`): the share of rows found, of cells whose value and column title are right, and how many rows were
    read that no table has. Titles over each other are one title, and a merged cell's text is expected at each of its
    places."""
    bundled = corpus_tables(corpus)
    tables = [table for _, found in bundled for table in found] + [drawn_table()]
    figures = {"tables": float(len(tables)), "table_rows": float(sum(len(table.records()) for table in tables))}
    as_is = sum((_compare_file(path, found, failures=failures) for path, found in bundled), Compared())
    figures |= _figures("corpus", as_is)
    with tempfile.TemporaryDirectory() as folder:
        for kind, files in _rewritten(tables, Path(folder)).items():
            compared = (
                _compare_file(file, [table], failures=failures) for file, table in zip(files, tables, strict=True)
            )
            figures |= _figures(kind, sum(compared, Compared()))
    return figures


def _rewritten(tables: Sequence[SourceTable], folder: Path) -> dict[str, list[Path]]:
    files = {kind: [folder / f"{number}.{kind}" for number in range(len(tables))] for kind in ("docx", "xlsx")}
    for number, table in enumerate(tables):
        write_docx(table, files["docx"][number])
        write_xlsx(table, files["xlsx"][number])
    made = {kind: converted(files[source], kind) for source, kind in CONVERTED}
    return files | {kind: found for kind, found in made.items() if found}


def _figures(kind: str, compared: Compared) -> dict[str, float]:
    return {
        f"table_rows_{kind}": compared.found / max(1, compared.rows),
        f"table_cells_{kind}": compared.right / max(1, compared.cells),
        f"table_extra_rows_{kind}": float(compared.extra),
    }


def _compare_file(path: Path, tables: Sequence[SourceTable], *, failures: bool) -> Compared:
    """The tables of a file against its units, table by table in order."""
    try:
        read = _tables(parse_file(path, path.name).units)
    except UnreadableFile as problem:
        if failures:
            print(f"{path.name}: {problem}")
        read = []
    total = Compared()
    for table in tables:
        rows = expected_rows(table)
        # A table that was read in two parts is still found; the better part counts.
        best = max((compare(rows, found) for found in read), key=lambda one: one.right, default=compare(rows, []))
        total += best
        if failures and (best.right < best.cells or best.extra):
            _show(path.name, table, rows, max(read, key=lambda found: compare(rows, found).right, default=[]))
    return total


def expected_rows(table: SourceTable) -> list[Row]:
    names = table.columns()
    return [[(name, cell.text) for name, cell in zip(names, row, strict=True)] for row in table.records()]


def _tables(units: Sequence[Unit]) -> list[list[Row]]:
    rows: dict[str | None, list[Row]] = {}
    for unit in units:
        if unit.kind == "hang":
            rows.setdefault(unit.parent, []).append(unit.cells)
    return list(rows.values())


def compare(expected: Sequence[Row], read: Sequence[Row]) -> Compared:
    """Rows are matched in order, each with the best of the next few."""
    at = found = right = 0
    for row in expected:
        near = range(at, min(at + LOOKAHEAD, len(read)))
        best = max(near, key=lambda index: _alike(row, read[index]), default=at)
        alike = _alike(row, read[best]) if near else 0
        if alike > SAME_ROW * len(row):
            found, right, at = found + 1, right + alike, best + 1
    return Compared(len(expected), found, len(read) - found, sum(map(len, expected)), right)


def _alike(expected: Row, read: Row) -> int:
    pairs = zip(expected, read, strict=False)
    return sum(_same(name, title) and _same(value, cell) for (name, value), (title, cell) in pairs)


def _same(expected: str, read: str) -> bool:
    return JOINT.sub("", expected) == JOINT.sub("", read)


def _show(file: str, table: SourceTable, expected: Sequence[Row], read: Sequence[Row]) -> None:
    print(f"{file}: {table.name}: {len(expected)} rows, {len(read)} read")
    for row in expected:
        if not any(_alike(row, found) == len(row) for found in read):
            nearest = max(read, key=lambda found: _alike(row, found), default=[])
            print(f"  - {row}\n  + {list(nearest)}")
