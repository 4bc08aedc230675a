"""Monthly alpha, belief and fees against reference vectors worked out independently of this code."""

import math

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import InferenceError
from active_edge.inference.alpha import alpha_matrix, benchmark_alpha, factor_alpha, mean_return
from active_edge.inference.belief import OPEN, Prior, believe, decay_prior
from active_edge.inference.fees import after_fees
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.months import Months
from active_edge.inference.regression import cosine_terms, least_squares
from active_edge.inference.sample import Sample
from tests.inference.return_samples import alone, monthly

T = np.arange(1, 25)
X = np.round(0.01 + 0.05 * np.sin(1.3 * T), 6)
Y = np.round(0.002 + 0.9 * X + 0.012 * np.sin(0.9 * T) + 0.008 * np.cos(2.6 * T), 6)
PRECISE = {"rel": 2e-6, "abs": 6e-7}


def sample(y: np.ndarray = Y, x: np.ndarray = X) -> Sample:
    return alone(monthly(y), periods_per_year=12).against(monthly(x), "index")


def test_the_primary_estimate_of_the_reference_series():
    found = benchmark_alpha(sample())
    assert found.alpha_annual == pytest.approx(0.037625, **PRECISE)
    assert (found.alpha_annual / 12, found.beta) == pytest.approx((0.003135418, 0.891961468), **PRECISE)
    assert found.degrees == 4
    assert (found.se_annual / 12, found.se_ols_annual / 12) == pytest.approx((0.001738361, 0.002233681), **PRECISE)
    assert found.information == pytest.approx(22.291629, **PRECISE)
    assert (found.t, found.p, found.p_one_sided) == pytest.approx((1.803663, 0.145616, 0.072808), **PRECISE)
    assert found.ci == pytest.approx((-0.020293, 0.095543), **PRECISE)
    assert found.excluded_above() == pytest.approx(0.082096, **PRECISE)
    assert found.excluded_above(trials=12) == pytest.approx(0.138819, **PRECISE)
    assert found.detectable() == pytest.approx(0.077546, **PRECISE)


def test_a_factor_alpha_with_one_factor_is_the_alpha_on_it():
    on = alone(monthly(Y), periods_per_year=12).on(monthly(X).to_frame("MKT"))
    one, other = factor_alpha(on), benchmark_alpha(sample())
    assert (one.alpha_annual, one.se_annual, one.p) == (other.alpha_annual, other.se_annual, other.p)


def test_scores_and_cosines_are_those_of_a_plain_loop():
    design = np.column_stack([np.ones(24), X])
    inverse = np.linalg.inv(design.T @ design)
    residuals = Y - design @ (inverse @ design.T @ Y)
    scores = []
    for row, residual in zip(design, residuals, strict=True):
        scores.append(float(row @ inverse[:, 0]) * residual / math.sqrt(1 - float(row @ inverse @ row)))
    assert scores[:3] == pytest.approx([0.000051844, 0.000500772, 0.000232841], abs=5e-10)
    plain = [
        math.sqrt(2 / 24) * sum(s * math.cos(math.pi * j * (t - 0.5) / 24) for t, s in enumerate(scores, start=1))
        for j in range(1, 5)
    ]
    assert plain == pytest.approx([-0.000080788, 0.000402074, -0.000416683, 0.000402287], abs=5e-10)
    error = math.sqrt(24 * sum(value**2 for value in plain) / 4)
    assert least_squares(Y[:, None], design).cosine_errors(4)[0, 0] == pytest.approx(error, rel=1e-12)


def test_every_coefficient_has_its_own_error():
    design = np.column_stack([np.ones(24), X])
    fit = least_squares(Y[:, None], design)
    assert fit.cosine_errors(4).shape == fit.classical_errors().shape == (2, 1)
    np.testing.assert_array_equal(fit.cosine_errors(4, of=1), fit.cosine_errors(4)[:1])
    swapped = least_squares(Y[:, None], design[:, ::-1])
    np.testing.assert_allclose(swapped.cosine_errors(4)[::-1], fit.cosine_errors(4), rtol=1e-9)


def test_a_mean_has_the_errors_of_a_regression_on_nothing():
    gap = Y - X
    centred = (gap - gap.mean()) / 24 / math.sqrt(1 - 1 / 24)
    cosines = [
        math.sqrt(2 / 24) * sum(s * math.cos(math.pi * j * (t - 0.5) / 24) for t, s in enumerate(centred, start=1))
        for j in range(1, 5)
    ]
    found = mean_return(alone(monthly(gap), periods_per_year=12))
    assert found.alpha_annual == pytest.approx(12 * gap.mean(), rel=1e-12)
    assert found.se_annual == pytest.approx(12 * math.sqrt(24 * sum(c**2 for c in cosines) / 4), rel=1e-10)


