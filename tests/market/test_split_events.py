"""Which moves of unadjusted closes are splits: what a list, the next count of shares, volume and exactness say."""

import numpy as np
import pandas as pd
import pytest

from active_edge.market.audit.report import audit_market
from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from tests.markets import make_market

pytestmark = pytest.mark.slow

SESSIONS = sessions_between("2016-01-04", "2016-12-30")
SPLIT_DAY = "2016-06-15"
DAYS = {"before": "2016-06-14", "same": SPLIT_DAY, "fifth": "2016-06-21", "counted": "2016-08-05", "end": "2016-12-30"}


def market_of(tmp_path, close, *, volume=None, counts=(("2016-03-31", 100, "2016-05-05"),), returns=0.0):
    """A at 30 dollars until the day before the split and at `close` from it on, 1,000 shares a day before."""
    after = SESSIONS >= SPLIT_DAY
    closes = pd.DataFrame({"A": np.where(after, close, 30.0)}, index=SESSIONS)
    told = pd.DataFrame({"A": np.where(SESSIONS == SPLIT_DAY, returns, 0.0)}, index=SESSIONS)
    traded = pd.DataFrame({"A": np.where(after, 1000.0 if volume is None else volume, 1000.0)}, index=SESSIONS)
    facts = [
        {"asset": "A", "item": "shares_outstanding", "months": 0, "period_end": end, "value": float(n), "filed": filed}
        for end, n, filed in counts
    ]
    return make_market(tmp_path, closes=closes, total_return=told, volume=traded, facts=facts)


def shares(market):
    return Panel(market, pd.DatetimeIndex(DAYS.values())).shares()[:, 0].tolist()


def recounted(number, *, end="2016-06-30"):
    return ("2016-03-31", 100, "2016-05-05"), (end, number, "2016-08-05")


def test_a_special_dividend_that_looks_like_a_small_split_changes_no_count(tmp_path):
    assert shares(market_of(tmp_path, 24.0)) == [100.0] * 5


@pytest.mark.parametrize("close", [15.0, 12.0, 7.5, 3.0])  # 50, 60, 75 and 90 % of the price paid out
def test_volume_that_stays_makes_an_exact_ratio_a_dividend(tmp_path, close):
    market = market_of(tmp_path, close)
    assert shares(market) == [100.0] * 5
    value = Panel(market, pd.DatetimeIndex([SPLIT_DAY])).market_value()
    assert value[0, 0] == pytest.approx(100 * close)


@pytest.mark.parametrize("close", [15.0, 12.0, 7.5, 3.0, 20.0, 24.0])
def test_an_unchanged_next_count_makes_an_exact_ratio_a_dividend_whatever_volume_says(tmp_path, close):
    market = market_of(tmp_path, close, volume=30_000.0 / close, counts=recounted(101))
    assert shares(market) == [100, 100, 100, 101, 101]
    assert market.prices.returns[SESSIONS.get_loc(SPLIT_DAY), 0] == 0.0


@pytest.mark.parametrize("close", [15.0, 12.0, 7.5, 3.0, 20.0, 24.0, 25.0])
def test_the_next_count_makes_an_exact_ratio_a_split_from_its_day_on(tmp_path, close):
    ratio = 30.0 / close
    np.testing.assert_allclose(
        shares(market_of(tmp_path, close, counts=recounted(100 * ratio))), [100.0, *[100.0 * ratio] * 4]
    )


def test_a_stock_dividend_of_a_tenth_is_one_where_the_next_count_says_so(tmp_path):
    closes = 30.0 / 1.1
    assert shares(market_of(tmp_path / "a", closes, counts=recounted(110))) == pytest.approx([100, 110, 110, 110, 110])
    assert shares(market_of(tmp_path / "b", closes, counts=recounted(101))) == [100, 100, 100, 101, 101]


def test_a_crash_that_the_return_shows_is_no_split(tmp_path):
    market = market_of(tmp_path, 15.0, returns=-0.5)
    assert shares(market) == [100.0] * 5
    assert market.prices.returns[SESSIONS.get_loc(SPLIT_DAY), 0] == -0.5


def test_volume_that_grew_with_the_shares_bears_a_small_split_out(tmp_path):
    assert shares(market_of(tmp_path, 20.0, volume=1500.0)) == [100, 150, 150, 150, 150]


