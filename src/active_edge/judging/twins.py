"""Matched random portfolios of a result: what the same trading would have earned with names picked by lot.

Every held name gets a twin drawn from the same universe on the same date, from the same sector and size decile.
The twin stays as long as the name stays and leaves when it leaves, so number, size, sectors, weights and turnover
match by construction; charged the same costs, what is left of the difference is the choice of names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from active_edge.judging.matched import draw_twins, size_groups
from active_edge.judging.samples import Samples
from active_edge.panel.nameless import nameless_order
from active_edge.run.backtest import Result
from active_edge.sessions import SESSIONS_A_YEAR

RANDOM_PORTFOLIOS = 200
DRAW_THREADS = 2
SPREAD = (0.05, 0.5, 0.95)
MIN_CHOICE = 0.02
"""Share of candidates that must be left out before random portfolios can differ from the strategy at all."""


@dataclass(frozen=True)
class Twins:
    """Net returns of random portfolios matched to a result.

    annual : (count,) mean × 252 of each. months : (n_months,) mean over them of each complete month's return.
    growth : (n_sessions, 3) of what 1 became in each by then, the quantiles `SPREAD`.
    """

    annual: np.ndarray
    months: np.ndarray
    growth: np.ndarray


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
    growth = np.quantile(np.cumprod(1.0 + daily, axis=0), SPREAD, axis=1).T
    return Twins(daily.mean(axis=0) * SESSIONS_A_YEAR, samples.months.compound(daily).mean(axis=1), growth)


def _by_asset(bounds: np.ndarray, names: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Names and weights with the names of each date ascending."""
    date = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    order = np.lexsort((names, date))
    return names[order], weights[order]
