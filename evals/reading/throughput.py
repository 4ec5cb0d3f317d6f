"""How fast files of each format become units, on two cores, beside the plainest extraction of the same files' text.

The bundled Word files are rewritten in the other formats by LibreOffice; a printed page's worth of text, 1,800
characters, counts as a page where a format has none. Ours is the whole way that a file goes in a run: a child process
for each file, reading, cleaning, structure. The plain libraries run in two processes that have already started, and
only have to give the text.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from ingest.sandbox import Sandbox
from ingest.types import ParsedDocument

CORES = 2
ROUNDS = 4
PAGE = 1_800
CONVERTED = ("pdf", "doc", "rtf", "odt")
CONVERSION_SECONDS = 300
SCANNED_PAGES = 6


def measure(corpus: Path, *, failures: bool = False) -> dict[str, float]:
    """`…_pages_s` for each format, for pypdfium2 and for python-docx, and the shares of these two that ours reach."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name, _parsing() as parse:
        for kind, files in _files(corpus, Path(name)).items():
            rounds = 1 if kind == "scan" else ROUNDS
            parsed, seconds = _timed(parse, files, rounds)
            pages = rounds * sum(map(_pages, parsed))
            figures[f"{kind}_pages_s"] = pages / seconds
            if plain := PLAIN.get(kind):
                library, extract = plain
                figures[f"{library}_pages_s"] = pages / _plain_seconds(extract, files)
                figures[f"{kind}_to_{library}"] = figures[f"{kind}_pages_s"] / figures[f"{library}_pages_s"]
            if failures:
                print(f"{kind}: {len(files)} files, {pages / rounds:.1f} pages")
    return figures


def _files(corpus: Path, folder: Path) -> dict[str, list[Path]]:
    """The files of each format: those bundled, and what they can be rewritten as here."""
    word = sorted(path for path in corpus.rglob("*.docx") if path.read_bytes().startswith(b"PK"))
    files = {"docx": word, "html": sorted(corpus.rglob("*.html")), "xlsx": [_sheet(folder)]}
    files |= {"text": sorted(corpus.rglob("*.txt")), "markdown": sorted(corpus.rglob("*.md"))}
    if shutil.which("soffice"):
        files |= {kind: _converted(word, kind, folder) for kind in CONVERTED}
    if "pdf" in files and shutil.which("tesseract"):
        files["scan"] = _scans(files["pdf"], folder)
    return {kind: found for kind, found in files.items() if found}


def _converted(documents: Sequence[Path], kind: str, folder: Path) -> list[Path]:
    out = folder / kind
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    subprocess.run(  # noqa: S603 (a program found on the path, on our own files)
        [*command, "--convert-to", kind, "--outdir", str(out), *map(str, documents)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=CONVERSION_SECONDS,
        check=True,
    )
    return sorted(out.iterdir())


def _sheet(folder: Path) -> Path:
    """A table of two thousand tasks."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["STT", "Nhiệm vụ", "Chủ trì", "Thời hạn"])
    for number in range(1, 2_001):
        sheet.append([number, f"Rà soát thủ tục hành chính nhóm {number}", "Sở Nội vụ", "30/6/2026"])
    book.save(folder / "nhiem-vu.xlsx")
    return folder / "nhiem-vu.xlsx"


def _scans(documents: Sequence[Path], folder: Path) -> list[Path]:
    """Two files of pictures of these documents' first pages."""
    import pypdfium2

    pictures = []
    for path in documents:
        document = pypdfium2.PdfDocument(path)
        pictures.append(document[0].render(scale=200 / 72, grayscale=True).to_pil())
        document.close()
    pictures = pictures[:SCANNED_PAGES]
    halves = [pictures[::2], pictures[1::2]]
    made = []
    for number, (first, *rest) in enumerate(half for half in halves if half):
        made.append(folder / f"scan-{number}.pdf")
        first.save(made[-1], save_all=True, append_images=rest, resolution=200)
    return made


@contextmanager
def _parsing() -> Iterator[Callable[[Sequence[Path]], list[ParsedDocument]]]:
    with Sandbox() as sandbox, ThreadPoolExecutor(CORES) as pool:
        yield lambda files: list(pool.map(lambda path: sandbox.parse(path, path.name), files))


def _timed(
    parse: Callable[[Sequence[Path]], list[ParsedDocument]], files: Sequence[Path], rounds: int
) -> tuple[list[ParsedDocument], float]:
    """The documents, and the seconds of some rounds over them after the children have started."""
    parsed = parse(files)
    began = time.perf_counter()
    parse([*files] * rounds)
    return parsed, time.perf_counter() - began


def _plain_seconds(extract: Callable[[Path], int], files: Sequence[Path]) -> float:
    with ProcessPoolExecutor(CORES, get_context("spawn")) as pool:  # this process has threads, so it isn't forked
        _all(pool, extract, files, 1)
        began = time.perf_counter()
        _all(pool, extract, files, ROUNDS)
        return time.perf_counter() - began


def _all(pool: Executor, extract: Callable[[Path], int], files: Sequence[Path], rounds: int) -> None:
    list(pool.map(extract, [*files] * rounds))


def _pages(parsed: ParsedDocument) -> float:
    return parsed.document.health.pages or len(parsed.document.text) / PAGE


def _by_pypdfium2(path: Path) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        return sum(len(page.get_textpage().get_text_range()) for page in document)
    finally:
        document.close()


def _by_python_docx(path: Path) -> int:
    """Paragraphs, and the cells of tables."""
    import docx

    document = docx.Document(str(path))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return sum(map(len, cells)) + sum(len(paragraph.text) for paragraph in document.paragraphs)


PLAIN: dict[str, tuple[str, Callable[[Path], int]]] = {
    "pdf": ("pypdfium2", _by_pypdfium2),
    "docx": ("python_docx", _by_python_docx),
}
