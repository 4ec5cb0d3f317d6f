"""Plain text: a line is a paragraph, unless the file was wrapped by hand at a fixed width."""

from __future__ import annotations

from itertools import pairwise

from ingest.read import legacy
from ingest.read.decode import decode
from ingest.read.lines import MARKER, is_visible, lines
from ingest.types import Block, Reading

WIDEST_WRAP = 110
NARROWEST_WRAP = 50
"""Editors and mail wrap at 60 to 100 characters."""
SLACK = 2
"""How far past the width a word may still have been expected to fit: wrapping by display width differs a little."""
MIN_WRAPPED = 0.6
"""Share of the lines with a successor in their paragraph that must break only because the next word would not fit."""
MIN_LINES = 3


def read(data: bytes) -> Reading:
    """Raises `UnreadableFile` for what is not text."""
    blocks, encodings = legacy.repair(map(Block, paragraphs(decode(data))))
    return Reading(tuple(blocks), "txt", encodings=encodings)


def paragraphs(text: str) -> list[str]:
    groups = _groups(text)
    width = max((len(line) for group in groups for line in group), default=0)
    if not _is_wrapped(groups, width):
        return [line for group in groups for line in group]
    return [paragraph for group in groups for paragraph in _unwrap(group, width)]


def _groups(text: str) -> list[list[str]]:
    """Runs of lines between blank lines."""
    groups: list[list[str]] = [[]]
    for line in text.splitlines():
        if is_visible(line):
            groups[-1].extend(lines(line))
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _is_wrapped(groups: list[list[str]], width: int) -> bool:
    if not NARROWEST_WRAP <= width <= WIDEST_WRAP or len(groups) < 2:
        return False
    joints = [pair for group in groups for pair in pairwise(group)]
    full = sum(_is_full(before, after, width) for before, after in joints)
    return len(joints) >= MIN_LINES and full >= MIN_WRAPPED * len(joints)


def _is_full(before: str, after: str, width: int) -> bool:
    """Whether the line broke because the next word would not fit."""
    return len(before) + 1 + len(after.split(maxsplit=1)[0]) > width - SLACK


def _unwrap(group: list[str], width: int) -> list[str]:
    joined = [group[0]]
    before = group[0]
    for line in group[1:]:
        if _is_full(before, line, width) and not MARKER.match(line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
        before = line
    return joined
