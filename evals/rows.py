"""Rows of a file of cases (JSONL, CSV or XLSX), and what is wrong with them, told in Vietnamese by row and column.

In a table, a cell with several values has one a line, or `;` between them. Columns may have English or Vietnamese
names; those of no known name are left out of account, and said to be.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import BadQuestion
from assistant.understand import check_message
from ingest.values import bare

# Every column: its name in JSON, and as people who write tables read it.
COLUMNS: dict[str, str] = {
    "id": "Mã câu",
    "question": "Câu hỏi",
    "history": "Các câu hỏi trước",
    "status": "Kết quả mong đợi",
    "expect": "Giá trị phải có",
    "forbid": "Giá trị không được có",
    "document": "Văn bản",
    "unit": "Vị trí trong văn bản",
    "quote": "Trích nguyên văn",
    "audience": "Đối tượng",
    "tags": "Nhãn",
}
SEVERAL = frozenset({"history", "expect", "forbid", "tags"})
STATUSES: dict[str, str] = {
    "answered": "trả lời",
    "not_found": "không tìm thấy",
    "clarify": "hỏi lại",
    "declined": "từ chối",
}
AUDIENCES: dict[str, str] = {"official": "cán bộ", "citizen": "người dân"}
SHEET = "Câu hỏi"
EXAMPLE = "ví dụ"  # a row whose id begins so is an example of the template
MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
_KNOWN = {bare(said).lower(): name for name, label in COLUMNS.items() for said in (name, label)}


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number as the user's program shows it, by column name: texts, or tuples of them in `SEVERAL`."""

    number: int
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where, and what to do. Row 0 is the file as a whole."""

    row: int
    column: str
    what: str
    do: str

    def __str__(self) -> str:
        place = f"dòng {self.row}" if self.row else "cả tệp"
        column = f", cột “{self.column}”" if self.column else ""
        return f"{place}{column}: {self.what}. {self.do}"


def label(name: str) -> str:
    """A column as a user knows it."""
    return f"{COLUMNS[name]} ({name})" if name in COLUMNS else name


def read_rows(path: Path) -> tuple[list[Row], list[Problem]]:
    """The rows that could be read, and what kept others from it."""
    readers = {".jsonl": _jsonl, ".csv": _csv, ".xlsx": _xlsx}
    try:
        if path.suffix.lower() not in readers:
            return [], [Problem(0, "", f"không nhận ra loại tệp “{path.suffix}”", "Dùng tệp .xlsx, .csv hoặc .jsonl.")]
        if path.stat().st_size > MAX_BYTES:
            return [], [Problem(0, "", "tệp lớn hơn 20 MB", "Chia tệp thành nhiều tệp nhỏ hơn.")]
        return readers[path.suffix.lower()](path)
    except OSError as error:
        return [], [Problem(0, "", f"không mở được tệp ({error.strerror})", "Kiểm tra tên tệp và thư mục.")]


def _jsonl(path: Path) -> tuple[list[Row], list[Problem]]:
    rows: list[Row] = []
    found: list[Problem] = []
    text = _decoded(path, found)
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            at = f", ký tự {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
            found.append(Problem(number, "", f"không phải JSON{at}", "Mỗi dòng là một đối tượng JSON trọn vẹn."))
            continue
        if not isinstance(row, dict):
            found.append(Problem(number, "", "không phải đối tượng JSON", "Viết dạng {“id”: …, “question”: …}."))
            continue
        rows.append(Row(number, row))
    return rows, found


def _decoded(path: Path, found: list[Problem]) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found.append(
            Problem(0, "", f"không phải UTF-8 (byte thứ {error.start + 1})", "Lưu lại tệp, chọn bảng mã UTF-8.")
        )
        return ""


def _csv(path: Path) -> tuple[list[Row], list[Problem]]:
    """Separated by commas, semicolons (as Excel does where the comma is the decimal sign) or tabs."""
    found: list[Problem] = []
    text = _decoded(path, found)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, Sequence[str]]] = []
    try:
        began = 1
        for cells in reader:
            lines.append((began, cells))
            began = reader.line_num + 1
    except csv.Error as error:
        found.append(
            Problem(reader.line_num, "", f"dấu ngoặc kép hoặc dấu phân cách sai ({error})", "Mở bằng Excel và lưu lại.")
        )
    return _table(lines, found)


def _xlsx(path: Path) -> tuple[list[Row], list[Problem]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    found: list[Problem] = []
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        lines = [
            (number, [_written(value) for value in row])
            for number, row in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=100, values_only=True), 1)
        ]
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, EOFError):
        found.append(Problem(0, "", "không phải tệp Excel .xlsx hoặc tệp hỏng", "Mở bằng Excel và lưu lại dạng .xlsx."))
        return [], found
    if len(lines) > MAX_ROWS:
        found.append(Problem(MAX_ROWS + 1, "", f"quá {MAX_ROWS:,} dòng".replace(",", "."), "Chia thành nhiều tệp."))
    return _table(lines, found)


def _written(value: object) -> str:
    """As the cell shows it, near enough: 5.0 is 5, other decimals have a comma, dates are as written here."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    if hasattr(value, "strftime"):
        return str(value.strftime("%d/%m/%Y"))
    return str(value)


