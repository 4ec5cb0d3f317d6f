"""Collections as files: what is read, what is refused and by which line, and what becomes of a text of a law."""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from evals.retrieval import convert
from evals.retrieval.collection import Article, BadCollection, read_articles, read_questions
from evals.retrieval.documents import Law, law_of, parse_article, titles_of, write_articles
from evals.retrieval.variants import VARIANTS
from ingest.types import ParsedDocument

# --- files ----------------------------------------------------------------------------------------------------------


def lines(path: Path, *rows: object) -> Path:
    text = "".join(f"{row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    path.write_bytes(lzma.compress(text.encode()) if path.suffix == ".xz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["corpus.jsonl", "corpus.jsonl.xz"])
def test_a_text_is_a_line_with_an_id(name, tmp_path):
    """Numbers are ids too, title and source may be missing, other fields don't matter, empty texts are none."""
    file = lines(
        tmp_path / name,
        {"id": "a", "title": "Phí trông xe", "text": "Xe đạp 2.000 đồng.", "source": "Điều 3", "demuc": "x"},
        "",
        {"id": 7, "text": "Chợ mở cửa từ 5 giờ."},
        {"id": "trống", "title": " ", "text": ""},
    )
    assert list(read_articles(file)) == [
        Article("a", "Phí trông xe", "Xe đạp 2.000 đồng.", "Điều 3"),
        Article("7", "", "Chợ mở cửa từ 5 giờ."),
    ]


GOOD = {"id": "a", "title": "t", "text": "x"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "line 2: not JSON"),
        ("[1]", "line 2: not a JSON object"),
        ({"title": "t", "text": "x"}, "line 2: 'id' is None"),
        ({"id": "", "text": "x"}, "line 2: 'id' is ''"),
        ({"id": "b", "title": "t"}, "line 2: 'text' is None"),
        ({"id": "b", "text": ["x"]}, r"line 2: 'text' is \['x'\]"),
        ({"id": "b", "text": "x", "title": 3}, "line 2: 'title' is 3"),
        (r'{"id": "b", "text": "\ud800"}', "line 2: 'text' has half a surrogate pair"),
        (GOOD, "line 2: the id 'a' was there before"),
    ],
)
def test_a_bad_line_is_told_by_its_number(row, message, tmp_path):
    with pytest.raises(BadCollection, match=message):
        list(read_articles(lines(tmp_path / "corpus.jsonl", GOOD, row)))


def test_a_file_that_is_none_is_told_by_its_name(tmp_path):
    (tmp_path / "cut.jsonl.xz").write_bytes(lzma.compress(b'{"id": "a"')[:-9])
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xe9"}')
    for name in ("absent.jsonl", "cut.jsonl.xz", "latin.jsonl"):
        with pytest.raises(BadCollection, match=name):
            list(read_articles(tmp_path / name))


@pytest.fixture
def asked(tmp_path: Path) -> tuple[Path, Path]:
    rows = [{"id": f"q{n}", "text": f"Câu hỏi số {n} là gì?"} for n in range(40)]
    judged = [f"q{n}\td{n}\t1" for n in range(30)]
    return (
        lines(tmp_path / "queries.jsonl", *rows),
        lines(
            tmp_path / "qrels.tsv", "query-id\tcorpus-id\tscore", *judged, "q0\tkhác\t2", "q1\tkhông\t0", "q30\td30\t0"
        ),
    )


def test_a_question_has_what_answers_it(asked):
    """A line of headings is none, relevance 0 is no answer, and a question without an answer is not asked."""
    questions = read_questions(*asked)
    assert [question.id for question in questions] == [f"q{n}" for n in range(30)]
    assert questions[0].relevant == {"d0": 1, "khác": 2}
    assert questions[1].relevant == {"d1": 1}


def test_held_questions_are_apart_whatever_else_is_asked(asked):
    dev, held = read_questions(*asked, "dev"), read_questions(*asked, "held")
    assert {q.id for q in dev} | {q.id for q in held} == {f"q{n}" for n in range(30)}
    assert not {q.id for q in dev} & {q.id for q in held}
    assert 1 <= len(held) < len(dev)


def test_a_sample_is_always_the_same_and_in_order(asked):
    some = read_questions(*asked, count=7)
    numbers = [int(question.id[1:]) for question in some]
    assert len(some) == 7
    assert numbers == sorted(numbers) != list(range(7))
    assert some == read_questions(*asked, count=7)
    assert {question.id for question in some} < {question.id for question in read_questions(*asked, count=8)}


