"""A split as the fund's own shares tell it: what they say exactly is the ratio, however many old shares it joins."""

import math

import pytest

from active_edge.sources.holdings.closes import _exactly, _ratio

NONE = math.nan


@pytest.mark.parametrize("old", [*range(2, 10), 10, 11, 12, 13, 14, 17, 18, 20, 23, 25, 30, 35, 45, 49, 60, 75, 100])
@pytest.mark.parametrize("own", [0.93, 1.0, 1.08])
def test_an_exact_share_for_many_is_a_reverse_split_of_that_ratio(old: int, own: float) -> None:
    assert _ratio(own * old, 1 / old, NONE) == pytest.approx(1 / old)
    assert _ratio(own * old, 1.0, 1 / old) == pytest.approx(1 / old)  # the file's shares follow a day later


def test_the_funds_own_trading_hides_no_reverse_split() -> None:
    assert _ratio(25.0, 1 / 25.3, NONE) == pytest.approx(1 / 25)  # a usual ratio within what a fund trades
    assert _ratio(60.0, 1.01 / 60, NONE) == pytest.approx(1 / 60, rel=0.02)


@pytest.mark.parametrize(
    ("moved", "grown"),
    [
        (1.9, 1 / 11),  # the fund sold nearly all, of a share that doubled
        (0.9, 1 / 25),
        (12.0, 1.0),  # a share that rose, of which the fund kept what it had
        (400.0, 1 / 400),  # an error of price
    ],
)
def test_a_sale_of_the_fund_is_no_split(moved: float, grown: float) -> None:
    assert _ratio(moved, grown, NONE) == 1.0


@pytest.mark.parametrize(
    ("before", "after", "ratio"),
    [
        (12_345.0, 1_234.0, 1 / 10),
        (45_678.0, 1_142.0, 1 / 40),
        (36_003.0, 3_273.0, 1 / 11),
        (12_345.0, 24_690.0, 2.0),
        (12_345.0, 18_518.0, 1.5),
        (12_345.0, 1_240.0, NONE),  # nearly, so the fund traded
        (120.0, 12.0, NONE),  # so few that any number may be met
        (12_345.0, 12_345.0, NONE),
    ],
)
def test_shares_that_change_by_a_split_to_the_share_tell_it(before: float, after: float, ratio: float) -> None:
    assert _exactly(before, after) == pytest.approx(ratio, nan_ok=True)


@pytest.mark.parametrize(("moved", "exact"), [(0.5523, 1 / 10), (0.7317, 2.0), (1.3, 1 / 15)])
def test_over_a_month_the_price_may_move_by_more_than_the_split(moved: float, exact: float) -> None:
    """A share that lost 94 % and was joined ten to one stands at 0.55 of its price, and no return is 0.55 - 1."""
    assert _ratio(moved, exact, exact, exact) == exact
    assert _ratio(moved, exact * 1.004, exact, NONE) == 1.0  # where the fund traded too, nothing tells which it was
