"""Files that are no plain files, names that are no plain names, and files that change while they are read."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from evals.reading.hostile.case import SENTENCE, TEXT, Case

CHANGING = "changes-while-read.txt"


def cases() -> list[Case]:
    """Only what this operating system and this user can make."""
    text = TEXT.encode()
    found = [
        Case(CHANGING, lambda path: path.write_bytes(text), reason="bị thay đổi|rỗng", holds=SENTENCE),
        Case("sparse-terabyte.txt", _sparse, reason="quá lớn"),
        Case("name with\na newline.txt", lambda path: path.write_bytes(b"1" + text), holds=SENTENCE),
        Case("gnp.\u202etxt.docx", lambda path: path.write_bytes(b"2" + text), holds=SENTENCE),
        Case("n" * 251 + ".txt", lambda path: path.write_bytes(b"3" + text), holds=SENTENCE),
        Case(
            "báo cáo".encode("cp1258", "replace").decode("utf-8", "surrogateescape") + ".txt", _text_4, holds=SENTENCE
        ),
    ]
    if os.name == "posix":
        found += [
            Case("link-to-itself.txt", lambda path: path.symlink_to(path.name), reason="liên kết"),
            Case("link-to-nowhere.txt", lambda path: path.symlink_to("nowhere"), reason="liên kết"),
            Case("link-to-zeros.txt", lambda path: path.symlink_to("/dev/zero"), reason="tệp thường"),
            Case("pipe.txt", os.mkfifo, reason="tệp thường"),
            Case("socket.txt", _socket, reason="tệp thường"),
        ]
        if os.geteuid() != 0:  # root may read everything
            found.append(Case("unreadable.txt", _unreadable, reason="quyền đọc"))
    return found


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def _text_4(path: Path) -> None:
    path.write_bytes(b"4" + TEXT.encode())


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(os.path.relpath(path))  # a longer name than a socket may have, when absolute


def _unreadable(path: Path) -> None:
    path.write_bytes(TEXT.encode())
    path.chmod(0)
