"""`python -m evals run SUITE` and `python -m evals train MODEL`: figures for people, and as JSON for programs."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.bootstrap import CORPUS, Assistant, open_assistant, open_writing
from assistant.config import Settings
from evals import ledger, procedures
from evals.reading.suite import MEASUREMENTS, run_reading
from evals.retrieval import peers, suite
from evals.retrieval.collection import BadCollection
from evals.retrieval.variants import VARIANTS
from evals.sentences import FILE as XQUAD
from evals.sentences import run_sentences
from evals.speed import answer_speed, seconds_to_change, seconds_until_ready
from evals.suites import FOLDER, Result, answer_metrics, load, run_answers, typed
from ingest.errors import HoidapError

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"
CASES = ("seed", "bundled", "procedures", "nearmiss", "followups")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["train"]:
        from evals.train import main as train

        train(arguments[1:])
        return 0
    options = _parser().parse_args(arguments)
    try:
        result = options.measure(options)
    except (BadCollection, HoidapError) as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        options.json.write_text(json.dumps({"suite": options.suite, **result}, indent=2), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals")
    run = parser.add_subparsers(dest="command", required=True).add_parser("run", help="measure")
    suites = run.add_subparsers(dest="suite", required=True)
    _answers_arguments(_suite(suites, "answers", _answers, "values, citations and refusals of whole answers"))
    _procedures_arguments(_suite(suites, "procedures", _procedures, "questions about the portal's own records"))
    _ledger_arguments(_suite(suites, "ledger", _ledger, "which targets, results and tasks are found, and how right"))
    _reading_arguments(_suite(suites, "reading", _reading, "how well and how fast files are read"))
    _seed_argument(_suite(suites, "speed", _speed, "milliseconds an answer, seconds until ready"))
    _retrieval_arguments(_suite(suites, "retrieval", suite.run, "how well questions find texts, in any collection"))
    _sentences_arguments(_suite(suites, "sentences", _sentences, "how often the sentence that answers is quoted first"))
    _peers_arguments(_suite(suites, "peers", peers.run, "the same beside what could be had instead"))
    return parser


def _suite(
    suites: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    measure: Callable[[argparse.Namespace], Mapping[str, object]],
    what: str,
) -> argparse.ArgumentParser:
    """A suite's own arguments go on what this gives."""
    parser = suites.add_parser(name, help=what, description=what)
    parser.set_defaults(measure=measure)
    parser.add_argument("--json", type=Path, help="write the figures there")
    return parser


def _answers_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cases", nargs="+", type=Path, help="JSONL files; by default the project's own")
    parser.add_argument("--split", choices=("dev", "held", "all"), default="all", help="halves of the cases, by hash")
    parser.add_argument("--failures", action="store_true", help="print every wrong answer (not of the held half)")
    parser.add_argument("--variant", nargs="+", choices=VARIANTS, default=(), help="ask once more, typed so")
    _seed_argument(parser)


def _procedures_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--records", type=Path, default=SHARED / "procedures", help="folder of the portal's records")
    parser.add_argument("--variant", nargs="+", choices=VARIANTS, default=(), help="ask once more, typed so")
    parser.add_argument("--split", choices=("dev", "held", "all"), default="all", help="halves of the cases, by hash")
    parser.add_argument("--failures", action="store_true", help="print every wrong answer (not of the held half)")


def _ledger_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--failures", action="store_true", help="print what is missed and wrong (not of held documents)"
    )
    _seed_argument(parser)


def _reading_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, default=(), help="these measurements")
    parser.add_argument("--failures", action="store_true", help="print what was read wrongly")


def _seed_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=Path, default=SHARED / "seed", help="folder of the seed report, if there is one")


def _retrieval_arguments(parser: argparse.ArgumentParser) -> None:
    suite.add_arguments(parser, SHARED)
    parser.add_argument("--variant", nargs="+", choices=VARIANTS, default=(), help="ask once more, typed so")
    parser.add_argument("--changes", type=int, default=0, metavar="N", help="time a second run with N changed texts")
    parser.add_argument("--failures", type=int, default=0, metavar="N", help="print the N worst (none that is held)")


def _sentences_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=SHARED, help="the folder with xquad-vi and alqac2022")
    parser.add_argument(
        "--bundled", action="store_true", help="the scorer that ships, which was trained on all of this"
    )
    parser.add_argument("--failures", action="store_true", help="print every question that is answered wrongly")


def _peers_arguments(parser: argparse.ArgumentParser) -> None:
    suite.add_arguments(parser, SHARED)
    peers.add_arguments(parser)


