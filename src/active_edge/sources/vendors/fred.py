"""FRED: rates and spreads, one csv a series.

The csv holds today's revised history, not vintages. Market rates are not revised; each series' publication lag is
known and becomes `filed`, so that a month's average is never read before the month is over.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import SourceFormatError
from active_edge.sources.web.refusals import csv_rows, refuse_html
from active_edge.sources.web.request import Request

URL = "https://fred.stlouisfed.org/graph/fredgraph.csv?id={series}"
DATE_COLUMNS = ("observation_date", "DATE")
MISSING = ("", ".", "NA")
WIDEST_VALUE = 1e12
MOST_SERIES = 100


@dataclass(frozen=True)
class Rate:
    """One FRED series: what it is, its frequency, and how many days after its date it is published.

    A monthly value is dated the first day of its month: published `lag_days` after that date.
    """

    meaning: str
    frequency: str
    lag_days: int


RATES: Mapping[str, Rate] = {
    "DFF": Rate("effective federal funds rate, percent", "daily", 1),
    "FEDFUNDS": Rate("effective federal funds rate, average of the month, percent", "monthly", 33),
    "DTB3": Rate("3-month Treasury bill, secondary market, discount basis, percent", "daily", 1),
    "DGS2": Rate("2-year Treasury yield, percent", "daily", 1),
    "DGS10": Rate("10-year Treasury yield, percent", "daily", 1),
    "BAMLH0A0HYM2": Rate("ICE BofA US high yield option-adjusted spread, percent", "daily", 1),
    "BAA10Y": Rate("Moody's seasoned Baa corporate yield over the 10-year Treasury yield, percent", "daily", 1),
    "VIXCLS": Rate("Cboe volatility index VIX, close, points", "daily", 1),
    "SOFR": Rate("secured overnight financing rate, percent", "daily", 1),
    "MORTGAGE30US": Rate("30-year fixed mortgage rate, week ending Thursday, percent", "weekly", 0),
}
SHORT_SERIES = {"BAMLH0A0HYM2": "BAA10Y"}
"""Series that FRED gives for the last three years only (since April 2026) to the one with the whole history."""
UNKNOWN_LAG_DAYS = 33
DEFAULT_SERIES = ("DFF", "FEDFUNDS", "DTB3", "DGS2", "DGS10", "BAMLH0A0HYM2", "BAA10Y", "VIXCLS", "SOFR")


def requests(series: tuple[str, ...] = DEFAULT_SERIES) -> list[Request]:
    """One request a series."""
    return [
        Request(
            "fred",
            f"fred/{name}",
            URL.format(series=name),
            "csv",
            freshness="daily",
            max_bytes=8 << 20,
            expected_bytes=250_000,
            check=lambda body, name=name: parse(body, where=f"fred/{name}", expected=name),  # type: ignore[misc]
        )
        for name in series
    ]


def parse(body: bytes, *, where: str, expected: str | None = None) -> pd.DataFrame:
    """Rows of `series`: series, date, value, filed; missing observations left out.

    Raises
    ------
    SourceFormatError
        HTML, a header without a date column, a date or a number that is none, an absurd value, dates not increasing,
        `expected` not among the columns, or more than `MOST_SERIES` of them.
    """
    refuse_html(where, body[:4096], promised="csv")
    text = io.StringIO(body.decode("utf-8-sig", "replace"), newline="")
    table = [row for row in csv_rows(text, where=where) if row]
    if not table or not table[0] or table[0][0] not in DATE_COLUMNS or len(table[0]) < 2:
        raise SourceFormatError(
            f"{where}: header {table[0] if table else []!r}; expected one of {DATE_COLUMNS} and a series name"
        )
    header = table[0]
    if len(header) > MOST_SERIES + 1:
        raise SourceFormatError(f"{where}: {len(header) - 1:,} series in one body; at most {MOST_SERIES} are asked for")
    if expected is not None and expected not in header[1:]:
        raise SourceFormatError(f"{where}: columns {header[1:]!r}; expected {expected!r}")
    bad = next((number for number, row in enumerate(table, 1) if len(row) != len(header)), None)
    if bad is not None:
        raise SourceFormatError(f"{where}:{bad}: {len(table[bad - 1])} columns, expected {len(header)}")
    dates = _dates([row[0] for row in table[1:]], where=where)
    parts = [_column(name, dates, [row[i] for row in table[1:]], where=where) for i, name in enumerate(header[1:], 1)]
    return pd.concat(parts, ignore_index=True)


def _dates(texts: list[str], *, where: str) -> pd.DatetimeIndex:
    try:
        dates = pd.DatetimeIndex(pd.to_datetime(texts, format="%Y-%m-%d"))
    except (ValueError, OverflowError) as error:
        raise SourceFormatError(f"{where}: a date is not YYYY-MM-DD ({error})") from error
    if not (dates.is_monotonic_increasing and dates.is_unique):
        raise SourceFormatError(f"{where}: dates do not increase")
    return dates


def _column(name: str, dates: pd.DatetimeIndex, texts: list[str], *, where: str) -> pd.DataFrame:
    there = np.array([text not in MISSING for text in texts], dtype=bool)
    try:
        values = np.array([float(text) for text in texts if text not in MISSING], dtype=np.float64)
    except ValueError as error:
        raise SourceFormatError(f"{where}: {name} holds what is no number ({error})") from error
    if not np.isfinite(values).all() or (np.abs(values) > WIDEST_VALUE).any():
        raise SourceFormatError(f"{where}: {name} holds an absurd value (beyond ±{WIDEST_VALUE:g})")
    rate = RATES.get(name)
    lag = pd.Timedelta(days=UNKNOWN_LAG_DAYS if rate is None else rate.lag_days)
    kept = dates[there]
    return pd.DataFrame({"series": name, "date": kept, "value": values, "filed": kept + lag})
