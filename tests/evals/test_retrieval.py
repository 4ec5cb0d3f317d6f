"""`python -m evals run retrieval`, over a small market's rules, and the figures that it gives."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.__main__ import main
from evals.retrieval.build import Scope, articles
from evals.retrieval.collection import Question
from evals.retrieval.figures import Ranking, figures, intervals, ratio, scores
from evals.retrieval.memory import in_new_process
from evals.retrieval.systems import SYSTEMS, Texts, dense
from evals.train import corpora
from ingest.embed import BUNDLED

# --- figures --------------------------------------------------------------------------------------------------------


def ranking(relevant: Mapping[str, int], *found: str, milliseconds: float = 1.0) -> Ranking:
    return Ranking(Question("q", "Hỏi gì?", relevant), found, milliseconds)


@pytest.mark.parametrize(
    ("relevant", "found", "expected"),
    [
        pytest.param({"a": 1}, ["a", "b"], (1, 1, 1, 1, 1, 1), id="first"),
        pytest.param({"a": 1}, ["b", "a"], (0, 1, 1, 0, 1 / 2, 1 / math.log2(3)), id="second"),
        pytest.param({"a": 1}, [*"bcdefghijk", "a"], (0, 0, 1, 0, 0, 0), id="eleventh"),
        pytest.param({"a": 1}, [], (0, 0, 0, 0, 0, 0), id="nothing found"),
        # Two answers, one of them first: it's right at once, and half of what there is to find is found.
        pytest.param({"a": 1, "b": 1}, ["b"], (1 / 2, 1 / 2, 1 / 2, 1, 1, 1 / (1 + 1 / math.log2(3))), id="half"),
        # Of two answers the better one belongs first.
        pytest.param(
            {"a": 1, "b": 2},
            ["a", "b"],
            (1 / 2, 1, 1, 1, 1, (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))),
            id="graded",
        ),
    ],
)
def test_the_figures_of_a_question(relevant, found, expected):
    names = ("recall@1", "recall@10", "recall@50", "acc@1", "mrr@10", "ndcg@10")
    assert scores(ranking(relevant, *found)) == pytest.approx(dict(zip(names, expected, strict=True)))


@given(
    relevant=st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(1, 3), min_size=1),
    found=st.lists(
        st.integers(0, 99).map(lambda n: "abcdefghijkl"[n] if n < 12 else f"x{n}"), unique=True, max_size=60
    ),
)
def test_figures_are_those_of_their_definitions_on_any_ranking(relevant, found):
    """The library's code beside the definitions, written out here by themselves."""
    places = {id_: place for place, id_ in enumerate(found, start=1)}
    hits = [places[id_] for id_ in relevant if id_ in places]
    first = min(hits, default=math.inf)
    gain = sum(grade / math.log2(places[id_] + 1) for id_, grade in relevant.items() if places.get(id_, 99) <= 10)
    best = sum(g / math.log2(n + 1) for n, g in enumerate(sorted(relevant.values(), reverse=True)[:10], start=1))
    assert scores(ranking(relevant, *found)) == pytest.approx(
        {f"recall@{k}": sum(place <= k for place in hits) / len(relevant) for k in (1, 10, 50)}
        | {"acc@1": float(first == 1), "mrr@10": 1 / first if first <= 10 else 0.0, "ndcg@10": gain / best}
    )


def test_the_figures_of_a_run():
    rankings = [
        ranking({"a": 1}, "a", milliseconds=n) if n % 4 else ranking({"a": 1}, "b", milliseconds=n) for n in range(101)
    ]
    found, ranges = figures(rankings), intervals(rankings)
    assert found["mrr@10"] == pytest.approx(75 / 101)
    assert (found["p50_ms"], found["p95_ms"]) == (50, 95)
    low, high = ranges["mrr@10"]
    # By the normal approximation: 1.96 standard errors to each side.
    error = 1.96 * math.sqrt(75 / 101 * 26 / 101 / 101)
    assert (low, high) == pytest.approx((75 / 101 - error, 75 / 101 + error), abs=0.02)
    assert intervals(rankings) == ranges


def test_a_ratio_is_of_the_same_questions():
    """Where half of the answers are lost, chance moves the ratio less than it moves the figure itself."""
    whole = [ranking({"a": 1}, "a") for _ in range(40)] + [ranking({"a": 1}, "b") for _ in range(40)]
    part = [ranking({"a": 1}, "b") for _ in range(20)] + whole[20:]
    assert ratio("mrr@10", whole, whole) == (1, (1, 1))
    value, (low, high) = ratio("mrr@10", part, whole)
    assert value == pytest.approx(0.5)
    assert 0.3 < low < 0.5 < high < 0.7
    assert ratio("mrr@10", whole, [ranking({"a": 1}, "b")] * 80)[0] == 0


# --- memory ---------------------------------------------------------------------------------------------------------

