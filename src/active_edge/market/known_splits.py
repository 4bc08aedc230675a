"""The splits of a stored market: as its import decided them, or decided from its rows where it holds none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.facts import Facts
from active_edge.market.files import parquet
from active_edge.market.prices import Prices
from active_edge.market.split_events import decide
from active_edge.market.split_moves import PriceRows
from active_edge.market.split_witnesses import Counts
from active_edge.market.splits import SHARE_COUNTS, Splits


def stored_splits(
    table: Path, database: duckdb.DuckDBPyConnection, assets: pd.Index, sessions: pd.DatetimeIndex
) -> Splits:
    """Return the splits of the snapshot's own table, by asset and session."""
    with database.cursor() as connection:
        frame = connection.execute(f"SELECT asset, session, ratio FROM {parquet(table)} ORDER BY asset, session").df()
    asset = assets.get_indexer(frame["asset"]).astype(np.int64)
    session = sessions.get_indexer(pd.DatetimeIndex(frame["session"])).astype(np.int64)
    there = (asset >= 0) & (session >= 0)
    return Splits(asset[there], session[there], frame["ratio"].to_numpy(dtype=np.float64)[there])


def inferred_splits(prices: Prices, facts: Facts, sessions: pd.DatetimeIndex) -> Splits:
    """Return what each known return that disagrees with the closes is taken for.

    A move without a return is none here: an import decides on those, and stores it.
    """
    rows, session = _rows(prices, sessions)
    counts = [facts.told_under(item) for item in SHARE_COUNTS]

    def counts_of(asset: int) -> Sequence[Counts]:
        own = [slice(*np.searchsorted(one.asset, [asset, asset + 1])) for one in counts]
        return [
            Counts(one.filed[at].astype(np.int64), one.period_end[at].astype(np.int64), one.value[at])
            for one, at in zip(counts, own, strict=True)
        ]

    found = decide(rows, counts_of, {}, unknown=False)
    row = np.array([one.row for one in found], dtype=np.int64)
    return Splits(rows.asset[row], session[row], np.array([one.ratio for one in found], dtype=np.float64))


def _rows(prices: Prices, sessions: pd.DatetimeIndex) -> tuple[PriceRows, np.ndarray]:
    """The rows of a market by asset and session, and the session index of each."""
    asset, session = prices.places
    every = (prices.stored_rows(name) for name in ("close", "total_return", "volume"))
    columns = (runs.at(session, asset) for runs in every)
    days = sessions.to_numpy().astype("datetime64[D]").astype(np.int64)
    return PriceRows(asset, days[session], *columns), session
