"""What a section of a document tells: targets, results, tasks or none of these, by its headings and its kind."""

from __future__ import annotations

import functools
import re
from typing import Literal, cast

from ingest.types import Unit
from ingest.vocabulary import rows

Role = Literal["target", "result", "task", "none"]

# Kinds that set and give out, and report only where a heading says so; every other kind reports.
SETTING = frozenset(
    {"Nghị quyết", "Kế hoạch", "Chương trình", "Đề án", "Quyết định", "Hướng dẫn", "Kết luận", "Chiến lược"}
)
# Kinds whose articles are rules: a number in them is no target and no result.
_RULES = {
    "Hiến pháp",
    "Luật",
    "Bộ luật",
    "Pháp lệnh",
    "Nghị định",
    "Thông tư",
    "Thông tư liên tịch",
    "Văn bản hợp nhất",
}

_BULLET = re.compile(r"(?:[-–—•▪●+○◦]|\*|(?:\d{1,3}(?:\.\d{1,3})*|[IVX]{1,5}|[A-Za-zđ])[.)]|\d{1,2}-)\s+")

# A line that gives what follows it to somebody to do.
COMMAND = re.compile(r"(?<!được )(?:yêu cầu|chỉ đạo|giao|đề nghị|phân công)(?:\s+[^\s:;]+){0,8}\s*:\s*$", re.IGNORECASE)

# A paragraph with which a text without headings turns to what is to be done.
TURN = re.compile(r"^(?:về\s+)?(?:các\s+)?nhiệm vụ(?!\s+(?:được giao|của))", re.IGNORECASE)


def first_word(text: str, unit: Unit) -> int:
    """Where a unit's own words begin, after its bullet or number."""
    bullet = _BULLET.match(text, unit.start, unit.head)
    return bullet.end() if bullet else unit.start


def role_of(unit: Unit, kind: str) -> Role:
    """What the unit's section tells in a document of this kind."""
    if is_rule(unit, kind):
        return "none"
    for heading in reversed(unit.heading):
        for role, pattern in _patterns():
            if pattern.search(heading.lower()):
                return role
    return "none" if kind in SETTING else "result"


def is_rule(unit: Unit, kind: str) -> bool:
    """Whether the unit is of an article, or of a law."""
    return kind in _RULES or unit.kind == "dieu" or "dieu-" in unit.path


@functools.cache
def _patterns() -> list[tuple[Role, re.Pattern[str]]]:
    return [(cast("Role", role), re.compile(pattern)) for role, pattern in rows("sections.tsv")]
