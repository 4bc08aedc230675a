"""Five years of invented monthly returns: a passive index, and a portfolio that follows it with little noise."""

import numpy as np
import pandas as pd

_RNG = np.random.default_rng(1)
MONTHS = pd.date_range("2015-01-31", periods=60, freq="ME")
PASSIVE = pd.Series(_RNG.normal(0.007, 0.05, 60), index=MONTHS, name="passive")
MINE = (PASSIVE + _RNG.normal(0.001, 0.01, 60)).rename("mine")
