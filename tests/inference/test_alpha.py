"""Alphas and their errors against plain loops, other implementations and invariances."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from active_edge.errors import InferenceError
from active_edge.inference.alpha import alpha_matrix, benchmark_alpha, factor_alpha, hac_alpha, mean_return
from active_edge.inference.comparison import benchmark_comparison
from active_edge.inference.regression import hac_lag, least_squares
from active_edge.inference.subperiods import alpha_change, change_at, subperiods, usual_subperiods
from tests.inference.return_samples import against, alone, daily, market_and_fund, matrix

FUND, MARKET = market_and_fund(500, seed=5, alpha=0.03)


def newey_west_by_loop(y: np.ndarray, x: np.ndarray, lag: int) -> tuple[np.ndarray, np.ndarray]:
    n, k = x.shape
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    scores = [x[t] * (y[t] - x[t] @ beta) for t in range(n)]
    total = sum(np.outer(s, s) for s in scores)
    for j in range(1, lag + 1):
        for t in range(j, n):
            term = np.outer(scores[t], scores[t - j])
            total = total + (1 - j / (lag + 1)) * (term + term.T)
    return beta, np.sqrt(np.diag(inverse @ total @ inverse) * n / (n - k))


def test_alpha_and_errors_equal_a_plain_loop_over_the_newey_west_formula():
    found = hac_alpha(against(FUND, MARKET))
    design = np.column_stack([np.ones(500), MARKET])
    beta, errors = newey_west_by_loop(FUND.to_numpy(), design, hac_lag(500))
    assert found.alpha_annual == pytest.approx(beta[0] * 252, rel=1e-10)
    assert found.se_annual == pytest.approx(errors[0] * 252, rel=1e-10)
    assert found.beta == pytest.approx(beta[1], rel=1e-10)


@pytest.mark.parametrize("correction", [True, False])
def test_every_coefficient_and_error_is_that_of_statsmodels(correction):
    from statsmodels.regression.linear_model import OLS

    rng = np.random.default_rng(4)
    mixed = np.array([[1, 0.6, 0, 0], [0, 1, 0, 0.9], [0, 0, 1, 0], [0, 0, 0, 1]])
    factors = rng.normal(0.0003, 0.01, (700, 4)) @ mixed
    design = np.column_stack([np.ones(700), factors, np.arange(700) / 700.0])
    series = factors @ [0.9, -0.3, 0.0, 0.2] + rng.standard_t(4, 700) * 0.01
    fit = least_squares(series[:, None], design)
    theirs = OLS(series, design).fit(cov_type="HAC", cov_kwds={"maxlags": 6, "use_correction": correction}, use_t=True)
    np.testing.assert_allclose(fit.coefficients[:, 0], theirs.params, rtol=1e-8)
    np.testing.assert_allclose(fit.newey_west_errors(6, correction=correction)[:, 0], theirs.bse, rtol=1e-8)
    np.testing.assert_array_equal(fit.newey_west_errors(6, of=2), fit.newey_west_errors(6)[:2])


def test_the_estimate_is_that_of_statsmodels():
    from statsmodels.regression.linear_model import OLS

    found = hac_alpha(against(FUND, MARKET), level=0.1)
    theirs = OLS(FUND.to_numpy(), np.column_stack([np.ones(500), MARKET])).fit(
        cov_type="HAC", cov_kwds={"maxlags": hac_lag(500), "use_correction": True}, use_t=True
    )
    assert (found.t, found.p, found.r_squared) == pytest.approx(
        (theirs.tvalues[0], theirs.pvalues[0], theirs.rsquared), rel=1e-10
    )
    assert found.ci == pytest.approx(theirs.conf_int(alpha=0.1)[0] * 252, rel=1e-10)
    assert found.loading_t["benchmark"] == pytest.approx(theirs.tvalues[1], rel=1e-10)


def test_regressors_that_repeat_each_other_are_refused():
    one = np.ones((40, 1))
    with pytest.raises(InferenceError, match="repeat each other"):
        least_squares(np.arange(40.0)[:, None], np.hstack([one, one]))


@pytest.mark.parametrize(("n", "lag"), [(24, 2), (100, 4), (300, 5), (500, 5), (2500, 8), (606, 5)])
def test_automatic_lag(n, lag):
    assert hac_lag(n) == lag


def test_alpha_of_a_fund_worked_by_hand():
    market = np.tile([0.01, -0.01], 20)
    noise = np.tile([0.001, 0.001, -0.001, -0.001], 10)
    found = benchmark_alpha(against(daily(0.0002 + 1.5 * market + noise), daily(market)))
    assert found.alpha_annual == pytest.approx(0.0504)
    assert found.beta == pytest.approx(1.5)


def test_interval_is_symmetric_and_agrees_with_the_p_value():
    found = benchmark_alpha(against(FUND, MARKET))
    assert sum(found.ci) / 2 == pytest.approx(found.alpha_annual)
    at_p = benchmark_alpha(against(FUND, MARKET), level=found.p)
    assert min(map(abs, at_p.ci)) == pytest.approx(0.0, abs=1e-9)


def test_cash_is_subtracted_from_both_sides():
    cash = daily(np.linspace(0.0001, 0.0002, 500))
    with_cash = benchmark_alpha(against(FUND, MARKET, cash))
    by_hand = benchmark_alpha(against(FUND - cash, MARKET - cash))
    assert with_cash.alpha_annual == pytest.approx(by_hand.alpha_annual)
    assert with_cash.excess_over_cash
    assert not by_hand.excess_over_cash


def test_factors_are_not_reduced_by_cash():
    cash = daily(np.linspace(0.0001, 0.0002, 500))
    factors = MARKET.to_frame("MKT")
    found = factor_alpha(alone(FUND, cash).on(factors))
    assert found.alpha_annual == pytest.approx(factor_alpha(alone(FUND - cash).on(factors)).alpha_annual)


def test_benchmark_may_reach_beyond_both_ends():
    inner = FUND.iloc[50:450]
    whole = benchmark_alpha(against(inner, MARKET))
    assert whole == benchmark_alpha(against(inner, MARKET.iloc[50:450]))
    unknown_later = MARKET.where(MARKET.index <= inner.index[-1])
    assert whole == benchmark_alpha(against(inner, unknown_later))


@settings(max_examples=20, deadline=None)
@given(st.floats(-0.2, 0.2), st.floats(0.5, 2.0))
def test_adding_a_constant_moves_alpha_by_it_and_leaves_the_error(extra, scale):
    base = benchmark_alpha(against(FUND, MARKET))
    moved = benchmark_alpha(against(FUND + extra / 252, MARKET))
    assert moved.alpha_annual - base.alpha_annual == pytest.approx(extra, abs=1e-9)
    assert moved.se_annual == pytest.approx(base.se_annual, rel=1e-6)
    scaled = benchmark_alpha(against(FUND * scale, MARKET))
    assert scaled.t == pytest.approx(base.t, rel=1e-6)


def test_order_of_factors_does_not_matter():
    rng = np.random.default_rng(8)
    factors = pd.DataFrame(rng.normal(0, 0.01, (500, 4)), index=FUND.index, columns=list("abcd"))
    one = factor_alpha(alone(FUND).on(factors))
    other = factor_alpha(alone(FUND).on(factors[list("dbca")]))
    assert one.t == pytest.approx(other.t, rel=1e-9)
    assert one.loadings == pytest.approx(other.loadings)


def test_many_alphas_at_once_equal_each_alone():
    rng = np.random.default_rng(9)
    factors = pd.DataFrame(rng.normal(0.0002, 0.01, (500, 3)), index=FUND.index)
    returns = rng.normal(0, 0.01, (500, 25)) + factors.to_numpy() @ rng.normal(1, 0.3, (3, 25))
    many = alpha_matrix(matrix(returns), factors.to_numpy())
    for column in (0, 7, 24):
        single = factor_alpha(alone(daily(returns[:, column])).on(factors))
        assert many.alpha_annual[column] == pytest.approx(single.alpha_annual, rel=1e-9)
        assert many.se_annual[column] == pytest.approx(single.se_annual, rel=1e-9)
        assert many.p[column] == pytest.approx(single.p, rel=1e-8)


def test_mean_of_active_returns_is_an_alpha_without_loadings():
    found = mean_return(alone(FUND - MARKET))
    assert found.alpha_annual == pytest.approx((FUND - MARKET).mean() * 252)
    assert not found.loadings


def test_a_comparison_holds_what_an_investor_earned_beyond_the_benchmark():
    found = benchmark_comparison(against(FUND, MARKET), benchmark_is_total_return=True)
    active = FUND - MARKET
    assert found.active_return_annual == pytest.approx(active.mean() * 252)
    assert found.tracking_error == pytest.approx(active.std() * 252**0.5)
    assert found.information_ratio == pytest.approx(active.mean() / active.std() * 252**0.5)
    assert found.total_return == pytest.approx((1 + MARKET).prod() - 1)
    assert found.mde_annual == found.alpha.detectable()


def test_subperiods_cover_the_sample_once_and_say_why_a_short_one_has_no_alpha():
    parts = subperiods(against(FUND, MARKET), cuts=[FUND.index[490], FUND.index[200]])
    assert [len(FUND.loc[p.start : p.end]) for p in parts] == [200, 290, 10]
    direct = benchmark_alpha(against(FUND.iloc[:200], MARKET.iloc[:200]))
    assert parts[0].alpha == direct
    assert parts[2].alpha is None
    assert "10 observations" in parts[2].why_not


def test_change_of_alpha_is_the_difference_of_the_two_alphas():
    cut = FUND.index[240]
    change = alpha_change(against(FUND, MARKET), cut=cut)
    before, after = subperiods(against(FUND, MARKET), cuts=[cut])
    assert change.annual == pytest.approx(after.alpha.alpha_annual - before.alpha.alpha_annual)
    together = np.hypot(before.alpha.se_ols_annual, after.alpha.se_ols_annual)
    assert change.se_annual == pytest.approx(together, rel=0.5), "a few cosines are a noisy measure of the same noise"


def test_change_of_a_mean_is_the_difference_of_the_means():
    cut = FUND.index[300]
    change = change_at(alone(FUND), None, cut=cut)
    assert change.annual == pytest.approx(252 * (FUND[FUND.index >= cut].mean() - FUND[FUND.index < cut].mean()))
    assert sum(change.ci) / 2 == pytest.approx(change.annual)


def test_the_usual_subperiods_are_halves_and_both_sides_of_2014():
    fund, market = market_and_fund(2 * 2520, seed=7)
    parts = usual_subperiods(against(fund, market))
    assert list(parts) == ["first half", "second half", "before 2014", "from 2014"]
    for name, inside in (("first half", slice(0, 2520)), ("before 2014", fund.index < "2014-01-01")):
        assert parts[name].alpha == benchmark_alpha(against(fund[inside], market))
    short = usual_subperiods(against(fund.iloc[:300], market))
    assert list(short) == ["first half", "second half"]


def test_planted_alpha_is_found_with_its_sign():
    fund, market = market_and_fund(2500, seed=6, alpha=0.06)
    found = benchmark_alpha(against(fund, market))
    assert found.ci[0] < 0.06 < found.ci[1]
    assert found.p < 0.01
