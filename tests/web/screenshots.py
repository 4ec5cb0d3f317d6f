"""`python -m tests.web.screenshots OUT`: every view at phone and desktop size, light and dark, over the bundled corpus.

With `--readme` only the three that the README shows, into `.github`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from assistant.bootstrap import open_writing
from assistant.config import Settings
from ingest.embed import StaticEmbedder
from ingest.intake import silent
from tests.web.conftest import CHROMIUM, DESK, FLAGS, PHONE, serving

GITHUB = Path(__file__).parents[2] / ".github"
QUESTION = "Đơn vị nào chủ trì thí điểm trợ lý ảo?"
VIEWS = {
    "welcome": "",
    "answer": f"?q={QUESTION}",
    "not-found": "?q=Giá vàng hôm nay bao nhiêu?",
    "documents": "documents",
    "reader": "documents/05-nq-tu-2021",
    "board": "board",
    "tasks": "board?view=tasks",
    "procedures": "procedures",
    "procedure": "procedures/1.013136",
}
README = {"hoidap": "answer", "theo-doi": "board", "thu-tuc": "procedure"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=GITHUB)
    parser.add_argument("--readme", action="store_true", help="the README's own three")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with corpus() as url, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        if options.readme:
            for name, view in README.items():
                take(browser, f"{url}/{VIEWS[view]}", DESK, "light", options.out / f"{name}.png")
            return
        for view, path in VIEWS.items():
            for size, scheme in ((PHONE, "light"), (DESK, "light"), (DESK, "dark")):
                take(browser, f"{url}/{path}", size, scheme, options.out / f"{view}-{size[0]}-{scheme}.png")


@contextmanager
def corpus() -> Iterator[str]:
    """The address of a server over the bundled corpus."""
    with tempfile.TemporaryDirectory() as folder:
        writing = open_writing(Settings(data_dir=Path(folder)), silent)
        writing.corpus()
        writing.catalog.close()
        with serving(Path(folder), StaticEmbedder()) as site:
            yield site.url


def take(browser: Any, url: str, size: tuple[int, int], scheme: str, path: Path) -> None:
    """A picture of what a visitor sees first; of an answer, with its first source open beside it."""
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce", locale="vi-VN")
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    if "?q=" in url:
        page.locator(".turn [aria-busy=false]").wait_for()
        markers = page.locator("button.marker")
        if markers.count() and size == DESK:
            markers.first.click()
            page.locator("dialog mark").first.wait_for()
    page.wait_for_timeout(400)
    page.screenshot(path=path)
    context.close()
    Image.open(path).quantize(128).save(path, optimize=True)  # flat colours: a third of the size


if __name__ == "__main__":
    main()
