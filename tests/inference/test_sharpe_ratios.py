"""Sharpe-ratio errors, track records, deflation, and differences, by hand and by other code."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from active_edge.inference.asset_pricing import fama_macbeth, grs_test
from active_edge.inference.power import power_of_t_test
from active_edge.inference.sharpe import (
    deflated_sharpe,
    deflated_sharpe_from_moments,
    expected_maximum_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_moments,
)
from active_edge.inference.sharpe_difference import ledoit_wolf, sharpe_difference
from tests.inference.return_samples import alone, daily, matrix, months_of_fund, pair

ratios = st.floats(-0.5, 0.5)


def test_moments_agree_with_scipy():
    from scipy import stats

    values = np.random.default_rng(0).standard_t(5, 400) * 0.01 + 0.001
    found = sharpe_moments(values)
    assert found.skewness == pytest.approx(stats.skew(values))
    assert found.kurtosis == pytest.approx(stats.kurtosis(values, fisher=False))
    assert found.sharpe == pytest.approx(values.mean() / values.std(ddof=1))


def test_moments_worked_by_hand():
    found = sharpe_moments(np.array([0.0, 0.0, 0.0, 0.04]))
    assert found.sharpe == pytest.approx(0.5)
    assert found.skewness == pytest.approx(2 / math.sqrt(3))
    assert found.kurtosis == pytest.approx(7 / 3)


@given(ratios, st.integers(10, 3000), st.floats(-2, 2), st.floats(6, 12))
def test_minimum_track_record_is_where_the_probability_reaches_its_level(sharpe, n, skewness, kurtosis):
    threshold = sharpe - 0.05
    needed = minimum_track_record(sharpe, threshold=threshold, skewness=skewness, kurtosis=kurtosis)
    z = math.sqrt(needed - 1) * 0.05
    spread = math.sqrt(1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2)
    assert z / spread == pytest.approx(1.6448536, abs=1e-6)


@given(ratios, ratios, st.integers(10, 3000))
def test_probability_of_exceeding_is_one_minus_probability_of_the_mirror(sharpe, threshold, n):
    one = probabilistic_sharpe(sharpe, n, threshold=threshold)
    assert one + probabilistic_sharpe(-sharpe, n, threshold=-threshold) == pytest.approx(1.0)


def test_expected_maximum_is_close_to_simulated_best_of_n():
    rng = np.random.default_rng(1)
    for trials in (10, 100, 1000):
        simulated = rng.normal(0, 1, (4000, trials)).max(axis=1).mean()
        assert expected_maximum_sharpe(trials, 1.0) == pytest.approx(simulated, rel=0.03)
    assert expected_maximum_sharpe(1, 1.0) == 0.0


def test_more_trials_and_more_variance_deflate_more():
    values = [
        deflated_sharpe_from_moments(0.1, 500, trials=n, sharpe_variance=v).probability
        for n, v in ((1, 0.001), (2, 0.001), (20, 0.001), (200, 0.001), (200, 0.004))
    ]
    assert values == sorted(values, reverse=True)
    assert values[0] == pytest.approx(probabilistic_sharpe(0.1, 500))


def test_deflation_of_a_series_uses_its_own_moments_and_the_sampling_variance_where_none_is_known():
    returns = daily(np.random.default_rng(2).normal(0.0004, 0.01, 500))
    moments = sharpe_moments(returns)
    found = deflated_sharpe(alone(returns), trials=16, sharpe_variance=None)
    assert found.sharpe_variance == 1 / 500
    direct = deflated_sharpe_from_moments(
        moments.sharpe,
        500,
        trials=16,
        sharpe_variance=1 / 500,
        skewness=moments.skewness,
        kurtosis=moments.kurtosis,
    )
    assert found == direct


def test_sharpe_differences_change_sign_with_their_order_and_keep_their_p():
    rng = np.random.default_rng(3)
    a = rng.normal(0.001, 0.01, 200)
    b = 0.5 * a + rng.normal(0, 0.01, 200)
    for prewhiten in (True, False):
        one, other = ledoit_wolf(pair(a, b), prewhiten=prewhiten), ledoit_wolf(pair(b, a), prewhiten=prewhiten)
        assert one.difference == pytest.approx(-other.difference)
        assert one.p == pytest.approx(other.p)
        assert one.ci == pytest.approx((-other.ci[1], -other.ci[0]))


def test_the_error_of_a_sharpe_difference_is_that_of_its_influence_where_months_are_independent():
    """The delta method worked another way: the spread of each month's own share of the difference."""
    values = np.random.default_rng(4).normal(0.4, 4.0, (20_000, 2))
    mean, spread = values.mean(axis=0), values.std(axis=0)
    z = (values - mean) / spread
    shares = z - mean / spread * (z**2 - 1) / 2
    found = ledoit_wolf(matrix(values / 100))
    assert found.standard_error == pytest.approx((shares[:, 0] - shares[:, 1]).std() / math.sqrt(20_000), rel=0.03)


