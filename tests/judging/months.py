"""Invented monthly returns, and samples of them: a passive index, and a portfolio that follows it with little noise."""

import numpy as np
import pandas as pd

from active_edge.inference.months import Months
from active_edge.judging.samples import Samples, samples_of

_RNG = np.random.default_rng(1)
MONTHS = pd.date_range("2015-01-31", periods=60, freq="ME")
PASSIVE = pd.Series(_RNG.normal(0.007, 0.05, 60), index=MONTHS, name="passive")
MINE = (PASSIVE + _RNG.normal(0.001, 0.01, 60)).rename("mine")


def monthly_samples(own: pd.Series, benchmarks: dict[str, pd.Series], **beside: pd.DataFrame | pd.Series) -> Samples:
    """Samples of returns that are months already."""
    return samples_of(own, benchmarks, periods_per_year=12, months=Months.each(own.index, 12.0), **beside)
