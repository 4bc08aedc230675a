"""Prices after the exit: what a share that left its exchange settled at, by the fails-to-deliver files.

A share keeps its CUSIP where its ticker goes or changes. Its CUSIP is that of its ticker while it traded; the first
price under it some days after the last session is what a holder could still sell at.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd

from active_edge.market.connection import in_memory
from active_edge.market.database import literal
from active_edge.market.files import parquet
from active_edge.market.tickers import ticker_key
from active_edge.sources.sec import fails
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.derived import derived

KNOWN_DAYS = 370
"""A ticker's CUSIP is looked for so many days before the last session."""
FIRST_DAY, LAST_DAY = 4, 60
"""Days after the last session in which a price counts. The price of a line is that of the day before, which a weekend
makes the last session's own for three days. Where only the months are told, the days are those after the first file
without the name."""


def parts(archive: Archive) -> list[Path]:
    """Parquet part of every archived file: day, cusip, ticker_key, name, price."""
    return [
        derived(archive, "fails", entry, partial(_write, archive.location(entry), key)) / "fails.parquet"
        for key, entry in archive.bodies(fails.PREFIX)
    ]


def _write(path: Path, where: str, folder: Path) -> None:
    lines = pd.DataFrame(fails.rows(path, where=where), columns=["day", "cusip", "symbol", "name", "price"])
    keys = {symbol: ticker_key(symbol) for symbol in lines["symbol"].unique()}
    lines = lines.assign(ticker_key=lines["symbol"].map(keys).astype(object), cusip=lines["cusip"].astype(object))
    with in_memory() as connection:
        connection.register("lines", lines.assign(name=lines["name"].astype(object)))
        query = (
            "SELECT CAST(day AS DATE) AS day, CAST(cusip AS VARCHAR) AS cusip, CAST(ticker_key AS VARCHAR) AS "
            "ticker_key, CAST(name AS VARCHAR) AS name, CASE WHEN isnan(price) THEN NULL ELSE price END AS price "
            "FROM lines ORDER BY ALL"
        )
        connection.execute(f"COPY ({query}) TO {literal(folder / 'fails.parquet')} (FORMAT parquet, COMPRESSION zstd)")


def first_prices(archive: Archive, gone: pd.DataFrame) -> dict[str, float]:
    """Asset → first price after its exit, USD; only of those that have one.

    Parameters
    ----------
    gone : asset, ticker, last_session of names that left; where known, first_session, before which the ticker was
        another's, and `absent`, a day on which the name had left for sure.
    """
    files = parts(archive)
    left = gone.dropna(subset=["ticker", "last_session"])
    if not files or left.empty:
        return {}
    keyed = pd.DataFrame(
        {
            "asset": left["asset"].astype(object),
            "ticker_key": [ticker_key(str(ticker)) for ticker in left["ticker"]],
            "last": left["last_session"],
            **{name: left.get(name, pd.NaT) for name in ("first_session", "absent")},
        }
    )
    with in_memory() as connection:
        connection.register("gone", keyed.astype({"ticker_key": object}))
        rows = connection.execute(
            f"WITH fails AS (SELECT * FROM {parquet(*files)}), "
            "exits AS (SELECT asset, ticker_key, CAST(last AS DATE) AS last, CAST(absent AS DATE) AS absent, "
            f"greatest(CAST(last AS DATE) - {KNOWN_DAYS}, CAST(first_session AS DATE)) AS since FROM gone), "
            f"told AS (SELECT e.asset, any_value(greatest(e.last + {FIRST_DAY}, e.absent + 1)) AS opened, "
            f"any_value(greatest(e.last, e.absent) + {LAST_DAY}) AS closed, f.cusip, max(f.day) AS seen FROM exits e "
            "JOIN fails f ON f.ticker_key = e.ticker_key AND f.day BETWEEN e.since AND e.last "
            "GROUP BY e.asset, f.cusip "
            "QUALIFY row_number() OVER (PARTITION BY e.asset ORDER BY seen DESC, f.cusip) = 1) "
            "SELECT t.asset, arg_min(f.price, (f.day, f.price)) FROM told t JOIN fails f "
            "ON f.cusip = t.cusip AND f.price > 0 AND f.day BETWEEN t.opened AND t.closed "
            "GROUP BY t.asset ORDER BY t.asset"
        ).fetchall()
    return {str(asset): float(price) for asset, price in rows}
