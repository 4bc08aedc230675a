"""Do two sources tell the same series? Funds, factors and rates compared month by month, whatever their frequency.

The published months of a factor are not quite its compounded days, and a fund's level may begin elsewhere: what must
agree is what was earned in each month both have whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.words import date, number, percent, signed

TOLERANCE = 0.002
"""Difference of a month's return, decimal, up to which two sources agree."""
GOOD_SHARE = 0.99
FEWEST_MONTHS = 6
FEWEST_DAYS = 15
"""Days of a month that a daily series must tell for the month to be whole."""
LARGEST_RETURN = 1.0
"""A series with values beyond it, and none below zero, holds levels; every other holds returns."""


@dataclass(frozen=True)
class SeriesAgreement:
    """One series in both sources, over the months that both have whole.

    Attributes
    ----------
    agree : share of months whose returns differ by no more than 0.2 %, decimal.
    largest, on : the largest difference of a month's return, first less second, and the month's last day.
    """

    series: str
    months: int
    agree: float
    largest: float
    on: pd.Timestamp

    @property
    def verdict(self) -> str:
        """`agree` or `differ`."""
        return "agree" if self.agree >= GOOD_SHARE else "differ"

    def line(self) -> str:
        """The comparison as a line for people."""
        return (
            f"{self.series}: {self.verdict} on {percent(self.agree)} of {number(self.months, 0)} months, largest "
            f"difference {signed(self.largest, 2)} in the month to {date(self.on)}"
        )


def compare_series(first: Mapping[str, pd.Series], second: Mapping[str, pd.Series]) -> tuple[SeriesAgreement, ...]:
    """Every series both sources have for at least six whole months, by name.

    Parameters
    ----------
    first, second : name -> levels, or simple returns, decimal, by day or month, sorted by date.
    """
    found = []
    for name in sorted(first.keys() & second.keys()):
        difference = (_monthly(first[name]) - _monthly(second[name])).dropna()
        if len(difference) < FEWEST_MONTHS:
            continue
        at = int(np.abs(difference.to_numpy()).argmax())
        found.append(
            SeriesAgreement(
                name,
                len(difference),
                float((difference.abs() <= TOLERANCE).mean()),
                float(difference.iloc[at]),
                difference.index[at].to_timestamp(how="end").normalize(),
            )
        )
    return tuple(found)


def _monthly(series: pd.Series) -> pd.Series:
    """Returns by whole month; the months of a daily series that tell too few days are left out."""
    known = series.dropna()
    months = known.index.to_period("M")
    if _holds_levels(known):
        last = known.groupby(months).last()
        returns = last / last.shift() - 1.0
        returns[np.diff(last.index.asi8, prepend=last.index.asi8[:1] - 2) != 1] = np.nan
    else:
        returns = (1.0 + known).groupby(months).prod() - 1.0
    days = known.groupby(months).size()
    daily = len(known) > 1 and days.median() > 1
    return returns[days >= FEWEST_DAYS] if daily else returns


def _holds_levels(series: pd.Series) -> bool:
    return bool(len(series)) and bool((series >= 0.0).all()) and bool((series > LARGEST_RETURN).any())
