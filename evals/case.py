"""Cases: a question and what its answer must hold. `evals/cases/README.md` says it for people who write them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from evals.retrieval.variants import VARIANTS
from evals.rows import Problem, Row, problems, read_rows
from ingest.errors import HoidapError

FOLDER = Path(__file__).parent / "cases"
HELD_SHARE = 0.5  # of the cases; looked at only to report


class BadCases(HoidapError):
    """A file of cases can't be used; the message names every row and column that is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Case:
    """`expect` and `forbid` hold values as printed in the source, alternatives separated by `|`.

    `document` are the ids or numbers of those that may be cited, any where empty; `unit` is a part of the address that
    one citation must have, `quote` a piece of the source that it must quote.
    """

    id: str
    question: str
    status: str
    expect: tuple[str, ...] = ()
    document: tuple[str, ...] = ()
    quote: str = ""
    tags: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    unit: str = ""
    audience: str = ""

    @property
    def held(self) -> bool:
        """Kept back from whoever tunes: half of the cases, by a hash of the id."""
        return hashlib.sha256(self.id.encode()).digest()[0] < 256 * HELD_SHARE


def load(path: Path) -> list[Case]:
    """The cases of a JSONL, CSV or XLSX file, in its order. Raises BadCases."""
    rows, found = checked(path)
    if found:
        raise BadCases("\n".join(f"{path.name}: {problem}" for problem in found))
    return [_case(row) for row in rows]


def checked(path: Path) -> tuple[list[Row], list[Problem]]:
    """The rows of a file and all that is wrong with them."""
    rows, broken = read_rows(path)
    found = problems(rows) if rows or not broken else ()
    return rows, sorted([*broken, *found], key=lambda problem: problem.row)


def _case(row: Row) -> Case:
    cells = row.cells
    document = cells.get("document", "")
    names = document.split("|") if isinstance(document, str) else document
    several = {name: tuple(cells.get(name, ())) for name in ("expect", "forbid", "history", "tags")}
    single = {name: str(cells.get(name, "")) for name in ("id", "question", "status", "quote", "unit", "audience")}
    return Case(document=tuple(filter(None, map(str.strip, names))), **several, **single)  # type: ignore[arg-type]


def typed(case: Case, variant: str) -> Case:
    """The case with its questions typed as somebody else would; the same at each run."""
    write = VARIANTS[variant]
    history = tuple(write(question, f"{case.id} {at}") for at, question in enumerate(case.history))
    return replace(case, question=write(case.question, case.id), history=history)


def content_hash(cases: Iterable[Case]) -> str:
    """Equal for equal cases in equal order."""
    rows = [json.dumps(asdict(case), ensure_ascii=False, sort_keys=True) for case in cases]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def half(cases: Sequence[Case], split: str) -> list[Case]:
    """The cases of a split: `dev`, `held` or `all`."""
    return [case for case in cases if split == "all" or case.held == (split == "held")]
