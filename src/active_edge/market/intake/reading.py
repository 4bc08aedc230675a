"""User tables, read strictly: every value has its column's type or the import is refused with file, column and row."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from active_edge.errors import ImportRefused
from active_edge.market.database import SQL_TYPE, empty, identifier
from active_edge.market.findings import Finding
from active_edge.market.intake.given import Given
from active_edge.schema import Column

MISSING_VALUE_COLUMNS = {("prices", "close"), ("facts", "value"), ("series", "value")}
"""Required numbers whose absence costs the row, not the import."""

_FIRST = 5
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_REALS = ("FLOAT", "DOUBLE", "DECIMAL")


def load_table(connection: duckdb.DuckDBPyConnection, source: Given) -> list[Finding]:
    """Create the typed table `raw_<name>` from what a user gave and return what was noted about its columns.

    Absent optional columns are null. NaN and empty text are null.

    Raises
    ------
    ImportRefused
        The file is not what its name says, has no rows, lacks a column, or holds a value that is not of the column's
        type, an infinite number, a null where none may be, or a key twice.
    """
    source.take(connection)
    types = _column_types(connection, source)
    table = source.table
    for column in table.columns:
        if column.name not in types and not column.optional:
            raise ImportRefused(
                f"{source.where}: column {column.name!r} is missing ({column.meaning}); its columns are "
                f"{', '.join(types)}"
            )
    columns = [c for c in table.columns if c.name in types]
    for column in columns:
        _check_declared_type(source, column, types[column.name])
    converted = {c.name: _converted(c, types[c.name]) for c in columns}
    selected = ", ".join(
        f"{converted[c.name]} AS {identifier(c.name)}" if c.name in types else empty(c) for c in table.columns
    )
    try:
        _check_values(connection, source, columns, converted)
        connection.execute(f"CREATE TABLE raw_{table.name} AS SELECT {selected} FROM {source.sql}")
    except (duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        raise ImportRefused(source.unreadable(error)) from error
    rows = connection.execute(f"SELECT count(*) FROM raw_{table.name}").fetchall()[0][0]
    if not rows:
        raise ImportRefused(f"{source.where}: has no rows; leave the file out or fill it")
    if table.name != "facts":
        check_keys(connection, source, table.key, f"raw_{table.name}")
    return [
        Finding(
            table.name,
            f"rows with an unknown column {name!r}",
            "noted",
            rows,
            (),
            f"The column is not kept; the columns of {table.name} are {', '.join(table.names)}.",
        )
        for name in types
        if name not in table.names
    ]


def check_keys(connection: duckdb.DuckDBPyConnection, source: Given, key: Sequence[str], rows: str) -> None:
    """Refuse a table in which a key occurs twice, naming the key and the rows of the file."""
    names = ", ".join(identifier(name) for name in key)
    distinct = f"SELECT count(*), count(DISTINCT hash({names})) FROM {rows}"
    total, hashes = connection.execute(distinct).fetchall()[0]
    if total == hashes:
        return
    repeated = connection.execute(
        f"SELECT {names}, count(*) AS n FROM {rows} GROUP BY {names} HAVING n > 1 ORDER BY {names}"
    ).fetchall()
    if not repeated:
        return
    types = _column_types(connection, source)
    match = " AND ".join(
        f"{_converted(c, types[c.name])} IS NOT DISTINCT FROM CAST(? AS {SQL_TYPE[c.kind]})"
        for c in source.table.columns
        if c.name in key and c.name in types
    )
    values = [v for name, v in zip(key, repeated[0], strict=False) if name in types]
    found = connection.execute(f"SELECT row_in_file FROM {source.numbered} WHERE {match} ORDER BY 1", values).fetchall()
    shown = ", ".join(f"{name} {value}" for name, value in zip(key, repeated[0], strict=False) if value is not None)
    raise ImportRefused(
        f"{source.where}: {len(repeated)} keys ({', '.join(key)}) occur more than once; the first is {shown} in rows "
        f"{', '.join(str(row[0]) for row in found[:_FIRST])}; keep one row for each key"
    )


def _column_types(connection: duckdb.DuckDBPyConnection, source: Given) -> dict[str, str]:
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {source.sql}").fetchall()
    except duckdb.Error as error:
        raise ImportRefused(source.unreadable(error)) from error
    return {row[0]: row[1] for row in described}


def _check_declared_type(source: Given, column: Column, declared: str) -> None:
    """Refuse a column whose stored type cannot mean its schema kind at all (text is judged value by value)."""
    base = declared.split("(", maxsplit=1)[0]
    fits = {
        "str": base in {"VARCHAR", "ENUM", "UUID", *_NUMBERS},
        "int": base in {"VARCHAR", *_NUMBERS, *_REALS},
        "float": base in {"VARCHAR", *_NUMBERS, *_REALS},
        "date": base in {"VARCHAR", "DATE"} or base.startswith("TIMESTAMP"),
    }
    null_only = base in {'"NULL"', "NULL"}
    if not fits[column.kind] and not null_only:
        raise ImportRefused(
            f"{source.where}: column {column.name!r} is stored as {declared}, which is no {column.kind} "
            f"({column.meaning}); convert it to {SQL_TYPE[column.kind]}"
        )


def _converted(column: Column, declared: str) -> str:
    """Return SQL for the column's value in its schema type: null where missing or not of that type."""
    name = identifier(column.name)
    text = declared.startswith("VARCHAR")
    given = f"nullif(trim({name}), '')" if text else name
    if column.kind == "str":
        return given if text else f"CAST({name} AS VARCHAR)"
    if column.kind == "date" and declared.endswith("WITH TIME ZONE"):
        # A day only where it is midnight in UTC: any other instant is another day elsewhere.
        return f"CASE WHEN {given} = date_trunc('day', {given}) THEN CAST({given} AS DATE) END"
    if column.kind == "date":
        return f"TRY_CAST({given} AS DATE)"
    number = f"TRY_CAST({given} AS DOUBLE)"
    if column.kind == "int":
        if declared in _NUMBERS:
            return f"TRY_CAST({name} AS BIGINT)"
        return f"CASE WHEN {number} = floor({number}) AND abs({number}) < 9e15 THEN CAST({number} AS BIGINT) END"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _given(column: Column, declared: str) -> str:
    """Return SQL that is true where the file has a value: not null, not empty text, not NaN."""
    name = identifier(column.name)
    if declared.startswith("VARCHAR"):
        empty_number = f" AND lower(trim({name})) <> 'nan'" if column.kind in {"int", "float"} else ""
        return f"(trim({name}) <> ''{empty_number})"
    if declared.split("(", maxsplit=1)[0] in {"FLOAT", "DOUBLE"}:
        return f"({name} IS NOT NULL AND NOT isnan({name}))"
    return f"({name} IS NOT NULL)"


