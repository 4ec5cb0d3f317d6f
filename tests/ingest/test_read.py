"""Reading files: what a person sees on the page, line by line and row by row, or a reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.reading.hostile.ole import ole
from ingest.errors import UnreadableFile
from ingest.read import read_file
from ingest.read.lines import is_visible
from ingest.types import Block


def read(tmp_path: Path, name: str, content: str | bytes) -> list[Block]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_file(path).blocks)


def texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks]


def reason(tmp_path: Path, name: str, content: str | bytes) -> str:
    with pytest.raises(UnreadableFile) as raised:
        read(tmp_path, name, content)
    return str(raised.value)


def outcome(path: Path) -> list[Block] | str:
    """The blocks, or the reason why not; anything else that is raised fails the test."""
    try:
        return list(read_file(path).blocks)
    except UnreadableFile as problem:
        return str(problem)


# --- what a file is -------------------------------------------------------------------------------------------------

REFUSED = [
    ("rong.txt", b"", "rỗng"),
    ("trang.txt", b" \n\t\n", "không có nội dung chữ"),
    ("vo-hinh.txt", "\u200b\n\ufeff\u00ad\n".encode(), "không có nội dung chữ"),
    ("bao-cao.pdf", b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    ("bao-cao.docx", b"\n%PDF-1.4", "PDF"),  # a PDF by content, with a line before its mark
    ("cu.doc", ole({"WordDocument": b"\0" * 600}), ".doc"),
    ("cu.docx", ole({"WordDocument": b"\0" * 600}), "tệp .doc"),  # OLE named .docx
    ("mat-khau.docx", ole({"EncryptedPackage": b"\0" * 600}), "mật khẩu"),
    ("bang.xls", ole({"Workbook": b"\0" * 600}), "Excel"),
    ("la.bin", ole({"Contents": b"x"}), "OLE"),
    ("cut.doc", ole({"WordDocument": b"x"})[:300], "bị cắt cụt"),
    ("chu.rtf", rb"{\rtf1 x", ".rtf"),
    ("anh.png", b"\x89PNG\r\n\x1a\n\x00", "OCR"),
    ("nen.gz", b"\x1f\x8b\x08\x00", "nén"),
    ("nhi-phan.txt", bytes(range(256)) * 4, "bảng mã"),
    ("dieu-khien.txt", b"abc\x00\x01\x02", "ký tự điều khiển"),
    ("cut.txt", "Nghị quyết".encode("utf-16")[:-1], "bảng mã"),
    ("du-lieu.json", b'{"id": 1, "ten": "x"}', "JSON"),
    ("du-lieu.xml", b'<?xml version="1.0"?><a>x</a>', "XML"),
    ("hong.docx", b"PK\x03\x04 khong phai zip", "hỏng"),
]


@pytest.mark.parametrize(("name", "content", "said"), REFUSED, ids=[f"{row[0]}-{row[2]}" for row in REFUSED])
def test_refuses_with_a_reason(tmp_path, name, content, said):
    assert said in reason(tmp_path, name, content)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "khong-co.txt", tmp_path):
        with pytest.raises(UnreadableFile, match="không tìm thấy"):
            read_file(path)


# --- plain text -----------------------------------------------------------------------------------------------------

WRAPPED = """\
BÁO CÁO

Trong sáu tháng đầu năm, các cơ quan, đơn vị đã chủ động triển khai
nhiệm vụ được giao, chất lượng giải quyết hồ sơ được nâng lên, số hồ
sơ quá hạn giảm còn dưới một phần trăm.

