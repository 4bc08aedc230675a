"""What is wrong in the cells of a user's table, and what is read otherwise than it stands: counted in one pass."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

import duckdb

from active_edge.market.findings import EXAMPLES, Finding, Severity
from active_edge.market.intake import values
from active_edge.market.intake.taken import OwnColumns
from active_edge.market.intake.workbooks import LAST_ROW
from active_edge.schema import Column

FRACTION, GROUPED = "with a fraction", "have a point before three digits"
FEWEST_GROUPED = 5
"""Numbers such as 108.390 from which a column without any other fraction is one of points between thousands."""


@dataclass(frozen=True)
class Check:
    """One thing that can be true of a cell of a column; `severity` None refuses the import."""

    column: Column
    severity: Severity | None
    words: str
    condition: str
    remedy: str = ""


@dataclass(frozen=True)
class CheckedCells:
    """Rows of a source, those without any value, and how many cells each check found."""

    columns: OwnColumns
    rows: int
    blank: int
    counts: list[tuple[Check, int]]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, columns: OwnColumns) -> CheckedCells:
        checks = list(_checks(columns))
        counted = "".join(f", count(*) FILTER (WHERE NOT {columns.is_blank} AND {c.condition})" for c in checks)
        rows, blank, *counts = connection.execute(
            f"SELECT count(*), count(*) FILTER (WHERE {columns.is_blank}){counted} FROM {columns.taken.sql}"
        ).fetchall()[0]
        found = [(check, n) for check, n in zip(checks, counts, strict=True) if n]
        return cls(columns, rows, blank, [(check, n) for check, n in found if not _is_fraction(check, n, found)])

    def wrong_in(self, names: Container[str]) -> bool:
        """True where a cell of one of these columns refuses the import."""
        return any(check.severity is None and check.column.name in names for check, _ in self.counts)

    def problems(self, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
        """Sentences about what refuses the import."""
        if self.rows == self.blank:
            yield "has no rows; leave the file out or fill it"
        if self.rows == LAST_ROW - 1:
            yield f"has {self.rows:,} rows, all that fit into a spreadsheet: it was cut when it was saved"
        for check, count in self.counts:
            if check.severity is None:
                found = self.columns.first_rows(connection, self.columns.names[check.column.name], check.condition)
                where = ", ".join(
                    f"row {row} has {'nothing' if value is None else repr(value)}" for row, value in found
                )
                hint = values.hint(check.column.kind, (value for _, value in found))
                remedy = f"{hint}; {check.remedy}" if hint else check.remedy
                yield f"column {check.column.name!r}: {count} values {check.words} ({where}); {remedy}"

    def findings(self, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
        """What is read otherwise than it stands."""
        if self.blank:
            source = self.columns.taken.numbered
            found = connection.execute(
                f"SELECT row_in_file FROM {source} WHERE {self.columns.is_blank} ORDER BY 1 LIMIT {EXAMPLES}"
            ).fetchall()
            rows = tuple(f"row {row}" for (row,) in found)
            kind = "rows without any value"
            yield Finding(self.columns.table.name, kind, "refused", self.blank, rows, "Empty lines say nothing.")
        for check, count in self.counts:
            if check.severity is not None:
                found = self.columns.first_rows(connection, self.columns.names[check.column.name], check.condition)
                shown = tuple(f"row {row} has {value!r}" for row, value in found)
                kind = f"values of column {check.column.name!r} {check.words}"
                yield Finding(self.columns.table.name, kind, check.severity, count, shown, check.remedy)


def _is_fraction(check: Check, count: int, found: list[tuple[Check, int]]) -> bool:
    """True for points before three digits that are fractions: another number of the column has another fraction."""
    fractions = sum(n for other, n in found if other.column == check.column and other.words == FRACTION)
    return check.words == GROUPED and (count < FEWEST_GROUPED or fractions > count)


def _checks(columns: OwnColumns) -> Iterator[Check]:
    for column in columns.known:
        own = columns.own(column)
        remedy = "correct them or leave them empty" if column.nullable else "correct them or remove the rows"
        yield Check(column, None, f"are not {values.meaning(column.kind)}", columns.is_wrong(column), remedy)
        if column.kind != "str":
            missing = values.is_missing_word(column, *own)
            yield Check(column, "noted", "that say in words that nothing is known", missing, "Read as missing.")
        if (columns.table.name, column.name) in values.ROUNDED:
            grouped = values.is_grouped_by_points(*own)
            remedy = "points between thousands? Write 108390 for 108.390, or round to whole shares"
            yield Check(column, None, GROUPED, grouped, remedy)
            remedy = "Rounded to whole shares: such volume was divided by later splits, and the unadjusted is wanted."
            yield Check(column, "repaired", FRACTION, values.has_fraction(*own), remedy)
        if column.name in values.SYMBOLS.get(columns.table.name, ()):
            remedy = "a spreadsheet took a symbol for a day; write the symbol as text"
            yield Check(column, None, "are days", values.is_day(own[0]), remedy)