@pytest.mark.parametrize("line", ["q0 0 d0 1", "q0\td0", "q0\td0\tyes", "q0\t0\td0\t1"])
def test_bad_judgements_are_told_by_their_line(line, asked, tmp_path):
    bad = lines(tmp_path / "bad.tsv", "q0\td0\t1", line)
    with pytest.raises(BadCollection, match=r"bad.tsv, line 2: not question, text and relevance"):
        read_questions(asked[0], bad)


def test_nothing_to_ask_is_said(asked, tmp_path):
    with pytest.raises(BadCollection, match="no question"):
        read_questions(asked[0], lines(tmp_path / "none.tsv", "khác\td0\t1"))


# --- texts as documents ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "law"),
    [
        # Where the first article of a law says it all.
        (
            "(Điều 1 Luật số 12/2030/QH19 Luật Chợ quê ngày 06/05/2030 của Quốc hội, có hiệu lực từ 01/01/2031)",
            Law("Luật", "12/2030/QH19", "Luật Chợ quê"),
        ),
        # Another article of it.
        ("(Điều 2 Luật số 12/2030/QH19, có hiệu lực thi hành kể từ ngày 01/01/2031)", Law("Luật", "12/2030/QH19")),
        # A title that names a law with a date of its own; a number with `&`.
        (
            (
                "((Điều 3b Thông tư liên tịch số 02/2030/TTLT-BCA-BNN&PTNT Sửa đổi Thông tư số 01/2029/TT-BCA ngày 06 "
                "tháng 6 năm 2029 của Bộ Công an ngày 07/07/2030 của Bộ Công an)"
            ),
            Law(
                "Thông tư liên tịch",
                "02/2030/TTLT-BCA-BNN&PTNT",
                "Sửa đổi Thông tư số 01/2029/TT-BCA ngày 06 tháng 6 năm 2029 của Bộ Công an",
            ),
        ),
        # An old number, and a bare one.
        ("(Điều 4 Nghị định số 13/CP, có hiệu lực từ ngày 16/03/1996)", Law("Nghị định", "13/CP")),
        ("Điều 418 01/VBHN-VPQH", Law("", "01/VBHN-VPQH")),
        # No number at all: a date is none.
        ("Báo cáo tuần của phường An Hòa, ngày 16/03/2030", Law(title="Báo cáo tuần của phường An Hòa")),
        ("", Law()),
    ],
)
def test_what_a_text_is_of(source, law):
    assert law_of(source) == law


def test_every_article_has_the_title_that_one_of_them_gives():
    sources = [
        "Điều 1 Luật số 1/2030/QH19 Luật Chợ ngày 01/01/2030 của Quốc hội",
        "Điều 2 Luật số 1/2030/QH19",
        "",
        "Sổ tay",
    ]
    assert titles_of(Article("", "", "", source) for source in sources) == {"1/2030/QH19": "Luật Chợ"}


@pytest.fixture
def parsed(tmp_path: Path) -> Callable[[Article], ParsedDocument]:
    def parse(article: Article) -> ParsedDocument:
        ids = write_articles([article], {"1/2030/QH19": "Luật Chợ"}, tmp_path)
        assert ids == [article.id]
        return parse_article(tmp_path / "0" / "0.json", "nguồn")

    return parse


def read(document: ParsedDocument) -> list[tuple[str, tuple[str, ...], str]]:
    text = document.document.text
    return [(p.address, p.heading, text[p.start : p.end]) for p in document.passages]


def test_a_short_article_is_one_passage_under_its_title(parsed):
    found = parsed(
        Article("chợ%5", "Giờ mở cửa", "1. Chợ mở từ 5 giờ.\n2. Chợ đóng lúc 19 giờ.", "(Điều 5 Luật số 1/2030/QH19)")
    )
    document = found.document
    assert (document.id, document.kind, document.number, document.title) == ("chợ%5", "Luật", "1/2030/QH19", "Luật Chợ")
    assert document.source == "nguồn"
    assert document.text == "Điều 5. Giờ mở cửa\n1. Chợ mở từ 5 giờ.\n2. Chợ đóng lúc 19 giờ."
    assert [unit.path for unit in found.units] == ["dieu-5", "dieu-5/1", "dieu-5/2"]
    assert read(found) == [("Điều 5", ("Giờ mở cửa",), "1. Chợ mở từ 5 giờ.\n2. Chợ đóng lúc 19 giờ.")]


