"""One backtest: targets in, a `Simulation` out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from active_edge.costs import TradingTerms, order_costs
from active_edge.engine.segments import Track
from active_edge.engine.simulation import Simulation
from active_edge.engine.weights import check_weights, sparse
from active_edge.engine.window import Day, decisions_in, read_tape, window_of
from active_edge.errors import BacktestError

if TYPE_CHECKING:
    from active_edge.engine._book import Log, Plan, Rates
    from active_edge.market import Market
    from active_edge.strategy import Targets


def trade_targets(
    market: Market,
    targets: Targets,
    terms: TradingTerms,
    *,
    start: Day = None,
    end: Day = None,
) -> Simulation:
    """Return what holding the targets would have given, every fill decided by vectorbt's order kernels.

    Timing: a decision after the close of session t is traded at t + 1 at the open (the close where there is no
    open) or at the close, never at t. A name without a row at t + 1, or that nobody traded then, waits for its next
    one; what the participation cap (of the trailing volume at the session before each fill) or the day's own volume
    leaves over follows at later sessions, until the next decision. Shares are counted from the portfolio's value at
    the first fill session, each name at its fill price or, without one, its last close, and scaled by one share so
    that cash and sales pay for purchases and for all that is expected to be paid in costs; on a session where the cash
    is short all purchases are cut by one share. Proceeds of exits are invested again by `TradingTerms.reinvest`.

    Parameters
    ----------
    targets
        Weights over `market.assets`; decisions outside [start, end] are left out.
    terms
        Costs, exit returns, fill time and capital.
    start, end
        First and last session of the curve; default: the first decision, the market's last session.

    Raises
    ------
    BacktestError
        Targets that are no long-only portfolio of this market, or a window without sessions or decisions.
    MissingInput
        The costs need data this market does not hold.
    """
    weights = _checked(market, targets)
    window = window_of(market, targets.dates[0], start, end)
    which, rows = decisions_in(market, targets.dates, window)
    weights, dates = weights[which], targets.dates[which]
    columns = np.flatnonzero(weights.any(axis=0))
    columns = columns if len(columns) else np.array([0])
    tape, track, exits, _ = read_tape(market, columns, window, terms, rows)

    from active_edge.engine._book import Plan, side_by_side

    position_of = np.full(len(market.assets), -1, dtype=np.int64)
    position_of[columns] = np.arange(len(columns))
    plan = Plan(rows, *sparse(weights, position_of))
    rates = side_by_side(order_costs(terms.costs, market, dates, columns))
    capital = float(terms.capital_usd)
    log, n_orders, n_unfilled = _driven(track, plan, rates, capital, window.n_rows)
    return Simulation(
        market=market,
        sessions=market.sessions[window.start : window.stop],
        columns=columns,
        decisions=dates,
        decision_rows=rows,
        capital_usd=capital,
        tape=tape,
        exit_table=exits,
        first_row=window.start,
        log_value=log.value,
        log_cost=log.cost,
        traded=log.traded,
        base=log.base,
        orders=log.orders[:n_orders].copy(),
        extra=log.extra[:n_orders].copy(),
        unfilled_records=log.unfilled[:n_unfilled].copy(),
        waits=log.waits.copy(),
    )


def _checked(market: Market, targets: Targets) -> np.ndarray:
    """Return the weights of targets that are a portfolio of this market."""
    if not targets.assets.equals(market.assets):
        raise BacktestError(
            f"targets: {len(targets.assets)} assets are not the {len(market.assets)} of the market in their order"
        )
    weights = np.asarray(targets.weights, dtype=np.float64)
    check_weights(weights, targets.dates, targets.assets)
    if not len(targets.dates):
        raise BacktestError("targets: there is no decision date; the screen's schedule has none in this market")
    return weights


def _driven(track: Track, plan: Plan, rates: Rates, capital: float, n_rows: int) -> tuple[Log, int, int]:
    """Return the log of a run, and how many orders and unfilled remainders are in it.

    How many there will be is known only afterwards: the run is repeated with twice the room where it was too small.
    """
    from active_edge.engine._book import new_log
    from active_edge.engine._kernel import drive, new_book

    capacity, n_orders = 2 * len(plan.cols) + len(track.exit_row) + 64, -1
    while n_orders < 0:
        capacity *= 2
        log = new_log(n_rows, len(plan.rows), capacity)
        n_orders, n_unfilled = drive(track, plan, rates, capital, new_book(len(track.exit_row)), log)
    return log, n_orders, n_unfilled
