"""What targets earn month by month in a monthly world, before and after costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from active_edge.costs import TradingTerms
from active_edge.placebo.world import MonthlyWorld
from active_edge.strategy import Targets

HALF_SPREAD, HALF_SPREAD_FALL = 0.0012, 1.1
HALF_SPREAD_LEAST, HALF_SPREAD_MOST = 0.0001, 0.03
"""Half the spread of a middling firm, its fall by size, its bounds: those of the market's own bars."""
BPS = 1e-4


@dataclass(frozen=True)
class Held:
    """What targets earned.

    rows : (n_months,) rows of `MonthEnds`. gross, net : simple returns. invested : share held in names as each month
    began.
    """

    rows: np.ndarray
    gross: np.ndarray
    net: np.ndarray
    invested: np.ndarray


def hold(world: MonthlyWorld, targets: Targets, terms: TradingTerms) -> Held:
    """Targets bought at the month end of their decision and left alone until the next; who leaves turns to cash.

    Costs: the commission, and half the spread of the terms, or of the market's own law where it is estimated. No impact
    and no limit by volume, which need days.
    """
    decided = world.row_of(targets.dates)
    returns, cash = world.ends.total_return, np.concatenate([[np.nan], world.drawn.factors["RF"].to_numpy()])
    last = len(returns) - 1
    first = int(np.argmax((targets.weights > 0).any(axis=1)))
    rows = np.arange(decided[first] + 1, last + 1)
    gross, net, invested = (np.zeros(len(rows)) for _ in range(3))
    value, money = np.zeros(targets.weights.shape[1]), 1.0
    for place, row in enumerate(rows):
        cost = 0.0
        now = np.flatnonzero(decided == row - 1)
        if len(now):
            wanted = targets.weights[now[0]]
            cost = float((np.abs(wanted - value) * _rate(world, row - 1, terms)).sum())
            value, money = wanted.copy(), 1.0 - float(wanted.sum())
        held = np.flatnonzero(value)
        earned = np.nan_to_num(returns[row, held])
        invested[place] = value[held].sum()
        grown, money = value[held] * (1.0 + earned), money * (1.0 + cash[row])
        total = float(grown.sum()) + money
        gross[place] = total - 1.0
        net[place] = total * (1.0 - cost) - 1.0
        value = np.zeros_like(value)
        value[held] = grown / total
        gone = held[np.isnan(world.ends.close[row, held])]
        money = money / total + float(value[gone].sum())
        value[gone] = 0.0
    return Held(rows, gross, net, invested)


def _rate(world: MonthlyWorld, row: int, terms: TradingTerms) -> np.ndarray:
    """(n_listings,) cost of trading one unit of each."""
    costs = terms.costs
    if costs.spread == "estimated":
        half = HALF_SPREAD * np.exp(-HALF_SPREAD_FALL * np.nan_to_num(world.ends.z_size[row]))
        half = np.clip(half, HALF_SPREAD_LEAST, HALF_SPREAD_MOST)
    else:
        half = np.full(world.ends.z_size.shape[1], float(costs.spread) * BPS / 2.0)
    return np.asarray(half + costs.commission_bps * BPS)
