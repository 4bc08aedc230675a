"""Which leg earns the edge: each leg removed, each leg alone, and the exact Shapley share of each.

Alpha is linear in returns, so the shares of the alpha are the alphas of the shares: with the portfolios of all subsets
of the legs in hand, alpha of the whole = alpha of the plain universe + the sum of the legs' shares, to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.inference.alpha import alpha_matrix
from active_edge.inference.bootstrap import longest_block, mean_intervals
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.months import MONTHS_A_YEAR
from active_edge.inference.multiple import holm
from active_edge.inference.shapley import LegContributions, edge_by_leg
from active_edge.judging.judgement import Judgement
from active_edge.judging.subsets import subset_weights
from active_edge.progress import Progress, silent

MAX_EXACT_LEGS = 12
"""2^12 portfolios take seconds; a screen with more legs gets sampled permutations, and the page says so."""
PERMUTATIONS = 200
TOGETHER = 512
"""Portfolios simulated in one go."""
RESAMPLES = 1000
NO_DIFFERENCE = 1e-12
"""A monthly contribution below this is rounding: the leg changed nothing."""


@dataclass(frozen=True)
class Attribution:
    """The alpha on one benchmark, shared out over the legs of a screen.

    Attributes
    ----------
    benchmark : the benchmark of every alpha.
    universe_alpha, total_alpha : annual alpha of the plain universe without any leg, and of the whole strategy.
    table : (n_legs, ...) frame, annual decimals: leg, shapley, lower, upper, leave_one_out, leave_one_out_lower,
        leave_one_out_upper, add_one_in, add_one_in_lower, add_one_in_upper (95 % bootstrap intervals), p (of the
        Shapley share, two-sided), p_holm (over the legs); alpha_without, alpha_without_lower, alpha_without_upper. p is
        1 for a leg that changes nothing.
    portfolios : number simulated.
    permutations : number of sampled orders of the legs; 0 where the shares are exact.
    """

    benchmark: str
    universe_alpha: float
    total_alpha: float
    table: pd.DataFrame
    portfolios: int
    permutations: int


def attribute(
    judgement: Judgement, *, seed: int = 0, workers: int = 1, progress: Progress = silent
) -> Attribution | None:
    """The alpha on the yardstick by leg, with stationary bootstrap intervals.

    Parameters
    ----------
    seed : of the bootstrap and, beyond `MAX_EXACT_LEGS` legs, of the sampled orders.
    workers : threads that simulate.
    progress : told before each `TOGETHER` portfolios; what it raises ends the work.

    Returns
    -------
    None for a screen without legs, or a result without a benchmark or a purchase.

    Source: Shapley (1953), see `inference.shapley`; sampled orders as Castro, Gómez & Tejada (2009), Polynomial
    calculation of the Shapley value based on sampling, doi:10.1016/j.cor.2008.04.004.
    """
    result = judgement.result
    legs = result.strategy.screen.legs()
    if not legs or judgement.yardstick is None or result.base is None:
        return None
    held = judgement.samples.held
    benchmark = held.passive
    exact = len(legs) <= MAX_EXACT_LEGS
    orders = np.empty((0, len(legs)), dtype=np.int64) if exact else _orders(len(legs), seed)
    subsets = list(range(1 << len(legs))) if exact else _prefixes(orders)
    returns = np.hstack(list(_monthly(judgement, subsets, workers, progress))).T
    parts = edge_by_leg(returns) if exact else _sampled(returns, subsets, orders)
    place = {subset: row for row, subset in enumerate(subsets)}
    full = (1 << len(legs)) - 1
    ends = _matrix(_over_cash(returns[[place[0], place[full]]], held.cash)).hedged(benchmark)
    alphas = ends.returns.mean(axis=0) * MONTHS_A_YEAR
    table = _table(legs, parts, benchmark, seed)
    without = returns[[place[full - (1 << number)] for number in range(len(legs))]]
    return Attribution(
        benchmark=judgement.yardstick,
        universe_alpha=float(alphas[0]),
        total_alpha=float(alphas[1]),
        table=table.join(_alphas(without, held.cash, benchmark)),
        portfolios=len(subsets),
        permutations=len(orders),
    )


def _monthly(judgement: Judgement, subsets: Sequence[int], workers: int, progress: Progress) -> Iterator[np.ndarray]:
    """(n_months, n) returns of the strategy with the legs of each subset alone, some subsets at a time."""
    result = judgement.result
    for start in range(0, len(subsets), TOGETHER):
        progress("legs", start, len(subsets))
        ran = result.arena.run(subset_weights(result, subsets[start : start + TOGETHER]), workers=workers)
        yield judgement.samples.months.compound(ran.measured(result.first_fill))


def _table(legs: tuple[str, ...], parts: LegContributions, benchmark: np.ndarray, seed: int) -> pd.DataFrame:
    kinds = {"shapley": parts.shapley, "leave_one_out": parts.leave_one_out, "add_one_in": parts.add_one_in}
    stacked = np.vstack(list(kinds.values()))
    stacked[np.abs(stacked).max(axis=1) < NO_DIFFERENCE] = 0.0
    hedged = _matrix(stacked).hedged(benchmark)
    block = longest_block(hedged.columns(slice(len(legs))))
    found = mean_intervals(hedged, seed=seed, block=block, resamples=RESAMPLES)
    table = pd.DataFrame({"leg": legs})
    for number, kind in enumerate(kinds):
        rows = slice(number * len(legs), (number + 1) * len(legs))
        bounds = ("lower", "upper") if kind == "shapley" else (f"{kind}_lower", f"{kind}_upper")
        table[kind] = found.mean_annual[rows]
        table[bounds[0]], table[bounds[1]] = found.low[rows], found.high[rows]
    table["p"] = _p_values(stacked[: len(legs)], benchmark)
    table["p_holm"] = holm(table["p"].to_numpy())
    return table


def _matrix(rows: np.ndarray) -> SampleMatrix:
    return SampleMatrix.of(rows.T, periods_per_year=MONTHS_A_YEAR)


def _over_cash(returns: np.ndarray, cash: np.ndarray | None) -> np.ndarray:
    return returns if cash is None else returns - cash


def _p_values(contributions: np.ndarray, benchmark: np.ndarray) -> np.ndarray:
    p = np.ones(len(contributions))
    moves = np.abs(contributions).max(axis=1) > 0
    if moves.any():
        p[moves] = alpha_matrix(_matrix(contributions[moves]), benchmark[:, None]).p
    return p


def _alphas(returns: np.ndarray, cash: np.ndarray | None, benchmark: np.ndarray) -> pd.DataFrame:
    """Annual alpha of each portfolio with its interval; NaN where it never bought anything."""
    from scipy.special import stdtrit

    excess = _over_cash(returns, cash)
    columns = {"alpha_without": np.nan, "alpha_without_lower": np.nan, "alpha_without_upper": np.nan}
    frame = pd.DataFrame(columns, index=range(len(returns)))
    bought = np.flatnonzero(returns.std(axis=1) > 0)
    if len(bought):
        found = alpha_matrix(_matrix(excess[bought]), benchmark[:, None])
        reach = stdtrit(found.degrees, 0.975) * found.se_annual
        bounds = np.column_stack([found.alpha_annual, found.alpha_annual - reach, found.alpha_annual + reach])
        frame.loc[bought] = bounds
    return frame


def _orders(legs: int, seed: int) -> np.ndarray:
    """(PERMUTATIONS, legs) orders, each drawn one followed by its reverse, which halves the sampling error."""
    rng = np.random.default_rng(seed)
    drawn = np.array([rng.permutation(legs) for _ in range(PERMUTATIONS // 2)])
    return np.concatenate([drawn, drawn[:, ::-1]])


def _prefixes(orders: np.ndarray) -> list[int]:
    """Every subset met on the way along the orders, and what removal and addition of single legs need."""
    legs = orders.shape[1]
    full = (1 << legs) - 1
    bits = np.cumsum(1 << orders, axis=1)
    singles = [1 << leg for leg in range(legs)]
    return sorted({0, full, *singles, *(full - bit for bit in singles), *map(int, bits.ravel())})


def _sampled(returns: np.ndarray, subsets: list[int], orders: np.ndarray) -> LegContributions:
    """Contributions from sampled orders: each leg's mean gain where it joins; they still sum to the whole."""
    from active_edge.products import product

    place: dict[int, int] = {subset: row for row, subset in enumerate(subsets)}
    legs = orders.shape[1]
    weights = np.zeros((legs, len(subsets)))
    for permutation in orders:
        before = 0
        for leg in permutation:
            after = before | 1 << int(leg)
            weights[leg, place[after]] += 1.0 / len(orders)
            weights[leg, place[before]] -= 1.0 / len(orders)
            before = after
    full = (1 << legs) - 1
    without = returns[[place[full - (1 << leg)] for leg in range(legs)]]
    alone = returns[[place[1 << leg] for leg in range(legs)]]
    return LegContributions(product(weights, returns), returns[place[full]] - without, alone - returns[place[0]])
