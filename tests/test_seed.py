"""The report that the project starts from, beside the bundled corpus: every question it must answer, however typed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.bootstrap import Assistant, open_assistant, open_writing
from assistant.config import Settings
from assistant.types import Answer
from ingest.embed import Embedder
from ingest.intake import silent
from ingest.values import bare

SEED = Path(__file__).parents[2] / "shared" / "data" / "seed"

pytestmark = pytest.mark.skipif(not SEED.is_dir(), reason="the seed report is not here")


@pytest.fixture(scope="module")
def seeded(corpus_data: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = Settings(data_dir=Path(shutil.copytree(corpus_data, tmp_path_factory.mktemp("seed") / "data")))
    writing = open_writing(settings, silent, lambda: embedder)
    report = writing.paths([SEED], prune=False)
    writing.catalog.close()
    assert {outcome.status for outcome in report.outcomes} == {"added"}
    opened = open_assistant(settings, lambda: embedder)
    yield opened
    opened.close()


# What the answer leads with, in bold; a sentence may tell of several figures and the right one must stand out.
LEADS = [
    # capital attracted, and that against the plan: one question for both, one for each
    ("Vốn FDI thu hút 2021-2023 là bao nhiêu và bằng bao nhiêu phần trăm kế hoạch?", ["6,83 tỷ USD", "137%"], []),
    ("FDI 3 năm 2021 - 2023 được bao nhiêu tỷ USD?", ["6,83 tỷ USD"], []),
    ("Thu hút đầu tư nước ngoài 2021-2023 đạt bao nhiêu so với kế hoạch?", ["137%"], []),
    # years on end at the top: three indices in one sentence, not to be mixed up
    ("Số năm liên tiếp dẫn đầu PCI?", ["6 năm"], ["4 năm", "2 năm"]),
    ("Quảng Ninh dẫn đầu chỉ số PCI mấy năm liền?", ["6 năm"], ["4 năm", "2 năm"]),
    ("Số năm liên tiếp dẫn đầu SIPAS?", ["4 năm"], ["6 năm", "2 năm"]),
    ("Tỉnh đứng đầu SIPAS bao nhiêu năm liên tiếp?", ["4 năm"], ["6 năm", "2 năm"]),
    ("Số năm dẫn đầu PAPI?", ["2 năm"], ["6 năm", "4 năm"]),
    ("Quảng Ninh đứng đầu PAPI mấy năm?", ["2 năm"], ["6 năm", "4 năm"]),
    # the years with all four
    ("Những năm nào dẫn đầu cả bốn chỉ số?", ["2020", "2022"], ["2021", "2023"]),
    ("Năm nào Quảng Ninh đứng đầu cả 4 chỉ số PCI, PAPI, SIPAS, PAR Index?", ["2020", "2022"], ["2021", "2023"]),
    ("Các năm dẫn đầu đồng thời 4 chỉ số?", ["2020", "2022"], ["2021", "2023"]),
    # end to end online, of those that are online at all
    ("Tỷ lệ TTHC trực tuyến toàn trình?", ["73,2%"], ["98,5%", "90%"]),
    ("Bao nhiêu phần trăm thủ tục cấp tỉnh có dịch vụ công trực tuyến toàn trình?", ["73,2%"], ["98,5%", "90%"]),
    ("Tỷ lệ dịch vụ công trực tuyến năm 2023 là bao nhiêu?", ["98,5%"], ["73,2%", "90%"]),
    ("Năm 2023 dịch vụ công trực tuyến đạt bao nhiêu phần trăm?", ["98,5%"], ["73,2%", "90%"]),
    # a person
    ("Ai chủ trì buổi làm việc chiều 21/2?", ["Nguyễn Xuân Ký"], []),
    ("Đồng chí nào chủ trì buổi nghe báo cáo sơ kết 3 năm Nghị quyết 05?", ["Nguyễn Xuân Ký"], []),
    ("Người chủ trì cuộc họp chiều 21/2 là ai?", ["Nguyễn Xuân Ký"], []),
]

FIELDS = ["y tế", "giáo dục", "du lịch", "tổ chức cán bộ", "hải quan", "xuất nhập cảnh", "xuất nhập khẩu"]
REVIEWED = ["hạ tầng kết nối", "thể chế nội bộ", "lộ trình chuyển đổi số"]
LACKING = ["bất cập", "một cửa cấp xã"]
CRITERIA = ["đúng, đủ, sạch, sống"]

# What the quoted words hold; `năm` is five here and not a year.
QUOTES = [
    ("Năm lĩnh vực đột phá là gì?", FIELDS),
    ("5 lĩnh vực đột phá gồm những lĩnh vực nào?", FIELDS),
    ("Lựa chọn các lĩnh vực nào để tạo đột phá?", FIELDS),
    ("Ban Cán sự Đảng UBND tỉnh được giao gì?", REVIEWED),
    ("Nhiệm vụ của Ban Cán sự Đảng UBND tỉnh là gì?", REVIEWED),
    ("Ban cán sự đảng Ủy ban nhân dân tỉnh phải làm gì?", REVIEWED),
    ("Tồn tại, hạn chế là gì?", LACKING),
    ("Những tồn tại, hạn chế được BTV Tỉnh ủy chỉ ra?", LACKING),
    ("Tiêu chí chuyển đổi số là gì?", CRITERIA),
    ("Chuyển đổi số phải theo tiêu chí nào?", CRITERIA),
]

NOT_KNOWN = ["GRDP năm 2019 của tỉnh Hà Giang?", "tỉnh Hà Giang GRDP 2019 bao nhiêu", "giá vàng hôm nay"]


def plainly(text: str) -> str:
    return " ".join(text.lower().split())


def both(questions: list[str]) -> list[str]:
    return [way for question in questions for way in (question, bare(question).lower())]


def check_quoted(answer: Answer, values: list[str]) -> None:
    assert answer.status == "answered", answer.text
    for value in values:
        assert plainly(value) in plainly(answer.text), answer.text
        assert any(plainly(value) in plainly(citation.quote) for citation in answer.citations), answer.citations


@pytest.mark.parametrize("marks", [True, False], ids=["marked", "bare"])
@pytest.mark.parametrize(("question", "values", "others"), LEADS, ids=[question for question, *_ in LEADS])
def test_the_value_leads_and_is_quoted(seeded, question, values, others, marks):
    answer, _ = seeded.ask(question if marks else bare(question).lower())
    check_quoted(answer, values)
    lead = " ".join(re.findall(r"\*\*(.+?)\*\*", answer.text))
    assert all(value in lead for value in values)
    assert not any(other in lead for other in others)


@pytest.mark.parametrize("marks", [True, False], ids=["marked", "bare"])
@pytest.mark.parametrize(("question", "values"), QUOTES, ids=[question for question, _ in QUOTES])
def test_the_words_are_quoted(seeded, question, values, marks):
    answer, _ = seeded.ask(question if marks else bare(question).lower())
    check_quoted(answer, values)


@pytest.mark.parametrize("question", both(NOT_KNOWN))
def test_what_no_document_tells_is_not_found(seeded, question):
    answer, _ = seeded.ask(question)
    assert answer.status == "not_found"
    assert not answer.citations
    assert answer.text.startswith("Không tìm thấy")
