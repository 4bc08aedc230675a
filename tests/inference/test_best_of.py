"""What is believed of the best of many: against reference numbers worked out apart from this code, and truth."""

import numpy as np
import pytest

from active_edge.inference.alpha import alpha_matrix
from active_edge.inference.belief import DEFAULT, Prior, believe
from active_edge.inference.best_of import believe_family, best_of, given_spread, mean_correlation
from tests.inference.return_samples import matrix

ALPHAS = np.array([0.031, 0.012, -0.004, 0.022, 0.018, -0.010, 0.025, 0.007])
SIGMA, RHO = 0.015, 0.6


def test_a_family_is_believed_as_the_reference_says():
    found = believe_family(ALPHAS, SIGMA, RHO)
    assert found.spread == pytest.approx(0.005539, abs=1e-6)
    assert (found.mean.max(), found.deviation[0], found.mean.min()) == pytest.approx(
        (0.010026, 0.009717, -0.000567), abs=1e-6
    )
    assert found.mean.argmax() == 0


def test_for_a_known_spread_the_formulas_give_the_reference_numbers():
    assert ALPHAS.mean() == pytest.approx(0.012625)
    assert ALPHAS.var(ddof=1) == pytest.approx(0.000203982, abs=5e-10)
    own, shared = SIGMA**2 * (1 - RHO), SIGMA**2 * RHO
    spread = np.sqrt(ALPHAS.var(ddof=1) - own)
    assert spread == pytest.approx(0.010676, abs=1e-6)
    assert spread**2 / (spread**2 + own) == pytest.approx(0.55878, abs=1e-5)
    means, variances = given_spread(ALPHAS, np.array([spread]), own, shared, 0.01)
    assert means[0].max() == pytest.approx(0.015805, abs=1e-6)
    assert np.sqrt(variances[0]) == pytest.approx(0.010399, abs=1e-6)
    assert means[0].min() == pytest.approx(-0.007106, abs=1e-6)
    assert means[0].mean() / ALPHAS.mean() == pytest.approx(0.438575, abs=1e-6)


def test_for_a_known_spread_the_posterior_is_that_of_the_whole_normal():
    """The same by one solve of the n × n normal equations."""
    n, tau, own, shared, s = len(ALPHAS), 0.006, SIGMA**2 * (1 - RHO), SIGMA**2 * RHO, 0.01
    before = tau**2 * np.eye(n) + s**2
    errors = own * np.eye(n) + shared
    gain = before @ np.linalg.inv(before + errors)
    means, variances = given_spread(ALPHAS, np.array([tau]), own, shared, s)
    assert means[0] == pytest.approx(gain @ ALPHAS, rel=1e-10)
    assert variances[0] == pytest.approx(np.diag(before - gain @ before), rel=1e-10)


def test_a_prior_mean_moves_every_belief_and_alike_estimates_only_their_mean():
    hopeful = believe_family(ALPHAS + 0.004, SIGMA, RHO, Prior("hopeful", 0.004, 0.01))
    assert hopeful.mean == pytest.approx(believe_family(ALPHAS, SIGMA, RHO).mean + 0.004)
    alike = believe_family(np.full(6, 0.02), SIGMA, 0.98)
    assert np.ptp(alike.mean) == pytest.approx(0.0, abs=1e-15)
    assert alike.mean[0] == pytest.approx(believe(0.02, SIGMA, 1e6).mean, abs=2e-4)


def test_estimates_that_lie_no_further_apart_than_their_errors_are_not_believed():
    noise = SIGMA * np.linspace(-1.7, 1.7, 200)
    assert believe_family(noise, SIGMA, 0.0).mean[-1] < 0.15 * noise[-1]
    assert believe_family(3 * noise, SIGMA, 0.0).mean[-1] > 0.4 * 3 * noise[-1]


def test_mean_correlation_is_that_of_all_pairs():
    rng = np.random.default_rng(4)
    residuals = rng.normal(size=(80, 7)) + rng.normal(size=(80, 1))
    pairs = np.corrcoef(residuals.T)[np.triu_indices(7, 1)]
    assert mean_correlation(residuals) == pytest.approx(pairs.mean(), rel=1e-12)
    assert mean_correlation(residuals[:, :1]) == 0.0
    assert mean_correlation(np.repeat(residuals[:, :1], 3, axis=1)) < 1.0


def test_a_family_of_series_is_believed_by_its_estimates_errors_and_correlation():
    returns, market = variants(np.random.default_rng(6), np.zeros(9))
    found, alone = best_of(returns, market), alpha_matrix(returns, market)
    residuals = (
        returns.returns - market * np.linalg.lstsq(np.c_[np.ones(120), market], returns.returns, rcond=None)[0][1]
    )
    sigma = np.sqrt(np.mean(np.maximum(alone.se_annual, alone.se_ols_annual) ** 2))
    rho = np.corrcoef(residuals.T)[np.triu_indices(9, 1)].mean()
    assert found.belief.mean == pytest.approx(believe_family(alone.alpha_annual, sigma, rho).mean, rel=1e-9)
    assert found.best == alone.alpha_annual.argmax()
    # ν of 120 months is 9: t of 95 % is 1.8331.
    assert found.none_above == pytest.approx((alone.alpha_annual + 1.833113 * alone.se_annual).max(), rel=1e-6)


def variants(rng, edges, rho=0.5, months=120):
    """Strategies with these annual edges at 5 % tracking error, as sampled returns, and their benchmark."""
    market = rng.normal(0.006, 0.055, (months, 1))
    t5 = rng.standard_t(5, (months, 1 + len(edges))) * np.sqrt(0.6)
    noise = np.sqrt(rho) * t5[:, :1] + np.sqrt(1 - rho) * t5[:, 1:]
    return matrix(market + edges / 12 + 0.05 / np.sqrt(12) * noise, periods_per_year=12), market


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "rho", "tau", "raw", "believed"),
    [(12, 0.5, 0.0, 1.84, 0.20), (12, 0.5, 0.003, 1.67, 0.09), (200, 0.7, 0.003, 2.27, -0.04)],
)
def test_the_best_of_many_is_too_good_and_its_belief_is_not(count, rho, tau, raw, believed):
    """The recipe's table (120 months, tracking error 5 %), in percent a year; coverage of 80 % intervals 74 to 84 %."""
    rng = np.random.default_rng(1111)
    over, error, inside = [], [], []
    for _ in range(400):
        edges = rng.normal(0, DEFAULT.deviation) + rng.normal(0, tau, count)
        found = best_of(*variants(rng, edges, rho))
        best = found.best
        over.append(found.alpha[best] - edges[best])
        error.append(found.belief.mean[best] - edges[best])
        inside.append(abs(error[-1]) <= 1.2816 * found.belief.deviation[best])
    assert 100 * np.mean(over) == pytest.approx(raw, abs=0.2)
    assert 100 * np.mean(error) == pytest.approx(believed, abs=0.2)
    assert 0.70 <= np.mean(inside) <= 0.90


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.0, 0.7])
def test_no_strategy_lies_above_the_largest_bound_in_more_than_five_percent(spread):
    """The recipe measured 0.0 to 3.0 %, with edges all zero or spread 0.7 errors."""
    rng = np.random.default_rng(1010)
    wrong = []
    for _ in range(600):
        edges = rng.normal(0, spread * 0.0158, 12)
        returns, market = variants(rng, edges, 0.5)
        wrong.append(edges.max() > best_of(returns, market).none_above)
    assert np.mean(wrong) <= 0.05
