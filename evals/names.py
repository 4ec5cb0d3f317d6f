"""Suites and figures as people call them, in Vietnamese; what has no such name keeps the one of the JSON file."""

from __future__ import annotations

from collections.abc import Mapping

from evals.metrics import Figures

SUITES: Mapping[str, str] = {
    "retrieval": "Truy hồi",
    "answers": "Câu trả lời",
    "notfound": "Không có trong văn bản",
    "followups": "Hỏi tiếp",
    "procedures": "Thủ tục hành chính",
    "robustness": "Cách gõ khác nhau",
    "ledger": "Sổ theo dõi",
    "speed": "Tốc độ",
    "peers": "So với hệ khác",
    "reading": "Đọc tệp",
    "sentences": "Chọn câu",
    "elsewhere": "Văn bản tỉnh khác",
}
GROUPS: Mapping[str, str] = {
    "seed": "báo cáo gốc",
    "bundled": "văn bản mẫu",
    "citizens": "người dân hỏi",
    "independent": "câu hỏi viết độc lập",
    "lists": "danh sách trọn vẹn",
    "written": "câu hỏi viết riêng",
    "written-seed": "viết riêng, báo cáo gốc",
    "pairs": "cặp có và không có",
    "portal-asked": "hỏi về hồ sơ Cổng DVC",
    "elsewhere": "tỉnh khác",
    "unseen": "văn bản chưa ai xem",
    "nearmiss": "gần giống",
    "followups": "hỏi tiếp",
    "procedures": "thủ tục mẫu",
    "portal": "hồ sơ Cổng DVC",
    "nodia": "không dấu",
    "nfd": "Unicode tổ hợp",
    "lower": "chữ thường",
    "oldtone": "đặt dấu kiểu khác",
    "abbrev": "viết tắt",
    "chat": "kiểu nhắn tin",
    "typos": "gõ sai",
    "dev": "nửa để chỉnh",
    "held": "nửa giữ lại",
    "all": "tất cả",
    "given": "cho trước đoạn",
    "units": "đơn vị văn bản",
    "twins": "PDF và Word",
    "tables": "bảng",
    "legacy": "bảng mã cũ",
    "scans": "bản quét",
    "hostile": "tệp độc hại",
    "throughput": "tốc độ đọc",
}
FIGURES: Mapping[str, str] = {
    "cases": "số câu",
    "right": "đúng",
    "answered_right": "câu có trả lời: đúng",
    "values_right": "đúng giá trị",
    "citation_right": "đúng trích dẫn",
    "lead_right": "đúng giá trị in đậm",
    "refusal_precision": "báo không tìm thấy: chính xác",
    "refusal_recall": "báo không tìm thấy: đủ",
    "answerable_refused": "từ chối nhầm",
    "unsupported": "số không có căn cứ",
    "stay_right": "vẫn đúng",
    "p50_ms": "trung vị (ms)",
    "p95_ms": "95% dưới (ms)",
    "questions": "số câu",
    "acc@1": "đoạn đầu đúng",
    "recall@1": "recall@1",
    "mrr@10": "MRR@10",
    "ndcg@10": "nDCG@10",
    "precision": "chính xác",
    "recall": "đủ",
    "listed": "số mục",
    "first": "câu đầu đúng",
    "one_font_words_median": "từ giống bản Word",
    "table_cells_pdf": "ô bảng đúng, PDF",
    "answer_p50_ms": "trả lời: trung vị (ms)",
    "answer_p95_ms": "trả lời: 95% dưới (ms)",
    "bm25_p50_ms": "BM25: trung vị (ms)",
    "ratio_to_bm25": "gấp mấy lần BM25",
    "serve_ready_s": "khởi động (giây)",
    "change_s": "cập nhật một tệp (giây)",
    "build_s": "dựng chỉ mục (giây)",
    "peak_mb": "bộ nhớ cao nhất (MB)",
}
# What a group is known by, the first that it has.
HEADLINES = (
    "right",
    "stay_right",
    "mrr@10",
    "recall",
    "first",
    "answer_p50_ms",
    "one_font_words_median",
    "table_cells_pdf",
)
COUNTS = ("cases", "questions", "listed")
# All else between 0 and 1 is a share.
_NO_SHARES = ("_ms", "_s", "_mb", "_words", "unsupported", "ratio_to_bm25", "times_ours", *COUNTS)


def headline(figures: Figures) -> str:
    """The figure that a group is known by; its first one where it has none of those."""
    return next((name for name in HEADLINES if name in figures), next(iter(figures), ""))


def number(name: str, value: float) -> str:
    """As people here write it: shares in percent, a decimal comma, dots between thousands."""
    if is_share(name, value):
        return f"{100 * value:.1f}%".replace(".", ",")
    digits = 0 if value == int(value) else 3 if value < 1 else 1
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def is_share(name: str, value: float) -> bool:
    return 0 <= value <= 1 and not name.endswith(_NO_SHARES)
