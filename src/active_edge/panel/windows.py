"""Compiled passes over daily prices: last value, medians, volatility, shares restated for splits.

Price matrices are ``(n_sessions, n_assets)`` Fortran-ordered, NaN where an asset has no row, so that an asset's
sessions are contiguous. `sessions` is ``(n_dates,)`` int64: the session index of each decision date. Results are
``(n_dates, n_assets)`` float64 and use sessions up to the decision date only.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from active_edge.market.splits import UNDECIDED, Splits

NEEDED_ONE_IN = 3
"""A figure of a window needs values on one in so many of its sessions."""


@njit(cache=True, nogil=True)
def last_known(matrix: np.ndarray, sessions: np.ndarray, max_gap: int) -> np.ndarray:
    """Return the last value on the date or at most `max_gap` sessions before it; NaN where there is none."""
    found = np.full((len(sessions), matrix.shape[1]), np.nan)
    for asset in range(matrix.shape[1]):
        for date in range(len(sessions)):
            for session in range(sessions[date], max(sessions[date] - max_gap, 0) - 1, -1):
                if not np.isnan(matrix[session, asset]):
                    found[date, asset] = matrix[session, asset]
                    break
    return found


@njit(cache=True, nogil=True)
def median_dollar_volume(close: np.ndarray, volume: np.ndarray, sessions: np.ndarray, window: int) -> np.ndarray:
    """Return the median of close × volume over the trailing `window` sessions; NaN with values on less than a third."""
    found = np.full((len(sessions), close.shape[1]), np.nan)
    traded = np.empty(window)
    for asset in range(close.shape[1]):
        for date in range(len(sessions)):
            count = 0
            for session in range(max(sessions[date] - window + 1, 0), sessions[date] + 1):
                dollars = close[session, asset] * volume[session, asset]
                if not np.isnan(dollars):
                    traded[count] = dollars
                    count += 1
            if count > 0 and count * NEEDED_ONE_IN >= window:
                found[date, asset] = np.median(traded[:count])
    return found


@njit(cache=True, nogil=True)
def deviation(returns: np.ndarray, sessions: np.ndarray, window: int) -> np.ndarray:
    """Return the sample deviation of the trailing `window` sessions' returns; NaN with returns on less than a third."""
    found = np.full((len(sessions), returns.shape[1]), np.nan)
    for asset in range(returns.shape[1]):
        for date in range(len(sessions)):
            first = max(sessions[date] - window + 1, 0)
            count = 0
            total = 0.0
            for session in range(first, sessions[date] + 1):
                if not np.isnan(returns[session, asset]):
                    count += 1
                    total += returns[session, asset]
            if count < 2 or count * NEEDED_ONE_IN < window:
                continue
            squares = 0.0
            for session in range(first, sessions[date] + 1):
                if not np.isnan(returns[session, asset]):
                    squares += (returns[session, asset] - total / count) ** 2
            found[date, asset] = np.sqrt(squares / (count - 1))
    return found


@njit(cache=True, nogil=True)
def restate_shares(
    shares: np.ndarray,
    counted_after: np.ndarray,
    sessions: np.ndarray,
    splits: Splits,
) -> np.ndarray:
    """Return `shares` restated for splits on sessions from `counted_after` to the decision date.

    Parameters
    ----------
    shares
        ``(n_dates, n_assets)``; NaN in the result where a move in between is a split or a dividend and nothing tells
        which.
    counted_after
        ``(n_dates, n_assets)`` int64: first session after the filing that gave the shares.
    splits
        As `Market.splits`.
    """
    restated = shares.copy()
    for event in range(len(splits.asset)):
        asset, session, ratio = splits.asset[event], splits.session[event], splits.ratio[event]
        for date in range(len(sessions)):
            if counted_after[date, asset] <= session <= sessions[date]:
                restated[date, asset] *= np.nan if ratio == UNDECIDED else ratio
    return restated
