"""What suites measure on, opened when first needed and shared between them: an index of its own, or a server."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from assistant.bootstrap import Assistant, Writing, open_assistant, open_writing
from assistant.config import Settings
from evals import marks
from evals.asking import InProcess, Json, OverHttp, Respondent
from evals.case import FOLDER, Case, load
from evals.marks import Result
from evals.metrics import Figures, Ranges
from ingest.intake import silent

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


class LeftOut(Exception):
    """A suite, or a part of one, that can't be measured here; the message says why."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a suite found, by group; the group "" is the suite as a whole. `left_out`: groups that weren't measured,
    and why. `results` are the marked cases of a group.
    """

    metrics: Mapping[str, Figures]
    ranges: Mapping[str, Ranges] = field(default_factory=dict)
    results: Mapping[str, Sequence[Result]] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


class Bench:
    """A context: what was opened is closed at its end."""

    def __init__(self, seed: Path, url: str | None = None) -> None:
        self.seed = seed
        self.url = url
        self._open = ExitStack()
        self._respondent: Respondent | None = None
        self._results: dict[tuple[Case, ...], list[Result]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    @property
    def respondent(self) -> Respondent:
        """The server, or the library over the bundled documents, and over the seed report where it is at hand.
        Raises Unreachable."""
        if self._respondent is None:
            if self.url is not None:
                self._respondent = OverHttp(self.url)
                self._respondent.manifest()
            else:
                self._respondent = self._open.enter_context(indexed(self._bundled))
        return self._respondent

    @property
    def assistant(self) -> Assistant:
        """Raises LeftOut where a server is asked."""
        if not isinstance(self.respondent, InProcess):
            raise LeftOut("chỉ đo được khi không dùng --url")
        return self.respondent.assistant

    def _bundled(self, writing: Writing) -> None:
        writing.corpus()
        if self.seed.is_dir():
            writing.paths([self.seed], prune=False)

    @property
    def manifest(self) -> Json:
        """Of the index that was asked; nothing where none was."""
        return self._respondent.manifest() if self._respondent else {}

    def own(self, name: str) -> list[Case]:
        """The project's own cases of a name. Raises LeftOut where the documents that they are about aren't here."""
        if name.endswith("seed") and not self.seed.is_dir() and self.url is None:
            raise LeftOut(f"không có báo cáo mẫu ở {self.seed}")
        cases = load(FOLDER / f"{name}.jsonl")
        if self.url is not None:
            self._check_served(cases)
        return cases

    def _check_served(self, cases: Sequence[Case]) -> None:
        """Raises LeftOut where a case is about documents of which the server has none."""
        wanted = {case.document for case in cases if case.document}
        there = {id_ for id_ in {id_ for ids in wanted for id_ in ids} if self.respondent.document(id_) is not None}
        if lacking := sorted("|".join(ids) for ids in wanted if not there.intersection(ids)):
            raise LeftOut(f"máy chủ không có văn bản {lacking[0]}")

    def results(self, cases: Sequence[Case], *, project: bool) -> list[Result]:
        """Marked answers; the same cases are asked once."""
        key = tuple(cases)
        if key not in self._results:
            self._results[key] = marks.run(self.respondent, cases, project=project)
        return self._results[key]


@contextmanager
def indexed(write: Callable[[Writing], object]) -> Iterator[InProcess]:
    """An assistant over an index of what is written, in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=None)
        writing = open_writing(settings, silent)
        write(writing)
        writing.catalog.close()
        assistant = open_assistant(settings)
        try:
            yield InProcess(assistant, settings)
        finally:
            assistant.close()