FILL = "import time; held = bytearray(b'x') * 150_000_000; time.sleep(1)"


def held_by_two() -> str:
    children = [subprocess.Popen([sys.executable, "-c", FILL]) for _ in range(2)]
    return f"{[child.wait() for child in children]}"


def broken() -> None:
    raise ValueError("không được")


def test_memory_is_that_of_all_processes_together():
    result, peak = in_new_process(held_by_two)
    assert result == "[0, 0]"
    assert 300 < peak < 1000


def test_what_goes_wrong_there_is_told_here():
    with pytest.raises(ValueError, match="không được"):
        in_new_process(broken)


# --- a run ----------------------------------------------------------------------------------------------------------

LAW = "Luật số 12/2030/QH19"
RULES = {
    "Giờ họp chợ": "1. Chợ quê họp từ 5 giờ đến 11 giờ.\n2. Chợ đêm họp từ 18 giờ đến 23 giờ.",
    "Phí thuê sạp": "Mỗi sạp hàng nộp 45.000 đồng một tháng; sạp hoa quả được giảm một nửa.",
    "Vệ sinh an toàn thực phẩm": "Thịt cá bày bán phải để trên bàn cao, có lưới che ruồi.",
    "Phòng cháy, chữa cháy": "Không đun nấu bằng củi giữa các sạp vải; mỗi dãy có hai bình chữa cháy.",
    "Trông giữ xe": "Xe đạp gửi ở cổng đông, ô tô tải chỉ vào dỡ hàng trước 6 giờ sáng.",
    "Cân đối chứng": "Ban quản lý đặt cân đối chứng ở cổng chính để người mua kiểm tra khối lượng.",
    "Bán gia súc": "Trâu bò đưa đến bán phải có giấy chứng nhận tiêm phòng của thú y xã.",
    "Tiếng ồn": "Loa quảng cáo không mở quá hai mươi phút mỗi buổi.",
    "Thuyền chở hàng": "Thuyền cập bến phía nam, neo cách bờ ít nhất hai mét khi chờ.",
    "Khiếu nại": "Ban quản lý trả lời khiếu nại của người bán trong bảy ngày làm việc.",
    "Nước uống": "Vòi nước sạch ở nhà lồng số ba mở suốt phiên chợ, không lấy tiền.",
    "Hàng rong": "Người gánh hàng rong đi theo lối riêng, không dừng trước cổng.",
}
ASKED = {
    "Chợ đêm họp đến mấy giờ?": "Giờ họp chợ",
    "Thuê một sạp hàng mỗi tháng mất bao nhiêu tiền?": "Phí thuê sạp",
    "Bày thịt cá ra bán cần che chắn thế nào?": "Vệ sinh an toàn thực phẩm",
    "Có được đun củi cạnh sạp vải không?": "Phòng cháy, chữa cháy",
    "Gửi xe đạp ở cổng nào?": "Trông giữ xe",
    "Kiểm tra khối lượng hàng đã mua ở đâu?": "Cân đối chứng",
    "Bán trâu bò cần giấy gì của thú y?": "Bán gia súc",
    "Loa quảng cáo được mở bao lâu?": "Tiếng ồn",
    "Thuyền neo cách bờ bao xa?": "Thuyền chở hàng",
    "Bao lâu thì khiếu nại được trả lời?": "Khiếu nại",
}


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market")
    corpus = [
        {
            "id": title,
            "title": title,
            "text": text,
            "source": f"Điều {n} {LAW} Luật Chợ quê" if n == 1 else f"Điều {n} {LAW}",
        }
        for n, (title, text) in enumerate(RULES.items(), start=1)
    ]
    queries = [{"id": f"q{n}", "text": text} for n, text in enumerate(ASKED)]
    for name, rows in {"corpus": corpus, "queries": queries}.items():
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(content, encoding="utf-8")
    (folder / "qrels.tsv").write_text(
        "".join(f"q{n}\t{id_}\t1\n" for n, id_ in enumerate(ASKED.values())), encoding="utf-8"
    )
    return folder


def run(market: Path, suite: str, *more: str) -> tuple[int, dict]:
    out = market / "out.json"
    out.unlink(missing_ok=True)
    files = [f"--{name}={market / file}" for name, file in FILES.items()]
    code = main(["run", suite, *files, "--data", str(market / "data"), "--json", str(out), *more])
    return code, json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}


FILES = {"corpus": "corpus.jsonl", "queries": "queries.jsonl", "qrels": "qrels.tsv"}


