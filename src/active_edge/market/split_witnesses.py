"""What volume and the counts of shares around a move say of it: that it is a split, that it is none, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from active_edge.market.split_moves import PriceRows
from active_edge.market.splits import SPLIT_RATIOS, SURE_RATIO

Word = Literal["agrees", "denies", ""]

WINDOW, FEWEST, HISTORY = 20, 5, 240
"""Sessions before and after whose volumes are compared; so many must be known; sessions that show how steady it is."""
LEAST_UNSTEADY, OF_A_DAY, FEWEST_BLOCKS = 0.15, 0.5, 4
"""Deviation of the log volume of one window from that of the next: never taken to be less; where fewer windows than
these tell it, this part of the deviation of a day."""
DECISIVE = 1.0
"""Log odds of a split against none at which volume speaks."""
MOST_GROWN = 1.5
"""Volume that grew by more than this power of a ratio moved on news, and speaks for nothing."""
COUNT_TOLERANCE, COUNT_SHARE = 0.1, 0.3
"""A count of shares agrees with a ratio, or with no split, within this share, and within this part of the way between
the two in logarithms: counts of a small split and of an issue are near one another."""
EXACT_RATIO = 0.005
"""Within this share growth beyond a split is that of a second one."""
OLDEST_COUNT, LATEST_COUNT = 500, 250
"""Days before and after a move in which counts speak of it."""


class Counts(NamedTuple):
    """Counts of shares of one asset by one item, in order of filing: filed, end (n,) int64 days; value (n,)."""

    filed: np.ndarray
    end: np.ndarray
    value: np.ndarray


class Traded(NamedTuple):
    """Volume around a move: medians before it, after it, and of its day; log odds of a split against none (NaN
    unknown), and whether any volume is known."""

    before: float
    after: float
    that_day: float
    odds: float
    known: bool


def growths(counts: Sequence[Counts], day: int) -> list[tuple[float, bool]]:
    """Return the growth of each count filed after a day over the last one filed before it, in order of filing.

    With each whether it counts shares of that day or later: a filing may tell a count of its period's end.
    """
    found = []
    for one in counts:
        before = np.flatnonzero((one.filed < day) & (one.filed >= day - OLDEST_COUNT) & (one.value > 0))
        after = np.flatnonzero((one.filed > day) & (one.filed <= day + LATEST_COUNT) & (one.value > 0))
        if len(before):
            last = one.value[before[-1]]
            found += [(int(one.filed[k]), float(one.value[k] / last), bool(one.end[k] >= day)) for k in after]
    return [(growth, fresh) for _, growth, fresh in sorted(found, key=lambda told: told[0])]


def counted(told: Sequence[tuple[float, bool]], ratio: float) -> Word:
    """Return what the next counts say of a ratio: the first that is like the split, or like none, decides.

    A count of a day before the move that is like none denies only where none of a later day speaks.
    """
    bound = min(np.log1p(COUNT_TOLERANCE), COUNT_SHARE * abs(np.log(ratio)))
    stale: Word = ""
    for growth, fresh in told:
        if abs(np.log(growth / ratio)) <= bound:
            return "agrees"
        if abs(np.log(growth)) <= bound:
            if fresh:
                return "denies"
            stale = "denies"
    return stale


def counted_exactly(told: Sequence[tuple[float, bool]], ratio: float) -> Word:
    """Return what the next counts say of an exact move of 2:1 and more or a reverse one: as `counted`, but an old count
    denies none where that of a later day lies beyond the split. With another usual ratio to spare it is two splits,
    else a split and an issue.
    """
    said = counted(told, ratio)
    beyond = [growth / ratio for growth, fresh in told if fresh and np.log(growth) / np.log(ratio) > 1.0]
    if said != "denies" or not beyond or 1.0 < ratio < SURE_RATIO:
        return said
    spare = np.array([max(one, 1.0 / one) for one in beyond])
    two = (np.abs(spare[:, np.newaxis] / SPLIT_RATIOS - 1.0) <= EXACT_RATIO).any()
    return "agrees" if two else ""


def traded(rows: PriceRows, row: int, ratio: float) -> Traded:
    """Return the volume around a row and the log odds of a split by `ratio` against none.

    Log volume is compared between windows of 20 sessions: unchanged where there is no split, and moved by the log ratio
    where there is one; both with the deviation that this asset's own windows show among one another before.
    """
    first = max(row - HISTORY, 0)
    own = slice(first + int(np.searchsorted(rows.asset[first:row], rows.asset[row])), row)
    end = row + int(np.searchsorted(rows.asset[row : row + WINDOW], rows.asset[row], side="right"))
    history, after = rows.volume[own], rows.volume[row:end]
    before = history[-WINDOW:]
    past, next_ = (part[np.isfinite(part) & (part > 0)] for part in (before, after))
    known = bool(np.isfinite(before).any() or np.isfinite(after).any())
    usual = float(np.median(past)) if len(past) else np.nan
    later = float(np.median(next_)) if len(next_) else np.nan
    that_day = float(rows.volume[row])
    if len(past) < FEWEST or len(next_) < FEWEST:
        return Traded(usual, later, that_day, np.nan, known)
    grown, full = np.log(later / usual), np.log(ratio)
    noise = sum(1.57 * np.var(np.log(part)) / len(part) for part in (past, next_))
    odds = (2.0 * grown * full - full**2) / (2.0 * max(unsteady(history) ** 2, noise))
    if grown / full > MOST_GROWN:
        odds = np.nan
    return Traded(usual, later, that_day, float(odds), known)


def unsteady(history: np.ndarray) -> float:
    """Return the deviation of an asset's log volume from one window to the next."""
    blocks = [history[end - WINDOW : end] for end in range(len(history), WINDOW - 1, -WINDOW)]
    logs = [np.log(np.median(sound)) for block in blocks if len(sound := block[block > 0]) >= FEWEST]
    days = np.log(history[history > 0])
    told = np.sqrt(np.mean(np.diff(logs) ** 2)) if len(logs) > FEWEST_BLOCKS else OF_A_DAY * np.std(days)
    return float(max(told, LEAST_UNSTEADY))
