"""The compiled event loop: vectorbt's order kernels, called only where something can happen.

Importing this module imports vectorbt (seconds), so it is imported inside the functions that simulate.

`drive` walks one configuration. A decision taken at row t is traded at row t + 1; a name without a price
there waits for its next row; what a participation cap leaves over follows on later rows; a name whose
series ended is closed on the row after its last one. Every fill is decided by `process_order_nb`, in the
order `call_seq='auto'` gives (order values ascending: sales before purchases).

All row numbers are local to the simulated window; all columns are local to the tape.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from vectorbt.portfolio.enums import Direction, OrderSide, OrderStatus, ProcessOrderState, SizeType, log_dt, order_dt
from vectorbt.portfolio.nb import approx_order_value_nb, order_nb, process_order_nb
from vectorbt.utils.array_ import insert_argsort_nb

from active_edge.backtest.codes import (
    CARRY_OVER,
    CASH,
    DONE,
    EXIT,
    EXITED,
    GAP,
    MAX_SLIPPAGE,
    NO_PRICE,
    NO_VOLUME,
    PARTICIPATION,
    REBALANCE,
    SHARE_TOLERANCE,
)
from active_edge.backtest.tape import Tape
from active_edge.costs import CostTerms

LONG_ONLY = int(Direction.LongOnly)
TARGET_AMOUNT = int(SizeType.TargetAmount)
TARGET_PERCENT = int(SizeType.TargetPercent)
FILLED = int(OrderStatus.Filled)
BUY = int(OrderSide.Buy)

extra_dt = np.dtype(
    [
        ("decision", np.int64),
        ("reason", np.int64),
        ("mid", np.float64),
        ("half_spread", np.float64),
        ("impact", np.float64),
    ]
)
"""What an order record of vectorbt does not say: why, and the parts of its slippage (fractions of `mid`)."""
unfilled_dt = np.dtype([("decision", np.int64), ("col", np.int64), ("shares", np.float64), ("reason", np.int64)])
"""`shares` is target minus position, adjusted shares: positive an unfilled purchase."""


class Plan(NamedTuple):
    """Target weights of one configuration, compressed by row.

    rows : (n_decisions,) int64, decision rows, ascending; indptr : (n_decisions + 1,) int64;
    cols : (n_targets,) int64, ascending within a decision; weights : (n_targets,) float64, > 0.
    terms : (n_decisions,) int64, row of `CostTerms` that prices the decision's trades.
    """

    rows: np.ndarray
    indptr: np.ndarray
    cols: np.ndarray
    weights: np.ndarray
    terms: np.ndarray


class Book(NamedTuple):
    """Mutable state of one configuration; the first `n` entries of the active arrays are in use."""

    position: np.ndarray
    active: np.ndarray
    weight: np.ndarray
    want: np.ndarray
    state: np.ndarray
    price: np.ndarray
    val_price: np.ndarray
    order_value: np.ndarray
    sequence: np.ndarray
    merged: np.ndarray
    cash: np.ndarray
    counts: np.ndarray


class Log(NamedTuple):
    """What a run leaves behind. `value`, `cost` by row; `traded`, `base` by decision; records if `keep[0]`.

    value : (n_rows,) USD at the close; cost : (3, n_rows) USD commission, spread, impact;
    traded : (n_decisions,) USD at mid prices, exits excluded; base : (n_decisions,) USD at the first fill row.
    """

    value: np.ndarray
    cost: np.ndarray
    traded: np.ndarray
    base: np.ndarray
    orders: np.ndarray
    extra: np.ndarray
    unfilled: np.ndarray
    nothing: np.ndarray
    keep: np.ndarray


def new_log(n_rows: int, n_decisions: int, capacity: int) -> Log:
    """Return an empty log; `capacity` 0 keeps no records, only the curves."""
    return Log(
        np.empty(n_rows),
        np.zeros((3, n_rows)),
        np.zeros(n_decisions),
        np.full(n_decisions, np.nan),
        np.empty(max(capacity, 1), order_dt),
        np.empty(max(capacity, 1), extra_dt),
        np.empty(max(capacity, 1), unfilled_dt),
        np.empty(0, log_dt),
        np.array([capacity > 0]),
    )


@njit(cache=True, nogil=True)
def _new_book(n_cols: int, cash: float) -> Book:
    return Book(
        np.zeros(n_cols),
        np.empty(n_cols, np.int64),
        np.empty(n_cols),
        np.empty(n_cols),
        np.empty(n_cols, np.int64),
        np.empty(n_cols),
        np.empty(n_cols),
        np.empty(n_cols),
        np.empty(n_cols, np.int64),
        np.empty(n_cols, np.int64),
        np.array([cash]),
        np.zeros(2, np.int64),
    )


@njit(cache=True, nogil=True)
def _activate(d: int, n_before: int, plan: Plan, book: Book) -> int:
    """Merge what is held with what is selected, in column order; return how many names are active."""
    i, j, stop, n = 0, plan.indptr[d], plan.indptr[d + 1], 0
    while i < n_before or j < stop:
        if i < n_before and book.position[book.active[i]] == 0.0:
            i += 1
            continue
        held = book.active[i] if i < n_before else np.iinfo(np.int64).max
        chosen = plan.cols[j] if j < stop else np.iinfo(np.int64).max
        book.merged[n] = min(held, chosen)
        book.weight[n] = plan.weights[j] if chosen <= held else 0.0
        i += held <= chosen
        j += chosen <= held
        n += 1
    for k in range(n):
        book.active[k] = book.merged[k]
        book.state[k] = DONE
    return n


@njit(cache=True, nogil=True)
def _note_unfilled(d: int, k: int, reason: int, book: Book, log: Log) -> None:
    book.state[k] = DONE
    col = book.active[k]
    missing = book.want[k] - book.position[col]
    if log.keep[0] and (np.isnan(missing) or abs(missing) > SHARE_TOLERANCE):
        record = log.unfilled[book.counts[1]]
        record["decision"], record["col"], record["shares"], record["reason"] = d, col, missing, reason
        book.counts[1] += 1


@njit(cache=True, nogil=True)
def _mark(row: int, n: int, tape: Tape, book: Book) -> float:
    """Set fill and valuation prices of the active names; return the portfolio's value at them."""
    value = book.cash[0]
    for k in range(n):
        col = book.active[k]
        price = tape.terminal[col] if row == tape.exit_row[col] else tape.fill[col, row]
        book.price[k] = price
        book.val_price[k] = tape.close[col, row] if np.isnan(price) else price
        if book.position[col] != 0.0:
            value += book.position[col] * book.val_price[k]
    return value


