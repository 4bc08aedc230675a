"""A sample is checked where it is made, and what is derived from it is what one would compute by hand."""

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import InferenceError
from active_edge.inference.alpha import hac_alpha, hac_mean
from tests.inference.return_samples import against, alone, daily, market_and_fund

FUND, MARKET = market_and_fund(300, seed=1)
CASH = daily(np.full(300, 0.0001))


def test_a_sample_is_over_cash_and_keeps_what_it_was_given():
    given = FUND.copy()
    sample = against(FUND, MARKET, CASH, name="IJR")
    assert (sample.n, sample.benchmark_name, sample.periods_per_year) == (300, "IJR", 252.0)
    assert sample.excess == pytest.approx((FUND - CASH).to_numpy())
    assert sample.passive == pytest.approx((MARKET - CASH).to_numpy())
    assert sample.active().returns == pytest.approx((FUND - MARKET).to_numpy())
    pd.testing.assert_series_equal(FUND, given)


def test_nobody_can_write_into_a_sample():
    sample = against(FUND, MARKET)
    for values in (sample.returns, sample.benchmark):
        with pytest.raises(ValueError, match="read-only"):
            np.asarray(values)[0] = 1.0


def test_a_later_change_of_the_series_does_not_reach_the_sample():
    series = FUND.copy()
    sample = alone(series)
    series.iloc[0] = 9.0
    assert sample.returns[0] == FUND.iloc[0]


def test_a_benchmark_and_cash_that_reach_further_are_cut_to_the_dates():
    inner = FUND.iloc[50:250]
    sample = against(inner, MARKET, CASH)
    assert sample.benchmark == pytest.approx(MARKET.loc[inner.index].to_numpy())
    assert len(sample.cash) == 200


def test_a_part_is_the_sample_of_its_dates():
    sample = against(FUND, MARKET, CASH)
    for part in (sample.part(slice(100, 200)), sample.part(np.arange(300) // 100 == 1)):
        direct = against(FUND.iloc[100:200], MARKET, CASH)
        assert hac_alpha(part) == hac_alpha(direct)
        assert part.benchmark_name == "IWM"


def test_other_returns_keep_dates_cash_and_benchmark():
    sample = against(FUND, MARKET, CASH)
    other = (FUND + 0.0001).to_numpy()
    assert hac_alpha(sample.with_returns(other)) == hac_alpha(against(FUND + 0.0001, MARKET, CASH))


def test_a_short_or_constant_series_can_be_described_and_not_tested():
    for series, why in ((FUND.iloc[:10], "10 observations"), (daily(np.full(50, 0.001)), "constant series")):
        sample = alone(series)
        assert why in sample.unfit
        with pytest.raises(InferenceError, match=why):
            hac_mean(sample)
        with pytest.raises(InferenceError, match=why):
            sample.against(MARKET)


def test_a_sample_without_a_benchmark_says_so_when_one_is_needed():
    with pytest.raises(InferenceError, match="no benchmark"):
        hac_alpha(alone(FUND))


def test_a_benchmark_that_is_cash_in_disguise_is_refused():
    wobbling = daily(0.0001 + 0.00001 * np.sin(np.arange(300)))
    with pytest.raises(InferenceError, match="constant series"):
        against(FUND, wobbling + 0.0002, wobbling)


def test_hedged_returns_have_the_alpha_as_mean_and_move_with_no_benchmark():
    sample = against(FUND, MARKET, CASH)
    hedged = sample.hedged()
    assert hedged.returns.mean() * 252 == pytest.approx(hac_alpha(sample).alpha_annual, rel=1e-9)
    assert np.cov(hedged.returns, sample.passive)[0, 1] == pytest.approx(0.0, abs=1e-12)
    assert hedged.cash is None
    assert hedged.benchmark is None
