"""Old office files through the programs that know them: LibreOffice, which keeps fonts, tables and numbering, and
antiword, which needs a hundredth of the time and keeps less.

The files are strangers': a program runs without a shell, with a profile and a folder of its own, for a limited time,
and LibreOffice with macros and links to elsewhere off. It needs 0.8 GB of address space for the largest file met.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from ingest.errors import UnreadableFile

SECONDS = 120
"""The largest of the transcribed files, 170 pages with drawings, takes ten."""

INSTALL = "sudo apt install libreoffice-writer"

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"""
"""What a profile starts with: no macros, nothing fetched, links never brought up to date."""


def to_docx(data: bytes, suffix: str) -> bytes | None:
    """A file with the extension `suffix` (`.doc`) as docx; None where LibreOffice isn't installed. Raises
    `UnreadableFile` where it can't open the file or takes too long."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="hoidap-office-") as name:
        folder = Path(name)
        given, made, profile = folder / f"given{suffix}", folder / "given.docx", folder / "profile"
        given.write_bytes(data)
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
        options = ["--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation={profile.as_uri()}"]
        _, said = run([program, *options, "--convert-to", "docx:MS Word 2007 XML", "--outdir", name, str(given)])
        if not made.exists():
            raise UnreadableFile(_refusal("LibreOffice", suffix)) from ValueError(said)
        return made.read_bytes()


def to_text(data: bytes) -> str | None:
    """A Word file's text by antiword, a paragraph a line and table rows as `|cell |cell |`; None where antiword isn't
    installed. Raises `UnreadableFile` as `to_docx` does."""
    program = shutil.which("antiword")
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="hoidap-antiword-") as name:
        given = Path(name) / "given.doc"
        given.write_bytes(data)
        text, said = run([program, "-m", "UTF-8.txt", "-w", "0", str(given)])
    if not text.strip():
        raise UnreadableFile(_refusal("antiword", ".doc")) from ValueError(said)
    return text.decode(errors="replace")


def run(command: list[str]) -> tuple[bytes, str]:
    """What a program printed, and what it complained of. Raises `UnreadableFile` where it takes too long."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as problem:
        raise UnreadableFile(
            f"đọc tệp lâu quá {SECONDS} giây nên đã dừng; hãy mở tệp bằng Word, lưu lại dạng .docx rồi nạp lại"
        ) from problem
    return done.stdout, done.stderr.decode(errors="replace")[-500:]


def _refusal(program: str, suffix: str) -> str:
    return (
        f"chương trình {program} không mở được tệp {suffix}: tệp bị hỏng, bị cắt cụt hoặc được đặt mật khẩu; "
        "hãy mở bằng Word, lưu lại dạng .docx rồi nạp lại"
    )
