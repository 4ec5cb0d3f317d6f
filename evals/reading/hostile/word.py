"""Word files: cut off, locked in circles, swollen, or marked as secret in all the places where a mark may stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from evals.reading.hostile.case import SENTENCE, TITLE, Case, either, read, refused
from evals.reading.hostile.packages import (
    ELSEWHERE,
    LAUGHS,
    PASSWORDS,
    RELATIONS,
    nested,
    outside,
    package,
    relations,
    types,
)

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN = "word/document.xml"

TABLE = ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>")
BOX = ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>")


def cases() -> list[Case]:
    return [*_damaged(), *_entities(), *_swollen(), *_odd(), *_secret()]


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(f'<w:r><w:t>{run}</w:t></w:r>' for run in runs)}</w:p>"


HONEST = paragraph(TITLE) + paragraph(SENTENCE)


def docx(body: str = HONEST, declared: str = "", parts: Mapping[str, str | bytes] | None = None) -> bytes:
    content = f'<w:document xmlns:w="{W}" xmlns:r="{RELATIONS}"><w:body>{body}</w:body></w:document>'
    return package(
        {
            "[Content_Types].xml": types({MAIN: "wordprocessingml.document.main"}),
            "_rels/.rels": relations({"rId1": ("officeDocument", MAIN)}),
            MAIN: f'<?xml version="1.0" encoding="UTF-8"?>{declared}{content}',
            **(parts or {}),
        }
    )


def _cut(share: int) -> bytes:
    whole = docx()
    return whole[: len(whole) * share // 100]


def _damaged() -> list[Case]:
    return [
        read("docx-named.doc", docx),
        read("docx-named.txt", lambda: docx(HONEST + HONEST)),
        *(refused(f"docx-cut-at-{share}-percent.docx", "bị hỏng", partial(_cut, share)) for share in (10, 50, 90, 99)),
        refused("docx-empty.docx", ".", lambda: docx("")),
        refused("docx-that-is-no-xml.docx", ".", lambda: docx(parts={MAIN: "Kế hoạch"})),
        refused("docx-cut-inside-its-xml.docx", ".", lambda: docx(parts={MAIN: "<w:document><w:body>"})),
        refused("docx-part-lost.docx", ".", lambda: docx().replace(b"PK\x03\x04", b"PK\x03\x05", 3)),
        refused("docx-of-a-picture-alone.docx", ".", lambda: docx("<w:p><w:r><w:drawing/></w:r></w:p>")),
    ]


def _entities() -> list[Case]:
    """What is written elsewhere is left out, or the file refused."""
    included = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    host = f'<!DOCTYPE x [<!ENTITY % x SYSTEM "{ELSEWHERE}/x.dtd"> %x;]>'
    squared = f'<!DOCTYPE x [<!ENTITY q "{"ha " * 20_000}">]>'
    return [
        either("docx-entity-of-a-file.docx", lambda: docx(HONEST + paragraph("&x;"), outside(PASSWORDS)), SENTENCE),
        either("docx-entity-in-utf16.docx", _entity_in_utf16, SENTENCE),
        either("docx-entity-of-a-host.docx", lambda: docx(HONEST + paragraph("&x;"), outside(ELSEWHERE)), SENTENCE),
        either("docx-parameter-entity.docx", lambda: docx(HONEST, host), SENTENCE),
        either("docx-billion-laughs.docx", lambda: docx(HONEST + paragraph("&e9;"), LAUGHS), SENTENCE),
        either("docx-quadratic.docx", lambda: docx(HONEST + paragraph("&q;" * 20_000), squared), SENTENCE),
        either("docx-includes-a-file.docx", lambda: docx(HONEST + paragraph(included)), SENTENCE),
    ]


def _entity_in_utf16() -> bytes:
    """In another encoding, which a search of the bytes for `<!ENTITY` does not see."""
    body = f'<w:document xmlns:w="{W}"><w:body>{HONEST}{paragraph("&x;")}</w:body></w:document>'
    return docx(parts={MAIN: f'<?xml version="1.0" encoding="UTF-16"?>{outside(PASSWORDS)}{body}'.encode("utf-16")})


def _swollen() -> list[Case]:
    span = '<w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr>'
    wide = f"<w:tbl><w:tr><w:tc>{span}{paragraph('x')}</w:tc><w:tc>{paragraph('y')}</w:tc></w:tr></w:tbl>"
    return [
        refused("docx-of-100-megabytes-of-xml.docx", "quá lớn", lambda: docx(paragraph("a" * 1_000) * 100_000)),
        either("docx-tables-10000-deep.docx", lambda: docx(HONEST + nested(10_000, TABLE[0], "", TABLE[1]))),
        either("docx-tables-100-deep.docx", lambda: docx(HONEST + nested(100, TABLE[0], paragraph("x"), TABLE[1]))),
        either("docx-boxes-200-deep.docx", lambda: docx(nested(200, BOX[0], HONEST, BOX[1])), SENTENCE),
        either("docx-cell-over-a-billion-columns.docx", lambda: docx(HONEST + wide)),
        either("docx-row-of-200000-cells.docx", lambda: docx(HONEST + TABLE[0] + "</w:tc><w:tc>" * 200_000 + TABLE[1])),
        either("docx-paragraph-of-100000-runs.docx", lambda: docx(HONEST + paragraph(*["a "] * 100_000)), SENTENCE),
    ]


def _odd() -> list[Case]:
    template = relations({"rId9": ("attachedTemplate", f"{ELSEWHERE}/mau.dotm")}, "External")
    return [
        either("docx-styles-in-a-circle.docx", _circle, SENTENCE),
        read("docx-with-a-template-elsewhere.docx", lambda: docx(parts={"word/_rels/settings.xml.rels": template})),
        read("docx-with-macros.docm", lambda: docx(parts={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 100})),
    ]


def _circle() -> bytes:
    """Styles A and B are each based on the other; a list takes its levels from style A, at a level far down."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{own}"><w:basedOn w:val="{other}"/></w:style>'
        for own, other in ("AB", "BA")
    )
    lists = (
        '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="A"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    level = '<w:pStyle w:val="A"/><w:numPr><w:ilvl w:val="99999"/><w:numId w:val="1"/></w:numPr>'
    return docx(
        HONEST.replace("<w:p>", f"<w:p><w:pPr>{level}</w:pPr>"),
        parts={
            "word/styles.xml": f'<w:styles xmlns:w="{W}">{styles}</w:styles>',
            "word/numbering.xml": f'<w:numbering xmlns:w="{W}">{lists}</w:numbering>',
        },
    )


def _secret() -> list[Case]:
    stamp = TABLE[0] + paragraph("MẬT") + TABLE[1]
    return [
        refused("secret-in-the-page-header.docx", "(?i)mật", lambda: _in_margin("header", "hdr", "TUYỆT MẬT")),
        refused("secret-in-the-page-footer.docx", "(?i)nội bộ", lambda: _in_margin("footer", "ftr", "Lưu hành nội bộ")),
        refused("secret-in-a-stamp.docx", "(?i)mật", lambda: docx(stamp + HONEST)),
        refused("secret-in-runs.docx", "(?i)mật", lambda: docx(paragraph("TỐI ", "MẬ", "T") + HONEST)),
    ]


def _in_margin(kind: str, tag: str, text: str) -> bytes:
    return docx(
        f'{HONEST}<w:sectPr><w:{kind}Reference w:type="default" r:id="rId5"/></w:sectPr>',
        parts={
            f"word/{kind}1.xml": f'<w:{tag} xmlns:w="{W}">{paragraph(text)}</w:{tag}>',
            "word/_rels/document.xml.rels": relations({"rId5": (kind, f"{kind}1.xml")}),
        },
    )
