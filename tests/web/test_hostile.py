"""A document that means harm is text on every page that shows it: no script runs, no link lies, nothing breaks out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

import pytest

from assistant.api.app import WEB
from ingest.embed import Embedder
from tests.web.conftest import PHONE, Pages, Site, furnish, overflow, serving

SCRIPT = "<script>window.harm = 1</script>"
IMAGE = '<img src="x" onerror="window.harm = 2">'
LINK = "[bấm vào đây](javascript:window.harm=3)"
TURNED = "\u202egnod gnod\u202c"
LONG = "a" * 100_000

REPORT = f"""\
UBND TỈNH THÁI BÌNH
Số: 66/BC-UBND
Thái Bình, ngày 20 tháng 12 năm 2023
BÁO CÁO
Kết quả {SCRIPT} trồng rừng {IMAGE}

I. KẾT QUẢ
1. Diện tích rừng trồng {IMAGE} năm 2023 đạt 1.234 ha {SCRIPT}.
2. Tỷ lệ che phủ {LINK} năm 2023 đạt 55% {TURNED}.
3. {LONG}
"""
PLAN = f"""\
<p>UBND TỈNH THÁI BÌNH</p><p>Số: 67/KH-UBND</p><p>Thái Bình, ngày 20 tháng 01 năm 2023</p><p>KẾ HOẠCH</p>
<p>Trồng rừng năm 2023 {escape(SCRIPT)}</p>
<h2>I. MỤC TIÊU</h2>
<p>1. Diện tích rừng trồng {escape(IMAGE)} năm 2023 đạt ít nhất 1.000 ha.</p>
<h2>II. NHIỆM VỤ</h2>
<table><tr><th>STT</th><th>Nhiệm vụ</th><th>Sản phẩm</th><th>Thời gian hoàn thành</th><th>Chủ trì</th></tr>
<tr><td>1</td><td>Rà soát {escape(IMAGE)} quỹ đất</td><td>{escape(SCRIPT)}</td><td>Tháng 4/2023</td>
<td>Sở Xây dựng</td></tr></table>
"""
PROCEDURE = f"""\
<h1>Thủ tục cấp phép trồng rừng {escape(IMAGE)}</h1>
<table><tr><th>Mã thủ tục</th><th>Cấp thực hiện</th><th>Lĩnh vực</th></tr>
<tr><td>9.006666</td><td>Cấp xã</td><td>Lâm nghiệp {escape(SCRIPT)}</td></tr></table>
<h2>Thành phần hồ sơ</h2>
<table><tr><th>Tên giấy tờ</th><th>Số lượng</th></tr>
<tr><td>Đơn đề nghị {escape(SCRIPT)} {LINK}</td><td>01 bản chính</td></tr></table>
<h2>Kết quả thực hiện</h2><p>Giấy phép {escape(IMAGE)}</p>
"""


@pytest.fixture(scope="module")
def beset(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    files = {"bao-cao.txt": REPORT, "ke-hoach.html": PLAN, "thu-tuc.html": PROCEDURE}
    with serving(furnish(tmp_path_factory.mktemp("beset") / "x", files, embedder), embedder) as site:
        yield site


SHOWN = [
    # a page, and what stands there as text
    ("/documents", SCRIPT),
    ("/documents?q=rung+trong", "onerror"),
    ("/documents/66-bc-ubnd-2023", SCRIPT),
    ("/documents/66-bc-ubnd-2023", LONG[:1000]),
    ("/documents/67-kh-ubnd-2023", IMAGE),
    ("/board", "Diện tích rừng trồng"),  # what an indicator keeps of it
    ("/board?view=tasks", IMAGE),
    ("/procedures", IMAGE),
    ("/procedures/9.006666", SCRIPT),
    ("/board?q=<script>window.harm=4</script>", "<script>window.harm=4</script>"),
    ("/procedures?q=<img src=x onerror=window.harm=5>", "onerror"),
]


def test_shown_as_text(beset: Site, open_page: Pages) -> None:
    page = open_page(beset.url, PHONE)
    for path, shown in SHOWN:
        page.goto(beset.url + path, wait_until="networkidle")
        inputs = page.locator("main input").evaluate_all("inputs => inputs.map(input => input.value)")
        assert shown in page.locator("main").inner_text() or shown in inputs, path
        assert page.evaluate("window.harm") is None, path
        assert page.locator("main :is(script, img[src='x'], [onerror], a[href^='javascript'])").count() == 0, path
        assert overflow(page) <= 0, path


def test_nothing_makes_markup_of_text() -> None:
    """Text enters the page through textContent alone, and no style attribute is written."""
    ways = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|style=|onclick="
    )
    found = [
        (path.name, match.group()) for path in sorted(WEB.iterdir()) for match in ways.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_in_an_answer_and_its_source(beset: Site, open_page: Pages) -> None:
    page = open_page(beset.url)
    page.locator("#question").fill("Diện tích rừng trồng năm 2023 đạt bao nhiêu?")
    page.keyboard.press("Enter")
    page.locator(".answer .marker").first.click()
    page.locator("#source mark").first.wait_for()
    assert page.evaluate("window.harm") is None
    assert page.locator("main :is(script, img[src='x']), #source :is(script, img)").count() == 0
    assert overflow(page) <= 0