@contextmanager
def _bundled(seed: Path) -> Iterator[tuple[Assistant, Settings]]:
    """An assistant over an index of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        _ingest(settings, seed)
        assistant = open_assistant(settings)
        try:
            yield assistant, settings
        finally:
            assistant.close()


def _ingest(settings: Settings, seed: Path) -> None:
    """A fresh index of the bundled corpus, and of the seed report where it is at hand."""
    writing = open_writing(settings, lambda _step, _done, _total: None)
    writing.corpus()
    if seed.is_dir():
        writing.paths([seed], prune=False)
    writing.catalog.close()


def _answers(options: argparse.Namespace) -> dict[str, object]:
    files = options.cases or [FOLDER / f"{name}.jsonl" for name in CASES if name != "seed" or options.seed.is_dir()]
    metrics: dict[str, dict[str, float]] = {}
    with _bundled(options.seed) as (assistant, _):
        for file in files:
            cases = [case for case in load(file) if options.split == "all" or case.held == (options.split == "held")]
            results = run_answers(assistant, cases)
            metrics[file.stem] = answer_metrics(results)
            _print(f"{file.stem} ({options.split})", metrics[file.stem])
            if options.failures:
                _print_failures([result for result in results if not result.right and not result.case.held])
            for variant in options.variant:
                name = f"{file.stem}-{variant}"
                metrics[name] = answer_metrics(run_answers(assistant, [typed(case, variant) for case in cases]))
                print(f"{name}: right {metrics[name]['right']:.3f} (as written {metrics[file.stem]['right']:.3f})")
    return {"metrics": metrics}


def _procedures(options: argparse.Namespace) -> dict[str, object]:
    if not options.records.is_dir():
        raise HoidapError(f"Không có thư mục {options.records}. Đặt --records tới thư mục hồ sơ thủ tục dạng JSON.")
    cases = [
        c for c in procedures.cases(options.records) if options.split == "all" or c.held == (options.split == "held")
    ]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        writing = open_writing(settings, lambda _step, _done, _total: None)
        writing.paths([options.records], prune=False)
        writing.catalog.close()
        assistant = open_assistant(settings)
        try:
            results = run_answers(assistant, cases)
            again = {name: run_answers(assistant, [typed(c, name) for c in cases]) for name in options.variant}
        finally:
            assistant.close()
    metrics = answer_metrics(results)
    metrics |= {f"right_{name}": answer_metrics(each)["right"] for name, each in again.items()}
    for tag in sorted({tag for case in cases for tag in case.tags} - set(again)):
        metrics[f"right_{tag}"] = answer_metrics([r for r in results if tag in r.case.tags])["right"]
    _print(f"procedures ({options.split})", metrics)
    if options.failures:
        _print_failures([result for result in results if not result.right and not result.case.held])
    return {"metrics": metrics}


def _ledger(options: argparse.Namespace) -> dict[str, object]:
    with _bundled(options.seed) as (assistant, _), assistant.shelf.reading() as library:
        found = [(library.document(id_), listed) for id_, listed in ledger.load().items()]
        compared = [ledger.compare(parsed, listed) for parsed, listed in found if parsed is not None]
    halves = {"dev": [c for c in compared if not c.held], "held": [c for c in compared if c.held], "all": compared}
    metrics = {name: ledger.metrics(part) for name, part in halves.items()}
    for name, figures in metrics.items():
        _print(f"ledger ({name})", figures)
    if options.failures:
        print("\n".join(line for each in halves["dev"] for line in ledger.failures(each)))
    return {"metrics": metrics}


def _reading(options: argparse.Namespace) -> dict[str, object]:
    metrics: dict[str, dict[str, float]] = {}
    for name, figures in run_reading(SHARED, options.only, failures=options.failures):
        metrics[name] = figures
        _print(name, figures)
    return {"metrics": metrics}


def _speed(options: argparse.Namespace) -> dict[str, object]:
    cases = load(FOLDER / "bundled.jsonl")
    with _bundled(options.seed) as (assistant, settings):
        metrics = answer_speed(assistant, cases) | {"serve_ready_s": seconds_until_ready(settings.data_dir)}
    metrics |= {"change_s": seconds_to_change(CORPUS)}
    _print("speed", metrics)
    return {"metrics": metrics}


def _sentences(options: argparse.Namespace) -> dict[str, object]:
    if not (options.data / XQUAD).is_file():
        print(f"skipped: {options.data / XQUAD} is not there")
        return {"metrics": {}}
    metrics: dict[str, dict[str, float]] = {}
    if options.bundled:
        print("the bundled scorer was trained on these questions")
        scorer_of = None
    else:
        from evals.train.sentences import scorers

        print("each article is judged by a scorer that was trained on none of its questions")
        scorer_of = scorers(options.data)
    for name, figures in run_sentences(options.data, scorer_of, failures=options.failures):
        metrics[name] = figures
        _print(name, figures)
    return {"metrics": metrics}


def _print(title: str, metrics: dict[str, float]) -> None:
    print(title)
    for name, value in metrics.items():
        print(f"  {name:26} {value:10.3f}")


def _print_failures(results: Sequence[Result]) -> None:
    for result in results:
        case = result.case
        print(f"\n{case.id} {'/'.join(case.tags)}: {' → '.join((*case.history, case.question))}")
        print(f"  expected {case.status} {' + '.join(case.expect)} from {'|'.join(case.document)}")
        print(f"  got {result.status}: {result.text[:300]!r} from {[document for document, _ in result.quotes]}")


if __name__ == "__main__":
    sys.exit(main())
