"""How far apart the prices of a market are: daily ones can be traded, weekly and monthly ones only looked at."""

from __future__ import annotations

from typing import Literal

import duckdb

from active_edge.market.prices import HOLE_SESSIONS

Spacing = Literal["daily", "weekly", "monthly"]
LONGEST_DAILY, LONGEST_WEEKLY = 4, 10
"""Days between two prices of an asset, at most, in the middle one of all such gaps."""
LEAST_GAPS = 6
"""Below so many nothing can be said, and rows are taken as daily ones with holes."""
HOLES: dict[Spacing, int] = {"daily": HOLE_SESSIONS, "weekly": 30, "monthly": 70}
"""Missing sessions in a row above which what follows is another asset: a month of days, six weeks, three months."""


def spacing_of(connection: duckdb.DuckDBPyConnection, prices: str) -> Spacing:
    """Spacing of the rows of an SQL source with columns asset and session; daily where there are too few to tell.

    Monthly stands for anything rarer too.
    """
    middle, count = connection.execute(f"SELECT median(days), count(*) FROM ({_gaps(prices)})").fetchall()[0]
    return _named(middle, count)


def sparse_assets(connection: duckdb.DuckDBPyConnection, prices: str) -> list[tuple[str, Spacing, float, int]]:
    """Assets of an SQL source whose own rows are not daily: asset, spacing, days between two rows, gaps."""
    rows = connection.execute(
        f"SELECT asset, median(days), count(*) FROM ({_gaps(prices)}) GROUP BY asset "
        f"HAVING count(*) >= {LEAST_GAPS} AND median(days) > {LONGEST_DAILY} ORDER BY asset"
    )
    return [(asset, _named(middle, count), middle, count) for asset, middle, count in rows.fetchall()]


def _gaps(prices: str) -> str:
    """SQL of the days between two prices of an asset: asset, days."""
    gaps = f"SELECT asset, session - lag(session) OVER (PARTITION BY asset ORDER BY session) AS days FROM {prices}"
    return f"SELECT asset, days FROM ({gaps}) WHERE days > 0"


def _named(middle: float | None, count: int) -> Spacing:
    if count < LEAST_GAPS or middle is None or middle <= LONGEST_DAILY:
        return "daily"
    return "weekly" if middle <= LONGEST_WEEKLY else "monthly"
