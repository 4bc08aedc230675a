"""A simulated market in which what a strategy held earned more: a positive control, stamped wherever it is shown."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.errors import ConfigError
from active_edge.market import Market
from active_edge.market.database import connect
from active_edge.market.files import parquet
from active_edge.market.manifest import PLANTED
from active_edge.market.snapshot import write_snapshot
from active_edge.sessions import SESSIONS_A_YEAR

CREATED = "2025-01-01T00:00:00"
PRICES = ("open", "high", "low", "close")
UNTOUCHED = ("securities", "facts", "series", "members")


def planted_sources(market: Market, edge: str) -> list[str]:
    """What a market with an edge planted in it says of itself; `edge` in words."""
    return [f"{source}, snapshot {market.snapshot}{PLANTED}{edge}" for source in market.manifest["sources"]]


def plant(folder: Path, market: Market, holdings: pd.DataFrame, *, annual: float, edge: str) -> str:
    """The id of the snapshot written into `folder`: the market, each name better by `annual` while it was held.

    Every session after the close at which a name is held, to the next at which holdings are known, returns a 252nd of
    `annual` more, and its prices from there on follow. Filings, listings, volumes and index series stay as they were.

    Parameters
    ----------
    holdings : rows of session and asset, as `Result.holdings`.
    annual : decimal a year.
    edge : what was planted, in words, for every page made from it.

    Raises
    ------
    ConfigError : the market is not simulated.
    """
    if not market.simulated:
        raise ConfigError(f"{market.path}: holds real prices; an edge is planted in a simulated market alone")
    lift = 1.0 + annual / SESSIONS_A_YEAR
    held = _held(market, holdings)
    days = np.vstack([np.zeros((1, held.shape[1]), np.int64), np.cumsum(held[1:], axis=0)])
    growth = np.cumprod(np.r_[1.0, np.full(len(held), lift)])
    with connect() as connection:
        frame = connection.execute(f"SELECT * FROM {parquet(market.table('prices'))}").df()
        row = market.sessions.get_indexer(pd.DatetimeIndex(frame["session"]))
        column = market.assets.get_indexer(pd.Index(frame["asset"]))
        for name in PRICES:
            frame[name] *= growth[days[row, column]]
        better = held[row, column]
        frame.loc[better, "total_return"] = (1.0 + frame.loc[better, "total_return"]) * lift - 1.0
        tables = {
            name: connection.sql(f"SELECT * FROM {parquet(market.table(name))}")
            for name in UNTOUCHED
            if name in market.manifest["tables"]
        }
        return write_snapshot(
            folder,
            {**tables, "prices": connection.from_df(frame)},
            sources=planted_sources(market, edge),
            simulated=True,
            created=CREATED,
            report={"findings": [], "simulated": True, "planted": edge},
        )


def _held(market: Market, holdings: pd.DataFrame) -> np.ndarray:
    """(n_sessions, n_assets) bool: whether a session's return is that of a name held at the close before it."""
    held = np.zeros((len(market.sessions), len(market.assets)), bool)
    row = market.sessions.get_indexer(pd.DatetimeIndex(holdings["session"]))
    column = market.assets.get_indexer(pd.Index(holdings["asset"]))
    known = np.unique(row)
    for start, stop in pairwise(known):
        held[start + 1 : stop + 1, column[row == start]] = True
    return held
