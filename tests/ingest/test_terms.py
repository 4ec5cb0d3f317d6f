"""The word side of a generation: BM25 by hand, and changes that give what a fresh build gives."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import terms
from ingest.sections import Sections
from ingest.terms import Row

NO_VECTORS = np.zeros((0, 4), dtype=np.float32)


def row(key: int, document: str, own: str, heading: str = "", name: str = "") -> Row:
    return Row(key, document, tuple(name.split()), tuple(heading.split()), tuple(own.split()), NO_VECTORS)


def built(folder: Path, rows: list[Row]) -> Sections:
    terms.build(folder, rows)
    return Sections(folder)


def test_neighbours_under_one_heading_are_a_section(tmp_path: Path) -> None:
    sections = built(tmp_path, [row(1, "a", "x", "h"), row(2, "a", "y", "h"), row(3, "a", "z", "g"), row(4, "b", "x")])
    assert len(sections) == 3
    assert sections.section_of.tolist() == [0, 0, 1, 2]
    assert sections.document_of.tolist() == [0, 0, 1]


def test_a_long_run_is_cut(tmp_path: Path) -> None:
    long = " ".join(["x"] * (terms.SECTION_WORDS // 2))
    assert len(built(tmp_path, [row(key, "a", long, "h") for key in range(5)])) == 3


def test_bm25_as_the_formula_says(tmp_path: Path) -> None:
    sections = built(tmp_path, [row(1, "a", "x y y"), row(2, "b", "y z", heading="x")])
    scores = sections.scores(sections.ids(["x", "z", "unknown"]))
    average = (3 + 4) / 2

    def weight(frequency: float, length: float, holding: int) -> float:
        norm = terms.K1 * (1 - terms.B + terms.B * length / average)
        return math.log1p((2 - holding + 0.5) / (holding + 0.5)) * frequency * (terms.K1 + 1) / (frequency + norm)

    expected = [weight(1, 3, 2), weight(terms.HEADING_WEIGHT, 4, 2) + weight(1, 4, 1)]
    assert scores.tolist() == pytest.approx(expected)


def test_frequency_counts_passages_with_what_stands_above_them(tmp_path: Path) -> None:
    sections = built(tmp_path, [row(1, "a", "x", "h", "n"), row(2, "a", "y", "h", "n"), row(3, "b", "h")])
    assert [sections.frequency(word) for word in ("x", "h", "n", "?")] == [1, 3, 2, 0]


def test_search_keeps_to_the_documents_given(tmp_path: Path) -> None:
    sections = built(tmp_path, [row(1, "a", "x"), row(2, "b", "x"), row(3, "c", "y")])
    assert [hit.key for hit in sections.search(["x"], 5)] == [1, 2]
    assert [hit.key for hit in sections.search(["x"], 5, ["b", "gone"])] == [2]
    assert sections.search(["?"], 5) == []


def test_nothing_at_all(tmp_path: Path) -> None:
    sections = built(tmp_path, [])
    assert len(sections) == 0
    assert sections.search(["x"], 3) == []


WORD = st.sampled_from("xyzuvw")
TEXT = st.lists(WORD, max_size=6).map(tuple)
DOCUMENT = st.lists(st.tuples(st.sampled_from([(), ("h",), ("g", "h")]), TEXT), min_size=1, max_size=4)
CORPUS = st.dictionaries(st.sampled_from("abcdef"), DOCUMENT, max_size=5)


def rows_of(corpus: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]], first: int) -> list[Row]:
    return [
        Row(first + 100 * ord(id_) + at, id_, (id_, "x"), heading, own, NO_VECTORS)
        for id_, passages in sorted(corpus.items())
        for at, (heading, own) in enumerate(passages)
    ]


@settings(max_examples=60, deadline=None)
@given(before=CORPUS, after=CORPUS)
def test_an_update_gives_what_a_fresh_build_gives(tmp_path_factory: pytest.TempPathFactory, before, after) -> None:
    folder = tmp_path_factory.mktemp("terms")
    terms.build(folder / "old", rows_of(before, 0))
    changed = {id_: passages for id_, passages in after.items() if before.get(id_) != passages}
    dropped = {id_ for id_ in before if before[id_] != after.get(id_)}
    terms.update(folder / "old", folder / "new", dropped, rows_of(changed, 0))
    new, fresh = Sections(folder / "new"), built(folder / "fresh", rows_of(after, 0))
    assert new.forward.documents == fresh.forward.documents
    assert new.forward.keys.tolist() == fresh.forward.keys.tolist()
    assert new.section_of.tolist() == fresh.section_of.tolist()
    for word in "xyzuvwabcdefgh":
        assert new.frequency(word) == fresh.frequency(word)
        assert new.scores(new.ids([word])).tolist() == pytest.approx(fresh.scores(fresh.ids([word])).tolist())
