"""Lines of the growth chart beside the portfolio's: random portfolios and the passive mix of its tilts."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from active_edge.judging.market_samples import result_samples
from active_edge.judging.twins import random_twins
from active_edge.results import through_time
from active_edge.robustness_stats import MIX
from active_edge.run.backtest import backtest
from tests.judging.planted import judged, simulated, strategy_of


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    market = simulated(tmp_path_factory.mktemp("market"), years=4, firms=120)
    return backtest(strategy_of("universe: {cap_rank: [1, 80]}\nrank: {momentum_12_1: 1}\nselect: {top: 20}\n"), market)


def test_the_growth_of_one_random_portfolio_is_that_of_its_months(result):
    samples = result_samples(result)
    (one,) = [random_twins(result, samples, count=1, seed=3)]
    assert one.growth.shape == (len(result.returns), 3)
    np.testing.assert_array_equal(one.growth[:, 0], one.growth[:, 2])
    value = pd.Series(one.growth[:, 1], index=result.returns.index)
    ends = value.groupby(value.index.to_period("M")).last()
    months = (ends / ends.shift()).reindex(samples.months.dates.to_period("M")).to_numpy()[1:] - 1.0
    np.testing.assert_allclose(months, one.months[1:], rtol=0, atol=1e-12)


def test_the_band_of_random_portfolios_starts_at_one_and_holds_its_middle(result):
    drawn = through_time.random_growth(judged(result, random_portfolios=20))
    assert list(drawn.iloc[0]) == [1.0, 1.0, 1.0]
    assert drawn.index[0] == result.base
    assert list(drawn.index[1:]) == list(result.returns.index)
    assert (drawn["lower"] <= drawn["median"]).all()
    assert (drawn["median"] <= drawn["upper"]).all()
    assert drawn["lower"].iloc[-1] < drawn["upper"].iloc[-1]


def test_without_random_portfolios_there_is_no_band(result):
    assert through_time.random_growth(judged(result)) is None


def test_a_mix_of_the_market_alone_earns_cash_and_the_market(result, monkeypatch):
    loadings = {"MKT_RF": 1.0, "SMB": 0.0, "RMW": 0.0}
    monkeypatch.setattr(through_time, "mix_alpha", lambda *_: SimpleNamespace(loadings=loadings))
    mix = through_time.beside(judged(result))[MIX]
    days = result.returns.index
    market, cash = (result.market.series(name).reindex(days) for name in ("MKT_RF", "RF"))
    assert market.notna().all()
    np.testing.assert_allclose(mix, market + cash, rtol=0, atol=1e-15)


def test_a_mix_without_factors_of_days_is_not_drawn(result, monkeypatch):
    holes = pd.DataFrame(0.01, index=result.returns.index[::21], columns=["MKT_RF", "SMB", "RMW"])
    monkeypatch.setattr(through_time, "factor_table", lambda *_: holes)
    assert MIX not in through_time.beside(judged(result))
