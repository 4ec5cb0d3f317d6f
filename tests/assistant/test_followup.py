"""Questions that leave things out, and those that don't."""

from __future__ import annotations

import pytest

from assistant.followup import complete

ASKED = "Năm 2024 cấp huyện phải đạt tỷ lệ hồ sơ số hóa bao nhiêu?"

GOES_ON = [
    # another level, year, quarter, index, body in the place of the last one
    ([ASKED], "Còn cấp xã thì sao?", "Năm 2024 cấp xã phải đạt tỷ lệ hồ sơ số hóa bao nhiêu?"),
    ([ASKED, "Còn cấp xã thì sao?"], "năm 2026?", "năm 2026 cấp xã phải đạt tỷ lệ hồ sơ số hóa bao nhiêu?"),
    ([ASKED], "còn tỉnh?", "Năm 2024 cấp tỉnh phải đạt tỷ lệ hồ sơ số hóa bao nhiêu?"),
    ([ASKED], "thế riêng cấp xã?", "Năm 2024 cấp xã phải đạt tỷ lệ hồ sơ số hóa bao nhiêu?"),
    (["Điểm PCI năm 2022 là bao nhiêu?"], "thế còn PAPI?", "Điểm PAPI năm 2022 là bao nhiêu?"),
    (["Sở Y tế chủ trì nhiệm vụ nào?"], "Sở Xây dựng?", "Sở Xây dựng chủ trì nhiệm vụ nào?"),
    (["Quý I/2025 tiếp nhận bao nhiêu hồ sơ?"], "quý II/2025 thì sao", "quý II/2025 tiếp nhận bao nhiêu hồ sơ?"),
    # with the year, or the kind of place, that only the question before had
    (["Quý I/2025 tiếp nhận bao nhiêu hồ sơ?"], "thế quý III?", "quý III năm 2025 tiếp nhận bao nhiêu hồ sơ?"),
    (["Tháng 5 năm 2025 tiếp nhận bao nhiêu hồ sơ?"], "còn tháng 6?", "tháng 6 năm 2025 tiếp nhận bao nhiêu hồ sơ?"),
    (["Huyện Ba Chẽ số hóa được bao nhiêu?"], "Vân Đồn?", "Huyện Vân Đồn số hóa được bao nhiêu?"),
    (["Huyện Ba Chẽ được giao việc gì?"], "Sở Y tế?", "Sở Y tế được giao việc gì?"),
    # another amount, which tells one case from the other
    (["Thủ tục đến 10 ngày làm việc thì trả lời trong bao lâu?"], "còn trên 20 ngày?",
     "Thủ tục trên 20 ngày thì trả lời trong bao lâu?"),
    (["Sở Y tế trả lời trong bao lâu với thủ tục đến 10 ngày?"], "Còn thủ tục trên 20 ngày thì mấy ngày?",
     "Sở Y tế trả lời trong bao lâu với thủ tục trên 20 ngày thì mấy ngày?"),
    # something else about the same
    (["Thanh toán viện phí cần giấy tờ gì?"], "mất bao lâu?", "Thanh toán viện phí mất bao lâu?"),
    (["Ai chủ trì làm đường tuần tra?"], "hạn khi nào?", "làm đường tuần tra hạn khi nào?"),
    (["Cấp thẻ nhà báo cần giấy tờ gì?"], "mất bao lâu?", "Cấp thẻ nhà báo mất bao lâu?"),
    (["Quyết định 15/2024/QĐ-UBND có hiệu lực khi nào?"], "nó thay thế văn bản nào?",
     "Quyết định 15/2024/QĐ-UBND thay thế văn bản nào?"),
    # the same about something else
    (["Phiếu hẹn là gì?"], "còn quầy không giấy?", "quầy không giấy là gì?"),
]  # fmt: skip


@pytest.mark.parametrize(("history", "message", "whole"), GOES_ON)
def test_what_is_left_out_comes_from_before(history, message, whole):
    assert complete(message, history) == whole


@pytest.mark.parametrize(
    "message",
    [
        "Mục tiêu thu hút FDI đến năm 2025 của tỉnh là bao nhiêu?",
        "Đăng ký kết hôn cần giấy tờ gì?",
        "Hồ sơ công việc xử lý trên mạng còn thiếu bao nhiêu so với mục tiêu?",  # `trên` and `còn` point nowhere
        "Sở Tư pháp chủ trì những nhiệm vụ nào trong Kế hoạch 12/KH-UBND về thể chế?",
    ],
)
def test_a_whole_question_stays_as_it_is(message):
    assert complete(message, [ASKED]) == message


@pytest.mark.parametrize("message", ["Còn cấp xã thì sao?", "ai chủ trì?"])
def test_with_nothing_before_it_stays_as_it_is(message):
    assert complete(message, []) == message


def test_what_names_its_own_subject_goes_on_only_where_it_is_known_to():
    asked, message = ["Trợ cấp một lần cho thanh niên xung phong nộp ở đâu?"], "Bản khai dùng mẫu nào?"
    assert complete(message, asked) == message
    leaning = complete(message, asked, leans=True)
    assert "thanh niên xung phong" in leaning
    assert "Bản khai dùng mẫu nào" in leaning
