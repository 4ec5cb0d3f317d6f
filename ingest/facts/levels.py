"""The level of government that a figure is about."""

from __future__ import annotations

import re

# Not as part of an index's name (`năng lực cạnh tranh cấp tỉnh`), nor of where something reached (`đến cấp xã`).
LEVEL = re.compile(
    r"(?<!\w)(?<!đến )(?<!cạnh tranh )(?<!hành chính công )"
    r"(?:ở\s+)?(?P<level>cấp\s+(?:tỉnh|huyện|xã)|toàn\s+tỉnh)(?!\w)",
    re.IGNORECASE,
)


def find_level(*texts: str) -> str:
    """The level that the first of these texts names; none for the whole province."""
    found = next((match["level"] for text in texts if (match := LEVEL.search(text))), "")
    return "" if found.lower().startswith("toàn") else found
