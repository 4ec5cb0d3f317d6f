"""Word files: paragraphs and rows as Word shows them, on packages written by hand and by python-docx."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx as python_docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import UnreadableFile
from ingest.read import archive, read_file
from ingest.types import Block

SHARED = Path(__file__).parents[3] / "shared" / "data" / "documents"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks]


def outcome(path: Path) -> list[Block] | str:
    """The blocks, or the reason why not; anything else that is raised fails the test."""
    try:
        return list(read_file(path).blocks)
    except UnreadableFile as problem:
        return str(problem)


def write_docx(path: Path, body: str, **parts: str) -> Path:
    """A minimal package: `body` inside `w:body`, and the inside of `styles`, `numbering`, `footnotes` …"""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name, content in parts.items():
            package.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{W}">{content}</w:{name}>')
    return path


def read_body(tmp_path: Path, body: str, **parts: str) -> list[Block]:
    return list(read_file(write_docx(tmp_path / "a.docx", body, **parts)).blocks)


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, list_id: int, level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def level(index: int, style: str, text: str, more: str = "") -> str:
    shown = f'<w:numFmt w:val="{style}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/>{shown}</w:lvl>'


def list_on(list_id: int, abstract: int, more: str = "") -> str:
    return f'<w:num w:numId="{list_id}"><w:abstractNumId w:val="{abstract}"/>{more}</w:num>'


def tc(*content: str, properties: str = "") -> str:
    inner = "".join(part if part.startswith("<w:") else p(part) for part in content) or "<w:p/>"
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def tbl(*rows: str, borders: bool = True) -> str:
    line = '<w:tblBorders><w:top w:val="single"/><w:insideH w:val="single"/></w:tblBorders>' if borders else ""
    return f"<w:tbl><w:tblPr>{line}</w:tblPr>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def test_a_docx_named_doc_is_read(tmp_path):
    write_docx(tmp_path / "a.doc", p("Điều 1."))
    assert texts(list(read_file(tmp_path / "a.doc").blocks)) == ["Điều 1."]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"xl/workbook.xml": "<a/>"}, "Excel"),
        ({"content.xml": "<a/>", "mimetype": "x"}, "OpenDocument"),
        ({"a.txt": "x"}, "giải nén"),
        ({"word/document.xml": "<a/>", "word/media/b": "\0" * 30_000_000}, "bom nén"),  # 30 MB in 30 KB
        ({"word/document.xml": "<w:document"}, "hỏng"),
        ({"word/document.xml": "<a/>"}, "hỏng"),
    ],
)
def test_other_packages_and_bombs_are_refused(tmp_path, entries, said):
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries.items():
            package.writestr(name, content)
    with pytest.raises(UnreadableFile, match=said):
        read_file(tmp_path / "a.docx")


def test_an_xml_part_past_its_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_XML_BYTES", 1000)
    assert read_body(tmp_path, p("chữ"))
    with pytest.raises(UnreadableFile, match="quá lớn"):
        read_body(tmp_path, p("chữ" * 400))


def test_an_encrypted_entry_is_refused(tmp_path):
    data = bytearray(write_docx(tmp_path / "a.docx", p("chữ")).read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory
    (tmp_path / "a.docx").write_bytes(data)
    with pytest.raises(UnreadableFile, match="mật khẩu"):
        read_file(tmp_path / "a.docx")


def test_xml_entities_are_not_followed(tmp_path):
    secret = tmp_path / "bi-mat.txt"
    secret.write_text("MẬT KHẨU", encoding="utf-8")
    document = (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "yyyy">]><w:document xmlns:w="{W}"><w:body>'
        "<w:p><w:r><w:t>trước</w:t><w:t>&x;</w:t><w:t>sau</w:t></w:r></w:p></w:body></w:document>"
    )
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as package:
        package.writestr("word/document.xml", document)
    assert texts(list(read_file(tmp_path / "a.docx").blocks)) == ["trướcsau"]


# --- numbering ------------------------------------------------------------------------------------------------------

DOT = "\uf0b7"  # as Word's symbol font has it
NEVER_AGAIN = '<w:lvlRestart w:val="0"/>'
NUMBERING = (
    f'<w:abstractNum w:abstractNumId="1">{level(0, "upperRoman", "%1.")}{level(1, "decimal", "%2.")}'
    f'{level(2, "decimal", "%2.%3.")}{level(3, "lowerLetter", "%4)")}{level(4, "bullet", "-")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="2">{level(0, "bullet", DOT)}{level(1, "decimalZero", "%2")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="3">{level(0, "upperRoman", "Chương %1")}'
    f'{level(1, "decimal", "%1.%2", "<w:isLgl/>")}{level(2, "decimal", "Điều %3.", NEVER_AGAIN)}'
    f'{level(3, "none", "")}</w:abstractNum>'
) + (
    list_on(1, 1) + list_on(2, 1) + list_on(4, 2) + list_on(5, 3)
    + list_on(3, 1, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>')
)  # fmt: skip


@pytest.mark.parametrize(
    ("items", "labels"),
    [
        # (list, level) of each paragraph; deeper levels start again under a new upper item
        ([(1, 0), (1, 1), (1, 1), (1, 0), (1, 1)], ["I.", "1.", "2.", "II.", "1."]),
        ([(1, 0), (1, 1), (1, 2), (1, 2), (1, 1), (1, 2)], ["I.", "1.", "1.1.", "1.2.", "2.", "2.1."]),
        # Word's letters are the English ones: no đ after d
        ([(1, 3)] * 6, ["a)", "b)", "c)", "d)", "e)", "f)"]),
        ([(1, 3)] * 27, [f"{letter})" for letter in "abcdefghijklmnopqrstuvwxyz"] + ["aa)"]),
        # two lists on one definition go on counting; a start override counts anew, once
        ([(1, 0), (2, 0), (1, 0)], ["I.", "II.", "III."]),
        ([(1, 0), (3, 0), (3, 0)], ["I.", "V.", "VI."]),
        # a deep item with nothing above it shows the start of what is above
        ([(1, 2), (1, 2)], ["1.1.", "1.2."]),
        # bullets: a symbol font's become a dash, a dash stays
        ([(4, 0), (1, 4)], ["-", "-"]),
        ([(4, 1), (4, 1)], ["01", "02"]),
        # legal numbering writes upper levels in digits; `Điều` never starts again; an empty label shows nothing
        (
            [(5, 0), (5, 1), (5, 2), (5, 0), (5, 1), (5, 2)],
            ["Chương I", "1.1", "Điều 1.", "Chương II", "2.1", "Điều 2."],
        ),
        ([(5, 3), (9, 0), (0, 0)], ["", "", ""]),  # also a list that isn't there, and none
    ],
)
def test_automatic_numbers_are_written_out(tmp_path, items, labels):
    body = "".join(numbered("x", list_id, depth) for list_id, depth in items)
    blocks = read_body(tmp_path, body, numbering=NUMBERING)
    assert texts(blocks) == [f"{label} x".strip() for label in labels]


def test_numbering_through_a_heading_style(tmp_path):
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/>'
        "</w:numPr></w:pPr><w:rPr><w:b/></w:rPr></w:style>"
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="Mục con"/><w:basedOn w:val="H1"/><w:pPr>'
        '<w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:b w:val="0"/></w:rPr></w:style>'
    )
    second = level(1, "decimal", "%2.", '<w:pStyle w:val="H2"/>')
    first = level(0, "upperRoman", "%1.")
    numbering = f'<w:abstractNum w:abstractNumId="1">{first}{second}</w:abstractNum>{list_on(1, 1)}'
    body = p("MỤC TIÊU", '<w:pStyle w:val="H1"/>') + p("Chung", '<w:pStyle w:val="H2"/>')
    blocks = read_body(tmp_path, body, styles=styles, numbering=numbering)
    assert [(block.text, block.level, block.bold) for block in blocks] == [
        ("I. MỤC TIÊU", 1, True),
        ("1. Chung", 2, False),
    ]


# --- paragraphs -----------------------------------------------------------------------------------------------------


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        (
            run("giữ") + f"<w:ins>{run(' thêm')}</w:ins><w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del>",
            ["giữ thêm"],
        ),
        (run("a") + run("ẩn", "<w:vanish/>") + run("b", '<w:vanish w:val="0"/>'), ["ab"]),
        (f"<w:hyperlink>{run('liên kết')}</w:hyperlink>", ["liên kết"]),
        (f"<w:sdt><w:sdtContent>{run('ô điền')}</w:sdtContent></w:sdt>", ["ô điền"]),
        ("<w:r><w:t>một</w:t><w:br/><w:t>hai</w:t><w:br w:type='page'/></w:r>", ["một", "hai"]),
        (
            "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t><w:softHyphen/><w:t>d</w:t></w:r>",
            ["a\tb-cd"],
        ),
        ("<w:r><w:sym w:font='Symbol' w:char='F0B3'/><w:t> 90%</w:t></w:r>", ["≥ 90%"]),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>" + run("3"), ["3"]),
        (
            run("Thân") + f"<w:r><w:pict><w:txbxContent>{p('MẬT')}{p('hộp')}</w:txbxContent></w:pict></w:r>",
            ["Thân", "MẬT", "hộp"],
        ),
    ],
)
def test_what_a_paragraph_shows(tmp_path, inner, shown):
    assert texts(read_body(tmp_path, f"<w:p>{inner}</w:p>")) == shown


def test_a_drawing_with_a_fallback_is_read_once(tmp_path):
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = f"<w:txbxContent>{p('Hộp chữ')}</w:txbxContent>"
    alternatives = (
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
    )
    body = f'<w:p><w:r><mc:AlternateContent xmlns:mc="{mc}">{alternatives}</mc:AlternateContent></w:r></w:p>'
    assert texts(read_body(tmp_path, body)) == ["Hộp chữ"]


def test_footnotes_come_at_the_end_behind_a_raised_mark(tmp_path):
    body = f"<w:p>{run('đạt 90%')}<w:r><w:footnoteReference w:id='7'/></w:r>{run(' hồ sơ')}</w:p>" + p("Hết")
    notes = f"<w:footnote w:id='-1'>{p('')}</w:footnote><w:footnote w:id='7'>{p('Theo báo cáo quý.')}</w:footnote>"
    assert texts(read_body(tmp_path, body, footnotes=notes)) == ["đạt 90%¹ hồ sơ", "Hết", "¹ Theo báo cáo quý."]


def test_a_note_that_refers_to_itself_is_read_once(tmp_path):
    reference = "<w:r><w:footnoteReference w:id='1'/></w:r>"
    notes = f"<w:footnote w:id='1'><w:p>{run('vòng')}{reference}</w:p></w:footnote>"
    body = f"<w:p>{run('a')}{reference}</w:p>"
    assert texts(read_body(tmp_path, body, footnotes=notes)) == ["a¹", "¹ vòng¹"]


def test_headings_bold_and_contents_through_python_docx(tmp_path):
    document = python_docx.Document()
    document.add_heading("Phần I", level=2)
    document.add_paragraph().add_run("Đậm hết").bold = True
    mixed = document.add_paragraph()
    mixed.add_run("Đậm ").bold = True
    mixed.add_run("một phần")
    document.add_paragraph("gạch", style="List Bullet")
    document.add_paragraph("số", style="List Number")
    document.save(tmp_path / "a.docx")
    blocks = list(read_file(tmp_path / "a.docx").blocks)
    assert [(block.text, block.level) for block in blocks] == [
        ("Phần I", 2), ("Đậm hết", None), ("Đậm một phần", None), ("- gạch", None), ("1. số", None),
    ]  # fmt: skip
    assert [block.bold for block in blocks] == [True, True, False, False, False]


def test_the_generated_contents_are_left_out(tmp_path):
    styles = '<w:style w:type="paragraph" w:styleId="M"><w:name w:val="toc 1"/></w:style>'
    entry = p("I. Mục tiêu 3", '<w:pStyle w:val="M"/>')
    body = f"<w:sdt><w:sdtContent>{entry}</w:sdtContent></w:sdt>" + p("I. Mục tiêu")
    assert texts(read_body(tmp_path, body, styles=styles)) == ["I. Mục tiêu"]


# --- tables ---------------------------------------------------------------------------------------------------------


def rows(blocks: list[Block]) -> list[tuple[str, bool]]:
    return [(block.text, block.header) for block in blocks if block.kind == "row"]


def test_merged_cells_through_python_docx(tmp_path):
    document = python_docx.Document()
    table = document.add_table(rows=5, cols=4, style="Table Grid")
    written = ["STT|Nhiệm vụ|Sản phẩm|Chủ trì", "I|Thể chế||", "1|Rà soát|Báo cáo|Sở A", "||Tờ trình|Sở B", "|||"]
    for row, line in zip(table.rows, written, strict=True):
        for cell, text in zip(row.cells, line.split("|"), strict=True):
            cell.text = text
    table.cell(2, 0).merge(table.cell(3, 0))
    table.cell(2, 1).merge(table.cell(3, 1))
    table.cell(1, 1).merge(table.cell(1, 3))
    document.save(tmp_path / "a.docx")
    blocks = list(read_file(tmp_path / "a.docx").blocks)
    assert rows(blocks) == [
        ("STT | Nhiệm vụ | Sản phẩm | Chủ trì", True),
        ("I | Thể chế", False),
        ("1 | Rà soát | Báo cáo | Sở A", False),
        ("1 | Rà soát | Tờ trình | Sở B", False),
    ]
    assert blocks[1].cells == ("I", "Thể chế", "Thể chế", "Thể chế")


MERGE = "<w:vMerge w:val='restart'/>"
ON = "<w:vMerge/>"
TWO = "<w:gridSpan w:val='2'/>"


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        # a two-line header, then its column numbers, and all of it again further down
        (
            [
                tc("TT", properties=MERGE) + tc("Chỉ tiêu", properties=MERGE) + tc("Năm", properties=TWO),
                tc(properties=ON) + tc(properties=ON) + tc("2025") + tc("2030"),
                tc("(1)") + tc("(2)") + tc("(3)") + tc("(4)"),
                tc("1") + tc("PCI") + tc("70") + tc("75"),
                tc("TT", properties=MERGE) + tc("Chỉ tiêu", properties=MERGE) + tc("Năm", properties=TWO),
                tc(properties=ON) + tc(properties=ON) + tc("2025") + tc("2030"),
                tc("2") + tc("PAPI") + tc("45") + tc(),
            ],
            [
                ("TT | Chỉ tiêu | Năm", True), ("TT | Chỉ tiêu | 2025 | 2030", True), ("(1) | (2) | (3) | (4)", True),
                ("1 | PCI | 70 | 75", False),
                ("TT | Chỉ tiêu | Năm", True), ("TT | Chỉ tiêu | 2025 | 2030", True),
                ("2 | PAPI | 45 |", False),
            ],
        ),
        # names and values side by side have no header
        (
            [tc("Tên thủ tục") + tc("Cấp bản sao"), tc("Mã") + tc("1.004194"), tc("Phí") + tc("Không")],
            [("Tên thủ tục | Cấp bản sao", False), ("Mã | 1.004194", False), ("Phí | Không", False)],
        ),
        # numbers alone are data even under a header that has them too
        (
            [tc("Năm") + tc("2024") + tc("2025"), tc("1") + tc("2") + tc("4"), tc("2") + tc("3") + tc("5")],
            [("Năm | 2024 | 2025", True), ("1 | 2 | 4", False), ("2 | 3 | 5", False)],
        ),
        # lines of a cell: entries are parted, a wrapped line isn't
        (
            [tc("1") + tc("Sở Nội vụ", "Sở Tư pháp;", "Các xã") + tc("- một", "- hai") + tc("dòng dài", "gãy đôi")],
            [("1 | Sở Nội vụ; Sở Tư pháp; Các xã | - một; - hai | dòng dài gãy đôi", False)],
        ),
        # a row that only repeats what is merged from above is gone; a deleted row too
        ([tc("a", properties=MERGE) + tc("b"), tc(properties=ON) + tc()], [("a | b", False)]),
        ([tc("a") + tc("b"), "<w:trPr><w:del/></w:trPr>" + tc("c") + tc("d")], [("a | b", False)]),
        # a table within a cell
        ([tc("1") + tc("Gồm", tbl(tc("x") + tc("y"), tc("z") + tc("t")))], [("1 | Gồm x | y z | t", False)]),
        # columns skipped before the first cell; a control round a cell
        (
            [tc("a") + tc("b"), "<w:trPr><w:gridBefore w:val='1'/></w:trPr><w:sdt><w:sdtContent>" + tc("c")
             + "</w:sdtContent></w:sdt>"],
            [("a | b", False), ("| c", False)],
        ),
    ],
)  # fmt: skip
def test_tables(tmp_path, content, shown):
    assert rows(read_body(tmp_path, tbl(*content))) == shown


def test_rows_numbered_by_word_have_their_numbers(tmp_path):
    number = "<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:p>"
    body = tbl(tc("STT") + tc("Việc"), tc(number) + tc("a"), tc(number) + tc("b"))
    numbering = f'<w:abstractNum w:abstractNumId="1">{level(0, "decimal", "%1")}</w:abstractNum>{list_on(1, 1)}'
    assert texts(read_body(tmp_path, body, numbering=numbering)) == ["STT | Việc", "1 | a", "2 | b"]


def test_a_header_row_declared_by_the_file(tmp_path):
    body = tbl("<w:trPr><w:tblHeader/></w:trPr>" + tc("Cơ quan") + tc("Kết quả"), tc("Sở A") + tc("đạt"))
    assert rows(read_body(tmp_path, body)) == [("Cơ quan | Kết quả", True), ("Sở A | đạt", False)]


def test_tables_that_only_place_text_are_paragraphs(tmp_path):
    letterhead = tbl(tc("UBND TỈNH", "Số: 1/QĐ-UBND") + tc("QUỐC HIỆU", "Tiêu ngữ"), borders=False)
    frame = tbl(tc("Khung một", "Khung hai"))
    blocks = read_body(tmp_path, letterhead + frame + tbl(tc("STT") + tc("Việc"), tc("1") + tc("a")))
    assert [(block.text, block.layout, block.table) for block in blocks] == [
        ("UBND TỈNH", True, None), ("Số: 1/QĐ-UBND", True, None), ("QUỐC HIỆU", True, None), ("Tiêu ngữ", True, None),
        ("Khung một", False, None), ("Khung hai", False, None),
        ("STT | Việc", False, 0), ("1 | a", False, 0),
    ]  # fmt: skip


def test_deep_nesting_is_refused(tmp_path):
    body = p("trong cùng")
    for _ in range(5000):
        body = f"<w:tbl><w:tr><w:tc>{body}</w:tc></w:tr></w:tbl>"
    with pytest.raises(UnreadableFile):
        read_body(tmp_path, body)


def test_a_long_table_is_read_in_linear_time(tmp_path):
    """Three thousand rows under one merged cell: a step a cell, not a step a pair of cells."""
    body = tbl(
        *(tc("nhóm" if index == 0 else "", properties=ON if index else MERGE) + tc(str(index)) for index in range(3000))
    )
    blocks = read_body(tmp_path, body)
    assert len(blocks) == 3000
    assert blocks[-1].text == "nhóm | 2999"


# --- promises -------------------------------------------------------------------------------------------------------

GRIDS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["", "a", "Sở B", "1", "- c"]), st.integers(1, 3), st.sampled_from(["", MERGE, ON])),
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GRIDS)
def test_any_table_keeps_every_word_and_one_width(tmp_path, grid):
    content = [
        "".join(
            tc(*filter(None, [text]), properties=f"<w:gridSpan w:val='{span}'/>{merge}") for text, span, merge in row
        )
        for row in grid
    ]
    blocks = read_body(tmp_path, p("đầu") + tbl(*content))
    assert len({len(block.cells) for block in blocks[1:] if block.kind == "row"}) <= 1
    assert all(cell in block.text for block in blocks for cell in block.cells)
    said = " ".join(texts(blocks))
    assert all(text in said for row in grid for text, _, _ in row)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_package_is_read_or_refused(tmp_path, data):
    content = bytearray(write_docx(tmp_path / "a.docx", p("chữ") + tbl(tc("a") + tc("b"))).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "a.docx").write_bytes(content[: data.draw(st.integers(1, len(content)))])
    assert outcome(tmp_path / "a.docx")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared documents are not here")
def test_real_documents():
    blocks = list(read_file(SHARED / "30_2020_ND_CP.docx").blocks)
    assert [block.text for block in blocks if block.layout][2] == "Số: 30/2020/NĐ-CP"
    articles = [block.text.split(".")[0] for block in blocks if block.text.startswith("Điều ") and block.bold]
    assert articles == [f"Điều {number}" for number in range(1, 39)]
    tables = list(read_file(SHARED / "Phuluc1.docx").blocks)
    assert sum(block.header for block in tables if block.table == 1) >= 2
