"""Family *domestic*: how domestic small companies are, whether that sells, and what tariffs did to it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import (
    Columns,
    Measured,
    TooShort,
    by_companies,
    from_error,
    share_above,
    slope_within,
    told,
)
from active_edge.article.spread import latest_rows, small_rows, sorted_spread
from active_edge.article.statistics import on_ground
from active_edge.words import count, percent

MONTHS_A_YEAR = 12
BEFORE = 24
"""Months before a tariff date that its own month is held against."""


@on_ground("companies")
def domestic_gap(ground: Ground) -> Measured:
    """The mean domestic share of revenue weighted by revenue, small less large companies, at the last month."""
    rows = latest_rows(ground, "domestic", "revenue")
    rows = rows[(rows["small"] | rows["large"]) & (rows["revenue"] > 0)]

    def gap(part: Columns) -> float:
        inside, share, sales = part["small"].astype(bool), part["domestic"], part["revenue"]
        if not inside.any() or inside.all():
            return float("nan")
        means = [float(np.average(share[side], weights=sales[side])) for side in (inside, ~inside)]
        return means[0] - means[1]

    medians = [rows.loc[rows[group], "domestic"].median() for group in ("small", "large")]
    return told(
        by_companies(rows, gap, unit="of revenue"),
        ground.origin("companies"),
        f"Medians: small {percent(medians[0])}, large {percent(medians[1])}.",
    )


@on_ground("companies")
def domestic_sells(ground: Ground) -> Measured:
    """The growth of sales in a year on the domestic share a year before, small companies, with the year held fixed."""
    rows = columns(ground.frame("companies"), ("growth", "domestic"), "companies")
    rows = rows[rows["small"]].copy()
    rows["month"] = pd.DatetimeIndex(rows["date"]) + pd.offsets.MonthEnd(0)
    before = rows[["company", "month", "domestic"]].copy()
    before["month"] = before["month"] + pd.offsets.MonthEnd(MONTHS_A_YEAR)
    both = rows.merge(before, on=["company", "month"], suffixes=("_now", ""))
    both = both[both["date"].isin(np.sort(both["date"].unique())[::-1][::MONTHS_A_YEAR])].copy()
    both["growth"] = both["growth"].clip(-1.0, 2.0)
    return told(
        by_companies(
            both,
            lambda part: slope_within(part["domestic"], part["growth"], part["date"]),
            unit="of sales, from none to all domestic",
        ),
        ground.origin("companies"),
    )


@on_ground("companies")
def domestic_rising(ground: Ground) -> Measured:
    """The share of small companies whose domestic sales rose over the last year, less one half."""
    rows = columns(ground.frame("companies"), ("domestic", "revenue"), "companies")
    rows = rows[rows["small"]]
    dates = np.sort(rows["date"].unique())
    if len(dates) <= MONTHS_A_YEAR:
        raise TooShort(f"{len(dates)} months; more than {MONTHS_A_YEAR} are needed")
    then, now = dates[-1 - MONTHS_A_YEAR], dates[-1]
    both = rows[rows["date"] == now].merge(rows[rows["date"] == then], on="company", suffixes=("", "_0"))
    rose = (both["domestic"] * both["revenue"] > both["domestic_0"] * both["revenue_0"]).to_numpy()
    days = pd.Index([then, now])
    found = share_above(int(rose.sum()), len(rose), unit="of small companies, above one half", dates=days)
    return told(
        found, ground.origin("companies"), f"{int(rose.sum()):,} of {count(len(rose), 'company', 'companies')}."
    )


@on_ground("companies")
def domestic_around(ground: Ground, *, start: str, end: str) -> Measured:
    """What the most domestic third of small companies returned beyond the least in months around tariff dates.

    The mean of those months less that of the 24 before them, a month: a difference in differences.
    """
    gap = sorted_spread(small_rows(ground, "domestic"), "domestic")
    inside = gap[(gap.index >= start) & (gap.index <= end)]
    before = gap[gap.index < start].iloc[-BEFORE:]
    if len(inside) < 2 or len(before) < BEFORE:
        raise TooShort(
            f"{len(inside)} months from {start} to {end} and {len(before)} before; 2 and {BEFORE} are needed"
        )
    deviation = float(before.std(ddof=1))
    error = deviation * float(np.sqrt(1.0 / len(inside) + 1.0 / len(before)))
    found = from_error(
        float(inside.mean() - before.mean()),
        error,
        len(before) - 1,
        n=len(inside) + len(before),
        unit="a month",
        counted="month",
        dates=inside.index,
    )
    return told(found, ground.origin("companies"), series={"domestic less foreign": gap.cumsum()})
