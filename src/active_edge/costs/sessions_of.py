"""Rows of a market's matrices that belong to dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from active_edge.errors import BacktestError

if TYPE_CHECKING:
    from active_edge.market import Market


def rows_of(market: Market, dates: pd.DatetimeIndex) -> np.ndarray:
    """Return (n_dates,) int64 rows of `market.sessions`.

    Raises
    ------
    BacktestError
        A date is no session of the market.
    """
    rows = market.sessions.get_indexer(pd.DatetimeIndex(dates)).astype(np.int64)
    if (rows < 0).any():
        bad = pd.DatetimeIndex(dates)[rows < 0][0]
        raise BacktestError(
            f"dates: {bad:%Y-%m-%d} is no session of the market, which runs from {market.sessions[0]:%Y-%m-%d} to "
            f"{market.sessions[-1]:%Y-%m-%d}; use `rebalance_sessions`"
        )
    return rows
