"""Models named by a setting: how each is found, what it is given, and why it is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from ingest.embed import BUNDLED, StaticEmbedder
from ingest.errors import ModelProblem
from ingest.passages import Fields, Indexed, indexed
from ingest.pretrained import Manner, Wanted, locate, manner
from ingest.transformer import Sizes, TransformerEmbedder, cut, fitting, open_embedder
from tests.tiny_models import LENGTH, save_cross_encoder, save_embedding

SETTING = "HOIDAP_EMBEDDING_MODEL"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_embedding(tmp_path_factory.mktemp("models") / "tiny")


def opened(folder: Path, **said) -> TransformerEmbedder:
    embedder = open_embedder(Wanted(str(folder), SETTING, **said))
    assert isinstance(embedder, TransformerEmbedder)
    return embedder


def plainly(folder: Path, text: str) -> np.ndarray:
    """What the library itself gives for a text."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    return model.encode([text], normalize_embeddings=True, show_progress_bar=False)[0]


@pytest.mark.parametrize(
    ("name", "files", "expected"),
    [
        ("bkai-foundation-models/vietnamese-bi-encoder", {}, Manner(segmented=True, max_length=256)),
        ("/srv/models/PhoRanker", {}, Manner(segmented=True, max_length=256)),  # known by its folder's name too
        (
            "intfloat/multilingual-e5-base",
            {},
            Manner(query_prefix="query: ", passage_prefix="passage: ", max_length=512),
        ),
        ("BAAI/bge-m3", {}, Manner()),
        # unknown, but PhoBERT's tokenizer reads segmented text
        (
            "mine",
            {"tokenizer_config.json": {"tokenizer_class": "PhobertTokenizer"}},
            Manner(segmented=True, max_length=256),
        ),
        (
            "mine",
            {"0_Transformer/config.json": {"tokenizer_class": "PhobertTokenizer"}},
            Manner(segmented=True, max_length=256),
        ),
        # unknown, and says itself what it wants before the texts
        (
            "mine",
            {"config_sentence_transformers.json": {"prompts": {"query": "Hỏi: ", "document": "Văn bản: "}}},
            Manner(query_prefix="Hỏi: ", passage_prefix="Văn bản: "),
        ),
        ("mine", {"config_sentence_transformers.json": {"prompts": {"passage": "p: "}}}, Manner(passage_prefix="p: ")),
        ("mine", {}, Manner()),
    ],
)
def test_how_a_model_wants_its_texts(tmp_path: Path, name: str, files: dict[str, object], expected: Manner) -> None:
    for file, content in files.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(json.dumps(content), encoding="utf-8")
    assert manner(Wanted(name, SETTING), tmp_path) == expected


def test_what_the_user_says_goes_first(tmp_path: Path) -> None:
    wanted = Wanted("intfloat/multilingual-e5-base", SETTING, segmented=True, query_prefix="", max_length=128)
    assert manner(wanted, tmp_path) == Manner(segmented=True, passage_prefix="passage: ", max_length=128)


def test_each_side_has_its_prefix(folder: Path) -> None:
    embedder = opened(folder, query_prefix="hỏi: ", passage_prefix="văn bản: ")
    assert embedder.encode_query("lệ phí?") == pytest.approx(plainly(folder, "hỏi: lệ phí?"), abs=1e-5)
    (vectors,) = embedder.encode_passages([indexed(Fields("Luật Hộ tịch", "Điều 1", "Miễn lệ phí."))])
    assert vectors.shape == (1, embedder.dimensions)
    assert vectors[0] == pytest.approx(plainly(folder, "văn bản: Luật Hộ tịch Điều 1 Miễn lệ phí."), abs=1e-5)


