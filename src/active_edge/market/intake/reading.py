"""User tables, read strictly: every value has its column's type or the import is refused with file, column and row."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from active_edge.errors import ImportRefused
from active_edge.market.database import SQL_TYPE, empty, identifier
from active_edge.market.files import csv_text, parquet
from active_edge.market.findings import Finding
from active_edge.schema import TABLES, Column, Table

MISSING_VALUE_COLUMNS = {("prices", "close"), ("facts", "value"), ("series", "value")}
"""Required numbers whose absence costs the row, not the import."""

_FIRST = 5
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_REALS = ("FLOAT", "DOUBLE", "DECIMAL")


@dataclass(frozen=True)
class SourceFile:
    """One table file of a user's folder, and how SQL reads it."""

    table: Table
    path: Path
    header: tuple[str, ...] = ()
    """Column names of a CSV file."""

    @property
    def sql(self) -> str:
        """FROM clause with the file's own columns and types."""
        if self.path.suffix == ".csv":
            return csv_text(self.path, self.header)
        return parquet(self.path)

    @property
    def numbered(self) -> str:
        """FROM clause with an extra column `row_in_file`, 1 for the first row after any header."""
        if self.path.suffix == ".csv":
            return f"(SELECT row_number() OVER () AS row_in_file, * FROM {self.sql})"
        inner = parquet(self.path, number_rows=True)
        return f"(SELECT file_row_number + 1 AS row_in_file, * EXCLUDE (file_row_number) FROM {inner})"


def find_tables(folder: Path) -> list[SourceFile]:
    """Return the table files of a folder, in schema order.

    Raises
    ------
    ImportRefused
        No such folder, a required table missing, one table in two forms, or a file that cannot be opened.
    """
    if not folder.is_dir():
        raise ImportRefused(f"{folder}: is not a folder; give the folder that holds prices.parquet or prices.csv")
    files = []
    for table in TABLES.values():
        forms = [path for suffix in (".parquet", ".csv") if (path := folder / f"{table.name}{suffix}").exists()]
        if len(forms) > 1:
            raise ImportRefused(f"{forms[0]}: there is a {forms[1].name} beside it; keep one of the two")
        if not forms and table.required:
            raise ImportRefused(
                f"{folder}: table {table.name!r} is missing; add {table.name}.parquet or {table.name}.csv "
                f"with columns {', '.join(table.names)}"
            )
        if forms:
            files.append(SourceFile(table, forms[0], _open_header(forms[0])))
    return files


def _open_header(path: Path) -> tuple[str, ...]:
    """Return the column names of a CSV file (none of a Parquet file) once it is certain that it can be opened."""
    try:
        if path.suffix == ".parquet":
            with path.open("rb") as stream:
                stream.read(1)
            return ()
        with path.open(encoding="utf-8-sig", newline="") as text:
            header = tuple(name.strip() for name in next(csv.reader(text), []))
    except OSError as error:
        raise ImportRefused(f"{path}: cannot be read ({error.strerror}); make it a readable file") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ImportRefused(f"{path}: cannot be read as CSV ({error}); it must be UTF-8 text") from error
    if not header or len(set(header)) < len(header) or "" in header:
        raise ImportRefused(f"{path}: the first line must name each column once; it is {','.join(header)!r}")
    return header


def load_table(connection: duckdb.DuckDBPyConnection, source: SourceFile) -> list[Finding]:
    """Create the typed table `raw_<name>` from a user's file and return what was noted about its columns.

    Absent optional columns are null. NaN and empty text are null.

    Raises
    ------
    ImportRefused
        The file is not what its name says, has no rows, lacks a column, or holds a value that is not of the column's
        type, an infinite number, a null where none may be, or a key twice.
    """
    types = _column_types(connection, source)
    table = source.table
    for column in table.columns:
        if column.name not in types and not column.optional:
            raise ImportRefused(
                f"{source.path}: column {column.name!r} is missing ({column.meaning}); its columns are "
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
        raise ImportRefused(_unreadable(source, error)) from error
    rows = connection.execute(f"SELECT count(*) FROM raw_{table.name}").fetchall()[0][0]
    if not rows:
        raise ImportRefused(f"{source.path}: has no rows; leave the file out or fill it")
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


def check_keys(connection: duckdb.DuckDBPyConnection, source: SourceFile, key: Sequence[str], rows: str) -> None:
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
        f"{source.path}: {len(repeated)} keys ({', '.join(key)}) occur more than once; the first is {shown} in rows "
        f"{', '.join(str(row[0]) for row in found[:_FIRST])}; keep one row for each key"
    )


def _column_types(connection: duckdb.DuckDBPyConnection, source: SourceFile) -> dict[str, str]:
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {source.sql}").fetchall()
    except duckdb.Error as error:
        raise ImportRefused(_unreadable(source, error)) from error
    return {row[0]: row[1] for row in described}


def _unreadable(source: SourceFile, error: duckdb.Error) -> str:
    reason = str(error).strip().splitlines()[0]
    with source.path.open("rb") as stream:
        start = stream.read(4)
    if source.path.suffix == ".parquet":
        if start[:2] == b"PK":
            return f"{source.path}: is a zip archive, not Parquet; unpack it and give the table inside its name"
        if start == b"PAR1":
            return f"{source.path}: is truncated or damaged Parquet ({reason}); copy or make it again"
        return f"{source.path}: is not Parquet (it starts with {start!r}); write it as Parquet or name it .csv"
    return f"{source.path}: cannot be read as CSV ({reason}); it must be UTF-8, comma separated, with a header line"


def _check_declared_type(source: SourceFile, column: Column, declared: str) -> None:
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
            f"{source.path}: column {column.name!r} is stored as {declared}, which is no {column.kind} "
            f"({column.meaning}); convert it to {SQL_TYPE[column.kind]}"
        )


def _converted(column: Column, declared: str) -> str:
    """Return SQL for the column's value in its schema type: null where missing or not of that type."""
    name = identifier(column.name)
    text = declared.startswith("VARCHAR")
    given = f"nullif(trim({name}), '')" if text else name
    if column.kind == "str":
        return given if text else f"CAST({name} AS VARCHAR)"
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
    connection: duckdb.DuckDBPyConnection, source: SourceFile, columns: Sequence[Column], converted: dict[str, str]
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
                f"{source.path}: column {column.name!r}: {count} values are not {kind[column.kind]} ({where}); "
                + ("correct them or leave them empty" if column.nullable else "correct them or remove the rows")
            )
