"""Word files before 2007."""

from __future__ import annotations

from ingest.errors import UnreadableFile
from ingest.types import Reading


def read(data: bytes) -> Reading:
    raise UnreadableFile("chưa hỗ trợ đọc tệp .doc")
