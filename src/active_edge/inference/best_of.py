"""What to believe of each of many strategies tried on the same months, the best included: a hierarchical normal.

θᵢ = μ + δᵢ, μ ~ N(m, s²), δᵢ ~ N(0, τ²), estimates with equicorrelated errors. The less the estimates differ beyond
what their errors explain, the less the best one's lead is believed; τ is integrated, not estimated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.alpha import alpha_matrix, fit_matrix
from active_edge.inference.belief import DEFAULT, Prior
from active_edge.inference.checks import check_finite
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.registry import BAD_MATRIX, estimator

MOST_CORRELATED = 0.999
"""Residuals that are more alike than this are copies, of which nothing is learnt twice."""
SPREADS = 81
LARGEST_SPREAD = 0.02
"""τ is integrated over so many points from 0 to this, annual."""
SPREAD_SCALE = 0.005
"""Before the data τ is half-normal with this deviation, annual."""


@dataclass(frozen=True)
class FamilyBelief:
    """The posterior of every edge of a family; annual decimals.

    Attributes
    ----------
    mean, deviation : (n,) of each edge.
    spread : posterior mean of τ, how far true edges lie apart.
    """

    mean: np.ndarray
    deviation: np.ndarray
    spread: float


@dataclass(frozen=True)
class BestOf:
    """A family's edges on one set of regressors, as estimated and as believed; annual decimals, each array (n,).

    Attributes
    ----------
    alpha, error : estimate, and the larger of the cosine and the classical standard error.
    excluded_above : the largest edge each leaves possible, 95 %, one-sided, uncharged.
    correlation : mean pairwise correlation of the residuals.
    belief : see there.
    """

    alpha: np.ndarray
    error: np.ndarray
    excluded_above: np.ndarray
    correlation: float
    belief: FamilyBelief

    @property
    def best(self) -> int:
        """Place of the best estimate."""
        return int(self.alpha.argmax())

    @property
    def none_above(self) -> float:
        """No strategy of the family has an edge above this, 95 %: the largest of the bounds, which needs no charge.

        The truly best one exceeds its own bound in 5 %, and no bound is above the largest.
        """
        return float(self.excluded_above.max())


@estimator(
    source="Lindley & Smith (1972); half-normal spread integrated on a grid",
    published="test_best_of::test_a_family_is_believed_as_the_reference_says",
    bad_samples=("one series", "error that is not above 0", "correlation of one"),
    uncalibrated="its 80 % intervals of the best cover 71 to 85 % of true edges; it rejects nothing",
)
def believe_family(alphas: np.ndarray, error: float, correlation: float, prior: Prior = DEFAULT) -> FamilyBelief:
    """Return the posterior of every edge of a family.

    Parameters
    ----------
    alphas
        `(n,)` annual estimates, n >= 2.
    error
        σ, annual: root mean square over the family of the larger of the cosine and the classical standard error.
    correlation
        ρ̄, mean pairwise correlation of the residuals, below 1; below 0 it is taken for 0.
    prior
        Of the family's mean μ.

    For given τ, with V = σ²(1 − ρ̄), B = τ²/(τ² + V), P = n s² + τ², w = P/(P + V + n ρ̄σ²) and ā the mean estimate:
    θ̂ᵢ = m + w(ā − m) + B(aᵢ − ā), variance P(1 − w)/n + (1 − 1/n)τ²(1 − B). τ is integrated over 0 to 2 % with weight
    v^{−(n−1)/2} exp(−(n−1)S²/2v) exp(−½(τ/0.5 %)²), v = τ² + V, S² the variance of the estimates.

    Up to half a percent too hopeful of the best where the strategies share a style that drifts for half-years.

    Source: Lindley & Smith (1972), Bayes estimates for the linear model, Journal of the Royal Statistical Society B
    34(1); Gelman (2006), doi:10.1214/06-BA117A, for the half-normal spread.

    Raises
    ------
    InferenceError
        Fewer than two strategies, an error not above 0, a correlation of 1 or more.
    """
    a = check_finite(np.asarray(alphas, dtype=np.float64), "alphas") - prior.mean
    if a.ndim != 1 or len(a) < 2:
        raise InferenceError(f"family: shape {a.shape}, at least 2 strategies are needed; use `believe` for one")
    if not error > 0.0 or not correlation < 1.0:
        raise InferenceError(f"family: error {error:g} must be above 0 and correlation {correlation:g} below 1")
    rho = max(0.0, correlation)
    own, shared = error**2 * (1.0 - rho), error**2 * rho
    spreads = np.linspace(0.0, LARGEST_SPREAD, SPREADS)
    weight = _spread_weights(spreads, float(a.var(ddof=1)), own, len(a))
    means, variances = given_spread(a, spreads, own, shared, prior.deviation)
    mean = weight @ means
    second = weight @ (variances[:, None] + means**2)
    return FamilyBelief(prior.mean + mean, np.sqrt(second - mean**2), float(weight @ spreads))


def given_spread(
    centred: np.ndarray, spreads: np.ndarray, own: float, shared: float, deviation: float
) -> tuple[np.ndarray, np.ndarray]:
    """(n_spreads, n) posterior means less the prior mean, and (n_spreads,) their variance, for each τ.

    Parameters
    ----------
    centred : (n,) estimates less the prior mean. own, shared : V and ρ̄σ². deviation : of the prior of the mean.
    """
    n, squares = len(centred), spreads**2
    within = squares / (squares + own)
    prior = n * deviation**2 + squares
    between = prior / (prior + own + n * shared)
    middle = centred.mean()
    mean = between[:, None] * middle + within[:, None] * (centred - middle)
    return mean, prior * (1.0 - between) / n + (1.0 - 1.0 / n) * squares * (1.0 - within)


def _spread_weights(spreads: np.ndarray, observed: float, own: float, n: int) -> np.ndarray:
    total = spreads**2 + own
    log = -0.5 * (n - 1) * (np.log(total) + observed / total) - 0.5 * (spreads / SPREAD_SCALE) ** 2
    weight = np.exp(log - log.max())
    return np.asarray(weight / weight.sum())


@estimator(
    source="Lindley & Smith (1972); Lazarus, Lewis, Stock & Watson (2018)",
    published="test_best_of::test_a_family_of_series_is_believed_by_its_estimates_errors_and_correlation",
    bad_samples=(*BAD_MATRIX, "constant factor", "collinear factors", "too many factors", "one series"),
    uncalibrated="its 80 % intervals of the best cover 71 to 85 % of true edges; it rejects nothing",
)
def best_of(sample: SampleMatrix, regressors: np.ndarray, prior: Prior = DEFAULT) -> BestOf:
    """Return what is estimated and believed of every strategy of a family.

    Parameters
    ----------
    sample, regressors
        As `alpha_matrix`; no two series alike.
    prior
        Of the family's mean.

    Raises
    ------
    InferenceError
        As `alpha_matrix` and `believe_family`.
    """
    from scipy.special import stdtrit

    found = alpha_matrix(sample, regressors)
    error = np.maximum(found.se_annual, found.se_ols_annual)
    correlation = mean_correlation(fit_matrix(sample, regressors).residuals)
    return BestOf(
        alpha=found.alpha_annual,
        error=error,
        excluded_above=found.alpha_annual + float(stdtrit(found.degrees, 0.95)) * found.se_annual,
        correlation=correlation,
        belief=believe_family(found.alpha_annual, float(np.sqrt((error**2).mean())), correlation, prior),
    )


def mean_correlation(residuals: np.ndarray) -> float:
    """Mean pairwise correlation of the columns of (n, n_series) residuals, at most `MOST_CORRELATED`; 0 for one.

    From the variance of the sum of the standardised columns, so a matrix of all pairs is never made.
    """
    count = residuals.shape[1]
    if count < 2:
        return 0.0
    z = residuals - residuals.mean(axis=0)
    z = z / np.sqrt((z**2).sum(axis=0))
    total = float((z.sum(axis=1) ** 2).sum())
    return float(min(MOST_CORRELATED, (total - count) / (count * (count - 1))))
