"""Documents in a browser: found by their words, read by their outline, fetched; sent in and taken out."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect

from assistant.bootstrap import CORPUS
from ingest.embed import Embedder
from tests.web.conftest import CODE, PHONE, Pages, Site, overflow, serving

GOOD = """\
UBND TỈNH THÁI BÌNH
Số: 77/KH-UBND
Thái Bình, ngày 10 tháng 01 năm 2024
KẾ HOẠCH
Trồng cây ven sông
1. Mục tiêu: trồng 4.321 cây tràm trong năm 2024.
"""
PLAN = "/documents/12-kh-ubnd-2024"


@pytest.fixture(scope="module")
def office(corpus_data: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with an administrator, to change."""
    folder = Path(shutil.copytree(corpus_data, tmp_path_factory.mktemp("office") / "data"))
    with serving(folder, embedder, admin_token=CODE, upload_limit_mb=1) as found:
        yield found


def enter(page: Any) -> None:
    page.get_by_text("Quản trị: tải lên và gỡ văn bản").click()
    page.get_by_label("Mã quản trị").fill(CODE)
    page.get_by_role("button", name="Xác nhận").click()
    page.get_by_text("Kéo tệp thả vào đây").wait_for()


def test_words_are_found_with_their_places(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/documents")
    every = page.locator(".document-item").count()
    search = page.get_by_label("Tìm theo tên, số hiệu hoặc chữ trong văn bản")
    search.press_sequentially("dich vu cong truc tuyen")
    # What was typed until then is looked for, too, on a slow machine.
    expect(page.locator(".places mark").first).to_have_text("dịch vụ công trực tuyến", ignore_case=True)
    assert page.locator(".document-item").count() < every
    assert {words.lower() for words in page.locator(".places mark").all_inner_texts()} == {"dịch vụ công trực tuyến"}
    place = page.locator(".places a").first
    told = place.locator("mark").inner_text()
    place.click()
    mark = page.locator("#reader mark").first
    mark.wait_for()
    assert mark.inner_text() == told
    assert mark.evaluate("mark => mark.closest('p, h2, h3, tr') === document.activeElement")
    page.go_back()
    page.locator(".places mark").first.wait_for()
    assert search.input_value() == "dich vu cong truc tuyen"


def test_filters_stay_in_the_address(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/documents")
    page.get_by_label("Loại văn bản").select_option("Báo cáo")
    count = page.locator(".document-item").count()
    assert count > 1
    page.get_by_label("Sắp xếp").select_option("number")
    page.reload(wait_until="networkidle")
    assert page.locator(".document-item").count() == count
    page.get_by_label("Tìm theo tên").fill("khong he co trong van ban nao")
    expect(page.locator("#documents .empty")).to_contain_text("Không có văn bản nào có")


def test_outline_leads_to_units(site: Site, open_page: Pages) -> None:
    page = open_page(site.url + PLAN)
    page.get_by_role("navigation", name="Mục lục").get_by_role("link", name="NHIỆM VỤ TRỌNG TÂM").click()
    here = page.locator("#reader .here")
    here.wait_for()
    assert page.url.endswith("#muc-iii") or "#" in page.url
    assert "NHIỆM VỤ TRỌNG TÂM" in here.inner_text()
    assert 0 <= here.bounding_box()["y"] < 300
    page.reload(wait_until="networkidle")
    assert 0 <= here.bounding_box()["y"] < 300
    assert page.locator("#reader table th").count() > 3


def test_original_is_the_file_that_was_read(site: Site, open_page: Pages) -> None:
    page = open_page(site.url + PLAN)
    with page.expect_download() as started:
        page.get_by_role("link", name="Tải bản gốc (DOCX)").click()
    assert started.value.suggested_filename == "ke-hoach-cchc-2024.docx"
    fetched = hashlib.sha256(started.value.path().read_bytes()).hexdigest()
    assert fetched == hashlib.sha256((CORPUS / "ke-hoach-cchc-2024.docx").read_bytes()).hexdigest()


def test_good_and_bad_files_are_sent_in_and_taken_out(office: Site, open_page: Pages, tmp_path: Path) -> None:
    (tmp_path / "hong.pdf").write_bytes(b"%PDF-1.4 dut giua chung")
    (tmp_path / "lon.txt").write_text("x" * (1 << 20) + "x", encoding="utf-8")
    page = open_page(f"{office.url}/documents")
    enter(page)
    page.set_input_files("#upload-files", [tmp_path / name for name in ("hong.pdf", "lon.txt")])
    dropped = page.evaluate_handle(
        """(text) => {
          const dropped = new DataTransfer();
          dropped.items.add(new File([text], 'trong-cay.txt'));
          return dropped;
        }""",
        GOOD,
    )
    page.dispatch_event(".drop-zone", "drop", {"dataTransfer": dropped})
    good, bad, large = (page.locator(".job", has_text=name) for name in ("trong-cay.txt", "hong.pdf", "lon.txt"))
    expect(good.locator(".job-status")).to_have_text("Đã nạp", timeout=30_000)
    expect(bad.locator(".job-status")).to_have_text("Không nạp được", timeout=30_000)
    assert "Tệp PDF bị hỏng" in bad.inner_text()
    assert "Tệp lớn hơn 1 MB" in large.inner_text()

    page.get_by_text("1 tệp chưa nạp được").click()
    assert "Tệp PDF bị hỏng" in page.locator(".quarantine").inner_text()

    added = page.locator(".document-item", has_text="Trồng cây ven sông")
    added.wait_for()
    added.get_by_role("button", name="Gỡ").click()
    page.get_by_role("dialog").get_by_role("button", name="Giữ lại").click()
    assert page.evaluate("document.activeElement.ariaLabel") == "Gỡ Trồng cây ven sông"
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Gỡ").click()
    expect(added).to_have_count(0, timeout=30_000)
    assert page.locator(".document-item").count() == 31


def test_a_wrong_code_is_told(office: Site, open_page: Pages) -> None:
    page = open_page(f"{office.url}/documents")
    page.get_by_text("Quản trị: tải lên và gỡ văn bản").click()
    page.get_by_label("Mã quản trị").fill("không phải")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Mã quản trị không đúng")
    assert page.get_by_label("Mã quản trị").evaluate("input => input === document.activeElement")


def test_nobody_may_where_no_code_is_set(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/documents")
    page.get_by_text("Quản trị: tải lên và gỡ văn bản").click()
    expect(page.locator(".administration-body")).to_contain_text("HOIDAP_ADMIN_TOKEN")
    refused = httpx2.post(f"{site.url}/api/documents", params={"name": "a.txt"}, content=b"x")
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert "HOIDAP_ADMIN_TOKEN" in refused.json()["detail"]
    assert httpx2.delete(f"{site.url}/api{PLAN}").status_code == 403


@pytest.mark.parametrize("path", ["/documents", "/documents?q=dich+vu+cong", PLAN])
def test_phone(site: Site, open_page: Pages, path: str) -> None:
    assert overflow(open_page(site.url + path, PHONE)) <= 0


def test_keyboard_alone(site: Site, open_page: Pages) -> None:
    """From the top of the page to a document and one of its places, no pointer."""
    page = open_page(f"{site.url}/documents?q=Trong+cay+ven+song+hoac+05-NQ")
    page.get_by_label("Tìm theo tên").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("05-NQ/TU")
    expect(page.locator("#documents > .result-count")).to_contain_text("trong 31")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#reader h1")).to_be_focused()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.outline nav') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#reader .here")).to_be_focused()


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/documents?q=ho+so+truc+tuyen", PLAN])
def test_axe(site: Site, open_page: Pages, axe: Callable[[Any], None], path: str) -> None:
    axe(open_page(site.url + path))


@pytest.mark.slow
def test_axe_for_administrators(office: Site, open_page: Pages, axe: Callable[[Any], None]) -> None:
    page = open_page(f"{office.url}/documents")
    enter(page)
    axe(page)
