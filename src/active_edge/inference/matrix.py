"""The returns of several portfolios over the same periods, checked once: what tests of a whole family take."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import MIN_OBSERVATIONS, RELATIVE_ZERO, check_finite
from active_edge.inference.sample import hedge


@dataclass(frozen=True, eq=False)
class SampleMatrix:
    """Returns by period and series; made by `of`.

    Attributes
    ----------
    returns : (n, n_series) float; simple active, excess or long-short returns per period, decimal; never NaN.
        Read-only.
    periods_per_year : 252 for sessions, 12 for months.
    """

    returns: np.ndarray
    periods_per_year: float

    @classmethod
    def of(cls, returns: np.ndarray, *, periods_per_year: float, name: str = "returns") -> SampleMatrix:
        """The matrix of an array.

        Raises
        ------
        InferenceError
            No matrix, fewer than 12 rows, no series, missing or infinite values.
        """
        values = np.array(returns, dtype=np.float64)
        if values.ndim != 2 or len(values) < MIN_OBSERVATIONS or values.size == 0:
            raise InferenceError(
                f"{name}: shape {values.shape}, at least {MIN_OBSERVATIONS} rows and one column a series are needed"
            )
        check_finite(values, name).setflags(write=False)
        return cls(values, float(periods_per_year))

    @property
    def n(self) -> int:
        """Number of periods."""
        return len(self.returns)

    @property
    def n_series(self) -> int:
        """Number of series."""
        return int(self.returns.shape[1])

    @cached_property
    def flat(self) -> np.ndarray:
        """(n_series,) bool; True for a series that does not vary."""
        size = np.maximum(np.abs(self.returns).max(axis=0), np.finfo(float).tiny)
        return np.asarray(self.returns.std(axis=0) <= RELATIVE_ZERO * size)

    def check_varies(self) -> None:
        """Refuse a matrix with a series that does not vary."""
        if self.flat.any():
            raise InferenceError(f"returns: column {int(np.argmax(self.flat))} is constant; leave it out")

    def hedged(self, benchmark: np.ndarray) -> SampleMatrix:
        """r − β̂ b of each series, as `hedge`; both over cash."""
        return SampleMatrix(hedge(self.returns, benchmark), self.periods_per_year)

    def columns(self, which: np.ndarray | slice) -> SampleMatrix:
        """Some of the series."""
        return SampleMatrix(self.returns[:, which], self.periods_per_year)
