"""Dollar volume where none is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from active_edge.costs import Costs, Impact, TradingTerms, order_costs
from active_edge.costs.trailing import dollar_volume
from active_edge.engine import trade_targets
from active_edge.panel import Panel
from active_edge.panel.liquidity import modelled_volume
from active_edge.sessions import sessions_between
from active_edge.universe import UniverseRules, select_universe
from tests.engine.random_markets import equal_targets
from tests.markets import make_market

SESSIONS = sessions_between("2013-01-02", "2013-12-31")[:60]


def test_unknown_volume_is_market_value_times_the_median_turnover_of_the_size_decile():
    value = np.array([[*np.repeat([1e8, 2e8], 6), 2e8, 1e8, np.nan]])
    turnover = np.array([[0.01, 0.02, 0.03, 0.04, 0.05, np.nan, 0.1, 0.2, 0.3, 0.4, 0.5, np.nan, 0.6, np.nan, np.nan]])
    found = modelled_volume(turnover * value, value, np.ones(value.shape, dtype=bool))[0]
    # The seven of 1e8 make one group (median 0.03 of five known), the seven of 2e8 another (0.35 of six known).
    assert found[[5, 13]] == pytest.approx(0.03 * 1e8)
    assert found[11] == pytest.approx(0.35 * 2e8)
    assert np.isnan(found[14])


def test_a_decile_of_few_known_volumes_takes_the_median_of_all_and_nobody_known_gives_nothing():
    value, everyone = np.array([[1e8, 2e8, 3e8, 4e8]]), np.ones((1, 4), dtype=bool)
    known = np.array([[1e6, 4e6, 9e6, np.nan]])
    assert modelled_volume(known, value, everyone)[0, 3] == pytest.approx(0.02 * 4e8)
    assert np.isnan(modelled_volume(known * np.nan, value, everyone)).all()


def _market(tmp_path, volume_of_a=np.nan):
    names = [f"N{i}" for i in range(9)] + ["A"]
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=names)
    volume = pd.DataFrame({name: 10_000.0 * (i + 1) for i, name in enumerate(names)}, index=SESSIONS)
    volume["A"] = volume_of_a
    facts = [
        {"asset": name, "item": "shares_outstanding", "months": 0, "period_end": "2012-12-31", "value": 1e6 * (i + 1)}
        for i, name in enumerate(names)
    ]
    return make_market(tmp_path, closes=closes, volume=volume, facts=facts)


def test_the_model_serves_the_liquidity_rule_participation_impact_and_spread_alike(tmp_path):
    market, day = _market(tmp_path), SESSIONS[[40]]
    panel = Panel(market, day)
    column = market.assets.get_loc("A")
    # Turnover is 1 % a session for all: ten million shares at 10 dollars trade 1,000,000.
    assert panel.dollar_volume()[0, column] == pytest.approx(1_000_000.0)
    assert panel.volume_modelled()[0].nonzero()[0].tolist() == [column]
    assert np.isnan(panel.known_dollar_volume()[0, column])
    universe = select_universe(UniverseRules(min_dollar_volume=950_000.0), panel)
    assert market.assets[universe.mask[0]].tolist() == ["A"]
    np.testing.assert_array_equal(dollar_volume(market, day), panel.dollar_volume())
    costs = Costs(commission_bps=0.0, spread=0.0, impact=Impact("none"), max_participation=0.01)
    assert order_costs(costs, market, day).dollar_volume[0, column] == pytest.approx(1_000_000.0)
    ours = trade_targets(
        market, equal_targets(market, [SESSIONS[40]], [["A"]]), TradingTerms(costs, capital_usd=50_000.0)
    )
    assert ours.trades["value"].tolist() == pytest.approx([10_000.0] * 5)


def test_volume_that_is_known_to_be_zero_is_not_modelled(tmp_path):
    market = _market(tmp_path, volume_of_a=0.0)
    panel = Panel(market, SESSIONS[[40]])
    column = market.assets.get_loc("A")
    assert panel.dollar_volume()[0, column] == 0.0
    assert not panel.volume_modelled().any()
    targets = equal_targets(market, [SESSIONS[40]], [["A"]])
    ours = trade_targets(market, targets, TradingTerms(Costs(spread=0.0), capital_usd=1e4))
    assert ours.trades.empty
    assert ours.unfilled["reason"].tolist() == ["untraded"]
