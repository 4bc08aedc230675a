"""Insider stakes across a split: shares reported before it are not divided by a count after it."""

import datetime as dt
from collections import Counter

import pytest

from active_edge.filings import Holding
from active_edge.sources.sec import form345
from active_edge.sources.sec.insiders import Level, rolled


def sale(on: str) -> Holding:
    return Holding(
        issuer="1", owners=("9",), names=(), insider=True, ten_percent=False, security="Common Stock", direct=True,
        nature="", change=-10.0, shares=90.0, on=on, filed=on, form="4",
    )  # fmt: skip


def roll(now: float) -> tuple[list[float], Counter[str]]:
    refused: Counter[str] = Counter()
    counts = {1: [("2022-01-01", 1000.0), ("2022-07-01", now)]}
    levels = [Level("2022-04-01", "2022-04-01", 0.20)]
    return [row[4] for row in rolled(1, levels, [sale("2022-08-01")], counts, refused)], refused


def test_a_sale_after_an_issue_of_a_tenth_is_worked_by_hand() -> None:
    # 20 % of 1,000 less 10 sold, of 1,100
    assert roll(1100.0) == ([pytest.approx(190 / 1100)], Counter())


@pytest.mark.parametrize("now", [100.0, 2000.0, 1500.0])
def test_nothing_is_rolled_over_a_split(now: float) -> None:
    # ten to one joined, 20 % would become 190 % or, of a smaller stake, a plausible nonsense
    assert roll(now) == ([], Counter({"roll-forward over a split or a merger": 1}))


@pytest.mark.parametrize(("before", "value"), [(1000.0, [0.04]), (900.0, [0.04]), (10_000.0, []), (500.0, [])])
def test_holdings_from_before_a_split_are_not_divided_by_todays_count(before: float, value: list[float]) -> None:
    stakes = [(1, dt.date(2022, 8, 1), 40.0, "a")]
    rows = form345.rows(stakes, {1: [("2021-01-01", before), ("2022-07-01", 1000.0)]})
    assert [row[4] for row in rows] == value


def test_a_split_two_years_ago_is_over() -> None:
    stakes = [(1, dt.date(2024, 8, 1), 40.0, "a")]
    rows = form345.rows(stakes, {1: [("2021-01-01", 10_000.0), ("2022-07-01", 1000.0)]})
    assert [row[4] for row in rows] == [0.04]