- Rà soát, cắt giảm thời gian giải quyết đối với các thủ tục thuộc
lĩnh vực đất đai.
- Công khai kết quả hằng tháng.
"""


def test_text_wrapped_by_hand_is_unwrapped(tmp_path):
    assert [text.split()[0] for text in texts(read(tmp_path, "a.txt", WRAPPED))] == ["BÁO", "Trong", "-", "-"]
    assert "số hồ sơ quá hạn" in read(tmp_path, "a.txt", WRAPPED)[1].text


def test_lines_that_merely_follow_each_other_stay_lines(tmp_path):
    written = "Nơi nhận:\n- Như trên;\n- Lưu: VT.\n\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n" + "Một đoạn dài hơn nhiều. " * 9
    assert texts(read(tmp_path, "a.txt", written))[:5] == [
        "Nơi nhận:", "- Như trên;", "- Lưu: VT.", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_by_mark(tmp_path, encoding):
    assert texts(read(tmp_path, "a.txt", "Điều 1. Mục tiêu\r\nđạt 98,5%".encode(encoding))) == [
        "Điều 1. Mục tiêu",
        "đạt 98,5%",
    ]


def test_windows_1258_only_where_it_gives_vietnamese(tmp_path):
    written = "Quyê\u0301t đi\u0323nh vê\u0300 viê\u0323c giao chi\u0309 tiêu"
    assert texts(read(tmp_path, "a.txt", written.encode("cp1258"))) == [written]
    assert "bảng mã" in reason(tmp_path, "b.txt", "Größe und Übermaß für Straße".encode("cp1252"))


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_old_encodings(tmp_path, name):
    typed = "<p>Sè liÖu ®­îc gi÷ “trong ba n¨m” t¹i v¨n phßng.</p>".encode("cp1252")
    content = typed if name == "a.html" else typed[3:-4]
    (block,) = read(tmp_path, name, content)
    assert block.text == "Số liệu được giữ “trong ba năm” tại văn phòng."
    assert read_file(tmp_path / name).encodings == ("TCVN3",)


def test_text_is_as_met(tmp_path):
    assert texts(read(tmp_path, "a.txt", "ho\u0300a\u00adbình\u00a0 x")) == ["ho\u0300a\u00adbình\u00a0 x"]


# --- Markdown -------------------------------------------------------------------------------------------------------

MARKDOWN = """\
---
number: 12/KH-UBND
---
# Kế hoạch *năm 2025*

**I. MỤC TIÊU**

Đạt **trên 90%** hồ sơ
trực tuyến; xem [phụ lục](x.md).\\
Dòng mới.

3. Việc thứ ba
4. Việc thứ tư
   - con
     - cháu

   đoạn tiếp

| STT | Nhiệm vụ | Chủ trì |
|----:|----------|---------|
| 1 | Rà soát `TTHC` | Sở A<br>Sở B |

