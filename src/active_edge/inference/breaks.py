"""Whether the mean of a series changed at a date that nobody named beforehand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.registry import BAD_SERIES, estimator
from active_edge.inference.sample import Sample

TRIMMED = 0.15
"""Share of the sample at either end in which no break is looked for."""
LEAST = 40
"""Observations below which the trimmed ends hold too few to have a mean."""
DRAWS = 999


@dataclass(frozen=True)
class Break:
    """The largest F of a change of the mean over all dates inside the trimmed ends.

    Attributes
    ----------
    statistic : the F of the best date, robust to unequal variances.
    p : chance of one so large without a break.
    date : first date of the later stretch. before, after : means a period on either side of it.
    n : observations.
    """

    statistic: float
    p: float
    date: pd.Timestamp
    before: float
    after: float
    n: int


@estimator(
    source="Andrews (1993); Hansen (2000)",
    published="test_breaks::test_the_critical_value_of_a_break_in_the_mean_is_that_of_andrews",
    bad_samples=BAD_SERIES,
    uncalibrated="printed beside a premium; no verdict rests on it. Its own test holds its rate on drawn series",
)
def sup_f(sample: Sample, *, draws: int = DRAWS, seed: int = 0) -> Break:
    """Return the sup-F test of one break in the mean of a sample, at a date the data choose.

    F(k) = (m₂ − m₁)²/(s₁²/k + s₂²/(n − k)), largest over 0.15 n ≤ k ≤ 0.85 n; p by the fixed-regressor wild bootstrap:
    the residuals of the series with its best break, each times a standard normal draw. Serial correlation is not
    allowed for: of monthly factor returns it is small.

    Source: Andrews (1993), Tests for parameter instability and structural change with unknown change point,
    Econometrica 61(4), doi:10.2307/2951764; Hansen (2000), Testing for structural change in conditional models,
    Journal of Econometrics 97(1), doi:10.1016/S0304-4076(99)00068-8.

    Raises
    ------
    InferenceError : an unfit sample, or fewer than 40 observations.
    """
    sample.check_fit()
    values, n = sample.returns, sample.n
    if n < LEAST:
        raise InferenceError(f"{n} observations; a break is looked for from {LEAST} on")
    first, last = math.ceil(TRIMMED * n), math.floor((1.0 - TRIMMED) * n)
    found = _statistics(values[:, None], first, last)[:, 0]
    best = int(found.argmax())
    k = first + best
    residuals = np.concatenate([values[:k] - values[:k].mean(), values[k:] - values[k:].mean()])
    random = np.random.default_rng(seed)
    drawn = _statistics(residuals[:, None] * random.standard_normal((n, draws)), first, last).max(axis=0)
    p = (1.0 + float((drawn >= found[best]).sum())) / (draws + 1.0)
    return Break(float(found[best]), p, sample.dates[k], float(values[:k].mean()), float(values[k:].mean()), n)


def _statistics(series: np.ndarray, first: int, last: int) -> np.ndarray:
    """(last − first + 1, m) F of each date for each of m series, (n, m)."""
    n = len(series)
    k = np.arange(first, last + 1)[:, None].astype(float)
    sums, squares = np.cumsum(series, axis=0), np.cumsum(series**2, axis=0)
    ahead, ahead_squares = sums[first - 1 : last], squares[first - 1 : last]
    means = ahead / k, (sums[-1] - ahead) / (n - k)
    variances = ahead_squares / k - means[0] ** 2, (squares[-1] - ahead_squares) / (n - k) - means[1] ** 2
    spread = variances[0] / (k - 1) + variances[1] / (n - k - 1)
    return np.asarray((means[1] - means[0]) ** 2 / spread)