@njit(cache=True, nogil=True)
def _queue(row: int, d: int, n: int, first: bool, value: float, tape: Tape, book: Book, log: Log) -> int:
    """List the active names that can trade on this row, sales first; return how many."""
    m = 0
    for k in range(n):
        col = book.active[k]
        if first:
            book.want[k] = book.weight[k] * value / book.val_price[k]
        if row >= tape.exit_row[col]:
            if book.position[col] == 0.0:
                if first or book.state[k] != DONE:
                    _note_unfilled(d, k, EXITED, book, log)
                continue
        elif first:
            if np.isnan(book.val_price[k]):
                _note_unfilled(d, k, NO_PRICE, book, log)
                continue
            book.state[k] = GAP
        elif book.state[k] == DONE:
            continue
        if np.isnan(book.price[k]):
            continue
        percent = first and row != tape.exit_row[col]
        size = book.weight[k] if percent else (0.0 if row == tape.exit_row[col] else book.want[k])
        book.order_value[m] = approx_order_value_nb(
            size,
            TARGET_PERCENT if percent else TARGET_AMOUNT,
            LONG_ONLY,
            book.cash[0],
            book.position[col],
            book.cash[0],
            book.val_price[k],
            value,
        )
        book.sequence[m] = k
        m += 1
    insert_argsort_nb(book.order_value[:m], book.sequence[:m])
    return m


