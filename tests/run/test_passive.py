"""What cash and a benchmark earned by series as people have them: of months, with holes, ended early."""

import numpy as np
import pandas as pd
import pytest

from active_edge.judging.series_warnings import series_warnings
from active_edge.run.backtest import backtest
from active_edge.run.passive import benchmark_returns, cash_returns
from active_edge.sessions import sessions_between
from tests.judging.planted import judged, strategy_of
from tests.markets import make_market

SESSIONS = sessions_between("2019-01-02", "2019-12-31")


def market_of(tmp_path, **series):
    closes = pd.DataFrame({name: 20.0 * 1.001 ** np.arange(len(SESSIONS)) for name in "AB"}, index=SESSIONS)
    held = {"item": "shares_outstanding", "months": 0, "period_end": "2018-12-31", "value": 1e7}
    return make_market(tmp_path, closes=closes, series=series, facts=[{"asset": name, **held} for name in closes])


@pytest.mark.parametrize("freq", ["ME", "MS"])
def test_cash_by_the_month_compounds_over_each_months_sessions_to_that_months_return(tmp_path, freq):
    months = pd.date_range("2019-01-01", "2019-12-31", freq=freq)
    told = pd.Series(np.linspace(0.0015, 0.0026, 12), index=months)
    cash = cash_returns(market_of(tmp_path, RF=told), SESSIONS)
    compounded = (1.0 + cash).groupby(cash.index.month).prod() - 1.0
    assert compounded.to_numpy() == pytest.approx(told.to_numpy(), rel=1e-12)
    # February 2019 had 19 sessions (the 18th was a holiday).
    assert cash["2019-02-04"] == pytest.approx(1.0016 ** (1 / 19) - 1.0, rel=1e-9)


def test_cash_by_the_day_stays_as_it_is_and_carries_its_last_value(tmp_path):
    daily = pd.Series(0.0001, index=SESSIONS[:200])
    assert cash_returns(market_of(tmp_path, RF=daily), SESSIONS).eq(0.0001).all()


def said(market):
    return list(series_warnings(judged(backtest(strategy_of(""), market, start=SESSIONS[10]))))


@pytest.mark.parametrize(("hole", "told"), [(5, 0), (6, 1)])
def test_a_benchmark_with_a_hole_of_over_a_week_is_told_with_its_days(tmp_path, hole, told):
    levels = pd.Series(100.0 * 1.001 ** np.arange(len(SESSIONS)), index=SESSIONS).drop(SESSIONS[100 : 100 + hole])
    market = market_of(tmp_path, IWM=levels)
    earned = benchmark_returns(market, "IWM", SESSIONS[0], SESSIONS[1:])
    assert (1.0 + earned).prod() == pytest.approx(1.001 ** (len(SESSIONS) - 1))
    found = said(market)
    assert len(found) == told
    for level, text, _ in found:
        assert level == "serious"
        assert f"IWM has no level on the 6 sessions from {SESSIONS[100].date()} to {SESSIONS[105].date()}" in text


@pytest.mark.parametrize(("until", "told"), [(len(SESSIONS) - 44, 0), (len(SESSIONS) - 45, 1)])
def test_a_rate_that_ends_over_two_months_early_is_told(tmp_path, until, told):
    market = market_of(tmp_path, RF=pd.Series(0.0001, index=SESSIONS[:until]), IWM=pd.Series(100.0, index=SESSIONS))
    found = said(market)
    assert len(found) == told
    for _, text, remedy in found:
        assert f"ends on {SESSIONS[until - 1].date()}; its last value stands for the 45 sessions" in text
        assert "--to" in remedy
