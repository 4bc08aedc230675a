"""A file as it lies, every column text: separated values with any sign and header line, Parquet, a workbook."""

from __future__ import annotations

import csv
import gzip
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from active_edge.errors import ImportRefused
from active_edge.market.connection import in_memory
from active_edge.market.database import identifier
from active_edge.market.files import loose_csv, parquet
from active_edge.market.intake.workbooks import stage_workbook
from active_edge.market.separated import DEEPEST, find_header
from active_edge.schema import TABLES

SAMPLE = 60
MOST_CHARACTERS = 1 << 22
"""Of a file, for its first lines: one without line ends is not read whole."""
ENDINGS = (".csv", ".csv.gz", ".txt", ".tsv", ".parquet", ".xlsx", ".xlsm")


@dataclass(frozen=True)
class RawFile:
    """Path, names of its columns, the sign between cells, the line of the header, the lines above it, first rows."""

    path: Path
    header: tuple[str, ...]
    separator: str
    header_line: int
    above: str
    sample: tuple[tuple[str, ...], ...]

    def values(self, name: str) -> list[str]:
        """First cells of a column."""
        place = self.header.index(name)
        return [row[place] for row in self.sample if place < len(row)]


def data_files(folder: Path) -> list[Path]:
    """Files of a folder that may hold a table, by name.

    Raises
    ------
    ImportRefused
        There is no such folder, or nothing in it that is read.
    """
    if not folder.is_dir():
        raise ImportRefused(f"{folder}: is not a folder; give the folder that holds your files")
    found = [path for path in sorted(folder.iterdir()) if path.name.casefold().endswith(ENDINGS) and path.is_file()]
    if not found:
        raise ImportRefused(f"{folder}: no file ends in {', '.join(ENDINGS)}; unpack or save yours as one of them")
    return found


def look(path: Path) -> RawFile:
    """What a file says of itself.

    Raises
    ------
    ImportRefused
        It cannot be read, or no line of it names columns.
    """
    if path.suffix.casefold() in (".parquet", ".xlsx", ".xlsm"):
        with in_memory() as connection:
            source = relation(connection, path, ",", 1)
            cursor = connection.execute(f"SELECT * FROM {source} LIMIT {SAMPLE}")
            header = tuple(str(column[0]) for column in cursor.description or ())
            rows = tuple(tuple("" if cell is None else str(cell) for cell in row) for row in cursor.fetchall())
        return RawFile(path, header, ",", 1, "", rows)
    try:
        first = _first_lines(path)
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise ImportRefused(f"{path}: cannot be read as UTF-8 text ({error}); save it as CSV UTF-8") from error
    at, sign = _header(path, first)
    header = tuple(cell.strip() for cell in next(csv.reader([first[at]], delimiter=sign)))
    try:
        rows = tuple(tuple(row) for row in csv.reader(first[at + 1 :], delimiter=sign) if row)
    except csv.Error as error:
        raise ImportRefused(f"{path}: a line below the header cannot be read as CSV ({error})") from error
    return RawFile(path, header, sign, at + 1, " ".join(first[:at]), rows)


def relation(connection: duckdb.DuckDBPyConnection, path: Path, separator: str, header_line: int) -> str:
    """FROM clause of the file, its columns as text under their own names.

    Raises
    ------
    ImportRefused
        It cannot be read so.
    """
    if path.suffix.casefold() == ".parquet":
        return f"(SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {parquet(path)})"
    if path.suffix.casefold() in (".xlsx", ".xlsm"):
        staged = stage_workbook(connection, path, TABLES["prices"])
        name = f"book_{re.sub(r'[^a-z0-9]', '_', path.stem.casefold())}"
        connection.execute(
            f"CREATE OR REPLACE TABLE {identifier(name)} AS SELECT * EXCLUDE (row_in_file) FROM {staged}"
        )
        connection.execute(f"DROP TABLE {staged}")
        return identifier(name)
    zipped = path.name.casefold().endswith(".gz")
    return loose_csv(path, separator=separator, header_line=header_line, gzipped=zipped)


def named(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, str]:
    """Names of a relation's columns without the spaces around them → as DuckDB has them."""
    names = connection.sql(f"SELECT * FROM {source} LIMIT 0").columns
    return {name.strip(): name for name in names}


def _first_lines(path: Path) -> list[str]:
    zipped = path.name.casefold().endswith(".gz")
    with gzip.open(path, "rt", encoding="utf-8-sig") if zipped else path.open(encoding="utf-8-sig") as lines:
        start = lines.read(MOST_CHARACTERS)
    whole = start if len(start) < MOST_CHARACTERS else start[: start.rfind("\n")]
    return [line.rstrip("\r") for line in whole.removesuffix("\n").split("\n")][: DEEPEST + SAMPLE]


def _header(path: Path, lines: list[str]) -> tuple[int, str]:
    """Line and sign of the header."""
    found = find_header(lines)
    if found is None:
        raise ImportRefused(f"{path}: no line names columns; the first line must hold their names")
    return found
