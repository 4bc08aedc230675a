"""Which figures may be added and subtracted: those the filer states on one basis.

A year recast for a business sold, or taken from another line of the statement, cannot be set against quarters filed
before: 720 for the year less 780 for nine months is no quarter of −60. What gives it away is in the filings alone: a
filing that changes the same period of the year before, a figure changed since the others were filed, and a part that
exceeds its whole where neither can be negative.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from active_edge.market.periods import (
    END_TOLERANCE_DAYS,
    MATERIAL,
    NEVER,
    Rows,
    Table,
    empty_table,
    find,
    insert,
    quarters_back,
)

FOREVER = np.iinfo(np.int64).max
MOST_ENTRIES = 32
"""Entries that one figure can be assembled from, with room to spare."""
RECAST, EXCEEDED, UNLIKE, SHARE, OTHER_INCOME = 1, 2, 3, 4, 5
"""Why a year, or months to date, does not fit the months before: its filing changed the basis, they exceed it, the
fourth quarter they leave is unlike three steady ones, costs are another share of its revenue than of any quarter's, or
income is that before tax less tax in the year and not in nine months of it (`market.statement_basis`)."""
STEADY, FAR = 1.5, 4.0
"""Quarters within the first of each other are steady; a derived one beyond the second of them is unlike them. The most
seasonal of steady sellers (photographs, flowers) earn three times as much in one quarter as in the others."""
STEADIEST, TWICE = 1.2, 2.0
"""Below half of steady quarters, or above twice of those within the first of each other, it is unlike them as well,
unless a neighbouring year had such a one: of 53 such years in 2015 and 2016 most had sold or bought a business, and
those of a season come again within STEADY."""


class Doubts(NamedTuple):
    """Years, and months to date, that do not fit the months before them, by asset and `known`.

    starts : (n_assets + 1,) int64. known : (n_doubts,) int64 session index. end : (n_doubts,) int64 day the period
    ends. span : (n_doubts,) int64, its months: 12, 9 or 6. reason : (n_doubts,) int64, RECAST to OTHER_INCOME. year,
    months : (n_doubts,) float64, its figure and that of the period less its last quarter.
    """

    starts: np.ndarray
    known: np.ndarray
    end: np.ndarray
    span: np.ndarray
    reason: np.ndarray
    year: np.ndarray
    months: np.ndarray


def no_doubts(n_assets: int) -> Doubts:
    """Return doubts about nothing."""
    none = np.empty(0, dtype=np.int64)
    return Doubts(np.zeros(n_assets + 1, dtype=np.int64), none, none, none, none, np.empty(0), np.empty(0))


@njit(cache=True)
def year_to_date(table: Table, count: int, period: tuple[int, int], used: np.ndarray, n: int) -> tuple[float, int]:
    """Return the flow of the `period` (last day, months): its own row, else the sum of its quarters; NaN if neither.

    The entries it comes from are put into ``used[n:]``; the second number is the new n.
    """
    day, months = period
    entry = find(table, count, day, months)
    if entry >= 0:
        used[n] = entry
        return table.value[entry], n + 1
    total = 0.0
    for quarter in range(months // 3):
        entry = find(table, count, day, 3)
        if entry < 0:
            return np.nan, n
        used[n + quarter] = entry
        total += table.value[entry]
        day = quarters_back(table.end[entry], 1)
    return total, n + months // 3


@njit(cache=True)
def _told_after(table: Table, count: int, entry: int, oldest: int) -> bool:
    """Return True where a quarter within the months of an entry was changed after the day `oldest`: it was not with
    it."""
    if not 3 < table.months[entry] < 12:
        return False
    for quarter in range(table.months[entry] // 3):
        part = find(table, count, quarters_back(table.end[entry], quarter), 3)
        if part >= 0 and oldest < table.moved[part] <= table.since[part]:
            return True
    return False


@njit(cache=True)
def mixed(table: Table, count: int, used: np.ndarray) -> bool:
    """Return True where the entries are not all on one basis.

    A filing that changed one of them, a quarter within one, or the same period a year before one of them, is a change
    of basis; it divides the entries where one was last confirmed before it and another has its value from it or from
    later.
    """
    oldest, newest = np.iinfo(np.int64).max, NEVER
    for entry in used:
        oldest = min(oldest, table.filed[entry])
        newest = max(newest, table.since[entry])
    for entry in used:
        if oldest < table.moved[entry] <= newest or _told_after(table, count, entry, oldest):
            return True
        before = find(table, count, quarters_back(table.end[entry], 4), table.months[entry])
        if before >= 0 and oldest < table.moved[before] <= newest:
            return True
    return False


@njit(cache=True)
def any_negative(table: Table, used: np.ndarray) -> bool:
    """Return True where the filer itself reports a negative figure among the entries."""
    negative = False
    for entry in used:
        negative |= table.value[entry] < 0
    return negative


@njit(cache=True)
def _least_and_most(table: Table, count: int, year: int) -> tuple[float, float]:
    """Return the least and the most of the three quarters before a year's last; NaN where one is not told.

    Each its own row, else what year to date grew by.
    """
    scratch = np.empty(MOST_ENTRIES, dtype=np.int64)
    least, most, before = np.inf, -np.inf, 0.0
    for number in range(1, 4):
        end = quarters_back(table.end[year], 4 - number)
        to_date, _ = year_to_date(table, count, (end, 3 * number), scratch, 0)
        entry = find(table, count, end, 3)
        one = table.value[entry] if entry >= 0 else to_date - before
        if np.isnan(one):
            return np.nan, np.nan
        least, most, before = min(least, one), max(most, one), to_date
    return least, most


@njit(cache=True)
def unlike(table: Table, count: int, value: float, year: int, after: bool) -> bool:
    """Return True for a fourth quarter far from the months before it: year and months are different lines.

    `year`: the annual entry. Far beside steady quarters, no season excuses it; beside others, half or twice of steady
    ones, and far from nine months in one figure, a seasonal seller is so in a neighbouring year: the one before, or
    with `after` the next.
    """
    months = table.value[year] - value
    least, most = _least_and_most(table, count, year)
    if np.isnan(least):
        if months <= 0:
            return False
        least = most = months / 3
        steady = steadiest = False
    elif most <= 0 or least < 0:
        return False
    else:
        steady, steadiest = most <= STEADY * least, most <= STEADIEST * least
    if not least / FAR <= value <= most * FAR:
        return steady or not seasonal(table, count, year, 3 * value / months, FAR, after)
    if (steady and value < least / TWICE) or (steadiest and value > most * TWICE):
        return not seasonal(table, count, year, 3 * value / months, STEADY, after)
    return False


@njit(cache=True)
def seasonal(table: Table, count: int, year: int, times: float, near: float, after: bool) -> bool:
    """Return True where the year before, or `after` the next, had a fourth quarter of `times` a quarter of its nine
    months, within the factor `near`."""
    scratch = np.empty(MOST_ENTRIES, dtype=np.int64)
    for quarters in (4, -4):
        annual = find(table, count, quarters_back(table.end[year], quarters), 12)
        if annual < 0 or (quarters < 0 and not after):
            continue
        before, _ = year_to_date(table, count, (quarters_back(table.end[annual], 1), 9), scratch, 0)
        other = (table.value[annual] - before) / (before / 3) if before > 0 else np.nan
        if other > 0 and times > 0 and 1 / near <= times / other <= near:
            return True
    return False


@njit(cache=True)
def doubt(table: Table, count: int, year: int, used: np.ndarray) -> tuple[int, float]:
    """Return why an entry of 6, 9 or 12 months does not fit the months before its last quarter, 0 where it does, and
    those months.

    RECAST: year and months are of different bases, and the year is right by its own. EXCEEDED: of one basis as far as
    the filings tell, and yet the months are more than the year; which of them is wrong cannot be told. UNLIKE: what the
    nine months leave of the year cannot be its fourth quarter.
    """
    used[0] = year
    before = (quarters_back(table.end[year], 1), table.months[year] - 3)
    months, n = year_to_date(table, count, before, used, 1)
    if np.isnan(months):
        return 0, months
    if mixed(table, count, used[:n]):
        return RECAST, months
    if months > table.value[year] * (1 + MATERIAL) and not any_negative(table, used[:n]):
        return EXCEEDED, months
    if table.months[year] < 12:
        return 0, months
    return UNLIKE if unlike(table, count, table.value[year] - months, year, False) else 0, months


@njit(cache=True)
def confirmed(table: Table, count: int, year: int) -> bool:
    """Return True where the filing of an entry repeats that of a year before unchanged: its basis did not change."""
    before = find(table, count, quarters_back(table.end[year], 4), table.months[year])
    return before >= 0 and table.since[before] < table.since[year] <= table.filed[before]


@njit(cache=True)
def doubted(doubts: Doubts, asset: int, session: int, period: tuple[int, int], unlike_too: bool) -> bool:
    """Return True where by a session a `period` (last day, months) is doubted, with `unlike_too` by UNLIKE as well.

    What is UNLIKE makes the last quarter of other lines doubtful and not their year: a line told under two tags is.
    """
    for doubt in range(doubts.starts[asset], doubts.starts[asset + 1]):
        if doubts.known[doubt] > session:
            break
        if doubts.reason[doubt] == UNLIKE and not unlike_too:
            continue
        if doubts.span[doubt] == period[1] and abs(doubts.end[doubt] - period[0]) <= END_TOLERANCE_DAYS:
            return True
    return False


@njit(cache=True)
def touched_from(table: Table, count: int, oldest: int) -> int:
    """Return the first entry that rows of periods from the day `oldest` on can bear upon.

    A year is held against what ends with it or before, so whatever is told of later periods leaves it as it was.
    """
    first = count
    while first > 0 and table.end[first - 1] >= oldest - 2 * END_TOLERANCE_DAYS:
        first -= 1
    return first


@njit(cache=True)
def find_doubts(rows: Rows, positive: bool = True) -> Doubts:
    """Return every year of an item, and half and nine months, that do not fit, from the session on that showed it.

    Only an item that cannot be negative (`positive`) has years that nine months exceed, or unlike quarters. Once a
    period is doubted it stays so: a last quarter of another item of its filing has no other witness.
    """
    n_assets = len(rows.starts) - 1
    starts = np.zeros(n_assets + 1, dtype=np.int64)
    size = int((rows.months > 3).sum())
    known, end, reason = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    span = np.empty(size, dtype=np.int64)
    year, months = np.empty(size), np.empty(size)
    used = np.empty(MOST_ENTRIES, dtype=np.int64)
    n = 0
    for asset in range(n_assets):
        first, stop = rows.starts[asset], rows.starts[asset + 1]
        table, count, oldest = empty_table(stop - first), 0, FOREVER
        for row in range(first, stop):
            count = insert(table, count, rows, row, False)
            oldest = min(oldest, rows.end[row])
            if row + 1 < stop and rows.known[row + 1] == rows.known[row]:
                continue
            for entry in range(touched_from(table, count, oldest), count):
                seen = (end[starts[asset] : n] == table.end[entry]) & (span[starts[asset] : n] == table.months[entry])
                if table.months[entry] <= 3 or seen.any():
                    continue
                why, before = doubt(table, count, entry, used)
                if why and (positive or why == RECAST):
                    known[n], end[n], span[n], reason[n] = rows.known[row], table.end[entry], table.months[entry], why
                    year[n], months[n] = table.value[entry], before
                    n += 1
            oldest = FOREVER
        starts[asset + 1] = n
    return Doubts(starts, known[:n], end[:n], span[:n], reason[:n], year[:n], months[:n])
