"""The compiled loop over configurations: many plans driven together, their daily returns and costs written where told.

Several configurations are traded on one stretch of sessions before any is on the next one, for what all of them read of
it stays in the processor's cache. Importing this module imports vectorbt.
"""

import numpy as np
from numba import njit

from active_edge.engine._book import Book, Log, Plan, Rates
from active_edge.engine._kernel import begin, drive_one, new_book
from active_edge.engine.segments import Track

TOGETHER = 16


@njit(cache=True, nogil=True, error_model="numpy")
def _take_up(n: int, cols: np.ndarray, shares: np.ndarray, cash: np.ndarray, book: Book) -> None:
    """Put what a configuration holds into a book that holds nothing."""
    names, position = book.names, book.position
    for i in range(n):
        names[i].col = cols[i]
        position[cols[i]] = shares[i]
    book.cash[0], book.cash[1] = cash[0], cash[1]


@njit(cache=True, nogil=True, error_model="numpy")
def _put_by(n: int, cols: np.ndarray, shares: np.ndarray, cash: np.ndarray, book: Book) -> int:
    """Note what a configuration with `n` active names holds, and empty the book; return how many names are held."""
    names, position, held = book.names, book.position, 0
    for i in range(n):
        col = names[i].col
        cols[held], shares[held] = col, position[col]
        held += position[col] != 0.0
        position[col] = 0.0
    cash[0], cash[1] = book.cash[0], book.cash[1]
    return held


@njit(cache=True, nogil=True, error_model="numpy")
def _answer(log: Log, returns: np.ndarray, drag: np.ndarray, traded: np.ndarray) -> None:
    """Write net returns, costs over the value before, and one-way turnover of one configuration."""
    value, cost, base = log.value, log.cost, log.base
    for row in range(len(value) - 1):
        before = value[row]
        if before > 0.0:
            returns[row] = value[row + 1] / before - 1.0
            drag[row] = (cost[0, row + 1] + cost[1, row + 1] + cost[2, row + 1]) / before
        else:
            returns[row] = drag[row] = 0.0
    for d in range(len(base)):
        traded[d] = 0.5 * log.traded[d] / base[d] if base[d] > 0.0 else np.nan


@njit(cache=True, nogil=True, error_model="numpy")
def drive_block(
    tape: Track,
    rows: np.ndarray,
    offsets: np.ndarray,
    indptr: np.ndarray,
    cols: np.ndarray,
    weights: np.ndarray,
    rates: Rates,
    capital: float,
    empty: Log,
    returns: np.ndarray,
    drag: np.ndarray,
    traded: np.ndarray,
    first: np.ndarray,
) -> None:
    """Drive ``len(offsets) - 1`` plans; plan k is entries ``offsets[k]`` to ``offsets[k + 1]`` of `cols` and `weights`.

    indptr : (n_plans, n_decisions + 1), within a plan. empty : without records. returns, drag : (n_rows − 1, n_plans),
    net returns and costs over the value before; traded : (n_decisions, n_plans), one-way; first : (n_plans,), row of
    `returns` of the first fill.
    """
    n_plans, n_rows, n_cols, n_dates = len(offsets) - 1, len(tape.next_reinvest), len(tape.exit_row), len(rows)
    width, book = min(TOGETHER, n_plans), new_book(n_cols)
    value, cost, base = np.empty((width, n_rows)), np.empty((width, 3, n_rows)), np.empty((width, n_dates))
    amount, entry = np.empty((width, n_dates)), np.empty((width, 1), np.int64)
    held, at, shares = np.empty(width, np.int64), np.empty((width, n_cols), np.int64), np.empty((width, n_cols))
    cash, first_row = np.empty((width, 2)), n_rows
    for start in range(0, n_plans, TOGETHER):
        stop = min(start + TOGETHER, n_plans)
        cost[:], amount[:], base[:], held[:] = 0.0, 0.0, np.nan, 0
        for d in range(-1, n_dates):
            for k in range(start, stop):
                i, part = k - start, slice(offsets[k], offsets[k + 1])
                plan = Plan(rows, indptr[k], cols[part], weights[part])
                log = Log(value[i], cost[i], amount[i], base[i], entry[i], *empty[5:])
                if d < 0:
                    first_row = begin(plan, capital, n_rows, book, log)
                    cash[i] = book.cash
                    continue
                _take_up(held[i], at[i], shares[i], cash[i], book)
                n = drive_one(d, first_row, held[i], tape, plan, rates, book, log)
                held[i] = _put_by(n, at[i], shares[i], cash[i], book)
                if d == n_dates - 1:
                    _answer(log, returns[:, k], drag[:, k], traded[:, k])
                    first[k] = log.first[0] - 1
