"""What vectorbt does when used naively, and what the engine does instead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import vectorbt as vbt
from vectorbt.portfolio.enums import OrderStatus, OrderStatusInfo

from active_edge.costs import FREE, Delisting, TradingTerms
from active_edge.engine import trade_targets
from active_edge.sessions import sessions_between
from tests.engine.random_markets import equal_targets, random_targets, rough_market
from tests.markets import make_market

pytestmark = pytest.mark.slow

SESSIONS = sessions_between("2013-01-02", "2013-12-31")[:40]
TERMS = TradingTerms(costs=FREE, trade_at="next_close", capital_usd=1000.0)


def _dying_market(tmp_path, **securities):
    """DEAD is bought at 10, stays there and has no row after session 9; LIFE stays at 10 throughout."""
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=["DEAD", "LIFE"])
    closes.loc[closes.index[10] :, "DEAD"] = np.nan
    return make_market(tmp_path, closes=closes, securities=pd.DataFrame(securities, index=["DEAD", "LIFE"]))


def _naive(closes, size, **options):
    return vbt.Portfolio.from_orders(
        closes,
        size=size,
        size_type="targetpercent",
        init_cash=1000.0,
        cash_sharing=True,
        group_by=True,
        call_seq=options.pop("call_seq", "auto"),
        freq="1D",
        log=True,
        **options,
    )


def test_a_dead_name_is_carried_for_ever_naively_and_closed_here(tmp_path):
    market = _dying_market(tmp_path, exit_return=[-0.4, np.nan])
    closes = pd.DataFrame(market.prices.close, index=market.sessions, columns=market.assets)
    size = closes * np.nan
    size.iloc[2] = [1.0, 0.0]
    size.iloc[21] = [0.0, 1.0]
    naive = _naive(closes, size)
    log = naive.log_records[naive.log_records["idx"] == 21]
    status = {
        int(row["col"]): (OrderStatus._fields[row["res_status"]], OrderStatusInfo._fields[row["res_status_info"]])
        for row in log
    }
    assert status == {0: ("Ignored", "PriceNaN"), 1: ("Rejected", "NoCashLong")}
    assert naive.assets()["DEAD"].iloc[-1] == 100.0
    assert naive.value().iloc[-1] == pytest.approx(1000.0)

    targets = equal_targets(market, [SESSIONS[1], SESSIONS[20]], [["DEAD"], ["LIFE"]])
    ours = trade_targets(market, targets, TERMS)
    assert ours.portfolio.assets()["DEAD"].iloc[-1] == 0.0
    assert ours.value.loc[SESSIONS[9]] == 1000.0
    assert ours.value.loc[SESSIONS[10]] == pytest.approx(600.0)
    life = ours.trades[ours.trades["asset"] == "LIFE"].iloc[0]
    assert life["session"] == SESSIONS[21]
    assert life["value"] == pytest.approx(600.0)


def test_a_price_of_zero_raises_naively_and_a_total_loss_is_exact_here(tmp_path):
    closes = pd.DataFrame({"DEAD": [10.0, 10.0, 0.0], "LIFE": 10.0}, index=SESSIONS[:3])
    size = pd.DataFrame({"DEAD": [1.0, np.nan, 0.0], "LIFE": [0.0, np.nan, 1.0]}, index=SESSIONS[:3])
    with pytest.raises(ValueError, match="greater than 0"):
        _naive(closes, size)

    market = _dying_market(tmp_path, exit_reason=["distress", None])
    targets = equal_targets(market, [SESSIONS[1]], [["DEAD", "LIFE"]])
    ours = trade_targets(market, targets, replace(TERMS, delisting=Delisting.distress_at(-1.0)))
    assert ours.value.iloc[-1] == 500.0
    assert ours.exits["return"].tolist() == [-1.0]


def test_the_default_fill_is_the_same_bar_naively_and_the_next_session_here(tmp_path):
    closes = pd.DataFrame({"UP": np.linspace(10.0, 20.0, 40)}, index=SESSIONS)
    market = make_market(tmp_path, closes=closes, open=closes - 0.1)
    size = closes * np.nan
    size.iloc[5] = 1.0
    assert _naive(closes, size).order_records["idx"].tolist() == [5]
    targets = equal_targets(market, [SESSIONS[5]], [["UP"]])
    for trade_at, offset in (("next_close", 0.0), ("next_open", 0.1)):
        ours = trade_targets(market, targets, replace(TERMS, trade_at=trade_at))
        trade = ours.trades.iloc[0]
        assert trade["session"] == SESSIONS[6]
        assert trade["price"] == pytest.approx(closes["UP"].iloc[6] - offset)


def test_the_default_benchmark_holds_names_before_they_were_listed_naively_and_is_unknown_here(tmp_path):
    closes = pd.DataFrame({"LATE": np.linspace(10.0, 20.0, 40), "OLD": 10.0}, index=SESSIONS)
    closes.iloc[:20, 0] = np.nan
    size = closes * np.nan
    size.iloc[30] = [0.5, 0.5]
    naive = _naive(closes, size)
    listed_at = closes["LATE"].iloc[20]
    assert naive.total_benchmark_return() == pytest.approx(0.5 * (20.0 / listed_at - 1.0))

    market = make_market(tmp_path, closes=closes)
    ours = trade_targets(market, equal_targets(market, [SESSIONS[30]], [["LATE", "OLD"]]), TERMS)
    assert np.isnan(ours.portfolio.total_benchmark_return())
    assert ours.portfolio.returns_stats(benchmark_rets=ours.value * 0.0)["Benchmark Return [%]"] == 0.0


def test_statistics_count_365_days_naively_and_252_sessions_here(tmp_path):
    rng = np.random.default_rng(0)
    closes = pd.DataFrame({"A": 10.0 * np.exp(np.cumsum(rng.normal(0.001, 0.02, 40)))}, index=SESSIONS)
    market = make_market(tmp_path, closes=closes)
    ours = trade_targets(market, equal_targets(market, [SESSIONS[0]], [["A"]]), TERMS)
    returns = ours.portfolio.returns()
    by_hand = returns.mean() / returns.std(ddof=1) * np.sqrt(252)
    assert ours.portfolio.sharpe_ratio() == pytest.approx(by_hand, rel=1e-9)
    assert ours.portfolio.stats()["Sharpe Ratio"] == pytest.approx(by_hand, rel=1e-9)
    size = closes * np.nan
    size.iloc[1] = 1.0
    assert _naive(closes, size).sharpe_ratio() == pytest.approx(by_hand * np.sqrt(365 / 252), rel=1e-9)


def test_buying_before_selling_goes_wrong_and_is_not_what_we_do(tmp_path):
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=["A", "B"])
    size = closes * np.nan
    size.iloc[1] = [0.0, 1.0]
    size.iloc[11] = [1.0, 0.0]
    assert _naive(closes, size, call_seq="default").assets().iloc[-1].tolist() == [0.0, 0.0]
    market = make_market(tmp_path, closes=closes)
    ours = trade_targets(market, equal_targets(market, [SESSIONS[0], SESSIONS[10]], [["B"], ["A"]]), TERMS)
    assert ours.portfolio.asset_value(group_by=False).iloc[-1].tolist() == [1000.0, 0.0]
    assert ours.trades["side"].tolist() == ["buy", "sell", "buy"]


def test_the_portfolio_is_vectorbts_own_and_agrees_with_the_curve(tmp_path):
    market = rough_market(tmp_path, 8)
    terms = replace(TERMS, costs=replace(FREE, commission_bps=5.0), capital_usd=1e6)
    ours = trade_targets(market, random_targets(market, 8), terms)
    assert isinstance(ours.portfolio, vbt.Portfolio)
    np.testing.assert_allclose(ours.portfolio.value(), ours.value, rtol=1e-12)
    assert ours.portfolio.trades.count() > 0
    assert len(ours.portfolio.orders.records_readable) == len(ours.trades)
