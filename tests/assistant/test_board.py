"""The ledger as a table: filters in whatever way they are written, sheets with numbers as numbers."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from assistant.api import create_app
from assistant.bootstrap import Assistant
from assistant.ledger.board import COLUMNS, Filter, as_csv, as_xlsx, select, table
from assistant.ledger.entries import make_ledger
from assistant.ledger.shown import ledger_of
from ingest.types import Document, Figure, Task, Unit


class Nowhere:
    """A place where nothing more is known of a fact."""

    def described(self, id_: str) -> Document | None:
        return None

    def unit(self, id_: str, path: str) -> Unit | None:
        return None


FACTS = [
    ("kh", Task("1", 0, 9, "Rà soát thủ tục", lead=("UBND tỉnh Quảng Ninh",), coordinate=("Sở KH&ĐT", "Công an tỉnh"))),
    ("kh", Task("2", 9, 20, "=HYPERLINK(1)", lead=("Sở Tài chính",), deadline="Quý I/2024", due=date(2024, 3, 31))),
    ("bc", Figure("result", "3", 0, 9, "Hồ sơ đúng hạn", "=", Decimal("99.6"), "%", "99,6%", period="năm 2023")),
    ("bc", Figure("target", "4", 9, 20, "Hồ sơ trực tuyến", ">=", Decimal(90), "%", "≥ 90", period="đến năm 2025")),
]
LEDGER = make_ledger(FACTS, lambda _id, _path: "")


@pytest.mark.parametrize(
    ("wanted", "paths"),
    [
        (Filter(), ["1", "2", "3", "4"]),
        (Filter(kind="task"), ["1", "2"]),
        (Filter(agency="Ủy ban nhân dân tỉnh"), ["1"]),  # written out here, short there
        (Filter(agency="Sở Kế hoạch và Đầu tư"), ["1"]),  # whatever its part is
        (Filter(agency="so tai chinh"), ["2"]),  # typed without diacritics
        (Filter(agency="Sở Y tế"), []),
        (Filter(indicator="hồ sơ trực tuyến"), ["4"]),
        (Filter(indicator="dung han"), ["3"]),
        (Filter(period="2023"), ["3"]),
        (Filter(period="tháng 3/2024"), ["2"]),  # within the quarter
        (Filter(document="bc", kind="target"), ["4"]),
    ],
)
def test_filters(wanted: Filter, paths: list[str]) -> None:
    assert [entry.fact.path for entry in select(LEDGER, wanted)] == paths


def rows() -> list[dict[str, object]]:
    return table(LEDGER.entries, Nowhere())


def test_a_sheet_has_numbers_as_numbers_and_no_formula() -> None:
    sheet = load_workbook(io.BytesIO(as_xlsx(rows()))).active
    found = list(sheet.iter_rows())
    header = [cell.value for cell in found[0]]
    value, due, about = (header.index(name) for name in ("Giá trị", "Ngày cuối", "Chỉ tiêu, nhiệm vụ"))
    assert [row[value].value for row in found[1:]] == [None, None, 99.6, 90]
    assert found[2][due].value.date() == date(2024, 3, 31)
    assert (found[2][about].value, found[2][about].data_type) == ("=HYPERLINK(1)", "s")
    assert sheet.freeze_panes == "A2"


def test_csv_opens_in_a_spreadsheet() -> None:
    text = as_csv(rows())
    assert text.startswith("\ufeff")  # else Excel takes it for another encoding
    header, _, formula, *_ = csv.reader(io.StringIO(text[1:]))
    assert header == [name for name, _, _ in COLUMNS]
    assert "'=HYPERLINK(1)" in formula


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice isn't installed")
def test_the_sheet_opens_in_libreoffice_with_numbers_as_numbers(tmp_path: Path) -> None:
    (tmp_path / "facts.xlsx").write_bytes(as_xlsx(rows()))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path), "facts.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    written = (tmp_path / "facts.fods").read_text(encoding="utf-8")
    assert 'office:value-type="float" office:value="99.6"' in written
    assert 'office:value-type="date" office:date-value="2024-03-31"' in written


@pytest.fixture
def client(assistant: Assistant) -> TestClient:
    app = create_app(lambda: assistant)
    app.state.assistant = assistant
    return TestClient(app)


def test_the_plans_tasks_over_http(client: TestClient) -> None:
    found = client.get(
        "/api/facts", params={"kind": "task", "agency": "Sở Tư pháp", "document": "12-kh-ubnd-2024"}
    ).json()
    led = [fact for fact in found["facts"] if fact.get("lead") == "Sở Tư pháp"]
    assert [fact["group"] for fact in led if "group" in fact] == ["Cải cách thể chế"] * 4
    text = client.get("/api/documents/12-kh-ubnd-2024").json()["text"]
    assert all(fact["about"] in text[fact["start"] : fact["end"]] for fact in led)
    page = client.get("/api/facts", params={"kind": "task", "limit": 2, "offset": 1}).json()
    assert (page["total"] > 50, len(page["facts"])) == (True, 2)
    assert client.get("/api/facts.xlsx").content[:2] == b"PK"
    assert "Loại" in client.get("/api/facts.csv").text
    assert client.get("/api/facts", params={"kind": "rumour"}).status_code == 422


def test_every_agency_of_the_plan_has_all_its_rows(assistant: Assistant) -> None:
    """`Who leads what` is complete: for each body of the plan's table, each of its rows."""
    with assistant.shelf.reading() as library:
        parsed, ledger = library.document("12-kh-ubnd-2024"), ledger_of(library)
    assert parsed is not None
    table_rows = [dict(unit.cells) | {"path": unit.path} for unit in parsed.units if unit.kind == "hang"]
    led = {row["Chủ trì"] for row in table_rows if row["Chủ trì"] and row["Chủ trì"] != row["Nhiệm vụ"]}
    assert len(led) > 8
    for body in led:
        found = {e.fact.path for e in select(ledger, Filter(kind="task", agency=body, document="12-kh-ubnd-2024"))}
        assert {row["path"] for row in table_rows if row["Chủ trì"] == body} <= found
