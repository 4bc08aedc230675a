"""Prices of a market into the segments of a tape, each asset read once from its first session to its last.

Importing this module imports numba, so it is imported inside the functions that read. Prices are `Runs`; those of a
tape (n_columns, n_rows), `columns` its places in the market, row 0 session `start`. Outside an asset's life nothing
has a price.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def collect(index, opens, closes, volume, columns, start, opens_told, factor, edges, blocks, fills):  # type: ignore[no-untyped-def]
    """Fill `close` and `fill` of a `Track`, the latter (n, 2), which are cut at `edges`.

    An open beyond `factor` of its close is none.
    """
    n_columns = len(columns)
    adjusted, opened_at, quoted_at, shares_of = index.values, opens.values, closes.values, volume.values
    for k in range(n_columns):
        life, begin, end = index.offset[columns[k]], index.first[columns[k]], index.last[columns[k]]
        last = _at_or_before(adjusted, life, begin, min(start + edges[0] - 1, end))
        for d in range(len(edges) - 1):
            at = n_columns * (edges[d] - edges[0]) + k * (edges[d + 1] - edges[d])
            for session in range(start + edges[d], start + edges[d + 1]):
                now, traded = np.nan, np.inf
                if begin <= session <= end:
                    place = life + session
                    now, told = adjusted[place], quoted_at[place]
                    if not np.isnan(now):
                        last = now
                    shares = shares_of[place] * told / now
                    traded = np.inf if np.isnan(shares) else shares
                    if opens_told:
                        opened = opened_at[place]
                        if opened <= told * factor and opened >= told / factor:
                            now = opened * now / told
                blocks[at] = last
                fills[at, 0], fills[at, 1] = now, traded
                at += 1


@njit(cache=True, nogil=True)
def _at_or_before(values, life, begin, session):  # type: ignore[no-untyped-def]
    while session >= begin:
        if not np.isnan(values[life + session]):
            return values[life + session]
        session -= 1
    return np.nan


@njit(cache=True, nogil=True)
def carried(index, columns, sessions):  # type: ignore[no-untyped-def]
    """(n,) what some columns last were at or before some sessions, NaN where they had no row by then."""
    found = np.empty(len(columns))
    for k in range(len(columns)):
        col = columns[k]
        found[k] = _at_or_before(index.values, index.offset[col], index.first[col], min(sessions[k], index.last[col]))
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def quoted(closes, index, columns, rows, earliest):  # type: ignore[no-untyped-def]
    """(n,) close as quoted over adjusted close of some columns at some sessions, of the last session that has both.

    NaN where none from session `earliest` on has.
    """
    found = np.full(len(columns), np.nan)
    for k in range(len(columns)):
        col = columns[k]
        row, first = min(rows[k], index.last[col]), max(earliest, index.first[col])
        while row >= first and np.isnan(found[k]):
            found[k] = closes.values[index.offset[col] + row] / index.values[index.offset[col] + row]
            row -= 1
    return found
