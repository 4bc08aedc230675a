"""Tests on data without an edge reject as often as they say, and find planted edges as often as their power says."""

import numpy as np
import pytest

from active_edge.inference.alpha import alpha_matrix
from active_edge.inference.multiple import bonferroni, holm
from active_edge.inference.power import mde_from_standard_error, power_of_test
from active_edge.inference.sharpe import deflated_sharpe_from_moments, sharpe_moments
from active_edge.inference.superiority import step_m, superior_predictive_ability
from tests.inference.return_samples import matrix

pytestmark = pytest.mark.slow


def funds(rng: np.random.Generator, worlds: int, n: int, *, alpha: float = 0.0, fat: bool = False):
    market = rng.normal(0.0004, 0.012, n)
    shocks = rng.standard_t(4, (n, worlds)) / np.sqrt(2) if fat else rng.standard_normal((n, worlds))
    return alpha / 252 + market[:, None] + 0.003 * shocks, market


@pytest.mark.parametrize("fat", [False, True], ids=["normal", "t4"])
@pytest.mark.parametrize("years", [2, 10])
def test_daily_alpha_without_an_edge_is_rejected_in_about_five_percent(years, fat):
    returns, market = funds(np.random.default_rng(years), 6_000, 252 * years, fat=fat)
    p = alpha_matrix(matrix(returns), market[:, None]).p
    assert 0.045 <= (p < 0.05).mean() <= 0.062


def test_daily_alpha_with_autocorrelated_noise_keeps_its_size_where_a_naive_t_does_not():
    rng = np.random.default_rng(3)
    n, worlds = 2520, 6000
    noise = rng.standard_normal((n, worlds)) * 0.003
    for i in range(1, n):
        noise[i] += 0.2 * noise[i - 1]
    market = rng.normal(0.0004, 0.012, n)
    robust = alpha_matrix(matrix(market[:, None] + noise), market[:, None])
    naive = alpha_matrix(matrix(market[:, None] + noise), market[:, None], lag=0)
    assert (robust.p < 0.05).mean() <= 0.075
    assert (naive.p < 0.05).mean() > 0.09


def test_monthly_alpha_over_five_years_rejects_more_than_it_says_and_by_how_much():
    rng = np.random.default_rng(4)
    market = rng.normal(0.008, 0.05, 60)
    returns = market[:, None] + rng.normal(0, 0.012, (60, 10_000))
    p = alpha_matrix(matrix(returns, periods_per_year=12), market[:, None]).p
    assert 0.05 <= (p < 0.05).mean() <= 0.09


def test_an_edge_of_the_printed_detectable_size_is_found_four_times_in_five():
    years, tracking_error = 10, 0.003 * np.sqrt(252)
    edge = mde_from_standard_error(tracking_error / np.sqrt(years))
    returns, market = funds(np.random.default_rng(5), 5_000, 252 * years, alpha=edge)
    assert (alpha_matrix(matrix(returns), market[:, None]).p < 0.05).mean() == pytest.approx(0.8, abs=0.02)
    half, market = funds(np.random.default_rng(6), 5_000, 252 * years, alpha=edge / 2)
    found = (alpha_matrix(matrix(half), market[:, None]).p < 0.05).mean()
    assert found == pytest.approx(power_of_test(edge / 2, tracking_error / np.sqrt(years)), abs=0.02)


def test_best_of_sixteen_is_found_in_most_worlds_naively_and_in_at_most_five_percent_adjusted():
    returns, market = funds(np.random.default_rng(7), 16 * 2500, 504)
    p = alpha_matrix(matrix(returns), market[:, None]).p.reshape(2500, 16)
    naive = (p.min(axis=1) < 0.05).mean()
    assert naive == pytest.approx(0.57, abs=0.05)
    assert np.mean([bonferroni(best, 16) < 0.05 for best in p.min(axis=1)]) <= 0.065
    assert np.mean([holm(family).min() < 0.05 for family in p]) <= 0.065
    better = alpha_matrix(matrix(returns), market[:, None]).t.reshape(2500, 16) > 0
    passes = np.array([(holm(family) < 0.05) & up for family, up in zip(p, better, strict=True)]).any(axis=1)
    assert passes.mean() <= 0.05, "the verdict also needs an alpha above zero"


def test_family_tests_of_sixteen_correlated_variants_hold_five_percent():
    rng = np.random.default_rng(8)
    worlds, wrong, rejected = 400, 0, 0
    for world in range(worlds):
        active = rng.normal(0, 0.003, (504, 1)) + rng.normal(0, 0.002, (504, 16))
        settings = {"seed": world, "block": 5, "resamples": 200}
        wrong += bool(step_m(matrix(active), **settings).superior)
        rejected += superior_predictive_ability(matrix(active), **settings).p_consistent < 0.05
    limit = 0.05 + 3 * np.sqrt(0.05 * 0.95 / worlds)
    assert wrong / worlds <= limit
    assert rejected / worlds <= limit


def test_deflated_sharpe_of_the_best_of_sixteen_passes_in_at_most_five_percent():
    rng = np.random.default_rng(9)
    passed = 0
    for _ in range(1500):
        family = rng.normal(0, 0.003, (504, 16))
        ratios = family.mean(axis=0) / family.std(axis=0, ddof=1)
        best = sharpe_moments(family[:, ratios.argmax()])
        found = deflated_sharpe_from_moments(
            best.sharpe,
            best.n,
            trials=16,
            sharpe_variance=float(ratios.var(ddof=1)),
            skewness=best.skewness,
            kurtosis=best.kurtosis,
        )
        passed += found.probability > 0.95
    assert passed / 1500 <= 0.05


def test_a_sharpe_ratio_above_zero_is_no_evidence_of_an_edge():
    rng = np.random.default_rng(10)
    returns = rng.normal(0.0005, 0.01, (2520, 2000))
    assert (alpha_matrix(matrix(returns), np.empty((2520, 0))).p < 0.05).mean() > 0.5
