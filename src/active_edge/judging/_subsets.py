"""Compiled selection by a subset of the legs of a screen; imported only by `subsets`, for importing numba is slow."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def _passing(failed, order, places, count, subset, passing, rank):  # type: ignore[no-untyped-def]
    """Fill `passing` with the columns of one date that no leg in force drops, `rank` with their places; how many."""
    n, last = 0, 0.0
    for place in range(count):
        column = order[place]
        if failed[column] & subset == 0:
            passing[n] = column
            rank[n] = rank[n - 1] if n > 0 and places[place] == last else n + 1
            last = places[place]
            n += 1
    return n


@njit(cache=True, nogil=True)
def select(failed, order, places, counts, subset, top, keep, first, indptr, columns):  # type: ignore[no-untyped-def]
    """Fill `indptr` and `columns` with the members of each date; the number of members in all.

    failed : (n_dates, n_columns) int64, bit i set where leg i drops the name; order : (n_dates, n_columns) int64,
    the first ``counts[d]`` are the candidates of date d, best first; places : same shape, float64, their places in that
    order, equal where they share one; subset : legs in force, as bits; top, keep :
    entry and exit rank, top 0 takes all that pass; first : row of the first date with members.
    """
    n_dates, n_columns = failed.shape
    held = np.zeros(n_columns, dtype=np.bool_)
    passing = np.empty(n_columns, dtype=np.int64)
    rank = np.empty(n_columns, dtype=np.int64)
    n = 0
    indptr[0] = 0
    for d in range(n_dates):
        n_passing = _passing(failed[d], order[d], places[d], counts[d], subset, passing, rank)
        now = np.zeros(n_columns, dtype=np.bool_)
        if top == 0:
            for place in range(n_passing):
                now[passing[place]] = True
        else:
            free = top
            for place in range(n_passing):
                column = passing[place]
                if rank[place] <= keep and held[column]:
                    now[column] = True
                    free -= 1
            taken = 0
            for place in range(n_passing):
                column = passing[place]
                if rank[place] > top or (free <= 0 and rank[place] != taken):
                    break
                if not held[column]:
                    now[column] = True
                    free -= 1
                    taken = rank[place]
        held = now
        if d >= first:
            for column in range(n_columns):
                if now[column]:
                    columns[n] = column
                    n += 1
        indptr[d + 1] = n
    return n
