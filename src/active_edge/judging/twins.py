"""Matched random portfolios: what the same trading would have earned with names picked by lot.

Every held name gets a twin drawn from the same universe on the same date, from the same sector and size decile.
The twin stays as long as the name stays and leaves when it leaves, so number, size, sectors, weights and turnover
match by construction; charged the same costs, what is left of the difference is the choice of names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import AlphaEstimate, factor_alpha, mean_return
from active_edge.inference.sample import Sample
from active_edge.judging.samples import Samples
from active_edge.panel.nameless import nameless_order
from active_edge.run.backtest import Result
from active_edge.sessions import SESSIONS_A_YEAR

SIZE_GROUPS = 10
RANDOM_PORTFOLIOS = 200
DRAW_THREADS = 2
MIN_CHOICE = 0.02
"""Share of candidates that must be left out before random portfolios can differ from the strategy at all."""


@dataclass(frozen=True)
class Twins:
    """Net returns of random portfolios matched to a result.

    annual : (count,) mean × 252 of each. months : (n_months,) mean over them of each complete month's return.
    """

    annual: np.ndarray
    months: np.ndarray


def edge_over_twins(samples: Samples, own: np.ndarray, twins: np.ndarray) -> AlphaEstimate | None:
    """Annual alpha of returns less those of their mean twin, on the factors where the samples have any, else plain.

    Parameters
    ----------
    own, twins : (n_months,) net returns of the portfolio and of the mean twin.

    Returns
    -------
    None where the difference cannot carry a test.
    """
    gap = pd.Series(own - twins, index=samples.months.dates)
    try:
        sample = Sample.of(gap, periods_per_year=samples.months.periods_per_year)
        if samples.priced is None:
            return mean_return(sample)
        priced = samples.priced
        table = pd.DataFrame(priced.priced, index=priced.dates, columns=list(priced.factor_names))
        return factor_alpha(sample.reached_by(table))
    except InferenceError:
        return None


def random_twins(result: Result, samples: Samples, *, count: int, seed: int) -> Twins | None:
    """What random portfolios matched to the result earned; None without a choice.

    Matched on number, size decile, sector, weights and turnover, traded at the same times under the same costs.
    """
    from active_edge.engine import SparseWeights

    targets, evaluation = result.targets, result.decision.evaluation
    held, candidates = (targets.weights > 0).sum(), targets.candidates.sum()
    if result.base is None or not count or held > (1.0 - MIN_CHOICE) * candidates:
        return None
    groups = size_groups(evaluation.panel.market_value(), targets.candidates)
    codes = evaluation.universe.industry.codes
    columns = nameless_order(result.market, (groups, np.broadcast_to(codes, groups.shape), targets.weights))
    own = targets.weights[:, columns]
    bounds, twins = draw_twins(own, groups[:, columns], codes[..., columns], seed=seed, count=count)
    weights = own[np.nonzero(own > 0)]
    draws = [SparseWeights(bounds, *_by_asset(bounds, columns[names], weights)) for names in twins]
    daily = result.arena.run(draws, workers=DRAW_THREADS).measured(result.first_fill)
    return Twins(daily.mean(axis=0) * SESSIONS_A_YEAR, samples.months.compound(daily).mean(axis=1))


def _by_asset(bounds: np.ndarray, names: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Names and weights with the names of each date ascending."""
    date = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    order = np.lexsort((names, date))
    return names[order], weights[order]


def size_groups(market_value: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """(n_dates, n_assets) int size decile within the candidates of each date; -1 for all others.

    Names of equal value are in one group. A candidate of unknown value (a member list needs none) is in a group of its
    own, `SIZE_GROUPS`.
    """
    groups = np.full(candidates.shape, -1)
    for row, (values, use) in enumerate(zip(market_value, candidates, strict=True)):
        columns = np.flatnonzero(use)
        known = columns[np.isfinite(values[columns])]
        groups[row, columns] = SIZE_GROUPS
        below = np.searchsorted(np.sort(values[known]), values[known], side="left")
        groups[row, known] = below * SIZE_GROUPS // max(len(known), 1)
    return groups


def draw_twins(
    weights: np.ndarray, size_group: np.ndarray, sector: np.ndarray, *, seed: int, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Names of `count` random portfolios matched to one portfolio.

    Parameters
    ----------
    weights : (n_dates, n_assets) float; target weights of the portfolio.
    size_group : (n_dates, n_assets) int from `size_groups`; -1 cannot be drawn.
    sector : (n_assets,) sector of each asset, or (n_dates, n_assets) where it changes.
    seed : draw number n is a function of (seed, n).

    Returns
    -------
    bounds : (n_dates + 1,) int; the held names of date d, in the order of ``np.nonzero(weights)``, are
        ``bounds[d]`` to ``bounds[d + 1]``.
    twins : (count, n_held) int; column of the twin of each. Where sector and size have no free name the draw
        widens to the size decile, then to all candidates; a name nobody can stand in for keeps itself.
    """
    sector = np.asarray(sector)
    sector_code = np.unique(sector, return_inverse=True)[1].reshape(sector.shape)
    n_sectors = int(sector_code.max()) + 1
    n_cells = (SIZE_GROUPS + 1) * n_sectors
    cell = np.where(size_group >= 0, size_group * n_sectors + np.atleast_2d(sector_code), n_cells)
    pool = np.argsort(cell, axis=1, kind="stable").astype(np.int64)
    starts = np.array(
        [np.searchsorted(row[order], np.arange(n_cells + 1)) for row, order in zip(cell, pool, strict=True)]
    )
    rows, columns = np.nonzero(weights > 0)
    bounds = np.searchsorted(rows, np.arange(len(weights) + 1))
    twins = np.empty((count, len(columns)), dtype=np.int64)
    kernel = _draw_kernel()
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        kernel(rng, bounds, columns, cell, pool, starts, n_sectors, twins[number])
    return bounds, twins


@cache
def _draw_kernel() -> Any:
    """The compiled draw of one portfolio; compiled on first use and kept on disk."""
    from active_edge.judging._draw import draw

    return draw
