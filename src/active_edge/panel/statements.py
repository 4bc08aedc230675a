"""Assemble reported rows into the figure known on each date: balances, single quarters, trailing twelve months.

One compiled pass an item walks every asset's filings in the order they became known, beside the decision dates, and
keeps a table of the versions known so far (`market.periods`). A date sees that table and nothing else, so later filings
cannot reach it. What is added or subtracted must be of one basis (`market.basis`), or the figure is missing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numba import njit

from active_edge.market.basis import (
    EXCEEDED,
    MOST_ENTRIES,
    Doubts,
    any_negative,
    confirmed,
    doubt,
    doubted,
    mixed,
    unlike,
    year_to_date,
)
from active_edge.market.periods import ANY, NEVER, Rows, Table, empty_table, find, insert, quarters_back

THREADS = 2
"""An asset's figures rest on its own rows alone, so that the assets are shared out."""
BALANCE = 0
"""Rows with months = 0."""
LATEST = 1
"""Rows of any months, the shortest where several end on the same day: averages and shares, never summed."""
QUARTER = 2
"""A single quarter of a flow."""
TRAILING_YEAR = 3
"""Twelve months of a flow."""


class Reading(NamedTuple):
    """How an item is read.

    kind : BALANCE, LATEST, QUARTER or TRAILING_YEAR. positive : the item cannot be negative, so that a part above its
    whole is an error. reach : days a trailing year may lie behind the latest period reported. first_reported : keep
    the first version of each (period end, months) instead of the latest.
    """

    kind: int
    positive: bool
    reach: int
    first_reported: bool


class Assembled(NamedTuple):
    """One item on every date.

    values : (n_agos, n_dates, n_assets) float64; NaN where not reported or not assemblable.
    filed : (n_agos, n_dates, n_assets) int64 days; the filing of the row used, for an assembled figure the latest
        filing of the base period end; NEVER where missing.
    end : (n_dates, n_assets) int64 days: base period end; NEVER where there is none.
    told : (n_dates, n_assets) int64 days: the first filing of the base period end; NEVER where there is none.
    confidence : (n_dates, n_assets) float64: of the row used at lag 0; NaN where missing or assembled.
    """

    values: np.ndarray
    filed: np.ndarray
    end: np.ndarray
    told: np.ndarray
    confidence: np.ndarray


class Filer(NamedTuple):
    """One asset on one date: its versions, the years doubted by then, and how the item is read.

    used : scratch space for the entries a figure is made of.
    """

    table: Table
    size: int
    doubts: Doubts
    asset: int
    session: int
    positive: bool
    used: np.ndarray


@njit(cache=True)
def _credible(filer: Filer, value: float, used: np.ndarray) -> bool:
    """Return True where a figure made of these entries can be true: one basis, and no sign that cannot be."""
    if filer.positive and (value < 0 or any_negative(filer.table, used)):
        return False
    return not mixed(filer.table, filer.size, used)


@njit(cache=True)
def _doubted(filer: Filer, entry: int, unlike_too: bool) -> bool:
    """Return True where another item of the filing of an entry of 6, 9 or 12 months shows that it does not fit the
    months before (with `unlike_too` also by a last quarter unlike the others), and its own rows not the contrary."""
    period = (filer.table.end[entry], filer.table.months[entry])
    known = doubted(filer.doubts, filer.asset, filer.session, period, unlike_too)
    return known and not confirmed(filer.table, filer.size, entry)


@njit(cache=True)
def _quarter(filer: Filer, day: int, n: int) -> tuple[float, int, int]:
    """Return the flow of the quarter to `day`, the day it ends, and the new n of `used`.

    Its own row, else a longer row less the months before the quarter.
    """
    table, count, used = filer.table, filer.size, filer.used
    entry = find(table, count, day, 3)
    if entry >= 0:
        used[n] = entry
        return table.value[entry], table.end[entry], n + 1
    for length in (6, 9, 12):
        entry = find(table, count, day, length)
        if entry < 0 or _doubted(filer, entry, True):
            continue
        used[n] = entry
        before, m = year_to_date(table, count, (quarters_back(table.end[entry], 1), length - 3), used, n + 1)
        value = table.value[entry] - before
        if np.isnan(value) or (filer.positive and length == 12 and unlike(table, count, value, entry, True)):
            continue
        if _credible(filer, value, used[n:m]):
            return value, table.end[entry], m
    return np.nan, day, n


