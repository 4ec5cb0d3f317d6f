"""Words are the same whoever cuts them: this process the first few passages, its children the rest."""

from __future__ import annotations

import os
import signal

import pytest

from ingest import cutter
from ingest.cutter import Cutter, cut, split
from ingest.errors import HoidapError
from ingest.passages import Fields, indexed

PASSAGES = [
    Fields("Nghị quyết 05-NQ/TU", "Mục tiêu\nĐến năm 2025", "Trên 90% hồ sơ được giải quyết đúng hạn."),
    Fields("Nghị quyết 05-NQ/TU", "", "***"),  # no word
    Fields("", "", "Dòng một\nDòng hai\t\u2028 sau dấu lạ"),
    Fields("Luật Hộ tịch", "Điều 1", ""),
    Fields("", "", ""),
]


def test_words_come_back_as_they_were_cut() -> None:
    for passage, lines in zip(PASSAGES, cut(PASSAGES), strict=True):
        expected = indexed(passage)
        assert split(lines) == (expected.name, expected.heading, expected.own)


def test_children_cut_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutter, "WORTHWHILE", len(PASSAGES))
    with Cutter() as cutting:
        batches = [cutting.submit(PASSAGES[: number % 6]) for number in range(20)]
        assert [batch.result() for batch in batches] == [cut(PASSAGES[: number % 6]) for number in range(20)]
        assert 1 <= len(cutting._started) <= cutter.WORKERS
    assert all(child._process.poll() == 0 for child in cutting._started)


def test_a_child_that_dies_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutter, "WORTHWHILE", 0)
    monkeypatch.setattr(cutter, "WORKERS", 1)
    with Cutter() as cutting:
        cutting.submit(PASSAGES).result()
        os.kill(cutting._started[0]._process.pid, signal.SIGTERM)
        cutting._started[0]._process.wait()
        with pytest.raises(HoidapError, match="Tiến trình tách từ bị dừng"):
            cutting.submit(PASSAGES).result()
