"""Excel workbooks before 2007."""

from __future__ import annotations

from ingest.errors import UnreadableFile
from ingest.types import Reading


def read(data: bytes) -> Reading:  # noqa: ARG001
    raise UnreadableFile("chưa hỗ trợ đọc tệp .xls")
