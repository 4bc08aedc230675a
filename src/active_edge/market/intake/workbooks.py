"""Tables of Excel workbooks: one sheet a table, every cell as the text a CSV file would have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from active_edge.errors import ImportRefused
from active_edge.market.database import identifier
from active_edge.market.intake.values import folded
from active_edge.schema import Table

LAST_ROW = 1_048_576
"""Rows of a sheet; a longer table was cut off when it was saved."""


def stage_workbook(connection: duckdb.DuckDBPyConnection, path: Path, table: Table) -> str:
    """Name of the DuckDB table made from a workbook: `row_in_file` (1 below the header) and a text column for each.

    The sheet of the table's name is read, else the only one that is not empty. Formulas are taken at the values saved
    with them; rows without any value are left out.

    Raises
    ------
    ImportRefused
        It is no workbook, several sheets could be meant, or the first row does not name each column once.
    """
    header, rows = _sheet(path, table)
    names = [_text(cell) or "" for cell in header]
    while names and not names[-1]:
        names.pop()
    if not names or "" in names or len({folded(name) or name for name in names}) < len(names):
        raise ImportRefused(f"{path}: the first row must name each column once; it is {','.join(names)[:200]!r}")
    content = {
        name: pd.Series([_text(row[place]) if place < len(row) else None for row in rows], dtype=object)
        for place, name in enumerate(names)
    }
    frame = pd.DataFrame(content, columns=names)
    frame.insert(0, "row_in_file", range(1, len(rows) + 1))
    frame = frame.loc[frame[names].notna().any(axis=1)]
    staged = f"sheet_{table.name}"
    typed = ", ".join(f"CAST({identifier(name)} AS VARCHAR) AS {identifier(name)}" for name in names)
    connection.register("sheet_rows", frame)
    connection.execute(f"CREATE TABLE {staged} AS SELECT row_in_file, {typed} FROM sheet_rows")
    connection.unregister("sheet_rows")
    return staged


def _sheet(path: Path, table: Table) -> tuple[Sequence[Any], list[list[Any]]]:
    """First row and the others of the sheet that holds the table."""
    from python_calamine import CalamineError, load_workbook

    _refuse_other_than_workbook(path)
    try:
        with load_workbook(path) as book:
            named = [name for name in book.sheet_names if name.strip().casefold() == table.name]
            wanted = named or book.sheet_names
            sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in wanted}
    except (CalamineError, OSError, ValueError) as error:
        raise ImportRefused(f"{path}: cannot be read as an Excel workbook ({error}); save it again as .xlsx") from error
    filled = {name: rows for name, rows in sheets.items() if any(_text(cell) for row in rows for cell in row)}
    if len(filled) > 1:
        raise ImportRefused(f"{path}: has several sheets ({', '.join(filled)}); name the one to read {table.name!r}")
    if not filled:
        raise ImportRefused(f"{path}: has no rows; leave the file out or fill it")
    ((name, rows),) = filled.items()
    if len(rows) >= LAST_ROW:
        raise ImportRefused(f"{path}: sheet {name!r} is full to Excel's last row, so the table was cut; save it as CSV")
    return rows[0], rows[1:]


def _refuse_other_than_workbook(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise ImportRefused(f"{path}: cannot be read ({error.strerror}); make it a readable file") from error
    if not start.startswith(b"PK"):
        raise ImportRefused(
            f"{path}: is no Excel workbook (it starts with {start!r}); name it by what it is, .csv where it is text"
        )


def _text(cell: Any) -> str | None:
    """A cell as a CSV file would have it; None where it is empty."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    return str(cell).strip() or None
