"""The compiled event loop: vectorbt's order kernels, called only where something can happen.

Importing this module imports vectorbt (seconds), so it is imported inside the functions that simulate.

`drive` walks one configuration. A decision taken at row t is traded at row t + 1; a name without a price
there, or one that nobody traded, waits for its next row; what a participation cap or the day's volume leaves over
follows on later rows; a name whose series ended is closed on the row after its last one. Targets are scaled so that
the cash pays for them and for what they cost, and the purchases of a row by one share where it does not. Every fill is
decided by `process_order_nb`, in the order `call_seq='auto'` gives (order values ascending: sales before purchases).

Arrays are taken out of their tuples once a function, outside its loops: each access through a tuple inside a loop
costs two atomic reference counts.

All row numbers are local to the simulated window; all columns are local to the tape.
"""

import numpy as np
from numba import njit
from vectorbt.portfolio.enums import Direction, Order, OrderStatus, ProcessOrderState, SizeType
from vectorbt.portfolio.nb import approx_order_value_nb, order_nb, process_order_nb
from vectorbt.utils.array_ import insert_argsort_nb

from active_edge.engine._affordable import affordable, impact_of
from active_edge.engine._book import Book, Log, Plan, Rates
from active_edge.engine._wanted import allow, note_unfilled, open_targets, reinvest, scale_to_cash
from active_edge.engine.codes import (
    CARRY_OVER,
    CASH,
    CASH_TOLERANCE,
    DAY_VOLUME,
    DONE,
    EXIT,
    EXITED,
    GAP,
    MAX_SLIPPAGE,
    NO_VOLUME,
    PARTICIPATION,
    REBALANCE,
    REINVEST,
    SHARE_TOLERANCE,
    UNTRADED,
)
from active_edge.engine.segments import Track

LONG_ONLY = int(Direction.LongOnly)
TARGET_AMOUNT = int(SizeType.TargetAmount)
FILLED = int(OrderStatus.Filled)
NO_COLUMN = np.iinfo(np.int64).max


@njit(cache=True, nogil=True, error_model="numpy")
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
        np.empty(n_cols),
        np.empty(n_cols),
        np.empty(n_cols),
        np.empty(n_cols),
        np.empty(n_cols, np.int64),
        np.empty(n_cols, np.int64),
        np.empty((n_cols, 4)),
        np.array([cash, 0.0]),
        np.zeros(2, np.int64),
    )


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def _mark(row: int, at: int, n: int, close: np.ndarray, tape: Track, book: Book) -> float:
    """Set fill and valuation prices of the active names and what the row trades; return the portfolio's value at them.

    `close` is the segment's block, `at` the row's place in it.
    """
    active, position, price, val_price, limit = book.active, book.position, book.price, book.val_price, book.limit
    fill, exit_row, terminal = tape.fill[row], tape.exit_row, tape.terminal
    value: float = book.cash[0]
    for k in range(n):
        col = active[k]
        now = terminal[col] if row == exit_row[col] else fill[col, 0]
        price[k], limit[k] = now, fill[col, 1]
        val_price[k] = close[col, at] if np.isnan(now) else now
        if position[col] != 0.0:
            value += position[col] * val_price[k]
    return value


@njit(cache=True, nogil=True, error_model="numpy")
def _obstacle(price: float, limit: float, most: float, lacking: float) -> int:
    """Return why an order cannot trade on this row, -1 where it can."""
    if np.isnan(price):
        return GAP
    if limit == 0.0:
        return UNTRADED if lacking > SHARE_TOLERANCE else DONE
    return -1 if most > 0.0 else NO_VOLUME


