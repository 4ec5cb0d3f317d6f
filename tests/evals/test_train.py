"""The training commands on a data folder of a few articles, laid out as the real one."""

from __future__ import annotations

import hashlib
import json
import lzma
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.bootstrap import CORPUS
from assistant.ranker import ANSWERABLE, FILE, SENTENCES, WORDS, Ranker
from evals.case import FOLDER
from evals.train import answerable, corpora, embedding, judged, main, ranker, sentences, trees, wiki
from ingest.diacritics import Restorer
from ingest.embed import StaticEmbedder

TOPICS = {
    "Đăng ký kết hôn": "Hai bên nam, nữ cùng nộp tờ khai đăng ký kết hôn tại xã nơi cư trú của một trong hai bên. ",
    "Cấp giấy phép xây dựng": "Chủ đầu tư nộp đơn đề nghị cấp giấy phép xây dựng kèm bản vẽ thiết kế công trình. ",
    "Thuế đất": "Người sử dụng đất nộp thuế đất hằng năm theo thông báo của cơ quan thuế quản lý. ",
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(corpora, "CACHE", tmp_path / "cache")
    folder = tmp_path / "data"
    for name in ("zalo-legal", "alqac2022", "xquad-vi", "viwiki"):
        (folder / name).mkdir(parents=True)
    articles = [
        {"id": f"{i}", "title": title, "text": text * 12} for i, (title, text) in enumerate(list(TOPICS.items()) * 10)
    ]
    with lzma.open(folder / "zalo-legal" / "corpus.jsonl.xz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(article) + "\n" for article in articles)
    question = {"id": "q", "text": "Nộp tờ khai kết hôn ở đâu?"}
    (folder / "zalo-legal" / "queries.jsonl").write_text(json.dumps(question) + "\n", encoding="utf-8")
    (folder / "zalo-legal" / "qrels.tsv").write_text("q\t0\t1\nq\t3\t1\n", encoding="utf-8")
    with lzma.open(folder / "viwiki" / "viwiki.txt.xz", "wt", encoding="utf-8") as file:
        file.write("Sông Hồng chảy qua Hà Nội rồi ra biển.\n" * 10 + "\n\n== Xem thêm ==\nSông\n\nngắn\n")
    law = [{"id": "1", "articles": [{"id": "1", "text": "Phạm vi điều chỉnh"}]}]
    (folder / "alqac2022" / "law.json").write_text(json.dumps(law), encoding="utf-8")
    return folder


def test_corpora(data: Path) -> None:
    assert len(corpora.law_articles(data)) == 30
    assert corpora.law_questions(data)[0].relevant == {"0", "3"}
    assert len(corpora.wiki_pieces(data)) == 1  # too short a piece and section titles are left out
    assert corpora.older_laws(data) == ["Phạm vi điều chỉnh"]


def test_segmented_text_is_kept_and_read_back(data: Path) -> None:
    texts = ["Ủy ban nhân dân xã", "", "Cải cách hành chính"]
    first = list(corpora.segmented("sample", texts))
    assert first == [["ủy_ban", "nhân_dân", "xã"], [], ["cải_cách", "hành_chính"]]
    assert list(corpora.segmented("sample", [])) == first


def test_trains_a_restorer_that_restores(data: Path, tmp_path: Path) -> None:
    digests = [_digest(data, "diacritics", tmp_path / name, "ngrams.npz") for name in ("one", "two")]
    assert digests[0] == digests[1]  # the same command gives the same file
    assert Restorer.load(tmp_path / "one").restore("cap giay phep xay dung") == "cấp giấy phép xây dựng"


def _digest(data: Path, model: str, out: Path, file: str) -> str:
    assert main([model, "--data", str(data), "--out", str(out)]) == 0
    return hashlib.sha256((out / file).read_bytes()).hexdigest()


def test_trains_an_embedding_that_tells_topics_apart(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "BATCH", 8)
    monkeypatch.setattr(embedding, "COMMON_TITLE", 100)
    digests = [_digest(data, "embedding", tmp_path / name, "model.safetensors") for name in ("one", "two")]
    assert digests[0] == digests[1]
    embedder = StaticEmbedder(tmp_path / "one")
    asked, wedding, tax = embedder.encode(
        ["Nộp tờ khai kết hôn", *(TOPICS[t] for t in ("Đăng ký kết hôn", "Thuế đất"))]
    )
    assert asked @ wedding > asked @ tax


@pytest.mark.slow
def test_trains_a_ranker_on_all_kinds_of_texts(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(judged, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(trees, "ROUNDS", 20)
    monkeypatch.setattr(ranker, "SCHEDULE", replace(ranker.SCHEDULE, epochs=2))
    shutil.copytree(CORPUS / "thu-tuc", data / "procedures")
    text, asked = "Sông Hồng chảy ra biển.", [{"question": f"Sông nào chảy ra biển {at}?"} for at in range(9)]
    xquad = {"data": [{"paragraphs": [{"context": text, "qas": asked}]}]}
    (data / "xquad-vi" / "xquad.vi.dev.json").write_text(json.dumps(xquad), encoding="utf-8")
    digests = [_digest(data, "ranker", tmp_path / name, FILE) for name in ("one", "two")]
    assert digests[0] == digests[1]
    assert Ranker.load(tmp_path / "one").features == Ranker.load().features
    printed = capsys.readouterr().out
    assert all(f"| {kind}, cross-validated |" in printed for kind in ("wiki", "procedures", "office"))


def _asked_of_wiki(data: Path) -> str:
    """A row for a paragraph, which is added to the Wikipedia's text."""
    paragraph = "Hồ Ba Ao nằm ở phía đông thị trấn. " * 20 + "Hồ được đào năm 1911."
    file = data / "viwiki" / "viwiki.txt.xz"
    with lzma.open(file, "at", encoding="utf-8") as text:
        text.write(f"\n\n{paragraph}\n")
    name = hashlib.sha256(paragraph.encode()).hexdigest()[:10]
    return f"{name}\t{paragraph.index('1911')}\tHồ được đào vào năm nào?\n"


@pytest.fixture
def asked_texts(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Paragraphs and an article with questions whose answers stand in them; of the office, its follow-ups alone."""
    monkeypatch.setattr(judged, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(sentences, "OFFICES", {"office": ((CORPUS,), (FOLDER / "followups.jsonl",))})
    monkeypatch.setattr(wiki, "FOLDER", tmp_path)
    (tmp_path / "wiki_questions.tsv").write_text(_asked_of_wiki(data), encoding="utf-8")
    text = "Sông Hồng chảy ra biển. Nó dài 1.149 km. Cầu qua sông mở năm 1902."
    asked = [
        {"question": "Sông Hồng dài bao nhiêu?", "answers": [{"text": "1.149", "answer_start": text.index("1.149")}]},
        {"question": "Cầu qua sông mở năm nào?", "answers": [{"text": "1902", "answer_start": text.index("1902")}]},
    ]
    titles = ("Sông Hồng", "Sông Đà", "Sông Lô", "Sông Mã", "Sông Cả", "Sông Chu")
    articles = [{"title": title, "paragraphs": [{"context": text, "qas": asked}]} for title in titles]
    (data / "xquad-vi" / "xquad.vi.dev.json").write_text(json.dumps({"data": articles}), encoding="utf-8")
    article = {"id": "1", "text": "1. Nước thải phải được xử lý.\n2. Mức phạt là 5 triệu đồng."}
    (data / "alqac2022" / "law.json").write_text(json.dumps([{"id": "1/QH", "articles": [article]}]), encoding="utf-8")
    relevant = [{"law_id": "1/QH", "article_id": "1"}]
    question = {"id": "q", "text": "Mức phạt là mấy?", "answer": "5 triệu đồng", "relevant_articles": relevant}
    (data / "alqac2022" / "question.json").write_text(json.dumps([question]), encoding="utf-8")
    return data


@pytest.mark.slow
def test_trains_a_scorer_of_sentences(
    asked_texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trees, "ROUNDS", 20)
    monkeypatch.setattr(sentences, "SCHEDULE", replace(sentences.SCHEDULE, epochs=2))
    digests = [_digest(asked_texts, "sentences", tmp_path / name, FILE) for name in ("one", "two")]
    assert digests[0] == digests[1]
    assert Ranker.load(tmp_path / "one").features == Ranker.load(SENTENCES).features
    printed = capsys.readouterr().out
    assert all(f"| {kind} |" in printed for kind in ("wiki, given", "wiki, all", "written, all", "office"))


@pytest.mark.slow
def test_trains_what_tells_whether_the_best_evidence_answers(
    asked_texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over the bundled scorer and reader: what they are made of is tested beside it."""
    monkeypatch.setattr(answerable, "for_the_judge", lambda _part: True)
    monkeypatch.setattr(answerable, "ROUNDS", 10)
    _digest(asked_texts, "answerable", tmp_path / "one", FILE)
    for file in (FILE, WORDS):
        assert Ranker.load(tmp_path / "one", file).features == Ranker.load(ANSWERABLE, file).features
    printed = capsys.readouterr().out
    assert all(f"| {kind} |" in printed for kind in ("office, right", "office, taken away, wrong"))
