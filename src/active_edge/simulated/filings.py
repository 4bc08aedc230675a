"""Filings: statements as the public got them, with forms, days of filing, overstatements and restatements."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numba as nb
import numpy as np

from active_edge.simulated import laws
from active_edge.simulated.drivers import Firms, Time, drive
from active_edge.simulated.fact_rows import FactRows, put_statement, put_yearly
from active_edge.simulated.grid import Grid, Reports
from active_edge.simulated.laws import filing_lag
from active_edge.simulated.listings import Calendar, Listings
from active_edge.simulated.path import Path
from active_edge.simulated.quotes import Months
from active_edge.simulated.restatements import fictions, overstate, weekday
from active_edge.simulated.statements import N_COLUMNS, Drivers, draw_statements, year_to_date
from active_edge.simulated.weather import WARM_UP_MONTHS

FIRMS_A_BLOCK = 256
HISTORY_QUARTERS = 8
"""Quarters of statements a firm brings along when it is first listed."""
PROSPECTUS_DAYS = 21
"""Days before its first session on which a newcomer files its prospectus."""


def draw_filings(
    path: Path, listings: Listings, calendar: Calendar, months: Months, *, workers: int = 2
) -> list[FactRows]:
    """Every filing of every listing, one `FactRows` a block of listings, in order.

    Timing: `filed` is a weekday 30 to 119 days after the period's end; what a firm had reported before it was
    listed is filed with its prospectus, three weeks before its first session. A restatement is filed about 18
    months after the overstated year and repeats, corrected, what is different in every period it touches.
    """
    day = calendar.sessions.to_numpy().astype("datetime64[D]").astype(np.int64)
    quarter_end = calendar.month_end[2::3].astype(np.int64)
    early = np.datetime64(calendar.month_end[0], "M") + (3 * np.arange(-12, 0) + 3).astype("timedelta64[M]")
    before = early.astype("datetime64[D]").astype(np.int64) - 1
    time = Time(
        quarter_end=np.concatenate([before, quarter_end]),
        policy_rate=path.weather.policy_rate,
        size_mean=path.size_mean,
        size_sd=path.size_sd,
        warm_up=WARM_UP_MONTHS,
    )

    def draw(start: int) -> FactRows:
        part = slice(start, start + FIRMS_A_BLOCK)
        firms = Firms(
            first_index=start,
            slot=listings.slot[part],
            birth=listings.birth[part],
            first_month=listings.first_month[part],
            last_month=listings.last_month[part],
            listed_day=day[listings.first_session[part]],
            last_day=day[listings.last_session[part]],
            trait=path.traits[listings.firm[part]].astype(np.float64),
            offset=months.offset[part],
        )
        capacity = int((((firms.last_month - firms.first_month) // 3 + 14) * 50).sum())
        small = [np.empty(capacity, np.int8) for _ in range(5)]
        rows = FactRows(
            listing=np.empty(capacity, np.int32),
            item=small[0],
            months=small[1],
            period_end=np.empty(capacity, np.int32),
            filed=np.empty(capacity, np.int32),
            value=np.empty(capacity),
            form=small[2],
            source=small[3],
            confidence=small[4],
            accession=np.empty(capacity, np.int64),
        )
        rng = np.random.default_rng([path.knobs.seed, 6, start])
        used = _file_block(rng, firms, time, path.grid, path.reports, months, rows)
        return FactRows(*(column[:used] for column in rows))

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(draw, range(0, len(listings.firm), FIRMS_A_BLOCK)))


class _Reported(NamedTuple):
    """One firm's quarters as they will be filed: arrays (n_quarters, ...), the first row path quarter `first`.

    quarters, drivers: true statements and what drove them · end, filed: days since 1970 · added, carried, amended: as
    `fictions` · coverage: which yearly figures its filings let be read · prospectus: day of it.
    """

    first: int
    quarters: np.ndarray
    drivers: Drivers
    end: np.ndarray
    filed: np.ndarray
    added: np.ndarray
    carried: np.ndarray
    amended: np.ndarray
    coverage: np.ndarray
    prospectus: int


@nb.njit(cache=True, nogil=True)
def _file_block(
    rng: np.random.Generator, firms: Firms, time: Time, grid: Grid, reports: Reports, months: Months, rows: FactRows
) -> int:
    """File every quarter of every firm of a block into `rows`; the number of rows comes back."""
    used = 0
    for i in range(len(firms.slot)):
        reported = _report(rng, firms, i, time, grid, reports, months)
        for k in range(len(reported.filed)):
            day, form = reported.filed[k], 1 if k % 4 == 3 else 0
            if firms.birth[i] >= time.warm_up and day < reported.prospectus:
                day, form = max(reported.prospectus, reported.end[k] + 1), 4
            if day > firms.last_day[i]:
                break
            used = _file_quarter(rng, firms, i, k, day, form, reported, rows, used)
    return used


@nb.njit(cache=True, nogil=True)
def _report(
    rng: np.random.Generator, firms: Firms, i: int, time: Time, grid: Grid, reports: Reports, months: Months
) -> _Reported:
    """Draw all statements of a firm, the days they are filed, and what of them is fiction."""
    start = max(firms.birth[i], time.warm_up - 1)
    first = (start + 1) // 3 - HISTORY_QUARTERS
    first -= (first - int(firms.trait[i, laws.FISCAL_PHASE])) % 4
    last = (firms.last_month[i] + 1) // 3 - 1
    n = last - first + 1
    over, lag = np.zeros(n), np.empty(n)
    drivers = drive(firms, i, first, n, time, grid, reports, months, over, lag)
    quarters = np.empty((n, N_COLUMNS))
    draw_statements(rng, drivers, quarters)
    small = np.log(max(drivers.value[0], 1.0) / 1e6) < 7.6
    coverage = np.array([rng.random() < 0.88, rng.random() < (0.5 if small else 0.75), rng.random() < 0.6])
    filed, end = np.empty(n, np.int64), np.empty(n, np.int64)
    for k in range(n):
        end[k] = time.quarter_end[first + k + 12]
        days = int(lag[k])
        if days < 0:
            days = filing_lag(rng, np.log(max(drivers.value[k], 1.0) / 1e6), k % 4 == 3)
        filed[k] = weekday(end[k] + days)
    prospectus = weekday(firms.listed_day[i] - PROSPECTUS_DAYS)
    added, carried, amended = fictions(rng, over, quarters, end, filed)
    return _Reported(first, quarters, drivers, end, filed, added, carried, amended, coverage, prospectus)


@nb.njit(cache=True, nogil=True)
def _file_quarter(
    rng: np.random.Generator,
    firms: Firms,
    i: int,
    k: int,
    day: int,
    form: int,
    reported: _Reported,
    rows: FactRows,
    used: int,
) -> int:
    """File one quarter as shown, its yearly figures, and its amendment if it is found out in time."""
    fiscal, end, amended = k % 4 + 1, reported.end[k], reported.amended[k]
    listing, quarters = firms.first_index + i, reported.quarters
    accession = listing * 1000 + k
    nothing, true_date = np.full(N_COLUMNS, np.nan), np.empty(N_COLUMNS)
    shown, shown_date = np.empty(N_COLUMNS), np.empty(N_COLUMNS)
    year_to_date(quarters[: k + 1], reported.drivers.split, fiscal, true_date)
    added_to_date = reported.added[k + 1 - fiscal : k + 1].sum()
    overstate(quarters[k], reported.added[k], reported.carried[k], shown)
    overstate(true_date, added_to_date, reported.carried[k], shown_date)
    used = put_statement(rows, used, listing, shown, shown_date, fiscal, end, day, form, accession, nothing, nothing)
    if fiscal == 4:
        proxy = weekday(end + 110 + int(rng.random() * 15.0))
        used = put_yearly(
            rng, rows, used, listing, firms.trait[i], reported.coverage, end, day, form, max(proxy, day),
            firms.last_day[i], reported.drivers.value[max(k - 2, 0)], accession,
        )  # fmt: skip
    if amended > 0 and max(amended, day) <= firms.last_day[i]:
        used = put_statement(
            rows, used, listing, quarters[k], true_date, fiscal, end, amended, 3 if fiscal == 4 else 2,
            accession + 900_000_000, shown, shown_date,
        )  # fmt: skip
    return used
