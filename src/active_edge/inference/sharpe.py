"""Sharpe ratios with their sampling error: probabilistic, minimum track record, deflated."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_finite, check_share, check_trials, check_varies
from active_edge.inference.registry import BAD_SERIES, estimator
from active_edge.inference.sample import Sample

EULER_GAMMA = 0.5772156649015329


@dataclass(frozen=True)
class SharpeMoments:
    """Per-period Sharpe ratio of a sample and the moments its sampling error depends on."""

    sharpe: float
    """Mean over standard deviation (n − 1), per period, not annualised."""
    skewness: float
    kurtosis: float
    """Raw fourth standardised moment; 3 for a normal distribution."""
    n: int


@dataclass(frozen=True)
class DeflatedSharpe:
    """Whether a Sharpe ratio exceeds what the best of N worthless trials would show."""

    sharpe: float
    """Per period."""
    expected_maximum: float
    """SR₀, per period: what the best of the trials is expected to show without skill."""
    probability: float
    """Chance that the true ratio exceeds SR₀; above 0.95 counts as passing."""
    trials: int
    sharpe_variance: float
    n: int


@estimator(
    source="Bailey & López de Prado (2012)",
    published="test_sharpe_ratios::test_moments_worked_by_hand",
    bad_samples=("two returns", "constant", "hole", "infinite"),
    uncalibrated="a description of the sample; it rejects nothing",
)
def sharpe_moments(returns: pd.Series | np.ndarray) -> SharpeMoments:
    """Return the per-period Sharpe ratio, skewness and raw kurtosis of excess (or active) returns.

    Parameters
    ----------
    returns
        `(n,) float`, n >= 3, already net of cash or of the benchmark; no NaN.

    Skewness and kurtosis are population moments (divided by n), as in Bailey & López de Prado (2012).
    """
    sample = np.asarray(returns, dtype=np.float64)
    if sample.ndim != 1 or len(sample) < 3:
        raise InferenceError(f"returns: {sample.size} observations, at least 3 in one row are needed for moments")
    check_finite(sample, "returns")
    check_varies(sample, "returns")
    centred = sample - sample.mean()
    scale = sample.std()
    return SharpeMoments(
        sharpe=float(sample.mean() / sample.std(ddof=1)),
        skewness=float((centred**3).mean() / scale**3),
        kurtosis=float((centred**4).mean() / scale**4),
        n=len(sample),
    )


@estimator(
    source="Bailey & López de Prado (2012), eq. 11",
    published="test_published_numbers::test_probabilistic_sharpe_of_the_skewed_hedge_fund",
    bad_samples=("one return", "impossible moments"),
    uncalibrated="only deflated_sharpe, which is calibrated, enters a verdict",
)
def probabilistic_sharpe(
    sharpe: float, n: int, *, threshold: float = 0.0, skewness: float = 0.0, kurtosis: float = 3.0
) -> float:
    """Return the chance that the true ratio exceeds `threshold`.

    PSR = Φ[(SR − SR*) √(n − 1) / √(1 − γ₃ SR + (γ₄ − 1)/4 · SR²)], all ratios per period.

    Source: Bailey & López de Prado (2012), The Sharpe ratio efficient frontier, Journal of Risk 15(2),
    doi:10.21314/JOR.2012.255, eq. 11.
    """
    from scipy.special import ndtr

    if n < 2:
        raise InferenceError(f"n is {n}, at least 2 observations are needed")
    return float(ndtr((sharpe - threshold) * math.sqrt(n - 1) / math.sqrt(_shape(sharpe, skewness, kurtosis))))


@estimator(
    source="Bailey & López de Prado (2012), eq. 13",
    published="test_published_numbers::test_minimum_track_record_for_a_ratio_of_two_against_one",
    bad_samples=("ratio at its threshold", "impossible moments"),
    uncalibrated="a length, not a test",
)
def minimum_track_record(
    sharpe: float, *, threshold: float, level: float = 0.05, skewness: float = 0.0, kurtosis: float = 3.0
) -> float:
    """Return the observations after which SR > SR* holds at one-sided `level`; divide by periods a year for years.

    minTRL = 1 + (1 − γ₃ SR + (γ₄ − 1)/4 · SR²) (z_{1−level} / (SR − SR*))², ratios per period.

    Source: Bailey & López de Prado (2012), doi:10.21314/JOR.2012.255, eq. 13.

    Raises
    ------
    InferenceError
        The ratio does not exceed the threshold: no length suffices.
    """
    from scipy.special import ndtri

    if sharpe <= threshold:
        raise InferenceError(
            f"a Sharpe ratio of {sharpe:g} does not exceed {threshold:g}: no track record, however long, would show it"
        )
    critical = float(ndtri(1.0 - check_share(level, "level")))
    return 1.0 + _shape(sharpe, skewness, kurtosis) * (critical / (sharpe - threshold)) ** 2


def expected_maximum_sharpe(trials: int, sharpe_variance: float) -> float:
    """Return SR₀, the expected best ratio of N trials without skill; 0 for one trial.

    SR₀ = √V · [(1 − γ) Φ⁻¹(1 − 1/N) + γ Φ⁻¹(1 − 1/(N e))], γ Euler's constant.

    Parameters
    ----------
    sharpe_variance
        Variance of the trials' Sharpe ratios, per period.

    Source: Bailey & López de Prado (2014), The deflated Sharpe ratio, Journal of Portfolio Management 40(5),
    doi:10.3905/jpm.2014.40.5.094, eq. 1. Deviation: their approximation needs N well above 1; for N = 1 the
    expected maximum of one centred draw, 0, is returned.
    """
    from scipy.special import ndtri

    check_trials(trials)
    if not (math.isfinite(sharpe_variance) and sharpe_variance >= 0):
        raise InferenceError(f"sharpe_variance is {sharpe_variance}, it must be finite and not negative")
    if trials == 1:
        return 0.0
    quantiles = ndtri(1.0 - 1.0 / trials), ndtri(1.0 - 1.0 / (trials * math.e))
    return math.sqrt(sharpe_variance) * float((1.0 - EULER_GAMMA) * quantiles[0] + EULER_GAMMA * quantiles[1])


@estimator(
    source="Bailey & López de Prado (2014), eq. 2",
    published="test_published_numbers::test_deflated_sharpe_of_a_hundred_trials",
    bad_samples=("no trial", "variance that is no number", "impossible moments"),
    calibrated="deflated_sharpe",
)
def deflated_sharpe_from_moments(
    sharpe: float, n: int, *, trials: int, sharpe_variance: float, skewness: float = 0.0, kurtosis: float = 3.0
) -> DeflatedSharpe:
    """Return the deflated Sharpe ratio: the probabilistic one against SR₀ of `expected_maximum_sharpe`.

    All ratios and the variance are per period.

    Source: Bailey & López de Prado (2014), doi:10.3905/jpm.2014.40.5.094, eq. 2.
    """
    best = expected_maximum_sharpe(trials, sharpe_variance)
    return DeflatedSharpe(
        sharpe=sharpe,
        expected_maximum=best,
        probability=probabilistic_sharpe(sharpe, n, threshold=best, skewness=skewness, kurtosis=kurtosis),
        trials=int(trials),
        sharpe_variance=float(sharpe_variance),
        n=n,
    )


@estimator(
    source="Bailey & López de Prado (2014)",
    published="test_sharpe_ratios::test_deflation_of_a_series_uses_its_own_moments_and_the_sampling_variance_where_none_is_known",
    bad_samples=(*BAD_SERIES, "no trial"),
    calibrated="deflated_sharpe_IWM",
)
def deflated_sharpe(sample: Sample, *, trials: int, sharpe_variance: float | None) -> DeflatedSharpe:
    """Return the deflated Sharpe ratio of a sample over cash.

    Parameters
    ----------
    sample
        Pass *active* returns (or alphas' residual-plus-intercept): a Sharpe ratio over cash is above zero on most
        markets without any edge, because the market itself is.
    trials
        Everything ever tried on this data, this one included.
    sharpe_variance
        Variance of the trials' per-period ratios, of the same kind of returns. None where the ledger holds too
        few to estimate it: then 1/n, the sampling variance of a ratio without skill, as if the trials were
        independent; this is the stricter choice for correlated trials.

    Raises
    ------
    InferenceError
        An unfit sample, no trial, a negative variance.
    """
    sample.check_fit()
    moments = sharpe_moments(sample.excess)
    return deflated_sharpe_from_moments(
        moments.sharpe,
        moments.n,
        trials=trials,
        sharpe_variance=1.0 / moments.n if sharpe_variance is None else sharpe_variance,
        skewness=moments.skewness,
        kurtosis=moments.kurtosis,
    )


def _shape(sharpe: float, skewness: float, kurtosis: float) -> float:
    variance = 1.0 - skewness * sharpe + (kurtosis - 1.0) / 4.0 * sharpe**2
    if not (math.isfinite(variance) and variance > 0):
        raise InferenceError(
            f"Sharpe ratio {sharpe:g}, skewness {skewness:g} and kurtosis {kurtosis:g} give a variance of "
            f"{variance:g}; no distribution has these moments"
        )
    return variance