def test_the_difference_to_a_benchmark_is_that_of_the_two_series_a_year():
    fund, market = months_of_fund(120, seed=5)
    cash = pd.Series(0.002, index=fund.index)
    found = sharpe_difference(alone(fund, cash, periods_per_year=12).against(market, "IWM"))
    month = ledoit_wolf(pair(fund - 0.002, market - 0.002))
    ratios = [float((one - 0.002).mean() / (one - 0.002).std(ddof=0)) * math.sqrt(12) for one in (fund, market)]
    assert found.sharpe == pytest.approx(ratios)
    assert found.difference == pytest.approx(ratios[0] - ratios[1])
    assert found.ci == pytest.approx([month.ci[0] * math.sqrt(12), month.ci[1] * math.sqrt(12)])
    assert found.p == month.p


def test_joint_test_of_one_portfolio_is_the_squared_t_of_its_alpha():
    from statsmodels.regression.linear_model import OLS

    rng = np.random.default_rng(5)
    factors = rng.normal(0.5, 4, (120, 3))
    returns = factors @ [1.0, 0.5, -0.2] + rng.normal(0.2, 2, 120)
    found = grs_test(matrix(returns[:, None]), factors)
    fit = OLS(returns, np.column_stack([np.ones(120), factors])).fit()
    assert found.statistic == pytest.approx(fit.tvalues[0] ** 2)
    assert found.p == pytest.approx(fit.pvalues[0])


def test_joint_test_does_not_depend_on_how_portfolios_are_combined():
    rng = np.random.default_rng(6)
    factors, returns = rng.normal(0.5, 4, (120, 2)), rng.normal(0.3, 3, (120, 4))
    mixed = returns @ rng.normal(0, 1, (4, 4))
    assert grs_test(matrix(mixed), factors).statistic == pytest.approx(grs_test(matrix(returns), factors).statistic)


def test_fama_macbeth_worked_by_hand():
    import pandas as pd

    index = pd.MultiIndex.from_product([["a", "b", "c"], [1, 2]], names=["asset", "date"])
    panel = pd.DataFrame({"x": [0.0, 0.0, 1.0, 1.0, 2.0, 2.0], "y": [1.0, 0.0, 2.0, 3.0, 3.0, 6.0]}, index=index)
    found = fama_macbeth(panel, "y", ["x"])
    assert found.estimates["x"] == pytest.approx(2.0)
    assert found.estimates["const"] == pytest.approx(0.5)
    assert found.periods == 2


def test_power_of_a_t_test_is_what_draws_of_it_find():
    rng = np.random.default_rng(0)
    errors = np.sqrt(rng.chisquare(15, 200_000) / 15)
    t = (2.0 + rng.standard_normal(200_000)) / errors
    assert power_of_t_test(0.02, 0.01, 15) == pytest.approx(float((np.abs(t) > 2.1314495).mean()), abs=0.003)
    assert power_of_t_test(0.0, 0.01, 15) == pytest.approx(0.05, abs=1e-9)
    assert power_of_t_test(2.80159 * 0.01, 0.01, 10**7) == pytest.approx(0.8, abs=1e-5)
