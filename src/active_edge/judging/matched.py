"""Names drawn by lot that match a portfolio's in size and sector, and what it earned beyond their mean.

Every held name gets a twin from the same candidates on the same date. Which portfolios, and how they trade, is the
business of who asks: a result (`twins`), or a screen on a market of months.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import AlphaEstimate, factor_alpha, mean_return
from active_edge.inference.sample import Sample
from active_edge.judging.samples import Samples

SIZE_GROUPS = 10


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
