"""The compiled event loop: vectorbt's order kernels, called only where something can happen.

Importing this module imports vectorbt (seconds), so it is imported inside the functions that simulate.

`drive` walks one configuration. A decision taken at row t is traded at row t + 1; a name without a price
there, or one that nobody traded, waits for its next row; what a participation cap or the day's volume leaves over
follows on later rows; a name whose series ended is closed on the row after its last one. On a row that is neither a
decision's nor reinvests, only names whose order is open, or that end there, are looked at. Targets are scaled so that
the cash pays for them and for what they cost, and the purchases of a row by one share where it does not. Every fill is
decided by vectorbt (`_fills`), in the order `call_seq='auto'` gives (order values ascending: sales before purchases).

Arrays are taken out of their tuples once a function, outside its loops: each access through a tuple inside a loop
costs two atomic reference counts.

All row numbers are local to the simulated window; all columns are local to the tape.
"""

import numpy as np
from numba import njit

from active_edge.engine._book import Book, Log, Plan, Rates
from active_edge.engine._fills import fill, queue, settle
from active_edge.engine._wanted import allow, note_unfilled, open_targets, reinvest, scale_to_cash
from active_edge.engine.codes import CARRY_OVER, DONE, REBALANCE, REINVEST
from active_edge.engine.segments import Track

NO_COLUMN = np.iinfo(np.int64).max


@njit(cache=True, nogil=True, error_model="numpy")
def new_book(n_cols: int) -> Book:
    """Return an empty book, which `drive` begins anew for each configuration."""
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
        np.empty(n_cols, np.int64),
        np.empty(n_cols, np.int64),
        np.empty(n_cols, np.int64),
        np.zeros(2),
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
def _ending(row: int, stop: int, n: int, tape: Track, book: Book) -> int:
    """List the active names whose series ends after a row and before another; return how many."""
    active, ending, exit_row, m = book.active, book.ending, tape.exit_row, 0
    for k in range(n):
        if row < exit_row[active[k]] < stop:
            ending[m] = k
            m += 1
    return m


@njit(cache=True, nogil=True, error_model="numpy")
def _list(row: int, whole: bool, n: int, n_open: int, n_ending: int, tape: Track, book: Book) -> int:
    """List who is looked at on a row, in column order: all, or those open and those that end on it; how many."""
    listed, opened, ending, active, exit_row = book.listed, book.waiting, book.ending, book.active, tape.exit_row
    if whole:
        for k in range(n):
            listed[k] = k
        return n
    m, i = 0, 0
    for j in range(n_ending):
        k = ending[j]
        if exit_row[active[k]] != row:
            continue
        while i < n_open and opened[i] < k:
            listed[m] = opened[i]
            m += 1
            i += 1
        i += i < n_open and opened[i] == k
        listed[m] = k
        m += 1
    while i < n_open:
        listed[m] = opened[i]
        m += 1
        i += 1
    return m


@njit(cache=True, nogil=True, error_model="numpy")
def _mark(row: int, at: int, n: int, close: np.ndarray, fill: np.ndarray, tape: Track, book: Book) -> None:
    """Set fill and valuation prices of the listed names and what the row trades.

    `close` and `fill` are the segment's blocks, `at` the row's place in them.
    """
    listed, active, price, val_price, limit = book.listed, book.active, book.price, book.val_price, book.limit
    exit_row, terminal = tape.exit_row, tape.terminal
    for i in range(n):
        k = listed[i]
        col = active[k]
        now = terminal[col] if row == exit_row[col] else fill[col, at, 0]
        price[k], limit[k] = now, fill[col, at, 1]
        val_price[k] = close[col, at] if np.isnan(now) else now


@njit(cache=True, nogil=True, error_model="numpy")
def _worth(n: int, book: Book) -> float:
    """Return the portfolio's value at the valuation prices, all of which are of this row."""
    active, position, val_price = book.active, book.position, book.val_price
    value: float = book.cash[0]
    for k in range(n):
        if position[active[k]] != 0.0:
            value += position[active[k]] * val_price[k]
    return value


