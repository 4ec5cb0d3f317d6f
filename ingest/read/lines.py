"""Text to lines as a reader sees them, and the marks that begin a list item."""

from __future__ import annotations

import re
import unicodedata

MARKER = re.compile(
    r"(?:[-–—+*•●○▪◦]|\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zđ]|[ivxl]{1,5}|[IVXL]{1,5})[.)]|\d{1,3}(?:\.\d{1,3})+|[IVXL]{1,5}\s*[-–])\s"
)
"""A dash or bullet, `1.`, `1.2.`, `1.2`, `a)`, `(i)`, `IV.`, `I -`, then a space."""

MOTTO = re.compile(r"cộng h[oò][aà] xã hội chủ nghĩa|độc lập\s*[-–]\s*tự do|đảng cộng sản việt nam", re.IGNORECASE)
"""Of the state or the Party: a letterhead."""


def lines(text: str) -> list[str]:
    """The non-empty lines of a text, trimmed. What only holds invisible characters is empty."""
    return [line.strip() for line in text.splitlines() if is_visible(line)]


def is_visible(text: str) -> bool:
    """Whether anything would show on paper."""
    return any(not character.isspace() and unicodedata.category(character)[0] != "C" for character in text)
