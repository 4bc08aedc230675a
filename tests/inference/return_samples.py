"""Dated return series, and samples of them, for the tests of estimators."""

import numpy as np
import pandas as pd

from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.sample import Sample


def daily(values: np.ndarray, start: str = "2004-01-01") -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), index=pd.bdate_range(start, periods=len(values)))


def monthly(values: np.ndarray, start: str = "2000-01-31") -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), index=pd.date_range(start, periods=len(values), freq="ME"))


def market_and_fund(n: int, *, seed: int, alpha: float = 0.0, beta: float = 1.1, noise: float = 0.003):
    """Return daily (fund, market) whose fund earns `alpha` a year beyond `beta` times the market."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0004, 0.012, n)
    return daily(alpha / 252 + beta * market + rng.normal(0, noise, n)), daily(market)


def months_of_fund(n: int, *, seed: int, beta: float = 1.0, noise: float = 0.006) -> tuple[pd.Series, pd.Series]:
    """Return monthly (fund, market) whose fund earns nothing beyond `beta` times the market, but noise."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.008, 0.05, n)
    return monthly(beta * market + rng.normal(0, noise, n)), monthly(market)


def alone(returns: pd.Series, cash: pd.Series | None = None, *, periods_per_year: float = 252) -> Sample:
    """Return the sample of one series, in sessions unless said otherwise."""
    return Sample.of(returns, periods_per_year=periods_per_year, cash=cash)


def against(returns: pd.Series, benchmark: pd.Series, cash: pd.Series | None = None, *, name: str = "IWM") -> Sample:
    """Return the sample of daily returns against a benchmark."""
    return alone(returns, cash).against(benchmark, name)


def matrix(returns: np.ndarray, *, periods_per_year: float = 252) -> SampleMatrix:
    """Return the returns of several series, a column each, in sessions unless said otherwise."""
    return SampleMatrix.of(returns, periods_per_year=periods_per_year)


def pair(first: np.ndarray, second: np.ndarray) -> SampleMatrix:
    """Return two series side by side."""
    return matrix(np.column_stack([first, second]))
