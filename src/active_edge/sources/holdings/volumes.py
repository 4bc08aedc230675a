"""Volume of names that no chart has: exchanges' volume by ticker, scaled to what trades everywhere.

The scale of a date is the median, over names that have both, of a chart's volume over that of the exchanges.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import duckdb
import pandas as pd

from active_edge.market.connection import in_memory
from active_edge.market.database import literal
from active_edge.market.files import parquet
from active_edge.market.findings import Finding
from active_edge.market.tickers import ticker_key
from active_edge.progress import Progress
from active_edge.sources.sec import market_structure
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.derived import derived

FEWEST_NAMES = 10
"""Names with both volumes below which a date takes the scale of all dates."""


def fill_volumes(archive: Archive, connection: duckdb.DuckDBPyConnection, progress: Progress) -> list[Finding]:
    """Give rows of `all_prices` without a volume that of their ticker on the day, scaled."""
    entries = list(archive.bodies(market_structure.PREFIX))
    parts = []
    for done, (key, entry) in enumerate(entries):
        progress("reading market structure", done, len(entries))
        make = partial(_write_quarter, archive.location(entry), key)
        parts.append(derived(archive, "market_structure", entry, make) / "volume.parquet")
    lacking = "SELECT count(*) FROM all_prices WHERE volume IS NULL"
    before = int(connection.execute(lacking).fetchall()[0][0])
    if not parts or not before:
        return []
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE exchange_volume AS SELECT a.asset, CAST(h.session AS DATE) AS session, "
        f"max(v.traded) AS traded FROM {parquet(*parts)} v "
        "JOIN life_closes h ON h.ticker_key = v.ticker_key AND CAST(h.session AS DATE) = v.session "
        "JOIN asset_of_life a USING (life) WHERE v.traded > 0 GROUP BY ALL"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE volume_scale AS WITH both_known AS "
        "(SELECT p.session, p.volume / v.traded AS scale "
        "FROM all_prices p JOIN exchange_volume v USING (asset, session) WHERE p.volume > 0) "
        "SELECT session, CASE WHEN count(*) >= "
        f"{FEWEST_NAMES} THEN median(scale) ELSE (SELECT median(scale) FROM both_known) END AS scale "
        "FROM both_known GROUP BY session"
    )
    connection.execute(
        "UPDATE all_prices SET volume = CAST(round(v.traded * v.scale) AS BIGINT) FROM "
        "(SELECT asset, session, traded, scale FROM exchange_volume JOIN volume_scale USING (session)) v "
        "WHERE all_prices.volume IS NULL AND all_prices.asset = v.asset AND all_prices.session = v.session"
    )
    after = int(connection.execute(lacking).fetchall()[0][0])
    kind = "volumes from the SEC's market-structure files, scaled to all trading"
    remedy = f"{after:,} rows have no volume anywhere: it is modelled where it is needed."
    return [Finding("prices", kind, "repaired", before - after, (), remedy)]


def _write_quarter(path: Path, where: str, folder: Path) -> None:
    rows = pd.DataFrame(market_structure.rows(path, where=where), columns=["ticker", "session", "traded"])
    keys = {ticker: ticker_key(ticker) for ticker in rows["ticker"].unique()}
    rows["ticker_key"] = rows["ticker"].map(keys).astype(object)
    with in_memory() as connection:
        connection.register("quarter", rows[["ticker_key", "session", "traded"]])
        query = (
            "SELECT CAST(ticker_key AS VARCHAR) AS ticker_key, CAST(session AS DATE) AS session, sum(traded) AS traded "
            "FROM quarter GROUP BY ALL ORDER BY ALL"
        )
        connection.execute(f"COPY ({query}) TO {literal(folder / 'volume.parquet')} (FORMAT parquet, COMPRESSION zstd)")
