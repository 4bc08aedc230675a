"""The compiled pass that files statements: forms, days, overstatements and restatements, one firm after another."""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from active_edge.simulated import laws, statements
from active_edge.simulated.bars import Months
from active_edge.simulated.laws import Grid, Reports, filing_lag
from active_edge.simulated.statements import N_COLUMNS, Drivers, draw_statements, year_to_date

OVERSTATED_ASSETS = 0.06
"""Fictitious revenue of an overstated year over assets, times overstatement in deviations of quality."""
HISTORY_QUARTERS = 8
"""Quarters of statements a firm brings along when it is first listed."""


class FactRows(NamedTuple):
    """Fact rows of a block, parallel arrays.

    listing int32 · item, months, form, source, confidence int8: positions in the tuples above · period_end, filed
    int32: days since 1970 · value float64 · accession int64.
    """

    listing: np.ndarray
    item: np.ndarray
    months: np.ndarray
    period_end: np.ndarray
    filed: np.ndarray
    value: np.ndarray
    form: np.ndarray
    source: np.ndarray
    confidence: np.ndarray
    accession: np.ndarray


class Firms(NamedTuple):
    """Listings of a block: arrays (n,), `trait` (n, N_TRAITS); days since 1970."""

    first_index: int
    slot: np.ndarray
    birth: np.ndarray
    first_month: np.ndarray
    last_month: np.ndarray
    listed_day: np.ndarray
    last_day: np.ndarray
    trait: np.ndarray
    offset: np.ndarray


class Time(NamedTuple):
    """Ends of the path's quarters, twelve before it included, in days since 1970, and what is common by month."""

    quarter_end: np.ndarray
    policy_rate: np.ndarray
    size_mean: np.ndarray
    size_sd: np.ndarray
    warm_up: int


@nb.njit(cache=True, nogil=True)
def _weekday(day: int) -> int:
    """The day itself, or the Monday after a weekend; days since 1970-01-01, a Thursday."""
    weekday = (day + 3) % 7
    return day + 7 - weekday if weekday >= 5 else day


@nb.njit(cache=True, nogil=True)
def _put(
    rows: FactRows,
    used: int,
    listing: int,
    item: int,
    span: int,
    period_end: int,
    filed: int,
    value: float,
    form: int,
    source: int,
    confidence: int,
    accession: int,
) -> int:
    if np.isnan(value):
        return used
    rows.listing[used], rows.item[used], rows.months[used] = listing, item, span
    rows.period_end[used], rows.filed[used], rows.value[used] = period_end, filed, value
    rows.form[used], rows.source[used], rows.confidence[used] = form, source, confidence
    rows.accession[used] = accession
    return used + 1


@nb.njit(cache=True, nogil=True)
def _reported(reports: Reports, quarter: int, slot: int, otherwise: float) -> tuple[float, float, float]:
    """Quality without what was overstated, what was, and days to filing (−1: to be drawn) of a path quarter."""
    reported = reports.quality[quarter, slot] if quarter >= 0 else np.nan
    if np.isnan(reported):
        return otherwise, 0.0, -1.0
    over = reports.overstated[quarter, slot]
    return reported - over, over, float(reports.lag_days[quarter, slot])


@nb.njit(cache=True, nogil=True)
def _share_events(firms: Firms, i: int, t: int, time: Time, grid: Grid, months: Months) -> tuple[float, float, float]:
    """USD from issuance, dividends a share and new shares per old of a listed firm in the quarter to month `t`."""
    s, issued, dps, split = firms.slot[i], 0.0, 0.0, 1.0
    for m in range(max(t - 2, firms.first_month[i]), t + 1):
        row = firms.offset[i] + m - firms.first_month[i]
        if m > firms.first_month[i]:
            z = (grid.log_value[m - 1, s] - time.size_mean[m]) / time.size_sd[m]
            added = laws.issuance(grid.quality[m - 1, s], z)
            issued += added / (1.0 + added) * months.shares[row] * months.price[row]
        dps = dps / months.split[row] + months.dividend[row]
        split *= months.split[row]
    return issued, dps, split


