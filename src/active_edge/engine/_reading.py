"""Prices of a market into the matrices of a tape, each asset read once from its first session to its last.

Importing this module imports numba, so it is imported inside the functions that read. Matrices of the market are
(n_sessions, n_assets); those of a tape (n_columns, n_rows), `columns` its places in the market, row 0 session `start`.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def collect(index, opens, closes, volume, columns, start, opens_told, factor, edges, close, blocks, fills):  # type: ignore[no-untyped-def]
    """Fill `close` of a `Tape`, and `blocks` and `fills` of its `Track`, the latter (n, 2), which are cut at `edges`.

    An open beyond `factor` of its close is none.
    """
    n_columns = len(columns)
    for k in range(n_columns):
        col = columns[k]
        last = _last_before(index, col, start)
        for row in range(edges[0]):
            if not np.isnan(index[start + row, col]):
                last = index[start + row, col]
            close[k, row] = last
        for d in range(len(edges) - 1):
            at = n_columns * (edges[d] - edges[0]) + k * (edges[d + 1] - edges[d])
            for row in range(edges[d], edges[d + 1]):
                now, told = index[start + row, col], closes[start + row, col]
                if not np.isnan(now):
                    last = now
                close[k, row] = blocks[at] = last
                fills[at, 0] = now
                if opens_told:
                    opened = opens[start + row, col]
                    if opened <= told * factor and opened >= told / factor:
                        fills[at, 0] = opened * now / told
                shares = volume[start + row, col] * told / now
                fills[at, 1] = np.inf if np.isnan(shares) else shares
                at += 1


@njit(cache=True, nogil=True)
def _last_before(index, col, row):  # type: ignore[no-untyped-def]
    while row > 0:
        row -= 1
        if not np.isnan(index[row, col]):
            return index[row, col]
    return np.nan


@njit(cache=True, nogil=True)
def last_before(index, columns, row):  # type: ignore[no-untyped-def]
    """(n,) what each column last was before a session, NaN where it has no row before it."""
    found = np.empty(len(columns))
    for k in range(len(columns)):
        found[k] = _last_before(index, columns[k], row)
    return found


@njit(cache=True, nogil=True)
def at_or_before(index, columns, rows, first):  # type: ignore[no-untyped-def]
    """(n,) what each column was on the last of its sessions at or before one, its first one where that is earlier."""
    found = np.empty(len(columns))
    for k in range(len(columns)):
        col, row, start = columns[k], max(rows[k], first[k]), first[k]
        found[k] = np.nan
        if not np.isnan(index[start, col]):
            while np.isnan(index[row, col]):
                row -= 1
            found[k] = index[row, col]
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def quoted(closes, index, columns, rows, earliest):  # type: ignore[no-untyped-def]
    """(n,) close as quoted over adjusted close of some columns at some sessions, of the last session that has both.

    NaN where none from session `earliest` on has.
    """
    found = np.full(len(columns), np.nan)
    for k in range(len(columns)):
        row = rows[k]
        while row >= earliest and np.isnan(found[k]):
            found[k] = closes[row, columns[k]] / index[row, columns[k]]
            row -= 1
    return found
