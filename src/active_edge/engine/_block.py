"""The compiled loop over configurations: each plan driven, its daily returns and costs written where told.

Importing this module imports vectorbt.
"""

import numpy as np
from numba import njit

from active_edge.engine._book import Log, Plan, Rates
from active_edge.engine._kernel import drive, new_book
from active_edge.engine.segments import Track


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
    log: Log,
    returns: np.ndarray,
    drag: np.ndarray,
    traded: np.ndarray,
    first: np.ndarray,
) -> None:
    """Drive ``len(offsets) - 1`` plans; plan k is entries ``offsets[k]`` to ``offsets[k + 1]`` of `cols` and `weights`.

    indptr : (n_plans, n_decisions + 1), within a plan. log : without records, used again for each. returns, drag :
    (n_rows − 1, n_plans), net returns and costs over the value before; traded : (n_decisions, n_plans), one-way;
    first : (n_plans,), row of `returns` of the first fill.
    """
    book = new_book(len(tape.exit_row))
    for k in range(len(offsets) - 1):
        log.cost[:] = 0.0
        log.traded[:] = 0.0
        log.base[:] = np.nan
        part = slice(offsets[k], offsets[k + 1])
        drive(tape, Plan(rows, indptr[k], cols[part], weights[part]), rates, capital, book, log)
        value, cost = log.value, log.cost
        first[k] = log.first[0] - 1
        for row in range(len(value) - 1):
            before = value[row]
            if before > 0.0:
                returns[row, k] = value[row + 1] / before - 1.0
                drag[row, k] = (cost[0, row + 1] + cost[1, row + 1] + cost[2, row + 1]) / before
            else:
                returns[row, k] = drag[row, k] = 0.0
        for d in range(len(log.base)):
            traded[d, k] = 0.5 * log.traded[d] / log.base[d] if log.base[d] > 0.0 else np.nan
