"""The compiled event loop: vectorbt's order kernels, called only where something can happen.

Importing this module imports vectorbt (seconds), so it is imported inside the functions that simulate.

`drive` walks one configuration. A decision taken at row t is traded at row t + 1; a name without a price
there waits for its next row; what a participation cap leaves over follows on later rows; a name whose
series ended is closed on the row after its last one. Every fill is decided by `process_order_nb`, in the
order `call_seq='auto'` gives (order values ascending: sales before purchases).

Arrays are taken out of their tuples once a function, outside its loops: each access through a tuple inside a loop
costs two atomic reference counts.

All row numbers are local to the simulated window; all columns are local to the tape.
"""

import numpy as np
from numba import njit
from vectorbt.portfolio.enums import Direction, OrderStatus, ProcessOrderState, SizeType
from vectorbt.portfolio.nb import approx_order_value_nb, order_nb, process_order_nb
from vectorbt.utils.array_ import insert_argsort_nb

from active_edge.engine._book import Book, Log, Plan, Rates
from active_edge.engine.codes import (
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
from active_edge.engine.segments import Track

LONG_ONLY = int(Direction.LongOnly)
TARGET_AMOUNT = int(SizeType.TargetAmount)
TARGET_PERCENT = int(SizeType.TargetPercent)
FILLED = int(OrderStatus.Filled)
NO_COLUMN = np.iinfo(np.int64).max


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
        np.empty((n_cols, 4)),
        np.array([cash]),
        np.zeros(2, np.int64),
    )


@njit(cache=True, nogil=True)
def _activate(d: int, n_before: int, plan: Plan, rates: Rates, book: Book) -> int:
    """Merge what is held with what is selected, in column order; return how many names are active.

    Their cost terms are copied beside each other, in one pass, so that the waits for memory overlap.
    """
    table, own = rates.table[d], book.rates
    shared = len(table) == 1
    active, merged, position = book.active, book.merged, book.position
    weight, state, cols, weights = book.weight, book.state, plan.cols, plan.weights
    i, j, stop, n = 0, plan.indptr[d], plan.indptr[d + 1], 0
    while i < n_before or j < stop:
        if i < n_before and position[active[i]] == 0.0:
            i += 1
            continue
        held = active[i] if i < n_before else NO_COLUMN
        chosen = cols[j] if j < stop else NO_COLUMN
        merged[n] = min(held, chosen)
        weight[n] = weights[j] if chosen <= held else 0.0
        i += held <= chosen
        j += chosen <= held
        n += 1
    for k in range(n):
        active[k] = merged[k]
        state[k] = DONE
        at = 0 if shared else merged[k]
        for part in range(4):
            own[k, part] = table[at, part]
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
def _mark(row: int, at: int, n: int, close: np.ndarray, tape: Track, book: Book) -> float:
    """Set fill and valuation prices of the active names; return the portfolio's value at them.

    `close` is the segment's block, `at` the row's place in it.
    """
    active, position, price, val_price = book.active, book.position, book.price, book.val_price
    fill, exit_row, terminal = tape.fill[row], tape.exit_row, tape.terminal
    value: float = book.cash[0]
    for k in range(n):
        col = active[k]
        now = terminal[col] if row == exit_row[col] else fill[col]
        price[k] = now
        val_price[k] = close[col, at] if np.isnan(now) else now
        if position[col] != 0.0:
            value += position[col] * val_price[k]
    return value


@njit(cache=True, nogil=True)
def _open(row: int, d: int, n: int, value: float, tape: Track, book: Book, log: Log) -> None:
    """Turn the weights of a decision into wanted shares at its first fill row; every order starts as waiting."""
    active, weight, want, state, val_price = book.active, book.weight, book.want, book.state, book.val_price
    exit_row = tape.exit_row
    for k in range(n):
        want[k] = weight[k] * value / val_price[k]
        state[k] = GAP
        if row > exit_row[active[k]]:
            _note_unfilled(d, k, EXITED, book, log)
        elif np.isnan(val_price[k]):
            _note_unfilled(d, k, NO_PRICE, book, log)


