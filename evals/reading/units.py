"""Whether a document's parts are all found and none invented, against lists made by hand from the printed text.

A list names its file, the articles of each chapter, the clauses and points of each article (`1 2ab 3`: clause 2 has
the points a and b), and the annexes with their forms. The annexes' own numbering is theirs, and is not compared.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.parse import parse_file
from ingest.types import Unit

CASES = Path(__file__).parents[1] / "cases" / "reading"
LISTS = ("nd-30-2020", "nd-65-2018")
COMPARED = frozenset({"phan", "chuong", "muc", "tieu_muc", "dieu", "khoan", "diem"})

Path_ = tuple[str, ...]
"""A part and those it stands in, as written: `("Chương I", "Điều 4", "2", "a")`."""


def measure(documents: Path, *, failures: bool = False) -> dict[str, float]:
    """`found`, `missing` and `invented` parts for each list whose file is in the folder `documents`."""
    figures: dict[str, float] = {}
    for name in LISTS:
        listed = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
        file = documents / listed["file"]
        if not file.exists():
            continue
        wanted = Counter(expected(listed))
        got = Counter(found(_units(file)))
        missing, invented = wanted - got, got - wanted
        key = name.replace("-", "_")
        figures[f"{key}_found"] = (wanted & got).total()
        figures[f"{key}_missing"] = missing.total()
        figures[f"{key}_invented"] = invented.total()
        if failures:
            _show(name, missing, invented)
    return figures


def _units(file: Path) -> tuple[Unit, ...]:
    try:
        return parse_file(file, file.name).units
    except UnreadableFile:
        return ()


def expected(listed: dict[str, object]) -> Iterator[Path_]:
    """The paths of a list's parts, in reading order."""
    articles, parts, annexes = listed["articles"], listed["parts"], listed["annexes"]
    assert isinstance(articles, dict)
    assert isinstance(parts, dict)
    assert isinstance(annexes, list)
    for above, span in _spans(parts, ()):
        yield above
        first, last = map(int, span.split("-")) if span else (1, 0)
        for number in range(first, last + 1):
            article = (*above, f"Điều {number}")
            yield article
            yield from _clauses(article, articles[article[-1]])
    for annex in annexes:
        yield tuple(reversed(annex.split(", ")))


def _spans(parts: dict[str, object], above: Path_) -> Iterator[tuple[Path_, str]]:
    for label, inside in parts.items():
        if isinstance(inside, dict):
            yield (*above, label), ""
            yield from _spans(inside, (*above, label))
        else:
            yield (*above, label), str(inside)


def _clauses(article: Path_, written: str) -> Iterator[Path_]:
    for clause in written.split():
        number = clause.rstrip("abcdđeghiklmnopqrstuvxy")
        yield (*article, number)
        for letter in clause.removeprefix(number):
            yield (*article, number, letter)


def found(units: Iterable[Unit]) -> Iterator[Path_]:
    """The paths of the units compared: the body's parts, and the annexes without what is in them."""
    paths: dict[str, Path_] = {}
    annexed: set[str] = set()
    for unit in units:
        above = paths.get(unit.parent or "", ())
        paths[unit.path] = above
        if unit.parent in annexed:
            annexed.add(unit.path)
        if unit.kind == "phu_luc":
            annexed.add(unit.path)
        if unit.kind == "phu_luc" or (unit.kind in COMPARED and unit.path not in annexed):
            paths[unit.path] = (*above, unit.label)
            yield paths[unit.path]


def _show(name: str, missing: Counter[Path_], invented: Counter[Path_]) -> None:
    for word, paths in (("missing", missing), ("invented", invented)):
        for path, count in sorted(paths.items()):
            print(f"{name}: {word} {' > '.join(path)}" + (f" ({count} times)" if count > 1 else ""))
