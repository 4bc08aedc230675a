"""Ken French's data library: daily factors and monthly size × profitability portfolios.

Today's vintage of the whole history: good for judging a finished return series, not for deciding on a date. `filed`
says so: a month's numbers count as published at the end of the following month.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.errors import SourceFormatError
from active_edge.filings.zips import open_zip, read_member
from active_edge.sources.web.request import Request

URL = "https://mba.tuck.dartmouth.edu/pages/faculty/ken.french/ftp/{name}_CSV.zip"
MISSING = (-99.99, -999.0)
WIDEST_PERCENT = 1000.0
FACTOR_NAMES = {
    "Mkt-RF": "MKT_RF",
    "SMB": "SMB",
    "HML": "HML",
    "RMW": "RMW",
    "CMA": "CMA",
    "RF": "RF",
    "Mom": "MOM",
    "MOM": "MOM",
}
"""Column of the library → name of our series; values become decimals a session."""


@dataclass(frozen=True)
class Library:
    """One file: whether its rows are days, and the block title of the table taken ('' the first block)."""

    daily: bool
    block: str = ""
    prefix: str = ""


FILES: Mapping[str, Library] = {
    "F-F_Research_Data_5_Factors_2x3_daily": Library(daily=True),
    "F-F_Momentum_Factor_daily": Library(daily=True),
    "F-F_Research_Data_Factors_daily": Library(daily=True, prefix="FF3_"),
    "25_Portfolios_ME_OP_5x5": Library(daily=False, block="Average Value Weighted Returns -- Monthly", prefix="ME_OP_"),
}


def requests(names: tuple[str, ...] = tuple(FILES)) -> list[Request]:
    """One request a file."""
    return [
        Request(
            "kenfrench",
            f"kenfrench/{name}",
            URL.format(name=name),
            "zip",
            freshness="weekly",
            max_bytes=32 << 20,
            expected_bytes=200_000,
            check_file=lambda path, name=name: parse_zip(path, name=name, where=f"kenfrench/{name}"),  # type: ignore[misc]
        )
        for name in names
    ]


def parse_zip(path: Path, *, name: str, where: str) -> pd.DataFrame:
    """Rows of `series` from one downloaded zip.

    Raises
    ------
    SourceFormatError
        Not a zip with one csv, or a csv that `parse` refuses.
    """
    with open_zip(path, where=where) as archive:
        inside = [member for member in archive.namelist() if member.lower().endswith((".csv", ".txt"))]
        if len(inside) != 1:
            raise SourceFormatError(f"{where}: holds {archive.namelist()!r}, expected one csv")
        body = read_member(archive, inside[0], where=where, max_bytes=64 << 20)
    return parse(body, library=FILES.get(name, Library(daily="daily" in name)), where=f"{where}!{inside[0]}")


def parse(body: bytes, *, library: Library, where: str) -> pd.DataFrame:
    """Rows of `series`: series, date, value (decimal), filed; −99.99 and −999 left out.

    A month is dated its last day. The annual block that follows the monthly one is not read.

    Raises
    ------
    SourceFormatError
        No header, no rows, a number that is none, a value beyond ±1000 %.
    """
    lines = body.decode("latin-1").splitlines()
    start = _header_line(lines, library, where=where)
    names = [name.strip() for name in lines[start].split(",")][1:]
    width = 8 if library.daily else 6
    stamps, rows = [], []
    for number, line in enumerate(lines[start + 1 :], start + 2):
        cells = [cell.strip() for cell in line.split(",")]
        if not re.fullmatch(rf"\d{{{width}}}", cells[0]):
            break
        if len(cells) != len(names) + 1:
            raise SourceFormatError(f"{where}:{number}: {len(cells)} columns, expected {len(names) + 1}")
        try:
            rows.append([float(cell) for cell in cells[1:]])
            stamps.append(dt.datetime.strptime(cells[0], "%Y%m%d" if library.daily else "%Y%m"))
        except ValueError as error:
            raise SourceFormatError(f"{where}:{number}: {error}") from error
    if not rows:
        raise SourceFormatError(f"{where}: no rows of {'days' if library.daily else 'months'} under line {start + 1}")
    return _series(names, pd.DatetimeIndex(stamps), np.array(rows, dtype=np.float64), library, where=where)


def _header_line(lines: list[str], library: Library, *, where: str) -> int:
    """Line that begins with a comma and names columns, the first one after the block's title."""
    title = library.block.lower()
    first = next((i for i, line in enumerate(lines) if title in line.lower()), None) if title else 0
    if first is not None:
        for i in range(first, len(lines)):
            if re.match(r"\s*,\s*\S", lines[i]):
                return i
    raise SourceFormatError(f"{where}: no header line ({library.block or 'a line that begins with a comma'}) was found")


def _series(
    names: list[str], dates: pd.DatetimeIndex, percent: np.ndarray, library: Library, *, where: str
) -> pd.DataFrame:
    if not (dates.is_monotonic_increasing and dates.is_unique):
        raise SourceFormatError(f"{where}: dates do not increase")
    missing = np.isin(percent, MISSING)
    if not np.isfinite(percent).all() or (np.abs(percent[~missing]) > WIDEST_PERCENT).any():
        raise SourceFormatError(f"{where}: a value beyond ±{WIDEST_PERCENT:g} percent")
    days = dates if library.daily else dates + pd.offsets.MonthEnd(0)
    filed = (days + pd.offsets.MonthEnd(0)) + pd.offsets.MonthEnd(1)
    parts = []
    for column, name in enumerate(names):
        there = ~missing[:, column]
        series = library.prefix + FACTOR_NAMES.get(name, re.sub(r"\W+", "_", name))
        # the library prints two decimals of a percent: 4 + 2 digits are exact
        value = np.round(percent[there, column] / 100.0, 8)
        parts.append(pd.DataFrame({"series": series, "date": days[there], "value": value, "filed": filed[there]}))
    return pd.concat(parts, ignore_index=True)
