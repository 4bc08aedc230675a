"""Names whose prices stop shortly before the data do, with no exit told: listed still, or gone and not yet recorded."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.market.prices import HOLE_SESSIONS
from active_edge.market.store import Market
from active_edge.sessions import SESSIONS_A_QUARTER
from active_edge.words import count

MOST_NAMED = 5
REMEDY = (
    "Import newer prices, or give these names their last_session, exit_reason and exit_return: while nothing says that "
    "they left, they are worth their last price."
)


def silent_sessions(market: Market) -> np.ndarray:
    """Return ``(n_assets,) int64``, sessions without a price at the end of the data of names still listed.

    0 where the name has an exit, no price at all, or where it was without a price for as many sessions in a row among
    its last 63 prices, for an illiquid name rests now and then. Longer than 20 sessions is an exit, here as at import.
    """

    def find() -> np.ndarray:
        told = market.securities["last_session"].notna().to_numpy()
        last = market.prices.last
        silent = np.where((last >= 0) & ~told, len(market.sessions) - 1 - last, 0)
        silent[silent > HOLE_SESSIONS] = 0
        close = market.prices.close
        for column in np.flatnonzero(silent):
            priced = np.flatnonzero(~np.isnan(close[:, column]))[-SESSIONS_A_QUARTER:]
            if np.diff(priced, prepend=priced[0]).max() > silent[column]:
                silent[column] = 0
        return np.asarray(silent, dtype=np.int64)

    return market.told(("silent sessions",), find)


def silent_by(market: Market, assets: pd.Index, day: pd.Timestamp) -> np.ndarray:
    """Columns of those among assets that are silent at the end of the data and had their last price before a day."""
    columns = market.assets.get_indexer(assets)
    silent = (silent_sessions(market)[columns] > 0) & (market.prices.last[columns] < market.sessions.get_loc(day))
    return np.asarray(columns[silent])


def silent_named(market: Market, columns: np.ndarray) -> str:
    """How many names, and those silent for longest: ticker, day of the last price, sessions since."""
    silent, last, tickers = silent_sessions(market), market.prices.last, market.securities["ticker"].to_numpy()
    ordered = columns[np.argsort(-silent[columns], kind="stable")]
    shown = [
        f"{market.assets[c] if tickers[c] is None or tickers[c] != tickers[c] else tickers[c]} since "
        f"{market.sessions[last[c]]:%Y-%m-%d}, {count(int(silent[c]), 'session')}"
        for c in ordered[:MOST_NAMED]
    ]
    more = [f"{len(ordered) - MOST_NAMED:,} more"] if len(ordered) > MOST_NAMED else []
    names = count(len(ordered), "name")
    return f"{names} with no price up to the end of the data and no exit told ({'; '.join([*shown, *more])})"
