"""PDF files: text by its places on the page, ruled tables, and scanned pages by OCR."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.errors import UnreadableFile
from ingest.read.pulse import beat
from ingest.types import Reading

if TYPE_CHECKING:
    import pypdfium2

    from ingest.read.pdf.page import Sheet, Source

MAX_PAGES = 2_000
MAX_LEVELS = 9
BROKEN = "tệp PDF bị hỏng hoặc tải chưa xong, không mở được; hãy tải lại hoặc xuất lại tệp PDF từ bản gốc"
LOCKED = "tệp PDF được đặt mật khẩu; hãy gỡ mật khẩu rồi lưu lại"


def read(data: bytes) -> Reading:
    """Raises `UnreadableFile` for a damaged or encrypted file, one past the limits, and one that needs OCR where
    there is none."""

    from ingest.read import legacy
    from ingest.read.pdf.blocks import blocks_of
    from ingest.read.pdf.page import Source
    from ingest.read.scan import ocr_slips

    with _open(data) as document:
        source = Source(data)
        sheets = list(_sheets(document, source))
        levels = _levels(document)
    blocks, margins = blocks_of(sheets)
    blocks = [replace(block, level=levels.get((_bare(block.text), block.page))) for block in blocks]
    blocks, encodings = legacy.repair(blocks)
    scanned = tuple(sheet.page.number for sheet in sheets if sheet.page.scanned)
    return Reading(
        tuple(ocr_slips.relabelled(blocks, scanned)),
        "pdf",
        encodings=tuple(sorted({*source.fonts.encodings, *encodings})),
        pages=len(sheets),
        scanned=scanned,
        blank=tuple(sheet.page.number for sheet in sheets if not sheet.page.lines and not sheet.tables),
        margins=margins,
    )


def _open(data: bytes) -> pypdfium2.PdfDocument:
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as problem:
        locked = problem.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
        raise UnreadableFile(LOCKED if locked else BROKEN) from problem
    pages = len(document)
    if pages > MAX_PAGES:
        raise UnreadableFile(f"tệp PDF có {pages} trang (giới hạn {MAX_PAGES}); hãy tách thành các tệp nhỏ hơn")
    return document


def _sheets(document: pypdfium2.PdfDocument, source: Source) -> Iterator[Sheet]:
    import pypdfium2

    from ingest.read.pdf.page import read_page

    for index in range(len(document)):
        try:
            page = document[index]
        except pypdfium2.PdfiumError as problem:
            raise UnreadableFile(f"trang {index + 1} của tệp PDF bị hỏng; hãy xuất lại tệp PDF từ bản gốc") from problem
        yield read_page(page, index + 1, source)
        page.close()
        beat()


def _levels(document: pypdfium2.PdfDocument) -> dict[tuple[str, int | None], int]:
    """The heading levels that the file's own outline declares, by a heading's words and page."""
    levels: dict[tuple[str, int | None], int] = {}
    for entry in document.get_toc(max_depth=MAX_LEVELS):
        target = entry.get_dest()
        page = target.get_index() if target else None
        if page is not None:
            levels.setdefault((_bare(entry.get_title()), page + 1), entry.level + 1)
    return levels


def _bare(text: str) -> str:
    return "".join(text.split()).casefold()
