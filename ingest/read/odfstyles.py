"""An OpenDocument text's styles: what a run or paragraph inherits, and how lists and headings are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from ingest.read.numbering import Level

STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"

NUMBERS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
PLACEHOLDER = re.compile(r"%(\d+)%")
OUTLINE = ""
"""The key of the headings' own numbering among the list styles: a name that no style has."""

Key = tuple[str, str | None]  # family and name of a style


@dataclass(frozen=True, slots=True)
class OdfStyles:
    """Styles by family and name, a family's default under the name None; lists by name; font families by name."""

    elements: dict[Key, etree._Element] = field(default_factory=dict)
    lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    fonts: dict[str, str] = field(default_factory=dict)

    def chain(self, key: Key) -> Iterator[etree._Element]:
        """A style, those it is based on, nearest first, and its family's default; a circle ends it."""
        family, name = key
        seen: set[str | None] = set()
        while name not in seen and (family, name) in self.elements:
            seen.add(name)
            yield self.elements[family, name]
            name = self.elements[family, name].get(f"{STYLE}parent-style-name")

    def property(self, group: str, attribute: str, keys: Iterable[Key]) -> str | None:
        """An attribute of a group of properties (`text`, `table-cell`) by the first of these styles to set it."""
        for key in keys:
            for element in self.chain(key):
                properties = element.find(f"{STYLE}{group}-properties")
                found = None if properties is None else properties.get(attribute)
                if found is not None:
                    return str(found)
        return None

    def is_bold(self, keys: Iterable[Key]) -> bool:
        weight = self.property("text", f"{FO}font-weight", keys) or "normal"
        return weight == "bold" or (weight.isdecimal() and int(weight) >= 600)

    def is_hidden(self, keys: Iterable[Key]) -> bool:
        return self.property("text", f"{TEXT}display", keys) == "none"

    def is_unlisted(self, key: Key) -> bool:
        """Whether a paragraph style takes its paragraphs out of the headings' numbering."""
        names = (element.get(f"{STYLE}list-style-name") for element in self.chain(key))
        return next((name for name in names if name is not None), None) == ""

    def font(self, keys: Iterable[Key]) -> str | None:
        name = self.property("text", f"{STYLE}font-name", keys)
        return self.fonts.get(name or "", name)


def load_odf_styles(roots: Iterable[etree._Element]) -> OdfStyles:
    """The styles of `styles.xml` and `content.xml`, the later taking the place of the earlier."""
    styles = OdfStyles()
    for root in roots:
        for element in root.iter(f"{STYLE}style"):
            styles.elements[element.get(f"{STYLE}family", ""), element.get(f"{STYLE}name")] = element
        for element in root.iter(f"{STYLE}default-style"):
            styles.elements[element.get(f"{STYLE}family", ""), None] = element
        for element in root.iter(f"{STYLE}font-face"):
            family = element.get(f"{SVG}font-family", "").strip("'\" ")
            styles.fonts[element.get(f"{STYLE}name", "")] = family
        for element in root.iter(f"{TEXT}list-style", f"{TEXT}outline-style"):
            levels = dict(_read_level(level) for level in element.iterchildren(etree.Element))
            styles.lists[element.get(f"{STYLE}name", "-")] = levels
            if element.tag == f"{TEXT}outline-style":
                styles.lists[OUTLINE] = levels
    return styles


def _read_level(element: etree._Element) -> tuple[int, Level]:
    index = _integer(element.get(f"{TEXT}level"), 1)
    if element.tag == f"{TEXT}list-level-style-bullet":
        return index - 1, Level(style="bullet", text=element.get(f"{TEXT}bullet-char", ""))
    style = NUMBERS.get(element.get(f"{STYLE}num-format", ""))
    written = element.get(f"{LOEXT}num-list-format", element.get(f"{STYLE}num-list-format"))
    if written is None:
        shown = _integer(element.get(f"{TEXT}display-levels"), 1)
        numbers = ".".join(f"%{level}" for level in range(max(index - shown, 0) + 1, index + 1))
        written = element.get(f"{STYLE}num-prefix", "") + numbers + element.get(f"{STYLE}num-suffix", "")
    text = PLACEHOLDER.sub(r"%\1", written)
    return index - 1, Level(_integer(element.get(f"{TEXT}start-value"), 1), style or "none", text if style else "")


def _integer(written: str | None, default: int) -> int:
    return int(written) if written and written.isdecimal() and len(written) < 7 else default
