"""A table's rows as a reader understands them: each cell with its column's header, each row with its group.

`11.1` under `11`, or `a` under `3`, is a part of it: the title above heads that row as a group's title does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.clean import clean
from ingest.types import Block

_ORDINAL = re.compile(r"^(?:\d{1,3}[a-zđ]?|\d{1,3}(?:\.\d{1,3})+|[IVXLC]{1,6}|[A-Z]|[a-zđ])[.)]?$")
_ORDINAL_COLUMN = re.compile(r"^(?:stt|tt|số tt|số thứ tự|#)\.?$", re.IGNORECASE)
_PART = re.compile(r"[-–+]\s")  # `- Cấp tỉnh` under a numbered row is a part of it
_COLUMN_NUMBERS = re.compile(r"^\(?\d{1,2}\)?(?:\s*=.*)?$")


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` pairs column headers with values, empty ones too; `group` is the group row's title, if any."""

    is_header: bool
    label: str
    cells: tuple[tuple[str, str], ...] = ()
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Opened:
    """A numbered row, or a group's title, that the rows after it may stand under."""

    label: str
    address: str
    title: str
    heads: bool  # a group's title row, which also heads rows that carry no number


def read_table(blocks: Sequence[Block]) -> list[Row]:
    """One Row for each block, in order."""
    grid = [tuple(clean(cell).text.replace("\n", " ") for cell in block.cells) for block in blocks]
    headers = _header_rows(grid, blocks)
    columns = _columns(grid[:headers])
    rows = [Row(is_header=True, label="") for _ in range(headers)]
    opened: list[_Opened] = []
    for cells, block in zip(grid[headers:], blocks[headers:], strict=True):
        if headers and (block.header or _repeats_header(cells, grid[:headers])):
            rows.append(Row(is_header=True, label=""))
            continue
        ordinal = _ordinal(cells, columns)
        title = _group_title(cells) if headers else ""
        opened = _still_open(opened, ordinal, closes_groups=bool(title))
        address = _address(opened, ordinal)
        above = (
            opened if ordinal or _PART.match(next(filter(None, cells), "")) else [row for row in opened if row.heads]
        )
        group = () if title and not ordinal else tuple(row.title for row in above if row.title)
        rows.append(Row(is_header=False, label=address, cells=_pairs(cells, columns), group=group))
        if ordinal or title:
            opened.append(_Opened(ordinal, address, title or (cells[1] if len(cells) > 1 else ""), heads=bool(title)))
    return rows


def _still_open(opened: list[_Opened], ordinal: str, *, closes_groups: bool) -> list[_Opened]:
    """What the row numbered `ordinal` stands under: `2` and `2.1` close `1.3`, `2` doesn't close `II`."""
    if not ordinal:
        return [] if closes_groups else opened
    kept: list[_Opened] = []
    for row in opened:
        same = _style(row.label) == _style(ordinal)
        if (same and not ordinal.startswith(row.label + ".")) or (
            not row.heads and _style(row.label) > _style(ordinal)
        ):
            break
        kept.append(row)
    return kept


def _style(label: str) -> int:
    """How deep this way of numbering usually stands: A, then I, then 1, then a; a title without a number first."""
    if not label:
        return 0
    if label[0].isdigit():
        return 3
    if label.islower():
        return 4
    return 2 if label[0] in "IVX" else 1


def _address(opened: Sequence[_Opened], ordinal: str) -> str:
    """`II.3` for row 3 of group II; `4.1` says itself that it is under 4."""
    above = next((row for row in reversed(opened) if row.label), None)
    if above is None or not ordinal:
        return ordinal
    own = ordinal.removeprefix(above.label + ".")
    return f"{above.address}.{own}"


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
    if len(distinct) == 1 and (_ORDINAL.match(distinct[0]) or (cells.count(distinct[0]) == 1 and cells[0] == "")):
        return ""
    return distinct[-1] if distinct else ""


def _pairs(cells: tuple[str, ...], columns: Sequence[str]) -> tuple[tuple[str, str], ...]:
    names = [*columns, *[""] * (len(cells) - len(columns))]
    return tuple((name, cell) for name, cell in zip(names, cells, strict=False) if name or cell)
