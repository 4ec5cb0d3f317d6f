"""Cases made of records of the national portal: what they expect is what the record says, and a blank is no answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.case import Case
from evals.marks import plain
from evals.procedures import cases
from ingest.parse import parse_file

RECORDS = Path(__file__).parents[3] / "shared" / "data" / "procedures"


def way(name: str, time: str, fee: str) -> dict[str, str]:
    return {"hinh_thuc": name, "thoi_han_giai_quyet": time, "phi_le_phi": fee, "mo_ta": ""}


def paper(name: str, copies: str) -> dict[str, str]:
    return {"ten_giay_to": name, "so_luong": "don.docx", "ghi_chu": copies}


def ground(number: str) -> dict[str, str]:
    return {"so_ky_hieu": number, "trich_yeu": "", "ngay_ban_hanh": "", "co_quan_ban_hanh": ""}


FERRY = {
    "metadata": {"mã_thủ_tục": "1.000001", "tên_thủ_tục": "Thủ tục cấp giấy phép mở bến đò ngang"},
    "content": {
        "trình_tự_thực_hiện": "Bước 1: Chủ bến gửi đơn. Bước 2: Phòng hạ tầng đi xem bến rồi trả lời.",
        "đối_tượng_thực_hiện": "Chủ bến đò, Tổ hợp tác (trừ đội bốc xếp, nhóm thời vụ)",
        "cơ_quan_thực_hiện": "Phòng Hạ tầng",
        "cơ_quan_có_thẩm_quyền": "Không có thông tin",
        "cơ_quan_phối_hợp": "Không có thông tin",
        "địa_chỉ_tiếp_nhận_hs": "Số 5 Bến Đoan, phường Hồng Gai",
        "kết_quả_thực_hiện": "Giấy phép mở bến.",
        "yêu_cầu_điều_kiện_thực_hiện": "Không",
    },
    "tables": {
        "hinh_thuc_nop": [
            way("Trực tiếp", "07 Ngày", "Phí : 20.000 Đồng"),
            way("Trực tiếp", "14 Ngày", "Phí : 0 Đồng"),
        ],
        "thanh_phan_ho_so": [
            paper("- Đơn xin mở bến (theo mẫu);", "Bản chính: 2\nBản sao: 0"),
            paper("Sơ đồ bến đò", "Bản chính: 0\nBản sao: 1"),
        ],
        "can_cu_phap_ly": [ground("Nghị định số 08/2021/NĐ-CP"), ground("23/2004/QH11")],
    },
}
# The same title but for a word; told apart by the whole of it. No fee is said, by no way; nothing comes by post.
CLOSED = FERRY | {
    "metadata": {"mã_thủ_tục": "1.000002", "tên_thủ_tục": "Thủ tục cấp giấy phép đóng bến đò ngang"},
    "tables": FERRY["tables"] | {"hinh_thuc_nop": [way("Trực tuyến", "02 Giờ", "")]},
}


@pytest.fixture
def made(tmp_path: Path) -> dict[str, Case]:
    for record in (FERRY, CLOSED):
        path = tmp_path / f"{record['metadata']['mã_thủ_tục']}.json"
        path.write_text(json.dumps(record), encoding="utf-8")
    return {case.id.removeprefix("portal-"): case for case in cases(tmp_path)}


EXPECTED = [
    ("papers-1.000001", ("Đơn xin mở bến", "Sơ đồ bến đò")),  # without bullets and brackets
    ("copies-1.000001", ("Bản chính: 2|2 bản chính|02 bản chính",)),  # of several, not of the one
    ("time-1.000001", ("07 Ngày", "14 Ngày")),  # the same way twice, by case
    ("time-1.000002", ("02 Giờ",)),
    ("fee-1.000001", ("20.000 Đồng", "0 Đồng")),
    ("place-1.000001", ("Số 5 Bến Đoan",)),
    ("agency-1.000001", ("Phòng Hạ tầng",)),
    ("conditions-1.000001", ("Không",)),  # asked and answered: there is none
    ("result-1.000001", ("Giấy phép mở bến",)),
    ("who-1.000001", ("Chủ bến đò", "Tổ hợp tác (trừ đội bốc xếp, nhóm thời vụ)")),  # the comma in brackets
]


@pytest.mark.parametrize(("name", "expect"), EXPECTED, ids=[name for name, _ in EXPECTED])
def test_a_case_expects_what_the_record_says(made, name, expect):
    case = made[name]
    assert (case.status, case.expect) == ("answered", expect)
    assert case.document == (name[-8:].replace(".", "-"),)
    assert plain(case.quote) in plain(expect[0]) or case.tags[0] in {"copies", "who"}


def test_a_blank_field_has_no_answer_where_nothing_else_tells(made):
    blank = {name: case for name, case in made.items() if case.status == "not_found"}
    # a way that the record does not offer; a fee that it leaves out; an agency
    assert {"time-blank-1.000002", "fee-blank-1.000002", "agency-blank-1.000001"} <= blank.keys()
    assert not any(case.expect or case.document or case.quote for case in blank.values())
    assert "fee-blank-1.000001" not in blank


def test_a_procedure_is_named_so_that_it_can_be_told_apart(made):
    for name, case in made.items():
        if "nodia" not in case.tags:
            word = "mở bến" if name.endswith("1") else "đóng bến"
            assert case.tags[1] == "code" or word in case.question


@pytest.fixture(scope="module")
def portal() -> list[Case]:
    if not RECORDS.is_dir():
        pytest.skip("the shared records are not here")
    return cases(RECORDS)


def test_there_are_enough_of_every_field_and_the_same_every_time(portal):
    assert portal == cases(RECORDS)
    assert len(portal) >= 150
    assert len({case.id for case in portal}) == len(portal)
    by_field = {field: sum(case.tags[0] == field for case in portal) for field in {case.tags[0] for case in portal}}
    assert len(by_field) == 11
    assert min(by_field.values()) >= 10
    assert {"code", "title", "words"} == {case.tags[1] for case in portal}


def test_what_is_expected_stands_in_the_record_as_read(portal):
    codes = {name for case in portal for name in case.document}
    parsed = [parse_file(path, path.name).document for path in RECORDS.glob("*.json")]
    texts = {document.id: plain(document.text) for document in parsed}
    assert codes <= texts.keys()
    for case in portal:
        for expected in (case.quote, *case.expect) if case.status == "answered" else ():
            assert any(plain(word) in texts[case.document[0]] for word in expected.split("|")), (case.id, expected)
