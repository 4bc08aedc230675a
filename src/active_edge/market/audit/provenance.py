"""How much of a market's facts is known, for whom, and whether their filing days can be believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.market.database import connect
from active_edge.market.files import parquet
from active_edge.market.store import Market
from active_edge.schema import ITEMS
from active_edge.words import percent

MAX_AGE_DAYS = {"share": 550}
DEFAULT_MAX_AGE_DAYS = 400
LAG_QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
ANNUAL_DEADLINE_DAYS, QUARTER_DEADLINE_DAYS = 90, 45
"""Latest due dates of a 10-K and a 10-Q (non-accelerated filers)."""
EARLIEST_LAG_DAYS = 7
"""Hardly a company reports sooner after its period ends; many such facts were dated by their period."""
CONSTANT_SHARE = 0.5
NEVER_RESTATED = "no number was ever restated: only one version of each was kept, perhaps the latest"
TELLING_ITEMS = ("revenue", "net_income", "total_assets")
FEWEST_NUMBERS = 1000
"""Of fewer numbers than this nothing is said about restatements: three in a thousand are restated on a real one."""
BEFORE_DAYS = 730
"""A run reads what was filed up to two years before it begins."""


@dataclass(frozen=True)
class FilingLags:
    """Days from period end to filing, and what they say about point-in-time honesty.

    Attributes
    ----------
    quantiles
        Lag in days by quantile.
    late_share
        Share filed later than 90 days after a year or 45 after a quarter.
    implausible_share
        Share filed within a week of the period end.
    commonest_lag_share
        Share of facts with the single commonest lag; above a half the dates were assumed, not observed.
    restated_share
        Share of (asset, item, months, period) with more than one value.
    warnings
        In words; empty where nothing is suspect.
    """

    facts: int
    quantiles: dict[str, float]
    late_share: float
    implausible_share: float
    commonest_lag_days: int
    commonest_lag_share: float
    restated_share: float
    warnings: tuple[str, ...]


def coverage_by_year(market: Market) -> tuple[pd.DataFrame, pd.Series]:
    """Return the share of companies with a usable value of each item at each year's last session.

    Returns
    -------
    coverage
        (items × years) float in [0, 1]; NaN where the year has no company. A value is usable when filed by then and
        its period ended at most 400 days before (550 for shares, which are told once a year).
    companies
        Number of companies by year: assets listed on that session that had filed anything by then.
    """
    years = market.sessions.year.to_numpy()
    at = np.append(np.flatnonzero(years[1:] != years[:-1]), len(years) - 1)
    first, last = market.prices.first[None], market.prices.last[None]
    listed = (first >= 0) & (first <= at[:, None]) & (last >= at[:, None])
    filed = np.zeros_like(listed)
    usable = {}
    days = market.sessions.to_numpy().astype("datetime64[D]")
    for item in sorted(market.items):
        rows = market.facts.of(item)
        age = MAX_AGE_DAYS.get(ITEMS.get(item, "flow"), DEFAULT_MAX_AGE_DAYS)
        mask = np.zeros_like(listed)
        for row, session in enumerate(at):
            known = rows.known <= session
            filed[row, rows.asset[known]] = True
            fresh = known & (rows.period_end >= days[session] - np.timedelta64(age, "D"))
            mask[row, rows.asset[fresh]] = True
        usable[item] = mask
    company = listed & filed
    companies = company.sum(axis=1)
    divisor = np.where(companies > 0, companies, np.nan)
    shares = {item: (mask & company).sum(axis=1) / divisor for item, mask in usable.items()}
    columns = pd.Index(years[at], name="year")
    coverage = pd.DataFrame.from_dict(shares, orient="index", columns=columns).rename_axis("item")
    return coverage, pd.Series(companies, index=columns, name="companies")


def filing_lags(market: Market) -> FilingLags | None:
    """Return the distribution of filing lags and its warnings; None where the market has no facts."""
    if not market.items:
        return None
    source = f"(SELECT *, filed - period_end AS lag FROM {parquet(market.table('facts'))})"
    late = (
        f"lag > CASE WHEN months = 12 OR form LIKE '10-K%' THEN {ANNUAL_DEADLINE_DAYS} ELSE {QUARTER_DEADLINE_DAYS} END"
    )
    quantiles = ", ".join(str(q) for q in LAG_QUANTILES)
    with connect() as connection:
        facts, spread, late_facts, early_facts = connection.execute(
            f"SELECT count(*), quantile_cont(lag, [{quantiles}]), count(*) FILTER (WHERE {late}), "
            f"count(*) FILTER (WHERE lag < {EARLIEST_LAG_DAYS}) FROM {source}"
        ).fetchall()[0]
        lag, same = connection.execute(
            f"SELECT lag, count(*) AS n FROM {source} GROUP BY lag ORDER BY n DESC, lag LIMIT 1"
        ).fetchall()[0]
        numbers, restated = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE versions > 1) FROM ("
            f"SELECT count(DISTINCT value) AS versions FROM {source} GROUP BY asset, item, months, period_end)"
        ).fetchall()[0]
    warnings = []
    if early_facts > 0.1 * facts:
        warnings.append(
            f"{percent(early_facts / facts, 0)} of the facts were filed within {EARLIEST_LAG_DAYS} days of their "
            "period's end: they were dated by period, not by filing, and look ahead"
        )
    if same > CONSTANT_SHARE * facts:
        warnings.append(
            f"{percent(same / facts, 0)} of the facts were filed exactly {lag} days after their period: assumed dates"
        )
    return FilingLags(
        facts=facts,
        quantiles={percent(q, 0): float(value) for q, value in zip(LAG_QUANTILES, spread, strict=True)},
        late_share=late_facts / facts,
        implausible_share=early_facts / facts,
        commonest_lag_days=int(lag),
        commonest_lag_share=same / facts,
        restated_share=restated / numbers,
        warnings=tuple(warnings),
    )


def never_restated(market: Market, start: pd.Timestamp | None = None, end: pd.Timestamp | None = None) -> bool:
    """Return True where many numbers were filed for a run between two days and none of them in two versions.

    Revenue, net income and total assets tell, or every item of a market that has none of them.
    """
    if not market.items:
        return False
    where = [f"item IN ({', '.join(repr(item) for item in TELLING_ITEMS)})"] if market.items & {*TELLING_ITEMS} else []
    if start is not None:
        where.append(f"filed >= DATE '{(start - pd.Timedelta(days=BEFORE_DAYS)).date()}'")
    if end is not None:
        where.append(f"filed <= DATE '{end.date()}'")
    chosen = f"WHERE {' AND '.join(where)}" if where else ""
    with connect() as connection:
        numbers, restated = connection.execute(
            "SELECT count(*), count(*) FILTER (highest <> lowest) FROM (SELECT max(value) AS highest, min(value) AS "
            f"lowest FROM {parquet(market.table('facts'))} {chosen} GROUP BY asset, item, months, period_end)"
        ).fetchall()[0]
    return bool(numbers >= FEWEST_NUMBERS and not restated)
