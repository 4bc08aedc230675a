"""Columns of files of one layout, every row of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from active_edge.errors import ImportRefused
from active_edge.market.database import identifier
from active_edge.market.intake.mapping.dates import DateForm, date_form
from active_edge.market.intake.mapping.marks import Witnesses, witnesses
from active_edge.market.intake.mapping.model import NUMBERS
from active_edge.market.intake.mapping.raw import RawFile, named, relation


class Whole:
    """All rows of files that are alike, by the headers of the first; a file without a column tells nothing of it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, files: Sequence[Path], raw: RawFile) -> None:
        self._connection = connection
        self._sources = [(path, relation(connection, path, raw.separator, raw.header_line)) for path in files]

    def date_form(self, columns: Sequence[str]) -> DateForm:
        """The form of the days in columns; ISO where there are none."""
        return date_form(self._connection, self._source(columns), columns) if columns else DateForm("%Y-%m-%d")

    def witnesses(self, columns: Sequence[str]) -> Witnesses:
        """What the cells of columns tell of the decimal mark."""
        return witnesses(self._connection, self._source(columns), columns) if columns else Witnesses({}, {}, {})

    def distinct(self, column: str) -> list[str]:
        """The different cells of a column that are not empty."""
        cell = identifier(column)
        rows = self._connection.execute(
            f"SELECT DISTINCT {cell} FROM {self._source([column])} WHERE trim({cell}) <> '' ORDER BY 1"
        ).fetchall()
        return [str(row[0]) for row in rows]

    @staticmethod
    def numeric(table: Mapping[str, Any]) -> list[str]:
        """Headers of a guessed table's columns and items that are numbers."""
        columns = [header for name, header in table["columns"].items() if name in NUMBERS[table["table"]]]
        return [*columns, *table.get("items", {}).values()]

    def _source(self, columns: Sequence[str]) -> str:
        parts = []
        for path, source in self._sources:
            try:
                there = named(self._connection, source)
            except duckdb.Error as error:
                raise ImportRefused(f"{path}: cannot be read ({str(error).splitlines()[0]})") from error
            picked = [
                f"trim({identifier(there[name])}) AS {identifier(name)}"
                if name in there
                else f"NULL AS {identifier(name)}"
                for name in columns
            ]
            parts.append(f"SELECT {', '.join(picked)} FROM {source}")
        return f"({' UNION ALL '.join(parts)})"
