"""The portal's records: fields under headings, steps as lines, tables with the right columns, blanks left out."""

import json
from pathlib import Path

import pytest

from ingest.errors import UnreadableFile
from ingest.parse import parse_file
from ingest.read import procedure, read_file

RECORDS = Path(__file__).parents[3] / "shared" / "data" / "procedures"

RECORD = {
    "thu_tuc_id": "1.004194",
    "metadata": {
        "mã_thủ_tục": "1.004194",
        "tên_thủ_tục": "Thủ tục đăng ký tạm trú",
        "số_quyết_định": "--",
        "cấp_thực_hiện": "Cấp Xã",
        "loại_thủ_tục": None,
        "lĩnh_vực": "Cư trú",
    },
    "content": {
        "mô_tả": "Không có thông tin",
        "trình_tự_thực_hiện": "Trình tự thực hiện: Bước 1: Nộp hồ sơ như Bước 3. Bước 2. Nhận giấy hẹn.\n"
        "\t- Giấy hẹn ghi ngày trả. Bước 3: Nhận kết quả.",
        "cách_thức_thực_hiện": "",
        "yêu_cầu_điều_kiện_thực_hiện": "Không",
        "cơ_quan_phối_hợp": "không có thông tin.",
        "thời_gian_tiếp_nhận": ["Thứ hai", "Thứ ba"],
    },
    "tables": {
        "hinh_thuc_nop": [
            {"hinh_thuc": "Trực tiếp", "thoi_han_giai_quyet": "03 Ngày", "phi_le_phi": "Phí :  Đồng", "mo_ta": ""},
            {"hinh_thuc": "Trực tuyến", "thoi_han_giai_quyet": "03 Ngày", "phi_le_phi": "Lệ phí : 7.000 Đồng"},
        ],
        "thanh_phan_ho_so": [
            {"ten_giay_to": "Tờ khai", "so_luong": "CT01.docx\nCT02.docx", "ghi_chu": "Bản chính: 1\nBản sao: 0"},
            {"ten_giay_to": "Giấy tờ về chỗ ở", "so_luong": "", "ghi_chu": "Bản chính: 0\nBản sao: 1"},
            {"ten_giay_to": "Ảnh", "so_luong": "2", "ghi_chu": "mau-anh.pdf"},  # as the names say, for once
        ],
        "can_cu_phap_ly": [],
    },
}


def lines(record):
    return [block.text for block in procedure.read(json.dumps(record).encode()).blocks]


def test_a_record_becomes_headings_lines_and_tables():
    assert lines(RECORD) == [
        "Thủ tục đăng ký tạm trú",
        "Mã thủ tục | Cấp thực hiện | Lĩnh vực",
        "1.004194 | Cấp Xã | Cư trú",
        "Trình tự thực hiện",
        "Bước 1: Nộp hồ sơ như Bước 3.",  # a step that is only mentioned begins no line
        "Bước 2. Nhận giấy hẹn.",
        "- Giấy hẹn ghi ngày trả.",
        "Bước 3: Nhận kết quả.",
        "Cách thức thực hiện",
        "Hình thức nộp | Thời hạn giải quyết | Phí, lệ phí | Mô tả",
        "Trực tiếp | 03 Ngày | |",
        "Trực tuyến | 03 Ngày | Lệ phí : 7.000 Đồng |",
        "Thành phần hồ sơ",
        "Tên giấy tờ | Mẫu đơn, tờ khai | Số lượng",
        "Tờ khai | CT01.docx; CT02.docx | Bản chính: 1; Bản sao: 0",
        "Giấy tờ về chỗ ở | | Bản chính: 0; Bản sao: 1",
        "Ảnh | mau-anh.pdf | 2",
        "Yêu cầu, điều kiện",
        "Không",
        "Thời gian tiếp nhận",  # a field that the portal may add
        "Thứ hai",
        "Thứ ba",
    ]


def test_what_is_neither_a_form_nor_a_number_of_copies_is_a_note():
    record = RECORD | {"tables": {"thanh_phan_ho_so": [{"ten_giay_to": "Đơn", "ghi_chu": "Nộp khi chuyển nhà"}]}}
    assert "Tên giấy tờ | Mẫu đơn, tờ khai | Số lượng | Ghi chú" in lines(record)
    assert "Đơn | | | Nộp khi chuyển nhà" in lines(record)


@pytest.mark.parametrize(
    "record",
    [
        {"thu_tuc_id": "1.004194"},
        {"thu_tuc_id": "1.004194", "metadata": {"tên_thủ_tục": "Không có thông tin"}},
        {"thu_tuc_id": None, "metadata": {"tên_thủ_tục": "Thủ tục đăng ký"}},
        {"thu_tuc_id": "1.004194", "metadata": ["tên_thủ_tục"], "content": "x", "tables": 3},
    ],
)
def test_a_record_without_code_or_name_is_refused(record):
    with pytest.raises(UnreadableFile, match="thiếu mã hoặc tên thủ tục"):
        lines(record)


def test_a_cut_record_is_refused_and_not_read_as_text(tmp_path):
    path = tmp_path / "1.004194.json"
    path.write_bytes(json.dumps(RECORD).encode()[:-30])
    with pytest.raises(UnreadableFile, match="bị cắt"):
        read_file(path)


def test_fields_of_an_unexpected_kind_are_left_out():
    broken = {"content": {"mô_tả": {"a": 1}, "từ_khóa": True}, "tables": {"hinh_thuc_nop": "?", "can_cu_phap_ly": [7]}}
    assert lines(RECORD | broken) == lines(RECORD)[:3]


@pytest.mark.skipif(not RECORDS.is_dir(), reason="the shared records are not here")
@pytest.mark.parametrize("path", sorted(RECORDS.glob("*.json")), ids=lambda path: path.stem)
def test_every_record_of_the_portal_is_read(path):
    record = json.loads(path.read_bytes())
    parsed = parse_file(path, path.name)
    assert (parsed.document.kind, parsed.document.number) == ("Thủ tục hành chính", record["thu_tuc_id"])
    tops = [unit for unit in parsed.units if unit.kind == "muc" and not unit.heading]
    assert len({unit.path for unit in tops}) == len(tops) >= 6
    assert not any("~" in unit.path for unit in tops)  # no line of a field was taken for a heading of the record
    rows = [dict(unit.cells) for unit in parsed.units if unit.kind == "hang"]
    for key, column in (("hinh_thuc_nop", "Hình thức nộp"), ("thanh_phan_ho_so", "Tên giấy tờ")):
        assert sum(column in row for row in rows) == len(record["tables"][key])
    assert all("Bản chính" in row["Số lượng"] for row in rows if "Tên giấy tờ" in row)
    assert not any(block.text.lower() == "không có thông tin" for block in read_file(path).blocks)
