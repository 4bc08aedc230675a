"""The finished parts of a sweep, each a folder named by what is in it: what a killed sweep need not do again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.market.connection import in_memory
from active_edge.market.files import parquet
from active_edge.sweeping.statistics import Measures
from active_edge.sweeping.variants import Variant
from active_edge.whole import passing_folder, whole_folder, write_whole

REMEDY = "run the sweep again"
TABLE, MONTHS, DAILY = "rows.parquet", "months.npy", "daily.npy"


def part_name(of: Sequence[Any], variants: Sequence[Variant]) -> str:
    """Sixteen hexadecimal digits of the variants of a part and of everything else its numbers depend on."""
    content = [list(of), [[variant.number, variant.content] for variant in variants]]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:16]


def is_there(folder: Path, name: str) -> bool:
    """Whether a part is finished and can be read: one that was damaged since is made again."""
    place = folder / name
    try:
        rows = len(read_table(place / TABLE))
        return all(len(np.load(place / file, mmap_mode="r")) == rows for file in (MONTHS, DAILY))
    except (MissingInput, OSError, ValueError, EOFError, TypeError):
        return False


def write_part(folder: Path, name: str, numbers: Sequence[int], measures: Measures) -> None:
    """A part written whole: its arrays first, then its table.

    Raises
    ------
    OSError : the disk is full, or the folder cannot be written; parts that are there stay.
    """
    with whole_folder(folder / name) as new:
        np.save(new / MONTHS, measures.months)
        np.save(new / DAILY, measures.daily)
        _write(measures.rows.assign(number=list(numbers)), new / TABLE)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """A table as Parquet, whole or not at all."""
    with passing_folder("active-edge-sweep") as folder:
        _write(table, folder / TABLE)
        write_whole(path, (folder / TABLE).read_bytes())


def _write(table: pd.DataFrame, path: Path) -> None:
    with in_memory() as sql:
        sql.register("rows", table)
        quoted = str(path).replace("'", "''")
        try:
            sql.execute(f"COPY (SELECT * FROM rows) TO '{quoted}' (FORMAT parquet)")
        except duckdb.IOException as error:
            raise OSError(None, str(error).partition("\n")[0], str(path)) from None


def read_table(path: Path) -> pd.DataFrame:
    """A stored table.

    Raises
    ------
    MissingInput : there is none, or none that can be read.
    """
    return _read([path])


def read_parts(folder: Path, names: Sequence[str]) -> pd.DataFrame:
    """The tables of parts as one, by number."""
    return _read([folder / name / TABLE for name in names]).sort_values("number", ignore_index=True)


def read_months(folder: Path, names: Sequence[str], numbers: np.ndarray) -> np.ndarray:
    """(n_variants, n_months) of all parts; `numbers` are those of their rows, part after part."""
    stacked = np.concatenate([np.load(folder / name / MONTHS) for name in names])
    found = np.empty_like(stacked)
    found[numbers] = stacked
    return found


def read_daily(folder: Path, names: Sequence[str], number: int) -> np.ndarray:
    """(n_sessions,) float32 net returns of one variant, NaN before its first measured session."""
    for name in names:
        numbers = read_table(folder / name / TABLE)["number"].to_numpy()
        if number in numbers:
            rows = np.load(folder / name / DAILY, mmap_mode="r")
            return np.array(rows[int(np.flatnonzero(numbers == number)[0])])
    raise MissingInput(f"{folder}: no part holds variant {number}; {REMEDY}")


def numbers_of(folder: Path, names: Sequence[str]) -> np.ndarray:
    """Numbers of the variants, part after part."""
    return np.concatenate([read_table(folder / name / TABLE)["number"].to_numpy() for name in names])


def _read(files: Sequence[Path]) -> pd.DataFrame:
    try:
        with in_memory() as sql:
            return sql.sql(f"SELECT * FROM {parquet(*files)}").df()
    except duckdb.Error as error:
        problem = str(error).partition("\n")[0]
        raise MissingInput(f"{files[0]}: cannot be read ({problem}); {REMEDY}") from None
