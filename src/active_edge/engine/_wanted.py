"""What is wanted of each name: shares from weights, proceeds of exits spread again, both within what the cash pays for.

Importing this module imports vectorbt.
"""

import numpy as np
from numba import njit

from active_edge.engine._affordable import affordable
from active_edge.engine._book import Book, Log, Rates
from active_edge.engine._volume import trailing_volume
from active_edge.engine.codes import DONE, EXITED, GAP, NO_PRICE, SHARE_TOLERANCE
from active_edge.engine.segments import Track


@njit(cache=True, nogil=True, error_model="numpy")
def note_unfilled(d: int, k: int, reason: int, book: Book, log: Log) -> None:
    book.state[k] = DONE
    col = book.active[k]
    missing = book.want[k] - book.position[col]
    if log.keep[0] and (np.isnan(missing) or abs(missing) > SHARE_TOLERANCE):
        record = log.unfilled[book.counts[1]]
        record["decision"], record["col"], record["shares"], record["reason"] = d, col, missing, reason
        book.counts[1] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def open_targets(n: int, value: float, book: Book) -> None:
    """Turn the weights of a decision into wanted shares at its first fill row; every order starts as waiting."""
    weight, want, state, val_price = book.weight, book.want, book.state, book.val_price
    for k in range(n):
        want[k] = weight[k] * value / val_price[k]
        state[k] = GAP
    book.cash[1] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def reinvest(row: int, n: int, tape: Track, book: Book) -> None:
    """Raise what is wanted of every name in proportion to its value, by what exits have brought."""
    active, want, state, position, val_price = book.active, book.want, book.state, book.position, book.val_price
    exit_row, total = tape.exit_row, 0.0
    for k in range(n):
        col = active[k]
        if state[k] == DONE:
            want[k] = position[col]
        if row < exit_row[col] and not np.isnan(val_price[k]):
            total += want[k] * val_price[k]
    if not total > 0.0:
        return
    growth = 1.0 + book.cash[1] / total
    for k in range(n):
        if row < exit_row[active[k]] and not np.isnan(val_price[k]) and want[k] > 0.0:
            want[k] *= growth
            state[k] = GAP
    book.cash[1] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def allow(row: int, d: int, first: bool, n: int, tape: Track, rates: Rates, book: Book) -> None:
    """Set the most that participation lets one order be, from the trailing volume at the session before the row;
    of the `n` listed names.

    On the first row that is the decision's. Later on it is told again, and where it is unknown it is the decision's.
    """
    listed, active, state, own = book.listed, book.active, book.state, book.rates
    val_price, most = book.val_price, book.most
    participation, table = rates.max_participation, rates.table[d]
    capped, shared = np.isfinite(participation), len(table) == 1
    for i in range(n):
        k = listed[i]
        if not first and state[k] != DONE and (capped or own[k, 2] != 0.0 or own[k, 3] != 0.0):
            volume = trailing_volume(row, active[k], tape)
            own[k, 1] = table[0 if shared else active[k], 1] if np.isnan(volume) else volume
        most[k] = participation * own[k, 1] / val_price[k] if capped else np.inf


@njit(cache=True, nogil=True, error_model="numpy")
def scale_to_cash(row: int, d: int, n: int, tape: Track, rates: Rates, book: Book, log: Log) -> None:
    """Scale what is wanted so that the cash pays for it and for what it costs; note what cannot be had at all."""
    active, want, state, position = book.active, book.want, book.state, book.position
    val_price, goal, held, exit_row, cash = book.val_price, book.goal, book.held, tape.exit_row, book.cash[0]
    for k in range(n):
        col = active[k]
        goal[k] = held[k] = 0.0
        if row == exit_row[col]:
            cash += position[col] * val_price[k]
        elif row < exit_row[col] and state[k] != DONE and not np.isnan(val_price[k]):
            goal[k], held[k] = want[k], position[col]
    share = affordable(
        book.listed, n, goal, held, val_price, book.most, book.rates, cash, rates.commission, rates.exponent
    )
    for k in range(n):
        if state[k] == DONE:
            continue
        want[k] *= share
        if row > exit_row[active[k]]:
            note_unfilled(d, k, EXITED, book, log)
        elif np.isnan(val_price[k]):
            note_unfilled(d, k, NO_PRICE, book, log)
