"""The one way Parquet and CSV files are read: their own columns, whatever the folders they lie in are called.

Left to itself DuckDB takes a folder ``close=3`` for a column of every table below it, ``*``, ``?`` and ``[`` in a path
for a pattern of several files, and guesses the types of a CSV file from its first rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from active_edge.market.database import literal


def parquet(*files: Path, number_rows: bool = False) -> str:
    """FROM clause of one or several Parquet files of the same columns, with the types stored in them.

    With `number_rows` there is a column ``file_row_number``, 0 for the first row.
    """
    listed = ", ".join(_exactly(file) for file in files)
    numbered = ", file_row_number = true" if number_rows else ""
    return f"read_parquet([{listed}], hive_partitioning = false{numbered})"


def csv_text(file: Path, columns: Sequence[str], *, gzipped: bool = False, skip_broken: bool = False) -> str:
    """FROM clause of a comma-separated UTF-8 file with a header line: every column is text, named in this order.

    With `skip_broken` lines that cannot be read as these columns are passed over: to look at the others, not to keep.
    """
    names = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns)
    form = "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', hive_partitioning = false"
    form += ", ignore_errors = true" if skip_broken else ""
    form += f", compression = '{'gzip' if gzipped else 'none'}'"
    return f"read_csv({_exactly(file)}, {form}, columns = {{{names}}})"


def loose_csv(file: Path, *, separator: str, header_line: int, gzipped: bool = False) -> str:
    """FROM clause of a text table of a stranger's making: columns as its header names them, every one text.

    Parameters
    ----------
    header_line : the line with the names, from 1; what stands above is passed over. Short lines end in nulls.
    """
    form = f"delim = {literal(separator)}, header = true, skip = {header_line - 1}, all_varchar = true"
    form += ", null_padding = true, quote = '\"', hive_partitioning = false, normalize_names = false"
    form += f", compression = '{'gzip' if gzipped else 'none'}', strict_mode = false"
    return f"read_csv({_exactly(file)}, {form})"


def _exactly(file: Path) -> str:
    """SQL string of a path that matches this file alone: each sign of a pattern stands for itself."""
    return literal(re.sub(r"[*?\[]", r"[\g<0>]", str(file)))
