"""Whether two Sharpe ratios differ: Jobson-Korkie-Memmel, and Ledoit and Wolf's robust tests."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.bootstrap import circular_draws
from active_edge.inference.checks import check_varies
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.registry import BAD_MATRIX, estimator

MAX_SINGULAR_VALUE = 0.97
"""Cap on the prewhitening matrix, so that its recolouring cannot explode (Andrews & Monahan 1992)."""

PERCENT = 100.0


@dataclass(frozen=True)
class SharpeDifference:
    """Difference of two per-period Sharpe ratios and its two-sided p-value.

    Standard deviations are divided by n − 1 in Jobson-Korkie-Memmel and by n in Ledoit-Wolf, whose ratio is a
    function of uncentred moments; each as published.
    """

    sharpe: tuple[float, float]
    difference: float
    standard_error: float
    p: float
    n: int


@estimator(
    source="Jobson & Korkie (1981); Memmel (2003)",
    published="test_sharpe_ratios::test_jkm_worked_by_hand_on_uncorrelated_series",
    bad_samples=(*BAD_MATRIX, "one series", "a series and its multiple"),
    uncalibrated="no command or page uses it yet",
)
def jobson_korkie_memmel(sample: SampleMatrix) -> SharpeDifference:
    """Return the difference of two Sharpe ratios under independent, normal returns.

    Variance [2(1 − ρ) + ½(S₁² + S₂² − 2 S₁ S₂ ρ²)] / n, two-sided normal p.

    Parameters
    ----------
    sample
        Excess returns of two series.

    Source: Jobson & Korkie (1981), doi:10.2307/2327554, as corrected by Memmel (2003), Performance hypothesis
    testing with the Sharpe ratio, Finance Letters 1. Too many rejections under heavy tails or autocorrelation.
    """
    pair = _pair(sample)
    s1, s2 = _sharpes(pair, ddof=1)
    rho = float(np.corrcoef(pair.T)[0, 1])
    variance = (2.0 * (1.0 - rho) + 0.5 * (s1**2 + s2**2 - 2.0 * s1 * s2 * rho**2)) / len(pair)
    return _result(pair, math.sqrt(variance), ddof=1)


@estimator(
    source="Ledoit & Wolf (2008), section 3.1",
    published="test_published_numbers::test_ledoit_wolf_robust_errors_on_the_mutual_funds",
    bad_samples=(*BAD_MATRIX, "one series", "a series and its multiple"),
    uncalibrated="no command or page uses it yet",
)
def ledoit_wolf(sample: SampleMatrix, *, prewhiten: bool = True) -> SharpeDifference:
    """Return the difference of two Sharpe ratios with a heteroskedasticity- and autocorrelation-robust error.

    Delta method on v = (μ₁, μ₂, E r₁², E r₂²); its long-run covariance by the Parzen kernel with Andrews'
    bandwidth 2.6614 (α̂ n)^{1/5}, times n/(n − 4); with `prewhiten` after a first-order vector autoregression
    whose singular values are capped at 0.97.

    Parameters
    ----------
    sample
        Excess returns of two series, decimal. The published bandwidth and cap weigh
        the four moments by their size and so depend on the unit: on the paper's funds p is 0.065 in percent and
        0.059 in decimals. Returns are turned into percent, the paper's unit, first.

    Source: Ledoit & Wolf (2008), Robust performance hypothesis testing with the Sharpe ratio, Journal of
    Empirical Finance 15(5), doi:10.1016/j.jempfin.2008.03.002, section 3.1; bandwidth Andrews (1991),
    doi:10.2307/2938229, eq. 6.4; prewhitening Andrews & Monahan (1992), doi:10.2307/2951574.
    """
    pair = PERCENT * _pair(sample)
    return _result(pair, _robust_error(pair, prewhiten=prewhiten))


@estimator(
    source="Ledoit & Wolf (2008), section 3.2",
    published="test_published_numbers::test_ledoit_wolf_bootstrap_on_the_mutual_funds",
    bad_samples=(*BAD_MATRIX, "one series", "a series and its multiple", "impossible block"),
    uncalibrated="no command or page uses it yet",
)
def ledoit_wolf_bootstrap(sample: SampleMatrix, *, block: int, resamples: int = 4999, seed: int) -> SharpeDifference:
    """Return the difference of two Sharpe ratios with a studentised circular block bootstrap p-value.

    p = (#{d* ≥ d} + 1) / (M + 1), d = |Δ̂| / s(Δ̂) with the prewhitened error and d* = |Δ̂* − Δ̂| / s(Δ̂*) with the
    error of Götze and Künsch (1996), the covariance of √b times block means.

    Parameters
    ----------
    sample
        Excess returns of two series, decimal. In percent inside, as `ledoit_wolf`.
    block
        Block length b, in periods.

    Source: Ledoit & Wolf (2008), doi:10.1016/j.jempfin.2008.03.002, section 3.2 and remark 3.2.
    """
    pair = PERCENT * _pair(sample)
    n = len(pair)
    if not 1 <= block <= n // 4:
        raise InferenceError(f"block is {block}, it must lie between 1 and a quarter of the {n} observations")
    error = _robust_error(pair, prewhiten=True)
    result = _result(pair, error)
    samples = pair[circular_draws(n, block, resamples, seed=seed)]
    second_moments = samples**2
    means = np.concatenate([samples.mean(axis=1), second_moments.mean(axis=1)], axis=1)
    scores = np.concatenate([samples, second_moments], axis=2) - means[:, None, :]
    slopes = _gradient(means)
    blocks = n // block
    linear = np.einsum("mtk,mk->mt", scores[:, : blocks * block], slopes)
    sums = linear.reshape(resamples, blocks, block).mean(axis=2) * math.sqrt(block)
    errors = np.sqrt((sums**2).mean(axis=1) / n)
    spread = np.sqrt(means[:, 2:] - means[:, :2] ** 2)
    differences = means[:, 0] / spread[:, 0] - means[:, 1] / spread[:, 1]
    distances = np.abs(differences - result.difference) / errors
    exceeding = int((distances >= abs(result.difference) / error).sum())
    return SharpeDifference(result.sharpe, result.difference, error, (exceeding + 1) / (resamples + 1), n)


def _pair(sample: SampleMatrix) -> np.ndarray:
    if sample.n_series != 2:
        raise InferenceError(f"returns: {sample.n_series} series, a difference is between two")
    sample.check_varies()
    scaled = sample.returns / sample.returns.std(axis=0)
    check_varies(scaled[:, 0] - scaled[:, 1], "difference of the scaled series")
    return sample.returns


def _sharpes(pair: np.ndarray, *, ddof: int) -> tuple[float, float]:
    ratios = pair.mean(axis=0) / pair.std(axis=0, ddof=ddof)
    return float(ratios[0]), float(ratios[1])


def _result(pair: np.ndarray, error: float, *, ddof: int = 0) -> SharpeDifference:
    from scipy.special import ndtr

    ratios = _sharpes(pair, ddof=ddof)
    difference = ratios[0] - ratios[1]
    return SharpeDifference(ratios, difference, error, 2.0 * float(ndtr(-abs(difference) / error)), len(pair))


def _gradient(moments: np.ndarray) -> np.ndarray:
    """Return d(SR₁ − SR₂)/d(μ₁, μ₂, γ₁, γ₂) for moments `(..., 4)`."""
    mean, square = moments[..., :2], moments[..., 2:]
    cubed = (square - mean**2) ** 1.5
    sign = np.array([1.0, -1.0])
    return np.concatenate([sign * square / cubed, -0.5 * sign * mean / cubed], axis=-1)


def _robust_error(pair: np.ndarray, *, prewhiten: bool) -> float:
    values = np.concatenate([pair, pair**2], axis=1)
    moments = values.mean(axis=0)
    scores = values - moments
    covariance = _prewhitened(scores) if prewhiten else _parzen(scores)
    slope = _gradient(moments)
    return math.sqrt(float(slope @ covariance @ slope) / len(pair))


def _prewhitened(scores: np.ndarray) -> np.ndarray:
    before, after = scores[:-1], scores[1:]
    transition = np.linalg.lstsq(before, after, rcond=None)[0].T
    left, values, right = np.linalg.svd(transition)
    transition = left @ np.diag(np.minimum(values, MAX_SINGULAR_VALUE)) @ right
    recolour = np.linalg.inv(np.eye(scores.shape[1]) - transition)
    density: np.ndarray = recolour @ _parzen(after - before @ transition.T) @ recolour.T
    return density


def _parzen(scores: np.ndarray) -> np.ndarray:
    n, k = scores.shape
    bandwidth = 2.6614 * (_andrews_alpha(scores) * n) ** 0.2
    total = scores.T @ scores / n
    for j in range(1, min(n, math.ceil(bandwidth))):
        x = j / bandwidth
        weight = 1.0 - 6.0 * x**2 + 6.0 * x**3 if x <= 0.5 else 2.0 * (1.0 - x) ** 3
        gamma = scores[j:].T @ scores[:-j] / n
        total = total + weight * (gamma + gamma.T)
    covariance: np.ndarray = total * n / (n - k)
    return covariance


def _andrews_alpha(scores: np.ndarray) -> float:
    """Return α̂(2) from first-order autoregressions of each component, with equal weights."""
    top = bottom = 0.0
    for column in scores.T:
        before, after = column[:-1], column[1:]
        rho = float(np.cov(before, after)[0, 1] / before.var(ddof=1))
        residual = after - after.mean() - rho * (before - before.mean())
        power = float(residual.var()) ** 2
        top += 4.0 * rho**2 * power / (1.0 - rho) ** 8
        bottom += power / (1.0 - rho) ** 4
    return top / bottom
