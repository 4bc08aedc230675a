"""Rows of prices that look like a split: closes that disagree with the return, or that move and have none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from active_edge.market.splits import MOST_REVERSE, SPLIT_RATIOS, SPLIT_TOLERANCE, STOCK_DIVIDENDS, is_exact

JUMP_UP, JUMP_DOWN = 1.45, 0.7
"""Closes that contradict the return by more than these factors are a jump that a later one may undo."""
UNDONE_TOLERANCE = 0.15
"""A jump undoes the one before it where the product of the two implied ratios is 1 within this."""
LEAST_FALL, LEAST_RISE = 1.16, 1.9
"""A move without a return is looked at where the close fell, or rose, by these factors and more."""
UNBELIEVED = 0.5
"""A return beyond this that contradicts the closes, or an unknown one, is no evidence of a split."""
OF_CLOSES = 1e-4
"""A return within this of close/close − 1 says no more than the closes."""
BACK_ROWS, BACK = 5, 0.15
"""A close within this share of that before the move, so few rows after it: a wrong price, and no split."""


class PriceRows(NamedTuple):
    """Rows of prices by asset and session: asset (n,) int64 code · day (n,) int64 since the epoch · the columns."""

    asset: np.ndarray
    day: np.ndarray
    close: np.ndarray
    returns: np.ndarray
    volume: np.ndarray


class Moves(NamedTuple):
    """Rows with a known return that look like a split, in their order.

    row : (n_moves,) int64 place among the rows. implied : (1 + return) × previous close / close.
    ratio : the usual ratio it is nearest to. undoes : index of the move this one takes back, −1 for none.
    """

    row: np.ndarray
    implied: np.ndarray
    ratio: np.ndarray
    undoes: np.ndarray


def nearest_ratio(implied: float, previous_close: float, close: float) -> float:
    """Return the new shares for each old one that closes and total return imply; 1.0 for no split.

    (1 + total return) × previous close / close is 1 on an ordinary day, 1 + dividend / close on an ex-dividend day and
    the split's ratio on a split day. Only ratios of usual splits count, so that a dividend or a wrong price is none.
    """
    if implied >= 1.22:
        near = SPLIT_RATIOS[np.abs(implied / SPLIT_RATIOS - 1.0) <= SPLIT_TOLERANCE]
        return float(near[0]) if len(near) else 1.0
    if implied > 1.0:
        exact = [ratio for ratio in STOCK_DIVIDENDS.tolist() if is_exact(implied, ratio, previous_close, close)]
        return exact[0] if exact else 1.0
    if 0.0 < implied <= 0.6:
        whole = round(1.0 / implied)
        if whole <= MOST_REVERSE and abs(implied * whole - 1.0) <= SPLIT_TOLERANCE:
            return 1.0 / whole
    return 1.0


def known_moves(rows: PriceRows) -> Moves:
    """Return the rows with a known return that look like a split.

    A symbol that flips between two securities jumps and comes back: a jump that undoes the one before it is no split of
    its own and takes back what that one is taken for.
    """
    row, implied, back = _disagreeing(rows.asset, rows.close, rows.returns)
    kept: dict[int, int] = {}
    found: list[tuple[int, float, float, int]] = []
    for place, (at, times, undone) in enumerate(zip(row.tolist(), implied.tolist(), back.tolist(), strict=True)):
        ratio = nearest_ratio(times, rows.close[at - 1], rows.close[at])
        if undone >= 0:
            if undone not in kept:
                continue
            ratio = 1.0 / found[kept[undone]][2]
        elif ratio == 1.0 or np.isnan(rows.returns[at]) or abs(rows.returns[at]) > UNBELIEVED:
            continue
        kept[place] = len(found)
        found.append((at, times, ratio, kept[undone] if undone >= 0 else -1))
    return Moves(
        row=np.array([one[0] for one in found], dtype=np.int64),
        implied=np.array([one[1] for one in found], dtype=np.float64),
        ratio=np.array([one[2] for one in found], dtype=np.float64),
        undoes=np.array([one[3] for one in found], dtype=np.int64),
    )


@njit(cache=True, nogil=True)
def _disagreeing(
    asset: np.ndarray, close: np.ndarray, returns: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, implied ratio and the place of the jump that is undone (−1 none) of closes that disagree with returns."""
    found = [(0, 0.0, 0) for _ in range(0)]
    jump, taken = np.nan, -1
    for row in range(1, len(close)):
        if asset[row] != asset[row - 1]:
            jump, taken = np.nan, -1
            continue
        moved = close[row - 1] / close[row]
        gross = 1.0 + returns[row]
        if np.isnan(gross):
            gross = 1.0 if abs(1.0 / moved - 1.0) > UNBELIEVED else 1.0 / moved
        implied = gross * moved
        large = implied >= JUMP_UP or implied <= JUMP_DOWN
        if large and abs(implied * jump - 1.0) <= UNDONE_TOLERANCE:
            found.append((row, implied, taken))
            jump, taken = np.nan, -1
        elif large or implied >= 1.05:
            found.append((row, implied, -1))
            if large:
                jump, taken = implied, len(found) - 1
    n = len(found)
    rows, implied_of, back = np.empty(n, np.int64), np.empty(n), np.empty(n, np.int64)
    for k in range(n):
        rows[k], implied_of[k], back[k] = found[k]
    return rows, implied_of, back


def unknown_moves(rows: PriceRows) -> np.ndarray:
    """Return the rows whose return is unknown and whose close moved as far as a split would move it."""
    fell = np.full(len(rows.close), np.nan)
    fell[1:] = rows.close[:-1] / rows.close[1:]
    fell[1:][rows.asset[1:] != rows.asset[:-1]] = np.nan
    with np.errstate(invalid="ignore"):
        far = np.isnan(rows.returns) & ((fell >= LEAST_FALL) | (fell <= 1.0 / LEAST_RISE))
    return np.array([row for row in np.flatnonzero(far).tolist() if not _comes_back(rows, row)], dtype=np.int64)


def repeated_moves(rows: PriceRows) -> np.ndarray:
    """Return the rows whose known return is that of the closes, and whose close moved as far as a split would move it.

    Who computes returns from unadjusted closes tells every split as a loss or a gain.
    """
    moved = np.full(len(rows.close), np.nan)
    moved[1:] = rows.close[1:] / rows.close[:-1]
    moved[1:][rows.asset[1:] != rows.asset[:-1]] = np.nan
    with np.errstate(invalid="ignore"):
        same = np.abs(1.0 + rows.returns - moved) <= OF_CLOSES * np.maximum(moved, 1.0)
        far = same & ((moved <= 1.0 / LEAST_FALL) | (moved >= LEAST_RISE))
    return np.array([row for row in np.flatnonzero(far).tolist() if not _comes_back(rows, row)], dtype=np.int64)


def _comes_back(rows: PriceRows, row: int) -> bool:
    after = slice(row + 1, row + 1 + BACK_ROWS)
    own = rows.close[after][rows.asset[after] == rows.asset[row]]
    return bool((np.abs(own / rows.close[row - 1] - 1.0) <= BACK).any())
