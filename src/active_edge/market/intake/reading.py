"""User tables, read strictly: every value has its column's type or the import is refused with file, column and row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from active_edge.errors import ImportRefused
from active_edge.market.database import SQL_TYPE, empty, identifier
from active_edge.market.findings import Finding
from active_edge.market.intake import currencies, values, vocabulary
from active_edge.market.intake.cells import CheckedCells
from active_edge.market.intake.copies import merge_copies
from active_edge.market.intake.given import Given
from active_edge.market.intake.taken import OwnColumns, TakenTable


@dataclass(frozen=True)
class Loaded:
    """What came of reading one table: rows in it, and what was found in them."""

    rows: int
    findings: list[Finding]


def load_table(connection: duckdb.DuckDBPyConnection, given: Given) -> Loaded:
    """Create the typed table `raw_<name>` from what a user gave.

    Absent optional columns are null. NaN, empty text and, in columns of numbers and dates, words for missing are null.
    Words of the schema's closed lists are translated by `vocabulary`, and of equal rows one is kept.

    Raises
    ------
    ImportRefused
        Everything wrong with the table, a line each: it cannot be read, has no rows, lacks a column, is in another
        currency, or holds a value that is not of the column's type, an infinite number, a null where none may be, or a
        key for different rows.
    """
    taken = given.take(connection)
    try:
        columns = OwnColumns.of(connection, taken)
        _refuse(taken, list(_structure(columns)))
        return _loaded(connection, columns)
    except (duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        raise ImportRefused(f"{taken.where}: {taken.unreadable(error)}") from error


def _loaded(connection: duckdb.DuckDBPyConnection, columns: OwnColumns) -> Loaded:
    table, taken = columns.table, columns.taken
    cells = CheckedCells.of(connection, columns)
    found, problems = currencies.read_units(connection, columns)
    _refuse(taken, [*cells.problems(connection), *problems])
    selected = ", ".join(
        f"{columns.value(c)} AS {identifier(c.name)}" if c.name in columns.names else empty(c) for c in table.columns
    )
    kept = f"NOT {columns.is_blank} AND NOT {currencies.is_foreign(columns)}"
    connection.execute(f"CREATE TABLE raw_{table.name} AS SELECT {selected} FROM {taken.sql} WHERE {kept}")
    findings = [*cells.findings(connection), *found, *_unknown_columns(columns, cells.rows)]
    translated = [vocabulary.translate(connection, words) for words in vocabulary.COLUMNS if words.table == table.name]
    outcomes = [*translated, merge_copies(connection, columns)]
    _refuse(taken, [problem for _, problems in outcomes for problem in problems])
    return Loaded(cells.rows, findings + [finding for found, _ in outcomes for finding in found])


def _refuse(taken: TakenTable, problems: Sequence[str]) -> None:
    if problems:
        raise ImportRefused("\n".join(f"{taken.where}: {problem}" for problem in problems))


def _structure(columns: OwnColumns) -> Iterator[str]:
    """What is wrong with the columns as such."""
    for column in columns.table.columns:
        if column.name not in columns.names:
            if not column.optional:
                there = ", ".join(columns.types)
                yield f"column {column.name!r} is missing ({column.meaning}); its columns are {there}"
        elif not values.fits(column, declared := columns.own(column)[1]):
            yield (
                f"column {column.name!r} is stored as {declared}, which is no {column.kind} ({column.meaning}); "
                f"convert it to {SQL_TYPE[column.kind]}"
            )


def _unknown_columns(columns: OwnColumns, rows: int) -> Iterator[Finding]:
    for name in columns.unknown:
        if not currencies.tells_unit(name):
            table = columns.table
            remedy = f"The column is not kept; the columns of {table.name} are {', '.join(table.names)}."
            yield Finding(table.name, f"rows with an unknown column {name!r}", "noted", rows, (), remedy)
