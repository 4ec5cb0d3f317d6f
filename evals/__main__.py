"""`python -m evals`: run a suite, compare two runs, make and check files of cases, train a model.

Exit code 0: done; 1: it could not be done, or a file of cases is wrong; 2: the command is not known; 3: a figure broke
its floor or ceiling (`--fail-under`).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from evals import compare, drafts, gate, record, sheet, table
from evals.bench import SHARED, Bench, LeftOut, Measured
from evals.case import checked
from evals.record import Run
from evals.report import report
from evals.retrieval.collection import BadCollection
from evals.suites import APART, SUITES
from ingest.errors import HoidapError

BROKEN = 3


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["train"]:
        from evals.train import main as train

        train(arguments[1:])
        return 0
    options = _parser().parse_args(arguments)
    options.argv = arguments
    try:
        code: int = options.do(options)
    except (BadCollection, HoidapError) as error:
        print(error, file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__, epilog="also: train MODEL")
    commands = parser.add_subparsers(dest="command", required=True)
    suites = commands.add_parser("run", help="measure").add_subparsers(dest="suite", required=True)
    every = _suite(suites, "all", "every suite, in one table", _run)
    every.add_argument("--only", nargs="+", choices=SUITES, help="these suites")
    every.add_argument("--split", choices=("dev", "held", "all"), default="all", help="halves of the cases, by hash")
    for name, suite in SUITES.items():
        suite.arguments(_suite(suites, name, suite.WHAT, _run))
    two = _command(commands, "compare", "what changed between two runs", _compare)
    two.add_argument("before", type=Path, help="folder of a run")
    two.add_argument("after", type=Path, help="folder of another run of the same cases")
    two.add_argument("--json", type=Path, help="write the differences there")
    _command(commands, "new", "an XLSX file to write cases in", _new).add_argument("file", type=Path)
    _command(commands, "check", "whether a file of cases can be used", _check).add_argument("file", type=Path)
    draft = _command(commands, "draft", "answers that users marked wrong, as draft cases", _draft)
    draft.add_argument("file", type=Path, help="a new JSONL file")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    what: str,
    do: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=what, description=what)
    parser.set_defaults(do=do)
    return parser


def _suite(
    suites: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    what: str,
    do: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    """With what every suite takes; its own arguments go on what this gives."""
    parser = _command(suites, name, what, do)
    parser.add_argument("--url", help="ask a running server, such as http://localhost:8000, instead of the library")
    parser.add_argument("--seed", type=Path, default=SHARED / "seed", help="folder of the seed report, if there is one")
    parser.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="keep the run there")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument("--fail-under", type=Path, metavar="TOML", help="floors and ceilings; broken: exit code 3")
    return parser


# --- run ------------------------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    bounds = gate.load(options.fail_under) if options.fail_under else None
    run = measure(options)
    whole = options.suite == "all"
    if not whole and options.suite in run.left_out:
        raise HoidapError(f"{options.suite}: {run.left_out[options.suite]}")
    for name, measured in run.measured.items():
        if not whole:
            print(table.of_suite(name, measured))
        if getattr(options, "failures", False):
            print(table.of_failures([result for results in measured.results.values() for result in results]))
    if whole:
        print(table.of_run(run))
    broken = gate.broken(run, bounds) if bounds else []
    folder = record.write(run, options.out, lambda run: report(run, broken, gated=bounds is not None))
    if options.json:
        _write_json(options, run)
    print(f"\nBáo cáo: {folder / 'report.html'}")
    if broken:
        print("\nKHÔNG ĐẠT:\n" + "\n".join(f"  {each}" for each in broken))
        return BROKEN
    if bounds:
        print("ĐẠT mọi mức sàn và mức trần.")
    return 0


def measure(options: argparse.Namespace) -> Run:
    """The suites that the options name, one after the other on one bench."""
    apart = APART if options.suite == "all" and not options.only else {}
    wanted = [options.suite] if options.suite != "all" else options.only or [n for n in SUITES if n not in apart]
    measured: dict[str, Measured] = {}
    left_out = dict(apart)
    seconds: dict[str, float] = {}
    began = record.now()
    with Bench(options.seed, options.url) as bench:
        for name in wanted:
            start = time.monotonic()
            try:
                measured[name] = SUITES[name].measure(bench, _own(options, name))
            except LeftOut as reason:
                left_out[name] = str(reason)
            seconds[name] = time.monotonic() - start
            if options.suite == "all":
                print(f"{name}: {seconds[name]:.0f} s", file=sys.stderr, flush=True)
        manifest = bench.manifest
    command = ["python", "-m", "evals", *options.argv]
    return Run(command, measured, left_out, manifest, options.url, seconds, began, record.commit())


def _own(options: argparse.Namespace, name: str) -> argparse.Namespace:
    """A suite's own options: as given, or those with which `run all` runs it."""
    if options.suite != "all":
        return options
    parser = argparse.ArgumentParser()
    SUITES[name].arguments(parser)
    own = parser.parse_args(SUITES[name].IN_ALL)
    if hasattr(own, "split"):
        own.split = options.split
    return own


def _write_json(options: argparse.Namespace, run: Run) -> None:
    """Figures under "metrics": those of the suite, or of each of its groups, or of all suites."""
    if options.suite == "all":
        metrics = {name: measured.metrics for name, measured in run.measured.items()}
        intervals = {name: measured.ranges for name, measured in run.measured.items()}
        content = {"metrics": metrics, "intervals": intervals, "left_out": run.left_out}
    else:
        measured = run.measured[options.suite]
        groups = dict(measured.metrics)
        whole = groups.pop("", None)
        content = {"metrics": groups, "intervals": measured.ranges}
        if whole is not None:
            content = {"metrics": whole, "intervals": measured.ranges.get("", {}), "variants": groups}
    split = {"split": options.split} if hasattr(options, "split") else {}
    text = json.dumps({"suite": options.suite, **split, **content}, ensure_ascii=False, indent=2)
    options.json.write_text(text, encoding="utf-8")


# --- the other commands ---------------------------------------------------------------------------------------------


def _compare(options: argparse.Namespace) -> int:
    before, after = record.read(options.before), record.read(options.after)
    found = compare.compare(before, after)
    print(table.of_differences(found))
    if options.json:
        content = json.dumps(compare.as_json(before, after, found), ensure_ascii=False, indent=2)
        options.json.write_text(content, encoding="utf-8")
    return 0


def _new(options: argparse.Namespace) -> int:
    sheet.template(options.file)
    print(
        f"Đã tạo {options.file}. Viết câu hỏi vào trang “Câu hỏi”, rồi kiểm tra: python -m evals check {options.file}"
    )
    return 0


def _check(options: argparse.Namespace) -> int:
    rows, problems = checked(options.file)
    for problem in problems:
        print(problem)
    if problems:
        print(f"\n{len(problems)} chỗ cần sửa trong {options.file.name}.")
        return 1
    print(
        f"{options.file.name}: {len(rows)} câu hỏi, dùng được. Chạy: python -m evals run answers --cases {options.file}"
    )
    return 0


def _draft(options: argparse.Namespace) -> int:
    count = drafts.export(drafts.kept(), options.file)
    print(f"Đã ghi {count} câu nháp vào {options.file}.")
    print(f"Điền kết quả đúng rồi kiểm tra: python -m evals check {options.file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
