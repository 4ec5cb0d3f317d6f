"""Zips: bombs, nests, names that lead outside, entries that are no files."""

from __future__ import annotations

import io
import stat
import zipfile

from evals.reading.hostile.case import TEXT, Case, noise, read, refused
from evals.reading.hostile.word import HONEST, docx

ZEROS = bytes(30 << 20)


def cases() -> list[Case]:
    return [
        refused("zip-bomb.zip", "bom nén", lambda: _zip(("a.txt", ZEROS))),
        refused("zip-bomb-named.docx", "bom nén", lambda: _zip(("word/document.xml", bytes(200 << 20)))),
        refused("zip-bomb-nested.zip", "nhiều lớp", lambda: _zip(("a.zip", _zip(("b.zip", _zip(("c.txt", ZEROS))))))),
        refused("zip-bomb-in-a-zip.zip", "bom nén", lambda: _zip(("a.zip", _zip(("b.txt", ZEROS))))),
        refused("zip-forty-deep.zip", "nhiều lớp", lambda: _deep(40)),
        refused("zip-claims-4-gigabytes.zip", "quá lớn", lambda: _claims(_zip(("a.txt", TEXT.encode())), 0xFFFFFFF0)),
        refused("zip-claims-one-byte.zip", "bị hỏng", lambda: _claims(_zip(("a.txt", TEXT.encode())), 1)),
        refused("zip-overlapping.zip", "bom nén", lambda: _overlapping(4_000)),
        refused("zip-of-60000-files.zip", ".", lambda: _zip(*((f"{n}.txt", b"") for n in range(60_000)))),
        refused("zip-locked.zip", "mật khẩu", lambda: _locked(_zip(("a.txt", TEXT.encode())))),
        refused("zip-cut-off.zip", "bị hỏng", lambda: _zip(("a.txt", noise(5_000)))[:3_000]),
        refused("zip-empty.zip", "không có tệp nào", _zip),
        refused("zip-of-hidden-files.zip", "không có tệp", lambda: _zip(("__MACOSX/a.txt", b"x"), (".b.txt", b"x"))),
        refused("zip-of-a-link.zip", "liên kết", _link),
        read("zip-names-lead-outside.zip", lambda: _zip(("../../../../../../tmp/hoidap-escaped.txt", TEXT.encode()))),
        read("zip-absolute-name.zip", lambda: _zip(("/tmp/hoidap-escaped.txt", f"{TEXT}a".encode()))),  # noqa: S108
        read("zip-named.docx", lambda: _zip(("bao-cao.docx", docx(HONEST * 3)), method=zipfile.ZIP_STORED)),
    ]  # fmt: skip


def _zip(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return packed.getvalue()


def _deep(depth: int) -> bytes:
    packed = _zip(("a.txt", TEXT.encode()))
    for _ in range(depth):
        packed = _zip(("a.zip", packed), method=zipfile.ZIP_STORED)
    return packed


def _claims(packed: bytes, size: int) -> bytes:
    """The zip, its one entry claiming this size in the list of contents."""
    at = packed.index(b"PK\x01\x02") + 24
    return packed[:at] + size.to_bytes(4, "little") + packed[at + 4 :]


def _overlapping(times: int) -> bytes:
    """One packed megabyte of zeros, listed many times."""
    packed = _zip(("a.txt", bytes(1 << 20)))
    start, end = packed.index(b"PK\x01\x02"), packed.index(b"PK\x05\x06")
    listed = packed[start:end] * times
    tail = packed[end : end + 8] + times.to_bytes(2, "little") * 2
    return packed[:start] + listed + tail + len(listed).to_bytes(4, "little") + packed[end + 16 :]


def _locked(packed: bytes) -> bytes:
    changed = bytearray(packed)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[changed.index(magic) + at] |= 1
    return bytes(changed)


def _link() -> bytes:
    link = zipfile.ZipInfo("lien-ket.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return packed.getvalue()
