"""The compiled event loop: vectorbt's order kernels, called only where something can happen.

Importing this module imports vectorbt (seconds), so it is imported inside the functions that simulate.

`drive` walks one configuration. A decision taken at row t is traded at row t + 1; a name without a price
there, or one that nobody traded, waits for its next row; what a participation cap or the day's volume leaves over
follows on later rows; a name whose series ended is closed on the row after its last one. On a row that is neither a
decision's nor reinvests, only names whose order is open, or that end there, are looked at. Targets are scaled so that
the cash pays for them and for what they cost, and the purchases of a row by one share where it does not. Every fill is
decided by vectorbt (`_fills`), in the order `call_seq='auto'` gives (order values ascending: sales before purchases).

Taking an array out of a tuple costs two atomic reference counts. What is called on every row is handed the arrays it
reads, calls nothing that may raise (then none are counted), and what is read of a name lies in one record.

All row numbers are local to the simulated window; all columns are local to the tape.
"""

import numpy as np
from numba import njit

from active_edge.engine._book import Book, Log, Plan, Rates, change_dt, name_dt, slot_dt
from active_edge.engine._fills import fill, lapse, queue, settle, sort_orders
from active_edge.engine._wanted import allow, ask, note_unfilled, open_targets, reinvest, scale_to_cash
from active_edge.engine.codes import CARRY_OVER, DONE, REBALANCE, REINVEST
from active_edge.engine.segments import Track

NO_COLUMN = np.iinfo(np.int64).max
CHANGES = 4
"""Changes a column that are noted before their rows are drawn."""


