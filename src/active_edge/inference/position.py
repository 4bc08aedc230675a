"""Where a result stands among random portfolios drawn under the same constraints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_finite
from active_edge.inference.registry import estimator

MIN_DRAWS = 20
"""Fewer random portfolios cannot place a result at the 5 % level: (0 + 1) / (19 + 1)."""


@dataclass(frozen=True)
class Position:
    """The place of one value among random draws."""

    percentile: float
    """Share of draws below the value, ties counted half, in [0, 1]."""
    p: float
    """(1 + number of draws at or above the value) / (1 + n): chance of this or better without selection skill."""
    n: int
    median: float
    """Median of the draws."""
    value: float


@estimator(
    source="Dawson & Young (2003); Burns (2007)",
    published="test_performance_figures::test_position_among_draws_by_hand",
    bad_samples=("few draws", "hole", "value that is no number"),
    calibrated="random_portfolios",
)
def position_among(value: float, draws: np.ndarray) -> Position:
    """Return where a statistic stands among the same statistic of matched random portfolios.

    Parameters
    ----------
    value
        For instance the annual net return or alpha of the strategy.
    draws
        `(n,) float`, the statistic of each random portfolio; no NaN, n >= 20.

    Source: Dawson & Young (2003) and Burns (2007), Random portfolios for performance measurement,
    doi:10.1007/3-540-36626-1_11; p-value with the +1 of Davison & Hinkley (1997), Bootstrap Methods, eq. 4.11.
    """
    sample = np.asarray(draws, dtype=np.float64)
    if sample.ndim != 1 or len(sample) < MIN_DRAWS:
        raise InferenceError(f"{sample.size} random portfolios, at least {MIN_DRAWS} are needed; draw more")
    check_finite(sample, "random portfolios")
    check_finite(np.array([value]), "the strategy's value")
    below, ties = int((sample < value).sum()), int((sample == value).sum())
    n = len(sample)
    return Position(
        percentile=(below + ties / 2.0) / n,
        p=(n - below + 1.0) / (n + 1.0),
        n=n,
        median=float(np.median(sample)),
        value=float(value),
    )