@njit(cache=True, nogil=True)
def _slippage(shares: float, price: float, t: int, col: int, terms: CostTerms) -> tuple[float, float]:
    """Return half-spread and impact of an order, fractions of its price; an unknown volume counts as the order."""
    half = min(terms.half_spread[t, col], MAX_SLIPPAGE)
    linear, power = terms.impact_linear[t, col], terms.impact_power[t, col]
    if linear == 0.0 and power == 0.0:
        return half, 0.0
    volume = terms.dollar_volume[t, col]
    share = shares * price / volume if volume > 0.0 else 1.0
    return half, min(linear * share + power * share**terms.exponent, MAX_SLIPPAGE - half)


@njit(cache=True, nogil=True)
def _send(
    row: int,
    k: int,
    size: float,
    percent: bool,
    value: float,
    fees: float,
    slip: float,
    cap: float,
    book: Book,
    log: Log,
) -> Any:
    """Let vectorbt fill one order against the book; return its result."""
    col = book.active[k]
    cash = book.cash[0]
    order = order_nb(
        size=size,
        price=book.price[k],
        size_type=TARGET_PERCENT if percent else TARGET_AMOUNT,
        direction=LONG_ONLY,
        fees=fees,
        slippage=slip,
        max_size=cap,
    )
    state = ProcessOrderState(
        cash=cash,
        position=book.position[col],
        debt=0.0,
        free_cash=cash,
        val_price=book.val_price[k],
        value=value,
        oidx=book.counts[0],
        lidx=0,
    )
    result, after = process_order_nb(row, col, 0, state, False, order, log.orders, log.nothing)
    book.cash[0] = after.cash
    book.position[col] = after.position
    return result


@njit(cache=True, nogil=True)
def _record(
    row: int, d: int, k: int, reason: int, half: float, impact: float, size: float, fees: float, book: Book, log: Log
) -> None:
    amount = size * book.price[k]
    log.cost[0, row] += fees
    log.cost[1, row] += amount * half
    log.cost[2, row] += amount * impact
    if reason != EXIT:
        log.traded[d] += amount
    if log.keep[0]:
        extra = log.extra[book.counts[0]]
        extra["decision"], extra["reason"], extra["mid"] = d, reason, book.price[k]
        extra["half_spread"], extra["impact"] = half, impact
        book.counts[0] += 1


@njit(cache=True, nogil=True)
def _close_exit(row: int, d: int, k: int, book: Book, log: Log) -> None:
    """Turn an ended series into its terminal value, free of cost and of any cap."""
    result = _send(row, k, 0.0, False, 0.0, 0.0, 0.0, np.inf, book, log)
    if result.status == FILLED:
        _record(row, d, k, EXIT, 0.0, 0.0, result.size, 0.0, book, log)
    if book.want[k] > SHARE_TOLERANCE:
        _note_unfilled(d, k, EXITED, book, log)
    book.state[k] = DONE


@njit(cache=True, nogil=True)
def _trade(row: int, d: int, t: int, k: int, first: bool, value: float, terms: CostTerms, book: Book, log: Log) -> None:
    """Send one order of a decision and note what is left of it."""
    col = book.active[k]
    price = book.price[k]
    wanted = abs(book.want[k] - book.position[col])
    cap = np.inf
    if np.isfinite(terms.max_participation):
        cap = terms.max_participation * terms.dollar_volume[t, col] / price
        if not cap > 0.0:
            _note_unfilled(d, k, NO_VOLUME, book, log)
            return
    half, impact = _slippage(min(wanted, cap), price, t, col, terms)
    size = book.weight[k] if first else book.want[k]
    result = _send(row, k, size, first, value, terms.commission, half + impact, cap, book, log)
    filled = 0.0
    if result.status == FILLED:
        filled = result.size
        reason = REBALANCE if first else CARRY_OVER
        _record(row, d, k, reason, half, impact, filled, result.fees, book, log)
    if wanted <= SHARE_TOLERANCE or filled >= wanted * (1.0 - 1e-9):
        book.state[k] = DONE
    elif filled >= cap * (1.0 - 1e-9):
        book.state[k] = PARTICIPATION
    else:
        book.state[k] = CASH


