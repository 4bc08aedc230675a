"""Family *rally*: what small companies returned since a day, and whether that is more than large ones did."""

from __future__ import annotations

import math

import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import Measured, TooShort, annual_mean, fact, from_error, told
from active_edge.article.spread import monthly_small_minus_large, small_and_large
from active_edge.article.statistics import on_ground
from active_edge.errors import InferenceError
from active_edge.inference.regression import cosine_terms, least_squares
from active_edge.words import signed

SESSIONS_A_YEAR = 252


@on_ground("funds")
def total_return(ground: Ground, *, start: str, end: str, low: str = "") -> Measured:
    """The total return of a small-cap fund between the closes of two days, and from a low day beside it.

    A sum that was paid, not an estimate: it has no error. Which day it begins on decides it.
    """
    level, name = small_level(ground)
    first, last = _within(level, start, end)
    found = fact(last / first - 1.0, n=1, unit="in all", counted="span", start=start, end=end)
    beside: tuple[str, ...] = (f"{name}, dividends in, from the close of {start} to that of {end}.",)
    if low:
        bottom, _ = _within(level, low, end)
        beside += (f"From the close of {low} it is {signed(last / bottom - 1.0)}: the start decides.",)
    return told(found, ground.origin("funds"), *beside, series={name: level.loc[start:end]})


@on_ground("funds")
def lead_of_small(ground: Ground, *, start: str, end: str) -> Measured:
    """What small-cap funds returned beyond large-cap ones over a span, with the error of its own days.

    The sum of daily log differences; errors equal-weighted cosine on days. Where the data do not hold the span, the
    twelve months to their end.
    """
    pair = small_and_large(ground)
    inside = (
        pair.loc[start:end] if pair.index[0] <= pd.Timestamp(start) and pair.index[-1] >= pd.Timestamp(end) else None
    )
    if inside is None:
        inside = pair.iloc[-SESSIONS_A_YEAR - 1 :]
    gap = (inside["small"].map(math.log) - inside["large"].map(math.log)).diff().dropna()
    if len(gap) < 60:
        raise TooShort(f"{len(gap)} sessions of both; 60 are needed")
    fit = least_squares(gap.to_numpy()[:, None], pd.DataFrame({"one": 1.0}, index=gap.index).to_numpy())
    terms = cosine_terms(len(gap))
    found = from_error(
        fit.coefficients[0, 0] * len(gap),
        fit.cosine_errors(terms)[0, 0] * len(gap),
        terms,
        n=len(gap),
        unit="in all, as a logarithm",
        counted="session",
        dates=gap.index,
    )
    words = f"{pair.attrs['names']}; one span is one draw, however many days it has."
    return told(found, ground.origin("funds"), words, series={"small over large": gap.cumsum()})


@on_ground("companies")
def small_minus_large(ground: Ground) -> Measured:
    """The annual mean of small less large companies, by market value, over all months there are."""
    spread = monthly_small_minus_large(ground)
    return told(annual_mean(spread), ground.origin("companies"), series={"small less large": spread.cumsum()})


def small_level(ground: Ground) -> tuple[pd.Series, str]:
    """(n,) total-return level of the small-cap fund there is, and its name."""
    frame = ground.frame("funds")
    for name in ("IWM", "VTWO", "VB", "IJR"):
        if name in frame:
            return frame[name].dropna(), name
    columns(frame, ("IWM",), "funds")
    raise InferenceError("no small-cap fund")


def _within(level: pd.Series, start: str, end: str) -> tuple[float, float]:
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    if level.index[0] > first or level.index[-1] < last:
        raise TooShort(
            f"the levels reach from {level.index[0].date()} to {level.index[-1].date()}, the claim from {start} to "
            f"{end}"
        )
    return float(level.loc[:first].iloc[-1]), float(level.loc[:last].iloc[-1])