@nb.njit(cache=True, nogil=True)
def _drive(
    firms: Firms,
    i: int,
    first: int,
    n: int,
    time: Time,
    grid: Grid,
    reports: Reports,
    months: Months,
    over: np.ndarray,
    lag: np.ndarray,
) -> Drivers:
    """The drivers of one firm's `n` quarters from path quarter `first` on; fills over and lag (−1: to be drawn)."""
    s, trait = firms.slot[i], firms.trait[i]
    quality, debt, growth = np.empty(n), np.empty(n), np.empty(n)
    value, issued, dps = np.empty(n), np.zeros(n), np.zeros(n)
    shares, split, policy = np.empty(n), np.ones(n), np.empty(n)
    birth = firms.birth[i]
    listed = max(birth, time.warm_up - 1)
    first_shares = months.shares[firms.offset[i]]
    before = 1.0
    for k in range(n - 1, -1, -1):
        quarter = first + k
        t = 3 * quarter + 2
        state = min(max(t, birth, 0), grid.quality.shape[0] - 1)
        policy[k] = time.policy_rate[max(t, 0)]
        quality[k], over[k], lag[k] = _reported(reports, quarter if t > birth else -1, s, grid.known[max(birth, 0), s])
        debt[k] = laws.debt_share(quality[k], trait[laws.DEBT_TASTE], trait[laws.DEBT_FREE])
        growth[k] = grid.growth[state, s]
        value[k] = np.exp(grid.log_value[state, s]) * 1e6
        z = (grid.log_value[state, s] - time.size_mean[state]) / time.size_sd[state]
        rate = laws.issuance(grid.quality[state, s], z)
        if t <= listed:
            before /= 1.0 + 3.0 * rate
            shares[k] = first_shares * before
            issued[k] = 3.0 * rate * value[k]
            if t + 3 > listed and birth >= time.warm_up:
                issued[k] += 0.15 * value[k]
            dps[k] = np.round(trait[laws.DIVIDEND_YIELD] / 4.0 * value[k] / shares[k], 4)
            continue
        issued[k], dps[k], split[k] = _share_events(firms, i, t, time, grid, months)
        shares[k] = months.shares[firms.offset[i] + t - firms.first_month[i]]
    return Drivers(
        quality, debt, growth, value, issued, dps, shares, split, policy, trait[laws.MARGIN], trait[laws.FLOATING],
        trait[laws.SECTOR] % 3 == 0,
    )  # fmt: skip


@nb.njit(cache=True, nogil=True)
def _overstate(statement: np.ndarray, added: float, carried: float, out: np.ndarray) -> None:
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
def _put_statement(
    rows: FactRows,
    used: int,
    listing: int,
    quarter: np.ndarray,
    to_date: np.ndarray,
    fiscal: int,
    period_end: int,
    filed: int,
    form: int,
    accession: int,
    was: np.ndarray,
    was_to_date: np.ndarray,
) -> int:
    """Emit one filing. Income items cover the quarter (10-Q) or the year (10-K), cash flows the year to date.

    Where `was` is not all NaN, only what differs from it is emitted: that is a restatement.
    """
    income = to_date if fiscal == 4 else quarter
    was_income = was_to_date if fiscal == 4 else was
    for c in range(N_COLUMNS):
        if c < statements.FIRST_CASH_FLOW:
            value, old, span = income[c], was_income[c], 12 if fiscal == 4 else 3
        elif c < statements.FIRST_INSTANT:
            value, old, span = to_date[c], was_to_date[c], 3 * fiscal
        else:
            value, old, span = quarter[c], was[c], 0
        if value == old:
            continue
        source = 1 if c == statements.SHARES else 0
        used = _put(rows, used, listing, c, span, period_end, filed, value, form, source, 2, accession)
    return used


@nb.njit(cache=True, nogil=True)
def _put_yearly(
    rng: np.random.Generator,
    rows: FactRows,
    used: int,
    listing: int,
    trait: np.ndarray,
    known: np.ndarray,
    period_end: int,
    filed: int,
    form: int,
    proxy_day: int,
    last_day: int,
    market_value: float,
    accession: int,
) -> int:
    """Emit the figures that arrive once a year, where the firm's filings let them be read (`known`, 3 flags)."""
    insider = min(max(trait[laws.INSIDER] + 0.01 * rng.standard_normal(), 0.0), 0.95)
    used = _put(
        rows, used, listing, N_COLUMNS, 0, period_end, filed, np.rint(market_value * (1.0 - insider)), form, 1, 2,
        accession,
    )  # fmt: skip
    if known[0] and rng.random() < 0.97 and proxy_day <= last_day:
        used = _put(
            rows, used, listing, N_COLUMNS + 1, 0, period_end, proxy_day, np.round(insider, 4), 5, 2, 2,
            accession + 50,
        )  # fmt: skip
    if known[1] and rng.random() < 0.97:
        share = np.round(min(max(trait[laws.DOMESTIC] + 0.02 * rng.standard_normal(), 0.0), 1.0), 4)
        plain = trait[laws.DOMESTIC] > 0.92
        used = _put(
            rows, used, listing, N_COLUMNS + 2, 0, period_end, filed, share, form, 4 if plain else 3,
            1 if plain else 2, accession,
        )  # fmt: skip
    if known[2] and rng.random() < 0.97:
        drift = trait[laws.FLOATING] + 0.03 * rng.standard_normal()
        share = 0.0 if trait[laws.DEBT_FREE] > 0.5 else np.round(min(max(drift, 0.0), 1.0), 4)
        rough = rng.random() < 0.2
        used = _put(
            rows, used, listing, N_COLUMNS + 3, 0, period_end, filed, share, form, 6 if rough else 5,
            0 if rough else 2, accession,
        )  # fmt: skip
    return used


