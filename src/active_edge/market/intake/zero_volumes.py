"""Zeros that stand for an unknown volume: a close that moves day after day was made by somebody who traded."""

from __future__ import annotations

import duckdb

from active_edge.market.findings import Findings

LEAST_ROWS = 20
"""Rows in a row without volume that are looked at; on fewer a quote may have moved the close."""
MOVED = 0.5
"""Share of them whose close differs from the one before, above which the zeros are no volumes."""


def clear_zero_volumes(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Make long stretches of volume 0 in `price_rows` unknown where most closes move, but means of bid and ask.

    Reads `unsigned` (asset, session): days that are known to be without a trade.
    """
    connection.execute(
        f"""
        CREATE TABLE zero_stretches AS
        WITH moved AS (
            SELECT asset, session, volume, close <> lag(close) OVER each AS differs,
                coalesce(sum((volume IS DISTINCT FROM 0)::INTEGER) OVER each, 0) AS stretch,
                EXISTS (FROM unsigned u WHERE u.asset = price_rows.asset AND u.session = price_rows.session) AS quoted
            FROM price_rows WINDOW each AS (PARTITION BY asset ORDER BY session))
        SELECT asset, min(session) AS first, max(session) AS last, count(*) AS n FROM moved WHERE volume = 0
        GROUP BY asset, stretch
        HAVING n >= {LEAST_ROWS} AND NOT bool_or(quoted) AND avg(coalesce(differs, false)::INTEGER) > {MOVED}
        """
    )
    found = findings.rows(
        "prices",
        f"stretches of {LEAST_ROWS} rows and more with volume 0 whose closes move",
        "repaired",
        source="zero_stretches",
        text="asset || ' ' || first || ' to ' || last || ', ' || n || ' rows'",
        order="n DESC, asset, first",
        remedy="Such zeros stand for an unknown volume, which is not a volume of zero: read as unknown.",
    )
    if found:
        connection.execute(
            "UPDATE price_rows SET volume = NULL FROM zero_stretches z WHERE price_rows.asset = z.asset "
            "AND price_rows.session BETWEEN z.first AND z.last AND volume = 0"
        )
