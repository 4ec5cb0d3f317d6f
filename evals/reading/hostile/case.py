"""What a hostile or broken file is: how it is written, and how it must end."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TITLE = "KẾ HOẠCH"
SENTENCE = "Sở Nội vụ chủ trì rà soát thủ tục hành chính trước ngày 30 tháng 6 năm 2026."
TEXT = f"{TITLE}\nCải cách thủ tục hành chính năm 2026\n\n1. Mục tiêu\n{SENTENCE}\n"
"""An honest document, which most cases do something to."""


@dataclass(frozen=True, slots=True)
class Case:
    """A file and its end: read with the words of `holds` in its text, or quarantined for a `reason` (a pattern).

    With both, either end is right: it depends on what is installed, or on the moment.
    """

    name: str
    write: Callable[[Path], object]
    reason: str = ""
    holds: str = ""


Content = Callable[[], str | bytes]


def refused(name: str, reason: str, content: Content) -> Case:
    return Case(name, _writer(content), reason=reason)


def read(name: str, content: Content, holds: str = SENTENCE) -> Case:
    return Case(name, _writer(content), holds=holds)


def either(name: str, content: Content, holds: str = " ", reason: str = ".") -> Case:
    """What may be read as it stands or refused, as long as the run goes on."""
    return Case(name, _writer(content), reason=reason, holds=holds)


def _writer(content: Content) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        made = content()
        path.write_bytes(made if isinstance(made, bytes) else made.encode())

    return write


def noise(size: int) -> bytes:
    """Bytes that mean nothing, the same ones every time."""
    return random.Random(size).randbytes(size)  # noqa: S311 (no secret)
