"""A real Chromium on a real server; a page fails its test on any error it logs and any request that leaves the host."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
import uvicorn
from playwright.sync_api import sync_playwright

from assistant.api import create_app
from assistant.bootstrap import Assistant, open_assistant, open_writing
from assistant.config import Settings
from ingest.embed import Embedder
from ingest.intake import silent

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CODE = "mã thử 1"  # of the tests' administrator
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Scheme = Literal["light", "dark"]
PHONE, DESK = (360, 800), (1440, 900)


@dataclass(slots=True)
class Site:
    """A server and what it serves."""

    url: str
    assistant: Assistant


@contextmanager
def serving(data: Path, embedder: Embedder, port: int = 0, **settings: Any) -> Iterator[Site]:
    """A server over a data folder, on a port of its own unless one is given."""
    assistant = open_assistant(Settings(data_dir=data, **settings), lambda: embedder)
    app = create_app(lambda: assistant, None, assistant.settings.root_path, assistant.settings.widget_origins)
    config = uvicorn.Config(app, port=port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Site(f"http://127.0.0.1:{port}", assistant)
    finally:
        server.should_exit = True
        thread.join(timeout=20)


def furnish(folder: Path, files: Mapping[str, str], embedder: Embedder) -> Path:
    """A data folder with these files ingested."""
    (folder / "kho").mkdir(parents=True)
    for name, text in files.items():
        (folder / "kho" / name).write_text(text, encoding="utf-8")
    writing = open_writing(Settings(data_dir=folder / "data"), silent, lambda: embedder)
    report = writing.paths([folder / "kho"], prune=False)
    writing.catalog.close()
    assert [outcome.status for outcome in report.outcomes] == ["added"] * len(files)
    return folder / "data"


@pytest.fixture(scope="session")
def site(corpus_data: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The bundled corpus, for everyone who only reads."""
    folder = Path(shutil.copytree(corpus_data, tmp_path_factory.mktemp("site") / "data"))
    with serving(folder, embedder) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("Chromium is missing")
    with sync_playwright() as started:
        launched = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@dataclass(slots=True)
class Pages:
    """Opens pages and keeps what went wrong in them; `expected` holds what a test means to provoke."""

    browser: Any
    contexts: list[Any] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def __call__(self, url: str, size: tuple[int, int] = DESK, scheme: Scheme = "light", **options: Any) -> Any:
        """A page at this address, in a context of its own, once nothing is on its way."""
        width, height = size
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="vi-VN",
            accept_downloads=True,
            **options,
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        host = "/".join(url.split("/")[:3])
        page.on("console", lambda m: self.problems.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("dialog", lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda r: self.problems.append(f"left: {r.url}") if not _stays(r.url, host) else None)
        page.goto(url, wait_until="networkidle")
        return page


def _stays(url: str, host: str) -> bool:
    return url.startswith((f"{host}/", "data:", "blob:"))


@pytest.fixture
def open_page(browser: Any) -> Iterator[Pages]:
    pages = Pages(browser)
    yield pages
    for context in pages.contexts:
        context.close()
    assert [p for p in pages.problems if not any(part in p for part in pages.expected)] == []


@pytest.fixture
def axe() -> Callable[[Any], None]:
    """Fails where axe-core finds a violation on a page, in light or in dark."""
    if not AXE.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("axe-core is missing: npm install --no-save axe-core@4")
        pytest.skip("axe-core is missing")
    source = AXE.read_text(encoding="utf-8")

    def check(page: Any) -> None:
        page.evaluate(source)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            violations = page.evaluate("async () => (await axe.run(document)).violations")
            assert [(scheme, v["help"], [node["html"][:200] for node in v["nodes"][:5]]) for v in violations] == []

    return check


def overflow(page: Any) -> int:
    """Pixels by which a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
