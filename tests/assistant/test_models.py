"""Models by setting, from settings to answers; and the cross-encoder, which the settings may name beside it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from assistant import crossencoder
from assistant.bootstrap import Assistant, Writing, open_assistant, open_writing
from assistant.config import Settings
from assistant.crossencoder import Reranker
from assistant.errors import NotReady
from ingest.errors import ModelProblem
from ingest.intake import silent
from ingest.types import RunReport
from tests.fakes import AsTyped
from tests.tiny_models import save_cross_encoder, save_embedding

QUESTION = "Lệ phí đăng ký kết hôn là bao nhiêu?"
TEXTS = ["Lệ phí đăng ký kết hôn là 30.000 đồng.", "Tỷ lệ hộ nghèo giảm còn 1,2%."]
REPORT = "BÁO CÁO\n\nKết quả năm 2024\n\n1. Thủ tục\n\n{}\n\n2. Giảm nghèo\n\n{}\n".format(*TEXTS)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    save_embedding(folder / "embedding")
    save_cross_encoder(folder / "cross-encoder")
    return folder


@pytest.fixture
def settings(models: Path, tmp_path: Path) -> Callable[..., Settings]:
    """Settings as the environment gives them, the data folder being the same for all of a test."""

    def make(**more: object) -> Settings:
        return Settings(data_dir=tmp_path / "data", embedding_model=str(models / "embedding"), **more)

    return make


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "bao-cao.md"
    file.write_text(REPORT, encoding="utf-8")
    return file


def write(settings: Settings, run: Callable[[Writing], RunReport]) -> RunReport:
    writing = open_writing(settings, silent)
    with closing(writing.catalog):
        return run(writing)


def opened(settings: Settings) -> closing[Assistant]:
    return closing(open_assistant(settings, restorer=AsTyped))


@pytest.mark.parametrize("more", [{}, {"embedding_segmented": True}])
def test_ingest_and_ask_with_the_model_that_the_settings_name(
    settings: Callable[..., Settings], report: Path, more: dict[str, object]
) -> None:
    written = write(settings(**more), lambda writing: writing.paths([report], prune=False))
    assert [outcome.status for outcome in written.outcomes] == ["added"]
    with opened(settings(**more)) as assistant:
        assert "30.000 đồng" in assistant.ask(QUESTION)[0].text
        with assistant.shelf.reading() as library:
            assert library.embedder.model_id.startswith("embedding@")
            assert len(library.search_vectors(library.embedder.encode_query(QUESTION), 10)) == len(library.sections)


def test_an_index_of_another_model_or_manner_is_refused_until_it_is_rebuilt(
    settings: Callable[..., Settings], report: Path
) -> None:
    write(settings(), lambda writing: writing.paths([report], prune=False))
    changed = settings(embedding_query_prefix="hỏi: ")
    with opened(changed) as assistant, pytest.raises(NotReady, match=r"embedding@.*`hoidap rebuild`.*HOIDAP_EMBEDDING"):
        assistant.ask(QUESTION)
    write(changed, lambda writing: writing.rebuild())
    with opened(changed) as assistant:
        assert "30.000 đồng" in assistant.ask(QUESTION)[0].text


def test_a_model_that_is_not_there_is_told_before_anything_is_made(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", embedding_model=str(tmp_path / "none"))
    for open_either in (lambda: open_writing(settings, silent), lambda: open_assistant(settings)):
        with pytest.raises(ModelProblem, match="HOIDAP_EMBEDDING_MODEL"):
            open_either()


def reranker(models: Path, **more: object) -> Reranker:
    loaded = crossencoder.load(Settings(cross_encoder=str(models / "cross-encoder"), **more))
    assert loaded is not None
    return loaded


def plainly(models: Path, *pairs: tuple[str, str]) -> np.ndarray:
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(models / "cross-encoder"), device="cpu", local_files_only=True)
    return model.predict(list(pairs), show_progress_bar=False)


def test_a_text_is_scored_with_the_question(models: Path) -> None:
    scores = reranker(models).scores("Hộ nghèo?", TEXTS)
    assert scores == pytest.approx(plainly(models, *(("Hộ nghèo?", text) for text in TEXTS)), abs=1e-5)
    assert scores[0] != pytest.approx(scores[1], abs=1e-5)
    assert reranker(models).scores("Hộ nghèo?", []).shape == (0,)


def test_segmented_pairs(models: Path) -> None:
    scores = reranker(models, cross_encoder_segmented=True).scores("Hộ nghèo?", ["Ủy ban nhân dân"])
    assert scores == pytest.approx(plainly(models, ("Hộ nghèo ?", "Ủy_ban nhân_dân")), abs=1e-5)


def test_a_long_text_is_as_good_as_its_best_part(models: Path) -> None:
    """60 tokens less three marks and 8 of the question: 49 letters at once."""
    halves = ["một hai ba bốn năm sáu bảy tám chín mười", "không ai biết được ngày mai ra sao"]
    scores = reranker(models).scores("Hộ nghèo?", [" ".join(halves), halves[1], halves[0]])
    best, *each = plainly(models, *(("Hộ nghèo?", half) for half in (*halves, halves[1], halves[0]))).reshape(2, 2)
    assert scores[0] == pytest.approx(best.max(), abs=1e-5)
    assert scores[1:] == pytest.approx(each[0], abs=1e-5)


def test_a_question_that_fills_the_window_still_gets_scores(models: Path) -> None:
    scores = reranker(models).scores("Thế nào là hộ nghèo? " * 10, TEXTS)
    assert np.isfinite(scores).all()
    assert scores.shape == (2,)


def test_questions_at_the_same_time(models: Path) -> None:
    """Threads share one tokenizer, which cuts texts differently for measuring and for scoring."""
    loaded = reranker(models)
    texts = ["lệ phí " * count for count in range(1, 20)]
    expected = loaded.scores("Hộ nghèo?", texts)
    with ThreadPoolExecutor(8) as pool:
        for scores in pool.map(lambda _: loaded.scores("Hộ nghèo?", texts), range(16)):
            assert scores == pytest.approx(expected, abs=1e-5)


def test_a_cross_encoder_is_told_from_other_models(models: Path, tmp_path: Path) -> None:
    assert crossencoder.load(Settings()) is None
    with pytest.raises(ModelProblem, match=r"HOIDAP_CROSS_ENCODER.*không phải mô hình xếp hạng lại"):
        crossencoder.load(Settings(cross_encoder=str(models / "embedding")))
    save_cross_encoder(tmp_path / "three", labels=3)
    with pytest.raises(ModelProblem, match="3 nhãn"):
        crossencoder.load(Settings(cross_encoder=str(tmp_path / "three")))
