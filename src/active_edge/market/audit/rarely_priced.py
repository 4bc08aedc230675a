"""Names with weekly or monthly prices among daily ones: how many a market has, and how pages name them."""

from __future__ import annotations

import numpy as np

from active_edge.market.audit.doubts import Doubt
from active_edge.market.store import Market
from active_edge.sessions import rebalance_sessions
from active_edge.words import count, listed

MOST_NAMED = 5
REMEDY = "Give their daily prices, or leave them out; explain NAME --on DATE shows the rule daily_prices."


def rarely_priced(market: Market) -> np.ndarray:
    """Return ``(n_assets,)`` bool: who has weekly or monthly prices among daily ones at the end of some month."""

    def find() -> np.ndarray:
        from active_edge.market.sparse_names import sparse_names  # compiled: slow to import

        rows = market.rows_of(rebalance_sessions(market.sessions, "monthly"))
        return np.asarray(sparse_names(market, rows).any(axis=0))

    return market.told(("rarely priced",), find)


def sparse_doubt(text: str) -> Doubt:
    """The doubt about names with weekly or monthly prices."""
    return Doubt("names with weekly or monthly prices", text, REMEDY, "caution")


def named(market: Market, who: np.ndarray) -> str:
    """How many, and the first few by ticker; a name without one by its asset."""
    columns = np.flatnonzero(who)
    tickers = market.securities["ticker"].iloc[columns].to_numpy()
    names = [
        str(asset if ticker is None or ticker != ticker else ticker)
        for asset, ticker in zip(market.assets[columns], tickers, strict=True)
    ]
    more = [f"{len(names) - MOST_NAMED:,} more"] if len(names) > MOST_NAMED else []
    return f"{count(len(names), 'name')} among daily ones ({listed([*sorted(names)[:MOST_NAMED], *more])})"
