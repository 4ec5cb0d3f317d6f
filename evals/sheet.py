"""The XLSX file in which people who don't write JSON write cases: headings, lists to choose from, examples, a guide."""

from __future__ import annotations

from pathlib import Path

from evals.rows import AUDIENCES, COLUMNS, EXAMPLE, SHEET, STATUSES
from ingest.errors import HoidapError

ROWS = 500  # that the lists to choose from are set for
_WIDTHS = {"question": 48, "history": 36, "expect": 26, "forbid": 22, "document": 20, "unit": 22, "quote": 40}
_NOTES = {
    "id": "Không bắt buộc. Mỗi câu một mã riêng; để trống thì lấy số dòng.",
    "question": "Bắt buộc. Viết như người dùng sẽ gõ.",
    "history": "Cho câu hỏi tiếp: các câu hỏi trước đó, câu cũ nhất trước, mỗi câu một dòng trong ô (Alt+Enter).",
    "status": "Bắt buộc. Chọn trong danh sách.",
    "expect": "Giá trị mà câu trả lời phải có, viết như trong văn bản. Nhiều giá trị: cách nhau bằng dấu ; "
    "Cách viết khác của cùng giá trị: cách nhau bằng dấu |",
    "forbid": "Giá trị mà câu trả lời không được có, ví dụ số liệu của năm khác.",
    "document": "Số hiệu của văn bản được dẫn, ví dụ 05-NQ/TU. Nhiều văn bản đều được: cách nhau bằng dấu |",
    "unit": "Vị trí trong văn bản, ví dụ: khoản 2 Điều 3.",
    "quote": "Một đoạn chép nguyên văn mà trích dẫn phải có. Để trống thì trích dẫn phải có giá trị cần tìm.",
    "audience": "Ai hỏi: cán bộ hay người dân.",
    "tags": "Nhãn để xem riêng số liệu, ví dụ: chỉ tiêu; đất đai.",
}
_EXAMPLES = (
    {
        "id": f"{EXAMPLE} 1",
        "question": "Mục tiêu thu hút vốn FDI giai đoạn 2021-2025 là bao nhiêu?",
        "status": "trả lời",
        "expect": "trên 5 tỷ USD|hơn 5 tỷ USD",
        "forbid": "trên 9 tỷ USD",
        "document": "05-NQ/TU",
        "audience": "cán bộ",
        "tags": "chỉ tiêu",
    },
    {
        "id": f"{EXAMPLE} 2",
        "question": "Thế năm 2019 thì sao?",
        "history": "Mục tiêu thu hút vốn FDI giai đoạn 2021-2025 là bao nhiêu?",
        "status": "không tìm thấy",
        "audience": "cán bộ",
        "tags": "hỏi tiếp",
    },
)
_GUIDE = (
    "Tệp câu hỏi để đánh giá hoidap",
    "1. Viết mỗi câu hỏi một dòng ở trang “Câu hỏi”, dưới hai dòng ví dụ. Hai dòng ví dụ không được tính; có thể xóa.",
    "2. Cột có dấu * là bắt buộc. Rê chuột vào tiêu đề cột để xem cách điền.",
    "3. “Kết quả mong đợi”: trả lời (văn bản có), không tìm thấy (văn bản không có), hỏi lại (chưa đủ rõ), từ chối.",
    "4. Câu “trả lời” cần có “Giá trị phải có” hoặc “Trích nguyên văn”.",
    "5. Viết số và đơn vị như trong văn bản; ô đã đặt sẵn dạng chữ để Excel không đổi số thành ngày.",
    "6. Lưu tệp rồi kiểm tra: python -m evals check TÊN_TỆP.xlsx",
    "7. Chạy: python -m evals run answers --cases TÊN_TỆP.xlsx --url http://localhost:8000",
)


def template(path: Path) -> None:
    """Raises HoidapError where the name is no XLSX file's, or something is there already."""
    from openpyxl import Workbook

    if path.suffix.lower() != ".xlsx":
        raise HoidapError(f"Tên tệp “{path.name}” cần có đuôi .xlsx, ví dụ cau-hoi.xlsx.")
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    _fill(sheet)
    _choices(sheet)
    guide = book.create_sheet("Hướng dẫn")
    _explain(guide)
    try:
        with path.open("xb") as file:
            book.save(file)
    except FileExistsError as error:
        raise HoidapError(f"Đã có tệp {path}. Chọn tên khác, để không mất câu hỏi đã viết.") from error
    except OSError as error:
        raise HoidapError(f"Không ghi được {path} ({error.strerror}). Kiểm tra thư mục.") from error


def _fill(sheet) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 (openpyxl ships no types)
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    needed = {"question", "status"}
    for at, (name, label) in enumerate(COLUMNS.items(), 1):
        cell = sheet.cell(1, at, f"{label} *" if name in needed else label)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E79")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.comment = Comment(_NOTES[name], "hoidap", height=120, width=320)
        sheet.column_dimensions[cell.column_letter].width = _WIDTHS.get(name, 16)
        for row in range(2, ROWS + 2):
            empty = sheet.cell(row, at)
            empty.number_format = "@"  # text: `6/2024` stays what was typed
            empty.alignment = Alignment(wrap_text=True, vertical="top")
    for row, example in enumerate(_EXAMPLES, 2):
        for at, name in enumerate(COLUMNS, 1):
            cell = sheet.cell(row, at, example.get(name))
            cell.font = Font(italic=True, color="666666")
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "C2"


def _choices(sheet) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for name, own in (("status", STATUSES), ("audience", AUDIENCES)):
        letter = get_column_letter(list(COLUMNS).index(name) + 1)
        chosen = DataValidation(
            type="list",
            formula1=f'"{",".join(own.values())}"',
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=COLUMNS[name],
            error=f"Chọn một trong: {', '.join(own.values())}.",
        )
        sheet.add_data_validation(chosen)
        chosen.add(f"{letter}2:{letter}{ROWS + 1}")


def _explain(sheet) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    from openpyxl.styles import Alignment, Font

    lines = (*_GUIDE, "", "Các cột", *(f"{COLUMNS[name]}: {note}" for name, note in _NOTES.items()))
    for row, line in enumerate(lines, 1):
        cell = sheet.cell(row, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=line in {_GUIDE[0], "Các cột"})
    sheet.column_dimensions["A"].width = 110
