"""A generation made from the last one and a change is to a search what a whole build would be, edit after edit."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import index, vectors
from ingest.errors import StorageProblem
from ingest.generations import storage, verify_in_new_process
from ingest.index import Generation, Row, open_generation
from ingest.manifest import Recipe
from tests.fakes import BagOfWords

EMBEDDER = BagOfWords(16)
RECIPE = Recipe("g000001", "hash", EMBEDDER.model_id, EMBEDDER.dimensions, "1")

# A document is its passages, each the words of its heading and its own; passages of no words have no vector.
Texts = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
WORD = st.sampled_from(["thuế", "phí", "đất", "nhà", "hộ", "tịch"])
HEADING = st.sampled_from([(), ("chương",), ("điều", "chương")])
DOCUMENT = st.lists(st.tuples(HEADING, st.lists(WORD, max_size=5).map(tuple)), min_size=1, max_size=5).map(tuple)
CORPUS = st.dictionaries(st.sampled_from("abcdefgh"), DOCUMENT, max_size=8)


class Keys:
    """A state of a document keeps its passages' keys; another state has others."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, Texts], int] = {}

    def rows(self, corpus: Mapping[str, Texts]) -> list[Row]:
        rows = []
        for id_, texts in sorted(corpus.items()):
            first = self._first.setdefault((id_, texts), 1 + 100 * len(self._first))
            rows += [row(first + at, id_, heading, own) for at, (heading, own) in enumerate(texts)]
        return rows


def row(key: int, id_: str, heading: tuple[str, ...], own: tuple[str, ...]) -> Row:
    found = EMBEDDER.encode([" ".join(own), " ".join((*own, *heading))])
    windows = found[found.any(axis=1)] if own else found[:0]
    return Row(key, id_, (id_, "luật"), heading, own, windows)


def change(before: Mapping[str, Texts], after: Mapping[str, Texts]) -> tuple[set[str], dict[str, Texts]]:
    dropped = {id_ for id_ in before if after.get(id_) != before[id_]}
    return dropped, {id_: texts for id_, texts in after.items() if before.get(id_) != texts}


def answers(generation: Generation, about: Callable[..., object] = lambda scores, **_: scores) -> dict[str, object]:
    """All that a search sees; `about` is how to compare scores."""
    sections, words = (
        generation.sections,
        ["thuế", "phí", "đất", "nhà", "hộ", "tịch", "chương", "điều", "luật", *"abcdefgh"],
    )
    near = {word: generation.search_vectors(EMBEDDER.encode_query(word), 4) for word in words}
    return {
        "documents": sections.forward.documents,
        "keys": sections.forward.keys.tolist(),
        "section of": sections.section_of.tolist(),
        "document of": sections.document_of.tolist(),
        "words": {w: [(h.key, about(h.score)) for h in generation.search_words([w, "phí"], 50)] for w in words},
        "frequency": [generation.document_frequency(word) for word in words],
        "windows": generation.windows.tolist(),
        "windows of": generation.windows_of.tolist(),
        "vectors": (generation.vectors, generation.vector_keys()),
        "near": {word: about([hit.score for hit in hits], abs=1e-5) for word, hits in near.items()},
    }


@pytest.mark.parametrize("rebuilt_at", [0.2, 0.7])  # Chroma made anew often, and its deletions used more
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(states=st.lists(CORPUS, min_size=2, max_size=3))
def test_a_change_gives_what_a_whole_build_gives(
    tmp_path_factory: pytest.TempPathFactory, rebuilt_at: float, states: list[dict[str, Texts]]
) -> None:
    folder, keys = tmp_path_factory.mktemp("delta"), Keys()
    index.build(folder / "0", RECIPE, keys.rows(states[0]))
    for at, (before, after) in enumerate(pairwise(states), start=1):
        dropped, new = change(before, after)
        with mock.patch.object(index, "REBUILT_AT", rebuilt_at):
            index.update(folder / str(at - 1), folder / str(at), RECIPE, dropped, keys.rows(new))
        index.build(folder / f"whole-{at}", RECIPE, keys.rows(after))
        with (
            closing(open_generation(folder / str(at))) as changed,
            closing(open_generation(folder / f"whole-{at}")) as whole,
        ):
            assert answers(changed) == answers(whole, pytest.approx)


MANY = {f"bc-{number:03}": (((), (f"w{number}", "phí")), (("h",), ("đất", f"v{number}"))) for number in range(60)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    index.build(folder / "g000001", RECIPE, Keys().rows(MANY))
    return folder / "g000001"


def test_a_document_under_another_id_keeps_its_keys(built: Path, tmp_path: Path) -> None:
    """Two documents of one number: the first goes, the second takes its id."""
    moved = [replace(each, document="bc-000") for each in Keys().rows(MANY) if each.document == "bc-001"]
    index.update(built, tmp_path / "g000002", RECIPE, {"bc-000", "bc-001"}, moved)
    with closing(open_generation(tmp_path / "g000002")) as generation:
        assert generation.size == 118
        assert [hit.key for hit in generation.search_words(["w1"], 5, ["bc-000"])] == [moved[0].key]
        assert {
            hit.key for hit in generation.search_vectors(moved[0].vectors[0].astype(np.float32), 5, ["bc-000"])
        } == {each.key for each in moved}
    verify_in_new_process(tmp_path / "g000002")


def test_what_was_taken_out_is_counted_until_the_graph_is_made_anew(built: Path, tmp_path: Path) -> None:
    previous, stale = built, []
    for number in range(5):
        directory = tmp_path / f"g00000{number + 2}"
        index.update(previous, directory, RECIPE, {f"bc-{at:03}" for at in range(3 * number, 3 * number + 3)}, [])
        stale.append(index.manifests.read(directory).stale)
        previous = directory
    assert stale == [6, 12, 18, 0, 6]


def test_the_copied_generation_stays_as_it_is(built: Path, tmp_path: Path) -> None:
    before = index.manifests.fingerprints(built)
    index.update(built, tmp_path / "g000002", RECIPE, {"bc-005"}, [row(9_999, "moi", ("h",), ("mới",))])
    assert index.manifests.fingerprints(built) == before
    with closing(open_generation(built)) as generation:
        assert generation.size == 120


def test_a_full_disk_while_copying_is_a_storage_problem(built: Path, tmp_path: Path) -> None:
    full = OSError(28, os.strerror(28))
    with (
        mock.patch.object(vectors.shutil, "copyfile", side_effect=full),
        pytest.raises(StorageProblem, match="No space"),
        storage(tmp_path),
    ):
        index.update(built, tmp_path / "g000002", RECIPE, {"bc-005"}, [])
