"""A return series fit to be judged: dates, returns, cash, benchmark and factors, checked once where it is made.

Every estimator of a return series takes a `Sample` and looks at nothing again. A series that cannot be a sample raises
`InferenceError` with the place, the value, the bound and the remedy; it never yields a number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.checks import (
    MIN_OBSERVATIONS,
    RELATIVE_ZERO,
    check_finite,
    check_not_collinear,
    check_varies,
)
from active_edge.inference.months import Months
from active_edge.words import count, number

MIN_DESCRIBED = 2
"""Observations from which a series can be described; a test needs `MIN_OBSERVATIONS`."""
EQUAL = 1e-12
"""Returns that differ by no more than this on any date are the same returns."""


@dataclass(frozen=True, eq=False)
class Sample:
    """The returns of one portfolio with what they are held against; made by `of`, `against` and `on`.

    A sample with a benchmark or factors can carry a test: its series are long enough, they vary, and no multiple of
    the others is the returns. One without says in `unfit` why it cannot.

    Attributes
    ----------
    dates : (n,) sorted dates without duplicates.
    returns : (n,) float; simple returns per period, decimal, none below -1; never NaN. Read-only.
    periods_per_year : 252 for sessions, 12 for months; it agrees with the dates.
    cash : (n,) float; cash return per period, or None where nothing is to be subtracted.
    benchmark : (n,) float; simple total returns of the benchmark per period, or None without one.
    benchmark_name : what messages and tables call the benchmark.
    factors : (n, k) float; excess or long-short returns of factors per period, or None without any.
    factor_names : k names.
    unfit : why no test can rest on it, as the sentence of an error; empty where one can.
    """

    dates: pd.DatetimeIndex
    returns: np.ndarray
    periods_per_year: float
    cash: np.ndarray | None = None
    benchmark: np.ndarray | None = None
    benchmark_name: str = ""
    factors: np.ndarray | None = None
    factor_names: tuple[str, ...] = ()
    unfit: str = ""

    @classmethod
    def of(
        cls, returns: pd.Series, *, periods_per_year: float, cash: pd.Series | None = None, name: str = "returns"
    ) -> Sample:
        """The sample of a dated series, without a benchmark.

        Parameters
        ----------
        returns : (n,) float, n >= 2, indexed by sorted dates without duplicates; simple returns per period, decimal.
            NaN and infinity are refused, not skipped: a hole shifts every later pair of observations.
        periods_per_year : observations a year to annualise with.
        cash : cash return per period; may reach beyond both ends of `returns`. None: the returns are active,
            long-short or over cash already, or there is no cash series.
        name : what to call the series in a message.

        Raises
        ------
        InferenceError
            Not a dated series, too short, unsorted, holes, infinite values, impossible returns, another frequency than
            `periods_per_year`, a cash series on other dates.
        """
        values = _values(returns, name, periods_per_year)
        rate = None if cash is None else _inside(cash, "rf", returns.index, name, periods_per_year)
        return cls(returns.index, values, float(periods_per_year), cash=rate, unfit=_why_unfit(values, name))

    def against(self, benchmark: pd.Series, name: str = "benchmark") -> Sample:
        """The same returns held against a benchmark, which may reach beyond both ends of them.

        Raises
        ------
        InferenceError
            The returns are `unfit`; the benchmark has other dates, holes or no variation; the returns are the
            benchmark's, or a fixed multiple of them: there is no active risk.
        """
        self.check_fit()
        passive = _inside(benchmark, name, self.dates, "returns", self.periods_per_year)
        check_varies(passive, name)
        active = self.returns - passive
        if np.abs(active).max() <= EQUAL:
            raise InferenceError(f"the returns equal those of {name} on every date: there is no active risk to test")
        check_varies(active, f"active return over {name}")
        found = replace(self, benchmark=passive, benchmark_name=name)
        check_varies(found.passive, f"{name} over cash")
        _check_active_risk(found.excess, found.passive[:, None])
        return found

    def on(self, factors: pd.DataFrame) -> Sample:
        """The same returns beside self-financing factors.

        Parameters
        ----------
        factors : (m, k) float, decimal excess or long-short returns, one column a factor; may reach beyond both ends
            of the returns. NaN inside that span is refused.

        Raises
        ------
        InferenceError
            The returns are `unfit`; the factors have other dates, holes or no variation, or are collinear, by name;
            more factors than the sample carries; factors that reproduce the returns.
        """
        self.check_fit()
        if not isinstance(factors, pd.DataFrame) or factors.shape[1] == 0:
            raise InferenceError("factors: expected a DataFrame with one column a factor")
        _check_aligned(self.dates, factors, "returns", "factors")
        design = factors.loc[self.dates].to_numpy(dtype=np.float64, copy=True)
        names = tuple(str(name) for name in factors.columns)
        for column, name in zip(design.T, names, strict=True):
            check_finite(column, name, self.dates)
        check_not_collinear(design, names)
        least = MIN_OBSERVATIONS + 2 * (len(names) - 1)
        if self.n < least:
            raise InferenceError(
                f"{self.n} observations for {len(names) + 1} coefficients, at least {least} are needed; "
                "lengthen the period or use fewer factors"
            )
        _check_active_risk(self.excess, design)
        design.setflags(write=False)
        return replace(self, factors=design, factor_names=names)

    def reached_by(self, factors: pd.DataFrame) -> Sample:
        """The part of the returns that all factors reach, on them.

        Parameters
        ----------
        factors : (m, k) as `on`; NaN where a factor has none; may begin or end inside the returns.

        Raises
        ------
        InferenceError
            They reach none of the dates; holes between the first and the last they reach; as `on`.
        """
        table = factors.reindex(self.dates)
        covered = np.flatnonzero(table.notna().all(axis=1))
        if not len(covered):
            raise InferenceError(f"factors: none of the {self.n} dates has all of {', '.join(map(str, factors))}")
        rows = slice(int(covered[0]), int(covered[-1]) + 1)
        return self.part(rows).on(table.iloc[rows])

    def in_months(self, months: Months) -> Sample:
        """The same returns, cash and benchmark compounded to months; without factors.

        Raises
        ------
        InferenceError
            Fewer than two months; with a benchmark, fewer than a test needs.
        """

        def compounded(values: np.ndarray) -> pd.Series:
            return pd.Series(months.compound(values), index=months.dates)

        cash = None if self.cash is None else compounded(self.cash)
        found = Sample.of(compounded(self.returns), periods_per_year=months.periods_per_year, cash=cash)
        if self.benchmark is None:
            return found
        return found.against(compounded(self.benchmark), self.benchmark_name)

    def with_returns(self, returns: np.ndarray) -> Sample:
        """Other returns, (n,), over the same dates, with the same cash and benchmark; without factors."""
        return self._with(pd.Series(returns, index=self.dates))

    def part(self, rows: slice | np.ndarray) -> Sample:
        """The sample of some of its rows, in their order, without factors: a slice, or (n,) bool.

        Raises
        ------
        InferenceError
            Fewer than two rows; with a benchmark, fewer than a test needs.
        """
        return self._with(self.series[rows])

    def active(self) -> Sample:
        """Returns minus those of the benchmark, without cash or benchmark: what the plain difference is tested on."""
        return self._alone(self.returns - self._benchmark(), f"active return over {self.benchmark_name}")

    def hedged(self) -> Sample:
        """Returns over cash minus β̂ times the benchmark's, without cash or benchmark: their mean is the alpha."""
        hedged = hedge(self.excess[:, None], self.passive)[:, 0]
        return self._alone(hedged, f"returns hedged by {self.benchmark_name}")

    @property
    def n(self) -> int:
        """Number of observations."""
        return len(self.returns)

    @property
    def series(self) -> pd.Series:
        """The returns by date."""
        return pd.Series(self.returns, index=self.dates, name="returns")

    @property
    def benchmark_series(self) -> pd.Series:
        """The returns of the benchmark by date."""
        return pd.Series(self._benchmark(), index=self.dates, name=self.benchmark_name)

    @property
    def excess(self) -> np.ndarray:
        """(n,) returns over cash; the returns themselves where there is none."""
        return self.returns if self.cash is None else self.returns - self.cash

    @property
    def passive(self) -> np.ndarray:
        """(n,) benchmark returns over cash; the returns themselves where there is none."""
        benchmark = self._benchmark()
        return benchmark if self.cash is None else benchmark - self.cash

    def _benchmark(self) -> np.ndarray:
        if self.benchmark is None:
            raise InferenceError("this sample has no benchmark to be held against; give it one with `against`")
        return self.benchmark

    @property
    def priced(self) -> np.ndarray:
        """(n, k) returns of the factors."""
        if self.factors is None:
            raise InferenceError("this sample has no factors to be held against; give it some with `on`")
        return self.factors

    @property
    def still(self) -> str:
        """Why they test nothing, however many there will be: the returns do not vary. Empty where they do."""
        return _why_still(self.returns, "returns")

    def check_fit(self) -> None:
        """Refuse a sample that is `unfit`."""
        if self.unfit:
            raise InferenceError(self.unfit)

    def _alone(self, returns: np.ndarray, name: str) -> Sample:
        return Sample.of(pd.Series(returns, index=self.dates), periods_per_year=self.periods_per_year, name=name)

    def _with(self, returns: pd.Series) -> Sample:
        cash = None if self.cash is None else pd.Series(self.cash, index=self.dates)
        found = Sample.of(returns, periods_per_year=self.periods_per_year, cash=cash)
        if self.benchmark is None:
            return found
        return found.against(self.benchmark_series, self.benchmark_name)


