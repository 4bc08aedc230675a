"""How much an asset trades and moves, over the trailing quarter: the panel's own windows, kept on the market."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from active_edge.sessions import SESSIONS_A_QUARTER

if TYPE_CHECKING:
    from active_edge.market import Market


def dollar_volume(market: Market, dates: pd.DatetimeIndex) -> np.ndarray:
    """Return (n_dates, n_assets) median close × volume, USD a session, or its model: `Panel.dollar_volume`."""
    from active_edge.panel import Panel

    return market.derived(("dollar_volume", *dates), lambda: Panel(market, dates).dollar_volume())


def volatility(market: Market, dates: pd.DatetimeIndex) -> np.ndarray:
    """Return (n_dates, n_assets) daily volatility; NaN unknown, as `Panel.volatility`."""
    from active_edge.panel import windows

    def deviations() -> np.ndarray:
        return windows.deviation(market.prices.runs("returns"), market.rows_of(dates), SESSIONS_A_QUARTER)

    return market.derived(("daily_volatility", *dates), deviations)
