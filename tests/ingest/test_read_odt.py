"""OpenDocument texts as read: what Writer shows, from hand-made packages."""

import zipfile

import pytest

from ingest.errors import UnreadableFile
from ingest.read import read_file

NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "o": "office", "s": "style", "t": "text", "b": "table", "d": "drawing", "m": "manifest",
        "svg": "svg-compatible", "fo": "xsl-fo-compatible",
    }.items()
)  # fmt: skip
STYLES = """
<s:font-face s:name="F1" svg:font-family="'.VnTime'"/>
<s:style s:name="B" s:family="text"><s:text-properties fo:font-weight="bold"/></s:style>
<s:style s:name="H" s:family="text"><s:text-properties t:display="none"/></s:style>
<s:style s:name="V" s:family="text"><s:text-properties s:font-name="F1"/></s:style>
<s:style s:name="Title" s:family="paragraph"><s:text-properties fo:font-weight="bold"/></s:style>
<s:style s:name="P1" s:family="paragraph" s:parent-style-name="Title"/>
<s:style s:name="Plain" s:family="paragraph" s:list-style-name=""/>
<s:style s:name="C" s:family="table-cell"><s:table-cell-properties fo:border="0.5pt solid #000"/></s:style>
<t:outline-style s:name="Outline">
  <t:outline-level-style t:level="1" s:num-format="I" s:num-suffix="."/>
  <t:outline-level-style t:level="2" s:num-format="1" s:num-suffix="." t:display-levels="2"/>
</t:outline-style>
<t:list-style s:name="L">
  <t:list-level-style-number t:level="1" s:num-format="1" s:num-prefix="Điều " s:num-suffix="."/>
  <t:list-level-style-number t:level="2" s:num-format="a" s:num-suffix=")"/>
  <t:list-level-style-bullet t:level="3" t:bullet-char="•"/>
</t:list-style>
"""


