"""A table's rows as a reader understands them: each cell with its column's header, each row with its group.

`11.1` under `11` is a part of it: the title of `11` heads that row as a group's title does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.clean import clean
from ingest.types import Block

_ORDINAL = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6}|[A-Z]|[a-zđ])[.)]?$")
_ORDINAL_COLUMN = re.compile(r"^(?:stt|tt|số tt|số thứ tự|#)\.?$", re.IGNORECASE)
_COLUMN_NUMBERS = re.compile(r"^\(?\d{1,2}\)?(?:\s*=.*)?$")


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` pairs column headers with values, empty ones too; `group` is the group row's title, if any."""

    is_header: bool
    label: str
    cells: tuple[tuple[str, str], ...] = ()
    group: tuple[str, ...] = ()


def read_table(blocks: Sequence[Block]) -> list[Row]:
    """One Row for each block, in order."""
    grid = [tuple(clean(cell).text.replace("\n", " ") for cell in block.cells) for block in blocks]
    headers = _header_rows(grid, blocks)
    columns = _columns(grid[:headers])
    rows = [Row(is_header=True, label="") for _ in range(headers)]
    group, group_label = "", ""
    titles: dict[str, str] = {}
    for cells, block in zip(grid[headers:], blocks[headers:], strict=True):
        if headers and (block.header or _repeats_header(cells, grid[:headers])):
            rows.append(Row(is_header=True, label=""))
            continue
        ordinal = _ordinal(cells, columns)
        title = _group_title(cells)
        if title and headers:
            group, group_label = title, ordinal
            rows.append(Row(is_header=False, label=ordinal, cells=_pairs(cells, columns)))
            continue
        titles[ordinal] = cells[1] if len(cells) > 1 else ""
        above = titles.get(ordinal.rpartition(".")[0], "") if "." in ordinal else ""
        label = f"{group_label}.{ordinal}" if group_label and ordinal and group_label != ordinal else ordinal
        headings = tuple(part for part in (group, above) if part)
        rows.append(Row(is_header=False, label=label, cells=_pairs(cells, columns), group=headings))
    return rows


def _header_rows(grid: Sequence[tuple[str, ...]], blocks: Sequence[Block]) -> int:
    """How many rows at the top are headers: those marked so, else one that begins with STT or TT."""
    count = 0
    while count < len(blocks) and blocks[count].header:
        count += 1
    if count == 0 and grid[0] and any(_ORDINAL_COLUMN.match(cell) for cell in grid[0][:2]):
        count = 1
    while 0 < count < len(grid) and all(_COLUMN_NUMBERS.match(cell) or not cell for cell in grid[count]):
        count += 1  # the line (1) (2) (3) under the header
        break
    return count if count < len(grid) else 0


def _repeats_header(cells: tuple[str, ...], headers: Sequence[tuple[str, ...]]) -> bool:
    return any(cells == header for header in headers)


def _columns(headers: Sequence[tuple[str, ...]]) -> list[str]:
    """One name a column; a two-line header gives `Kết quả / Năm 2023`."""
    width = max((len(row) for row in headers), default=0)
    names: list[str] = []
    for column in range(width):
        parts = [row[column] for row in headers if column < len(row) and row[column]]
        parts = [part for part in parts if not _COLUMN_NUMBERS.match(part)] or parts
        names.append(" / ".join(dict.fromkeys(parts)))
    return names


def _ordinal(cells: tuple[str, ...], columns: Sequence[str]) -> str:
    first = cells[0] if cells else ""
    named = bool(columns) and bool(_ORDINAL_COLUMN.match(columns[0]))
    return first.rstrip(".)") if _ORDINAL.match(first) and (named or len(cells) > 2) else ""


def _group_title(cells: tuple[str, ...]) -> str:
    """`I | Cải cách thể chế | | …` and a title merged over all columns head the rows that follow."""
    distinct = list(dict.fromkeys(cell for cell in cells if cell))
    if len(cells) < 3 or len(distinct) > 2:
        return ""
    if len(distinct) == 2 and (not _ORDINAL.match(distinct[0]) or cells.count(distinct[1]) + cells.count("") < 2):
        return ""
    if len(distinct) == 1 and (_ORDINAL.match(distinct[0]) or cells.count(distinct[0]) == 1 and cells[0] == ""):
        return ""
    return distinct[-1] if distinct else ""


def _pairs(cells: tuple[str, ...], columns: Sequence[str]) -> tuple[tuple[str, str], ...]:
    names = [*columns, *[""] * (len(cells) - len(columns))]
    return tuple((name, cell) for name, cell in zip(names, cells, strict=False) if name or cell)