@njit(cache=True, nogil=True, error_model="numpy")
def _next_event(row: int, stop: int, n_open: int, n_ending: int, tape: Track, book: Book) -> int:
    if n_open > 0:
        return min(row + 1, stop)
    active, ending, position, exit_row = book.active, book.ending, book.position, tape.exit_row
    nearest = min(stop, tape.next_reinvest[row]) if book.cash[1] > 0.0 else stop
    for i in range(n_ending):
        col = active[ending[i]]
        if position[col] != 0.0 and exit_row[col] > row:
            nearest = min(nearest, exit_row[col])
    return nearest


@njit(cache=True, nogil=True, error_model="numpy")
def _draw(at: int, n: int, close: np.ndarray, value: np.ndarray, book: Book) -> None:
    """Write `value`, USD a row: cash plus positions at their last known close, `close` read from `at` on."""
    active, position = book.active, book.position
    if len(value) == 1:
        whole = book.cash[0]
        for k in range(n):
            col = active[k]
            if position[col] != 0.0:
                whole += position[col] * close[col, at]
        value[0] = whole
        return
    value[:] = book.cash[0]
    for k in range(n):
        col = active[k]
        shares = position[col]
        if shares != 0.0:
            line = close[col, at:]
            for row in range(len(value)):
                value[row] += shares * line[row]


@njit(cache=True, nogil=True, error_model="numpy")
def _segment(
    d: int,
    row: int,
    stop: int,
    first_row: int,
    n_before: int,
    tape: Track,
    plan: Plan,
    rates: Rates,
    book: Book,
    log: Log,
) -> int:
    """Trade one decision from its fill row to the next one's; return how many names are active.

    -1 where the log was too small to hold the records.
    """
    n_cols = len(tape.exit_row)
    n = _activate(d, n_before, plan, rates, book)
    n_ending, n_open = _ending(row, stop, n, tape, book), 0
    begin, first = row, True
    offset, width = n_cols * (row - first_row), stop - row
    close = tape.close[offset : offset + n_cols * width].reshape((n_cols, width))
    fills = tape.fill[2 * offset : 2 * (offset + n_cols * width)].reshape((n_cols, width, 2))
    while row < stop:
        if log.keep[0] and max(book.counts[0], book.counts[1]) + 2 * n > len(log.orders):
            return -1
        again = not first and book.cash[1] > 0.0 and tape.next_reinvest[row - 1] == row
        m = _list(row, first or again, n, n_open, n_ending, tape, book)
        _mark(row, row - begin, m, close, fills, tape, book)
        if first:
            log.base[d] = _worth(n, book)
            open_targets(n, log.base[d], book)
        elif again:
            reinvest(row, n, tape, book)
        allow(row, d, first, m, tape, rates, book)
        if first or again:
            scale_to_cash(row, d, n, tape, rates, book, log)
        orders = queue(row, m, tape, book, log)
        why = REBALANCE if first else (REINVEST if again else CARRY_OVER)
        fill(row, d, m, orders, why, tape, rates, book, log)
        n_open = settle(d, m, book, log)
        following = _next_event(row, stop, n_open, n_ending, tape, book)
        _draw(row - begin, n, close, log.value[row:following], book)
        row, first = following, False
    for i in range(n_open):
        k = book.waiting[i]
        note_unfilled(d, k, book.state[k], book, log)
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def drive(tape: Track, plan: Plan, rates: Rates, capital: float, book: Book, log: Log) -> tuple[int, int]:
    """Simulate one configuration into `log`.

    Returns
    -------
    (n_orders, n_unfilled); n_orders is -1 where the log was too small to hold the records.
    """
    n_rows, n_decisions, n = len(tape.next_reinvest), len(plan.rows), 0
    book.position[:] = 0.0
    book.cash[0], book.cash[1] = capital, 0.0
    book.counts[:] = 0
    first_row = n_rows if n_decisions == 0 else min(plan.rows[0] + 1, n_rows)
    log.value[:first_row] = capital
    log.first[0] = n_rows
    for d in range(n_decisions):
        row = plan.rows[d] + 1
        if row >= n_rows:
            break
        stop = min(plan.rows[d + 1] + 1, n_rows) if d + 1 < n_decisions else n_rows
        n = _segment(d, row, stop, first_row, n, tape, plan, rates, book, log)
        if n < 0:
            return -1, -1
    return book.counts[0], book.counts[1]
