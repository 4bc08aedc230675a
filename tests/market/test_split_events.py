"""Which moves of unadjusted closes are splits: exact ratios, and small ones with a second witness."""

import numpy as np
import pandas as pd
import pytest

from active_edge.market.audit.report import audit_market
from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from tests.markets import make_market

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


RECOUNTED = (("2016-03-31", 100, "2016-05-05"), ("2016-06-30", 150, "2016-08-05"))
UNCHANGED = (("2016-03-31", 100, "2016-05-05"), ("2016-06-30", 101, "2016-08-05"))


def test_a_special_dividend_that_looks_like_a_small_split_changes_no_count(tmp_path):
    assert shares(market_of(tmp_path, 24.0)) == [100.0] * 5


def test_volume_that_grew_with_the_shares_bears_a_small_split_out_after_five_sessions(tmp_path):
    assert shares(market_of(tmp_path, 20.0, volume=1500.0)) == [100, 100, 150, 150, 150]


@pytest.mark.parametrize("volume", [1000.0, 1100.0, 2500.0])
def test_volume_that_stays_or_bursts_is_no_witness(tmp_path, volume):
    assert shares(market_of(tmp_path, 20.0, volume=volume)) == [100.0] * 5


def test_the_next_count_bears_a_small_split_out_for_the_counts_before_it(tmp_path):
    market = market_of(tmp_path, 20.0, counts=RECOUNTED)
    assert shares(market) == [100, 100, 100, 150, 150]
    growth = Panel(market, pd.DatetimeIndex(["2016-08-04", "2016-08-05"])).share_growth(1)[:, 0]
    np.testing.assert_allclose(growth, [np.nan, 0.0])


def test_the_next_count_ends_what_volume_alone_had_borne_out(tmp_path):
    market = market_of(tmp_path, 20.0, volume=1500.0, counts=UNCHANGED)
    assert shares(market) == [100, 100, 150, 101, 101]
    assert Panel(market, pd.DatetimeIndex(["2016-08-05"])).share_growth(1)[0, 0] == pytest.approx(0.01)


@pytest.mark.parametrize(("close", "ratio"), [(15.0, 2.0), (10.0, 3.0), (300.0, 0.1), (6.0, 5.0)])
def test_an_exact_ratio_of_two_and_more_or_a_reverse_one_counts_at_once(tmp_path, close, ratio):
    np.testing.assert_allclose(shares(market_of(tmp_path, close)), [100.0, *[100.0 * ratio] * 4])


@pytest.mark.parametrize("close", [14.85, 15.2, 11.8, 304.0])
def test_a_ratio_that_is_near_and_not_exact_is_a_spin_off(tmp_path, close):
    assert shares(market_of(tmp_path, close, volume=30_000.0 / close)) == [100.0] * 5


def test_a_split_with_a_dividend_on_its_day_counts_once_shares_are_counted_again(tmp_path):
    counts = (("2016-03-31", 100, "2016-05-05"), ("2016-06-30", 200, "2016-08-05"))
    market = market_of(tmp_path, 14.85, counts=counts)
    assert shares(market) == [100, 100, 100, 200, 200]
    assert Panel(market, pd.DatetimeIndex(["2016-08-05"])).share_growth(1)[0, 0] == pytest.approx(0.0)


def test_a_stock_dividend_of_five_per_cent_is_no_split(tmp_path):
    assert shares(market_of(tmp_path, 30.0 / 1.05)) == [100.0] * 5


def test_what_a_later_count_says_is_unknown_before_it_is_filed(tmp_path):
    days = pd.DatetimeIndex([DAYS["fifth"], "2016-08-04"])
    known = Panel(market_of(tmp_path / "a", 20.0, counts=RECOUNTED), days).shares()
    unknown = Panel(market_of(tmp_path / "b", 20.0, counts=UNCHANGED), days).shares()
    assert known.tobytes() == unknown.tobytes()


def test_the_audit_counts_splits_and_names_what_has_no_witness(tmp_path):
    special = audit_market(market_of(tmp_path / "special", 24.0))
    assert special.suspects.splits == 0
    row = special.suspects.unwitnessed.iloc[0]
    assert (row["asset"], f"{row['session']:%Y-%m-%d}", row["ratio"]) == ("A", SPLIT_DAY, 1.25)
    assert "  A 2016-06-15: 30 to 24" in special.lines()
    split = audit_market(market_of(tmp_path / "split", 15.0))
    assert (split.suspects.splits, len(split.suspects.unwitnessed)) == (1, 0)
