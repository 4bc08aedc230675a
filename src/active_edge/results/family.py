"""Strategies tried together, or runs put side by side, as a family: what is believed of the best of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.belief import DEFAULT
from active_edge.inference.best_of import BestOf, believe_family, mean_correlation
from active_edge.inference.months import Months
from active_edge.inference.regression import least_squares
from active_edge.robustness_stats import FamilyStats
from active_edge.sessions import sessions_between
from active_edge.stats import Stats

MIN_MONTHS = 24
"""Common months below which nothing is said of runs together."""


def family_stats(
    benchmark: str, members: Sequence[str], found: BestOf, months: int, *, own: int | None = None
) -> FamilyStats:
    """The numbers of a family; `own` is the place of the run they are told beside."""
    best, belief = found.best, found.belief
    return FamilyStats(
        benchmark=benchmark,
        prior=DEFAULT.name,
        members=tuple(members),
        months=months,
        best=members[best],
        alpha_annual=float(found.alpha[best]),
        believed=float(belief.mean[best]),
        believed_deviation=float(belief.deviation[best]),
        own_believed=None if own is None else float(belief.mean[own]),
        own_believed_deviation=None if own is None else float(belief.deviation[own]),
        none_above=found.none_above,
        correlation=found.correlation,
        spread=belief.spread,
    )


def family_of_runs(stats: Sequence[Stats], returns: Sequence[pd.DataFrame]) -> FamilyStats | None:
    """Stored runs as a family on the first benchmark that all of them were tested on.

    Each run's estimate and errors are those of its own page; how alike they are is read from the months in common.

    Parameters
    ----------
    returns : of each run, as `read_returns`.

    Returns
    -------
    None for fewer than two different runs, without such a benchmark, or with fewer than 24 months in common.
    """
    benchmark = _tested_by_all(stats)
    if benchmark is None or len(stats) < 2:
        return None
    months, table = _common_months(returns, benchmark)
    net = table[:, : len(stats)]
    kept = [k for k in range(len(stats)) if not any(np.array_equal(net[:, k], net[:, j]) for j in range(k))]
    if len(kept) < 2 or months < MIN_MONTHS:
        return None
    try:
        fit = least_squares(net[:, kept], np.column_stack([np.ones(months), table[:, -1]]))
        numbers = [stats[k].benchmarks[benchmark] for k in kept]
        alpha = np.array([one.alpha_annual for one in numbers])
        bound = np.array([one.excluded_above for one in numbers])
        error = np.array([max(one.alpha_se or 0.0, one.alpha_se_ols or 0.0) for one in numbers])
        correlation = mean_correlation(fit.residuals)
        belief = believe_family(alpha, float(np.sqrt((error**2).mean())), correlation)
    except InferenceError:
        return None
    return family_stats(
        benchmark, [stats[k].run for k in kept], BestOf(alpha, error, bound, correlation, belief), months
    )


def _tested_by_all(stats: Sequence[Stats]) -> str | None:
    def tested(one: Stats) -> list[str]:
        return [n for n, found in one.benchmarks.items() if found.alpha_se_ols and found.excluded_above is not None]

    return next((name for name in tested(stats[0]) if all(name in tested(one) for one in stats)), None)


def _common_months(returns: Sequence[pd.DataFrame], benchmark: str) -> tuple[int, np.ndarray]:
    """Number of complete months in common, and (months, runs + 1) net returns of the runs and of the benchmark."""
    common = reduce(pd.DatetimeIndex.intersection, (pd.DatetimeIndex(frame.index) for frame in returns))
    columns = [frame["net"] for frame in returns] + [returns[0][benchmark]]
    if not len(common):
        return 0, np.empty((0, len(columns)))
    months = Months.calendar(common, sessions_between(common[0].replace(day=1), common[-1] + pd.offsets.MonthEnd(0)))
    return months.n, months.compound(np.column_stack([column.loc[common].to_numpy() for column in columns]))
