"""Returns of 0 that stand for unknown ones: a close that moves day after day has a return."""

from __future__ import annotations

import duckdb

from active_edge.market.findings import Findings

LEAST_ROWS = 20
"""Returns of 0 in a row that are looked at: on fewer a dividend or a stale price may stand between."""
MOVED = 0.5
"""Share of them whose close differs from the one before, above which the zeros are no returns."""
STAYED = 1e-4
"""A close within this share of the one before did not move: adjusted prices are rounded."""


def clear_zero_returns(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Make long stretches of total return 0 in `price_rows` unknown where most closes move; count them."""
    connection.execute(
        f"""
        CREATE TABLE flat_stretches AS
        WITH moved AS (
            SELECT asset, session, total_return, abs(close / lag(close) OVER each - 1) > {STAYED} AS differs,
                coalesce(sum((total_return IS DISTINCT FROM 0)::INTEGER) OVER each, 0) AS stretch
            FROM price_rows WINDOW each AS (PARTITION BY asset ORDER BY session))
        SELECT asset, min(session) AS first, max(session) AS last, count(*) AS n FROM moved WHERE total_return = 0
        GROUP BY asset, stretch
        HAVING n >= {LEAST_ROWS} AND avg(coalesce(differs, false)::INTEGER) > {MOVED}
        """
    )
    found = findings.rows(
        "prices",
        f"stretches of {LEAST_ROWS} rows and more with total return 0 whose closes move",
        "repaired",
        source="flat_stretches",
        text="asset || ' ' || first || ' to ' || last || ', ' || n || ' rows'",
        order="n DESC, asset, first",
        remedy="Such zeros stand for an unknown return: read as unknown, so closes are chained and dividends lost.",
    )
    if found:
        connection.execute(
            "UPDATE price_rows SET total_return = NULL FROM flat_stretches z WHERE price_rows.asset = z.asset "
            "AND price_rows.session BETWEEN z.first AND z.last AND total_return = 0"
        )
