"""Compiled passes over daily prices: last value, medians, volatility, splits.

Price matrices are ``(n_sessions, n_assets)`` Fortran-ordered, NaN where an asset has no row, so that an asset's
sessions are contiguous. `sessions` is ``(n_dates,)`` int64: the session index of each decision date. Results are
``(n_dates, n_assets)`` float64 and use sessions up to the decision date only.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from active_edge.market.splits import MOST_REVERSE, SPLIT_RATIOS, SPLIT_TOLERANCE

NEEDED_ONE_IN = 3
"""A figure of a window needs values on one in so many of its sessions."""
JUMP_UP, JUMP_DOWN = 1.45, 0.7
"""Closes that contradict the return by more than these factors are a jump that a later one may undo."""
UNDONE_TOLERANCE = 0.15
"""A jump undoes the one before it where the product of the two implied ratios is 1 within this."""


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
def split_ratio(gross_return: float, previous_close: float, close: float) -> float:
    """Return the new shares for each old one that unadjusted closes and the total return imply; 1.0 for no split.

    (1 + total return) × previous close / close is 1 on an ordinary day, 1 + dividend / close on an ex-dividend day and
    the split's ratio on a split day. Only ratios of usual splits count, so that a dividend or a wrong price is none.
    """
    implied = gross_return * previous_close / close
    if implied >= 1.2:
        for usual in SPLIT_RATIOS:
            if abs(implied / usual - 1.0) <= SPLIT_TOLERANCE:
                return float(usual)
    if 0.0 < implied <= 0.6:
        whole = np.floor(1.0 / implied + 0.5)
        if whole <= MOST_REVERSE and abs(implied * whole - 1.0) <= SPLIT_TOLERANCE:
            return float(1.0 / whole)
    return 1.0


@njit(cache=True, nogil=True)
def find_splits(
    close: np.ndarray, returns: np.ndarray, unchained: np.ndarray, through: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (asset, session, ratio) of every split up to and with session `through`, by asset and session.

    A row of `unchained` (`Prices.unchained_rows`) has an unknown return and is no evidence of a split. A symbol that
    flips between two securities jumps and comes back: a jump that undoes the one before it is no split of its own and
    takes back the split inferred from that one, from its session on.
    """
    asset_of = []
    session_of = []
    ratio_of = []
    for asset in range(close.shape[1]):
        previous = np.nan
        jump, taken = np.nan, 1.0
        for session in range(through + 1):
            price = close[session, asset]
            if np.isnan(price):
                continue
            if not np.isnan(previous) and not np.isnan(returns[session, asset]):
                ratio = split_ratio(1.0 + returns[session, asset], previous, price)
                implied = (1.0 + returns[session, asset]) * previous / price
                if implied >= JUMP_UP or implied <= JUMP_DOWN:
                    if abs(implied * jump - 1.0) <= UNDONE_TOLERANCE:
                        ratio = 1.0 / taken
                        jump, taken = np.nan, 1.0
                    else:
                        place = asset * len(close) + session
                        row = np.searchsorted(unchained, place)
                        if row < len(unchained) and unchained[row] == place:
                            ratio = 1.0
                        jump, taken = implied, ratio
                if ratio != 1.0:
                    asset_of.append(asset)
                    session_of.append(session)
                    ratio_of.append(ratio)
            previous = price
    return np.array(asset_of, dtype=np.int64), np.array(session_of, dtype=np.int64), np.array(ratio_of)


@njit(cache=True, nogil=True)
def apply_splits(
    shares: np.ndarray,
    counted_after: np.ndarray,
    sessions: np.ndarray,
    splits: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> np.ndarray:
    """Return `shares` restated for splits on sessions from `counted_after` to the decision date.

    Parameters
    ----------
    shares
        ``(n_dates, n_assets)``.
    counted_after
        ``(n_dates, n_assets)`` int64: first session after the filing that gave the shares.
    splits
        As `find_splits` returns them.
    """
    restated = shares.copy()
    asset_of, session_of, ratio_of = splits
    for event in range(len(asset_of)):
        asset, session = asset_of[event], session_of[event]
        for date in range(len(sessions)):
            if counted_after[date, asset] <= session <= sessions[date]:
                restated[date, asset] *= ratio_of[event]
    return restated
