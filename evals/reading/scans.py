"""How well scans are read: real ones by the share of words that can be Vietnamese, printed ones by their known text.

The printed ones are documents of the bundled corpus, drawn at 200 dpi, blurred, speckled, laid askew by half a degree
and made black and white, which is what an office's scanner does to them.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from assistant.bootstrap import CORPUS
from evals.reading.twins import WHOLE_FONT, print_all
from ingest.errors import UnreadableFile
from ingest.parse import parse_file
from ingest.read import read_file
from ingest.syllables import count_syllables
from ingest.types import Reading

PRINTED = ("bao-cao-so-ket-3-nam.docx", "ke-hoach-cchc-2024.docx", "nghi-quyet-05-nq-tu.docx")
"""Prose, a table of tasks with agencies and days, and a resolution with its targets."""
DPI = 200
BLUR = 0.8  # pixels
NOISE = 18.0  # of 255, standard deviation
BLACK = 150
LEAN = 0.5  # degrees
SPECKS = 200  # a page


def measure(documents: Path, *, failures: bool = False) -> dict[str, float]:
    """Of the scanned PDFs under `documents`: how many `documents` and `pages`, `unread` documents, the share of pages
    that gave text (`pages_with_text`), of words that are syllables in all (`valid_syllables`) and in the worst
    document (`valid_lowest`), and `pages_per_second`. Of printed documents: the share of their words and of their
    figures found (`known_words`, `known_figures`), and of the figures read those that aren't in them
    (`false_figures`)."""
    return _real(sorted(documents.rglob("*.pdf")), failures=failures) | _printed(failures=failures)


def _real(files: Sequence[Path], *, failures: bool) -> dict[str, float]:
    valid: list[tuple[int, int]] = []
    pages = empty = unread = 0
    seconds = 0.0
    for file in files:
        begun = time.perf_counter()
        try:
            reading = read_file(file)
        except UnreadableFile as problem:
            unread += 1
            print(f"{file.name}: {problem}")
            continue
        if reading.scanned:
            seconds += time.perf_counter() - begun
            pages += len(reading.scanned)
            empty += len(set(reading.scanned) & set(reading.blank))
            valid.append(_valid(file.name, reading, failures=failures))
    if not valid:
        return {"documents": 0.0, "unread": float(unread)}
    return {
        "documents": float(len(valid)),
        "unread": float(unread),
        "pages": float(pages),
        "pages_with_text": 1 - empty / pages,
        "valid_syllables": sum(good for good, _ in valid) / sum(words for _, words in valid),
        "valid_lowest": min(good / words for good, words in valid),
        "pages_per_second": pages / seconds,
    }


def _valid(name: str, reading: Reading, *, failures: bool) -> tuple[int, int]:
    """Syllables and words of the document's scanned pages."""
    counts: list[tuple[int, int]] = []
    for page in reading.scanned:
        text = "\n".join(block.text for block in reading.blocks if block.page == page)
        good, words = count_syllables(text)
        counts.append((good, words))
        if failures and good < 0.95 * words:
            print(f"{name} page {page}: {good} of {words} words are syllables")
    return sum(good for good, _ in counts), sum(words for _, words in counts)


def _printed(*, failures: bool) -> dict[str, float]:
    """Empty where LibreOffice or poppler, which make the scans, are missing."""
    if shutil.which("soffice") is None or shutil.which("pdftoppm") is None:
        return {}
    texts: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        sources = [CORPUS / name for name in PRINTED]
        for source, pdf in zip(sources, print_all(sources, WHOLE_FONT, Path(folder)), strict=True):
            texts.append((_text(source), _text(scanned(pdf, Path(folder)))))
    known, read = (Counter(" ".join(side).split()) for side in zip(*texts, strict=True))
    if failures:
        print(f"missing: {' '.join((known - read).elements())}\nfalse: {' '.join((read - known).elements())}")
    figures, read_figures = _figures(known), _figures(read)
    return {
        "known_words": (known & read).total() / known.total(),
        "known_figures": (figures & read_figures).total() / figures.total(),
        "false_figures": (read_figures - figures).total() / read_figures.total(),
    }


def _text(file: Path) -> str:
    return parse_file(file, file.name).document.text


def _figures(words: Counter[str]) -> Counter[str]:
    return Counter({word: count for word, count in words.items() if any(map(str.isdecimal, word))})


def scanned(pdf: Path, folder: Path) -> Path:
    """The same document as a scanner would give it: images only."""
    pages = folder / f"{pdf.stem}-pages"
    pages.mkdir()
    subprocess.run(  # noqa: S603
        ["pdftoppm", "-r", str(DPI), "-gray", str(pdf), str(pages / "page")],  # noqa: S607
        check=True,
        timeout=300,
    )
    rng = np.random.default_rng(0)
    first, *rest = [_worn(Image.open(page), rng) for page in sorted(pages.iterdir())]
    target = folder / f"{pdf.stem}-scan.pdf"
    first.save(target, save_all=True, append_images=rest, resolution=DPI)
    return target


def _worn(page: Image.Image, rng: np.random.Generator) -> Image.Image:
    image = page.rotate(LEAN, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(BLUR))
    grey = np.asarray(image) + rng.normal(0, NOISE, (image.height, image.width))
    for top, left in rng.integers(0, (image.height, image.width), (SPECKS, 2)):
        grey[top : top + 2, left : left + 2] = 0
    return Image.fromarray(grey > BLACK)
