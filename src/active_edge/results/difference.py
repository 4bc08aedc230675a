"""What one stored run earned over another, month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import mean_return
from active_edge.inference.months import Months
from active_edge.inference.sample import Sample
from active_edge.sessions import SESSIONS_A_YEAR, sessions_between


@dataclass(frozen=True)
class PairedDifference:
    """Annual net return of one run less another's, over what both have; decimals, NaN where it cannot be had.

    Attributes
    ----------
    annual : mean of the complete months both have; of their common sessions where these are too few for an interval.
    interval, p : 95 % and two-sided, of months; NaN where they are too few.
    months, sessions : in common.
    """

    annual: float
    interval: tuple[float, float]
    p: float
    months: int
    sessions: int


def paired_difference(first: pd.Series, second: pd.Series) -> PairedDifference:
    """The difference of two series of daily net returns."""
    common = first.index.intersection(second.index)
    if not len(common):
        return PairedDifference(np.nan, (np.nan, np.nan), np.nan, 0, 0)
    months = Months.calendar(common, sessions_between(common[0].replace(day=1), common[-1] + pd.offsets.MonthEnd(0)))
    own, other = first.loc[common].to_numpy(), second.loc[common].to_numpy()
    gap = pd.Series(months.compound(own) - months.compound(other), index=months.dates)
    try:
        found = mean_return(Sample.of(gap, periods_per_year=months.periods_per_year))
    except InferenceError:
        plain = float((own - other).mean()) * SESSIONS_A_YEAR
        return PairedDifference(plain, (np.nan, np.nan), np.nan, months.n, len(common))
    return PairedDifference(found.alpha_annual, found.ci, found.p, months.n, len(common))
