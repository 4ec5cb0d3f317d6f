"""Reading: a file becomes its lines and table rows, in reading order, text as met.

One module a format; which one is decided by what the bytes are, never by what the name says. Anything that can't
become text raises `UnreadableFile` with a reason for the user.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.read import doc, docx, html, markdown, odt, pdf, procedure, rtf, sniff, txt, xls, xlsx
from ingest.types import Reading

__all__ = ["MAX_FILE_BYTES", "check_size", "read_file"]

MAX_FILE_BYTES = 64 * 1024 * 1024
"""The largest file in the shared collection of official documents is under 1 MB; scans come to tens of megabytes."""

READERS: dict[sniff.Format, Callable[[bytes], Reading]] = {
    "docx": docx.read,
    "doc": doc.read,
    "rtf": rtf.read,
    "odt": odt.read,
    "pdf": pdf.read,
    "xlsx": xlsx.read,
    "xls": xls.read,
    "html": html.read,
    "markdown": markdown.read,
    "text": txt.read,
    "procedure": procedure.read,
}


def read_file(path: Path) -> Reading:
    """A file read; its blocks are never empty. Raises `UnreadableFile` and nothing else."""
    try:
        data = _load(path)
        reading = READERS[sniff.format_of(data, path.suffix)](data)
    except UnreadableFile:
        raise
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise UnreadableFile(f"không đọc được tệp ({reason}); hãy kiểm tra tệp và quyền truy cập") from problem
    except Exception as problem:  # A parser met what it was not written for: this file is refused, the run goes on.
        raise UnreadableFile(
            f"tệp bị hỏng hoặc có cấu trúc lạ nên không đọc được ({type(problem).__name__}); "
            "hãy mở tệp bằng phần mềm soạn thảo, lưu lại rồi nạp lại"
        ) from problem
    if not reading.blocks:
        raise UnreadableFile("tệp không có nội dung chữ; hãy kiểm tra lại tệp nguồn")
    return reading


def _load(path: Path) -> bytes:
    if not path.is_file():
        raise UnreadableFile("không tìm thấy tệp, hoặc đường dẫn không phải là một tệp; hãy kiểm tra lại đường dẫn")
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile("tệp rỗng (0 byte); hãy tải lại hoặc lưu lại tệp nguồn")
    check_size(size)
    return path.read_bytes()


def check_size(size: int) -> None:
    """Raises `UnreadableFile` for a file of more bytes than are ever read."""
    if size > MAX_FILE_BYTES:
        raise UnreadableFile(
            f"tệp quá lớn ({size // 1_048_576} MB, giới hạn {MAX_FILE_BYTES // 1_048_576} MB); "
            "hãy tách tệp thành các phần nhỏ hơn"
        )
