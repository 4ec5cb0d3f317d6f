"""The measurement of scans."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evals.reading import scans
from evals.reading.scans import _figures, _worn, measure
from ingest.read.scan import tesseract
from ingest.types import Block, Reading


def scan(path: Path) -> Path:
    Image.new("L", (800, 600), 255).save(path, "PDF", resolution=150)
    return path


def test_without_the_program_scans_are_counted_as_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scan(tmp_path / "quet.pdf")
    monkeypatch.setenv("PATH", "")
    tesseract.missing.cache_clear()
    assert measure(tmp_path) == {"documents": 0.0, "unread": 1.0}
    tesseract.missing.cache_clear()
    assert "quet.pdf: trang 1 là ảnh quét" in capsys.readouterr().out


def test_pages_without_text_and_words_that_are_none_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = (Block("Nghị quyết wzq này", page=1), Block("wzq", page=3))
    reading = Reading(blocks, "pdf", pages=3, scanned=(1, 2), blank=(2,))
    monkeypatch.setattr(scans, "read_file", lambda _: reading)
    monkeypatch.setattr(scans, "_printed", lambda **_: {})
    scan(tmp_path / "quet.pdf")
    figures = measure(tmp_path)
    assert figures.pop("pages_per_second") > 0
    assert figures == {
        "documents": 1.0,
        "unread": 0.0,
        "pages": 2.0,
        "pages_with_text": 0.5,
        "valid_syllables": 0.75,  # the third page is no scan
        "valid_lowest": 0.75,
    }


def test_figures_are_words_with_digits() -> None:
    assert _figures(Counter(["87,59%", "nghị", "05-NQ/TU", "nghị"])) == Counter(["87,59%", "05-NQ/TU"])


def test_a_worn_page_is_black_and_white_and_dirty() -> None:
    worn = np.asarray(_worn(Image.new("L", (300, 400), 255), np.random.default_rng(0)))
    assert worn.dtype == bool
    assert 0 < (~worn).mean() < 0.02


@pytest.mark.slow
@pytest.mark.skipif(
    not all(map(shutil.which, ("soffice", "pdftoppm", "tesseract"))), reason="the programs that make scans are missing"
)
def test_printed_documents_are_read(tmp_path: Path) -> None:
    figures = measure(tmp_path)
    assert figures["known_words"] > 0.93
    assert figures["known_figures"] > 0.8
