"""What the series of a market earned between the dates of returns from anywhere: days, weeks, months or quarters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.judging.market_samples import factor_names, factor_table
from active_edge.market import Market
from active_edge.run.passive import benchmark_returns, cash_returns
from active_edge.sessions import SESSIONS_A_YEAR

FARTHEST_SESSION = pd.Timedelta(days=7)
"""A date is the last session on or before it, and no farther off than this."""
LATEST_MONTH_END = pd.Timedelta(days=7)
"""A month's return is dated at its end, or so few days before it."""


@dataclass(frozen=True, eq=False)
class Spans:
    """The spans that dated returns cover, in sessions of a market; made by `of`.

    Attributes
    ----------
    dates : (n,) the dates of the returns; span k ends on ``dates[k]``.
    edges : (n + 1,) sessions; span k is from the close of ``edges[k]`` to that of ``edges[k + 1]``.
    """

    market: Market
    dates: pd.DatetimeIndex
    edges: pd.DatetimeIndex

    @classmethod
    def of(cls, market: Market, dates: pd.DatetimeIndex, periods_per_year: int) -> Spans:
        """The spans of dates with 252 (days), 52, 12 or 4 observations a year.

        Raises
        ------
        MissingInput
            The market does not cover them, two dates lie between the same sessions, or a month is not dated at its end.
        """
        daily = periods_per_year == SESSIONS_A_YEAR
        days = dates if daily else dates.insert(0, day_before(dates[0], periods_per_year))
        places = market.sessions.searchsorted(days, side="right") - 1
        far = days - market.sessions[np.maximum(places, 0)] > FARTHEST_SESSION
        if daily:
            places = np.concatenate([[places[0] - 1], places])
        if places[0] < 0 or far.any():
            raise MissingInput(
                f"returns from {dates[0].date()} to {dates[-1].date()}, and the close before them: the market has "
                f"sessions from {market.sessions[0].date()} to {market.sessions[-1].date()}; cut the returns to that"
            )
        idle = np.flatnonzero(np.diff(places) == 0)
        if len(idle):
            raise MissingInput(
                f"returns: the market has no session between {dates[idle[0]].date()} and the date before it; leave out "
                "days without trading"
            )
        return cls(market, dates, market.sessions[places])

    def benchmarks(self, names: Sequence[str]) -> tuple[dict[str, pd.Series], dict[str, str]]:
        """Total returns of level series, and why a series cannot be had for those that cannot."""
        found, missing = {}, {}
        for name in names:
            try:
                levels = benchmark_returns(self.market, name, self.edges[0], self.edges[1:])
                found[name] = levels.set_axis(self.dates)
            except MissingInput as error:
                missing[name] = str(error)
        return found, missing

    def cash(self) -> pd.Series | None:
        """Cash return of each span; None where the market has no such series."""
        sessions = self.market.sessions
        inside = sessions[(sessions > self.edges[0]) & (sessions <= self.edges[-1])]
        daily = cash_returns(self.market, inside)
        return None if daily is None else self._compounded(daily.to_frame())["RF"]

    def factors(self) -> pd.DataFrame | None:
        """Factor returns of each span, compounded from days; NaN where a day has none, None without factors."""
        names = factor_names(self.market)
        table = factor_table(self.market, names) if names else None
        return None if table is None else self._compounded(table)

    def _compounded(self, daily: pd.DataFrame) -> pd.DataFrame:
        sessions = self.market.sessions
        inside = sessions[(sessions > self.edges[0]) & (sessions <= self.edges[-1])]
        span = self.edges.searchsorted(inside, side="left") - 1
        growth = (1.0 + daily.reindex(inside)).groupby(span)
        whole = growth.count().eq(growth.size(), axis=0)
        return (growth.prod() - 1.0).where(whole).set_axis(self.dates)


def day_before(first: pd.Timestamp, periods_per_year: int) -> pd.Timestamp:
    """The day whose close the first return starts from: a weekday, a week, a month or a quarter earlier.

    Raises
    ------
    MissingInput : months and quarters that are not dated at their ends.
    """
    if periods_per_year == SESSIONS_A_YEAR:
        return first - pd.offsets.BDay(1)
    if periods_per_year == 52:
        return first - pd.Timedelta(days=7)
    end = first + pd.offsets.MonthEnd(0)
    if end - first > LATEST_MONTH_END:
        raise MissingInput(
            f"returns: {first.date()} is no end of a month; date each return on the last day of what it covers"
        )
    return end - pd.offsets.MonthEnd(12 // periods_per_year)
