"""The bundled restorer on what people type; the marks they did type stay."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import learned
from ingest.diacritics import Restorer
from ingest.ngrams import Ngrams, count, tokens
from ingest.syllables import is_syllable
from ingest.text import search_form


@pytest.fixture(scope="module")
def restorer() -> Restorer:
    return Restorer.load()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # nothing typed
        ("toi can nhung giay to gi", "tôi cần những giấy tờ gì"),
        ("thu tuc dang ky ket hon", "thủ tục đăng ký kết hôn"),
        ("trinh do dao tao cua vien chuc", "trình độ đào tạo của viên chức"),
        ("dich vu cong truc tuyen toan trinh", "dịch vụ công trực tuyến toàn trình"),
        ("ai chu tri buoi lam viec?", "ai chủ trì buổi làm việc?"),
        # half typed: some syllables whole, some with a part of their marks
        ("cơ quan nao chịu trach nhiệm", "cơ quan nào chịu trách nhiệm"),
        ("nghị quyêt cua Tỉnh ủy", "nghị quyết của Tỉnh ủy"),
        ("đuoc cấp giây phép", "được cấp giấy phép"),
        # case and spacing as typed
        ("Uy ban nhan dan  tinh Quang Ninh", "Ủy ban nhân dân  tỉnh Quảng Ninh"),
        ("SO TAI CHINH QUANG NINH O DAU", "SỞ TÀI CHÍNH QUẢNG NINH Ở ĐÂU"),
        # numbers, codes, abbreviations and links are no words
        ("Nghi quyet 05-NQ/TU ve CCHC", "Nghị quyết 05-NQ/TU về CCHC"),
        ("thu tuc 1.004194 nop o dau", "thủ tục 1.004194 nộp ở đâu"),
        ("nop ho so tai https://dichvucong.gov.vn", "nộp hồ sơ tại https://dichvucong.gov.vn"),
        ("PCI nam 2023 tang 1,5 diem", "PCI năm 2023 tăng 1,5 điểm"),
        ("von FDI thu hut bao nhieu", "vốn FDI thu hút bao nhiêu"),  # yet they tell what stands beside them
        # a letter too many, too few, another one, two that changed places
        ("hồ sơ đã hoàn thànhh chưaa", "hồ sơ đã hoàn thành chưa"),
        ("do cơ qan nào ban hành", "do cơ quan nào ban hành"),
        ("nguyên nhân nhyng mặt còn yếu", "nguyên nhân những mặt còn yếu"),
        ("được pâhn công việc gì", "được phân công việc gì"),
        ("Ban Thườngg vụ", "Ban Thường vụ"),
        ("cua hai phomg la bao nhieu", "của hải phòng là bao nhiêu"),  # and without marks
        # Telex where no program took it
        ("thur tucj ddawng kys keets hoon", "thủ tục đăng ký kết hôn"),
        ("leej phis bao nhieeu", "lệ phí bao nhiêu"),
        # nothing to do
        ("", ""),
        ("?!… 12 – 34", "?!… 12 – 34"),
    ],
)
def test_restores(restorer: Restorer, typed: str, meant: str) -> None:
    assert restorer.restore(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        # bare syllables that are words as they stand: cho, trong, khi, theo, hai, ba, lao, thi, giao, mua, ngang
        "Trong khi chờ kết quả thì hồ sơ do ai giữ?",
        "Thời hạn nộp báo cáo là ba ngày, theo quy định hai lần trong năm",
        "Thí sinh thi tuyển công chức được ưu tiên ra sao?",
        "Doanh nghiệp mua sắm tập trung cho ngân sách",
        # the new tone placement and i for y are spellings, not slips
        "Uỷ ban nhân dân xã hoà giải, kí kết, quản lí",
    ],
)
def test_accented_text_is_left_alone(restorer: Restorer, text: str) -> None:
    assert restorer.restore(text) == text
    decomposed = unicodedata.normalize("NFD", text)
    assert restorer.restore(decomposed) == decomposed


@pytest.mark.parametrize(
    "text",
    [
        "kpi của sở là gì",
        "dự án của Vinhomes và Samsung ở gplx",
        "startup đổi mới dùng facebook và email",
        "TTPVHCC và DVCTT",
    ],
)
def test_foreign_words_and_abbreviations_are_no_slips(restorer: Restorer, text: str) -> None:
    assert restorer.restore(text) == text


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("abdeghimnoqtuyăâđêôơưáằịộỹĐÀE 0159.,-/@?\n\u0301\u0323Œß²"), max_size=40))
def test_only_letters_change_and_the_marks_of_syllables_stay(restorer: Restorer, text: str) -> None:
    restored = restorer.restore(text)
    assert re.sub(r"[^\W\d_]|[\u0300-\u036f]", "", restored) == re.sub(r"[^\W\d_]|[\u0300-\u036f]", "", text)
    for before, after in zip(text.split(), restored.split(), strict=True):
        marks_before, marks_after = (
            {c for c in unicodedata.normalize("NFD", word) if unicodedata.combining(c)} for word in (before, after)
        )
        assert marks_before <= marks_after or not is_syllable(before.strip(".,?"))


@pytest.fixture
def generation(tmp_path) -> Callable[..., Path]:
    """Folders of generations of which these are the documents."""

    def build(*texts: str, after: Path | None = None) -> Path:
        folder = tmp_path / f"g{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        if after:
            learned.update(after, folder, texts)
        else:
            learned.build(folder, texts)
        return folder

    return build


THUOM = "Bà Thượm phụ trách xã Thượm Nà. Bà Thượm báo cáo."
PHEO = "Xã Trà Phẹo có 12 thôn.\nChủ tịch xã Trà Phẹo là ông Khuông Đạp."


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ba Thuom bao cao", "bà Thượm báo cáo"),  # a syllable that no other text has
        ("xa Tra Pheo co bao nhieu thon", "xã Trà Phẹo có bao nhiêu thôn"),
        ("ong Khuong Dap lam gi", "ông Khuông Đạp làm gì"),  # common syllables, not together
        ("xã Tra Phẹo", "xã Trà Phẹo"),
        ("XA TRA PHEO CO MAY THON", "XÃ TRÀ PHẸO CÓ MẤY THÔN"),
    ],
)
def test_names_of_the_documents(restorer: Restorer, generation, typed: str, meant: str) -> None:
    taught = restorer.knowing(generation(THUOM, PHEO))
    assert taught.restore(typed) == meant
    assert restorer.restore(typed) != meant  # nor is the bundled one taught by the way


def test_names_of_new_documents_join_those_of_the_generation_before(restorer: Restorer, generation) -> None:
    both = restorer.knowing(generation(PHEO, after=generation(THUOM)))
    assert both.restore("ba Thuom o xa Tra Pheo") == "bà Thượm ở xã Trà Phẹo"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ong Pheo o xa Tra Pheo. Ong Pheo o xa Tra Pheo.",  # typed without marks
        "Mr Müller in Zürich",
    ],
)
def test_texts_that_teach_nothing(restorer: Restorer, generation, text: str) -> None:
    taught = restorer.knowing(generation(text))
    for typed in ("ong Pheo o xa Tra Pheo", "ong Muller", "toi can giay to gi"):
        assert taught.restore(typed) == restorer.restore(typed)


def test_a_generation_without_the_file_teaches_nothing(restorer: Restorer, tmp_path) -> None:
    assert restorer.knowing(tmp_path) is restorer


def test_of_very_much_text_some_lines_teach(generation, monkeypatch, restorer: Restorer) -> None:
    monkeypatch.setattr(learned, "_AT_EACH_STRIDE", 2_000)
    whole = learned.load(generation(THUOM))
    some = learned.load(generation(*[THUOM] * 1000))
    assert whole is not None
    assert some is not None
    often = some.counts[some.ids["thượm"]] / whole.counts[whole.ids["thượm"]]
    assert 100 < often < 500
    assert restorer.knowing(generation(*[THUOM] * 1000)).restore("ba Thuom") == "bà Thượm"


def test_ngrams_survive_saving(tmp_path) -> None:
    rows = [tokens("Điều 3. Sở Tư pháp chủ trì, phối hợp với Sở Tài chính.")] * 9 + [tokens("Sở Tư pháp báo cáo")] * 4
    ngrams = count(rows, least=2, least_pair=2, least_triple=5)
    ngrams.save(tmp_path / "ngrams.npz")
    again = Ngrams.load(tmp_path / "ngrams.npz")
    assert again.syllables == ngrams.syllables
    assert again.pairs.tolist() == ngrams.pairs.tolist()
    assert again.triples.tolist() == ngrams.triples.tolist()
    assert again.pair_counts == pytest.approx(ngrams.pair_counts, rel=0.04)


def test_chances_are_proper_whatever_was_pruned_or_added() -> None:
    rows = [tokens("sở tư pháp chủ trì"), tokens("sở tài chính chủ trì"), tokens("sở tư pháp phối hợp")] * 3
    ngrams = count(rows, least=1, least_pair=4, least_triple=6)
    for _ in range(2):
        every = [ngrams.ids[s] for s in ngrams.syllables]
        first, second = ngrams.ids["sở"], ngrams.ids["tư"]
        ids = np.array(every)
        assert ngrams.after_one(np.full_like(ids, first), ids).sum() == pytest.approx(1, abs=0.02)
        total = ngrams.after_two(np.full_like(ids, first), np.full_like(ids, second), ids).sum()
        assert total == pytest.approx(1, abs=0.02)
        own = count([tokens("sở tư pháp kiểm tra")], least=1, least_pair=1, least_triple=None)
        ngrams = ngrams.with_counts(own, weight=2.0)


def test_tokens_are_searchable_forms_with_stand_ins() -> None:
    found = " ".join(tokens("Uỷ ban (khoản 2, Điều 3): hòa giải"))
    assert found == "ủy ban | khoản # điều # | | hòa giải"
    assert search_form("Uỷ") == "ủy"
