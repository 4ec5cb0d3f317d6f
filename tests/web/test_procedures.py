"""Procedures in a browser: found by a citizen's words, read as a card, their papers ticked and printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.conftest import PHONE, Pages, Site, overflow


def test_search_card_checklist(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/procedures")
    every = page.locator(".card").count()
    page.get_by_label("Bạn cần làm thủ tục gì?").fill("con toi 17 tuoi di dang ky nghia vu quan su")
    expect(page.locator("#procedures > .result-count")).to_contain_text(" trong ")
    assert 0 < page.locator(".card").count() < every
    page.locator(".card a").first.click()
    page.get_by_role("heading", name="Đăng ký nghĩa vụ quân sự lần đầu").wait_for()
    assert page.url.endswith("/procedures/1.013133")
    boxes = page.locator(".checklist input[type=checkbox]")
    boxes.first.focus()
    page.keyboard.press("Space")
    assert page.locator(".checklist .result-count").inner_text() == f"Đã có 1 trong {boxes.count()} giấy tờ"
    page.go_back()
    page.locator(".card").first.wait_for()
    assert page.get_by_label("Bạn cần làm thủ tục gì?").input_value().startswith("con toi")


@pytest.mark.parametrize("asked", ["1.013133", "dang ky nghia vu quan su lan dau", "Đăng ký nghĩa vụ quân sự lần đầu"])
def test_found_by_code_and_name(site: Site, open_page: Pages, asked: str) -> None:
    page = open_page(f"{site.url}/procedures?q={asked}")
    assert page.locator(".card a").first.inner_text() == "Đăng ký nghĩa vụ quân sự lần đầu"


def test_one_case_and_one_way(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/procedures/1.013575")
    every = page.locator(".papers li:visible").count()
    page.get_by_role("radio", name="Đối với người nước ngoài").check()
    assert 0 < page.locator(".papers li:visible").count() < every
    assert page.locator(".papers-case:visible h3").all_inner_texts() == ["Giấy tờ chung", "Đối với người nước ngoài"]
    page.goto(f"{site.url}/procedures/1.013133", wait_until="networkidle")
    page.get_by_role("radio", name="Trực tuyến").check()
    assert page.locator(".way:visible h3").all_inner_texts() == ["Trực tuyến"]


def test_printed_checklist_is_alone_on_its_sheet(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/procedures/1.013133")
    page.evaluate("window.print = () => {}")
    page.get_by_role("button", name="In danh mục giấy tờ").click()
    page.emulate_media(media="print")
    assert page.locator(".checklist").is_visible()
    assert page.locator(".papers input").first.is_visible()
    assert "1.013133" in page.locator(".print-only").inner_text()
    assert not page.get_by_role("heading", name="Trình tự thực hiện").is_visible()


def test_source_of_a_field(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/procedures/1.013133")
    page.get_by_role("link", name="Nguồn: Kết quả thực hiện").click()
    mark = page.locator("#reader mark").first
    mark.wait_for()
    assert "Kết quả" in mark.inner_text()


def test_unknown_code(site: Site, open_page: Pages) -> None:
    open_page.expected = ("404",)
    page = open_page(f"{site.url}/procedures/9.999999")
    assert page.get_by_role("heading", name="Không có thủ tục này").is_visible()


@pytest.mark.parametrize("path", ["/procedures", "/procedures/1.013575"])
def test_phone(site: Site, open_page: Pages, path: str) -> None:
    assert overflow(open_page(site.url + path, PHONE)) <= 0


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/procedures", "/procedures/1.013575"])
def test_axe(site: Site, open_page: Pages, axe: Callable[[Any], None], path: str) -> None:
    axe(open_page(site.url + path))
