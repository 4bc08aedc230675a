"""A user's table before it is typed: where SQL finds it, and what its columns mean to the schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import duckdb

from active_edge.market.database import identifier
from active_edge.market.intake import values
from active_edge.schema import Column, Table

MISSING_VALUE_COLUMNS = {("prices", "close"), ("facts", "value"), ("series", "value")}
"""Required numbers whose absence costs the row, not the import."""
SHOWN_ROWS = 5


@dataclass(frozen=True)
class TakenTable:
    """Where SQL finds a user's table.

    Attributes
    ----------
    where
        What messages call it: the path of its file, or the kind of frame.
    sql
        FROM clause with the table's own columns and types.
    numbered
        The same with a column `row_in_file` more, 1 for the first row below any header.
    unreadable
        What is wrong with the table where SQL fails on it, in a sentence.
    readable
        The table without the lines on which SQL fails, so that its other errors can be told too; None where it cannot
        be looked at by parts.
    """

    table: Table
    where: str
    sql: str
    numbered: str
    unreadable: Callable[[duckdb.Error], str]
    readable: TakenTable | None = None


@dataclass(frozen=True)
class OwnColumns:
    """The columns of a taken table by its own names, and what they mean to the schema."""

    taken: TakenTable
    types: dict[str, str]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, taken: TakenTable) -> OwnColumns:
        """The columns as SQL describes them."""
        described = connection.execute(f"DESCRIBE SELECT * FROM {taken.sql}").fetchall()
        return cls(taken, {row[0]: row[1] for row in described})

    @property
    def table(self) -> Table:
        return self.taken.table

    @cached_property
    def names(self) -> dict[str, str]:
        """The table's own name of each schema column it has; names are compared by their letters and digits."""
        own = {values.folded(name): name for name in reversed(self.types)}
        return {name: own[values.folded(name)] for name in self.table.names if values.folded(name) in own}

    @property
    def known(self) -> list[Column]:
        """Schema columns that are there in a type that can mean them, in schema order."""
        return [c for c in self.table.columns if c.name in self.names and values.fits(c, self.own(c)[1])]

    @property
    def unknown(self) -> list[str]:
        """Own names of columns that the schema does not know."""
        return [name for name in self.types if name not in self.names.values()]

    def own(self, column: Column) -> tuple[str, str]:
        """Own name and type of a schema column."""
        name = self.names[column.name]
        return name, self.types[name]

    def value(self, column: Column) -> str:
        """SQL of the typed value, null where it is missing or wrong."""
        return values.converted(self.table.name, column, *self.own(column))

    def is_wrong(self, column: Column) -> str:
        """SQL that is true where a value is not of the column's type, or missing where it may not be."""
        required = not column.nullable and (self.table.name, column.name) not in MISSING_VALUE_COLUMNS
        given = "true" if required else values.is_given(column, *self.own(column))
        return f"({given} AND {self.value(column)} IS NULL)"

    @cached_property
    def is_blank(self) -> str:
        """SQL that is true for a row of text without one word, as spreadsheets leave them below a table."""
        if set(self.types.values()) != {"VARCHAR"}:
            return "false"
        return f"(concat({', '.join(f'trim({identifier(name)})' for name in self.types)}) = '')"

    def first_rows(self, connection: duckdb.DuckDBPyConnection, name: str, condition: str) -> list[tuple[int, str]]:
        """Row numbers and texts of one own column where an SQL condition holds, the first few."""
        return connection.execute(
            f"SELECT row_in_file, CAST({identifier(name)} AS VARCHAR) FROM {self.taken.numbered} "
            f"WHERE NOT {self.is_blank} AND {condition} ORDER BY row_in_file LIMIT {SHOWN_ROWS}"
        ).fetchall()
