"""Every measurement of reading, by name, with the material it needs; one whose material is absent is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from assistant.bootstrap import CORPUS

# The module of each measurement and the shared folder it reads; none where the bundled corpus is enough.
MEASUREMENTS: dict[str, str | None] = {
    "legacy": "legacy-encodings",
    "units": "documents",
    "scans": "documents",
    "twins": None,
    "tables": None,
    "hostile": None,
    "throughput": None,
}


def missing_for() -> str:
    """Why nothing can be measured here; empty where it can."""
    return "" if find_spec("docx") else "chưa có python-docx; cài bằng lệnh: pip install 'hoidap[evals]'"


def run_reading(
    shared: Path, names: Sequence[str] = (), *, failures: bool = False
) -> Iterator[tuple[str, dict[str, float] | str]]:
    """The figures of each of the measurements `names`, all by default, as soon as they are there, or why there are
    none."""
    for name, folder in MEASUREMENTS.items():
        if names and name not in names:
            continue
        material = shared / folder if folder else CORPUS
        if not material.is_dir():
            yield name, f"không có {material}"
            continue
        measure: Callable[..., dict[str, float]] = import_module(f"evals.reading.{name}").measure
        yield name, measure(material, failures=failures)
