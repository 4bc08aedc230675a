"""Filings: statements as the public got them, with forms, days of filing, overstatements and restatements."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from active_edge.simulated import laws
from active_edge.simulated._filings import FactRows, Firms, Time, file_block
from active_edge.simulated.bars import Months
from active_edge.simulated.listings import Calendar, Listings
from active_edge.simulated.path import Path
from active_edge.simulated.statements import COLUMNS

FIRMS_A_BLOCK = 256
YEARLY_ITEMS = ("public_float_usd", "insider_ownership", "domestic_revenue_share", "floating_rate_debt_share")
ITEM_NAMES = (*COLUMNS, *YEARLY_ITEMS)
FORMS = ("10-Q", "10-K", "10-Q/A", "10-K/A", "S-1", "DEF 14A")
SOURCES = ("statements", "cover page", "proxy table", "geographic segments", "no foreign tags", "debt note", "debt mix")
CONFIDENCES = ("low", "medium", "high")


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
        warm_up=laws.WARM_UP_MONTHS,
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
        used = file_block(rng, firms, time, path.grid, path.reports, months, rows)
        return FactRows(*(column[:used] for column in rows))

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(draw, range(0, len(listings.firm), FIRMS_A_BLOCK)))