def odt(path, body, *, styles="", manifest="", inner="text"):
    content = (
        f"<o:document-content {NAMESPACES}><o:automatic-styles>{STYLES}</o:automatic-styles>"
        f"<o:body><o:{inner}>{body}</o:{inner}></o:body></o:document-content>"
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("content.xml", content)
        package.writestr("styles.xml", f"<o:document-styles {NAMESPACES}>{styles}</o:document-styles>")
        package.writestr("META-INF/manifest.xml", f"<m:manifest {NAMESPACES}>{manifest}</m:manifest>")
    return path


def read(tmp_path, body, **parts):
    return read_file(odt(tmp_path / "a.odt", body, **parts)).blocks


def texts(tmp_path, body, **parts):
    return [block.text for block in read(tmp_path, body, **parts)]


def items(*contents, attributes=""):
    return f"<t:list {attributes}>{''.join(f'<t:list-item>{each}</t:list-item>' for each in contents)}</t:list>"


def cells(*contents, style="C"):
    return "".join(f'<b:table-cell b:style-name="{style}">{each}</b:table-cell>' for each in contents)


def p(text):
    return f"<t:p>{text}</t:p>"


TEXTS = [
    # spaces, tabs and line breaks are elements; XML's own line ends are spaces
    (p("Điều<t:s t:c='2'/>1.<t:tab/>Phạm\nvi<t:line-break/>Mục tiêu"), ["Điều 1.\tPhạm vi", "Mục tiêu"]),
    # links and fields show their text, comments and hidden text don't
    (p(f"Theo <t:a>Nghị định</t:a><o:annotation>{p('x')}</o:annotation> <t:span t:style-name='H'>ẩn</t:span>số"),
     ["Theo Nghị định số"]),
    # what a tracked change took out stays out; a table of contents repeats the headings
    (("<t:tracked-changes><t:changed-region><t:deletion><t:p>Bỏ</t:p></t:deletion></t:changed-region>"
     "</t:tracked-changes><t:table-of-content><t:index-body><t:p>I. Mục tiêu 1</t:p></t:index-body>"
     "</t:table-of-content><t:p>Giữ</t:p>"), ["Giữ"]),
    # sections are opened, hidden ones not; a text box follows the paragraph it hangs on
    ((f"<t:section>{p('Trong phần')}</t:section><t:section t:display='none'>{p('ẩn')}</t:section>"
     f"<t:p><d:frame><d:text-box>{p('Trong khung')}</d:text-box><svg:title>Hình</svg:title></d:frame>Ngoài</t:p>"),
     ["Trong phần", "Ngoài", "Trong khung"]),
    # a note's text comes after the body
    (p("Kết quả<t:note><t:note-citation>1</t:note-citation><t:note-body><t:p>Số ước.</t:p></t:note-body>"
       "</t:note> đạt") + p("Hết"), ["Kết quả¹ đạt", "Hết", "¹ Số ước."]),
    # a font of TCVN3 beside Unicode
    ("<t:p><t:span t:style-name='V'>Sè:</t:span> Nội vụ</t:p>", ["Số: Nội vụ"]),
    # headings count by themselves, but not those that their style takes out
    (('<t:h t:outline-level="1">Quy định</t:h><t:h t:outline-level="2">Phạm vi</t:h>'
     '<t:h t:outline-level="1" t:style-name="Plain">Phụ lục</t:h><t:h t:outline-level="1">Tổ chức</t:h>'),
     ["I. Quy định", "I.1. Phạm vi", "Phụ lục", "II. Tổ chức"]),
    # lists: levels, a second paragraph of an item, going on after a break, a new list, a number set by hand
    (items(p("Một") + p("tiếp") + items(p("a") + items(p("gạch"))), attributes="t:style-name='L'") + p("Xen")
     + items(p("Hai"), attributes="t:style-name='L' t:continue-numbering='true'")
     + items(p("Lại"), attributes="t:style-name='L'")
     + "<t:list t:style-name='L'><t:list-item t:start-value='7'><t:p>Bảy</t:p></t:list-item>"
     "<t:list-item><t:p>Tám</t:p></t:list-item></t:list>",
     ["Điều 1. Một", "tiếp", "a) a", "- gạch", "Xen", "Điều 2. Hai", "Điều 1. Lại", "Điều 7. Bảy", "Điều 8. Tám"]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), TEXTS, ids=[row[1][0] for row in TEXTS])
def test_text_as_shown(tmp_path, body, expected):
    assert texts(tmp_path, body) == expected


def test_levels_and_bold(tmp_path):
    blocks = read(
        tmp_path,
        '<t:h t:outline-level="2" t:style-name="Plain">Mục</t:h><t:p t:style-name="P1">Đậm theo kiểu</t:p>'
        '<t:p><t:span t:style-name="B">Đậm</t:span> một phần</t:p>',
    )
    assert [(block.level, block.bold) for block in blocks] == [(2, False), (None, True), (None, False)]


def test_a_table_with_spans_and_a_header(tmp_path):
    body = (
        "<b:table><b:table-header-rows><b:table-row>" + cells(p("STT"), p("Việc"), p("Hạn"))
        + "</b:table-row></b:table-header-rows><b:table-row>"
        + '<b:table-cell b:style-name="C" b:number-rows-spanned="2"><t:p>1</t:p></b:table-cell>'
        + cells(p("Rà soát") + p("Công bố"), "") + "</b:table-row><b:table-row><b:covered-table-cell/>"
        + '<b:table-cell b:style-name="C" b:number-columns-spanned="2"><t:p>Cả năm</t:p></b:table-cell>'
        + "<b:covered-table-cell/></b:table-row><b:table-row>"
        + '<b:table-cell b:number-columns-repeated="3"><t:p>-</t:p></b:table-cell></b:table-row></b:table>'
    )  # fmt: skip
    blocks = read(tmp_path, body)
    assert [(block.header, block.cells) for block in blocks] == [
        (True, ("STT", "Việc", "Hạn")),
        (False, ("1", "Rà soát; Công bố", "")),
        (False, ("1", "Cả năm", "Cả năm")),
        (False, ("-", "-", "-")),
    ]


def test_a_table_without_lines_only_places_text(tmp_path):
    row = "<b:table-row>" + cells(p("UBND TỈNH") + p("SỞ NỘI VỤ"), p("CỘNG HÒA"), style="none") + "</b:table-row>"
    blocks = read(tmp_path, f"<b:table>{row}</b:table>{p('Kính gửi')}")
    assert [(block.text, block.layout) for block in blocks] == [
        ("UBND TỈNH", True), ("SỞ NỘI VỤ", True), ("CỘNG HÒA", True), ("Kính gửi", False),
    ]  # fmt: skip


def test_page_headers_are_margins(tmp_path):
    page = f"<s:master-page><s:header>{p('MẬT')}</s:header><s:footer>{p('Trang 1')}</s:footer></s:master-page>"
    reading = read_file(odt(tmp_path / "a.odt", p("Điều 1."), styles=page))
    assert reading.margins == ("MẬT", "Trang 1")
    assert (reading.format, [block.text for block in reading.blocks]) == ("odt", ["Điều 1."])


DEEP = "<t:list><t:list-item>" * 80 + p("x") + "</t:list-item></t:list>" * 80
REFUSED = [
    ({"body": p("x"), "manifest": "<m:file-entry><m:encryption-data/></m:file-entry>"}, "mật khẩu"),
    ({"body": "<b:table/>", "inner": "spreadsheet"}, r"\.xlsx"),
    ({"body": DEEP}, "quá nhiều lớp"),
    ({"body": "<t:p>"}, "hỏng"),
    ({"body": ""}, "không có nội dung"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "said"), REFUSED, ids=[row[1] for row in REFUSED])
def test_what_can_not_be_read_is_refused_with_a_reason(tmp_path, parts, said):
    with pytest.raises(UnreadableFile, match=said):
        read_file(odt(tmp_path / "a.odt", **parts))
