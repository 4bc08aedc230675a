"""Names with weekly or monthly prices among daily ones: where each is one, by its prices known on the day.

A name is sparse while hardly ever two of its prices lie as near as daily ones do. That is another thing than few
prices: an illiquid name without a row on days without trade has some on neighbouring days, and so has one that was
halted.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from active_edge.market.prices import HOLE_SESSIONS
from active_edge.market.runs import Runs
from active_edge.market.spacing import LONGEST_DAILY, LONGEST_WEEKLY
from active_edge.market.store import Market
from active_edge.sessions import SESSIONS_A_QUARTER

SPARE = 1
"""Prices of a quarter, at most, that lie near the one before: a holiday can move a weekly one to the Friday before."""
LEAST_SESSIONS = HOLE_SESSIONS + 5
"""Sessions since the first price below which nothing is said: one price and a halt must have had time to end."""
YOUNG_SESSIONS = 5
"""Sessions since the first price after which a daily name has one near another: a week."""
RECENT_SESSIONS, RECENT_PRICES = 30, 6
"""Six weeks with so many prices, a week between all of them, tell that a daily name became weekly, however seldom it
had a price before."""
LEAST_WEEKS, WEEK_SKIPS = 2, 3
"""Gaps of a week that tell it at the earliest, and sessions without a price that each leaves at least."""
CHANCE = 1e-4
"""Of as many skipped sessions, by the share of sessions that had no price before, below which it is no chance."""


def sparse_names(market: Market, rows: np.ndarray) -> np.ndarray:
    """Return ``(n_rows, n_assets)`` bool: True where a name's prices are weekly or rarer among daily ones.

    Near is at most four days after the price before. Over the trailing 63 sessions at most one price is, from the
    name's 25th session on, and none from its sixth on; or over the trailing 30 there are at least six, each five to
    ten days after the one before; or the latest two or more gaps are such, and by the prices of the quarter before
    them so many skipped sessions are no chance. A name with a price on every session that becomes weekly is told after
    two weeks, one with a price on every other after five, any after about six; one that becomes
    monthly after a quarter; either that becomes daily is none from its third such price on. Where a name prints at
    random on one session in five, 7 % of its sessions count as sparse, on two in five 0.03 %.
    Without any price in the trailing 30 nothing is said: the name is gone. All False in a market whose prices all are.

    Parameters
    ----------
    rows : (n_rows,) int64 positions of sessions.

    Timing: prices up to the close of each session.
    """
    if market.spacing != "daily":
        return np.zeros((len(rows), len(market.assets)), dtype=bool)
    close, days = market.prices.runs("close"), market.sessions.to_numpy().astype("datetime64[D]").astype(np.int64)
    first = market.prices.first[np.newaxis, :]
    listed = np.where(first >= 0, rows[:, np.newaxis] - first + 1, 0)
    daily, _, _ = _gaps(close, rows, days, SESSIONS_A_QUARTER)
    _, weekly, recent = _gaps(close, rows, days, RECENT_SESSIONS)
    alive = recent > 0
    found: np.ndarray = (listed >= LEAST_SESSIONS) & alive & (daily <= SPARE)
    young = (listed > YOUNG_SESSIONS) & (daily == 0) & alive
    turned = _turned(close, rows, days) & alive
    return np.asarray(found | young | turned | ((recent >= RECENT_PRICES) & (weekly == recent - 1)))


@njit(cache=True, nogil=True)
def _turned(close: Runs, rows: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return (n_rows, n_assets) bool: the latest gaps are weekly, and the prices before them were not so rare."""
    values, n_assets = close.values, len(close.offset)
    turned = np.zeros((len(rows), n_assets), dtype=np.bool_)
    for asset in range(n_assets):
        at, first, last = close.offset[asset], close.first[asset], close.last[asset]
        for date in range(len(rows)):
            weeks, session, after = 0, min(rows[date], last), -1
            stop = max(rows[date] - SESSIONS_A_QUARTER, first - 1)
            while session > stop:
                if not np.isnan(values[at + session]):
                    gap = days[after] - days[session] if after >= 0 else LONGEST_WEEKLY
                    skipped = after - session - 1 if after >= 0 else WEEK_SKIPS
                    if gap <= LONGEST_DAILY or gap > LONGEST_WEEKLY or skipped < WEEK_SKIPS:
                        break
                    weeks += after >= 0
                    after = session
                session -= 1
            if weeks < LEAST_WEEKS:
                continue
            count, prices = after - max(after - SESSIONS_A_QUARTER, 0), 0
            for before in range(max(after - SESSIONS_A_QUARTER, first), after):
                prices += not np.isnan(values[at + before])
            missed = 1.0 - (prices + 1.0) / (count + 2.0)
            turned[date, asset] = missed ** (WEEK_SKIPS * weeks) < CHANCE
    return turned


@njit(cache=True, nogil=True)
def _gaps(close: Runs, rows: np.ndarray, days: np.ndarray, window: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gaps between prices of the trailing `window` sessions as of daily and as of weekly ones, and the prices."""
    values, n_assets = close.values, len(close.offset)
    daily = np.zeros((len(rows), n_assets), dtype=np.int64)
    weekly, prices = daily.copy(), daily.copy()
    for asset in range(n_assets):
        at, first, last = close.offset[asset], close.first[asset], close.last[asset]
        for date in range(len(rows)):
            before = -1
            for session in range(max(rows[date] - window + 1, first), min(rows[date], last) + 1):
                if np.isnan(values[at + session]):
                    continue
                if before >= 0:
                    gap = days[session] - days[before]
                    daily[date, asset] += gap <= LONGEST_DAILY
                    weekly[date, asset] += LONGEST_DAILY < gap <= LONGEST_WEEKLY
                prices[date, asset] += 1
                before = session
    return daily, weekly, prices