def test_a_models_own_default_prompt_is_not_put_before_passages(tmp_path: Path) -> None:
    folder = save_embedding(tmp_path / "tiny", prompts={"query": "hỏi: "})
    config = folder / "config_sentence_transformers.json"
    content = json.loads(config.read_text(encoding="utf-8")) | {"default_prompt_name": "query"}
    embedder = opened(folder)
    config.write_text(json.dumps(content), encoding="utf-8")
    prompted = opened(folder)
    passage = indexed(Fields("", "", "Miễn lệ phí."))
    assert prompted.encode_passages([passage])[0] == pytest.approx(embedder.encode_passages([passage])[0], abs=1e-5)


def test_segmented_text_keeps_its_case(folder: Path) -> None:
    embedder = opened(folder, segmented=True)
    expected = plainly(folder, "Ủy_ban nhân_dân xã")
    assert embedder.encode_query("Ủy ban nhân dân xã") == pytest.approx(expected, abs=1e-5)
    assert opened(folder).encode_query("Ủy ban nhân dân xã") != pytest.approx(expected, abs=1e-2)


@pytest.mark.parametrize("blank", ["", " \n"])
def test_nothing_to_read_gives_nothing(folder: Path, blank: str) -> None:
    embedder = opened(folder, passage_prefix="văn bản: ")
    assert not embedder.encode_query(blank).any()
    some = indexed(Fields("", "", "Miễn lệ phí."))
    none, one = embedder.encode_passages([indexed(Fields("", "", blank)), some])
    assert (none.shape, one.shape) == ((0, embedder.dimensions), (1, embedder.dimensions))
    assert embedder.encode_passages([]) == []


LONG = "Người đi đăng ký kết hôn nộp tờ khai và xuất trình giấy tờ tùy thân tại Ủy ban nhân dân cấp xã nơi cư trú."


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("", ""),
        ("Luật 60", "Điều 18"),
        # what stands above would fill the window alone
        ("Quyết định về việc công bố danh mục thủ tục hành chính " * 3, "Mục 2\nHồ sơ"),
        ("Luật 60", "Chương về các thủ tục hành chính trong lĩnh vực hộ tịch và các việc khác " * 2),
    ],
)
def test_a_long_passage_has_a_vector_for_each_part(folder: Path, name: str, heading: str) -> None:
    """Every part fits, all of them together hold the passage's words in order, each under the same head."""
    embedder = opened(folder, passage_prefix="p: ")
    texts = embedder._texts(Fields(name, heading, LONG))
    sizes = [len("p:" + text.replace(" ", "").replace("\n", "")) for text in texts]
    assert len(texts) > 1
    assert max(sizes) <= LENGTH - 2
    heads = {text.rpartition("\n")[0] for text in texts}
    assert len(heads) == 1
    assert " ".join(text.rpartition("\n")[2] for text in texts) == LONG
    assert bool(heads.pop()) == bool(name)
    (vectors,) = embedder.encode_passages([indexed(Fields(name, heading, LONG))])
    assert vectors.shape == (len(texts), embedder.dimensions)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_the_nearest_heading_is_kept_before_the_name(folder: Path) -> None:
    (first, *_) = opened(folder)._texts(Fields("Số 9 về việc công bố danh mục", "Phần chung\nMục hồ sơ", LONG))
    assert first.partition("\n")[0] == "Số 9 Phần chung Mục hồ sơ"


def test_a_passage_goes_with_its_own_vectors(folder: Path) -> None:
    embedder = opened(folder)
    passages: list[Indexed] = [indexed(Fields("", "", text)) for text in ("Một", LONG, "", "Hai")]
    together = embedder.encode_passages(passages)
    for passage, vectors in zip(passages, together, strict=True):
        assert vectors == pytest.approx(embedder.encode_passages([passage])[0], abs=1e-5)


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 10, [""]),
        ("một hai ba", 8, ["một hai ba"]),
        ("một hai ba bốn năm sáu", 9, ["một hai ba", "bốn năm sáu"]),
        # longer than the room: by itself, for the model to cut
        ("một hai-ba-bốn-năm-sáu-bảy hai", 8, ["một", "hai-ba-bốn-năm-sáu-bảy", "hai"]),
    ],
)
def test_parts_are_about_equal(folder: Path, text: str, limit: int, parts: list[str]) -> None:
    assert cut(text, Sizes(opened(folder)._model.tokenizer), limit) == parts


