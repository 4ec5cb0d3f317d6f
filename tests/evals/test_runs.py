"""What a run keeps, what a gate refuses, how two runs compare, and what the report shows."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals import gate, record
from evals.__main__ import main
from evals.asking import Delivered
from evals.bench import Bench, LeftOut
from evals.case import Case, checked
from evals.compare import OtherCases, compare, mcnemar
from evals.drafts import drafts, export
from evals.marks import Result
from evals.record import Run
from evals.report import report
from evals.suites.asked import measured

BEGAN = datetime(2026, 5, 4, 7, 8, 9, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script>&'
CASES = [Case(f"c-{n}", f"Câu hỏi số {n}?", "not_found", tags=("năm",)) for n in range(40)]


def results(right: int, cases: list[Case] = CASES, *, project: bool = False) -> list[Result]:
    """The first so many are right."""
    return [
        Result(
            case,
            Delivered("not_found" if at < right else "answered", f"Trả lời {HOSTILE}", milliseconds=1.0),
            hidden=project and case.held,
        )
        for at, case in enumerate(cases)
    ]


def run(right: int, cases: list[Case] = CASES, *, project: bool = False) -> Run:
    own = measured({"mine": results(right, cases, project=project)}, {"seed": "không có báo cáo"})
    return Run(
        ["python", "-m", "evals"], {"notfound": own}, {"peers": "chưa có"}, {"name": "g1"}, began=BEGAN, commit="abc"
    )


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_a_run_keeps_all_that_its_figures_come_from(tmp_path):
    one, two = (record.write(run(30), tmp_path / "runs", lambda _: "<p>") for _ in range(2))
    assert one.name == "20260504-070809-abc"
    assert two != one
    assert {path.name for path in one.iterdir()} == {
        "config.json", "manifest.json", "metrics.json", "cases.jsonl", "report.html",
    }  # fmt: skip
    kept = record.read(one)
    assert kept.metrics["notfound"]["metrics"]["mine"]["right"] == 0.75
    assert kept.metrics["notfound"]["left_out"] == {"seed": "không có báo cáo"}
    assert len(kept.cases) == 40
    assert kept.cases["notfound", "mine", "c-39"]["case"]["question"] == "Câu hỏi số 39?"
    assert json.loads((one / "manifest.json").read_text(encoding="utf-8")) == {"name": "g1"}


def test_of_what_is_held_back_only_marks_are_kept(tmp_path):
    folder = record.write(run(0, project=True), tmp_path, report)
    rows = [json.loads(line) for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    page = (folder / "report.html").read_text(encoding="utf-8")
    for case, row in zip(CASES, rows, strict=True):
        assert ("answer" in row) is not case.held
        assert (case.question in page) is not case.held
    held = sum(case.held for case in CASES)
    assert f"{held} câu thuộc nửa giữ lại" in page
    assert "40 câu sai trong 40" in page


def test_where_nothing_can_be_kept_it_says_so(tmp_path, capsys):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(Exception, match="--out"):
        record.write(run(1), tmp_path / "file", lambda _: "")
    assert main(["compare", str(tmp_path), str(tmp_path)]) == 1
    assert "không phải thư mục của một lần chạy" in capsys.readouterr().err


def test_a_server_is_asked_only_about_documents_that_it_has():
    class Server:
        def document(self, id_: str) -> dict[str, object] | None:
            return None if id_ == "05-nq-tu-2021" else {"text": "", "units": []}

    bench = Bench(Path("none"), "http://localhost:8000")
    bench._respondent = Server()  # type: ignore[assignment]
    assert bench.own("nearmiss")  # about none
    with pytest.raises(LeftOut, match="máy chủ không có văn bản 05-nq-tu-2021"):
        bench.own("bundled")


# --- the gate --------------------------------------------------------------------------------------------------------


def bounds(tmp_path: Path, text: str) -> gate.Gate:
    path = tmp_path / "gate.toml"
    path.write_text(text, encoding="utf-8")
    return gate.load(path)


GATES = [
    ('[floors]\n"notfound/mine/right" = 0.75', []),
    ('[floors]\n"notfound/mine/right" = 0.76', ["notfound/mine/right"]),
    ('[ceilings]\n"*/*/unsupported" = 0', []),
    ('[ceilings]\n"*/*/cases" = 39', ["notfound/mine/cases"]),
    ('[floors]\n"notfound/seed/right" = 1', []),  # left out for a reason
    ('[floors]\n"answers/seed/right" = 1', []),  # not run
    ('[floors]\n"notfound/other/right" = 0.1', ["notfound/other/right"]),  # gone without a reason
]


@pytest.mark.parametrize(("text", "broken"), GATES)
def test_a_gate_names_what_breaks_it(tmp_path, text, broken):
    found = gate.broken(run(30), bounds(tmp_path, text))
    assert [each.figure for each in found] == broken
    assert all(str(each) for each in found)


@pytest.mark.parametrize(
    "text", ["x", "[floors]\nright = 1", '[floors]\n"a/b/c" = "1"', "[limits]\n", "[floors]\na = true"]
)
def test_a_gate_that_is_none_is_refused(tmp_path, text):
    with pytest.raises(gate.BadGate, match=r"TOML|không hiểu"):
        bounds(tmp_path, text)


def test_the_projects_own_gate_can_be_read():
    own = gate.load(Path(gate.__file__).with_name("gate.toml"))
    assert own.ceilings == {"*/*/unsupported": 0}
    assert {name.split("/")[0] for name in own.floors} >= {"retrieval", "answers", "notfound", "followups", "ledger"}


# --- two runs --------------------------------------------------------------------------------------------------------


def kept(tmp_path: Path, name: str, made: Run) -> record.Kept:
    return record.read(record.write(made, tmp_path / name, lambda _: ""))


def test_two_runs_differ_by_the_cases_that_flipped(tmp_path, capsys):
    one, other = kept(tmp_path, "a", run(20)), kept(tmp_path, "b", run(31))
    [found] = compare(one, other)
    assert (found.before, found.after, found.cases) == (0.5, 0.775, 40)
    assert found.won == tuple(f"c-{n}" for n in range(20, 31))
    assert found.lost == ()
    assert found.low < 0.275 < found.high
    assert found.p == pytest.approx(2 * 0.5**11)
    assert found.significant
    folders = [next((tmp_path / name).iterdir()) for name in "ab"]
    assert main(["compare", *map(str, folders), "--json", str(tmp_path / "c.json")]) == 0
    assert "c-30" in capsys.readouterr().out
    written = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert written["differences"][0]["p"] == found.p


def test_runs_of_other_cases_are_not_compared(tmp_path):
    changed = [*CASES[:-1], replace(CASES[-1], question="Khác?")]
    with pytest.raises(OtherCases, match="notfound/mine"):
        compare(kept(tmp_path, "a", run(20)), kept(tmp_path, "b", run(20, changed)))


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (1, 0), (5, 5), (3, 9), (0, 12)])
def test_the_test_is_that_of_a_fair_coin(won, lost):
    flips = won + lost
    tail = sum(math.comb(flips, k) for k in range(min(won, lost) + 1)) / 2**flips
    assert mcnemar(won, lost) == pytest.approx(min(1, 2 * tail))


# --- the report ------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a browser would fetch or run, and every link."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in {"src", "srcset", "data"} or tag == "link"]
        self.links += [value or "" for name, value in attrs if name == "href"]


def hostile(text: str) -> Run:
    """The text wherever a text can come from."""
    case = Case(text, text, "answered", (text,), (text,), text, (text,), (text,), (text,), text, text)
    citation = {"marker": 1, "document_id": text, "document_title": text, "document_number": None, "address": text}
    citations = ({**citation, "quote": text, "start": 0, "end": 1, "url": text},)
    wrong = Result(case, Delivered("clarify", text, citations, 1.0), unsupported=(text,))
    own = measured({text: [wrong] * 6}, {text: text})
    return Run([text], {"answers": own, text: own}, {text: text}, {}, began=BEGAN, commit=text)


@settings(deadline=None)
@given(
    st.text(max_size=30) | st.just(HOSTILE) | st.just('"><img src=x onerror=alert(1)>') | st.just("javascript:alert(1)")
)
def test_a_report_fetches_nothing_and_runs_nothing_whatever_the_texts_say(text):
    page = Page(report(hostile(text)))
    assert not {"script", "img", "iframe", "object", "link", "form"} & set(page.tags)
    assert page.fetched == []
    assert all(link.startswith("http://localhost:8000/") for link in page.links)


def test_a_report_tells_verdict_figures_failures_and_where_to_look(tmp_path):
    made = run(30)
    broken = gate.broken(made, bounds(tmp_path, '[floors]\n"notfound/mine/right" = 0.9'))
    text = report(made, broken, gated=True)
    assert "KHÔNG ĐẠT" in text
    assert "khâu cần xem: ngưỡng không tìm thấy" in text
    assert "trả lời dù văn bản không có" in text
    assert "không có báo cáo" in text
    assert "75,0%" in text
    assert "&lt;script&gt;" in text
    assert "Câu hỏi số 39?" in text
    assert "Câu hỏi số 29?" not in text
    page = Page(text)
    assert "http://localhost:8000/?q=C%C3%A2u%20h%E1%BB%8Fi%20s%E1%BB%91%2039%3F" in page.links
    assert "ĐẠT" in report(made, gated=True)
    assert "KHÔNG ĐẠT" not in report(made, gated=True)


def test_the_links_of_a_server_are_its_own():
    page = Page(report(replace(run(30), url="https://hoidap.example")))
    assert page.links
    assert all(link.startswith("https://hoidap.example/") for link in page.links)


# --- drafts ----------------------------------------------------------------------------------------------------------


class Told:
    """As `assistant.feedback` gives them."""

    def __init__(self, question: str, verdict: str, *history: str, reason: str = "") -> None:
        self.question, self.verdict, self.history, self.reason = question, verdict, history, reason
        self.status, self.text, self.created = "answered", "Trả lời", BEGAN


def test_answers_marked_wrong_are_draft_cases_until_somebody_says_what_is_right(tmp_path):
    told = [
        Told("Vốn FDI?", "down", reason="wrong_number"),
        Told("Ai ký?", "up"),
        Told("Thế cấp xã?", "down", "Cấp huyện đạt bao nhiêu?"),
        Told("Vốn FDI?", "down"),
    ]
    path = tmp_path / "nhap.jsonl"
    assert export(told, path) == 2
    rows, problems = checked(path)
    assert [row.cells["question"] for row in rows] == ["Vốn FDI?", "Thế cấp xã?"]
    assert rows[1].cells["history"] == ["Cấp huyện đạt bao nhiêu?"]
    assert rows[0].cells["tags"] == ["phản hồi", "wrong_number"]
    assert {problem.column for problem in problems} == {"Kết quả mong đợi (status)"}
    assert len({row["id"] for row in drafts(told)}) == 2
    with pytest.raises(Exception, match="Đã có tệp"):
        export(told, path)
