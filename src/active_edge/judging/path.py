"""What holding a portfolio was like: downside, tails and months, and its deepest falls."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from active_edge.inference.performance import Performance
from active_edge.judging.samples import Samples
from active_edge.robustness_stats import FallStats, PathStats

TAIL = 0.05
FALLS = 5
LEAST_MONTHS = 12
"""Below so many months a tail of one in twenty is no number."""


def path_of(samples: Samples, earned: Performance | None) -> PathStats | None:
    """The numbers of the path; None where there are fewer than two returns.

    Source: Sortino & Price (1994), Performance measurement in a downside risk framework, Journal of Investing 3(3),
    the target being cash; Young (1991), Calmar ratio, over the whole run instead of three years; Acerbi & Tasche
    (2002), expected shortfall, of the empirical distribution.
    """
    own = samples.own
    if own is None or earned is None:
        return None
    short = math.sqrt(float(np.mean(np.minimum(own.excess, 0.0) ** 2)))
    mean = float(own.excess.mean()) * own.periods_per_year
    months = pd.Series(samples.months.compound(own.returns), index=samples.months.dates)
    return replace(
        _months(months) if len(months) else PathStats(),
        sortino=mean / (short * math.sqrt(own.periods_per_year)) if short > 0.0 else None,
        calmar=earned.annual_return / -earned.max_drawdown if earned.max_drawdown < 0.0 else None,
    )


def _months(months: pd.Series) -> PathStats:
    values = months.to_numpy(dtype=np.float64)
    tail = float(np.quantile(values, TAIL)) if len(values) >= LEAST_MONTHS else None
    centred = values - values.mean()
    spread = float((centred**2).mean()) ** 1.5
    return PathStats(
        var_95=tail,
        es_95=None if tail is None else float(values[values <= tail].mean()),
        skew=float((centred**3).mean()) / spread if len(values) >= LEAST_MONTHS and spread > 0.0 else None,
        positive_months=float((values > 0.0).mean()),
        best_month=float(values.max()),
        best_month_in=f"{months.index[int(values.argmax())]:%Y-%m}",
        worst_month=float(values.min()),
        worst_month_in=f"{months.index[int(values.argmin())]:%Y-%m}",
    )


def deepest_falls(returns: pd.Series, base: pd.Timestamp | None, most: int = FALLS) -> tuple[FallStats, ...]:
    """The deepest falls of simple returns, deepest first; falls do not overlap.

    Parameters
    ----------
    base : day whose close the first return starts from, which is a high.
    """
    if base is None or not len(returns):
        return ()
    value = np.concatenate([[1.0], np.cumprod(1.0 + returns.to_numpy(dtype=np.float64))])
    days = pd.DatetimeIndex([base, *returns.index])
    at_high = np.flatnonzero(value >= np.maximum.accumulate(value))
    ends = np.append(at_high[1:], len(value))
    found = []
    for start, end in zip(at_high.tolist(), ends.tolist(), strict=True):
        if end - start < 2:
            continue
        trough = start + int(value[start:end].argmin())
        recovered = None if end == len(value) else str(days[end].date())
        found.append(
            FallStats(
                start=str(days[start].date()),
                trough=str(days[trough].date()),
                recovered=recovered,
                depth=float(value[trough] / value[start] - 1.0),
                sessions=min(end, len(value) - 1) - start,
            )
        )
    return tuple(sorted(found, key=lambda fall: (fall.depth, fall.start))[:most])
