"""`python -m evals.retrieval.convert alqac2022 DIR OUT`: another evaluation set's files as a collection in OUT.

Then `python -m evals run retrieval --corpus OUT/corpus.jsonl --queries OUT/queries.jsonl --qrels OUT/qrels.tsv`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evals.retrieval.collection import Article


def alqac2022(folder: Path, out: Path) -> None:
    """From `law.json`, where the first line of an article is its title, and `question.json`."""
    laws = json.loads((folder / "law.json").read_text(encoding="utf-8"))
    questions = json.loads((folder / "question.json").read_text(encoding="utf-8"))
    answers = ((q["id"], _id(a["law_id"], a["article_id"])) for q in questions for a in q["relevant_articles"])
    out.mkdir(parents=True, exist_ok=True)
    _write_lines(out / "corpus.jsonl", map(_json, map(asdict, _articles(laws))))
    _write_lines(out / "queries.jsonl", (_json({"id": q["id"], "text": q["text"]}) for q in questions))
    _write_lines(out / "qrels.tsv", (f"{question}\t{article}\t1" for question, article in answers))


def _articles(laws: Iterable[dict[str, Any]]) -> Iterator[Article]:
    for law in laws:
        for article in law["articles"]:
            title, _, text = article["text"].partition("\n")
            source = f"Điều {article['id']} {law['id']}"
            yield Article(_id(law["id"], article["id"]), title.strip(), text.strip(), source)


def _id(law: str, article: str) -> str:
    return f"{law}%{article}"


def _json(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


SETS: dict[str, Callable[[Path, Path], None]] = {"alqac2022": alqac2022}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.retrieval.convert", description=__doc__)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the set's files are")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the collection")
    options = parser.parse_args(argv)
    SETS[options.set](options.folder, options.out)


if __name__ == "__main__":
    main()
