"""One backtest: targets in, a `Simulation` out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from active_edge.costs import Costs, cost_terms
from active_edge.engine.exits import Delisting
from active_edge.engine.segments import TradeAt, cut
from active_edge.engine.simulation import Simulation
from active_edge.engine.weights import check_weights, sparse
from active_edge.engine.window import Day, decisions_in, read_tape, window_of
from active_edge.errors import BacktestError, ConfigError

if TYPE_CHECKING:
    from active_edge.market import Market
    from active_edge.strategy import Targets


def trade_targets(
    market: Market,
    targets: Targets,
    *,
    trade_at: TradeAt = "next_open",
    capital_usd: float,
    costs: Costs,
    delisting: Delisting,
    start: Day = None,
    end: Day = None,
) -> Simulation:
    """Return what holding the targets would have given, every fill decided by vectorbt's order kernels.

    Timing: a decision after the close of session t is traded at t + 1 at the open (the close where there is no
    open) or at the close, never at t. A name without a row at t + 1 waits for its next one; what the participation
    cap leaves over follows at later sessions, until the next decision. Shares are counted from the portfolio's
    value at the first fill session, each name at its fill price or, without one, its last close.

    Parameters
    ----------
    targets
        Weights over `market.assets`; decisions outside [start, end] are left out.
    capital_usd
        Cash at the close of the first session.
    start, end
        First and last session of the curve; default: the first decision, the market's last session.

    Raises
    ------
    BacktestError
        Targets that are no long-only portfolio of this market, or a window without sessions or decisions.
    MissingInput
        The costs need data this market does not hold.
    """
    if not targets.assets.equals(market.assets):
        raise BacktestError(
            f"targets: {len(targets.assets)} assets are not the {len(market.assets)} of the market in their order"
        )
    check_trading(trade_at, capital_usd)
    weights = np.asarray(targets.weights, dtype=np.float64)
    check_weights(weights, targets.dates, targets.assets)
    if not len(targets.dates):
        raise BacktestError("targets: there is no decision date; the screen's schedule has none in this market")
    window = window_of(market, targets.dates[0], start, end)
    which, rows = decisions_in(market, targets.dates, window)
    weights, dates = weights[which], targets.dates[which]
    columns = np.flatnonzero(weights.any(axis=0))
    columns = columns if len(columns) else np.array([0])
    tape, exits = read_tape(market, columns, window, trade_at=trade_at, delisting=delisting)
    terms = cost_terms(costs, market, dates, columns)

    from active_edge.engine._book import Plan, new_log, side_by_side
    from active_edge.engine._kernel import drive

    position_of = np.full(len(market.assets), -1, dtype=np.int64)
    position_of[columns] = np.arange(len(columns))
    plan = Plan(rows, *sparse(weights, position_of))
    track, rates = cut(tape, rows), side_by_side(terms)
    capacity, n_orders = 2 * len(plan.cols) + len(columns) + 64, -1
    while n_orders < 0:
        capacity *= 2
        log = new_log(window.n_rows, len(rows), capacity)
        n_orders, n_unfilled = drive(track, plan, rates, float(capital_usd), log)
    return Simulation(
        market=market,
        sessions=market.sessions[window.start : window.stop],
        columns=columns,
        decisions=dates,
        decision_rows=rows,
        capital_usd=float(capital_usd),
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
    )


def check_trading(trade_at: str, capital_usd: float) -> None:
    """Refuse an unknown fill time or a capital that is not positive.

    Raises
    ------
    ConfigError
    """
    if trade_at not in ("next_open", "next_close"):
        raise ConfigError(f"trade_at: {trade_at!r} is unknown; give next_open or next_close")
    if not (np.isfinite(capital_usd) and capital_usd > 0.0):
        raise ConfigError(f"capital_usd: {capital_usd!r} is not a positive number of USD")