def _table(lines: Sequence[tuple[int, Sequence[str]]], found: list[Problem]) -> tuple[list[Row], list[Problem]]:
    """Rows under a line of headings, which may stand below lines of explanation."""
    at = next((at for at, (_, cells) in enumerate(lines) if "question" in map(_column, cells)), None)
    if at is None:
        if not found:
            found.append(
                Problem(0, "", "không có cột “Câu hỏi” (question)", "Dùng tệp mẫu: python -m evals new ten-tep.xlsx.")
            )
        return [], found
    heading, names = lines[at][0], [_column(cell) for cell in lines[at][1]]
    for cell, name in zip(lines[at][1], names, strict=True):
        if cell.strip() and not name:
            columns = ", ".join(COLUMNS.values())
            found.append(Problem(heading, cell.strip(), "không có cột tên này", f"Các cột: {columns}."))
        elif name and names.count(name) > 1:
            found.append(Problem(heading, cell.strip(), "cột có hai lần", "Giữ lại một cột."))
    rows = [_row(number, names, cells) for number, cells in lines[at + 1 :] if any(cell.strip() for cell in cells)]
    return [row for row in rows if not bare(str(row.cells["id"])).lower().startswith(bare(EXAMPLE))], found


def _column(cell: str) -> str:
    """`Câu hỏi`, `question` and `Câu hỏi (question)` are one; nothing for an unknown name."""
    said = bare(" ".join(cell.split()).rstrip("* ")).lower()
    return _KNOWN.get(said) or _KNOWN.get(said.split("(")[0].strip(), "")


def _row(number: int, names: Sequence[str], cells: Sequence[str]) -> Row:
    row: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=False):
        if name:
            row[name] = tuple(_several(name, cell)) if name in SEVERAL else cell.strip()
    row["status"] = _english(str(row.get("status", "")), STATUSES)
    row["audience"] = _english(str(row.get("audience", "")), AUDIENCES)
    row["id"] = row.get("id") or f"dong-{number}"
    return Row(number, row)


def _several(name: str, cell: str) -> Iterator[str]:
    """A question may have a semicolon in it, a value or a tag has not."""
    for line in cell.splitlines():
        yield from filter(None, map(str.strip, [line] if name == "history" else line.split(";")))


def _english(said: str, names: Mapping[str, str]) -> str:
    return next((name for name, own in names.items() if bare(said).lower() == bare(own)), said)


def problems(rows: Sequence[Row]) -> Iterator[Problem]:
    """What is wrong with rows that could be read."""
    first: dict[str, int] = {}
    for row in rows:
        wrong = list(_of_wrong_kind(row))
        yield from wrong or _wrong_values(row)
        id_ = str(row.cells.get("id", ""))
        if id_ and id_ in first:
            yield Problem(row.number, label("id"), f"mã “{id_}” đã có ở dòng {first[id_]}", "Đặt mã khác.")
        first.setdefault(id_, row.number)
    if not rows:
        yield Problem(0, "", "không có câu hỏi nào", "Mỗi câu hỏi viết một dòng.")


def _of_wrong_kind(row: Row) -> Iterator[Problem]:
    for name, value in row.cells.items():
        if name not in COLUMNS:
            yield Problem(row.number, name, "không có trường tên này", f"Các trường: {', '.join(COLUMNS)}.")
        elif name in SEVERAL:
            if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
                yield Problem(row.number, label(name), "không phải danh sách chuỗi", 'Viết dạng ["…", "…"].')
        elif not isinstance(value, str):
            yield Problem(row.number, label(name), "không phải chuỗi ký tự", "Đặt giá trị trong ngoặc kép.")


def _wrong_values(row: Row) -> Iterator[Problem]:
    cells = row.cells
    for name in ("id", "question"):
        if not cells.get(name):
            yield Problem(row.number, label(name), "còn trống", "Điền vào ô này.")
    for name, texts in (("question", (cells.get("question"),)), ("history", cells.get("history", ()))):
        for text in filter(None, texts):
            try:
                check_message(text)
            except BadQuestion as error:
                yield Problem(row.number, label(name), "câu hỏi chưa dùng được", str(error))
    status, allowed = cells.get("status", ""), ", ".join(f"“{own}” ({name})" for name, own in STATUSES.items())
    if status not in STATUSES:
        what = f"giá trị “{status}” không có" if status else "còn trống"
        yield Problem(row.number, label("status"), what, f"Chọn một trong: {allowed}.")
    if cells.get("audience", "") not in {"", *AUDIENCES}:
        own = ", ".join(f"“{own}” ({name})" for name, own in AUDIENCES.items())
        yield Problem(
            row.number, label("audience"), f"giá trị “{cells['audience']}” không có", f"Chọn: {own}, hoặc để trống."
        )
    yield from _empty_promise(row)


def _empty_promise(row: Row) -> Iterator[Problem]:
    """An answer of which nothing is expected would always be right; what isn't answered can hold no value."""
    cells = row.cells
    asked = [name for name in ("expect", "quote") if cells.get(name)]
    if cells.get("status") == "answered" and not asked:
        yield Problem(
            row.number,
            label("expect"),
            "câu có trả lời mà không nói phải có gì",
            "Điền giá trị, hoặc trích nguyên văn.",
        )
    if cells.get("status") in {"not_found", "clarify", "declined"} and asked:
        own = STATUSES[cells["status"]]
        yield Problem(
            row.number, label(asked[0]), f"câu “{own}” thì không có giá trị nào để chấm", "Xóa ô này, hoặc đổi kết quả."
        )
    for name in ("expect", "forbid"):
        for value in cells.get(name, ()):
            if not all(part.strip() for part in value.split("|")):
                yield Problem(row.number, label(name), f"“{value}” có phần trống quanh dấu |", "Bỏ dấu | thừa.")