@njit(cache=True, nogil=True)
def _settle(d: int, n: int, book: Book, log: Log) -> int:
    """Let purchases short of cash lapse unless a sale is still to come; return how many orders stay open."""
    sale_to_come = False
    for k in range(n):
        if book.state[k] != DONE and book.want[k] < book.position[book.active[k]]:
            sale_to_come = True
    still_open = 0
    for k in range(n):
        if book.state[k] == CASH and not sale_to_come:
            _note_unfilled(d, k, CASH, book, log)
        still_open += book.state[k] != DONE
    return still_open


@njit(cache=True, nogil=True)
def _event(
    row: int, d: int, n: int, first: bool, tape: Tape, terms: CostTerms, plan: Plan, book: Book, log: Log
) -> int:
    """Trade one row; return how many orders stay open."""
    value = _mark(row, n, tape, book)
    if first:
        log.base[d] = value
    m = _queue(row, d, n, first, value, tape, book, log)
    for j in range(m):
        k = book.sequence[j]
        if row == tape.exit_row[book.active[k]]:
            _close_exit(row, d, k, book, log)
        else:
            _trade(row, d, plan.terms[d], k, first, value, terms, book, log)
    return _settle(d, n, book, log)


@njit(cache=True, nogil=True)
def _next_event(row: int, stop: int, n: int, still_open: int, tape: Tape, book: Book) -> int:
    if still_open > 0:
        return min(row + 1, stop)
    nearest = stop
    for k in range(n):
        col = book.active[k]
        if book.position[col] != 0.0 and tape.exit_row[col] > row:
            nearest = min(nearest, tape.exit_row[col])
    return nearest


@njit(cache=True, nogil=True)
def _draw(start: int, stop: int, n: int, tape: Tape, book: Book, log: Log) -> None:
    """Write the daily value of [start, stop): cash plus positions at their last known close."""
    log.value[start:stop] = book.cash[0]
    for k in range(n):
        col = book.active[k]
        shares = book.position[col]
        if shares != 0.0:
            for row in range(start, stop):
                log.value[row] += shares * tape.close[col, row]


@njit(cache=True, nogil=True)
def drive(tape: Tape, plan: Plan, terms: CostTerms, capital: float, log: Log) -> tuple[int, int]:
    """Simulate one configuration into `log`.

    Returns
    -------
    (n_orders, n_unfilled); n_orders is -1 where the log was too small to hold the records.
    """
    n_cols, n_rows = tape.close.shape
    book = _new_book(n_cols, capital)
    n_decisions = len(plan.rows)
    n = 0
    first_row = n_rows if n_decisions == 0 else min(plan.rows[0] + 1, n_rows)
    log.value[:first_row] = capital
    for d in range(n_decisions):
        row = plan.rows[d] + 1
        if row >= n_rows:
            break
        stop = min(plan.rows[d + 1] + 1, n_rows) if d + 1 < n_decisions else n_rows
        n = _activate(d, n, plan, book)
        first = True
        while row < stop:
            if log.keep[0] and max(book.counts[0], book.counts[1]) + n > len(log.orders):
                return -1, -1
            still_open = _event(row, d, n, first, tape, terms, plan, book, log)
            first = False
            following = _next_event(row, stop, n, still_open, tape, book)
            _draw(row, following, n, tape, book, log)
            row = following
        for k in range(n):
            if book.state[k] != DONE:
                if log.keep[0] and book.counts[1] >= len(log.orders):
                    return -1, -1
                _note_unfilled(d, k, book.state[k], book, log)
    return book.counts[0], book.counts[1]
