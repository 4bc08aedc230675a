"""Assemble reported rows into the figure known on each date: balances, single quarters, trailing twelve months.

One compiled pass an item walks every asset's filings in the order they became known, beside the decision dates, and
keeps a table of the versions known so far, one entry for each (period end, months). A date sees that table and nothing
else, so later filings cannot reach it.

Periods are identified by their end. The end *k* quarters before a day is that day less ``round(91.3125 k)`` days; a row
belongs to it when its period end lies within `END_TOLERANCE_DAYS`, the nearest one winning and the earlier of two
equally near. That covers 52/53-week years; it leaves years of three 12-week and one 16-week quarter to their annual
rows.
"""

from __future__ import annotations

import numpy as np
from numba import njit

END_TOLERANCE_DAYS = 10
QUARTER_DAYS = 91.3125

BALANCE = 0
"""Rows with months = 0."""
LATEST = 1
"""Rows of any months, the shortest where several end on the same day: averages and shares, never summed."""
QUARTER = 2
"""A single quarter of a flow."""
TRAILING_YEAR = 3
"""Twelve months of a flow."""

NEVER = np.iinfo(np.int64).min
_ANY = -1


@njit(cache=True)
def quarters_back(day: int, quarters: int) -> int:
    """Return the expected period end `quarters` before `day`, both in days since the epoch."""
    return day - int(np.floor(QUARTER_DAYS * quarters + 0.5))


@njit(cache=True)
def _find(ends: np.ndarray, months: np.ndarray, count: int, day: int, wanted: int) -> int:
    """Return the row of `wanted` months that ends nearest to `day`, −1 where none is within the tolerance."""
    best = -1
    gap = END_TOLERANCE_DAYS
    for row in range(count - 1, -1, -1):
        if ends[row] < day - END_TOLERANCE_DAYS:
            break
        if wanted in (_ANY, months[row]) and abs(ends[row] - day) <= gap:
            gap = abs(ends[row] - day)
            best = row
    return best


