"""The XNYS calendar: which days trade, when a filing can first be used, when portfolios are rebuilt."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from active_edge.errors import ConfigError

Schedule = Literal["monthly", "quarterly", "semiannual", "annual"]
Day: TypeAlias = str | pd.Timestamp | np.datetime64

SESSIONS_A_MONTH, SESSIONS_A_QUARTER, SESSIONS_A_YEAR = 21, 63, 252
MONTHS_APART: dict[str, int] = {"monthly": 1, "quarterly": 3, "semiannual": 6, "annual": 12}


@lru_cache(maxsize=32)
def _sessions_of_years(first: int, last: int) -> pd.DatetimeIndex:
    """Return every XNYS session from 1 January of `first` to 31 December of `last`."""
    import exchange_calendars

    with warnings.catch_warnings():
        # The package reads Series.values of zoned times, which pandas 3.1 deprecates; its result is unaffected.
        warnings.simplefilter("ignore", DeprecationWarning)
        calendar = exchange_calendars.get_calendar("XNYS", start=f"{first}-01-01", end=f"{last}-12-31")
    return pd.DatetimeIndex(calendar.sessions.to_numpy(), name="session").as_unit("ns")


def sessions_between(start: Day, end: Day) -> pd.DatetimeIndex:
    """Return the XNYS sessions from `start` to `end`, both included.

    Returns
    -------
    DatetimeIndex
        Naive midnights, sorted, unit ns, named ``session``; empty where no session lies between.

    Source: the `exchange_calendars` package (NYSE holidays, one-off closures and early days).
    """
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    if last < first:
        return pd.DatetimeIndex([], dtype="datetime64[ns]", name="session")
    sessions = _sessions_of_years(first.year, last.year)
    return sessions[sessions.searchsorted(first) : sessions.searchsorted(last, side="right")]


def is_session(dates: pd.DatetimeIndex) -> np.ndarray:
    """Return a bool array: which of `dates` are XNYS sessions (days of any order, repeats allowed)."""
    days = pd.DatetimeIndex(dates)
    if len(days) == 0:
        return np.zeros(0, dtype=bool)
    return np.asarray(days.isin(sessions_between(days.min(), days.max())))


def knowable(filed: pd.DatetimeIndex | np.ndarray, sessions: pd.DatetimeIndex) -> np.ndarray:
    """Return for each filing day the index of the first session whose close may use it.

    Parameters
    ----------
    filed
        Days on which the public could read something; any order.
    sessions
        Sorted sessions.

    Returns
    -------
    numpy.ndarray
        int64, same length as `filed`: index of the first session on or after `filed`; 0 where it lies before the
        first session, ``len(sessions)`` where it lies after the last one (never known inside this market).

    Timing: a fact filed on a session is used at that session's close at the earliest; the order goes in at the next.
    """
    days = np.asarray(filed, dtype="datetime64[D]")
    return np.searchsorted(sessions.to_numpy().astype("datetime64[D]"), days, side="left").astype(np.int64)


def rebalance_sessions(sessions: pd.DatetimeIndex, schedule: Schedule, *, month_offset: int = 0) -> pd.DatetimeIndex:
    """Return the last session of every period of `schedule` that ends inside `sessions`.

    Parameters
    ----------
    sessions
        Sorted sessions of a market.
    schedule
        ``monthly``; ``quarterly`` (March, June, September, December); ``semiannual`` (June, December); ``annual``
        (December).
    month_offset
        Months by which the period ends are shifted later, less than the months in a period.

    Returns
    -------
    DatetimeIndex
        Subset of `sessions`. The last month counts only if the last XNYS session of that month is in `sessions`: a
        market that ends on the 15th has no rebalance on the 15th.

    Raises
    ------
    ConfigError
        Unknown schedule, or an offset outside 0 .. months in a period − 1.
    """
    if schedule not in get_args(Schedule):
        raise ConfigError(f"schedule: {schedule!r} is not one of {', '.join(get_args(Schedule))}")
    step = MONTHS_APART[schedule]
    if not 0 <= month_offset < step:
        raise ConfigError(f"month_offset: {month_offset} is outside 0 .. {step - 1} for a {schedule} schedule")
    if len(sessions) == 0:
        return sessions
    month = sessions.year.to_numpy() * 12 + sessions.month.to_numpy() - 1
    ends_month = np.append(month[1:] != month[:-1], True)
    month_end = sessions[-1] + pd.offsets.MonthEnd(0)
    if len(sessions_between(sessions[-1] + pd.Timedelta(days=1), month_end)):
        ends_month[-1] = False
    return sessions[ends_month & ((month + 1 - month_offset) % step == 0)]
