"""What a return series did, without any claim about why."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.months import Months
from active_edge.inference.registry import BAD_BENCHMARK, BAD_SERIES, estimator
from active_edge.inference.sample import Sample


@dataclass(frozen=True)
class Performance:
    """Descriptive statistics of one return series; annual figures are decimals."""

    total_return: float
    annual_return: float
    """Geometric: (1 + total)^(periods_per_year / n) − 1."""
    annual_volatility: float
    sharpe: float | None
    """Annualised mean excess return over annualised volatility; None where volatility is zero."""
    max_drawdown: float
    """The deepest fall from a previous high, negative or zero."""
    n: int
    periods_per_year: float


@dataclass(frozen=True)
class Capture:
    """Share of the benchmark's rises and falls that the returns took part in; None with fewer than 3 periods."""

    up: float | None
    down: float | None
    up_periods: int
    down_periods: int


@estimator(
    source="Sharpe (1994)",
    published="test_performance_figures::test_performance_of_four_quarters_by_hand",
    bad_samples=("one return", "hole", "infinite", "impossible return", "unsorted", "repeated date"),
    uncalibrated="a description of what happened; it rejects nothing",
)
def performance(sample: Sample) -> Performance:
    """Return what a series of simple returns earned and risked; an unfit sample is described as well.

    A constant series has no Sharpe ratio. Without cash the ratio is over zero.

    Source: Sharpe (1994), The Sharpe ratio, Journal of Portfolio Management 21(1),
    doi:10.3905/jpm.1994.409501: the standard deviation is that of the excess returns, with n − 1.
    """
    returns, excess, periods_per_year = sample.returns, sample.excess, sample.periods_per_year
    total = float(np.prod(1.0 + returns) - 1.0)
    deviation = float(excess.std(ddof=1))
    moving = deviation > 1e-10 * max(float(np.abs(excess).max()), np.finfo(float).tiny)
    return Performance(
        total_return=total,
        annual_return=(1.0 + total) ** (periods_per_year / len(returns)) - 1.0,
        annual_volatility=float(returns.std(ddof=1)) * math.sqrt(periods_per_year),
        sharpe=float(excess.mean()) / deviation * math.sqrt(periods_per_year) if moving else None,
        max_drawdown=float(drawdowns(sample.series).min()),
        n=len(returns),
        periods_per_year=periods_per_year,
    )


def drawdowns(returns: pd.Series) -> pd.Series:
    """Return the distance below the highest value so far, `(n,)` in [-1, 0]; the start counts as a high of 1."""
    value = np.cumprod(1.0 + returns.to_numpy(dtype=np.float64))
    high = np.maximum(np.maximum.accumulate(value), 1.0)
    return pd.Series(value / high - 1.0, index=returns.index, name="drawdown")


@estimator(
    source="Morningstar (2015)",
    published="test_performance_figures::test_capture_of_a_half_invested_fund_is_about_a_half",
    bad_samples=(*BAD_SERIES, *BAD_BENCHMARK),
    uncalibrated="a description of what happened; it rejects nothing",
)
def capture(sample: Sample) -> Capture:
    """Return up and down capture by month.

    Geometric mean return of the months in which the benchmark rose (fell), over the benchmark's own in those
    months. Daily series are first compounded to calendar months, the first and the last from what is there.

    Source: Morningstar, Custom Calculation Data Points, "Upside/Downside Capture Ratio" (2015).
    """
    months = Months.of(sample.dates)
    own, other = months.compound(sample.returns), months.compound(sample.benchmark_series.to_numpy())
    rising, falling = other > 0, other < 0
    return Capture(
        up=_geometric_ratio(own[rising], other[rising]),
        down=_geometric_ratio(own[falling], other[falling]),
        up_periods=int(rising.sum()),
        down_periods=int(falling.sum()),
    )


def calendar_years(returns: pd.DataFrame) -> pd.DataFrame:
    """Return compounded returns by calendar year: index `year`, the columns of `returns`.

    First and last years are from whatever dates the frame covers.
    """
    table: pd.DataFrame = (1.0 + returns).groupby(pd.DatetimeIndex(returns.index).year).prod() - 1.0
    return table.rename_axis("year")


def break_even_cost_bps(net_edge_annual: float, cost_drag_annual: float, turnover_annual: float) -> float | None:
    """Return the cost per unit traded at which the edge before costs is used up, in basis points.

    Parameters
    ----------
    net_edge_annual
        Alpha or active return after costs, decimal a year.
    cost_drag_annual
        What costs took, decimal a year, as a positive number.
    turnover_annual
        Traded value over portfolio value, a year, counted as `cost_drag_annual` counts it (both sides or one).

    Returns
    -------
    (net + drag) / turnover × 10⁴; negative where there was no edge even without costs; None without turnover.
    """
    if turnover_annual < 0 or cost_drag_annual < 0:
        raise InferenceError(
            f"turnover {turnover_annual} and cost drag {cost_drag_annual} are shares of capital a year, never negative"
        )
    if turnover_annual == 0:
        return None
    return (net_edge_annual + cost_drag_annual) / turnover_annual * 1e4


def _geometric_ratio(own: np.ndarray, other: np.ndarray) -> float | None:
    if len(own) < 3 or (own <= -1.0).any() or (other <= -1.0).any():
        return None
    top = math.expm1(float(np.log1p(own).mean()))
    bottom = math.expm1(float(np.log1p(other).mean()))
    return top / bottom if bottom else None
