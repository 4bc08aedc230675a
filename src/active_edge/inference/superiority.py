"""Whether the best of many beats the benchmark once the search is charged for: SPA, StepM, as they were published.

Pages print them on alphas (`joint_alphas`): a hedge that is not fitted anew makes these reject too often. All take
*active* returns, strategy minus benchmark, where more is better. `arch` takes losses; its loss difference,
benchmark minus model, is the active return when a loss is a negative return.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from active_edge.inference.bootstrap import bootstrap_means
from active_edge.inference.checks import check_share
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.registry import BAD_MATRIX, estimator


@dataclass(frozen=True)
class SuperiorityTest:
    """Test of "no strategy of the family beats the benchmark"."""

    statistic: float
    best: int
    """Column of the largest statistic."""
    p_lower: float
    p_consistent: float
    """The one to print: strategies far below the benchmark do not count against the rest."""
    p_upper: float
    studentized: bool
    strategies: int
    n: int
    block: float | None
    """Mean block length; None where signs were drawn, not blocks."""
    resamples: int


@dataclass(frozen=True)
class SuperiorSet:
    """Strategies found to beat the benchmark with the family-wise error held at `level`."""

    superior: tuple[int, ...]
    adjusted_p: np.ndarray
    """`(n_strategies,)` step-down p-values, one-sided, adjusted for the whole family."""
    level: float
    block: float | None
    resamples: int


@estimator(
    source="Hansen (2005)",
    published="test_superiority::test_unstudentised_superiority_equals_arch",
    bad_samples=BAD_MATRIX,
    calibrated="superior_predictive_ability",
)
def superior_predictive_ability(
    active: SampleMatrix,
    *,
    seed: int,
    block: float | None = None,
    resamples: int = 1000,
    studentize: bool = True,
) -> SuperiorityTest:
    """Return Hansen's test that the best of a family is no better than the benchmark.

    Parameters
    ----------
    active
        Active returns, a column a strategy.
    block
        Mean block length; None takes √n.
    studentize
        True: statistic max(0, max_k √n d̄_k/ω̂_k). False: max_k d̄_k, which is what `arch` computes whatever its
        own `studentize` says; with it the numbers equal `arch.bootstrap.SPA` on the same draws.

    Source: Hansen (2005), A test for superior predictive ability, Journal of Business & Economic Statistics
    23(4), doi:10.1198/073500105000000063; ω̂² is the variance the stationary bootstrap implies (Politis & Romano
    1994, eq. 6).

    Raises
    ------
    InferenceError
        A strategy whose active return is constant.
    """
    length = _block(active, block)
    n, k = active.n, active.n_series
    means = active.returns.mean(axis=0)
    variance = long_run_variance(active, length)
    scale = math.sqrt(n) / np.sqrt(variance) if studentize else np.ones(k)
    floor = 0.0 if studentize else -math.inf
    resampled = bootstrap_means(active, block=length, resamples=resamples, seed=seed)
    observed = means * scale
    statistic = max(float(observed.max()), floor)
    p = [
        float((np.maximum(((resampled - centre) * scale).max(axis=1), floor) > statistic).mean())
        for centre in _centres(means, variance, n)
    ]
    return SuperiorityTest(
        statistic=statistic,
        best=int(observed.argmax()),
        p_lower=p[0],
        p_consistent=p[1],
        p_upper=p[2],
        studentized=studentize,
        strategies=k,
        n=n,
        block=length,
        resamples=resamples,
    )


@estimator(
    source="Romano & Wolf (2005)",
    published="test_superiority::test_step_m_finds_the_same_set_as_arch",
    bad_samples=BAD_MATRIX,
    calibrated="step_m",
)
def step_m(
    active: SampleMatrix,
    *,
    seed: int,
    level: float = 0.05,
    block: float | None = None,
    resamples: int = 1000,
    studentize: bool = True,
    recentre: Literal["upper", "consistent"] = "upper",
) -> SuperiorSet:
    """Return the strategies that beat the benchmark, family-wise error at most `level`.

    Step by step: every strategy whose statistic exceeds the 1 − level quantile of the maximum over those still in
    is taken out; until none is.

    Parameters
    ----------
    active
        Active returns, a column a strategy.
    recentre
        "upper": every resampled mean around its own mean, as Romano and Wolf do. "consistent": Hansen's, which
        `arch.bootstrap.StepM` uses; with `studentize=False` the sets are then equal on the same draws.

    Adjusted p-values: (1 + #{max over strategies no better ≥ statistic}) / (M + 1), made monotone.

    Source: Romano & Wolf (2005), Stepwise multiple testing as formalized data snooping, Econometrica 73(4),
    doi:10.1111/j.1468-0262.2005.00615.x; adjusted p Romano & Wolf (2016), doi:10.1016/j.spl.2016.02.012.
    """
    length = _block(active, block)
    n, k = active.n, active.n_series
    means = active.returns.mean(axis=0)
    variance = long_run_variance(active, length)
    scale = math.sqrt(n) / np.sqrt(variance) if studentize else np.ones(k)
    _, consistent, upper = _centres(means, variance, n)
    centre = upper if recentre == "upper" else consistent
    resampled = bootstrap_means(active, block=length, resamples=resamples, seed=seed)
    return step_down(means * scale, (resampled - centre) * scale, level=level, block=length)


def step_down(observed: np.ndarray, simulated: np.ndarray, *, level: float, block: float | None) -> SuperiorSet:
    """Return what is superior given (n_strategies,) statistics and (resamples, n_strategies) of them without an edge.

    Raises
    ------
    InferenceError
        A level outside (0, 1).
    """
    check_share(level, "level")
    remaining = np.ones(len(observed), dtype=bool)
    while remaining.any():
        critical = np.percentile(simulated[:, remaining].max(axis=1), 100.0 * (1.0 - level))
        found = remaining & (observed > critical)
        if not found.any():
            break
        remaining &= ~found
    return SuperiorSet(
        superior=tuple(int(i) for i in np.flatnonzero(~remaining)),
        adjusted_p=_step_down_p(observed, simulated),
        level=level,
        block=block,
        resamples=len(simulated),
    )


@estimator(
    source="Politis & Romano (1994), lemma 1",
    published="test_superiority::test_long_run_variance_equals_the_loop_over_lags",
    bad_samples=("short", "hole", "infinite"),
    uncalibrated="a variance, not a test",
)
def long_run_variance(sample: SampleMatrix, block: float) -> np.ndarray:
    """Return the variance of √n times the mean under the stationary bootstrap, `(n_series,)`.

    γ̂₀ + 2 Σᵢ (1 − i/n)(1 − 1/block)^i γ̃ᵢ over all lags i < n, γ̃ᵢ = γ̂ᵢ + γ̂_{n−i} the autocovariance on the circle;
    as a weighted sum of the periodogram, whose weights are the Fourier transform of the lag weights.

    Source: Politis & Romano (1994), doi:10.1080/01621459.1994.10476870, lemma 1; Hansen (2005), section 3.1.
    """
    from scipy.fft import rfft

    n, returns = sample.n, sample.returns
    lags = np.arange(n)
    weights = (1.0 - lags / n) * (1.0 - 1.0 / block) ** lags
    weights[1:] += weights[:0:-1].copy()
    transfer = rfft(weights).real
    transfer[1 : (n + 1) // 2] *= 2.0
    spectrum = rfft(returns - returns.mean(axis=0), axis=0)
    power = (spectrum.real**2 + spectrum.imag**2).reshape(len(transfer), -1)
    covariance: np.ndarray = (transfer[:, None] * power).sum(axis=0) / n**2
    return covariance


def _block(active: SampleMatrix, block: float | None) -> float:
    active.check_varies()
    return float(int(math.sqrt(active.n))) if block is None else float(block)


def _centres(means: np.ndarray, variance: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return Hansen's lower, consistent and upper recentring."""
    threshold = -np.sqrt(variance / n * 2.0 * math.log(math.log(n)))
    return np.maximum(means, 0.0), np.where(means >= threshold, means, 0.0), means


def _step_down_p(observed: np.ndarray, simulated: np.ndarray) -> np.ndarray:
    order = np.argsort(-observed, kind="stable")
    maxima = np.maximum.accumulate(simulated[:, order[::-1]], axis=1)[:, ::-1]
    counts = (maxima >= observed[order]).sum(axis=0)
    stepped = np.maximum.accumulate((counts + 1.0) / (len(simulated) + 1.0))
    adjusted = np.empty_like(stepped)
    adjusted[order] = stepped
    return adjusted
