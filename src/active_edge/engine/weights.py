"""From target weights to the sparse plan the compiled loop reads."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.errors import BacktestError

SUM_TOLERANCE = 1e-9


def check_weights(weights: np.ndarray, dates: pd.DatetimeIndex, assets: pd.Index) -> None:
    """Refuse weights that are not a long-only portfolio with cash.

    Raises
    ------
    BacktestError
        Shape, NaN, a negative weight, or a row that sums to more than 1; says where.
    """
    if weights.shape != (len(dates), len(assets)):
        raise BacktestError(
            f"targets: weights have shape {weights.shape}, dates and assets make ({len(dates)}, {len(assets)})"
        )
    if not dates.is_monotonic_increasing or not dates.is_unique:
        raise BacktestError("targets: dates must increase, each once")
    bad = ~(weights >= 0.0) | np.isinf(weights)
    if bad.any():
        d, a = np.argwhere(bad)[0]
        raise BacktestError(
            f"targets: {dates[d]:%Y-%m-%d}, {assets[a]}: weight {weights[d, a]} is not a number in [0, 1]"
        )
    total = weights.sum(axis=1)
    if (total > 1.0 + SUM_TOLERANCE).any():
        d = int(np.argmax(total))
        raise BacktestError(f"targets: {dates[d]:%Y-%m-%d}: weights sum to {total[d]:.12g}, the bound is 1; scale them")


def sparse(weights: np.ndarray, position_of: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (indptr, cols, values) of the positive weights, `cols` renumbered by `position_of`."""
    row, column = np.nonzero(weights)
    indptr = np.zeros(len(weights) + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=len(weights)), out=indptr[1:])
    return indptr, position_of[column].astype(np.int64), weights[row, column].astype(np.float64)
