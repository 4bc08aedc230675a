"""Every holdings file of an archive as one table of lines: fund, day, ticker, name, sector, weight, shares, close."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.connection import in_memory
from active_edge.market.database import literal
from active_edge.market.files import parquet
from active_edge.market.findings import EXAMPLES, Finding
from active_edge.progress import Progress
from active_edge.sources.holdings.public_positions import Positions, add_positions
from active_edge.sources.vendors import ishares, past_holdings
from active_edge.sources.web.archive import Archive, Entry
from active_edge.sources.web.derived import derived

FEWEST = 0.7
"""A file with a smaller share of the names its neighbours have is half a file."""
NEIGHBOURS = 5
COLUMNS = (
    "fund VARCHAR, day DATE, ticker VARCHAR, name VARCHAR, sector VARCHAR, weight DOUBLE, shares DOUBLE, "
    "close DOUBLE, value DOUBLE, exchange VARCHAR"
)


@dataclass
class Lines:
    """The table `holding_lines` (COLUMNS and `label`, a number for each ticker with a name) of a connection.

    published : fund → its days, sorted. reported : what N-PORT added. short : files left out, each with names
    had and names usual.
    """

    published: dict[str, pd.DatetimeIndex] = field(default_factory=dict)
    short: list[str] = field(default_factory=list)
    reported: Positions = field(default_factory=Positions)

    def __bool__(self) -> bool:
        return bool(self.published)

    def findings(self) -> list[Finding]:
        """What was left out, and what reports of funds added."""
        if not self.short:
            return self.reported.findings()
        remedy = "Left out, the list before it holds; delete its body and pull again."
        kind = "holdings files that are half a file"
        short = Finding("members", kind, "refused", len(self.short), tuple(self.short[:EXAMPLES]), remedy)
        return [short, *self.reported.findings()]


def read_lines(
    archive: Archive,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress,
    *,
    wanted: Callable[[past_holdings.Day], bool] | None = None,
) -> Lines:
    """Make the table `holding_lines` of everything the archive holds, files of today and of past days.

    Parameters
    ----------
    wanted : of past days, which are read; None reads all and the files of today.
    """
    groups: dict[str, list[tuple[str, Entry]]] = {}
    for key in archive.keys("ishares/") if wanted is None else ():
        for entry in archive.versions(key):
            if archive.holds(entry):
                groups.setdefault(entry.day[:7], []).append((key.partition("/")[2], entry))
    for key, entry in archive.bodies(past_holdings.PREFIX):
        one = past_holdings.day_of(key)
        if wanted is not None and not wanted(one):
            continue
        groups.setdefault(f"{one.day:%Y-%m}", []).append((one.fund, entry))
    parts = []
    for done, (_, files) in enumerate(sorted(groups.items())):
        progress("reading holdings", done, len(groups))
        parts.append(_part(archive, files))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE raw_lines ({COLUMNS}, place BIGINT)")
    if parts:
        connection.execute(
            "INSERT INTO raw_lines BY NAME SELECT * EXCLUDE (had) FROM "
            f"(SELECT *, row_number() OVER (PARTITION BY fund, day, ticker ORDER BY had DESC, name) AS place "
            f"FROM {parquet(*parts)}) WHERE place = 1"
        )
    found = Lines(reported=add_positions(archive, connection))
    if not parts and not found.reported.lines:
        connection.execute("DROP TABLE raw_lines")
        return Lines(reported=found.reported)
    left_out = _short_files(connection, found)
    connection.register("short_files", left_out)
    connection.execute(
        "CREATE TEMP TABLE holding_lines AS SELECT * EXCLUDE (place), "
        "dense_rank() OVER (ORDER BY ticker, name) - 1 AS label FROM raw_lines "
        "WHERE (fund, day) NOT IN (SELECT (fund, CAST(day AS DATE)) FROM short_files)"
    )
    connection.execute("DROP TABLE raw_lines")
    days = connection.execute("SELECT DISTINCT fund, day FROM holding_lines ORDER BY fund, day").df()
    for fund, rows in days.groupby("fund"):
        found.published[str(fund)] = pd.DatetimeIndex(rows["day"]).as_unit("ns")
    return found


def _part(archive: Archive, files: Sequence[tuple[str, Entry]]) -> Path:
    """Parquet file of the files of one month, made once for the same bodies."""
    digest = hashlib.sha256("".join(f"{fund} {entry.sha256} " for fund, entry in files).encode()).hexdigest()
    folder = derived(archive, "holdings", replace(files[0][1], sha256=digest), partial(_write_month, archive, files))
    return folder / "lines.parquet"


def _write_month(archive: Archive, files: Sequence[tuple[str, Entry]], folder: Path) -> None:
    frames = []
    for fund, entry in files:
        holdings = ishares.parse(archive.read(entry), where=entry.key)
        rows = holdings.equities.rename(columns={"price": "close"})
        frames.append(rows.assign(fund=fund, day=holdings.as_of, had=entry.time))
    names = [column.split()[0] for column in COLUMNS.split(", ")]
    stacked = pd.concat(frames, ignore_index=True)[[*names, "had"]]
    texts = ("fund", "ticker", "name", "sector", "exchange", "had")
    stacked = stacked.assign(**{name: stacked[name].astype(object) for name in texts})
    typed = ", ".join(f"CAST({c.split()[0]} AS {c.split()[1]}) AS {c.split()[0]}" for c in COLUMNS.split(", "))
    with in_memory() as connection:
        connection.register("stacked", stacked)
        query = f"SELECT {typed}, CAST(had AS VARCHAR) AS had FROM stacked ORDER BY fund, day, ticker"
        connection.execute(f"COPY ({query}) TO {literal(folder / 'lines.parquet')} (FORMAT parquet, COMPRESSION zstd)")


def _short_files(connection: duckdb.DuckDBPyConnection, found: Lines) -> pd.DataFrame:
    """Files (fund, day) with far fewer names than those around them."""
    counts = connection.execute("SELECT fund, day, count(*) AS n FROM raw_lines GROUP BY ALL ORDER BY ALL").df()
    short = np.zeros(len(counts), dtype=bool)
    for _, rows in counts.groupby("fund"):
        usual = rows["n"].rolling(2 * NEIGHBOURS + 1, center=True, min_periods=1).median()
        short[rows.index] = (rows["n"] < FEWEST * usual).to_numpy()
    found.short = [f"{r.fund} {r.day:%Y-%m-%d} {r.n} names" for r in counts[short].itertuples()]
    return counts.loc[short, ["fund", "day"]].astype({"fund": object})
