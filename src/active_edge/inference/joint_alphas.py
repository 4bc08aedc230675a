"""Whether any of many strategies has an alpha once the search is charged for: StepM and SPA on the alphas themselves.

Each resample turns the signs of whole months of the residuals of all strategies together and regresses anew; alpha and
cosine error are then those the page prints for one strategy alone. So what dependence there is between strategies is
kept, what a fixed hedge leaves out is in, and months that lean on one another are met by the cosines.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from active_edge.inference.alpha import fit_matrix
from active_edge.inference.checks import check_share
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.registry import BAD_MATRIX, estimator
from active_edge.inference.regression import LeastSquares, cosine_terms
from active_edge.inference.superiority import SuperiorityTest, SuperiorSet, step_down

RESAMPLES = 2000
TILE = 64
"""Series resampled at once: their cosine coefficients in 2,000 resamples take 16 MB a coefficient."""


@dataclass(frozen=True)
class WildAlphas:
    """Alphas of a family and what they would have been without an edge.

    Attributes
    ----------
    alpha, error : (n_series,) a period; the latter by cosines.
    drawn, drawn_error : (resamples, n_series) the same of months whose residuals changed sign at random.
    degrees : of freedom of alpha / error for one series. n : periods.
    """

    alpha: np.ndarray
    error: np.ndarray
    drawn: np.ndarray
    drawn_error: np.ndarray
    degrees: int
    n: int

    @property
    def t(self) -> np.ndarray:
        """(n_series,) alpha over error."""
        return np.asarray(self.alpha / self.error)

    @property
    def drawn_t(self) -> np.ndarray:
        """(resamples, n_series) the same without an edge."""
        return np.asarray(self.drawn / self.drawn_error)

    def effective_number(self, level: float = 0.05) -> float:
        """Independent tests that would need the critical value of the largest |t| of the family, 1 to n_series.

        `level` over the two-sided p, on Student's t with `degrees`, of the 1 − level quantile of the largest |t|.
        """
        from scipy.special import stdtr

        critical = float(np.quantile(np.abs(self.drawn_t).max(axis=1), 1.0 - check_share(level, "level")))
        needed = level / (2.0 * float(stdtr(self.degrees, -critical)))
        return float(min(max(1.0, needed), self.drawn.shape[1]))


@estimator(
    source="Liu (1988); Davidson & Flachaire (2008)",
    published="test_joint_alphas::test_resampled_alphas_and_errors_are_those_of_a_plain_loop_that_regresses_anew",
    bad_samples=(*BAD_MATRIX, "constant factor", "collinear factors", "too many factors"),
    calibrated="step_m",
)
def wild_alphas(sample: SampleMatrix, regressors: np.ndarray, *, seed: int, resamples: int = RESAMPLES) -> WildAlphas:
    """Return the alphas of a family with a wild bootstrap of them under "none has an edge".

    Parameters
    ----------
    sample
        Monthly excess returns, a column a strategy.
    regressors
        As `alpha_matrix`.

    A resample multiplies the residuals of each month, over √(1 − leverage), by +1 or −1, one sign for all strategies,
    and fits and studentises anew: both are linear in the signs, so all resamples are one matrix product.

    Source: Liu (1988), Bootstrap procedures under some non-i.i.d. models, Annals of Statistics 16(4),
    doi:10.1214/aos/1176351062; Davidson & Flachaire (2008), The wild bootstrap, tamed at last, Journal of Econometrics
    146(1), doi:10.1016/j.jeconom.2008.08.003 (signs rather than skewed weights). Deviation: cosine errors, so that
    months need not be independent.
    """
    from active_edge.products import product

    fit = fit_matrix(sample, regressors)
    n, degrees = sample.n, cosine_terms(sample.n)
    leverage = (product(fit.design, fit.inverse) * fit.design).sum(axis=1)
    shown = fit.residuals / np.sqrt(np.maximum(1.0 - leverage, np.finfo(float).eps))[:, None]
    weights = _linear(fit, leverage, degrees)
    signs = 2.0 * np.random.default_rng(seed).integers(0, 2, (resamples, n)) - 1.0
    drawn, squares = np.empty((resamples, sample.n_series)), np.empty((resamples, sample.n_series))
    for start in range(0, sample.n_series, TILE):
        tile = slice(start, start + TILE)
        width = shown[:, tile].shape[1]
        columns = (weights[:, :, None] * shown[:, None, tile]).reshape(n, -1)
        found = product(signs, columns).reshape(resamples, degrees + 1, width)
        drawn[:, tile] = found[:, 0]
        squares[:, tile] = (found[:, 1:] ** 2).mean(axis=1)
    return WildAlphas(
        alpha=fit.coefficients[0],
        error=fit.cosine_errors(degrees, of=1)[0],
        drawn=drawn,
        drawn_error=np.sqrt(n * squares),
        degrees=degrees,
        n=n,
    )


def _linear(fit: LeastSquares, leverage: np.ndarray, terms: int) -> np.ndarray:
    """(n, 1 + terms): what each period's return adds to the alpha, and to each cosine coefficient of its scores once
    the regression was fitted to it."""
    from active_edge.products import product

    n = len(fit.design)
    influence = product(fit.design, fit.inverse[:, :1])[:, 0]
    angles = np.pi * (np.arange(n)[:, None] + 0.5) * np.arange(1, terms + 1) / n
    scored = math.sqrt(2.0 / n) * np.cos(angles)
    scored *= (influence / np.sqrt(np.maximum(1.0 - leverage, np.finfo(float).eps)))[:, None]
    fitted = product(fit.design, product(fit.inverse, product(fit.design.T, scored)))
    return np.column_stack([influence, scored - fitted])


def alphas_above_zero(found: WildAlphas, *, level: float = 0.05) -> SuperiorSet:
    """Return the strategies whose alpha is above zero with a family-wise error of at most `level`, one-sided.

    Source: Romano & Wolf (2005), doi:10.1111/j.1468-0262.2005.00615.x; adjusted p Romano & Wolf (2016),
    doi:10.1016/j.spl.2016.02.012.
    """
    return step_down(found.t, found.drawn_t, level=level, block=None)


def any_alpha_above_zero(found: WildAlphas) -> SuperiorityTest:
    """Return the test that the best of a family has no alpha, by Hansen's three recentrings.

    p = (1 + #{largest drawn ≥ statistic}) / (resamples + 1).

    Source: Hansen (2005), doi:10.1198/073500105000000063; statistic max(0, max t). Deviation: a strategy is far below
    zero where its t lies under −√(2 log log n), its own error taken for Hansen's.
    """
    statistic = max(float(found.t.max()), 0.0)
    threshold = -math.sqrt(2.0 * math.log(math.log(found.n)))
    below = np.minimum(found.alpha, 0.0), np.where(found.t < threshold, found.alpha, 0.0), np.zeros_like(found.alpha)
    resamples = len(found.drawn)
    p = []
    for shift in below:
        largest = np.maximum(((found.drawn + shift) / found.drawn_error).max(axis=1), 0.0)
        p.append((1.0 + int((largest >= statistic).sum())) / (resamples + 1.0))
    return SuperiorityTest(
        statistic=statistic,
        best=int(found.t.argmax()),
        p_lower=p[0],
        p_consistent=p[1],
        p_upper=p[2],
        studentized=True,
        strategies=len(found.alpha),
        n=found.n,
        block=None,
        resamples=resamples,
    )
