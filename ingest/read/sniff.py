"""What a file is, from its bytes. Real files carry wrong extensions: OLE named `.docx`, docx named `.doc`."""

from __future__ import annotations

import codecs
import json
import re
import struct
from typing import Literal

from ingest.errors import UnreadableFile
from ingest.read import archive

Format = Literal[
    "docx", "doc", "rtf", "odt", "pdf", "xlsx", "xls", "html", "markdown", "text", "procedure"
]  # fmt: skip

HEAD = 65_536
"""Bytes looked at to tell marked-up text from plain text."""

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "đây là tệp ảnh, cần nhận dạng chữ (OCR) trước khi nạp; hãy dùng bản văn bản gốc"),
    (b"\xff\xd8\xff", "đây là tệp ảnh, cần nhận dạng chữ (OCR) trước khi nạp; hãy dùng bản văn bản gốc"),
    (b"GIF8", "đây là tệp ảnh, cần nhận dạng chữ (OCR) trước khi nạp; hãy dùng bản văn bản gốc"),
    (b"II*\x00", "đây là tệp ảnh, cần nhận dạng chữ (OCR) trước khi nạp; hãy dùng bản văn bản gốc"),
    (b"MM\x00*", "đây là tệp ảnh, cần nhận dạng chữ (OCR) trước khi nạp; hãy dùng bản văn bản gốc"),
    (b"Rar!", "đây là tệp nén; hãy giải nén rồi nạp từng tệp bên trong"),
    (b"7z\xbc\xaf", "đây là tệp nén; hãy giải nén rồi nạp từng tệp bên trong"),
    (b"\x1f\x8b", "đây là tệp nén; hãy giải nén rồi nạp từng tệp bên trong"),
)
"""First bytes of what is known and not read, each with the reason shown."""

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

OLE_STREAMS: tuple[tuple[str, Format], ...] = (("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"))
OLE_REFUSED: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "tệp được đặt mật khẩu; hãy gỡ mật khẩu rồi lưu lại dạng .docx"),
    ("PowerPoint Document", "định dạng PowerPoint (.ppt) chưa được hỗ trợ; hãy lưu lại nội dung dạng .docx"),
)
"""Streams that tell what an OLE file is; the refused ones come first: an encrypted docx is an OLE file too."""

HTML_ROOT = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
HTML_FRAGMENT = re.compile(
    r"\s*<(?:article|blockquote|center|div|dl|font|form|h[1-6]|link|main|meta|ol|p|section|span|style|table|title|ul)\b",
    re.IGNORECASE,
)
MARKDOWN_MARK = re.compile(r"^#{1,6} +\S|^ {0,3}\|?(?: *:?-{3,}:? *\|)+ *(?::?-{3,}:? *)?$", re.MULTILINE)
"""An ATX heading or the rule under a table's header: marks that plain Vietnamese text does not carry by chance."""


PORTAL_KEY = re.compile(rb'"thu_tuc_id"\s*:')


def format_of(data: bytes, suffix: str) -> Format:
    """The format of a file; `suffix` only tells Markdown without marks from plain text. Raises `UnreadableFile`."""
    _refuse_known(data)
    return _binary_format(data) or _text_format(data, suffix)


def _binary_format(data: bytes) -> Format | None:
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(OLE_MAGIC):
        return _ole_format(data)
    if data.startswith(b"PK\x03\x04"):
        return archive.package_format(data)
    return "rtf" if data.startswith(b"{\\rtf") else None


def _text_format(data: bytes, suffix: str) -> Format:
    head = _head(data)
    bare = _uncommented(head)
    if HTML_ROOT.match(bare):
        return "html"
    if _is_procedure(data, bare):
        return "procedure"
    _refuse_data(data, bare)
    if suffix.lower() in {".md", ".markdown"}:
        return "markdown"
    if HTML_FRAGMENT.match(bare):
        return "html"
    return "markdown" if MARKDOWN_MARK.search(head) else "text"


def _refuse_known(data: bytes) -> None:
    for magic, reason in MAGIC:
        if data.startswith(magic):
            raise UnreadableFile(reason)


def _refuse_data(data: bytes, head: str) -> None:
    """Data is no document: its keys and braces would be cited as if they were text."""
    if head.lstrip().startswith("<?xml"):
        raise UnreadableFile(
            "đây là tệp dữ liệu XML, không phải văn bản; hãy xuất nội dung ra dạng .docx, .html hoặc .txt"
        )
    if head.lstrip().startswith(("{", "[")):
        try:
            json.loads(data)
        except ValueError:
            return
        raise UnreadableFile(
            "đây là tệp dữ liệu JSON, không phải văn bản; hãy xuất nội dung ra dạng .docx, .html hoặc .txt"
        )


def _ole_format(data: bytes) -> Format:
    streams = _streams(data)
    for name, reason in OLE_REFUSED:
        if name in streams:
            raise UnreadableFile(reason)
    for name, format_ in OLE_STREAMS:
        if name in streams:
            return format_
    raise UnreadableFile(
        "định dạng tài liệu cũ (OLE) không nhận ra được; hãy mở bằng phần mềm gốc rồi lưu lại dạng .docx"
    )


def _streams(data: bytes) -> set[str]:
    """The streams of an OLE file itself, not those of documents embedded in it."""
    import olefile

    try:
        with olefile.OleFileIO(data) as file:
            return {path[0] for path in file.listdir() if len(path) == 1}
    except (OSError, ValueError, IndexError, struct.error) as problem:
        raise UnreadableFile("tệp bị hỏng hoặc bị cắt cụt; hãy mở bằng phần mềm gốc rồi lưu lại") from problem


def _is_procedure(data: bytes, head: str) -> bool:
    """A record of the national portal of administrative procedures, whole or cut: never text to be indexed as it is."""
    return head.lstrip().startswith("{") and PORTAL_KEY.search(data) is not None


def _head(data: bytes) -> str:
    """Enough of the text to see markup in it; only its ASCII characters count."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    head = data[:HEAD].removeprefix(codecs.BOM_UTF8)
    text = head.decode("utf-16" if wide else "latin-1", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _uncommented(markup: str) -> str:
    """Markup without its comments. Not by a pattern: that takes quadratic time where none is closed."""
    before, *opened = markup.split("<!--")
    return before + "".join(comment.partition("-->")[2] for comment in opened)
