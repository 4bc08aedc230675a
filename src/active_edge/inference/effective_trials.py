"""How many independent trials a family of variants is worth: what a later strategy pays for having seen them all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import RELATIVE_ZERO, check_finite, check_share
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.registry import BAD_MATRIX, estimator
from active_edge.inference.regression import cosine_terms, least_squares

RESAMPLES = 1000


@dataclass(frozen=True)
class EffectiveTrials:
    """A family's effective number of trials.

    Attributes
    ----------
    effective : level over the p that the family's smallest one falls below with chance `level` where nobody has an
        edge; from 1 (all variants are one) to `trials`.
    trials : variants.
    critical : the largest |t| of the family is above this with chance `level`.
    months : rows. degrees : of freedom of each t.
    """

    effective: float
    trials: int
    critical: float
    months: int
    degrees: int
    level: float
    resamples: int


@estimator(
    source="Wu (1986); Westfall & Young (1993); Lazarus, Lewis, Stock & Watson (2018)",
    published="test_effective_trials::test_independent_variants_are_worth_their_number_and_copies_are_worth_one",
    bad_samples=BAD_MATRIX,
    uncalibrated="a number of trials, not a test; what it leaves of false alarms is in docs/calibration.md",
)
def effective_trials(
    sample: SampleMatrix,
    regressors: np.ndarray | None = None,
    *,
    seed: int = 0,
    level: float = 0.05,
    resamples: int = RESAMPLES,
) -> EffectiveTrials:
    """The effective number of a family, from the null distribution of its largest t, by the wild bootstrap.

    In each resample the residuals of a month, of all variants at once, keep or change their sign; the alphas of the
    result, whose true value is 0, are tested as every alpha is, with cosine errors. N_eff = level / p(critical), with
    `critical` the 1 − level quantile of the family's largest |t|: N_eff × p then rejects the best of the family in
    `level` of all worlds without an edge, as N × p does for independent variants.

    Parameters
    ----------
    sample
        Monthly excess returns, a column a variant, or their residuals.
    regressors
        `(n, k) float`, excess returns of the benchmark or factors that alphas are on; None where `sample` holds
        residuals.

    Source: Wu (1986), Jackknife, bootstrap and other resampling methods, doi:10.1214/aos/1176350142 (weights of ±1:
    Liu 1988); Westfall & Young (1993), Resampling-based multiple testing; t as `alpha_matrix`. Residuals are divided by
    √(1 − leverage), as in the errors.

    Raises
    ------
    InferenceError
        A constant variant, or one that the regressors explain wholly.
    """
    from scipy.special import stdtr

    check_share(level, "level")
    sample.check_varies()
    n = sample.n
    design = (
        np.ones((n, 1)) if regressors is None else np.column_stack([np.ones(n), check_finite(regressors, "regressors")])
    )
    fit = least_squares(sample.returns, design)
    if (dead := fit.residuals.std(axis=0) <= RELATIVE_ZERO * sample.returns.std(axis=0)).any():
        raise InferenceError(f"returns: column {int(np.argmax(dead))} has no residual risk; leave it out")
    degrees = cosine_terms(n)
    largest = _largest_t(fit.residuals, design, fit.inverse, degrees, resamples=resamples, seed=seed)
    critical = float(np.quantile(largest, 1.0 - level))
    effective = level / (2.0 * float(stdtr(degrees, -critical)))
    return EffectiveTrials(
        effective=float(min(max(1.0, effective), sample.n_series)),
        trials=sample.n_series,
        critical=critical,
        months=n,
        degrees=degrees,
        level=level,
        resamples=resamples,
    )


def _largest_t(
    residuals: np.ndarray, design: np.ndarray, inverse: np.ndarray, terms: int, *, resamples: int, seed: int
) -> np.ndarray:
    """(resamples,) the largest |t| of the alphas over all variants, under signs drawn for each month.

    Alpha and every cosine coefficient of its scores are linear in the returns, so each of them is one product of the
    signs, weighted by month, with the residuals.
    """
    from active_edge.products import product

    n = len(design)
    influence = product(design, inverse[:, :1])[:, 0]
    scale = np.sqrt(np.maximum(1.0 - (product(design, inverse) * design).sum(axis=1), np.finfo(float).eps))
    drawn = residuals / scale[:, None]
    signs = np.random.default_rng(seed).integers(2, size=(resamples, n)) * 2.0 - 1.0
    alpha = product(signs * influence, drawn)
    squares = np.zeros_like(alpha)
    for j in range(1, terms + 1):
        weights = math.sqrt(2.0 / n) * np.cos(np.pi * j * (np.arange(n) + 0.5) / n) * influence / scale
        explained = product(product(weights[None, :], design), inverse)
        weights = weights - product(explained, design.T)[0]
        squares += product(signs * weights, drawn) ** 2
    t = np.abs(alpha) / np.sqrt(n / terms * squares)
    return np.asarray(t.max(axis=1))
