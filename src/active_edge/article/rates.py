"""Family *rates*: what rates, spreads and the VIX do to small companies beside large ones, and to their interest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import Columns, Measured, by_companies, scaled, slope, slope_within, told
from active_edge.article.spread import monthly_small_minus_large, small_and_large, small_rows, sorted_spread
from active_edge.article.statistics import on_ground
from active_edge.errors import MissingInput

MONTHS_A_YEAR = 12


@on_ground("funds", "rates")
def small_on_rate(ground: Ground, *, rate: str = "DGS2") -> Measured:
    """What small-cap funds return beyond large-cap ones on a month in which a yield rises by one percentage point.

    Monthly log differences on monthly changes of the yield: the market's surprise, not the central bank's act.
    """
    gap = _fund_gap(ground)
    move = _monthly_change(ground, rate)
    found = slope(gap, move.to_frame(rate), unit=f"for a percentage point of {rate}", counted="month")
    return told(found, f"{ground.origin('funds')}; {ground.origin('rates')}", series={"small less large": gap.cumsum()})


@on_ground("funds", "rates")
def small_on_volatility(ground: Ground, *, rate: str = "VIXCLS") -> Measured:
    """What small-cap funds return beyond large-cap ones on a month in which the VIX rises by ten points."""
    gap = _fund_gap(ground)
    move = _monthly_change(ground, rate)
    found = scaled(slope(gap, move.to_frame(rate), unit="", counted="month"), 10.0, unit=f"for ten points of {rate}")
    return told(found, f"{ground.origin('funds')}; {ground.origin('rates')}", series={"small less large": gap.cumsum()})


@on_ground("companies", "rates")
def companies_on_rate(ground: Ground, *, rate: str = "FEDFUNDS") -> Measured:
    """The same as `small_on_rate` with ranks 1001 to 3000 and 1 to 1000 of a market, by market value."""
    gap = monthly_small_minus_large(ground)
    name = rate if rate in ground.frame("rates") else "FEDFUNDS"
    move = _monthly_change(ground, name)
    found = slope(gap, move.to_frame(name), unit=f"for a percentage point of {name}", counted="month")
    return told(
        found, f"{ground.origin('companies')}; {ground.origin('rates')}", series={"small less large": gap.cumsum()}
    )


@on_ground("funds", "rates")
def small_on_ten_years(ground: Ground) -> Measured:
    """What small-cap funds lose beyond large-cap ones on a month in which the ten-year yield rises by one point.

    The return's side of a squeeze: above zero where small companies suffer more.
    """
    return scaled(small_on_rate(ground, rate="DGS10"), -1.0, unit="lost for a percentage point of DGS10")


@on_ground("companies", "rates")
def companies_on_rate_squeeze(ground: Ground) -> Measured:
    """What small companies lose beyond large ones on a month in which the policy rate rises by one point."""
    return scaled(companies_on_rate(ground), -1.0, unit="lost for a percentage point of FEDFUNDS")


@on_ground("companies", "rates")
def floating_on_rate(ground: Ground, *, rate: str = "DGS2") -> Measured:
    """What small companies with most floating debt return beyond those with least, by a yield's rise."""
    gap = sorted_spread(small_rows(ground, "floating"), "floating")
    name = rate if rate in ground.frame("rates") else "FEDFUNDS"
    found = slope(
        gap, _monthly_change(ground, name).to_frame(name), unit=f"for a percentage point of {name}", counted="month"
    )
    return told(
        found, f"{ground.origin('companies')}; {ground.origin('rates')}", series={"floating less fixed": gap.cumsum()}
    )


@on_ground("companies", "rates")
def interest_on_policy(ground: Ground) -> Measured:
    """The change of interest over debt in a year, on the change of the policy rate times the floating share.

    One, if floating debt were repriced at once and in full. Companies are drawn anew, each with all its years.
    """
    rows = columns(ground.frame("companies"), ("interest", "floating"), "companies").copy()
    rate = columns(ground.frame("rates"), ("FEDFUNDS",), "rates")["FEDFUNDS"] / 100.0
    yearly = rate.resample("ME").last().ffill()
    yearly_mean = yearly.rolling(MONTHS_A_YEAR).mean()
    rows["month"] = pd.DatetimeIndex(rows["date"]) + pd.offsets.MonthEnd(0)
    change = (yearly_mean - yearly_mean.shift(MONTHS_A_YEAR)).to_frame("policy")
    rows = rows.join(change, on="month")
    rows = rows.sort_values("date")
    before = rows[["company", "month", "interest", "floating"]].copy()
    before["month"] = before["month"] + pd.offsets.MonthEnd(MONTHS_A_YEAR)
    both = rows.merge(before, on=["company", "month"], suffixes=("", "_before"))
    both["change"] = both["interest"] - both["interest_before"]
    both["pushed"] = both["policy"] * both["floating_before"]
    both = both.dropna(subset=["change", "pushed"])
    both = both[both["date"].isin(np.sort(both["date"].unique())[::-1][::MONTHS_A_YEAR])]
    limit = both["change"].abs().quantile(0.99) if len(both) else 0.0
    both = both[both["change"].abs() <= limit]
    found = by_companies(
        both,
        lambda part: slope_within(part["pushed"], part["change"], part["date"]),
        unit="for a point of rate × share",
    )
    return told(found, f"{ground.origin('companies')}; {ground.origin('rates')}", plain=True)


def _pushed(part: Columns) -> float:
    return slope_within(part["pushed"], part["change"], part["date"])


def _fund_gap(ground: Ground) -> pd.Series:
    monthly = np.log(small_and_large(ground)).resample("ME").last().diff()
    return (monthly["small"] - monthly["large"]).dropna().iloc[:-1]


def _monthly_change(ground: Ground, name: str) -> pd.Series:
    frame = ground.frame("rates")
    if name not in frame:
        raise MissingInput(f"rates has no {name}; active-edge data pull --quick brings it")
    return frame[name].dropna().resample("ME").last().diff().dropna()
