"""Many configurations on one market: weights in, daily net returns out, no records kept."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from active_edge.costs import Costs, Delisting, TradingTerms, order_costs
from active_edge.engine.exits import find_exits, terminal_prices
from active_edge.engine.segments import Track
from active_edge.engine.weights import SUM_TOLERANCE, check_weights, sparse
from active_edge.engine.window import Day, Window, decisions_in, read_tape, window_of
from active_edge.errors import BacktestError
from active_edge.sessions import SESSIONS_A_YEAR

if TYPE_CHECKING:
    from active_edge.engine._book import Rates
    from active_edge.market import Market
    from active_edge.strategy import Targets


@dataclass(frozen=True)
class SparseWeights:
    """Target weights of one configuration on the shared decision dates.

    indptr : (n_dates + 1,) int64; assets : (n,) int64, positions in `market.assets`, ascending within a date;
    weights : (n,) float64, > 0, summing to <= 1 within a date.
    """

    indptr: np.ndarray
    assets: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class ManyReturns:
    """Answers of `Arena.run`, one column a configuration.

    returns : (n_sessions, n_configurations) float64 net, Fortran-ordered, rows `sessions`; turnover, cost :
    (n_configurations,) one-way turnover and cost drag, fractions a year of 252 sessions; first_row, first_cost :
    (n_configurations,) row of `returns` on which the first purchase was made (their number where there was none), and
    what was paid on it, a fraction of the value before it was paid.
    """

    sessions: pd.DatetimeIndex
    returns: np.ndarray
    turnover: np.ndarray
    cost: np.ndarray
    first_row: np.ndarray
    first_cost: np.ndarray

    def measured(self, start: int) -> np.ndarray:
        """Return the returns after row `start`, (n_sessions − start − 1, n_configurations).

        The cost of a first purchase made on row `start` is charged to the first of them.
        """
        returns = self.returns[start + 1 :].copy(order="F")
        if len(returns):
            returns[0] = (1.0 + returns[0]) * (1.0 - np.where(self.first_row == start, self.first_cost, 0.0)) - 1.0
        return returns


@dataclass(frozen=True)
class Plans:
    """Target weights of several configurations, one after the other.

    offsets : (n + 1,) int64; configuration k is entries ``offsets[k]`` to ``offsets[k + 1]``. indptr : (n, n_dates + 1)
    int64, by date within a configuration. assets, weights : as `SparseWeights`.
    """

    offsets: np.ndarray
    indptr: np.ndarray
    assets: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class BlockReturns:
    """Answers of `Arena.run_plans`, one column a configuration.

    returns, drag : (n_sessions, n) float64, Fortran-ordered; net returns, and costs over the value at the session
    before. turnover : (n_dates, n) one-way, as `Simulation.turnover`; NaN where a decision could not be traded.
    first_row : (n,) int64, as `ManyReturns`.
    """

    returns: np.ndarray
    drag: np.ndarray
    turnover: np.ndarray
    first_row: np.ndarray


@dataclass(frozen=True)
class Arena:
    """One market, its decision dates and costs, read once; `run` it with as many configurations as wanted.

    Made by `prepare`. Read-only and shared by threads.
    """

    sessions: pd.DatetimeIndex
    dates: pd.DatetimeIndex
    assets: pd.Index
    which: np.ndarray
    rows: np.ndarray
    position_of: np.ndarray
    track: Track
    at_last: np.ndarray
    rates: Rates
    capital_usd: float

    def run(self, configurations: Sequence[np.ndarray | SparseWeights], *, workers: int = 1) -> ManyReturns:
        """Return net returns, turnover and cost of every configuration.

        Parameters
        ----------
        configurations
            Each (n_dates, n_assets) float weights, or `SparseWeights`, on `dates` and `assets`.
        workers
            Threads; the answer does not depend on it.

        Raises
        ------
        BacktestError
            A configuration that is no long-only portfolio, or names an asset outside the arena.
        """
        n = len(configurations)
        returns = np.empty((len(self.sessions) - 1, n), order="F")
        turnover, cost, first_row, first_cost = np.empty(n), np.empty(n), np.empty(n, dtype=np.int64), np.empty(n)

        def block(numbers: np.ndarray) -> None:
            for i in numbers:
                returns[:, i], turnover[i], cost[i], first_row[i], first_cost[i] = self._one(configurations[i])

        if workers <= 1 or n <= 1:
            block(np.arange(n))
        else:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(block, np.array_split(np.arange(n), min(n, 4 * workers))))
        return ManyReturns(self.sessions[1:], returns, turnover, cost, first_row, first_cost)

    def run_plans(self, plans: Plans) -> BlockReturns:
        """Return daily net returns, costs and turnover of plans by one compiled call that lets other threads run.

        The plans are taken as they are: weights above 0, at most 1 a date, of assets in the arena, ascending; `run`
        checks, this does not. Every date of the arena must lie in its window.
        """
        from active_edge.engine._block import drive_block
        from active_edge.engine._book import new_log

        n_rows, n_dates, n = len(self.sessions), len(self.rows), len(plans.indptr)
        log = new_log(1, 1, 0)
        returns, drag = (np.empty((n_rows - 1, n), order="F") for _ in range(2))
        turnover, first = np.empty((n_dates, n), order="F"), np.empty(n, dtype=np.int64)
        of = plans.offsets, plans.indptr, self.position_of[plans.assets], plans.weights
        drive_block(self.track, self.rows, *of, self.rates, self.capital_usd, log, returns, drag, turnover, first)
        return BlockReturns(returns, drag, turnover, first)

    def with_costs(self, market: Market, costs: Costs) -> Arena:
        """Return the same arena with other costs.

        Raises
        ------
        MissingInput
            The costs need data this market does not hold.
        """
        from active_edge.engine._book import side_by_side

        columns = np.flatnonzero(self.position_of >= 0)
        return replace(self, rates=side_by_side(order_costs(costs, market, self.dates[self.which], columns)))

    def ending(self, market: Market, delisting: Delisting, columns: np.ndarray) -> Arena:
        """Return the same arena with the exit returns of another rule.

        Parameters
        ----------
        columns
            (n,) int positions in `market.assets` of all that configurations hold; the others keep theirs.
        """
        at, terminal = self.position_of[columns], self.track.terminal.copy()
        terminal[at] = terminal_prices(find_exits(market, columns, delisting), self.at_last[at])
        return replace(self, track=self.track._replace(terminal=terminal))

    def under(self, *, capital_usd: float | None = None, cost_multiple: float = 1.0) -> Arena:
        """Return the same arena with other capital, or with commission, spread and impact multiplied.

        The participation limit is no cost and stays.

        Raises
        ------
        BacktestError
            Capital that is not above zero, or a multiple below zero.
        """
        capital = self.capital_usd if capital_usd is None else float(capital_usd)
        if not capital > 0.0 or not cost_multiple >= 0.0:
            raise BacktestError(f"capital_usd {capital} must be above 0 and cost_multiple {cost_multiple} at least 0")
        table = self.rates.table.copy()
        table[:, :, [0, 2, 3]] *= cost_multiple
        rates = self.rates._replace(table=table, commission=self.rates.commission * cost_multiple)
        return replace(self, capital_usd=capital, rates=rates)

    def _one(self, configuration: np.ndarray | SparseWeights) -> tuple[np.ndarray, float, float, int, float]:
        from active_edge.engine._book import Plan, new_log
        from active_edge.engine._kernel import drive, new_book

        indptr, cols, weights = self._sparse(configuration)
        log = new_log(len(self.sessions), len(self.rows), 0)
        plan = Plan(self.rows, indptr, cols, weights)
        drive(self.track, plan, self.rates, self.capital_usd, new_book(len(self.track.exit_row)), log)
        before = log.value[:-1]
        growth = np.divide(log.value[1:], before, out=np.ones_like(before), where=before > 0.0)
        paid = log.cost.sum(axis=0)[1:]
        drag = np.divide(paid, before, out=np.zeros_like(before), where=before > 0.0)
        share = np.divide(log.traded, log.base, out=np.zeros_like(log.base), where=log.base > 0.0)
        a_year = SESSIONS_A_YEAR / len(before)
        first = int(log.first[0]) - 1
        entry = float(paid[first] / (log.value[first + 1] + paid[first])) if first < len(before) else 0.0
        return growth - 1.0, 0.5 * float(share.sum()) * a_year, float(drag.sum()) * a_year, first, entry

    def _sparse(self, configuration: np.ndarray | SparseWeights) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if isinstance(configuration, SparseWeights):
            indptr, cols, values = _chosen(configuration, self.which)
            cols = self.position_of[cols]
            total = np.add.reduceat(np.append(values, 0.0), indptr[:-1])[indptr[1:] > indptr[:-1]]
            if not (values > 0.0).all() or (total > 1.0 + SUM_TOLERANCE).any():
                raise BacktestError("configuration: weights must be positive and sum to at most 1 on each date")
            inside = np.ones(len(cols), dtype=bool)
            inside[indptr[:-1][indptr[:-1] < len(cols)]] = False
            if (np.diff(cols, prepend=-1)[inside] <= 0).any():
                raise BacktestError("configuration: assets must ascend within a date, each once")
        else:
            weights = np.asarray(configuration, dtype=np.float64)
            check_weights(weights, self.dates, self.assets)
            indptr, cols, values = sparse(weights[self.which], self.position_of)
        if (cols < 0).any():
            raise BacktestError("configuration: it selects an asset that was left out of `prepare(..., columns=)`")
        return indptr, cols, values


def _chosen(configuration: SparseWeights, which: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the parts of a configuration that belong to a contiguous run of its dates."""
    first, last = which[0], which[-1] + 1
    low, high = configuration.indptr[first], configuration.indptr[last]
    indptr = np.ascontiguousarray(configuration.indptr[first : last + 1] - low, dtype=np.int64)
    return (
        indptr,
        np.asarray(configuration.assets[low:high], dtype=np.int64),
        np.ascontiguousarray(configuration.weights[low:high], dtype=np.float64),
    )


