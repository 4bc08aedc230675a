"""Who was listed when, under which ticker: the firms of a path as securities, placed on the calendar of sessions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.sessions import sessions_between
from active_edge.simulated import laws
from active_edge.simulated.grid import DISTRESS, MERGER, NO_EXIT
from active_edge.simulated.path import Path
from active_edge.simulated.weather import WARM_UP_MONTHS

_SIC = (
    "1311 1531 2000 2211 2621 2834 2836 2911 3312 3559 3571 3674 3714 3845 4213 4813 "
    "4911 4924 5045 5311 5812 6022 6022 6311 6798 7311 7372 7372 7389 8071 8711 1000"
)
SIC_CODES = np.array(_SIC.split(), dtype=np.int64)
"""Industries firms are drawn from, each as likely as it is written."""
REUSE_AFTER_MONTHS = 3
REUSED_SHARE = 0.3


@dataclass(frozen=True)
class Calendar:
    """Sessions of a market by path month.

    sessions: (n_sessions,) · first (T + 1,) int64: index of the first session of each path month; months of the
    warm-up have none · month_end (T,) datetime64[D]: last calendar day of each path month.
    """

    sessions: pd.DatetimeIndex
    first: np.ndarray
    month_end: np.ndarray


@dataclass(frozen=True)
class Listings:
    """The firms that were ever listed within the sessions, in the order of their asset ids; arrays (n,).

    firm: row of the path's traits · slot · birth: path month at whose end the firm was there, −1 before all ·
    first_month, last_month: path months with prices · first_session, last_session: indices of its sessions ·
    exit_kind: `NO_EXIT`, `DISTRESS` or `MERGER` · exit_return: from the last price to what holders got; a
    merger's premium is in the price before, so 0 · asset, ticker: object arrays of str.
    """

    firm: np.ndarray
    slot: np.ndarray
    birth: np.ndarray
    first_month: np.ndarray
    last_month: np.ndarray
    first_session: np.ndarray
    last_session: np.ndarray
    exit_kind: np.ndarray
    exit_return: np.ndarray
    asset: np.ndarray
    ticker: np.ndarray


def make_calendar(path: Path) -> Calendar:
    """Place the path's months on the XNYS calendar, the last one in December of the last year."""
    year = path.knobs.first_year
    T = len(path.weather.cash)
    sessions = sessions_between(f"{year}-01-01", f"{year + path.knobs.years - 1}-12-31")
    ahead = np.arange(T + 1) - WARM_UP_MONTHS
    months = np.datetime64(f"{year}-01", "M") + ahead.astype("timedelta64[M]")
    first = np.searchsorted(sessions.to_numpy().astype("datetime64[M]"), months, side="left")
    return Calendar(sessions, first.astype(np.int64), months[1:].astype("datetime64[D]") - np.timedelta64(1, "D"))


