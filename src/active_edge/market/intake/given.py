"""A table as a user gives it, a file or a frame; both go through the same door afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb

from active_edge.errors import DataError, ImportRefused
from active_edge.market.database import identifier
from active_edge.market.files import csv_text, parquet
from active_edge.market.frames import Frame, frame_name, is_frame, register_frame
from active_edge.market.intake.folder import FORMS, split_name, tables_of
from active_edge.market.intake.headers import other_widths, read_header, undecodable
from active_edge.market.intake.taken import TakenTable
from active_edge.market.intake.workbooks import stage_workbook
from active_edge.ordinary import ordinary
from active_edge.schema import TABLES, Table
from active_edge.words import nearest

Tables: TypeAlias = Mapping[str, "str | Path | Frame"]
"""Tables by name, each a file in one of `FORMS` or a frame in memory."""


SMALL = 250_000
"""Bytes of text; some thousand rows."""


@dataclass(frozen=True)
class GivenFile:
    """One table in a file."""

    table: Table
    path: Path

    @property
    def where(self) -> str:
        """What messages call it."""
        return str(self.path)

    @property
    def name(self) -> str:
        """What progress and short messages call it."""
        return self.path.name

    @property
    def is_small(self) -> bool:
        """Whether it is text of some thousand rows at most."""
        return self.path.suffix == ".csv" and self.path.is_file() and self.path.stat().st_size < SMALL

    def take(self, connection: duckdb.DuckDBPyConnection) -> TakenTable:
        """The table as SQL reads it: a workbook is copied into the connection, other files are read where they lie.

        Raises
        ------
        ImportRefused
            The file cannot be opened or is not what its name says.
        """
        form = split_name(self.path)[1]
        if form.startswith(".xls"):
            numbered = stage_workbook(connection, self.path, self.table)
            rows = f"(SELECT * EXCLUDE (row_in_file) FROM {numbered})"
        elif form == ".parquet":
            self._refuse_other_than_parquet()
            rows, inner = parquet(self.path), parquet(self.path, number_rows=True)
            numbered = f"(SELECT file_row_number + 1 AS row_in_file, * EXCLUDE (file_row_number) FROM {inner})"
        else:
            return self._comma_separated(read_header(self.path, self.table), gzipped=form.endswith(".gz"))
        return TakenTable(self.table, self.where, rows, numbered, self._unreadable)

    def _comma_separated(self, header: Sequence[str], *, gzipped: bool) -> TakenTable:
        def taken(*, skip_broken: bool, readable: TakenTable | None = None) -> TakenTable:
            rows = csv_text(self.path, header, gzipped=gzipped, skip_broken=skip_broken)
            numbered = f"(SELECT row_number() OVER () AS row_in_file, * FROM {rows})"
            return TakenTable(self.table, self.where, rows, numbered, self._unreadable, readable)

        return taken(skip_broken=False, readable=taken(skip_broken=True))

    def _refuse_other_than_parquet(self) -> None:
        try:
            with self.path.open("rb") as stream:
                start = stream.read(4)
        except OSError as error:
            raise ImportRefused(f"{self.path}: cannot be read ({error.strerror}); make it a readable file") from error
        if start[:2] == b"PK":
            remedy = "is a zip archive, not Parquet; unpack it and give the table inside its name"
            raise ImportRefused(f"{self.path}: {remedy}")
        if start != b"PAR1":
            remedy = "write it as Parquet or name it .csv"
            raise ImportRefused(f"{self.path}: is not Parquet (it starts with {start!r}); {remedy}")

    def _unreadable(self, error: duckdb.Error) -> str:
        lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
        if split_name(self.path)[1] == ".parquet":
            return f"is truncated or damaged Parquet ({lines[0]}); copy or make it again"
        return (
            undecodable(self.path)
            or other_widths(self.path)
            or (f"cannot be read as CSV ({'; '.join(lines[:3])}); every line must have as many cells as the header")
        )


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
    def is_small(self) -> bool:
        """How many rows a frame of any library has is not known before it is read."""
        return False

    def take(self, connection: duckdb.DuckDBPyConnection) -> TakenTable:
        """The rows copied into a table of the connection, numbered from 1.

        Raises
        ------
        ImportRefused
            A column has no name, or is of a type that SQL does not know.
        """
        numbered = identifier(f"given_{self.table.name}")
        try:
            register_frame(connection, "given_frame", self.frame)
            connection.execute(
                f"CREATE TABLE {numbered} AS SELECT row_number() OVER () AS row_in_file, * FROM given_frame"
            )
            connection.unregister("given_frame")
        except DataError as error:
            raise ImportRefused(f"{self.where}: {error}") from error
        except (duckdb.OutOfMemoryException, duckdb.InterruptException):
            raise
        except duckdb.Error as error:
            raise ImportRefused(f"{self.where}: {self._unreadable(error)}") from error
        rows = f"(SELECT * EXCLUDE (row_in_file) FROM {numbered})"
        return TakenTable(self.table, self.where, rows, numbered, self._unreadable)

    def _unreadable(self, error: duckdb.Error) -> str:
        reason = str(error).strip().splitlines()[0]
        return (
            f"cannot be read ({reason}); give columns of text, numbers and dates, in a frame that can be read more "
            "than once"
        )


Given: TypeAlias = GivenFile | GivenFrame


def find_tables(source: str | Path | Tables) -> tuple[list[Given], list[str]]:
    """The tables of a folder, or those given by name, in schema order; and sentences about what is wrong with them.

    Raises
    ------
    ImportRefused
        There is no such folder.
    """
    if not isinstance(source, Mapping):
        files, problems = tables_of(Path(source))
        endless = {name: told for name, path in files.items() if (told := _endless(path))}
        taken: list[Given] = [GivenFile(TABLES[name], path) for name, path in files.items() if name not in endless]
        return taken, problems + list(endless.values())
    given, problems = [], []
    for name in source:
        if name not in TABLES:
            problems.append(f"{name!r} is no table of a market; {nearest(str(name), TABLES)}")
    for name, table in TABLES.items():
        if name in source:
            try:
                given.append(_given(table, source[name]))
            except ImportRefused as refused:
                problems.append(str(refused))
        elif table.required:
            problems.append(
                f"what is given: table {name!r} is missing; add it as a file or a frame with columns "
                f"{', '.join(table.names)}"
            )
    return given, problems


def _endless(path: Path) -> str:
    """Why a file cannot be read to its end; empty where it can."""
    try:
        ordinary(path)
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror}); give a file"
    return ""


def _given(table: Table, given: str | Path | Frame) -> Given:
    if isinstance(given, str | Path):
        path = Path(given)
        if split_name(path)[1] not in FORMS:
            raise ImportRefused(f"{path}: table {table.name!r} must be a file in {', '.join(FORMS)}, or a frame")
        if told := _endless(path):
            raise ImportRefused(told)
        return GivenFile(table, path)
    if is_frame(given):
        return GivenFrame(table, given)
    raise ImportRefused(
        f"{table.name}: {frame_name(given)} is neither a path nor a frame; give a path, or a frame of pandas, polars, "
        "DuckDB or any library that streams Arrow (collect a lazy one first)"
    )
