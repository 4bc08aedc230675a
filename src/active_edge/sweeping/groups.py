"""Variants that share candidates and dates, and within those the market as they trade on it: each read once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from active_edge.costs import TradingTerms
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.strategy import Strategy, decide_targets, decision_dates
from active_edge.sweeping.cube import Cube, compiled, make_cube
from active_edge.sweeping.variants import Variant

if TYPE_CHECKING:
    from active_edge.engine import Arena, Plans

TOGETHER = 16
"""Variants a thread selects, or trades, in one go."""


@dataclass(frozen=True)
class Block:
    """What some variants of a group did, one column or entry each.

    Attributes
    ----------
    returns, drag, turnover : as `engine.BlockReturns`.
    first_row : (n,) int; row of `returns` of the first fill, their number where there was none.
    names : (n_dates, n) int; names with a target weight.
    """

    returns: np.ndarray
    drag: np.ndarray
    turnover: np.ndarray
    first_row: np.ndarray
    names: np.ndarray


class Group:
    """Variants with the same universe, items and decision dates, on one market.

    Parameters
    ----------
    strategies : all that will ever be asked for.
    sessions : of the run.
    """

    def __init__(
        self, strategies: Sequence[Strategy], market: Market, sessions: pd.DatetimeIndex, panel: Panel
    ) -> None:
        self.market, self.sessions, self.panel = market, sessions, panel
        self.cube: Cube = make_cube(strategies, panel)
        self._arenas: dict[Any, Arena] = {}

    def run(self, strategies: Sequence[Strategy], *, workers: int = 1) -> Block:
        """What strategies of the group did; the answer does not depend on `workers`, which are threads."""
        n, n_dates = len(strategies), len(self.panel.dates)
        shape = (len(self.sessions) - 1, n)
        block = Block(
            returns=np.empty(shape, order="F"),
            drag=np.empty(shape, order="F"),
            turnover=np.empty((n_dates, n), order="F"),
            first_row=np.empty(n, dtype=np.int64),
            names=np.zeros((n_dates, n), dtype=np.int64),
        )
        by_terms: dict[tuple[TradingTerms, bool], list[int]] = {}
        for place, strategy in enumerate(strategies):
            by_terms.setdefault((strategy.terms, compiled(strategy)), []).append(place)
        with ThreadPoolExecutor(workers) as pool:
            for places in by_terms.values():
                self._trade(block, np.array(places), [strategies[place] for place in places], pool)
        return block

    def _trade(
        self, block: Block, places: np.ndarray, strategies: Sequence[Strategy], pool: ThreadPoolExecutor
    ) -> None:
        """Fill the columns of strategies of the same terms; those that decide alike on every date are traded once."""
        arena, n = self._arena(strategies[0].terms), len(strategies)
        if compiled(strategies[0]):
            rules = self.cube.compile(strategies)
            starts = range(0, n, TOGETHER)
            made = pool.map(lambda start: self.cube.select(rules, start, min(start + TOGETHER, n)), starts)
            plans = [plan for several in made for plan in _each(several)]
        else:
            plans = _each(self._decided(strategies))
        place_of: dict[bytes, int] = {}
        same = np.array([place_of.setdefault(b"".join(map(np.ndarray.tobytes, plan)), len(place_of)) for plan in plans])
        first = np.unique(same, return_index=True)[1]
        parts = [first[start : start + TOGETHER] for start in range(0, len(first), TOGETHER)]
        found = pool.map(lambda part: arena.run_plans(_together([plans[k] for k in part])), parts)
        for number, traded in enumerate(found):
            begin = number * TOGETHER
            inside = (same >= begin) & (same < begin + TOGETHER)
            # Column by column, each of which lies together in memory.
            for into, of in zip(places[inside], same[inside] - begin, strict=True):
                block.returns[:, into], block.drag[:, into] = traded.returns[:, of], traded.drag[:, of]
                block.turnover[:, into], block.first_row[into] = traded.turnover[:, of], traded.first_row[of]
        block.names[:, places] = np.array([np.diff(indptr) for indptr, _, _ in plans]).T

    def _decided(self, strategies: Sequence[Strategy]) -> Plans:
        """Plans of strategies with a weighting of a user's own, decided one by one."""
        from active_edge.engine import Plans

        panel = self.panel
        weights = [decide_targets(s, self.market, panel.dates, panel=panel).targets.weights for s in strategies]
        found = [np.nonzero(matrix) for matrix in weights]
        dates = np.arange(len(self.panel.dates) + 1)
        return Plans(
            offsets=np.cumsum([0, *(len(row) for row, _ in found)]).astype(np.int64),
            indptr=np.array([np.searchsorted(row, dates) for row, _ in found], dtype=np.int64),
            assets=np.concatenate([column for _, column in found]).astype(np.int64),
            weights=np.concatenate([m[at] for m, at in zip(weights, found, strict=True)]),
        )

    def _arena(self, terms: TradingTerms) -> Arena:
        """The arena of some terms; prices are read once for all that fill and end alike, capital is no other arena."""
        from active_edge.engine import prepare

        alike = replace(terms, capital_usd=TradingTerms.capital_usd)
        if alike not in self._arenas:
            same = next((a for t, a in self._arenas.items() if replace(t, costs=terms.costs) == alike), None)
            if same is None:
                columns = self.cube.columns if len(self.cube.columns) else np.array([0])
                dates, ends = self.panel.dates, {"start": self.sessions[0], "end": self.sessions[-1]}
                self._arenas[alike] = prepare(self.market, dates, terms, columns=columns, **ends)
            else:
                self._arenas[alike] = same.with_costs(self.market, terms.costs)
        return self._arenas[alike].under(capital_usd=terms.capital_usd)


def _each(plans: Plans) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Dates, assets and weights of each plan, in memory of their own."""
    ends = [slice(*plans.offsets[k : k + 2]) for k in range(len(plans.indptr))]
    return [(plans.indptr[k], plans.assets[at].copy(), plans.weights[at].copy()) for k, at in enumerate(ends)]


def _together(plans: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Plans:
    from active_edge.engine import Plans

    return Plans(
        offsets=np.cumsum([0, *(len(assets) for _, assets, _ in plans)]).astype(np.int64),
        indptr=np.array([indptr for indptr, _, _ in plans]),
        assets=np.concatenate([assets for _, assets, _ in plans]),
        weights=np.concatenate([weights for _, _, weights in plans]),
    )


def grouped(variants: Sequence[Variant], market: Market, sessions: pd.DatetimeIndex) -> list[list[Variant]]:
    """Variants by what they share, groups of the same dates one after the other; each in the order of the grid."""
    groups: dict[tuple[Any, ...], list[Variant]] = {}
    dates: dict[Any, tuple[pd.Timestamp, ...]] = {}
    for variant in variants:
        rules, screen = variant.strategy.rules, variant.strategy.screen
        schedule = rules.rebalance, rules.month_offset, screen.universe.members if rules.rebalance == "once" else None
        if schedule not in dates:
            dates[schedule] = tuple(decision_dates(variant.strategy, market, sessions))
        key = dates[schedule], repr(screen.universe), repr(screen.items)
        groups.setdefault(key, []).append(variant)
    order = list(dict.fromkeys(dates.values()))
    return [groups[key] for key in sorted(groups, key=lambda key: order.index(key[0]))]
