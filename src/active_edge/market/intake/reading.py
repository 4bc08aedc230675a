"""User tables, read strictly: every value has its column's type or the import is refused with file, column and row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import duckdb

from active_edge.errors import ImportRefused
from active_edge.market.database import SQL_TYPE, empty, identifier
from active_edge.market.findings import Finding
from active_edge.market.intake import crsp, currencies, values, vocabulary
from active_edge.market.intake.cells import CheckedCells
from active_edge.market.intake.copies import merge_copies
from active_edge.market.intake.given import Given
from active_edge.market.intake.taken import OwnColumns, TakenTable


@dataclass(frozen=True)
class Loaded:
    """What came of reading one table: rows in it, what was found in them, and sentences about what refuses them.

    `whole` is False where lines were passed over that cannot be read. With problems the table `raw_<name>` holds what
    could be read, null elsewhere: for looking further, not for keeping.
    """

    rows: int
    findings: list[Finding]
    problems: list[str]
    whole: bool = True


def load_table(connection: duckdb.DuckDBPyConnection, given: Given) -> Loaded:
    """Create the typed table `raw_<name>` from what a user gave.

    Absent optional columns are null. NaN, empty text and, in columns of numbers and dates, words for missing are null.
    Words of the schema's closed lists are translated by `vocabulary`, and of equal rows one is kept.

    Everything that refuses the table is in `Loaded.problems`: a column it lacks, another currency, a value that is not
    of the column's type, an infinite number, a null where none may be, a word of no meaning, a key for different rows.

    Raises
    ------
    ImportRefused
        Nothing in it can be read.
    """
    taken = given.take(connection)
    try:
        with _planned(connection, small=given.is_small):
            return _loaded(connection, OwnColumns.of(connection, taken))
    except (duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        broken = f"{taken.where}: {taken.unreadable(error)}"
        if taken.readable is None:
            raise ImportRefused(broken) from error
        return _without_broken_lines(connection, taken.readable, broken)


def _without_broken_lines(connection: duckdb.DuckDBPyConnection, readable: TakenTable, broken: str) -> Loaded:
    """What can be told of the other lines, and the sentence about those that cannot be read."""
    try:
        loaded = _loaded(connection, OwnColumns.of(connection, readable))
    except (duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        raise ImportRefused(broken) from error
    return replace(loaded, problems=[broken, *loaded.problems], whole=False)


@contextmanager
def _planned(connection: duckdb.DuckDBPyConnection, *, small: bool) -> Iterator[None]:
    """The wide expressions of a small table run as they stand: to simplify them takes longer than to work them out."""
    if small:
        connection.execute("PRAGMA disable_optimizer")
    try:
        yield
    finally:
        connection.execute("PRAGMA enable_optimizer")


def _loaded(connection: duckdb.DuckDBPyConnection, columns: OwnColumns) -> Loaded:
    table, taken = columns.table, columns.taken
    unfit = list(_structure(columns))
    cells = CheckedCells.of(connection, columns)
    units = currencies.unit_columns(connection, columns)
    found, foreign = currencies.read_units(connection, columns, units)
    problems = [*unfit, *cells.problems(connection), *foreign]
    known = {column.name for column in columns.known}
    selected = ", ".join(
        f"{columns.value(c)} AS {identifier(c.name)}" if c.name in known else empty(c) for c in table.columns
    )
    kept = f"NOT {columns.is_blank} AND NOT {currencies.is_foreign(columns, units)}"
    connection.execute(f"CREATE TABLE raw_{table.name} AS SELECT {selected} FROM {taken.sql} WHERE {kept}")
    findings = [*cells.findings(connection), *found, *_unknown_columns(columns, cells.rows, units)]
    outcomes = [vocabulary.translate(connection, words) for words in vocabulary.COLUMNS if words.table == table.name]
    if not unfit and not cells.wrong_in(table.key):
        outcomes.append(merge_copies(connection, columns))
    problems += [problem for _, problems in outcomes for problem in problems]
    findings += [finding for found, _ in outcomes for finding in found]
    return Loaded(cells.rows, findings, [f"{taken.where}: {problem}" for problem in problems], whole=not foreign)


def _structure(columns: OwnColumns) -> Iterator[str]:
    """What is wrong with the columns as such."""
    for column in columns.table.columns:
        if column.name not in columns.names:
            if not column.optional:
                there = ", ".join(columns.types)
                meant = [name for name in columns.unknown if crsp.COLUMN_NAMES.get(values.folded(name)) == column.name]
                named = f"; rename its column {meant[0]!r}" if meant else ""
                yield f"column {column.name!r} is missing ({column.meaning}){named}; its columns are {there}"
        elif not values.fits(column, declared := columns.own(column)[1]):
            yield (
                f"column {column.name!r} is stored as {declared}, which is no {column.kind} ({column.meaning}); "
                f"convert it to {SQL_TYPE[column.kind]}"
            )


def _unknown_columns(columns: OwnColumns, rows: int, units: Sequence[str]) -> Iterator[Finding]:
    for name in columns.unknown:
        if name not in units:
            table = columns.table
            meant = crsp.COLUMN_NAMES.get(values.folded(name), "")
            known = f"{name} is CRSP's name of {meant}: rename it to have it read. " if meant else ""
            remedy = f"{known}The column is not kept; the columns of {table.name} are {', '.join(table.names)}."
            yield Finding(table.name, f"rows with an unknown column {name!r}", "noted", rows, (), remedy)
