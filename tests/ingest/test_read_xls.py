"""Old workbooks: the same sheets, with legacy fonts by cell and by run; made by LibreOffice, or the shared ones."""

import shutil
import subprocess
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Border, Font, Side

from ingest.errors import UnreadableFile
from ingest.read import read_file, xls, xlsx

SHARED = Path(__file__).parents[3] / "shared" / "data" / "legacy-encodings"
OFFICE = shutil.which("soffice")


def lines(path):
    return [block.text for block in read_file(path).blocks]


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_an_old_workbook_reads_as_the_new_one(tmp_path):
    new = tmp_path / "ke-hoach.xlsx"
    write_plan(new)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [OFFICE, "--headless", profile, "--convert-to", "xls:MS Excel 97", "--outdir", str(tmp_path), str(new)]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    old = (tmp_path / "ke-hoach.xls").read_bytes()
    assert xls.read(old).blocks == xlsx.read(new.read_bytes()).blocks
    assert "| 1.234,5 | 73,2% | 30/06/2024" in "\n".join(lines(tmp_path / "ke-hoach.xls"))


def write_plan(path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Nhiệm vụ"
    for row in [
        ["KẾ HOẠCH", None, None, None],
        ["STT", "Kết quả", None, "Thời hạn"],
        [None, "Hồ sơ", "Tỷ lệ", None],
        ["01", 1234.5, 0.732, date(2024, 6, 30)],
        ["02", None, 0.9, "Quý IV"],
    ]:
        sheet.append(row)
    thin = Side(style="thin")
    for row in sheet["A2:D5"]:
        for cell in row:
            cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
    for cell in (*sheet[1], *sheet[2], *sheet[3]):
        cell.font = Font(bold=True)
    for reference in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
        sheet.merge_cells(reference)
    for place, code in (("B4", "#,##0.0"), ("C4", "0.0%"), ("D4", "dd/mm/yyyy")):
        sheet[place].number_format = code
    book.create_sheet("Phụ lục")["A1"] = "Ghi chú"
    book.save(path)


LEGACY = [
    # the capitals of an H font, a title's own line
    ("tcvn3/2005-2BZ73_FDI_Dong_Nam_Bo.xls", "ĐẦU TƯ NƯỚC NGOÀI CỦA VÙNG ĐÔNG NAM BỘ"),
    # thousands and a zero as the accounting format shows them; a group's number merged over its rows
    ("tcvn3/2005-2BZ73_FDI_Dong_Nam_Bo.xls", "III | XD Khu đô thị mới | 1 | 120.000.000 | 50.000.000 | -"),
    # column titles over each other with no line between
    ("tcvn3/2005-4E4ZD_XKT2.05.xls", "1 | Dầu thô | Ng. tấn | 18500 | 1730 | 1400 | 3130 | 3304 | 80,9 | 94,7 | 16,9"),
    # Unicode beside TCVN3 in one sheet
    ("tcvn3/2007-bkqd1412006.dot.xls", "ngày 22 tháng 9 năm 2006 của Ủy ban"),
    ("vni/2006-Mau22_CKTC_NSH.xls", "STT | NỘI DUNG | QUYẾT TOÁN NĂM 2004 |"),
]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
@pytest.mark.parametrize(("name", "line"), LEGACY, ids=[row[1][:40] for row in LEGACY])
def test_legacy_sheets(name, line):
    assert any(read.startswith(line) for read in lines(SHARED / name))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
def test_encodings_are_told_and_hidden_sheets_left_out():
    assert read_file(SHARED / "vni/2006-Mau22_CKTC_NSH.xls").encodings == ("VNI",)
    reading = read_file(SHARED / "tcvn3/2005-2942C_Detai2003.xls")  # its second sheet is what a macro virus left
    assert reading.encodings == ("TCVN3",)
    assert not any(block.level for block in reading.blocks)


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, b"\xd0\xcf\x11\xe0"])
def test_a_damaged_workbook_is_refused(data):
    with pytest.raises(UnreadableFile, match="bị hỏng"):
        xls.read(data)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
def test_a_cut_workbook_is_refused():
    with pytest.raises(UnreadableFile, match="bị hỏng"):
        xls.read((SHARED / "vni/2006-Mau22_CKTC_NSH.xls").read_bytes()[:9000])