def _check_values(
    connection: duckdb.DuckDBPyConnection, source: Given, columns: Sequence[Column], converted: dict[str, str]
) -> None:
    """Refuse values of another type and nulls in required columns; one pass counts, a second names the rows."""
    types = _column_types(connection, source)
    wrong = {c.name: f"({_given(c, types[c.name])} AND {converted[c.name]} IS NULL)" for c in columns}
    for column in columns:
        if not column.nullable and (source.table.name, column.name) not in MISSING_VALUE_COLUMNS:
            wrong[column.name] = f"({converted[column.name]} IS NULL)"
    counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in wrong.values())
    counts = connection.execute(f"SELECT {counted} FROM {source.sql}").fetchall()[0]
    for column, count in zip(columns, counts, strict=True):
        if count:
            name = identifier(column.name)
            rows = connection.execute(
                f"SELECT row_in_file, CAST({name} AS VARCHAR) FROM {source.numbered} WHERE {wrong[column.name]} "
                f"ORDER BY row_in_file LIMIT {_FIRST}"
            ).fetchall()
            where = ", ".join(f"row {row} has {'nothing' if value is None else repr(value)}" for row, value in rows)
            kind = {"int": "a whole number", "float": "a finite number", "date": "a date as 2016-01-22", "str": "text"}
            raise ImportRefused(
                f"{source.where}: column {column.name!r}: {count} values are not {kind[column.kind]} ({where}); "
                + ("correct them or leave them empty" if column.nullable else "correct them or remove the rows")
            )
