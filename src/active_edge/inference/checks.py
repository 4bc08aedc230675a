"""What numbers must be before any estimate is made of them; a dated return series is checked by `Sample`.

What cannot carry the number asked for raises `InferenceError` with the place, the value, the bound and the remedy; it
never yields a number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError

MIN_OBSERVATIONS = 12
"""A year of months: fewer observations do not carry a standard error worth printing."""

RELATIVE_ZERO = 1e-10
"""A deviation below this share of the series' own size is rounding, not variation."""

MAX_CONDITION = 1e7
"""Condition number of the standardised regressors beyond which they are treated as collinear."""


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


def check_not_collinear(design: np.ndarray, names: Sequence[str]) -> None:
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
