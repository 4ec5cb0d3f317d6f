"""Records of the national portal of administrative procedures: JSON fields as headings, lines and tables.

The record's own names can't be trusted everywhere: form files stand under `so_luong` and copies under `ghi_chu`, so
what a value is decides its column. Values that only say that there is none are left out, never to be cited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import count

from ingest.clean import clean
from ingest.errors import UnreadableFile
from ingest.read import table
from ingest.types import Block, Reading

CODE_FIELDS = {
    "mã_thủ_tục": "Mã thủ tục",
    "số_quyết_định": "Số quyết định",
    "cấp_thực_hiện": "Cấp thực hiện",
    "loại_thủ_tục": "Loại thủ tục",
    "lĩnh_vực": "Lĩnh vực",
}
FIELDS = {
    "trình_tự_thực_hiện": "Trình tự thực hiện",
    "cách_thức_thực_hiện": "Cách thức thực hiện",
    "thành_phần_hồ_sơ": "Thành phần hồ sơ",
    "đối_tượng_thực_hiện": "Đối tượng thực hiện",
    "cơ_quan_thực_hiện": "Cơ quan thực hiện",
    "cơ_quan_có_thẩm_quyền": "Cơ quan có thẩm quyền",
    "cơ_quan_được_ủy_quyền": "Cơ quan được ủy quyền",
    "cơ_quan_phối_hợp": "Cơ quan phối hợp",
    "địa_chỉ_tiếp_nhận_hs": "Nơi tiếp nhận",
    "kết_quả_thực_hiện": "Kết quả thực hiện",
    "căn_cứ_pháp_lý": "Căn cứ pháp lý",
    "yêu_cầu_điều_kiện_thực_hiện": "Yêu cầu, điều kiện",
    "mô_tả": "Mô tả",
    "từ_khóa": "Từ khóa",
}
"""In the order in which the portal shows them; a field that is not here comes after them under its own name."""
WAYS = {
    "hinh_thuc": "Hình thức nộp",
    "thoi_han_giai_quyet": "Thời hạn giải quyết",
    "phi_le_phi": "Phí, lệ phí",
    "mo_ta": "Mô tả",
}
GROUNDS = {
    "so_ky_hieu": "Số ký hiệu",
    "trich_yeu": "Trích yếu",
    "ngay_ban_hanh": "Ngày ban hành",
    "co_quan_ban_hanh": "Cơ quan ban hành",
}
PAPERS = ("Tên giấy tờ", "Mẫu đơn, tờ khai", "Số lượng", "Ghi chú")

NOTHING = re.compile(r"[\W_]*|không có thông tin\.?|null|none|(?:lệ )?phí\s*:\s*(?:đồng)?", re.IGNORECASE)
"""What the portal writes for a blank; `Không` answers a question (no condition is set) and stays."""
COPIES = re.compile(r"bản\s+(?:chính|sao|gốc)\s*:?\s*\d|\d+\s*(?:bản|bộ)\b|\d{1,3}", re.IGNORECASE)
FORM_FILE = re.compile(r".*\.(?:docx?|pdf|xlsx?|rtf|odt|zip|rar)", re.IGNORECASE)
STEP = re.compile(r"(?<=\s)Bước (\d{1,2})\s*[:.]")
BROKEN = "bản ghi thủ tục hành chính bị hỏng hoặc bị cắt; hãy xuất lại từ Cổng dịch vụ công quốc gia rồi nạp lại"
NAMELESS = (
    "bản ghi thủ tục hành chính thiếu mã hoặc tên thủ tục; hãy xuất lại từ Cổng dịch vụ công quốc gia rồi nạp lại"
)


def read(data: bytes) -> Reading:
    """Raises `UnreadableFile` for a damaged record and for one without a code or a name."""
    try:
        record = _mapping(json.loads(data))
    except (ValueError, RecursionError) as problem:
        raise UnreadableFile(BROKEN) from problem
    metadata, content, tables = (_mapping(record.get(key)) for key in ("metadata", "content", "tables"))
    code = _lines(metadata.get("mã_thủ_tục")) or _lines(record.get("thu_tuc_id"))
    title = " ".join(_lines(metadata.get("tên_thủ_tục")))
    if not code or not title:
        raise UnreadableFile(NAMELESS)
    number = count()
    values = {name: _lines(code if key == "mã_thủ_tục" else metadata.get(key)) for key, name in CODE_FIELDS.items()}
    blocks = [Block(title, level=1), *_table([name for name in values if values[name]], [values], next(number))]
    for key in (*FIELDS, *(key for key in content if key not in FIELDS)):
        name = FIELDS.get(key) or key.replace("_", " ").strip().capitalize()
        below = [Block(line) for line in _steps(_lines(content.get(key))) if line.rstrip(":") != name]
        columns, rows = _field_table(key, tables)
        below += _table(columns, rows, next(number)) if rows else []
        if below:
            blocks += [Block(name, level=2), *below]
    return Reading(tuple(blocks), "json")


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _lines(value: object) -> list[str]:
    """The lines of a value, or of each of several, but for those that say nothing."""
    if isinstance(value, list):
        return [line for part in value for line in _lines(part)]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return []
    return [line for line in clean(str(value)).text.split("\n") if not NOTHING.fullmatch(line)]


def _steps(lines: Sequence[str]) -> Iterator[str]:
    """The portal's export runs the steps together; each begins a line where the numbers count on."""
    last = 0
    for line in lines:
        start = 0
        for step in STEP.finditer(f" {line}"):  # a space more, so that a step may open the line
            at = step.start() - 1
            if int(step[1]) not in {1, last + 1}:
                continue
            last = int(step[1])
            if at > start:
                yield line[start:at].rstrip()
                start = at
        yield line[start:]


