"""An office package (docx, xlsx, odt): its limits, checked before anything is unpacked, and its XML parts."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import Literal

from lxml import etree

from ingest.errors import UnreadableFile

MAX_ENTRIES = 10_000
MAX_XML_BYTES = 40 * 1024 * 1024
"""Of one XML part. A tree takes about twenty times its text in memory, so this is some 800 MB; a law of three
hundred pages has 5 MB."""
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_RATIO = 200
RATIO_FLOOR = 10 * 1024 * 1024
"""Office XML packs to a fiftieth at the most; below this size the ratio does no harm."""

ENCRYPTED_FLAG = 0x1
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN_PART = "word/document.xml"

PARTS: tuple[tuple[str, Literal["docx", "xlsx", "odt"]], ...] = (
    (MAIN_PART, "docx"), ("xl/workbook.xml", "xlsx"), ("content.xml", "odt"),
)  # fmt: skip
"""The part that tells what a package is."""

BROKEN = "tệp bị hỏng, không mở được gói bên trong; hãy mở bằng phần mềm đã tạo ra tệp, sửa chữa rồi lưu lại"


def package_format(data: bytes) -> Literal["docx", "xlsx", "odt"]:
    """Raises `UnreadableFile` for a zip that is something else, breaks a limit, or is damaged."""
    with open_package(data) as package:
        names = package.namelist()
    for name, format_ in PARTS:
        if name in names:
            return format_
    if any(name.startswith("ppt/") for name in names):
        raise UnreadableFile("định dạng PowerPoint (.pptx) chưa được hỗ trợ; hãy lưu lại nội dung dạng .docx")
    raise UnreadableFile("đây là tệp nén; hãy giải nén rồi nạp từng tệp bên trong")


def open_package(data: bytes) -> zipfile.ZipFile:
    """An opened zip whose declared sizes are within the limits; reading never yields more than was declared."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as problem:
        raise UnreadableFile(BROKEN) from problem
    entries = package.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    bloated = unpacked > RATIO_FLOOR and unpacked > MAX_RATIO * len(data)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED_BYTES or bloated:
        raise UnreadableFile(
            f"gói nén bung ra quá lớn ({len(entries)} mục, {unpacked // 1_048_576} MB), có thể là bom nén; "
            "hãy kiểm tra nguồn của tệp và tách nhỏ nội dung"
        )
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise UnreadableFile("tệp được đặt mật khẩu; hãy gỡ mật khẩu rồi lưu lại")
    return package


def part(package: zipfile.ZipFile, name: str) -> etree._Element | None:
    """The tree of an XML part, or None where the package has no such part. External entities are never followed."""
    try:
        entry = package.getinfo(name)
    except KeyError:
        return None
    if entry.file_size > MAX_XML_BYTES:
        raise UnreadableFile(
            f"phần {posixpath.basename(name)} trong tệp quá lớn ({entry.file_size // 1_048_576} MB, giới hạn "
            f"{MAX_XML_BYTES // 1_048_576} MB); hãy tách văn bản thành các phần nhỏ hơn"
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(package.read(entry).replace(STRICT, TRANSITIONAL), parser)
    except (zipfile.BadZipFile, EOFError, etree.XMLSyntaxError) as problem:
        raise UnreadableFile(BROKEN) from problem
