"""One number of a claim with its uncertainty, and the few ways in which the statistics of claims reach it.

Series use the program's own estimators: monthly, equal-weighted-cosine errors, Student's t on their degrees of freedom.
A single cross-section has no months: companies are drawn anew instead, each with all its rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import AlphaEstimate, factor_alpha, mean_return
from active_edge.inference.regression import cosine_terms, least_squares
from active_edge.inference.sample import Sample, common_span
from active_edge.words import percent, significant

MONTHS = 12
LEVEL, POWER = 0.05, 0.80
DRAWS, SEED = 199, 20260318
A_YEAR = "a year"
FEWEST_COMPANIES = 40
FEWEST: Mapping[str, int] = {"month": 24, "year": 10}
"""Fewest of what is counted below which no number is made."""
Columns: TypeAlias = Mapping[str, np.ndarray]


class TooShort(InferenceError):
    """The tables are there and hold too few of what is counted."""


@dataclass(frozen=True)
class Measured:
    """One number with its uncertainty.

    Attributes
    ----------
    estimate : in `unit`; 0 is what it would be if the claim were empty.
    interval : lower and upper end of its 95 % interval; both the estimate where it is a fact and no estimate.
    p : two-sided, of an estimate so far from 0 if the truth were 0.
    n : independent observations, sessions, months, companies: `counted` says which.
    unit : what the estimate is counted in.
    error : its standard error; 0 of a fact. degrees : of freedom of its law; inf for the normal.
    start, end : first and last day behind it. source : where the numbers came from.
    beside : what else a reader should see, a sentence each.
    """

    estimate: float
    interval: tuple[float, float]
    p: float
    n: int
    unit: str
    counted: str = "observation"
    error: float = 0.0
    degrees: float = math.inf
    start: str = ""
    end: str = ""
    source: str = ""
    beside: tuple[str, ...] = ()
    series: Mapping[str, pd.Series] = field(default_factory=dict, compare=False)
    """What its chart draws: name to dated values."""
    plain: bool = False
    """Whether the number is read as it is; else it is a share, told in percent."""

    def said(self, value: float) -> str:
        """A value of this number as text."""
        return significant(value) if self.plain else percent(value, 2)

    @property
    def is_fact(self) -> bool:
        """Whether it is counted and not estimated, so that no test applies."""
        return self.error == 0.0 and self.interval[0] == self.interval[1]

    def p_of(self, value: float) -> float:
        """Two-sided p of the estimate if the truth were `value`."""
        if self.error <= 0.0:
            return self.p
        t = abs(self.estimate - value) / self.error
        return 2.0 * _upper(t, self.degrees)

    @property
    def detectable(self) -> float | None:
        """Smallest distance from 0 found four times in five at the 5 % level; None of a fact."""
        if self.error <= 0.0:
            return None
        return (_quantile(1.0 - LEVEL / 2.0, self.degrees) + _quantile(POWER, self.degrees)) * self.error


def from_error(
    estimate: float, error: float, degrees: float, *, n: int, unit: str, counted: str, dates: pd.Index
) -> Measured:
    """The number by its standard error and Student's t (the normal law at infinite degrees).

    Raises
    ------
    InferenceError : the error is no number above zero.
    """
    if not (math.isfinite(estimate) and math.isfinite(error) and error > 0.0):
        raise InferenceError(f"its standard error is {error:g} over {n} {counted}s, so no interval can be given")
    width = _quantile(1.0 - LEVEL / 2.0, degrees) * error
    return Measured(
        float(estimate),
        (float(estimate - width), float(estimate + width)),
        2.0 * _upper(abs(estimate) / error, degrees),
        int(n),
        unit,
        counted=counted,
        error=float(error),
        degrees=degrees,
        start=_day(dates[0]),
        end=_day(dates[-1]),
    )


def fact(estimate: float, *, n: int, unit: str, counted: str, start: Any, end: Any) -> Measured:
    """A number that is counted, without an error of estimation."""
    value = float(estimate)
    return Measured(value, (value, value), 1.0, int(n), unit, counted=counted, start=_day(start), end=_day(end))


def told(
    found: Measured,
    source: str,
    *beside: str,
    series: Mapping[str, pd.Series] | None = None,
    plain: bool | None = None,
) -> Measured:
    """The same number with its source, what else to see, what its chart draws, and whether it is read as it is."""
    return replace(
        found,
        source=source,
        beside=(*found.beside, *beside),
        series=found.series if series is None else series,
        plain=found.plain if plain is None else plain,
    )


def annual_mean(returns: pd.Series) -> Measured:
    """The annual mean of monthly returns, as `mean_return`.

    Raises
    ------
    TooShort : fewer than 24 months.
    """
    _enough(len(returns.dropna()), "month")
    found = mean_return(Sample.of(returns.dropna(), periods_per_year=MONTHS))
    return _of_alpha(found, returns.dropna().index)


def annual_alpha(returns: pd.Series, factors: pd.DataFrame) -> Measured:
    """The annual alpha of active or long-short monthly returns on factors, as `factor_alpha`."""
    own, design = common_span(returns.dropna(), factors)
    _enough(len(own), "month")
    return _of_alpha(factor_alpha(Sample.of(own, periods_per_year=MONTHS).on(design)), own.index)


def _of_alpha(found: AlphaEstimate, dates: pd.Index) -> Measured:
    return from_error(
        found.alpha_annual, found.se_annual, found.degrees, n=found.n, unit=A_YEAR, counted="month", dates=dates
    )


def slope(outcome: pd.Series, on: pd.DataFrame, *, unit: str, counted: str) -> Measured:
    """The coefficient of the first column of `on`, a constant and the others beside it, with cosine errors.

    Raises
    ------
    TooShort : fewer dates than `FEWEST` have all of them.
    InferenceError : a column does not vary.
    """
    both = pd.concat([outcome.to_frame("outcome"), on], axis=1, sort=True).dropna()
    _enough(len(both), counted)
    design = np.column_stack([np.ones(len(both)), both[list(on.columns)].to_numpy(float)])
    flat = [str(name) for name, column in zip(on.columns, design.T[1:], strict=True) if np.ptp(column) == 0.0]
    if flat:
        raise InferenceError(f"{', '.join(flat)} never changes over these {len(both)} {counted}s")
    fit = least_squares(both[["outcome"]].to_numpy(float), design)
    terms = cosine_terms(len(both))
    error = fit.cosine_errors(terms)[1, 0]
    return from_error(fit.coefficients[1, 0], error, terms, n=len(both), unit=unit, counted=counted, dates=both.index)


def predicted(outcome: pd.Series, by: pd.Series, *, unit: str, counted: str) -> Measured:
    """The coefficient of an outcome on what was known before it, its own value the month before held fixed.

    Months that overlap in `by` and outcomes that last leave no correlation in what the last value does not explain, so
    that the errors are those of independent months, HC3, on n - 3 degrees of freedom. Cosines, few and slow, would see
    too little of a regressor that is slow itself: they rejected in 8.5 % of worlds of sixty months without an effect
    (a state of volatility: 10.3 % of twenty years), these in five.

    Source: MacKinnon & White (1985), Journal of Econometrics 29, 305-325, doi:10.1016/0304-4076(85)90158-7.

    Raises
    ------
    TooShort : fewer dates than `FEWEST` have all of them.
    InferenceError : one does not vary.
    """
    both = pd.concat([outcome, by, outcome.shift(1)], axis=1, keys=["outcome", "by", "last"], sort=True).dropna()
    _enough(len(both), counted)
    if min(np.ptp(both[name].to_numpy()) for name in both) == 0.0:
        raise InferenceError(f"it never changes over these {len(both)} {counted}s")
    fit = least_squares(both[["outcome"]].to_numpy(float), np.column_stack([np.ones(len(both)), both[["by", "last"]]]))
    influence = fit.design @ fit.inverse
    left = fit.residuals[:, 0] / (1.0 - (influence * fit.design).sum(axis=1))
    error = math.sqrt(float(((influence[:, 1] * left) ** 2).sum()))
    degrees = len(both) - fit.design.shape[1]
    return from_error(fit.coefficients[1, 0], error, degrees, n=len(both), unit=unit, counted=counted, dates=both.index)


def contrast(values: pd.Series, state: pd.Series, *, scale: float = MONTHS, unit: str = A_YEAR) -> Measured:
    """The mean of monthly `values` in a state (1) known before them less that outside it (0), times `scale`.

    As `predicted`, for states last: the value of the month before is held fixed.
    """
    return scaled(predicted(values, state.astype(float), unit=unit, counted="month"), scale)


def scaled(found: Measured, by: float, *, unit: str = "") -> Measured:
    """The number times a constant, its interval and error with it."""
    ends = found.interval[0] * by, found.interval[1] * by
    return replace(
        found,
        estimate=found.estimate * by,
        interval=(min(ends), max(ends)),
        error=found.error * abs(by),
        unit=unit or found.unit,
    )


def by_companies(
    rows: pd.DataFrame, compute: Callable[[Columns], float], *, unit: str, least: int = FEWEST_COMPANIES
) -> Measured:
    """A number of a cross-section whose error is that of companies drawn anew, each with all its rows.

    Parameters
    ----------
    rows : with columns `company` and `date`.
    compute : the number of such rows, column name to values; `date` is a code; NaN where they cannot give it.

    Raises
    ------
    TooShort : fewer than `least` companies.
    InferenceError : the number cannot be had.
    """
    ids, places = np.unique(rows["company"].to_numpy(), return_inverse=True)
    if len(ids) < least:
        raise TooShort(f"{len(ids)} companies have all it takes; at least {least} are needed")
    table = {str(name): rows[name].to_numpy() for name in rows if name != "date"}
    table["date"] = np.unique(rows["date"].to_numpy(), return_inverse=True)[1]
    estimate = compute(table)
    if not math.isfinite(estimate):
        raise InferenceError("the companies there are do not give the number")
    order = np.argsort(places, kind="stable")
    counts = np.bincount(places, minlength=len(ids))
    first = np.cumsum(counts) - counts
    random = np.random.default_rng(SEED)
    found = np.full(DRAWS, np.nan)
    for draw in range(DRAWS):
        picked = random.integers(0, len(ids), len(ids))
        long = counts[picked]
        # The rows of each picked company follow its first: a running count less what came before it.
        within = np.arange(long.sum()) - np.repeat(np.cumsum(long) - long, long)
        chosen = order[np.repeat(first[picked], long) + within]
        found[draw] = compute({name: values[chosen] for name, values in table.items()})
    known = found[np.isfinite(found)]
    if len(known) < 0.9 * DRAWS:
        raise InferenceError(f"{DRAWS - len(known)} of {DRAWS} draws of companies do not give the number")
    return from_error(
        estimate,
        float(known.std(ddof=1)),
        len(ids) - 1,
        n=len(ids),
        unit=unit,
        counted="company",
        dates=pd.Index([rows["date"].min(), rows["date"].max()]),
    )


def slope_within(x: np.ndarray, y: np.ndarray, groups: np.ndarray | None = None) -> float:
    """The slope of y on x, both less their means (of each group of codes); NaN where x never varies."""
    if groups is None:
        x, y = x - x.mean(), y - y.mean()
    else:
        sizes = np.maximum(np.bincount(groups), 1)
        x = x - (np.bincount(groups, x) / sizes)[groups]
        y = y - (np.bincount(groups, y) / sizes)[groups]
    squares = float((x * x).sum())
    return float((x * y).sum()) / squares if squares > 0 else math.nan


def share_above(successes: int, n: int, *, unit: str, dates: pd.Index) -> Measured:
    """A share less one half, with the error of n independent cases."""
    if n < 20:
        raise TooShort(f"{n} cases; at least 20 are needed")
    share = successes / n
    error = math.sqrt(max(share * (1.0 - share), 1.0 / n) / n)
    return from_error(share - 0.5, error, math.inf, n=n, unit=unit, counted="case", dates=dates)


def _enough(n: int, counted: str) -> None:
    least = FEWEST[counted]
    if n < least:
        raise TooShort(f"{n} {counted}s have all it takes; at least {least} are needed")


def _quantile(share: float, degrees: float) -> float:
    from scipy.special import ndtri, stdtrit

    return float(ndtri(share) if math.isinf(degrees) else stdtrit(degrees, share))


def _upper(t: float, degrees: float) -> float:
    from scipy.special import ndtr, stdtr

    return float(ndtr(-t) if math.isinf(degrees) else stdtr(degrees, -t))


def _day(day: Any) -> str:
    return str(pd.Timestamp(day).date())
