"""A sample that cannot carry a number raises, naming what is wrong; it never yields a number.

What each estimator refuses stands in the registry; here is what those words mean, and the proof.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import InferenceError
from active_edge.inference.alpha import alpha_matrix, benchmark_alpha, factor_alpha, hac_alpha, hac_mean, mean_return
from active_edge.inference.asset_pricing import fama_macbeth, grs_test
from active_edge.inference.belief import believe
from active_edge.inference.best_of import believe_family, best_of
from active_edge.inference.bootstrap import bootstrap_means, longest_block, mean_intervals, optimal_blocks
from active_edge.inference.breaks import sup_f
from active_edge.inference.brinson import brinson_fachler
from active_edge.inference.comparison import benchmark_comparison
from active_edge.inference.effective_trials import effective_trials
from active_edge.inference.estimator_list import estimators
from active_edge.inference.fees import after_fees
from active_edge.inference.foresight import foresee
from active_edge.inference.joint_alphas import wild_alphas
from active_edge.inference.multiple import bonferroni, e_benjamini_hochberg, holm, mean_e_value
from active_edge.inference.overfitting import backtest_overfitting
from active_edge.inference.performance import break_even_cost_bps, capture, performance
from active_edge.inference.position import position_among
from active_edge.inference.power import power_of_t_test
from active_edge.inference.regression import least_squares
from active_edge.inference.sample import common_span
from active_edge.inference.shapley import edge_by_leg
from active_edge.inference.sharpe import (
    deflated_sharpe,
    deflated_sharpe_from_moments,
    expected_maximum_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_moments,
)
from active_edge.inference.sharpe_difference import ledoit_wolf, sharpe_difference
from active_edge.inference.subperiods import alpha_change, change_at, subperiods, usual_subperiods
from active_edge.inference.superiority import long_run_variance, step_m, superior_predictive_ability
from active_edge.inference.tracking import combined_evidence, track_evidence
from tests.inference.return_samples import against, alone, daily, market_and_fund, matrix, monthly

FUND, MARKET = market_and_fund(300, seed=1)
FACTORS = pd.DataFrame(np.random.default_rng(2).normal(0, 0.01, (300, 3)), FUND.index, ["MKT", "SMB", "HML"])
VALUES = np.random.default_rng(0).normal(0, 0.01, (200, 2))
PANEL = pd.DataFrame(
    {"x": [0.0, 0.0, 1.0, 1.0, 2.0, 2.0], "y": [1.0, 0.0, 2.0, 3.0, 3.0, 6.0]},
    index=pd.MultiIndex.from_product([["a", "b", "c"], [1, 2]], names=["asset", "date"]),
)
WEIGHTS, EARNED = pd.Series({"a": 0.5, "b": 0.5}), pd.Series({"a": 0.1, "b": 0.2})
MIDDLE = FUND.index[150]
Call = Callable[..., object]


def compared(returns: pd.Series, benchmark: pd.Series) -> object:
    return benchmark_comparison(against(returns, benchmark), benchmark_is_total_return=True)


ON_SERIES: dict[str, Call] = {
    "benchmark_alpha": lambda r: benchmark_alpha(against(r, MARKET)),
    "hac_alpha": lambda r: hac_alpha(against(r, MARKET)),
    "after_fees": lambda r: after_fees(against(r, MARKET), management=0.01, performance=0.1),
    "benchmark_comparison": lambda r: compared(r, MARKET),
    "capture": lambda r: capture(against(r, MARKET)),
    "factor_alpha": lambda r: factor_alpha(alone(r).on(FACTORS)),
    "hac_mean": lambda r: hac_mean(alone(r)),
    "sup_f": lambda r: sup_f(alone(r), draws=9),
    "mean_return": lambda r: mean_return(alone(r)),
    "performance": lambda r: performance(alone(r)),
    "deflated_sharpe": lambda r: deflated_sharpe(alone(r), trials=5, sharpe_variance=0.01),
    "subperiods": lambda r: subperiods(against(r, MARKET), cuts=[MIDDLE]),
    "usual_subperiods": lambda r: usual_subperiods(against(r, MARKET)),
    "sharpe_difference": lambda r: sharpe_difference(against(r, MARKET)),
    "alpha_change": lambda r: alpha_change(against(r, MARKET), cut=MIDDLE),
    "change_at": lambda r: change_at(alone(r), FACTORS, cut=MIDDLE),
    "sharpe_moments": sharpe_moments,
    "track_evidence": lambda r: track_evidence(against(r, MARKET)),
}
ON_BENCHMARK: dict[str, Call] = {
    "benchmark_alpha": lambda b: benchmark_alpha(against(FUND, b)),
    "hac_alpha": lambda b: hac_alpha(against(FUND, b)),
    "after_fees": lambda b: after_fees(against(FUND, b), management=0.01, performance=0.1),
    "benchmark_comparison": lambda b: compared(FUND, b),
    "capture": lambda b: capture(against(FUND, b)),
    "subperiods": lambda b: subperiods(against(FUND, b), cuts=[MIDDLE]),
    "usual_subperiods": lambda b: usual_subperiods(against(FUND, b)),
    "sharpe_difference": lambda b: sharpe_difference(against(FUND, b)),
    "alpha_change": lambda b: alpha_change(against(FUND, b), cut=MIDDLE),
    "track_evidence": lambda b: track_evidence(against(FUND, b)),
}
ON_FACTORS: dict[str, Call] = {
    "factor_alpha": lambda f: factor_alpha(alone(FUND.iloc[: len(f)]).on(f)),
    "alpha_matrix": lambda f: alpha_matrix(matrix(np.column_stack([FUND, MARKET])[: len(f)]), f.to_numpy()),
    "best_of": lambda f: best_of(matrix(np.column_stack([FUND, MARKET])[: len(f)]), f.to_numpy()),
    "wild_alphas": lambda f: wild_alphas(
        matrix(np.column_stack([FUND, MARKET])[: len(f)]), f.to_numpy(), seed=0, resamples=20
    ),
    "least_squares": lambda f: least_squares(FUND.to_numpy()[:, None], f.to_numpy()),
    "grs_test": lambda f: grs_test(matrix(np.column_stack([FUND, MARKET])[: len(f)]), f.to_numpy()),
}
ON_MATRIX: dict[str, Call] = {
    "superior_predictive_ability": lambda x: superior_predictive_ability(matrix(x), seed=0, resamples=20),
    "step_m": lambda x: step_m(matrix(x), seed=0, resamples=20),
    "long_run_variance": lambda x: long_run_variance(matrix(x), 5.0),
    "backtest_overfitting": lambda x: backtest_overfitting(matrix(x), blocks=4),
    "optimal_blocks": lambda x: optimal_blocks(matrix(x)),
    "longest_block": lambda x: longest_block(matrix(x)),
    "bootstrap_means": lambda x: bootstrap_means(matrix(x), block=5, resamples=20, seed=0),
    "mean_intervals": lambda x: mean_intervals(matrix(x), seed=0, resamples=20),
    "effective_trials": lambda x: effective_trials(matrix(x), resamples=20),
    "alpha_matrix": lambda x: alpha_matrix(matrix(x), np.empty((len(x), 0))),
    "best_of": lambda x: best_of(matrix(x), np.empty((len(x), 0))),
    "wild_alphas": lambda x: wild_alphas(matrix(x), np.empty((len(x), 0)), seed=0, resamples=20),
    "grs_test": lambda x: grs_test(matrix(x), np.linspace(-0.01, 0.01, len(x))[:, None]),
    "ledoit_wolf": lambda x: ledoit_wolf(matrix(x)),
    "edge_by_leg": lambda x: edge_by_leg(x.T),
    "position_among": lambda x: position_among(0.0, x[:, 0]),
    "fama_macbeth": lambda x: fama_macbeth(PANEL.assign(x=np.resize(x[:6, 1], 6)), "y", ["x"]),
}


def changed(place: int, value: float) -> pd.Series:
    series = FUND.copy()
    series.iloc[place] = value
    return series


SERIES = {
    "short": (FUND.iloc[:3], "3 observations"),
    "one return": (FUND.iloc[:1], "1 observations"),
    "two returns": (FUND.iloc[:2], "2 observations"),
    "constant": (FUND * 0 + 0.001, "constant series"),
    "hole": (changed(17, np.nan), "missing or infinite"),
    "infinite": (changed(17, np.inf), "missing or infinite"),
    "impossible return": (changed(17, -1.5), "below -1"),
    "unsorted": (FUND.iloc[::-1], "must rise and be unique"),
    "repeated date": (pd.concat([FUND, FUND.iloc[[-1]]]), "must rise and be unique"),
}
BENCHMARKS = {
    "misaligned benchmark": (MARKET.drop(MARKET.index[20]), "misaligned calendars: 1 date of returns"),
    "constant benchmark": (MARKET * 0 + 0.001, "constant series"),
    "benchmark with a hole": (MARKET.where(MARKET.index != MARKET.index[17]), "missing or infinite"),
    "benchmark in disguise": (0.5 * FUND, "no active risk"),
}
SPOILED_FACTORS = {
    "misaligned factors": (FACTORS.drop(FACTORS.index[20]), "misaligned"),
    "constant factor": (FACTORS.assign(QMJ=0.0), "constant series"),
    "collinear factors": (FACTORS.assign(SIZE=3 * FACTORS["SMB"] - FACTORS["HML"]), "collinear|repeat"),
    "too many factors": (
        pd.DataFrame(np.random.default_rng(3).normal(0, 0.01, (30, 29)), FUND.index[:30]),
        "observations|periods",
    ),
}


def with_value(value: float) -> np.ndarray:
    values = VALUES.copy()
    values[4, 1] = values[4, 0] = value
    return values


MATRICES = {
    "short": VALUES[:3],
    "hole": with_value(np.nan),
    "infinite": with_value(np.inf),
    "constant column": VALUES * [1.0, 0.0],
    "one series": VALUES[:, :1],
    "a series and its multiple": VALUES[:, [0, 0]] * [1.0, 2.0],
    "repeated series": VALUES[:, [0, 0]],
    "few draws": VALUES[:5],
}
OTHERS: dict[tuple[str, str], Call] = {
    ("benchmark_comparison", "price index"): lambda: benchmark_comparison(
        against(FUND, MARKET, name="^RUT"), benchmark_is_total_return=False
    ),
    ("probabilistic_sharpe", "one return"): lambda: probabilistic_sharpe(0.5, 1),
    ("probabilistic_sharpe", "impossible moments"): lambda: probabilistic_sharpe(2.0, 100, skewness=2.0, kurtosis=2.0),
    ("minimum_track_record", "ratio at its threshold"): lambda: minimum_track_record(0.1, threshold=0.1),
    ("minimum_track_record", "impossible moments"): lambda: minimum_track_record(
        2.0, threshold=0.0, skewness=2.0, kurtosis=2.0
    ),
    ("deflated_sharpe_from_moments", "no trial"): lambda: deflated_sharpe_from_moments(
        0.1, 100, trials=0, sharpe_variance=0.1
    ),
    ("deflated_sharpe_from_moments", "variance that is no number"): lambda: deflated_sharpe_from_moments(
        0.1, 100, trials=5, sharpe_variance=float("nan")
    ),
    ("deflated_sharpe_from_moments", "impossible moments"): lambda: deflated_sharpe_from_moments(
        2.0, 100, trials=5, sharpe_variance=0.1, skewness=2.0, kurtosis=2.0
    ),
    ("deflated_sharpe", "no trial"): lambda: deflated_sharpe(alone(FUND), trials=0, sharpe_variance=None),
    ("bootstrap_means", "impossible block"): lambda: bootstrap_means(matrix(VALUES), block=0.5, resamples=5, seed=0),
    ("mean_intervals", "impossible level"): lambda: mean_intervals(matrix(VALUES), level=0.0, seed=0),
    ("backtest_overfitting", "odd number of blocks"): lambda: backtest_overfitting(matrix(VALUES), blocks=5),
    ("fama_macbeth", "one date"): lambda: fama_macbeth(PANEL.xs(1, level="date", drop_level=False), "y", ["x"]),
    ("brinson_fachler", "weights that do not sum to one"): lambda: brinson_fachler(
        WEIGHTS - 0.05, WEIGHTS, EARNED, EARNED
    ),
    ("brinson_fachler", "held group without a return"): lambda: brinson_fachler(
        WEIGHTS, WEIGHTS, EARNED.replace(0.2, np.nan), EARNED
    ),
    ("believe", "error that is not above 0"): lambda: believe(0.02, 0.0, 6),
    ("believe_family", "one series"): lambda: believe_family(np.array([0.01]), 0.02, 0.5),
    ("believe_family", "error that is not above 0"): lambda: believe_family(np.array([0.01, 0.02]), 0.0, 0.5),
    ("believe_family", "correlation of one"): lambda: believe_family(np.array([0.01, 0.02]), 0.02, 1.0),
    ("position_among", "value that is no number"): lambda: position_among(float("nan"), np.zeros(50)),
    ("edge_by_leg", "missing subset"): lambda: edge_by_leg(np.zeros((3, 10))),
    ("bonferroni", "no trial"): lambda: bonferroni(0.01, 0),
    ("bonferroni", "p above one"): lambda: bonferroni(1.2, 3),
    ("holm", "no p-value"): lambda: holm([]),
    ("holm", "p that is no number"): lambda: holm([0.1, float("nan")]),
    ("holm", "p above one"): lambda: holm([1.2]),
    ("e_benjamini_hochberg", "no e-value"): lambda: e_benjamini_hochberg([]),
    ("e_benjamini_hochberg", "e-value that is no number"): lambda: e_benjamini_hochberg([20.0, float("nan")]),
    ("e_benjamini_hochberg", "e-value below zero"): lambda: e_benjamini_hochberg([-1.0]),
    ("e_benjamini_hochberg", "impossible level"): lambda: e_benjamini_hochberg([20.0], level=1.0),
    ("mean_e_value", "no e-value"): lambda: mean_e_value([]),
    ("mean_e_value", "e-value that is no number"): lambda: mean_e_value([20.0, float("nan")]),
    ("mean_e_value", "e-value below zero"): lambda: mean_e_value([-1.0]),
    ("combined_evidence", "p above one"): lambda: combined_evidence(1.2, 3, 5),
    ("combined_evidence", "no trial"): lambda: combined_evidence(0.1, 0, 5),
    ("combined_evidence", "e-value below zero"): lambda: combined_evidence(0.1, 1, -5),
    ("foresee", "tracking error that is not above 0"): lambda: foresee(0.0),
    ("alpha_change", "cut near the end"): lambda: alpha_change(against(FUND, MARKET), cut=FUND.index[-10]),
    ("change_at", "cut near the end"): lambda: change_at(alone(FUND), None, cut=FUND.index[-10]),
}


def refusal(name: str, kind: str) -> tuple[Call, str | None]:
    """Return the call of an estimator on a bad sample, and what its message must say; None where anything will do."""
    if (name, kind) in OTHERS:
        return OTHERS[name, kind], None
    for samples, calls in ((BENCHMARKS, ON_BENCHMARK), (SPOILED_FACTORS, ON_FACTORS), (SERIES, ON_SERIES)):
        if kind in samples and name in calls:
            bad, says = samples[kind]
            return partial(calls[name], bad), says
    return partial(ON_MATRIX[name], MATRICES[kind]), None


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name, one in estimators().items() for kind in one.bad_samples]
)
def test_every_bad_sample_of_an_estimator_is_refused_in_words(name, kind):
    call, says = refusal(name, kind)
    with pytest.raises(InferenceError, match=says):
        call()


def test_every_estimator_takes_a_good_sample():
    for calls, good in ((ON_SERIES, FUND), (ON_BENCHMARK, MARKET), (ON_FACTORS, FACTORS), (ON_MATRIX, VALUES)):
        for name, call in calls.items():
            call(VALUES[:2] if name == "edge_by_leg" else good)


@pytest.mark.parametrize("estimator", ON_BENCHMARK)
def test_misaligned_calendars_are_refused_in_both_directions(estimator):
    with pytest.raises(InferenceError, match="misaligned calendars: 1 date of"):
        ON_SERIES[estimator](FUND.drop(FUND.index[20]))
    with pytest.raises(InferenceError, match="misaligned"):
        ON_BENCHMARK[estimator](MARKET.iloc[:-1])


def test_a_cash_series_with_missing_dates_is_refused():
    cash = daily(np.full(300, 0.0001))
    hac_alpha(against(FUND, MARKET, cash))
    with pytest.raises(InferenceError, match="misaligned"):
        against(FUND, MARKET, cash.drop(cash.index[9]))


def test_whether_a_benchmark_is_a_total_return_must_be_said():
    with pytest.raises(TypeError):
        benchmark_comparison(against(FUND, MARKET, name="^RUT"))  # type: ignore[call-arg]


def test_the_benchmark_itself_has_no_active_risk():
    with pytest.raises(InferenceError, match="no active risk"):
        compared(MARKET, MARKET)
    with pytest.raises(InferenceError, match="constant series"):
        compared(MARKET + 0.0001, MARKET)


def test_collinear_factors_and_constant_ones_are_named():
    with pytest.raises(InferenceError, match="SMB, HML, SIZE are perfectly collinear"):
        alone(FUND).on(SPOILED_FACTORS["collinear factors"][0])
    with pytest.raises(InferenceError, match="factor QMJ"):
        alone(FUND).on(SPOILED_FACTORS["constant factor"][0])
    with pytest.raises(InferenceError, match="fewer factors"):
        alone(FUND.iloc[:30]).on(SPOILED_FACTORS["too many factors"][0])


def test_monthly_returns_annualised_as_daily_are_refused():
    values = np.random.default_rng(4).normal(0.01, 0.04, 60)
    hac_mean(alone(monthly(values), periods_per_year=12))
    with pytest.raises(InferenceError, match="12 observations a year"):
        alone(monthly(values))


def test_undated_values_are_refused():
    with pytest.raises(InferenceError, match="indexed by date"):
        alone(pd.Series(FUND.to_numpy()))
    with pytest.raises(InferenceError, match="indexed by date"):
        alone(FUND.to_numpy())


@pytest.mark.parametrize(
    "call",
    [
        lambda: expected_maximum_sharpe(0, 0.1),
        lambda: expected_maximum_sharpe(5, float("nan")),
        lambda: power_of_t_test(0.01, 0.0, 60),
        lambda: power_of_t_test(0.01, float("inf"), 60),
        lambda: power_of_t_test(0.01, 0.04, 60, level=1.0),
        lambda: break_even_cost_bps(0.01, -0.01, 2.0),
        lambda: common_span(FUND.iloc[:10], FUND.iloc[20:]),
        lambda: matrix(FUND.to_numpy()),
    ],
)
def test_an_impossible_argument_is_refused(call):
    with pytest.raises(InferenceError):
        call()