def list_firms(path: Path, calendar: Calendar) -> Listings:
    """Place every firm's first and last session inside its months and give it an asset id and a ticker.

    A firm that exits has its last session inside the month of its exit; the newcomer in its slot is first listed
    later in the same month. A ticker may be used again by another asset once its firm has been gone for
    `REUSE_AFTER_MONTHS`.
    """
    rng = np.random.default_rng([path.knobs.seed, 2])
    grid = path.grid
    T, S = grid.firm.shape
    n_firms = len(path.birth)
    slot = np.empty(n_firms, np.int64)
    slot[:S] = np.arange(S)
    death = np.full(n_firms, T, np.int64)
    kind = np.zeros(n_firms, np.int8)
    drop = np.zeros(n_firms)
    exit_month, exit_slot = np.nonzero(grid.exit_kind)
    newcomer = grid.firm[exit_month, exit_slot]
    holder_before = np.vstack([np.arange(S, dtype=np.int32)[None], grid.firm[:-1]])
    leaver = holder_before[exit_month, exit_slot]
    slot[newcomer] = exit_slot
    death[leaver] = exit_month
    kind[leaver] = grid.exit_kind[exit_month, exit_slot]
    drop[leaver] = np.where(kind[leaver] == MERGER, 0.0, grid.exit_return[exit_month, exit_slot])
    length = np.diff(calendar.first)
    exit_day, list_day = np.zeros(n_firms, np.int64), np.zeros(n_firms, np.int64)
    days = length[exit_month]
    exit_day[leaver] = 2 + (rng.random(len(leaver)) * np.maximum(days - 7, 1)).astype(np.int64)
    list_day[newcomer] = (
        exit_day[leaver] + 1 + (rng.random(len(leaver)) * np.maximum(days - exit_day[leaver] - 2, 1)).astype(np.int64)
    )
    keep = np.flatnonzero(death >= WARM_UP_MONTHS)
    birth = path.birth.astype(np.int64)
    first_month = np.maximum(birth, WARM_UP_MONTHS)[keep]
    last_month = np.minimum(death, T - 1)[keep]
    fresh = birth[keep] >= WARM_UP_MONTHS
    first_session = calendar.first[first_month] + np.where(fresh, list_day[keep], 0)
    gone = death[keep] < T
    last_session = np.where(gone, calendar.first[last_month] + exit_day[keep], calendar.first[last_month + 1] - 1)
    return Listings(
        firm=keep,
        slot=slot[keep],
        birth=birth[keep],
        first_month=first_month,
        last_month=last_month,
        first_session=first_session,
        last_session=last_session,
        exit_kind=kind[keep],
        exit_return=drop[keep],
        asset=np.array([f"SIM{number:06d}" for number in keep], dtype=object),
        ticker=_tickers(rng, first_month, last_month, gone),
    )


def _tickers(rng: np.random.Generator, first_month: np.ndarray, last_month: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """Give each firm a ticker of four letters, in order of listing; some are those of firms long gone."""
    n = len(first_month)
    code = rng.permutation(26**4)[:n]
    fresh = ["".join(chr(65 + int(c) // 26**p % 26) for p in (3, 2, 1, 0)) for c in code]
    ticker = np.empty(n, dtype=object)
    reuse = rng.random(n) < REUSED_SHARE
    leaving = np.flatnonzero(gone)[np.argsort(last_month[gone], kind="stable")]
    free: list[str] = []
    next_leaver = 0
    for i in np.argsort(first_month, kind="stable"):
        while next_leaver < len(leaving) and last_month[leaving[next_leaver]] + REUSE_AFTER_MONTHS <= first_month[i]:
            free.append(ticker[leaving[next_leaver]])
            next_leaver += 1
        ticker[i] = free.pop() if reuse[i] and free else fresh[i]
    return ticker


def securities_frame(path: Path, listings: Listings, calendar: Calendar) -> pd.DataFrame:
    """The securities table: columns of `schema.SECURITIES`, one row a listing."""
    rng = np.random.default_rng([path.knobs.seed, 3])
    trait = path.traits[listings.firm]
    n = len(listings.firm)
    day = calendar.sessions.to_numpy()
    gone = listings.exit_kind != NO_EXIT
    reason = np.array([None, "distress", "merger"], dtype=object)[listings.exit_kind]
    unrecorded = (listings.exit_kind == DISTRESS) & (rng.random(n) < 0.15)
    return pd.DataFrame(
        {
            "asset": listings.asset,
            "ticker": listings.ticker,
            "name": [f"Simulated Company {number}" for number in listings.firm],
            "cik": 9_000_000 + listings.firm,
            "exchange": np.where(trait[:, laws.NYSE] > 0.5, "NYSE", "NASDAQ").astype(object),
            "sic": SIC_CODES[trait[:, laws.SECTOR].astype(np.int64) % len(SIC_CODES)],
            "security_type": np.full(n, "common", dtype=object),
            "first_session": day[listings.first_session],
            "last_session": np.where(gone, day[listings.last_session], np.datetime64("NaT", "ns")),
            "exit_reason": reason,
            "exit_return": np.where(gone & ~unrecorded, listings.exit_return, np.nan),
        }
    )