@njit(cache=True, nogil=True, error_model="numpy")
def _queue(row: int, n: int, value: float, tape: Track, book: Book, log: Log) -> int:
    """List the active names that can trade on this row, sales first; return how many."""
    active, want, state, position = book.active, book.want, book.state, book.position
    price, val_price, most, limit, exit_row = book.price, book.val_price, book.most, book.limit, tape.exit_row
    order_value, sequence, waits, cash, m = book.order_value, book.sequence, log.waits, book.cash[0], 0
    for k in range(n):
        col = active[k]
        size = want[k]
        if row == exit_row[col]:
            if np.isnan(price[k]):
                continue
            size = 0.0
        elif state[k] == DONE:
            continue
        else:
            obstacle = _obstacle(price[k], limit[k], most[k], abs(size - position[col]))
            if obstacle >= 0:
                state[k] = obstacle
                waits[0] += obstacle == UNTRADED
                continue
        order_value[m] = approx_order_value_nb(
            size, TARGET_AMOUNT, LONG_ONLY, cash, position[col], cash, val_price[k], value
        )
        sequence[m] = k
        m += 1
    insert_argsort_nb(order_value[:m], sequence[:m])
    return m


@njit(cache=True, nogil=True, error_model="numpy")
def _paid_for(n: int, begin: int, m: int, cash: float, rates: Rates, book: Book) -> float:
    """Return the share of the queued purchases, from place `begin` on, that the cash pays for."""
    sequence, active, want, position = book.sequence, book.active, book.want, book.position
    goal, held, most, limit = book.goal, book.held, book.most, book.limit
    goal[:n] = 0.0
    held[:n] = 0.0
    for j in range(begin, m):
        k = sequence[j]
        goal[k] = min(want[k] - position[active[k]], most[k], limit[k])
    return affordable(n, goal, held, book.price, most, book.rates, cash, rates.commission, rates.exponent)


@njit(cache=True, nogil=True, error_model="numpy")
def _verdict(wanted: float, filled: float, most: float, limit: float) -> int:
    """Return the state an order is left in."""
    if wanted <= SHARE_TOLERANCE or filled >= wanted * (1.0 - 1e-9):
        return DONE
    if filled >= min(most, limit) * (1.0 - 1e-9):
        return PARTICIPATION if most <= limit else DAY_VOLUME
    return CASH


@njit(cache=True, nogil=True, error_model="numpy")
def _explain(
    extra: np.ndarray, number: int, d: int, reason: int, mid: float, half_spread: float, impact: float
) -> None:
    record = extra[number]
    record["decision"], record["reason"], record["mid"] = d, reason, mid
    record["half_spread"], record["impact"] = half_spread, impact