def test_a_long_article_is_cut_into_its_clauses(parsed):
    clauses = [f"{n}. " + "Người bán giữ sạch sạp hàng của mình. " * 15 for n in (1, 2)]
    found = read(
        parsed(Article("a", "Vệ sinh", "\n".join([*clauses, "3. Xử lý rác:", "a) Rác khô;", "b) Rác ướt."]), "Điều 6"))
    )
    assert [(address, heading) for address, heading, _ in found] == [
        ("khoản 1 Điều 6", ("Vệ sinh",)),
        ("khoản 2 Điều 6", ("Vệ sinh",)),
        ("khoản 3 Điều 6", ("Vệ sinh",)),
    ]
    assert found[2][2] == "3. Xử lý rác:\na) Rác khô;\nb) Rác ướt."


@pytest.mark.parametrize(
    ("article", "passages"),
    [
        # Neither source nor article: a news item.
        (Article("a", "Phiên chợ đêm", "Chợ đêm họp tối thứ bảy."), [(("Phiên chợ đêm",), "Chợ đêm họp tối thứ bảy.")]),
        # A text without a title.
        (Article("a", "", "Chợ họp ngày rằm."), [((), "Chợ họp ngày rằm.")]),
        (Article("a", "", "Chợ họp ngày rằm.", "Điều 2"), [((), "Chợ họp ngày rằm.")]),
        # A title without a text.
        (Article("a", "Chợ phiên", ""), [(("Chợ phiên",), "Chợ phiên")]),
        # What would be no text of a document is all that this one has.
        (Article("a", "", "Nơi nhận:\n- Như trên;"), [((), "Nơi nhận:\n- Như trên;")]),
        # A line that closes the article, as when it quotes a new chapter: it stays under the title.
        (Article("a", "Bổ sung", "Thêm chương sau:\nChương II\nCHỢ QUÊ\nĐiều 9. Phiên chợ", "Điều 1"), None),
    ],
)
def test_nothing_of_a_text_is_lost(article, passages, parsed):
    found = [(heading, text) for _, heading, text in read(parsed(article))]
    if passages is not None:
        assert found == passages
    else:
        assert all(heading[0] == article.title for heading, _ in found)
        assert [line for _, text in found for line in text.split("\n")] == article.text.split("\n")


# --- the same question typed otherwise ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "typed", "otherwise"),
    [
        ("nodia", "Đường ở Đà Nẵng", "Duong o Da Nang"),
        ("nfd", "Hà", "Ha\u0300"),
        ("lower", "Sở Y tế", "sở y tế"),
        ("oldtone", "hòa thuận, hoà thuận", "hoà thuận, hòa thuận"),
        ("oldtone", "Thuý khoẻ, THỦY QUÝ", "Thúy khỏe, THUỶ QUÝ"),
        ("oldtone", "toàn, hoài, quỷ", "toàn, hoài, quỷ"),  # one way only
        ("oldtone", "ho\u0300a", "hoà"),  # typed in pieces
    ],
)
def test_a_question_typed_otherwise(variant, typed, otherwise):
    assert VARIANTS[variant](typed, "") == otherwise


# --- other sets -----------------------------------------------------------------------------------------------------


def test_a_set_of_laws_becomes_a_collection(tmp_path):
    laws = [{"id": "1/2030/QH19", "articles": [{"id": "5", "text": "Giờ mở cửa\n\n1. Chợ mở từ 5 giờ."}]}]
    questions = [
        {"id": "q-1", "text": "Chợ mở lúc nào?", "relevant_articles": [{"law_id": "1/2030/QH19", "article_id": "5"}]}
    ]
    (tmp_path / "law.json").write_text(json.dumps(laws), encoding="utf-8")
    (tmp_path / "question.json").write_text(json.dumps(questions), encoding="utf-8")
    out = tmp_path / "out"
    convert.main(["alqac2022", str(tmp_path), str(out)])
    (article,) = read_articles(out / "corpus.jsonl")
    (question,) = read_questions(out / "queries.jsonl", out / "qrels.tsv")
    assert article == Article("1/2030/QH19%5", "Giờ mở cửa", "1. Chợ mở từ 5 giờ.", "Điều 5 1/2030/QH19")
    assert law_of(article.source).number == "1/2030/QH19"
    assert (question.text, question.relevant) == ("Chợ mở lúc nào?", {article.id: 1})
