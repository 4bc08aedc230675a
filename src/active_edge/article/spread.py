"""Monthly returns made of a table of companies: small against large, the good third of small ones against the bad."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import TooShort
from active_edge.errors import MissingInput

FEWEST = 30
"""Companies on either side of a month that its mean is taken of."""
THIRD = 1.0 / 3.0


def small_and_large(ground: Ground) -> pd.DataFrame:
    """(n, 2) total-return levels `small` and `large` of funds on sessions that have both.

    Raises
    ------
    MissingInput : the table has no pair of them.
    """
    frame = ground.frame("funds")
    for small in ("IWM", "VTWO", "VB", "IJR"):
        for large in ("SPY", "IWB", "VONE"):
            if small in frame and large in frame:
                both = frame[[small, large]].dropna().set_axis(["small", "large"], axis=1)
                both.attrs["names"] = f"{small} against {large}"
                return both
    raise MissingInput(
        "funds has no small-cap fund beside a large-cap one (IWM and SPY); active-edge data pull --quick"
    )


def monthly_small_minus_large(ground: Ground) -> pd.Series:
    """(n_months,) return of ranks 1001 to 3000 less that of 1 to 1000, weighted by market value, by month end."""
    rows = columns(ground.frame("companies"), ("earned", "value"), "companies")
    legs = {}
    for leg in ("small", "large"):
        inside = rows[rows[leg]]
        paid = (inside["earned"] * inside["value"]).groupby(inside["earned_by"]).sum()
        legs[leg] = paid / inside.groupby("earned_by")["value"].sum()
    gap = (legs["small"] - legs["large"]).dropna()
    return by_month_end(gap)


def by_month_end(returns: pd.Series) -> pd.Series:
    """The same returns on the ends of the months they were earned in, by the sessions they were earned by.

    In a market a month's companies are sold at the close of the session after its last: its month is that of a week
    before. Without that week each return would stand in the month after its own, beside other rates.
    """
    return returns.set_axis(pd.DatetimeIndex(returns.index) - pd.Timedelta(days=7) + pd.offsets.MonthEnd(0))


def small_rows(ground: Ground, *names: str) -> pd.DataFrame:
    """Rows of small companies that have all of the columns and a return of the month that follows."""
    rows = columns(ground.frame("companies"), (*names, "earned"), "companies")
    return rows[rows["small"]]


def sorted_spread(rows: pd.DataFrame, by: str) -> pd.Series:
    """(n_months,) equal-weighted return of the highest third by a column less that of the lowest, by month end.

    Raises
    ------
    TooShort : no month has companies enough.
    """
    return by_month_end(_of_parts(rows, by, lambda high, low, _: high - low))


def top_over_all(rows: pd.DataFrame, by: str) -> pd.Series:
    """(n_months,) equal-weighted return of the highest third by a column less that of all rows, by month end."""
    return by_month_end(_of_parts(rows, by, lambda high, _, every: high - every))


def _of_parts(rows: pd.DataFrame, by: str, combine: object) -> pd.Series:
    found = {}
    for day, month in rows.groupby("earned_by"):
        order = month[by].rank(pct=True, method="average").to_numpy()
        earned = month["earned"].to_numpy(float)
        high, low = order > 1.0 - THIRD, order <= THIRD
        if min(int(high.sum()), int(low.sum())) >= FEWEST:
            found[day] = combine(earned[high].mean(), earned[low].mean(), earned.mean())  # type: ignore[operator]
    if not found:
        raise TooShort(f"no month has {FEWEST} small companies on either side of {by}")
    return pd.Series(found).sort_index()


def standardised(values: pd.Series, dates: pd.Series) -> pd.Series:
    """Ranks within each date from −½ to ½: the only use made of a figure whose tails are wild."""
    return values.groupby(dates).rank(pct=True) - 0.5


def latest_rows(ground: Ground, *names: str) -> pd.DataFrame:
    """Rows of the last month that has enough companies with all of the columns.

    Raises
    ------
    InferenceError : none has.
    """
    rows = columns(ground.frame("companies"), names, "companies")
    counted = rows.groupby("date").size()
    enough = counted[counted >= 2 * FEWEST]
    if enough.empty:
        raise TooShort(f"no month has {2 * FEWEST} companies with {', '.join(names)}")
    return rows[rows["date"] == enough.index[-1]]


def yearly_rows(ground: Ground, *names: str) -> pd.DataFrame:
    """Rows of the last month of each year counted back from the last, so that spans of a year do not overlap."""
    rows = columns(ground.frame("companies"), names, "companies")
    dates = np.sort(rows["date"].unique())[::-1][::12]
    return rows[rows["date"].isin(dates)]
