"""What passive holders and cash earned over the sessions of a result."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.market import Market
from active_edge.sessions import sessions_between

CASH_SERIES = "RF"


MONTHLY = pd.Timedelta(days=10)
"""A series whose dates lie further apart in the middle is one of months."""


def benchmark_returns(market: Market, name: str, base: pd.Timestamp, sessions: pd.DatetimeIndex) -> pd.Series:
    """Daily simple returns of a total-return level series over the measured sessions.

    A session on which the series has no level earns 0 and the next one earns both; a run says where many in a row do.

    Raises
    ------
    MissingInput : the market lacks the series, or it does not cover the sessions.
    """
    levels = market.series(name)
    span = pd.DatetimeIndex([base, *sessions])
    if levels.index[0] > span[0] or levels.index[-1] < span[-1]:
        raise MissingInput(
            f"{name} covers {levels.index[0].date()} to {levels.index[-1].date()}, "
            f"not {span[0].date()} to {span[-1].date()}; bound the run with --from and --to"
        )
    aligned = levels.reindex(levels.index.union(span)).ffill().loc[span].to_numpy(dtype=np.float64)
    return pd.Series(aligned[1:] / aligned[:-1] - 1.0, index=sessions, name=name)


def longest_hole(market: Market, name: str, sessions: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The most of some sessions in a row on which a series has no value; empty where it has all."""
    known = np.flatnonzero(sessions.isin(market.series(name).index))
    edges = np.concatenate([[-1], known, [len(sessions)]])
    longest = int(np.diff(edges).argmax())
    return sessions[edges[longest] + 1 : edges[longest + 1]]


def cash_returns(market: Market, sessions: pd.DatetimeIndex) -> pd.Series | None:
    """Daily cash return over some sessions; None where the market has no such series, or none so early.

    A series of months is spread evenly over the sessions of each. Published with a lag: sessions after its end, and
    holes, carry the last value known, which is off by no more than the policy rate moved since; a run whose end is
    carried over more than two months says so (`judging.series_warnings`).
    """
    if CASH_SERIES not in market.series_names:
        return None
    series = market.series(CASH_SERIES)
    if _is_monthly(series.index):
        series = _daily(series)
    cash = series.reindex(series.index.union(sessions)).ffill().loc[sessions]
    return None if cash.isna().any() else cash


def _is_monthly(days: pd.DatetimeIndex) -> bool:
    return len(days) > 1 and bool(pd.Series(days).diff().median() > MONTHLY)


def _daily(monthly: pd.Series) -> pd.Series:
    """Each month's return as one equal return of each of its sessions, the month being that of the value's date."""
    of_month = pd.Series(monthly.to_numpy(dtype=np.float64), index=monthly.index.to_period("M"))
    months = of_month.index
    days = sessions_between(months[0].start_time.date().isoformat(), months[-1].end_time.date().isoformat())
    place = days.to_period("M")
    told = of_month[~months.duplicated(keep="last")].reindex(place).to_numpy()
    many = pd.Series(1, index=place).groupby(level=0).transform("sum").to_numpy()
    return pd.Series((1.0 + told) ** (1.0 / many) - 1.0, index=days, name=monthly.name).dropna()
