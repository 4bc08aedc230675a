"""What a market has for nobody over some days: columns of prices, and figures of quarters."""

from __future__ import annotations

import pandas as pd

from active_edge.market.audit.survivorship import window_of
from active_edge.market.database import connect
from active_edge.market.files import parquet
from active_edge.market.store import Market

BARS = ("open", "high", "low")
BEFORE_DAYS = 400
"""A run reads what was filed so long before it begins, and longer."""


def absent_columns(market: Market, start: pd.Timestamp | None = None, end: pd.Timestamp | None = None) -> list[str]:
    """Return the columns open, high, low and volume that no row of the sessions between two days has."""
    window = window_of(market, start, end)
    names = (*BARS, "volume")
    first, last = (f"DATE '{market.sessions[window[end]]:%Y-%m-%d}'" for end in (0, -1))
    counts = ", ".join(f"count({name}) FILTER (NOT isnan({name}))" for name in names)
    with connect() as connection:
        found = f"SELECT {counts} FROM {parquet(market.table('prices'))} WHERE session BETWEEN {first} AND {last}"
        known = connection.execute(found).fetchall()[0]
    return [name for name, n in zip(names, known, strict=True) if not n]


def only_annual(market: Market, start: pd.Timestamp | None = None, end: pd.Timestamp | None = None) -> bool:
    """Return True where figures of years were filed for a run between two days and none that quarters are made of."""
    if not market.items:
        return False
    first = "1800-01-01" if start is None else (start - pd.Timedelta(days=BEFORE_DAYS)).date()
    last = "9999-12-31" if end is None else end.date()
    with connect() as connection:
        years, parts = connection.execute(
            "SELECT count(*) FILTER (months = 12), count(*) FILTER (months IN (3, 9)) FROM "
            f"{parquet(market.table('facts'))} WHERE filed BETWEEN DATE '{first}' AND DATE '{last}'"
        ).fetchall()[0]
    return bool(years and not parts)
