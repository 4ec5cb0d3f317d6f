"""What came out of a file is text, or the file is refused with what to do about it."""

from __future__ import annotations

import re
import unicodedata

import pytest

from ingest.errors import UnreadableFile
from ingest.health import health_notes
from ingest.parse import parse_reading
from ingest.types import Block, Health, Reading

PLAN = (
    "Ủy ban nhân dân tỉnh yêu cầu các sở, ban, ngành rà soát, đơn giản hóa thủ tục hành chính, rút ngắn thời gian giải "
    "quyết hồ sơ và nâng cao chất lượng phục vụ người dân, doanh nghiệp trên địa bàn tỉnh. Kết quả thực hiện được báo "
    "cáo trước ngày 15 tháng 12 hằng năm để văn phòng tổng hợp và đề xuất khen thưởng."
)


def torn(text: str) -> str:
    """What a PDF with two fonts may give: the letters of the second one behind the line."""
    taken = re.findall("[ạ-ỹ]", text)
    return " ".join((re.sub("[ạ-ỹ]", " ", text), *taken))


GARBLED = [
    PLAN.encode().decode("latin-1"),  # UTF-8 taken for Latin-1
    "ñy ban nh©n d©n tØnh yªu cÇu c¸c së, ban, ngµnh rµ so¸t, ®¬n gi¶n hãa thñ tôc hµnh chÝnh, " * 4,  # TCVN3
    torn(PLAN),
    re.sub("[^ -~]", "\ufffd", PLAN),
    "Министерство финансов Российской Федерации сообщает следующее решение комиссии. " * 5,
]
READABLE = [
    PLAN,
    unicodedata.normalize("NFD", PLAN),
    re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", PLAN)).replace("đ", "d"),  # typed without marks
    "The People's Committee of the province shall review administrative procedures and report on the results. " * 3,
    "Le Comité populaire de la province examine les procédures administratives et présente un rapport annuel. " * 3,
    "x x Đạt x x x Không đạt x x x Đạt x x Đạt một phần " * 5,  # crosses
    "ABC-12 XYZ-9 3,5 4,6 ø32 ±5",  # too little to tell
]


@pytest.mark.parametrize("text", GARBLED)
def test_garbled_text_is_refused(text):
    with pytest.raises(UnreadableFile, match=r"không đọc ra thành từ.*Unicode"):
        parse_reading(Reading((Block(text),), "txt"), source="a.txt", sha256="")


@pytest.mark.parametrize("text", READABLE)
def test_readable_text_is_kept(text):
    health = parse_reading(Reading((Block(text),), "txt"), source="a.txt", sha256="").document.health
    assert health.format == "txt"
    assert 0 <= health.syllables <= health.words


# --- what is told of it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("health", "said"),
    [
        (Health(), []),  # a document from before health was kept, or made by hand
        (Health(words=1000, syllables=980), []),
        (Health(words=1000, syllables=610), ["61% số từ"]),
        (Health(words=20, syllables=1), []),  # a form: too few words for a share
        (Health(words=100, syllables=99, pages=9, scanned=(1, 2)), ["2/9 trang là ảnh"]),
        (Health(blank=(3, 5, 6, 7)), ["ở trang 3, 5–7."]),
        (Health(encodings=("TCVN3", "VNI")), ["TCVN3, VNI"]),
    ],
)
def test_health_notes(health, said):
    notes = health_notes(health)
    assert len(notes) == len(said)
    assert all(words in note for words, note in zip(said, notes, strict=True))
