"""One return series as the samples that everything said of it rests on: alone, and against each benchmark.

They are made once, before anything is estimated; what cannot be made is named with its reason and never tested. Risk
and paths are read from the returns as they are, edges from complete months.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.checks import MIN_OBSERVATIONS
from active_edge.inference.months import Months
from active_edge.inference.sample import Sample
from active_edge.sessions import SESSIONS_A_YEAR, sessions_between

FACTOR_SERIES = ("MKT_RF", "SMB", "HML", "RMW", "CMA", "MOM", "QMJ")
"""Daily factor returns used where the market has them; without the first three there is no factor alpha."""
WEEKS_A_YEAR = 52


@dataclass(frozen=True, eq=False)
class Samples:
    """The returns of one portfolio, over cash and against each benchmark.

    Attributes
    ----------
    own : the returns alone, as they are; None where there are fewer than two.
    months : which rows of them make up each complete month.
    on : benchmark -> the monthly returns against it, in the order asked for; only those that can carry a test.
    benchmarks : (n, n_benchmarks) simple returns of every benchmark that covers the dates, fit for a test or not.
    priced : the monthly returns on the factors, over the months that all factors reach; None without them, and where
        they cannot carry a test.
    untestable : item -> why it cannot be tested. Too few months are no reason of this kind: `months` says so.
    """

    own: Sample | None
    months: Months
    on: Mapping[str, Sample]
    benchmarks: pd.DataFrame
    priced: Sample | None
    untestable: dict[str, str]

    @property
    def yardstick(self) -> str | None:
        """The benchmark meant where one is meant: the first asked for that a test can rest on; None without any."""
        return next(iter(self.on), None)

    def against(self, name: str) -> Sample:
        """A benchmark's returns as they are, over the same cash: what its risk and paths are read from.

        Raises
        ------
        InferenceError : there are fewer than two returns.
        """
        if self.own is None:
            raise InferenceError("returns: fewer than 2 observations; lengthen the period")
        return self.own.with_returns(self.benchmarks[name].to_numpy())

    def held_with(self, returns: np.ndarray) -> Sample:
        """Other returns on the dates of these, (n,), in months against the yardstick; raises as `held`."""
        return self.held.with_returns(self.months.compound(returns))

    @cached_property
    def held(self) -> Sample:
        """The returns against the yardstick.

        Raises
        ------
        InferenceError : there is none.
        """
        if self.yardstick is None:
            why = "; ".join(self.untestable.values()) or f"{self.months.n} complete months"
            raise InferenceError(f"no benchmark that a test can rest on: {why}")
        return self.on[self.yardstick]


def samples_of(
    returns: pd.Series,
    benchmarks: Mapping[str, pd.Series],
    *,
    periods_per_year: float,
    months: Months,
    cash: pd.Series | None = None,
    factors: pd.DataFrame | None = None,
) -> Samples:
    """The samples of returns from anywhere.

    Parameters
    ----------
    returns, cash : as `Sample.of`.
    benchmarks : name -> simple total returns, as `Sample.against`; one that cannot be tested is named with its reason.
    months : of the dates of the returns.
    factors : by month, as `Sample.reached_by` for the returns in months.

    Raises
    ------
    InferenceError : as `Sample.of`.
    """
    table = pd.DataFrame(dict(benchmarks), index=returns.index)
    if len(returns) < 2:
        return Samples(None, months, {}, table, None, {})
    own = Sample.of(returns, periods_per_year=periods_per_year, cash=cash)
    on: dict[str, Sample] = {}
    untestable: dict[str, str] = {}
    if months.n < MIN_OBSERVATIONS:
        return Samples(own, months, on, table, None, {"returns": own.still} if own.still else {})
    for name, benchmark in benchmarks.items():
        try:
            on[name] = own.against(benchmark, name).in_months(months)
        except InferenceError as error:
            untestable[name] = str(error)
    priced = None
    if factors is not None:
        with contextlib.suppress(InferenceError):
            priced = own.in_months(months).reached_by(factors)
    return Samples(own, months, on, table, priced, untestable)


def months_of(dates: pd.DatetimeIndex, periods_per_year: int = SESSIONS_A_YEAR) -> Months:
    """The months of dated returns: calendar months of days, four weeks of weeks, months and quarters as they are.

    Which days a month has is told by the sessions of the New York Stock Exchange: one that goes on after the last
    return is not complete.
    """
    if not len(dates):
        return Months.calendar(dates, dates)
    if periods_per_year == SESSIONS_A_YEAR:
        return Months.calendar(dates, sessions_between(dates[0].replace(day=1), dates[-1] + pd.offsets.MonthEnd(0)))
    return Months.blocks(dates) if periods_per_year == WEEKS_A_YEAR else Months.each(dates, periods_per_year)
