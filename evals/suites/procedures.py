"""`python -m evals run procedures`: questions about the bundled procedures and about the national portal's records."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from evals import marks, procedures
from evals.bench import SHARED, Bench, Measured, indexed
from evals.case import FOLDER, half, load
from evals.suites import asked
from ingest.errors import HoidapError

WHAT = "questions about the bundled procedures and the portal's own records"
IN_ALL: tuple[str, ...] = ()
RECORDS = SHARED / "procedures"


def arguments(parser: argparse.ArgumentParser) -> None:
    asked.arguments(parser)
    parser.add_argument("--records", type=Path, help="folder of the portal's records (JSON), asked by themselves")


def measure(bench: Bench, options: argparse.Namespace) -> Measured:
    found = asked.measure(bench, options, ("procedures",))
    records = options.records or RECORDS
    if options.records and not records.is_dir():
        raise HoidapError(f"Không có thư mục {records}. Đặt --records tới thư mục hồ sơ thủ tục dạng JSON.")
    if options.cases and not options.records:
        return found
    if bench.url or not records.is_dir():
        why = "chỉ đo được khi không dùng --url" if bench.url else f"không có hồ sơ của Cổng dịch vụ công ở {records}"
        return replace(found, left_out={**found.left_out, "portal": why})
    groups = {"portal": procedures.cases(records)}
    if records == RECORDS:
        groups["portal-asked"] = load(FOLDER / "portal.jsonl")
    with indexed(lambda writing: writing.paths([records], prune=False)) as respondent:
        results = {
            name: marks.run(respondent, half(cases, options.split), project=True) for name, cases in groups.items()
        }
    return asked.measured({**found.results, **results}, found.left_out)