@njit(cache=True, nogil=True, error_model="numpy")
def new_book(n_cols: int) -> Book:
    """Return an empty book, which `drive` begins anew for each configuration."""
    return Book(
        np.zeros(n_cols),
        np.empty(n_cols, name_dt),
        np.empty(n_cols, slot_dt),
        np.empty(CHANGES * n_cols, change_dt),
        np.empty(n_cols),
        np.empty(n_cols, np.int64),
        np.empty(n_cols),
        np.empty(n_cols, np.int64),
        np.zeros(2),
        np.zeros(2, np.int64),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _activate(d: int, n_before: int, exit_row: np.ndarray, plan: Plan, table: np.ndarray, book: Book) -> int:
    """Merge what is held with what is selected, in column order; return how many names are active.

    Their cost terms are copied beside each other, in one pass, so that the waits for memory overlap.
    """
    names, slots, position, cols, weights = book.names, book.slots, book.position, plan.cols, plan.weights
    i, j, stop, n, shared = 0, plan.indptr[d], plan.indptr[d + 1], 0, len(table) == 1
    while i < n_before or j < stop:
        if i < n_before and position[names[i].col] == 0.0:
            i += 1
            continue
        held = names[i].col if i < n_before else NO_COLUMN
        chosen = cols[j] if j < stop else NO_COLUMN
        slots[n].merged = min(held, chosen)
        slots[n].weight = weights[j] if chosen <= held else 0.0
        i += held <= chosen
        j += chosen <= held
        n += 1
    for k in range(n):
        name, col = names[k], slots[k].merged
        name.col, name.ends, name.state, name.latest, name.weight = col, exit_row[col], DONE, -1, slots[k].weight
        at = 0 if shared else col
        name.half, name.volume, name.linear, name.power = table[at, 0], table[at, 1], table[at, 2], table[at, 3]
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def _ending(row: int, stop: int, n: int, names: np.ndarray, slots: np.ndarray) -> int:
    """List the active names whose series ends after a row and before another; return how many."""
    m = 0
    for k in range(n):
        if row < names[k].ends < stop:
            slots[m].ending = k
            m += 1
    return m


@njit(cache=True, nogil=True, error_model="numpy")
def _list(row: int, whole: bool, n: int, n_open: int, n_ending: int, names: np.ndarray, slots: np.ndarray) -> int:
    """List who is looked at on a row, in column order: all, or those open and those that end on it; how many."""
    if whole:
        for k in range(n):
            slots[k].listed = k
        return n
    m, i = 0, 0
    for j in range(n_ending):
        k = slots[j].ending
        if names[k].ends != row:
            continue
        while i < n_open and slots[i].waiting < k:
            slots[m].listed = slots[i].waiting
            m += 1
            i += 1
        i += i < n_open and slots[i].waiting == k
        slots[m].listed = k
        m += 1
    while i < n_open:
        slots[m].listed = slots[i].waiting
        m += 1
        i += 1
    return m


@njit(cache=True, nogil=True, error_model="numpy")
def _mark(
    row: int,
    at: int,
    n: int,
    names: np.ndarray,
    slots: np.ndarray,
    close: np.ndarray,
    fill: np.ndarray,
    terminal: np.ndarray,
) -> None:
    """Set fill and valuation prices of the listed names and what the row, `at` in the segment, trades."""
    for i in range(n):
        name = names[slots[i].listed]
        col = name.col
        now = terminal[col] if row == name.ends else fill[col, at, 0]
        name.price, name.limit = now, fill[col, at, 1]
        name.val_price = close[col, at] if np.isnan(now) else now


@njit(cache=True, nogil=True, error_model="numpy")
def _worth(n: int, book: Book) -> float:
    """Return the portfolio's value at the valuation prices, all of which are of this row."""
    names, position = book.names, book.position
    value: float = book.cash[0]
    for k in range(n):
        shares = position[names[k].col]
        if shares != 0.0:
            value += shares * names[k].val_price
    return value


@njit(cache=True, nogil=True, error_model="numpy")
def _next_event(row: int, stop: int, n_ending: int, tape: Track, book: Book) -> int:
    """Return the next row on which something happens though no order is open."""
    names, slots, position = book.names, book.slots, book.position
    nearest = min(stop, tape.next_reinvest[row]) if book.cash[1] > 0.0 else stop
    for i in range(n_ending):
        name = names[slots[i].ending]
        if position[name.col] != 0.0 and name.ends > row:
            nearest = min(nearest, name.ends)
    return nearest


@njit(cache=True, nogil=True, error_model="numpy")
def _want(row: int, d: int, n: int, again: bool, book: Book, rates: Rates, tape: Track, log: Log) -> None:
    """Set what all active names want on the first row of a decision, or `again` on a row that reinvests."""
    names, slots, table = book.names, book.slots, rates.table[d]
    if again:
        reinvest(row, n, names, book.position, book.cash)
    else:
        log.base[d] = _worth(n, book)
        open_targets(n, log.base[d], names, book.cash)
    if allow(row, not again, n, rates.max_participation, names, slots, table, tape.median):
        ask(row, n, names, slots, tape)
        allow(row, not again, n, rates.max_participation, names, slots, table, tape.median)
    scale_to_cash(row, d, n, rates, book, log)


@njit(cache=True, nogil=True, error_model="numpy")
def _note_changes(
    at: int,
    sent: int,
    n_changes: int,
    names: np.ndarray,
    changes: np.ndarray,
    position: np.ndarray,
    sequence: np.ndarray,
) -> int:
    """Note what the names sent hold before a row of the segment is traded; return how many changes are noted."""
    for j in range(sent):
        name, change = names[sequence[j]], changes[n_changes + j]
        change.since, change.previous, change.before = at, name.latest, position[name.col]
        name.latest = n_changes + j
    return n_changes + sent


@njit(cache=True, nogil=True, error_model="numpy")
def _draw(
    start: int,
    stop: int,
    n: int,
    close: np.ndarray,
    value: np.ndarray,
    names: np.ndarray,
    changes: np.ndarray,
    position: np.ndarray,
) -> None:
    """Add the positions at their last known close to `value`, which holds the cash at each close of the segment.

    Rows `start` to `stop`. A name's rows are walked from the last to the first, from change to change of what is held
    of it; each row gets the names in column order, so that the sums are those of rows drawn one by one.
    """
    first = np.uintp(start)
    for k in range(n):
        name = names[k]
        col = name.col
        shares, end, c = position[col], np.uintp(stop), name.latest
        while c >= 0:
            begin = np.uintp(changes[c].since)
            if shares != 0.0:
                for row in range(begin, end):
                    value[row] += shares * close[col, row]
            shares, end, c = changes[c].before, begin, changes[c].previous
        if shares != 0.0:
            for row in range(first, end):
                value[row] += shares * close[col, row]
        name.latest = -1


@njit(cache=True, nogil=True, error_model="numpy")
def _segment(
    d: int,
    begin: int,
    stop: int,
    first_row: int,
    n_before: int,
    tape: Track,
    plan: Plan,
    rates: Rates,
    book: Book,
    log: Log,
) -> int:
    """Trade one decision from its fill row `begin` to the next one's; return how many names are active.

    -1 where the log was too small to hold the records.
    """
    names, slots, position, money, orders = book.names, book.slots, book.position, book.cash, book.sequence
    table, most, terminal, median = rates.table[d], rates.max_participation, tape.terminal, tape.median
    n = _activate(d, n_before, tape.exit_row, plan, table, book)
    n_ending, n_open, drawn, n_changes, row = _ending(begin, stop, n, names, slots), 0, 0, 0, begin
    offset, width, n_cols = len(position) * (begin - first_row), stop - begin, len(position)
    close = tape.close[offset : offset + n_cols * width].reshape((n_cols, width))
    fills = tape.fill[2 * offset : 2 * (offset + n_cols * width)].reshape((n_cols, width, 2))
    value = log.value[begin:stop]
    while row < stop:
        at, first = row - begin, row == begin
        if log.keep[0] and max(book.counts[0], book.counts[1]) + 2 * n > len(log.orders):
            return -1
        again = not first and money[1] > 0.0 and tape.next_reinvest[row - 1] == row
        m = _list(row, first or again, n, n_open, n_ending, names, slots)
        _mark(row, at, m, names, slots, close, fills, terminal)
        if first or again:
            _want(row, d, n, again, book, rates, tape, log)
        elif allow(row, False, m, most, names, slots, table, median):
            ask(row, m, names, slots, tape)
            allow(row, False, m, most, names, slots, table, median)
        sent, waits = queue(row, m, money[0], names, slots, position, book.order_value, orders)
        log.waits[0] += waits
        sort_orders(sent, book.order_value, orders, book.spare_value, book.spare_sequence)
        if n_changes + sent > len(book.changes):
            _draw(drawn, at, n, close, value, names, book.changes, position)
            drawn, n_changes = at, 0
        n_changes = _note_changes(at, sent, n_changes, names, book.changes, position, orders)
        fill(row, d, m, sent, REBALANCE if first else (REINVEST if again else CARRY_OVER), rates, book, log)
        n_open, short = settle(m, names, slots, position)
        if short:
            n_open = lapse(d, n_open, book, log)
        following = min(row + 1, stop) if n_open > 0 else _next_event(row, stop, n_ending, tape, book)
        value[at : following - begin] = money[0]
        row = following
    _draw(drawn, width, n, close, value, names, book.changes, position)
    for i in range(n_open):
        note_unfilled(d, slots[i].waiting, names[slots[i].waiting].state, book, log)
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def begin(plan: Plan, capital: float, n_rows: int, book: Book, log: Log) -> int:
    """Begin a book anew; return the first row on which something is traded, `n_rows` where there is none."""
    book.position[:] = 0.0
    book.cash[0], book.cash[1] = capital, 0.0
    book.counts[:] = 0
    first_row = n_rows if len(plan.rows) == 0 else min(plan.rows[0] + 1, n_rows)
    log.value[:first_row] = capital
    log.first[0] = n_rows
    return first_row


@njit(cache=True, nogil=True, error_model="numpy")
def drive_one(
    d: int, first_row: int, n_before: int, tape: Track, plan: Plan, rates: Rates, book: Book, log: Log
) -> int:
    """Trade one decision until the next one is; return as `_segment`, `n_before` where it comes after the last row."""
    n_rows, row = len(tape.next_reinvest), plan.rows[d] + 1
    if row >= n_rows:
        return n_before
    stop = min(plan.rows[d + 1] + 1, n_rows) if d + 1 < len(plan.rows) else n_rows
    return _segment(d, row, stop, first_row, n_before, tape, plan, rates, book, log)


@njit(cache=True, nogil=True, error_model="numpy")
def drive(tape: Track, plan: Plan, rates: Rates, capital: float, book: Book, log: Log) -> tuple[int, int]:
    """Simulate one configuration into `log`.

    Returns
    -------
    (n_orders, n_unfilled); n_orders is -1 where the log was too small to hold the records.
    """
    n, first_row = 0, begin(plan, capital, len(tape.next_reinvest), book, log)
    for d in range(len(plan.rows)):
        n = drive_one(d, first_row, n, tape, plan, rates, book, log)
        if n < 0:
            return -1, -1
    return book.counts[0], book.counts[1]