def hedge(returns: np.ndarray, benchmark: np.ndarray) -> np.ndarray:
    """r − β̂ b of each series, `(n, n_series)`: active returns whose mean is the alpha.

    Parameters
    ----------
    returns, benchmark : (n, n_series) and (n,) float, both over cash. β̂ is least squares with a constant; its sampling
        error is not resampled.
    """
    centred = benchmark - benchmark.mean()
    beta = (centred[:, None] * returns).sum(axis=0) / (centred**2).sum()
    return np.asarray(returns - benchmark[:, None] * beta)


def common_span(*series: pd.Series | pd.DataFrame) -> list[pd.Series | pd.DataFrame]:
    """The inputs cut to the dates from the latest first date to the earliest last date.

    Only ends are cut: a hole inside stays and is refused when the sample is made.

    Raises
    ------
    InferenceError
        The series share no date.
    """
    start = max(one.index[0] for one in series)
    end = min(one.index[-1] for one in series)
    if start > end:
        raise InferenceError(
            f"the series share no date: the last to begin starts {start}, the first to end stops {end}"
        )
    return [one.loc[start:end] for one in series]


def _check_aligned(dates: pd.DatetimeIndex, other: pd.Series | pd.DataFrame, name: str, other_name: str) -> None:
    """Refuse a series whose dates differ anywhere between the first and the last of `dates`.

    `other` may reach further back and forth. A date in one and not in the other means that the two returns
    around it describe different spans.
    """
    _check_order(other.index, other_name)
    inner = other.index[(other.index >= dates[0]) & (other.index <= dates[-1])]
    lacking = dates.difference(inner)
    surplus = inner.difference(dates)
    if len(lacking) or len(surplus):
        parts = []
        if len(lacking):
            parts.append(f"{count(len(lacking), 'date')} of {name} not in {other_name} (first {lacking[0].date()})")
        if len(surplus):
            parts.append(f"{count(len(surplus), 'date')} of {other_name} not in {name} (first {surplus[0].date()})")
        raise InferenceError(
            "misaligned calendars: " + "; ".join(parts) + "; bring both to one calendar, or cut both to the span "
            "they share, before comparing"
        )


