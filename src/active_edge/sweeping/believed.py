"""What the other variants of a sweep leave to be believed of each: the prior of one that is taken from it.

The best of many looks better than it is. Believed as one of its family it is shrunk towards the others; the prior that
shrinks it as much when it is run alone goes into its own file, so that its page, its seal and its track know of it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.best_of import best_of
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.months import MONTHS_A_YEAR
from active_edge.sweeping.statistics import Measure

PRIOR = ("prior_mean", "prior_deviation")
"""Columns of a sweep's table, annual decimals; missing where a variant has too few months to be one of the family."""
SAME = 12
"""Decimals to which the months of two variants agree where they are the same."""


def priors_of(months: np.ndarray, measure: Measure) -> pd.DataFrame:
    """(n_variants × `PRIOR`) of every variant.

    Parameters
    ----------
    months : (n_variants, n_months) net returns, as `statistics.Measures`.
    """
    found = pd.DataFrame(np.nan, index=range(len(months)), columns=list(PRIOR))
    try:
        excess, passive, numbers = measure.family(months)
        together = best_of(SampleMatrix.of(excess, periods_per_year=MONTHS_A_YEAR), passive[:, None])
    except InferenceError:
        return found
    error = float(np.sqrt((together.error**2).mean()))
    mean, deviation = left_by_others(together.alpha, error, together.belief.mean, together.belief.deviation)
    keys = [row.tobytes() for row in np.round(months, SAME)]
    place = {keys[number]: k for k, number in enumerate(numbers)}
    known = np.array([place.get(key, -1) for key in keys])
    for column, values in zip(PRIOR, (mean, deviation), strict=True):
        found.loc[known >= 0, column] = values[known[known >= 0]]
    return found


def left_by_others(
    alpha: np.ndarray, error: float, mean: np.ndarray, deviation: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(n,) mean and deviation of the normal priors that estimates with an error turn into given beliefs.

    Precisions add: what an estimate did not bring to a belief was there before it.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.maximum(1.0 / deviation**2 - 1.0 / error**2, 0.0)
        variance = 1.0 / precision
        own = np.where(precision > 0.0, variance * (mean / deviation**2 - alpha / error**2), mean)
    return np.where(np.isfinite(own), own, mean), np.sqrt(variance)
