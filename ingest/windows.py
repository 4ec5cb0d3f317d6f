"""The vectors of every window of every passage, in the order of the index.

windows.npy        float16 unit rows
windows-of.npy     first row of each passage, and their number at the end
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ingest.lists import Places, mapped, starts_of, taken
from ingest.terms import Row

Rows = NDArray[np.float16]

FILE, PLACES = "windows.npy", "windows-of.npy"
# Sections averaged at a time: some thousands of rows in full precision.
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Windows:
    """Passage `i` has the vectors `rows[of[i]:of[i + 1]]`."""

    rows: Rows
    of: Places


def load(directory: Path) -> Windows:
    """Read where they are wanted: a national corpus has 200 MB of them."""
    return Windows(mapped(directory / FILE), mapped(directory / PLACES))


def recorded(directory: Path, rows: Iterable[Row], dimensions: int) -> Iterator[Row]:
    """The same rows; their vectors have been written when the last one is taken."""
    counts: list[int] = []
    with (directory / FILE).open("wb") as file:
        _write_header(file, 0, dimensions)
        for row in rows:
            file.write(np.ascontiguousarray(row.vectors, dtype="<f2").data)
            counts.append(len(row.vectors))
            yield row
        file.seek(0)
        _write_header(file, sum(counts), dimensions)
    np.save(directory / PLACES, starts_of(np.array(counts, dtype=np.int64)))


def collected(rows: Iterable[Row], into: dict[int, Rows]) -> Iterator[Row]:
    """The same rows, whose vectors are kept by their passages' keys."""
    for row in rows:
        into[row.key] = np.asarray(row.vectors, dtype="<f2")
        yield row


def rearranged(directory: Path, old: Windows, new: Sequence[Rows], chosen: Places) -> None:
    """Write the windows of the chosen passages: those of `old` have the first numbers, those of `new` the next."""
    rows = np.concatenate([old.rows, *new])
    starts = np.concatenate([old.of, old.of[-1] + np.cumsum([len(each) for each in new], dtype=np.int64)])
    np.save(directory / FILE, taken(rows, starts, chosen))
    np.save(directory / PLACES, starts_of(starts[chosen + 1] - starts[chosen]))


def _write_header(file: IO[bytes], rows: int, dimensions: int) -> None:
    """numpy leaves room for the number of rows to grow, so a later header takes the place of the first."""
    header = {"descr": "<f2", "fortran_order": False, "shape": (rows, dimensions)}
    np.lib.format.write_array_header_1_0(file, header)


def of_sections(windows: Windows, passages_of: Places, sections: Places) -> NDArray[np.float32]:
    """A unit row for each of these sections, the mean of its windows; zeros where it has none."""
    starts = windows.of[passages_of]
    vectors = np.zeros((len(sections), windows.rows.shape[1]), dtype=np.float32)
    for at in range(0, len(sections), BATCH):
        some = sections[at : at + BATCH]
        lengths = starts[some + 1] - starts[some]
        filled = np.flatnonzero(lengths)
        if len(filled):
            rows = taken(windows.rows, starts, some).astype(np.float32)
            vectors[at + filled] = _unit(np.add.reduceat(rows, starts_of(lengths)[filled]))
    return vectors


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)
