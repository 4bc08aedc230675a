"""DuckDB connections with bounded memory, and the SQL spelling of names, files and column kinds."""

from __future__ import annotations

from pathlib import Path

import duckdb

from active_edge.market.connection import in_memory
from active_edge.market.machine import available_bytes
from active_edge.schema import Column, Kind, Table

SHARE = 0.4
"""Of the memory there is, what DuckDB may take before it spills: libraries and arrays are beside it."""
UNITS = {"MB": 1e6, "GB": 1e9}
SQL_TYPE: dict[Kind, str] = {"str": "VARCHAR", "int": "BIGINT", "float": "DOUBLE", "date": "DATE"}


def connect(*, spill_to: Path | None = None, memory_limit: str = "2GB") -> duckdb.DuckDBPyConnection:
    """Return a fresh in-memory DuckDB connection; as `in_memory`; its time zone is UTC on any machine.

    Parameters
    ----------
    spill_to
        Folder for what does not fit into `memory_limit`; None forbids spilling.
    memory_limit
        DuckDB's own bound, a number and MB or GB; at most `SHARE` of what there is. Arrays handed to numpy come on top.
    """
    connection = in_memory()
    connection.execute(f"SET memory_limit = {literal(_within(memory_limit))}")
    connection.execute(f"SET temp_directory = {literal('' if spill_to is None else str(spill_to))}")
    connection.execute("SET preserve_insertion_order = true")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def _within(limit: str) -> str:
    there = available_bytes()
    wanted = float(limit[:-2]) * UNITS[limit[-2:]]
    return limit if there is None or wanted <= SHARE * there else f"{int(SHARE * there / UNITS['MB'])}MB"


def identifier(name: str) -> str:
    """Return `name` quoted as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """Return `text` quoted as an SQL string."""
    return "'" + str(text).replace("'", "''") + "'"


def cast(column: Column) -> str:
    """Return the SQL that casts a column to its schema type under its own name."""
    name = identifier(column.name)
    return f"CAST({name} AS {SQL_TYPE[column.kind]}) AS {name}"


def empty(column: Column) -> str:
    """Return the SQL for an absent optional column: null everywhere."""
    return f"CAST(NULL AS {SQL_TYPE[column.kind]}) AS {identifier(column.name)}"


def stored_order(table: Table) -> str:
    """Return the ORDER BY list that makes a stored table's row order a function of its content.

    `facts` lead with the item, because they are read item by item; everything else leads with its key.
    """
    leading = ("item", "asset", "filed", "period_end") if table.name == "facts" else table.key
    names = (*leading, *(name for name in table.names if name not in leading))
    return ", ".join(f"{identifier(name)} NULLS FIRST" for name in names)
