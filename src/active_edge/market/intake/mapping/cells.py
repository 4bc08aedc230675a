"""What a cell of a mapped table says as SQL, and the cells that say nothing that can be read, counted."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from active_edge.market.database import identifier
from active_edge.market.findings import EXAMPLES, Finding, Severity
from active_edge.market.intake.mapping.dates import read_day
from active_edge.market.intake.mapping.marks import MISSING, number_of
from active_edge.market.intake.mapping.model import MappedTable
from active_edge.schema import ITEMS

DAYS = ("session", "period_end", "filed", "date", "observed", "first_session", "last_session", "start", "end")
KEYS = {"prices": ("session",), "facts": ("period_end",), "series": ("date",)}


def number(table: MappedTable, column: str) -> str:
    """SQL of a number of the table with its decimal mark, before any unit."""
    fraction = column in ("total_return", "weight") or ITEMS.get(column) == "share"
    return f"({number_of(column, table.decimal or '.', fraction=fraction)})"


def scaled(table: MappedTable, column: str) -> str:
    """SQL of a number times the unit of its column."""
    return f"({number(table, column)} * {table.unit_of(column)!r})" if column in table.units else number(table, column)


def day_of(table: MappedTable, column: str) -> str:
    """SQL of a day in the table's form of dates; that of the file where the table has no such column."""
    if column not in table.columns:
        return "CAST(day_of_file AS DATE)"
    return read_day(identifier(column), table.dates)


def unread(connection: duckdb.DuckDBPyConnection, table: MappedTable, name: str) -> Iterator[Finding]:
    """Rows that are left out for want of a key or a day, and cells that are no number or day, by column."""
    kept = "asset" if "asset" in table.columns else "ticker"
    if kept in table.columns:
        remedy = f"A row of {table.table} needs {table.columns[kept]!r}: without it nobody knows whose it is."
        yield from _found(
            connection, table, name, f"coalesce({kept}, '') = ''", "rows without a key", kept, "refused", remedy
        )
    for column in (*(c for c in table.columns if c in DAYS), *table.numeric):
        day = column in DAYS
        read = day_of(table, column) if day else number(table, column)
        empty = f"coalesce(lower({identifier(column)}), '') IN {MISSING}"
        keyed = column in KEYS.get(table.table, ())
        wrong = f"({read}) IS NULL" + ("" if keyed else f" AND NOT {empty}")
        what = f"dates that are no {table.dates}" if day else "numbers that cannot be read"
        severity: Severity = "refused" if keyed else "noted"
        remedy = f"Look at `dates` of {table.file}." if day else "They are missing; write plain numbers."
        yield from _found(connection, table, name, wrong, f"{what}, {table.header(column)}", column, severity, remedy)


def _found(
    connection: duckdb.DuckDBPyConnection,
    table: MappedTable,
    name: str,
    wrong: str,
    kind: str,
    column: str,
    severity: Severity,
    remedy: str,
) -> Iterator[Finding]:
    rows = connection.execute(f"SELECT coalesce({identifier(column)}, '') FROM {name} WHERE {wrong}").fetchall()
    if rows:
        shown = tuple(f"{table.file}: {row[0]!r}" for row in rows[:EXAMPLES])
        yield Finding(table.table, kind, severity, len(rows), shown, remedy)
