"""What a sample must be before any number is computed from it.

Every public estimator of this package passes its input through here. A sample that cannot carry the number
asked for raises `InferenceError` with the place, the value, the bound and the remedy; it never yields a number.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError

MIN_OBSERVATIONS = 24
"""Two years of months: fewer observations do not carry a standard error worth printing."""

RELATIVE_ZERO = 1e-10
"""A deviation below this share of the series' own size is rounding, not variation."""

MAX_CONDITION = 1e7
"""Condition number of the standardised regressors beyond which they are treated as collinear."""


def check_series(
    values: pd.Series,
    name: str,
    *,
    periods_per_year: float,
    minimum: int = MIN_OBSERVATIONS,
    returns: bool = True,
    varies: bool = True,
) -> np.ndarray:
    """Return the values of a dated series as floats once it is fit to be a sample.

    Parameters
    ----------
    values
        `(n,) float`, index: sorted dates without duplicates; simple returns per period, decimal. NaN and
        infinity are refused, not skipped: a hole shifts every later pair of observations.
    name
        What to call the series in a message.
    periods_per_year
        Observations a year the caller annualises with; it must agree with the dates.
    minimum
        Fewest observations.
    returns
        Whether the values are simple returns, none of which may lie below -1.
    varies
        Whether a constant series is refused.

    Returns
    -------
    `(n,) float64`, a copy.

    Raises
    ------
    InferenceError
        Not a dated series, too short, unsorted, holes, infinite values, impossible returns, no variation.
    """
    if not isinstance(values, pd.Series) or not isinstance(values.index, pd.DatetimeIndex):
        raise InferenceError(f"{name}: expected a pandas Series indexed by date, got {_kind(values)}")
    check_dates(values.index, name, periods_per_year=periods_per_year, minimum=minimum)
    sample = check_finite(values.to_numpy(dtype=np.float64, na_value=np.nan), name, values.index)
    if returns and (worst := sample.min()) < -1.0:
        raise InferenceError(
            f"{name}: a return of {worst:g} at {values.index[int(sample.argmin())].date()} is below -1; "
            "returns are decimals (0.05 is five percent), divide percent by 100"
        )
    if varies:
        check_varies(sample, name)
    return sample


def check_dates(index: pd.DatetimeIndex, name: str, *, periods_per_year: float, minimum: int) -> None:
    """Refuse an index that is too short, unsorted, repeated, or of another frequency than `periods_per_year`."""
    if len(index) < minimum:
        raise InferenceError(
            f"{name}: {len(index)} observations, at least {minimum} are needed; "
            "lengthen the period or use a higher frequency"
        )
    _check_order(index, name)
    if not periods_per_year > 0:
        raise InferenceError(f"{name}: periods_per_year is {periods_per_year}, it must be above 0 (252, 12, ...)")
    years = (index[-1] - index[0]).days / 365.25
    if years > 0 and not 0.5 <= (observed := (len(index) - 1) / years) / periods_per_year <= 2.0:
        raise InferenceError(
            f"{name}: {observed:.0f} observations a year from {index[0].date()} to {index[-1].date()}, but "
            f"periods_per_year is {periods_per_year:g}; pass the frequency of the series"
        )


def check_finite(sample: np.ndarray, name: str, index: pd.Index | None = None) -> np.ndarray:
    """Return the sample, refusing NaN and infinity by position or date of the first one."""
    bad = ~np.isfinite(sample)
    if bad.any():
        first = int(np.argwhere(bad)[0][0])
        where = f"row {first}" if index is None else str(pd.Timestamp(index[first]).date())
        raise InferenceError(
            f"{name}: {int(bad.sum())} of {sample.size} values are missing or infinite, the first at {where}; "
            "repair or cut the series, holes are not skipped"
        )
    return sample


def check_varies(sample: np.ndarray, name: str) -> None:
    """Refuse a sample whose standard deviation is zero or rounding error of its size."""
    deviation = float(sample.std())
    if deviation <= RELATIVE_ZERO * max(float(np.abs(sample).max()), np.finfo(float).tiny):
        raise InferenceError(
            f"{name}: all {sample.size} values equal {float(sample[0]):g}; a constant series has no risk to judge by"
        )


def check_aligned(values: pd.Series, other: pd.Series | pd.DataFrame, name: str, other_name: str) -> None:
    """Refuse two series whose dates differ anywhere between the first and the last date of `values`.

    `other` may reach further back and forth. A date in one and not in the other means that the two returns
    around it describe different spans.
    """
    for one, title in ((values, name), (other, other_name)):
        _check_order(one.index, title)
    inner = other.index[(other.index >= values.index[0]) & (other.index <= values.index[-1])]
    lacking = values.index.difference(inner)
    surplus = inner.difference(values.index)
    if len(lacking) or len(surplus):
        parts = []
        if len(lacking):
            parts.append(f"{len(lacking)} dates of {name} are not in {other_name} (first {lacking[0].date()})")
        if len(surplus):
            parts.append(f"{len(surplus)} dates of {other_name} are not in {name} (first {surplus[0].date()})")
        raise InferenceError(
            "misaligned calendars: " + "; ".join(parts) + "; bring both to one calendar, or cut both to the span "
            "they share, before comparing"
        )


def check_not_collinear(design: np.ndarray, names: list[str]) -> None:
    """Refuse regressors that vary too little or repeat each other.

    Parameters
    ----------
    design
        `(n, k) float`, without the constant.
    names
        `k` names, for the message.
    """
    for column, name in zip(design.T, names, strict=True):
        check_varies(column, f"factor {name}")
    scaled = (design - design.mean(axis=0)) / design.std(axis=0)
    _, values, directions = np.linalg.svd(scaled, full_matrices=False)
    if values[-1] * MAX_CONDITION <= values[0]:
        involved = [name for name, weight in zip(names, directions[-1], strict=True) if abs(weight) > 1e-3]
        raise InferenceError(
            f"factors {', '.join(involved)} are perfectly collinear over these {len(design)} observations; "
            "leave one of them out"
        )


def common_span(*series: pd.Series | pd.DataFrame) -> list[pd.Series | pd.DataFrame]:
    """Return the inputs cut to the dates from the latest first date to the earliest last date.

    Only ends are cut: a hole inside stays and is refused by `check_aligned`.

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


def check_share(value: float, name: str) -> float:
    """Return the value once it is known to lie strictly between 0 and 1."""
    if not 0.0 < value < 1.0:
        raise InferenceError(f"{name} is {value}, it must lie strictly between 0 and 1")
    return float(value)


def check_trials(trials: int) -> int:
    """Return the number of trials once it is known to be a whole number of at least one."""
    if int(trials) != trials or trials < 1:
        raise InferenceError(f"trials is {trials}, it must be a whole number of at least 1 (this one counts)")
    return int(trials)


def _check_order(index: pd.Index, name: str) -> None:
    if not isinstance(index, pd.DatetimeIndex):
        raise InferenceError(f"{name}: expected an index of dates, got {type(index).__name__}")
    if not index.is_monotonic_increasing or not index.is_unique:
        raise InferenceError(f"{name}: dates must rise and be unique; sort the series and drop repeated dates")


def _kind(value: object) -> str:
    if isinstance(value, pd.Series):
        return f"a Series indexed by {type(value.index).__name__}"
    return type(value).__name__
