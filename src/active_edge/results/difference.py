"""What one stored run earned over another, month by month, and how its Sharpe ratio stands to the other's."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import mean_return
from active_edge.inference.sample import Sample
from active_edge.inference.sharpe_difference import SharpeDifference, sharpe_difference
from active_edge.judging.samples import months_of
from active_edge.results.series import CASH
from active_edge.sessions import SESSIONS_A_YEAR


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
    months = months_of(common, SESSIONS_A_YEAR)
    own, other = first.loc[common].to_numpy(), second.loc[common].to_numpy()
    gap = pd.Series(months.compound(own) - months.compound(other), index=months.dates)
    try:
        found = mean_return(Sample.of(gap, periods_per_year=months.periods_per_year))
    except InferenceError:
        plain = float((own - other).mean()) * SESSIONS_A_YEAR
        return PairedDifference(plain, (np.nan, np.nan), np.nan, months.n, len(common))
    return PairedDifference(found.alpha_annual, found.ci, found.p, months.n, len(common))


def sharpe_gap(first: pd.DataFrame, second: pd.DataFrame) -> SharpeDifference | None:
    """The Sharpe ratio a year of one stored run less another's, on the months both have; None where it cannot be had.

    Parameters
    ----------
    first, second : (n_sessions, ...) daily returns, ``net`` and those of cash among them.
    """
    if CASH not in first or CASH not in second:
        return None
    common = first.index.intersection(second.index)
    if not len(common):
        return None
    months = months_of(common, SESSIONS_A_YEAR)
    own, cash, other = (
        pd.Series(months.compound(frame.loc[common, name].to_numpy()), index=months.dates)
        for frame, name in ((first, "net"), (first, CASH), (second, "net"))
    )
    with contextlib.suppress(InferenceError):
        return sharpe_difference(Sample.of(own, periods_per_year=months.periods_per_year, cash=cash).against(other))
    return None
