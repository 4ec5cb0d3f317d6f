"""Automatic numbering: what Word shows before a paragraph is not in its text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

ROMAN: tuple[tuple[int, str], ...] = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
LEVELS = 9
MAX_LETTERED = 780
"""Word goes on to thirty times the letter z; a list that starts at a million must not write a page of letters."""
PLACEHOLDER = re.compile(r"%([1-9])")
BULLETS = frozenset("-–—+*")
"""Bullets kept as drawn. The others are mostly private characters of symbol fonts, and become a dash."""


def label(number: int, style: str) -> str:
    """A number in one of the formats of lists: `decimal`, `decimalZero`, `lowerLetter`, `upperRoman` … Letters are
    the English alphabet's, as Word and browsers count: no đ after d."""
    if style in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        roman = _roman(number)
        return roman.upper() if style == "upperRoman" else roman
    if style in {"lowerLetter", "upperLetter"} and 0 < number <= MAX_LETTERED:
        turn, letter = divmod(number - 1, 26)
        letters = chr(ord("a") + letter) * (turn + 1)
        return letters.upper() if style == "upperLetter" else letters
    return f"{number:02d}" if style == "decimalZero" else str(number)


def _roman(number: int) -> str:
    written = ""
    for value, letters in ROMAN:
        written += letters * (number // value)
        number %= value
    return written


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list definition. `restart` is the level (1-based) whose items start it again; 0 is never."""

    start: int = 1
    style: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    paragraph_style: str | None = None


@dataclass(slots=True)
class Numbering:
    """The list definitions of a file, and how far each has counted. Paragraphs must come in reading order."""

    abstract: dict[str, dict[int, Level]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, dict[int, Level]] = field(default_factory=dict)
    starts: dict[str, dict[int, int]] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def next_label(self, list_id: str, level: int) -> str:
        """The label of the next paragraph of a list, without the space after it; "" where it shows none."""
        abstract = self.lists.get(list_id)
        definition = self._level(list_id, level)
        if abstract is None or definition is None:
            return ""
        counts = self._counts.setdefault(abstract, [None] * LEVELS)
        self._count(counts, list_id, level, definition)
        self._restart_deeper(counts, list_id, level)
        if definition.style == "bullet":
            return definition.text if definition.text in BULLETS else "-"
        if definition.style == "none":
            return PLACEHOLDER.sub("", definition.text).strip()
        return PLACEHOLDER.sub(lambda mark: self._shown(counts, list_id, int(mark[1]) - 1, definition), definition.text)

    def level_of_style(self, list_id: str, styles: tuple[str, ...]) -> int:
        """The level that a list ties to the first of these paragraph styles that it names; 0 if none."""
        levels = self.abstract.get(self.lists.get(list_id, ""), {})
        tied = {level.paragraph_style: index for index, level in levels.items()}
        return next((tied[style] for style in styles if style in tied), 0)

    def _level(self, list_id: str, level: int) -> Level | None:
        own = self.overrides.get(list_id, {}).get(level)
        return own or self.abstract.get(self.lists.get(list_id, ""), {}).get(level)

    def _count(self, counts: list[int | None], list_id: str, level: int, definition: Level) -> None:
        """Lists on one definition go on counting together, but a start override counts anew at its first item."""
        start = self.starts.get(list_id, {}).get(level)
        current = counts[level]
        if start is not None and (list_id, level) not in self._begun:
            counts[level] = start
        else:
            counts[level] = definition.start if current is None else current + 1
        self._begun.add((list_id, level))
        for upper in range(level):
            if counts[upper] is None:
                above = self._level(list_id, upper)
                counts[upper] = above.start if above else 1

    def _restart_deeper(self, counts: list[int | None], list_id: str, level: int) -> None:
        for deeper in range(level + 1, LEVELS):
            definition = self._level(list_id, deeper)
            restart = deeper if definition is None or definition.restart is None else definition.restart
            if level < restart:
                counts[deeper] = None

    def _shown(self, counts: list[int | None], list_id: str, level: int, asked: Level) -> str:
        definition = self._level(list_id, level)
        count = counts[level]
        if definition is None or count is None or definition.style in {"bullet", "none"}:
            return ""
        return label(count, "decimal" if asked.legal else definition.style)


def load_numbering(root: etree._Element | None, style_lists: dict[str, str]) -> Numbering:
    """The definitions in `numbering.xml`; `style_lists` maps a list style to the list that defines it."""
    numbering = Numbering()
    if root is None:
        return numbering
    linked: dict[str, str] = {}
    for element in root.iterchildren(f"{W}abstractNum"):
        key = element.get(f"{W}abstractNumId", "")
        numbering.abstract[key] = dict(map(_read_level, element.iterchildren(f"{W}lvl")))
        style = _value(element, "numStyleLink")
        if style in style_lists:
            linked[key] = style_lists[style]
    for element in root.iterchildren(f"{W}num"):
        _read_list(element, numbering)
    for key, list_id in linked.items():
        numbering.abstract[key] = numbering.abstract.get(numbering.lists.get(list_id, ""), {})
    return numbering


def _read_list(element: etree._Element, numbering: Numbering) -> None:
    key = element.get(f"{W}numId", "")
    numbering.lists[key] = _value(element, "abstractNumId") or ""
    for override in element.iterchildren(f"{W}lvlOverride"):
        index = _integer(override.get(f"{W}ilvl"), 0)
        start = _value(override, "startOverride")
        if start is not None:
            numbering.starts.setdefault(key, {})[index] = _integer(start, 1)
        level = override.find(f"{W}lvl")
        if level is not None:
            numbering.overrides.setdefault(key, {})[index] = _read_level(level)[1]


def _read_level(element: etree._Element) -> tuple[int, Level]:
    restart = _value(element, "lvlRestart")
    level = Level(
        start=_integer(_value(element, "start"), 1),
        style=_value(element, "numFmt") or "decimal",
        text=_value(element, "lvlText") or "",
        restart=None if restart is None else _integer(restart, 0),
        legal=_value(element, "isLgl", "1") not in {None, "0", "false"},
        paragraph_style=_value(element, "pStyle"),
    )
    return _integer(element.get(f"{W}ilvl"), 0), level


def _value(element: etree._Element, child: str, bare: str | None = None) -> str | None:
    """The `w:val` of a child; `bare` where the child has none, None where there is no such child."""
    found = element.find(f"{W}{child}")
    return None if found is None else found.get(f"{W}val", bare)


def _integer(written: str | None, default: int) -> int:
    try:
        return int(written or default)
    except ValueError:
        return default
