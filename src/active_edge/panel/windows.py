"""Compiled passes over daily prices: last value, medians, volatility, shares restated for splits.

Prices are `Runs`; outside an asset's life there is no value, and no pass goes there. `sessions` is ``(n_dates,)``
int64: the session index of each decision date. Results are ``(n_dates, n_assets)`` float64 and use sessions up to the
decision date only.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from active_edge.market.runs import Runs
from active_edge.market.splits import UNDECIDED, Splits

NEEDED_ONE_IN = 3
"""A figure of a window needs values on one in so many of its sessions."""


@njit(cache=True, nogil=True)
def last_known(runs: Runs, sessions: np.ndarray, max_gap: int) -> np.ndarray:
    """Return the last value on the date or at most `max_gap` sessions before it; NaN where there is none."""
    values, offset, n_assets = runs.values, runs.offset, len(runs.offset)
    found = np.full((len(sessions), n_assets), np.nan)
    for asset in range(n_assets):
        at, first, last = offset[asset], runs.first[asset], runs.last[asset]
        for date in range(len(sessions)):
            for session in range(min(sessions[date], last), max(sessions[date] - max_gap, first) - 1, -1):
                if not np.isnan(values[at + session]):
                    found[date, asset] = values[at + session]
                    break
    return found


@njit(cache=True, nogil=True)
def median_dollar_volume(close: Runs, volume: Runs, sessions: np.ndarray, window: int) -> np.ndarray:
    """Return the median of close × volume over the trailing `window` sessions; NaN with values on less than a third."""
    prices, shares, offset, n_assets = close.values, volume.values, close.offset, len(close.offset)
    found = np.full((len(sessions), n_assets), np.nan)
    traded = np.empty(window)
    for asset in range(n_assets):
        at, first, last = offset[asset], close.first[asset], close.last[asset]
        for date in range(len(sessions)):
            count = 0
            for session in range(max(sessions[date] - window + 1, first), min(sessions[date], last) + 1):
                dollars = prices[at + session] * shares[at + session]
                if not np.isnan(dollars):
                    traded[count] = dollars
                    count += 1
            if count > 0 and count * NEEDED_ONE_IN >= window:
                found[date, asset] = np.median(traded[:count])
    return found


@njit(cache=True, nogil=True)
def deviation(returns: Runs, sessions: np.ndarray, window: int) -> np.ndarray:
    """Return the sample deviation of the trailing `window` sessions' returns; NaN with returns on less than a third."""
    values, offset, n_assets = returns.values, returns.offset, len(returns.offset)
    found = np.full((len(sessions), n_assets), np.nan)
    for asset in range(n_assets):
        at = offset[asset]
        for date in range(len(sessions)):
            first = at + max(sessions[date] - window + 1, returns.first[asset])
            stop = at + min(sessions[date], returns.last[asset]) + 1
            count = 0
            total = 0.0
            for place in range(first, stop):
                if not np.isnan(values[place]):
                    count += 1
                    total += values[place]
            if count < 2 or count * NEEDED_ONE_IN < window:
                continue
            squares = 0.0
            for place in range(first, stop):
                if not np.isnan(values[place]):
                    squares += (values[place] - total / count) ** 2
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
