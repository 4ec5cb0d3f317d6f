"""Worksheets as read: titles, tables by their lines or without any, values as shown, limits."""

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Border, Font, Side
from openpyxl.worksheet.table import Table

from ingest.errors import UnreadableFile
from ingest.parse import parse_file
from ingest.read import xlsx

THIN = Side(style="thin")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
SIDES = Border(left=THIN, right=THIN)


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def workbook(rows, *, merged=(), boxed="", bold="", name="Sheet1"):
    """A workbook of one sheet; `boxed` and `bold` are ranges."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(row)
    for reference in boxed.split():
        for row in sheet[reference]:
            for cell in row:
                cell.border = BOX
    for reference in bold.split():
        for row in sheet[reference]:
            for cell in row:
                cell.font = Font(bold=True)
    for reference in merged:
        sheet.merge_cells(reference)
    return book


def read(book):
    return xlsx.read(saved(book)).blocks


def written(book):
    """Each block as `= title of a sheet`, `# header row`, `| row`, `~ placed text` or plain text."""
    marks = []
    for block in read(book):
        mark = "= " if block.level else "~ " if block.layout else "# " if block.header else "| " if block.cells else ""
        marks.append(mark + block.text)
    return marks


MOTTO = "Độc lập - Tự do - Hạnh phúc"
LETTERHEAD = [
    ["UBND TỈNH QUẢNG NINH", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["SỞ NỘI VỤ", None, None, MOTTO],
    ["Số: 12/BC-SNV", None, None, "Quảng Ninh, ngày 05 tháng 3 năm 2024"],
    [],
    ["BÁO CÁO"],
    ["Kết quả cải cách hành chính quý I/2024"],
    [None, None, None, "Đơn vị tính: hồ sơ"],
]


def test_a_report_sheet_has_letterhead_title_table_remarks_and_signatures():
    rows = [
        *LETTERHEAD,
        ["STT", "Lĩnh vực", "Kết quả", None],
        [None, None, "Năm 2023", "Năm 2024"],
        ["(1)", "(2)", "(3)", "(4)"],
        ["I", "Đất đai", None, None],
        ["01", "Cấp giấy chứng nhận", 1234, 2000],
        ["02", "Đăng ký biến động", None, 15],
        ["Nguồn: Trung tâm Phục vụ hành chính công"],
        [],
        ["NGƯỜI LẬP BIỂU", None, "GIÁM ĐỐC"],
        ["(Ký, ghi rõ họ tên)", None, "(Ký, đóng dấu)"],
    ]
    book = workbook(rows, merged=("A8:A9", "B8:B9", "C8:D8", "A5:D5"), boxed="A8:D13", bold="A5:D6 A8:D9")
    for row in book.active["C12:D13"]:
        for cell in row:
            cell.number_format = "#,##0"
    assert written(book) == [
        "~ UBND TỈNH QUẢNG NINH", "~ SỞ NỘI VỤ", "~ Số: 12/BC-SNV",
        "~ CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", f"~ {MOTTO}",
        "~ Quảng Ninh, ngày 05 tháng 3 năm 2024",
        "BÁO CÁO", "Kết quả cải cách hành chính quý I/2024", "Đơn vị tính: hồ sơ",
        "# STT | Lĩnh vực | Kết quả", "# STT | Lĩnh vực | Năm 2023 | Năm 2024", "# (1) | (2) | (3) | (4)",
        "| I | Đất đai | |", "| 01 | Cấp giấy chứng nhận | 1.234 | 2.000", "| 02 | Đăng ký biến động | | 15",
        "Nguồn: Trung tâm Phục vụ hành chính công",
        "~ NGƯỜI LẬP BIỂU", "~ (Ký, ghi rõ họ tên)", "~ GIÁM ĐỐC", "~ (Ký, đóng dấu)",
    ]  # fmt: skip


def test_its_units_are_those_of_a_report(tmp_path):
    path = tmp_path / "bao-cao.xlsx"
    rows = [*LETTERHEAD, ["STT", "Lĩnh vực", "Hồ sơ"], ["I", "Đất đai", None], [1, "Cấp mới", 12]]
    path.write_bytes(saved(workbook(rows, boxed="A8:C10")))
    parsed = parse_file(path, path.name)
    document = parsed.document
    assert (document.kind, document.number, document.issuer) == ("Báo cáo", "12/BC-SNV", "Sở Nội vụ")
    rows = [unit for unit in parsed.units if unit.kind == "hang"]
    assert rows[1].cells == (("STT", "1"), ("Lĩnh vực", "Cấp mới"), ("Hồ sơ", "12"))
    assert rows[1].heading[-1] == "Đất đai"


TABLES = {
    "titles boxed, body not": (
        workbook([["STT", "Tên"], ["1", "Rà soát"], ["2", "Kiểm tra"], [], ["Ghi chú:", "số liệu ước"]], boxed="A1:B1"),
        ["# STT | Tên", "| 1 | Rà soát", "| 2 | Kiểm tra", "Ghi chú: số liệu ước"],
    ),
    "a row without lines inside": (
        workbook([["STT", "Tên"], ["1", "Rà soát"], ["Nhóm khác"], ["2", "Kiểm tra"]], boxed="A1:B2 A4:B4"),
        ["# STT | Tên", "| 1 | Rà soát", "| Nhóm khác |", "| 2 | Kiểm tra"],
    ),
    "two tables with a title between": (
        workbook([["STT", "Tên"], ["1", "Rà soát"], ["Biểu 2"], ["STT", "Tên"], ["1", "Khác"]], boxed="A1:B2 A4:B5"),
        ["# STT | Tên", "| 1 | Rà soát", "Biểu 2", "# STT | Tên", "| 1 | Khác"],
    ),
    "no lines at all": (
        workbook([["Chỉ tiêu", "Đơn vị", 2025, 2030], ["GRDP", "%", 10, 12.5], ["Nguồn: Cục Thống kê"]]),
        ["# Chỉ tiêu | Đơn vị | 2025 | 2030", "| GRDP | % | 10 | 12,5", "Nguồn: Cục Thống kê"],
    ),
    "no lines, two columns": (
        workbook([["TT", "Cơ quan"], [1, "Sở Tư pháp"], [2, "Sở Nội vụ"]]),
        ["# TT | Cơ quan", "| 1 | Sở Tư pháp", "| 2 | Sở Nội vụ"],
    ),
    "merged over rows": (
        workbook([["STT", "Việc"], [1, "Rà soát"], [None, "Công bố"]], boxed="A1:B3", merged=["A2:A3"]),
        ["# STT | Việc", "| 1 | Rà soát", "| 1 | Công bố"],
    ),
    "a cell of several lines": (
        workbook([["STT", "Chủ trì"], [1, "Sở Tư pháp\nSở Nội vụ"], [2, "Thành phố\nHạ Long"]], boxed="A1:B3"),
        ["# STT | Chủ trì", "| 1 | Sở Tư pháp; Sở Nội vụ", "| 2 | Thành phố Hạ Long"],
    ),
    "a framed title": (
        workbook([["KẾ HOẠCH", None], ["Năm 2024"]], boxed="A1:B1", merged=["A1:B1"]),
        ["KẾ HOẠCH", "Năm 2024"],
    ),
    "lone cells": (workbook([["Kế hoạch năm 2024"], [], [None, "Đơn vị: triệu đồng"]]), [
        "Kế hoạch năm 2024", "Đơn vị: triệu đồng",
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_found_by_their_lines_or_by_what_fills_them(name):
    book, expected = TABLES[name]
    assert written(book) == expected


def test_titles_over_each_other_without_a_line_between_are_one_cell():
    book = workbook(
        [["STT", "Đơn vị", "Thực hiện"], [None, "tính", "tháng 2"], [1, "Tấn", 5]], boxed="A3:C3", bold="A1:C2"
    )
    for row, sides in ((1, Border(left=THIN, right=THIN, top=THIN)), (2, Border(left=THIN, right=THIN, bottom=THIN))):
        for cell in book.active[row]:
            cell.border = sides
    assert written(book) == ["# STT | Đơn vị tính | Thực hiện tháng 2", "| 1 | Tấn | 5"]


def test_rows_without_lines_between_them_stay_rows():
    book = workbook([["STT", "Tên"], [1, "Than"], [2, "Dầu"], [3, "Gạo"]], boxed="A1:B1")
    for row in book.active["A2:B4"]:
        for cell in row:
            cell.border = SIDES
    assert written(book) == ["# STT | Tên", "| 1 | Than", "| 2 | Dầu", "| 3 | Gạo"]


def test_declared_titles():
    book = workbook([["Mục", "a"], ["Đích", "b"], ["x", "y"]], boxed="A1:B3")
    assert written(book) == ["| Mục | a", "| Đích | b", "| x | y"]
    book.active.print_title_rows = "1:2"
    assert written(book) == ["# Mục | a", "# Đích | b", "| x | y"]
    book = workbook([["Mục", "Đích"], ["x", "y"], ["z", "t"]], boxed="A1:B3")
    book.active.add_table(Table(displayName="bang", ref="A1:B3"))
    assert written(book) == ["# Mục | Đích", "| x | y", "| z | t"]


def test_sheets_are_headed_by_their_names_and_hidden_ones_left_out():
    book = workbook([["Tổng hợp số liệu năm 2024"]], name="TH")
    book.create_sheet("Biểu 1")["A1"] = "Hồ sơ"
    book.create_sheet("Trống")
    hidden = book.create_sheet("Danh mục")
    hidden["A1"], hidden.sheet_state = "x", "hidden"
    assert written(book) == ["Tổng hợp số liệu năm 2024", "= Biểu 1", "Hồ sơ"]


def test_a_first_sheet_without_a_title_takes_its_name():
    rows = [["STT", "Tên"], [1, "Rà soát"], [2, "Khác"]]
    assert written(workbook(rows, name="Danh mục nhiệm vụ"))[0] == "= Danh mục nhiệm vụ"
    assert written(workbook(rows, name="Sheet1"))[0] == "# STT | Tên"


def test_hidden_rows_and_columns_are_read():
    book = workbook([["STT", "Tên", "Số"], [1, "Than", 5], [2, "Dầu", 6]], boxed="A1:C3")
    book.active.row_dimensions[2].hidden = True  # as a filter leaves it
    book.active.column_dimensions["C"].hidden = True
    assert written(book) == ["# STT | Tên | Số", "| 1 | Than | 5", "| 2 | Dầu | 6"]


def test_values_as_shown():
    book = workbook(
        [["STT", "Ngày", "Tỷ lệ", "Đạt", "Lỗi"], ["02", datetime.fromisoformat("2024-06-30"), 0.732, True, "#N/A"]]
    )
    cells = book.active[2]
    cells[1].number_format, cells[2].number_format = "dd/mm/yyyy", "0.0%"
    cells[4].data_type = "e"
    assert read(book)[-1].cells == ("02", "30/06/2024", "73,2%", "TRUE", "")


def test_legacy_fonts_by_cell_and_by_run():
    book = workbook([["Céng hoµ x· héi"], ["x"]])
    book.active["A1"].font = Font(name=".VnTimeH")
    book.active["A2"] = CellRichText("Sè: ", TextBlock(InlineFont(rFont="Times New Roman"), "Nội vụ"))
    book.active["A2"].font = Font(name=".VnTime")
    reading = xlsx.read(saved(book))
    assert [block.text for block in reading.blocks] == ["CỘNG HOÀ XÃ HỘI", "Số: Nội vụ"]
    assert reading.encodings == ("TCVN3",)


def test_printed_headers_are_margins():
    book = workbook([["Kế hoạch"]])
    book.active.oddHeader.center.text = "MẬT"
    book.active.oddFooter.right.text = "Trang &P"
    reading = xlsx.read(saved(book))
    assert reading.margins == ("MẬT", "Trang")
    assert [block.text for block in reading.blocks] == ["Kế hoạch"]


def repacked(data, **parts):
    """The package with some parts rewritten: `sheet1` by a function of its bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            change = parts.get(entry.filename.rpartition("/")[2].partition(".")[0])
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if change else content)
    return file.getvalue()


