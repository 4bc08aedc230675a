"""The benchmark indices of the simulated market, as monthly weights: small-cap, earnings-screened, momentum.

Weights of month t are held from the end of month t − 1 by the firms in their slots. Ranking day is the end of May,
and a new list holds from the end of June, as the Russell indices did it to 2016 and do it again in spirit since.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from active_edge.simulated import laws
from active_edge.simulated.path import Path
from active_edge.simulated.weather import WARM_UP_MONTHS

UPPER_RANK, LOWER_RANK = 1000, 3000
EARNINGS_RANK = 2000
BAND = 0.025
"""Incumbents within this much cumulative value of the upper breakpoint stay where they are."""
FEE_YEARLY = {"IWM": 0.0019, "IJR": 0.0006}
POSITIVE_EARNINGS_QUALITY = -0.4
"""Reported quality above which a firm's last four quarters earned a profit, as the statements are drawn."""
PORTFOLIOS = ("IWM", "IJR", "WINNERS", "LOSERS")
RANK_MONTH, EFFECTIVE_MONTH = 5, 6


class Indices(NamedTuple):
    """weights (T, S, 4): `PORTFOLIOS`, each summing to 1 over slots from the end of the warm-up on, 0 before ·
    member (T, S) bool: the small-cap index holds the slot's firm over month t."""

    weights: np.ndarray
    member: np.ndarray


def build_indices(path: Path) -> Indices:
    """Weights of all portfolios of a path.

    Timing: membership uses values of the ranking day (and, for the earnings screen, what was filed by then); weights
    are float values at the end of the month before; a newcomer waits for the next list.
    """
    T, S = path.grid.firm.shape
    weights, member = np.zeros((T, S, len(PORTFOLIOS)), np.float32), np.zeros((T, S), bool)
    floating = 1 - path.traits[:, laws.INSIDER]
    start = WARM_UP_MONTHS - 7
    small = screened = np.full(S, -1)
    ranked: tuple[np.ndarray, np.ndarray] | None = None
    for t in range(start, T):
        month = path.weather.calendar_month[t - 1]
        if ranked is None or month == RANK_MONTH:
            ranked = _rank(path, t - 1, small)
        if month == EFFECTIVE_MONTH or t == start:
            small, screened = ranked
        if t < WARM_UP_MONTHS:
            continue
        holder = path.grid.firm[t - 1]
        value = np.exp(path.grid.log_value[t - 1].astype(np.float64))
        member[t] = small == holder
        for k, listed in enumerate((small, screened)):
            held = np.where(listed == holder, value * floating[holder], 0.0)
            weights[t, :, k] = held / held.sum()
        weights[t, :, 2:] = _momentum(path, t, value).T
    return Indices(weights, member)


def _rank(path: Path, t: int, incumbents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Firm numbers by slot (−1 none) that the two lists will hold, ranked at the end of month t."""
    holder = path.grid.firm[t]
    value = np.exp(path.grid.log_value[t].astype(np.float64))
    rank = np.empty(len(value), np.int64)
    order = np.argsort(-value, kind="stable")
    rank[order] = np.arange(len(value))
    share = np.empty(len(value))
    share[order] = np.cumsum(value[order]) / value.sum()
    breakpoint_share = share[order[min(UPPER_RANK, len(order)) - 1]]
    small = (rank >= UPPER_RANK) & (rank < LOWER_RANK)
    if (incumbents >= 0).any():
        within = np.abs(share - breakpoint_share) <= BAND
        was_small = incumbents == holder
        small = np.where(within & (rank < LOWER_RANK), was_small | (small & _is_new(path, holder, t)), small)
    if not small.any():
        small = rank >= len(rank) // 3
    screened = small & (rank < max(EARNINGS_RANK, len(rank) // 2)) & (path.grid.known[t] > POSITIVE_EARNINGS_QUALITY)
    return np.where(small, holder, -1), np.where(screened, holder, -1)


def _is_new(path: Path, holder: np.ndarray, t: int) -> np.ndarray:
    """Firms listed in the last twelve months: no incumbents of either side, they take the raw breakpoint."""
    return np.asarray(path.birth[holder] > t - 12)


def _momentum(path: Path, t: int, value: np.ndarray) -> np.ndarray:
    """Value weights (2, S) of winners and losers over month t: 30 % tails of the return from 12 to 2 months before it,
    within the larger and the smaller half, halves equal."""
    grid = path.grid
    same = grid.firm[t - 1] == grid.firm[max(t - 12, 0)]
    past = np.log1p(grid.base[max(t - 12, 0) + 1 : t - 1]).sum(0)
    weights = np.zeros((2, len(value)))
    large = value >= np.median(value)
    for half in (large & same, ~large & same):
        low, high = np.quantile(past[half], [0.3, 0.7])
        for side, chosen in enumerate((half & (past >= high), half & (past <= low))):
            held = np.where(chosen, value, 0.0)
            weights[side] += 0.5 * held / held.sum()
    return weights


def month_returns(path: Path, weights: np.ndarray) -> np.ndarray:
    """Simple monthly returns (T, K) of weights (T, S, K), exits included, before fees; NaN where there are none."""
    total = (1 + path.grid.base.astype(np.float64)) * (1 + path.grid.exit_return) - 1
    result: np.ndarray = (total[:, :, None] * weights).sum(axis=1)
    result[weights.sum(1) == 0] = np.nan
    return result
