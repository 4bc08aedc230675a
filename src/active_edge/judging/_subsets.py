"""Compiled selection by a subset of the legs of a screen; imported only by `subsets`, for importing numba is slow."""

from __future__ import annotations

import numpy as np
from numba import njit

from active_edge.selection.compiled import choose


@njit(cache=True, nogil=True)
def select(bounds, column, failed, score, standing, subset, top, keep, first, n_columns, indptr, columns):  # type: ignore[no-untyped-def]
    """Fill `indptr` and `columns` with the members of each date; the number of members in all.

    bounds : (n_dates + 1,) int64; the candidates of date d are entries ``bounds[d]`` to ``bounds[d + 1]`` of the
    following, their columns ascending: column, their place among `n_columns`; failed, bit i set where leg i drops the
    name; score, NaN where it has none; standing, what breaks ties. subset : legs in force, as bits; top, keep : entry
    and exit rank, top 0 takes all that pass; first : row of the first date with members.
    """
    member_on = np.full(n_columns, -1, dtype=np.int64)
    n, largest = 0, 0
    for d in range(len(bounds) - 1):
        largest = max(largest, bounds[d + 1] - bounds[d])
    passing, work = np.empty(largest, dtype=np.int64), np.empty(largest, dtype=np.int64)
    stays, chosen = np.empty(largest, dtype=np.bool_), np.empty(largest, dtype=np.bool_)
    indptr[0] = 0
    for d in range(len(bounds) - 1):
        begin, stop = bounds[d], bounds[d + 1]
        count = 0
        for name in range(stop - begin):
            at = begin + name
            chosen[name] = False
            stays[name] = member_on[column[at]] == d - 1 and d > 0
            if failed[at] & subset == 0 and not np.isnan(score[at]):
                passing[count] = name
                count += 1
        choose(score[begin:stop], standing[begin:stop], passing, count, top, keep, stays, work, chosen)
        for name in range(stop - begin):
            if chosen[name]:
                member_on[column[begin + name]] = d
                if d >= first:
                    columns[n] = column[begin + name]
                    n += 1
        indptr[d + 1] = n
    return n
