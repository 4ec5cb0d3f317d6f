"""Excel workbooks and OpenDocument texts: dimensions, merges and repetitions of billions, told in a few bytes."""

from __future__ import annotations

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

S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OPEN = "urn:oasis:names:tc:opendocument:xmlns"
ODT = "application/vnd.oasis.opendocument.text"


def cases() -> list[Case]:
    return [*_excel(), *_swollen(), *_open()]


def xlsx(rows: str, before: str = "", after: str = "", declared: str = "", strings: str = "") -> bytes:
    parts = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "sharedStrings": "sharedStrings"}
    listed = '<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets>'
    sheet = f'<worksheet xmlns="{S}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    return package(
        {
            "[Content_Types].xml": types({f"xl/{part}.xml": f"spreadsheetml.{kind}" for part, kind in parts.items()}),
            "_rels/.rels": relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
            "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{RELATIONS}">{listed}</workbook>',
            "xl/_rels/workbook.xml.rels": relations(
                {"rId1": ("worksheet", "worksheets/sheet1.xml"), "rId2": ("sharedStrings", "sharedStrings.xml")}
            ),
            "xl/worksheets/sheet1.xml": f'<?xml version="1.0" encoding="UTF-8"?>{declared}{sheet}',
            "xl/sharedStrings.xml": f'<sst xmlns="{S}">{strings}</sst>',
        }
    )


def _row(number: int, text: str = SENTENCE, column: str = "A") -> str:
    return f'<row r="{number}"><c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def _cell(content: str, kind: str = "n") -> str:
    """A first row with one cell of this content, and an honest row after it."""
    return f'<row r="1"><c r="A1" t="{kind}">{content}</c></row>{_row(2)}'


def _excel() -> list[Case]:
    calling = f'<f>WEBSERVICE("{ELSEWHERE}")</f>'
    return [
        read("right.xlsx", lambda: xlsx(_row(1))),
        refused("xlsx-cut-in-half.xlsx", ".", lambda: xlsx(_row(1))[:900]),
        either("xlsx-billion-laughs.xlsx", lambda: xlsx(_row(1, f"{SENTENCE} &e9;"), declared=LAUGHS)),
        either("xlsx-entity-of-a-file.xlsx", lambda: xlsx(_row(1, f"{SENTENCE} &x;"), declared=outside(PASSWORDS))),
        either("xlsx-string-that-is-not-there.xlsx", lambda: xlsx(_cell("<v>99</v>", "s")), SENTENCE),
        either("xlsx-number-that-is-none.xlsx", lambda: xlsx(_cell("<v>1e999999</v>")), SENTENCE),
        either("xlsx-formula-that-calls-out.xlsx", lambda: xlsx(_cell(calling)), SENTENCE, "công thức"),
        refused("secret.xlsx", "(?i)mật", lambda: xlsx(_row(1, "MẬT") + _row(2))),
    ]


def _swollen() -> list[Case]:
    all_ = "A1:XFD1048576"
    return [
        read("xlsx-huge-dimension.xlsx", lambda: xlsx(_row(1), before=f'<dimension ref="{all_}"/>')),
        either("xlsx-last-cell-of-all.xlsx", lambda: xlsx(_row(1) + _row(1_048_576, "cuối", "XFD"))),
        either("xlsx-merged-over-everything.xlsx", lambda: _merged(all_)),
        either("xlsx-100000-merges.xlsx", lambda: _merged(*(f"A{n}:XFD{n + 1}" for n in range(2, 200_000, 2)))),
        refused("xlsx-six-million-strings.xlsx", ".", lambda: xlsx(_row(1), strings="<si><t>x</t></si>" * 6_000_000)),
        either("xlsx-700000-rows.xlsx", lambda: xlsx("".join(_row(n, "1") for n in range(1, 700_000)))),
    ]


def _merged(*places: str) -> bytes:
    cells = "".join(f'<mergeCell ref="{place}"/>' for place in places)
    return xlsx(_row(1), after=f"<mergeCells>{cells}</mergeCells>")


def odt(body: str, declared: str = "", entries: str = "") -> bytes:
    spaces = "".join(f' xmlns:{name}="{OPEN}:{name}:1.0"' for name in ("office", "text", "table"))
    content = f"<office:body><office:text>{body}</office:text></office:body>"
    listed = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODT}"/>{entries}'
    manifest = f'<manifest:manifest xmlns:manifest="{OPEN}:manifest:1.0">{listed}</manifest:manifest>'
    return package(
        {
            "mimetype": ODT,
            "content.xml": f"{declared}<office:document-content{spaces}>{content}</office:document-content>",
            "META-INF/manifest.xml": manifest,
        }
    )


def _open() -> list[Case]:
    honest = f"<text:h>{TITLE}</text:h><text:p>{SENTENCE}</text:p>"
    locked = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
    item = ("<text:list><text:list-item>", "</text:list-item></text:list>")
    return [
        read("right.odt", lambda: odt(honest)),
        either("odt-billion-laughs.odt", lambda: odt(f"{honest}<text:p>&e9;</text:p>", LAUGHS), SENTENCE),
        either("odt-entity-of-a-file.odt", lambda: odt(f"{honest}<text:p>&x;</text:p>", outside(PASSWORDS)), SENTENCE),
        either("odt-a-billion-columns.odt", lambda: odt(honest + _table(columns=1_000_000_000))),
        either("odt-a-billion-rows.odt", lambda: odt(honest + _table(rows=1_000_000_000))),
        either("odt-two-billion-spaces.odt", lambda: odt(f'{honest}<text:p>a<text:s text:c="2000000000"/>b</text:p>')),
        either("odt-lists-5000-deep.odt", lambda: odt(nested(5_000, item[0], honest, item[1]))),
        refused("odt-locked.odt", "mật khẩu", lambda: odt(honest, entries=locked)),
        refused("secret.odt", "(?i)mật", lambda: odt(f"<text:p>MẬT</text:p>{honest}")),
    ]


def _table(rows: int = 1, columns: int = 1) -> str:
    cell = f'<table:table-cell table:number-columns-repeated="{columns}"><text:p>x</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    return f"<table:table>{row}</table:table>"
