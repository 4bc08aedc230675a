"""A sample that cannot carry a number raises, naming what is wrong; it never yields a number."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import InferenceError
from active_edge.inference.asset_pricing import grs_test
from active_edge.inference.bootstrap import bootstrap_means, mean_intervals, optimal_blocks
from active_edge.inference.brinson import brinson_fachler
from active_edge.inference.comparison import benchmark_comparison
from active_edge.inference.multiple import bonferroni, holm
from active_edge.inference.overfitting import backtest_overfitting
from active_edge.inference.performance import break_even_cost_bps, performance
from active_edge.inference.position import position_among
from active_edge.inference.power import mde_from_standard_error, years_needed
from active_edge.inference.regression import alpha_matrix, factor_alpha, hac_alpha, hac_mean
from active_edge.inference.sample import common_span
from active_edge.inference.sharpe import (
    deflated_sharpe,
    expected_maximum_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_moments,
)
from active_edge.inference.sharpe_difference import jobson_korkie_memmel, ledoit_wolf, ledoit_wolf_bootstrap
from active_edge.inference.subperiods import alpha_change
from active_edge.inference.superiority import step_m, superior_predictive_ability
from tests.inference.return_samples import against, alone, daily, market_and_fund, matrix, monthly, pair

FUND, MARKET = market_and_fund(300, seed=1)


def compare(returns: pd.Series, benchmark: pd.Series) -> object:
    return benchmark_comparison(against(returns, benchmark), benchmark_is_total_return=True)


ON_TWO: dict[str, Callable[[pd.Series, pd.Series], object]] = {
    "alpha": lambda r, b: hac_alpha(against(r, b)),
    "comparison": compare,
    "factor alpha": lambda r, b: factor_alpha(alone(r).on(b.to_frame("MKT"))),
    "alpha change": lambda r, b: alpha_change(against(r, b), cut=r.index[len(r) // 2]),
}
ON_ONE: dict[str, Callable[[pd.Series], object]] = {
    "mean": lambda r: hac_mean(alone(r)),
    "deflated Sharpe": lambda r: deflated_sharpe(alone(r), trials=5, sharpe_variance=0.01),
}
ON_PAIR: dict[str, Callable[[np.ndarray, np.ndarray], object]] = {
    "JKM": lambda a, b: jobson_korkie_memmel(pair(a, b)),
    "Ledoit-Wolf": lambda a, b: ledoit_wolf(pair(a, b)),
    "Ledoit-Wolf bootstrap": lambda a, b: ledoit_wolf_bootstrap(pair(a, b), block=5, resamples=20, seed=0),
}
ON_MATRIX: dict[str, Callable[[np.ndarray], object]] = {
    "SPA": lambda x: superior_predictive_ability(matrix(x), seed=0, resamples=20),
    "StepM": lambda x: step_m(matrix(x), seed=0, resamples=20),
    "PBO": lambda x: backtest_overfitting(matrix(x), blocks=4),
    "means": lambda x: bootstrap_means(matrix(x), block=5, resamples=20, seed=0),
    "alphas": lambda x: alpha_matrix(matrix(x), np.empty((len(x), 0))),
    "GRS": lambda x: grs_test(matrix(x), np.linspace(-0.01, 0.01, len(x))[:, None]),
}


def spoiled(kind: str) -> pd.Series:
    series = FUND.copy()
    if kind == "constant":
        series[:] = 0.001
    elif kind == "zero":
        series[:] = 0.0
    elif kind == "three observations":
        series = series.iloc[:3]
    elif kind == "hole":
        series.iloc[17] = np.nan
    elif kind == "infinite":
        series.iloc[17] = np.inf
    elif kind == "below total loss":
        series.iloc[17] = -1.5
    elif kind == "unsorted":
        series = series.iloc[::-1]
    elif kind == "repeated date":
        series = pd.concat([series, series.iloc[[-1]]])
    return series


KINDS = {
    "constant": "constant series",
    "zero": "constant series",
    "three observations": "3 observations",
    "hole": "missing or infinite",
    "infinite": "missing or infinite",
    "below total loss": "below -1",
    "unsorted": "must rise and be unique",
    "repeated date": "must rise and be unique",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("estimator", ON_TWO)
def test_no_alpha_from_a_spoiled_return_series(estimator, kind):
    ON_TWO[estimator](FUND, MARKET)
    with pytest.raises(InferenceError, match=KINDS[kind]):
        ON_TWO[estimator](spoiled(kind), MARKET)


@pytest.mark.parametrize("kind", ["constant", "zero", "hole", "infinite"])
@pytest.mark.parametrize("estimator", ON_TWO)
def test_no_alpha_on_a_spoiled_benchmark(estimator, kind):
    with pytest.raises(InferenceError):
        ON_TWO[estimator](FUND, spoiled(kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("estimator", ON_ONE)
def test_no_test_of_a_spoiled_single_series(estimator, kind):
    ON_ONE[estimator](FUND)
    with pytest.raises(InferenceError, match=KINDS[kind]):
        ON_ONE[estimator](spoiled(kind))


@pytest.mark.parametrize("kind", ["constant", "three observations", "hole", "infinite"])
@pytest.mark.parametrize("estimator", ON_PAIR)
def test_no_sharpe_difference_from_a_spoiled_series(estimator, kind):
    ON_PAIR[estimator](FUND.to_numpy(), MARKET.to_numpy())
    series = spoiled(kind).to_numpy()
    with pytest.raises(InferenceError):
        ON_PAIR[estimator](series, MARKET.to_numpy()[: len(series)])


def test_no_sharpe_difference_of_a_series_with_itself_or_its_multiple():
    values = FUND.to_numpy()
    for test in ON_PAIR.values():
        for same in (values, 2 * values):
            with pytest.raises(InferenceError, match="constant series"):
                test(values, same)


@pytest.mark.parametrize("spoil", [np.nan, np.inf])
@pytest.mark.parametrize("estimator", ON_MATRIX)
def test_no_family_test_with_holes_or_too_few_rows(estimator, spoil):
    values = np.random.default_rng(0).normal(0, 0.01, (200, 3))
    ON_MATRIX[estimator](values)
    with pytest.raises(InferenceError):
        ON_MATRIX[estimator](values[:3])
    values[5, 1] = spoil
    with pytest.raises(InferenceError):
        ON_MATRIX[estimator](values)


@pytest.mark.parametrize("estimator", sorted(set(ON_MATRIX) - {"means"}))
def test_no_family_test_with_a_constant_or_repeated_strategy(estimator):
    values = np.random.default_rng(0).normal(0, 0.01, (200, 3))
    values[:, 1] = 0.0 if estimator in ("SPA", "StepM", "PBO", "alphas") else values[:, 0]
    with pytest.raises(InferenceError):
        ON_MATRIX[estimator](values)


@pytest.mark.parametrize("estimator", ON_TWO)
def test_misaligned_calendars_are_refused_in_both_directions(estimator):
    with pytest.raises(InferenceError, match="misaligned calendars: 1 dates of returns"):
        ON_TWO[estimator](FUND, MARKET.drop(MARKET.index[20]))
    with pytest.raises(InferenceError, match="misaligned calendars: 1 dates of"):
        ON_TWO[estimator](FUND.drop(FUND.index[20]), MARKET)
    with pytest.raises(InferenceError, match="misaligned"):
        ON_TWO[estimator](FUND, MARKET.iloc[:-1])


def test_a_cash_series_with_missing_dates_is_refused():
    cash = daily(np.full(300, 0.0001))
    hac_alpha(against(FUND, MARKET, cash))
    with pytest.raises(InferenceError, match="misaligned"):
        against(FUND, MARKET, cash.drop(cash.index[9]))


def test_a_price_index_is_refused_as_benchmark():
    with pytest.raises(InferenceError, match="price index"):
        benchmark_comparison(against(FUND, MARKET, name="^RUT"), benchmark_is_total_return=False)
    with pytest.raises(TypeError):
        benchmark_comparison(against(FUND, MARKET, name="^RUT"))  # type: ignore[call-arg]


def test_the_benchmark_itself_has_no_active_risk():
    with pytest.raises(InferenceError, match="no active risk"):
        compare(MARKET, MARKET)
    with pytest.raises(InferenceError, match="constant series"):
        compare(MARKET + 0.0001, MARKET)
    with pytest.raises(InferenceError, match="no active risk"):
        hac_alpha(against(1.5 * MARKET, MARKET))


def test_perfectly_collinear_factors_are_refused_by_name():
    rng = np.random.default_rng(2)
    factors = pd.DataFrame(rng.normal(0, 0.01, (300, 3)), index=FUND.index, columns=["MKT", "SMB", "HML"])
    factor_alpha(alone(FUND).on(factors))
    factors["SIZE"] = 3 * factors["SMB"] - factors["HML"]
    with pytest.raises(InferenceError, match="SMB, HML, SIZE are perfectly collinear"):
        factor_alpha(alone(FUND).on(factors))


def test_a_constant_factor_is_refused_by_name():
    factors = pd.DataFrame({"MKT": MARKET, "QMJ": 0.0})
    with pytest.raises(InferenceError, match="factor QMJ"):
        factor_alpha(alone(FUND).on(factors))


def test_more_factors_than_the_sample_carries_are_refused():
    fund, _ = market_and_fund(30, seed=3)
    factors = pd.DataFrame(np.random.default_rng(3).normal(0, 0.01, (30, 8)), index=fund.index)
    with pytest.raises(InferenceError, match="fewer factors"):
        factor_alpha(alone(fund).on(factors))


def test_monthly_returns_annualised_as_daily_are_refused():
    values = np.random.default_rng(4).normal(0.01, 0.04, 60)
    hac_mean(alone(monthly(values), periods_per_year=12))
    with pytest.raises(InferenceError, match="12 observations a year"):
        hac_mean(alone(monthly(values)))


def test_undated_values_are_refused():
    with pytest.raises(InferenceError, match="indexed by date"):
        alone(pd.Series(FUND.to_numpy()))
    with pytest.raises(InferenceError, match="indexed by date"):
        hac_mean(alone(FUND.to_numpy()))


@pytest.mark.parametrize(
    "call",
    [
        lambda: minimum_track_record(0.1, threshold=0.1),
        lambda: probabilistic_sharpe(0.5, 1),
        lambda: probabilistic_sharpe(2.0, 100, skewness=2.0, kurtosis=2.0),
        lambda: expected_maximum_sharpe(0, 0.1),
        lambda: expected_maximum_sharpe(5, float("nan")),
        lambda: sharpe_moments(np.array([0.1, 0.2])),
        lambda: mde_from_standard_error(0.0),
        lambda: mde_from_standard_error(0.04, power=1.0),
        lambda: years_needed(0.0, 0.04),
        lambda: years_needed(0.01, float("inf")),
        lambda: holm([]),
        lambda: holm([0.1, float("nan")]),
        lambda: bonferroni(0.01, 0),
        lambda: position_among(0.1, np.zeros(5)),
        lambda: position_among(float("nan"), np.zeros(50)),
        lambda: break_even_cost_bps(0.01, -0.01, 2.0),
        lambda: optimal_blocks(matrix(np.zeros((3, 1)))),
        lambda: bootstrap_means(matrix(np.ones((50, 2))), block=0.5, resamples=5, seed=0),
        lambda: mean_intervals(matrix(np.ones((50, 2))), level=0.0, seed=0),
        lambda: backtest_overfitting(matrix(np.ones((50, 2))), blocks=5),
        lambda: common_span(FUND.iloc[:10], FUND.iloc[20:]),
        lambda: performance(alone(FUND.iloc[:1])),
        lambda: grs_test(matrix(np.ones((24, 23))), np.ones((24, 2))),
    ],
)
def test_an_impossible_argument_is_refused(call):
    with pytest.raises(InferenceError):
        call()


def test_attribution_refuses_weights_that_do_not_sum_to_one_and_held_groups_without_return():
    weights = pd.Series({"a": 0.5, "b": 0.5})
    returns = pd.Series({"a": 0.1, "b": 0.2})
    brinson_fachler(weights, weights, returns, returns)
    with pytest.raises(InferenceError, match=r"sum to 0\.9"):
        brinson_fachler(weights - 0.05, weights, returns, returns)
    with pytest.raises(InferenceError, match="group b is held but has no return"):
        brinson_fachler(weights, weights, returns.replace(0.2, np.nan), returns)
