"""What one company has reported of one item so far, one entry a period, and how a period is found in it.

Periods are identified by their end. The end *k* quarters before a day is that day less ``round(91.3125 k)`` days; a row
belongs to it when its period end lies within `END_TOLERANCE_DAYS`, the nearest one winning and the earlier of two
equally near. That covers 52/53-week years and years of three 12-week and one 16-week quarter; quarters are 84 days
apart at least, and the shortest transition period, a February, is longer than the tolerance and so never bridged.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from active_edge.market.facts import FactRows

END_TOLERANCE_DAYS = 25
QUARTER_DAYS = 91.3125
MATERIAL = 0.01
"""A later version of a number that differs by more than this share is on another basis; a fourth quarter taken from
it would be wrong by four times as much."""

NEVER = np.iinfo(np.int64).min
ANY = -1
"""Rows of any months."""


class Rows(NamedTuple):
    """All versions of one item in the order they became known.

    starts : (n_assets + 1,) int64; rows of asset *j* are ``starts[j] : starts[j + 1]``, ordered by `known`.
    known : (n_rows,) int64 session index from whose close a row may be used.
    end, filed : (n_rows,) int64 days since the epoch. months : (n_rows,) int64. value : (n_rows,) float64.
    confidence : (n_rows,) int64.
    """

    starts: np.ndarray
    known: np.ndarray
    end: np.ndarray
    months: np.ndarray
    value: np.ndarray
    filed: np.ndarray
    confidence: np.ndarray


class Table(NamedTuple):
    """The versions in force, sorted by (end, months); the first `count` entries of each array are used.

    first : day of the first filing of the period. filed : day of the filing the version came from. since : day of the
    filing from which the value has stood as it is, within `MATERIAL`. moved : day of the last filing that changed it by
    more, NEVER where none did.
    """

    end: np.ndarray
    months: np.ndarray
    value: np.ndarray
    first: np.ndarray
    filed: np.ndarray
    since: np.ndarray
    moved: np.ndarray
    confidence: np.ndarray


def in_order(facts: FactRows, known: np.ndarray, n_assets: int) -> Rows:
    """Return the rows of an item by asset and by the session from whose close each may be used."""
    order = np.lexsort((known, facts.asset))
    return Rows(
        starts=np.searchsorted(facts.asset[order], np.arange(n_assets + 1)).astype(np.int64),
        known=known[order],
        end=facts.period_end[order].astype("datetime64[D]").astype(np.int64),
        months=facts.months[order].astype(np.int64),
        value=facts.value[order].astype(np.float64),
        filed=facts.filed[order].astype("datetime64[D]").astype(np.int64),
        confidence=facts.confidence[order].astype(np.int64),
    )


@njit(cache=True)
def quarters_back(day: int, quarters: int) -> int:
    """Return the expected period end `quarters` before `day`, both in days since the epoch."""
    return day - int(np.floor(QUARTER_DAYS * quarters + 0.5))


@njit(cache=True)
def empty_table(size: int) -> Table:
    """Return a table with room for `size` entries."""
    return Table(
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
    )


@njit(cache=True)
def find(table: Table, count: int, day: int, wanted: int) -> int:
    """Return the entry of `wanted` months that ends nearest to `day`, −1 where none is within the tolerance."""
    ends, months = table.end, table.months
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if ends[middle] > day + END_TOLERANCE_DAYS:
            high = middle
        else:
            low = middle + 1
    best, gap = -1, END_TOLERANCE_DAYS
    for entry in range(low - 1, -1, -1):
        if ends[entry] < day - END_TOLERANCE_DAYS:
            break
        if (wanted == ANY or months[entry] == wanted) and abs(ends[entry] - day) <= gap:
            best, gap = entry, abs(ends[entry] - day)
    return best


@njit(cache=True)
def insert(table: Table, count: int, rows: Rows, row: int, first_reported: bool) -> int:
    """Put one row into the table; return the new count.

    A later version replaces the one there; where `first_reported` the first stays, and only that it was changed is
    kept.
    """
    end, months, value, filed = rows.end[row], rows.months[row], rows.value[row], rows.filed[row]
    place = count
    while place > 0 and (
        table.end[place - 1] > end or (table.end[place - 1] == end and table.months[place - 1] > months)
    ):
        place -= 1
    if place > 0 and table.end[place - 1] == end and table.months[place - 1] == months:
        place -= 1
        before = table.value[place]
        if abs(value - before) > MATERIAL * max(abs(value), abs(before)):
            table.moved[place] = filed
            if not first_reported:
                table.since[place] = filed
        if not first_reported:
            table.value[place], table.filed[place] = value, filed
            table.confidence[place] = rows.confidence[row]
        return count
    for other in range(count, place, -1):
        table.end[other], table.months[other] = table.end[other - 1], table.months[other - 1]
        table.value[other], table.first[other] = table.value[other - 1], table.first[other - 1]
        table.filed[other] = table.filed[other - 1]
        table.since[other], table.moved[other] = table.since[other - 1], table.moved[other - 1]
        table.confidence[other] = table.confidence[other - 1]
    table.end[place], table.months[place], table.value[place] = end, months, value
    table.first[place], table.filed[place], table.since[place], table.moved[place] = filed, filed, filed, NEVER
    table.confidence[place] = rows.confidence[row]
    return count + 1


@njit(cache=True)
def first_figure(rows: Rows, sessions: np.ndarray) -> np.ndarray:
    """Return the first flow each asset ever reported, ``(n_dates, n_assets)``; NaN before it was known.

    Of the rows that became known first, the one with the latest period end, and of those the longest.
    """
    n_assets = len(rows.starts) - 1
    figures = np.full((len(sessions), n_assets), np.nan)
    for asset in range(n_assets):
        best = -1
        for row in range(rows.starts[asset], rows.starts[asset + 1]):
            if rows.months[row] == 0:
                continue
            if best >= 0 and rows.known[row] > rows.known[best]:
                break
            if best < 0 or (rows.end[row], rows.months[row]) > (rows.end[best], rows.months[best]):
                best = row
        if best >= 0:
            for date in range(len(sessions)):
                if rows.known[best] <= sessions[date]:
                    figures[date, asset] = rows.value[best]
    return figures


@njit(cache=True)
def latest_interim(rows: Rows, sessions: np.ndarray) -> np.ndarray:
    """Return the end of the latest three or nine months that each asset has told, ``(n_dates, n_assets)`` days.

    NEVER where it has told neither by the date: of halves and years no quarter can be made.
    """
    n_assets = len(rows.starts) - 1
    latest = np.full((len(sessions), n_assets), NEVER)
    for asset in range(n_assets):
        row, end = rows.starts[asset], NEVER
        for date in range(len(sessions)):
            while row < rows.starts[asset + 1] and rows.known[row] <= sessions[date]:
                if rows.months[row] == 3 or rows.months[row] == 9:
                    end = max(end, rows.end[row])
                row += 1
            latest[date, asset] = end
    return latest