```
mã 1
mã 2
```
"""


def test_markdown(tmp_path):
    blocks = read(tmp_path, "a.md", MARKDOWN)
    assert [(block.text, block.level, block.bold) for block in blocks if block.kind == "paragraph"] == [
        ("Kế hoạch năm 2025", 1, False),
        ("I. MỤC TIÊU", None, True),
        ("Đạt trên 90% hồ sơ trực tuyến; xem phụ lục.", None, False),
        ("Dòng mới.", None, False),
        ("3. Việc thứ ba", None, False),
        ("4. Việc thứ tư", None, False),
        ("- con", None, False),
        ("+ cháu", None, False),
        ("đoạn tiếp", None, False),
        ("mã 1", None, False),
        ("mã 2", None, False),
    ]
    assert [(block.cells, block.header) for block in blocks if block.kind == "row"] == [
        (("STT", "Nhiệm vụ", "Chủ trì"), True),
        (("1", "Rà soát TTHC", "Sở A; Sở B"), False),
    ]


def test_markdown_is_known_by_its_marks_without_the_extension(tmp_path):
    assert read(tmp_path, "a.txt", "# Đầu đề\n\nchữ")[0].level == 1
    assert texts(read(tmp_path, "b.txt", "Số #1 và *sao*")) == ["Số #1 và *sao*"]


def test_tables_inside_markdown_as_html_go_on_counting(tmp_path):
    written = (
        "| A | B |\n|---|---|\n| 1 | 2 |\n\n<table><tr><th>C</th><th>D</th></tr><tr><td>3</td><td>4</td></tr></table>\n"
    )
    assert [(block.table, block.text) for block in read(tmp_path, "a.md", written)] == [
        (0, "A | B"), (0, "1 | 2"), (1, "C | D"), (1, "3 | 4"),
    ]  # fmt: skip


# --- web pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        # the site round the text
        ("<nav>m</nav><header>đầu</header><p>a</p><aside>b</aside><footer>c</footer>", ["a"]),
        ("<header><p>Số: 21/2023/NQ-HĐND</p></header><main><p>a</p></main>", ["Số: 21/2023/NQ-HĐND", "a"]),
        ("<div>quảng cáo</div><main><h2>A</h2><p>nội dung chính</p></main>", ["A", "nội dung chính"]),
        ("<script>var a='<p>x</p>'</script><style>p{}</style><p>a<!-- ẩn --></p><noscript>b</noscript>", ["a"]),
        ("<p hidden>a</p><p style='display: none'>b</p><p aria-hidden=true>c</p><p>d</p>", ["d"]),
        ("<form><p>tìm kiếm</p></form><p>một đoạn văn đủ dài</p>", ["một đoạn văn đủ dài"]),
        ("<form><p>cả trang nằm trong biểu mẫu</p><input value=x></form>", ["cả trang nằm trong biểu mẫu"]),
        # lines
        ("<p>một<br>hai</p>", ["một", "hai"]),
        ("<div>một<p>hai</p>ba</div>", ["một", "hai", "ba"]),
        ("<p>m<sup>2</sup> &lt; 5&nbsp;&amp; 6\n  7</p>", ["m2 < 5\u00a0& 6 7"]),
        ("<pre>a\n  b</pre>", ["a", "b"]),
        ("<p>thẻ <b>không <i>đóng", ["thẻ không đóng"]),
        # lists
        ("<ul><li>a<ul><li>b</ul>c<li>- d</ul>", ["- a", "+ b", "c", "- d"]),
        ("<ol type=a start=3><li>a<li><p>b</p><p>c</p></ol>", ["c. a", "d. b", "c"]),
        ("<ol type=I><li>a<li value=4>b<li>c</ol>", ["I. a", "IV. b", "V. c"]),
        # a frame round paragraphs is no table
        ("<table border=1><tr><td><p>a</p><p>b</p></td></tr></table>", ["a", "b"]),
    ],
)
def test_html_lines(tmp_path, markup, shown):
    assert texts(read(tmp_path, "a.html", f"<!DOCTYPE html><html><body>{markup}</body></html>")) == shown


def test_html_marks_headings_and_bold(tmp_path):
    blocks = read(tmp_path, "a.html", "<h3>A</h3><p><b>B </b><strong>C</strong></p><p><b>D</b> e</p>")
    assert [(block.level, block.bold) for block in blocks] == [(3, False), (None, True), (None, False)]


def test_html_spans_are_resolved(tmp_path):
    markup = """<table><thead><tr><th rowspan=2>STT<th rowspan=2>Chỉ tiêu<th colspan=2>Năm</tr><tr><th>2025<th>2030</tr>
    </thead><tr><td>I<td colspan=3>Cải cách</tr><tr><td rowspan=2>1<td>A<td>10<td>20</tr><tr><td>B<td>30<td>40</tr>
    <tr><td><td><td><td></tr></table>"""
    assert [(block.text, block.cells, block.header) for block in read(tmp_path, "a.html", markup)] == [
        ("STT | Chỉ tiêu | Năm", ("STT", "Chỉ tiêu", "Năm", "Năm"), True),
        ("STT | Chỉ tiêu | 2025 | 2030", ("STT", "Chỉ tiêu", "2025", "2030"), True),
        ("I | Cải cách", ("I", "Cải cách", "Cải cách", "Cải cách"), False),
        ("1 | A | 10 | 20", ("1", "A", "10", "20"), False),
        ("1 | B | 30 | 40", ("1", "B", "30", "40"), False),
    ]


def test_a_cell_that_would_repeat_past_all_reason_is_refused(tmp_path):
    markup = f"<table><tr><td rowspan=900>{'chữ ' * 9000}<td>1</tr>" + "<tr><td>2</tr>" * 900
    assert "ô gộp" in reason(tmp_path, "a.html", markup)


@pytest.mark.parametrize(
    "cells",
    [
        "<td><p>UBND TỈNH</p><p>Số: 1/QĐ</p></td><td>QUỐC HIỆU<br>Tiêu ngữ</td>",
        # all of the first row bold, as column titles are
        "<td><b>UBND TỈNH<br>Số: 1/QĐ</b></td><td><b>QUỐC HIỆU</b></td></tr><tr><td></td><td>Tiêu ngữ</td>",
    ],
)
def test_html_layout_tables_are_paragraphs(tmp_path, cells):
    blocks = read(tmp_path, "a.html", f"<table border=0><tr>{cells}</tr></table><p>Thân</p>")
    assert texts(blocks) == ["UBND TỈNH", "Số: 1/QĐ", "QUỐC HIỆU", "Tiêu ngữ", "Thân"]
    assert [block.layout for block in blocks] == [True] * 4 + [False]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a.md", "| UBND TỈNH | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM |\n|---|---|\n| Số: 1/CT-UBND | Tiêu ngữ |\n"),
        (
            "a.html",
            "<table border=1><tr><th>UBND TỈNH<th>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<tr><td>Số: 1/CT-UBND<td>Tiêu ngữ",
        ),
    ],
)
def test_a_table_with_the_motto_is_a_letterhead(tmp_path, name, written):
    shown = ["UBND TỈNH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 1/CT-UBND", "Tiêu ngữ"]
    assert texts(read(tmp_path, name, written)) == shown


def test_a_small_table_with_bold_titles_is_no_letterhead(tmp_path):
    markup = "<table><tr><td><b>Cơ quan</b><td><b>Kết quả</b><tr><td>Sở A<br>Sở B<td>đạt</table>"
    assert [block.header for block in read(tmp_path, "a.html", markup)] == [True, False]


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<table><tr><td>", "<ul><li>"])
def test_html_nested_past_all_reason_is_refused_not_cut_short(tmp_path, tag):
    assert "lồng nhau" in reason(tmp_path, "a.html", "<html><p>đầu</p>" + tag * 5000 + "cuối")


def test_html_encoding_by_its_declaration(tmp_path):
    head = '<html><head><meta charset="windows-1258"></head><body><p>'
    assert texts(read(tmp_path, "a.html", head.encode() + "bảng mã".encode())) == ["bảng mã"]  # UTF-8 all the same
    assert texts(read(tmp_path, "b.html", head.encode() + "đê\u0300".encode("cp1258"))) == ["đê\u0300"]


# --- promises -------------------------------------------------------------------------------------------------------


@settings(deadline=None)  # the machine may be busy
@given(st.text(min_size=1))
def test_any_text_gives_lines_without_newlines_in_order(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("txt") / "a.txt"
    path.write_bytes(written.encode("utf-8", "ignore") or b" ")
    blocks = outcome(path)
    shown = any(is_visible(line) for line in written.splitlines())
    assert shown or isinstance(blocks, str)
    if not isinstance(blocks, str):
        assert all(len(block.text.splitlines()) == 1 and block.text == block.text.strip() for block in blocks)


MARKS = ["<table>", "<tr>", "<td rowspan=3>", "<td colspan=2>", "<th>", "</td>", "</tr>", "</table>", "<p>", "<br>"]
MARKS += [
    "<li>",
    "<ol type=i>",
    "<ul>",
    "</ul>",
    "<h2>",
    "</h2>",
    "<b>",
    "</b>",
    "chữ",
    "1",
    "- ý",
    " ",
    "<form>",
    "<!--",
]


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.sampled_from(MARKS), max_size=40))
def test_any_soup_of_tags_gives_sound_rows(tmp_path_factory, tags):
    path = tmp_path_factory.mktemp("html") / "a.html"
    path.write_text("<!DOCTYPE html><html><body>" + "".join(tags), encoding="utf-8")
    blocks = outcome(path)
    if isinstance(blocks, str):
        assert "không có nội dung chữ" in blocks
        return
    for block in blocks:
        assert len(block.text.splitlines()) == 1
        assert all(cell in block.text for cell in block.cells)
        assert (block.table is not None) == (block.kind == "row")
    tables = [block.table for block in blocks if block.table is not None]
    assert sorted(set(tables)) == list(range(len(set(tables))))


@settings(deadline=None)  # the machine may be busy
@given(st.binary(min_size=1, max_size=400), st.sampled_from([".docx", ".md", ".html", ".txt", ""]))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, suffix):
    path = tmp_path_factory.mktemp("bytes") / f"a{suffix}"
    path.write_bytes(content)
    assert outcome(path)