def _inside(series: pd.Series, name: str, dates: pd.DatetimeIndex, of_name: str, periods_per_year: float) -> np.ndarray:
    """The values of a series on the dates of another, read-only."""
    _check_kind(series, name)
    _check_aligned(dates, series, of_name, name)
    return _values(series.loc[dates], name, periods_per_year)


def _values(series: pd.Series, name: str, periods_per_year: float) -> np.ndarray:
    """The values of a dated series of simple returns, read-only."""
    _check_kind(series, name)
    _check_dates(series.index, name, periods_per_year)
    values = check_finite(series.to_numpy(dtype=np.float64, na_value=np.nan, copy=True), name, series.index)
    if (worst := values.min()) < -1.0:
        raise InferenceError(
            f"{name}: a return of {worst:g} at {series.index[int(values.argmin())].date()} is below -1; "
            "returns are decimals (0.05 is five percent), divide percent by 100"
        )
    values.setflags(write=False)
    return values


def _check_kind(series: pd.Series, name: str) -> None:
    if not isinstance(series, pd.Series) or not isinstance(series.index, pd.DatetimeIndex):
        raise InferenceError(f"{name}: expected a pandas Series indexed by date, got {_kind(series)}")


def _kind(value: object) -> str:
    if isinstance(value, pd.Series):
        return f"a Series indexed by {type(value.index).__name__}"
    return type(value).__name__