@njit(cache=True, nogil=True)
def _queue(row: int, n: int, first: bool, value: float, tape: Track, book: Book) -> int:
    """List the active names that can trade on this row, sales first; return how many."""
    active, weight, want, state, position = book.active, book.weight, book.want, book.state, book.position
    price, val_price, exit_row = book.price, book.val_price, tape.exit_row
    order_value, sequence, cash, m = book.order_value, book.sequence, book.cash[0], 0
    for k in range(n):
        col = active[k]
        if np.isnan(price[k]):
            continue
        size, size_type = want[k], TARGET_AMOUNT
        if row == exit_row[col]:
            size = 0.0
        elif state[k] == DONE:
            continue
        elif first:
            size, size_type = weight[k], TARGET_PERCENT
        order_value[m] = approx_order_value_nb(
            size, size_type, LONG_ONLY, cash, position[col], cash, val_price[k], value
        )
        sequence[m] = k
        m += 1
    insert_argsort_nb(order_value[:m], sequence[:m])
    return m


@njit(cache=True, nogil=True)
def _impact(amount: float, volume: float, linear: float, power: float, exponent: float) -> float:
    """Return the impact of an order of `amount` USD, a fraction of its price; an unknown volume counts as its own."""
    if linear == 0.0 and power == 0.0:
        return 0.0
    share = amount / volume if volume > 0.0 else 1.0
    impact: float = linear * share + power * share**exponent
    return impact


@njit(cache=True, nogil=True)
def _verdict(wanted: float, filled: float, cap: float) -> int:
    """Return the state an order is left in."""
    if wanted <= SHARE_TOLERANCE or filled >= wanted * (1.0 - 1e-9):
        return DONE
    return PARTICIPATION if filled >= cap * (1.0 - 1e-9) else CASH


@njit(cache=True, nogil=True)
def _reason(ends: bool, first: bool) -> int:
    return EXIT if ends else (REBALANCE if first else CARRY_OVER)


@njit(cache=True, nogil=True)
def _explain(
    extra: np.ndarray, number: int, d: int, reason: int, mid: float, half_spread: float, impact: float
) -> None:
    record = extra[number]
    record["decision"], record["reason"], record["mid"] = d, reason, mid
    record["half_spread"], record["impact"] = half_spread, impact


@njit(cache=True, nogil=True)
def _fill(row: int, d: int, m: int, first: bool, value: float, tape: Track, rates: Rates, book: Book, log: Log) -> None:
    """Send the queued orders of one row to vectorbt, in order, and note what each leaves."""
    active, sequence, weight, want, state = book.active, book.sequence, book.weight, book.want, book.state
    position, price, val_price, exit_row = book.position, book.price, book.val_price, tape.exit_row
    own, exponent, cost_rate, participation = book.rates, rates.exponent, rates.commission, rates.max_participation
    orders, extra, nothing, cash = log.orders, log.extra, log.nothing, book.cash[0]
    capped, keep, n_orders = np.isfinite(participation), log.keep[0], book.counts[0]
    commission, spread_cost, impact_cost, traded = 0.0, 0.0, 0.0, 0.0
    for j in range(m):
        k = sequence[j]
        col = active[k]
        ends = row == exit_row[col]
        goal = 0.0 if ends else want[k]
        wanted = abs(goal - position[col])
        fees, half, impact, cap = 0.0, 0.0, 0.0, np.inf
        if not ends:
            cap = participation * own[k, 1] / price[k] if capped else np.inf
            if not cap > 0.0:
                _note_unfilled(d, k, NO_VOLUME, book, log)
                continue
            fees, half = cost_rate, min(own[k, 0], MAX_SLIPPAGE)
            impact = _impact(min(wanted, cap) * price[k], own[k, 1], own[k, 2], own[k, 3], exponent)
            impact = min(impact, MAX_SLIPPAGE - half)
        percent = first and not ends
        order = order_nb(
            size=weight[k] if percent else goal,
            price=price[k],
            size_type=TARGET_PERCENT if percent else TARGET_AMOUNT,
            direction=LONG_ONLY,
            fees=fees,
            slippage=half + impact,
            max_size=cap,
        )
        before = ProcessOrderState(cash, position[col], 0.0, cash, val_price[k], value, n_orders, 0)
        result, after = process_order_nb(row, col, 0, before, False, order, orders, nothing)
        filled = result.size if result.status == FILLED else 0.0
        cash, position[col] = after.cash, after.position
        if filled > 0.0:
            amount = filled * price[k]
            commission += result.fees
            spread_cost += amount * half
            impact_cost += amount * impact
            traded += 0.0 if ends else amount
            if keep:
                _explain(extra, n_orders, d, _reason(ends, first), price[k], half, impact)
                n_orders += 1
        if ends and state[k] != DONE and want[k] > SHARE_TOLERANCE:
            _note_unfilled(d, k, EXITED, book, log)
        state[k] = _verdict(wanted, filled, cap)
    book.cash[0], book.counts[0] = cash, n_orders
    _charge(row, d, commission, spread_cost, impact_cost, traded, log)


