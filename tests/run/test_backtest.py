"""One strategy on one market, measured over the same closes as its benchmarks; numbers worked by hand."""

import numpy as np
import pandas as pd
import pytest

from active_edge.config import parse_model
from active_edge.errors import MissingInput
from active_edge.results.batch import run_strategies
from active_edge.run.backtest import backtest, run_sessions
from active_edge.run.passive import benchmark_returns
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from active_edge.strategy import Strategy, StrategyRules
from tests.markets import make_market

SESSIONS = sessions_between("2020-01-02", "2020-06-30")
FREE = "costs: {commission_bps: 0, spread: 0, impact: {model: none}, max_participation: null}\n"
SCREEN = "name: t\ndescription: d\nuniverse: {companies_only: false}\n"


def strategy_of(rules: str, screen: str = SCREEN) -> Strategy:
    return Strategy(
        parse_model("name: s\nscreen: t\n" + rules, StrategyRules, "s.yaml"), parse_model(screen, Screen, "t.yaml")
    )


@pytest.fixture
def market(tmp_path):
    n = len(SESSIONS)
    closes = pd.DataFrame({"UP": 10 * 1.01 ** np.arange(n), "FLAT": np.full(n, 20.0)}, index=SESSIONS)
    iwm = pd.Series(100 * 1.002 ** np.arange(n), index=SESSIONS)
    return make_market(tmp_path, closes=closes, series={"IWM": iwm, "IJR": iwm.drop(SESSIONS[50])})


def test_half_in_each_of_two_names_earns_what_the_hand_says(market):
    rules = "rebalance: once\ntrade_at: next_close\nbenchmarks: [IWM]\n" + FREE
    result = backtest(strategy_of(rules), market, start="2020-02-03", end="2020-02-10")
    # Decided at the close of 3 February, bought at the close of the 4th, held four sessions.
    assert str(result.base.date()) == "2020-02-04"
    assert len(result.returns) == 4
    assert (1 + result.returns).prod() == pytest.approx(0.5 * 1.01**4 + 0.5)


def test_the_cost_of_the_first_purchase_falls_on_the_first_measured_session(market):
    rules = "rebalance: once\ntrade_at: next_close\nbenchmarks: [IWM]\n"
    costs = "costs: {commission_bps: 100, spread: 0, impact: {model: none}, max_participation: null}\n"
    screen = SCREEN + "require:\n  price: {max: 15}\n"
    dear = backtest(strategy_of(rules + costs, screen), market, start="2020-02-03", end="2020-02-10")
    free = backtest(strategy_of(rules + FREE, screen), market, start="2020-02-03", end="2020-02-10")
    # One percent of what is bought: the cash buys 1/1.01 of it, so 1 − 1/1.01 is lost, once.
    lost = 1 - (1 + dear.returns).prod() / (1 + free.returns).prod()
    assert lost == pytest.approx(1 - 1 / 1.01, rel=1e-3)
    assert dear.returns.to_list() == pytest.approx([1.01 / 1.01 - 1, 0.01, 0.01, 0.01], abs=1e-6)


def test_benchmark_and_portfolio_cover_the_same_closes(market):
    rules = "rebalance: once\ntrade_at: next_close\nbenchmarks: [IWM]\n" + FREE
    result = backtest(strategy_of(rules), market, start="2020-02-03", end="2020-02-10")
    benchmark = benchmark_returns(market, "IWM", result.base, result.returns.index)
    assert (1 + benchmark).prod() == pytest.approx(1.002**4)


def test_a_hole_in_a_benchmark_earns_nothing_and_the_next_session_both(market):
    span = SESSIONS[48:53]
    returns = benchmark_returns(market, "IJR", span[0], span[1:])
    assert returns.iloc[1] == 0.0
    assert returns.iloc[2] == pytest.approx(1.002**2 - 1)


def test_a_benchmark_that_ends_too_early_is_named_with_its_dates(market):
    late = pd.DatetimeIndex([SESSIONS[-1] + pd.Timedelta(days=1)])
    with pytest.raises(MissingInput, match="IWM covers 2020-01-02 to 2020-06-30"):
        benchmark_returns(market, "IWM", SESSIONS[0], late)


def test_a_screen_that_selects_nobody_has_no_returns_and_no_base(market):
    result = backtest(
        strategy_of("rebalance: monthly\n" + FREE, SCREEN + "require:\n  insider_ownership: {min: 0}\n"), market
    )
    assert result.base is None
    assert result.returns.empty
    assert result.turnover.sum() == 0


def test_a_portfolio_handed_back_is_vectorbts_own(market):
    import vectorbt

    result = backtest(strategy_of("rebalance: monthly\n" + FREE), market)
    assert isinstance(result.portfolio, vectorbt.Portfolio)
    assert result.portfolio.value().iloc[-1] == pytest.approx(result.simulation.value.iloc[-1])


def test_bounds_outside_the_market_are_refused_with_what_there_is(market):
    with pytest.raises(MissingInput, match="covers 2020-01-02 to 2020-06-30"):
        run_sessions(market, "2021-01-01", None)
    assert run_sessions(market, None, None)[0] == SESSIONS[63]
    assert run_sessions(market, "2020-02-01", "2020-02-10")[0] == pd.Timestamp("2020-02-03")


def test_higher_costs_never_help(market):
    strategy = strategy_of("rebalance: monthly\ncapital_usd: 1000000\ncosts: {spread: 20}\n")
    result = backtest(strategy, market)
    dearer = [result.arena.under(cost_multiple=f) for f in (0.0, 0.5, 1.0, 2.0, 3.0)]
    curves = [arena.run([result.targets.weights]).returns[:, 0] for arena in dearer]
    final = [np.prod(1.0 + curve) for curve in curves]
    assert final == sorted(final, reverse=True)
    np.testing.assert_array_equal(curves[2], result.simulation.returns)


def test_prices_times_ten_give_the_same_returns(market, tmp_path):
    closes = pd.DataFrame(market.prices.close, index=SESSIONS, columns=market.assets)
    other = make_market(tmp_path / "times_ten", closes=closes * 10)
    strategy = strategy_of("rebalance: monthly\n" + FREE)
    assert backtest(strategy, other).returns.to_numpy() == pytest.approx(backtest(strategy, market).returns.to_numpy())


def test_an_unknown_index_makes_a_strategy_not_testable_and_stops_no_other(market, tmp_path):
    members = SCREEN.replace("companies_only: false", "companies_only: false, members: Russell 2000")
    rules = "rebalance: once\nbenchmarks: [IWM]\n" + FREE
    runs = run_strategies([strategy_of(rules, members), strategy_of(rules)], market, out=tmp_path)
    assert runs[0].stats.verdict == "not testable"
    assert "no member of Russell 2000 was known" in runs[0].stats.verdict_reason
    assert runs[1].stats.sessions > 50