def _field_table(key: str, tables: dict[str, object]) -> tuple[Sequence[str], list[dict[str, list[str]]]]:
    """The columns and rows of the table that belongs to a field; no rows where it has none."""
    if key == "cách_thức_thực_hiện":
        rows = _named(_records(tables.get("hinh_thuc_nop")), WAYS)
        return tuple(WAYS.values()), rows
    if key == "căn_cứ_pháp_lý":
        rows = _named(_records(tables.get("can_cu_phap_ly")), GROUNDS)
        return tuple(GROUNDS.values()), rows
    if key == "thành_phần_hồ_sơ":
        rows = [_paper(record) for record in _records(tables.get("thanh_phan_ho_so"))]
        return PAPERS if any(row[PAPERS[-1]] for row in rows) else PAPERS[:-1], rows
    return (), []


def _records(value: object) -> list[dict[str, object]]:
    return [record for record in value if isinstance(record, dict)] if isinstance(value, list) else []


def _named(records: list[dict[str, object]], names: dict[str, str]) -> list[dict[str, list[str]]]:
    return [{name: _lines(record.get(key)) for key, name in names.items()} for record in records]


def _paper(record: dict[str, object]) -> dict[str, list[str]]:
    """A paper with its forms and its copies, each known by what it says."""
    lines = [line for key, value in record.items() if key != "ten_giay_to" for line in _lines(value)]
    forms = [line for line in lines if FORM_FILE.fullmatch(line)]
    copies = [line for line in lines if line not in forms and COPIES.match(line)]
    notes = [line for line in lines if line not in forms and line not in copies]
    return dict(zip(PAPERS, (_lines(record.get("ten_giay_to")), forms, copies, notes), strict=True))


def _table(columns: Sequence[str], rows: Sequence[dict[str, list[str]]], number: int) -> list[Block]:
    titles = table.Row(tuple(table.Cell((Block(name, bold=True),)) for name in columns), heading=True)
    grid = [titles, *(table.Row(tuple(_cell(row[name]) for name in columns)) for row in rows)]
    return table.row_blocks(grid, number)


def _cell(lines: Sequence[str]) -> table.Cell:
    return table.Cell(tuple(Block(line) for line in lines)) if lines else table.EMPTY
