"""Whether a PDF gives the same units and words as the Word file that it was made from.

LibreOffice makes the PDFs: with one font, and with a font that lacks Vietnamese letters, so that a second one gives
them and the words are drawn in two passes.
"""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ingest.parse import parse_file
from ingest.types import ParsedDocument

WHOLE_FONT = "Times New Roman"
"""LibreOffice puts Liberation Serif, which has all of the letters, in its place."""
POOR_FONTS = ("C059", "Century Schoolbook L", "URW Bookman", "P052", "Nimbus Roman")
"""PostScript's own fonts, of which one comes with nearly every Linux desktop."""
FONT_ATTRIBUTE = re.compile(rb'(w:(?:ascii|hAnsi|cs|eastAsia))="[^"]*"')
THEME_FONT = re.compile(rb' w:(?:ascii|hAnsi|cs|eastAsia)Theme="[^"]*"')
CONVERSION_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Twin:
    """How one PDF compares: the share of words in the same order, and of units that both have."""

    name: str
    words: float
    units: float


def measure(documents: Path, *, failures: bool = False) -> dict[str, float]:
    """For the PDFs of each kind (`one_font`, `two_fonts`): the median and lowest share of words (`…_words_median`,
    `…_words_lowest`), the share of PDFs whose units have the same paths and kinds (`…_same_units`), and how many
    there are (`…_documents`), over the `.docx` files under `documents`. Empty where LibreOffice is missing."""
    if shutil.which("soffice") is None:
        return {}
    figures: dict[str, float] = {}
    for kind, font in (("one_font", WHOLE_FONT), ("two_fonts", poor_font())):
        if font is None:
            continue
        twins = compare(sorted(filter(zipfile.is_zipfile, documents.rglob("*.docx"))), font)
        figures[f"{kind}_documents"] = len(twins)
        figures[f"{kind}_words_median"] = median(twin.words for twin in twins)
        figures[f"{kind}_words_lowest"] = min(twin.words for twin in twins)
        figures[f"{kind}_same_units"] = sum(twin.units == 1 for twin in twins) / len(twins)
        for twin in twins:
            if failures and (twin.words < 1 or twin.units < 1):
                print(f"{kind} {twin.name}: {twin.words:.2%} of the words, {twin.units:.2%} of the units")
    return figures


def compare(documents: Sequence[Path], font: str) -> list[Twin]:
    """Each Word file against the PDF made from it in `font`."""
    with tempfile.TemporaryDirectory() as folder:
        made = print_all(documents, font, Path(folder))
        return [_twin(document, pdf) for document, pdf in zip(documents, made, strict=True)]


def _twin(document: Path, pdf: Path) -> Twin:
    one, other = parse_file(document, document.name), parse_file(pdf, document.name)
    return Twin(document.name, _same(_words(one), _words(other)), _same(_units(one), _units(other)))


def _words(parsed: ParsedDocument) -> list[str]:
    return parsed.document.text.split()


def _units(parsed: ParsedDocument) -> list[tuple[str, str]]:
    return [(unit.path, unit.kind) for unit in parsed.units]


def _same(one: Sequence[object], other: Sequence[object]) -> float:
    """Share of both that stands in the other in the same order."""
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def poor_font() -> str | None:
    """An installed font without Vietnamese letters."""
    if shutil.which("fc-list") is None:
        return None
    poor = _families(":") - _families(":charset=1ea1")  # ạ
    return next((font for font in POOR_FONTS if font in poor), None)


def _families(pattern: str) -> set[str]:
    listed = _run(["fc-list", pattern, "family"], seconds=60)
    return {name.strip() for line in listed.splitlines() for name in line.split(",")}


def print_all(documents: Sequence[Path], font: str, folder: Path) -> list[Path]:
    """PDFs of Word files, all of their text in `font`, made in `folder`."""
    for document in documents:
        _in_font(document, font, folder / document.name)
    profile = (folder / "profile").as_uri()
    sources = [str(folder / document.name) for document in documents]
    options = [f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    _run(["soffice", *options, *sources], seconds=CONVERSION_SECONDS)
    return [folder / f"{document.stem}.pdf" for document in documents]


def _in_font(document: Path, font: str, target: Path) -> None:
    with zipfile.ZipFile(document) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename.startswith("word/") and entry.filename.endswith(".xml"):
                data = FONT_ATTRIBUTE.sub(rb'\1="' + font.encode() + b'"', THEME_FONT.sub(b"", data))
            copy.writestr(entry, data)


def _run(command: Sequence[str], *, seconds: int) -> str:
    finished = subprocess.run(  # noqa: S603
        list(command), capture_output=True, check=True, timeout=seconds, text=True, errors="replace"
    )
    return finished.stdout
