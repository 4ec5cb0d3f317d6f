"""A run, as it is kept: one folder with everything that its figures come from, and what two of them are compared by.

config.json     the command, version, commit, machine, seconds
manifest.json   of the index that was asked
metrics.json    figures, ranges and what was left out, by suite and group
cases.jsonl     a case a line as it was answered; of a hidden one only the marks
report.html     all of it for people
"""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from evals.bench import Measured
from evals.case import content_hash
from evals.marks import Result
from ingest.errors import HoidapError

Json = Mapping[str, Any]


class BadRun(HoidapError):
    """A folder holds no run that can be read."""


@dataclass(frozen=True, slots=True)
class Run:
    """All that a command measured, by suite; `left_out` are whole suites, and why."""

    command: Sequence[str]
    measured: Mapping[str, Measured]
    left_out: Mapping[str, str] = field(default_factory=dict)
    manifest: Json = field(default_factory=dict)
    url: str | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    commit: str = ""

    def results(self) -> Iterator[tuple[str, str, Result]]:
        """Suite, group and marked case, in order."""
        for suite, measured in self.measured.items():
            for group, results in measured.results.items():
                yield from ((suite, group, result) for result in results)

    def hashes(self) -> dict[str, str]:
        """Of the cases of each suite's group; of right answers typed otherwise, which depend on the run, none."""
        return {
            f"{suite}/{group}": content_hash(result.case for result in results)
            for suite, measured in self.measured.items()
            if suite != "robustness"
            for group, results in measured.results.items()
        }


def now() -> datetime:
    return datetime.now(UTC)


def commit() -> str:
    """The source's commit, with a plus where files have changed since; the version where there is no repository."""
    here = Path(__file__).parent
    try:
        said = [
            subprocess.run(command, cwd=here, capture_output=True, encoding="utf-8", check=True).stdout.strip()  # noqa: S603
            for command in (
                ["git", "rev-parse", "--short=10", "HEAD"],
                ["git", "status", "--porcelain", "--untracked-files=no", ".."],
            )
        ]
    except (OSError, subprocess.CalledProcessError):
        return f"v{metadata.version('hoidap')}"
    return said[0] + ("+" if said[1] else "")


def write(run: Run, out: Path, report: Callable[[Run], str]) -> Path:
    """The new folder under `out`. Never one that is there already. Raises HoidapError where it can't be written."""

    name = f"{run.began:%Y%m%d-%H%M%S}-{run.commit}"
    files = {
        "config.json": _config(run),
        "manifest.json": run.manifest,
        "metrics.json": metrics_json(run),
    }
    try:
        folder = _new(out, name)
        for file, content in files.items():
            (folder / file).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        rows = [json.dumps(_row(*each), ensure_ascii=False) for each in run.results()]
        (folder / "cases.jsonl").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        (folder / "report.html").write_text(report(run), encoding="utf-8")
    except OSError as error:
        raise HoidapError(f"Không ghi được vào {out} ({error.strerror}). Chọn thư mục khác bằng --out.") from error
    return folder


def _new(out: Path, name: str) -> Path:
    for at in range(1, 100):
        folder = out / (name if at == 1 else f"{name}-{at}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if out.exists() and not out.is_dir():
                raise
            continue
        return folder
    raise HoidapError(f"Trong {out} đã có quá nhiều lần chạy cùng lúc. Chọn thư mục khác bằng --out.")


def _config(run: Run) -> Json:
    return {
        "command": list(run.command),
        "began": run.began.isoformat(timespec="seconds"),
        "commit": run.commit,
        "version": metadata.version("hoidap"),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "url": run.url,
        "generation": run.manifest.get("generation"),
        "cases": run.hashes(),
        "seconds": {name: round(spent, 1) for name, spent in run.seconds.items()},
    }


def metrics_json(run: Run) -> Json:
    """By suite: `metrics` and `ranges` by group, and the groups that were left out; and suites that were."""
    suites = {
        name: {
            "metrics": measured.metrics,
            "ranges": measured.ranges,
            "left_out": measured.left_out,
        }
        for name, measured in run.measured.items()
    }
    return {"suites": suites, "left_out": run.left_out}


def _row(suite: str, group: str, result: Result) -> Json:
    why = result.why
    marks = {
        "suite": suite,
        "group": group,
        "id": result.case.id,
        "right": result.right,
        "recognised": result.recognised,
        "values": result.values,
        "cited": result.cited,
        "stage": why[1] if why else None,
        "milliseconds": round(result.delivered.milliseconds, 3),
        "hidden": result.hidden,
    }
    if result.hidden:
        return marks
    got = result.delivered
    told = {"status": got.status, "text": got.text, "citations": got.citations, "error": got.error}
    return marks | {
        "why": why[0] if why else None,
        "unsupported": result.unsupported,
        "case": asdict(result.case),
        "answer": told,
    }


@dataclass(frozen=True, slots=True)
class Kept:
    """A run read back: its figures, its cases' hashes, and its marked cases by suite, group and id."""

    name: str
    hashes: Mapping[str, str]
    metrics: Json
    cases: Mapping[tuple[str, str, str], Json]


def read(folder: Path) -> Kept:
    """Raises BadRun."""
    try:
        config, metrics = (
            json.loads((folder / name).read_text(encoding="utf-8")) for name in ("config.json", "metrics.json")
        )
        lines = (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()
        rows = {(row["suite"], row["group"], row["id"]): row for row in map(json.loads, lines)}
        return Kept(folder.name, config["cases"], metrics["suites"], rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadRun(
            f"{folder} không phải thư mục của một lần chạy ({error}). Chọn một thư mục trong runs/."
        ) from error
