"""The portfolio of every subset of a screen's legs, decided on the same dates from the same figures.

A subset is a number whose bit i is set where leg i of ``screen.legs()`` is in force. Figures, universe and percentiles
do not depend on which legs are in force, so a subset is one pass over the candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from active_edge.evaluation import buffered, order, percentiles, weighted_score
from active_edge.run.backtest import Result
from active_edge.sectors import NAMES
from active_edge.selection.members import capped
from active_edge.strategy import sector_caps, weigh

if TYPE_CHECKING:
    from active_edge.engine import SparseWeights


def first_decision(result: Result) -> int:
    """Row of the first decision date on which anything was selected; the number of rows where nothing ever was."""
    held = result.targets.weights.sum(axis=1) > 0
    return int(held.argmax()) if held.any() else len(held)


def subset_weights(result: Result, subsets: Sequence[int]) -> list[SparseWeights]:
    """Target weights of the strategy with only the legs of each subset in force.

    All of them start on the first date on which the whole strategy selected anybody, so that they cover the same
    sessions. The last subset, all legs, is the strategy itself.

    Parameters
    ----------
    subsets : numbers in [0, 2^n_legs); subset 0 is the plain universe.

    Timing: decided after the close of each date, from what was known then.
    """
    if result.strategy.rules.weights == "equal":
        return _equal_weights(result, subsets)
    return [_weights(result, subset) for subset in subsets]


def dropped_by(result: Result) -> np.ndarray:
    """(n_dates, n_assets) int64; bit i is set where leg i drops the name: rule failed, or rank term missing."""
    evaluation = result.decision.evaluation
    terms = percentiles(evaluation.screen, evaluation.values, evaluation.universe)
    passed = {rule.name: rule.passed for rule in evaluation.required}
    if evaluation.alternatives:
        passed["require_any"] = np.logical_or.reduce([rule.passed for rule in evaluation.alternatives])
    bits = np.zeros(evaluation.universe.mask.shape, dtype=np.int64)
    for number, leg in enumerate(evaluation.screen.legs()):
        keeps = passed.get(leg, np.ones(bits.shape, dtype=bool))
        if leg in terms:
            keeps = keeps & np.isfinite(terms[leg])
        bits |= np.where(keeps, 0, 1 << number)
    return bits


def _equal_weights(result: Result, subsets: Sequence[int]) -> list[SparseWeights]:
    from active_edge.engine import SparseWeights

    rules, screen = result.strategy.rules, result.strategy.screen
    universe = result.decision.evaluation.universe
    row, column = np.nonzero(universe.mask)
    bounds = np.searchsorted(row, np.arange(len(universe.mask) + 1))
    failed, standing = dropped_by(result)[row, column], result.decision.evaluation.panel.standing()[row, column]
    first, scored = first_decision(result), _scores(result)
    caps, codes = sector_caps(rules, universe), universe.industry.codes
    indptr = np.empty(len(bounds), dtype=np.int64)
    columns = np.empty(len(column), dtype=np.int64)
    portfolios = []
    for subset in subsets:
        score, top, keep = scored(subset & _rank_bits(screen))
        of = bounds, column, failed, score[row, column], standing
        n = _kernel()(*of, subset, top, keep, first, universe.mask.shape[1], indptr, columns)
        names = columns[:n].copy()
        size = np.diff(indptr)
        weights = np.repeat(1.0 / np.maximum(size, 1), size)
        portfolios.append(SparseWeights(*_within_caps(rules.max_weight, (caps, codes), indptr.copy(), names, weights)))
    return portfolios


def _scores(result: Result) -> Callable[[int], tuple[np.ndarray, int, int]]:
    """From the rank terms in force to (score, top, keep) as the compiled selection reads them."""
    evaluation = result.decision.evaluation
    screen, mask = evaluation.screen, evaluation.universe.mask
    terms = percentiles(screen, evaluation.values, evaluation.universe)
    legs = screen.legs()

    @cache
    def scored(bits: int) -> tuple[np.ndarray, int, int]:
        weights = {name: weight for name, weight in screen.rank.items() if bits >> legs.index(name) & 1}
        select = screen.select if weights else None
        top, keep = (0, 0) if select is None else (select.top, select.keep_until or select.top)
        return weighted_score(terms, weights, mask.shape), top, keep

    return scored


def _rank_bits(screen: Any) -> int:
    return sum(1 << number for number, leg in enumerate(screen.legs()) if leg in screen.rank)


def _within_caps(
    max_weight: float,
    sectors: tuple[np.ndarray, np.ndarray],
    indptr: np.ndarray,
    names: np.ndarray,
    weights: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The weights with both caps applied on the dates on which one binds.

    `sectors` : the cap on a sector (n_dates,), and the code of each name's (n_dates, n_assets).
    """
    caps, codes = sectors
    n_dates, n_sectors = len(indptr) - 1, len(NAMES)
    date = np.repeat(np.arange(n_dates), np.diff(indptr))
    total = np.bincount(date * n_sectors + codes[date, names], weights, minlength=n_dates * n_sectors)
    over = np.logical_or.reduce(total.reshape(n_dates, n_sectors) > caps[:, None] + 1e-12, axis=1)
    over[date[weights > max_weight + 1e-12]] = True
    for row in np.flatnonzero(over):
        here = slice(indptr[row], indptr[row + 1])
        weights[here] = capped(weights[here], max_weight, float(caps[row]), codes[row, names[here]])
    held = weights > 0.0
    if not held.all():
        counts = np.bincount(date[held], minlength=n_dates)
        return np.concatenate([[0], np.cumsum(counts)]), names[held], weights[held]
    return indptr, names, weights


def _weights(result: Result, subset: int) -> SparseWeights:
    """Weights of one subset by any rule of weighting."""
    from active_edge.engine import SparseWeights

    evaluation = result.decision.evaluation
    screen = evaluation.screen
    legs = screen.legs()
    terms = {name: weight for name, weight in screen.rank.items() if subset >> legs.index(name) & 1}
    passed = evaluation.universe.mask & (dropped_by(result) & subset == 0)
    score = weighted_score(percentiles(screen, evaluation.values, evaluation.universe), terms, passed.shape)
    rank = order(np.where(passed, score, np.nan), passed, evaluation.panel.standing())
    members = passed.copy()
    if screen.select is not None and terms:
        members = buffered(rank, screen.select.top, screen.select.keep_until or screen.select.top)
    members[: first_decision(result)] = False
    weights = weigh(result.strategy.rules, replace(evaluation, rank=rank), members)
    row, column = np.nonzero(weights)
    return SparseWeights(np.searchsorted(row, np.arange(len(weights) + 1)), column, weights[row, column])


@cache
def _kernel() -> Any:
    """The compiled selection; compiled on first use and kept on disk."""
    from active_edge.judging._subsets import select

    return select
