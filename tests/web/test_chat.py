"""The chat in a browser: from the question to the highlighted words, and what is done with answers afterwards."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from ingest.embed import Embedder
from tests.web.conftest import PHONE, Pages, Site, overflow, serving

PCI = "Quảng Ninh dẫn đầu PCI mấy năm liên tiếp?"
LEADS = "Sở Tư pháp chủ trì bao nhiêu nhiệm vụ trong Kế hoạch 12?"
NOWHERE = "Giá vàng hôm nay bao nhiêu?"


def ask(page: Any, question: str) -> Any:
    """Type a question, send it, and give its turn once it is answered."""
    before = page.locator(".turn").count()
    page.get_by_label("Câu hỏi của bạn").fill(question)
    page.get_by_label("Câu hỏi của bạn").press("Enter")
    turn = page.locator(".turn").nth(before)
    turn.locator("[aria-busy=false]").wait_for()
    return turn


def test_ask_stream_citation_highlight(site: Site, open_page: Pages) -> None:
    page = open_page(site.url)
    turn = ask(page, PCI)
    expect(turn.locator(".answer")).to_have_attribute("data-state", "answered")
    quote = turn.locator("blockquote").first.inner_text().strip("“” \n")
    turn.locator("button.marker").first.click()
    panel = page.get_by_role("dialog")
    mark = panel.locator("mark").first
    mark.wait_for()
    assert " ".join(mark.inner_text().split())[:40] in " ".join(quote.split())
    bar = panel.locator(".standing")  # day and standing are in sight where the quoted words are
    expect(bar).to_contain_text("hiệu lực")
    assert bar.evaluate("bar => bar.getBoundingClientRect().top >= 0")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert page.evaluate("document.activeElement.classList.contains('marker')")  # the focus is back where it was


def test_follow_up_not_found_and_reload(site: Site, open_page: Pages) -> None:
    page = open_page(site.url)
    ask(page, "Cấp xã xử lý hồ sơ công việc trên mạng đạt bao nhiêu phần trăm?")
    assert "cấp huyện" in ask(page, "Còn cấp huyện thì sao?").inner_text().lower()
    lost = ask(page, NOWHERE)
    expect(lost.locator(".answer")).to_have_attribute("data-state", "not_found")
    assert "Không tìm thấy" in page.locator("#announcer").inner_text()
    page.reload(wait_until="networkidle")
    expect(page.locator(".turn")).to_have_count(3)


def test_a_sent_link_asks_its_question(site: Site, open_page: Pages) -> None:
    page = open_page(f"{site.url}/?q=Giá+vàng+hôm+nay+bao+nhiêu?")
    page.locator(".answer[data-state=not_found]").wait_for()
    assert page.locator(".question").inner_text().endswith(NOWHERE)
    assert "?q=" not in page.url  # reload opens the conversation, and asks nothing again


def test_thumbs_and_reasons_are_kept(site: Site, open_page: Pages) -> None:
    page = open_page(site.url)
    turn = ask(page, LEADS)
    turn.get_by_role("button", name="Chưa đúng").click()
    turn.get_by_label("Thiếu ý").check()
    turn.get_by_label("Nói rõ thêm (không bắt buộc)").fill("thiếu phụ lục 2")
    turn.get_by_role("button", name="Gửi nhận xét").click()
    expect(turn.locator(".thanks")).to_be_visible()
    given = site.assistant.feedback.read()[-1]
    assert (given.question, given.verdict, given.reason) == (LEADS, "down", "Thiếu ý; thiếu phụ lục 2")
    turn.get_by_role("button", name="Hữu ích").click()
    expect(turn.get_by_role("button", name="Hữu ích")).to_have_attribute("aria-pressed", "true")
    assert site.assistant.feedback.read()[-1].verdict == "up"


def test_conversations_are_found_renamed_kept_and_deleted(site: Site, open_page: Pages) -> None:
    page = open_page(site.url)
    ask(page, PCI)
    page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    ask(page, NOWHERE)
    page.get_by_role("button", name="Lịch sử").click()
    rows = page.locator(".history-list > li")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name=f"Đổi tên “{PCI}”").click()
    page.get_by_label("Tên mới").fill("Xếp hạng PCI")
    page.get_by_label("Tên mới").press("Enter")
    expect(rows.last).to_contain_text("Xếp hạng PCI")
    page.get_by_label("Tìm trong các cuộc trò chuyện").fill("xep hang lien tiep")
    expect(rows).to_have_count(1)
    for kind in ("Markdown", "Word"):
        with page.expect_download() as started:
            page.get_by_role("link", name=f"Tải “Xếp hạng PCI” dạng {kind}").click()
        assert started.value.path().stat().st_size > 300
    page.get_by_role("button", name="Xóa “Xếp hạng PCI”").click()
    page.get_by_role("button", name="Xóa hẳn").click()
    expect(rows).to_have_text(["Không có cuộc trò chuyện nào chứa các chữ này."])
    page.get_by_label("Tìm trong các cuộc trò chuyện").fill("")
    expect(rows).to_have_count(1)
    rows.first.locator(".history-open").click()
    expect(page.locator(".question")).to_contain_text(NOWHERE)


def test_keyboard_alone(site: Site, open_page: Pages) -> None:
    page = open_page(site.url)
    page.keyboard.type(PCI)  # the focus is in the box from the start
    page.keyboard.press("Enter")
    page.locator(".turn [aria-busy=false]").wait_for()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.classList.contains('marker')"):
            break
    page.keyboard.press("Enter")
    page.get_by_role("dialog").locator("mark").first.wait_for()


def test_the_server_stops_and_comes_back_mid_answer(corpus_data: Path, embedder: Embedder, open_page: Pages) -> None:
    """What was asked while it was away is sent by itself once it is back."""
    open_page.expected = ("ERR_CONNECTION_REFUSED", "Failed to load resource", "net::")
    with serving(corpus_data, embedder) as first:
        page = open_page(first.url)
        port = int(first.url.rsplit(":", 1)[1])
    page.get_by_label("Câu hỏi của bạn").fill(PCI)
    page.get_by_label("Câu hỏi của bạn").press("Enter")
    page.locator(".answer[data-state=failed]").wait_for()
    with serving(corpus_data, embedder, port):
        page.locator(".answer[data-state=answered]").wait_for(timeout=20_000)


def test_an_answer_cut_in_the_middle_is_told_and_can_be_asked_again(site: Site, open_page: Pages) -> None:
    """As a proxy leaves it that buffers everything and breaks off: what came stays, marked as unfinished."""
    page = open_page(site.url)
    events = 'event: status\ndata: {"text": "Đã tìm"}\n\nevent: delta\ndata: {"text": "Quảng Ninh dẫn"}\n\n'
    page.route(
        "**/api/chat",
        lambda route: route.fulfill(body=events, headers={"Content-Type": "text/event-stream; charset=utf-8"}),
        times=1,
    )
    turn = ask(page, PCI)
    expect(turn.locator(".answer")).to_have_attribute("data-state", "failed")
    assert "Quảng Ninh dẫn" in turn.inner_text()
    assert "chưa được đối chiếu" in turn.inner_text()
    turn.get_by_role("button", name="Thử lại").click()
    page.locator(".answer[data-state=answered]").wait_for()


def test_phone_size_and_nothing_that_bars_anyone(site: Site, open_page: Pages, axe: Callable[[Any], None]) -> None:
    page = open_page(site.url, PHONE)
    axe(page)
    turn = ask(page, LEADS)
    turn.get_by_role("button", name="Chưa đúng").click()
    assert overflow(page) == 0
    axe(page)
    ask(page, NOWHERE)
    page.get_by_role("button", name="Lịch sử").click()
    page.locator(".history-open").first.wait_for()
    assert overflow(page) == 0
    axe(page)


def test_first_view_is_light_and_still(site: Site, open_page: Pages) -> None:
    page = open_page(site.url)
    sizes = page.evaluate(
        """['navigation', 'resource'].flatMap((kind) => performance.getEntriesByType(kind))
            .map((each) => each.transferSize)"""
    )
    shifts = page.evaluate(
        """() => new Promise((resolve) => new PerformanceObserver((list) =>
            resolve(list.getEntries().reduce((sum, each) => sum + each.value, 0))
        ).observe({ type: 'layout-shift', buffered: true }) || setTimeout(() => resolve(0), 300))"""
    )
    assert sum(sizes) < 150_000
    assert shifts < 0.01


@contextmanager
def office_site(script: str) -> Iterator[str]:
    """Another origin that has the widget on its page."""
    body = (
        f'<!doctype html><html lang="vi"><title>Sở</title><body><h1>Trang của sở</h1><script src="{script}"></script>'
    )

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode() if self.path == "/" else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_under_a_prefix_and_framed_by_nobody_unless_named(
    corpus_data: Path, embedder: Embedder, open_page: Pages
) -> None:
    with (
        serving(corpus_data, embedder, root_path="/hoidap") as served,
        office_site(f"{served.url}/hoidap/web/widget.js") as office,
    ):
        page = open_page(f"{served.url}/hoidap/documents")
        page.get_by_role("link", name="Theo dõi").click()
        page.wait_for_url("**/hoidap/board*")
        page.reload(wait_until="networkidle")
        page.locator("#board h1").wait_for()
        open_page.expected = ("left: ", "frame-ancestors", "Refused to", "violates")
        page = open_page(office)
        page.get_by_role("button", name="Hỏi đáp").click()
        page.frame_locator("#hoidap-frame").locator("body").wait_for(state="attached")
        time.sleep(0.5)
        assert page.frame_locator("#hoidap-frame").locator("#question").count() == 0


def test_the_widget_answers_where_it_is_allowed(corpus_data: Path, embedder: Embedder, open_page: Pages) -> None:
    open_page.expected = ("left: ",)  # the widget's own server
    with (
        serving(corpus_data, embedder, widget_origins=["http://127.0.0.1:*"]) as served,
        office_site(f"{served.url}/web/widget.js") as office,
    ):
        page = open_page(office)
        page.get_by_role("button", name="Hỏi đáp").click()
        frame = page.frame_locator("#hoidap-frame")
        frame.get_by_label("Câu hỏi của bạn").fill(PCI)
        frame.get_by_label("Câu hỏi của bạn").press("Enter")
        frame.locator(".answer[data-state=answered]").wait_for()
        page.get_by_role("button", name="Đóng").click()
        expect(page.locator("#hoidap-frame")).to_be_hidden()
