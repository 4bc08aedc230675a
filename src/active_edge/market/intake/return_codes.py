"""Numbers by which CRSP says that a return is not known: made missing before anything is told from the returns.

Source: CRSP US Stock & US Index Databases Data Descriptions Guide (RET, DLRET): -44, -55, -66, -77, -88 and -99, or B,
C, D, E of a day and A, P, S, T of a delisting.
"""

from __future__ import annotations

from collections.abc import Container

import duckdb

from active_edge.market.findings import Findings

NUMBERS = (-44.0, -55.0, -66.0, -77.0, -88.0, -99.0)
"""A return of a share cannot be below -1."""


def clear_return_codes(connection: duckdb.DuckDBPyConnection, findings: Findings, read: Container[str]) -> None:
    """Make returns of `raw_prices` and `raw_securities` that are such a number missing, counted."""
    for table, column, text in (
        ("prices", "total_return", "asset || ' ' || session || ': ' || total_return"),
        ("securities", "exit_return", "asset || ': ' || exit_return"),
    ):
        if table not in read:
            continue
        codes = f"raw_{table} WHERE {column} IN {NUMBERS}"
        found = findings.rows(
            table,
            f"values of {column} that are CRSP's codes for none",
            "repaired",
            source=codes,
            text=text,
            order=text,
            remedy="Read as unknown: no return is below -1.",
        )
        if found:
            connection.execute(f"UPDATE raw_{table} SET {column} = NULL WHERE {column} IN {NUMBERS}")
