"""The parts that a Word file is made of: its body, styles, lists, notes, page headers and footers."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass

from lxml import etree

from ingest.errors import UnreadableFile
from ingest.read import archive
from ingest.read.numbering import Numbering, W, load_numbering
from ingest.read.styles import Styles, load_styles, value

RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Parts:
    """`notes` holds the roots of the footnotes and the endnotes by `footnote` and `endnote`, `margins` those of the
    page headers, then of the page footers."""

    body: etree._Element
    styles: Styles
    numbering: Numbering
    notes: dict[str, etree._Element]
    margins: tuple[etree._Element, ...]

    @property
    def roots(self) -> tuple[etree._Element, ...]:
        return (self.body, *self.notes.values(), *self.margins)


def load_parts(package: zipfile.ZipFile) -> Parts:
    """Raises `UnreadableFile` where there is no body, and for parts past the limits."""
    document = archive.part(package, archive.MAIN_PART)
    body = None if document is None else document.find(f"{W}body")
    if body is None:
        raise UnreadableFile(archive.BROKEN)
    names = _names(package)
    styles = load_styles(_first(package, names.get("styles", ["word/styles.xml"])))
    lists = {key: value(style, "pPr/numPr/numId") or "" for key, style in styles.elements.items()}
    numbering = load_numbering(_first(package, names.get("numbering", ["word/numbering.xml"])), lists)
    notes = {kind: _first(package, names.get(f"{kind}s", [f"word/{kind}s.xml"])) for kind in ("footnote", "endnote")}
    margins = [archive.part(package, name) for kind in ("header", "footer") for name in names.get(kind, [])]
    return Parts(
        body,
        styles,
        numbering,
        {kind: root for kind, root in notes.items() if root is not None},
        tuple(root for root in margins if root is not None),
    )


def _first(package: zipfile.ZipFile, names: list[str]) -> etree._Element | None:
    return archive.part(package, names[0])


def _names(package: zipfile.ZipFile) -> dict[str, list[str]]:
    """The package's parts by the last word of their relationship type."""
    relations = archive.part(package, "word/_rels/document.xml.rels")
    names: dict[str, list[str]] = {}
    for relation in () if relations is None else relations.iter(RELATIONSHIP):
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/word", relation.get("Target", "")))
            names.setdefault(posixpath.basename(relation.get("Type", "")), []).append(target.lstrip("/"))
    return names
