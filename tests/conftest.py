"""What costs seconds is made once: the bundled models, and a data folder with the bundled corpus."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.bootstrap import Assistant, open_assistant, open_writing
from assistant.config import Settings
from ingest.embed import Embedder, StaticEmbedder
from ingest.intake import silent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("CI") != "true":
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="slow: runs with CI=true"))


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The bundled model."""
    return StaticEmbedder()


@pytest.fixture(scope="session")
def corpus_data(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A data folder with the bundled corpus ingested. Nobody may open it: take a copy (`data`)."""
    folder = tmp_path_factory.mktemp("corpus") / "data"
    writing = open_writing(Settings(data_dir=folder), silent, lambda: embedder)
    report = writing.corpus()
    writing.catalog.close()
    assert {outcome.status for outcome in report.outcomes} == {"added"}
    return folder


@pytest.fixture
def data(corpus_data: Path, tmp_path: Path) -> Path:
    """A copy of the corpus's data folder, to write to and to damage."""
    return Path(shutil.copytree(corpus_data, tmp_path / "data"))


@pytest.fixture(scope="session")
def assistant(corpus_data: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the bundled corpus, for everyone who only asks."""
    folder = Path(shutil.copytree(corpus_data, tmp_path_factory.mktemp("assistant") / "data"))
    opened = open_assistant(Settings(data_dir=folder), lambda: embedder)
    yield opened
    opened.close()
