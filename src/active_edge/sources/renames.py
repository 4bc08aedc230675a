"""Old tickers of companies that trade under another one today: their charts repeat a part of the new one's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from active_edge.market.files import parquet
from active_edge.sources.sec import edgar_index
from active_edge.sources.sec.edgar_index import Listed
from active_edge.sources.securities import Register
from active_edge.sources.vendors import nasdaq
from active_edge.sources.vendors.nasdaq import yahoo_symbol
from active_edge.sources.web.archive import Archive

TICKERS = "sec/company_tickers_exchange"
REPEATS, TOLERANCE = 0.9, 0.01
"""Share of the old chart's days on which the new one has the same close, and how far a close may be off, relatively."""
FEWEST_DAYS = 3


def todays_tickers(archive: Archive) -> list[Listed]:
    """What the newest list of the SEC's tickers names."""
    bodies = archive.bodies(TICKERS)
    return [one for key, entry in bodies for one in edgar_index.parse_tickers(archive.read(entry), where=key)]


def earlier_tickers(archive: Archive) -> Iterator[Listed]:
    """What every list of the SEC's tickers but the newest named, the oldest first."""
    for entry in [entry for entry in archive.versions(TICKERS) if archive.holds(entry)][:-1]:
        yield from edgar_index.parse_tickers(archive.read(entry), where=TICKERS)


def directories(archive: Archive) -> list[pd.DataFrame]:
    """Every version of the exchanges' directories, the oldest first."""
    told = [(e.time, key, e) for key in archive.keys("nasdaq/") for e in archive.versions(key) if archive.holds(e)]
    told.sort(key=lambda one: one[:2])
    return [nasdaq.parse(archive.read(entry), name=key[7:], where=key).listings for _, key, entry in told]


def renamed(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Path], charted: Collection[str], known: Register
) -> dict[str, str]:
    """Old symbol → symbol of today, of charts of one company with the same closes.

    Parameters
    ----------
    parts : Parquet files of symbol, session, close.
    charted : symbols with a chart.
    """
    pairs = [
        (yahoo_symbol(old.ticker), yahoo_symbol(new.ticker))
        for company in known.companies.values()
        for old in known.shares_once(company)
        for new in known.shares_today(company)
    ]
    asked = pd.DataFrame([pair for pair in pairs if set(pair) <= set(charted)], columns=["old", "new"], dtype=object)
    if asked.empty:
        return {}
    connection.register("asked_renames", asked)
    rows = connection.execute(
        f"SELECT a.old, a.new FROM asked_renames a JOIN {parquet(*parts)} o ON o.symbol = a.old "
        f"LEFT JOIN {parquet(*parts)} n ON n.symbol = a.new AND n.session = o.session "
        f"GROUP BY ALL HAVING count(*) >= {FEWEST_DAYS} "
        f"AND count(*) FILTER (abs(n.close / o.close - 1) <= {TOLERANCE}) >= {REPEATS} * count(*) ORDER BY ALL"
    ).fetchall()
    return {str(old): str(new) for old, new in rows}
