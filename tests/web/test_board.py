"""The board in a browser: filters, sorting, totals, export, rows that open their source, charts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.conftest import PHONE, Pages, Site, overflow


def rows(page: Any) -> Any:
    return page.locator(".row-group:not(.head) .row")


def test_filter_sort_export(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/board")
    every = rows(page).count()
    page.get_by_role("button", name="Chưa đạt").click()
    expect(page.locator(".badge-state.is-met")).to_have_count(0)
    assert "state=unmet" in page.url
    assert 0 < rows(page).count() < every
    assert set(page.locator(".badge-state").all_text_contents()) == {"Chưa đạt"}

    page.get_by_role("button", name="Mức đạt").click()
    page.locator("[aria-sort=ascending]").wait_for()
    shares = page.locator(".row progress").evaluate_all("bars => bars.map(bar => bar.value)")
    assert shares == sorted(shares)
    assert page.evaluate("document.activeElement.dataset.sort") == "share"  # focus stays on the header

    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    written = started.value.path().read_text(encoding="utf-8-sig")
    exported = list(csv.DictReader(io.StringIO(written)))
    assert [row["Chỉ tiêu"] for row in exported] == page.locator(".row .about").all_text_contents()
    assert {row["Trạng thái"] for row in exported} == {"Chưa đạt"}

    page.go_back()
    page.locator("[aria-sort=ascending]").wait_for(state="detached")
    assert "sort" not in page.url
    page.reload(wait_until="networkidle")
    assert page.get_by_role("button", name="Chưa đạt").get_attribute("aria-pressed") == "true"


def test_row_opens_its_source(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/board?q=FDI+luy+ke")
    page.locator(".row .source-link").first.click()
    mark = page.locator("#reader mark").first
    mark.wait_for()
    assert "5 tỷ USD" in mark.inner_text()
    assert mark.evaluate(
        "mark => { const { top, bottom } = mark.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; }"
    )
    page.go_back()
    rows(page).first.wait_for()
    assert page.get_by_label("Tìm trong chỉ tiêu, nhiệm vụ").input_value() == "FDI luy ke"


def test_tasks_of_an_agency(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/board?view=tasks")
    page.get_by_label("Cơ quan").select_option("Sở Tư pháp")
    page.get_by_label("Vai trò").select_option("lead")
    expect(page.locator(".result-count")).not_to_have_text("102 nhiệm vụ")
    page.locator(".board-table[aria-busy]").wait_for(state="detached")
    leads = page.locator('[data-column="Chủ trì"]').all_text_contents()
    assert leads
    assert all("Sở Tư pháp" in lead for lead in leads)
    assert page.locator(".result-count").first.inner_text() == f"{len(leads)} nhiệm vụ"


def test_chart_is_also_a_table(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/board?q=par+index")
    opener = page.get_by_role("link", name="Biểu đồ").first
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.locator("svg[role=img]").wait_for()
    drawn = dialog.locator("svg .result").count()
    assert drawn >= 2
    assert dialog.get_by_role("row").count() == 1 + drawn + dialog.locator("svg .target").count()
    assert "chart=" in page.url
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.wait_for_function("!location.search.includes('chart=')")  # told after the dialog has gone
    assert "Biểu đồ" in page.evaluate("document.activeElement.ariaLabel")  # focus is back where it was


def test_nothing_found_tells_what_to_do(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/board?q=khong+co+dau")
    assert "Không có chỉ tiêu nào khớp" in page.locator(".empty").inner_text()
    page.get_by_role("link", name="xem tất cả").click()
    rows(page).first.wait_for()


@pytest.mark.parametrize("view", ["targets", "tasks"])
def test_phone(site: Site, open_page: Pages, view: str) -> None:
    page = open_page(f"{site.url}/board?view={view}", PHONE)
    assert rows(page).count() > 50
    assert overflow(page) <= 0


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/board?q=ho+so", "/board?view=tasks&q=xay+dung", "/board?q=index&chart=par-index"])
def test_axe(site: Site, open_page: Pages, axe: Callable[[Any], None], path: str) -> None:
    axe(open_page(site.url + path))
