"""Overstated years: revenue that never was, the receivables that carry it, and the day it is found out."""

from __future__ import annotations

import numba as nb
import numpy as np

from active_edge.simulated import laws, statements

OVERSTATED_ASSETS = 0.06
"""Fictitious revenue of an overstated year over assets, times overstatement in deviations of quality."""


@nb.njit(cache=True, nogil=True)
def weekday(day: int) -> int:
    """The day itself, or the Monday after a weekend; days since 1970-01-01, a Thursday."""
    weekday = (day + 3) % 7
    return day + 7 - weekday if weekday >= 5 else day


@nb.njit(cache=True, nogil=True)
def overstate(statement: np.ndarray, added: float, carried: float, out: np.ndarray) -> None:
    """Copy a statement into `out` with fictitious revenue `added` and, to date, `carried` in receivables."""
    out[:] = statement
    for c in (statements.REVENUE, statements.GROSS, statements.OPERATING, statements.PRETAX, statements.NET):
        out[c] += added
    for c in (
        statements.ASSETS, statements.CURRENT_ASSETS, statements.RECEIVABLES, statements.EQUITY, statements.RETAINED,
    ):  # fmt: skip
        out[c] += carried
    average = max(out[statements.SHARES_DILUTED], 1.0)
    out[statements.EPS] = np.round(out[statements.NET] * 1.02 / average, 2)
    out[statements.EPS_DILUTED] = np.round(out[statements.NET] / average, 2)


@nb.njit(cache=True, nogil=True)
def fictions(
    rng: np.random.Generator, over: np.ndarray, quarters: np.ndarray, end: np.ndarray, filed: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fictitious revenue by quarter, what of it the receivables still carry, and the day each quarter is amended.

    An overstated year is found out about 18 months after it ended; every quarter filed before that day carries its
    sum and is amended on that day (0: never amended). Where the next overstated year begins before the day, both are
    found out together, on the later one's day.
    """
    n = len(over)
    added, carried, amended = np.zeros(n), np.zeros(n), np.zeros(n, np.int64)
    next_filed, next_found = 0, 0
    for year in range((n - 1) // 4, -1, -1):
        start, stop = 4 * year, min(4 * year + 4, n)
        while start < stop and over[start] == 0.0:
            start += 1
        if start == stop:
            continue
        found = weekday(end[stop - 1] + laws.RESTATED_AFTER_DAYS + int(rng.random() * 60.0))
        if next_found > 0 and next_filed < found:
            found = next_found
        next_filed, next_found = filed[start], found
        total = 0.0
        for j in range(start, n):
            if j < stop and over[j] > 0.0:
                added[j] = np.rint(OVERSTATED_ASSETS / 4.0 * over[j] * max(quarters[j, statements.ASSETS], 0.0))
                total += added[j]
            if filed[j] < found:
                carried[j] += total
                amended[j] = max(amended[j], found)
    return added, carried, amended
