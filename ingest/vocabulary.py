"""Words of the language and of the administration, kept as data: the files of `ingest/data` and `assistant/data`."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable
from importlib import resources


def lines(name: str, package: str = "ingest") -> list[str]:
    """The lines of a package's file, comments and empty lines left out."""
    text = (resources.files(package) / "data" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def rows(name: str, package: str = "ingest") -> list[list[str]]:
    """The rows of a package's tab-separated file, comments and empty lines left out."""
    return list(csv.reader(lines(name, package), delimiter="\t"))


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for whichever of the phrases stands there, the longest one; spaces of any kind and number fit."""
    longest_first = sorted(set(phrases), key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in longest_first)


@functools.cache
def phrases(file: str, name: str) -> str:
    """A pattern for the words that a row of the file lists after its name."""
    return any_of(phrase for row in rows(file) if row[0] == name for phrase in row[1:])