def test_many_alphas_at_once_equal_each_alone():
    rng = np.random.default_rng(9)
    factors = pd.DataFrame(rng.normal(0.002, 0.03, (120, 3)), index=monthly(np.zeros(120)).index)
    returns = rng.normal(0, 0.02, (120, 25)) + factors.to_numpy() @ rng.normal(1, 0.3, (3, 25))
    many = alpha_matrix(SampleMatrix.of(returns, periods_per_year=12), factors.to_numpy())
    for column in (0, 7, 24):
        single = factor_alpha(alone(monthly(returns[:, column]), periods_per_year=12).on(factors))
        assert many.alpha_annual[column] == pytest.approx(single.alpha_annual, rel=1e-9)
        assert many.se_annual[column] == pytest.approx(single.se_annual, rel=1e-9)
        assert many.p[column] == pytest.approx(single.p, rel=1e-8)


def test_the_number_of_cosines_is_the_published_rule():
    known = {12: 4, 24: 4, 42: 4, 48: 5, 60: 6, 120: 9, 240: 15, 313: 18}
    assert {months: cosine_terms(months) for months in known} == known


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((0.02, 0.015, 6), (0.005748, 0.008721, -0.005515, 0.016787, 0.541637, 1.118212)),
        ((-0.01, 0.02, 4), (-0.002102, 0.008944, -0.013490, 0.009380, 0.211872, 0.920202)),
        ((0.04, 0.01, 15), (0.016970, 0.008492, 0.005920, 0.027649, 0.916415, 5.942640)),
        ((0.03, 0.02, 9, Prior("hopeful", 0.005, 0.01)), (0.009788, 0.009156, -0.001985, 0.021467, 0.701583, 1.453769)),
        ((0.02, 0.015, 6, OPEN), (0.012041, 0.012905, -0.004499, 0.027970, 0.722272, 1.093000)),
    ],
)
def test_the_reference_posteriors_are_reproduced(given, expected):
    found = believe(*given)
    told = (found.mean, found.deviation, *found.interval, found.probability, found.bayes_factor)
    assert told == pytest.approx(expected, **PRECISE)


@pytest.mark.parametrize(
    ("prior", "expected"),
    [
        ((), (0.004018, 0.009720, -0.008480, 0.016441, 0.462041, 1.066483)),
        ((Prior("hopeful", 0.005, 0.01),), (0.008703, 0.009639, -0.003691, 0.021018, 0.651436, 1.293961)),
    ],
)
def test_the_reference_series_is_believed_as_the_reference_says(prior, expected):
    series = benchmark_alpha(sample())
    error = max(series.se_annual, series.se_ols_annual)
    assert error == pytest.approx(0.026804, abs=5e-7)
    found = believe(series.alpha_annual, error, 4, *prior)
    told = (found.mean, found.deviation, *found.interval, found.probability, found.bayes_factor)
    assert told == pytest.approx(expected, **PRECISE)


def test_the_default_prior_gives_an_edge_worth_having_three_chances_in_ten():
    assert believe(0.02, 0.015, 6).probability_before == pytest.approx(0.31, abs=0.005)


def test_live_months_are_believed_after_a_share_of_what_the_backtest_left():
    """Backtest 4 ± 1 % at 15 degrees is believed at 1.697 % by the recipe; 42 % of that, 0.713 %, is the live prior."""
    backtest = believe(0.04, 0.01, 15)
    prior = decay_prior(backtest.mean)
    assert (prior.name, prior.mean, prior.deviation) == ("decay", pytest.approx(0.42 * 0.016970, abs=1e-6), 0.01)
    # The recipe's vector of a prior at +0.5 %: half of 1 % that was believed.
    found = believe(0.03, 0.02, 9, decay_prior(0.01, share=0.5))
    told = (found.mean, found.deviation, *found.interval, found.probability, found.bayes_factor)
    assert told == pytest.approx((0.009788, 0.009156, -0.001985, 0.021467, 0.701583, 1.453769), **PRECISE)


