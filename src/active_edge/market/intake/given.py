"""A table as a user gives it, a file or a frame, and how SQL reads it; both go through the same door afterwards."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb

from active_edge.errors import DataError, ImportRefused
from active_edge.market.database import identifier
from active_edge.market.files import csv_text, parquet
from active_edge.market.frames import Frame, frame_name, is_frame, register_frame
from active_edge.schema import TABLES, Table
from active_edge.words import nearest

Tables: TypeAlias = Mapping[str, "str | Path | Frame"]
"""Tables by name, each a ``.parquet`` or ``.csv`` file or a frame in memory."""
SUFFIXES = (".parquet", ".csv")


@dataclass(frozen=True)
class GivenFile:
    """One table in a file."""

    table: Table
    path: Path
    header: tuple[str, ...] = ()
    """Column names of a CSV file."""

    @property
    def where(self) -> str:
        """What messages call it."""
        return str(self.path)

    @property
    def name(self) -> str:
        """What progress and short messages call it."""
        return self.path.name

    @property
    def sql(self) -> str:
        """FROM clause with the file's own columns and types."""
        return csv_text(self.path, self.header) if self.path.suffix == ".csv" else parquet(self.path)

    @property
    def numbered(self) -> str:
        """FROM clause with an extra column `row_in_file`, 1 for the first row after any header."""
        if self.path.suffix == ".csv":
            return f"(SELECT row_number() OVER () AS row_in_file, * FROM {self.sql})"
        inner = parquet(self.path, number_rows=True)
        return f"(SELECT file_row_number + 1 AS row_in_file, * EXCLUDE (file_row_number) FROM {inner})"

    def take(self, connection: duckdb.DuckDBPyConnection) -> None:
        """A file is read where it lies."""

    def unreadable(self, error: duckdb.Error) -> str:
        """The message for a file that is not what its name says."""
        reason = str(error).strip().splitlines()[0]
        with self.path.open("rb") as stream:
            start = stream.read(4)
        if self.path.suffix == ".parquet":
            if start[:2] == b"PK":
                return f"{self.path}: is a zip archive, not Parquet; unpack it and give the table inside its name"
            if start == b"PAR1":
                return f"{self.path}: is truncated or damaged Parquet ({reason}); copy or make it again"
            return f"{self.path}: is not Parquet (it starts with {start!r}); write it as Parquet or name it .csv"
        return f"{self.path}: cannot be read as CSV ({reason}); it must be UTF-8, comma separated, with a header line"


@dataclass(frozen=True)
class GivenFrame:
    """One table in memory; it is copied when it is taken, so that nothing changes it between two checks."""

    table: Table
    frame: Frame

    @property
    def where(self) -> str:
        return f"{self.table.name} ({frame_name(self.frame)})"

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def sql(self) -> str:
        return f"(SELECT * EXCLUDE (row_in_file) FROM {self.numbered})"

    @property
    def numbered(self) -> str:
        return identifier(f"given_{self.table.name}")

    def take(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Copy the rows into a table of the connection, numbered from 1.

        Raises
        ------
        ImportRefused
            A column has no name, or is of a type that SQL does not know.
        """
        try:
            register_frame(connection, "given_frame", self.frame)
            connection.execute(
                f"CREATE TABLE {self.numbered} AS SELECT row_number() OVER () AS row_in_file, * FROM given_frame"
            )
            connection.unregister("given_frame")
        except DataError as error:
            raise ImportRefused(f"{self.where}: {error}") from error
        except (duckdb.OutOfMemoryException, duckdb.InterruptException):
            raise
        except duckdb.Error as error:
            raise ImportRefused(self.unreadable(error)) from error

    def unreadable(self, error: duckdb.Error) -> str:
        reason = str(error).strip().splitlines()[0]
        return (
            f"{self.where}: cannot be read ({reason}); give columns of text, numbers and dates, in a frame that can be "
            "read more than once"
        )


Given: TypeAlias = GivenFile | GivenFrame


def find_tables(source: str | Path | Tables) -> list[Given]:
    """The tables of a folder, or those given by name, in schema order.

    Raises
    ------
    ImportRefused
        No such folder or file, a required table missing, an unknown table, one table in two forms, or something that
        is neither a file nor a frame.
    """
    given = source if isinstance(source, Mapping) else _tables_of(Path(source))
    for name in given:
        if name not in TABLES:
            raise ImportRefused(f"{name!r} is no table of a market; {nearest(str(name), TABLES)}")
    for table in TABLES.values():
        if table.required and table.name not in given:
            where = "what is given" if isinstance(source, Mapping) else source
            raise ImportRefused(
                f"{where}: table {table.name!r} is missing; add {table.name}.parquet or {table.name}.csv "
                f"with columns {', '.join(table.names)}"
            )
    return [_given(table, given[name]) for name, table in TABLES.items() if name in given]


def _tables_of(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise ImportRefused(f"{folder}: is not a folder; give the folder that holds prices.parquet or prices.csv")
    found = {}
    for name in TABLES:
        forms = [path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").exists()]
        if len(forms) > 1:
            raise ImportRefused(f"{forms[0]}: there is a {forms[1].name} beside it; keep one of the two")
        if forms:
            found[name] = forms[0]
    return found


def _given(table: Table, given: str | Path | Frame) -> Given:
    if isinstance(given, str | Path):
        path = Path(given)
        if path.suffix not in SUFFIXES:
            raise ImportRefused(f"{path}: table {table.name!r} must be a .parquet or .csv file, or a frame")
        return GivenFile(table, path, _open_header(path))
    if is_frame(given):
        return GivenFrame(table, given)
    raise ImportRefused(
        f"{table.name}: {frame_name(given)} is neither a path nor a frame; give a path, or a frame of pandas, polars, "
        "DuckDB or any library that streams Arrow (collect a lazy one first)"
    )


def _open_header(path: Path) -> tuple[str, ...]:
    """Column names of a CSV file (none of a Parquet file) once it is certain that it can be opened."""
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
