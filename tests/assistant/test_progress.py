"""Targets beside results: which result measures which target, what can't be compared, and in what order rows come."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from assistant.bootstrap import Assistant
from assistant.collation import vietnamese_key
from assistant.ledger.board import Filter, as_csv
from assistant.ledger.entries import make_ledger
from assistant.ledger.overview import TARGET_COLUMNS, Wanted, choose
from assistant.ledger.progress import progress_of
from assistant.ledger.series import series_of
from ingest.types import Document, Figure

T = TypeVar("T")


@dataclass
class Shelf:
    """Documents by id, and what is made once."""

    kinds: dict[str, tuple[str, date]] = field(
        default_factory=lambda: {"nq": ("Nghị quyết", date(2021, 4, 9)), "bc": ("Báo cáo", date(2023, 12, 20))}
    )
    titles: dict[str, str] = field(default_factory=dict)

    def described(self, id_: str) -> Document:
        kind, day = self.kinds[id_]
        return Document(id_, kind, None, self.titles.get(id_, ""), None, day, id_, "", "")

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        return make()


def target(indicator: str, value: str, period: str = "đến năm 2025", **more: Any) -> tuple[str, Figure]:
    return "nq", figure("target", indicator, value, period, **more)


def result(indicator: str, value: str, period: str = "năm 2023", **more: Any) -> tuple[str, Figure]:
    return "bc", figure("result", indicator, value, period, **more)


def figure(kind: Any, indicator: str, value: str, period: str, **more: Any) -> Figure:
    own = {"path": f"{indicator}{period}", "comparator": ">=" if kind == "target" else "=", "unit": "%", **more}
    return Figure(kind, start=0, end=9, indicator=indicator, value=Decimal(value), written=value, period=period, **own)


DONE = "Hồ sơ giải quyết đúng hạn"

STATES = [
    # what is reported of the target "at least 90 % by 2025", how it stands, why not comparable, the share reached
    ([result(DONE, "95")], "met", "", 1.0),
    ([result(DONE, "45")], "unmet", "", 0.5),
    ([], "none", "", None),
    ([result("Hồ sơ đất đai của doanh nghiệp giải quyết đúng hạn", "95")], "none", "", None),  # of something narrower
    ([result("Hồ sơ được giải quyết đúng hạn", "95")], "met", "", 1.0),
    ([result(DONE, "950", unit="hồ sơ")], "none", "kết quả tính bằng hồ sơ, mục tiêu tính bằng %", None),
    ([result(DONE, "95", basis="estimate")], "none", "kết quả mới là ước thực hiện", None),
    ([result(DONE, "95", scope="cấp xã")], "none", "kết quả của phạm vi khác", None),
    ([result(DONE, "95", "năm 2020")], "none", "kết quả của thời gian trước khi đặt mục tiêu", None),
    ([result(DONE, "95", "năm 2026")], "none", "kết quả của thời kỳ khác", None),
    ([result(DONE, "5", change="tăng")], "none", "", None),  # how much it went up
    ([result(DONE, "95", "năm 2022"), result(DONE, "80", "năm 2023")], "unmet", "", 0.8889),  # the latest
    ([result(DONE, "950", unit="hồ sơ"), result(DONE, "91")], "met", "", 1.0),
]


@pytest.mark.parametrize(("reported", "state", "why", "share"), STATES)
def test_states(reported, state, why, share):
    (found,) = progress_of(Shelf(), make_ledger([target(DONE, "90"), *reported], lambda *_: ""))
    assert (found.state, found.why) == (state, why)
    assert found.share is None if share is None else found.share == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize(
    ("comparator", "value", "state"),
    [("<=", "16", "met"), ("<=", "17", "unmet"), ("<", "16", "unmet"), (">", "16", "unmet")],
)
def test_limits(comparator, value, state):
    facts = [target("Thời gian cấp phép", "16", comparator=comparator), result("Thời gian cấp phép", value)]
    (found,) = progress_of(Shelf(), make_ledger(facts, lambda *_: ""))
    assert found.state == state


@pytest.mark.parametrize(
    ("titles", "state"),
    [
        ({"nq": "Cải cách hành chính tỉnh Quảng Ninh", "bc": "Kết quả năm 2023 của tỉnh Bình Định"}, "none"),
        ({"nq": "Cải cách hành chính tỉnh Quảng Ninh", "bc": "Kết quả năm 2023 của tỉnh Quảng Ninh"}, "met"),
        ({"nq": "Cải cách hành chính tỉnh Quảng Ninh", "bc": "Kết quả năm 2023"}, "met"),
    ],
)
def test_results_of_another_province_measure_nothing_here(titles, state):
    facts = [target(DONE, "90"), result(DONE, "95")]
    (found,) = progress_of(Shelf(titles=titles), make_ledger(facts, lambda *_: ""))
    assert (found.state, found.why) == (state, "kết quả của nơi khác" if state == "none" else "")


def test_a_result_is_of_the_target_it_is_most_like():
    """One document, one time: online at all, and online to the end."""
    facts = [
        target("Thủ tục cung cấp trực tuyến", "90"),
        target("Thủ tục cung cấp trực tuyến toàn trình", "80"),
        result("Thủ tục cung cấp trực tuyến", "95"),
    ]
    whole, to_the_end = progress_of(Shelf(), make_ledger(facts, lambda *_: ""))
    assert (whole.state, to_the_end.state, to_the_end.result) == ("met", "none", None)


def test_a_row_with_values_for_several_years_sets_steps():
    facts = [target(DONE, value, year, path="hang-1") for value, year in (("90", "2025"), ("99", "2030"))]
    found = progress_of(Shelf(), make_ledger([*facts, result(DONE, "95")], lambda *_: ""))
    assert [each.state for each in found] == ["met", "unmet"]
    alone = progress_of(Shelf(), make_ledger([target(DONE, "90", "năm 2025"), result(DONE, "95")], lambda *_: ""))
    assert [each.state for each in alone] == ["none"]  # the target of a year is not reached two years before


def test_years_of_one_indicator():
    facts = [
        result(DONE, "90", "năm 2021"),
        result(DONE, "95"),
        result("Khác hẳn", "1"),
        target(DONE, "99", "năm 2030"),
    ]
    shelf = Shelf()
    ledger = make_ledger(facts, lambda *_: "")
    shelf.derived = lambda key, make: ledger if key == "ledger" else make()  # type: ignore[method-assign]
    (series,) = series_of(shelf).values()
    assert series.id == "ho-so-giai-quyet-dung-han"
    assert [year for year, _ in series.points] == [2021, 2023, 2030]


def test_board_of_the_corpus(assistant: Assistant):
    with assistant.shelf.reading() as library:
        every = choose("targets", Wanted(), library)
        assert sum(every.counts.values()) == len(every.rows)
        unmet = choose("targets", Wanted(Filter(indicator="doanh nghiep thanh lap moi"), state="unmet"), library)
        assert {row.state for row in unmet.rows} == {"unmet"}
        shares = [
            row.shown.get("share") for row in choose("targets", Wanted(sort="share", descending=True), library).rows
        ]
        known = [share for share in shares if share is not None]
        assert known == sorted(known, reverse=True)
        assert shares[len(known) :] == [None] * (len(shares) - len(known))  # those without one come last
        assert as_csv([row.shown for row in unmet.rows], TARGET_COLUMNS).count("Chưa đạt") == len(unmet.rows)
        led = choose("tasks", Wanted(Filter(agency="so tu phap"), role="lead"), library)
        assert all("Sở Tư pháp" in row.shown["lead"] for row in led.rows)


def test_vietnamese_order():
    """Letters of the alphabet first, then tones, then numbers by their value."""
    ordered = [
        "1 sở",
        "2 sở",
        "10 sở",
        "Ăn",
        "Ân",
        "Ban",
        "Bản",
        "Bảo hiểm",
        "Công an",
        "Đảng ủy",
        "Sở 2",
        "Sở 10",
        "Sở Y tế",
        "Ủy ban",
        "Văn phòng",
    ]
    mixed = random.Random(1).sample(ordered, len(ordered))
    assert sorted(mixed, key=vietnamese_key) == ordered
