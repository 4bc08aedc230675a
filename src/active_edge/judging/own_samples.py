"""Returns of a user's own and what they are held against, given or read from a market, as checked samples."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from active_edge.errors import ConfigError, InferenceError
from active_edge.inference.sample import Sample
from active_edge.judging.samples import Samples, samples_of
from active_edge.judging.spans import Spans
from active_edge.market import Market
from active_edge.market.dated import Dated, dated_frame
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.words import listed, nearest, number, percent

MARKET_BENCHMARKS = ("IWM", "IJR")
"""Benchmarks where none is named and there is a market."""
FREQUENCIES = {SESSIONS_A_YEAR: (0, 4), 52: (5, 9), 12: (26, 35), 4: (85, 96)}
"""Observations a year, and between which numbers of days the median step of such dates lies."""
MOST_VOLATILE, MOST_EARNED = 2.0, 3.0
"""Annual volatility and mean beyond which returns are no decimals: 200 % and 300 %."""
Benchmarks: TypeAlias = "Sequence[str] | Mapping[str, Dated] | Dated"


@dataclass(frozen=True, eq=False)
class OwnReturns:
    """A return series and what it is held against.

    Attributes
    ----------
    samples : the returns alone and against each benchmark, with cash and factors.
    periods_per_year : 252, 52, 12 or 4, as the dates say.
    market : what names were looked up in; None where everything was given.
    digests : what was given -> sha256 of its dates and values.
    """

    samples: Samples
    periods_per_year: int
    market: Market | None
    digests: Mapping[str, str]

    @property
    def alone(self) -> Sample:
        """The returns without a benchmark. Raises `InferenceError` where there are fewer than two."""
        if self.samples.own is None:
            raise InferenceError("returns: fewer than two; lengthen the period")
        return self.samples.own

    @property
    def snapshot(self) -> str:
        """That of the market; without one, twelve hexadecimal digits of what was given."""
        if self.market is not None:
            return self.market.snapshot
        lines = "".join(f"{name} {sha}\n" for name, sha in sorted(self.digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()[:12]

    @property
    def simulated(self) -> bool:
        return self.market is not None and self.market.simulated


def own_samples(
    returns: Dated,
    *,
    market: Market | None = None,
    benchmarks: Benchmarks | None = None,
    factors: Dated | None = None,
    cash: Dated | None = None,
) -> OwnReturns:
    """The samples of returns from anywhere; parameters as `judge_returns`.

    Raises
    ------
    DataError : something given is no table of numbers by date.
    InferenceError : the returns are no decimals, or no sample can be made of them.
    MissingInput : the market does not cover the dates.
    ConfigError : there is nothing to hold them against, or it is unclear which column holds the returns.
    """
    table = dated_frame(returns, "returns")
    beside = table.iloc[:, :0] if len(table.columns) == 1 else table
    names, given = _asked(benchmarks, beside, market)
    series = _portfolio(table.drop(columns=[name for name in names if name in beside]))
    periods = periods_a_year(series.index)
    given |= {} if cash is None else {"cash": _single(cash, "cash")}
    table_of_factors = None if factors is None else dated_frame(factors, "factors")
    columns = {} if table_of_factors is None else {f"factor {n}": table_of_factors[n] for n in table_of_factors}
    for name, one in {"returns": series, **given, **columns}.items():
        check_decimals(one.dropna(), name, periods)
    spans = None if market is None else Spans.of(market, series.index, periods)
    read, lacking = ({}, {}) if spans is None else spans.benchmarks([name for name in names if name not in given])
    samples = samples_of(
        series,
        {name: {**given, **read}[name] for name in names if name not in lacking},
        periods_per_year=periods,
        cash=given["cash"] if cash is not None else None if spans is None else spans.cash(),
        factors=table_of_factors if factors is not None else None if spans is None else spans.factors(),
    )
    digests = {name: _digest(one) for name, one in {"returns": series, **given, **columns}.items()}
    return OwnReturns(replace(samples, untestable=lacking | samples.untestable), periods, market, digests)


def periods_a_year(dates: pd.DatetimeIndex) -> int:
    """Observations a year of dates: 252 for days, 52 for weeks, 12 for months, 4 for quarters.

    Raises
    ------
    InferenceError : the dates are too few to tell, or of another frequency.
    """
    if len(dates) < 2:
        raise InferenceError(f"returns: {len(dates)} dates; at least 2 are needed to tell days from months")
    step = float(np.median(np.diff(dates).astype("timedelta64[D]").astype(float)))
    for periods, (least, most) in FREQUENCIES.items():
        if least <= step <= most:
            return periods
    raise InferenceError(
        f"returns: {number(step, 0)} days lie between two dates; give returns of days, weeks, months or quarters"
    )


def check_decimals(returns: pd.Series, name: str, periods_per_year: float) -> None:
    """Refuse percent, prices and levels given for decimal returns, found by their size.

    Raises
    ------
    InferenceError : they move by more than 200 % a year, earn more than 300 %, or are all above one half.
    """
    if len(returns) < 2:
        return
    values = returns.to_numpy()
    if (values > 0.5).all():
        raise InferenceError(
            f"{name}: every value is above 0.5, the first {values[0]:g}: these look like prices or levels; give "
            "returns, such as levels.pct_change()"
        )
    volatility = float(values.std(ddof=1)) * periods_per_year**0.5
    mean = abs(float(values.mean())) * periods_per_year
    if volatility > MOST_VOLATILE or mean > MOST_EARNED:
        what = f"move by {percent(volatility, 0)}" if volatility > MOST_VOLATILE else f"are {percent(mean, 0)}"
        raise InferenceError(
            f"{name}: they {what} a year, the last {values[-1]:g} on {returns.index[-1].date()}; returns are decimals "
            "(0.05 is five percent): divide percent by 100"
        )


def _asked(
    benchmarks: Benchmarks | None, beside: pd.DataFrame, market: Market | None
) -> tuple[list[str], dict[str, pd.Series]]:
    """Names of the benchmarks in the order asked for, and the returns of those that were given."""
    if benchmarks is None and market is not None:
        return list(MARKET_BENCHMARKS), {}
    if benchmarks is None:
        raise ConfigError(
            "nothing to hold the returns against: give benchmarks, or a market that has them (market=, --data)"
        )
    if isinstance(benchmarks, str) and Path(benchmarks).suffix not in (".csv", ".parquet"):
        benchmarks = [benchmarks]
    if isinstance(benchmarks, Mapping):
        given = {name: _single(one, name) for name, one in benchmarks.items()}
        return list(given), given
    if isinstance(benchmarks, list | tuple):
        names = list(dict.fromkeys(benchmarks))
        for name in names:
            if name not in beside and market is None:
                raise ConfigError(
                    f"benchmark {name}: no column of the returns has that name and no market is given (market=, "
                    f"--data); {nearest(name, map(str, beside.columns))}"
                )
        return names, {name: beside[name] for name in names if name in beside}
    frame = dated_frame(benchmarks, "benchmarks")
    return list(frame.columns), {name: frame[name].dropna() for name in frame}


def _portfolio(table: pd.DataFrame) -> pd.Series:
    """The one column that is no benchmark, from its first to its last value."""
    if len(table.columns) != 1:
        names = list(table.columns)
        what = f"the columns {listed(names)} may each be" if names else "no column is left for"
        raise ConfigError(f"returns: {what} the portfolio; give one column beside those named as benchmarks")
    series = table.iloc[:, 0].rename("returns")
    known = series.dropna()
    if known.empty:
        raise InferenceError("returns: there is no value")
    return series.loc[known.index[0] : known.index[-1]]


def _single(given: Dated, name: str) -> pd.Series:
    frame = dated_frame(given, name)
    if len(frame.columns) != 1:
        raise ConfigError(f"{name}: has {len(frame.columns)} columns, {listed(list(frame.columns))}; give one series")
    return frame.iloc[:, 0].dropna()


def _digest(series: pd.Series) -> str:
    lines = "".join(f"{day.date()} {float(value).hex()}\n" for day, value in series.items())
    return hashlib.sha256(lines.encode()).hexdigest()
