"""Compiled selection by a subset of the legs of a screen; imported only by `subsets`, for importing numba is slow."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def select(failed, order, counts, subset, top, keep, first, indptr, columns):  # type: ignore[no-untyped-def]
    """Fill `indptr` and `columns` with the members of each date; the number of members in all.

    failed : (n_dates, n_columns) int64, bit i set where leg i drops the name; order : (n_dates, n_columns) int64,
    the first ``counts[d]`` are the candidates of date d, best first; subset : legs in force, as bits; top, keep :
    entry and exit rank, top 0 takes all that pass; first : row of the first date with members.
    """
    n_dates, n_columns = failed.shape
    held = np.zeros(n_columns, dtype=np.bool_)
    passing = np.empty(n_columns, dtype=np.int64)
    n = 0
    indptr[0] = 0
    for d in range(n_dates):
        n_passing = 0
        for place in range(counts[d]):
            column = order[d, place]
            if failed[d, column] & subset == 0:
                passing[n_passing] = column
                n_passing += 1
        now = np.zeros(n_columns, dtype=np.bool_)
        if top == 0:
            for place in range(n_passing):
                now[passing[place]] = True
        else:
            free = top
            for place in range(min(keep, n_passing)):
                column = passing[place]
                if held[column]:
                    now[column] = True
                    free -= 1
            place = 0
            while free > 0 and place < min(top, n_passing):
                column = passing[place]
                free -= not held[column]
                now[column] |= not held[column]
                place += 1
        held = now
        if d >= first:
            for column in range(n_columns):
                if now[column]:
                    columns[n] = column
                    n += 1
        indptr[d + 1] = n
    return n
