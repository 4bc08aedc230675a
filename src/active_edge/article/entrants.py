"""Family *entrants*: how many companies there are, who comes in, and what leaving the poor ones out is worth."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import Measured, TooShort, annual_mean, from_error, told
from active_edge.article.spread import by_month_end, small_rows
from active_edge.article.statistics import on_ground
from active_edge.errors import InferenceError
from active_edge.words import percent

FEWEST_COHORTS = 8
FEWEST_ENTRANTS = 10


@on_ground("firm_counts")
def listings_trend(ground: Ground, *, since: str = "1997-01-01") -> Measured:
    """The annual mean of monthly changes of the log number of listed companies.

    A count drifts, so a line through it would see trends in any walk: its changes are tested instead. Changes beyond a
    tenth in a month are an exchange that joins the data, and are left out.
    """
    counted = ground.frame("firm_counts")["listed"].dropna()
    counted = counted[(counted > 0) & (counted.index >= since)]
    change = np.log(counted).diff().dropna()
    change = change[change.abs() < 0.1]
    if len(change) < 24:
        raise TooShort(f"{len(change)} months of counts since {since[:7]}; 24 are needed")
    regular = change.reindex(pd.date_range(change.index[0], change.index[-1], freq="ME"), fill_value=0.0)
    found = annual_mean(regular)
    return told(
        found,
        ground.origin("firm_counts"),
        f"{int(counted.iloc[0]):,} at {counted.index[0]:%Y-%m}, most {int(counted.max()):,} at "
        f"{counted.idxmax():%Y-%m}, {int(counted.iloc[-1]):,} at {counted.index[-1]:%Y-%m}.",
        series={"listed": counted},
    )


@on_ground("companies")
def entrants_quality(ground: Ground) -> Measured:
    """The yearly change of the share of loss-makers among the companies that were listed within the year.

    Theil-Sen slope over the cohorts, Mann-Kendall for its chance: no shape of a trend is assumed.

    Source: Mann (1945), doi:10.2307/1907187; Sen (1968), doi:10.1080/01621459.1968.10480934.
    """
    rows = columns(ground.frame("companies"), ("age", "earnings"), "companies")
    fresh = rows[rows["age"] < 1.0].copy()
    fresh["year"] = pd.DatetimeIndex(fresh["date"]).year
    fresh = fresh.sort_values("date").drop_duplicates(["company", "year"], keep="last")
    shares = fresh.assign(loses=fresh["earnings"] < 0).groupby("year")["loses"].agg(["mean", "size"])
    shares = shares[shares["size"] >= FEWEST_ENTRANTS]
    found = mann_kendall(shares["mean"])
    first, last = shares["mean"].iloc[0], shares["mean"].iloc[-1]
    return told(
        found,
        ground.origin("companies"),
        f"Loss-makers among entrants: {percent(first, 0)} in {shares.index[0]}, {percent(last, 0)} in "
        f"{shares.index[-1]}; {int(shares['size'].sum()):,} entrants.",
        series={"loss-makers among entrants": _by_year(shares["mean"])},
    )


def mann_kendall(values: pd.Series) -> Measured:
    """The Theil-Sen slope of yearly values with the chance of Kendall's S, ties allowed for.

    Raises
    ------
    InferenceError : fewer than eight years, or all alike.
    """
    y, x = values.to_numpy(float), np.asarray(values.index, dtype=float)
    n = len(y)
    if n < FEWEST_COHORTS:
        raise TooShort(f"{n} yearly cohorts; at least {FEWEST_COHORTS} are needed")
    first, second = np.triu_indices(n, 1)
    s = float(np.sign(y[second] - y[first]).sum())
    ties = np.unique(y, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18.0
    slopes = np.sort((y[second] - y[first]) / (x[second] - x[first]))
    if variance <= 0 or np.ptp(y) == 0:
        raise InferenceError("all cohorts are alike")
    z = (s - math.copysign(min(1.0, abs(s)), s)) / math.sqrt(variance)
    reach = 1.959964 * math.sqrt(variance)
    low = slopes[max(0, math.floor((len(slopes) - reach) / 2) - 1)]
    high = slopes[min(len(slopes) - 1, math.ceil((len(slopes) + reach) / 2))]
    estimate = float(np.median(slopes))
    error = max(float(high - low) / (2 * 1.959964), 1e-12)
    days = pd.Index([pd.Timestamp(int(x[0]), 12, 31), pd.Timestamp(int(x[-1]), 12, 31)])
    found = from_error(estimate, error, math.inf, n=n, unit="a year", counted="cohort", dates=days)
    from scipy.special import ndtr

    return replace(found, interval=(float(low), float(high)), p=2.0 * float(ndtr(-abs(z))))


@on_ground("sorted")
def without_unprofitable(ground: Ground) -> Measured:
    """What the smallest fifth of companies pays without its least profitable fifth beyond what it pays with it.

    Portfolios on paper by size and operating profitability; weighted by market value where it is known.
    """
    table = ground.frame("sorted")
    names = [f"ME1_OP{group}" for group in range(1, 6)]
    small = columns(table, tuple(names), "sorted")[names]
    weights = _weights(ground, small)
    every = (small * weights).sum(axis=1) / weights.sum(axis=1)
    kept = (small[names[1:]] * weights[names[1:]]).sum(axis=1) / weights[names[1:]].sum(axis=1)
    gap = kept - every
    return told(annual_mean(gap), ground.origin("sorted"), series={"without the least profitable": gap.cumsum()})


@on_ground("companies")
def without_poor_entrants(ground: Ground) -> Measured:
    """What small companies pay without loss-making ones listed less than three years ago, beyond what all pay."""
    rows = small_rows(ground, "age", "earnings", "value")
    poor = (rows["age"] < 3.0) & (rows["earnings"] < 0)
    gap = by_month_end(_weighted(rows[~poor]) - _weighted(rows))
    share = float(rows.loc[poor, "value"].sum() / rows["value"].sum())
    found = annual_mean(gap.dropna())
    return told(
        found,
        ground.origin("companies"),
        f"Left out: {percent(share)} of market value.",
        series={"without poor entrants": gap.cumsum()},
    )


@on_ground("companies")
def poor_entrants_lag(ground: Ground) -> Measured:
    """What loss-making small companies listed less than three years ago return beyond all small ones, a year."""
    rows = small_rows(ground, "age", "earnings", "value")
    poor = (rows["age"] < 3.0) & (rows["earnings"] < 0)
    gap = by_month_end((_weighted(rows[poor]) - _weighted(rows)).dropna())
    return told(annual_mean(gap), ground.origin("companies"), series={"poor entrants": gap.cumsum()})


def _weighted(rows: pd.DataFrame) -> pd.Series:
    paid = (rows["earned"] * rows["value"]).groupby(rows["earned_by"]).sum()
    return paid / rows.groupby("earned_by")["value"].sum()


def _weights(ground: Ground, small: pd.DataFrame) -> pd.DataFrame:
    if ground.has("capital"):
        return ground.frame("capital").reindex(small.index)[list(small)].ffill().bfill()
    return pd.DataFrame(1.0, index=small.index, columns=small.columns)


def _by_year(values: pd.Series) -> pd.Series:
    return values.set_axis(pd.to_datetime([f"{year}-12-31" for year in values.index]))
