"""Word, Excel and OpenDocument packages: zips of XML that lie about themselves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from functools import partial
from xml.sax.saxutils import escape

from evals.reading.hostile.case import SENTENCE, TITLE, Case, either, read, refused

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument"

HONEST = f"<w:p><w:r><w:t>{TITLE}</w:t></w:r></w:p><w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>"
LAUGHS = '<!DOCTYPE x [<!ENTITY e0 "ha">' + "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10)
) + "]>"  # fmt: skip
ENTITY = "<w:p><w:r><w:t>&{};</w:t></w:r></w:p>"


def cases() -> list[Case]:
    return [*_damaged(), *_entities(), *_word(), *_secret(), *_excel(), *_open()]


def package(parts: Mapping[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def docx(
    body: str = HONEST, doctype: str = "", parts: Mapping[str, str | bytes] | None = None, section: str = ""
) -> bytes:
    document = (
        f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}<w:sectPr>{section}</w:sectPr></w:body></w:document>'
    )
    return package(
        {
            "[Content_Types].xml": _types({"word/document.xml": f"{MAIN}.wordprocessingml.document.main+xml"}),
            "_rels/.rels": _relations({"rId1": ("officeDocument", "word/document.xml")}),
            "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?>{doctype}{document}',
            **(parts or {}),
        }
    )


def xlsx(rows: str, before: str = "", after: str = "", doctype: str = "", strings: str | bytes = "") -> bytes:
    sheet = f'{doctype}<worksheet xmlns="{S}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    book = (
        f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets><sheet name="Biểu" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    sheets = f"{MAIN}.spreadsheetml"
    return package(
        {
            "[Content_Types].xml": _types(
                {
                    "xl/workbook.xml": f"{sheets}.sheet.main+xml",
                    "xl/worksheets/sheet1.xml": f"{sheets}.worksheet+xml",
                    "xl/sharedStrings.xml": f"{sheets}.sharedStrings+xml",
                }
            ),
            "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": _relations(
                {"rId1": ("worksheet", "worksheets/sheet1.xml"), "rId2": ("sharedStrings", "sharedStrings.xml")}
            ),
            "xl/worksheets/sheet1.xml": f'<?xml version="1.0" encoding="UTF-8"?>{sheet}',
            "xl/sharedStrings.xml": strings or f'<sst xmlns="{S}"/>',
        }
    )


def odt(body: str, doctype: str = "", manifest: str = "") -> bytes:
    name = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = "".join(f' xmlns:{key}="{name}:{key}:1.0"' for key in ("office", "text", "table"))
    content = f"<office:document-content{spaces}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    entries = (
        manifest
        or '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    )
    return package(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f'<?xml version="1.0" encoding="UTF-8"?>{doctype}{content}',
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{name}:manifest:1.0">{entries}</manifest:manifest>',
        }
    )


def _types(overrides: Mapping[str, str]) -> str:
    kinds = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in overrides.items())
    defaults = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<Types xmlns="{space}">{defaults}{kinds}</Types>'


def _relations(related: Mapping[str, tuple[str, str]], outside: str = "") -> str:
    one = '<Relationship Id="{}" Type="{}/{}" Target="{}"{}/>'
    all_ = "".join(one.format(id_, R, kind, escape(target), outside) for id_, (kind, target) in related.items())
    return f'<Relationships xmlns="{RELATED}">{all_}</Relationships>'


def _damaged() -> list[Case]:
    whole = docx()
    sheet = xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>Biểu</t></is></c></row>')
    return [
        read("docx-named.doc", docx),
        read("docx-named.txt", lambda: docx(HONEST + HONEST)),
        *(refused(f"docx-cut-at-{share}-percent.docx", "bị hỏng", partial(_cut, share)) for share in (10, 50, 90, 99)),
        refused("xlsx-cut-in-half.xlsx", ".", lambda: sheet[: len(sheet) // 2]),
        refused("docx-without-document.docx", ".", lambda: package({"[Content_Types].xml": _types({})})),
        refused("docx-with-empty-document.docx", ".", lambda: docx("")),
        refused("docx-that-is-no-xml.docx", ".", lambda: docx(parts={"word/document.xml": "Kế hoạch"})),
        refused("docx-cut-inside-its-xml.docx", ".", lambda: docx(parts={"word/document.xml": "<w:document><w:body>"})),
        refused("docx-with-a-wrong-checksum.docx", ".", lambda: whole.replace(b"PK\x03\x04", b"PK\x03\x05", 2)),
        refused(
            "slides.pptx",
            "PowerPoint",
            lambda: package({"ppt/presentation.xml": "<p/>", "[Content_Types].xml": "<x/>"}),
        ),
        refused(
            "java.jar", ".", lambda: package({"META-INF/MANIFEST.MF": "Main-Class: X", "X.class": b"\xca\xfe\xba\xbe"})
        ),
    ]


def _cut(share: int) -> bytes:
    whole = docx()
    return whole[: len(whole) * share // 100]


def _entities() -> list[Case]:
    def outside(target: str) -> str:
        return f'<!DOCTYPE x [<!ENTITY x SYSTEM "{target}">]>'

    parameter = '<!DOCTYPE x [<!ENTITY % x SYSTEM "http://127.0.0.1:47123/x.dtd"> %x;]>'
    quadratic = f'<!DOCTYPE x [<!ENTITY q "{"ha " * 20_000}">]>'
    wide = f'<?xml version="1.0" encoding="UTF-16"?>{outside("file:///etc/passwd")}<w:document xmlns:w="{W}"><w:body>{HONEST}{ENTITY.format("x")}</w:body></w:document>'
    return [
        either(
            "docx-entity-of-a-file.docx",
            lambda: docx(HONEST + ENTITY.format("x"), outside("file:///etc/passwd")),
            SENTENCE,
        ),
        either(
            "docx-entity-of-a-file-in-utf16.docx",
            lambda: docx(parts={"word/document.xml": wide.encode("utf-16")}),
            SENTENCE,
        ),
        either(
            "docx-entity-of-a-host.docx",
            lambda: docx(HONEST + ENTITY.format("x"), outside("http://127.0.0.1:47123/x")),
            SENTENCE,
        ),
        either("docx-parameter-entity.docx", lambda: docx(HONEST, parameter), SENTENCE),
        either("docx-billion-laughs.docx", lambda: docx(HONEST + ENTITY.format("e9"), LAUGHS), SENTENCE),
        either(
            "docx-quadratic-blowup.docx",
            lambda: docx(HONEST + ENTITY.format("q;&q" + ";&q" * 20_000), quadratic),
            SENTENCE,
        ),
        either("docx-includes-a-file.docx", lambda: docx(HONEST + _included()), SENTENCE),
        either("odt-billion-laughs.odt", lambda: odt(f"<text:p>{SENTENCE}&e9;</text:p>", LAUGHS), SENTENCE),
        either(
            "odt-entity-of-a-file.odt",
            lambda: odt(f"<text:p>{SENTENCE}&x;</text:p>", outside("file:///etc/passwd")),
            SENTENCE,
        ),
        either("xlsx-billion-laughs.xlsx", lambda: xlsx(_row(1, SENTENCE + "&e9;"), doctype=LAUGHS)),
        either(
            "xlsx-entity-of-a-file.xlsx",
            lambda: xlsx(_row(1, SENTENCE + "&x;"), doctype=outside("file:///etc/passwd")),
        ),
    ]


def _included() -> str:
    return '<w:p><w:r><w:t><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/></w:t></w:r></w:p>'


def _row(number: int, text: str, column: str = "A") -> str:
    return f'<row r="{number}"><c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def _word() -> list[Case]:
    paragraph = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    huge = f"<w:p><w:r><w:t>{'a' * 1_000}</w:t></w:r></w:p>" * 100_000
    nested = "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"
    loop = f'<w:styles xmlns:w="{W}">' + "".join(
        f'<w:style w:type="paragraph" w:styleId="{a}"><w:name w:val="{a}"/><w:basedOn w:val="{b}"/></w:style>' for a, b in ("AB", "BA")
    ) + "</w:styles>"  # fmt: skip
    lists = f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="A"/></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    styled = '<w:p><w:pPr><w:pStyle w:val="A"/><w:numPr><w:ilvl w:val="99999"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    wide = (
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr>{0}</w:tc><w:tc>{0}</w:tc></w:tr></w:tbl>'
    )
    outside = _relations({"rId9": ("attachedTemplate", "http://127.0.0.1:47123/mau.dotm")}, ' TargetMode="External"')
    return [
        refused("docx-of-100-megabytes-of-xml.docx", "quá lớn", lambda: docx(huge)),
        either("docx-tables-10000-deep.docx", lambda: docx(HONEST + _nest(nested, paragraph.format("x"), 10_000))),
        either("docx-tables-100-deep.docx", lambda: docx(HONEST + _nest(nested, paragraph.format("x"), 100)), SENTENCE),
        either(
            "docx-boxes-200-deep.docx",
            lambda: docx(HONEST + _nest("<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", paragraph.format("x"), 200)),
            SENTENCE,
        ),
        either("docx-cell-over-a-billion-columns.docx", lambda: docx(HONEST + wide.format(paragraph.format("x")))),
        either(
            "docx-row-of-200000-cells.docx",
            lambda: docx(f"{HONEST}<w:tbl><w:tr>{'<w:tc><w:p/></w:tc>' * 200_000}</w:tr></w:tbl>"),
        ),
        either(
            "docx-styles-in-a-circle.docx",
            lambda: docx(HONEST + styled.format("x"), parts={"word/styles.xml": loop, "word/numbering.xml": lists}),
            SENTENCE,
        ),
        read("docx-with-a-template-elsewhere.docx", lambda: docx(parts={"word/_rels/settings.xml.rels": outside})),
        read("docx-with-macros.docm", lambda: docx(parts={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 100})),
        refused("docx-of-a-picture-alone.docx", ".", lambda: docx("<w:p><w:r><w:drawing/></w:r></w:p>")),
        either(
            "docx-paragraph-of-100000-runs.docx",
            lambda: docx(f"{HONEST}<w:p>{'<w:r><w:t>a </w:t></w:r>' * 100_000}</w:p>"),
            SENTENCE,
        ),
    ]


def _nest(outer: str, inner: str, depth: int) -> str:
    before, _, after = outer.partition("{}")
    return before * depth + inner + after * depth


def _secret() -> list[Case]:
    def in_margin(kind: str, text: str) -> bytes:
        tag = {"header": "hdr", "footer": "ftr"}[kind]
        part = f'<w:{tag} xmlns:w="{W}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{tag}>'
        return docx(
            section=f'<w:{kind}Reference w:type="default" r:id="rId5"/>',
            parts={
                f"word/{kind}1.xml": part,
                "word/_rels/document.xml.rels": _relations({"rId5": (kind, f"{kind}1.xml")}),
            },
        )

    stamp = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>MẬT</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    return [
        refused("secret-in-the-page-header.docx", "(?i)mật", lambda: in_margin("header", "TUYỆT MẬT")),
        refused("secret-in-the-page-footer.docx", "(?i)nội bộ", lambda: in_margin("footer", "Lưu hành nội bộ")),
        refused("secret-in-a-stamp.docx", "(?i)mật", lambda: docx(stamp + HONEST)),
        refused(
            "secret-in-runs.docx",
            "(?i)mật",
            lambda: docx(
                "<w:p><w:r><w:t>TỐI </w:t></w:r><w:r><w:t>MẬ</w:t></w:r><w:r><w:t>T</w:t></w:r></w:p>" + HONEST
            ),
        ),
        refused("secret-spreadsheet.xlsx", "(?i)mật", lambda: xlsx(_row(1, "MẬT") + _row(2, SENTENCE))),
        refused(
            "secret.odt",
            "(?i)mật",
            lambda: odt(f"<text:p>MẬT</text:p><text:p>{TITLE}</text:p><text:p>{SENTENCE}</text:p>"),
        ),
    ]


def _excel() -> list[Case]:
    many = b"<si><t>x</t></si>" * 6_000_000
    strings = f'<sst xmlns="{S}" count="6000000">'.encode()
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 700_000))
    return [
        read("xlsx-huge-dimension.xlsx", lambda: xlsx(_row(1, SENTENCE), before='<dimension ref="A1:XFD1048576"/>')),
        either("xlsx-last-cell-of-all.xlsx", lambda: xlsx(_row(1, SENTENCE) + _row(1_048_576, "cuối", "XFD"))),
        either(
            "xlsx-merged-over-everything.xlsx",
            lambda: xlsx(_row(1, SENTENCE), after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        ),
        either(
            "xlsx-100000-merges.xlsx",
            lambda: xlsx(_row(1, SENTENCE), after=f"<mergeCells>{_merges()}</mergeCells>"),
        ),
        refused(
            "xlsx-of-100-megabytes-of-strings.xlsx",
            ".",
            lambda: xlsx(_row(1, SENTENCE), strings=strings + many + b"</sst>"),
        ),
        either("xlsx-of-700000-rows.xlsx", lambda: xlsx(_row(1, SENTENCE) + rows)),
        either(
            "xlsx-string-that-is-not-there.xlsx",
            lambda: xlsx('<row r="1"><c r="A1" t="s"><v>99</v></c></row>' + _row(2, SENTENCE)),
            SENTENCE,
        ),
        either(
            "xlsx-number-that-is-none.xlsx",
            lambda: xlsx('<row r="1"><c r="A1"><v>1e999999</v></c></row>' + _row(2, SENTENCE)),
            SENTENCE,
        ),
        read(
            "xlsx-formula-that-calls-out.xlsx",
            lambda: xlsx(
                '<row r="1"><c r="A1"><f>WEBSERVICE("http://127.0.0.1:47123/")</f></c></row>' + _row(2, SENTENCE)
            ),
        ),
    ]


def _merges() -> str:
    return "".join(f'<mergeCell ref="A{n}:XFD{n + 1}"/>' for n in range(2, 200_000, 2))


def _open() -> list[Case]:
    wide = '<table:table><table:table-row><table:table-cell table:number-columns-repeated="1000000000"><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
    tall = '<table:table><table:table-row table:number-rows-repeated="1000000000"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
    spaces = f'<text:p>{SENTENCE}<text:s text:c="2000000000"/>x</text:p>'
    locked = '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"><manifest:encryption-data/></manifest:file-entry>'
    return [
        read("right.odt", lambda: odt(f"<text:h>{TITLE}</text:h><text:p>{SENTENCE}</text:p>")),
        either("odt-a-billion-columns.odt", lambda: odt(f"<text:p>{SENTENCE}</text:p>{wide}")),
        either("odt-a-billion-rows.odt", lambda: odt(f"<text:p>{SENTENCE}</text:p>{tall}")),
        either("odt-two-billion-spaces.odt", lambda: odt(spaces)),
        refused("odt-locked.odt", "mật khẩu", lambda: odt(f"<text:p>{SENTENCE}</text:p>", manifest=locked)),
        either(
            "odt-lists-5000-deep.odt",
            lambda: odt(
                _nest(
                    "<text:list><text:list-item>{}</text:list-item></text:list>", f"<text:p>{SENTENCE}</text:p>", 5_000
                )
            ),
        ),
    ]
