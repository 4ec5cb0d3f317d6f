"""Words of the language and of the administration, kept as data: the files of `ingest/data` and `assistant/data`.

An office adds its own: a folder with files of the same names and columns, whose rows come after the bundled ones. It
is named in the environment, where the processes that read files find it too.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import os
import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

FOLDER = "HOIDAP_VOCABULARY_DIR"
# What an office may add to, and how many columns a row has at least.
EXTENDABLE = {"agencies.tsv": 1, "agency_groups.tsv": 1, "indices.tsv": 1, "synonyms.tsv": 2, "procedure_words.tsv": 2}


def extend(folder: Path) -> None:
    """Add the rows of this folder's files, before any vocabulary is read. Raises ValueError, in Vietnamese, naming the
    file and line that can't be used.
    """
    if not folder.is_dir():
        raise ValueError(f"Không có thư mục từ vựng {folder}. Hãy tạo thư mục, hoặc bỏ {FOLDER}.")
    for file in sorted(folder.glob("*.tsv")):
        if file.name not in EXTENDABLE:
            raise ValueError(f"{file}: không dùng tệp tên này; các tệp dùng được: {', '.join(EXTENDABLE)}.")
        _check(file)
    os.environ[FOLDER] = str(folder)


def _check(file: Path) -> None:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{file}: không phải UTF-8. Hãy lưu lại tệp dạng UTF-8.") from error
    least = EXTENDABLE[file.name]
    for number, line in enumerate(text.splitlines(), 1):
        cells = line.split("\t")
        if (
            line
            and not line.startswith("#")
            and (len(cells) < least or not all(cell.strip() for cell in cells[:least]))
        ):
            raise ValueError(f"{file}, dòng {number}: cần ít nhất {least} cột cách nhau bằng phím Tab, không để trống.")


def edition() -> str:
    """What tells one set of an office's own words from another; empty where there is none."""
    own = [line for name in EXTENDABLE for line in _own(name)]
    return hashlib.sha256("\n".join(own).encode()).hexdigest()[:8] if own else ""


def lines(name: str, package: str = "ingest") -> list[str]:
    """The lines of a package's file, then the office's own; comments and empty lines left out."""
    return [*_said((resources.files(package) / "data" / name).read_text(encoding="utf-8")), *_own(name)]


def _own(name: str) -> list[str]:
    file = Path(os.environ.get(FOLDER, "")) / name
    told = FOLDER in os.environ and name in EXTENDABLE and file.is_file()
    return _said(file.read_text(encoding="utf-8")) if told else []


def _said(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def rows(name: str, package: str = "ingest") -> list[list[str]]:
    """The rows of a package's tab-separated file, then the office's own; comments and empty lines left out."""
    return list(csv.reader(lines(name, package), delimiter="\t"))


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for whichever of the phrases stands there, the longest one; spaces of any kind and number fit."""
    longest_first = sorted(set(phrases), key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in longest_first)


@functools.cache
def phrases(file: str, name: str) -> str:
    """A pattern for the words that a row of the file lists after its name."""
    return any_of(phrase for row in rows(file) if row[0] == name for phrase in row[1:])