@pytest.mark.parametrize("volume", [1000.0, 1100.0])
def test_volume_that_stays_is_no_witness_of_a_small_split(tmp_path, volume):
    assert shares(market_of(tmp_path, 20.0, volume=volume)) == [100.0] * 5


@pytest.mark.parametrize("volume", [2500.0, np.nan])
def test_where_nothing_tells_a_small_split_from_a_dividend_shares_are_unknown_until_the_next_count(tmp_path, volume):
    # 2,500 shares a day after 1,000 are more than a 3:2 split makes of them: news, which says nothing of the split.
    counts = recounted(130)  # between none and a half more: no word on the split either
    assert shares(market_of(tmp_path, 20.0, volume=volume, counts=counts)) == pytest.approx(
        [100, np.nan, np.nan, 130, 130], nan_ok=True
    )


def test_a_count_of_a_day_before_the_split_denies_it_only_until_a_later_one_speaks(tmp_path):
    counts = (*recounted(100, end="2016-06-10"), ("2016-09-30", 200, "2016-11-04"))
    assert shares(market_of(tmp_path, 15.0, counts=counts))[:3] == [100, 200, 200]


@pytest.mark.parametrize(("close", "ratio"), [(15.0, 2.0), (10.0, 3.0), (300.0, 0.1), (6.0, 5.0)])
def test_an_exact_ratio_of_two_and_more_or_a_reverse_one_counts_where_nothing_speaks_against_it(tmp_path, close, ratio):
    np.testing.assert_allclose(shares(market_of(tmp_path, close, volume=np.nan)), [100.0, *[100.0 * ratio] * 4])


def test_no_volume_speaks_against_a_reverse_split_for_nothing_paid_out_makes_a_price_rise(tmp_path):
    np.testing.assert_allclose(shares(market_of(tmp_path, 300.0)), [100.0, *[10.0] * 4])


@pytest.mark.parametrize("close", [14.85, 15.2, 11.8, 304.0])
def test_a_ratio_that_is_near_and_not_exact_is_a_spin_off(tmp_path, close):
    assert shares(market_of(tmp_path, close, volume=30_000.0 / close)) == [100.0] * 5


def test_a_split_with_a_dividend_on_its_day_is_told_by_the_next_count(tmp_path):
    market = market_of(tmp_path, 14.85, counts=recounted(200))
    assert shares(market) == [100, 200, 200, 200, 200]
    assert Panel(market, pd.DatetimeIndex(["2016-08-05"])).share_growth(1)[0, 0] == pytest.approx(0.0)


def test_a_stock_dividend_of_five_per_cent_is_no_split(tmp_path):
    assert shares(market_of(tmp_path, 30.0 / 1.05)) == [100.0] * 5


def test_volume_that_changes_much_by_itself_says_nothing(tmp_path):
    # A hundredfold from one month to the next: unchanged volume is no word against 2:1.
    swings = np.where(np.arange(len(SESSIONS)) // 20 % 2, 10_000.0, 100.0)
    market = market_of(tmp_path / "steady", 15.0)
    closes = pd.DataFrame({"A": market.prices.close[:, 0]}, index=SESSIONS)
    facts = [
        {"asset": "A", "item": "shares_outstanding", "months": 0, "period_end": "2016-03-31", "value": 100.0}
        | {"filed": "2016-05-05"}
    ]
    wild = make_market(
        tmp_path / "wild",
        closes=closes,
        total_return=closes * 0,
        volume=pd.DataFrame({"A": swings}, SESSIONS),
        facts=facts,
    )
    assert shares(market)[1] == 100.0
    assert shares(wild)[1] == 200.0


def test_the_audit_counts_splits_and_names_what_is_none(tmp_path):
    special = audit_market(market_of(tmp_path / "special", 24.0))
    assert (special.suspects.splits, special.suspects.undecided) == (0, 0)
    row = special.suspects.unwitnessed.iloc[0]
    assert (row["asset"], f"{row['session']:%Y-%m-%d}", row["ratio"]) == ("A", SPLIT_DAY, 1.0)
    assert "  A 2016-06-15: 30 to 24" in special.lines()
    split = audit_market(market_of(tmp_path / "split", 15.0, volume=2000.0))
    assert (split.suspects.splits, len(split.suspects.unwitnessed)) == (1, 0)
    open_ = audit_market(market_of(tmp_path / "open", 20.0, volume=np.nan))
    assert (open_.suspects.splits, open_.suspects.undecided) == (0, 1)
