"""Positions of N-PORT reports as lines of holdings, for quarters' ends on which the fund house's file is not there.

A report names a share by its CUSIP and seldom by its ticker. The ticker is that of another report with the CUSIP, or of
the fails-to-deliver files, the nearest in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd

from active_edge.market.connection import in_memory
from active_edge.market.database import literal
from active_edge.market.files import parquet
from active_edge.market.findings import Finding
from active_edge.sessions import sessions_between
from active_edge.sources import after_exit
from active_edge.sources.sec.positions import Position, positions
from active_edge.sources.vendors import ishares
from active_edge.sources.web.archive import Archive, Entry
from active_edge.sources.web.derived import derived

NEAR_DAYS = 400
"""A CUSIP's ticker is taken from lines so many days around a report at most."""
COLUMNS = "fund, day, ticker, name, sector, weight, shares, close, value, exchange"


@dataclass(frozen=True)
class Positions:
    """Lines that were added, positions without a ticker, and the reports they are of."""

    lines: int = 0
    unnamed: int = 0
    reports: int = 0

    def findings(self) -> list[Finding]:
        """What the reports added, and what they could not."""
        found = []
        if self.lines:
            kind, remedy = "positions of N-PORT reports on days without a holdings file", "They serve as one."
            found.append(Finding("members", kind, "repaired", self.lines, (f"{self.reports:,} reports",), remedy))
        if self.unnamed:
            kind = "positions of N-PORT reports whose CUSIP has no ticker"
            remedy = "data pull --only fails has the ticker of nearly every CUSIP."
            found.append(Finding("members", kind, "refused", self.unnamed, (), remedy))
        return found


def add_positions(archive: Archive, connection: duckdb.DuckDBPyConnection) -> Positions:
    """Add lines to the table `raw_lines` (COLUMNS, and `place`) for each fund and quarter's end it has none of."""
    files = [
        derived(archive, "nport_positions", entry, partial(_write, archive, entry, key)) / "positions.parquet"
        for key, entry in archive.bodies("nport/")
        if key.split("/")[1] in ishares.FUNDS
    ]
    if not files:
        return Positions()
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE positions AS SELECT * FROM {parquet(*files)} p "
        "WHERE NOT EXISTS (SELECT 1 FROM raw_lines r WHERE r.fund = p.fund AND r.day = p.day)"
    )
    said = [f"SELECT cusip, day, ticker FROM {parquet(*files)} WHERE ticker IS NOT NULL"]
    settled = after_exit.parts(archive)
    if settled:
        said.append(f"SELECT cusip, day, ticker_key AS ticker FROM {parquet(*settled)} WHERE ticker_key <> ''")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE named_positions AS SELECT p.* EXCLUDE (ticker), "
        "coalesce(any_value(p.ticker), arg_min(s.ticker, (abs(s.day - p.day), s.ticker))) AS ticker FROM positions p "
        f"LEFT JOIN ({' UNION ALL '.join(said)}) s ON p.ticker IS NULL AND s.cusip = p.cusip AND p.cusip <> '' AND "
        f"abs(s.day - p.day) <= {NEAR_DAYS} GROUP BY ALL"
    )
    lines, unnamed, reports = connection.execute(
        "SELECT count(ticker), count(*) - count(ticker), count(DISTINCT (fund, day)) FROM named_positions"
    ).fetchall()[0]
    connection.execute(
        f"INSERT INTO raw_lines BY NAME SELECT {COLUMNS}, 1 AS place FROM named_positions WHERE ticker IS NOT NULL "
        "QUALIFY row_number() OVER (PARTITION BY fund, day, ticker ORDER BY value DESC, name) = 1"
    )
    return Positions(int(lines), int(unnamed), int(reports))


def _write(archive: Archive, entry: Entry, key: str, folder: Path) -> None:
    day, found = positions(archive.read(entry), where=key)
    end = pd.Timestamp(day)
    session = sessions_between(end - pd.Timedelta(days=7), end)[-1]
    frame = pd.DataFrame(found, columns=list(Position._fields))
    texts = {name: frame[name].astype(object) for name in ("cusip", "ticker", "name")}
    frame = frame.assign(**texts, fund=key.split("/")[1], day=session).astype({"fund": object})
    with in_memory() as connection:
        connection.register("found", frame)
        query = (
            "SELECT CAST(fund AS VARCHAR) AS fund, CAST(day AS DATE) AS day, CAST(cusip AS VARCHAR) AS cusip, "
            "CAST(ticker AS VARCHAR) AS ticker, CAST(name AS VARCHAR) AS name, '' AS sector, CAST(weight AS DOUBLE) AS "
            "weight, CAST(shares AS DOUBLE) AS shares, CAST(close AS DOUBLE) AS close, CAST(value AS DOUBLE) AS value, "
            "'' AS exchange FROM found ORDER BY ALL"
        )
        connection.execute(
            f"COPY ({query}) TO {literal(folder / 'positions.parquet')} (FORMAT parquet, COMPRESSION zstd)"
        )
