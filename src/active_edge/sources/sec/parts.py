"""Parsed rows kept as Parquet parts until they are put together to the tables of facts and of passages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("cik", "item", "months", "period_end", "value", "filed", "form", "accession", "source", "confidence")
PASSAGE_COLUMNS = ("cik", "item", "period_end", "filed", "accession", "source", "passage")
_PLACES = tuple(COLUMNS.index(name) for name in PASSAGE_COLUMNS[:-1])
NOT_TEXT = {"cik": "BIGINT", "months": "BIGINT", "value": "DOUBLE"}


def write_part(rows: Sequence[tuple[Any, ...]], file: Path) -> Path:
    """Write rows of `COLUMNS` as Parquet; dates stay text, DuckDB casts them where they are read.

    A part without a row has the same column types: several parts are read as one table. A passage that a row has after
    its columns is left out.
    """
    return _write([row[: len(COLUMNS)] for row in rows], COLUMNS, file)


def write_passages(rows: Sequence[tuple[Any, ...]], file: Path) -> Path:
    """Write the words that rows were read from, of those rows that have them after their columns."""
    said = [(*(row[place] for place in _PLACES), row[len(COLUMNS)]) for row in rows if row[len(COLUMNS) :]]
    return _write(said, PASSAGE_COLUMNS, file)


def _write(rows: Sequence[tuple[Any, ...]], columns: tuple[str, ...], file: Path) -> Path:
    import pandas as pd

    from active_edge.market.connection import in_memory
    from active_edge.market.database import literal

    frame = pd.DataFrame.from_records(rows, columns=list(columns))
    typed = ", ".join(f"CAST({name} AS {NOT_TEXT.get(name, 'VARCHAR')}) AS {name}" for name in columns)
    with in_memory() as connection:
        connection.execute("SET threads = 1")
        connection.register("rows", frame)
        connection.execute(f"COPY (SELECT {typed} FROM rows) TO {literal(file)} (FORMAT parquet, COMPRESSION zstd)")
    return file
