"""Least squares of many series on the same regressors, and the errors of its coefficients by two rules.

`cosine_errors` are those of every estimate a verdict rests on; `newey_west_errors` are what most papers print, kept to
reproduce them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.registry import estimator

LEAST_COSINES = 4


def cosine_terms(n: int) -> int:
    """Number of cosines of n months, ν = max(4, ⌊0.41 n^(2/3)⌋): the degrees of freedom of what they test.

    Source: Lazarus, Lewis, Stock & Watson (2018), HAR inference, Journal of Business & Economic Statistics 36(4),
    doi:10.1080/07350015.2018.1506926, with 0.41 for their 0.40.
    """
    return int(max(LEAST_COSINES, math.floor(0.41 * n ** (2.0 / 3.0))))


def hac_lag(n: int) -> int:
    """Automatic lag of the Bartlett kernel, ⌊4 (n/100)^{2/9}⌋.

    Source: Newey & West (1994), Automatic lag selection in covariance matrix estimation, Review of Economic
    Studies 61(4), doi:10.2307/2297912; the fixed rule in the form of Wooldridge, not their data-dependent one.
    """
    lags: int = math.floor(4.0 * (n / 100.0) ** (2.0 / 9.0))
    return lags


@dataclass(frozen=True)
class LeastSquares:
    """Many series on the same regressors.

    design : (n, k); inverse : (k, k), (X'X)⁻¹; coefficients : (k, n_series); residuals : (n, n_series); all float.
    """

    design: np.ndarray
    inverse: np.ndarray
    coefficients: np.ndarray
    residuals: np.ndarray

    def newey_west_errors(self, lag: int, *, of: int | None = None, correction: bool = True) -> np.ndarray:
        """Standard errors with a Bartlett kernel of `lag`, `(k, n_series)`, or of the first `of` coefficients.

        The variance of coefficient p is a'Sa with a its row of (X'X)⁻¹ and S the kernel sum over the scores x·e;
        a'x·e is one number a period and series, so the whole is n × n_series work a lag and coefficient.

        Parameters
        ----------
        correction
            Whether the variance is multiplied by n/(n − k).

        Source: Newey & West (1987), A simple, positive semi-definite, heteroskedasticity and autocorrelation
        consistent covariance matrix, Econometrica 55(3), doi:10.2307/1913610.
        """
        from active_edge.products import lagged_squares

        n, k = self.design.shape
        influence = self._influence(of)
        variance = np.empty((influence.shape[1], self.residuals.shape[1]))
        for coefficient, weights in enumerate(influence.T):
            scores = weights[:, None] * self.residuals
            variance[coefficient] = lagged_squares(scores, 0)
            for j in range(1, lag + 1):
                variance[coefficient] += 2.0 * (1.0 - j / (lag + 1.0)) * lagged_squares(scores, j)
        return np.sqrt(variance * n / (n - k) if correction else variance)

    def cosine_errors(self, terms: int, *, of: int | None = None) -> np.ndarray:
        """Equal-weighted-cosine standard errors, `(k, n_series)`, or of the first `of` coefficients.

        The long-run variance of a coefficient's score is the mean of its first `terms` squared cosine coefficients,
        Λ_j = √(2/T) Σ_t s_t cos(π j (t − ½)/T), so that coefficient / error has Student's law with `terms` degrees of
        freedom. Scores carry HC2 weights, 1/√(1 − leverage), and no further factor for small samples.

        Source: Lazarus, Lewis, Stock & Watson (2018), doi:10.1080/07350015.2018.1506926; HC2: MacKinnon & White (1985),
        doi:10.1016/0304-4076(85)90158-7.
        """
        from active_edge.products import product

        n = len(self.design)
        leverage = (product(self.design, self.inverse) * self.design).sum(axis=1)
        adjusted = self.residuals / np.sqrt(np.maximum(1.0 - leverage, np.finfo(float).eps))[:, None]
        angles = np.pi * np.arange(1, terms + 1)[:, None] * (np.arange(n) + 0.5) / n
        cosines = math.sqrt(2.0 / n) * np.cos(angles)
        variance = [
            n * (product(cosines, weights[:, None] * adjusted) ** 2).mean(axis=0) for weights in self._influence(of).T
        ]
        return np.asarray(np.sqrt(np.array(variance)))

    def classical_errors(self, *, of: int | None = None) -> np.ndarray:
        """Standard errors of independent residuals of one variance, `(k, n_series)`, or of the first `of`."""
        n, k = self.design.shape
        variance = (self.residuals**2).sum(axis=0) / (n - k)
        return np.asarray(np.sqrt(np.diagonal(self.inverse)[:of, None] * variance))

    def cosine(self, *, of: int | None = None) -> tuple[np.ndarray, int]:
        """`cosine_errors` of the rule's number of terms, and their degrees of freedom: what a verdict rests on."""
        terms = cosine_terms(len(self.design))
        return self.cosine_errors(terms, of=of), terms

    def newey_west(self, *, of: int | None = None) -> tuple[np.ndarray, int]:
        """`newey_west_errors` of the rule's lag, and their n − k degrees of freedom: what most papers print."""
        n, k = self.design.shape
        return self.newey_west_errors(hac_lag(n), of=of), n - k

    def _influence(self, of: int | None) -> np.ndarray:
        from active_edge.products import product

        return product(self.design, self.inverse[:, :of])


@estimator(
    source="Newey & West (1987)",
    published="test_published_numbers::test_newey_west_errors_of_the_greene_investment_equation",
    bad_samples=("collinear factors",),
    uncalibrated="the regression inside every alpha, which are calibrated",
)
def least_squares(returns: np.ndarray, design: np.ndarray) -> LeastSquares:
    """Return the regression of each series on the same regressors, the same digits on every processor.

    Parameters
    ----------
    returns, design
        `(n, n_series)` and `(n, k) float`, no NaN; the design holds its own constant.

    Raises
    ------
    InferenceError
        Regressors that repeat each other.
    """
    from active_edge.products import inverse_gram, product

    inverse = inverse_gram(design)
    if np.isnan(inverse).any():
        raise InferenceError(f"{design.shape[1]} regressors repeat each other; leave one of them out")
    coefficients = product(inverse, product(design.T, returns))
    return LeastSquares(design, inverse, coefficients, returns - product(design, coefficients))
