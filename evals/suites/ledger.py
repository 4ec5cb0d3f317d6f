"""`python -m evals run ledger`: which targets, results and tasks are found, against a list made by hand."""

from __future__ import annotations

import argparse

from evals import ledger
from evals.bench import Bench, Measured

WHAT = "which targets, results and tasks are found, and how right"
IN_ALL: tuple[str, ...] = ()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--failures", action="store_true", help="print what is missed and wrong (not of held documents)"
    )


def measure(bench: Bench, options: argparse.Namespace) -> Measured:
    with bench.assistant.shelf.reading() as library:
        found = [(library.document(id_), listed) for id_, listed in ledger.load().items()]
        compared = [ledger.compare(parsed, listed) for parsed, listed in found if parsed is not None]
    halves = {"dev": [c for c in compared if not c.held], "held": [c for c in compared if c.held], "all": compared}
    if options.failures:
        print("\n".join(line for each in halves["dev"] for line in ledger.failures(each)))
    return Measured({name: ledger.metrics(part) for name, part in halves.items()})