def prepare(
    market: Market,
    dates: pd.DatetimeIndex,
    terms: TradingTerms,
    *,
    columns: np.ndarray | None = None,
    start: Day = None,
    end: Day = None,
) -> Arena:
    """Return the prices and costs that configurations on these decision dates share.

    A column of `Arena.run` is what `trade_targets` gives for its configuration, bit for bit.

    Parameters
    ----------
    dates
        Decision sessions of every configuration.
    columns
        (n,) int positions in `market.assets` a configuration may select; None: all that ever have a price.

    Raises
    ------
    BacktestError, MissingInput
        As `trade_targets`.
    """
    if not len(dates):
        raise BacktestError("dates: there is no decision date")
    window: Window = window_of(market, dates[0], start, end)
    which, rows = decisions_in(market, dates, window)
    columns = np.flatnonzero(market.prices.last >= 0) if columns is None else np.unique(columns)
    _, track, _, at_last = read_tape(market, columns, window, terms, rows)
    from active_edge.engine._book import side_by_side

    position_of = np.full(len(market.assets), -1, dtype=np.int64)
    position_of[columns] = np.arange(len(columns))
    return Arena(
        sessions=market.sessions[window.start : window.stop],
        dates=dates,
        assets=market.assets,
        which=which,
        rows=rows,
        position_of=position_of,
        track=track,
        at_last=at_last,
        rates=side_by_side(order_costs(terms.costs, market, dates[which], columns)),
        capital_usd=float(terms.capital_usd),
    )


def arena_of(market: Market, targets: Targets, terms: TradingTerms, sessions: pd.DatetimeIndex) -> Arena:
    """Return the arena of everything that ever has a price, and of what the targets hold, over the sessions of a run.

    The market keeps the last one that was asked for, so that results of the same dates and terms share it.

    Raises
    ------
    BacktestError, MissingInput
        As `trade_targets`.
    """
    priced, held = market.prices.last >= 0, (targets.weights > 0.0).any(axis=0)
    unpriced = tuple(np.flatnonzero(held & ~priced))
    return market.latest(
        "arena",
        (tuple(targets.dates), terms, sessions[0], sessions[-1], unpriced),
        lambda: prepare(
            market,
            targets.dates,
            terms,
            columns=np.flatnonzero(priced | held),
            start=sessions[0],
            end=sessions[-1],
        ),
    )