def test_only_months_with_their_first_and_last_session_count():
    sessions = pd.bdate_range("2015-01-01", "2015-05-29")
    dates = sessions[(sessions >= "2015-01-02") & (sessions <= "2015-05-28")]
    months = Months.calendar(dates, sessions)
    assert [f"{day:%Y-%m-%d}" for day in months.dates] == ["2015-02-27", "2015-03-31", "2015-04-30"]
    daily = np.full(len(dates), 0.001)
    assert months.compound(daily).tolist() == pytest.approx([1.001**n - 1 for n in (20, 22, 22)], rel=1e-12)
    whole = Months.calendar(sessions, sessions)
    assert whole.n == 5
    two = np.column_stack([daily, 2 * daily])
    np.testing.assert_allclose(months.compound(two)[:, 1], [1.002**n - 1 for n in (20, 22, 22)], rtol=1e-12)


@pytest.mark.parametrize(("first", "last"), [("2015-03-02", "2015-03-30"), ("2015-03-03", "2015-03-31")])
def test_a_stretch_inside_one_month_has_no_month(first, last):
    sessions = pd.bdate_range("2015-01-01", "2015-05-29")
    dates = sessions[(sessions >= first) & (sessions <= last)]
    assert Months.calendar(dates, sessions).n == 0
    assert Months.calendar(dates[:0], sessions).n == 0
    assert Months.calendar(dates, sessions).compound(np.zeros((len(dates), 3))).shape == (0, 3)


def test_months_of_weeks_are_four_weeks_from_the_end():
    dates = pd.date_range("2015-01-02", periods=10, freq="W-FRI")
    months = Months.blocks(dates)
    assert list(months.dates) == [dates[5], dates[9]]
    assert months.compound(np.arange(10) / 100).tolist() == pytest.approx(
        [1.02 * 1.03 * 1.04 * 1.05 - 1, 1.06 * 1.07 * 1.08 * 1.09 - 1]
    )
    assert months.periods_per_year == 13.0


def test_a_hole_is_not_stepped_over():
    sessions = pd.bdate_range("2015-01-01", "2016-05-31")
    index = pd.Series(np.sin(np.arange(len(sessions))) / 100, index=sessions)
    own = (index + np.cos(np.arange(len(sessions))) / 200).drop(pd.Timestamp("2015-03-11"))
    with pytest.raises(InferenceError, match=r"1 date of .* not in .*2015-03-11"):
        alone(own).against(index, "IWM")


def test_compounded_months_equal_pandas_month_by_month():
    rng = np.random.default_rng(1)
    sessions = pd.bdate_range("2010-01-01", "2014-12-31")
    daily = pd.Series(rng.normal(0, 0.01, len(sessions)), index=sessions)
    months = Months.calendar(sessions, sessions)
    theirs = (1 + daily).groupby(sessions.to_period("M")).prod() - 1
    np.testing.assert_allclose(months.compound(daily.to_numpy()), theirs, rtol=1e-12)
    held = alone(daily).against(daily.shift(1, fill_value=0.0), "IWM").in_months(months)
    assert held.periods_per_year == 12
    assert held.n == 60


def test_fees_of_two_years_worked_by_hand():
    returns = monthly(np.array([0.10, *[0.0] * 11, -0.05, *[0.0] * 11]))
    passive = monthly(np.array([0.04, *[0.001, -0.001] * 5, 0.0, -0.02, *[0.001, -0.001] * 5, 0.0]))
    held = alone(returns, periods_per_year=12).against(passive, "index")
    flat = after_fees(held, management=0.012, performance=0.0)
    assert flat.returns[0] == pytest.approx(1.10 * 0.999 - 1)
    assert flat.returns[5] == pytest.approx(-0.001)
    shared = after_fees(held, management=0.0, performance=0.2)
    index_year = 1.04 * (1.001 * 0.999) ** 5
    assert shared.returns[11] == pytest.approx(-0.2 * (1.10 - index_year) / 1.10)
    assert shared.returns[23] == 0.0, "a year below the benchmark pays nothing"
    np.testing.assert_allclose(after_fees(held, management=0.0, performance=0.0).returns, held.returns, atol=1e-15)
    for wrong in ({"management": -0.01, "performance": 0.0}, {"management": 0.0, "performance": 1.5}):
        with pytest.raises(InferenceError, match="fee"):
            after_fees(held, **wrong)


@pytest.mark.parametrize(
    ("y", "x", "words"),
    [
        (Y[:11], X[:11], "11 observations, at least 12"),
        (np.where(T == 3, np.nan, Y), X, "missing or infinite"),
        (np.full(24, 0.01), X, "constant"),
        (Y, np.full(24, 0.01), "constant|equal"),
        (0.8 * X, X, "no active risk"),
    ],
)
def test_months_that_cannot_carry_an_alpha_give_an_error(y, x, words):
    with pytest.raises(InferenceError, match=words):
        benchmark_alpha(sample(y, x))
