"""Returns of a user's own and what they are held against, given or read from a market, as checked samples."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from active_edge.arguments import refused
from active_edge.errors import ConfigError, InferenceError
from active_edge.inference.evidence import Thresholds
from active_edge.inference.sample import Sample
from active_edge.judging.samples import WEEKS_A_YEAR, Samples, months_of, samples_of
from active_edge.judging.spans import Spans, day_before
from active_edge.market import Market
from active_edge.market.dated import Dated, dated_frame
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.words import count, listed, nearest, number, percent

MARKET_BENCHMARKS = ("IWM", "IJR")
"""Benchmarks where none is named and there is a market."""
FREQUENCIES = {SESSIONS_A_YEAR: (0, 4), WEEKS_A_YEAR: (5, 9), 12: (26, 35), 4: (85, 96)}
"""Observations a year, and between which numbers of days the median step of such dates lies."""
LONGEST_STEP = {SESSIONS_A_YEAR: 7, 52: 11, 12: 40, 4: 100}
"""Observations a year, and the days beyond which one is missing: an exchange was never closed for more than a week."""
MOST_VOLATILE, MOST_EARNED = 2.0, 3.0
"""Annual volatility and mean beyond which returns are no decimals: 200 % and 300 %."""
Benchmarks: TypeAlias = "Sequence[str] | Mapping[str, Dated] | Dated"


@dataclass(frozen=True, eq=False)
class Inputs:
    """The series that a judgement of own returns rests on, each as it was used.

    Attributes
    ----------
    returns : (n,) simple returns a period.
    benchmarks : name -> total returns a period, in the order asked for.
    cash, factors : a period; None without.
    lacking : benchmark -> why the market cannot give it.
    """

    returns: pd.Series
    benchmarks: Mapping[str, pd.Series]
    cash: pd.Series | None
    factors: pd.DataFrame | None
    lacking: Mapping[str, str]

    def samples(self) -> Samples:
        """The samples of the returns.

        Raises
        ------
        InferenceError : no sample can be made of them, or none of them on the factors.
        """
        periods = periods_a_year(self.returns.index)
        months = months_of(self.returns.index, periods)
        factors = self.factors
        if factors is not None:
            reached = factors.reindex(self.returns.index)
            factors = pd.DataFrame(months.compound(reached.to_numpy()), index=months.dates, columns=factors.columns)
        made = samples_of(
            self.returns,
            self.benchmarks,
            periods_per_year=periods,
            months=months,
            cash=self.cash,
            factors=factors,
        )
        return replace(made, untestable=dict(self.lacking) | made.untestable)


@dataclass(frozen=True, eq=False)
class OwnReturns:
    """A return series with what it is held against, and where that came from.

    Attributes
    ----------
    inputs, samples : the series, and the samples made of them.
    base : day whose close the first return starts from.
    digests : what was given -> sha256 of its dates and values.
    snapshot, simulated : of the market that names were looked up in; without one, twelve hexadecimal digits of what was
        given.
    sources : where the market came from, in words; empty without one.
    """

    inputs: Inputs
    samples: Samples
    base: pd.Timestamp
    digests: Mapping[str, str]
    snapshot: str
    simulated: bool
    sources: tuple[str, ...] = ()

    @property
    def alone(self) -> Sample:
        """The returns without a benchmark. Raises `InferenceError` where there are fewer than two."""
        if self.samples.own is None:
            raise InferenceError("returns: fewer than two; lengthen the period")
        return self.samples.own

    @property
    def periods_per_year(self) -> int:
        """252, 52, 12 or 4, as the dates say."""
        return int(self.alone.periods_per_year)


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
    inputs = Inputs(
        returns=series,
        benchmarks={name: {**given, **read}[name] for name in names if name not in lacking},
        cash=given["cash"] if cash is not None else None if spans is None else spans.cash(),
        factors=table_of_factors if factors is not None else None if spans is None else spans.factors(),
        lacking=lacking,
    )
    samples = inputs.samples()
    long_enough = samples.months.calendar_months >= Thresholds().months_with_factors
    if table_of_factors is not None and samples.own is not None and long_enough:
        samples.own.reached_by(table_of_factors)  # Factors that were given and cannot be used are an error, not absent.
    digests = {name: digest(one) for name, one in {"returns": series, **given, **columns}.items()}
    return OwnReturns(
        inputs,
        samples,
        base=day_before(series.index[0], periods) if spans is None else spans.edges[0],
        digests=digests,
        snapshot=_snapshot(digests) if market is None else market.snapshot,
        simulated=market is not None and market.simulated,
        sources=() if market is None else (str(market.path.resolve()), *market.manifest["sources"]),
    )


def periods_a_year(dates: pd.DatetimeIndex) -> int:
    """Observations a year of dates: 252 for days, 52 for weeks, 12 for months, 4 for quarters.

    Raises
    ------
    InferenceError : the dates are too few to tell, of another frequency, or leave some out.
    """
    if len(dates) < 2:
        raise InferenceError(f"returns: {count(len(dates), 'date')}; at least 2 are needed to tell days from months")
    steps = np.diff(dates).astype("timedelta64[D]").astype(float)
    step = float(np.median(steps))
    for periods, (least, most) in FREQUENCIES.items():
        if least <= step <= most:
            hole = int(steps.argmax())
            if steps[hole] > LONGEST_STEP[periods]:
                raise InferenceError(
                    f"returns: nothing between {dates[hole].date()} and {dates[hole + 1].date()}, where others lie "
                    f"{count(step, 'day')} apart; add the rows, or cut the series, for holes are not skipped"
                )
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
    if isinstance(benchmarks, Mapping | list | tuple):
        strange = [name for name in benchmarks if not isinstance(name, str)]
        if strange:
            raise refused("judge_returns", "benchmarks", strange[0], "give names, or a mapping of name to returns")
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
            if name not in beside and market is not None and name not in market.series_names:
                held = {*map(str, beside.columns), *market.series_names}
                raise ConfigError(f"benchmark {name}: no series of the market has that name; {nearest(name, held)}")
        return names, {name: beside[name].dropna() for name in names if name in beside}
    frame = dated_frame(benchmarks, "benchmarks")
    return list(frame.columns), {name: frame[name].dropna() for name in frame}


def _portfolio(table: pd.DataFrame) -> pd.Series:
    """The one column that is no benchmark, from its first to its last value."""
    if len(table.columns) != 1:
        names = list(table.columns)
        what = f"the columns {listed(names)} may each be" if names else "no column is left for"
        raise ConfigError(f"returns: {what} the portfolio; give one column beside those named as benchmarks")
    series = table.iloc[:, 0].rename(index="returns")
    known = series.dropna()
    if known.empty:
        raise InferenceError("returns: there is no value")
    return series.loc[known.index[0] : known.index[-1]]


def _single(given: Dated, name: str) -> pd.Series:
    frame = dated_frame(given, name)
    if len(frame.columns) != 1:
        raise ConfigError(
            f"{name}: has {count(len(frame.columns), 'column')}, {listed(list(frame.columns))}; give one series"
        )
    return frame.iloc[:, 0].dropna()


def _snapshot(digests: Mapping[str, str]) -> str:
    lines = "".join(f"{name} {sha}\n" for name, sha in sorted(digests.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def digest(series: pd.Series) -> str:
    """sha256 of the dates and values of a series."""
    return digests_so_far(series)[-1] if len(series) else hashlib.sha256().hexdigest()


def digests_so_far(series: pd.Series) -> list[str]:
    """(n,) `digest` of a series up to each of its dates."""
    digests, found = hashlib.sha256(), []
    for day, value in series.items():
        digests.update(f"{day.date()} {float(value).hex()}\n".encode())
        found.append(digests.hexdigest())
    return found
