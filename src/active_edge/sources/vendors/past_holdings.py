"""Holdings of past days: which days of which fund are asked, and what an answer for a day must be.

Month ends tell members, entrants and exits from 2006-11 on; days, from 2012-05 on, also tell prices. On a day without a
file the door answers 200 with a file dated "-": that is an answer, and final once the day is long past.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from active_edge.errors import SourceFormatError, SourceRefused
from active_edge.sessions import sessions_between
from active_edge.sources.vendors import ishares
from active_edge.sources.web.refusals import NothingThere
from active_edge.sources.web.request import Request

SOURCE = "holdings"
PREFIX = f"{SOURCE}/"
DAILY_FUNDS = ("IWM", "IWB")
"""Ranks 1 to 3,000 on every day; the small members of the other two are in month ends."""
FIRST_MONTH, FIRST_DAY = dt.date(2006, 11, 1), dt.date(2012, 5, 1)
UNPUBLISHED = (dt.date(2017, 1, 1), dt.date(2017, 7, 31))
"""No files of these months are published; only their month ends are asked, in case they ever are."""
FILE_BYTES = 45_000
"""A file on the wire, packed: measured on recorded bodies."""
PAST_DOORS = 3
"""The last door of today's file knew no past days."""
SETTLED_DAYS = 30
"""So long after a day nothing is published for it any more."""


@dataclass(frozen=True)
class Day:
    """One file: fund and day."""

    fund: str
    day: dt.date

    @property
    def key(self) -> str:
        """Name of the answer in the archive."""
        return f"{PREFIX}{self.fund}/{self.day.isoformat()}"


def day_of(key: str) -> Day:
    """Fund and day of an answer's name."""
    _, fund, day = key.split("/")
    return Day(fund, dt.date.fromisoformat(day))


def month_ends(since: dt.date, today: dt.date) -> list[Day]:
    """Last sessions of finished months, of every fund; the newest first."""
    sessions = _sessions(max(since, FIRST_MONTH), today)
    if not len(sessions):
        return []
    month = sessions.year.to_numpy() * 12 + sessions.month.to_numpy()
    last = np.append(month[1:] != month[:-1], False)
    if _next_session_is_next_month(sessions[-1]):
        last[-1] = True
    return [Day(fund, day.date()) for day in sessions[last][::-1] for fund in ishares.FUNDS]


def days(since: dt.date, today: dt.date) -> list[Day]:
    """Sessions of the funds that are asked day by day, month ends left out; the newest first."""
    sessions = _sessions(max(since, FIRST_DAY), today)
    asked = {one.day for one in month_ends(since, today)}
    low, high = UNPUBLISHED
    wanted = [s.date() for s in sessions[::-1] if s.date() not in asked and not low <= s.date() <= high]
    return [Day(fund, day) for day in wanted for fund in DAILY_FUNDS]


def _sessions(first: dt.date, today: dt.date) -> pd.DatetimeIndex:
    """Sessions up to yesterday: a day's file comes in the night after it."""
    yesterday = today - dt.timedelta(days=1)
    return sessions_between(pd.Timestamp(first), pd.Timestamp(yesterday))


def _next_session_is_next_month(session: pd.Timestamp) -> bool:
    following = sessions_between(session, session + pd.Timedelta(days=7))
    return len(following) > 1 and following[1].month != session.month


def request(one: Day, today: dt.date) -> Request:
    """The file of one fund and day, at each door in turn."""
    url, *others = [f"{door}&asOfDate={one.day:%Y%m%d}" for door in ishares.doors(one.fund)[:PAST_DOORS]]
    return Request(
        "ishares",
        one.key,
        url,
        "csv",
        max_bytes=32 << 20,
        expected_bytes=FILE_BYTES,
        missing_is_answer=True,
        absence_stands=(today - one.day).days > SETTLED_DAYS,
        check=partial(check, one),
        others=tuple(others),
    )


def check(one: Day, body: bytes) -> None:
    """Refuse a body that is not the holdings of that day.

    Raises
    ------
    NothingThere
        Nothing was published for the day.
    SourceFormatError
        It is of another day, or `ishares.parse` cannot read it.
    """
    try:
        found = ishares.parse(body, where=one.key)
    except SourceRefused as error:
        raise NothingThere from error
    if found.as_of.date() != one.day:
        raise SourceFormatError(f"{one.key}: holdings as of {found.as_of:%Y-%m-%d} came for {one.day}")
