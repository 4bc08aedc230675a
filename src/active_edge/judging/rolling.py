"""How the run leaned through time: alpha, beta, tracking error and Sharpe ratio of windows, and factor loadings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.judging.samples import Samples

WINDOWS = (36, 24, 12)
"""Months of a window: the longest of which two fit into the run."""
ROLLED = ("alpha", "beta", "tracking error", "Sharpe ratio")


def window_of(months: int) -> int | None:
    """Months of the window for a run of so many; None where even the shortest does not fit twice."""
    return next((window for window in WINDOWS if months >= 2 * window), None)


def rolling_of(samples: Samples) -> pd.DataFrame | None:
    """(n_windows, 4) `ROLLED` of each window on the yardstick, by its last month, annual, arithmetic.

    A description without errors: windows overlap, so that neighbours tell the same months again. None where the run is
    too short, or has no benchmark.
    """
    if samples.yardstick is None:
        return None
    held = samples.held
    window = window_of(held.n)
    if window is None:
        return None
    own, passive, a_year = held.excess, held.passive, held.periods_per_year
    rows = [_window(own[end - window : end], passive[end - window : end], a_year) for end in range(window, held.n + 1)]
    return pd.DataFrame(rows, index=held.dates[window - 1 :], columns=list(ROLLED))


def rolling_loadings(samples: Samples) -> pd.DataFrame | None:
    """(n_windows, n_factors) loadings of each window by least squares, by its last month; None as `rolling_of`."""
    from active_edge.products import inverse_gram, product

    priced = samples.priced
    if priced is None or priced.factors is None:
        return None
    window = window_of(priced.n)
    if window is None or window < 3 * len(priced.factor_names):
        return None
    found = []
    for end in range(window, priced.n + 1):
        inside = slice(end - window, end)
        matrix = np.column_stack([np.ones(window), priced.factors[inside]])
        loadings = product(inverse_gram(matrix), product(matrix.T, priced.excess[inside][:, None]))
        found.append(loadings[1:, 0])
    return pd.DataFrame(found, index=priced.dates[window - 1 :], columns=list(priced.factor_names))


def months_of_years(returns: pd.DataFrame) -> pd.DataFrame | None:
    """(n_months,) simple returns of calendar months, complete or not, one column a column; None without returns."""
    if returns.empty:
        return None
    months = (1.0 + returns).groupby(pd.DatetimeIndex(returns.index).to_period("M")).prod() - 1.0
    return months.set_axis(months.index.to_timestamp())


def _window(own: np.ndarray, passive: np.ndarray, a_year: float) -> tuple[float, float, float, float]:
    centred = passive - passive.mean()
    spread = float((centred**2).sum())
    beta = float((centred * own).sum()) / spread if spread > 0.0 else np.nan
    alpha = (float(own.mean()) - beta * float(passive.mean())) * a_year
    straying = float((own - passive).std(ddof=1)) * np.sqrt(a_year)
    deviation = float(own.std(ddof=1))
    sharpe = float(own.mean()) / deviation * np.sqrt(a_year) if deviation > 0.0 else np.nan
    return alpha, beta, straying, sharpe
