"""What office packages have in common: a zip of XML parts that name and refer to each other."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from evals.reading.hostile.case import Case, refused

OFFICE = "application/vnd.openxmlformats-officedocument"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

PASSWORDS = "file:///etc/passwd"
ELSEWHERE = "http://127.0.0.1:47123"
LAUGHS = '<!DOCTYPE x [<!ENTITY e0 "ha">{}]>'.format(
    "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
)


def cases() -> list[Case]:
    slides = {"ppt/presentation.xml": "<p/>", "[Content_Types].xml": types({})}
    program: dict[str, str | bytes] = {"META-INF/MANIFEST.MF": "Main-Class: X", "X.class": b"\xca\xfe\xba\xbe"}
    return [
        refused("package-of-nothing.docx", ".", lambda: package({"[Content_Types].xml": types({})})),
        refused("slides.pptx", "PowerPoint", lambda: package(slides)),
        refused("program.jar", ".", lambda: package(program)),
        refused("book.epub", ".", lambda: package({"mimetype": "application/epub+zip", "a.xhtml": "<p>Kế hoạch</p>"})),
    ]


def package(parts: Mapping[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def types(parts: Mapping[str, str]) -> str:
    """The list of content types: `word/document.xml` is a `wordprocessingml.document.main`."""
    named = "".join(f'<Override PartName="/{part}" ContentType="{OFFICE}.{kind}+xml"/>' for part, kind in parts.items())
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{named}</Types>'
    )


def relations(related: Mapping[str, tuple[str, str]], mode: str = "Internal") -> str:
    """Relationships by their ids: `{"rId1": ("worksheet", "worksheets/sheet1.xml")}`."""
    each = (
        f'<Relationship Id="{id_}" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        for id_, (kind, target) in related.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(each)}</Relationships>'


def outside(target: str) -> str:
    """A document type whose entity `x` stands somewhere else."""
    return f'<!DOCTYPE x [<!ENTITY x SYSTEM "{target}">]>'


def nested(depth: int, before: str, inner: str, after: str) -> str:
    return before * depth + inner + after * depth
