"""Rows told more than once: one of equal ones is kept, and a key that stands for different rows is refused."""

from __future__ import annotations

import duckdb

from active_edge.market.database import SQL_TYPE, identifier
from active_edge.market.findings import EXAMPLES, Finding
from active_edge.market.intake.taken import SHOWN_ROWS, OwnColumns


def merge_copies(connection: duckdb.DuckDBPyConnection, columns: OwnColumns) -> tuple[list[Finding], list[str]]:
    """Leave one of equal rows in `raw_<table>`; return what was merged, and sentences about what cannot be.

    Facts are merged when they are settled. Two filings on a day under one symbol can tell different numbers; only
    where filings are named is that an error.
    """
    table, raw = columns.table, f"raw_{columns.table.name}"
    if table.name == "facts":
        named = f"(SELECT DISTINCT * FROM {raw} WHERE accession IS NOT NULL)"
        return [], _repeated_keys(connection, columns, named)
    if not _repeats(connection, columns, raw):
        return [], []
    whole = ", ".join(identifier(name) for name in table.names)
    text = " || ' ' || ".join(f"CAST({identifier(name)} AS VARCHAR)" for name in table.key[:2])
    copies = connection.execute(
        f"SELECT {text}, count(*) - 1 FROM {raw} GROUP BY {whole} HAVING count(*) > 1 ORDER BY 1"
    ).fetchall()
    connection.execute(f"CREATE OR REPLACE TABLE {raw} AS SELECT DISTINCT * FROM {raw}")
    problems = _repeated_keys(connection, columns, raw)
    if not copies:
        return [], problems
    shown = tuple(str(key) for key, _ in copies[:EXAMPLES])
    count = sum(extra for _, extra in copies)
    return [Finding(table.name, "rows told more than once", "repaired", count, shown, "One row is kept.")], problems


def _repeats(connection: duckdb.DuckDBPyConnection, columns: OwnColumns, rows: str) -> bool:
    names = ", ".join(identifier(name) for name in columns.table.key)
    total, hashes = connection.execute(f"SELECT count(*), count(DISTINCT hash({names})) FROM {rows}").fetchall()[0]
    return bool(total != hashes)


def _repeated_keys(connection: duckdb.DuckDBPyConnection, columns: OwnColumns, rows: str) -> list[str]:
    """A sentence about the keys that occur twice, with the rows of the file; none where each occurs once."""
    key = columns.table.key
    names = ", ".join(identifier(name) for name in key)
    if not _repeats(connection, columns, rows):
        return []
    repeated = connection.execute(
        f"SELECT {names} FROM {rows} GROUP BY {names} HAVING count(*) > 1 ORDER BY {names}"
    ).fetchall()
    if not repeated:
        return []
    first = dict(zip(key, repeated[0], strict=True))
    known = [column for column in columns.known if column.name in key]
    match = " AND ".join(f"{columns.value(c)} IS NOT DISTINCT FROM CAST(? AS {SQL_TYPE[c.kind]})" for c in known)
    found = connection.execute(
        f"SELECT row_in_file FROM {columns.taken.numbered} WHERE {match} ORDER BY 1 LIMIT {SHOWN_ROWS}",
        [first[column.name] for column in known],
    ).fetchall()
    shown = ", ".join(f"{name} {value}" for name, value in first.items() if value is not None)
    at = f" in rows {', '.join(str(row) for (row,) in found)}" if found else ""
    return [
        f"{len(repeated)} keys ({', '.join(key)}) occur more than once; the first is {shown}{at}; keep one row for "
        "each key"
    ]
