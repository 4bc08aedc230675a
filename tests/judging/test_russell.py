"""The whole line on real input, held to what is known of it."""

from pathlib import Path

import pytest

from active_edge.run.backtest import backtest
from active_edge.run.passive import benchmark_returns
from active_edge.strategy import Strategy, load_strategy

pytestmark = [pytest.mark.realdata, pytest.mark.slow]
STRATEGIES = Path(__file__).resolve().parents[2] / "strategies"


@pytest.fixture(scope="module")
def market(real_import):
    return real_import[1]


@pytest.fixture(scope="module")
def bought_equally(market):
    """The proceeds of exits in cash, as the known number has them."""
    shipped = load_strategy(STRATEGIES / "russell_2000_equal.yaml")
    strategy = Strategy(shipped.rules.model_copy(update={"reinvest": "hold_cash"}), shipped.screen)
    return backtest(strategy, market, start="2016-01-22", end="2016-12-30")


def test_members_of_january_2016_bought_equally_return_41_3_percent(bought_equally):
    assert str(bought_equally.base.date()) == "2016-01-25"
    assert (1 + bought_equally.returns).prod() - 1 == pytest.approx(0.413, abs=0.003)


def test_iwm_returns_38_2_percent_over_the_same_closes(market, bought_equally):
    iwm = benchmark_returns(market, "IWM", bought_equally.base, bought_equally.returns.index)
    assert (1 + iwm).prod() - 1 == pytest.approx(0.382, abs=0.001)


def test_no_share_is_held_past_an_assets_last_session(market, bought_equally):
    holdings = bought_equally.holdings
    last = market.prices.last[market.assets.get_indexer(holdings["asset"])]
    assert (market.sessions.get_indexer(holdings["session"]) <= last).all()
    assert len(bought_equally.simulation.exits) > 50
