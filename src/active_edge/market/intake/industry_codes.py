"""SIC codes of securities that are none: cut ones, codes of another scheme. A wrong sector is worse than none."""

from __future__ import annotations

import duckdb

from active_edge.market.findings import Findings

NO_SIC = "(sic < 100 OR sic > 9999 OR sic BETWEEN 300 AND 699)"
"""Four digits; the divisions 01, 02 and 07 to 09 lose their zero in a table, and 03 to 06 do not exist."""


def settle_industry_codes(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Make codes in column `sic` of `security_rows` unknown that are no SIC code; count them."""
    found = findings.rows(
        "securities",
        "industry codes that are no SIC code",
        "repaired",
        source=f"security_rows WHERE {NO_SIC}",
        text="asset || ' ' || sic",
        order="asset",
        remedy="Taken as unknown: SIC has four digits, such as 3560. A GICS code is a fact of item gics, by the "
        "day it was told.",
    )
    if found:
        connection.execute(f"UPDATE security_rows SET sic = NULL WHERE {NO_SIC}")
