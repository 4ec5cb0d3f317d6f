"""What a cell shows: by Excel's format codes, in Vietnamese writing."""

from datetime import date, datetime, time, timedelta

import pytest

from ingest.read.numberformat import shown

MONEY = '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)'
DAY = datetime.fromisoformat("2021-04-09")

SHOWN = [
    (30700, "General", "30700"),
    (30700.0, "General", "30700"),  # old workbooks hold every number as a fraction
    (0.1 + 0.2, "General", "0,3"),
    (87.23599632690542, "General", "87,235996327"),
    (1e15, "General", "1000000000000000"),
    (5, "", "5"),
    (45000, "@", "45000"),
    (3, 'General" đồng"', "3 đồng"),
    (1234.5, "#,##0.0", "1.234,5"),
    (1.005, "0.00", "1,01"),  # rounded as written, not as the binary fraction below it
    (2.5, "0", "3"),
    (-0.2, "#,##0", "0"),
    (-5, "#,##0", "-5"),
    (2, "00", "02"),
    (0.732, "0.0%", "73,2%"),
    (0.9, "0%", "90%"),
    (0, "#,###", ""),
    (0.5, "0.##", "0,5"),
    (17469747308.0, MONEY, "17.469.747.308"),
    (-361945, MONEY, "(361.945)"),
    (0, MONEY, "-"),
    (1500000, '#,##0.0,," triệu"', "1,5 triệu"),
    (12, "#,##0\\ \\đ", "12 đ"),
    (7, "[$₫-42A]#,##0", "₫7"),
    (912345678, "0000\\.000\\.000", "0912.345.678"),  # the leading zero of a telephone number
    (-3, "0;[Red]\\(0\\)", "(3)"),
    (5, "[>=1000]#,##0;0.0", "5,0"),
    (5000, "[>=1000]#,##0;0.0", "5.000"),
    (7, ";;;", ""),  # how authors hide a cell
    (0.5, "# ?/?", "0,5"),
    (12345, "0.00E+00", "12345"),
    (10**9, "dd/mm/yyyy", "1000000000"),  # no date lies there
    (True, "General", "TRUE"),
    (float("nan"), "0", ""),
    (None, "0", ""),
    ("02", "0", "02"),
    (DAY, "mm-dd-yy", "09/04/2021"),  # the country's own short date
    (DAY, "General", "09/04/2021"),
    (DAY, "d/m/yyyy", "9/4/2021"),
    (DAY, "m/d/yyyy;@", "9/4/2021"),  # the month first would be read as the day
    (DAY, "dd-mmm-yy", "09-04-2021"),
    (DAY, "[$-42A]dd mmmm yyyy", "09 tháng 4 2021"),
    (DAY, '"ngày" dd "tháng" mm "năm" yyyy', "ngày 09 tháng 04 năm 2021"),
    (DAY, "dddd, dd/mm/yyyy", "thứ Sáu, 09/04/2021"),
    (DAY, "mm/yyyy", "04/2021"),
    (DAY.replace(hour=14, minute=5), "dd/mm/yyyy hh:mm", "09/04/2021 14:05"),
    (DAY.replace(hour=14, minute=5), "h:mm AM/PM", "2:05 CH"),
    (DAY.replace(hour=14, minute=5), "General", "09/04/2021 14:05"),
    (date(2021, 4, 9), "yyyy\\-mm\\-dd", "2021-04-09"),
    (time(8, 30), "h:mm", "8:30"),
    (timedelta(hours=30), "[h]:mm:ss", "30:00:00"),
]


@pytest.mark.parametrize(("value", "code", "written"), SHOWN, ids=[f"{row[0]}-{row[1]}" for row in SHOWN])
def test_a_value_as_its_cell_shows_it(value, code, written):
    assert shown(value, code) == written
