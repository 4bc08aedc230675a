"""What a cell of a mapped table says as SQL, and the cells that say nothing that can be read, counted."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from active_edge.market.database import identifier, literal
from active_edge.market.findings import EXAMPLES, Finding, Severity
from active_edge.market.intake.mapping.model import MappedTable
from active_edge.schema import TABLES

MISSING = "('', '-', '--', 'na', 'n/a', 'nan', 'null', 'none', '.')"
DAYS = ("session", "period_end", "filed", "date", "observed", "first_session", "last_session", "start", "end")
KEYS = {"prices": ("session",), "facts": ("period_end",), "series": ("date",)}
TEXTS = ("asset", "ticker", "index", "sector", "item", "months", "series")


def number_of(column: str) -> str:
    """SQL of a number: thousands by commas, a dollar sign, a percent sign, brackets for minus; NULL for none."""
    cell = identifier(column)
    bare = f"regexp_replace({cell}, '[,$()%\\s]', '', 'g')"
    value = f"CASE WHEN {cell} LIKE '(%)' THEN -1 ELSE 1 END * TRY_CAST({bare} AS DOUBLE)"
    return f"CASE WHEN lower({cell}) IN {MISSING} THEN NULL ELSE {value} END"


def day_of(table: MappedTable, column: str) -> str:
    """SQL of a day in the table's form of dates; that of the file where the table has no such column."""
    if column not in table.columns:
        return "CAST(day_of_file AS DATE)"
    return f"CAST(try_strptime({identifier(column)}, {literal(table.dates)}) AS DATE)"


def unread(connection: duckdb.DuckDBPyConnection, table: MappedTable, name: str) -> Iterator[Finding]:
    """Rows that are left out for want of a key or a day, and cells that are no number or day, by column."""
    kept = "asset" if "asset" in table.columns else "ticker"
    if kept in table.columns:
        remedy = f"A row of {table.table} needs {table.columns[kept]!r}: without it nobody knows whose it is."
        yield from _found(
            connection, table, name, f"coalesce({kept}, '') = ''", "rows without a key", kept, "refused", remedy
        )
    for column in (*table.columns, *table.items):
        if column in TEXTS or (table.table == "securities" and column not in DAYS):
            continue
        day = column in DAYS
        read = day_of(table, column) if day else number_of(column)
        empty = f"coalesce(lower({identifier(column)}), '') IN {MISSING}"
        keyed = column in KEYS.get(table.table, ())
        wrong = f"({read}) IS NULL" + ("" if keyed else f" AND NOT {empty}")
        if not day and column in TABLES[table.table].names and _is_text(table.table, column):
            continue
        what = f"dates that are no {table.dates}" if day else "numbers that cannot be read"
        kind, severity = f"{what}, {table.columns.get(column) or table.items[column]}", "refused" if keyed else "noted"
        remedy = f"Look at `dates` of {table.file}." if day else "They are missing; write plain numbers."
        yield from _found(
            connection, table, name, wrong, kind, column, "refused" if severity == "refused" else "noted", remedy
        )


def _is_text(table: str, column: str) -> bool:
    return next(one.kind for one in TABLES[table].columns if one.name == column) == "str"


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
