"""Hostile and broken files end as they should, and the files beside them as if they weren't there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from assistant.bootstrap import CORPUS
from evals.reading import hostile
from ingest import index
from ingest.catalog import Catalog
from ingest.find import default_source
from ingest.pipeline import ingest
from tests.fakes import BagOfWords, catalog_url

QUICK = (
    "empty.txt",
    "random-bytes.txt",
    "divs-100000-deep.html",
    "docx-cut-at-50-percent.docx",
    "docx-entity-of-a-file.docx",
    "docx-billion-laughs.docx",
    "docx-of-100-megabytes-of-xml.docx",
    "docx-locked.docx",
    "docx-named.doc",
    "xlsx-merged-over-everything.xlsx",
    "odt-two-billion-spaces.odt",
    "pdf-pages-in-a-circle.pdf",
    "pdf-locked.pdf",
    "secret-mat.txt",
    "secret-in-the-page-header.docx",
    "zip-bomb.zip",
    "zip-names-lead-outside.zip",
    "sparse-terabyte.txt",
    "pipe.txt",
)
"""A case of each kind, none of which takes a second."""


def wrong(endings: list[hostile.Ending]) -> list[tuple[str, str, str]]:
    return [(ending.case, ending.status, ending.detail) for ending in endings if not ending.right]


def test_a_case_of_each_kind(tmp_path: Path) -> None:
    cases = [case for case in hostile.all_cases() if case.name in QUICK]
    hostile.make(tmp_path / "kho", cases)
    (tmp_path / "kho" / "tốt.txt").write_text("KẾ HOẠCH\nSở Nội vụ chủ trì.", encoding="utf-8")
    with closing(Catalog.open(catalog_url(tmp_path / "data"))) as catalog:
        report = ingest(
            [tmp_path / "kho"], data=tmp_path / "data", catalog=catalog, embedder=BagOfWords(), verify=index.verify
        )
        assert report.generation
        texts = {entry.document.id: entry.document.text for entry in catalog.entries(report.generation)}
    good = default_source(tmp_path / "kho" / "tốt.txt")
    assert [o.status for o in report.outcomes if o.source == good] == ["added"]
    assert wrong(list(hostile.judge(cases, tmp_path / "kho", report.outcomes, texts))) == []
    assert not any(hostile.LEAKED in text for text in texts.values())


def test_names_are_unlike() -> None:
    names = [case.name for case in hostile.all_cases()]
    assert len(set(names)) == len(names) >= 60
    assert set(QUICK) <= set(names)


@pytest.mark.slow
def test_all_cases() -> None:
    endings, figures = hostile.run(hostile.all_cases(), CORPUS)
    assert wrong(endings) == []
    assert (figures["good_ingested"], figures["leaks"], figures["left_over"]) == (1, 0, 0)
    assert figures["parent_mb"] < 1024
