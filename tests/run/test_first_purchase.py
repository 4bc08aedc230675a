"""What the first purchase costs is charged to every portfolio alike, and to none twice; numbers worked by hand."""

import numpy as np
import pandas as pd
import pytest

from active_edge.config import parse_model
from active_edge.judging.attribution import attribute
from active_edge.judging.judgement import judge_result
from active_edge.judging.market_samples import market_samples
from active_edge.judging.twins import random_twins
from active_edge.ledger import Tally
from active_edge.run.backtest import backtest
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from active_edge.strategy import Strategy, StrategyRules
from tests.markets import make_market

SESSIONS = sessions_between("2020-01-02", "2021-12-31")
START, END = "2020-03-02", "2021-12-31"
FIRST = SESSIONS.searchsorted(pd.Timestamp(START)) + 1
NAMES = [f"N{number:02}" for number in range(40)]
SCREEN = "name: t\ndescription: d\nuniverse: {companies_only: false}\n"
ONE_TALLY = Tally(1, 0, None, None)


def strategy_of(rules: str, rest: str, commission_bps: int) -> Strategy:
    free = "spread: 0, impact: {model: none}, max_participation: null"
    costs = f"costs: {{commission_bps: {commission_bps}, {free}}}\n"
    return Strategy(
        parse_model("name: s\nscreen: t\nbenchmarks: [IWM]\n" + rules + costs, StrategyRules, "s.yaml"),
        parse_model(SCREEN + rest, Screen, "t.yaml"),
    )


def market_of(folder, *, jump=0.0, facts=None):
    """Forty names that move alike, the first twenty at about $10, the others at $20, and a benchmark that does not.

    The dear names open `jump` below their close on the first session that can be traded.
    """
    rng = np.random.default_rng(7)
    path = np.cumprod(1 + rng.normal(0.0005, 0.01, len(SESSIONS)))
    path /= path.max()
    closes = pd.DataFrame({name: path * (10.0 if n < 20 else 20.0) for n, name in enumerate(NAMES)}, index=SESSIONS)
    opens = closes.copy()
    opens.iloc[FIRST, 20:] /= 1.0 + jump
    iwm = pd.Series(100 * np.cumprod(1 + rng.normal(0.0003, 0.01, len(SESSIONS))), index=SESSIONS)
    return make_market(folder, closes=closes, open=opens, series={"IWM": iwm}, facts=facts)


def test_random_portfolios_pay_for_their_first_purchase_too(tmp_path):
    strategy = strategy_of("rebalance: once\n", "require:\n  price: {max: 10}\n", 100)
    result = backtest(strategy, market_of(tmp_path), start=START, end=END)
    samples = market_samples(result.market, result.returns, result.base, [])
    twins = random_twins(result, samples, count=20, seed=0)
    # All names move alike and all portfolios buy once, so none can be better than another.
    assert twins.annual == pytest.approx(result.returns.mean() * 252, abs=1e-12)
    assert twins.months == pytest.approx(samples.months.compound(result.returns.to_numpy()), abs=1e-12)


def test_a_portfolio_without_a_leg_is_charged_its_own_first_day(tmp_path):
    strategy = strategy_of("rebalance: once\n", "require:\n  price: {max: 10}\n", 0)
    result = backtest(strategy, market_of(tmp_path, jump=0.10), start=START, end=END)
    legs = attribute(judge_result(result, ONE_TALLY, random_portfolios=20)).table
    # Without the rule the dear names are bought too. They gain on the day of the purchase, before the close from which
    # both are measured, and move alike ever after: the rule makes no difference.
    assert legs.loc[0, "leave_one_out"] == pytest.approx(0.0, abs=1e-9)


def half_rule_known_late():
    """Insider stakes: one name's from the start, so that the screen waits; all names' from July on."""
    early = [{"asset": NAMES[0], "filed": "2020-01-02"}]
    late = [{"asset": name, "filed": "2020-07-01"} for name in NAMES]
    stake = {"item": "insider_ownership", "months": 0, "period_end": "2019-12-31", "value": 0.2}
    return [row | stake for row in early + late]


def test_turnover_a_year_leaves_out_the_first_purchase_whenever_it_is_made(tmp_path):
    strategy = strategy_of("rebalance: quarterly\n", "require:\n  insider_ownership: {min: 0.1}\n", 0)
    # Yearly figures go stale in the second year.
    result = backtest(strategy, market_of(tmp_path, facts=half_rule_known_late()), start=START, end="2020-12-31")
    judgement = judge_result(result, ONE_TALLY, random_portfolios=20)
    # Nobody is selected in March and June; everybody is bought after September; equal moves need no trade after that.
    assert result.turnover.round(6).to_list()[:3] == [0.0, 0.0, 0.5]
    assert judgement.turnover_annual == pytest.approx(0.0, abs=1e-9)


def test_break_even_counts_the_trades_whose_costs_it_adds_back(tmp_path):
    strategy = strategy_of("rebalance: quarterly\n", "require:\n  price: {max: 10}\n", 100)
    judgement = judge_result(backtest(strategy, market_of(tmp_path), start=START, end=END), ONE_TALLY)
    alpha = judgement.benchmarks["IWM"].alpha.alpha_annual
    # Bought once and never traded again, at 100 bps: the break-even is that plus the net alpha over what was bought.
    bought = 1.0 / judgement.result.years
    assert judgement.break_even_cost_bps == pytest.approx(100.0 + 1e4 * alpha / bought, rel=0.02)
