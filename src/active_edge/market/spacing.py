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
    gaps = f"SELECT session - lag(session) OVER (PARTITION BY asset ORDER BY session) AS days FROM {prices}"
    middle, count = connection.execute(f"SELECT median(days), count(*) FROM ({gaps}) WHERE days > 0").fetchall()[0]
    if count < LEAST_GAPS or middle <= LONGEST_DAILY:
        return "daily"
    return "weekly" if middle <= LONGEST_WEEKLY else "monthly"
