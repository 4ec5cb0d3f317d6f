"""A docx file's styles: what a paragraph, run or table inherits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from ingest.read.numbering import W

HEADING_NAME = re.compile(r"heading (\d)")
CONTENTS_NAME = re.compile(r"toc (?:\d|heading)")
OFF = frozenset({"0", "false", "off", "none"})
BODY_LEVEL = 9
"""The outline level that Word gives to body text."""


@dataclass(frozen=True, slots=True)
class Styles:
    """Style elements by id, the default paragraph style, and the run properties that all of them start from."""

    elements: dict[str, etree._Element] = field(default_factory=dict)
    default: str | None = None
    base: etree._Element | None = None

    def chain(self, style: str | None) -> Iterator[etree._Element]:
        """A style and those it is based on, nearest first; a circle ends it."""
        seen: set[str] = set()
        while style in self.elements and style not in seen:
            seen.add(style)
            yield self.elements[style]
            style = value(self.elements[style], "basedOn")

    def names(self, style: str | None) -> list[str]:
        return [(value(element, "name") or "").lower() for element in self.chain(style)]

    def level(self, style: str | None) -> int | None:
        """The heading level that a paragraph style gives."""
        for element in self.chain(style):
            outline = value(element, "pPr/outlineLvl")
            if outline is not None:
                return as_level(outline)
            named = HEADING_NAME.fullmatch((value(element, "name") or "").lower())
            if named:
                return int(named[1])
        return None

    def is_contents(self, style: str | None) -> bool:
        """Whether a paragraph belongs to a generated table of contents, which repeats the headings."""
        return any(CONTENTS_NAME.fullmatch(name) for name in self.names(style))

    def flag(self, style: str | None, name: str) -> bool | None:
        """An on/off run property (`b`, `vanish`) as a style sets it; None where it doesn't."""
        for element in self.chain(style):
            found = flag(element.find(f"{W}rPr"), name)
            if found is not None:
                return found
        return None

    def font(self, own: etree._Element | None, run_style: str | None, paragraph_style: str | None) -> str | None:
        """The font of a run's letters, by its own properties or the nearest style that says; a theme's font, which
        is of this century, has no name here."""
        inherited = (*self.chain(run_style), *self.chain(paragraph_style or self.default))
        for properties in (own, *(style.find(f"{W}rPr") for style in inherited), self.base):
            fonts = None if properties is None else properties.find(f"{W}rFonts")
            if fonts is not None and fonts.get(f"{W}hAnsiTheme", fonts.get(f"{W}asciiTheme")) is not None:
                return None
            named: str | None = None if fonts is None else fonts.get(f"{W}hAnsi", fonts.get(f"{W}ascii"))
            if named is not None:
                return named
        return None


def load_styles(root: etree._Element | None) -> Styles:
    elements: dict[str, etree._Element] = {}
    default = None
    for element in () if root is None else root.iterchildren(f"{W}style"):
        key = element.get(f"{W}styleId", "")
        elements[key] = element
        if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default", "0") not in OFF:
            default = key
    return Styles(elements, default, None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))


def as_level(outline: str) -> int | None:
    """Word counts outline levels from 0; a heading level counts from 1."""
    level = int(outline) if outline.isdecimal() else BODY_LEVEL
    return level + 1 if level < BODY_LEVEL else None


def value(element: etree._Element | None, path: str) -> str | None:
    """The `w:val` at a path of `w:` names below an element; None where either is missing."""
    if element is None:
        return None
    found = element.find("/".join(f"{W}{name}" for name in path.split("/")))
    return None if found is None else found.get(f"{W}val")


def flag(properties: etree._Element | None, name: str) -> bool | None:
    """An on/off property: present without a value is on."""
    found = None if properties is None else properties.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val", "1") not in OFF
