"""How smoothly large views show: `python -m tests.web.trace` prints what a browser's own trace tells, as JSON.

A board of 5,000 tasks and one of 5,000 targets, and a document of 500 pages: milliseconds to the first paint and to
the first content of the view, the longest task of the page's main thread while it loads and while it is scrolled to
its end, and frames that came late meanwhile.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import sync_playwright

from tests.fakes import BagOfWords
from tests.web.conftest import CHROMIUM, DESK, FLAGS, PHONE, furnish, serving

ROWS = 5_000
PAGES = 500
LINES_OF_A_PAGE = 40
TASKS_HEAD = """\
| STT | Nhiệm vụ | Sản phẩm | Thời gian hoàn thành | Chủ trì | Phối hợp |
| --- | --- | --- | --- | --- | --- |
"""
TARGETS_HEAD = """\
| STT | Chỉ tiêu | Đơn vị | Mục tiêu năm 2025 | Kết quả năm 2025 |
| --- | --- | --- | --- | --- |
"""
BODIES = ("Sở Nội vụ", "Sở Tư pháp", "Sở Tài chính", "Sở Y tế", "Sở Xây dựng", "Công an tỉnh", "Sở Giáo dục và Đào tạo")

_OBSERVED = """
window.tasks = []; window.frames_ms = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.tasks.push(entry.duration)))
  .observe({ type: 'longtask', buffered: true });
let last = performance.now();
const frame = (now) => { window.frames_ms.push(now - last); last = now; requestAnimationFrame(frame); };
requestAnimationFrame(frame);
const seen = new MutationObserver(() => {
  const main = document.querySelector('main');
  if (main && !window.content_ms && main.querySelector('.row-group:not(.head) .row, .document-text .stretch > *')) {
    requestAnimationFrame(() => setTimeout(() => { window.content_ms ??= performance.now(); }));
  }
});
document.addEventListener('DOMContentLoaded', () => seen.observe(document.body, { childList: true, subtree: true }));
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = furnish(Path(folder) / "x", large_files(), BagOfWords())
        with serving(data, BagOfWords()) as site:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            views = {
                "board of tasks": "/board?view=tasks",
                "board of targets": "/board",
                "500 pages": "/documents/luat-lon",
                "500 pages, at a clause near the end": "/documents/luat-lon#dieu-4900",
                "500 pages, at words near the end": "/documents/luat-lon#1200000-1200020",
            }
            warm(site.url)
            ids = [document.id for document in _documents(site)]
            large = max(ids, key=lambda id_: _length(site, id_))
            found = {
                f"{name}, {size[0]} px": measured(browser, site.url + path.replace("luat-lon", large), size)
                for name, path in views.items()
                for size in (DESK, PHONE)
            }
            browser.close()
    print(json.dumps(found, indent=2, ensure_ascii=False))


def warm(url: str) -> None:
    """Rows are made once for a generation: whoever asks first waits for all others."""
    for view in ("targets", "tasks"):
        httpx2.get(f"{url}/api/board/{view}", timeout=300)


def _documents(site: Any) -> Any:
    with site.assistant.shelf.reading() as library:
        return library.documents()


def _length(site: Any, id_: str) -> int:
    with site.assistant.shelf.reading() as library:
        return len(library.document(id_).document.text)


def large_files() -> dict[str, str]:
    """Ten plans of 500 tasks each, ten of 500 targets, and a long law."""
    plans = {f"ke-hoach-{i}.md": _plan(i) for i in range(10)}
    targets = {f"nghi-quyet-{i}.md": _targets(i) for i in range(10)}
    return plans | targets | {"luat.txt": _law()}


def _plan(number: int) -> str:
    rows = "\n".join(
        f"| {i} | Rà soát quy trình số {number}-{i} về giải quyết hồ sơ trực tuyến | Báo cáo {i} "
        f"| Tháng {1 + i % 12}/2024 | {BODIES[i % len(BODIES)]} | {BODIES[(i + 1) % len(BODIES)]} |"
        for i in range(1, ROWS // 10 + 1)
    )
    head = f"UBND TỈNH\n\nSố: {number + 1}/KH-UBND\n\n# KẾ HOẠCH\n\nCải cách số {number}\n\n"
    return f"{head}## PHÂN CÔNG NHIỆM VỤ\n\n{TASKS_HEAD}{rows}\n"


def _targets(number: int) -> str:
    rows = "\n".join(
        f"| {i} | Tỷ lệ hồ sơ loại {number}-{i} giải quyết đúng hạn | % | {60 + i % 40} | {50 + i % 50} |"
        for i in range(1, ROWS // 10 + 1)
    )
    head = f"TỈNH ỦY\n\nSố: {number + 1}-NQ/TU\n\n# NGHỊ QUYẾT\n\nChỉ tiêu số {number}\n\n"
    return f"{head}## CHỈ TIÊU CHỦ YẾU\n\n{TARGETS_HEAD}{rows}\n"


def _law() -> str:
    clause = "Cơ quan, đơn vị có trách nhiệm tiếp nhận, kiểm tra và giải quyết hồ sơ theo quy định tại Điều này."
    articles = (
        f"Điều {i}. Trách nhiệm thứ {i}\n1. {clause}\n2. {clause}\na) {clause}\nb) {clause}\n"
        for i in range(1, PAGES * LINES_OF_A_PAGE // 5 + 1)
    )
    return "QUỐC HỘI\nLuật số: 99/2024/QH15\nLUẬT\nVề việc rất dài\n\n" + "".join(articles)


def measured(browser: Any, url: str, size: tuple[int, int]) -> dict[str, Any]:
    """The figures of one view, its server's caches warm."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.add_init_script(_OBSERVED)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 3000))")
    loading = page.evaluate("[...window.tasks]")
    page.evaluate("window.tasks.length = 0; window.frames_ms.length = 0;")
    page.evaluate(
        """async () => {
          const rest = () => (document.documentElement.scrollHeight - window.scrollY) / 30;
          for (let step = 0; step < 120; step += 1) {
            window.scrollBy({ top: step < 90 ? 300 : rest(), behavior: 'instant' }); // flung, then dragged to the end
            await new Promise(requestAnimationFrame);
          }
        }"""
    )
    frames = page.evaluate("window.frames_ms")
    told = {
        "first_paint_ms": round(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")),
        "content_ms": round(page.evaluate("window.content_ms ?? -1")),
        "longest_task_loading_ms": round(max(loading, default=0)),
        "longest_task_scrolling_ms": round(max(page.evaluate("window.tasks"), default=0)),
        "slowest_frame_ms": round(max(frames, default=0)),
        "frames_over_50_ms": f"{sum(frame > 50 for frame in frames)} of {len(frames)}",
        "lines_shown": page.locator(".row-group:not(.head) .row, .document-text .stretch > *").count(),
    }
    context.close()
    return told


if __name__ == "__main__":
    main()