@njit(cache=True)
def _four_quarters(filer: Filer, day: int) -> float:
    """Return the sum of the four quarters to `day`; NaN where one is missing or they are not of one basis."""
    total, n = 0.0, 0
    for _ in range(4):
        value, end, n = _quarter(filer, day, n)
        total += value
        day = quarters_back(end, 1)
    if np.isnan(total) or not _credible(filer, total, filer.used[:n]):
        return np.nan
    return total


@njit(cache=True)
def _moved_on(filer: Filer, day: int, restated: bool) -> float:
    """Return the last annual figure + year to date − year to date a year before; NaN where that cannot be told.

    `restated`: only where the months a year before were filed again after the annual figure, as the comparatives of a
    quarterly report are; then they are of the basis of this year's months whatever the year's quarters were.
    """
    table, count, used = filer.table, filer.size, filer.used
    for length in (9, 6, 3):
        annual = find(table, count, quarters_back(day, length // 3), 12)
        if annual < 0:
            continue
        used[0] = annual
        then, n = year_to_date(table, count, (quarters_back(day, 4), length), used, 1)
        again, changed = True, False
        for entry in used[1:n]:
            again &= table.filed[entry] > table.since[annual]
            changed |= table.moved[entry] > table.since[annual]
        if np.isnan(then) or again != restated:
            continue
        now, m = year_to_date(table, count, (day, length), used, n)
        value = table.value[annual] + now - then
        if np.isnan(value) or (filer.positive and value < 0) or not _all_fit(filer, used[1:m]):
            continue
        if again and changed:
            return float(value)
        told = again or not _doubted(filer, annual, False)
        if told and _credible(filer, value, used[:m]) and _fits(filer, annual):
            return float(value)
    return np.nan


@njit(cache=True)
def _fits(filer: Filer, entry: int) -> bool:
    """Return False where the months before the last quarter of a longer entry are more than all, which cannot be."""
    if not filer.positive or filer.table.months[entry] <= 3:
        return True
    scratch = np.empty(MOST_ENTRIES, dtype=np.int64)
    return doubt(filer.table, filer.size, entry, scratch)[0] != EXCEEDED


@njit(cache=True)
def _all_fit(filer: Filer, used: np.ndarray) -> bool:
    fit = True
    for entry in used:
        fit &= _fits(filer, entry)
    return fit


@njit(cache=True)
def _trailing_year(filer: Filer, day: int) -> float:
    """Return the flow of the year to `day`.

    In this order: the annual row; last annual row + year to date − year to date a year before where the latter was
    filed again since; four quarters; the same sum with the months as they were first told.
    """
    annual = find(filer.table, filer.size, day, 12)
    if annual >= 0:
        return filer.table.value[annual] if _fits(filer, annual) else np.nan
    value = _moved_on(filer, day, True)
    if np.isnan(value):
        value = _four_quarters(filer, day)
    return _moved_on(filer, day, False) if np.isnan(value) else value


@njit(cache=True)
def _value_at(filer: Filer, kind: int, day: int) -> tuple[float, int]:
    """Return the figure of `kind` for the period to `day`, and its entry (−1 where it is assembled)."""
    if kind == QUARTER:
        return _quarter(filer, day, 0)[0], -1
    if kind == TRAILING_YEAR:
        return _trailing_year(filer, day), -1
    entry = find(filer.table, filer.size, day, 0 if kind == BALANCE else ANY)
    return (filer.table.value[entry], entry) if entry >= 0 else (np.nan, -1)


@njit(cache=True)
def _base_end(filer: Filer, kind: int, reach: int) -> tuple[int, float]:
    """Return the period end that "now" means for an asset, NEVER where it has none, and the trailing year to it.

    The latest period end reported; for a trailing year the latest one at which a year can be assembled, looking back
    `reach` days at most. The year is NaN for other kinds.
    """
    table, count = filer.table, filer.size
    latest = NEVER
    for entry in range(count - 1, -1, -1):
        end = table.end[entry]
        if (kind == BALANCE and table.months[entry] != 0) or (kind >= QUARTER and table.months[entry] == 0):
            continue
        if latest == NEVER:
            latest = end
        if kind != TRAILING_YEAR:
            return int(latest), np.nan
        if end < latest - reach:
            break
        if entry + 1 < count and table.end[entry + 1] == end:
            continue
        year = _trailing_year(filer, end)
        if not np.isnan(year):
            return int(end), year
    return NEVER, np.nan


def assemble(
    reading: Reading,
    rows: Rows,
    doubts: Doubts,
    sessions: np.ndarray,
    quarters_ago: np.ndarray,
    wanted: np.ndarray,
) -> Assembled:
    """Return one item's figures on every decision date.

    Parameters
    ----------
    doubts
        Years that another item of the same filings shows to be of another basis than their quarters.
    sessions
        ``(n_dates,)`` int64, ascending: session index of each decision date. A row is seen where known <= it.
    quarters_ago
        ``(n_agos,)`` int64: lags from the base period end, in quarters.
    wanted
        ``(n_dates, n_assets)`` bool: where a figure is asked for; elsewhere it is missing.
    """
    edges = np.linspace(0, len(rows.starts) - 1, THREADS + 1).astype(int).tolist()

    def of_assets(first: int, after: int) -> Assembled:
        starts = slice(first, after + 1)
        own, doubted_of = rows._replace(starts=rows.starts[starts]), doubts._replace(starts=doubts.starts[starts])
        columns = np.ascontiguousarray(wanted[:, first:after])
        return _assemble(reading, own, doubted_of, sessions, quarters_ago, columns)

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(of_assets, edges[:-1], edges[1:]))
    return Assembled(*(np.concatenate(arrays, axis=-1) for arrays in zip(*parts, strict=True)))


@njit(cache=True, nogil=True)
def _assemble(
    reading: Reading,
    rows: Rows,
    doubts: Doubts,
    sessions: np.ndarray,
    quarters_ago: np.ndarray,
    wanted: np.ndarray,
) -> Assembled:
    n_assets, n_dates = len(rows.starts) - 1, len(sessions)
    found = Assembled(
        np.full((len(quarters_ago), n_dates, n_assets), np.nan),
        np.full((len(quarters_ago), n_dates, n_assets), NEVER),
        np.full((n_dates, n_assets), NEVER),
        np.full((n_dates, n_assets), NEVER),
        np.full((n_dates, n_assets), np.nan),
    )
    used = np.empty(MOST_ENTRIES, dtype=np.int64)
    longest = 0
    for asset in range(n_assets):
        longest = max(longest, rows.starts[asset + 1] - rows.starts[asset])
    table = empty_table(longest)
    for asset in range(n_assets):
        row, count, doubt_row = rows.starts[asset], 0, doubts.starts[asset]
        last, seen = -1, -1
        for date in range(n_dates):
            session = sessions[date]
            while row < rows.starts[asset + 1] and rows.known[row] <= session:
                count = insert(table, count, rows, row, reading.first_reported)
                row += 1
            while doubt_row < doubts.starts[asset + 1] and doubts.known[doubt_row] <= session:
                doubt_row += 1
            if not wanted[date, asset]:
                continue
            if row + doubt_row == seen:
                found.values[:, date, asset] = found.values[:, last, asset]
                found.filed[:, date, asset] = found.filed[:, last, asset]
                found.end[date, asset], found.told[date, asset] = found.end[last, asset], found.told[last, asset]
                found.confidence[date, asset] = found.confidence[last, asset]
            else:
                filer = Filer(table, count, doubts, asset, session, reading.positive, used)
                _fill(filer, reading, found, date, quarters_ago)
            last, seen = date, row + doubt_row
    return found


@njit(cache=True)
def _fill(filer: Filer, reading: Reading, found: Assembled, date: int, quarters_ago: np.ndarray) -> None:
    """Put the figures of one asset on one date into the matrices."""
    table, asset = filer.table, filer.asset
    base, year = _base_end(filer, reading.kind, reading.reach)
    if base == NEVER:
        return
    first, last = np.iinfo(np.int64).max, NEVER
    for entry in range(filer.size - 1, -1, -1):
        if table.end[entry] < base:
            break
        if table.end[entry] == base:
            first, last = min(first, table.first[entry]), max(last, table.filed[entry])
    found.end[date, asset], found.told[date, asset] = base, first
    for lag in range(len(quarters_ago)):
        if reading.kind == TRAILING_YEAR and quarters_ago[lag] == 0:
            value, entry = year, -1
        else:
            value, entry = _value_at(filer, reading.kind, quarters_back(base, quarters_ago[lag]))
        found.values[lag, date, asset] = value
        if not np.isnan(value):
            found.filed[lag, date, asset] = table.filed[entry] if entry >= 0 else last
            if quarters_ago[lag] == 0 and entry >= 0:
                found.confidence[date, asset] = table.confidence[entry]
