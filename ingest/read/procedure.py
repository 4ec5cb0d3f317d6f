"""Records of the national portal of administrative procedures (JSON)."""

from __future__ import annotations

from ingest.errors import UnreadableFile
from ingest.types import Reading


def read(data: bytes) -> Reading:  # noqa: ARG001
    raise UnreadableFile("chưa hỗ trợ đọc bản ghi thủ tục")
