"""One return series as the samples that everything said of it rests on: alone, and against each benchmark.

They are made once, before anything is estimated; what cannot be made is named with its reason and never tested. Risk
and paths are read from the returns as they are, edges from complete months.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError, MissingInput
from active_edge.explaining.reasons import reasons
from active_edge.inference.checks import MIN_OBSERVATIONS
from active_edge.inference.evidence import SELECTION
from active_edge.inference.months import Months
from active_edge.inference.sample import Sample
from active_edge.market import Market
from active_edge.run.backtest import Result
from active_edge.sessions import SESSIONS_A_YEAR, sessions_between
from active_edge.size_band import NO_RANK
from active_edge.words import percent

FACTOR_SERIES = ("MKT_RF", "SMB", "HML", "RMW", "CMA", "MOM", "QMJ")
"""Daily factor returns used where the market has them; without the first three there is no factor alpha."""
CASH_SERIES = "RF"
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


def market_samples(
    market: Market, returns: pd.Series, base: pd.Timestamp, benchmarks: Sequence[str], *, factors: bool = True
) -> Samples:
    """The samples of daily returns with a market's benchmarks, cash and factors.

    Parameters
    ----------
    base : session whose close the returns start from.
    factors : False reads none.
    """
    found, missing = {}, {}
    for name in benchmarks:
        try:
            found[name] = benchmark_returns(market, name, base, returns.index)
        except MissingInput as error:
            missing[name] = str(error)
    cash, names = cash_returns(market, returns.index), factor_names(market) if factors else ()
    table = factor_table(market, names) if names else None
    months = months_of(returns.index)
    samples = samples_of(
        returns,
        found,
        periods_per_year=SESSIONS_A_YEAR,
        months=months,
        cash=cash,
        factors=None if table is None else months.of_table(table, returns.index),
    )
    return replace(samples, untestable=missing | samples.untestable)


def result_samples(result: Result, benchmarks: Sequence[str] | None = None) -> Samples:
    """The samples of a result's net returns; of none where nothing was ever bought, which is then `untestable`.

    Parameters
    ----------
    benchmarks : series names of the market; default those of the strategy.

    Raises
    ------
    MissingInput : the market has no series of a name that was asked for; the message has the nearest.
    """
    for name in benchmarks or ():
        result.market.series(name)
    if result.base is None:
        months = months_of(result.returns.index[:0])
        nothing = samples_of(result.returns, {}, periods_per_year=SESSIONS_A_YEAR, months=months)
        return replace(nothing, untestable={SELECTION: _nobody(result)})
    names = tuple(benchmarks or result.strategy.rules.benchmarks)
    return market_samples(result.market, result.returns, result.base, names)


def benchmark_returns(market: Market, name: str, base: pd.Timestamp, sessions: pd.DatetimeIndex) -> pd.Series:
    """Daily simple returns of a total-return level series over the measured sessions.

    A session on which the series has no level earns 0 and the next one earns both.

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


def cash_returns(market: Market, sessions: pd.DatetimeIndex) -> pd.Series | None:
    """Daily cash return over some sessions; None where the market has no such series.

    Published with a lag: sessions after its end, and holes, carry the last value known, which is off by no more than
    the policy rate moved since.
    """
    if CASH_SERIES not in market.series_names:
        return None
    series = market.series(CASH_SERIES)
    cash = series.reindex(series.index.union(sessions)).ffill().loc[sessions]
    return None if cash.isna().any() else cash


def factor_names(market: Market) -> tuple[str, ...]:
    """Factor series the market has, in order; () without market, size and value."""
    names = tuple(name for name in FACTOR_SERIES if name in market.series_names)
    return names if names[:3] == FACTOR_SERIES[:3] else ()


def factor_table(market: Market, names: Sequence[str]) -> pd.DataFrame | None:
    """Returns of factor series of the market, NaN where one has none; None where one is not there."""
    if not set(names) <= market.series_names:
        return None
    return pd.DataFrame({name: market.series(name) for name in names})


def _nobody(result: Result) -> str:
    candidates = int(result.targets.candidates.sum(axis=1).max())
    universe = result.decision.evaluation.universe
    index = result.strategy.screen.universe.members
    if not candidates and index is not None:
        known = ", ".join(sorted(result.market.index_names)) or "no index"
        return f"no member of {index} was known on any decision date; this market has the members of: {known}"
    if not candidates and universe.settled.cap_rank is not None and result.market.adjusted_closes:
        return f"cap_rank cannot be told: {NO_RANK}; give closes as quoted on the day, with total_return beside them"
    if not candidates and universe.size is not None and not universe.size.names.any():
        return f"nobody on any decision date is in the universe: {universe.size.said(-1)}"
    if not candidates:
        why = "; ".join(reasons(result.decision.evaluation, len(result.targets.dates) - 1))
        return f"no name was a candidate on any decision date; on the last, {why}"
    return (
        f"no name was selected on any decision date, of up to {candidates:,} candidates; strict rules need a value for "
        f"{percent(result.strategy.rules.min_coverage, 0)} of them"
    )