@njit(cache=True)
def _year_to_date(ends: np.ndarray, months: np.ndarray, values: np.ndarray, count: int, day: int, length: int) -> float:
    """Return the flow of the `length` months to `day`: its own row, else the reported quarters; NaN if neither."""
    row = _find(ends, months, count, day, length)
    if row >= 0:
        return float(values[row])
    total = 0.0
    for back in range(length // 3):
        row = _find(ends, months, count, quarters_back(day, back), 3)
        if row < 0:
            return np.nan
        total += values[row]
    return total


@njit(cache=True)
def _quarter(ends: np.ndarray, months: np.ndarray, values: np.ndarray, count: int, day: int) -> float:
    """Return the flow of the quarter to `day`: its own row, else a longer row less the months before the quarter."""
    row = _find(ends, months, count, day, 3)
    if row >= 0:
        return float(values[row])
    for length in (6, 9, 12):
        row = _find(ends, months, count, day, length)
        if row >= 0:
            before = _year_to_date(ends, months, values, count, quarters_back(ends[row], 1), length - 3)
            if not np.isnan(before):
                return float(values[row] - before)
    return np.nan


@njit(cache=True)
def _trailing_year(ends: np.ndarray, months: np.ndarray, values: np.ndarray, count: int, day: int) -> float:
    """Return the flow of the year to `day`.

    In this order: the annual row; four quarters; last annual row + year to date − year to date a year before.
    """
    row = _find(ends, months, count, day, 12)
    if row >= 0:
        return float(values[row])
    total = 0.0
    for back in range(4):
        total += _quarter(ends, months, values, count, quarters_back(day, back))
    if not np.isnan(total):
        return total
    for length in (9, 6, 3):
        annual = _find(ends, months, count, quarters_back(day, length // 3), 12)
        if annual < 0:
            continue
        now = _year_to_date(ends, months, values, count, day, length)
        then = _year_to_date(ends, months, values, count, quarters_back(day, 4), length)
        if not np.isnan(now - then):
            return float(values[annual] + now - then)
    return np.nan


@njit(cache=True)
def _value_at(
    kind: int, ends: np.ndarray, months: np.ndarray, values: np.ndarray, count: int, day: int
) -> tuple[float, int]:
    """Return the figure of `kind` for the period to `day`, and its row in the table (−1 where it is assembled)."""
    if kind in (QUARTER, TRAILING_YEAR):
        if kind == QUARTER:
            return _quarter(ends, months, values, count, day), -1
        return _trailing_year(ends, months, values, count, day), -1
    row = _find(ends, months, count, day, 0 if kind == BALANCE else _ANY)
    return (values[row], row) if row >= 0 else (np.nan, -1)


@njit(cache=True)
def _base_end(kind: int, ends: np.ndarray, months: np.ndarray, values: np.ndarray, count: int, reach: int) -> int:
    """Return the period end that "now" means for an asset, NEVER where it has none.

    The latest period end reported; for a trailing year the latest one at which a year can be assembled, looking back
    `reach` days at most.
    """
    latest = NEVER
    for row in range(count - 1, -1, -1):
        end = ends[row]
        if (kind == BALANCE and months[row] != 0) or (kind >= QUARTER and months[row] == 0):
            continue
        if latest == NEVER:
            latest = end
        if kind != TRAILING_YEAR:
            return latest
        if end < latest - reach:
            return NEVER
        repeated = row + 1 < count and ends[row + 1] == end
        if not repeated and not np.isnan(_trailing_year(ends, months, values, count, end)):
            return int(end)
    return NEVER


@njit(cache=True)
def _insert(
    ends: np.ndarray,
    months: np.ndarray,
    values: np.ndarray,
    filed: np.ndarray,
    trust: np.ndarray,
    count: int,
    row: tuple[int, int, float, int, int],
    first_reported: bool,
) -> int:
    """Put one version into the table, sorted by (end, months); return the new count."""
    end, length, value, day, confidence = row
    place = count
    while place > 0 and (ends[place - 1] > end or (ends[place - 1] == end and months[place - 1] > length)):
        place -= 1
    if place > 0 and ends[place - 1] == end and months[place - 1] == length:
        if first_reported:
            return count
        place -= 1
    else:
        for other in range(count, place, -1):
            ends[other] = ends[other - 1]
            months[other] = months[other - 1]
            values[other] = values[other - 1]
            filed[other] = filed[other - 1]
            trust[other] = trust[other - 1]
        count += 1
    ends[place] = end
    months[place] = length
    values[place] = value
    filed[place] = day
    trust[place] = confidence
    return count


@njit(cache=True)
def assemble(
    kind: int,
    starts: np.ndarray,
    rows: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    sessions: np.ndarray,
    quarters_ago: np.ndarray,
    reach: int,
    first_reported: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return one item's figures on every decision date.

    Parameters
    ----------
    kind
        BALANCE, LATEST, QUARTER or TRAILING_YEAR.
    starts
        ``(n_assets + 1,)`` int64: rows of asset *j* are ``starts[j] : starts[j + 1]``.
    rows
        (known, period_end, months, value, filed, confidence), each ``(n_rows,)``, ordered by known within an asset;
        period_end and filed in days since the epoch.
    sessions
        ``(n_dates,)`` int64, ascending: session index of each decision date. A row is seen where known <= it.
    quarters_ago
        ``(n_agos,)`` int64: lags from the base period end, in quarters.
    reach
        Days a trailing year may lie behind the latest period reported.
    first_reported
        Keep the first version of each (period end, months) instead of the latest.

    Returns
    -------
    values : ``(n_agos, n_dates, n_assets)`` float64; NaN where not reported or not assemblable.
    filed : ``(n_agos, n_dates, n_assets)`` int64 days; the filing of the row used, for an assembled figure the latest
        filing of the base period end; NEVER where missing.
    end : ``(n_dates, n_assets)`` int64 days: base period end; NEVER where there is none.
    confidence : ``(n_dates, n_assets)`` float64: of the row used at lag 0; NaN where missing or assembled.
    """
    known, row_end, row_months, row_value, row_filed, row_confidence = rows
    n_assets = len(starts) - 1
    n_dates = len(sessions)
    values = np.full((len(quarters_ago), n_dates, n_assets), np.nan)
    filed = np.full((len(quarters_ago), n_dates, n_assets), NEVER)
    end = np.full((n_dates, n_assets), NEVER)
    confidence = np.full((n_dates, n_assets), np.nan)
    longest = 0
    for asset in range(n_assets):
        longest = max(longest, starts[asset + 1] - starts[asset])
    ends = np.empty(longest, dtype=np.int64)
    months = np.empty(longest, dtype=np.int64)
    figures = np.empty(longest)
    days = np.empty(longest, dtype=np.int64)
    trust = np.empty(longest, dtype=np.int64)
    for asset in range(n_assets):
        row = starts[asset]
        count = 0
        for date in range(n_dates):
            changed = False
            while row < starts[asset + 1] and known[row] <= sessions[date]:
                version = (row_end[row], row_months[row], row_value[row], row_filed[row], row_confidence[row])
                count = _insert(ends, months, figures, days, trust, count, version, first_reported)
                changed = True
                row += 1
            if not changed:
                if date > 0:
                    values[:, date, asset] = values[:, date - 1, asset]
                    filed[:, date, asset] = filed[:, date - 1, asset]
                    end[date, asset] = end[date - 1, asset]
                    confidence[date, asset] = confidence[date - 1, asset]
                continue
            base = _base_end(kind, ends, months, figures, count, reach)
            if base == NEVER:
                continue
            end[date, asset] = base
            latest_filing = NEVER
            for entry in range(count):
                if ends[entry] == base:
                    latest_filing = max(latest_filing, days[entry])
            for lag in range(len(quarters_ago)):
                value, used = _value_at(kind, ends, months, figures, count, quarters_back(base, quarters_ago[lag]))
                values[lag, date, asset] = value
                if not np.isnan(value):
                    filed[lag, date, asset] = days[used] if used >= 0 else latest_filing
                    if quarters_ago[lag] == 0 and used >= 0:
                        confidence[date, asset] = trust[used]
    return values, filed, end, confidence


@njit(cache=True)
def first_figure(
    starts: np.ndarray,
    known: np.ndarray,
    row_end: np.ndarray,
    row_months: np.ndarray,
    row_value: np.ndarray,
    sessions: np.ndarray,
) -> np.ndarray:
    """Return the first flow each asset ever reported, ``(n_dates, n_assets)``; NaN before it was known.

    Of the rows that became known first, the one with the latest period end, and of those the longest.
    """
    n_assets = len(starts) - 1
    figures = np.full((len(sessions), n_assets), np.nan)
    for asset in range(n_assets):
        best = -1
        for row in range(starts[asset], starts[asset + 1]):
            if row_months[row] == 0:
                continue
            if best >= 0 and known[row] > known[best]:
                break
            if best < 0 or (row_end[row], row_months[row]) > (row_end[best], row_months[best]):
                best = row
        if best >= 0:
            for date in range(len(sessions)):
                if known[best] <= sessions[date]:
                    figures[date, asset] = row_value[best]
    return figures