def _check_dates(index: pd.DatetimeIndex, name: str, periods_per_year: float) -> None:
    """Refuse an index that is too short, unsorted, repeated, or of another frequency than `periods_per_year`."""
    if len(index) < MIN_DESCRIBED:
        raise InferenceError(_too_short(name, len(index), MIN_DESCRIBED))
    _check_order(index, name)
    if not periods_per_year > 0:
        raise InferenceError(f"{name}: periods_per_year is {periods_per_year}, it must be above 0 (252, 12, ...)")
    years = (index[-1] - index[0]).days / 365.25
    if years > 0 and not 0.5 <= (observed := (len(index) - 1) / years) / periods_per_year <= 2.0:
        raise InferenceError(
            f"{name}: {number(observed, 0)} observations a year from {index[0].date()} to {index[-1].date()}, but "
            f"periods_per_year is {periods_per_year:g}; pass the frequency of the series"
        )


def _check_order(index: pd.Index, name: str) -> None:
    if not isinstance(index, pd.DatetimeIndex):
        raise InferenceError(f"{name}: expected an index of dates, got {type(index).__name__}")
    if not index.is_monotonic_increasing or not index.is_unique:
        raise InferenceError(f"{name}: dates must rise and be unique; sort the series and drop repeated dates")


def _why_unfit(values: np.ndarray, name: str) -> str:
    if len(values) < MIN_OBSERVATIONS:
        return _too_short(name, len(values), MIN_OBSERVATIONS)
    return _why_still(values, name)


def _why_still(values: np.ndarray, name: str) -> str:
    try:
        check_varies(values, name)
    except InferenceError as error:
        return str(error)
    return ""


def _too_short(name: str, n: int, least: int) -> str:
    return f"{name}: {n} observations, at least {least} are needed; lengthen the period or use a higher frequency"


def _check_active_risk(excess: np.ndarray, others: np.ndarray) -> None:
    """Refuse returns that a constant and multiples of other returns, (n, k), reproduce."""
    design = np.column_stack([np.ones(len(excess)), others])
    residual = excess - design @ np.linalg.lstsq(design, excess, rcond=None)[0]
    if residual.std() <= RELATIVE_ZERO * excess.std():
        raise InferenceError("the benchmark reproduces the returns exactly: there is no active risk to test")
