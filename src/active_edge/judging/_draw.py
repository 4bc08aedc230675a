"""Compiled draw of one matched random portfolio; imported only by `twins`, for importing numba takes a second."""

from __future__ import annotations

import numpy as np
from numba import njit

TRIES = 8
"""Blind picks from a pool before its free names are counted one by one."""


@njit(cache=True)
def pick(rng, pool, first, last, taken):  # type: ignore[no-untyped-def]
    """A free column of ``pool[first:last]``, each equally likely; -1 where all are taken."""
    size = last - first
    if size <= 0:
        return -1
    for _ in range(TRIES):
        name = pool[first + int(rng.random() * size)]
        if not taken[name]:
            return name
    free = 0
    for place in range(first, last):
        free += not taken[pool[place]]
    if free == 0:
        return -1
    wanted = int(rng.random() * free)
    for place in range(first, last):
        if not taken[pool[place]]:
            if wanted == 0:
                return pool[place]
            wanted -= 1
    return -1


@njit(cache=True)
def draw(rng, bounds, columns, cell, pool, starts, n_sectors, twins):  # type: ignore[no-untyped-def]
    """Fill `twins` (n_held,) for one portfolio; see `twins.draw_twins` for the shapes.

    ``starts[d, c]`` is where cell `c` begins in ``pool[d]``, the columns of date `d` in order of their cell.
    """
    n_assets = cell.shape[1]
    n_cells = starts.shape[1] - 1
    twin_of = np.full(n_assets, -1, dtype=np.int64)
    for date in range(len(bounds) - 1):
        low, high = bounds[date], bounds[date + 1]
        taken = np.zeros(n_assets, dtype=np.bool_)
        now = np.full(n_assets, -1, dtype=np.int64)
        newcomers = np.empty(high - low, dtype=np.int64)
        count = 0
        for place in range(low, high):
            name = columns[place]
            twin = twin_of[name]
            if twin >= 0 and cell[date, twin] < n_cells:
                now[name] = twin
                taken[twin] = True
            else:
                newcomers[count] = name
                count += 1
        for place in range(count - 1, 0, -1):
            other = int(rng.random() * (place + 1))
            newcomers[place], newcomers[other] = newcomers[other], newcomers[place]
        for place in range(count):
            name = newcomers[place]
            own = cell[date, name]
            twin = -1
            if own < n_cells:
                group = own // n_sectors
                twin = pick(rng, pool[date], starts[date, own], starts[date, own + 1], taken)
                if twin < 0:
                    first, last = starts[date, group * n_sectors], starts[date, (group + 1) * n_sectors]
                    twin = pick(rng, pool[date], first, last, taken)
            if twin < 0:
                twin = pick(rng, pool[date], 0, starts[date, n_cells], taken)
            if twin < 0:
                twin = name
            now[name] = twin
            taken[twin] = True
        for place in range(low, high):
            twins[place] = now[columns[place]]
        twin_of = now
