"""Parsed rows kept as Parquet parts until they are put together to the table of facts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("cik", "item", "months", "period_end", "value", "filed", "form", "accession", "source", "confidence")
NOT_TEXT = {"cik": "BIGINT", "months": "BIGINT", "value": "DOUBLE"}


def write_part(rows: Sequence[tuple[Any, ...]], file: Path) -> Path:
    """Write rows of `COLUMNS` as Parquet; dates stay text, DuckDB casts them where they are read.

    A part without a row has the same column types: several parts are read as one table.
    """
    import pandas as pd

    from active_edge.market.connection import in_memory
    from active_edge.market.database import literal

    frame = pd.DataFrame.from_records(rows, columns=list(COLUMNS))
    typed = ", ".join(f"CAST({name} AS {NOT_TEXT.get(name, 'VARCHAR')}) AS {name}" for name in COLUMNS)
    with in_memory() as connection:
        connection.execute("SET threads = 1")
        connection.register("rows", frame)
        connection.execute(f"COPY (SELECT {typed} FROM rows) TO {literal(file)} (FORMAT parquet, COMPRESSION zstd)")
    return file
