"""Old office files (OLE containers): encrypted ones, and containers that are damaged inside."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from evals.reading.hostile.case import Case, noise, refused

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def cases() -> list[Case]:
    word = ole({"WordDocument": _word(flags=0), "1Table": noise(5_000)})
    return [
        refused(
            "docx-locked.docx",
            "mật khẩu",
            lambda: ole({"EncryptionInfo": noise(4_200), "EncryptedPackage": noise(9_000)}),
        ),
        refused("doc-locked.doc", ".", lambda: ole({"WordDocument": _word(flags=0x100), "1Table": noise(5_001)})),
        refused("doc-of-noise.doc", ".", lambda: word),
        refused("doc-named.docx", ".", lambda: word),
        refused("doc-cut-off.doc", ".", lambda: word[:1_500]),
        refused("doc-head-only.doc", ".", lambda: word[:8]),
        refused("doc-sectors-in-a-circle.doc", ".", lambda: _circle(word)),
        refused("xls-locked.xls", ".", lambda: ole({"Workbook": _book(locked=True)})),
        refused("xls-without-cells.xls", ".", lambda: ole({"Workbook": _book(locked=False)})),
        refused("xls-of-noise.xls", ".", lambda: ole({"Workbook": noise(6_000)})),
        refused("xls-cut-off.xls", ".", lambda: ole({"Workbook": noise(6_000)})[:2_000]),
        refused("slides.ppt", "PowerPoint", lambda: ole({"PowerPoint Document": noise(5_000)})),
        refused("message.msg", ".", lambda: ole({"__properties_version1.0": noise(5_000)})),
    ]


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A container of streams of at least 4,096 bytes each: header, sector of allocations, directory, streams."""
    allocated, body = [TABLE, 2, END], b""
    entries = [_entry("Root Entry", 5, child=1)]
    for number, (name, content) in enumerate(streams.items(), start=1):
        sectors = -(-len(content) // SECTOR)
        start = len(allocated)
        entries.append(
            _entry(name, 2, start=start, size=len(content), right=number + 1 if number < len(streams) else FREE)
        )
        allocated += [*range(start + 1, start + sectors), END]
        body += content.ljust(sectors * SECTOR, b"\0")
    table = struct.pack("<128I", *allocated, *[FREE] * (128 - len(allocated)))
    directory = b"".join(entries).ljust(2 * SECTOR, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    return head + table + directory + body


def _entry(name: str, kind: int, start: int = 0, size: int = 0, child: int = FREE, right: int = FREE) -> bytes:
    written = name.encode("utf-16-le")
    tree = struct.pack("<BBIII", kind, 1, FREE, right, child)
    return (
        written.ljust(64, b"\0")
        + struct.pack("<H", len(written) + 2)
        + tree
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def _circle(container: bytes) -> bytes:
    """Every sector of the first stream leads back to itself."""
    return container[:SECTOR] + struct.pack("<128I", TABLE, 1, *range(2, 128)) + container[2 * SECTOR :]


def _word(flags: int) -> bytes:
    head = struct.pack("<HHHHHH", 0xA5EC, 0x00C1, 0, 0x042A, 0, 0x0200 | flags)
    return head + noise(6_000)


def _book(*, locked: bool) -> bytes:
    begin = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    lock = struct.pack("<HHH", 0x002F, 54, 1) + noise(52) if locked else b""
    return (begin + lock + struct.pack("<HH", 0x000A, 0)).ljust(4_096, b"\0")