@nb.njit(cache=True, nogil=True)
def _filing_days(rng: np.random.Generator, end: np.ndarray, lag: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Days on which the quarters to `end` are filed; a lag below 0 is drawn by the firm's value, USD."""
    filed = np.empty(len(end), np.int64)
    for k in range(len(end)):
        days = int(lag[k])
        if days < 0:
            days = filing_lag(rng, np.log(max(value[k], 1.0) / 1e6), k % 4 == 3)
        filed[k] = _weekday(end[k] + days)
    return filed


@nb.njit(cache=True, nogil=True)
def file_block(
    rng: np.random.Generator, firms: Firms, time: Time, grid: Grid, reports: Reports, months: Months, rows: FactRows
) -> int:
    """File every quarter of every firm of a block into `rows`; the number of rows comes back."""
    used = 0
    nothing = np.full(N_COLUMNS, np.nan)
    true_date, shown_date, shown = np.empty(N_COLUMNS), np.empty(N_COLUMNS), np.empty(N_COLUMNS)
    for i in range(len(firms.slot)):
        trait = firms.trait[i]
        first = (max(firms.birth[i], time.warm_up - 1) + 1) // 3 - HISTORY_QUARTERS
        first -= (first - int(trait[laws.FISCAL_PHASE])) % 4
        n = (firms.last_month[i] + 1) // 3 - first
        over, lag = np.zeros(n), np.empty(n)
        drivers = _drive(firms, i, first, n, time, grid, reports, months, over, lag)
        quarters = np.empty((n, N_COLUMNS))
        draw_statements(rng, drivers, quarters)
        small = np.log(max(drivers.value[0], 1.0) / 1e6) < 7.6
        coverage = np.array([rng.random() < 0.88, rng.random() < (0.5 if small else 0.75), rng.random() < 0.6])
        end = time.quarter_end[first + 12 : first + 12 + n]
        filed = _filing_days(rng, end, lag, drivers.value)
        prospectus = _weekday(firms.listed_day[i] - 21)
        added, carried, amended = _fictions(rng, over, quarters, end, filed)
        for k in range(n):
            fiscal = k % 4 + 1
            form = 1 if fiscal == 4 else 0
            day = filed[k]
            if firms.birth[i] >= time.warm_up and day < prospectus:
                day, form = max(prospectus, end[k] + 1), 4
            if day > firms.last_day[i]:
                break
            accession = (firms.first_index + i) * 1000 + k
            year_to_date(quarters[: k + 1], drivers.split, fiscal, true_date)
            added_to_date = added[k + 1 - fiscal : k + 1].sum()
            _overstate(quarters[k], added[k], carried[k], shown)
            _overstate(true_date, added_to_date, carried[k], shown_date)
            listing = firms.first_index + i
            used = _put_statement(
                rows, used, listing, shown, shown_date, fiscal, end[k], day, form, accession, nothing, nothing
            )
            if fiscal == 4:
                proxy = max(_weekday(end[k] + 110 + int(rng.random() * 15.0)), day)
                used = _put_yearly(
                    rng, rows, used, listing, trait, coverage, end[k], day, form, proxy, firms.last_day[i],
                    drivers.value[max(k - 2, 0)], accession,
                )  # fmt: skip
            if amended[k] > 0 and max(amended[k], day) <= firms.last_day[i]:
                used = _put_statement(
                    rows, used, listing, quarters[k], true_date, fiscal, end[k], amended[k], 3 if fiscal == 4 else 2,
                    accession + 900_000_000, shown, shown_date,
                )  # fmt: skip
    return used


@nb.njit(cache=True, nogil=True)
def _fictions(
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
        found = _weekday(end[stop - 1] + laws.RESTATED_AFTER_DAYS + int(rng.random() * 60.0))
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