@pytest.mark.slow
def test_a_run_from_files_to_figures(market, capsys):
    """Built by the public `ingest` in another process, asked through the public path, written and printed."""
    code, figures = run(
        market, "retrieval", "--variant", "nodia", "nfd", "lower", "oldtone", "--failures", "1", "--changes", "1"
    )
    assert code == 0
    assert (figures["suite"], figures["split"]) == ("retrieval", "all")
    metrics = figures["metrics"]
    assert metrics["recall@10"] == 1.0
    assert metrics["mrr@10"] > 0.9
    assert (metrics["articles"], metrics["passages"], metrics["questions"]) == (12, 12, 10)
    assert 0 < metrics["p50_ms"] <= metrics["p95_ms"]
    assert 0 < metrics["index_mb"] < metrics["data_mb"]
    assert 0 < metrics["change_s"] == pytest.approx(metrics["change_share"] * metrics["build_s"])
    assert min(metrics["build_peak_mb"], metrics["query_peak_mb"]) > 100
    assert figures["intervals"].keys() == {"recall@1", "recall@10", "recall@50", "acc@1", "mrr@10", "ndcg@10"}
    assert figures["variants"]["nfd"]["mrr_ratio"] == figures["variants"]["lower"]["mrr_ratio"] == 1.0
    assert 0.5 < figures["variants"]["nodia"]["mrr_ratio"] <= 1.1
    assert figures["variants"]["nodia"]["recall@50"] <= metrics["recall@50"]
    printed = capsys.readouterr().out
    assert "mrr@10" in printed
    assert "nodia: " in printed
    assert sum(question in printed for question in ASKED) == 1

    # What is kept is not built again, and other questions may be asked of it.
    built = (market / "data" / "collection.json").read_bytes()
    code, again = run(market, "retrieval", "--split", "dev", "--questions", "3")
    assert code == 0
    assert (again["split"], again["metrics"]["questions"]) == ("dev", 3)
    assert again["metrics"]["build_s"] == metrics["build_s"]
    assert (market / "data" / "collection.json").read_bytes() == built

    # What was built of something else is not taken for it.
    code, _ = run(market, "retrieval", "--limit", "11")
    assert code == 1
    assert "another corpus or another part" in capsys.readouterr().err


def test_a_bad_line_stops_the_run(market, tmp_path, capsys):
    (tmp_path / "corpus.jsonl").write_text('{"id": "a", "text": "x"}\n{"id": "b"}\n', encoding="utf-8")
    code, _ = run(market, "retrieval", "--data", str(tmp_path / "data"), "--corpus", str(tmp_path / "corpus.jsonl"))
    assert code == 1
    assert "corpus.jsonl, line 2: 'text' is None" in capsys.readouterr().err


def test_a_part_of_a_corpus_holds_what_is_asked_for(market):
    wanted = frozenset(ASKED.values())
    some = [article.id for article in articles(Scope(market / "corpus.jsonl", 11, wanted))]
    assert len(some) == 11
    assert set(some) > wanted
    assert some == [title for title in RULES if title in some]


# --- beside others --------------------------------------------------------------------------------------------------


@pytest.fixture
def texts(market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Texts:
    monkeypatch.setattr(corpora, "CACHE", tmp_path / "words")
    return Texts(Scope(market / "corpus.jsonl"), tmp_path / "index")


# Its one home says at import that it will move.
@pytest.mark.filterwarnings("ignore:.*langchain-community:DeprecationWarning")
@pytest.mark.parametrize("name", SYSTEMS)
def test_another_system_finds_what_is_plain_to_find(name, texts):
    ask = SYSTEMS[name](texts)
    found = ask("Loa quảng cáo được mở bao lâu?")
    assert found[0] == "Tiếng ồn"
    assert set(found) <= RULES.keys()
    assert len(set(found)) == len(found)


def test_a_model_by_its_folder(texts):
    assert dense(texts, BUNDLED)("Loa quảng cáo được mở bao lâu?")[0] == "Tiếng ồn"


def test_others_are_given_what_we_are_given(texts):
    assert texts.texts[1] == "12/2030/QH19 Luật Chợ quê\nPhí thuê sạp\n" + RULES["Phí thuê sạp"]
    assert texts.ids == list(RULES)


def test_what_is_missing_is_told_with_the_command_that_installs_it(monkeypatch, capsys):
    monkeypatch.setattr("evals.retrieval.peers.NEEDED", ("json", "khong_co_dau"))
    assert main(["run", "peers"]) == 1
    assert "khong_co_dau; cài bằng lệnh: pip install 'hoidap[peers]'" in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_side_by_side(market, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # where words are kept
    code, figures = run(market, "peers", "--questions", "4", "--systems", "langchain", "bm25s")
    assert code == 0
    metrics = figures["metrics"]
    assert list(metrics) == ["hoidap", "langchain", "bm25s"]
    assert metrics["hoidap"]["times_ours"] == 1
    for its in metrics.values():
        assert its["times_ours"] == pytest.approx(its["p50_ms"] / metrics["hoidap"]["p50_ms"])
        assert its["mrr@10"] > 0.6
        assert its["peak_mb"] > 50
    assert "4 questions" in capsys.readouterr().out
