"""How far apart the prices of a market are: daily ones can be traded, weekly and monthly ones only looked at."""

from __future__ import annotations

from typing import Literal

import duckdb

Spacing = Literal["daily", "weekly", "monthly"]
LONGEST_DAILY, LONGEST_WEEKLY = 4, 10
"""Days between two prices of an asset, at most, in the middle one of all such gaps."""


def spacing_of(connection: duckdb.DuckDBPyConnection, prices: str) -> Spacing:
    """Spacing of the rows of an SQL source with columns asset and session; daily where no asset has two rows.

    Monthly stands for anything rarer too.
    """
    gaps = f"SELECT session - lag(session) OVER (PARTITION BY asset ORDER BY session) AS days FROM {prices}"
    middle = connection.execute(f"SELECT median(days) FROM ({gaps}) WHERE days > 0").fetchall()[0][0]
    if middle is None or middle <= LONGEST_DAILY:
        return "daily"
    return "weekly" if middle <= LONGEST_WEEKLY else "monthly"