@pytest.mark.parametrize(("said", "length"), [(None, LENGTH), (40, 40), (LENGTH + 100, LENGTH)])
def test_the_user_may_give_a_model_less_to_read(folder: Path, said: int | None, length: int) -> None:
    """More than it has places for would stop it."""
    embedder = opened(folder, max_length=said)
    (first, *_) = embedder._texts(Fields("", "", "a" * LENGTH * 2 + " b"))
    assert embedder._model.max_seq_length == length
    assert embedder._room == length - 2
    assert np.isfinite(embedder.encode_query(first)).all()


def test_fitting() -> None:
    assert [fitting([3, 1, 5], limit) for limit in (-1, 2, 3, 4, 8, 9, 99)] == [0, 0, 1, 2, 2, 3, 3]


def test_identity_is_of_the_weights_and_of_the_manner(folder: Path, tmp_path: Path) -> None:
    name, _, digest = opened(folder).model_id.partition("@")
    assert (name, len(digest)) == ("tiny", 12)
    same = Path(shutil.copytree(folder, tmp_path / "tiny"))
    (same / "README.md").write_text("About it.", encoding="utf-8")
    assert opened(same).model_id == opened(folder).model_id
    other = save_embedding(tmp_path / "other" / "tiny", seed=1)
    ids = [
        opened(folder).model_id,
        opened(folder, query_prefix="hỏi: ").model_id,
        opened(folder, segmented=True).model_id,
        opened(folder, max_length=40).model_id,
        opened(other).model_id,
    ]
    assert len(set(ids)) == len(ids)


def test_a_model_over_our_own_words_is_used_as_the_bundled_one() -> None:
    embedder = open_embedder(Wanted(str(BUNDLED), SETTING))
    assert isinstance(embedder, StaticEmbedder)
    assert embedder.model_id == StaticEmbedder().model_id


def test_a_downloaded_model_is_found_by_its_name(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached = tmp_path / "models--someone--tiny"
    shutil.copytree(folder, cached / "snapshots" / "abc")
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text("abc", encoding="ascii")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    embedder = open_embedder(Wanted("someone/tiny", SETTING))
    assert embedder.model_id == opened(folder).model_id


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("someone/not-here", "`hf download someone/not-here`"),
        ("/không/có", "đường dẫn tới thư mục"),
    ],
)
def test_a_model_that_is_not_there(name: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelProblem) as refused:
        locate(Wanted(name, SETTING))
    assert f"{name} ({SETTING})" in str(refused.value)
    assert advice in str(refused.value)


def with_code_of_its_own(folder: Path) -> None:
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    modules[0]["type"] = "custom.Transformer"
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")


def with_an_architecture_of_its_own(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Config", "AutoModel": "own.Model"}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def damaged(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"\x00" * 100)


def a_cross_encoder(folder: Path) -> None:
    shutil.rmtree(folder)
    save_cross_encoder(folder)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (with_code_of_its_own, "trust_remote_code"),
        (with_an_architecture_of_its_own, "trust_remote_code"),
        (without_weights, "Kiểm tra thư mục"),
        (damaged, "Kiểm tra thư mục"),
        (a_cross_encoder, "HOIDAP_CROSS_ENCODER"),
    ],
)
def test_a_model_that_cannot_be_used(folder: Path, tmp_path: Path, change, reason: str) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "tiny"))
    change(copy)
    with pytest.raises(ModelProblem) as refused:
        opened(copy)
    assert f"{copy} ({SETTING})" in str(refused.value)
    assert reason in str(refused.value)
