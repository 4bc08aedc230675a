"""Family *flows*: money into small-cap funds, and whether it leads returns or follows them."""

from __future__ import annotations

import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import Measured, TooShort, fact, predicted, told
from active_edge.article.spread import monthly_small_minus_large, small_and_large
from active_edge.article.statistics import on_ground
from active_edge.errors import MissingInput
from active_edge.words import number, p_value

MONTHS_A_YEAR = 12
BILLION = 1e9


@on_ground("flows")
def flow_of_a_year(ground: Ground) -> Measured:
    """What flowed into the small-cap funds of the table in its last twelve months, billion USD; below 0 left them.

    A sum over a stated list of funds, not an estimate: another list gives another sum.
    """
    flow = columns(ground.frame("flows"), ("flow",), "flows")["flow"]
    if len(flow) < MONTHS_A_YEAR:
        raise TooShort(f"{len(flow)} months of flows; {MONTHS_A_YEAR} are needed")
    year = flow.iloc[-MONTHS_A_YEAR:]
    found = fact(
        float(year.sum()) / BILLION,
        n=MONTHS_A_YEAR,
        unit="billion USD",
        counted="month",
        start=year.index[0],
        end=year.index[-1],
    )
    return told(found, ground.origin("flows"), series={"flow, billion USD": flow / BILLION}, plain=True)


@on_ground("flows")
def flows_follow(ground: Ground) -> Measured:
    """A month's flow over assets on what small companies returned beyond large ones in the three months before.

    The flow of the month before held fixed, for flows last. Per unit of return. The other way, next month's return on
    the flow, stands beside it: that inflows are a vote worth following needs it above zero.
    """
    table = columns(ground.frame("flows"), ("flow", "assets"), "flows")
    share = table["flow"] / table["assets"]
    gap = relative_returns(ground)
    past = gap.rolling(3).sum().shift(1)
    found = predicted(share, past, unit="of assets, by a return of 100 %", counted="month")
    led = predicted(gap, share.shift(1), unit="a month", counted="month")
    said = f"Next month's return on the flow: {number(led.estimate)} (p {p_value(led.p)})."
    return told(found, ground.origin("flows"), said, series={"flow over assets": share})


@on_ground("flows")
def flows_lead(ground: Ground) -> Measured:
    """What small companies return beyond large ones in the month after a flow, by a flow of 1 % of assets."""
    table = columns(ground.frame("flows"), ("flow", "assets"), "flows")
    share = table["flow"] / table["assets"] * 100.0
    led = predicted(relative_returns(ground), share.shift(1), unit="a month, by 1 % of assets", counted="month")
    return told(led, ground.origin("flows"), series={"flow over assets": share})


def relative_returns(ground: Ground) -> pd.Series:
    """(n_months,) small less large, by funds where there is a pair of them, else by the companies of the market."""
    try:
        monthly = small_and_large(ground).resample("ME").last().pct_change()
        return (monthly["small"] - monthly["large"]).dropna()
    except MissingInput:
        return monthly_small_minus_large(ground)
