"""Daily returns to complete calendar months: the frequency at which edges are judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

MONTHS_A_YEAR = 12.0
WEEKS_A_MONTH = 4
WEEK_DAYS = 7
"""A series with more days than this between two values is one of months."""


@dataclass(frozen=True, eq=False)
class Months:
    """Which rows of a dated series make up each month; made by `calendar`, `of`, `blocks` or `each`.

    Attributes
    ----------
    dates : (n_months,) last date of each month.
    starts, stops : (n_months,) int; month m is rows ``starts[m]`` to ``stops[m]``, the latter excluded. Consecutive.
    periods_per_year : months a year: 12, or 13 of four weeks.
    """

    dates: pd.DatetimeIndex
    starts: np.ndarray
    stops: np.ndarray
    periods_per_year: float

    @classmethod
    def calendar(cls, dates: pd.DatetimeIndex, sessions: pd.DatetimeIndex) -> Months:
        """Calendar months of which the series has the first and the last session; a partial one is never scaled.

        Parameters
        ----------
        dates : of the series. A hole between the first and the last is refused by `Sample.against`, not here.
        sessions : every session around them.
        """
        own, market = dates.to_period("M"), sessions.to_period("M")
        changes = np.flatnonzero(np.asarray(own[1:] != own[:-1])) + 1
        bounds = np.concatenate([[0], changes, [len(dates)]]) if len(dates) else np.empty(0, dtype=np.int64)
        starts, stops = bounds[:-1].astype(np.int64), bounds[1:].astype(np.int64)
        first = sessions[market.searchsorted(own[starts], side="left")]
        last = sessions[market.searchsorted(own[starts], side="right") - 1]
        whole = np.asarray((dates[starts] <= first) & (dates[stops - 1] >= last))
        # Only the ends of a series can be partial; months between them are complete whatever another calendar says.
        inner = slice(0 if whole[:1].all() else 1, len(whole) if whole[-1:].all() else len(whole) - 1)
        return cls(dates[stops[inner] - 1], starts[inner], stops[inner], MONTHS_A_YEAR)

    @classmethod
    def of(cls, dates: pd.DatetimeIndex) -> Months:
        """Calendar months of a series, the first and the last from what it has of them."""
        return cls.calendar(dates, dates)

    @classmethod
    def blocks(cls, dates: pd.DatetimeIndex) -> Months:
        """Months of four weeks of a weekly series, from its end backwards."""
        stops = np.arange(len(dates), WEEKS_A_MONTH - 1, -WEEKS_A_MONTH)[::-1]
        return cls(dates[stops - 1], stops - WEEKS_A_MONTH, stops, 52.0 / WEEKS_A_MONTH)

    @classmethod
    def each(cls, dates: pd.DatetimeIndex, periods_per_year: float) -> Months:
        """Every row by itself: a series of months or quarters."""
        rows = np.arange(len(dates))
        return cls(dates, rows, rows + 1, periods_per_year)

    @property
    def n(self) -> int:
        """Number of months, or of quarters."""
        return len(self.dates)

    @property
    def calendar_months(self) -> float:
        """How many calendar months they span."""
        return self.n * MONTHS_A_YEAR / self.periods_per_year

    def compound(self, returns: np.ndarray) -> np.ndarray:
        """Π(1 + r) − 1 of each month: (n_dates,) or (n_dates, k) simple returns to (n_months,) or (n_months, k).

        NaN where a day of the month is NaN.
        """
        if not self.n:
            return np.empty((0, *returns.shape[1:]))
        if (self.stops - self.starts == 1).all():
            return np.asarray(np.array(returns, dtype=np.float64)[self.starts])
        inside = (1.0 + np.asarray(returns, dtype=np.float64))[self.starts[0] : self.stops[-1]]
        return np.asarray(np.multiply.reduceat(inside, self.starts - self.starts[0], axis=0) - 1.0)

    def of_table(self, table: pd.DataFrame, dates: pd.DatetimeIndex) -> pd.DataFrame:
        """Returns of several series by month, NaN where one has none.

        A series of months is taken as it is, for the published months of a factor are not quite its compounded days;
        one of days is compounded over the days of each month.

        Parameters
        ----------
        table : simple returns, one column a series, NaN where it has none.
        dates : the dated series that these are the months of.
        """
        columns = {}
        for name in table:
            series = table[name].dropna()
            if len(series) > 1 and np.median(np.diff(series.index).astype("timedelta64[D]").astype(int)) > WEEK_DAYS:
                by_month = series.set_axis(series.index.to_period("M"))
                columns[name] = by_month.reindex(self.dates.to_period("M")).to_numpy()
            else:
                columns[name] = self.compound(series.reindex(dates).to_numpy())
        return pd.DataFrame(columns, index=self.dates)