ROW = b'<row r="2"><c r="A2"/></row>'
HOSTILE = {
    "merged over everything": (
        lambda xml: xml.replace(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD9999"/></mergeCells>'),
        "bảng quá lớn",
    ),
    "a format on too many empty cells": (
        lambda xml: xml.replace(b"</sheetData>", b"<row>" + b'<c s="0"/>' * 200_001 + b"</row></sheetData>"),
        "ô trống có định dạng",
    ),
    "a formula never computed": (
        lambda xml: xml.replace(b"</sheetData>", b'<row r="9"><c r="A9"><f>1+1</f></c></row></sheetData>'),
        "công thức chưa được tính",
    ),
    "an entity": (lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml, "bị hỏng"),
    "cut": (lambda xml: xml[:-40], "bị hỏng"),
    "a place that is none": (lambda xml: xml.replace(b'r="A1"', b'r="1A"'), "bị hỏng"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_can_not_be_read_is_refused_with_a_reason(name):
    change, said = HOSTILE[name]
    with pytest.raises(UnreadableFile, match=said):
        xlsx.read(repacked(saved(workbook([["Kế hoạch"]])), sheet1=change))


def test_a_missing_sheet_is_no_empty_one():
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(workbook([["Kế hoạch"]])))) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            if not entry.filename.endswith("sheet1.xml"):
                new.writestr(entry.filename, old.read(entry))
    with pytest.raises(UnreadableFile, match="bị hỏng"):
        xlsx.read(file.getvalue())


def test_the_strict_dialect_is_refused_by_name():
    def strict(xml):
        return xml.replace(b"schemas.openxmlformats.org/spreadsheetml/2006", b"purl.oclc.org/ooxml/spreadsheetml")

    with pytest.raises(UnreadableFile, match="Strict Open XML"):
        xlsx.read(repacked(saved(workbook([["Kế hoạch"]])), workbook=strict))


def test_a_far_cell_costs_nothing():
    book = workbook([["Kế hoạch"]])
    book.active["XFD1048576"] = "xa"
    assert written(book) == ["Kế hoạch", "xa"]