@njit(cache=True, nogil=True)
def _charge(row: int, d: int, commission: float, spread: float, impact: float, traded: float, log: Log) -> None:
    log.cost[0, row] += commission
    log.cost[1, row] += spread
    log.cost[2, row] += impact
    log.traded[d] += traded


@njit(cache=True, nogil=True)
def _settle(d: int, n: int, book: Book, log: Log) -> int:
    """Let purchases short of cash lapse unless a sale is still to come; return how many orders stay open."""
    active, want, state, position = book.active, book.want, book.state, book.position
    sale_to_come = False
    for k in range(n):
        if state[k] != DONE and want[k] < position[active[k]]:
            sale_to_come = True
    still_open = 0
    for k in range(n):
        if state[k] == CASH and not sale_to_come:
            _note_unfilled(d, k, CASH, book, log)
        still_open += state[k] != DONE
    return still_open


@njit(cache=True, nogil=True)
def _next_event(row: int, stop: int, n: int, still_open: int, tape: Track, book: Book) -> int:
    if still_open > 0:
        return min(row + 1, stop)
    active, position, exit_row = book.active, book.position, tape.exit_row
    nearest = stop
    for k in range(n):
        col = active[k]
        if position[col] != 0.0 and exit_row[col] > row:
            nearest = min(nearest, exit_row[col])
    return nearest


@njit(cache=True, nogil=True)
def _draw(at: int, n: int, close: np.ndarray, value: np.ndarray, book: Book) -> None:
    """Write `value`, USD a row: cash plus positions at their last known close, `close` read from `at` on."""
    active, position = book.active, book.position
    value[:] = book.cash[0]
    for k in range(n):
        col = active[k]
        shares = position[col]
        if shares != 0.0:
            line = close[col, at:]
            for row in range(len(value)):
                value[row] += shares * line[row]


@njit(cache=True, nogil=True)
def drive(tape: Track, plan: Plan, rates: Rates, capital: float, log: Log) -> tuple[int, int]:
    """Simulate one configuration into `log`.

    Returns
    -------
    (n_orders, n_unfilled); n_orders is -1 where the log was too small to hold the records.
    """
    n_rows, n_cols = tape.fill.shape
    book = _new_book(n_cols, capital)
    n_decisions, n = len(plan.rows), 0
    first_row = n_rows if n_decisions == 0 else min(plan.rows[0] + 1, n_rows)
    log.value[:first_row] = capital
    for d in range(n_decisions):
        row = plan.rows[d] + 1
        if row >= n_rows:
            break
        stop = min(plan.rows[d + 1] + 1, n_rows) if d + 1 < n_decisions else n_rows
        n = _activate(d, n, plan, rates, book)
        begin, first = row, True
        offset, width = n_cols * (row - first_row), stop - row
        close = tape.close[offset : offset + n_cols * width].reshape((n_cols, width))
        while row < stop:
            if log.keep[0] and max(book.counts[0], book.counts[1]) + 2 * n > len(log.orders):
                return -1, -1
            value = _mark(row, row - begin, n, close, tape, book)
            if first:
                log.base[d] = value
                _open(row, d, n, value, tape, book, log)
            m = _queue(row, n, first, value, tape, book)
            _fill(row, d, m, first, value, tape, rates, book, log)
            still_open = _settle(d, n, book, log)
            following = _next_event(row, stop, n, still_open, tape, book)
            _draw(row - begin, n, close, log.value[row:following], book)
            row, first = following, False
        for k in range(n):
            if book.state[k] != DONE:
                _note_unfilled(d, k, book.state[k], book, log)
    return book.counts[0], book.counts[1]