@njit(cache=True, nogil=True, error_model="numpy")
def _order(goal: float, price: float, fees: float, slippage: float, most: float) -> Order:
    return order_nb(
        size=goal,
        price=price,
        size_type=TARGET_AMOUNT,
        direction=LONG_ONLY,
        fees=fees,
        slippage=slippage,
        max_size=most,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(
    row: int, d: int, n: int, m: int, why: int, value: float, tape: Track, rates: Rates, book: Book, log: Log
) -> None:
    """Send the queued orders of one row to vectorbt, in order, and note what each leaves."""
    active, sequence, want, state = book.active, book.sequence, book.want, book.state
    position, price, val_price, exit_row = book.position, book.price, book.val_price, tape.exit_row
    own, exponent, cost_rate, most, limit = book.rates, rates.exponent, rates.commission, book.most, book.limit
    orders, extra, nothing, waits, money = log.orders, log.extra, log.nothing, log.waits, book.cash
    cash, keep, n_orders, share = money[0], log.keep[0], book.counts[0], -1.0
    commission, spread_cost, impact_cost, traded = 0.0, 0.0, 0.0, 0.0
    for j in range(m):
        k = sequence[j]
        col = active[k]
        ends = row == exit_row[col]
        goal = 0.0 if ends else want[k]
        wanted = abs(goal - position[col])
        fees, half, impact, cap = 0.0, 0.0, 0.0, np.inf
        if not ends:
            cap = min(most[k], limit[k])
            if goal > position[col]:
                share = _paid_for(n, j, m, cash, rates, book) if share < 0.0 else share
                cap = cap if share == 1.0 else share * min(wanted, cap)
                if cap == 0.0:
                    state[k] = CASH
                    continue
            fees, half = cost_rate, min(own[k, 0], MAX_SLIPPAGE)
            impact, _ = impact_of(min(wanted, cap) * price[k], own[k, 1], own[k, 2], own[k, 3], exponent)
            impact = min(impact, MAX_SLIPPAGE - half)
        order = _order(goal, price[k], fees, half + impact, cap)
        before = ProcessOrderState(cash, position[col], 0.0, cash, val_price[k], value, n_orders, 0)
        result, after = process_order_nb(row, col, 0, before, False, order, orders, nothing)
        filled = result.size if result.status == FILLED else 0.0
        cash, position[col] = after.cash, after.position
        if filled > 0.0:
            amount = filled * price[k]
            commission += result.fees
            spread_cost += amount * half
            impact_cost += amount * impact
            if ends:
                money[1] += amount
            else:
                traded += amount
            if keep:
                _explain(extra, n_orders, d, EXIT if ends else why, price[k], half, impact)
                n_orders += 1
        if ends and state[k] != DONE and want[k] > SHARE_TOLERANCE:
            note_unfilled(d, k, EXITED, book, log)
        state[k] = DONE if ends else _verdict(wanted, filled, most[k], limit[k])
        waits[1] += state[k] == DAY_VOLUME
    money[0], book.counts[0] = cash, n_orders
    _charge(row, d, commission, spread_cost, impact_cost, traded, log)


@njit(cache=True, nogil=True, error_model="numpy")
def _charge(row: int, d: int, commission: float, spread: float, impact: float, traded: float, log: Log) -> None:
    log.cost[0, row] += commission
    log.cost[1, row] += spread
    log.cost[2, row] += impact
    log.traded[d] += traded
    if traded > 0.0:
        log.first[0] = min(log.first[0], row)


@njit(cache=True, nogil=True, error_model="numpy")
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
            state[k] = DONE
            if want[k] - position[active[k]] > CASH_TOLERANCE * want[k]:
                note_unfilled(d, k, CASH, book, log)
        still_open += state[k] != DONE
    return still_open


@njit(cache=True, nogil=True, error_model="numpy")
def _next_event(row: int, stop: int, n: int, still_open: int, tape: Track, book: Book) -> int:
    if still_open > 0:
        return min(row + 1, stop)
    active, position, exit_row = book.active, book.position, tape.exit_row
    nearest = min(stop, tape.next_reinvest[row]) if book.cash[1] > 0.0 else stop
    for k in range(n):
        col = active[k]
        if position[col] != 0.0 and exit_row[col] > row:
            nearest = min(nearest, exit_row[col])
    return nearest


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def drive(tape: Track, plan: Plan, rates: Rates, capital: float, log: Log) -> tuple[int, int]:
    """Simulate one configuration into `log`.

    Returns
    -------
    (n_orders, n_unfilled); n_orders is -1 where the log was too small to hold the records.
    """
    n_rows, n_cols = len(tape.fill), len(tape.exit_row)
    book = _new_book(n_cols, capital)
    n_decisions, n = len(plan.rows), 0
    first_row = n_rows if n_decisions == 0 else min(plan.rows[0] + 1, n_rows)
    log.value[:first_row] = capital
    log.first[0] = n_rows
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
            again = not first and book.cash[1] > 0.0 and tape.next_reinvest[row - 1] == row
            if first:
                log.base[d] = value
                open_targets(n, value, book)
            elif again:
                reinvest(row, n, tape, book)
            allow(row, d, first, n, tape, rates, book)
            if first or again:
                scale_to_cash(row, d, n, tape, rates, book, log)
            m = _queue(row, n, value, tape, book, log)
            why = REBALANCE if first else (REINVEST if again else CARRY_OVER)
            _fill(row, d, n, m, why, value, tape, rates, book, log)
            still_open = _settle(d, n, book, log)
            following = _next_event(row, stop, n, still_open, tape, book)
            _draw(row - begin, n, close, log.value[row:following], book)
            row, first = following, False
        for k in range(n):
            if book.state[k] != DONE:
                note_unfilled(d, k, book.state[k], book, log)
    return book.counts[0], book.counts[1]
